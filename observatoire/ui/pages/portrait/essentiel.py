"""The head of a portrait: its opening sentence, its fragilities and its strengths as cards."""

from __future__ import annotations

from html import escape

import streamlit as st

from etl.identite import IDENTITE
from observatoire.brand import as_image
from observatoire.charts.barre import draw_bar
from observatoire.charts.spine import write_legend
from observatoire.methods.essentiel import Essentiel
from observatoire.positions import POSITIONS
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.ui import data
from observatoire.views.portrait.essentiel import Tete, head

# Where « Voir » leads: ui/voir.js moves the keyboard there once the page has drawn it.
ANCRE = "obs-indicateur"


def portrait_head(territoire: Territoire, membres: tuple[str, ...]) -> Tete:
    """See views.portrait.essentiel.head. ``membres``: the codes of similar communes."""
    return data.view(head, territoire.code, membres)


def show_opening(tete: Tete) -> None:
    """The sentence under the title."""
    st.html(f"<p class='obs-ouverture'>{escape(tete.ouverture)}</p>")


def show_essentials(territoire: Territoire, tete: Tete) -> None:
    """Fragilities then strengths, each leading to its chart; how to read their bars, once."""
    st.header("Ce qui ressort")
    beside = f"{IDENTITE.region.avec_article} ou la France" if territoire.code == DEPARTEMENT else "le département"
    parts = [
        _cards("Fragilités", tete.fragilites, f"Aucun chiffre jugé n’est moins favorable que {beside}.", territoire),
        _cards("Atouts", tete.atouts, f"Aucun chiffre jugé n’est plus favorable que {beside}.", territoire),
    ]
    st.html(f"<div class='obs-essentiel'>{''.join(parts)}</div>")
    reference = "la référence de la phrase" if territoire.code == DEPARTEMENT else "le département"
    signs = [word for word, shown in (("favorable", tete.atouts), ("defavorable", tete.fragilites)) if shown]
    if signs:
        st.html(write_legend(signs, reference))


def _cards(title: str, shown: tuple[Essentiel, ...], none: str, territoire: Territoire) -> str:
    if not shown:
        return f"<section><h3>{title}</h3><p>{escape(none)}</p></section>"
    items = "".join(f"<li>{_card(item, territoire)}</li>" for item in shown)
    return f"<section><h3>{title}</h3><ul class='obs-faits'>{items}</ul></section>"


def _card(item: Essentiel, territoire: Territoire) -> str:
    color, sign, word = POSITIONS["favorable" if item.atout else "defavorable"]
    link = f"portrait?territoire={territoire.code}&theme={item.theme}&indicateur={item.indicateur}#{ANCRE}"
    bar = ""
    if item.barre is not None:
        alt = escape(item.barre.alt, quote=True)
        bar = f"<img class='b' src='{as_image(draw_bar(item.barre))}' alt='{alt}'>"
    name = escape(item.libelle)
    mark = f"<span class='signe' style='--c:{color}' title='{word}' aria-label='{word}'>{sign}</span>"
    return (
        f"<p class='l'>{mark} {name}</p>"
        f"<p class='v'>{escape(item.nombre)}<span class='u'>{escape(item.unite)}</span></p>"
        f"<p class='c'>{escape(item.quand)}</p><p class='p'>{escape(item.phrase)}</p>{bar}"
        f"<p class='c'>{escape(item.reperes)}</p>"
        f"<p class='voir'><a target='_self' href='{escape(link, quote=True)}'>"
        f"Voir<span class='obs-cache'> : {name}</span></a></p>"
    )


def show_anchor(libelle: str) -> None:
    """The place where « Voir » leads, just before the chart of the indicator."""
    name = escape(f"{libelle} dans le temps", quote=True)
    st.html(f"<div id='{ANCRE}' class='obs-ancre' tabindex='-1' role='group' aria-label='{name}'></div>")
