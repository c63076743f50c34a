"""More than a hundred hostile workbooks: none is accepted, none gives an answer, each is told in French."""

import struct
from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl.comments import Comment

from etl.errors import DataError
from etl.saisies.lecture import read_workbook
from tests.etl.saisies.conftest import CLE, CONTEXTE, MODELES, REPONSES
from tests.etl.saisies.fabrique import archive_of, bytes_of, changed, members_of, ods_of, with_member

NIR, IBAN = "1 85 05 78 006 084 91", "FR76 3000 6000 0112 3456 7890 189"
PROPERTIES = {"modele": "essai", "version": "2", "territoire": "93066", "exercice": "2025"}

# One cell typed wrongly: (line, role, what is typed, the format of the cell when it changes).
CELLS = {
    "un mot": ("ENT", "reponse", "douze", None),
    "des décimales dans un entier": ("ENT", "reponse", 12.5, None),
    "un booléen dans un nombre": ("ENT", "reponse", True, None),
    "une date dans un nombre": ("ENT", "reponse", datetime(2025, 3, 1), "DD/MM/YYYY"),
    "une heure dans un nombre": ("ENT", "reponse", datetime(2025, 3, 1).time(), "HH:MM"),
    "un nombre négatif": ("ENT", "reponse", -5, None),
    "un montant négatif": ("MONT", "reponse", -0.01, None),
    "un nombre démesuré": ("ENT", "reponse", 1e15, None),
    "un nombre hors du plausible": ("ENT", "reponse", 200_000, None),
    "un nombre négatif trop bas": ("DECI", "reponse", -60, None),
    "une unité dans la case": ("MONT", "reponse", "12 €", None),
    "un nombre ambigu": ("MONT", "reponse", "1.234", None),
    "un nombre arrondi par Excel": ("ENT", "reponse", "1,2E+08", None),
    "une erreur de formule": ("MONT", "reponse", "#DIV/0!", None),
    "un nombre puis un mot": ("ENT", "reponse", "12 environ", None),
    "un nombre au format pourcentage": ("ENT", "reponse", 12, "0%"),
    "un pourcentage sans son format": ("TAUX", "reponse", 12.5, "General"),
    "une part sans son format": ("TAUX", "reponse", 0.5, "0.00"),
    "plus de cent pour cent": ("TAUX", "reponse", 1.5, None),
    "un pourcentage sans son signe": ("TAUX", "reponse", "12", None),
    "un pourcentage négatif": ("TAUX", "reponse", -0.1, None),
    "une date en nombre": ("JOUR", "reponse", 45000, "General"),
    "un jour qui n’existe pas": ("JOUR", "reponse", "31/02/2025", None),
    "une date en mots": ("JOUR", "reponse", "le 3 mars", None),
    "une date américaine": ("JOUR", "reponse", "12/31/2025", None),
    "une date et une heure": ("JOUR", "reponse", datetime(2025, 3, 1, 12, 30), None),
    "peut-être": ("OUINON", "reponse", "peut-être", None),
    "un pour oui": ("OUINON", "reponse", 1, None),
    "un choix inconnu": ("CHOIX", "reponse", "Autre", None),
    "un nombre pour un choix": ("CHOIX", "reponse", 3, None),
    "un choix deux fois": ("PLUSIEURS", "reponse", "Jeunes ; Jeunes", None),
    "un choix inconnu parmi d’autres": ("PLUSIEURS", "reponse", "Jeunes ; Inconnus", None),
    "des choix qui s’excluent": ("PLUSIEURS", "reponse", "Jeunes ; Tous", None),
    "un texte trop long": ("COURT", "reponse", "é" * 301, None),
    "un texte court en deux lignes": ("COURT", "reponse", "un\ndeux", None),
    "un long texte trop long": ("LONG", "reponse", "mot " * 1300, None),
    "un nom de fichier": ("PIECE", "reponse", "rapport.pdf", None),
    "une identité incomplète": ("QUI", "reponse", "Directrice", None),
    "une messagerie personnelle": ("QUI", "reponse", "Directrice ; A. Exemple ; a.exemple@gmail.com", None),
    "un courriel mal écrit": ("QUI", "reponse", "Directrice ; A. Exemple ; a.exemple@", None),
    "une situation inconnue": ("CHANGE", "statut", "peut-être", None),
    "une situation en nombre": ("CHANGE", "statut", 3, None),
    "une réponse et une situation": ("ENT", "statut", "non suivi", None),
    "une unité inconnue": ("CHOISI", "unite", "Familles", None),
    "une unité oubliée": ("CHOISI", "unite", None, None),
    "une méthode oubliée": ("CHOISI", "methode", None, None),
    "une méthode inconnue": ("CHOISI", "methode", "Au doigt mouillé", None),
    "une note trop longue": ("ENT", "note", "mot " * 300, None),
    "une note en nombre": ("ENT", "note", 12, None),
    "plus de suivis que de dossiers": ("CHOISI", "reponse", 5000, None),
    "une somme par dossier trop forte, sans note": ("MONT", "reponse", 9e9, None),
    "une formule": ("ENT", "reponse", "=600+634", None),
    "une formule dans une note": ("ENT", "note", '="a"&"b"', None),
    "une formule vers un autre fichier": ("ENT", "reponse", "='[1]Feuil1'!A1", None),
    "un NIR": ("COURT", "reponse", f"dossier {NIR}", None),
    "un NIR en nombre": ("ENT", "reponse", 185057800608491, None),
    "un NIR en note": ("ENT", "note", NIR.replace(" ", ""), None),
    "un IBAN": ("LONG", "reponse", f"Compte : {IBAN}", None),
    "une date de naissance": ("ENT", "note", "une dame née le 12/03/1956", None),
    "un téléphone": ("COURT", "reponse", "joindre au 06 12 34 56 78", None),
    "une adresse": ("COURT", "reponse", "logée au 12 bis rue de la République", None),
    "un courriel": ("LONG", "reponse", "écrire à jean.exemple@orange.fr", None),
    "une personne aidée": ("MONT", "note", "dont Mme Exemple, 300 € pour son loyer", None),
    "un NIR dans une identité": ("QUI", "reponse", f"Directrice ; {NIR} ; a.exemple@ville.fr", None),
}


