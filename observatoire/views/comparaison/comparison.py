"""A comparison made ready: which territories, beside what, on which indicators; for pages, files and commands alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from observatoire import formats
from observatoire.formats import is_missing
from observatoire.frames import rows_where
from observatoire.methods.groups import AUTRES, ENSEMBLE, MEDIANE, Reference, reference_figures, reference_rows
from observatoire.methods.similarity import CARACTERISTIQUES, COUVERTURE, scores_of
from observatoire.methods.tables import shared_year
from observatoire.methods.versus import Line, compare
from observatoire.records import DEPARTEMENT, FRANCE, METROPOLE, Indicateur, Territoire
from observatoire.warehouse import Warehouse

# What the figures do not allow, in the plain words of the page and of documents.
BON_USAGE = (
    "**Ne pas classer les communes sur un écart mince.** Sous un quart d’écart type, deux chiffres sont dits proches ; "
    "un rang seul ne dit rien de la distance.",
    "**Ne pas juger un CCAS sur ces chiffres.** Ils décrivent la situation des habitants, pas le travail accompli.",
    "**Ne pas mélanger les niveaux ni les années.** Un écart n’est calculé qu’entre deux chiffres de la même année ; "
    "l’année est écrite dans chaque ligne.",
    "**Ne pas comparer des effectifs.** Une commune de 150 000 habitants a plus de tout : les taux seuls se comparent.",
    "**Ne pas lire une absence comme un zéro.** « s », « n.d. » et « n. calc. » ne sont pas des petits nombres.",
    "**Ne pas conclure d’une relation à une cause,** ni d’une commune à ses habitants.",
    "**Se méfier des recensements voisins :** deux millésimes qui se suivent partagent quatre années d’enquête "
    "sur cinq.",
    "**Se méfier des valeurs approchées (≈) :** des moyennes pondérées, faute de pouvoir additionner.",
)


@dataclass(frozen=True)
class Comparison:
    """``figures``: every year of the indicators for the territories and the reference (rows of ``observation``).

    ``metropole``: indicators whose « France » is metropolitan France, the only one its producer gives.
    """

    nom: str
    territoires: tuple[Territoire, ...]
    reference: Reference
    lines: tuple[Line[Indicateur], ...]
    figures: pd.DataFrame
    metropole: tuple[str, ...]

    @property
    def cards(self) -> list[Indicateur]:
        """The indicators compared."""
        return [line.card for line in self.lines]

    @property
    def codes(self) -> list[str]:
        """Their codes."""
        return [line.card.code for line in self.lines]

    def line(self, code: str) -> Line[Indicateur]:
        """The line of an indicator. Raises KeyError when it is not compared."""
        for line in self.lines:
            if line.card.code == code:
                return line
        raise KeyError(code)


def make_comparison(
    warehouse: Warehouse,
    territoires: Sequence[Territoire],
    reference: Reference,
    cards: Sequence[Indicateur],
    nom: str = "",
) -> Comparison:
    """Ask the warehouse and compare. ``nom``: what the reader calls it, empty for the names of the territories."""
    codes = [t.code for t in territoires]
    wanted = {card.code: card for card in cards}
    places: list[str] = list(
        dict.fromkeys([*codes, *reference.membres, *([] if reference.is_group else [reference.code])])
    )
    if FRANCE in places:
        places.append(METROPOLE)
    figures, mainland = _whole_france(warehouse.figures(wanted, places))
    extra = reference_rows(figures, wanted, reference, codes)
    kept = figures[figures["territoire"].isin([*codes, reference.code])]
    everything = pd.concat([kept, extra], ignore_index=True) if len(extra) else kept
    lines = compare(everything, warehouse.dispersion(wanted), cards, territoires, reference)
    return Comparison(nom or names(territoires), tuple(territoires), reference, tuple(lines), everything, mainland)


def compared_year(warehouse: Warehouse, territoires: tuple[str, ...], reference: Reference, indicateur: str) -> int:
    """The year of the line of an indicator in ``make_comparison`` (territories by their codes), without the rest."""
    card = warehouse.indicateurs[indicateur]
    places = {*territoires, *reference.membres, *([] if reference.is_group else [reference.code])}
    rows = warehouse.counts([indicateur], [*places, *([METROPOLE] if FRANCE in places else [])])
    known = [(row["territoire"], row["annee"]) for row in rows if row["valeur"] is not None]
    if FRANCE not in {place for place, _ in known}:
        known = [(FRANCE if place == METROPOLE else place, year) for place, year in known]
    if reference.is_group:
        members = [row for row in rows if row["territoire"] in reference.membres]
        columns = {name: [row[name] for row in members] for name in (members[0] if members else ())}
        found = reference_figures(columns, {indicateur: card}, reference) if members else {}
        known += [(reference.code, year) for (_, year), level in found.items() if not is_missing(level["valeur"])]
    return shared_year(known, card, territoires, reference.code)


def similarity_scores(warehouse: Warehouse, perimetre: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """What communes resemble each other by, over a perimeter (a key of similarity.PERIMETRES), and the years."""
    codes = list(warehouse.communes if perimetre == DEPARTEMENT else warehouse.region_communes)
    return scores_of(warehouse.covered([c.indicateur for c in CARACTERISTIQUES], codes, COUVERTURE), codes)


def expand(warehouse: Warehouse, territoires: Iterable[Territoire]) -> list[str]:
    """The communes of the territories, each once, however many of the territories it belongs to."""
    codes = {t.code for t in territoires}
    return [c.code for c in warehouse.communes.values() if codes & {c.code, c.code_ept, c.code_departement}]


def names(territoires: Sequence[Territoire]) -> str:
    """« Bondy, Stains » or, beyond six, « 39 territoires »."""
    found = [t.nom for t in territoires]
    return ", ".join(found) if len(found) <= 6 else f"{len(found)} territoires"


def territory_reference(territoire: Territoire) -> Reference:
    """A territory as a reference."""
    return Reference(territoire.code, territoire.nom)


def group_reference(statistic: str, membres: Iterable[str], groupe: str) -> Reference:
    """A statistic of a group as a reference. ``groupe`` completes « médiane … »: « des 39 communes »."""
    found = tuple(membres)
    words = {
        MEDIANE: f"médiane {groupe}",
        ENSEMBLE: f"ensemble {groupe}",
        AUTRES: f"ensemble {groupe}, hors le territoire comparé",
    }
    return Reference(statistic, formats.majuscule(words[statistic]), found)


def _whole_france(figures: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """France's figures, metropolitan France standing for it in the indicators that have no other."""
    if not (figures["territoire"] == METROPOLE).to_numpy().any():
        return figures, ()
    known = figures[figures["valeur"].notna()]
    whole = set(known.loc[known["territoire"] == FRANCE, "indicateur"])
    stands = (figures["territoire"] == METROPOLE) & ~figures["indicateur"].isin(whole)
    codes = tuple(sorted(set(figures.loc[stands & figures["valeur"].notna(), "indicateur"])))
    replaced = (figures["territoire"] == FRANCE) & figures["indicateur"].isin(codes)
    taken = rows_where(figures, stands & figures["indicateur"].isin(codes)).assign(territoire=FRANCE)
    others = rows_where(figures, (figures["territoire"] != METROPOLE) & ~replaced)
    return pd.concat([others, taken], ignore_index=True), codes
