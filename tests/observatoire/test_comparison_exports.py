"""A comparison taken away: workbook, Word, PDF, images, from the warehouse of the snapshot and from the command."""

from __future__ import annotations

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from typer.testing import CliRunner

from observatoire import formats
from observatoire.__main__ import app
from observatoire.documents.comparaison import comparison_document
from observatoire.documents.fichiers import write
from observatoire.exports.images import to_svg
from observatoire.exports.xlsx import comparison_workbook
from observatoire.methods.groups import MEDIANE
from observatoire.views.comparaison import comparison as comparisons
from observatoire.views.comparaison.comparison import make_comparison, territory_reference
from observatoire.views.comparaison.heatmap import heatmap_figure
from observatoire.views.comparaison.needs import Choices, make_needs


@pytest.fixture(scope="module")
def compared(warehouse):
    """Bondy, Coubron and the merged Saint-Denis on incomes, beside the département."""
    territoires = [warehouse.territoires[code] for code in ("93010", "93015", "93066")]
    cards = [card for card in warehouse.indicateurs.values() if card.theme == "revenus_precarite"]
    return make_comparison(warehouse, territoires, territory_reference(warehouse.territoires["93"]), cards, "=Essai")


@pytest.fixture(scope="module")
def book(compared, warehouse):
    return load_workbook(
        io.BytesIO(comparison_workbook(compared, warehouse, "des 3 communes", make_needs(warehouse, Choices())))
    )


def test_a_sheet_a_view_then_definitions_and_sources(book):
    assert book.sheetnames == [
        "Lisez-moi", "Valeurs", "Écarts", "Lecture", "Données", "Répartition", "Toutes les années",
        "Indice de besoins", "Définitions", "Sources",
    ]  # fmt: skip


def test_values_are_numbers_at_their_rounding_and_absences_are_marks_never_zeros(book, compared):
    sheet = book["Valeurs"]
    header = [cell.value for cell in sheet[1]]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    denis = header.index("Saint-Denis")
    assert rows["REV04"][denis].value == "n. calc."
    line = compared.line("REV14")
    cell = line.cells[2]
    assert rows["REV14"][denis].value == pytest.approx(formats.lue(cell.valeur, cell.arrondi), abs=1e-12)
    assert abs(rows["REV14"][denis].value - cell.valeur) <= cell.marge
    assert rows["REV14"][3].value == line.annee


def test_a_gap_is_the_value_minus_the_reference_of_the_same_year(book, compared):
    line = compared.line("REV14")
    row = next(r for r in book["Écarts"].iter_rows(min_row=2) if r[0].value == "REV14")
    read = [formats.lue(value, line.cells[0].arrondi_ecart) for value in (line.cells[0].valeur, line.reference.valeur)]
    assert row[5].value == pytest.approx(read[0] - read[1])
    assert row[5].value == pytest.approx(line.cells[0].valeur - line.reference.valeur, abs=0.05)
    count = next(r for r in book["Écarts"].iter_rows(min_row=2) if r[0].value == "REV53")
    assert [cell.value for cell in count[5:8]] == [None, None, None], "un effectif n’a pas d’écart"


def test_the_spread_is_that_of_the_communes_and_a_bound_is_no_number(book, warehouse):
    rows = {row[0]: row for row in book["Répartition"].iter_rows(min_row=2, values_only=True)}
    figures = warehouse.figures(["REV02"], warehouse.communes, [2023])
    year, count, low, _, median, _, high, _ = rows["REV02"][3:]
    assert (year, count) == (2023, 39)
    assert median == pytest.approx(figures["valeur"].median())
    assert high == pytest.approx(figures["valeur"].max())
    censored = (figures["statut"] == "censure").any()
    assert isinstance(low, str) == censored


def test_the_index_sheet_never_has_a_rank_without_its_interval_and_parts_add_up(book):
    sheet = book["Indice de besoins"]
    header = [cell.value for cell in sheet[1]]
    rows = list(sheet.iter_rows(min_row=2, max_row=40, values_only=True))
    assert len({row[0] for row in rows}) == 39
    assert [row[1] for row in rows if row[2] == "oui"] != []
    for row in rows:
        if row[3] is not None:
            assert " au " in row[4] or "quels que soient les poids" in row[4]
            assert sum(row[5 : len(header)]) == pytest.approx(row[3])


