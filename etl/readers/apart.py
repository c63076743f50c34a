"""Opens a workbook or an R file in a process of its own, with a limit of memory and of time, and writes a table.

Those formats are read by native libraries: a damaged file may make them ask for 549 GB, or stop the whole process.
Here only this small process dies, and the one that waits says so (etl/readers/files.py). It is run as a file, not as
a module of the package, so that nothing else is imported:

    python apart.py classeur FICHIER TABLE.csv FEUILLE LIGNE_D_ENTETE
    python apart.py rds FICHIER TABLE.parquet

On success the table is written and nothing is said; else one line of JSON says what is wrong: ``message``,
``conseil``.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

MEMORY, SECONDS = 3 << 30, 180
# Cells of a sheet, empty ones included, for its tool keeps them all: three times the largest known (35,000 communes
# by 170 columns).
MAX_CELLS = 18_000_000
# As many as a spreadsheet has.
MAX_COLUMNS = 16_384
LINE = "_ligne"
BLOCK = 1 << 20
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_AGAIN = "le télécharger à nouveau"


class Refused(Exception):
    """What is wrong with the file, and what to do: two texts in French."""


def limit_resources() -> None:
    """No more memory nor time than a table needs, and no image of the memory on the disk if it dies of it."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def write_sheet(path: str, target: str, sheet: str, header: int) -> None:
    """Write one sheet as CSV, from its line of column names on: the line number, then the cells as texts."""
    import csv

    from python_calamine import CalamineWorkbook

    if zipfile.is_zipfile(path):
        check_extent(path, sheet)
    book = CalamineWorkbook.from_path(path)
    if sheet not in book.sheet_names:
        names = ", ".join(book.sheet_names[:10])
        raise Refused(f"feuille « {sheet} » absente (feuilles : {names})", "corriger « feuille » dans sources.toml")
    page = book.get_sheet_by_name(sheet)
    if page.height * page.width > MAX_CELLS:
        raise Refused(*_too_wide(sheet, f"{page.height} lignes et {page.width} colonnes"))
    written = 0
    with open(target, "w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output, lineterminator="\n")
        for number, row in enumerate(page.to_python(skip_empty_area=False), start=1):
            cells = list(map(cell_text, row))
            if number == header:
                writer.writerow([LINE, *unique_names(cells)])
            elif number > header:
                writer.writerow([number, *cells])
            written += number >= header
    if not written:
        told = f"la feuille « {sheet} » n’a pas de ligne {header}, où sont attendus les noms des colonnes"
        raise Refused(told, "vérifier « entete » dans sources.toml, et que le fichier est complet")


def check_extent(path: str, sheet: str) -> None:
    """Refuse a sheet one of whose cells stands so far that its tool would ask for all those before it."""
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return
        columns, last, tail = set(), 0, b""
        with archive.open(part) as stream:
            while block := stream.read(BLOCK):
                found = _CELL.findall(tail + block)
                columns.update(column for column, _ in found)
                last = max([last, *(int(row) for _, row in found)])
                tail = block[-64:]
    width = max((_rank(column) for column in columns), default=0)
    if width * last > MAX_CELLS:
        furthest = max(columns, key=_rank).decode()
        raise Refused(*_too_wide(sheet, f"la case {furthest}{last}"))


def _too_wide(sheet: str, where: str) -> tuple[str, str]:
    advice = (
        "dans Excel, Ctrl+Fin montre la dernière case : supprimer les lignes et les colonnes au-delà du tableau, "
        "puis enregistrer"
    )
    return f"la feuille « {sheet} » s’étend jusqu’à {where} : trop grande pour être lue", advice


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The file of the archive that holds a sheet, or None when the workbook does not say it plainly."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            ident = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = targets.get(ident, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in names else None
    return None


def _rank(column: bytes) -> int:
    """A → 1, Z → 26, AA → 27."""
    rank = 0
    for letter in column:
        rank = rank * 26 + letter - 64
    return rank


def unique_names(header: list[str]) -> list[str]:
    """Give each column its own name: empty trailing columns, and names that differ by their case only."""
    names, seen = [], {LINE}
    for position, name in enumerate(header, start=1):
        clean = name.strip() or f"(sans nom {position})"
        while clean.lower() in seen:
            clean += f" ({position})"
        names.append(clean)
        seen.add(clean.lower())
    return names


def cell_text(cell: object) -> str:
    """The text of a cell; a whole number is written without its point."""
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def write_frame(path: str, target: str) -> None:
    """Write the one data frame of an R file as Parquet."""
    import pandas as pd
    import pyreadr

    frame = next(iter(pyreadr.read_r(path).values()), None)
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        raise Refused("fichier R sans tableau", _AGAIN)
    if len(frame.columns) > MAX_COLUMNS:
        raise Refused(f"{len(frame.columns)} colonnes : trop pour être lues", _AGAIN)
    frame.columns = unique_names([str(name) for name in frame.columns])
    frame.to_parquet(target, index=False)


def main(kind: str, path: str, target: str, *options: str) -> None:
    limit_resources()
    try:
        if kind == "classeur":
            write_sheet(path, target, options[0], int(options[1]))
        else:
            write_frame(path, target)
    except Refused as refused:
        message, advice = refused.args
    except MemoryError:
        message, advice = "il demande trop de mémoire", _AGAIN
    except BaseException:  # whatever a native library raises over a damaged file, its panics too
        message, advice = "illisible, abîmé ou coupé en chemin", _AGAIN
    else:
        return
    print(json.dumps({"message": message, "conseil": advice}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
