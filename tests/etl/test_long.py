"""The producers' long files, one figure a line: a declared pivot is enough, and what is ambiguous is refused."""

import pytest

from etl.errors import DataError
from tests.etl.producers import EPT, build_warehouse, catalogue, figure, indicateur, jeu, source

# The layout of the « Melodi » files of INSEE; every figure is invented.
ENTETE = "GEO;GEO_OBJECT;FILOSOFI_MEASURE;UNIT_MULT;CONF_STATUS;TIME_PERIOD;OBS_VALUE\n"
LIGNES = (
    "93066;COM;MED_SL;0;F;2023;18650\n93066;COM;PR_MD60;0;F;2023;38.2\n"
    "93001;COM;MED_SL;0;F;2023;17010\n93001;COM;PR_MD60;0;F;2023;41\n"
    "93015;COM;MED_SL;0;F;2023;25000\n93015;COM;PR_MD60;0;C;2023;\n"
    "93;DEP;MED_SL;0;F;2023;19800\n93;DEP;PR_MD60;0;F;2023;30\n"
    "M;FRANCE;MED_SL;0;F;2023;24000\n200054781;EPCI;MED_SL;0;F;2023;26000\n"
)
PIVOT = {
    "territoire": "GEO",
    "objet": "GEO_OBJECT",
    "annee": "TIME_PERIOD",
    "mesure": "FILOSOFI_MEASURE",
    "valeur": "OBS_VALUE",
    "statut": "CONF_STATUS",
    "attendus": {"UNIT_MULT": "0"},
}
ALIAS = {"MED{aa}": "MED_SL", "TP60{aa}": "PR_MD60"}
FICHES = [indicateur("REV01", "MED{aa}", "aucune"), indicateur("REV02", "TP60{aa}", "aucune")]


def read(tmp_path, text, pivot=PIVOT, cards=FICHES, variables=("MED{aa}", "TP60{aa}"), millesime=2023, **fields):
    (tmp_path / "essai.csv").write_text(text, encoding="utf-8")
    block = {"lecteur": "long", "geographie": 2025, "alias": ALIAS, "pivot": pivot} | fields
    block = {key: value for key, value in block.items() if value is not None}
    one = source("essai", "essai", "essai.csv", millesime, **block)
    return build_warehouse(tmp_path, catalogue([jeu("essai", list(variables))], [one], list(cards)))


def problems_of(tmp_path, text, **options):
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, **options)
    return caught.value.problems


def test_one_block_reads_a_long_file_its_levels_and_its_secrets(tmp_path):
    con = read(tmp_path, ENTETE + LIGNES)
    assert figure(con, "93066", "REV01", 2023)["valeur"] == 18650
    assert figure(con, "93066", "REV02", 2023)["valeur"] == 38.2
    assert figure(con, "93", "REV01", 2023)["valeur"] == 19800
    assert figure(con, "FM", "REV01", 2023)["valeur"] == 24000
    assert figure(con, "FR", "REV01", 2023) == {}
    hidden = figure(con, "93015", "REV02", 2023)
    assert (hidden["valeur"], hidden["statut"]) == (None, "secret")


def test_a_confidential_figure_left_in_the_file_is_a_secret_all_the_same(tmp_path):
    text = (ENTETE + LIGNES).replace("93015;COM;PR_MD60;0;C;2023;", "93015;COM;PR_MD60;0;C;2023;12")
    hidden = figure(read(tmp_path, text), "93015", "REV02", 2023)
    assert (hidden["valeur"], hidden["statut"]) == (None, "secret")


def test_other_names_another_order_several_years_and_more_dimensions(tmp_path):
    text = (
        "valeur,sexe,annee,mesure,zone\n"
        "10,_T,2022,A,2025-COM-93001\n11,_T,2023,A,2025-COM-93001\n6,F,2023,A,2025-COM-93001\n"
        "2,_T,2023,A,2025-COM-93015\n5,_T,2023,A,2025-COM-93066\n17,_T,2023,A,2025-DEP-93\n9,_T,2023,A,2025-EPCI-1\n"
    )
    pivot = {"territoire": "zone", "annee": "annee", "mesure": "mesure", "valeur": "valeur", "fixes": {"sexe": "_T"}}
    options = {"pivot": pivot, "alias": {"POP": "A"}, "lecture": {"separateur": ","}, "variables": ["POP"]}
    con = read(tmp_path, text, cards=[indicateur("DEM01", "POP")], **options)
    assert [figure(con, code, "DEM01", 2023)["valeur"] for code in ("93001", EPT, "93")] == [11, 18, 17]
    assert figure(con, "93001", "DEM01", 2022) == {}


