"""The figures of the network (what the CCAS write), read like the public ones: docs/reseau.md says what they hold.

``Network`` is one edition. Here, the public one, for everybody; the other one is opened by ``observatoire.access``
alone. A folder without a file that can be read has an empty edition, whose ``manque`` says why: never an error.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import duckdb
import pyarrow as pa

import etl.saisies
from etl.load import current
from etl.saisies import PUBLIC
from observatoire.records import RubriqueReseau
from observatoire.warehouse.errors import Unreadable
from observatoire.warehouse.listings import LIGNES
from observatoire.warehouse.store import REGLAGES, Store, statement

_log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
# How many drawn views an edition keeps.
GARDES = 200
# Seconds before a file that cannot be read is tried again.
PATIENCE = 5.0
AUCUN = "Aucun chiffre du réseau pour l’instant : aucun CCAS n’a encore de dépôt confirmé."
ILLISIBLE = (
    "Les chiffres du réseau ne peuvent pas être lus : l’union peut les refaire (« python -m observatoire reseau "
    "publier »). Rien de ce qui a été déposé n’est perdu."
)
TABLES = (Path(etl.saisies.__file__).with_name("reseau.sql"),)
# A row of a list of answers: what the CCAS said, of which deposit. Notes are read with a deposit, never here.
REPONSE = """
    SELECT r.modele, d.version, r.territoire, r.exercice, r.rubrique, r.rang, r.valeur, r.texte, r.statut, r.unite,
        r.methode, r.diffusion, r.demonstration, d.recu_le::DATE AS recu_le
    FROM reponse AS r JOIN depot AS d ON d.code = r.depot
