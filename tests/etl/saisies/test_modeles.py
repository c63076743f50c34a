"""A model is only TOML: one that the code has never seen works at once, and every mistake is told with its file."""

import shutil

import pytest

from etl.errors import DataError
from etl.saisies.chargement import RubriqueBloc
from etl.saisies.classeur import write_workbook
from etl.saisies.lecture import read_workbook
from etl.saisies.modeles import Genre, load_model, load_models
from etl.saisies.regles import check_expression
from etl.saisies.schema import table_schema
from registre.records import Cle, Reponse
from tests.etl.saisies.conftest import CONTEXTE, MODELES

HEAD = """
code = "neuf"
version = 1
libelle = "Un modèle neuf"
description = "Jamais vu."
finalite = "Essayer."
base_legale = "Aucune."
conservation = "Aucune."

[[chapitre]]
code = "un"
libelle = "Un"
"""
LINE = """
[[rubrique]]
code = "AAA01"
chapitre = "un"
libelle = "Une rubrique"
genre = "entier"
definition = "Ce qui se compte."
"""
TABLE = """
[[rubrique]]
code = "LIEUX"
chapitre = "un"
libelle = "Lieux"
genre = "tableau"
definition = "Un par ligne."
lignes = 5
[[rubrique.colonne]]
code = "NOM"
libelle = "Nom"
genre = "texte"
definition = "Le nom du lieu."
[[rubrique.colonne]]
code = "PLACES"
libelle = "Places"
genre = "entier"
definition = "Les places du lieu."
"""


def model(folder, head=HEAD, **files):
    place = folder / "neuf"
    place.mkdir()
    (place / "modele.toml").write_text(head, encoding="utf-8")
    for name, text in files.items():
        (place / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def refusals(folder):
    with pytest.raises(DataError) as caught:
        load_models(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_model_never_seen_with_a_table(tmp_path):
    rule = '[[regle]]\ncode = "r"\nexpression = "LIEUX.PLACES >= 1"\ngravite = "erreur"\nmessage = "au moins une"\n'
    folder = model(tmp_path, rubriques=LINE + TABLE + rule)
    neuf, cle = load_model("neuf", folder=folder), Cle("neuf", "93001", 2025)
    answers = (
        Reponse("AAA01", valeur=3.0),
        Reponse("LIEUX.NOM", 1, texte="Espace du centre"),
        Reponse("LIEUX.PLACES", 1, valeur=12.0),
        Reponse("LIEUX.NOM", 2, texte="Maison du parc"),
        Reponse("LIEUX.PLACES", 2, valeur=0.0),
    )
    write_workbook(tmp_path / "neuf.xlsx", neuf, cle, "Aubervilliers", reponses=answers)
    found = read_workbook(tmp_path / "neuf.xlsx", cle, CONTEXTE, folder)
    assert [str(one) for one in found.constats] == [
        "feuille « Lieux », cellule C7, LIEUX.PLACES, ligne 2 : règle « r » : LIEUX.PLACES = 0 ; attendu : au moins "
        "une → corriger ces rubriques"
    ]
    assert found.comprises == answers
    assert [field["name"] for field in table_schema(neuf, "LIEUX")["fields"]] == [
        *("territoire", "exercice", "rang"),
        *("LIEUX.NOM", "LIEUX.PLACES"),
    ]


def test_a_line_is_added_by_a_block(tmp_path):
    folder = model(tmp_path, un=LINE)
    assert [line.code for line in load_model("neuf", folder=folder).rubriques] == ["AAA01"]
    (folder / "neuf" / "deux.toml").write_text(LINE.replace("AAA01", "AAA02"), encoding="utf-8")
    assert [line.code for line in load_models(folder)["neuf"].rubriques] == ["AAA02", "AAA01"]


def test_the_model_of_every_type_has_every_type(essai):
    assert {line.genre for line in essai.rubriques} == set(Genre)
    assert {line.code for line in essai.rubriques} == {
        *("ENT", "DECI", "MONT", "TAUX", "CHOISI", "CHANGE"),
        *("JOUR", "OUINON", "CHOIX", "PLUSIEURS", "COURT", "LONG", "PIECE", "QUI", "TAB"),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LINE.replace("AAA01", "aaa"), "neuf/un.toml : [[rubrique]] aaa : code mal écrit ou réservé"),
        (LINE.replace("AAA01", "SELECT"), "[[rubrique]] SELECT : code mal écrit ou réservé"),
        (LINE.replace("AAA01", "POPULATION"), "[[rubrique]] POPULATION : code mal écrit ou réservé"),
        (LINE.replace('"un"', '"deux"'), "chapitre « deux » inconnu → chapitres de modele.toml : un"),
        (LINE.replace('"entier"', '"nombre"'), "genre"),
        (LINE + "libele = 1\n", "libele : champ inconnu (peut-être « libelle »)"),
        (LINE + LINE, "[[rubrique]] AAA01 : déclarée deux fois pour une même version"),
        (LINE + 'choix = [{ code = "a", libelle = "A" }]\n', "« choix » va avec les genres"),
        (LINE.replace('"entier"', '"choix"'), "« choix » va avec les genres"),
        (LINE.replace('"entier"', '"tableau"'), "un tableau a des [[rubrique.colonne]], et lui seul"),
        (LINE.replace('"entier"', '"texte"') + "bornes = { min = 1 }\n", "« bornes » ne va qu’avec un nombre"),
        (LINE + "bornes = { min = 2, max = 1 }\n", "« min » est plus petit que « max »"),
        (LINE + "reference_sure = true\n", "« reference_sure » veut une « reference »"),
        (LINE + 'suit = "BBB01"\n', "« suit » nomme « BBB01 », inconnue"),
        (LINE + "depuis = 3\n", "demandée à une version à venir"),
        (
            LINE.replace('"entier"', '"identite"') + 'diffusion = "public"\n',
            "une identité professionnelle reste au réseau",
        ),
        (LINE + 'unites = [{ code = "a", libelle = "A" }]\n', "un choix d’unité ou de méthode en offre au moins deux"),
        (TABLE.replace('"PLACES"', '"NOM"'), "la colonne « LIEUX.NOM » est déclarée deux fois"),
        (TABLE.replace('"PLACES"', '"TABLE"'), "code de colonne « TABLE » mal écrit ou réservé"),
        ("[[rubrique]\n", "neuf/un.toml : TOML illisible, ligne 1"),
        ("[[rubriques]]\ncode = 1\n", "« rubriques » inconnu ici"),
        ("rubrique = 3\n", "« rubrique » s’écrit en blocs"),
    ],
)
def test_a_mistake_is_told_with_its_file(tmp_path, text, told):
    said = refusals(model(tmp_path, un=text))
    assert any(told in one for one in said), said
    assert all(one.startswith("neuf/un.toml") for one in said), said


