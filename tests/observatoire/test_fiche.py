"""The sheet, read back: its figures are the warehouse's."""

import io
import re
import sys

import pytest
from docx import Document
from pypdf import PdfReader

from etl import cli
from observatoire.__main__ import app
from observatoire.exports.sheets import make_docx, make_pdf
from observatoire.views.portrait.fiche import make_fiche


def pdf_text(content: bytes) -> tuple[str, int]:
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " ")), len(reader.pages)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("code", ["93014", "93015", "93062", "93066", "200057867", "200058790", "93"])
def test_the_pdf_is_one_page_with_the_figures_of_the_warehouse(house, code):
    text, pages = pdf_text(make_pdf(house, code))
    assert pages == 1
    assert house.territoires[code].nom.replace("’", "'") in text.replace("’", "'")
    population = house.figures(["DEM01"], [code]).dropna(subset=["valeur"]).iloc[-1]["valeur"]
    assert f"{population:,.0f}".replace(",", " ") in text
    assert not re.search(r"\b(nan|None)\b", text)
    assert "INSEE" in text


def test_the_merged_commune_has_the_figures_published_for_it_since_2023(house):
    """Filosofi 2023 is at the geography of 2025: the median of the merged commune, never calculable before."""
    text, _ = pdf_text(make_pdf(house, "93066"))
    assert "18 130 €" in text
    assert "38,6 %" in text
    assert "nouvelle série Filosofi en 2023" in text


def test_the_word_document_has_headings_tables_and_a_described_picture(house):
    document = Document(io.BytesIO(make_docx(house, "93014")))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == ["Clichy-sous-Bois", "Ce qui ressort", "Chiffres clés"]
    cells = {cell.text.replace("\u00a0", " ") for table in document.tables for row in table.rows for cell in row.cells}
    assert "45,4 %" in cells
    (picture,) = document.inline_shapes
    assert "Niveau de vie médian" in picture._inline.docPr.get("descr")


def test_an_unknown_territory_is_refused(house):
    with pytest.raises(KeyError):
        make_pdf(house, "13055")


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
            "Pierrefitte-sur-Seine (93059) fait partie de Saint-Denis (93066) depuis le 1er janvier 2025. → demander",
        ),
        ([], "donner un ou plusieurs codes"),
        (["93066", "--format", "odt"], "« odt » : attendu pdf, docx"),
    ],
)
def test_the_command_says_in_french_what_is_wrong_and_writes_nothing(
    monkeypatch, entrepot, tmp_path, capsys, arguments, said
):
    assert run(monkeypatch, entrepot, *arguments, "--sortie", str(tmp_path)) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["93014", "93062", "200057867"])
def test_every_key_figure_and_position_of_the_pdf_is_read_back_from_the_warehouse(house, code):
    text, _ = pdf_text(make_pdf(house, code))
    fiche = make_fiche(house, code)
    assert len(fiche.cles) == 8
    assert len(fiche.positions) >= 8
    labels = {card.libelle: card for card in house.indicateurs.values()}
    for row in fiche.positions.to_dict("records"):
        card, year = labels[row["libelle"]], int(re.search(r"(\d{4})\)$", row["texte"])[1])
        value = house.figures([card.code], [code], [year]).iloc[0]
        read = card.format(value["valeur"], value["statut"], value["arrondi"])
        assert row["texte"] == f"{read} ({card.periode(year)})"
        assert plain(row["texte"]) in text
    for figure in fiche.cles:
        known = house.figures([figure.card.code], [code]).dropna(subset=["valeur"])
        if len(known):
            last = known.iloc[-1]
            assert plain(figure.card.format(last["valeur"], arrondi=last["arrondi"])) in text


def test_the_sheet_names_the_similar_communes_and_an_ept_has_none(house):
    names = make_fiche(house, "93014").semblables
    text, _ = pdf_text(make_pdf(house, "93014"))
    assert len(names) == 5
    assert all(name.replace("’", "'") in text.replace("’", "'") for name in names)
    assert make_fiche(house, "200057867").semblables == ()
