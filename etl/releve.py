"""« Relevés » brought by hand: a tidy CSV, checked line by line, then put in the cache that `build` reads."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from etl.cache import RELEVES, record, releve_model
from etl.cards import Source
from etl.catalogue import Catalogue
from etl.errors import DataError, Problem
from etl.readers.raw import column_name
from etl.readers.tidy import NIVEAUX
from etl.snapshot import SNAPSHOT
from etl.sources import decode

COLUMNS = ("source", "annee", "territoire", "type", "variable", "valeur")
MARKS = {"", "s", "ns", "nd", "so", "n/a", "na"}
MAX_PROBLEMS = 20
FIRST_YEAR = 1990

_CODES = {
    "commune": re.compile(r"\d{5}|2[AB]\d{3}"),
    "departement": re.compile(r"\d{2,3}|2[AB]"),
    "region": re.compile(r"\d{1,2}"),
    "pays": re.compile(r"FR|FM"),
}


@dataclass(frozen=True)
class Kept:
    """A relevé put in the cache: its path there, and how many of the département's communes it names."""

    fichier: str
    chiffres: int
    communes: int
    attendues: int


def deposit(path: Path, catalogue: Catalogue, cache: Path, geographie: int, snapshot: Path = SNAPSHOT) -> list[Kept]:
    """Check a relevé and put it in the cache, one file a dataset and year. Nothing is written if a line is wrong.

    ``geographie`` is the year of the communes it names. Columns: ``source`` (a dataset of sources.toml that
    is read as a relevé), ``annee``, ``territoire``, ``type`` (may be missing: communes), ``variable``,
    ``valeur`` (a number with a decimal point, or a mark of secret or absence). Raises DataError with every
    problem, its line and its column.
    """
    rows = _read(path)
    communes = _communes(snapshot, geographie)
    checker = _Checker(path.name, catalogue, communes, geographie)
    for line, row in rows:
        checker.check(line, row)
    if checker.problems:
        raise DataError(checker.problems[:MAX_PROBLEMS])
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for _, row in rows:
        groups.setdefault((row["source"], row["annee"]), []).append(row)
    folder = cache / RELEVES
    folder.mkdir(parents=True, exist_ok=True)
    pending = [
        (folder / f".{jeu}_{year}.csv", folder / f"{jeu}_{year}.csv", rows) for (jeu, year), rows in groups.items()
    ]
    for temporary, _, group in pending:
        _write(temporary, group)
    kept = []
    for temporary, target, group in pending:
        temporary.replace(target)
        name = f"{RELEVES}/{target.name}"
        record(cache, name, f"relevé {path.name}", geographie)
        named = {row["territoire"] for row in group if row["type"] == "commune"}
        kept.append(Kept(name, len(group), len(named & communes), len(communes)))
    return kept


