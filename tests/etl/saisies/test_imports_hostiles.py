"""Hostile files given to the importers: each is a sentence in French, none fills anything, none is a traceback."""

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl.comments import Comment

from etl.errors import DataError
from etl.saisies.imports.entree import read_import
from etl.saisies.imports.resultat import Sorte
from etl.saisies.modeles import load_model
from registre.records import Cle
from tests.etl.saisies.exports import COURANTE, balance, domifa, ligne
from tests.etl.saisies.fabrique import archive_of, bytes_of, changed, members_of, with_member
from tests.etl.saisies.test_hostiles import BOMB, ENTITIES, HUGE, LINK, OUTSIDE, encrypted, lying
from tests.etl.test_fuzz import damaged, mutations

CLE = Cle("bilan", "93066", 2025)
SHEET = "worksheets/sheet1.xml"
GOOD = bytes_of(domifa())
BALANCE = balance(*COURANTE).encode("cp1252")


def commented():
    book = domifa()
    book.active["C12"].comment = Comment("x", "A")
    return bytes_of(book)


def other_workbook():
    book = domifa()
    book.active["B9"].value = "Autre chose"
    return bytes_of(book)


def far():
    book = domifa()
    book.active["XFD1048576"] = 1
    return bytes_of(book)


WORKBOOKS = {
    "un fichier vide": b"",
    "une page web": b"<html><body>404</body></html>",
    "un PDF": b"%PDF-1.7 ...",
    "une image": b"\x89PNG\r\n",
    "des octets": bytes(range(256)) * 4,
    "un classeur à mot de passe": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "une archive quelconque": archive_of({"a.txt": "a", "b.txt": "b"}),
    "une archive vide": archive_of({}),
    "un classeur coupé": GOOD[: len(GOOD) // 2],
    "un classeur abîmé": GOOD[:300] + b"\0" * 40 + GOOD[340:],
    "un membre chiffré": encrypted(GOOD),
    "une taille fausse": lying(GOOD),
    "une bombe": with_member(GOOD, "docProps/bombe.xml", BOMB),
    "trop d’éléments": archive_of(members_of(GOOD) | {f"customXml/{n}.xml": "" for n in range(400)}),
    "des macros": with_member(GOOD, "xl/vbaProject.bin"),
    "un lien externe": with_member(GOOD, "xl/worksheets/_rels/sheet1.xml.rels", LINK),
    "une image dans le classeur": with_member(GOOD, "xl/media/image1.png"),
    "un commentaire": commented(),
    "des entités": archive_of(members_of(GOOD) | {"xl/worksheets/sheet1.xml": ENTITIES}),
    "une entité externe": archive_of(members_of(GOOD) | {"xl/workbook.xml": OUTSIDE}),
    "du XML abîmé": changed(GOOD, SHEET, b"</sheetData>", b"</sheetDat>"),
    "une feuille immense": changed(GOOD, SHEET, b"</sheetData>", HUGE.replace(b'r="', b'r="1') + b"</sheetData>"),
    "une case au bout de la feuille": far(),
    "un autre classeur": other_workbook(),
    "une autre feuille": changed(GOOD, "xl/workbook.xml", b"Stats structure", b"Autre feuille"),
}


def zipped(content, name="balance.csv"):
    return archive_of({name: content})


TEXTS = {
    "un texte quelconque": b"bonjour\n",
    "un tableau inconnu": b"CODGEO;POP\n93066;1\n",
    "une balance sans lignes de CCAS": balance().encode(),
    "un octet qui n’est d’aucun texte": BALANCE + b"\x81\n",
    "un octet nul": BALANCE + b"\0\n",
    "un guillemet ouvert": BALANCE + b'"' + b"x" * 200_000,
    "une case démesurée": BALANCE + ligne("6064", "9" * 200_000).encode(),
    "un montant démesuré": balance(ligne("6064", "9" * 400)).encode(),
    "un montant infini": balance(ligne("6064", "1e999")).encode(),
    "un montant qui n’en est pas un": balance(ligne("6064", "NaN")).encode(),
    "une colonne deux fois": BALANCE.replace(b"BEDEB", b"COMPTE", 1),
    "une balance coupée": BALANCE[:-70],
    "deux balances dans l’archive": archive_of({"a.csv": BALANCE, "b.csv": BALANCE}),
    "une balance chiffrée": encrypted(zipped(BALANCE)),
    "une balance qui ment sur sa taille": lying(zipped(BALANCE)),
    "une bombe de texte": zipped(b"0" * (80 << 20)),
    "un programme dans une archive": archive_of({"setup.exe": b"MZ"}),
    "un CSV d’une autre forme": b"rubrique;valeur\nDOM01;3\n",
    "une réponse inconnue": b"rubrique;rang;valeur;statut;note;unite;methode\nDOM99;;3;;;;\n",
    "une personne dans une note": (
        "rubrique;rang;valeur;statut;note;unite;methode\nDOM01;;3;;Mme Exemple, 300 € d’aide;;\n".encode()
    ),
}


def check(path, kind=None):
    try:
        found = read_import(path, load_model("bilan"), CLE, kind)
    except DataError as error:
        told = [str(one) for one in error.problems]
    else:
        assert (found.reponses, found.remplies) == ((), ())
        told = [str(one) for one in found.erreurs]
    assert told
    for sentence in told:
        assert "→" in sentence, sentence
        assert len(sentence) < 1_000
        assert not any(word in sentence for word in ("Traceback", "Error", "None", "nan", "Exception")), sentence


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_hostile_workbook_fills_nothing(tmp_path, name):
    path = tmp_path / "export.xlsx"
    path.write_bytes(WORKBOOKS[name])
    check(path)
    check(path, Sorte.DOMIFA)


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_fills_nothing(tmp_path, name):
    path = tmp_path / "balance.csv"
    path.write_bytes(TEXTS[name])
    check(path)
    check(path, Sorte.BALANCES)


@pytest.mark.parametrize("kind", Sorte)
def test_a_file_taken_for_another_kind_fills_nothing(tmp_path, kind):
    (tmp_path / "x").write_bytes(GOOD if kind is not Sorte.DOMIFA else BALANCE)
    check(tmp_path / "x", kind)


@pytest.mark.parametrize("name", ["dossier_Mme_Exemple.xlsx", "185057800608491.xlsx", "0612345678.csv"])
def test_a_name_that_says_who_is_helped_is_not_repeated(tmp_path, name):
    (tmp_path / name).write_bytes(GOOD)
    with pytest.raises(DataError) as caught:
        read_import(tmp_path / name, load_model("bilan"), CLE)
    assert name not in str(caught.value)


def test_no_folder_and_no_absent_file(tmp_path):
    check(tmp_path)
    check(tmp_path / "absent.csv")


def test_a_workbook_of_the_observatory_is_no_import(tmp_path):
    from etl.saisies.classeur import make_workbook

    make_workbook(load_model("bilan"), CLE, "Saint-Denis").save(tmp_path / "bilan.xlsx")
    with pytest.raises(DataError) as caught:
        read_import(tmp_path / "bilan.xlsx", load_model("bilan"), CLE)
    assert "un classeur de l’observatoire" in str(caught.value)


def test_a_large_balance_is_read_flat_in_memory(tmp_path):
    other = ligne("6064", "1", siren="269300001", insee="001")
    path = tmp_path / "balance.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("balance.csv", "w") as stream:
        stream.write(BALANCE)
        block = (other + "\r\n").encode() * 1_000
        for _ in range(100):
            stream.write(block)
    tracemalloc.start()
    found = read_import(path, load_model("bilan"), CLE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {"FIN01", "FIN02"} <= {answer.rubrique for answer in found.reponses}
    assert peak < 16 << 20


@pytest.mark.parametrize("content", [GOOD, BALANCE, zipped(BALANCE)], ids=["domifa", "balance", "zip"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=mutations)
def test_whatever_the_bytes_an_import_or_a_sentence(tmp_path_factory, content, changes):
    path = tmp_path_factory.mktemp("hasard") / "x.bin"
    path.write_bytes(damaged(content, changes))
    try:
        found = read_import(path, load_model("bilan"), CLE)
    except DataError:
        return
    for answer in found.reponses:
        assert answer.valeur is not None or answer.texte is not None or answer.statut.value != "renseigne"


def test_a_stream_of_zeros_is_not_unzipped(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("balance.csv", b"\0" * (70 << 20))
    (tmp_path / "x.zip").write_bytes(stream.getvalue())
    check(tmp_path / "x.zip")
