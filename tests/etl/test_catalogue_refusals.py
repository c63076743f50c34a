"""A catalogue that cannot be read is refused in French, with the place, the reason and what to do, once."""

import datetime
import re

import pytest
from pydantic import ValidationError

from etl.cards import (
    Bloc,
    Correction,
    FicheIndicateur,
    Identite,
    Jeu,
    Lecteur,
    Population,
    Rectificatif,
    Regle,
    Repere,
    Rupture,
    Source,
    Theme,
)
from etl.catalogue import load_catalogue
from etl.errors import DataError
from etl.messages import SENTENCES, in_french
from etl.readers import READERS
from etl.typography import exact
from tests.etl.test_catalogue import CARD, SOURCES, write_catalogue

ENGLISH = re.compile(
    r"\b(should|input|valid|invalid|expected|error|must|at least|at most|value|field|unable|parse|extra|or)\b",
    re.IGNORECASE,
)
FILES = [
    "themes.toml",
    "sources.toml",
    "corrections.toml",
    "reperes.toml",
    "rectificatifs.toml",
    "indicateurs/emploi.toml",
]
THEME = '[[theme]]\ncode = "emploi"\nlibelle = "Emploi et métiers"\nordre = 1\n'
CORRECTION = """
[[correction]]
source = "rp_2022"
territoire = "93001"
annee = 2022
variable = "P{aa}_CHOM1564"
expect = 12
statut = "manquant"
raison = "Erreur du fichier."
"""


def refusals(folder):
    with pytest.raises(DataError) as caught:
        load_catalogue(folder)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le"])
def test_a_file_in_another_encoding_is_told_with_what_to_do(tmp_path, encoding):
    folder = write_catalogue(tmp_path)
    (folder / "themes.toml").write_bytes(THEME.encode(encoding))
    (told,) = refusals(folder)
    assert told.startswith("themes.toml : le fichier n’est pas en UTF-8 → l’enregistrer en UTF-8")


def test_the_mark_that_notepad_puts_first_is_accepted(tmp_path):
    folder = write_catalogue(tmp_path)
    (folder / "themes.toml").write_bytes(THEME.encode("utf-8-sig"))
    assert load_catalogue(folder).themes[0].libelle == "Emploi et métiers"


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ('[[theme]]\ncode "emploi"\n', "ligne 2, colonne 6", "« nom = valeur »"),
        ('[[theme]]\ncode = "emploi\nordre = 1\n', "ligne 2, colonne 15", "guillemet droit"),
        ("[[theme]\n", "ligne 1, colonne 8", "deux crochets"),
        ("[[theme]]\ncode = emploi\n", "ligne 2, colonne 8", "entre guillemets"),
        ("[[theme]]\nordre = 1,5\n", "ligne 2, colonne 10", "un nombre avec un point"),
        ("[[theme]]\nordre = 1\nordre = 2\n", "ligne 3, colonne 10", "écrit deux fois"),
        ("[[theme]]\nordre = [1, 2\n", "à la fin du fichier", "se ferme par un crochet"),
        ("=\n", "ligne 1, colonne 1", "commentaire"),
        ('[[theme]]\ncode = "a\\c"\n', "ligne 2, colonne 12", "barre oblique inverse"),
        ("[[theme]]\ncode = {a = 1\n", "ligne 2, colonne 14", "vérifier les guillemets"),
    ],
)
def test_a_mistake_of_syntax_is_told_in_french_with_its_place(tmp_path, text, place, advice):
    folder = write_catalogue(tmp_path)
    (folder / "themes.toml").write_text(text, encoding="utf-8")
    (told,) = refusals(folder)
    assert told.startswith(f"themes.toml : TOML illisible, {place} → ")
    assert advice in told
    assert not ENGLISH.search(told)


@pytest.mark.parametrize(
    ("file", "added", "told"),
    [
        ("indicateurs/emploi.toml", CARD.replace("[[indicateur]]", "[[indicateurs]]"), "→ écrire [[indicateur]]"),
        ("sources.toml", '[autre]\na = "b"\n', "que des blocs [[jeu]] et [[source]] → le retirer"),
        ("corrections.toml", CORRECTION.replace("[[correction]]", "[[Correction]]"), "→ écrire [[correction]]"),
        ("reperes.toml", "valeur = 3\n", "« valeur » inconnu"),
    ],
)
def test_what_no_file_is_made_of_is_refused(tmp_path, file, added, told):
    folder = write_catalogue(tmp_path)
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
    (found,) = refusals(folder)
    assert told in found


