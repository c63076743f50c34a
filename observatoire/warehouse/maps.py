"""What maps draw: boundaries, places, and the figures of one indicator and year."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pandas as pd

from observatoire.records import DEPARTEMENT
from observatoire.warehouse.cards import Cards


class Maps(Cards):
    """The questions of maps."""

    def map_figures(self, indicateur: str, annee: int, type_: str = "commune") -> pd.DataFrame:
        """The communes (or EPT, IRIS) of the département for one indicator and year, one row each.

        Columns: code, nom, code_ept, valeur, arrondi, statut, motif, source, lon, lat, and code_commune, commune (of an
        IRIS).
        """
        return self.ask(
            """
            SELECT t.code, t.nom, t.code_ept, o.valeur, o.arrondi, coalesce(o.statut, 'manquant') AS statut, o.motif,
                o.source, g.lon, g.lat, t.code_commune, c.nom AS commune
            FROM territoire AS t
            LEFT JOIN territoire AS c ON c.code = t.code_commune
            LEFT JOIN observation AS o ON o.territoire = t.code AND o.indicateur = $indicateur AND o.annee = $annee
            LEFT JOIN geometrie AS g ON g.code = t.code
            WHERE t.type = $type AND t.code_departement = $d
            ORDER BY t.nom COLLATE fr
            """,
            {"indicateur": indicateur, "annee": annee, "type": type_, "d": DEPARTEMENT},
        )

    @cached_property
    def drawn(self) -> frozenset[str]:
        """The types of territories that have boundaries."""
        rows = self.rows("SELECT DISTINCT t.type FROM geometrie AS g JOIN territoire AS t ON t.code = g.code")
        return frozenset(row["type"] for row in rows)

    def map_levels(self, indicateur: str) -> dict[str, tuple[int, ...]]:
        """The levels that have boundaries and values for an indicator in the département: type → its years."""
        levels = self.annees.get(indicateur, {})
        return {type_: years for type_, years in levels.items() if type_ in self.drawn}

    def all_years(self, indicateur: str, type_: str) -> list[float]:
        """Every value of an indicator at a level of the département, all years together: a scale that holds."""
        frame = self.ask(
            """
            SELECT o.valeur FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
            WHERE o.indicateur = $indicateur AND t.type = $type AND t.code_departement = $d AND o.valeur IS NOT NULL
            ORDER BY o.valeur
            """,
            {"indicateur": indicateur, "type": type_, "d": DEPARTEMENT},
        )
        return [float(v) for v in frame["valeur"]]

    def geometries(self, type_: str) -> pd.DataFrame:
        """Boundaries of the département's communes, EPT or IRIS, in the order of their codes.

        Columns: code, nom, code_ept, geojson, lon, lat, and code_commune, commune (of an IRIS).
        """
        return self.ask(
            """
            SELECT t.code, t.nom, t.code_ept, g.geojson, g.lon, g.lat, t.code_commune, c.nom AS commune
            FROM geometrie AS g JOIN territoire AS t USING (code)
            LEFT JOIN territoire AS c ON c.code = t.code_commune
            WHERE t.type = $type AND t.code_departement = $d ORDER BY t.code
            """,
            {"type": type_, "d": DEPARTEMENT},
        )

    def places(self, types: Iterable[str]) -> pd.DataFrame:
        """Town halls (« mairie ») and France services of the département, by code.

        Columns: code, type, nom, adresse, code_commune, commune, code_ept, lon, lat (empty when they have no point),
        motif (why), source.
        """
        return self.ask(
            """
            SELECT l.code, l.type, l.nom, l.adresse, l.code_commune, t.nom AS commune, t.code_ept, l.lon, l.lat,
                l.motif, l.source
            FROM lieu AS l JOIN territoire AS t ON t.code = l.code_commune
            WHERE list_contains($types, l.type) AND t.code_departement = $d ORDER BY l.code
            """,
            {"types": list(types), "d": DEPARTEMENT},
        )

    def inside(self, communes: Iterable[str], type_: str) -> pd.DataFrame:
        """The IRIS or QPV (``type_``) that lie in some communes, at least in part.

        Columns: code, nom, code_ept, communes, valide_au, geojson, lon, lat (QPV have no boundary), by name.
        """
        return self.ask(
            """
            SELECT t.code, t.nom, t.code_ept, t.communes, t.valide_au, g.geojson, g.lon, g.lat
            FROM territoire AS t LEFT JOIN geometrie AS g ON g.code = t.code
            WHERE t.type = $type AND list_has_any(t.communes, $communes) ORDER BY t.nom COLLATE fr, t.code
            """,
            {"type": type_, "communes": list(communes)},
        )
