"""« Relevés » brought by hand: a tidy CSV, checked line by line, then put in the cache that `build` reads."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.cache import RELEVES, describe, read_manifest, releve_model, write_manifest
from etl.cards import Source
from etl.catalogue import Catalogue
from etl.errors import DataError, Problem, refusal
from etl.levels import DISTRICTS
from etl.readers.raw import column_name
from etl.readers.tidy import NIVEAUX
from etl.snapshot import SNAPSHOT, ask_snapshot
from etl.sources import decode
from etl.typography import count, number

COLUMNS = ("source", "annee", "territoire", "type", "variable", "valeur")
MARKS = {"", "s", "ns", "nd", "so", "n/a", "na"}
MAX_PROBLEMS = 20
FIRST_YEAR = 1990
FIRST_GEOGRAPHY = 2003
MAX_VALUE = 1e12
SHOWN = 60
CSV_ADVICE = "enregistrer en CSV UTF-8, séparateur virgule"

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
    """What the snapshot knows: its communes at the relevé's geography, all its codes, its negative variables."""

    geographie: int
    communes: set[str]
    codes: set[str]
    negatives: set[str]


def deposit(path: Path, catalogue: Catalogue, cache: Path, geographie: int, snapshot: Path = SNAPSHOT) -> list[Kept]:
    """Check a relevé and put it in the cache, one file a dataset and year. Nothing is written if a line is wrong.

    ``geographie`` is the year of the communes it names. Columns: ``source`` (a dataset of sources.toml that
    is read as a relevé), ``annee``, ``territoire``, ``type`` (may be missing: communes), ``variable``,
    ``valeur`` (a number with a decimal point, or a mark of secret or absence). Raises DataError with every
    problem, its line and its column.
    """
    known = _known(snapshot, geographie)
    rows = _read(path)
    checker = _Checker(path.name, catalogue, known)
    for line, row in rows:
        checker.check(line, row)
    if checker.problems:
        raise DataError(checker.problems[:MAX_PROBLEMS])
    groups: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, row in rows:
        groups.setdefault(f"{RELEVES}/{row['source']}_{row['annee']}.csv", []).append((line, row))
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
    """Write the files aside, then put them in place, the manifest last: all of it, or nothing."""
    entries = read_manifest(cache)
    (cache / RELEVES).mkdir(parents=True, exist_ok=True)
    targets = {name: cache / name for name in groups}
    pending = {name: target.with_name(f".{target.name}.{os.getpid()}") for name, target in targets.items()}
    origin = origin.encode("utf-8", "replace").decode()
    former: dict[Path, bytes | None] = {}
    try:
        for name, rows in groups.items():
            _write(pending[name], rows)
            entries[name] = describe(pending[name], f"relevé {origin}", geographie)
        for name, target in targets.items():
            former[target] = target.read_bytes() if target.is_file() else None
            pending[name].replace(target)
        write_manifest(cache, entries)
    except BaseException:
        for target, content in former.items():
            if content is not None:
                target.write_bytes(content)
            elif target.is_file():
                target.unlink()
        raise
    finally:
        for temporary in pending.values():
            temporary.unlink(missing_ok=True)


class _Checker:
    """Says what is wrong with each line, knowing those before it."""

    def __init__(self, name: str, catalogue: Catalogue, known: Known) -> None:
        self.name, self.catalogue, self.known = name, catalogue, known
        self.departements = {code[:2] for code in known.communes}
        self.problems: list[Problem] = []
        self._seen: dict[tuple[str, ...], int] = {}
        self._variables: dict[tuple[str, str], dict[str, str] | None] = {}

    def check(self, line: int, row: dict[str, str]) -> None:
        """Add the line's problems to ``problems``."""
        year = row["annee"]
        if not re.fullmatch("[0-9]{4}", year) or not FIRST_YEAR <= int(year) <= date.today().year:
            self._say(line, "annee", f"« {_short(year)} » n’est pas une année de {FIRST_YEAR} à {date.today().year}")
            return
        self._check_variable(line, row)
        self._check_place(line, row)
        self._check_value(line, row)
        key = tuple(row[name] for name in ("source", "annee", "type", "territoire", "variable"))
        if key in self._seen:
            self._say(line, "territoire", f"même chiffre qu’à la ligne {self._seen[key]} : {' '.join(key)}")
        self._seen.setdefault(key, line)

    def _check_variable(self, line: int, row: dict[str, str]) -> None:
        known = self._variables_of(row["source"], row["annee"])
        if known is None:
            choices = sorted({s.jeu for s in self.catalogue.sources if s.lecteur == "releve"})
            self._say(line, "source", f"jeu « {_short(row['source'])} » inconnu", f"jeux permis : {', '.join(choices)}")
        elif row["variable"] not in known:
            advice = f"variables de ce jeu : {', '.join(sorted(known))}"
            self._say(line, "variable", f"variable « {_short(row['variable'])} » inconnue", advice)

    def _check_value(self, line: int, row: dict[str, str]) -> None:
        value = row["valeur"]
        if value.lower() in MARKS:
            return
        variable = (self._variables_of(row["source"], row["annee"]) or {}).get(row["variable"])
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            advice = "écrire les décimales avec un point, sans espace ni signe d’unité"
            self._say(line, "valeur", f"« {_short(value)} » n’est pas un nombre", advice)
        elif abs(float(value)) > MAX_VALUE:
            advice = f"vérifier le chiffre : aucun n’atteint {number(MAX_VALUE)}"
            self._say(line, "valeur", f"« {_short(value)} » est trop grand", advice)
        elif float(value) < 0 and variable is not None and variable not in self.known.negatives:
            advice = "vérifier le chiffre ; « s » pour un secret, « nd » pour un chiffre manquant"
            self._say(
                line, "valeur", f"« {_short(value)} » : aucun chiffre connu de cette variable n’est négatif", advice
            )

    def _check_place(self, line: int, row: dict[str, str]) -> None:
        level, code = row["type"], row["territoire"]
        if level not in NIVEAUX:
            advice = f"types permis : {', '.join(NIVEAUX)}"
            self._say(line, "type", f"type de territoire « {_short(level)} » inconnu", advice)
        elif not _CODES[level].fullmatch(code):
            shape = f"code attendu : {_SHAPES[level]}"
            self._say(line, "territoire", f"« {_short(code)} » n’est pas un code {_NAMES[level]}", shape)
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


