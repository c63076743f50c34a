"""The traps of French public data, each on a few lines of our own in the producers' formats.

A figure that is not there, is secret or is a bound must never come out as a number, least of all as zero.
"""

import pytest

from etl.cards import Correction
from etl.errors import DataError
from tests.etl.producers import EPT, build_warehouse, catalogue, figure, indicateur, jeu, source

TIDY = "source,annee,territoire,type,variable,valeur\n"


def build_one(tmp_path, text, variables, cards, content="utf-8", regles=None, corrections=None, **fields):
    """A warehouse of one file, « essai.csv », read as one source of 2021."""
    (tmp_path / "essai.csv").write_bytes(text.encode(content) if isinstance(text, str) else text)
    fields = {"geographie": 2025} | fields
    return build_warehouse(
        tmp_path,
        catalogue(
            [jeu("essai", variables, regles=regles or [])],
            [source("essai_2021", "essai", "essai.csv", 2021, **fields)],
            cards,
            corrections,
        ),
    )


MIXED = (
    "CODGEO;P22_POP;P22_LOG;MED21\n"
    "93001;1000;400.5;15330,5\n93015;300;120.25;27000\n93059;;;16080,0\n93066;2500;1000.75;16620\n"
)


@pytest.fixture
def comparateur(tmp_path):
    """The 2025 edition in small: census columns merged, with a point; income columns former, with a comma."""
    (tmp_path / "comparateur.csv").write_text(MIXED)
    return build_warehouse(
        tmp_path,
        catalogue(
            [jeu("rp", ["P{aa}_POP", "P{aa}_LOG"]), jeu("filosofi", ["MED{aa}"])],
            [
                source("rp_2022", "rp", "comparateur.csv", 2022, geographie=2025),
                source("filosofi_2021", "filosofi", "comparateur.csv", 2021, lecture={"decimale": ","}),
            ],
            [
                indicateur("DEM01", "P{aa}_POP"),
                indicateur("LOG01", "P{aa}_LOG"),
                indicateur("REV01", "MED{aa}", "aucune"),
            ],
        ),
    )


def test_one_file_two_geographies(comparateur):
    assert figure(comparateur, "93066", "DEM01", 2022)["valeur"] == 2500
    assert figure(comparateur, "93066_2024", "DEM01", 2022) == {}
    assert figure(comparateur, "93066_2024", "REV01", 2021)["valeur"] == 16620
    assert figure(comparateur, "93059", "REV01", 2021)["valeur"] == 16080
    assert figure(comparateur, "93066", "REV01", 2021)["motif"] == "fusion"


def test_the_empty_line_of_a_former_commune_is_not_added_to_the_merged_one(comparateur):
    assert figure(comparateur, EPT, "DEM01", 2022)["valeur"] == 3800


def test_one_file_two_decimal_marks(comparateur):
    assert figure(comparateur, "93001", "LOG01", 2022)["valeur"] == 400.5
    assert figure(comparateur, "93001", "REV01", 2021)["valeur"] == 15330.5


@pytest.mark.parametrize(("decimale", "number"), [(".", "400,5"), (",", "400.5")])
def test_the_other_decimal_mark_is_an_error_and_not_another_number(tmp_path, decimale, number):
    with pytest.raises(DataError) as caught:
        build_one(
            tmp_path,
            f"CODGEO;LOG\n93015;12\n93001;{number}\n",
            ["LOG"],
            [indicateur("LOG01", "LOG")],
            lecture={"decimale": decimale},
        )
    (problem,) = caught.value.problems
    assert (problem.fichier, problem.ligne, problem.colonne) == ("essai.csv", 3, "LOG")
    assert number in problem.message
    assert "sources.toml" in problem.conseil


def test_figures_of_a_former_commune_in_a_later_geography_are_an_error(tmp_path):
    with pytest.raises(DataError, match="93059 n’existe plus à la géographie 2025"):
        build_one(tmp_path, "CODGEO;POP\n93059;12\n93066;30\n", ["POP"], [indicateur("DEM01", "POP")])


