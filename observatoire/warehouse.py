"""Read access to the warehouse: one question a function, typed answers, nothing written.

Frames of figures have the columns of table ``observation``; see docs/entrepot.md for their meaning.
"""

from __future__ import annotations

import contextlib
import logging
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from etl.load import current, recipe
from etl.periods import period
from observatoire import formats

TYPES_CHOISIS = ("commune", "ept", "departement")
DEPARTEMENT, REGION, FRANCE, METROPOLE = "93", "R11", "FR", "FM"
_NIVEAU = re.compile(r" (?:(?:de|dans) l[’']IRIS|(?:du|dans le) quartier prioritaire)\b")
# Up to how many codes asked together DuckDB looks for one by one, instead of reading all that lies between them.
LISTE = 1_000


# Nothing but this file is read by a question, whatever its SQL: no other file, no extension, and no setting can be
# changed. Questions are written with parameters; this holds the day one is not.
REGLAGES = {
    "threads": "2",
    "memory_limit": "512MB",
    "dynamic_or_filter_threshold": str(LISTE),
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "lock_configuration": "true",
}
# What DuckDB raises when the file itself is at fault, not the question.
_ABIMES = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
_log = logging.getLogger(__name__)


class NoWarehouse(RuntimeError):
    """There is no warehouse to read; the message says in French what to do.

    It is shown to readers: ``dossier``, which only concerns who runs the server, is beside it.
    """

    def __init__(self, message: str, dossier: Path | None = None) -> None:
        super().__init__(message)
        self.dossier = dossier

    @property
    def local(self) -> str:
        """The message and the folder, for a command line."""
        return f"{self} ({self.dossier})" if self.dossier else str(self)


class Unreadable(NoWarehouse):
    """The warehouse is there and cannot be read: damaged, or being replaced. The server's log says why."""

    def __init__(self, path: Path, error: Exception) -> None:
        _log.error("Entrepôt illisible : %s (%s)", path, str(error).split("\n", 1)[0])
        words = "L’entrepôt ne peut pas être lu : réessayer dans une minute ; si cela dure, le signaler à l’UDCCAS 93."
        super().__init__(words, path.parent)


@dataclass(frozen=True)
class Territoire:
    """A territory one can choose. ``code_ept`` is the EPT of a commune, and the EPT's own code for an EPT."""

    code: str
    type: str
    nom: str
    code_court: str | None
    code_ept: str | None
    code_departement: str | None

    @property
    def complet(self) -> str:
        """« Bondy », « Est Ensemble (EPT T8) », « Seine-Saint-Denis (département) »."""
        if self.type == "ept":
            return f"{self.nom} (EPT {self.code_court})"
        return f"{self.nom} (département)" if self.type == "departement" else self.nom

    @property
    def lieu(self) -> str:
        """« à Bondy », « au Raincy »: where one is."""
        return formats.lieu(self.nom, self.type)

    @property
    def references(self) -> tuple[str, ...]:
        """The codes of those it is seen beside, from the nearest: its EPT, the département, the région, France."""
        near = (self.code_ept,) if self.type == "commune" and self.code_ept else ()
        return tuple(code for code in (*near, DEPARTEMENT, REGION, FRANCE) if code != self.code)


