"""Each control finds the fault it is there for, says its numbers, and lets right figures through."""

import duckdb
import pytest

from etl import checks, checks_keys, checks_series
from etl.facts import TABLE_FAIT
from etl.transform import create_tables
from tests.etl.producers import told

COMMUNES = [f"930{n:02d}" for n in range(1, 13)]
EPTS = ("A", "B")


@pytest.fixture
def con():
    """Twelve communes in two EPT; one count (NB) and one rate (TX) over six years, all right."""
    con = duckdb.connect()
    create_tables(con)
    con.execute(TABLE_FAIT)
    con.execute(
        "CREATE TEMP TABLE repere (indicateur VARCHAR, territoire VARCHAR, annee INT, valeur DOUBLE, tolerance DOUBLE)"
    )
    con.execute("CREATE TEMP TABLE pas_publie (source VARCHAR, variable VARCHAR, niveau VARCHAR, pas DOUBLE)")
    con.execute("INSERT INTO theme VALUES ('t', 'Thème', 1)")
    con.execute(
        "INSERT INTO territoire (code, type, nom, code_departement) VALUES ('93', 'departement', 'Le 93', '93')"
    )
    for ept in EPTS:
        con.execute(
            "INSERT INTO territoire (code, type, nom, code_ept, code_departement) VALUES (?, 'ept', ?, ?, '93')",
            [ept, f"EPT {ept}", ept],
        )
    for position, code in enumerate(COMMUNES):
        con.execute(
            "INSERT INTO territoire (code, type, nom, code_ept, code_departement) VALUES (?, 'commune', ?, ?, '93')",
            [code, f"Ville {code}", EPTS[position % 2]],
        )
    for code, aggregation, numerator in (("NBR01", "somme", "n"), ("TAU01", "ratio", "m")):
        con.execute(
            """
            INSERT INTO indicateur (code, theme, publics, libelle, definition, unite, decimales, sens, sens_pourquoi,
                agregation, forme, numerateur, denominateur, facteur, ecart_annees, etendue, incertitude, effet_plan,
                phare, effectif, source, etat, ordre)
            VALUES (?, 't', [], ?, '', '', 0, 'neutre', '', ?, 'simple', ?, if(? = 'ratio', 'd', NULL), 1, 0, [], '',
                1, false, false, 's', 'disponible', 1)
            """,
            [code, code, aggregation, numerator, aggregation],
        )
    for year in range(2018, 2024):
        for position, code in enumerate(COMMUNES):
            number = 1000.0 + 50 * position + 7 * (year - 2018) * (1 + position % 3)
            put(con, code, "NBR01", year, number, number, None)
            put(con, code, "TAU01", year, number / 5000, number, 5000.0)
        for code, condition in (("93", "TRUE"), ("A", "code_ept = 'A'"), ("B", "code_ept = 'B'")):
            con.execute(
                f"""
                INSERT INTO observation (territoire, indicateur, annee, valeur, numerateur, denominateur, statut,
                    source)
                SELECT '{code}', indicateur, annee, sum(numerateur) / coalesce(sum(denominateur), 1),
                    sum(numerateur), sum(denominateur), 'calcule', 's'
                FROM observation JOIN territoire AS t ON t.code = territoire AND t.type = 'commune' AND {condition}
                WHERE annee = {year} GROUP BY ALL
                """
            )
    return con


def put(con, place, code, year, value, numerator, denominator):
    con.execute(
        """
        INSERT INTO observation (territoire, indicateur, annee, valeur, numerateur, denominateur, statut, source)
        VALUES (?, ?, ?, ?, ?, ?, if(? IS NULL, 'secret', 'calcule'), 's')
        """,
        [place, code, year, value, numerator, denominator, value],
    )


def change(con, place, code, year, factor):
    con.execute(
        """
        UPDATE observation SET valeur = valeur * $f, numerateur = numerateur * $f
        WHERE territoire = $p AND indicateur = $c AND annee = $y
        """,
        {"f": factor, "p": place, "c": code, "y": year},
    )


@pytest.mark.parametrize(
    "check",
    [
        checks.check_every_card_has_figures,
        checks.check_no_hole,
        checks.check_sums,
        checks.check_between_members,
        checks.check_bounds,
        checks.check_references,
        checks_keys.check_keys,
        *(check for check in checks_series.CHECKS_SERIES),
    ],
)
def test_right_figures_pass(con, check):
    found = check(con, "93")
    assert told(found) == []
    assert found.detail.startswith("aucun écart sur")


@pytest.mark.parametrize("table", ["observation", "fait"])
def test_a_line_that_stands_twice_is_an_error(con, table):
    con.execute("INSERT INTO fait SELECT 's', code, 2020, 'n', 1, 'publie' FROM territoire")
    assert told(checks_keys.check_keys(con, "93")) == []
    con.execute(f"INSERT INTO {table} FROM {table} WHERE territoire = '93004' AND annee = 2020 LIMIT 1")
    found = checks_keys.check_keys(con, "93")
    (gap,) = told(found)
    assert found.gravite == "erreur"
    assert gap.startswith(f"{table}, ")
    assert gap.replace("\u00a0", " ").endswith(" : 16 lignes pour 15 territoires")


def test_an_ept_that_is_not_the_sum_of_its_communes_is_an_error(con):
    change(con, "A", "NBR01", 2020, 1.01)
    change(con, "93", "TAU01", 2021, 0.99)
    found = checks.check_sums(con, "93")
    assert found.gravite == "erreur"
    assert [gap.split("\u00a0:")[0] for gap in told(found)] == ["NBR01 2020 EPT A", "TAU01 2021 Le 93"]


