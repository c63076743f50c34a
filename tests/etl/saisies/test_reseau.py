"""The network's two files: what each holds, what the public one does not, and how they take their place."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest

from etl.errors import DataError
from etl.load import current
from etl.saisies import reseau
from etl.saisies.reseau import BRUT, PUBLIC, DepotConfirme, publish
from registre.records import Cle, Diffusion, Reponse, Statut
from tests.etl.saisies.mondes import EPT, EXERCICE, RELATIONS, modele, monde, repond, territoires

WHEN = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)


def publique(code, valeur=None, rang=0, **more):
    return Reponse(code, rang, valeur, **{"diffusion": Diffusion.PUBLIC, **more})


def depot(territoire, *reponses, exercice=EXERCICE, demonstration=False, **more):
    return DepotConfirme(Cle("bilan", territoire, exercice), 1, demonstration, "ab" * 32, WHEN, reponses, **more)


def made(folder, *depots, **more):
    return publish(folder, depots, [modele()], territoires(), {"bilan": RELATIONS}, **more)


def ask(folder, name, sql, *parameters):
    with duckdb.connect(str((folder / name).resolve()), read_only=True) as con:
        return con.execute(sql, parameters).fetchall()


def sums(folder, line, name=PUBLIC, exercice=EXERCICE, demonstration=False):
    sql = """
        SELECT type, code, valeur, statut, nombre, nombre_possible FROM somme
        WHERE rubrique = ? AND exercice = ? AND demonstration = ?
    """
    return {row[:2]: row[2:] for row in ask(folder, name, sql, line, exercice, demonstration)}


def test_what_is_hidden_is_not_in_the_public_file(tmp_path):
    said = "phrase-gardee-pour-le-reseau"
    made(
        tmp_path,
        depot(
            "93001",
            publique("TOTAL", 3.0, note=f"trois personnes, {said}"),
            publique("MONTANT", 777_123.0),
            publique("SEANCES", 2.0),
            Reponse("DEPENSES", valeur=500_000.0),
            Reponse("COMMENTAIRE", texte=said),
            publique("SIGNATAIRE", texte=f"Nom, {said}"),
        ),
    )
    shown = {row[0]: row[1:] for row in ask(tmp_path, PUBLIC, "SELECT rubrique, valeur, statut, note FROM bilan")}
    assert shown["TOTAL"] == (None, "secret", None)
    assert shown["MONTANT"] == (None, "secret", None)
    assert shown["SEANCES"] == (2.0, "renseigne", None), "un nombre de séances n’est pas un secret"
    assert shown["DEPENSES"][0] == 500_000.0, "publique par la loi, quoi que le CCAS choisisse"
    assert {"COMMENTAIRE", "SIGNATAIRE"}.isdisjoint(shown)
    assert ask(tmp_path, PUBLIC, "SELECT sha256 FROM depot") == [(None,)]
    for name, there in ((BRUT, True), (PUBLIC, False)):
        content = (tmp_path / name).read_bytes()
        assert (said.encode() in content) is there
        assert (("ab" * 32).encode() in content) is there
    assert ask(tmp_path, BRUT, "SELECT count(*) FROM bilan")[0] == (6,)


def test_zero_is_published_and_a_share_that_gives_a_small_count_is_not(tmp_path):
    made(
        tmp_path,
        depot("93001", publique("TOTAL", 0.0), publique("MONTANT", 0.0)),
        depot("93002", publique("TOTAL", 100.0), publique("PART_FEMMES", 2.0)),
        depot("93003", publique("TOTAL", 100.0), publique("PART_FEMMES", 97.0)),
        depot("93004", publique("TOTAL", 100.0), publique("PART_FEMMES", 40.0)),
        depot("93005", publique("TOTAL", 10.0), publique("PART_FEMMES", 50.0)),
        depot("93006", publique("MONTANT", 900.0)),
    )
    rows = ask(tmp_path, PUBLIC, "SELECT territoire, rubrique, valeur FROM bilan")
    shown = {(place, line): value for place, line, value in rows}
    assert shown["93001", "TOTAL"] == 0.0
    assert shown["93001", "MONTANT"] == 0.0
    assert [shown[f"9300{n}", "PART_FEMMES"] for n in (2, 3, 4, 5)] == [None, None, 40.0, None]
    assert shown["93006", "MONTANT"] is None, "le montant d’on ne sait combien de personnes"


def test_the_only_one_that_keeps_its_figure_for_the_network_is_not_given_by_the_sum(tmp_path):
    made(
        tmp_path,
        *(depot(f"9300{n}", publique("SEANCES", 10.0 + n)) for n in (1, 2, 4, 5, 7)),
        depot("93003", Reponse("SEANCES", valeur=7.0)),
    )
    found = sums(tmp_path, "SEANCES")
    assert found["departement", "93"][:2] == (None, "secret")
    assert found["ept", EPT[0]][:2] == (None, "secret")
    assert found["ept", EPT[1]][:2] == (11.0 + 14.0 + 17.0, "calcule")
    assert sums(tmp_path, "SEANCES", BRUT)["departement", "93"] == (76.0, "calcule", 6, 13)


def test_the_former_commune_goes_to_its_successor_until_the_merger(tmp_path):
    both = [
        depot("93001", publique("SEANCES", 4.0), publique("MOYENNE", 10.0)),
        depot("93059", publique("SEANCES", 6.0)),
    ]
    made(tmp_path, *both, depot("93001", publique("SEANCES", 9.0), exercice=2025))
    assert sums(tmp_path, "SEANCES")["commune", "93001"] == (10.0, "calcule", 2, 2)
    assert sums(tmp_path, "SEANCES")["ept", EPT[1]] == (10.0, "calcule", 2, 5)
    assert sums(tmp_path, "MOYENNE")["commune", "93001"][:2] == (None, "non_calculable")
    assert ("commune", "93001") not in sums(tmp_path, "SEANCES", exercice=2025)
    assert sums(tmp_path, "SEANCES", exercice=2025)["departement", "93"][2:] == (1, 12)
    made(tmp_path, both[1])
    assert sums(tmp_path, "SEANCES")["commune", "93001"] == (None, "non_calculable", 1, 2), (
        "une moitié n’est pas le tout"
    )
    with pytest.raises(DataError, match="n’existe plus"):
        made(tmp_path, depot("93059", publique("SEANCES", 1.0), exercice=2025))


def test_demonstration_and_real_never_add_up(tmp_path):
    made(
        tmp_path,
        depot("93001", publique("SEANCES", 5.0)),
        depot("93001", publique("SEANCES", 50.0), demonstration=True),
        depot("93002", publique("SEANCES", 60.0), demonstration=True),
    )
    assert sums(tmp_path, "SEANCES")["departement", "93"][0] == 5.0
    assert sums(tmp_path, "SEANCES", demonstration=True)["departement", "93"][0] == 110.0


def test_a_correction_is_not_given_by_two_editions(tmp_path):
    """The same sum before and after one count became small."""
    places = [depot(f"930{n:02}", publique("RARES", 20.0 + n)) for n in range(1, 13)]
    made(tmp_path, *places)
    before = sums(tmp_path, "RARES")
    made(tmp_path, depot("93001", publique("RARES", 3.0)), *places[1:])
    after = sums(tmp_path, "RARES")
    assert before["departement", "93"][0] == sum(range(21, 33))
    assert after["departement", "93"][1] == "secret"
    assert after["ept", EPT[1]][1] == "secret"
    assert after["ept", EPT[0]] == before["ept", EPT[0]], "rien n’y a changé"


def test_a_deposit_whose_revision_is_known_is_not_read_again(tmp_path):
    class Once:
        def __iter__(self):
            raise AssertionError("relu")

    made(tmp_path, depot("93001", publique("SEANCES", 5.0), revision="1"), depot("93002", publique("SEANCES", 1.0)))
    former = depot("93001", revision="1")
    made(tmp_path, replace(former, reponses=Once()), depot("93002", publique("SEANCES", 2.0)))
    assert sums(tmp_path, "SEANCES")["departement", "93"][0] == 7.0
    with pytest.raises(AssertionError, match="relu"):
        made(tmp_path, replace(former, reponses=Once(), revision="2"))


def test_what_cannot_be_published_leaves_the_former_edition(tmp_path):
    edition = made(tmp_path, depot("93001", publique("SEANCES", 5.0)))
    with pytest.raises(DataError) as error:
        made(
            tmp_path,
            depot("93001", publique("INCONNUE", 5.0)),
            depot("93002", publique("SEANCES", 5.0), publique("SEANCES", 6.0)),
        )
    assert len(error.value.problems) == 2
    with pytest.raises(DataError, match="deux fois"):
        made(tmp_path, depot("93001"), depot("93001"))
    with pytest.raises(DataError, match="inconnu"):
        made(tmp_path, replace(depot("93001"), version=9))
    assert current(tmp_path, PUBLIC) == edition.public
    assert current(tmp_path, BRUT) == edition.brut
    assert sorted(path.suffix for path in tmp_path.glob("reseau*-*")) == [".duckdb", ".duckdb"]


def test_readers_keep_their_file_and_three_editions_are_kept(tmp_path):
    editions = [made(tmp_path, depot("93001", publique("SEANCES", 5.0)))]
    with (
        duckdb.connect(str(editions[0].public), read_only=True) as reader,
        duckdb.connect(str(editions[0].brut), read_only=True),
    ):
        editions += [made(tmp_path, depot("93001", publique("SEANCES", 5.0 + n))) for n in range(3)]
        assert reader.execute("SELECT valeur FROM bilan").fetchone() == (5.0,)
    assert [one.numero for one in editions] == [1, 2, 3, 4]
    assert current(tmp_path, PUBLIC) == editions[-1].public
    assert not editions[0].public.exists()
    assert all(one.public.exists() and one.brut.exists() for one in editions[1:])


def test_without_its_memory_nothing_more_is_published(tmp_path):
    edition = made(tmp_path, depot("93001", publique("SEANCES", 5.0)))
    (tmp_path / BRUT).unlink()
    edition.brut.unlink()
    with pytest.raises(DataError, match="déjà été publié"):
        made(tmp_path, depot("93001", publique("SEANCES", 6.0)))


def test_every_table_and_column_says_what_it_is(tmp_path):
    made(tmp_path, depot("93001", publique("SEANCES", 5.0)))
    for name in (BRUT, PUBLIC):
        sql = """
            SELECT table_name || '.' || column_name FROM duckdb_columns()
            WHERE NOT internal AND comment IS NULL AND table_name <> 'bilan'
            UNION ALL SELECT table_name FROM duckdb_tables() WHERE comment IS NULL
            UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL
        """
        assert ask(tmp_path, name, sql) == []


def test_an_answer_without_a_value_is_never_a_zero(tmp_path):
    made(
        tmp_path,
        depot("93001", publique("SEANCES", statut=Statut.NON_SUIVI)),
        depot("93002", publique("SEANCES", 5.0)),
    )
    assert ask(tmp_path, PUBLIC, "SELECT valeur, statut FROM bilan WHERE territoire = '93001'") == [(None, "non_suivi")]
    assert sums(tmp_path, "SEANCES")["departement", "93"] == (5.0, "calcule", 1, 13)


def test_the_views_answer_whatever_name_the_file_is_attached_under(tmp_path):
    made(tmp_path, depot("93001", publique("SEANCES", 5.0)))
    with duckdb.connect() as con:
        for name, alias in ((PUBLIC, "reseau"), (BRUT, "tout")):
            con.execute(f"ATTACH '{(tmp_path / name).resolve()}' AS {alias} (READ_ONLY)")
        assert con.execute("SELECT r.valeur, t.valeur FROM reseau.bilan AS r, tout.bilan AS t").fetchall() == [
            (5.0, 5.0)
        ]


def told(folder):
    """What both files say of each year: masks, public answers and sums."""
    tables = ((BRUT, "masque"), (PUBLIC, "reponse"), (PUBLIC, "somme"))
    rows = {table: ask(folder, name, f"SELECT exercice, t.* FROM {table} AS t ORDER BY ALL") for name, table in tables}
    return {
        year: {table: [row for row in found if row[0] == year] for table, found in rows.items()}
        for year in (2021, 2022, 2023)
    }


def test_a_year_that_nothing_touches_keeps_what_it_hid_and_the_others_are_examined_whole(tmp_path, monkeypatch):
    """The short way trades nothing: the year that changed is decided as when all are looked at again, with the same
    memory; the others say, to the row, what they said."""
    worlds = [replace(monde(n, 6, 4), exercice=year) for n, year in enumerate((2021, 2022, 2023))]

    def publish_all(folder):
        return publish(
            folder, [one for w in worlds for one in w.depots()], [modele()], territoires(6), {"bilan": RELATIONS}
        )

    looked, original = [], reseau._Builder._touched

    def counted(self):
        looked.append(sorted(original(self)))
        return looked[-1]

    def every(self):
        original(self)
        self.con.execute("DELETE FROM masque")
        return self.con.execute("SELECT modele, exercice, demonstration FROM lot").fetchall()

    short, whole = tmp_path / "court", tmp_path / "entier"
    publish_all(short)
    for n, world in enumerate(worlds):
        before = told(short)
        shutil.rmtree(whole, ignore_errors=True)
        shutil.copytree(short, whole, symlinks=True)
        world.deposes[world.communes[n]] = repond(world.tirage)
        with monkeypatch.context() as patch:
            patch.setattr(reseau._Builder, "_touched", counted)
            publish_all(short)
        with monkeypatch.context() as patch:
            patch.setattr(reseau._Builder, "_touched", every)
            publish_all(whole)
        assert looked[-1] == [("bilan", world.exercice, False)]
        after, again = told(short), told(whole)
        assert after[world.exercice] == again[world.exercice]
        assert after[world.exercice] != before[world.exercice]
        for year in {2021, 2022, 2023} - {world.exercice}:
            assert after[year] == before[year]
            assert after[year]["masque"], "rien à garder : l’essai ne prouve rien"
