"""The whole warehouse to take away: DuckDB, Parquet, CSV for French spreadsheets, XLSX with its definitions.

Each file is made when asked for, beside the others of the same warehouse in a temporary folder, and kept until the
next build: the second reader does not wait.
"""

from __future__ import annotations

import atexit
import csv
import io
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from etl.identite import IDENTITE
from observatoire.exports.tables import cell_text
from observatoire.warehouse import Warehouse
from observatoire.warehouse.listings import observations_of, whole

if TYPE_CHECKING:
    from openpyxl import Workbook

LISEZMOI = (
    f"{IDENTITE.observatoire.nom} {IDENTITE.observatoire.reseau} : entrepôt {{version}}.\r\n"
    "Une ligne de definitions.csv par colonne. Les chiffres sont ceux de producteurs publics (licence ouverte 2.0) ; "
    "citer le producteur et le millésime, qui sont dans la table source.\r\n"
    "Une valeur vide n’est pas un zéro : la colonne statut dit pourquoi elle manque.\r\n"
)
# Too long for a spreadsheet, or of no use in one.
HORS_XLSX = ("fait", "geometrie")
# The last line of a sheet, heads included.
LIGNES_XLSX = 1_048_576
_lock = threading.Lock()
_folders: dict[str, tempfile.TemporaryDirectory] = {}
atexit.register(lambda: [folder.cleanup() for folder in _folders.values()])


def to_duckdb(warehouse: Warehouse) -> bytes:
    """The warehouse file itself, with the producers' figures: the printed queries run on it."""
    return warehouse.path.read_bytes()


def to_parquet(warehouse: Warehouse) -> bytes:
    """One Parquet file a table, in a ZIP."""
    return _kept(warehouse, "parquet.zip", _write_parquet)


def to_csv(warehouse: Warehouse) -> bytes:
    """One CSV a table (UTF-8 with BOM, « ; », decimal comma), with the definitions, in a ZIP."""
    return _kept(warehouse, "csv.zip", _write_csv)


def to_xlsx(warehouse: Warehouse) -> bytes:
    """A workbook: definitions first, then a sheet a table, the producers' figures and the boundaries left out.

    Its observations are those of the département's territories and of the levels above, IRIS and QPV each in a sheet
    of their own: the neighbouring communes would make it far longer, and slow to write as to open. They are in the
    other formats. Raises ValueError when a sheet would be longer than a spreadsheet can hold.
    """
    return _kept(warehouse, "xlsx", _write_xlsx)


def _kept(warehouse: Warehouse, suffix: str, write: Callable[[Warehouse, Path], None]) -> bytes:
    """A file written once for each warehouse served by this process, then read again."""
    with _lock:
        target = _folder(warehouse.path.stem) / f"observatoire.{suffix}"
        if not target.exists():
            working = target.with_name(f".{target.name}")
            write(warehouse, working)
            working.replace(target)
        return target.read_bytes()


def _folder(version: str) -> Path:
    """A folder of this process alone, gone with it; the files of a former warehouse are dropped."""
    for former in [name for name in _folders if name != version]:
        _folders.pop(former).cleanup()
    if version not in _folders:
        _folders[version] = tempfile.TemporaryDirectory(prefix="observatoire-exports-", ignore_cleanup_errors=True)
    return Path(_folders[version].name)


def _write_parquet(warehouse: Warehouse, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("LISEZMOI.txt", LISEZMOI.format(version=warehouse.version))
        for table in warehouse.columns:
            stream = io.BytesIO()
            pq.write_table(whole(warehouse, table), stream, compression="zstd")
            archive.writestr(f"{table}.parquet", stream.getvalue())


def _write_csv(warehouse: Warehouse, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LISEZMOI.txt", "\ufeff" + LISEZMOI.format(version=warehouse.version))
        archive.writestr(
            "definitions.csv", _csv_text(["Table", "Colonne", "Type", "Définition"], _definitions(warehouse))
        )
        for table, columns in warehouse.columns.items():
            batches = whole(warehouse, table).to_batches(50_000)
            with archive.open(f"{table}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as stream:
                writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
                writer.writerow(list(columns))
                for batch in batches:
                    writer.writerows([cell_text(v, None) for v in row.values()] for row in batch.to_pylist())


def _write_xlsx(warehouse: Warehouse, path: Path) -> None:
    from openpyxl import Workbook  # with the first workbook: a server starts without it

    book = Workbook(write_only=True)
    notes = [[name, "", "", words] for name, words in _NOTES.items()]
    header = ["Table", "Colonne", "Type", "Définition"]
    _sheet(book, "definitions", header, [*notes, *_definitions(warehouse)], (18, 22, 12, 100))
    for table, columns in warehouse.columns.items():
        if table in HORS_XLSX:
            continue
        for sheet, part in _FEUILLES.items() if table == "observation" else ((table, ""),):
            rows = (observations_of(warehouse, part) if part else whole(warehouse, table)).to_pylist()
            _sheet(book, sheet, list(columns), [[_excel(v) for v in row.values()] for row in rows])
    book.save(path)


# What the workbook holds, said on its first lines.
_NOTES = {
    "observation": "Dans ce classeur : les communes, anciennes communes, EPT et le département "
    f"{IDENTITE.departement.de_article}, la région, ses autres départements et la France. Les autres communes sont "
    "dans les formats DuckDB, Parquet et CSV.",
    "observation_iris": "Les observations des IRIS ; mêmes colonnes que la feuille observation.",
    "observation_qpv": "Les observations des quartiers prioritaires ; mêmes colonnes que la feuille observation.",
}
# Sheets of the observations → which ones (a key of listings.PARTIES).
_FEUILLES = {"observation": "ici", "observation_iris": "iris", "observation_qpv": "qpv"}


def _sheet(book: Workbook, name: str, header: list[str], rows: list[list], widths: tuple[int, ...] = ()) -> None:
    if len(rows) >= LIGNES_XLSX:
        raise ValueError(f"la feuille « {name} » aurait {len(rows)} lignes : un classeur n’en tient pas plus")
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for n, width in enumerate(widths):
        sheet.column_dimensions["ABCD"[n]].width = width
    cells = [WriteOnlyCell(sheet, value=text) for text in header]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    for row in rows:
        sheet.append(row)


def _definitions(warehouse: Warehouse) -> list[list[str]]:
    rows = []
    for table, columns in warehouse.columns.items():
        rows.append([table, "", "", warehouse.tables[table]])
        rows += [[table, name, column.type, column.mots] for name, column in columns.items()]
    return rows


def _csv_text(header: list[str], rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows([header, *rows])
    return "\ufeff" + stream.getvalue()


def _excel(value: object) -> object:
    return cell_text(value) if isinstance(value, list | dict | str) else value
