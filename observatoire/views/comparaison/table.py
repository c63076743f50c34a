"""The table of a theme against the reference, the same as dots, and one indicator as ranked bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from observatoire import formats
from observatoire.charts.dots import draw_dots
from observatoire.charts.ranking import draw_ranking
from observatoire.figures import Figure, trace_address
from observatoire.mesures import Mesure
from observatoire.methods.versus import Cell, Line, label, tidy
from observatoire.palettes import EPT_COULEURS
from observatoire.positions import POSITIONS
from observatoire.records import Indicateur
from observatoire.views.comparaison.scope import PEU, Scope, cite_codes, colors, comparison
from observatoire.warehouse import Warehouse

LEGENDE = " ; ".join(f"{sign} {word}" for _, sign, word in POSITIONS.values())


def versus_table(
    warehouse: Warehouse, scope: Scope, compared: tuple[str, ...], kept: tuple[str, ...], theme: str
) -> tuple[str, str, Figure]:
    """The table of the indicators ``kept`` among those compared: as HTML, what it must say under it, as a figure."""
    everything = comparison(warehouse, scope, [warehouse.indicateurs[code] for code in compared])
    lines = [line for line in everything.lines if line.card.code in kept]
    title = f"{theme} : {scope.titre}"
    notes = [
        f"Écart à la référence ({scope.reference.nom.lower() if scope.reference.is_group else scope.reference.nom})"
    ]
    notes[0] += f", la même année. {LEGENDE} (sans jugement)."
    notes.append("≈ : valeur approchée. Les effectifs ne se comparent pas d’une taille de commune à une autre.")
    if any(line.card.code in everything.metropole for line in lines):
        notes.append("France : métropolitaine seulement pour les indicateurs de revenus.")
    if any(cell.significatif is not None for line in lines for cell in line.cells):
        notes.append(
            "* : l’écart dépasse, à 95 %, l’incertitude du chiffre et celle de la référence (indicatif) ; les autres "
            "écarts sont décrits."
        )
    else:
        notes.append("Les écarts sont décrits, non testés : ces chiffres n’ont pas d’intervalle.")
    figure = Figure(
        titre=title,
        sous_titre=f"Référence : {scope.reference.nom} ; unité et année dans chaque ligne",
        source=cite_codes(warehouse, [line.card.code for line in lines]),
        alt=title,
        table=tidy(lines, scope.territoires, scope.reference),
        fichier=formats.nom_de_fichier("comparaison", theme),
        trace=scope.trace(lines[0].card, lines[0].annee),
    )
    return table_html(title, scope, lines), formats.insecables(" ".join(notes)), figure


def table_html(title: str, scope: Scope, lines: Sequence[Line[Indicateur]]) -> str:
    """The table: in each cell the figure, then its gap and how it reads (a colour, a sign and a word)."""
    compact = len(scope.territoires) > PEU
    head = "<th scope='col'>Indicateur</th>"
    head += f"<th scope='col' class='n'>{escape(scope.reference.nom)} (référence)</th>"
    for territoire in scope.territoires:
        color = EPT_COULEURS.get(territoire.code)
        swatch = f"<span class='obs-pastille' style='background:{color}' aria-hidden='true'></span>" if color else ""
        head += f"<th scope='col' class='n'>{swatch}{escape(territoire.nom)}</th>"
    codes = [t.code for t in scope.territoires]
    body = "".join(_row_html(line, compact, codes) for line in lines)
    name = escape(title, quote=True)
    return (
        f"<div class='obs-table large obs-versus' tabindex='0' role='region' aria-label='{name}'><table>"
        f"<caption>{name}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row_html(line: Line[Mesure], compact: bool, codes: Sequence[str]) -> str:
    cells = "".join(f"<td class='n'>{_cell_html(cell, compact)}</td>" for cell in line.cells)
    text = escape(formats.insecables(label(line.card)))
    beside = {} if compact else {"territoires": ",".join(codes)}
    link = escape(trace_address(codes[0], line.card.code, line.annee, **beside), quote=True)
    when = f"<small class='annee'>{line.card.periode(line.annee)}</small>"
    return (
        f"<tr><th scope='row'><a target='_self' href='{link}'>{text}</a> {when}</th>"
        f"<td class='n'>{escape(formats.insecables(line.reference.texte))}</td>{cells}</tr>"
    )


def _cell_html(cell: Cell, compact: bool) -> str:
    text = f"<b>{escape(formats.insecables(cell.texte))}</b>"
    if not cell.ecart:
        return text
    color = POSITIONS[cell.position][0] if cell.position else "currentColor"
    word = f"<span{' class=obs-cache' if compact else ''}>{cell.reading}</span>"
    sign = f"<span class='signe' style='--c:{color}' aria-hidden='true'>{cell.sign}</span>"
    return f"{text}<small><span>{escape(cell.ecart)}</span> <span class='lecture'>{sign} {word}</span></small>"


def versus_dots(
    warehouse: Warehouse, scope: Scope, compared: tuple[str, ...], kept: tuple[str, ...], theme: str
) -> Figure | None:
    everything = comparison(warehouse, scope, [warehouse.indicateurs[code] for code in compared])
    lines = [line for line in everything.lines if line.card.code in kept]
    rows = [
        (line.card.libelle, t.nom, cell.gap, cell.texte, cell.reading)
        for line in lines
        for t, cell in zip(scope.territoires, line.cells, strict=True)
        if cell.gap is not None
    ]
    if len({row[0] for row in rows}) < 2:
        return None
    frame = pd.DataFrame(rows, columns=["libelle", "nom", "ecart", "texte", "lecture"])
    neutral = {line.card.libelle for line in lines if line.card.sens == "neutre"} & set(frame["libelle"])
    judged = len(neutral) < len(set(frame["libelle"]))
    senses = {line.card.libelle: -1 if line.card.sens == "defavorable" else 1 for line in lines}
    oriented = frame.assign(ecart=frame["ecart"] * frame["libelle"].map(senses))
    order = [line.card.libelle for line in lines if line.card.libelle in set(frame["libelle"])]
    absent = [line.card.libelle for line in lines if line.card.libelle not in order]
    shown = [t for t in scope.territoires if t.nom in set(frame["nom"])]
    right = "le plus favorable (indicateurs sans jugement : le plus élevé)" if judged else "le plus élevé"
    marked = {name: f"{name} (plus élevé à droite)" for name in neutral} if judged else {}
    return Figure(
        titre=f"{theme} : écarts à la référence sur une même échelle",
        sous_titre=f"Au centre : {scope.reference.nom}. En écarts types des 39 communes ; à droite, {right} ; "
        "bande grise : écarts trop petits pour être relevés.",
        source=cite_codes(warehouse, [line.card.code for line in lines]),
        alt=" ; ".join(f"{r.libelle}, {r.nom} : {r.texte}, {r.lecture}" for r in frame.itertuples())[:1500],
        table=oriented.set_axis(
            ["Indicateur", "Territoire", "Écart vers la droite (écarts types)", "Valeur", "Lecture"], axis=1
        ),
        fichier=formats.nom_de_fichier("ecarts", theme),
        trace=scope.trace(lines[0].card, lines[0].annee),
        chart=draw_dots(
            oriented.assign(libelle=oriented["libelle"].replace(marked)),
            [marked.get(name, name) for name in order],
            colors(shown),
            ("moins favorable", "plus favorable") if judged else ("plus bas", "plus élevé"),
        ),
        note=f"Sans comparaison possible : {', '.join(absent)}." if absent else "",
    ).written()


def ranked_bars(warehouse: Warehouse, scope: Scope, codes: tuple[str, ...], card: Indicateur) -> Figure:
    line = comparison(warehouse, scope, [warehouse.indicateurs[code] for code in codes]).line(card.code)
    card = card.lisible(cell.arrondi for cell in line.cells if cell.valeur is not None)
    frame = pd.DataFrame(
        {
            "nom": [t.nom for t in scope.territoires],
            "valeur": [None if c.valeur is None else formats.lue(c.valeur, c.arrondi) for c in line.cells],
            "texte": [cell.texte for cell in line.cells],
            "statut": [formats.STATUTS[cell.statut] for cell in line.cells],
            "bas": [cell.bornes[0] if cell.bornes else None for cell in line.cells],
            "haut": [cell.bornes[1] if cell.bornes else None for cell in line.cells],
            "lit": [t.code in scope.lit for t in scope.territoires],
        }
    ).astype({"valeur": float, "bas": float, "haut": float})
    level = line.reference.valeur
    references = {} if card.effectif or level is None else {scope.reference.court: level}
    ordered = frame.sort_values("valeur", ascending=False, na_position="last")
    words = " ; ".join(f"{n} {t}" for n, t in zip(ordered["nom"], ordered["texte"], strict=True))
    palette = colors(scope.territoires) if len(scope.territoires) <= PEU else {}
    return Figure(
        titre=f"{card.libelle} : du plus élevé au plus bas",
        sous_titre=f"{formats.unite_longue(card.unite)}, {card.periode(line.annee)}",
        source=cite_codes(warehouse, [card.code], annee=line.annee),
        alt=f"Barres. {words}. Référence : {scope.reference.nom} {line.reference.texte}.",
        table=ordered[["nom", "valeur", "texte", "statut"]].set_axis(
            ["Territoire", card.unite, "Lecture", "Statut"], axis=1
        ),
        fichier=formats.nom_de_fichier("classement", card.libelle, str(line.annee)),
        trace=scope.trace(card, line.annee),
        chart=draw_ranking(frame, card, references, palette),
        note="Effectif : la taille du territoire compte d’abord." if card.effectif else "",
    ).written()
