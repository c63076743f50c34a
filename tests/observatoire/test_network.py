"""The network's figures as the pages read them: what an edition says, how editions follow, what a bad file becomes."""

from __future__ import annotations

import gc
import os
import threading
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from etl.saisies import BRUT, PUBLIC
from etl.saisies.reseau import publish
from observatoire.mesures import Mesure
from observatoire.methods.ranks import rank_communes
from observatoire.warehouse import NoWarehouse
from observatoire.warehouse.network import (
    AUCUN,
    ILLISIBLE,
    PATIENCE,
    FiltreReseau,
    Network,
    Service,
    answers,
    count_answers,
    count_sums,
    open_network,
    sums,
)
from registre.records import Statut
from tests.etl.saisies.mondes import EPT, EXERCICE, RELATIONS, modele, monde, territoires
from tests.etl.saisies.test_reseau import WHEN, depot, made, publique


@pytest.fixture
def network(tmp_path) -> Network:
    made(
        tmp_path,
        depot("93001", publique("SEANCES", 5.0), publique("TOTAL", 3.0), publique("RARES", statut=Statut.NON_SUIVI)),
        depot("93002", publique("SEANCES", 7.0, methode="estimation"), publique("TOTAL", 4.0)),
        depot("93004", publique("SEANCES", 9.0), demonstration=True),
        depot("93001", publique("SEANCES", 6.0), exercice=2022),
    )
    return open_network(tmp_path)


def test_a_line_is_read_over_territories_with_what_it_takes_to_judge_it(network):
    rows = network.releve("bilan", "SEANCES", EXERCICE)
    assert [(row["territoire"], row["valeur"], row["statut"], row["methode"]) for row in rows] == [
        ("93001", 5.0, "renseigne", None),
        ("93002", 7.0, "renseigne", "estimation"),
    ]
    assert {(row["valeur"], row["statut"]) for row in network.releve("bilan", "TOTAL")} == {(None, "secret")}
    assert {row["recu_le"] for row in rows} == {WHEN.date()}
    assert [row["exercice"] for row in network.releve("bilan", "SEANCES", territoires=["93001"])] == [2022, EXERCICE]


def test_demonstration_is_read_apart(network):
    assert network.modeles == {"bilan": (2022, EXERCICE)}
    assert network.modeles_de_demonstration == {"bilan": (EXERCICE,)}
    assert [row["valeur"] for row in network.releve("bilan", "SEANCES", EXERCICE)] == [5.0, 7.0]
    assert [row["valeur"] for row in network.releve("bilan", "SEANCES", EXERCICE, demonstration=True)] == [9.0]
    for demonstration, total in ((False, 12.0), (True, 9.0)):
        (row,) = network.sommes("bilan", EXERCICE, "SEANCES", "93", demonstration)
        assert row["valeur"] == total


def test_a_sum_says_what_it_covers(network):
    (row,) = network.sommes("bilan", EXERCICE, "SEANCES", "93")
    assert (row["nombre"], row["nombre_possible"]) == (2, 13)
    assert row["population_couverte"] == pytest.approx(100 * 2 / 13)


def test_the_state_of_collection_names_those_expected(network):
    rows = {row["territoire"]: row for row in network.collecte("bilan", EXERCICE)}
    assert len(rows) == 13
    assert (rows["93001"]["reponses"], rows["93001"]["secretes"], rows["93001"]["non_suivies"]) == (3, 1, 1)
    assert rows["93003"]["depot"] is None
    assert rows["93003"]["population"] == 52_000


def test_a_line_is_a_measure_that_the_charts_take(network):
    lines: dict[str, Mesure] = {line.code: line for line in network.rubriques("bilan")}
    assert lines["SEANCES"].annees == (2022, EXERCICE)
    assert (lines["SEANCES"].agregation, lines["SEANCES"].effectif) == ("somme", True)
    assert (lines["MONTANT"].format(1500.0), lines["MONTANT"].agregation) == ("1\u202f500\xa0€", "somme")
    assert lines["PART_FEMMES"].echelle == "intervalle"
    assert lines["PART_FEMMES"].unite_ecart == "points"
    assert lines["TOTAL"].format(1234.0) == "1\u202f234"
    assert "COMMENTAIRE" not in lines
    figures = pd.DataFrame(network.releve("bilan", "SEANCES", EXERCICE))
    ranked = rank_communes(figures.assign(arrondi=None, borne_basse=None, borne_haute=None), lines["SEANCES"].sens)
    assert ranked["93002"].rang == 1


