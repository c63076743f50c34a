"""A map on one page: what it shows, what it says, its ranking, its source."""

from __future__ import annotations

from collections.abc import Sequence

from observatoire import formats
from observatoire.documents.blocs import Colonnes, Document, Tableau, Texte, figure_bloc
from observatoire.documents.commun import foot
from observatoire.figures import Figure
from observatoire.warehouse import Warehouse

# Beyond, the ranking no longer fits beside the map: the first and last are kept, and said to be so.
_LIGNES = 45


def map_sheet(figure: Figure, warehouse: Warehouse, phrases: Sequence[str], paper: str = "a4") -> Document:
    """The page of a map. ``phrases``: what the map says. Raises ValueError on an unknown paper or without a map."""
    ranking = Tableau(
        titre="Classement",
        source=figure.source,
        colonnes=("IRIS", "Commune", "Valeur") if "Commune" in figure.table else ("Territoire", "EPT", "Valeur"),
        lignes=_ranking(figure, warehouse),
        largeurs=(5, 4, 3) if "Commune" in figure.table else (6, 2, 3),
        nombres=frozenset((2,)),
        serre=True,
        montre=False,
    )
    return Document(
        titre=figure.titre,
        chapeau=figure.sous_titre,
        blocs=(
            Colonnes(
                gauche=(figure_bloc(figure, hauteur=14.2, montre=False),),
                droite=(*(Texte(text) for text in phrases if text), ranking),
            ),
        ),
        construit_le=warehouse.built_on,
        source=figure.source,
        pied=foot(warehouse.built_on),
        fichier=figure.fichier,
        papier=paper,
        paysage=True,
        marge=1.3,
    )


def _ranking(figure: Figure, warehouse: Warehouse) -> tuple[tuple[str, ...], ...]:
    """Rows of the ranking: name, EPT or commune, value as read."""
    table = figure.table
    values = table["Lecture"] if "Lecture" in table else table["Case"]
    places = table["Commune"] if "Commune" in table else [_ept(code, warehouse) for code in table["Code"]]
    rows = [
        (formats.typographie(name), formats.typographie(place), str(value))
        for name, place, value in zip(table["Territoire"], places, values, strict=True)
    ]
    if len(rows) > _LIGNES:
        half = _LIGNES // 2
        rows = [*rows[:half], ("…", "", f"{len(rows) - 2 * half} autres"), *rows[-half:]]
    return tuple(rows)


def _ept(code: str, warehouse: Warehouse) -> str:
    territoire = warehouse.territoires.get(code)
    ept = warehouse.epts.get(territoire.code_ept or "") if territoire else None
    return (ept.code_court or "") if ept else ""