@dataclass(frozen=True)
class Indicateur:
    """An indicator's card and the years (ascending) for which the département has figures.

    ``pas``: the rounding of a set of figures, see ``lisible``; None on the card itself.
    """

    code: str
    theme: str
    publics: tuple[str, ...]
    libelle: str
    definition: str
    unite: str
    decimales: int
    sens: str
    sens_pourquoi: str
    agregation: str
    phare: bool
    effectif: bool
    numerateur: str | None
    numerateur_libelle: str | None
    denominateur: str | None
    denominateur_libelle: str | None
    poids_libelle: str | None
    precaution: str | None
    comparabilite: str | None
    annees: tuple[int, ...]
    facteur: float = 1.0
    forme: str = "simple"
    duree: int | None = None
    niveau: str = "commune"
    equivalent: str | None = None
    echelle: str = "rapport"
    pas: float | None = None
    incertitude: str = ""
    ruptures: tuple[tuple[int, str], ...] = ()

    @property
    def court(self) -> str:
        """The label without « de l’IRIS », « du quartier prioritaire », which what stands around it says."""
        return _NIVEAU.sub("", self.libelle)

    @property
    def derniere(self) -> int:
        """The latest year that has figures."""
        return self.annees[-1]

    def periode(self, annee: int) -> str:
        """What a figure stamped ``annee`` covers, as titles and tables write it: « 2023 », « 2016–2022 »."""
        return period(int(annee), self.duree if self.forme == "evolution" else None)

    def datee(self, annee: int) -> int | str:
        """The same in a column of years: a number, or « 2016–2022 »."""
        return self.periode(annee) if self.forme == "evolution" else int(annee)

    def periodes(self, annees: Iterable[int]) -> str:
        """What a series covers: « 2014 à 2021 », « de 2007–2013 à 2016–2022 »."""
        if self.forme != "evolution":
            return formats.periode(list(annees))
        ordered = sorted(set(annees))
        first, last = self.periode(ordered[0]), self.periode(ordered[-1])
        return first if first == last else f"de {first} à {last}"

    def en(self, annee: int) -> str:
        """The same in a sentence: « en 2023 », « de 2016 à 2022 »."""
        evolving = self.forme == "evolution" and self.duree
        return f"de {int(annee) - int(self.duree or 0)} à {int(annee)}" if evolving else f"en {int(annee)}"

    @property
    def en_rapport(self) -> bool:
        """True when the ratio of two figures means something: neither a share nor a scale without a true zero."""
        return self.echelle == "rapport" and not self.unite.startswith("%")

    @property
    def unite_ecart(self) -> str:
        """The unit of a difference: points for an interval scale, else that of the figures."""
        return "points" if self.echelle == "intervalle" else self.unite

    def format(self, valeur: float | None, statut: str = "publie", arrondi: float | None = None) -> str:
        """A value of this indicator as readers see it, with a short unit and its own decimals (column ``arrondi``)."""
        step = self.pas if formats.is_missing(arrondi) else arrondi
        return formats.chiffre(valeur, self.unite, self.decimales, statut, arrondi=step)

    @property
    def rang(self) -> int:
        """The decimals of the last digit to write, negative for tens (−1) and over: those of class bounds."""
        return self.decimales if self.pas is None or self.pas < 10 else -math.floor(math.log10(self.pas) + 1e-9)

    def lisible(self, arrondis: Iterable[float | None]) -> Indicateur:
        """This card with the decimals and the step (``pas``) of a set of figures, that nine in ten of them allow.

        For what belongs to several figures at once: an axis, a class, a quartile. Nine in ten, so that one small
        commune whose rate its rounded counts blur does not blur everybody's.
        """
        known = sorted(0.0 if formats.is_missing(a) else float(a) for a in arrondis)  # type: ignore[arg-type]
        common = known[math.ceil(0.9 * len(known)) - 1] if known else 0.0
        if not common:
            return self
        return replace(self, decimales=formats.decimales_lues(self.decimales, common), pas=common)

    def debut(self, annee: int) -> int:
        """The first year of the series that ``annee`` belongs to: the latest break at or before it, 0 without one.

        Figures on either side of a break are not subtracted, joined by a line, nor shown as a reference.
        """
        return max((year for year, _ in self.ruptures if year <= annee), default=0)

    def rupture(self, annee: int) -> str:
        """« nouvelle série Filosofi en 2023 »: the break that opens the series of ``annee``; empty without one."""
        return next((f"{why} en {year}" for year, why in self.ruptures if year == self.debut(annee)), "")


