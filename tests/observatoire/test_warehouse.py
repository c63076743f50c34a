"""The warehouse's answers on six communes known by heart."""

from datetime import date

import duckdb
import pandas as pd
import pytest

from observatoire.methods.similarity import values_table
from observatoire.warehouse import NoWarehouse, Warehouse, open_warehouse
from tests.observatoire.conftest import T6, T8, T9, write_small_warehouse

FINE = "\u202f"


def test_one_chooses_a_commune_of_today_an_ept_or_the_departement(petit):
    assert [t.nom for t in petit.choices] == [
        *("Bagnolet", "Clichy-sous-Bois", "Coubron", "Le Raincy", "Les Lilas", "Saint-Denis"),
        *("Plaine Commune", "Est Ensemble", "Grand Paris Grand Est", "Seine-Saint-Denis"),
    ]
    assert "93059" not in petit.territoires


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("93045", f"Commune d’Est Ensemble (EPT T8), 23{FINE}000 habitants en 2021"),
        ("93014", f"Commune de Grand Paris Grand Est (EPT T9), 29{FINE}000 habitants en 2021"),
        (T8, f"Établissement public territorial T8, 2 communes, 57{FINE}000 habitants en 2021"),
        ("93", f"Département, 6 communes et 3 EPT, 254{FINE}200 habitants en 2021"),
    ],
)
def test_a_territory_is_presented_in_a_line(petit, code, words):
    assert petit.identity(petit.territoires[code]) == words


def test_a_merger_is_told_with_its_day_and_its_former_communes(petit):
    (merger,) = petit.mergers["93066"]
    assert merger.depuis == date(2025, 1, 1)
    assert merger.noms == "Pierrefitte-sur-Seine et Saint-Denis"
    assert "93014" not in petit.mergers


def test_the_former_communes_keep_their_own_medians(petit):
    found = petit.former_communes("93066", "REV01")
    assert list(found["valeur"]) == [15500, 16500]


def test_years_of_an_indicator_are_those_of_the_departement(petit):
    assert petit.indicateurs["REV02"].annees == (2020, 2021)
    assert petit.indicateurs["SER01"].derniere == 2021


def test_the_profile_is_of_the_latest_year_of_each_indicator(petit):
    profile = pd.DataFrame(petit.profile("93015", ["REV02", "SER01"])).set_index("indicateur")
    assert list(profile["annee"]) == [2021, 2021]
    assert profile.at["REV02", "statut"] == "censure"


def test_the_spread_counts_only_communes_that_have_a_figure(petit):
    row = petit.profile("93014", ["REV02"])[0]
    assert (row["communes"], row["minimum"], row["mediane"], row["maximum"]) == (5, 5.0, 28.0, 42.0)
    assert bool(row["borne"])


def test_a_territory_is_not_its_own_reference(petit):
    row = petit.profile("93", ["REV02"])[0]
    assert pd.isna(row["valeur_dep"])
    assert pd.isna(row["valeur_ept"])
    assert row["valeur_reg"] == 15.5


def test_the_mainland_answers_only_where_france_does_not(petit):
    profile = pd.DataFrame(petit.profile("93014", ["REV01", "REV02", "REV03"])).set_index("indicateur")
    assert list(profile["code_fra"].fillna("")) == ["FR", "FM", ""]
    assert (profile.at["REV02", "annee_fra"], profile.at["REV02", "valeur_fra"]) == (2020, 14.6)


def test_a_reference_without_value_has_its_reason_and_no_year(petit):
    row = petit.profile("93014", ["REV01"])[0]
    assert row["statut_ept"] == "non_calculable"
    assert pd.isna(row["valeur_ept"])
    assert pd.isna(row["annee_ept"])


def test_there_is_a_profile_of_what_one_can_choose_and_of_nothing_else(petit):
    assert {len(petit.profile(t.code, petit.indicateurs)) for t in petit.choices} == {len(petit.indicateurs)}
    with pytest.raises(KeyError):
        petit.profile("FR", ["REV02"])


def test_the_map_has_a_row_for_each_commune_even_without_a_figure(petit):
    frame = petit.map_figures("REV02", 1999)
    assert len(frame) == 6
    assert set(frame["statut"]) == {"manquant"}
    assert frame["valeur"].isna().all()


def test_values_that_look_like_sql_are_values(petit):
    assert petit.figures(["REV02'; DROP TABLE observation; --"], ["93014"]).empty
    assert petit.former_communes("' OR 1=1 --", "REV02").empty
    assert not petit.figures(["REV02"], ["93014"]).empty


