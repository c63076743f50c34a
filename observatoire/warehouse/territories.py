"""The territories: those one can choose, those they are made of, those they replaced."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.records import DEPARTEMENT, TYPES_CHOISIS, Fusion, Territoire
from observatoire.warehouse.store import Store


class Territories(Store):
    """The questions about territories."""

    @cached_property
    def territoires(self) -> dict[str, Territoire]:
        """Every territory of today by code: communes in alphabetical order, then EPT, then the levels above.

        IRIS and QPV are not there (see ``quartiers``): their figures are not ranked with others.
        """
        frame = self.ask(
            """
            SELECT code, type, nom, code_court, code_ept, code_departement FROM territoire
            WHERE type IN ('commune', 'ept', 'departement', 'region', 'pays')
            ORDER BY list_position(['commune', 'ept', 'departement', 'region', 'pays'], type), code_court,
                nom COLLATE fr
            """
        )
        rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False)
        return {row[0]: Territoire(row[0], row[1], formats.typographie(row[2]), *row[3:]) for row in rows}

    @cached_property
    def communes(self) -> dict[str, Territoire]:
        """The communes of the département, by code, in alphabetical order."""
        return {t.code: t for t in self.choices if t.type == "commune"}

    @cached_property
    def epts(self) -> dict[str, Territoire]:
        """The EPT of the département, by code, in the order T6 to T9."""
        return {t.code: t for t in self.choices if t.type == "ept"}

    @cached_property
    def mergers(self) -> dict[str, list[Fusion]]:
        """The mergers that made communes: code → its own, oldest first; most communes are not there."""
        rows = self.rows(
            """
            SELECT successeur, valide_au, list(nom ORDER BY nom COLLATE fr) AS noms FROM territoire
            WHERE successeur IS NOT NULL AND valide_au IS NOT NULL GROUP BY ALL ORDER BY successeur, valide_au
            """
        )
        found: dict[str, list[Fusion]] = {}
        for row in rows:
            merger = Fusion(row["valide_au"] + timedelta(days=1), " et ".join(map(_plain_name, row["noms"])))
            found.setdefault(row["successeur"], []).append(merger)
        return found

    @cached_property
    def merged(self) -> dict[str, str]:
        """Communes that are no more → what became of them, as a sentence."""
        rows = self.rows(
            """
            SELECT t.code, t.nom, t.valide_au, s.code AS present, s.nom AS devenu FROM territoire AS t
            JOIN territoire AS s ON s.code = t.successeur
            WHERE t.type = 'commune_historique' AND length(t.code) = 5 ORDER BY t.code
            """
        )
        return {
            row["code"]: formats.typographie(
                f"{row['nom']} ({row['code']}) fait partie {formats.de(row['devenu'])} ({row['present']}) "
                f"depuis le {formats.jour(row['valide_au'] + timedelta(days=1))}"
            )
            for row in rows
        }

    @cached_property
    def successors(self) -> dict[str, str]:
        """Communes that are no more → the one that they joined."""
        rows = self.rows(
            "SELECT code, successeur FROM territoire WHERE type = 'commune_historique' AND length(code) = 5 "
            "ORDER BY code"
        )
        return {row["code"]: row["successeur"] for row in rows if row["successeur"]}

    @cached_property
    def last_years(self) -> dict[str, int]:
        """Communes that are no more → the last whole year that they lived."""
        rows = self.rows(
            "SELECT code, year(valide_au + 1) - 1 AS annee FROM territoire "
            "WHERE type = 'commune_historique' AND length(code) = 5 AND valide_au IS NOT NULL ORDER BY code"
        )
        return {row["code"]: row["annee"] for row in rows}

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """What each territory is the sum of, in order of codes: communes for an EPT or a département, former communes
        for a merged one; the others are not there."""
        rows = self.rows(
            """
            FROM (
                SELECT successeur AS parent, code FROM territoire WHERE type = 'commune_historique'
                UNION ALL SELECT code_ept, code FROM territoire WHERE type = 'commune'
                UNION ALL SELECT code_departement, code FROM territoire WHERE type = 'commune'
            ) WHERE parent IS NOT NULL ORDER BY ALL
            """
        )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["parent"], []).append(row["code"])
        return found

    @property
    def map_words(self) -> str:
        """The small map of the département in words."""
        names = " ; ".join(t.nom for t in self.epts.values())
        count = len(self.communes)
        return (
            f"Carte des {count} communes {IDENTITE.departement.de_article}, réunies en {len(self.epts)} EPT : {names}."
        )

    @cached_property
    def choices(self) -> list[Territoire]:
        """What a reader can choose: the département's communes, its EPT, itself."""
        return [t for t in self.territoires.values() if t.type in TYPES_CHOISIS and t.code_departement == DEPARTEMENT]

    @cached_property
    def region_communes(self) -> dict[str, Territoire]:
        """Communes of Île-de-France over 5,000 inhabitants, those of the département included, by code."""
        return {t.code: t for t in self.territoires.values() if t.type == "commune"}

    @cached_property
    def quartiers(self) -> dict[str, dict[str, dict[str, Territoire]]]:
        """IRIS and QPV that have figures: level → commune → code → territory, by name.

        A QPV astride several communes is found in each of them.
        """
        rows = self.rows(
            """
            WITH quartier AS MATERIALIZED (
                SELECT * FROM territoire WHERE type IN ('iris', 'qpv') AND code_departement = $d
            )
            SELECT t.type, unnest(t.communes) AS commune, t.code, t.nom, t.code_ept, t.code_departement
            FROM quartier AS t SEMI JOIN (
                SELECT DISTINCT territoire FROM observation WHERE territoire IN (SELECT code FROM quartier)
            ) AS o ON o.territoire = t.code
            ORDER BY t.nom COLLATE fr, t.code, commune
            """,
            {"d": DEPARTEMENT},
        )
        found: dict[str, dict[str, dict[str, Territoire]]] = {"iris": {}, "qpv": {}}
        for r in rows:
            name = formats.typographie(r["nom"])
            place = Territoire(r["code"], r["type"], name, None, r["code_ept"], r["code_departement"])
            found[r["type"]].setdefault(r["commune"], {})[place.code] = place
        return found

    def former_names(self, territoire: str) -> dict[str, str]:
        """The former communes that a merged one replaced: code → name; empty for most."""
        rows = self.rows(
            "SELECT code, nom FROM territoire WHERE successeur = $t AND type = 'commune_historique' ORDER BY nom",
            {"t": territoire},
        )
        return {row["code"]: formats.typographie(row["nom"]) for row in rows}


def _plain_name(name: str) -> str:
    """« Saint-Denis (avant 2025) » → « Saint-Denis »."""
    return formats.typographie(name.split(" (avant ")[0])