@pytest.mark.parametrize(
    ("text", "vide", "statut"),
    [
        ("s", "manquant", "secret"),
        ("ns", "manquant", "secret"),
        ("NS", "manquant", "secret"),
        ("nd", "secret", "manquant"),
        ("N/A", "secret", "manquant"),
        ("so", "secret", "manquant"),
        ("", "secret", "secret"),
        ("", "manquant", "manquant"),
        ("\u00a0", "secret", "secret"),
    ],
)
def test_a_mark_is_a_status_and_never_a_number(tmp_path, text, vide, statut):
    con = build_one(
        tmp_path,
        f"CODGEO;POP\n93001;{text}\n93015;0\n93066;8\n",
        ["POP"],
        [indicateur("DEM01", "POP")],
        vide=vide,
    )
    assert (figure(con, "93001", "DEM01", 2021)["valeur"], figure(con, "93001", "DEM01", 2021)["statut"]) == (
        None,
        statut,
    )
    assert figure(con, "93015", "DEM01", 2021)["valeur"] == 0
    assert figure(con, "93", "DEM01", 2021)["valeur"] is None


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", " "])
def test_thousands_written_with_a_space_are_one_number(tmp_path, space):
    con = build_one(
        tmp_path,
        f"CODGEO;POP\n93001;1{space}632,5\n93015;7\n93066;12{space}345\n",
        ["POP"],
        [indicateur("DEM01", "POP")],
        lecture={"decimale": ","},
    )
    assert figure(con, "93001", "DEM01", 2021)["valeur"] == 1632.5
    assert figure(con, "93066", "DEM01", 2021)["valeur"] == 12345