"""
SOMME = "SELECT s.* FROM somme AS s"
_ORDRES = {
    "r": ("r.modele", "r.exercice", "r.demonstration", "r.territoire", "r.rubrique", "r.rang"),
    "s": ("s.modele", "s.exercice", "s.demonstration", "s.type", "s.code", "s.rubrique", "coalesce(s.unite, '')"),
}


class Network(Store):
    """One edition of a network file, opened read-only; ``manque``: why there is nothing in it, empty otherwise.

    Answers are real ones unless ``demonstration``: the two are never read together.
    """

    reglages = REGLAGES | {"memory_limit": "256MB"}

    def __init__(self, path: Path | None, manque: str = "", tables: Sequence[Path] = TABLES) -> None:
        self.manque = manque
        self._kept = lru_cache(GARDES)(partial(_make, weakref.ref(self)))
        if path is not None:
            super().__init__(path)
            return
        self.path = Path("reseau-absent")
        self._con = duckdb.connect(":memory:", config=self.reglages)
        for script in tables:
            self._con.execute(script.read_text(encoding="utf-8"))

    def kept(self, make: Callable[Concatenate[Network, P], R], *choices: P.args, **named: P.kwargs) -> R:
        """``make(self, *choices)``, made once and shared until the next edition: see Warehouse.kept."""
        return self._kept(make, choices, tuple(sorted(named.items())))

    @cached_property
    def numero(self) -> int:
        """The number of the edition; 0 when there is none."""
        return self.rows("SELECT coalesce(max(numero), 0) AS n FROM edition")[0]["n"]

    # What there is

    @cached_property
    def modeles(self) -> dict[str, tuple[int, ...]]:
        """The exercices that have real answers in this file, by model."""
        return self._exercices(False)

    @cached_property
    def modeles_de_demonstration(self) -> dict[str, tuple[int, ...]]:
        """The same of the demonstration."""
        return self._exercices(True)

    def _exercices(self, demonstration: bool) -> dict[str, tuple[int, ...]]:
        rows = self.rows(
            "SELECT modele, list(DISTINCT exercice ORDER BY exercice) AS exercices FROM reponse "
            "WHERE demonstration = $d GROUP BY ALL ORDER BY modele",
            {"d": demonstration},
        )
        return {row["modele"]: tuple(row["exercices"]) for row in rows}

    def rubriques(self, modele: str, demonstration: bool = False) -> tuple[RubriqueReseau, ...]:
        """The lines of a model that are numbers, in its order: one by unit where answers choose theirs."""
        asked = {"modele": modele, "demonstration": demonstration}
        return tuple(_measure(row) for row in self.rows(statement("network_lines"), asked))

    # Collection

    def collecte(self, modele: str, exercice: int, demonstration: bool = False) -> list[dict[str, Any]]:
        """Who was expected that year, and what they gave, by code.

        Keys: territoire, population, depot, version, recu_le (None without a deposit), reponses, and how many of them
        are renseignees, secretes, non_concernees, non_suivies, a_venir. In the public file a deposit with no public
        answer is not there: « nothing published » is not « nothing deposited ».
        """
        asked = {"modele": modele, "exercice": exercice, "demonstration": demonstration}
        return self.rows(statement("network_collection"), asked)

    # Answers and sums

    def reponses(
        self, modele: str, territoire: str, exercice: int, demonstration: bool = False
    ) -> list[dict[str, Any]]:
        """The answers of a CCAS, in the order of the questionnaire: the columns of REPONSE."""
        return self.rows(
            f"""
            {REPONSE} LEFT JOIN rubrique AS l ON l.modele = r.modele AND l.version = d.version AND l.code = r.rubrique
            WHERE r.modele = $modele AND r.territoire = $territoire AND r.exercice = $exercice
              AND r.demonstration = $demonstration ORDER BY l.ordre, r.rang
            """,
            {"modele": modele, "territoire": territoire, "exercice": exercice, "demonstration": demonstration},
        )

    def releve(
        self,
        modele: str,
        rubrique: str,
        exercice: int | None = None,
        territoires: Sequence[str] | None = None,
        demonstration: bool = False,
    ) -> list[dict[str, Any]]:
        """One line over territories and years (all by default): the columns of REPONSE, by territory, year, row."""
        return self.rows(
            f"""
            {REPONSE} WHERE r.modele = $modele AND r.rubrique = $rubrique AND r.demonstration = $demonstration
              AND ($exercice IS NULL OR r.exercice = $exercice)
              AND ($territoires IS NULL OR list_contains($territoires, r.territoire))
            ORDER BY r.territoire, r.exercice, r.rang
            """,
            {
                **{"modele": modele, "rubrique": rubrique, "exercice": exercice, "demonstration": demonstration},
                "territoires": list(territoires) if territoires is not None else None,
            },
        )

    def sommes(
        self,
        modele: str,
        exercice: int | None = None,
        rubrique: str | None = None,
        code: str | None = None,
        demonstration: bool = False,
    ) -> list[dict[str, Any]]:
        """The sums of a model: the columns of table ``somme``, whose coverage (nombre, nombre_possible,
        population_couverte, methodes) is to be shown with each value."""
        return self.rows(
            f"""
            {SOMME} WHERE s.modele = $modele AND s.demonstration = $demonstration
              AND ($exercice IS NULL OR s.exercice = $exercice) AND ($rubrique IS NULL OR s.rubrique = $rubrique)
              AND ($code IS NULL OR s.code = $code)
            ORDER BY s.exercice, s.type, s.code, s.rubrique, s.unite
            """,
            {
                **{"modele": modele, "exercice": exercice, "rubrique": rubrique, "code": code},
                "demonstration": demonstration,
            },
        )


@dataclass(frozen=True)
class FiltreReseau:
    """Which answers or sums are asked for; None asks for all. ``types``: of the areas of sums."""

    modeles: Sequence[str] | None = None
    territoires: Sequence[str] | None = None
    exercices: Sequence[int] | None = None
    rubriques: Sequence[str] | None = None
    types: Sequence[str] | None = None
    demonstration: bool | None = False

    def where(self, alias: str) -> tuple[str, dict[str, object]]:
        """The WHERE clause on ``r`` (answers) or ``s`` (sums), made of fixed texts only, and its parameters."""
        place = "territoire" if alias == "r" else "code"
        clauses, parameters = ["TRUE"], {}
        for column, values in (
            ("modele", self.modeles),
            (place, self.territoires),
            ("exercice", self.exercices),
            ("rubrique", self.rubriques),
            ("type", self.types),
        ):
            if values is not None:
                clauses.append(f"{alias}.{column} IN (SELECT unnest(${column}))")
                parameters[column] = list(values)
        if self.demonstration is not None:
            clauses.append(f"{alias}.demonstration = $demonstration")
            parameters["demonstration"] = self.demonstration
        return f"WHERE {' AND '.join(clauses)}", parameters


def count_answers(network: Network, filtre: FiltreReseau) -> int:
    """How many answers a filter keeps."""
    return _count(network, "reponse", "r", filtre)


def count_sums(network: Network, filtre: FiltreReseau) -> int:
    """How many sums a filter keeps."""
    return _count(network, "somme", "s", filtre)


def _count(network: Network, table: str, alias: str, filtre: FiltreReseau) -> int:
    where, parameters = filtre.where(alias)
    return network.rows(f"SELECT count(*) AS n FROM {table} AS {alias} {where}", parameters)[0]["n"]


def answers(network: Network, filtre: FiltreReseau, limite: int, page: int, rows: int = LIGNES) -> Iterator[pa.Table]:
    """A page of answers (columns of REPONSE) in the order modele, exercice, demonstration, territoire, rubrique, rang,
    by tables of ``rows`` at most: see listings.observations."""
    return _pages(network, REPONSE, "r", filtre, limite, page, rows)


def sums(network: Network, filtre: FiltreReseau, limite: int, page: int, rows: int = LIGNES) -> Iterator[pa.Table]:
    """A page of sums (columns of table ``somme``) in the order modele, exercice, demonstration, type, code, rubrique,
    unite."""
    return _pages(network, SOMME, "s", filtre, limite, page, rows)


def _pages(
    network: Network, select: str, alias: str, filtre: FiltreReseau, limite: int, page: int, rows: int
) -> Iterator[pa.Table]:
    """Each table is a question of its own, from the last row of the one before; there is at least one, empty when
    there is nothing."""
    where, parameters = filtre.where(alias)
    order = _ORDRES[alias]
    names = [column.split(".")[1].split(",")[0] for column in order]
    start, skipped = "", (page - 1) * limite
    while True:
        asked = min(rows, limite)
        table = network.table(
            f"{select} {where} {start} ORDER BY {', '.join(order)} LIMIT $limite OFFSET $debut",
            {**parameters, "limite": asked, "debut": skipped},
        )
        if table.num_rows or not start:
            yield table
        limite, skipped = limite - asked, 0
        if limite <= 0 or table.num_rows < asked:
            return
        last = table.select(names).slice(asked - 1).to_pylist()[0]
        # An absence has no order of its own: it is compared as the empty text that the order takes it for.
        parameters |= {f"dernier_{name}": "" if value is None else value for name, value in last.items()}
        start = f"AND ({', '.join(order)}) > ({', '.join(f'$dernier_{name}' for name in names)})"


_DECIMALES = {"decimal": 1, "pourcentage": 1}


def _measure(row: dict[str, Any]) -> RubriqueReseau:
    genre = row["genre"]
    own_unit = {"montant": "€", "pourcentage": "%"}.get(genre)
    unit = own_unit or row["unite"] or row["unite_choisie"] or ""
    own = {one.name for one in fields(RubriqueReseau)} & set(row) - {"unite", "annees", "ruptures"}
    return RubriqueReseau(
        **{name: row[name] for name in own},
        unite=unit,
        publics=tuple(row["public"]),
        decimales=_DECIMALES.get(genre, 0),
        agregation="somme" if row["additive"] else "aucune",
        effectif=bool(row["additive"]) and genre != "montant",
        echelle="intervalle" if genre == "pourcentage" else "rapport",
        annees=tuple(row["annees"]),
        ruptures=tuple((year, "nouvelle définition") for year in row["ruptures"]),
    )


def _make(network: weakref.ReferenceType[Network], make: Callable, choices: tuple, named: tuple) -> Any:
    return make(network(), *choices, **dict(named))


def open_network(folder: Path, name: str = PUBLIC, tables: Sequence[Path] = TABLES) -> Network:
    """The edition in service in a folder; an empty one, which says why, when none can be read."""
    for _ in range(3):
        path = current(folder, name)
        if path is None:
            return Network(None, AUCUN, tables)
        try:
            found = Network(path)
            if former := _former_columns(found, tuple(tables)):
                _log.error("Chiffres du réseau d’une autre version du projet : %s (%s)", path, ", ".join(former[:3]))
                return Network(None, ILLISIBLE, tables)
            return found
        except (Unreadable, duckdb.Error):
            # Replaced three times between the look and the opening, it is no more: the one in service is asked again.
            if path == current(folder, name):
                break
    return Network(None, ILLISIBLE, tables)


@lru_cache(4)
def _wanted(tables: tuple[Path, ...]) -> frozenset[tuple[str, str, str]]:
    with contextlib.closing(duckdb.connect()) as con:
        for script in tables:
            con.execute(script.read_text(encoding="utf-8"))
        rows = con.execute("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal")
        return frozenset(rows.fetchall())


def _former_columns(network: Network, tables: tuple[Path, ...]) -> list[str]:
    """The columns that this version of the project reads, and the file has not."""
    had = {(table, name, column.type) for table, of in network.columns.items() for name, column in of.items()}
    return sorted(f"{table}.{name}" for table, name, kind in _wanted(tables) if (table, name, kind) not in had)


class Service:
    """The edition in service under a name, opened once a process, followed when another takes its place.

    Nothing that lasts longer than an answer or a run of a page may hold what this gives: see api.store.
    """

    def __init__(self, name: str = PUBLIC, tables: Sequence[Path] = TABLES) -> None:
        self._name, self._tables = name, tables
        self._lock = threading.Lock()
        self._opened: list[tuple[Path, Path | None, float, Network]] = []

    def __call__(self, folder: Path) -> Network:
        """The edition in service in ``folder``, an empty one when there is none. Raises nothing."""
        with self._lock:
            path = current(folder, self._name)
            if self._opened:
                where, known, since, network = self._opened[0]
                # What could not be read may have been mended since.
                late = bool(path and network.manque) and time.monotonic() - since > PATIENCE
                if (where, known) == (folder, path) and not late:
                    return network
            # The former one is dropped, not closed: answers being read from it stay whole.
            self._opened.clear()
            network = open_network(folder, self._name, self._tables)
            known = path if network.manque else network.path
            self._opened.append((folder, known, time.monotonic(), network))
            return network


public = Service()