def at(book, place, code, role="reponse", rang=0):
    sheet, cell = place(code, role, rang)
    return book[sheet][cell]


def typed(code, role, value, form):
    def change(book, place):
        cell = at(book, place, code, role)
        if role == "reponse":
            at(book, place, "ENT", "note").value = None  # which would explain a surprise
        cell.value = value
        if form:
            cell.number_format = form

    return change


def put(code, value, role="reponse", rang=0):
    def change(book, place):
        at(book, place, code, role, rang).value = value

    return change


def sheet_of(place, code):
    return place(code, rang=1 if "." in code else 0)[0]


def merge(zone, code="ENT"):
    return lambda book, place: book[sheet_of(place, code)].merge_cells(zone)


def insert(book, place):
    book[sheet_of(place, "ENT")].insert_rows(6)


def delete(book, place):
    book[sheet_of(place, "ENT")].delete_rows(6)


def move(book, place):
    book[sheet_of(place, "ENT")].move_range("E5:I8", rows=1)


def move_columns(book, place):
    book[sheet_of(place, "ENT")].insert_cols(3)


def swap(book, place):
    sheet = book[sheet_of(place, "ENT")]
    sheet["A5"], sheet["A7"] = sheet["A7"].value, sheet["A5"].value


def write(cell, value, code="ENT"):
    def change(book, place):
        book[sheet_of(place, code)][cell] = value

    return change


def on(sheet, cell, value):
    def change(book, place):
        book[sheet][cell] = value

    return change


def rename(book, place):
    book[sheet_of(place, "ENT")].title = "Autre nom"


def remove(book, place):
    del book[sheet_of(place, "ENT")]


def remove_hidden(book, place):
    del book["_observatoire"]


def add_sheet(book, place):
    book.create_sheet("Mes notes")["B2"] = "à ne pas oublier"


def same_rows(book, place):
    for column in ("MISSION", "MODE", "DEBUT", "FIN", "SOMME", "PART", "SIGNE"):
        at(book, place, f"TAB.{column}", rang=2).value = at(book, place, f"TAB.{column}", rang=1).value


def both(book, place):
    at(book, place, "TAB", "statut").value = "non suivi"


def beyond(book, place):
    sheet, _ = place("TAB.MISSION", "reponse", 1)
    book[sheet]["B30"] = "une ligne de plus"


def over_formula(book, place):
    book["Contrôles"]["D4"] = "tout va bien"


def comment(book, place):
    at(book, place, "ENT").comment = Comment("voir avec la directrice", "A")


def far(book, place):
    book[sheet_of(place, "ENT")]["XFD1048576"] = 1


def far_row(book, place):
    book[sheet_of(place, "ENT")]["A900000"] = 1


