"""What is compared: which territories, among whom, beside what; a pure selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from observatoire.figures import cite_rows, traced
from observatoire.mesures import Mesure
from observatoire.methods.groups import Reference
from observatoire.palettes import EPT_COULEURS, GRIS, SERIES
from observatoire.records import Indicateur, Territoire
from observatoire.views.comparaison.comparison import Comparison, make_comparison, names
from observatoire.warehouse import Warehouse

CHOIX, SEMBLABLES, TAILLE, TOUTES, IDF = "choix", "semblables", "taille", "communes", "idf"
# How many territories are shown one by one; beyond, they are a crowd.
PEU = 8


@dataclass(frozen=True)
class Scope:
    """``territoires`` are shown, ``membres`` (codes of communes) make the group; ``groupe_mots``: « des 39 communes ».

    ``centre``: the commune around which the group is made, when there is one. ``region``: whether the background is
    Île-de-France instead of the département. ``mienne``: the code of the commune that the reader has chosen, or empty.
    """

    groupe: str
    territoires: tuple[Territoire, ...]
    membres: tuple[str, ...]
    groupe_mots: str
    reference: Reference
    nom: str
    centre: Territoire | None = None
    region: bool = False
    mienne: str = ""

    @property
    def lit(self) -> set[str]:
        """Codes of the territories to see among all communes; of a crowd, the reader's commune alone."""
        chosen = {self.centre.code} if self.centre else {t.code for t in self.territoires}
        if not self.mienne:
            return chosen
        return {self.mienne} | (chosen if len(chosen) <= PEU else set())

    def trace(self, card: Mesure, annee: int) -> dict[str, str]:
        """The figure that « D’où vient ce chiffre ? » opens: the first territory's."""
        return traced(self.territoires[0].code, card.code, annee)

    @property
    def titre(self) -> str:
        """What the comparison is called."""
        return self.nom or names(self.territoires)


def comparison(warehouse: Warehouse, scope: Scope, cards: Sequence[Indicateur]) -> Comparison:
    """The comparison of the scope on some indicators, kept for all."""
    codes = tuple(t.code for t in scope.territoires)
    return warehouse.kept(_comparison, codes, scope.reference, tuple(c.code for c in cards), scope.nom)


def _comparison(
    warehouse: Warehouse, codes: tuple[str, ...], reference: Reference, cards: tuple[str, ...], nom: str
) -> Comparison:
    territoires = [warehouse.territoires[code] for code in codes]
    return make_comparison(warehouse, territoires, reference, [warehouse.indicateurs[code] for code in cards], nom)


def colors(territoires: Sequence[Territoire]) -> dict[str, str]:
    """Name → colour: the EPT in their own, the others in a palette kept apart; beyond it, grey."""
    found, others = {}, iter(SERIES)
    for territoire in territoires:
        found[territoire.nom] = EPT_COULEURS.get(territoire.code) or next(others, GRIS)
    return found


def cite_codes(
    warehouse: Warehouse, codes: Iterable[str], territoires: Iterable[str] = (), annee: int | None = None
) -> str:
    """The sources of some indicators for some territories (the EPT's by default)."""
    places = tuple(territoires) or tuple(warehouse.epts)
    return cite_rows(warehouse, warehouse.cited(codes, places, None if annee is None else (annee,)))


def full_name(warehouse: Warehouse, territoire: Territoire) -> str:
    """The name, with the département of a commune from elsewhere: « Sarcelles (95) »."""
    outside = territoire.type == "commune" and territoire.code not in warehouse.communes
    return f"{territoire.nom} ({territoire.code_departement})" if outside else territoire.nom