def test_a_definition_that_changes_breaks_the_series(tmp_path):
    first = modele()
    other = tuple(
        replace(line, definition="Autre chose.") if line.code == "SEANCES" else line for line in first.rubriques
    )
    second = replace(first, version=2, rubriques=other)
    deposits = [
        depot("93001", publique("SEANCES", 5.0), publique("RARES", 9.0), exercice=2022),
        replace(depot("93001", publique("SEANCES", 6.0), publique("RARES", 9.0)), version=2),
    ]
    publish(tmp_path, deposits, [first, second], territoires())
    lines = {line.code: line for line in open_network(tmp_path).rubriques("bilan")}
    assert lines["SEANCES"].debut(2022) == 0
    assert lines["SEANCES"].debut(EXERCICE) == EXERCICE
    assert lines["RARES"].ruptures == ()


def test_two_units_are_two_measures(tmp_path):
    offered = tuple(replace(line, unite=None) if line.code == "SEANCES" else line for line in modele().rubriques)
    deposits = [
        depot("93001", publique("SEANCES", 5.0, unite="seances")),
        depot("93002", publique("SEANCES", 9.0, unite="heures")),
    ]
    publish(tmp_path, deposits, [replace(modele(), rubriques=offered)], territoires())
    lines = [line for line in open_network(tmp_path).rubriques("bilan") if line.code == "SEANCES"]
    assert [(line.unite_choisie, line.annees) for line in lines] == [("heures", (2023,)), ("seances", (2023,))]


def test_pages_follow_each_other_without_gap_or_double(tmp_path):
    one = monde(3)
    publish(tmp_path, one.depots(), [modele()], territoires(), {"bilan": RELATIONS})
    network, filtre = open_network(tmp_path), FiltreReseau()
    for counted, read in ((count_answers, answers), (count_sums, sums)):
        total = counted(network, filtre)
        (whole,) = read(network, filtre, total, 1, total + 1)
        assert whole.num_rows == total > 30
        for rows in (7, total):
            found = [row for piece in read(network, filtre, total, 1, rows) for row in piece.to_pylist()]
            assert found == whole.to_pylist()
        second = [row for piece in read(network, filtre, 20, 2, 6) for row in piece.to_pylist()]
        assert second == whole.to_pylist()[20:40]


@pytest.mark.parametrize("bad", ["absent", "corrompu", "vide", "autre base", "ancien", "dossier"])
def test_a_file_that_cannot_be_read_is_an_edition_without_figures(tmp_path, bad):
    made(tmp_path, depot("93001", publique("SEANCES", 5.0)))
    path = (tmp_path / PUBLIC).resolve()
    if bad == "absent":
        (tmp_path / PUBLIC).unlink()
    elif bad == "corrompu":
        path.write_bytes(b"\xff" * path.stat().st_size)
    elif bad == "vide":
        path.write_bytes(b"")
    elif bad == "autre base":
        path.unlink()
        duckdb.connect(str(path)).execute("CREATE TABLE autre (a INTEGER)").close()
    elif bad == "dossier":
        path.unlink()
        path.mkdir()
    else:
        with duckdb.connect(str(path)) as con:
            con.execute("DROP VIEW bilan")
            con.execute("ALTER TABLE somme DROP COLUMN methodes")
    network = Service()(tmp_path)
    assert network.manque == (AUCUN if bad == "absent" else ILLISIBLE)
    assert network.numero == 0
    assert network.modeles == {}
    assert network.rubriques("bilan") == ()
    assert network.collecte("bilan", EXERCICE) == network.sommes("bilan") == network.releve("bilan", "TOTAL") == []
    assert [piece.num_rows for piece in answers(network, FiltreReseau(), 10, 1)] == [0]


def test_what_is_mended_is_read_again(tmp_path, monkeypatch):
    made(tmp_path, depot("93001", publique("SEANCES", 5.0)))
    path = (tmp_path / PUBLIC).resolve()
    good = path.read_bytes()
    path.write_bytes(b"\xff" * len(good))
    service, now = Service(), [100.0]
    monkeypatch.setattr("observatoire.warehouse.network.time.monotonic", lambda: now[0])
    assert service(tmp_path).manque == ILLISIBLE
    path.write_bytes(good)
    now[0] += PATIENCE + 1
    assert service(tmp_path).numero == 1


