"""Accueil: find a territory, the département in eight figures, the four EPT, where to go."""

from __future__ import annotations

from html import escape

import streamlit as st

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.brand import as_image
from observatoire.figures import indicator_address
from observatoire.palettes import EPT_COULEURS
from observatoire.records import DEPARTEMENT
from observatoire.selections import ACCUEIL
from observatoire.ui import data
from observatoire.ui.pages.accueil.chemins import ept_links, show_ways
from observatoire.ui.pages.accueil.commune import greet
from observatoire.ui.widgets.figure import show_origin
from observatoire.ui.widgets.head import mine, show_search
from observatoire.ui.widgets.keyfigures import show_key_figures
from observatoire.ui.widgets.layout import department_map
from observatoire.ui.widgets.tables import show_table
from observatoire.views.accueil import make_eight

warehouse = data.current()
eight, table, beside = data.view(make_eight, (DEPARTEMENT, *warehouse.epts))

left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
with left:
    departement = IDENTITE.departement.de_article.replace("-", "\u2011")  # the name is not broken at a line's end
    st.title(f"Les besoins sociaux {departement}, commune par commune")
    st.markdown(
        f"{len(warehouse.indicateurs)} indicateurs publics sur les {len(warehouse.communes)} communes, leurs "
        f"{len(warehouse.epts)} établissements publics territoriaux (EPT) et le département, chacun avec sa source."
    )
    show_search("Chercher une commune, un EPT, un indicateur ou une page")
with right:
    st.html(
        f"<img class='obs-carte' src='{as_image(department_map())}' alt='{escape(warehouse.map_words, quote=True)}'>"
        f"{ept_links(warehouse.epts.values())}"
    )

if commune := mine():
    greet(commune)

show_ways()

st.header("Le département en huit chiffres")
show_key_figures(eight, link=indicator_address("{}"))

st.header("Les quatre EPT côte à côte")
show_table(
    "Les quatre EPT côte à côte",
    table.columns,
    table.rows,
    swatches={3 + n: EPT_COULEURS[code] for n, code in enumerate(warehouse.epts)},
    links={n: indicator_address(c) for n, c in enumerate(ACCUEIL)},
)
st.caption(
    f"≈{formats.INSECABLE}: valeur approchée, moyenne de celles des communes pondérée par leur population. Un taux que "
    "l’INSEE publie en points entiers se lit ici de même."
)
show_origin(beside, "epts")
