"""The script that app.py serves: page settings, identity, the one list of pages.

To add a page: a file in pages/, a line in PAGES. URLs are public: keep them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from observatoire.brand import MARQUE, TITRE
from observatoire.config import RACINE
from observatoire.ui.data import in_service, one_run
from observatoire.ui.destinations import Destination
from observatoire.ui.session import presence, show_access
from observatoire.ui.widgets.head import show_head
from observatoire.ui.widgets.layout import is_phone, show_foot, show_menu, show_outdated
from observatoire.warehouse import NoWarehouse


@dataclass(frozen=True)
class PageInfo:
    """A line of the menu."""

    groupe: str
    titre: str
    fichier: str
    url: str
    icone: str
    # Listed in the menu and in the search for members of the network alone; the page itself judges who may what.
    membres: bool = False


PAGES = (
    PageInfo("", "Accueil", "accueil.py", "", ":material/home:"),
    PageInfo("Territoires", "Portrait", "portrait.py", "portrait", ":material/location_city:"),
    PageInfo("Territoires", "Cartes", "cartes.py", "cartes", ":material/map:"),
    PageInfo("Territoires", "Indicateur", "indicateur.py", "indicateur", ":material/query_stats:"),
    PageInfo("Territoires", "Comparer", "comparer.py", "comparer", ":material/compare_arrows:"),
    PageInfo("Action sociale", "Bilans d’activités", "bilans.py", "bilans", ":material/summarize:"),
    PageInfo("Action sociale", "Déposer un bilan", "deposer.py", "deposer", ":material/upload_file:", membres=True),
    PageInfo("Données", "Sources et méthode", "donnees.py", "donnees", ":material/database:"),
    PageInfo("Réseau", "Administration", "administration.py", "administration", ":material/group:", membres=True),
)


def build_pages() -> dict[PageInfo, st.Page]:
    """The pages in the order of the menu. No ``icon``: Streamlit would fetch it from a third party as a favicon."""
    pages = {}
    for info in PAGES:
        pages[info] = st.Page(
            RACINE / "pages" / info.fichier,
            title=info.titre,
            url_path=info.url,
            default=not info.url,
        )
    return pages


def main() -> None:
    """Run the page that the URL asks for, in the common frame."""
    pages = build_pages()
    page = st.navigation(list(pages.values()), position="hidden")
    # A phone on its side is wide enough for Streamlit to open the menu over a third of it.
    menu = "collapsed" if is_phone() else "auto"
    st.set_page_config(
        page_title=f"{page.title} · {TITRE}", page_icon=MARQUE, layout="wide", initial_sidebar_state=menu
    )
    try:
        warehouse = in_service()
    except NoWarehouse as error:
        st.error(str(error))
        st.stop()
    with one_run(warehouse):
        seen = presence()
        listed = [info for info in pages if seen.visiteur.membre or not info.membres]
        show_menu([(info.groupe, info.icone, pages[info]) for info in listed])
        with st.sidebar:
            show_access(seen)
        show_outdated()
        # The simple mode of the maps is projected: nothing stands above its title.
        if st.query_params.get("mode") != "simple":
            show_head([Destination(info.titre, Path(info.fichier).stem) for info in listed], search=bool(page.url_path))
        page.run()
        show_foot()


if __name__ == "__main__":
    main()