def _short(text: str) -> str:
    """What a message shows of a cell: its beginning, without what a terminal would take for an order."""
    shown = "".join(
        char if char.isprintable() or char.isspace() else "\N{REPLACEMENT CHARACTER}" for char in text[:SHOWN]
    )
    return shown if len(text) <= SHOWN else shown + "…"


def _read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows with their lines, values stripped, ``type`` filled. Raises DataError when columns are not right."""
    lines = _lines(path.name, _text(path))
    header = [name.strip() for name in next(lines, (1, []))[1]]
    _check_header(path.name, header)
    problems, read = [], []
    for line, row in lines:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            message = f"{count(len(row), 'colonne')} au lieu de {len(header)}"
            problems.append(Problem(path.name, message, ligne=line, conseil="séparer par des virgules"))
            continue
        cells = {"type": "commune"} | {name: cell.strip() for name, cell in zip(header, row, strict=True)}
        read.append((line, cells))
    if not read and not problems:
        advice = "écrire un chiffre par ligne, sous la première"
        problems.append(Problem(path.name, "aucun chiffre", conseil=advice))
    if problems:
        raise DataError(problems[:MAX_PROBLEMS])
    return read


def _text(path: Path) -> str:
    """The text of the file. Raises DataError when it cannot be read, or is not a text."""
    try:
        if path.is_dir():
            raise DataError([Problem(str(path), "c’est un dossier", conseil="donner le chemin d’un fichier CSV")])
        content = path.read_bytes()
    except OSError as error:
        found = refusal(error)
        advice = "vérifier le chemin et les droits"
        raise DataError([Problem(str(path), f"impossible de lire : {found.message}", conseil=advice)]) from error
    message = None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = "c’est un classeur ou une archive, non un CSV"
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content:
        message = "ce texte n’est pas en UTF-8 (c’est sans doute de l’UTF-16)"
    else:
        try:
            return decode(content)
        except UnicodeDecodeError:
            message = "ce n’est pas un texte en UTF-8"
    raise DataError([Problem(path.name, message, conseil=CSV_ADVICE)])


def _lines(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of the file, each with the number of its first line. Raises DataError at a misplaced quote."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for row in rows:
            if any("\n" in cell or "\r" in cell for cell in row):
                message = "une case court sur plusieurs lignes : un guillemet y est sans doute de trop"
                raise DataError([Problem(name, message, ligne=start, conseil="retirer les guillemets de cette ligne")])
            yield start, row
            start = rows.line_num + 1
    except csv.Error as error:
        words = {
            "unexpected end of data": "un guillemet est ouvert et jamais refermé",
            "field larger": f"une case compte plus de {number(csv.field_size_limit())} caractères",
        }
        message = next((french for english, french in words.items() if english in str(error)), "guillemet mal placé")
        advice = "vérifier les guillemets de cette ligne"
        raise DataError([Problem(name, message, ligne=start, conseil=advice)]) from error


def _check_header(name: str, header: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in header and column != "type"]
    unknown = [column for column in header if column not in COLUMNS]
    if not missing and not unknown and len(set(header)) == len(header):
        return
    for mark, words in {";": "points-virgules", "\t": "tabulations"}.items():
        if len(header) == 1 and mark in header[0]:
            message = f"les colonnes sont séparées par des {words}, non par des virgules"
            raise DataError([Problem(name, message, ligne=1, conseil=CSV_ADVICE)])
    found = f"trouvé : {_short(', '.join(header)) or 'rien'}"
    advice = f"première ligne attendue : {','.join(COLUMNS)}"
    raise DataError([Problem(name, f"colonnes inattendues ({found})", ligne=1, conseil=advice)])


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
    codes = ask_snapshot(snapshot, "territoire", "SELECT code FROM instantane")
    negatives = ask_snapshot(snapshot, "fait", "SELECT DISTINCT variable FROM instantane WHERE valeur < 0")
    return Known(geographie, *({name for (name,) in rows} for rows in (communes, codes, negatives)))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
