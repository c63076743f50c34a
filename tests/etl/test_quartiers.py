"""IRIS and QPV: their codes, their secrets, their thresholds; never added up, never mixed with communes."""

import pytest

from etl.errors import DataError
from tests.etl.producers import EPT, build_warehouse, catalogue, figure, indicateur, jeu, source

IRIS = (
    "CODE_IRIS;LIB_IRIS;DEPCOM;DEP\n930010101;Le Port;93001;93\n930010102;Les Ateliers;93001;93\n"
    "930150000;Coubron (commune non irisée);93015;93\n930590101;Le Moulin;93059;93\n750560101;Ailleurs;75056;75\n"
)
PASSAGE = "code_iris_2022,code_iris_2025,nom_2025\n930590101,930661601,Le Moulin Pierrefitte\n"
QPV_2015 = (
    "CODGEO;LIBGEO;LIB_COM;POP_MUN;A;M" + ";" * 900 + "\n"
    "QP093001;Le Grand Pré;Aubervilliers;1\u202f632;400;100" + ";" * 900 + "\n"
    "QP093002;La Butte;Pierrefitte, Saint-Denis;2\u202f500;40;10" + ";" * 900 + "\n"
    "QP075001;Ailleurs;Paris;9\u202f000;10;1" + ";" * 900 + "\n"
)
QPV_2024 = "code_qp,lib_qp,communes\nQN09301I,Le Grand Pré,93001\nQN09302M,La Butte,93001;93066\n"
QUARTIERS = {
    "insee_iris": source("iris", "insee_iris", "iris.csv", 2021),
    "insee_iris_passage": source("passage", "insee_iris_passage", "passage.csv", 2025),
    "insee_qpv_population": source("qpv", "insee_qpv_population", "qpv.csv", 2018),
    "anct_qpv": source(
        "qpv24", "anct_qpv", "qpv24.csv", 2024, lecture={"identifiant": "code_qp", "commune": "communes"}
    ),
}
RATIO = {
    "niveau": "iris",
    "denominateur": "A",
    "facteur": 100,
    "base": "A",
    "base_libelle": "allocataires",
    "base_min": 50,
}


def build(folder, text, cards, variables=("A", "RSA"), **fields):
    """A warehouse with IRIS and QPV, and the figures of one file written in ``text``."""
    for name, content in (("iris", IRIS), ("passage", PASSAGE), ("qpv", QPV_2015), ("qpv24", QPV_2024), ("f", text)):
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    fields = {"niveau": "iris", "vide": "secret"} | fields
    cat = catalogue([jeu("j", list(variables))], [source("s", "j", "f.csv", 2020, **fields)], cards)
    return build_warehouse(folder, cat, QUARTIERS)


def territoire(con, code):
    cursor = con.execute("SELECT * FROM territoire WHERE code = ?", [code])
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


CAF = "CODGEO;A;RSA\n930010101;200;30\n930010102;49;10\n930590101;100;\n930150000;60;0\n"


def test_an_iris_of_the_merged_commune_has_its_new_code_and_its_former_figures(tmp_path):
    con = build(tmp_path, CAF, [indicateur("IRI40", "A", "aucune", niveau="iris")])
    former, new = territoire(con, "930590101"), territoire(con, "930661601")
    assert (former["type"], former["successeur"], str(former["valide_au"])) == (
        "iris_historique",
        "930661601",
        "2024-12-31",
    )
    assert (new["type"], new["code_commune"], new["nom"], str(new["valide_du"])) == (
        "iris",
        "93066",
        "Le Moulin Pierrefitte",
        "2025-01-01",
    )
    assert figure(con, "930661601", "IRI40", 2020)["valeur"] == 100
    assert figure(con, "930590101", "IRI40", 2020) == {}


def test_a_file_with_both_codes_of_an_iris_is_refused(tmp_path):
    with pytest.raises(DataError, match="930590101 figure aussi sous son nouveau code 930661601"):
        build(tmp_path, CAF + "930661601;7;1\n", [indicateur("IRI40", "A", "aucune", niveau="iris")])


def test_a_blank_count_of_an_iris_is_a_secret_and_never_zero(tmp_path):
    con = build(tmp_path, CAF, [indicateur("IRI41", "RSA", "ratio", **RATIO)])
    assert figure(con, "930661601", "IRI41", 2020)["statut"] == "secret"
    assert figure(con, "930661601", "IRI41", 2020)["valeur"] is None
    assert figure(con, "930150000", "IRI41", 2020)["valeur"] == 0


def test_no_ratio_on_fewer_than_fifty(tmp_path):
    con = build(tmp_path, CAF, [indicateur("IRI41", "RSA", "ratio", **RATIO)])
    assert figure(con, "930010101", "IRI41", 2020)["valeur"] == 15
    small = figure(con, "930010102", "IRI41", 2020)
    assert (small["valeur"], small["numerateur"], small["denominateur"]) == (None, None, None)
    assert (small["statut"], small["motif"]) == ("non_calculable", "base_trop_petite")


def test_a_rate_whose_base_is_unknown_is_not_shown(tmp_path):
    card = indicateur("IRI28", "RSA", "aucune", niveau="iris", base="A", base_libelle="habitants", base_min=50)
    con = build(tmp_path, "CODGEO;A;RSA\n930010101;;30,5\n930010102;50;12,5\n", [card], lecture={"decimale": ","})
    assert figure(con, "930010101", "IRI28", 2020)["motif"] == "base_inconnue"
    assert figure(con, "930010102", "IRI28", 2020)["valeur"] == 12.5


