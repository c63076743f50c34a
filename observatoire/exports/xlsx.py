"""A comparison as a workbook: what it is, values, gaps, the tidy table, years, definitions, sources; a sheet a view."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from etl.identite import OBSERVATOIRE
from observatoire import formats
from observatoire.exports.tables import is_formula
from observatoire.figures import cite
from observatoire.frames import named_rows
from observatoire.mesures import Mesure
from observatoire.methods.needs_index import rank_interval_words
from observatoire.methods.versus import Cell, tidy
from observatoire.palettes import ENCRE
from observatoire.positions import CASES
from observatoire.records import DEPARTEMENT, Indicateur
from observatoire.views.comparaison.comparison import Comparison
from observatoire.views.comparaison.grid import cell_class
from observatoire.views.comparaison.needs import BASES, Needs
from observatoire.warehouse import Warehouse

_HEADER = PatternFill("solid", fgColor=ENCRE.lstrip("#").upper())


def comparison_workbook(
    compared: Comparison, warehouse: Warehouse, groupe: str = "", needs: Needs | None = None
) -> bytes:
    """The .xlsx file of a comparison. ``groupe``: the group in words, written on the first sheet.

    ``needs``: the index of needs, which has a sheet when it is given.
    """
    book = Workbook()
    _write_cover(book.worksheets[0], compared, warehouse, groupe)
    sources = _sources(compared, warehouse)
    _write_grid(book.create_sheet("Valeurs"), compared, sources, _value)
    _write_grid(book.create_sheet("Écarts"), compared, sources, _gap, gaps=True)
    readings = book.create_sheet("Lecture")
    _write_grid(readings, compared, sources, lambda cell, card: f"{cell.sign} {cell.reading}".strip())
    frame = tidy(compared.lines, compared.territoires, compared.reference)
    frame["Source"] = [sources.get((code, year), "") for code, year in _keys(compared)]
    _write_rows(book.create_sheet("Données"), list(frame.columns), frame.itertuples(index=False))
    _write_spread(book.create_sheet("Répartition"), compared, warehouse)
    _write_years(book.create_sheet("Toutes les années"), compared, warehouse)
    if needs:
        _write_needs(book.create_sheet("Indice de besoins"), compared, warehouse, needs)
    _write_definitions(book.create_sheet("Définitions"), compared.cards)
    _write_sources(book.create_sheet("Sources"), compared, warehouse)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_cover(sheet: Worksheet, compared: Comparison, warehouse: Warehouse, groupe: str) -> None:
    sheet.title = "Lisez-moi"
    lines = [
        ("Comparaison", compared.nom),
        ("Territoires", ", ".join(t.nom for t in compared.territoires)),
        ("Référence", compared.reference.nom),
        ("Groupe", formats.majuscule(groupe)),
        ("Indicateurs", str(len(compared.lines))),
        ("Chiffres au", formats.jour(warehouse.built_on)),
        ("Producteur de ce classeur", OBSERVATOIRE.titre),
        ("Licence", "Chiffres publics, licence ouverte 2.0 : citer le producteur et le millésime (feuille Sources)"),
        ("Absences", "n.d. : non disponible ; s : secret statistique ; n. calc. : non calculable ; jamais un zéro"),
        ("Écarts", "entre deux chiffres de la même année seulement ; les effectifs n’ont pas d’écart"),
        (
            "Lecture",
            "▲ plus favorable ; ● proche ; ▼ moins favorable ; △ plus élevé et ▽ plus bas (non jugés) ; * : écart "
            "significatif",
        ),
    ]
    if compared.metropole:
        lines.append(("France", "métropolitaine seulement pour : " + ", ".join(compared.metropole)))
    for row, (label, text) in enumerate(lines, start=1):
        sheet.cell(row, 1, label).font = Font(bold=True, color=ENCRE.lstrip("#"))
        sheet.cell(row, 2, _plain(text)).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 100


def _write_grid(
    sheet: Worksheet, compared: Comparison, sources: Mapping[tuple[str, int], str], read, gaps: bool = False
) -> None:
    """A row an indicator, a column a territory; each number has the decimals of its own figure, or of its gap."""
    header = ["Code", "Indicateur", "Unité", "Année", f"{compared.reference.nom} (référence)"]
    header += [*(t.nom for t in compared.territoires), "Source"]
    _write_header(sheet, header)
    for row, line in enumerate(compared.lines, start=2):
        card = line.card
        first = [card.code, card.libelle, card.unite, card.datee(line.annee), _value(line.reference, card)]
        steps = [*[None] * 4, line.reference.arrondi]
        steps += [*(cell.arrondi_ecart if gaps else cell.arrondi for cell in line.cells), None]
        values = [*first, *(read(cell, card) for cell in line.cells), sources.get((card.code, line.annee), "")]
        for column, (value, step) in enumerate(zip(values, steps, strict=True), start=1):
            target = sheet.cell(row, column, _plain(value))
            if isinstance(value, float):
                target.number_format = _number_format(card, step)
        if gaps:
            _color(sheet, row, line.cells, card)
    _finish(sheet, [9, 52, 26, 8, 18, *[15] * len(compared.territoires), 40])
    sheet.freeze_panes = "E2"


def _number_format(card: Mesure, arrondi: float | None) -> str:
    """The format of a number in a cell: the decimals of the card, and no more than its rounding has."""
    decimals = formats.decimales_lues(card.decimales, arrondi)
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _color(sheet: Worksheet, row: int, cells: Sequence[Cell], card: Mesure) -> None:
    for column, cell in enumerate(cells, start=6):
        key, _ = cell_class(cell, card)
        if key != "v":
            background, ink = CASES[key]
            target = sheet.cell(row, column)
            target.fill = PatternFill("solid", fgColor=background.lstrip("#").upper())
            target.font = Font(color=ink.lstrip("#").upper())


def _value(cell: Cell, card: Mesure) -> float | str:
    """The number as it reads at its rounding; the mark of its absence; a bound stays a text: nobody adds it up."""
    if cell.valeur is None or cell.statut == "censure":
        return card.format(cell.valeur, cell.statut)
    return formats.lue(cell.valeur, cell.arrondi)


def _gap(cell: Cell, card: Mesure) -> float | str:
    if cell.valeur is None or cell.reference is None:
        return ""
    return float(formats.lue(cell.valeur, cell.arrondi_ecart) - formats.lue(cell.reference, cell.arrondi_ecart))


def _write_spread(sheet: Worksheet, compared: Comparison, warehouse: Warehouse) -> None:
    """The communes of the département in the latest year of each indicator; a minimum may be a bound."""
    cards = {card.code: card for card in compared.cards}
    spread = warehouse.profile(DEPARTEMENT, cards)
    rows = (_spread_row(row, cards[row["indicateur"]]) for row in spread)
    header = ["Code", "Indicateur", "Unité", "Année", "Communes avec un chiffre", "Minimum", "1ᵉʳ quartile", "Médiane"]
    _write_rows(sheet, [*header, "3e quartile", "Maximum", "Écart type"], rows, [9, 52, 26, 8, 14, *[14] * 6])


def _spread_row(row: Mapping[str, Any], card: Indicateur) -> tuple[object, ...]:
    band = row["arrondi_bande"] or None
    lowest = card.format(row["minimum"], "censure") if row["borne"] else formats.lue(row["minimum"], band)
    others = (formats.lue(row[name], band) for name in ("q1", "mediane", "q3", "maximum"))
    title = (row["indicateur"], card.libelle, card.unite, card.datee(row["annee"]))
    return *title, row["communes"], lowest, *others, row["ecart_type"]


def _write_needs(sheet: Worksheet, compared: Comparison, warehouse: Warehouse, needs: Needs) -> None:
    """Every commune of the département, since a rank is among all; the compared ones are told."""
    lit = {t.code for t in compared.territoires}
    found = pd.concat([needs.indice, needs.rangs], axis=1).sort_values(["rang", "indice"], kind="stable")
    rows = (
        (
            *(code, warehouse.territoires[code].nom, "oui" if code in lit else "non", r.indice),
            rank_interval_words(r.rang, r.bas, r.haut, len(found)),
            *needs.parts.loc[code],
        )
        for code, r in zip(map(str, found.index), named_rows(found), strict=True)
    )
    header = ["Code", "Commune", "Comparée", "Indice (0 : commune moyenne de la base)", "Rang, selon les poids"]
    _write_rows(sheet, [*header, *(f"Part : {d.nom}" for d in needs.domaines)], rows)
    sheet.append([])
    sheet.append(["Base", BASES[needs.base]])
    for domain in needs.domaines:
        for code in domain.indicateurs:
            year = needs.annees.get(code, "laissé de côté, faute de chiffres")
            sheet.append([code, warehouse.indicateurs[code].libelle, domain.nom, year])


def _write_years(sheet: Worksheet, compared: Comparison, warehouse: Warehouse) -> None:
    names = {t.code: t.nom for t in compared.territoires} | {compared.reference.code: compared.reference.nom}
    cards = {card.code: card for card in compared.cards}
    kept = compared.figures[compared.figures["territoire"].isin(list(names))]
    ordered = kept.sort_values(["indicateur", "territoire", "annee"])
    said = {code: _named(warehouse, [code]) for code in set(ordered["source"].dropna())}
    rows = (
        (
            *(r.indicateur, cards[r.indicateur].libelle, cards[r.indicateur].unite, names[r.territoire]),
            *(cards[r.indicateur].datee(r.annee), formats.lue(r.valeur, r.arrondi), formats.STATUTS[r.statut]),
            said.get(r.source, ""),
        )
        for r in named_rows(ordered)
    )
    header = ["Code", "Indicateur", "Unité", "Territoire", "Année", "Valeur", "Statut", "Source"]
    _write_rows(sheet, header, rows)


def _keys(compared: Comparison) -> list[tuple[str, int]]:
    """The indicator and the year of each row of ``tidy``."""
    return [(line.card.code, line.annee) for line in compared.lines for _ in compared.territoires]


def _sources(compared: Comparison, warehouse: Warehouse) -> dict[tuple[str, int], str]:
    """The producers and datasets of the figures compared, by indicator and year."""
    if "source" not in compared.figures:
        return {}
    used: dict[tuple[str, int], set[str]] = {}
    own = compared.figures[compared.figures["source"].notna()]
    for code, year, source in zip(own["indicateur"], own["annee"], own["source"], strict=True):
        used.setdefault((code, int(year)), set()).add(source)
    return {key: _named(warehouse, found) for key, found in used.items()}


def _named(warehouse: Warehouse, codes: Iterable[str]) -> str:
    return cite(warehouse.sources[code] for code in sorted(codes)).partition(" : ")[2]


def _write_definitions(sheet: Worksheet, cards: Iterable[Indicateur]) -> None:
    words = {"favorable": "plus élevé : plus favorable", "defavorable": "plus élevé : moins favorable"}
    rows = (
        (
            *(c.code, c.libelle, c.definition, c.unite, c.numerateur_libelle or "", c.denominateur_libelle or ""),
            *(words.get(c.sens, "non jugé"), c.precaution or "", c.comparabilite or ""),
        )
        for c in cards
    )
    header = ["Code", "Indicateur", "Définition", "Unité", "Numérateur", "Dénominateur", "Sens", "Précaution"]
    _write_rows(sheet, [*header, "Comparabilité"], rows, [9, 40, 60, 20, 30, 30, 24, 60, 60], wrap=True)


def _write_sources(sheet: Worksheet, compared: Comparison, warehouse: Warehouse) -> None:
    used = sorted(set(compared.figures["source"].dropna())) if "source" in compared.figures else []
    rows = (
        (s.producteur, formats.typographie(s.nom), s.millesime, s.geographie, s.licence, s.url or "")
        for s in (warehouse.sources[code] for code in used)
    )
    header = ["Producteur", "Jeu de données", "Millésime", "Géographie", "Licence", "Adresse"]
    _write_rows(sheet, header, rows, [18, 60, 11, 11, 22, 70])


def _write_rows(
    sheet: Worksheet,
    header: list[str],
    rows: Iterable[Sequence[object]],
    widths: list[int] | None = None,
    wrap: bool = False,
) -> None:
    _write_header(sheet, header)
    for row in rows:
        sheet.append([_plain(value) for value in row])
    if wrap:
        for line in sheet.iter_rows(min_row=2):
            for cell in line:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    _finish(sheet, widths or [max(10, min(44, len(name) + 14)) for name in header])


def _write_header(sheet: Worksheet, header: Sequence[str]) -> None:
    sheet.append([_plain(name) for name in header])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEADER
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _finish(sheet: Worksheet, widths: Sequence[int]) -> None:
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.auto_filter.ref = sheet.dimensions
    # On paper: all the columns on one page's width, landscape, the heads on each page.
    sheet.print_area, sheet.print_title_rows = sheet.dimensions, "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.HeaderFooter.oddFooter.right.text = "&A, page &P sur &N"  # type: ignore[union-attr]


def _plain(value: Any) -> Any:
    """What openpyxl can write: no NaN, no numpy number, no text that a spreadsheet would take for a formula."""
    if value is None or formats.is_missing(value):
        return None
    if isinstance(value, str):
        return f"'{value}" if is_formula(value) else value
    return value.item() if hasattr(value, "item") else value