def test_a_measure_told_by_several_columns_and_variables_that_are_sums_of_cells(tmp_path):
    cells = [("F", "Y0T4", "1,1"), ("M", "Y0T4", "2,2"), ("F", "Y_GE95", "0,4"), ("M", "Y_GE95", "0,3")]
    text = "GEO;SEX;AGE;OBS_VALUE\n"
    text += "".join(f"{geo};{sex};{age};{n}\n" for geo in ("93001", "93015", "93066") for sex, age, n in cells)
    options = {
        "pivot": {"territoire": "GEO", "mesure": ["SEX", "AGE"], "valeur": "OBS_VALUE"},
        "variables": ["POP0004", "F95"],
        "alias": {"F95": "F|Y_GE95"},
        "composer": {"POP0004": ["F|Y0T4", "M|Y0T4"]},
        "lecture": {"decimale": ","},
    }
    cards = [indicateur("DEM31", "POP0004"), indicateur("DEM37", "F95")]
    con = read(tmp_path, text, cards=cards, **options)
    assert figure(con, "93001", "DEM31", 2023)["valeur"] == 3.3
    assert figure(con, EPT, "DEM37", 2023)["valeur"] == pytest.approx(1.2)
    missing = text.replace("93015;M;Y0T4;2,2\n", "")
    assert figure(read(tmp_path, missing, cards=cards, **options), "93015", "DEM31", 2023)["valeur"] is None
    secret = text.replace("93015;M;Y0T4;2,2", "93015;M;Y0T4;s")
    assert figure(read(tmp_path, secret, cards=cards, **options), "93015", "DEM31", 2023)["statut"] == "secret"
    (problem,) = problems_of(tmp_path, text.replace("93015;M;Y0T4;2,2", "93015;M;Y0T4;2.2"), cards=cards, **options)
    assert (problem.ligne, problem.colonne) == (7, "M|Y0T4")


def test_two_values_of_a_cell_are_refused_with_the_column_that_tells_them_apart(tmp_path):
    text = ENTETE.replace("GEO_OBJECT;", "GEO_OBJECT;SEX;") + LIGNES.replace(";COM;", ";COM;_T;").replace(
        ";DEP;", ";DEP;_T;"
    ).replace(";FRANCE;", ";FRANCE;_T;").replace(";EPCI;", ";EPCI;_T;")
    read(tmp_path, text)
    (problem,) = problems_of(tmp_path, text + "93066;COM;F;MED_SL;0;F;2023;17000\n")
    assert (problem.ligne, problem.colonne) == (12, "SEX")
    assert "« _T » et « F »" in problem.message
    assert "fixes" in problem.conseil