@dataclass(frozen=True)
class Regle:
    """How the evolution of an indicator may be judged (see methods.trend_test): the fields of its card.

    ``ruptures``: first year after the break, why.
    """

    agregation: str
    tendance: str = ""
    incertitude: str = ""
    effet_plan: float = 1.0
    ruptures: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Source:
    """A dataset at a vintage, as it is cited under a chart."""

    code: str
    producteur: str
    nom: str
    millesime: int
    geographie: int
    licence: str
    url: str | None
    publie_le: date | None


@dataclass(frozen=True)
class Fusion:
    """Communes (``noms``, in words) that are one since the day ``depuis``."""

    depuis: date
    noms: str


class Warehouse:
    """A warehouse file, opened read-only. Safe to share between threads: each question has its own cursor.

    Any question raises Unreadable when the file is damaged; the next one opens it again, in case it has been mended.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._con: duckdb.DuckDBPyConnection | None = None
        with self._answering():
            pass

    @contextlib.contextmanager
    def _answering(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one question."""
        try:
            con = self._con or duckdb.connect(str(self.path), read_only=True, config=REGLAGES)
            self._con = con
            yield con.cursor()
        except _ABIMES as error:
            # Dropped, not closed: the questions being answered beside this one end as they can.
            self._con = None
            raise Unreadable(self.path, error) from error

    @property
    def version(self) -> str:
        """Changes with each build: a key for caches."""
        return self.path.name

    def ask(self, sql: str, parameters: dict[str, object] | None = None) -> pd.DataFrame:
        """The answer to a question in SQL, values passed as named parameters (``$nom``)."""
        with self._answering() as cursor:
            return cursor.execute(sql, parameters or {}).df()

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[dict[str, Any]]:
        """The same answer as dictionaries of plain Python values: an absence is None, an integer stays one."""
        with self._answering() as cursor:
            answer = cursor.execute(sql, parameters or {})
            names = [column[0] for column in answer.description]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def table(self, sql: str, parameters: dict[str, object] | None = None) -> pa.Table:
        """The same answer as an Arrow table, types of the warehouse kept."""
        with self._answering() as cursor:
            return cursor.execute(sql, parameters or {}).to_arrow_table()

    @cached_property
    def columns(self) -> dict[str, dict[str, tuple[str, bool]]]:
        """The public tables: name → column → (DuckDB type, whether it can be NULL), in order."""
        found: dict[str, dict[str, tuple[str, bool]]] = {}
        rows = self.rows(
            "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY table_oid, column_index"
        )
        for row in rows:
            found.setdefault(row["table_name"], {})[row["column_name"]] = (row["data_type"], bool(row["is_nullable"]))
        return found

    @cached_property
    def outdated(self) -> bool:
        """Whether it comes from a former version of the project, which the server could not build again."""
        found = self.rows("SELECT origine, empreinte FROM construction")
        return any(row["origine"] == "instantane" and row["empreinte"] != recipe() for row in found)

    @cached_property
    def built_on(self) -> date:
        """The day the warehouse was built (UTC)."""
        return self.ask("SELECT max(construit_le) AS jour FROM construction")["jour"][0].date()

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

    def identity(self, territoire: Territoire) -> str:
        """« Commune de Plaine Commune (EPT T6), 149 077 habitants en 2023 »."""
        found = self.figures(["DEM01"], [territoire.code]).dropna(subset=["valeur"])
        people = ""
        if not found.empty:
            last = found.iloc[-1]
            people = f", {formats.nombre(last['valeur'])} habitants en {last['annee']}"
        if territoire.type == "commune" and territoire.code_ept in self.epts:
            ept = self.epts[territoire.code_ept]
            return f"Commune {formats.de(ept.nom)} (EPT {ept.code_court}){people}"
        if territoire.type == "ept":
            members = sum(c.code_ept == territoire.code for c in self.communes.values())
            return f"Établissement public territorial {territoire.code_court}, {members} communes{people}"
        return f"Département, {len(self.communes)} communes et {len(self.epts)} EPT{people}"

    @cached_property
    def mergers(self) -> dict[str, list[Fusion]]:
        """The mergers that made communes: code → its own, oldest first; most communes are not there."""
        frame = self.ask(
            """
            SELECT successeur, valide_au, list(nom ORDER BY nom COLLATE fr) AS noms FROM territoire
            WHERE successeur IS NOT NULL GROUP BY ALL ORDER BY successeur, valide_au
            """
        )
        found: dict[str, list[Fusion]] = {}
        for row in frame.itertuples(index=False):
            merger = Fusion(row.valide_au.date() + timedelta(days=1), " et ".join(map(_plain_name, row.noms)))
            found.setdefault(row.successeur, []).append(merger)
        return found

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
        return f"Carte des {count} communes de la Seine-Saint-Denis, réunies en {len(self.epts)} EPT : {names}."

    @cached_property
    def choices(self) -> list[Territoire]:
        """What a reader can choose: the département's communes, its EPT, itself."""
        return [t for t in self.territoires.values() if t.type in TYPES_CHOISIS and t.code_departement == DEPARTEMENT]

    @cached_property
    def region_communes(self) -> dict[str, Territoire]:
        """Communes of Île-de-France over 5,000 inhabitants, those of the département included, by code."""
        return {t.code: t for t in self.territoires.values() if t.type == "commune"}

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
    def regles(self) -> dict[str, Regle]:
        """How the evolution of each indicator may be judged, by code."""
        rows = self.rows("SELECT code, agregation, tendance, incertitude, effet_plan, ruptures FROM indicateur")
        return {
            row["code"]: Regle(
                row["agregation"],
                row["tendance"],
                row["incertitude"],
                row["effet_plan"],
                _ruptures(row["ruptures"]),
            )
            for row in rows
        }

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

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Every dataset at a vintage, by code."""
        frame = self.ask(
            "SELECT code, producteur, nom, millesime, geographie, licence, url, publie_le FROM source ORDER BY code"
        )
        rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False)
        return {row[0]: Source(*row) for row in rows}

    def figures(
        self, indicateurs: Iterable[str], territoires: Iterable[str], annees: Iterable[int] | None = None
    ) -> pd.DataFrame:
        """The rows of ``observation`` for these indicators, territories and years (all years by default)."""
        rows = self.table(
            """
            SELECT * FROM observation
            WHERE indicateur IN (SELECT unnest($indicateurs)) AND territoire IN (SELECT unnest($territoires))
              AND ($annees IS NULL OR annee IN (SELECT unnest($annees)))
            ORDER BY indicateur, territoire, annee
            """,
            _asked(indicateurs, territoires, annees),
        )
        return rows.to_pandas().astype({"annee_denominateur": "Int32"})

    def counts(
        self, indicateurs: Iterable[str], territoires: Iterable[str], annees: Iterable[int] | None = None
    ) -> list[dict[str, Any]]:
        """What ``figures`` holds of amounts, as plain rows (no frame: quicker for a few hundred).

        Keys: territoire, indicateur, annee, valeur, statut, numerateur, denominateur, annee_denominateur, arrondi,
        marge, borne_basse, borne_haute.
        """
        return self.rows(
            """
            SELECT territoire, indicateur, annee, valeur, statut, numerateur, denominateur, annee_denominateur,
                arrondi, marge, borne_basse, borne_haute
            FROM observation
            WHERE indicateur IN (SELECT unnest($indicateurs)) AND territoire IN (SELECT unnest($territoires))
              AND ($annees IS NULL OR annee IN (SELECT unnest($annees)))
            ORDER BY indicateur, territoire, annee
            """,
            _asked(indicateurs, territoires, annees),
        )

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

    @cached_property
    def profiles(self) -> dict[str, pd.DataFrame]:
        """The latest figures of every territory one can choose, by code; see ``profile``. Read once."""
        cards = self.indicateurs.values()
        frame = self.ask(
            _PROFILES,
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
        codes = frame.pop("territoire")
        return {str(code): part for code, part in frame.groupby(codes, sort=False)}

    def profile(self, territoire: str, indicateurs: Iterable[str]) -> pd.DataFrame:
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
        frame = self.profiles[territoire]
        return frame[frame["indicateur"].isin(list(indicateurs))].reset_index(drop=True)

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

    def cards_below(self, niveau: str) -> dict[str, Indicateur]:
        """The available indicators of IRIS, of QPV or of the département alone (``niveau``), with their years.

        In the order of the catalogue.
        """
        return {code: card for code, card in self.every_indicator.items() if card.niveau == niveau}

    def equivalent(self, indicateur: str) -> str | None:
        """The indicator of communes that says the same as one of IRIS or QPV; None when there is none."""
        card = self.every_indicator.get(indicateur)
        return card.equivalent if card and card.equivalent in self.indicateurs else None

    def former_names(self, territoire: str) -> dict[str, str]:
        """The former communes that a merged one replaced: code → name; empty for most."""
        rows = self.rows(
            "SELECT code, nom FROM territoire WHERE successeur = $t AND type = 'commune_historique' ORDER BY nom",
            {"t": territoire},
        )
        return {row["code"]: formats.typographie(row["nom"]) for row in rows}

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


# The figures are read alone, before any join: DuckDB then skips the rows of other territories and years at once.
_PROFILES = """
WITH choix AS MATERIALIZED (
    SELECT c.indicateur, c.annee, c.debut, IF(i.sens = 'defavorable', 1, -1) AS signe, i.ordre
    FROM (SELECT unnest($indicateurs) AS indicateur, unnest($annees) AS annee, unnest($debuts) AS debut) AS c
    JOIN indicateur AS i ON i.code = c.indicateur
), lieu AS (
    SELECT unnest($territoires) AS territoire, unnest($epts) AS ept, unnest($departements) AS departement
), commune_lue AS MATERIALIZED (
    SELECT territoire, indicateur, annee, valeur, statut, motif, source, borne_basse, borne_haute, arrondi, marge
    FROM observation WHERE territoire IN (SELECT unnest($communes)) AND annee IN (SELECT unnest($annees))
), autre AS MATERIALIZED (
    SELECT territoire, indicateur, annee, valeur, statut, motif, source, borne_basse, borne_haute, arrondi, marge
    FROM observation WHERE territoire IN (SELECT unnest($autres))
), commune AS MATERIALIZED (
    SELECT o.*, IF(o.valeur IS NULL, NULL,
        rank() OVER (PARTITION BY o.indicateur ORDER BY c.signe * lire(o.valeur, o.arrondi) NULLS LAST)) AS rang
    FROM commune_lue AS o JOIN choix AS c USING (indicateur, annee)
), soi AS (
    FROM commune UNION ALL SELECT o.*, NULL FROM autre AS o JOIN choix USING (indicateur, annee)
), bande AS (
    SELECT indicateur, count(*) AS communes, min(valeur) AS minimum, quantile_cont(valeur, 0.25) AS q1,
        median(valeur) AS mediane, quantile_cont(valeur, 0.75) AS q3, max(valeur) AS maximum,
        stddev_pop(valeur) AS ecart_type, quantile_disc(coalesce(arrondi, 0), 0.9) AS arrondi_bande,
        bool_or(statut = 'censure') AS borne
    FROM commune WHERE valeur IS NOT NULL GROUP BY ALL
), repere AS MATERIALIZED (
    SELECT IF(o.territoire = $metropole, $france, o.territoire) AS code, indicateur, arg_max(
        struct_pack(
            o.valeur, o.statut, o.arrondi, o.marge, annee := IF(o.valeur IS NULL, NULL, o.annee), o.territoire,
            o.borne_basse, o.borne_haute
        ),
        IF(o.valeur IS NULL, 0, 100_000) + 10 * o.annee + IF(o.territoire = $metropole, 0, 1)
    ) AS lue
    FROM autre AS o JOIN choix AS c USING (indicateur) WHERE o.annee BETWEEN c.debut AND c.annee GROUP BY ALL
)
SELECT t.territoire, c.indicateur, c.annee, s.valeur, coalesce(s.statut, 'manquant') AS statut, s.motif, s.source,
    s.borne_basse, s.borne_haute, s.arrondi, s.marge,
    ept.lue.valeur AS valeur_ept, ept.lue.statut AS statut_ept, ept.lue.annee AS annee_ept,
    ept.lue.arrondi AS arrondi_ept, ept.lue.marge AS marge_ept,
    dep.lue.valeur AS valeur_dep, dep.lue.statut AS statut_dep, dep.lue.annee AS annee_dep,
    dep.lue.arrondi AS arrondi_dep, dep.lue.marge AS marge_dep,
    dep.lue.borne_basse AS borne_basse_dep, dep.lue.borne_haute AS borne_haute_dep,
    reg.lue.valeur AS valeur_reg, reg.lue.statut AS statut_reg, reg.lue.annee AS annee_reg,
    reg.lue.arrondi AS arrondi_reg, reg.lue.marge AS marge_reg,
    fra.lue.valeur AS valeur_fra, fra.lue.statut AS statut_fra, fra.lue.annee AS annee_fra,
    fra.lue.arrondi AS arrondi_fra, fra.lue.marge AS marge_fra,
    fra.lue.territoire AS code_fra, s.rang, b.* EXCLUDE (indicateur)