def test_every_indicator_is_defined_and_every_source_has_producer_and_vintage(book, compared):
    defined = {row[0].value: row[2].value for row in book["Définitions"].iter_rows(min_row=2)}
    assert set(defined) == {card.code for card in compared.cards}
    assert all(defined.values())
    sources = list(book["Sources"].iter_rows(min_row=2, values_only=True))
    assert sources
    assert all(row[0] and row[2] for row in sources)


def test_a_name_that_looks_like_a_formula_stays_a_text(book):
    assert book["Lisez-moi"]["B1"].value == "'=Essai"
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_word_document_has_the_figures_the_rules_and_an_alternative_to_its_image(compared, warehouse):
    document = Document(io.BytesIO(write(comparison_document(compared, warehouse), "docx")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert compared.line("REV02").cells[0].texte.replace(" ", "\u00a0") in " ".join(cells).replace(" ", "\u00a0")
    text = "\n".join(p.text for p in document.paragraphs)
    assert "Ne pas lire une absence comme un zéro" in text
    assert "Source" in document.sections[0].footer.paragraphs[0].text
    assert "Bondy" in document.inline_shapes[0]._inline.docPr.get("descr")


def test_the_printed_heat_map_names_territories_years_and_source(compared, warehouse):
    svg = to_svg(heatmap_figure(compared, warehouse)).decode()
    for text in ("Coubron", "Taux de pauvreté (2023)", "INSEE"):
        assert text in svg
    assert write(comparison_document(compared, warehouse), "pdf").startswith(b"%PDF")
    with pytest.raises(ValueError, match="a4 ou a3"):
        comparison_document(compared, warehouse, "a5")


def test_france_is_said_to_be_metropolitan_where_it_is(warehouse):
    france = territory_reference(warehouse.territoires["FR"])
    found = make_comparison(warehouse, [warehouse.territoires["93010"]], france, [warehouse.indicateurs["REV01"]])
    assert found.metropole == ("REV01",)
    assert found.lines[0].reference.valeur is not None


def test_the_communes_of_an_ept_and_of_the_departement_are_counted_once(warehouse):
    epts = list(warehouse.epts.values())
    bondy = warehouse.territoires["93010"]
    assert len(comparisons.expand(warehouse, [*epts, bondy, warehouse.territoires["93"]])) == 39


def test_a_commune_is_not_its_own_median(warehouse):
    """The median of the 39 is the middle one: half of the communes with a figure are on each side."""
    codes = list(warehouse.communes)
    reference = comparisons.group_reference(MEDIANE, codes, "des 39 communes")
    found = make_comparison(warehouse, list(warehouse.communes.values()), reference, [warehouse.indicateurs["REV02"]])
    values = [cell.valeur for cell in found.lines[0].cells if cell.valeur is not None]
    level = found.lines[0].reference.valeur
    assert level is not None
    assert abs(sum(v < level for v in values) - sum(v > level for v in values)) <= sum(v == level for v in values)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx", "pdf", "svg"])
def test_the_command_writes_the_file_asked(entrepot, tmp_path, kind):
    arguments = ["--territoires", "93001,93005", "--theme", "logement", "--format", kind, "--sortie", str(tmp_path)]
    result = CliRunner().invoke(app, ["comparaison", *arguments])
    assert result.exit_code == 0, result.output
    (path,) = tmp_path.iterdir()
    assert path.name == f"comparaison_aubervilliers-aulnay-sous-bois_logement.{kind}"
    assert path.stat().st_size > 1000


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--territoires", "75056", "« 75056 » n’est pas un territoire connu"),
        ("--theme", "bof", "--theme : « bof » : attendu "),
        ("--format", "doc", "--format : « doc » : attendu xlsx"),
        ("--reference", "zz", "--reference : « zz » n’est pas un territoire connu"),
        ("--territoires", ",", "--territoires : aucun territoire"),
        ("--territoires", "93066,93059", "Pierrefitte-sur-Seine (93059) fait partie de Saint-Denis (93066)"),
    ],
)
def test_the_command_refuses_in_french_and_writes_nothing(entrepot, tmp_path, option, value, words):
    result = CliRunner().invoke(app, ["comparaison", "--sortie", str(tmp_path), option, value], standalone_mode=False)
    assert words in str(result.exception)
    assert list(tmp_path.iterdir()) == []