def test_a_published_total_is_not_an_error_of_sums(con):
    change(con, "93", "NBR01", 2020, 1.05)
    con.execute(
        "UPDATE observation SET valeur_membres = valeur / 1.05 WHERE territoire = '93' AND indicateur = 'NBR01'"
    )
    assert told(checks.check_sums(con, "93")) == []
    assert checks.check_published_totals(con, "93").gravite == "avertissement"
    assert len(told(checks.check_published_totals(con, "93"))) == 6


def test_a_commune_that_triples_alone_is_a_jump_both_ways(con):
    change(con, "93004", "NBR01", 2020, 3)
    found = checks_series.check_jumps(con, "93")
    assert found.gravite == "avertissement"
    assert len(told(found)) == 2
    assert all(gap.startswith("NBR01 Ville 93004\u00a0: ") for gap in told(found))
    assert "en 2019, 3\u202f" in told(found)[1] or "en 2019, 3\u202f" in told(found)[0]


def test_when_every_commune_doubles_none_jumps_and_the_shift_is_told(con):
    for code in COMMUNES:
        change(con, code, "NBR01", 2023, 2)
    assert told(checks_series.check_jumps(con, "93")) == []
    (gap,) = told(checks_series.check_shifts(con, "93"))
    assert gap.startswith("NBR01\u00a0: +10")
    assert "de 2022 à 2023" in gap


def test_a_small_count_moves_by_chance_and_is_not_a_jump(con):
    con.execute("UPDATE observation SET valeur = 4, numerateur = 4 WHERE territoire = '93004' AND annee = 2020")
    assert told(checks_series.check_jumps(con, "93")) == []


def test_an_indicator_that_most_communes_lack_is_told_with_its_secrets(con):
    con.execute(
        """
        UPDATE observation SET valeur = NULL, statut = if(territoire < '93003', 'secret', 'manquant')
        WHERE indicateur = 'TAU01' AND annee = 2019 AND territoire BETWEEN '93001' AND '93008'
        """
    )
    assert told(checks_series.check_coverage(con, "93")) == [
        "TAU01 2019\u00a0: 4\u00a0communes sur 12, dont 2\u00a0secrètes"
    ]


def test_one_file_filed_under_two_years_is_told(con):
    con.execute(
        """
        UPDATE observation SET valeur = avant.valeur FROM observation AS avant
        WHERE observation.annee = 2022 AND avant.annee = 2021 AND observation.indicateur = 'TAU01'
            AND avant.indicateur = 'TAU01' AND avant.territoire = observation.territoire
        """
    )
    (gap,) = told(checks_series.check_copied_years(con, "93"))
    assert gap == "TAU01\u00a0: 2021 et 2022, 12 communes sur 12 ont le même chiffre"


def test_the_same_formula_under_two_codes_is_told(con):
    con.execute("UPDATE indicateur SET numerateur = 'n', denominateur = NULL")
    found = checks_series.check_copied_cards(con, "93")
    assert told(found) == ["NBR01 et TAU01"]
    assert found.ecarts[0].indicateurs == ("NBR01", "TAU01")


def test_two_files_that_disagree_are_told(con):
    rows = [("un", 100.0, 100.0), ("deux", 103.0, 100.5)]
    for source, first, second in rows:
        con.execute("INSERT INTO fait VALUES (?, '93001', 2020, 'POP', ?, 'publie')", [source, first])
        con.execute("INSERT INTO fait VALUES (?, '93002', 2020, 'POP', ?, 'publie')", [source, second])
    found = checks_series.check_diverging_sources(con, "93")
    assert found.examines == 2
    assert told(found) == ["POP\u00a0: deux et un diffèrent pour 1\u00a0territoire sur 2 (au plus 2,9\u00a0%)"]


def test_a_figure_printed_by_its_producer_must_be_found(con):
    con.execute("INSERT INTO repere VALUES ('NBR01', '93001', 2018, 1000, 0), ('NBR01', '93002', 2018, 1049, 2)")
    assert told(checks.check_references(con, "93")) == []
    con.execute("INSERT INTO repere VALUES ('NBR01', '93003', 2018, 1101, 0), ('NBR01', '93001', 1999, 5, 0)")
    assert told(checks.check_references(con, "93")) == [
        "NBR01 1999 Ville 93001\u00a0: publié 5, trouvé rien",
        "NBR01 2018 Ville 93003\u00a0: publié 1\u202f101, trouvé 1\u202f100",
    ]


def test_a_reference_of_another_departement_is_left_aside(con):
    con.execute("INSERT INTO repere VALUES ('NBR01', '93001', 2018, 7, 0)")
    assert checks.check_references(con, "94").examines == 0


def test_a_bound_on_the_wrong_side_and_a_negative_count_are_errors(con):
    con.execute("UPDATE observation SET borne_basse = 0.9, borne_haute = 1 WHERE territoire = '93001' AND annee = 2018")
    con.execute(
        "UPDATE observation SET valeur = -3 WHERE territoire = '93002' AND indicateur = 'NBR01' AND annee = 2018"
    )
    found = checks.check_bounds(con, "93")
    assert found.gravite == "erreur"
    assert {gap.split("\u00a0:")[0] for gap in told(found)} == {
        "NBR01 2018 93001",
        "NBR01 2018 93002",
        "TAU01 2018 93001",
    }


def test_a_card_without_figure_stops_the_build_of_the_93_only(con):
    con.execute("UPDATE observation SET valeur = NULL, statut = 'manquant' WHERE indicateur = 'TAU01'")
    assert checks.check_every_card_has_figures(con, "93").gravite == "erreur"
    assert checks.check_every_card_has_figures(con, "94").gravite == "avertissement"
