"""Formats: each is read as the producer writes it, and a file that is not what was declared is refused in French."""

import io
import zipfile

import openpyxl
import pandas as pd
import pyreadr
import pytest

from etl.errors import DataError
from tests.etl.producers import EPT, build_warehouse, catalogue, figure, indicateur, jeu, source

POPULATION = indicateur("DEM01", "POP")
LINES = [["93001", 10], ["93015", 2], ["93066", 5]]


def build(tmp_path, *sources, variables=("POP",), cards=(POPULATION,)):
    return build_warehouse(tmp_path, catalogue([jeu("essai", list(variables))], list(sources), list(cards)))


def essai(fichier="essai.csv", millesime=2021, **fields):
    return source(f"essai_{millesime}", "essai", fichier, millesime, **({"geographie": 2025} | fields))


def problems_of(tmp_path, *sources, **options):
    with pytest.raises(DataError) as caught:
        build(tmp_path, *sources, **options)
    return caught.value.problems


def workbook(rows, sheet="COM"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_in_an_archive_with_its_header_on_line_six(tmp_path):
    head = [["Revenus"], ["Communes"], ["Mise en ligne"], ["Source"], ["Code géographique", "Population"]]
    with zipfile.ZipFile(tmp_path / "essai.zip", "w") as archive:
        archive.writestr("base.xlsx", workbook([*head, ["CODGEO", "POP"], *LINES]))
    con = build(
        tmp_path, essai("essai.zip", membre="base.xlsx", lecteur="classeur", lecture={"feuille": "COM", "entete": 6})
    )
    assert figure(con, "93066", "DEM01", 2021)["valeur"] == 5


def test_a_wrong_sheet_is_told_with_the_sheets_there_are(tmp_path):
    (tmp_path / "essai.xlsx").write_bytes(workbook([["CODGEO", "POP"], *LINES], sheet="COMMUNES"))
    (problem,) = problems_of(tmp_path, essai("essai.xlsx", lecteur="classeur", lecture={"feuille": "COM"}))
    assert "feuille « COM » absente (feuilles : COMMUNES)" in str(problem)


def test_an_r_data_frame(tmp_path):
    pyreadr.write_rds(str(tmp_path / "essai.rds"), pd.DataFrame(LINES, columns=["CODGEO", "POP"]))
    con = build(tmp_path, essai("essai.rds", lecteur="rds"))
    assert figure(con, EPT, "DEM01", 2021)["valeur"] == 17


def test_empty_trailing_columns_and_columns_of_the_same_name_do_no_harm(tmp_path):
    (tmp_path / "essai.csv").write_text("CODGEO;POP;pop;;\n93001;10;1;;\n93015;2;1;;\n93066;5;1;;\n")
    assert figure(build(tmp_path, essai()), EPT, "DEM01", 2021)["valeur"] == 17


def test_a_quoted_name_may_hold_the_separator(tmp_path):
    (tmp_path / "essai.csv").write_text(
        'CODGEO;NOM;POP\n93001;"Auber; villiers";"10"\n93015;"dit ""Coubron""";2\n93066;x;5\n'
    )
    assert figure(build(tmp_path, essai()), EPT, "DEM01", 2021)["valeur"] == 17


@pytest.mark.parametrize("line", ['"93015;2', '93015;"2', '93015;2"'])
def test_a_quote_left_open_is_told_with_its_line_and_loses_no_commune(tmp_path, line):
    (tmp_path / "essai.csv").write_text(f"CODGEO;POP\n93001;10\n{line}\n93066;5\n")
    (problem,) = problems_of(tmp_path, essai())
    assert (problem.ligne, problem.message) == (3, "un guillemet est ouvert et jamais refermé sur cette ligne")


def test_a_missing_column_is_told_with_its_nearest_neighbours(tmp_path):
    (tmp_path / "essai.csv").write_text("CODGEO;P21_POP1564;P21_POP;SUPERF\n93001;1;2;3\n")
    (problem,) = problems_of(tmp_path, essai(), variables=["P{aa}_POPU"], cards=[indicateur("DEM01", "P{aa}_POPU")])
    assert (problem.fichier, problem.ligne, problem.colonne) == ("essai.csv", 1, "P21_POPU")
    assert "P21_POP" in problem.conseil
    assert "SUPERF" not in problem.conseil


def test_a_column_absent_from_a_releve_is_told(tmp_path):
    (tmp_path / "essai.csv").write_text("annee,territoire,variable,nombre\n2021,93001,POP,3\n")
    (problem,) = problems_of(tmp_path, essai(lecteur="releve"))
    assert problem.colonne == "valeur"


def test_a_releve_without_the_year_declared_is_told(tmp_path):
    (tmp_path / "essai.csv").write_text("annee,territoire,variable,valeur\n2020,93001,POP,3\n")
    (problem,) = problems_of(tmp_path, essai(lecteur="releve"))
    assert "aucun chiffre pour l’année 2021" in str(problem)


def test_a_truncated_line_is_told_with_its_number(tmp_path):
    (tmp_path / "essai.csv").write_text("CODGEO;NOM;POP\n93001;Aubervilliers;10\n93015;Coub\n93066;x;5;7\n")
    problems = problems_of(tmp_path, essai())
    assert [(p.ligne, p.message) for p in problems] == [
        (3, "2 colonnes au lieu de 3"),
        (4, "4 colonnes au lieu de 3"),
    ]


def test_a_wrong_separator_is_told(tmp_path):
    (tmp_path / "essai.csv").write_text("CODGEO,POP\n93001,10\n")
    (problem,) = problems_of(tmp_path, essai())
    assert "séparateur" in problem.conseil


def test_a_territory_that_stands_twice_is_an_error_and_not_a_sum(tmp_path):
    (tmp_path / "essai.csv").write_text("CODGEO;POP\n93001;10\n93015;2\n93066;5\n93001;11\n")
    (problem,) = problems_of(tmp_path, essai())
    assert (problem.ligne, problem.colonne) == (5, "POP")
    assert "93001" in problem.message


@pytest.mark.parametrize(
    ("fichier", "fields"),
    [
        ("essai.zip", {"membre": "base.csv"}),
        ("essai.xlsx", {"lecteur": "classeur", "lecture": {"feuille": "COM"}}),
        ("essai.rds", {"lecteur": "rds"}),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told(tmp_path, fichier, fields):
    (tmp_path / fichier).write_text("<html>404</html>")
    (problem,) = problems_of(tmp_path, essai(fichier, **fields))
    assert problem.fichier == fichier
    assert "illisible" in problem.message


def test_an_archive_without_the_member_is_told_with_those_it_has(tmp_path):
    with zipfile.ZipFile(tmp_path / "essai.zip", "w") as archive:
        archive.writestr("meta.csv", "x")
    (problem,) = problems_of(tmp_path, essai("essai.zip", membre="base.csv"))
    assert "« base.csv » mais : meta.csv" in problem.message


def test_all_the_bad_files_are_told_at_once_and_the_good_ones_hide_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("CODGEO;POP\n93001;dix\n")
    (tmp_path / "b.csv").write_text("CODGEO;POPULATION\n93001;10\n")
    (tmp_path / "d.csv").write_text("CODGEO;POP\n93001;10\n")
    sources = [essai(f"{name}.csv", year) for name, year in (("a", 2018), ("b", 2019), ("c", 2020), ("d", 2021))]
    problems = problems_of(tmp_path, *sources)
    assert [p.fichier for p in problems] == ["a.csv", "b.csv", "c.csv"]
    assert "« dix » n’est pas un nombre" in problems[0].message
    assert "fichier absent" in problems[2].message


def test_one_file_gives_several_vintages(tmp_path):
    (tmp_path / "essai.csv").write_text("CODGEO;P15_POP;P21_POP\n93001;8;10\n93015;2;2\n93066;5;5\n")
    con = build(
        tmp_path,
        essai(millesime=2021),
        essai(millesime=2015),
        variables=["P{aa}_POP"],
        cards=[indicateur("DEM01", "P{aa}_POP")],
    )
    assert [figure(con, "93001", "DEM01", year)["valeur"] for year in (2015, 2021)] == [8, 10]


ECOLES = (
    "code_du_departement;code_insee_de_la_commune;secteur;effectifs;ips\n"
    "093;93001;public;100.0;80.0\n093;93001;privé sous contrat;50.0;110.0\n093;93001;public;30.0;NS\n"
    "093;93059;public;40.0;75.0\n093;93066;public;160.0;70.0\n"
)


def schools(tmp_path, text=ECOLES):
    (tmp_path / "essai.csv").write_text(text)
    names = ("effectifs", "ips_x_effectifs", "public_effectifs", "prive_effectifs")
    card = indicateur("EDU03", "ips.ecoles_ips_x_effectifs", "ratio", denominateur="ips.ecoles_effectifs")
    private = indicateur("EDU15", "ips.ecoles_prive_effectifs", "ratio", denominateur="ips.ecoles_effectifs")
    lecture = {"prefixe": "ecoles", "effectifs": "effectifs", "ips": "ips"}
    return build(
        tmp_path,
        essai(lecteur="etablissements", geographie=2022, lecture=lecture),
        variables=[f"ips.ecoles_{name}" for name in names],
        cards=[card, private],
    )


def test_the_index_of_a_commune_is_weighted_by_pupils_and_leaves_out_unpublished_schools(tmp_path):
    con = schools(tmp_path)
    assert figure(con, "93001", "EDU03", 2021)["valeur"] == pytest.approx((100 * 80 + 50 * 110) / 150)
    assert figure(con, "93001", "EDU15", 2021)["valeur"] == pytest.approx(50 / 150)
    assert figure(con, "93066", "EDU03", 2021)["valeur"] == pytest.approx((40 * 75 + 160 * 70) / 200)


def test_a_commune_without_school_has_no_index_and_does_not_spoil_its_ept(tmp_path):
    con = schools(tmp_path)
    row = figure(con, "93015", "EDU03", 2021)
    assert (row["valeur"], row["motif"]) == (None, "denominateur_nul")
    assert figure(con, EPT, "EDU03", 2021)["denominateur"] == 350


def test_a_school_whose_pupils_are_not_a_number_is_told(tmp_path):
    with pytest.raises(DataError) as caught:
        schools(tmp_path, ECOLES.replace("40.0;75.0", "beaucoup;75.0"))
    (problem,) = caught.value.problems
    assert (problem.ligne, problem.colonne) == (5, "effectifs")
    assert "beaucoup" in problem.message


def places(tmp_path, geographie):
    (tmp_path / "essai.csv").write_text("id,nom,communes\nQ1,a,93001\nQ2,b,93001 93066\nQ3,c,93066;93059\nQ3,c,93066\n")
    lecture = {"identifiant": "id", "commune": "communes", "departement": "93"}
    return build(
        tmp_path,
        essai(lecteur="liste", geographie=geographie, lecture=lecture),
        variables=["qpv.nombre"],
        cards=[indicateur("QPV02", "qpv.nombre", "aucune")],
    )


def test_a_place_across_two_communes_counts_in_each_and_once_above(tmp_path):
    con = places(tmp_path, 2025)
    counts = {c: figure(con, c, "QPV02", 2021)["valeur"] for c in ("93001", "93015", "93066", EPT, "93")}
    assert counts == {"93001": 2, "93015": 0, "93066": 2, EPT: 3, "93": 3}


SERVICES = (
    "siren,service,insee,sorte,places\n1,Résidence,93001,residence,40\n2,Résidence,93001,residence,30\n"
    "1,Soins,93001,soins,99\n3,Résidence,93015,residence,\n4,Foyer,,residence,500\n"
)


def services(tmp_path, text=SERVICES, **options):
    (tmp_path / "essai.csv").write_text(text, encoding="utf-8")
    lecture = {"identifiant": ["siren", "service"], "commune": "insee", "departement": "93"} | options
    return build(
        tmp_path,
        essai(lecteur="liste", geographie=2025, lecture=lecture),
        variables=["finess.places"],
        cards=[indicateur("FIN25", "finess.places", "somme")],
    )


def test_a_list_is_added_up_over_the_lines_asked_and_a_blank_is_not_a_zero(tmp_path):
    con = services(tmp_path, somme="places", lignes={"sorte": "residence"})
    found = {c: figure(con, c, "FIN25", 2021)["valeur"] for c in ("93001", "93015", "93066", EPT, "93")}
    assert found == {"93001": 70, "93015": None, "93066": 0, EPT: None, "93": None}


def test_a_place_of_no_commune_is_counted_nowhere(tmp_path):
    con = services(tmp_path)
    assert figure(con, "93", "FIN25", 2021)["valeur"] == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SERVICES.replace("soins,99", "soins,beaucoup"), "« beaucoup » n’est pas un nombre"),
        (SERVICES + "1,Soins,93001,soins,98\n", "figure deux fois, avec deux nombres"),
    ],
)
def test_an_amount_that_cannot_be_added_up_is_told_with_its_line(tmp_path, text, told):
    with pytest.raises(DataError) as caught:
        services(tmp_path, text, somme="places", lignes={"sorte": "soins"})
    (problem,) = caught.value.problems
    assert told in problem.message
    assert problem.colonne == "places"


def test_a_list_older_than_the_merger_speaks_of_the_former_communes(tmp_path):
    con = places(tmp_path, 2024)
    assert figure(con, "93059", "QPV02", 2021)["valeur"] == 1
    assert figure(con, "93066_2024", "QPV02", 2021)["valeur"] == 2
    assert figure(con, "93066", "QPV02", 2021)["valeur"] is None