def test_every_mistake_is_told_at_once(tmp_path):
    folder = model(tmp_path, un=LINE.replace("definition", "define"), deux=LINE.replace('"un"', '"deux"') + "x = 1\n")
    shutil.copytree(MODELES / "essai", folder / "autre")
    said = refusals(folder)
    assert [one.partition(" : ")[0] for one in said] == [
        "autre/modele.toml",
        *("neuf/deux.toml", "neuf/un.toml"),
    ]


def test_a_folder_without_its_head(tmp_path):
    (tmp_path / "vide").mkdir()
    (said,) = refusals(tmp_path)
    assert said.startswith("vide/modele.toml : fichier absent")


def test_a_type_is_kept_from_one_version_to_the_next(tmp_path):
    second = LINE.replace('"entier"', '"texte"') + "depuis = 2\n"
    (said,) = refusals(model(tmp_path, HEAD.replace("version = 1", "version = 2"), un=LINE + "jusque = 1\n" + second))
    assert "AAA01 : son genre change d’une version à l’autre" in said


def test_an_unknown_model_or_version_is_told():
    for code, version, told in (("essay", None, "peut-être « essai »"), ("essai", 3, "choisir une version de 1 à 2")):
        with pytest.raises(DataError, match=told):
            load_model(code, version, MODELES)


RULES = (
    "EXISTS (SELECT 1)",
    "ENT IN (SELECT 1)",
    "ENT > ALL (SELECT 1)",
    "1) FROM read_csv('/etc/passwd') --",
    "(SELECT count(*) FROM read_text('/etc/passwd')) > ENT",
    "read_text('x') IS NOT NULL",
    "getenv('HOME') = COURT",
    "current_setting('memory_limit') = COURT",
    "ENT > 1; DROP TABLE lignes",
    "sum(ENT) > 1",
    "sum(ENT) OVER () > 1",
    "ENT = ?",
    "ENT = $secret",
    "x -> x + 1",
    "COLUMNS('E.*') > 1",
    "*",
    "lignes.ENT > 1",
    "INCONNU > 1",
    "ENT + 1",
    "ENT LIKE 'x'",
    "COURT > 1 AND",
    "QUI IS NOT NULL",
    "TAB > 1 AND TAB.SOMME > 1",
    "1 = 1",
    "random() > ENT",
    "regexp_matches(COURT, '(a+)+$')",
    "ENT = 1" + " OR ENT = 1" * 3 + " OR " + "(" * 70 + "ENT = 1" + ")" * 70 + " OR " + "NOT " * 90 + "OUINON",
    "\0",
)


@pytest.mark.parametrize("expression", RULES)
def test_a_rule_reads_nothing_but_the_answers(tmp_path, expression, essai):
    from etl.saisies.regles import RegleRefusee

    with pytest.raises(RegleRefusee) as caught:
        check_expression(expression, essai.rubriques)
    assert caught.value.conseil


@pytest.mark.parametrize(
    "expression",
    [
        "ENT <= CHOISI AND OUINON",
        "CASE WHEN OUINON THEN ENT > 0 ELSE coalesce(CHOISI, 0) >= 0 END",
        "JOUR >= DATE '2020-01-01' AND year(JOUR) <= EXERCICE",
        "ENT / POPULATION BETWEEN 0 AND 1 -- par habitant",
        "CHOIX IN ('regie', 'delegue') OR NOT OUINON",
        "TAB.MODE = 'regie' OR TAB.FIN IS NOT NULL AND ENT > 0",
        "abs(MONT - round(MONT, 2)) < 0.001",
    ],
)
def test_a_rule_compares_and_computes(essai, expression):
    codes, _ = check_expression(expression, essai.rubriques)
    assert codes


def test_a_wrong_rule_is_told_with_its_file(tmp_path):
    rule = '[[regle]]\ncode = "r"\nexpression = "AAA1 > 1"\ngravite = "erreur"\nmessage = "m"\n'
    (said,) = refusals(model(tmp_path, un=LINE + rule))
    assert said == "neuf/un.toml : [[regle]] r, version 1 : rubrique « AAA1 » inconnue → peut-être « AAA01 »"


def test_the_fields_of_a_block_are_those_of_the_record():
    from dataclasses import fields

    from etl.saisies.modeles import Rubrique

    names = {field.name for field in fields(Rubrique)}
    assert {("colonnes" if name == "colonne" else name) for name in RubriqueBloc.model_fields} == names