def test_iris_figures_never_climb_to_the_commune_nor_above(tmp_path):
    cards = [
        indicateur("IRI40", "A", "aucune", niveau="iris"),
        indicateur("IRI41", "RSA", "ratio", **RATIO),
    ]
    con = build(tmp_path, CAF, cards)
    types = con.execute(
        "SELECT DISTINCT t.type FROM observation AS o JOIN territoire AS t ON t.code = o.territoire"
    ).fetchall()
    assert types == [("iris",)]
    assert all(figure(con, code, "IRI40", 2020) == {} for code in ("93001", "93066", EPT, "93"))


def test_commune_figures_have_no_row_below_the_commune(tmp_path):
    card = indicateur("DEM01", "A")
    con = build(tmp_path, "CODGEO;A\n93001;10\n93015;5\n93066;7\n93059;1\n", [card], ("A",), niveau="commune")
    types = {
        t
        for (t,) in con.execute("SELECT DISTINCT type FROM observation JOIN territoire ON code = territoire").fetchall()
    }
    assert types == {"commune", "commune_historique", "ept", "departement"}
    assert figure(con, "93", "DEM01", 2020)["valeur"] == 23


def test_an_iris_absent_from_the_file_has_a_row_that_says_so(tmp_path):
    con = build(tmp_path, "CODGEO;A\n930010101;10\n", [indicateur("IRI40", "A", "aucune", niveau="iris")], ("A",))
    absent = figure(con, "930010102", "IRI40", 2020)
    assert (absent["valeur"], absent["statut"], absent["motif"]) == (None, "manquant", "absent_du_fichier")


def test_the_names_of_columns_may_be_in_the_file_beside(tmp_path):
    (tmp_path / "noms.csv").write_text("\ufeffCode Iris;SCORE", encoding="utf-8")
    con = build(
        tmp_path,
        "930010101;104.5\n930010102;98.25\n",
        [indicateur("NUM01", "SCORE", "aucune", niveau="iris")],
        ("SCORE",),
        lecture={"code": "Code Iris", "entetes": "noms.csv"},
    )
    assert figure(con, "930010101", "NUM01", 2020)["valeur"] == 104.5
    assert figure(con, "930010102", "NUM01", 2020)["valeur"] == 98.25


def test_a_missing_file_of_column_names_is_told(tmp_path):
    card = indicateur("NUM01", "SCORE", "aucune", niveau="iris")
    with pytest.raises(DataError, match=r"fichier des noms de colonnes absent : noms\.csv"):
        build(tmp_path, "930010101;1\n", [card], ("SCORE",), lecture={"code": "Code Iris", "entetes": "noms.csv"})


def test_a_qpv_of_2015_finds_its_communes_by_their_names(tmp_path):
    con = build(tmp_path, CAF, [indicateur("IRI40", "A", "aucune", niveau="iris")])
    alone, shared = territoire(con, "QP093001"), territoire(con, "QP093002")
    assert (alone["type"], alone["code_commune"], alone["communes"]) == ("qpv", "93001", ["93001"])
    # Pierrefitte is in Saint-Denis today: a QPV across the two is in one commune.
    assert (shared["code_commune"], shared["communes"]) == ("93066", ["93066"])
    assert (str(shared["valide_du"]), str(shared["valide_au"])) == ("2015-01-01", "2023-12-31")
    assert con.execute("SELECT count(*) FROM territoire WHERE code LIKE 'QP075%'").fetchone() == (0,)


def test_a_qpv_of_2024_may_straddle_communes(tmp_path):
    con = build(tmp_path, CAF, [indicateur("IRI40", "A", "aucune", niveau="iris")])
    shared = territoire(con, "QN09302M")
    assert (shared["code_commune"], shared["communes"], shared["valide_au"]) == (None, ["93001", "93066"], None)


def test_a_qpv_in_an_unknown_commune_is_an_error(tmp_path):
    (tmp_path / "qpv24.csv").write_text("code_qp,lib_qp,communes\nQN09301I,Le Pré,93999\n", encoding="utf-8")
    with pytest.raises(DataError, match="QN09301I : communes inconnues : 93999"):
        build_warehouse(tmp_path, catalogue([], [], []), {"anct_qpv": QUARTIERS["anct_qpv"]})


def test_figures_of_qpv_with_thin_spaces_and_hundreds_of_empty_columns(tmp_path):
    cards = [
        indicateur("QPV05", "POP_MUN", "aucune", niveau="qpv"),
        indicateur("QPV16", "M", "ratio", **RATIO | {"niveau": "qpv"}),
    ]
    con = build(tmp_path, QPV_2015, cards, ("POP_MUN", "A", "M"), niveau="qpv")
    assert figure(con, "QP093001", "QPV05", 2020)["valeur"] == 1632
    assert figure(con, "QP093001", "QPV16", 2020)["valeur"] == 25
    assert figure(con, "QP093002", "QPV16", 2020)["motif"] == "base_trop_petite"
    # A neighbourhood of the zoning of 2024 is not missing from a file of 2020.
    assert figure(con, "QN09301I", "QPV05", 2020) == {}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"agregation": "somme"}, "rien ne s’additionne"),
        ({"agregation": "approchee", "denominateur": "A"}, "rien ne s’additionne"),
        ({"base": "A"}, "base_libelle"),
        ({"niveau": "commune", "equivalent": "REV01"}, "equivalent"),
    ],
)
def test_a_card_below_the_commune_is_refused_when_it_adds_up_or_has_half_a_threshold(fields, reason):
    with pytest.raises(ValueError, match=reason):
        indicateur("IRI99", "A", **{"agregation": "aucune", "niveau": "iris"} | fields)
