"""Intervals: worked examples of the articles the formulas come from, and who has one."""

import duckdb
import pytest
from pydantic import ValidationError
from scipy import stats

from etl.transform import create_tables
from tests.etl.producers import EPT, build_warehouse, catalogue, figure, indicateur, jeu, source

VARIABLES = ["PMUN", "CHOM", "ACT", "NAIS"]
COLUMNS = "CODGEO;PMUN;CHOM;ACT;NAIS\n"
SONDAGE = {"incertitude": "wilson_rp", "effet_plan": 2}
FAITS = {"incertitude": "byar", "nature": "flux"}


@pytest.fixture(scope="module")
def functions():
    con = duckdb.connect()
    create_tables(con)
    return con


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, p. 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_examples_of_newcombe(functions, x, n, low, high):
    found = functions.execute(f"SELECT wilson_basse({x} / {n}, {n}), wilson_haute({x} / {n}, {n})").fetchone()
    assert found == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_everybody_and_of_nobody_stays_in_bounds(functions):
    assert functions.execute("SELECT wilson_basse(0.0, 7), wilson_haute(1.0, 7)").fetchone() == (0, 1)


@pytest.mark.parametrize(
    ("x", "low", "high"),
    # Exact limits of a Poisson count, Ulm (1990), American Journal of Epidemiology 131, p. 373-375.
    [(10, 4.795, 18.390), (50, 37.111, 65.919), (100, 81.364, 121.627)],
)
def test_byar_is_close_to_the_exact_limits(functions, x, low, high):
    found = functions.execute(f"SELECT byar_basse({x}), byar_haute({x})").fetchone()
    assert found == pytest.approx((low, high), rel=2e-3)


@pytest.mark.parametrize("x", [0, 1, 7, 400, 900, 4999, 20000])
@pytest.mark.parametrize("n", [20, 900, 20000])
def test_wilson_is_that_of_scipy(functions, x, n):
    if x > n:
        x = n
    found = functions.execute(f"SELECT wilson_basse({x} / {n}, {n}), wilson_haute({x} / {n}, {n})").fetchone()
    oracle = stats.binomtest(x, n).proportion_ci(0.95, "wilson")
    assert found == pytest.approx((oracle.low, oracle.high), abs=1e-12)


@pytest.mark.parametrize("x", [1, 2, 5, 10, 30, 100, 1000, 25000])
def test_byar_is_close_to_the_exact_poisson_limits_of_scipy(functions, x):
    """Exact (Garwood 1936): halves of χ² quantiles. Byar is within one per cent of them from 5 events on."""
    found = functions.execute(f"SELECT byar_basse({x}), byar_haute({x})").fetchone()
    exact = (stats.chi2.ppf(0.025, 2 * x) / 2, stats.chi2.ppf(0.975, 2 * x + 2) / 2)
    assert found == pytest.approx(exact, rel=1e-2, abs=0.02 if x < 5 else 0)


def test_the_quantile_of_the_warehouse_is_that_of_scipy(functions):
    assert functions.execute("SELECT quantile_95()::DOUBLE").fetchone()[0] == pytest.approx(
        stats.norm.ppf(0.975), abs=1e-14
    )


def test_byar_of_no_event_has_a_lower_bound_of_zero_and_an_upper_one_near_3_69(functions):
    low, high = functions.execute("SELECT byar_basse(0), byar_haute(0)").fetchone()
    assert low == 0
    assert high == pytest.approx(3.69, abs=0.03)


def test_the_effective_sample_of_the_census(functions):
    """40 % of 42 000 over five years, drawn without replacement: 16 800 / 0.6; half of it for households."""
    found = functions.execute("SELECT echantillon_rp(42000, 1), echantillon_rp(42000, 2)").fetchone()
    assert found == pytest.approx((28000, 14000))


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = tmp_path_factory.mktemp("miroir")
    rows = {"93001": (90000, 6300, 42000, 1500), "93015": (5000, 150, 2500, 73), "93066": (149000, 12000, 70000, 2200)}
    lines = [";".join(map(str, (code, *numbers))) for code, numbers in rows.items()]
    (folder / "rp.csv").write_text(COLUMNS + "\n".join(lines) + "\n")
    cards = [
        indicateur("EMP01", "CHOM", "ratio", denominateur="ACT", facteur=100, unite="%", **SONDAGE),
        indicateur("DEM11", "NAIS", "ratio", denominateur="PMUN", facteur=1000, **FAITS),
        indicateur("DEM13", "NAIS", **FAITS),
        indicateur("DEM14", "NAIS"),
    ]
    sources = [source("rp", "rp", "rp.csv", 2022, geographie=2025)]
    return build_warehouse(folder, catalogue([jeu("rp", VARIABLES)], sources, cards))


