"""Every page, and every view of Comparer, as one asks for it: what a test that looks at them all goes through."""

from __future__ import annotations

from observatoire.navigation import PAGES
from observatoire.ui.pages.comparer.views import VUES

COMMUNE = "93014"
PAGES_ET_VUES = {
    **{info.url or "accueil": f"/{info.url}?territoire={COMMUNE}" for info in PAGES},
    "cartes-simple": f"/cartes?territoire={COMMUNE}&mode=simple",
    **{f"comparer-{vue}": f"/comparer?territoire={COMMUNE}&vue={vue}" for vue in VUES},
}
PAGES_ET_VUES.pop("comparer")  # its first view
