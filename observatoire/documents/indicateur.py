"""An indicator about a territory, to take away: the finding, its map, its ranking, its evolution, what it means."""

from __future__ import annotations

from observatoire import formats
from observatoire.documents.blocs import Bloc, Colonnes, Document, Tableau, Texte, Titre, figure_bloc
from observatoire.documents.commun import foot
from observatoire.figures import Figure, cite
from observatoire.records import Indicateur
from observatoire.views.indicateur.constat import DEDANS, finding, latest_known
from observatoire.views.indicateur.figures import quarters_table, ranking, same_question, small_map
from observatoire.views.indicateur.mots import meaning
from observatoire.views.portrait.trend import trend_figure
from observatoire.warehouse import Warehouse
from observatoire.warehouse.catalogue import sources_of


def indicator_sheet(warehouse: Warehouse, code: str, territoire: str, annee: int | None = None) -> Document:
    """The document of an indicator, of the latest year known there by default. Raises KeyError for an unknown code."""
    card = warehouse.every_indicator[code]
    year = latest_known(warehouse, code, territoire) if annee is None else annee
    found = finding(warehouse, code, territoire, year)
    place = found.territoire
    blocs: list[Bloc] = [Texte(text, note=True) for text in found.absences]
    left = _drawings(warehouse, card, place.code, year)
    ranked = ranking(warehouse, code, place.code, year)
    if ranked:
        blocs.append(Colonnes(tuple(left), (_ranking(ranked.figure),), part=0.54))
    else:
        blocs += left
    bands = same_question(warehouse, code, place.code)
    if bands:
        blocs.append(figure_bloc(bands, hauteur=9) if bands.has_image else _table(bands))
    if card.niveau in DEDANS and (quarters := quarters_table(warehouse, card, place, year)):
        blocs.append(_table(quarters))
    blocs += [Titre("Définition et précautions"), *(Texte(f"{name} : {text}") for name, text in meaning(card))]
    return Document(
        titre=found.titre,
        chapeau=formats.insecables(
            f"{card.libelle} ({card.code}). {formats.unite_longue(card.unite)}, {card.periode(year)}."
        ),
        blocs=tuple(blocs),
        construit_le=warehouse.built_on,
        source=cite(warehouse.sources[source] for source in sources_of(warehouse, code)[:SOURCES]),
        pied=foot(warehouse.built_on),
        fichier=formats.nom_de_fichier("indicateur", card.libelle, place.nom, str(year)),
    )


# The size of the curve beside the ranking, in its own pixels.
COURBE = (400, 230)
# At the foot of a page: the latest of the sources of a long series, which its own chart cites whole.
SOURCES = 6


def _drawings(warehouse: Warehouse, card: Indicateur, territoire: str, annee: int) -> list[Bloc]:
    drawn: list[Bloc] = []
    if mapped := small_map(warehouse, card.code, territoire, annee):
        drawn.append(figure_bloc(mapped[0], hauteur=10))
    trend = trend_figure(warehouse, warehouse.territoires[territoire], card) if card.niveau not in DEDANS else None
    if trend is not None:
        drawing = {**(trend.spec or {}), "width": COURBE[0], "height": COURBE[1]}
        drawn += [figure_bloc(trend, lambda: drawing, hauteur=8), Texte(trend.note, note=True)]
    return drawn


def _ranking(figure: Figure) -> Tableau:
    """The communes in small type beside the map: name, figure, place."""
    columns = [name for name in ("Commune", "Lecture", "Rang") if name in figure.table]
    return Tableau(
        titre=figure.titre,
        source=figure.source,
        colonnes=tuple("Valeur" if name == "Lecture" else name for name in columns),
        lignes=tuple(tuple(map(str, row)) for row in figure.table[columns].to_numpy().tolist()),
        largeurs=(4.4, 1.8, 4.6)[: len(columns)],
        nombres=frozenset((1,)),
        serre=True,
        montre=False,
    )


def _table(figure: Figure) -> Tableau:
    """The texts of a figure that has no drawing."""
    return Tableau(
        titre=f"{figure.titre} ({figure.sous_titre})",
        source=figure.source,
        colonnes=tuple(map(str, figure.table)),
        lignes=tuple(tuple(map(str, row)) for row in figure.table.to_numpy().tolist()),
        nombres=frozenset(range(1, len(figure.table.columns))),
    )