def test_a_file_damaged_while_it_is_read_says_so_in_french(tmp_path):
    one = monde(3)
    publish(tmp_path, one.depots(), [modele()], territoires(), {"bilan": RELATIONS})
    path = (tmp_path / PUBLIC).resolve()
    network = open_network(tmp_path)
    network._con = None
    path.write_bytes(b"\xff" * 5000)
    with pytest.raises(NoWarehouse, match="ne peut pas être lu"):
        network.releve("bilan", "SEANCES")


@pytest.mark.parametrize(
    "sql",
    [
        "FROM read_csv('/etc/passwd')",
        "ATTACH '{raw}' AS brut (READ_ONLY)",
        "SET enable_external_access = true",
        "SET memory_limit = '8GB'",
        "COPY reponse TO '{folder}/vole.csv'",
        "INSTALL httpfs",
        "DELETE FROM reponse",
    ],
)
def test_a_question_reads_nothing_else_and_changes_nothing(network, tmp_path, sql):
    with pytest.raises((duckdb.Error, NoWarehouse)):
        network.rows(sql.format(raw=(tmp_path / BRUT).resolve(), folder=tmp_path))
    assert not (tmp_path / "vole.csv").exists()


def test_an_empty_edition_is_as_closed(tmp_path):
    with pytest.raises(duckdb.Error):
        open_network(tmp_path).rows("FROM read_csv('/etc/passwd')")


def open_files(folder: Path) -> list[str]:
    """The network files that this process holds open."""
    held = []
    for one in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(one)
        except OSError:
            continue
        if target.startswith(str(folder)) and "reseau" in Path(target).name and ".reseau" not in target:
            held.append(target)
    return held


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="pas de /proc ici")
def test_editions_follow_and_no_former_one_stays_open(tmp_path):
    """One file open, whatever the number of editions: neither descriptors nor views are kept."""
    service = Service()
    for n in range(1, 6):
        made(tmp_path, depot("93001", publique("SEANCES", float(n))))
        network = service(tmp_path)
        assert network is service(tmp_path)
        assert network.numero == n
        assert network.kept(lambda one: one.releve("bilan", "SEANCES")[0]["valeur"]) == n
        del network
        gc.collect()
        assert len(open_files(tmp_path)) <= 1


def test_a_view_is_made_once_an_edition(network):
    made_times = []

    def make(one: Network, line: str) -> int:
        made_times.append(line)
        return len(one.releve("bilan", line))

    assert [network.kept(make, "SEANCES"), network.kept(make, "SEANCES"), network.kept(make, "TOTAL")] == [3, 3, 2]
    assert made_times == ["SEANCES", "TOTAL"]


def test_readers_see_no_error_while_editions_follow(tmp_path):
    """The same deposit corrected again and again: each reader sees whole editions only, in order."""
    made(tmp_path, depot("93001", publique("SEANCES", 1.0)))
    service, done, wrong = Service(), threading.Event(), []

    def read() -> None:
        last = 0
        while not done.is_set():
            network = service(tmp_path)
            value = network.releve("bilan", "SEANCES")[0]["valeur"] if not network.manque else -1
            if value != network.numero or value < last:
                wrong.append((network.numero, value, last, network.manque))
            last = value

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    try:
        for n in range(2, 5):
            made(tmp_path, depot("93001", publique("SEANCES", float(n))))
    finally:
        done.set()
        for one in readers:
            one.join()
    assert wrong == []


def test_where_links_are_not_allowed_the_pointer_is_followed(tmp_path, monkeypatch):
    def refuse(*_args, **_named):
        raise OSError

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for n in (1.0, 2.0):
        made(tmp_path, depot("93001", publique("SEANCES", n)))
        network = Service()(tmp_path)
        assert network.releve("bilan", "SEANCES")[0]["valeur"] == n


def test_areas_are_those_of_the_perimeter(network):
    kinds = {(row["type"], row["code"]) for row in network.sommes("bilan", EXERCICE, "SEANCES")}
    assert ("departement", "93") in kinds
    assert {code for kind, code in kinds if kind == "ept"} <= set(EPT)
