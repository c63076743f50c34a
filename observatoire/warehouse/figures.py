"""The figures themselves. Frames have the columns of table ``observation``; see docs/entrepot.md for their meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from observatoire import formats
from observatoire.records import DEPARTEMENT, FRANCE, METROPOLE, REGION, Territoire
from observatoire.warehouse.cards import Cards
from observatoire.warehouse.store import statement
from observatoire.warehouse.territories import Territories


class Figures(Territories, Cards):
    """The questions about figures."""

    def figures(
        self, indicateurs: Iterable[str], territoires: Iterable[str], annees: Iterable[int] | None = None
    ) -> pd.DataFrame:
        """The rows of ``observation`` for these indicators, territories and years (all years by default)."""
        where, asked = _asked(indicateurs, territoires, annees)
        rows = self.table(f"SELECT * FROM observation WHERE {where} ORDER BY indicateur, territoire, annee", asked)
        return rows.to_pandas().astype({"annee_denominateur": "Int32"})

    def counts(
        self, indicateurs: Iterable[str], territoires: Iterable[str], annees: Iterable[int] | None = None
    ) -> list[dict[str, Any]]:
        """What ``figures`` holds of amounts, as plain rows (no frame: quicker for a few hundred).

        Keys: territoire, indicateur, annee, valeur, statut, motif, source, numerateur, denominateur,
        annee_denominateur, arrondi, marge, borne_basse, borne_haute.
        """
        where, asked = _asked(indicateurs, territoires, annees)
        return self.rows(
            f"""
            SELECT territoire, indicateur, annee, valeur, statut, motif, source, numerateur, denominateur,
                annee_denominateur, arrondi, marge, borne_basse, borne_haute
            FROM observation WHERE {where} ORDER BY indicateur, territoire, annee
            """,
            asked,
        )

    def cited(
        self, indicateurs: Iterable[str], territoires: Iterable[str], annees: Iterable[int] | None = None
    ) -> list[str]:
        """The sources (codes) of these figures."""
        where, asked = _asked(indicateurs, territoires, annees)
        return [row["source"] for row in self.rows(f"SELECT DISTINCT source FROM observation WHERE {where}", asked)]

    def covered(self, indicateurs: Iterable[str], territoires: Iterable[str], part: float) -> pd.DataFrame:
        """The values of each indicator for the latest year when at least ``part`` of these territories have one.

        Columns: territoire, indicateur, annee, valeur, arrondi; an indicator without such a year is not there.
        """
        codes = list(dict.fromkeys(territoires))
        return self.table(
            """
            WITH lu AS MATERIALIZED (
                SELECT territoire, indicateur, annee, valeur, arrondi FROM observation
                WHERE indicateur IN (SELECT unnest($indicateurs)) AND territoire IN (SELECT unnest($territoires))
                  AND valeur IS NOT NULL
            ), derniere AS (
                SELECT indicateur, max(annee) AS annee
                FROM (SELECT indicateur, annee FROM lu GROUP BY ALL HAVING count(*) >= $assez) GROUP BY ALL
            )
            SELECT lu.* FROM lu JOIN derniere USING (indicateur, annee) ORDER BY lu.indicateur, lu.territoire
            """,
            {"indicateurs": list(indicateurs), "territoires": codes, "assez": part * len(codes)},
        ).to_pandas()

    @cached_property
    def _profiles(self) -> tuple[list[str], dict[str, list[tuple[Any, ...]]]]:
        """The latest figures of every territory one can choose: the names of the columns, the rows by code. Read once;
        see ``profile``."""
        cards = self.indicateurs.values()
        names, rows = self.tuples(
            statement("profiles"),
            {
                "territoires": [t.code for t in self.choices],
                "epts": [t.code_ept if t.type == "commune" else None for t in self.choices],
                "departements": [DEPARTEMENT if t.code != DEPARTEMENT else None for t in self.choices],
                "indicateurs": [card.code for card in cards],
                "annees": [card.derniere for card in cards],
                "debuts": [card.debut(card.derniere) for card in cards],
                "communes": list(self.communes),
                "autres": [*self.epts, DEPARTEMENT, REGION, FRANCE, METROPOLE],
                "region": REGION,
                "france": FRANCE,
                "metropole": METROPOLE,
            },
        )
        found: dict[str, list[tuple[Any, ...]]] = {t.code: [] for t in self.choices}
        for row in rows:
            found[row[0]].append(row[1:])
        return names[1:], found

    def profile(self, territoire: str, indicateurs: Iterable[str]) -> list[dict[str, Any]]:
        """The latest figures of one of ``choices`` beside its references and the communes of the département.

        One row an indicator that has at least a year: indicateur, annee, valeur, statut, motif, source, borne_basse,
        borne_haute, arrondi, marge; then for each reference (``ept``, ``dep``, ``reg``, ``fra``) its ``valeur_``,
        ``statut_``, ``arrondi_``, ``marge_`` and ``annee_`` (the same year when the reference has it, else its latest
        one before within the same series, none beyond a break), and ``code_fra``: which of France and its mainland
        answered, and for the département its ``borne_basse_dep`` and ``borne_haute_dep``; among the communes of the
        same year ``rang`` (1 = the most favourable, or the highest when neutral; those that read alike share it),
        ``communes`` (how many have a figure), ``minimum``, ``q1``, ``mediane``, ``q3``, ``maximum``, ``ecart_type``,
        ``arrondi_bande`` (the rounding that nine in ten of them allow, 0 when none is known), and ``borne``: whether
        the minimum is only a bound. Raises KeyError for any other territory.
        """
        names, every = self._profiles
        wanted, at = set(indicateurs), names.index("indicateur")
        return [dict(zip(names, row, strict=True)) for row in every[territoire] if row[at] in wanted]

    def dispersion(self, indicateurs: Iterable[str]) -> pd.DataFrame:
        """The spread of the département's communes: indicateur, annee, communes, ecart_type (population formula)."""
        return self.ask(
            """
            SELECT o.indicateur, o.annee, count(o.valeur) AS communes, stddev_pop(o.valeur) AS ecart_type
            FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
            WHERE o.indicateur IN (SELECT unnest($indicateurs)) AND t.type = 'commune' AND t.code_departement = $d
            GROUP BY ALL ORDER BY o.indicateur, o.annee
            """,
            {"indicateurs": list(indicateurs), "d": DEPARTEMENT},
        )

    def former_communes(self, territoire: str, indicateur: str) -> pd.DataFrame:
        """Figures of the former communes that a merged one replaced: nom, annee, valeur, statut, arrondi."""
        return self.ask(
            """
            SELECT t.nom, o.annee, o.valeur, o.statut, o.arrondi
            FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
            WHERE t.successeur = $territoire AND o.indicateur = $indicateur
            ORDER BY t.nom COLLATE fr, o.annee
            """,
            {"territoire": territoire, "indicateur": indicateur},
        )

    def facts(self, variables: Iterable[str], territoires: Iterable[str]) -> list[dict[str, Any]]:
        """The producers' figures themselves: territoire, annee, variable, valeur, source."""
        return self.rows(
            """
            SELECT territoire, annee, variable, valeur, source FROM fait
            WHERE variable IN (SELECT unnest($variables)) AND territoire IN (SELECT unnest($territoires))
            ORDER BY ALL
            """,
            {"variables": list(variables), "territoires": list(territoires)},
        )

    def identity(self, territoire: Territoire) -> str:
        """« Commune de Plaine Commune (EPT T6), 149 077 habitants en 2023 »."""
        known = [row for row in self.counts(["DEM01"], [territoire.code]) if row["valeur"] is not None]
        people = ""
        if known:
            last = known[-1]
            people = f", {formats.nombre(last['valeur'])} habitants en {last['annee']}"
        if territoire.type == "commune" and territoire.code_ept in self.epts:
            ept = self.epts[territoire.code_ept]
            return f"Commune {formats.de(ept.nom)} (EPT {ept.code_court}){people}"
        if territoire.type == "ept":
            members = sum(c.code_ept == territoire.code for c in self.communes.values())
            return f"Établissement public territorial {territoire.code_court}, {members} communes{people}"
        return f"Département, {len(self.communes)} communes et {len(self.epts)} EPT{people}"


def _asked(
    indicateurs: Iterable[str], territoires: Iterable[str], annees: Iterable[int] | None
) -> tuple[str, dict[str, object]]:
    """The condition on ``observation``, and its parameters. One code alone is asked with « = », by which DuckDB passes
    over the rows that cannot have it: half the time of a list of one."""
    asked: dict[str, object] = {}
    parts = []
    wanted: dict[str, Sequence[str | int]] = {"indicateur": list(indicateurs), "territoire": list(territoires)}
    if annees is not None:
        wanted["annee"] = [int(annee) for annee in annees]
    for column, codes in wanted.items():
        alone = len(codes) == 1
        asked[column] = codes[0] if alone else codes
        parts.append(f"{column} = ${column}" if alone else f"{column} IN (SELECT unnest(${column}))")
    return " AND ".join(parts), asked
