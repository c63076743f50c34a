"""What every page and view writes, read as a proofreader reads it: ordinals, spaces, units, signs explained."""

from __future__ import annotations

import re

import pytest

from observatoire.navigation import PAGES
from observatoire.ui.pages.comparer.views import VUES
from tests.pages.conftest import texts

ADRESSES = [
    *((info.url, {"territoire": code}) for info in PAGES for code in ("93014", "93066", "200057867")),
    *(("comparer", {"territoire": "93014", "vue": vue}) for vue in VUES),
    *(("donnees", {"rayon": part}) for part in ("sources", "qualite", "corrections", "methodes", "telecharger")),
]
# What is never written → why.
FAUTES = {
    r"\b\d+(?:er|ère|ème|nd|nde)\b": "l’ordinal se met en exposant : 1ᵉʳ, 2ᵉ",
    r"\b\d+e (?:rang|plus|décile|janvier|trimestre)": "l’ordinal se met en exposant : 2ᵉ",
    r"\d %": "une espace insécable précède %",
    r"\d%": "une espace insécable précède %",
    r"\d €": "une espace insécable précède €",
    r"\d{1,3}[.]\d+ ?%": "la virgule, non le point",
    r"[«] \S|\S [»]": "les guillemets ont des espaces insécables",
}


@pytest.mark.parametrize(
    ("url", "parameters"), ADRESSES, ids=[f"{u or 'accueil'}-{'-'.join(p.values())}" for u, p in ADRESSES]
)
def test_a_page_is_written_as_french_is_printed(opened, url, parameters):
    said = [re.sub(r"`[^`]*`", "", text) for text in texts(opened(url, **parameters))]
    found = [
        (why, text[max(0, match.start() - 30) : match.end() + 20])
        for text in said
        for fault, why in FAUTES.items()
        for match in [re.search(fault, text)]
        if match
    ]
    assert found[:8] == []
    whole = "\n".join(said).replace("\u00a0", " ")
    if "≈" in whole:
        assert re.search(r"≈ ?:|valeur approchée", whole), "« ≈ » n’est pas expliqué"
