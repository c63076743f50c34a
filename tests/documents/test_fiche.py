"""The sheet, read back: its figures are the warehouse's."""

import io
import re
import sys
from functools import cache

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from pypdf import PdfReader

from etl import cli
from observatoire.__main__ import app
from observatoire.documents.fiche import sheet
from observatoire.documents.fichiers import write
from observatoire.views.portrait.essentiel import head
from observatoire.views.portrait.fiche import make_fiche
from observatoire.views.portrait.profile import similar_to


@cache
def made(warehouse, code: str, format_: str) -> bytes:
    return write(sheet(warehouse, code), format_)


def make_pdf(warehouse, code: str) -> bytes:
    return made(warehouse, code, "pdf")


def make_docx(warehouse, code: str) -> bytes:
    return made(warehouse, code, "docx")


def pdf_text(content: bytes) -> tuple[str, int]:
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " ")), len(reader.pages)


def as_paragraph(element) -> Paragraph:
    return Paragraph(element, Document())


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("code", ["93014", "93015", "93062", "93066", "200057867", "200058790", "93"])
def test_the_pdf_is_one_page_with_the_figures_of_the_warehouse(warehouse, code):
    text, pages = pdf_text(make_pdf(warehouse, code))
    assert pages == 1
    assert warehouse.territoires[code].nom.replace("’", "'") in text.replace("’", "'")
    population = warehouse.figures(["DEM01"], [code]).dropna(subset=["valeur"]).iloc[-1]["valeur"]
    assert f"{population:,.0f}".replace(",", " ") in text
    assert not re.search(r"\b(nan|None)\b", text)
    assert "INSEE" in text


def test_the_merged_commune_has_the_figures_published_for_it_since_2023(warehouse):
    """Filosofi 2023 is at the geography of 2025: the median of the merged commune, never calculable before."""
    text, _ = pdf_text(make_pdf(warehouse, "93066"))
    assert "18 130 €" in text
    assert "38,6 %" in text
    assert "nouvelle série Filosofi en 2023" in text


def test_the_word_document_has_headings_tables_and_a_described_picture(warehouse):
    content = make_docx(warehouse, "93014")
    document = Document(io.BytesIO(content))
    paragraphs = document.element.body.iter(qn("w:p"))
    headings = [p.text for p in map(as_paragraph, paragraphs) if p.style.name.startswith("Heading")]
    title = "Clichy-sous-Bois parmi les communes du département"
    assert headings == ["Clichy-sous-Bois", "Ce qui ressort", "Fragilités", "Atouts", "Chiffres clés", title]
    cells = " ".join(c.text for table in document.tables for row in table.rows for c in row.cells).replace(
        "\u00a0", " "
    )
    assert "45,4 %" in cells
    described = [shape.get("descr") for shape in document.element.body.iter(qn("wp:docPr"))]
    assert all(described)
    assert "Niveau de vie médian" in described[-1]
    assert "Situation : Clichy-sous-Bois" in described[0]


def test_word_and_pdf_say_the_same_in_the_same_order(warehouse):
    pdf, _ = pdf_text(make_pdf(warehouse, "93066"))
    document = Document(io.BytesIO(make_docx(warehouse, "93066")))
    told = [as_paragraph(p).text for p in document.element.body.iter(qn("w:p"))]
    places = []
    for text in (plain(text).strip() for text in told):
        if len(text) > 3 and text not in ("en 2023", "en 2022", "en 2024"):
            found = pdf.find(text.replace("\n", " "))
            assert found >= 0, text
            places.append(found)
    # The number and the year of a figure stand elsewhere too: the rest comes in order.
    headings = [pdf.find(h) for h in ("Ce qui ressort", "Chiffres clés", "Saint-Denis parmi les communes")]
    assert headings == sorted(headings)
    assert len(places) > 30


@pytest.mark.parametrize("code", ["93014", "93015", "93066", "93062", "200057875", "93"])
@pytest.mark.parametrize("format_", ["pdf", "docx"])
def test_the_sheet_begins_as_the_page_does(warehouse, code, format_):
    tete = head(warehouse, code, tuple(v.code for v in similar_to(warehouse, code)))
    content = made(warehouse, code, format_)
    if format_ == "pdf":
        text, _ = pdf_text(content)
    else:
        said = [as_paragraph(p).text for p in Document(io.BytesIO(content)).element.body.iter(qn("w:p"))]
        text = re.sub(r"\s+", " ", plain(" ".join(said)))
    # A line may end after the hyphen of a name.
    text = text.replace("- ", "-")
    places = [text.find(plain(tete.ouverture))]
    for title, shown in (("Fragilités", tete.fragilites), ("Atouts", tete.atouts)):
        places.append(text.find(title))
        for item in shown:
            for said in (item.libelle, item.nombre, item.phrase, item.reperes):
                assert plain(said) in text[places[-1] :]
    assert places == sorted(places)
    assert places[0] >= 0