@pytest.mark.parametrize("text", ["[theme]\ncode = 1\n", "theme = 3\n", "theme = [1]\n"])
def test_blocks_written_otherwise_are_refused(tmp_path, text):
    folder = write_catalogue(tmp_path)
    (folder / "themes.toml").write_text(text)
    assert refusals(folder) == ["themes.toml : « theme » s’écrit en blocs → ouvrir chaque bloc par [[theme]]"]


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_told_and_nothing_else(tmp_path, file):
    folder = write_catalogue(tmp_path)
    (folder / file).unlink()
    (told,) = refusals(folder)
    assert re.search("fichier absent|aucun fichier d’indicateurs", told)


def test_a_folder_in_place_of_a_file_is_told(tmp_path):
    folder = write_catalogue(tmp_path)
    (folder / "themes.toml").unlink()
    (folder / "themes.toml").mkdir()
    assert refusals(folder) == ["themes.toml : fichier illisible → vérifier ses droits, et que c’est un fichier"]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("themes.toml", ["[[theme]]"]),
        ("sources.toml", ["[[jeu]]", "[[source]]"]),
        ("indicateurs/emploi.toml", ["[[indicateur]]"]),
    ],
)
def test_a_file_without_its_blocks_is_refused(tmp_path, file, told):
    folder = write_catalogue(tmp_path)
    (folder / file).write_text("# rien\n")
    found = refusals(folder)
    assert len(found) == len(told)
    assert all(f"aucun bloc {block} → en écrire un" in line for block, line in zip(told, found, strict=True))


REPERE = (
    '[[repere]]\nindicateur = "EMP01"\nterritoire = "93001"\nannee = 2022\nvaleur = 3\npublication = "INSEE, 2022"\n'
)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("themes.toml", "[[theme"),
        ("themes.toml", THEME.replace("ordre = 1", 'ordre = "un"')),
        ("themes.toml", THEME.replace("code", "cod")),
        ("sources.toml", "[[jeu"),
        ("sources.toml", SOURCES.replace('lecteur = "tableau"', 'lecteur = "tableux"')),
        ("sources.toml", SOURCES.replace('producteur = "INSEE"\n', "")),
        ("indicateurs/emploi.toml", "[[indicateur"),
        ("indicateurs/emploi.toml", CARD.replace("decimales = 1", "decimales = 9")),
    ],
)
def test_one_mistake_is_told_once_not_with_all_that_rests_on_it(tmp_path, file, text):
    folder = write_catalogue(tmp_path)
    neighbour = CARD.replace("EMP01", "EMP02").replace(
        "agregation", 'niveau = "iris"\nequivalent = "EMP01"\nagregation'
    )
    sources = SOURCES.replace("_{aaaa}", "_iris_{aaaa}").replace("{aa}", "I{aa}").replace('"rp"', '"iris"')
    (folder / "indicateurs" / "iris.toml").write_text(neighbour.replace("{aa}", "I{aa}"))
    (folder / "sources.toml").write_text(SOURCES + sources + 'niveau = "iris"\n')
    (folder / "corrections.toml").write_text(CORRECTION)
    (folder / "reperes.toml").write_text(REPERE)
    assert load_catalogue(folder).indicateurs[1].equivalent == "EMP01"
    rest = sources + 'niveau = "iris"\n' if file == "sources.toml" and "[[source]]" in text else ""
    (folder / file).write_text(text + rest)
    found = refusals(folder)
    assert {line.partition(" : ")[0] for line in found} == {file.rpartition("/")[2]}
    assert not [line for line in found if "inconnu (" not in line and re.search("thème|équivalent|aucune source", line)]


