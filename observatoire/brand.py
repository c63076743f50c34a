"""The name of the product, its words and its mark, on screen and in documents."""

from __future__ import annotations

from base64 import b64encode

TITRE = "Observatoire social des CCAS 93"
DESCRIPTION = (
    "Les besoins sociaux des 39 communes de Seine-Saint-Denis et l’action de leurs CCAS : chiffres publics, "
    "cartes par EPT, comparaisons."
)
# Four quarters that make a whole: one for each EPT, in its colour.
MARQUE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">
<path d="M22 2A20 20 0 0 0 2 22H22Z" fill="#3b76c4"/><path d="M26 2A20 20 0 0 1 46 22H26Z" fill="#c8700a"/>
<path d="M2 26A20 20 0 0 0 22 46V26Z" fill="#2a8c6e"/><path d="M46 26A20 20 0 0 1 26 46V26Z" fill="#9a5bb5"/></svg>"""


def as_image(svg: str) -> str:
    """An SVG as the address of an image: inline SVG is stripped by Streamlit."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
