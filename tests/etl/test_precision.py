"""How finely figures are known: declared steps climb to every level, and the controls see the others."""

import pytest

from etl.checks_precision import check_declared_steps, check_undeclared_steps
from etl.errors import DataError
from tests.etl.producers import EPT, build_warehouse, catalogue, figure, indicateur, jeu, source, told

FILOSOFI = "CODGEO;NBPERSMENFISC19;TP6019;RSA19\n93001;900;40;45\n93015;380;8;10\n93059;480;38;25\n93066;1900;36;100\n"
VARIABLES = ["NBPERSMENFISC{aa}", "TP60{aa}", "RSA{aa}"]
ENTIERS = {"variables": ["TP60*"], "pas": 1, "annees": [2019], "raison": "Taux en points entiers."}
CINQ = {"variables": ["RSA*"], "pas": 5, "niveaux": ["commune"], "raison": "Arrondi à 5."}
PAUVRES = "TP60{aa} * NBPERSMENFISC{aa} / 100"
CARTES = [
    indicateur("REV02", "TP60{aa}", "approchee", poids="NBPERSMENFISC{aa}", poids_libelle="personnes", decimales=1),
    indicateur("REV43", PAUVRES, "approchee"),
    indicateur("REV53", "RSA{aa}"),
    indicateur("REV14", "RSA{aa}", "ratio", denominateur="NBPERSMENFISC{aa}", facteur=100),
    indicateur("DRO01", "RSA{aa}", "approchee", denominateur=PAUVRES, facteur=100, decimales=1),
]


def built(folder, arrondis=(ENTIERS, CINQ), rows=FILOSOFI):
    """The warehouse of these rows, published with these steps."""
    (folder / "filosofi.csv").write_text(rows)
    sources = [source("filosofi_2019", "filosofi", "filosofi.csv", 2019)]
    return build_warehouse(folder, catalogue([jeu("filosofi", VARIABLES, arrondis=list(arrondis))], sources, CARTES))


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    return built(tmp_path_factory.mktemp("filosofi"))


def rounding(con, place, code):
    row = figure(con, place, code, 2019)
    return row["arrondi"], row["marge"]


def test_a_published_figure_has_the_step_of_its_producer(con):
    assert rounding(con, "93001", "REV02") == (1, 0.5)
    assert rounding(con, "93001", "REV53") == (5, 2.5)


def test_a_weighted_mean_of_whole_points_is_known_to_half_a_point(con):
    for place in ("93066", EPT, "93"):
        assert rounding(con, place, "REV02") == pytest.approx((1, 0.5))


def test_a_sum_keeps_the_step_of_its_members_and_adds_their_margins(con):
    """Two former communes, each rounded to 5."""
    assert rounding(con, "93066", "REV53") == (5, 5)
    assert rounding(con, "93", "REV53") == (5, 10)


def test_a_ratio_of_a_rounded_count_to_an_exact_one(con):
    step, margin = rounding(con, "93001", "REV14")
    assert margin == pytest.approx(100 * 2.5 / 900)
    assert step == 0.1  # ± 0.28 : le dixième se lit encore


def test_a_number_of_poor_people_is_known_to_half_a_point_of_the_population(con):
    step, margin = rounding(con, "93001", "REV43")
    assert margin == pytest.approx(900 * 0.5 / 100)
    assert step == 1


def test_a_rounded_number_over_a_rounded_number_takes_the_worst_of_both(con):
    """45 ± 2.5 over 360 ± 4.5 : at most 47.5 over 355.5."""
    _, margin = rounding(con, "93001", "DRO01")
    assert margin == pytest.approx(100 * (47.5 / 355.5 - 45 / 360))


def test_what_is_declared_nowhere_is_taken_for_exact(tmp_path):
    assert rounding(built(tmp_path, []), "93001", "REV02") == (None, None)


