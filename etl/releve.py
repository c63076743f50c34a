"""« Relevés » brought by hand: a tidy CSV, checked line by line, then put in the cache that `build` reads."""

from __future__ import annotations

import csv
import os
import re
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.bounds import bounds_of, out_of_bounds
from etl.cache import RELEVES, describe, locked, read_manifest, releve_model, write_manifest
from etl.cards import Source
from etl.catalogue import Catalogue
from etl.errors import DataError, Problem, shown
from etl.levels import DISTRICTS
from etl.marks import mark_of
from etl.readers.raw import column_name
from etl.readers.tidy import NIVEAUX_LUS
from etl.snapshot import SNAPSHOT, ask_snapshot
from etl.tableur import Unreadable, read_code, read_number, read_rows
from etl.typography import fold

COLUMNS = ("source", "annee", "territoire", "type", "variable", "valeur")
# As many as one mends in a sitting; the count says how many there are.
MAX_PROBLEMS = 20
# Older is a slip of the pen: no dataset here begins before.
FIRST_YEAR = 1990
# The first year of the lists of communes that INSEE publishes as files.
FIRST_GEOGRAPHY = 2003
# How a mark is kept in the cache: one for each meaning.
_KEPT_MARKS = {"secret": "s", "manquant": "nd", "vide": ""}

# What the codes of INSEE and ANCT look like: digits are those of ASCII alone.
_CODES = {
    "commune": re.compile(r"[0-9]{5}|2[AB][0-9]{3}"),
    "departement": re.compile(r"[0-9]{2,3}|2[AB]"),
    "region": re.compile(r"[0-9]{1,2}"),
    "pays": re.compile(r"FR|FM"),
    "iris": re.compile(r"[0-9]{9}|2[AB][0-9]{7}"),
    "qpv": re.compile(r"QP([0-9]{3}|02[AB])[0-9]{3}|QN([0-9]{3}|02[AB])[0-9]{2}[A-Z]"),
}
_NAMES = {
    "commune": "de commune",
    "departement": "de département",
    "region": "de région",
    "pays": "de pays",
    "iris": "d’IRIS",
    "qpv": "de quartier prioritaire",
}
_SHAPES = {
    "commune": "cinq caractères, comme 93066",
    "departement": "comme 93 ou 2A",
    "region": "deux chiffres, comme 11",
    "pays": "FR, ou FM pour la France métropolitaine",
    "iris": "neuf chiffres, comme 930010101",
    "qpv": "comme QP093001 ou QN09301I",
}
_OVERSEAS = {"971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988"}
_DEPARTEMENTS = {f"{n:02d}" for n in range(1, 96) if n != 20} | {"2A", "2B"} | _OVERSEAS
_REGIONS = {f"{n:02d}" for n in (1, 2, 3, 4, 6, 11, 24, 27, 28, 32, 44, 52, 53, 75, 76, 84, 93, 94)}
# No département numbers its communes as far as this.
_COMMUNE_NUMBERS = 950


@dataclass(frozen=True)
class Kept:
    """A relevé put in the cache: its path there, and how many of the département's communes it names.

    ``ailleurs``: the territories that the observatory does not show, each with its first line; they only
    count in the sums.
    """

    fichier: str
    chiffres: int
    communes: int
    attendues: int
    ailleurs: dict[str, int]


@dataclass(frozen=True)
class Known:
    """What the snapshot knows: its communes at the relevé's geography, all its codes, the codes that a name may mean.

    ``noms``: by type and folded name; a name that two territories of a type share has both codes.
    """

    geographie: int
    communes: set[str]
    codes: set[str]
    noms: dict[tuple[str, str], set[str]]