@pytest.mark.parametrize("part", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("region", [False, True])
@pytest.mark.parametrize("asked", ["REV02 REV08 EMP01 LOG06 DEM01 DEM03 HAN01 EDU08", "EMP18 LOG06"])
def test_the_covered_values_are_those_of_the_latest_year_that_enough_communes_have(warehouse, part, region, asked):
    """The same table as from all the years, which are not read; EMP18 is six years older outside the département."""
    codes, asked = list(warehouse.region_communes if region else warehouse.communes), asked.split()
    table, years = values_table(warehouse.figures(asked, codes), codes, part)
    found = warehouse.covered(asked, codes, part)
    assert dict(found.groupby("indicateur")["annee"].first()) == years
    pd.testing.assert_frame_equal(values_table(found, codes, part)[0], table)


def test_nothing_asked_is_nothing_answered(petit):
    assert petit.figures([], []).empty
    assert petit.profile("93014", []) == []
    assert petit.figures(["REV02"], [T6, T9], []).empty


def test_without_a_warehouse_the_message_says_in_french_what_to_do(tmp_path):
    with pytest.raises(NoWarehouse, match="python -m etl build"):
        open_warehouse(tmp_path)


def test_the_warehouse_cannot_be_written(petit):
    with pytest.raises(Exception, match="read-only"):
        petit.ask("DELETE FROM observation")


def test_the_day_of_construction(petit):
    assert petit.built_on == date(2026, 11, 23)


def test_iris_and_qpv_change_nothing_to_the_answers_on_communes(tmp_path):
    answers = []
    for below in (False, True):
        path = tmp_path / f"observatoire-{below}.duckdb"
        write_small_warehouse(path)
        if below:
            add_below_commune(path)
        warehouse = Warehouse(path)
        profile = warehouse.profile("93066", [*warehouse.indicateurs, "IRI01"])
        answers.append(
            (
                list(warehouse.territoires),
                [t.code for t in warehouse.choices],
                list(warehouse.indicateurs),
                list(warehouse.themes),
                warehouse.mergers["93066"],
                profile,
                warehouse.map_figures("REV02", 2021).to_json(),
                warehouse.dispersion(["REV02"]).to_json(),
                warehouse.geometries("commune").to_json(),
                warehouse.former_communes("93066", "REV01").to_json(),
            )
        )
    assert answers[0] == answers[1]


def add_below_commune(path):
    """An IRIS, its former code and a QPV, with extreme figures, for an indicator of their own and for REV02."""
    with duckdb.connect(str(path)) as con:
        con.execute(
            """
            INSERT INTO territoire (code, type, nom, code_departement, successeur, code_commune, communes) VALUES
                ('930661601', 'iris', 'Le Moulin', '93', NULL, '93066', ['93066']),
                ('930590101', 'iris_historique', 'Le Moulin', '93', '930661601', '93066', ['93066']),
                ('QP093001', 'qpv', 'La Butte', '93', NULL, NULL, ['93066', '93045']);
            INSERT INTO geometrie VALUES ('930661601', '{"type":"Polygon","coordinates":[]}', 2.3, 48.9, 0.1);
            INSERT INTO theme VALUES ('numerique', 'Numérique', 99);
            INSERT INTO indicateur SELECT * REPLACE ('IRI01' AS code, 'iris' AS niveau, 'numerique' AS theme)
                FROM indicateur WHERE code = 'REV02';
            INSERT INTO observation SELECT * REPLACE (unnest(['930661601', 'QP093001']) AS territoire, 99 AS valeur)
                FROM observation WHERE territoire = '93066' AND indicateur = 'REV02' AND annee = 2021;
            INSERT INTO observation SELECT * REPLACE ('930661601' AS territoire, 'IRI01' AS indicateur)
                FROM observation WHERE territoire = '93066' AND indicateur = 'REV02' AND annee = 2021;
            """
        )


def test_the_indicators_of_communes_are_not_mixed_with_those_of_iris_and_qpv(warehouse):
    assert {card.niveau for card in warehouse.indicateurs.values()} == {"commune"}
    assert {card.niveau for card in warehouse.every_indicator.values()} == {"commune", "departement", "iris", "qpv"}
    assert list(warehouse.indicateurs) == [
        c for c, card in warehouse.every_indicator.items() if card.niveau == "commune"
    ]
    assert warehouse.every_indicator["IRI01"].annees == (2014, 2015, 2016, 2018, 2019, 2021)


def test_iris_and_qpv_are_found_by_their_commune(warehouse):
    """The 614 IRIS of the 39 communes; a quartier astride Clichy-sous-Bois and Montfermeil is found in both."""
    iris = warehouse.quartiers["iris"]
    assert set(iris) == set(warehouse.communes)
    assert sum(map(len, iris.values())) == 614
    assert all(code.startswith(commune) for commune, places in iris.items() for code in places)
    shared = set(warehouse.quartiers["qpv"]["93014"]) & set(warehouse.quartiers["qpv"]["93047"])
    assert shared == {"QP093003"}
    assert len({code for places in warehouse.quartiers["qpv"].values() for code in places}) == 63