@pytest.mark.parametrize("content", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_of_the_producers_is_read(tmp_path, content, end):
    lines = ["Code géo;Libellé;Population été", "93001;Aubervilliers;10", "93015;Été;2", "93066;Saint-Denis;5", ""]
    con = build_one(tmp_path, end.join(lines), ["Population été"], [], content=content, lecture={"code": "Code géo"})
    rows = con.execute("SELECT territoire, valeur FROM fait WHERE variable = 'Population été' ORDER BY 1").fetchall()
    assert rows == [("93001", 10), ("93015", 2), ("93066", 5)]


def test_a_code_that_lost_its_zero_finds_it_again(tmp_path):
    lines = "1004,12\n93001,5\n93015,1\n93066,3\n"
    con = build_one(
        tmp_path,
        "CODGEO;POP\n" + lines.replace(",", ";"),
        ["POP"],
        [indicateur("DEM01", "POP")],
        sommer=["FR", "01"],
    )
    assert figure(con, "FR", "DEM01", 2021)["valeur"] == 21
    assert con.execute("SELECT valeur FROM fait WHERE territoire = '01'").fetchone() == (12,)


def test_codes_that_clash_across_types_are_kept_apart(tmp_path):
    """93 is also the code of the région Provence-Alpes-Côte d'Azur, 11 that of the Aude."""
    rows = ["93,departement,10", "93,region,5000", "11,departement,300", "11,region,12000", "93001,commune,4"]
    rows += ["93015,commune,1", "93066,commune,5"]
    text = TIDY + "".join(f"x,2021,{code},{level},pop,{value}\n" for code, level, value in (r.split(",") for r in rows))
    con = build_one(
        tmp_path,
        text,
        ["essai.pop"],
        [indicateur("DEM01", "essai.pop")],
        lecteur="releve",
        lecture={"prefixe": "essai."},
    )
    assert figure(con, "93", "DEM01", 2021)["valeur"] == 10
    assert figure(con, "R11", "DEM01", 2021)["valeur"] == 12000


def test_the_epci_is_never_taken_for_an_ept(tmp_path):
    """The files « EPCI » give the Métropole du Grand Paris (200054781): its figures reach no territory of ours."""
    text = "CODGEO;POP\n93001;4\n93015;1\n93066;5\n200054781;7000000\n"
    con = build_one(tmp_path, text, ["POP"], [indicateur("DEM01", "POP")])
    assert figure(con, EPT, "DEM01", 2021)["valeur"] == 10
    assert con.execute("SELECT max(valeur) FROM observation").fetchone() == (10,)
    with pytest.raises(DataError, match="type de territoire « epci » inconnu"):
        build_one(
            tmp_path,
            TIDY + "x,2021,200054781,epci,pop,7000000\n",
            ["essai.pop"],
            [],
            lecteur="releve",
            lecture={"prefixe": "essai."},
        )


def test_the_district_of_a_city_is_not_a_commune(tmp_path):
    """Arrondissements of Lyon: added for France, nowhere else; not lost, not counted twice."""
    text = "CODGEO;POP\n69381;100\n69382;50\n93001;4\n93015;1\n93066;5\n"
    con = build_one(
        tmp_path, text, ["POP"], [indicateur("DEM01", "POP")], sommer=["FR"], lecture={"paris": "arrondissements"}
    )
    assert figure(con, "FR", "DEM01", 2021)["valeur"] == 160


def test_the_name_in_the_column_of_the_code(tmp_path):
    """Populations of 2020: COM holds the name; the code is CODDEP and CODCOM end to end."""
    text = "CODDEP;CODCOM;COM;PMUN\n93;001;Aubervilliers;40\n93;015;Coubron;4\n93;066;Saint-Denis;90\n"
    text += "974;411;Saint-Denis;7\n"
    con = build_one(
        tmp_path,
        text,
        ["PMUN"],
        [indicateur("DEM01", "PMUN")],
        lecture={"code": ["CODDEP", "CODCOM"]},
        sommer=["FR", "974"],
    )
    assert figure(con, "93066", "DEM01", 2021)["valeur"] == 90
    assert figure(con, "FR", "DEM01", 2021)["valeur"] == 141


CCAS = (
    "source,annee,territoire,type,variable,valeur\n"
    + "".join(f"dgfip,2021,{c},commune,charges,{v}\n" for c, v in (("93001", 100), ("93015", 0), ("93066", 300)))
    + "".join(f"dgfip,2021,{c},commune,aides,{v}\n" for c, v in (("93001", 0), ("93015", 5), ("93066", 0)))
)


def test_zeros_that_mean_missing_in_the_accounts_of_the_ccas(tmp_path):
    regles = [
        {"variables": ["ccas.*"], "si": "= 0", "statut": "manquant", "territoires": ["93015"], "raison": "sans compte"},
        {"variables": ["ccas.aides"], "si": "= 0", "statut": "manquant", "raison": "autre imputation"},
    ]
    con = build_one(
        tmp_path,
        CCAS,
        ["ccas.charges", "ccas.aides"],
        [indicateur("FIN03", "ccas.charges"), indicateur("FIN07", "ccas.aides")],
        regles=regles,
        lecteur="releve",
        lecture={"prefixe": "ccas."},
    )
    assert figure(con, "93015", "FIN03", 2021)["statut"] == "manquant"
    assert figure(con, "93001", "FIN07", 2021)["statut"] == "manquant"
    assert figure(con, "93015", "FIN07", 2021)["valeur"] == 5
    for code in ("FIN03", "FIN07"):
        assert figure(con, EPT, code, 2021)["statut"] == "non_calculable"


@pytest.mark.parametrize("statut", ["secret", "manquant"])
def test_a_zero_that_means_secret_or_missing_holds_for_communes_only(tmp_path, statut):
    regles = [{"variables": ["f.cssnp_*"], "si": "= 0", "statut": statut, "niveau": "commune", "raison": "relevé"}]
    # Two communes are hidden: with one only, the total would give it (tests/etl/test_levels.py).
    rows = (("93001", "commune", 0), ("93015", "commune", 0), ("93066", "commune", 9), ("93", "departement", 14))
    text = TIDY + "".join(f"f,2021,{c},{t},cssnp_pop,{v}\n" for c, t, v in rows)
    con = build_one(
        tmp_path,
        text,
        ["f.cssnp_pop"],
        [indicateur("SAN04", "f.cssnp_pop")],
        regles=regles,
        lecteur="releve",
        lecture={"prefixe": "f."},
    )
    assert (figure(con, "93001", "SAN04", 2021)["valeur"], figure(con, "93001", "SAN04", 2021)["statut"]) == (
        None,
        statut,
    )
    assert figure(con, "93", "SAN04", 2021)["valeur"] == 14
    assert (
        figure(con, EPT, "SAN04", 2021)["motif"] == {"secret": "membre_secret", "manquant": "membre_manquant"}[statut]
    )


RPLS = TIDY + "".join(
    f"r,2021,{code},commune,nb_ls,{value}\n" for code, value in (("93001", 2089), ("93015", 12), ("93066", 900))
)


def correction(**fields):
    base = {"source": "essai_2021", "territoire": "93001", "annee": 2021, "variable": "r.nb_ls", "expect": 2089}
    return Correction.model_validate(base | {"statut": "manquant", "raison": "erreur connue du fichier"} | fields)


def rpls(tmp_path, correction):
    return build_one(
        tmp_path,
        RPLS,
        ["r.nb_ls"],
        [indicateur("LOG16", "r.nb_ls")],
        corrections=[correction],
        lecteur="releve",
        lecture={"prefixe": "r."},
    )


def test_a_declared_correction_puts_the_wrong_figure_aside(tmp_path):
    con = rpls(tmp_path, correction())
    assert figure(con, "93001", "LOG16", 2021)["statut"] == "manquant"
    assert figure(con, EPT, "LOG16", 2021)["statut"] == "non_calculable"


def test_a_declared_correction_expires_when_the_producer_mends_its_file(tmp_path):
    with pytest.raises(DataError) as caught:
        rpls(tmp_path, correction(expect=7500))
    assert "vaut 2\u202f089, au lieu de 7\u202f500 : la correction ne s’applique plus" in str(caught.value)
    assert "retirer ce bloc" in str(caught.value)


def test_a_correction_of_a_figure_that_is_not_there_says_so(tmp_path):
    with pytest.raises(DataError, match=r"r\.nb_ls 2021 de 93 n’a pas de valeur, au lieu de 0,5 : la correction"):
        rpls(tmp_path, correction(territoire="93", annee=2021, variable="r.nb_ls", source="autre", expect=0.5))


def test_a_correction_of_an_unknown_territory_is_not_taken_for_a_mended_figure(tmp_path):
    with pytest.raises(DataError) as caught:
        rpls(tmp_path, correction(territoire="99999"))
    assert "le territoire « 99999 » n’existe pas → corriger « territoire »" in str(caught.value)
    assert "producteur" not in str(caught.value)


@pytest.mark.parametrize(("text", "total"), [("7", 15), ("nd", None), ("s", None), ("<5", None), ("2", None)])
def test_a_sum_over_the_file_is_made_of_published_figures_only(tmp_path, text, total):
    """A member missing, secret or censored (here: two or less is only a bound) leaves no total."""
    rule = {"variables": ["POP"], "si": "<= 2", "statut": "censure", "raison": "Deux ou moins."}
    con = build_one(
        tmp_path,
        f"CODGEO;POP\n93001;5\n93015;{text}\n93066;3\n",
        ["POP"],
        [indicateur("DEM01", "POP")],
        regles=[rule],
        sommer=["FR"],
    )
    found = con.execute("SELECT valeur FROM fait WHERE territoire = 'FR'").fetchone()
    assert found == (None if total is None else (total,))