@pytest.mark.parametrize(
    ("margin", "digit"),
    [(0.5, 1), (0.4999999, 1), (0.05, 0.1), (0.049, 0.01), (0.13, 0.1), (2.5, 1), (4.9, 1), (5, 10), (1300, 1000)],
)
def test_a_digit_is_written_while_the_margin_is_under_five_of_its_units(con, margin, digit):
    assert con.execute(f"SELECT rang_lisible({margin})").fetchone()[0] == pytest.approx(digit)


@pytest.mark.parametrize(("value", "step", "read"), [(36.45, 1, 36), (36.5, 1, 37), (-2.5, 1, -3), (0.3, 0.1, 0.3)])
def test_a_figure_reads_at_its_step_commercial_rounding(con, value, step, read):
    assert con.execute(f"SELECT lire({value}, {step}), lire({value}, NULL)").fetchone() == (read, value)


def test_a_figure_that_is_no_multiple_of_its_step_is_an_error(tmp_path):
    found = check_declared_steps(built(tmp_path, rows=FILOSOFI.replace(";40;45", ";40.5;45")), "93")
    assert found.gravite == "erreur"
    assert told(found) == [
        "filosofi_2019, TP60{aa}\u00a0: 1\u00a0chiffre sur 4 hors des multiples de 1, dont Aubervilliers (40,5)"
    ]


def test_right_steps_pass(con):
    assert told(check_declared_steps(con, "93")) == []


def test_figures_all_whole_while_the_card_shows_a_decimal_are_told(con):
    """Forty communes whose rates are all whole, on a card with a decimal, and no declared step."""
    con.execute("BEGIN")
    con.execute(
        "INSERT INTO territoire (code, type, nom, code_departement) "
        "SELECT 'x' || n, 'commune', 'Ville', '93' FROM range(40) AS t(n)"
    )
    con.execute(
        "INSERT INTO observation (territoire, indicateur, annee, valeur, statut, source) "
        "SELECT 'x' || n, 'REV02', 2020, 10 + n, 'publie', 's' FROM range(40) AS t(n)"
    )
    found = check_undeclared_steps(con, "93")
    assert found.gravite == "avertissement"
    assert told(found) == ["REV02 2020\u00a0: les 40 chiffres ont au plus 0 décimale, la fiche en montre 1"]
    con.execute("UPDATE observation SET valeur = valeur + 0.3 WHERE territoire = 'x7'")
    assert told(check_undeclared_steps(con, "93")) == []
    con.execute("ROLLBACK")


def test_counts_all_multiples_of_five_are_told(con):
    con.execute("BEGIN")
    con.execute(
        "INSERT INTO territoire (code, type, nom, code_departement) "
        "SELECT 'x' || n, 'commune', 'Ville', '93' FROM range(40) AS t(n)"
    )
    con.execute("INSERT INTO fait SELECT 'autre', 'x' || n, 2019, 'defm', 5 * n, 'publie' FROM range(40) AS t(n)")
    assert told(check_undeclared_steps(con, "93")) == ["autre, defm\u00a0: les 40 chiffres sont tous multiples de 5"]
    con.execute("ROLLBACK")


@pytest.mark.parametrize("pas", [0, -1])
def test_a_step_is_positive(tmp_path, pas):
    with pytest.raises((DataError, ValueError)):
        built(tmp_path, [{**ENTIERS, "pas": pas}])


def test_the_shipped_figures_have_their_steps(base):
    """Poverty of 2019–2021 in whole points at every level, with a decimal in 2015."""
    sql = (
        "SELECT DISTINCT arrondi, round(marge, 6) FROM observation "
        "WHERE indicateur = 'REV02' AND annee {} AND valeur IS NOT NULL AND statut <> 'censure'"
    )
    assert base.execute(sql.format("BETWEEN 2019 AND 2021")).fetchall() == [(1, 0.5)]
    assert base.execute(sql.format("= 2015")).fetchall() == [(None, None)]
    assert dict(base.execute("SELECT code, resultat FROM controle WHERE code LIKE 'arrondis%'").fetchall()) == {
        "arrondis": "conforme",
        "arrondis_non_declares": "conforme",
    }
