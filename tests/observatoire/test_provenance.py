"""Any figure is traced to its files, and the query printed beside it gives it back."""

import re
import shutil

import duckdb
import pytest

from etl.catalogue import load_catalogue
from observatoire.warehouse.provenance import dated_formula, recompute, trace

LIEUX = ("93010", "93066", "200057867", "93", "R11", "FR")


CODES = [card.code for card in load_catalogue().indicateurs if card.etat == "disponible" and card.niveau == "commune"]


@pytest.mark.parametrize("code", CODES)
def test_the_printed_query_gives_the_figure(warehouse, code):
    """An ordinary commune, a merged one, an EPT, the département, the region, France, in the last year; in the first,
    which has other files and other columns, a commune and a sum of communes."""
    annees = warehouse.indicateurs[code].annees
    known = warehouse.figures([code], [*LIEUX, *warehouse.communes], [annees[-1]]).dropna(subset=["valeur"])
    checked = [*known[known["territoire"].isin(LIEUX)].itertuples()]
    checked += known[known["territoire"].isin(list(warehouse.communes))].head(1).itertuples()
    if len(annees) > 1:
        former = warehouse.figures([code], [*LIEUX, *warehouse.communes], [annees[0]]).dropna(subset=["valeur"])
        checked += former[former["territoire"].isin(list(warehouse.communes))].head(1).itertuples()
        checked += former[former["territoire"].isin(LIEUX[2:])].head(1).itertuples()
    assert checked
    for row in checked:
        found = trace(warehouse, row.territoire, code, row.annee)
        assert found is not None
        assert recompute(warehouse, found) == pytest.approx(row.valeur, rel=1e-9), (row.territoire, row.annee)


BELOW = [card.code for card in load_catalogue().indicateurs if card.etat == "disponible" and card.niveau != "commune"]


@pytest.mark.parametrize("code", BELOW)
def test_the_printed_query_gives_the_figure_of_an_iris_or_a_qpv(warehouse, code):
    """The first, a middle or the last territory of each year in turn, all three of the last year: computed from its
    own figures, never added up."""
    card = warehouse.every_indicator[code]
    for turn, year in enumerate(card.annees):
        known = warehouse.ask(
            "SELECT territoire, valeur FROM observation WHERE indicateur = $i AND annee = $a AND valeur IS NOT NULL "
            "ORDER BY territoire",
            {"i": code, "a": year},
        )
        places = [0, len(known) // 2, -1]
        for row in known.iloc[places if year == card.derniere else [places[turn % 3]]].itertuples():
            found = trace(warehouse, row.territoire, code, year)
            assert found is not None
            assert recompute(warehouse, found) == pytest.approx(row.valeur, rel=1e-9), (row.territoire, year)


def test_a_rate_refused_for_too_few_inhabitants_shows_how_many_there_are(warehouse):
    """« Trop peu » is checked by the reader: the base and its minimum are written, and its figure is shown."""
    (row,) = warehouse.rows(
        "SELECT territoire, indicateur, annee FROM observation WHERE motif = 'base_trop_petite' "
        "AND indicateur = 'IRI28' ORDER BY ALL LIMIT 1"
    )
    found = trace(warehouse, row["territoire"], row["indicateur"], row["annee"])
    assert found is not None
    assert found.formules[-1][0] == "effectif minimal"
    shown = warehouse.ask(found.requete).set_index("variable")["valeur"]
    assert shown["insee_rp_iris.population"] < found.fiche["base_min"]


def test_the_unemployment_rate_of_an_ept_adds_its_communes(warehouse):
    """Plaine Commune in 2022: Σ unemployed / Σ active over its communes, from one census file."""
    found = trace(warehouse, "200057867", "EMP01", 2022)
    assert found is not None
    assert found.sources == ("insee_rp_2022",)
    assert [formula for _, _, formula in found.formules] == ["P22_CHOM1564", "P22_ACT1564"]
    members = {c.code for c in warehouse.communes.values() if c.code_ept == "200057867"}
    assert members <= set(re.findall(r"'(\d{5})'", found.requete))


def test_a_merged_commune_adds_the_former_ones(warehouse):
    """C2S per poor person in Saint-Denis: the poor of 2021 are those of Pierrefitte and of the former Saint-Denis."""
    found = trace(warehouse, "93066", "DRO10", warehouse.indicateurs["DRO10"].derniere)
    assert found is not None
    assert {"93059", "93066_2024"} <= set(re.findall(r"'(\w+)'", found.requete))


def test_an_absence_shows_the_figures_that_explain_it(warehouse):
    """The median income of merged Saint-Denis: not calculable, the two former ones are there."""
    found = trace(warehouse, "93066", "REV01", 2021)
    assert found is not None
    assert not found.a_une_valeur
    assert recompute(warehouse, found) is None
    shown = warehouse.ask(found.requete)
    assert set(shown["territoire"]) == {"93059", "93066_2024"}


def test_a_figure_that_is_not_in_the_warehouse_has_no_trace(warehouse):
    assert trace(warehouse, "93010", "REV01", 1950) is None


def test_every_source_of_a_trace_is_known(warehouse):
    found = trace(warehouse, "93", "DRO01", warehouse.indicateurs["DRO01"].derniere)
    assert found is not None
    assert len(found.sources) >= 2
    assert set(found.sources) <= set(warehouse.sources)


def test_the_query_runs_on_the_downloaded_file_alone(warehouse, tmp_path):
    found = trace(warehouse, "93", "REV02", 2021)
    assert found is not None
    downloaded = shutil.copy(warehouse.path, tmp_path / "observatoire.duckdb")
    with duckdb.connect(str(downloaded), read_only=True) as con:
        (value,) = con.execute(found.requete).fetchone() or (None,)
    assert value == pytest.approx(found.ligne["valeur"])


@pytest.mark.parametrize(
    ("formula", "year", "expected"),
    [
        ("P{aa}_POP[-6]", 2022, "P16_POP"),
        ("TP60{aa} * NBPERSMENFISC{aa} / 100", 2021, "TP6021 * NBPERSMENFISC21 / 100"),
        ("insee_etat_civil.naissances[-1]", 2023, "insee_etat_civil.naissances[2022]"),
    ],
)
def test_a_formula_is_dated(formula, year, expected):
    assert dated_formula(formula, year) == expected