def bounds(con, place, code):
    row = figure(con, place, code, 2022)
    return row["borne_basse"], row["borne_haute"]


def test_a_census_share_of_a_sampled_commune(con):
    """15 % of 42 000 active people: a margin of √(0.15 × 0.85 / 14 000) × 1.96, about 0.59 point."""
    assert bounds(con, "93001", "EMP01") == pytest.approx((14.418, 15.601), abs=2e-3)


def test_the_error_of_a_commune_under_10_000_inhabitants_is_not_assessed(con):
    """One census in five years, aged by calibration: neither a survey nor exact."""
    assert bounds(con, "93015", "EMP01") == (None, None)


def test_the_ept_is_treated_as_wholly_sampled(con):
    low, high = bounds(con, EPT, "EMP01")
    assert low < figure(con, EPT, "EMP01", 2022)["valeur"] < high


def test_a_count_and_its_rate_have_the_same_relative_bounds(con):
    low, high = bounds(con, "93015", "DEM13")
    assert (low, high) == pytest.approx((57.2, 91.8), abs=0.1)
    assert bounds(con, "93015", "DEM11") == pytest.approx((low / 5, high / 5))


def test_no_method_no_bounds(con):
    assert bounds(con, "93001", "DEM14") == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"agregation": "somme", "incertitude": "wilson_rp"},
        {"agregation": "aucune", "incertitude": "byar"},
        {"agregation": "somme", "effet_plan": 2},
        {"agregation": "somme", "incertitude": "byar"},
        {"agregation": "somme", "incertitude": "byar", "nature": "stock"},
    ],
)
def test_a_method_that_does_not_fit_the_card_is_refused(fields):
    with pytest.raises(ValidationError):
        indicateur("DEM13", "NAIS", **fields)


@pytest.mark.parametrize(("effet_plan", "accepted"), [(1, False), (1.99, False), (2, True), (3, True)])
def test_persons_have_at_least_the_design_effect_of_their_dwellings(effet_plan, accepted):
    share = {"denominateur": "ACT", "unite": "%", "incertitude": "wilson_rp", "effet_plan": effet_plan}
    if accepted:
        assert indicateur("EMP01", "CHOM", "ratio", **share).effet_plan == effet_plan
    else:
        with pytest.raises(ValidationError, match="enquêtées avec leur logement"):
            indicateur("EMP01", "CHOM", "ratio", **share)


def test_no_stock_of_beneficiaries_has_an_interval_of_events(base):
    """Those who receive a benefit are mostly the same from one year to the next: no chance of independent events."""
    found = dict(base.execute("SELECT code, [incertitude, nature] FROM indicateur").fetchall())
    assert {c for c, (how, _) in found.items() if how == "byar"} >= {"DEM11", "DEM13", "SEC04", "FAM10"}
    assert {nature for how, nature in found.values() if how == "byar"} == {"flux"}
    for code in ("HAN01", "HAN02", "HAN07", "HAN08", "FAM08"):
        assert found[code][0] == "", code
        (bounded,) = base.execute("SELECT count(borne_basse) FROM observation WHERE indicateur = ?", [code]).fetchone()
        assert bounded == 0, code


def test_every_bound_of_the_shipped_figures_surrounds_its_figure(base):
    (wrong,) = base.execute(
        "SELECT count(*) FROM observation WHERE NOT (valeur BETWEEN coalesce(borne_basse, valeur) AND borne_haute)"
    ).fetchone()
    assert wrong == 0


def test_only_proportions_of_the_census_have_a_wilson_interval(base):
    """A numerator that may exceed its denominator (jobs for 100 workers) is no proportion."""
    rows = base.execute(
        """
        SELECT DISTINCT o.indicateur FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        JOIN source AS s ON s.code = o.source
        WHERE i.incertitude = 'wilson_rp' AND (o.numerateur > o.denominateur OR s.producteur <> 'INSEE')
        """
    ).fetchall()
    assert rows == []
