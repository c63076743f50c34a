"""The name of the product, its words and its mark, on screen and in documents."""

from __future__ import annotations

from base64 import b64encode
from itertools import cycle

from etl.identite import IDENTITE

TITRE = IDENTITE.observatoire.titre
DESCRIPTION = (
    f"Les besoins sociaux des communes {IDENTITE.departement.de} et l’action de leurs CCAS : chiffres publics, "
    "cartes par EPT, comparaisons."
)
# Four quarters that make a whole: one for each EPT, in its colour.
_QUARTIERS = (
    "M22 2A20 20 0 0 0 2 22H22Z",
    "M26 2A20 20 0 0 1 46 22H26Z",
    "M2 26A20 20 0 0 0 22 46V26Z",
    "M46 26A20 20 0 0 1 26 46V26Z",
)
_TRACES = (
    f'<path d="{quarter}" fill="{color}"/>'
    for quarter, color in zip(_QUARTIERS, cycle(IDENTITE.couleurs.values()), strict=False)
)
MARQUE = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">{"".join(_TRACES)}</svg>'


def as_image(svg: str) -> str:
    """An SVG as the address of an image: inline SVG is stripped by Streamlit."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
