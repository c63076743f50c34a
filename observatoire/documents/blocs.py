"""What a document is made of: blocks that say all that they need, whatever the file they are written in.

A figure without its title, its unit and year, its source or its text alternative, a table without its title or its
source, is no block: making one raises ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from observatoire.figures import Figure

PAPIERS = ("a4", "a3")
# A Vega-Lite document, made when the block is written, or an SVG.
Dessin = Callable[[], Mapping[str, Any]] | str


@dataclass(frozen=True)
class Titre:
    """A heading; the document's own title is of level 1."""

    texte: str
    niveau: int = 2


@dataclass(frozen=True)
class Texte:
    """A paragraph; ``note``: smaller and grey, how to read what stands beside it."""

    texte: str
    note: bool = False


@dataclass(frozen=True)
class Point:
    """An item of a list; ``signe`` (▲, ▼) in ``couleur`` stands before it, ``mot`` says the sign."""

    texte: str
    signe: str = ""
    couleur: str = ""
    mot: str = ""


@dataclass(frozen=True)
class Liste:
    """Items one under the other."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chiffre:
    """A figure put forward: its name, its number and unit, its year, its evolution in words, ``courbe``: an SVG.

    ``signe`` (▲, ▼) in ``couleur`` stands before the name, ``reperes`` after everything: what it compares with.
    """

    libelle: str
    nombre: str
    unite: str
    detail: str
    evolution: str = ""
    courbe: str = ""
    signe: str = ""
    couleur: str = ""
    reperes: str = ""


@dataclass(frozen=True)
class Chiffres:
    """Figures put forward, so many on a line. ``courbe``: the width of their drawings, in centimetres; ``suite``: their
    words follow the drawing as text, instead of a grey line."""

    chiffres: tuple[Chiffre, ...]
    par_ligne: int = 4
    courbe: float = 2.6
    suite: bool = False


@dataclass(frozen=True)
class Case:
    """What a colour means: ``fond`` and ``encre`` (hexadecimal), its sign and its word."""

    fond: str
    encre: str
    signe: str
    mot: str


@dataclass(frozen=True)
class Legende:
    """The colours of what follows, in words."""

    cases: tuple[Case, ...]


@dataclass(frozen=True)
class FigureBloc:
    """A chart or a map. ``hauteur``: the room it may take, in centimetres; ``montre``: its title is written above it.

    Not written when the document's own title says the same.
    """

    titre: str
    sous_titre: str
    source: str
    alt: str
    dessin: Dessin
    hauteur: float = 24.0
    montre: bool = True

    def __post_init__(self) -> None:
        _require("figure", self.titre, titre=self.titre, sous_titre=self.sous_titre, source=self.source, alt=self.alt)


@dataclass(frozen=True)
class Tableau:
    """A table whose first column names its rows. ``largeurs``: shares of the width, equal when not told; ``nombres``:
    the columns aligned on the right; ``serre``: small type, for a long table beside something else."""

    titre: str
    source: str
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    largeurs: tuple[float, ...] = ()
    nombres: frozenset[int] = frozenset()
    serre: bool = False
    montre: bool = True

    def __post_init__(self) -> None:
        _require("tableau", self.titre, titre=self.titre, source=self.source)
        wrong = [row for row in self.lignes if len(row) != len(self.colonnes)]
        if wrong:
            raise ValueError(f"tableau « {self.titre} » : {len(self.colonnes)} colonnes, {len(wrong[0])} cases")


@dataclass(frozen=True)
class Encadre:
    """Blocks set apart from the text."""

    titre: str
    blocs: tuple[Bloc, ...]


@dataclass(frozen=True)
class Colonnes:
    """Blocks side by side, read from left to right; ``part``: the share of the width that the left ones take."""

    gauche: tuple[Bloc, ...]
    droite: tuple[Bloc, ...]
    part: float = 0.7


@dataclass(frozen=True)
class Sommaire:
    """The headings of the document and their pages."""


@dataclass(frozen=True)
class SautDePage:
    """What follows begins a page."""


Bloc = Titre | Texte | Liste | Chiffres | Legende | FigureBloc | Tableau | Encadre | Colonnes | Sommaire | SautDePage


@dataclass(frozen=True)
class Image:
    """An SVG beside the title, and what it shows in words."""

    svg: str
    alt: str


@dataclass(frozen=True)
class Document:
    """A document in French. ``chapeau`` stands under its title; ``source`` and ``pied`` at the foot of each page.

    ``taille``: of the text, in points; ``marge``: in centimetres; ``construit_le``: the day of its figures.
    """

    titre: str
    blocs: tuple[Bloc, ...]
    construit_le: date
    source: str
    pied: str
    fichier: str
    chapeau: str = ""
    illustration: Image | None = None
    papier: str = "a4"
    paysage: bool = False
    taille: float = 9.5
    marge: float = 1.5

    def __post_init__(self) -> None:
        _require("document", self.titre, titre=self.titre, source=self.source, pied=self.pied)
        if self.papier not in PAPIERS:
            raise ValueError(f"papier « {self.papier} » : attendu {' ou '.join(PAPIERS)}")

    @property
    def largeur(self) -> float:
        """The width that the text may take on A4, in centimetres (an A3 page is an A4 one enlarged)."""
        return (29.7 if self.paysage else 21.0) - 2 * self.marge


def figure_bloc(figure: Figure, dessin: Dessin | None = None, hauteur: float = 24.0, montre: bool = True) -> FigureBloc:
    """The block of a figure that pages show. Raises ValueError when it has no drawing."""
    drawn = dessin if dessin is not None else _drawing(figure)
    return FigureBloc(figure.titre, figure.sous_titre, figure.source, figure.alt, drawn, hauteur, montre)


def _drawing(figure: Figure) -> Callable[[], Mapping[str, Any]]:
    if not figure.has_image:
        raise ValueError(f"« {figure.titre} » n’a pas de dessin")
    if figure.printable is not None:
        made = figure.printable
        return lambda: made().to_dict()
    return lambda: figure.spec or {}


def every(blocs: Sequence[Bloc]) -> list[Bloc]:
    """The blocks and those within them, in the order of reading."""
    found: list[Bloc] = []
    for bloc in blocs:
        found.append(bloc)
        if isinstance(bloc, Encadre):
            found += every(bloc.blocs)
        elif isinstance(bloc, Colonnes):
            found += every((*bloc.gauche, *bloc.droite))
    return found


def _require(kind: str, name: str, **texts: str) -> None:
    missing = [field for field, text in texts.items() if not text.strip()]
    if missing:
        raise ValueError(f"{kind} « {name} » sans {', '.join(missing)}")
