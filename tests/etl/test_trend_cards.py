"""What a card may say of its evolution: a test that fits what it counts, breaks with their reason."""

import shutil

import duckdb
import pytest
from pydantic import ValidationError

from etl.catalogue import CATALOGUE, load_catalogue
from etl.checks import check_shares
from etl.errors import DataError
from etl.transform import create_tables
from tests.etl.producers import indicateur, told


@pytest.mark.parametrize(
    "fields",
    [
        {"agregation": "aucune", "tendance": "nombres", "nature": "flux"},
        {"agregation": "approchee", "tendance": "proportion", "nature": "stock"},
        {"agregation": "somme", "tendance": "proportion", "nature": "stock"},
        {"agregation": "somme", "tendance": "mediane", "nature": "stock"},
        {"agregation": "somme", "tendance": "nombres"},
        {"agregation": "somme", "tendance": "nombres", "nature": "niveau"},
        {"agregation": "somme", "ruptures": [{"annee": 2019, "mot": "?"}]},
        {"agregation": "somme", "ruptures": [{"annee": 2019}]},
    ],
)
def test_a_trend_or_a_break_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ValidationError):
        indicateur("DEM13", "NAIS", **fields)


def test_the_tests_and_breaks_of_the_cards_are_in_the_warehouse(base):
    rows = dict(base.execute("SELECT code, (tendance, ruptures) FROM indicateur").fetchall())
    assert rows["REV14"] == ("nombres", [])
    assert rows["JEU08"][0] == "proportion"
    assert rows["DEM13"][0] == "nombres"
    assert rows["LOG06"][0] == rows["REV01"][0] == ""
    breaks = [(2019, "réforme de la prime d’activité"), (2022, "décompte revu des foyers")]
    assert rows["REV44"] == ("nombres", [{"annee": year, "mot": why} for year, why in breaks])


def test_a_proportion_is_a_part_of_its_whole_and_says_so():
    share = {"denominateur": "MEN", "agregation": "ratio", "nature": "stock", "tendance": "proportion"}
    assert indicateur("REV14", "JEUNES", unite="%", **share).is_share()
    with pytest.raises(ValidationError, match="une partie de son dénominateur"):
        indicateur("REV14", "RSA", unite="pour 100 ménages", **share)
    assert not indicateur("REV14", "RSA", unite="pour 100 ménages", **share | {"tendance": "nombres"}).is_share()


def load_with(tmp_path, change):
    """The catalogue of the project with one of its files of indicators changed."""
    folder = shutil.copytree(CATALOGUE, tmp_path / "catalogue")
    name, before, after = change
    text = (folder / "indicateurs" / name).read_text(encoding="utf-8")
    assert before in text
    (folder / "indicateurs" / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    return load_catalogue(folder)


def test_households_of_one_producer_are_no_part_of_those_of_another(tmp_path):
    """RSA households over census households, even written in « % »."""
    unit = 'unite = "pour 100 ménages"\ndecimales = 1\nsens = "defavorable"\nsens_pourquoi = "Le RSA'
    text = (CATALOGUE / "indicateurs" / "revenus_precarite.toml").read_text(encoding="utf-8")
    start = text.index(unit)
    end = text.index('tendance = "nombres"', start) + len('tendance = "nombres"')
    block = text[start:end]
    wrong = block.replace("pour 100 ménages", "%", 1).replace('"nombres"', '"proportion"')
    with pytest.raises(DataError, match=r"REV14 : dit être une proportion.*CNAF.*INSEE"):
        load_with(tmp_path, ("revenus_precarite.toml", block, wrong))


def test_what_is_counted_is_of_one_nature_in_all_cards(tmp_path):
    """REV14 and REV53 count the same households."""
    with pytest.raises(DataError, match=r"REV53 : « caf_rsa\.rsa » est de nature « stock », et « flux » dans REV14"):
        load_with(tmp_path, ("revenus_precarite.toml", 'nature = "stock"', 'nature = "flux"'))


def test_a_numerator_above_its_denominator_stops_a_proportion():
    con = duckdb.connect()
    create_tables(con)
    con.execute("INSERT INTO territoire (code, type, nom) VALUES ('93001', 'commune', 'Aubervilliers')")
    con.execute(
        """
        INSERT INTO theme VALUES ('t', 'T', 1);
        INSERT INTO indicateur (code, theme, publics, libelle, definition, unite, decimales, sens, sens_pourquoi,
            agregation, forme, facteur, ecart_annees, etendue, phare, effectif, source, etat, ordre, tendance, nature)
        VALUES ('JEU08', 't', [], 'L', 'D', '%', 1, 'neutre', 'P', 'ratio', 'simple', 100, 0, [], false, false, 's',
            'disponible', 1, 'proportion', 'stock');
        """
    )
    insert = """
        INSERT INTO observation (territoire, indicateur, annee, valeur, statut, source, numerateur, denominateur)
        VALUES ('93001', 'JEU08', ?, 1, 'calcule', 's', ?, ?)
        """
    con.executemany(insert, [[2019, 40, 100], [2020, 100, 100], [2021, 0, 100]])
    assert told(check_shares(con, "93")) == []
    con.execute(insert, [2022, 101, 100])
    found = check_shares(con, "93")
    assert found.gravite == "erreur"
    assert [gap.replace("\u00a0", " ") for gap in told(found)] == ["JEU08 2022 Aubervilliers : 101 sur 100"]


def test_only_counts_of_the_year_have_a_trend(base):
    """A share of incomes, a median or an index is no count: it has no numerator that is one."""
    (wrong,) = base.execute(
        "SELECT count(*) FROM indicateur WHERE tendance <> '' AND agregation NOT IN ('somme', 'ratio')"
    ).fetchone()
    assert wrong == 0
    (above,) = base.execute(
        """
        SELECT count(*) FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        WHERE i.tendance = 'proportion' AND (o.numerateur > o.denominateur OR o.numerateur < 0)
        """
    ).fetchone()
    assert above == 0