def deposit(path: Path, catalogue: Catalogue, cache: Path, geographie: int, snapshot: Path = SNAPSHOT) -> list[Kept]:
    """Check a relevé and put it in the cache, one file a dataset and year. Nothing is written if a line is wrong.

    ``geographie`` is the year of the communes it names. Columns: ``source`` (a dataset of sources.toml that
    is read as a relevé), ``annee``, ``territoire``, ``type`` (may be missing: communes), ``variable``,
    ``valeur`` (a number, or a mark of secret or absence), written as French spreadsheets write them
    (etl/tableur.py). Raises DataError with every problem, its line and its column.
    """
    known = _known(snapshot, geographie)
    checker = _Checker(path.name, catalogue, known)
    groups: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, cells, commas in read_rows(path, COLUMNS, checker.problems.append):
        row = checker.check(line, {"type": "commune"} | cells, commas)
        if len(checker.problems) >= MAX_PROBLEMS:
            break
        groups.setdefault(f"{RELEVES}/{row['source']}_{row['annee']}.csv", []).append((line, row))
    if not groups and not checker.problems:
        advice = "écrire un chiffre par ligne, sous la première"
        checker.problems.append(Problem(path.name, "aucun chiffre", conseil=advice))
    if checker.problems:
        raise DataError(checker.problems[:MAX_PROBLEMS])
    _install(cache, {name: [row for _, row in group] for name, group in groups.items()}, path.name, geographie)
    return [_kept(name, group, known) for name, group in groups.items()]


def _kept(name: str, group: list[tuple[int, dict[str, str]]], known: Known) -> Kept:
    named = {row["territoire"] for _, row in group if row["type"] == "commune"} & known.communes
    elsewhere: dict[str, int] = {}
    for line, row in group:
        if _as_shown(row["type"], row["territoire"]) not in known.codes:
            elsewhere.setdefault(row["territoire"], line)
    return Kept(name, len(group), len(named), len(known.communes), elsewhere)


def _install(cache: Path, groups: dict[str, list[dict[str, str]]], origin: str, geographie: int) -> None:
    """Write the files aside, then put them in place, the manifest last: all of it, or nothing.

    The former files are kept under another name until then: to put them back takes no room on the disk.
    """
    read_manifest(cache)
    (cache / RELEVES).mkdir(parents=True, exist_ok=True)
    origin = origin.encode("utf-8", "replace").decode()
    targets = {name: cache / name for name in groups}
    aside = {name: target.with_name(f".{target.name}.{os.getpid()}") for name, target in targets.items()}
    former = {name: path.with_name(f"{path.name}.ancien") for name, path in aside.items()}
    moved: list[str] = []
    with locked(cache):
        entries = read_manifest(cache)
        try:
            for name, rows in groups.items():
                _write(aside[name], rows)
                entries[name] = describe(aside[name], f"relevé {origin}", geographie)
            for name, target in targets.items():
                _keep(target, former[name])
                moved.append(name)
                aside[name].replace(target)
            write_manifest(cache, entries)
        except BaseException:
            for name in moved:
                if former[name].is_file():
                    os.replace(former[name], targets[name])
                else:
                    targets[name].unlink(missing_ok=True)
            raise
        finally:
            for temporary in (*aside.values(), *former.values()):
                temporary.unlink(missing_ok=True)


def _keep(target: Path, former: Path) -> None:
    """Give a file a second name, or a copy where links do not exist; nothing when there is no such file."""
    if target.is_file():
        try:
            os.link(target, former)
        except OSError:
            shutil.copyfile(target, former)


