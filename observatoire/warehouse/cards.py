"""What the catalogue says of the figures: themes, indicators, their years, their breaks, their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from observatoire.records import DEPARTEMENT, TYPES_CHOISIS, Indicateur, RegleEvolution, SourceCitee
from observatoire.warehouse.store import Store


class Cards(Store):
    """The questions about the catalogue."""

    @cached_property
    def themes(self) -> dict[str, str]:
        """Themes that have figures for communes, in the order of the catalogue: code → label."""
        frame = self.ask(
            """
            SELECT t.code, t.libelle FROM theme AS t
            WHERE t.code IN (SELECT theme FROM indicateur WHERE etat = 'disponible' AND niveau = 'commune')
            ORDER BY t.ordre
            """
        )
        return dict(frame.itertuples(index=False, name=None))

    @cached_property
    def theme_names(self) -> dict[str, str]:
        """The label of every theme, those that only have figures of IRIS included."""
        return dict(self.ask("SELECT code, libelle FROM theme ORDER BY ordre").itertuples(index=False, name=None))

    @cached_property
    def indicateurs(self) -> dict[str, Indicateur]:
        """The available indicators of communes in the order of the catalogue."""
        return {code: card for code, card in self.every_indicator.items() if card.niveau == "commune"}

    @cached_property
    def indicateurs_iris(self) -> dict[str, Indicateur]:
        """The available indicators of IRIS; their labels leave out « de l’IRIS », which the map's level says."""
        cards = self.cards_below("iris").values()
        return {card.code: replace(card, libelle=card.court) for card in cards}

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all these indicators: what a link between pages may carry."""
        return frozenset((*self.indicateurs, *self.indicateurs_iris))

    def card(self, code: str) -> Indicateur:
        """The card of an indicator of communes or of IRIS. Raises KeyError when there is none."""
        return self.indicateurs[code] if code in self.indicateurs else self.indicateurs_iris[code]

    def at_level(self, card: Indicateur, type_: str) -> Indicateur | None:
        """The indicator that says the same at another level: IRIS have their own cards. None when there is none."""
        if type_ == card.niveau or (type_ != "iris" and card.niveau == "commune"):
            return card
        if type_ == "iris":
            return next((iris for iris in self.indicateurs_iris.values() if iris.equivalent == card.code), None)
        return self.indicateurs.get(card.equivalent or "")

    @cached_property
    def every_indicator(self) -> dict[str, Indicateur]:
        """The available indicators of every level (commune and above, IRIS, QPV) in the order of the catalogue."""
        rows = self.rows(
            """
            SELECT code, theme, publics, libelle, definition, unite, decimales, sens, sens_pourquoi, agregation, phare,
                effectif, numerateur, numerateur_libelle, denominateur, denominateur_libelle, poids_libelle,
                precaution, comparabilite, facteur, forme, duree, niveau, equivalent, echelle, incertitude, ruptures
            FROM indicateur ORDER BY ordre
            """
        )
        cards = {}
        for row in rows:
            levels = TYPES_CHOISIS if row["niveau"] == "commune" else (row["niveau"],)
            years = {year for level in levels for year in self.annees.get(row["code"], {}).get(level, ())}
            if years:
                row |= {"publics": tuple(row["publics"]), "annees": tuple(sorted(years))}
                row["ruptures"] = _ruptures(row["ruptures"])
                cards[row["code"]] = Indicateur(**row)
        return cards

    @cached_property
    def annees(self) -> dict[str, dict[str, tuple[int, ...]]]:
        """The years (ascending) that have values in the département: indicator → type of territory → years."""
        rows = self.rows(
            """
            SELECT o.indicateur, t.type, list(DISTINCT o.annee ORDER BY o.annee) AS annees
            FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
            WHERE t.code_departement = $d AND o.valeur IS NOT NULL
            GROUP BY ALL
            """,
            {"d": DEPARTEMENT},
        )
        found: dict[str, dict[str, tuple[int, ...]]] = {}
        for row in rows:
            found.setdefault(row["indicateur"], {})[row["type"]] = tuple(row["annees"])
        return found

    @cached_property
    def regles(self) -> dict[str, RegleEvolution]:
        """How the evolution of each indicator may be judged, by code."""
        rows = self.rows("SELECT code, agregation, tendance, incertitude, effet_plan, ruptures FROM indicateur")
        return {
            row["code"]: RegleEvolution(
                row["agregation"],
                row["tendance"],
                row["incertitude"],
                row["effet_plan"],
                _ruptures(row["ruptures"]),
            )
            for row in rows
        }

    @cached_property
    def sources(self) -> dict[str, SourceCitee]:
        """Every dataset at a vintage, by code."""
        frame = self.ask(
            "SELECT code, producteur, nom, millesime, geographie, licence, url, publie_le FROM source ORDER BY code"
        )
        rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False)
        return {row[0]: SourceCitee(*row) for row in rows}

    def cards_below(self, niveau: str) -> dict[str, Indicateur]:
        """The available indicators of IRIS, of QPV or of the département alone (``niveau``), with their years.

        In the order of the catalogue.
        """
        return {code: card for code, card in self.every_indicator.items() if card.niveau == niveau}

    def equivalent(self, indicateur: str) -> str | None:
        """The indicator of communes that says the same as one of IRIS or QPV; None when there is none."""
        card = self.every_indicator.get(indicateur)
        return card.equivalent if card and card.equivalent in self.indicateurs else None


def _ruptures(breaks: Iterable[Mapping[str, Any]]) -> tuple[tuple[int, str], ...]:
    return tuple((one["annee"], one["mot"]) for one in breaks)