def test_each_fragility_and_strength_has_its_bar_described_in_word(warehouse):
    tete = head(warehouse, "93014", tuple(v.code for v in similar_to(warehouse, "93014")))
    body = Document(io.BytesIO(make_docx(warehouse, "93014"))).element.body
    described = [shape.get("descr") for shape in body.iter(qn("wp:docPr"))]
    for item in (*tete.fragilites, *tete.atouts):
        assert any(item.phrase in text for text in described)


def test_the_parts_of_a_sheet_are_chosen_and_an_unknown_one_is_refused(warehouse):
    text, _ = pdf_text(write(sheet(warehouse, "93014", ["cles"]), "pdf"))
    assert "Chiffres clés" in text
    assert "Ce qui ressort" not in text
    with pytest.raises(ValueError, match="partie « ages » : attendu ressort, cles, positions"):
        sheet(warehouse, "93014", ["ages"])


def test_an_unknown_territory_is_refused(warehouse):
    with pytest.raises(KeyError):
        make_pdf(warehouse, "13055")


def run(monkeypatch, entrepot, *arguments):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(entrepot))
    monkeypatch.setattr(sys, "argv", ["observatoire", "fiche", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.run(app)
    return stop.value.code


def test_the_command_writes_the_sheets_asked_for(monkeypatch, entrepot, tmp_path, capsys):
    assert run(monkeypatch, entrepot, "93066", "93", "--format", "pdf", "--sortie", str(tmp_path)) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fiche_saint-denis.pdf", "fiche_seine-saint-denis.pdf"]
    assert "fiche_saint-denis.pdf" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["99999", "93066"], "« 99999 » n’est pas un territoire connu"),
        (["99999", "99998"], "« 99998 » n’est pas un territoire connu"),
        (
            ["93059"],
            "Pierrefitte-sur-Seine (93059) fait partie de Saint-Denis (93066) depuis le 1ᵉʳ janvier 2025. → demander",
        ),
        ([], "donner un ou plusieurs codes"),
        (["93066", "--format", "odt"], "« odt » : attendu pdf, docx"),
        (["93066", "--parties", "cles,ages"], "« ages » : attendu ressort, cles, positions"),
    ],
)
def test_the_command_says_in_french_what_is_wrong_and_writes_nothing(
    monkeypatch, entrepot, tmp_path, capsys, arguments, said
):
    assert run(monkeypatch, entrepot, *arguments, "--sortie", str(tmp_path)) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["93014", "93062", "200057867"])
def test_every_key_figure_and_position_of_the_pdf_is_read_back_from_the_warehouse(warehouse, code):
    text, _ = pdf_text(make_pdf(warehouse, code))
    fiche = make_fiche(warehouse, code)
    assert len(fiche.cles) == 8
    assert len(fiche.positions) >= 8
    labels = {card.libelle: card for card in warehouse.indicateurs.values()}
    for row in fiche.positions.to_dict("records"):
        card, year = labels[row["libelle"]], int(re.search(r"(\d{4})\)$", row["texte"])[1])
        value = warehouse.figures([card.code], [code], [year]).iloc[0]
        read = card.format(value["valeur"], value["statut"], value["arrondi"])
        assert row["texte"] == f"{read} ({card.periode(year)})"
        assert plain(row["texte"]) in text
    for figure in fiche.cles:
        known = warehouse.figures([figure.card.code], [code]).dropna(subset=["valeur"])
        if len(known):
            last = known.iloc[-1]
            assert plain(figure.card.format(last["valeur"], arrondi=last["arrondi"])) in text


def test_the_sheet_names_the_similar_communes_and_an_ept_has_none(warehouse):
    names = make_fiche(warehouse, "93014").semblables
    text, _ = pdf_text(make_pdf(warehouse, "93014"))
    assert len(names) == 5
    assert all(name.replace("’", "'") in text.replace("’", "'") for name in names)
    assert make_fiche(warehouse, "200057867").semblables == ()