class _Checker:
    """Says what is wrong with each line, knowing those before it."""

    def __init__(self, name: str, catalogue: Catalogue, known: Known) -> None:
        self.name, self.catalogue, self.known = name, catalogue, known
        self.departements = {code[:2] for code in known.communes}
        self.problems: list[Problem] = []
        self._seen: dict[tuple[str, ...], int] = {}
        self._variables: dict[tuple[str, str], dict[str, str] | None] = {}

    def check(self, line: int, cells: dict[str, str], commas: bool) -> dict[str, str]:
        """The row as it is kept: names as the catalogue writes them, codes, numbers with a point.

        Adds the line's problems to ``problems``. ``commas``: the file's separator is the comma.
        """
        row = cells | {name: sys.intern(cells[name]) for name in ("source", "variable")}
        row["annee"] = sys.intern(read_code(cells["annee"]))
        row["type"] = sys.intern(fold(cells["type"]) or "commune")
        row["territoire"] = self._code(row["type"], read_code(cells["territoire"]))
        year = row["annee"]
        if not re.fullmatch("[0-9]{4}", year) or not FIRST_YEAR <= int(year) <= date.today().year:
            told = f"« {shown(year)} » n’est pas une année de {FIRST_YEAR} à {date.today().year}"
            advice = "écrire les quatre chiffres de l’année que le chiffre décrit, comme 2024, sans mois ni texte"
            self._say(line, "annee", told, advice)
            return row
        self._check_variable(line, row)
        self._check_place(line, row)
        row["valeur"] = self._check_value(line, row, commas)
        key = tuple(row[name] for name in ("source", "annee", "type", "territoire", "variable"))
        if key in self._seen:
            told = f"même chiffre qu’à la ligne {self._seen[key]} : {' '.join(key)}"
            self._say(line, "territoire", told, "ne garder que la bonne des deux lignes")
        self._seen.setdefault(key, line)
        return row

    def _code(self, level: str, written: str) -> str:
        """The code of a territory given by its name, when that name is one territory's; else what is written."""
        if level not in _CODES or _CODES[level].fullmatch(written):
            return written
        found = self.known.noms.get((level, fold(written)), set())
        return next(iter(found)) if len(found) == 1 else written

    def _check_variable(self, line: int, row: dict[str, str]) -> None:
        known = self._variables_of(row["source"], row["annee"])
        if known is None:
            choices = sorted({s.jeu for s in self.catalogue.sources if s.lecteur == "releve"})
            self._say(line, "source", f"jeu « {shown(row['source'])} » inconnu", f"jeux permis : {', '.join(choices)}")
        elif row["variable"] not in known:
            advice = f"variables de ce jeu : {', '.join(sorted(known))}"
            self._say(line, "variable", f"variable « {shown(row['variable'])} » inconnue", advice)

    def _check_value(self, line: int, row: dict[str, str], commas: bool) -> str:
        """The value as it is kept: a number with a point, or a mark."""
        if mark := mark_of(row["valeur"]):
            return _KEPT_MARKS[mark]
        try:
            value = read_number(row["valeur"], commas)
        except Unreadable as refused:
            self._say(line, "valeur", *refused.args)
            return row["valeur"]
        variable = (self._variables_of(row["source"], row["annee"]) or {}).get(row["variable"])
        if variable is not None and row["type"] in NIVEAUX_LUS:
            bounds = bounds_of(self.catalogue.jeux[row["source"]], variable, row["type"])
            if refused := out_of_bounds(float(value), bounds):
                self._say(line, "valeur", f"« {shown(row['valeur'])} » {refused[0]}", refused[1])
        return value

    def _check_place(self, line: int, row: dict[str, str]) -> None:
        level, code = row["type"], row["territoire"]
        if level not in NIVEAUX_LUS:
            advice = f"types permis : {', '.join(NIVEAUX_LUS)}"
            self._say(line, "type", f"type de territoire « {shown(level)} » inconnu", advice)
        elif not _CODES[level].fullmatch(code):
            shape = f"code attendu : {_SHAPES[level]}"
            self._say(line, "territoire", f"« {shown(code)} » n’est pas un code {_NAMES[level]}", shape)
        elif not self._exists(level, code):
            if level == "commune" and code[:2] in self.departements:
                advice = "vérifier le code, ou l’année donnée par --geographie"
                self._say(
                    line, "territoire", f"pas de commune « {code} » à la géographie {self.known.geographie}", advice
                )
            else:
                advice = "vérifier le code, ou retirer la ligne"
                self._say(line, "territoire", f"aucun territoire de type {level} n’a le code « {code} »", advice)

    def _exists(self, level: str, code: str) -> bool:
        """False when no territory can have this code. The snapshot knows all those of its département, and
        some of those around: elsewhere a code is only refused when it cannot be."""
        if level == "commune":
            return code in self.known.communes if code[:2] in self.departements else _may_be_commune(code)
        if level == "iris":
            inside = code[:2] in self.departements
            return code in self.known.codes if inside else _may_be_commune(code[:5])
        if level == "qpv":
            departement = code[2:5].removeprefix("0")
            return code in self.known.codes if departement in self.departements else departement in _DEPARTEMENTS
        return {"departement": code in _DEPARTEMENTS, "region": code.zfill(2) in _REGIONS}.get(level, True)

    def _variables_of(self, jeu: str, year: str) -> dict[str, str] | None:
        """The variables of a dataset by the name a relevé gives them, or None when it is not read as a relevé."""
        if (jeu, year) not in self._variables:
            model = releve_model(self.catalogue, jeu)
            self._variables[jeu, year] = _variable_names(self.catalogue, model, year) if model else None
        return self._variables[jeu, year]

    def _say(self, line: int, column: str, message: str, advice: str | None = None) -> None:
        self.problems.append(Problem(self.name, message, ligne=line, colonne=column, conseil=advice))


