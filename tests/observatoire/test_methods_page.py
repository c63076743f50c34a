"""The page of methods (docs/methodes.md) states the numbers and the formulas of the code."""

import math
import re

import duckdb
import pytest

from etl.cards import EFFET_PLAN_MINIMAL
from etl.checks_series import COVERAGE_FLOOR, DIVERGENCE, JUMP_COUNT, JUMP_FLOOR, JUMP_MADS
from etl.transform import create_tables
from observatoire.config import RACINE
from observatoire.formats import nombre
from observatoire.methods import needs_index, rank_intervals, similarity, trend_test
from observatoire.methods.comparison import PROCHE

PAGE = re.sub(r"[\u00a0\u202f]", " ", (RACINE / "docs" / "methodes.md").read_text(encoding="utf-8"))


def section(title: str) -> str:
    """The text under a heading."""
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def said(value: float, decimals: int = 0) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", nombre(value, decimals))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Les rangs", f"{said(rank_intervals.pairwise_quantile(39), 2)} pour 39 communes, soit {39 * 38 // 2} paires"),
        ("Les rangs", f"avec {said(100 * rank_intervals.CONFIANCE)} % de confiance"),
        ("Les tendances", f"dépasse {said(trend_test.SEUIL, 4)}"),
        ("Les tendances", f"{said(trend_test.NORMALE_99, 4)}² × ( T × ({said(100 * trend_test.CHOC)} % × p̄)² + C )"),
        ("Les tendances", f"au moins {said(100 * trend_test.NOTABLE)} % du plus proche"),
        (
            "Les tendances",
            f"{said(trend_test.STUDENT_99[3], 2)} pour cinq périodes, {said(trend_test.STUDENT_99[8], 2)} pour dix",
        ),
        ("Les tendances", "**dix dernières périodes comparables** au plus, cinq au moins"),
        ("L’incertitude", f"l’**effet de plan** vaut {EFFET_PLAN_MINIMAL}"),
        ("L’indice de besoins", f"{said(needs_index.TIRAGES)} jeux de poids"),
        ("L’indice de besoins", f"graine {needs_index.GRAINE}"),
        ("L’indice de besoins", f"borné à ±{said(needs_index.ECRETAGE)}"),
        ("Les contrôles", f"{JUMP_MADS} × 1,4826 × l’écart absolu médian"),
        ("Les contrôles", f"facteur {said(JUMP_FLOOR, 1)} au moins"),
        ("Les contrôles", f"inférieurs à {JUMP_COUNT}"),
    ],
)
def test_the_page_states_the_numbers_of_the_code(title, words):
    assert words in section(title)


def test_fractions_in_words_are_those_of_the_code():
    assert COVERAGE_FLOOR == similarity.PART_MINIMALE == 0.75
    assert "trois communes sur quatre" in section("Les contrôles")
    assert "trois quarts du poids" in section("Les communes semblables")
    assert DIVERGENCE == 0.01
    assert (trend_test.PERIODES, trend_test.PERIODES_MAX) == (5, 10)
    shocks = [round(100 * trend_test.NORMALE_99 * trend_test.CHOC * years**0.5) for years in (4, 9)]
    assert f"{shocks[0]} % environ en quatre ans, {shocks[1]} % en neuf" in section("Les tendances")
    assert "à plus de 1 % près" in section("Les contrôles")
    assert PROCHE == 0.25
    assert "moins d’un quart d’écart type" in section("Comparer à une référence")
    numbers = {5: "cinq", 11: "onze"}
    assert f"{numbers[sum(len(d.indicateurs) for d in needs_index.DOMAINES)]} indicateurs" in section(
        "L’indice de besoins"
    )
    assert f"{numbers[len(needs_index.DOMAINES)]} domaines" in section("L’indice de besoins")


def formula(text: str, **values: float) -> float:
    """The value of a formula as the page writes it: « x (1 − 1/9x − z/3√x)³ »."""
    python = text.replace("(x + 1)", "w").replace("−", "-").replace("÷", "/").replace("²", "**2").replace("³", "**3")
    python = re.sub(r"√\(", "sqrt(", python)
    python = re.sub(r"√(\w)", r"sqrt(\1)", python)
    python = re.sub(r"(\d)(sqrt|n|x|w)", r"\1*\2", python)
    python = re.sub(r"/(\d)\*(sqrt\(\w\)|\w\*\*2|\w)", r"/(\1*\2)", python)
    python = re.sub(r"([wxz]|\*\*\d) (?=[(s])", r"\1*", python)
    python = re.sub(r"\bp\(", "p*(", python)
    return eval(python, {"sqrt": math.sqrt, "z": 1.959963984540054, "w": values.get("x", 0) + 1, **values})


def test_the_formulas_of_the_page_are_those_of_the_warehouse():
    text = section("L’incertitude")
    wilson = re.search(r"\*\*Wilson\*\* : (.+?)\. n n’est", text)[1]
    low, high = re.search(r"borne basse (x .+?), borne haute (.+?) ;", text).groups()
    con = duckdb.connect()
    create_tables(con)
    for p, n in ((0.12, 400), (0.5, 30), (0.97, 1000)):
        expected = con.execute("SELECT wilson_basse(?, ?), wilson_haute(?, ?)", [p, n, p, n]).fetchone()
        found = [formula(wilson.replace("±", sign), p=p, n=n) for sign in "-+"]
        assert found == pytest.approx(expected)
    for x in (1, 8, 250):
        expected = con.execute("SELECT byar_basse(?), byar_haute(?)", [x, x]).fetchone()
        assert [formula(low, x=x), formula(high, x=x)] == pytest.approx(expected)
    effective = re.search(r"\*\*supposé\*\* : (.+?) ÷ effet de plan", text)[1].replace("dénominateur", "1000")
    (expected,) = con.execute("SELECT echantillon_rp(1000, 2)").fetchone()
    assert formula(effective.replace(",", ".").replace("×", "*")) / 2 == pytest.approx(expected)