def test_an_unknown_reader_is_refused_with_those_that_exist(tmp_path):
    (told,) = refusals(write_catalogue(tmp_path, sources=SOURCES.replace('"tableau"', '"tableux"')))
    assert (
        "[[source]] rp_{aaaa} : lecteur : « tableux » est hors de la liste permise (« tableau », « classeur »" in told
    )
    assert set(Lecteur.__args__) == {*READERS, "geographie", "lieux"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            '"rp_2022"',
            '"rp_2023"',
            "source « rp_2023 » : ce code n’existe pas dans le catalogue → peut-être « rp_2022 »",
        ),
        ("CHOM1564", "CHOM", "n’a pas de variable « P{aa}_CHOM » dans le catalogue → corriger « variable »"),
        ("annee = 2022", "annee = 2021", "ses chiffres sont de 2022, non de 2021"),
    ],
)
def test_a_correction_of_what_the_catalogue_does_not_have_is_refused(tmp_path, before, after, told):
    folder = write_catalogue(tmp_path)
    (folder / "corrections.toml").write_text(CORRECTION)
    assert load_catalogue(folder).corrections[0].expect == 12
    (folder / "corrections.toml").write_text(CORRECTION.replace(before, after))
    (found,) = refusals(folder)
    assert found.startswith("corrections.toml : ")
    assert told in found


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("decimales = 1", "decimales = 9", "decimales : « 9 » est trop grand, le maximum est 3"),
        ("decimales = 1", "decimales = -1", "decimales : « -1 » est trop petit, le minimum est 0"),
        ("decimales = 1", "decimales = 1.5", "decimales : « 1.5 » n’est pas un nombre entier"),
        ("decimales = 1", "decimals = 1", "decimals : champ inconnu (peut-être « decimales »)"),
        ("facteur = 100", 'facteur = "cent"', "facteur : « cent » n’est pas un nombre (écrit sans guillemets"),
        ("facteur = 100", "phare = 3", "phare : « 3 » n’est pas « true » ou « false »"),
        ('"EMP01"', "3", "code : « 3 » n’est pas un texte (entre guillemets"),
        ('"EMP01"', '"emp"', "code : « emp » n’a pas la forme attendue (trois majuscules puis deux ou trois"),
        ('["actifs"]', '"actifs"', "publics : « actifs » n’est pas une liste (entre crochets)"),
        ('["actifs"]', "[]", "publics : liste trop courte, au moins 1\u00a0valeur"),
        ('"Taux de chômage"', '"T"', "libelle : « T » est trop court, au moins 3\u00a0caractères"),
        ('"Taux de chômage"', f'"{"T" * 99}"', f"libelle : « {'T' * 40}… » est trop long, au plus 90\u00a0caractères"),
        ('"defavorable"', '"mauvais"', "hors de la liste permise (« favorable », « defavorable », « neutre »)"),
        ("facteur = 100", 'ruptures = [{annee = 2020, mot = "?"}]', "ruptures n° 1, mot : « ? » est trop court"),
        ('"P{aa}_ACT1564"', '"P{aa}_ACT1564 +"', "fiche : la formule s’arrête trop tôt"),
    ],
)
def test_a_wrong_value_is_told_with_its_field(tmp_path, before, after, told):
    found = refusals(write_catalogue(tmp_path, CARD.replace(before, after)))
    assert any(told in line for line in found)


def test_a_card_that_waits_for_its_data_has_a_right_formula_too(tmp_path):
    waiting = CARD.replace("decimales", 'etat = "en_attente"\npartenaire = "X"\nfichier_attendu = "Y"\ndecimales')
    (found,) = refusals(write_catalogue(tmp_path, waiting.replace("P{aa}_CHOM1564", "P{aa}_CHOM1564 +")))
    assert "la formule s’arrête trop tôt" in found


WRONG = [
    *(-1, 9, 1.5, float("inf"), True, "", "x", "x" * 200, "9" * 5000, [], {}, [3], ["x"], [[]], {"x": 3}),
    *(datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1, 10, 30), datetime.time(10, 30)),
]


@pytest.mark.parametrize(
    "model",
    [Theme, Jeu, Source, Regle, Identite, Population, Rupture, FicheIndicateur, Correction, Repere, Rectificatif],
)
def test_no_constraint_of_a_card_is_told_in_english(model: type[Bloc]):
    """Wrong values of every kind in every field, and nothing at all: each error has its sentence."""
    met = set()
    for name in [*model.model_fields, "inconnu"]:
        for value in WRONG:
            with pytest.raises(ValidationError) as caught:
                model.model_validate({name: value})
            met |= {item["type"] for item in caught.value.errors()}
            told = in_french(caught.value, model.model_fields)
            assert not ENGLISH.search(told), told
            assert "est refusé" not in told
    assert met <= set(SENTENCES)


def test_a_number_is_told_with_the_decimals_that_it_has():
    assert [exact(value) for value in (2089.0, 0.25, -3.5, 12.0)] == ["2\u202f089", "0,25", "−3,5", "12"]