FROM lieu AS t CROSS JOIN choix AS c
LEFT JOIN soi AS s ON (s.territoire, s.indicateur) = (t.territoire, c.indicateur)
LEFT JOIN repere AS ept ON (ept.code, ept.indicateur) = (t.ept, c.indicateur)
LEFT JOIN repere AS dep ON (dep.code, dep.indicateur) = (t.departement, c.indicateur)
LEFT JOIN repere AS reg ON (reg.code, reg.indicateur) = ($region, c.indicateur)
LEFT JOIN repere AS fra ON (fra.code, fra.indicateur) = ($france, c.indicateur)
LEFT JOIN bande AS b ON b.indicateur = c.indicateur
ORDER BY c.ordre
"""


def _asked(indicateurs: Iterable[str], territoires: Iterable[str], annees: Iterable[int] | None) -> dict[str, object]:
    years = None if annees is None else [int(annee) for annee in annees]
    return {"indicateurs": list(indicateurs), "territoires": list(territoires), "annees": years}


def _ruptures(texts: Iterable[str]) -> tuple[tuple[int, str], ...]:
    """« 2023 : nouvelle série Filosofi » → (2023, « nouvelle série Filosofi »)."""
    return tuple((int(year), why) for year, why in (re.split(r"\s: ", text, maxsplit=1) for text in texts))


def _plain_name(name: str) -> str:
    """« Saint-Denis (avant 2025) » → « Saint-Denis »."""
    return formats.typographie(name.split(" (avant ")[0])


def open_warehouse(folder: Path) -> Warehouse:
    """Open the warehouse in service in a folder. Raises NoWarehouse when there is none, or none that can be read."""
    path = current(folder)
    if path is None:
        words = "L’entrepôt n’est pas construit : lancer « python -m etl build », puis recharger la page."
        raise NoWarehouse(words, folder)
    house = Warehouse(path)
    try:
        ours = house.rows("SELECT 1 FROM territoire WHERE type = 'ept' AND code_departement = $d", {"d": DEPARTEMENT})
    except duckdb.Error as error:  # a database, not a warehouse
        raise Unreadable(path, error) from error
    if not ours:
        words = "L’entrepôt est celui d’un autre département, et ces pages servent la Seine-Saint-Denis : "
        raise NoWarehouse(f"{words}lancer « python -m etl build », puis recharger la page.", folder)
    return house
