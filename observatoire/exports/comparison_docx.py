"""A comparison as an editable Word document: real headings and tables, the heat map as an image, good use, sources."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as DocumentType

from observatoire import formats
from observatoire.exports.images import to_png
from observatoire.exports.word import add_image, add_table, new_document, to_bytes
from observatoire.methods.versus import Line, label
from observatoire.records import Indicateur
from observatoire.views.comparaison.comparison import BON_USAGE, Comparison
from observatoire.views.comparaison.heatmap import comparison_source, heatmap_figure
from observatoire.warehouse import Warehouse

COLONNES = 6
LEGENDE = (
    "Entre parenthèses, l’écart à la référence, la même année. ▲ plus favorable ; ● proche ; ▼ moins favorable ; "
    "△ plus élevé, ▽ plus bas (non jugés). « n.d. » non disponible ; « s » secret statistique ; « n. calc. » non "
    "calculable : jamais un zéro."
)


def comparison_docx(compared: Comparison, house: Warehouse) -> bytes:
    """The Word document: a table a theme, territories by six, then the heat map."""
    document = new_document(compared.nom, sizes=(9.5, 20, 13), margins=1.6, landscape=True)
    document.add_heading(formats.insecables(f"Comparaison : {compared.nom}"), level=1)
    document.add_paragraph(f"Référence : {compared.reference.nom}. Chiffres au {formats.jour(house.built_on)}.")
    document.add_paragraph(formats.insecables(LEGENDE))
    for theme, name in house.themes.items():
        lines = [line for line in compared.lines if line.card.theme == theme]
        if lines:
            document.add_heading(name, level=2)
            _add_tables(document, compared, lines)
    _add_heatmap(document, compared, house)
    document.add_heading("Bon usage", level=2)
    for rule in BON_USAGE:
        document.add_paragraph(formats.insecables(rule.replace("**", "")), style="List Bullet")
    document.add_paragraph(formats.insecables(comparison_source(compared, house)))
    return to_bytes(document)


def _add_tables(document: DocumentType, compared: Comparison, lines: Sequence[Line[Indicateur]]) -> None:
    for start in range(0, len(compared.territoires), COLONNES):
        shown = range(start, min(start + COLONNES, len(compared.territoires)))
        header = ["Indicateur", "Année", compared.reference.court, *(compared.territoires[n].nom for n in shown)]
        rows = [
            [
                label(line.card),
                line.card.periode(line.annee),
                line.reference.texte,
                *(line.cells[n].words for n in shown),
            ]
            for line in lines
        ]
        add_table(document, header, rows, widths=(5.5, 1.5, *(19.5 / (len(header) - 2) for _ in header[2:])))


def _add_heatmap(document: DocumentType, compared: Comparison, house: Warehouse) -> None:
    if not any(cell.position for line in compared.lines for cell in line.cells):
        return
    figure = heatmap_figure(compared, house)
    document.add_heading("Vue d’ensemble", level=2)
    add_image(document, to_png(figure), figure.alt, width=26, height=17)