def _variable_names(catalogue: Catalogue, model: Source, year: str) -> dict[str, str]:
    source = model.model_copy(update={"parametres": {"aa": f"{int(year) % 100:02d}"}})
    jeu = catalogue.jeux[source.jeu]
    return {column_name(variable, source, jeu): variable for variable in jeu.variables}


def _may_be_commune(code: str) -> bool:
    """True when the code may be a commune's, as far as its numbering tells; Paris has one, and its arrondissements."""
    departement = code[:3] if code[:3] in _OVERSEAS else code[:2]
    if departement not in _DEPARTEMENTS:
        return False
    if departement == "75":
        first, last = DISTRICTS["75056"]
        return code == "75056" or first <= int(code) <= last
    return 0 < int(code.removeprefix(departement)) < _COMMUNE_NUMBERS


def _as_shown(level: str, code: str) -> str:
    """The code of a territory in the snapshot, and the commune for an arrondissement."""
    if level == "region":
        return f"R{code.zfill(2)}"
    if level == "commune" and code.isdigit():
        return next((city for city, (first, last) in DISTRICTS.items() if first <= int(code) <= last), code)
    return code


def _known(snapshot: Path, geographie: int) -> Known:
    """What the snapshot knows. The communes are those of today, with the former ones where they stood."""
    last = date.today().year + 1
    if not FIRST_GEOGRAPHY <= geographie <= last:
        message = f"l’année n’est pas entre {FIRST_GEOGRAPHY} et {last}"
        advice = "donner l’année des communes du relevé"
        raise DataError([Problem(f"--geographie {geographie}", message, conseil=advice)])
    communes = ask_snapshot(
        snapshot,
        "territoire",
        """
        SELECT code FROM instantane
        WHERE code_ept IS NOT NULL AND length(code) = 5 AND type IN ('commune', 'commune_historique')
          AND (valide_au IS NULL OR year(valide_au) >= $geographie)
        """,
        {"geographie": geographie},
    )
    every = ask_snapshot(snapshot, "territoire", "SELECT code, type, nom FROM instantane ORDER BY code")
    own = {code for (code,) in communes}
    noms: dict[tuple[str, str], set[str]] = {}
    for code, level, name in every:
        if level == "commune_historique" and code in own:
            level = "commune"
        if level in ("departement", "region", "pays") or (level == "commune" and code in own):
            noms.setdefault((level, fold(name)), set()).add(code.removeprefix("R"))
    return Known(geographie, own, {code for code, _, _ in every}, noms)


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer: csv.DictWriter[str] = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