def test_a_line_written_twice_is_refused_not_added(tmp_path):
    (problem,) = problems_of(tmp_path, ENTETE + LIGNES + "93066;COM;MED_SL;0;F;2023;18650\n")
    assert (problem.ligne, problem.colonne) == (12, "GEO")
    assert "aussi à la ligne 2" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ("93001;COM;MED_SL;0;F;", "93001;COM;MED_SL;0;Z;", 4, "CONF_STATUS", "statut « Z » inconnu"),
        ("93001;COM;MED_SL;0;F;", "93001;COM;MED_SL;3;F;", 4, "UNIT_MULT", "« 3 » au lieu de « 0 »"),
        ("17010", "17 o10", 4, "MED_SL", "n’est pas un nombre"),
        ("OBS_VALUE", "VALUE", 1, "OBS_VALUE", "colonne attendue et absente"),
        ("GEO;GEO_OBJECT", "CODE;GEO_OBJECT", 1, "GEO", "colonne attendue et absente"),
        ("MED_SL", "MED_NV", None, "FILOSOFI_MEASURE", "aucune ligne ne porte « MED_SL »"),
        (";2023;", ";2022;", None, "TIME_PERIOD", "aucun chiffre pour l’année 2023"),
        ("93001;COM;MED_SL", "2024-COM-93001;COM;MED_SL", 4, "GEO", "géographie 2024, et non 2025"),
        (
            "93001;COM;MED_SL",
            "COM-93001;DEP;MED_SL",
            4,
            "GEO_OBJECT",
            "deux types pour un même territoire : « DEP » et",
        ),
        ("93001;COM;MED_SL", "COM-93001;EPCI;MED_SL", 4, "GEO_OBJECT", "« EPCI » et « COM »"),
        ("93001;COM;MED_SL", "93;COM;MED_SL", 4, "GEO", "« 93 » n’est pas un code de type commune"),
        ("93001;COM;MED_SL", "93001;DEP;MED_SL", 4, "GEO", "« 93001 » n’est pas un code de type departement"),
        ("93001;COM;MED_SL", "93001;REG;MED_SL", 4, "GEO", "« 93001 » n’est pas un code de type region"),
        ("93001;COM;MED_SL", "93001;FRANCE;MED_SL", 4, "GEO", "« 93001 » n’est pas un code de type pays"),
        ("93001;COM;MED_SL", ";COM;MED_SL", 4, "GEO", "«  » n’est pas un code de type commune"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_its_column_and_what_to_do(tmp_path, old, new, line, column, words):
    (problem,) = problems_of(tmp_path, (ENTETE + LIGNES).replace(old, new))
    assert (problem.fichier, problem.ligne, problem.colonne) == ("essai.csv", line, column)
    assert words in problem.message
    assert problem.conseil


WITHOUT = {key: value for key, value in PIVOT.items() if key != "attendus"}


@pytest.mark.parametrize("name", ["UNIT_MULT", "unit_mult"])
def test_figures_in_thousands_are_refused_even_when_the_catalogue_says_nothing_of_a_multiplier(tmp_path, name):
    text = (ENTETE + LIGNES).replace("UNIT_MULT", name)
    assert figure(read(tmp_path, text, pivot=WITHOUT), "93066", "REV01", 2023)["valeur"] == 18650
    thousands = text.replace("93001;COM;MED_SL;0;F;", "93001;COM;MED_SL;3;F;")
    (problem,) = problems_of(tmp_path, thousands, pivot=WITHOUT)
    assert (problem.ligne, problem.colonne) == (4, name)
    assert "multiplier par 10 puissance « 3 »" in problem.message
    assert f'attendus = {{ "{name}" = "3" }}' in problem.conseil
    declared = text.replace(";0;F;", ";3;F;").replace(";0;C;", ";3;C;")
    assert figure(read(tmp_path, declared, pivot={**WITHOUT, "attendus": {name: "3"}}), "93066", "REV01", 2023)


def test_types_of_territory_and_codes_in_small_letters_are_read_as_their_capitals(tmp_path):
    small = LIGNES.replace("COM", "com").replace("DEP", "Dep").replace("M;FRANCE", "m;france").replace("EPCI", "epci")
    con = read(tmp_path, ENTETE + small)
    assert [figure(con, code, "REV01", 2023)["valeur"] for code in ("93066", "93", "FM")] == [18650, 19800, 24000]
    assert figure(con, "FR", "REV01", 2023) == {}
    prefixed = LIGNES.replace("93001;COM", "2025-com-93001;")
    assert figure(read(tmp_path, ENTETE + prefixed), "93001", "REV01", 2023)["valeur"] == 17010


def test_a_status_of_the_producer_s_own_is_told_in_the_pivot(tmp_path):
    text = (ENTETE + LIGNES).replace("93001;COM;MED_SL;0;F;", "93001;COM;MED_SL;0;diff;")
    con = read(tmp_path, text, pivot={**PIVOT, "statuts": {"diff": "publie"}})
    assert figure(con, "93001", "REV01", 2023)["valeur"] == 17010


def test_a_pivot_without_its_reader_is_refused_and_so_is_the_reader_without_a_pivot():
    with pytest.raises(ValueError, match="« pivot » va avec le lecteur « long »"):
        source("essai", "essai", "essai.csv", 2023, lecteur="long")
    with pytest.raises(ValueError, match="« pivot » va avec le lecteur « long »"):
        source("essai", "essai", "essai.csv", 2023, lecteur="tableau", pivot=PIVOT)


RENAMED = [
    ("tableau", "CODE_COMMUNE;NB\n93001;10\n93015;2\n93066;5\n", {"CODGEO": "CODE_COMMUNE", "POP": "NB"}, {}),
    (
        "tableau",
        "CODE;AN;NB\n93001;2023;10\n93015;2023;2\n93066;2023;5\n93066;2022;4\n",
        {"COM": "CODE", "annee": "AN", "POP": "NB"},
        {"code": "COM", "annee": "annee"},
    ),
    (
        "releve",
        "an,code_commune,variable,n\n2023,93001,NB,10\n2023,93015,NB,2\n2023,93066,NB,5\n",
        {"annee": "an", "territoire": "code_commune", "valeur": "n", "POP": "NB"},
        {},
    ),
    (
        "liste",
        "id,commune_2025\n" + "".join(f"a{n},93001\n" for n in range(10)) + "b1,93015\nb2,93015\n"
        "c1,93066\nc2,93066\nc3,93066\nc4,93066\nc5,93066\n",
        {"code_lieu": "id", "insee_com": "commune_2025"},
        {"identifiant": "code_lieu", "commune": "insee_com", "departement": "93"},
    ),
]


@pytest.mark.parametrize(("reader", "text", "alias", "lecture"), RENAMED)
def test_a_column_renamed_by_the_producer_is_an_alias_codes_included(tmp_path, reader, text, alias, lecture):
    cards = [indicateur("DEM01", "POP")]
    options = {"lecteur": reader, "pivot": None, "alias": alias, "lecture": lecture, "variables": ["POP"]}
    con = read(tmp_path, text, cards=cards, **options)
    assert [figure(con, code, "DEM01", 2023)["valeur"] for code in ("93001", "93015", "93066")] == [10, 2, 5]


def test_the_columns_of_schools_are_aliases_too(tmp_path):
    text = "code_commune;departement;type;nb;indice\n"
    text += "93001;93;PUBLIC;100;90\n93015;93;PUBLIC;50;100\n93066;93;PRIVE;10;80\n"
    alias = {
        "code_insee_de_la_commune": "code_commune",
        "code_du_departement": "departement",
        "secteur": "type",
        "effectifs": "nb",
        "ips": "indice",
    }
    lecture = {"prefixe": "ecoles", "effectifs": "effectifs", "ips": "ips"}
    variables = ["essai.ecoles_effectifs", "essai.ecoles_prive_effectifs"]
    cards = [indicateur("EDU03", "essai.ecoles_effectifs"), indicateur("EDU15", "essai.ecoles_prive_effectifs")]
    options = {"lecteur": "etablissements", "pivot": None, "alias": alias, "lecture": lecture, "variables": variables}
    con = read(tmp_path, text, cards=cards, **options)
    assert figure(con, EPT, "EDU03", 2023)["valeur"] == 160
    assert figure(con, EPT, "EDU15", 2023)["valeur"] == 10


@pytest.mark.parametrize(
    ("text", "status"), [("<5", "secret"), ("***", "secret"), ("nd", "manquant"), ("1 0", "somme")]
)
def test_a_rate_made_of_two_counts_keeps_the_mark_of_either(tmp_path, text, status):
    rows = [("93001", text, 40), ("93015", 3, 30), ("93066", 5, 50)]
    lines = [f"2023,{code},{name},{value}" for code, *pair in rows for name, value in zip("ab", pair, strict=True)]
    (tmp_path / "s.csv").write_text("annee,territoire,variable,valeur\n" + "\n".join(lines) + "\n")
    one = source("s_2023", "s", "s.csv", 2023, lecteur="releve", geographie=2025, rapporter={"s.taux": ["s.a", "s.b"]})
    one = one.model_copy(update={"lecture": {"prefixe": "s."}})
    cards = [indicateur("REV02", "s.taux", "aucune")]
    con = build_warehouse(tmp_path, catalogue([jeu("s", ["s.a", "s.b", "s.taux"])], [one], cards))
    query = "SELECT statut, valeur FROM fait WHERE territoire = '93001' AND variable = 's.taux'"
    assert con.execute(query).fetchone() == (status, 25.0 if status == "somme" else None)