def everywhere(name, value):
    """The same wrong identity in the three places."""

    def change(book, place):
        book["À lire"].cell(4 + list(PROPERTIES).index(name), 2).value = value
        book["_observatoire"].cell(1 + list(PROPERTIES).index(name), 2).value = value
        for one in book.custom_doc_props.props:
            if one.name == f"observatoire_{name}":
                one.value = value

    return change


def in_property(name, value):
    def change(book, place):
        for one in book.custom_doc_props.props:
            if one.name == f"observatoire_{name}":
                one.value = value

    return change


def without_properties(book, place):
    book.custom_doc_props.props.clear()


BOOKS = {name: typed(*wanted) for name, wanted in CELLS.items()} | {
    "une formule dans un tableau": put("TAB.SOMME", "=1+1", rang=1),
    "un mot dans un montant d’un tableau": put("TAB.SOMME", "beaucoup", rang=1),
    "une fin avant le début": put("TAB.FIN", "01/01/2019", rang=1),
    "une personne aidée dans un tableau": put("TAB.MISSION", "secours à M. Exemple", rang=2),
    "deux lignes du tableau identiques": same_rows,
    "un tableau non suivi et rempli": both,
    "une ligne au delà du tableau": beyond,
    "des cases de réponse fusionnées": merge("E5:F5"),
    "un titre fusionné": merge("A1:C1"),
    "un tableau fusionné": merge("B6:C6", "TAB.MISSION"),
    "une ligne insérée": insert,
    "une ligne supprimée": delete,
    "des réponses déplacées": move,
    "une colonne insérée": move_columns,
    "deux codes échangés": swap,
    "un code changé": write("A5", "AUTRE"),
    "un code deux fois": write("A6", "ENT"),
    "un libellé changé": write("B5", "Autre chose"),
    "un en-tête changé": write("E4", "Note"),
    "un mot hors des cases": write("L20", "en plus"),
    "une unité sans objet": write("G5", "Ménages"),
    "une formule hors des cases": write("M5", "=NOW()"),
    "une formule à la place d’un code": write("A5", '="ENT"'),
    "l’an dernier changé": write("J5", "12"),
    "une feuille renommée": rename,
    "une feuille supprimée": remove,
    "une feuille ajoutée": add_sheet,
    "la feuille cachée supprimée": remove_hidden,
    "une liste changée": on("_observatoire", "D1", "autre"),
    "une formule remplacée par un mot": over_formula,
    "un commentaire": comment,
    "une erreur hors des cases": write("M5", "#REF!"),
    "une case au bout de la feuille": far,
    "une case très bas": far_row,
    "une autre commune sur la couverture": on("À lire", "B6", "93001"),
    "une autre commune dans la feuille cachée": on("_observatoire", "B3", "93001"),
    "une autre commune dans la propriété": in_property("territoire", "93001"),
    "aucune propriété": without_properties,
    "une autre commune partout": everywhere("territoire", "93001"),
    "une commune qui n’existe pas": everywhere("territoire", "Bondy"),
    "une autre année partout": everywhere("exercice", "2024"),
    "une année à venir": everywhere("exercice", "2031"),
    "une année en mots": everywhere("exercice", "l’an dernier"),
    "une version à venir": everywhere("version", "9"),
    "une version passée": everywhere("version", "1"),
    "un autre modèle": everywhere("modele", "autre"),
    "un modèle qui est un chemin": everywhere("modele", "../essai"),
}

BOMB = b"<x>" + b"0" * (60 << 20) + b"</x>"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<worksheet><sheetData/></worksheet>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook>&x;</workbook>'
LINK = (
    b'<Relationships><Relationship Id="r1" Target="file:///x.xlsx" TargetMode="External" '
    b'Type="http://x/externalLinkPath"/></Relationships>'
)


def lying(content):
    """The size that an archive declares for its first member is not the one that it has."""
    data = bytearray(content)
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 3_000_000_000)
    return bytes(data)


def encrypted(content):
    data = bytearray(content)
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    return bytes(data)


SHEET = "worksheets/sheet2.xml"
TEXTS = b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>"
# One long text, shown by thousands of cells.
SHOWN = b"".join(
    b'<row r="%d">%s</row>' % (row, b"".join(b'<c t="s"><v>0</v></c>' for _ in range(100))) for row in range(50, 80)
)
HUGE = b"".join(b'<row r="%d">%s</row>' % (row, b"<c><v>1</v></c>" * 150) for row in range(50, 500))


def repeated(content):
    with_texts = archive_of(members_of(content) | {"xl/sharedStrings.xml": TEXTS})
    return changed(with_texts, SHEET, b"</sheetData>", SHOWN + b"</sheetData>")