class _Checker:
    """Says what is wrong with each line, knowing those before it."""

    def __init__(self, name: str, catalogue: Catalogue, communes: set[str], geographie: int) -> None:
        self.name, self.catalogue, self.communes, self.geographie = name, catalogue, communes, geographie
        self.departements = {code[:2] for code in communes}
        self.problems: list[Problem] = []
        self._seen: dict[tuple[str, ...], int] = {}
        self._variables: dict[tuple[str, str], set[str] | None] = {}

    def check(self, line: int, row: dict[str, str]) -> None:
        """Add the line's problems to ``problems``."""
        year = row["annee"]
        if not year.isdigit() or not FIRST_YEAR <= int(year) <= date.today().year:
            self._say(line, "annee", f"« {year} » n’est pas une année de {FIRST_YEAR} à {date.today().year}")
            return
        self._check_variable(line, row)
        self._check_place(line, row)
        value = row["valeur"]
        if value.lower() not in MARKS and not re.fullmatch(r"-?\d+(\.\d+)?", value):
            advice = "écrire les décimales avec un point, sans espace ni signe d’unité"
            self._say(line, "valeur", f"« {value} » n’est pas un nombre", advice)
        key = tuple(row[name] for name in ("source", "annee", "type", "territoire", "variable"))
        if key in self._seen:
            self._say(line, "territoire", f"même chiffre qu’à la ligne {self._seen[key]} : {' '.join(key)}")
        self._seen.setdefault(key, line)

    def _check_variable(self, line: int, row: dict[str, str]) -> None:
        known = self._known(row["source"], row["annee"])
        if known is None:
            choices = sorted({s.jeu for s in self.catalogue.sources if s.lecteur == "releve"})
            self._say(line, "source", f"jeu « {row['source']} » inconnu", f"jeux permis : {', '.join(choices)}")
        elif row["variable"] not in known:
            advice = f"variables de ce jeu : {', '.join(sorted(known))}"
            self._say(line, "variable", f"variable « {row['variable']} » inconnue", advice)

    def _check_place(self, line: int, row: dict[str, str]) -> None:
        level, code = row["type"], row["territoire"]
        if level not in NIVEAUX:
            self._say(line, "type", f"type de territoire « {level} » inconnu", f"types permis : {', '.join(NIVEAUX)}")
        elif not _CODES[level].fullmatch(code):
            self._say(line, "territoire", f"« {code} » n’est pas un code de {level}")
        elif level == "commune" and code[:2] in self.departements and code not in self.communes:
            advice = "vérifier le code, ou l’année donnée par --geographie"
            self._say(line, "territoire", f"pas de commune « {code} » à la géographie {self.geographie}", advice)

    def _known(self, jeu: str, year: str) -> set[str] | None:
        """The variables of a dataset as a relevé writes them, or None when it is not read as a relevé."""
        if (jeu, year) not in self._variables:
            model = releve_model(self.catalogue, jeu)
            self._variables[jeu, year] = _variable_names(self.catalogue, model, year) if model else None
        return self._variables[jeu, year]

    def _say(self, line: int, column: str, message: str, advice: str | None = None) -> None:
        self.problems.append(Problem(self.name, message, ligne=line, colonne=column, conseil=advice))


def _variable_names(catalogue: Catalogue, model: Source, year: str) -> set[str]:
    source = model.model_copy(update={"parametres": {"aa": f"{int(year) % 100:02d}"}})
    jeu = catalogue.jeux[source.jeu]
    return {column_name(variable, source, jeu) for variable in jeu.variables}


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows with their lines, values stripped, ``type`` filled. Raises DataError when columns are not right."""
    rows = csv.reader(io.StringIO(decode(path.read_bytes()), newline=""))
    header = [name.strip() for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in header and name != "type"]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(set(header)) < len(header):
        found = f"trouvé : {', '.join(header) or 'rien'}"
        advice = f"première ligne attendue : {','.join(COLUMNS)}"
        raise DataError([Problem(path.name, f"colonnes inattendues ({found})", ligne=1, conseil=advice)])
    problems, read = [], []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            message = f"{len(row)} colonnes au lieu de {len(header)}"
            problems.append(Problem(path.name, message, ligne=rows.line_num, conseil="séparer par des virgules"))
            continue
        cells = {"type": "commune"} | {name: cell.strip() for name, cell in zip(header, row, strict=True)}
        read.append((rows.line_num, cells))
    if not read and not problems:
        problems.append(Problem(path.name, "aucun chiffre"))
    if problems:
        raise DataError(problems[:MAX_PROBLEMS])
    return read


def _communes(snapshot: Path, geographie: int) -> set[str]:
    """The communes of the département at a geography: those of today, with the former ones where they stood."""
    rows = duckdb.connect().execute(
        """
        SELECT code FROM read_parquet($chemin)
        WHERE code_ept IS NOT NULL AND length(code) = 5 AND type IN ('commune', 'commune_historique')
          AND (valide_au IS NULL OR year(valide_au) >= $geographie)
        """,
        {"chemin": (snapshot / "territoire.parquet").as_posix(), "geographie": geographie},
    )
    return {code for (code,) in rows.fetchall()}


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
