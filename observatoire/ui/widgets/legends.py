"""Legends of maps: colours with their bounds in words and how many territories; disks; the square of a crossed map."""

from __future__ import annotations

from html import escape

import streamlit as st

from observatoire.brand import as_image
from observatoire.formats import insecables
from observatoire.methods.bivariate import TIERS, Crossing
from observatoire.methods.cartography import LegendItem, MapContent
from observatoire.palettes import CROISEE, DISQUE, ink_on
from observatoire.records import Indicateur
from observatoire.views.carte.landmarks import KINDS, Landmarks


def show_legend(content: MapContent, whole: bool = False, disks: bool = True) -> None:
    """Colours (or disks), bounds in words, how many territories in each, and what a reader must know.

    ``whole``: « 8 communes » rather than « (8) ». ``disks``: those of counts too (an SVG map draws them itself).
    """
    items = "".join(_item(item, whole) for item in content.legende)
    circles = "".join(_disk(radius, words) for radius, words in content.disques) if disks else ""
    note = f"<p class='obs-note'>{escape(insecables(content.note))}</p>" if content.note else ""
    label = "Légende (nombre de territoires entre parenthèses)"
    listed = f"<ul class='obs-legende' aria-label='{label}'>{circles}{items}</ul>" if circles or items else ""
    if listed or note:
        st.html(listed + note)


def show_crossed_legend(
    crossing: Crossing, first: Indicateur, first_year: int, second: Indicateur, second_year: int
) -> None:
    """The nine cases as a real table: columns are the thirds of the first indicator, rows those of the second."""
    thirds = zip(TIERS, crossing.colonnes, strict=True)
    head = "".join(f"<th scope='col'>{escape(insecables(f'{third} : {words}'))}</th>" for third, words in thirds)
    rows = "".join(_rank(crossing, rank) for rank in (2, 1, 0))
    absent = "".join(_item(item) for item in crossing.content.legende)
    across, up = f"{first.libelle} ({first_year})", f"{second.libelle} ({second_year})"
    st.html(
        f"<table class='obs-croisee'><caption>Nombre de communes de chaque case "
        "(tiers du premier indicateur · tiers du second)</caption>"
        f"<thead><tr><td></td><th colspan='3' scope='colgroup'>{escape(across)} →</th></tr>"
        f"<tr><th scope='col'>{escape(up)} ↑</th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table><ul class='obs-legende'>{absent}</ul>"
    )


def show_landmarks(landmarks: Landmarks) -> None:
    """The marks laid over the map, what they stand for, what is not placed and why, their source."""
    if not landmarks.notes:
        return
    items = "".join(
        f"<li><span class='obs-repere' style='background:{KINDS[kind].couleur}' aria-hidden='true'>"
        f"{KINDS[kind].lettre}</span>{escape(insecables(words))}</li>"
        for kind, words in landmarks.notes
    )
    st.html(f"<ul class='obs-reperes' aria-label='Repères'>{items}</ul>")


def _rank(crossing: Crossing, rank: int) -> str:
    cells = "".join(
        f"<td style='background:{CROISEE[rank][c]};color:{ink_on(CROISEE[rank][c])}'>"
        f"{TIERS[c]}\u00a0· {TIERS[rank]}\u00a0: {crossing.nombres[rank][c]}</td>"
        for c in range(3)
    )
    return f"<tr><th scope='row'>{escape(insecables(f'{TIERS[rank]} : {crossing.rangs[rank]}'))}</th>{cells}</tr>"


def _item(item: LegendItem, whole: bool = False) -> str:
    kind = " hachure" if item.hachure else ""
    count = f"{item.nombre} commune{'s' if item.nombre > 1 else ''}" if whole else f"({item.nombre})"
    return (
        f"<li><span class='obs-pastille{kind}' style='background-color:{item.couleur}' aria-hidden='true'></span>"
        f"{escape(insecables(item.texte))} <small>{count}</small></li>"
    )


def _disk(radius: float, words: str) -> str:
    side = 2 * radius + 2
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side:.0f}" height="{side:.0f}">'
        f'<circle cx="{side / 2:.1f}" cy="{side / 2:.1f}" r="{radius:.1f}" fill="{DISQUE}"/></svg>'
    )
    return f"<li class='disque'><img src='{as_image(svg)}' alt=''>{escape(words)}</li>"