CONTENTS = {
    "un fichier vide": lambda good: b"",
    "un texte": lambda good: b"ENT;12\n",
    "une page web": lambda good: b"<html><body>404</body></html>",
    "un PDF": lambda good: b"%PDF-1.7 ...",
    "un classeur à mot de passe": lambda good: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "une archive quelconque": lambda good: archive_of({"a.txt": "a"}),
    "une archive vide": lambda good: archive_of({}),
    "un classeur coupé": lambda good: good[: len(good) // 2],
    "un classeur abîmé": lambda good: good[:300] + b"\0" * 40 + good[340:],
    "un membre chiffré": encrypted,
    "une taille fausse": lying,
    "une bombe": lambda good: with_member(good, "docProps/bombe.xml", BOMB),
    "trop d’éléments": lambda good: archive_of(members_of(good) | {f"customXml/{n}.xml": "" for n in range(400)}),
    "un élément deux fois": lambda good: archive_of([*members_of(good).items(), ("XL/workbook.xml", "<a/>")]),
    "des macros": lambda good: with_member(good, "xl/vbaProject.bin"),
    "un type à macros": lambda good: changed(good, "[Content_Types].xml", b"sheet.main+xml", b"macroEnabled.main+xml"),
    "un lien externe": lambda good: with_member(good, "xl/externalLinks/externalLink1.xml"),
    "une relation externe": lambda good: with_member(good, "xl/worksheets/_rels/sheet1.xml.rels", LINK),
    "une image": lambda good: with_member(good, "xl/media/image1.png"),
    "un objet": lambda good: with_member(good, "xl/embeddings/oleObject1.bin"),
    "un contrôle ActiveX": lambda good: with_member(good, "xl/activeX/activeX1.xml"),
    "un programme": lambda good: with_member(good, "setup.exe"),
    "des entités": lambda good: archive_of(members_of(good) | {"xl/worksheets/sheet2.xml": ENTITIES}),
    "une entité externe": lambda good: archive_of(members_of(good) | {"xl/workbook.xml": OUTSIDE}),
    "du XML abîmé": lambda good: changed(good, SHEET, b"</sheetData>", b"</sheetDat>"),
    "un calendrier 1904": lambda good: changed(good, "xl/workbook.xml", b"<workbookPr", b'<workbookPr date1904="1"'),
    "une cellule deux fois": lambda good: changed(good, SHEET, b'r="E5"', b'r="E6"'),
    "une adresse fausse": lambda good: changed(good, SHEET, b'r="E5"', b'r="5E"'),
    "un texte montré mille fois": repeated,
    "une feuille immense": lambda good: changed(good, SHEET, b"</sheetData>", HUGE + b"</sheetData>"),
    "un texte partagé absent": lambda good: changed(
        good, SHEET, b't="inlineStr"><is><t>Code</t></is>', b't="s"><v>99999</v>'
    ),
    "un nombre infini": lambda good: changed(good, SHEET, b"<v>1234</v>", b"<v>1e999</v>"),
    "une feuille absente": lambda good: archive_of(
        {name: data for name, data in members_of(good).items() if not name.endswith(SHEET)}
    ),
    "sans feuilles": lambda good: archive_of({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<workbook/>"}),
}

ODS = {
    "ods à macros": lambda good: with_member(good, "Basic/Standard/Module1.xml"),
    "ods chiffré": lambda good: changed(
        good, "manifest.xml", b"<manifest/>", b"<manifest><encryption-data/></manifest>"
    ),
    "ods d’un autre genre": lambda good: changed(good, "mimetype", b"spreadsheet", b"text"),
    "ods à commentaire": lambda good: changed(
        good, "content.xml", b"<text:p>", b"<office:annotation><text:p>x</text:p></office:annotation><text:p>"
    ),
    "ods à source externe": lambda good: changed(
        good, "content.xml", b"<table:table-row>", b"<table:table-source/><table:table-row>"
    ),
    "ods répété": lambda good: changed(
        good, "content.xml", b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">'
    ),
    "ods répété en colonnes": lambda good: changed(
        good,
        "content.xml",
        b"<table:table-cell office",
        b'<table:table-cell table:number-columns-repeated="16000" office',
    ),
    "ods aux mille espaces": lambda good: changed(
        good, "content.xml", b"<text:p>", b'<text:p><text:s text:c="99999999"/>'
    ),
    "ods fusionné": lambda good: changed(
        good, "content.xml", b"<table:table-cell/>", b'<table:table-cell table:number-columns-spanned="2"/>'
    ),
    "ods à formule": lambda good: changed(
        good, "content.xml", b'office:value-type="float"', b'table:formula="of:=1+1" office:value-type="float"'
    ),
    "ods sans propriété": lambda good: changed(good, "meta.xml", b"observatoire_modele", b"autre"),
    "ods à entités": lambda good: changed(
        good, "content.xml", b"<office:document-content", b"<!DOCTYPE a []><office:document-content"
    ),
}

NAMES = ("dossier_Mme_Exemple.xlsx", "185057800608491.xlsx", "M Exemple aide loyer.xlsx", "0612345678.xlsx")


def refused(path):
    """What is said of a file that is not accepted, and that gives no answer."""
    try:
        found = read_workbook(path, CLE, CONTEXTE, MODELES)
    except DataError as error:
        return [str(problem) for problem in error.problems]
    assert not found.recevable, found.recu
    assert found.erreurs == () or found.reponses == ()
    assert any(part.etat == "non comprise" for part in found.recu) or found.constats
    return [str(one) for one in found.constats if one.arrete]


def check(path):
    told = refused(path)
    assert told
    for sentence in told:
        assert "→" in sentence or "attendu" in sentence, sentence
        assert not any(word in sentence for word in ("Traceback", "Error", "None", "nan", "Exception")), sentence


def test_there_are_more_than_a_hundred():
    assert len(BOOKS) + len(CONTENTS) + len(ODS) + len(NAMES) >= 140


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_filled_wrongly_is_refused(filled, place, tmp_path, name):
    BOOKS[name](filled, place)
    (tmp_path / "essai.xlsx").write_bytes(bytes_of(filled))
    check(tmp_path / "essai.xlsx")


@pytest.fixture(scope="module")
def good(essai):
    from etl.saisies.classeur import make_workbook
    from tests.etl.saisies.conftest import AVANT

    return make_workbook(essai, CLE, "Saint-Denis", AVANT, REPONSES)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_hostile_file_is_refused(good, tmp_path, name):
    (tmp_path / "essai.xlsx").write_bytes(CONTENTS[name](bytes_of(good)))
    check(tmp_path / "essai.xlsx")


def plain_ods(book):
    return ods_of(book, {f"observatoire_{name}": value for name, value in PROPERTIES.items()})


def test_a_plain_ods_is_accepted(good, tmp_path):
    (tmp_path / "essai.ods").write_bytes(plain_ods(good))
    found = read_workbook(tmp_path / "essai.ods", CLE, CONTEXTE, MODELES)
    assert [str(one) for one in found.constats] == []
    assert {(one.rubrique, one.rang): one for one in found.reponses} == {
        (one.rubrique, one.rang): one for one in REPONSES
    }


@pytest.mark.parametrize("name", ODS)
def test_a_hostile_ods_is_refused(good, tmp_path, name):
    (tmp_path / "essai.ods").write_bytes(ODS[name](plain_ods(good)))
    check(tmp_path / "essai.ods")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_says_who_is_helped_is_refused(good, tmp_path, name):
    (tmp_path / name).write_bytes(bytes_of(good))
    check(tmp_path / name)


@pytest.mark.parametrize(
    ("code", "role", "text"),
    [("ENT", "reponse", f"NIR {NIR}"), ("CHOIX", "reponse", "M. Exemple, 300 €"), ("CHANGE", "statut", IBAN)],
)
def test_what_names_a_person_is_not_repeated(filled, place, tmp_path, code, role, text):
    at(filled, place, code, role).value = text
    filled["À lire"]["D20"] = text
    (tmp_path / "essai.xlsx").write_bytes(bytes_of(filled))
    said = refused(tmp_path / "essai.xlsx")
    assert len([one for one in said if "non répété ici" in one]) == 2
    assert not any(text in one or "Exemple" in one.replace("d’exemple", "") for one in said)


def test_a_folder_and_a_missing_file_are_told(tmp_path):
    check(tmp_path)
    check(tmp_path / "absent.xlsx")


def test_the_deposit_that_is_expected_is_told(good, tmp_path):
    (tmp_path / "essai.xlsx").write_bytes(bytes_of(good))
    found = read_workbook(tmp_path / "essai.xlsx", replace(CLE, territoire="93001"), CONTEXTE, MODELES)
    assert [str(one) for one in found.erreurs] == [
        "un classeur pour le territoire « 93066 » ; attendu : « 93001 » → déposer le bon classeur, ou changer de dépôt"
    ]
