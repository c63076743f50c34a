"""A block says all that it needs, and each kind of block is written in each format."""

import io
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from docx import Document as WordDocument
from docx.oxml.ns import qn
from pypdf import PdfReader

from observatoire.documents.blocs import (
    Case,
    Chiffre,
    Chiffres,
    Colonnes,
    Document,
    Encadre,
    FigureBloc,
    Legende,
    Liste,
    Point,
    SautDePage,
    Sommaire,
    Tableau,
    Texte,
    Titre,
    every,
)
from observatoire.documents.carte import map_sheet
from observatoire.documents.comparaison import comparison_document
from observatoire.documents.fiche import sheet
from observatoire.documents.fichiers import FORMATS, write
from observatoire.methods.cartography import MapRequest
from observatoire.records import DEPARTEMENT
from observatoire.views.carte.build import describe, load_content, sentence
from observatoire.views.comparaison.comparison import make_comparison, territory_reference

DESSIN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20">'
    '<rect width="40" height="20" fill="#16294a"/></svg>'
)
FIGURE = FigureBloc("Pauvreté", "en %, 2023", "Source : INSEE", "Bondy : 34 %", DESSIN, hauteur=3)
TABLEAU = Tableau("Pauvreté", "Source : INSEE", ("Commune", "Taux"), (("Bondy", "34 %"), ("Sevran", "33 %")))
# One of each kind, with a word of its own to be found again.
CHACUN = (
    Sommaire(),
    Titre("Un titre"),
    Texte("Un paragraphe : le sien."),
    Texte("Une note de lecture", note=True),
    Liste((Point("Un point simple"), Point("Un point jugé", "▲", "#1f5f9e", "plus favorable"))),
    Chiffres((Chiffre("Taux de pauvreté", "34", " %", "en 2023", "+1 point depuis 2021", DESSIN),), par_ligne=2),
    Legende((Case("#1f5f9e", "#ffffff", "▲▲", "nettement plus favorable"),)),
    FIGURE,
    TABLEAU,
    Encadre("Un encadré", (Texte("Dans l’encadré"),)),
    SautDePage(),
    Titre("Deuxième partie"),
    Colonnes((Texte("À gauche"),), (Texte("À droite"),), part=0.5),
)


def document(*blocs) -> Document:
    return Document(
        "Essai de blocs", blocs, date(2026, 11, 28), "Source : INSEE", "Au pied", "essai", chapeau="En tête"
    )


def pdf_words(content: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def word_words(content: bytes) -> str:
    body = WordDocument(io.BytesIO(content)).element.body
    return " ".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p"))).replace(
        "\u00a0", " "
    )


READ = {"pdf": pdf_words, "docx": word_words}
ORDER = (
    *("En tête", "Un titre", "Un paragraphe : le sien.", "Une note de lecture", "Un point simple", "Un point jugé"),
    *(
        "Taux de pauvreté",
        "en 2023",
        "+1 point depuis 2021",
        "nettement plus favorable",
        "en %, 2023",
        "Bondy",
        "Sevran",
    ),
    *("Un encadré", "Dans l’encadré", "À gauche", "À droite"),
)


@pytest.mark.parametrize("format_", FORMATS)
def test_each_kind_of_block_is_written_in_order(format_):
    said = READ[format_](write(document(*CHACUN), format_))
    places = [said.find(text) for text in ORDER]
    assert -1 not in places, ORDER[places.index(-1)]
    assert places == sorted(places)


def test_what_follows_a_page_break_begins_a_page_and_no_empty_one_comes_before():
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(write(document(*CHACUN), "pdf"))).pages]
    assert len(pages) == 2
    assert "Deuxième partie" in pages[1]
    body = WordDocument(io.BytesIO(write(document(*CHACUN), "docx")))
    broken = [p.text for p in body.paragraphs if p.paragraph_format.page_break_before]
    assert broken == ["Deuxième partie"]


@pytest.mark.parametrize(
    ("block", "field"),
    [(FIGURE, field) for field in ("titre", "sous_titre", "source", "alt")]
    + [(TABLEAU, field) for field in ("titre", "source")]
    + [(document(Texte("x")), field) for field in ("titre", "source", "pied")],
)
def test_a_block_without_what_it_needs_is_refused(block, field):
    with pytest.raises(ValueError, match=f"sans {field}"):
        replace(block, **{field: " "})


def test_a_row_that_has_not_the_columns_is_refused():
    with pytest.raises(ValueError, match="2 colonnes, 1 cases"):
        replace(TABLEAU, lignes=(("Bondy",),))


def test_an_unknown_format_is_refused():
    with pytest.raises(KeyError):
        write(document(Texte("x")), "odt")


@pytest.fixture(scope="module")
def documents(warehouse) -> dict[str, Document]:
    request = MapRequest("REV02", 2023)
    content = load_content(warehouse, request)
    places, reference = list(warehouse.epts.values()), territory_reference(warehouse.territoires[DEPARTEMENT])
    compared = make_comparison(
        warehouse, places, reference, [warehouse.indicateurs["REV02"], warehouse.indicateurs["EMP01"]], ""
    )
    return {
        "fiche": sheet(warehouse, "93066"),
        "carte": map_sheet(describe(warehouse, request, content), warehouse, (sentence(warehouse, request, content),)),
        "comparaison": comparison_document(compared, warehouse),
    }


@pytest.mark.parametrize("name", ["fiche", "carte", "comparaison"])
def test_the_pdf_of_each_document_is_tagged_titled_and_in_french(documents, name):
    """PDF/UA-1, as typst writes it: refused at writing when an image has no alternative or a heading skips a level."""
    reader = PdfReader(io.BytesIO(write(documents[name], "pdf")))
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("fr")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title.replace("\u00a0", " ") == documents[name].titre.replace("\u00a0", " ")
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


@pytest.mark.parametrize("name", ["fiche", "carte", "comparaison"])
def test_a_heading_skips_no_level(documents, name):
    levels = [1] + [bloc.niveau for bloc in every(documents[name].blocs) if isinstance(bloc, Titre)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
