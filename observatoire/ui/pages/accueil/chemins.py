"""Where each reader goes from Accueil: the three of them, and the four EPT."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from observatoire.palettes import EPT_COULEURS
from observatoire.records import Territoire
from observatoire.ui.state import link_params, page_file

# Who → what they find, then the links: label, page, what it asks there.
CHEMINS = (
    (
        "Je dirige un CCAS",
        "Le portrait de ma commune : ce qui ressort, thème par thème, à côté de l’EPT, du département et de la France.",
        (("Ouvrir un portrait", "portrait", {}),),
    ),
    (
        "J’anime le réseau",
        "Plusieurs communes ou les quatre EPT face à face, écart à la référence de mon choix, tendances.",
        (
            ("Comparer des territoires", "comparer", {}),
            (
                "Carte de chaleur des quatre EPT",
                "comparer",
                {"groupe": "choix", "territoires": ",".join(EPT_COULEURS), "vue": "chaleur"},
            ),
        ),
    ),
    (
        "Je suis élu·e",
        "Une carte, une phrase qui dit ce qu’elle montre, un clic vers ma ville.",
        (("Voir les cartes", "cartes", {}), ("Une carte en grand, à montrer", "cartes", {"mode": "simple"})),
    ),
)


def show_ways() -> None:
    """The ways of the three readers; not on paper."""
    with st.container(key="ou-aller"):
        st.header("Où aller")
        for column, (who, what, links) in zip(st.columns(3, gap="large"), CHEMINS, strict=True):
            with column:
                st.subheader(who)
                st.write(what)
                for label, page, choices in links:
                    st.page_link(
                        page_file(page),
                        label=label,
                        icon=":material/arrow_forward:",
                        query_params=link_params(**choices),
                    )


def ept_links(epts: Iterable[Territoire]) -> str:
    """The names of the EPT beside their colour on the map, each a link to its portrait (HTML)."""
    items = "".join(
        f"<li><a class='obs-lien' target='_self' href='portrait?territoire={ept.code}'>"
        f"<span class='obs-pastille' style='background:{EPT_COULEURS[ept.code]}' aria-hidden='true'></span>"
        f"{escape(ept.nom)}</a></li>"
        for ept in epts
    )
    return f"<ul class='obs-legende obs-epts'>{items}</ul>"
