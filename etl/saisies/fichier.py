"""Opens a workbook that was sent (XLSX or ODS) without trusting it: what it contains first, its values after.

The XML is read twice: here, flat in memory and without entities, for what calamine does not say (formulas, merged
cells, formats in %, properties, sizes); then by calamine, once nothing in it can be out of measure.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from python_calamine import CalamineError, CalamineWorkbook

from etl import guarded
from etl.errors import DataError, Problem, listed, shown, system_told
from etl.saisies.plan import address
from etl.typography import number

MAX_BYTES = 10 << 20
MAX_UNZIPPED = 48 << 20
MAX_MEMBERS = 300
# A questionnaire has a few hundred lines: far more room than any needs, far less than what brings a machine down.
MAX_ROWS, MAX_COLUMNS, MAX_CELLS, MAX_NODES, MAX_TEXT = 3_000, 200, 60_000, 1_500_000, 16 << 20
LONGEST_CELL = 32_767
_PROPERTY = "observatoire_"
_SAVE = "l’enregistrer de nouveau dans le tableur, au format .xlsx ou .ods"
_DOWNLOAD = "reprendre le classeur de l’observatoire, et y reporter les réponses"

_XLSX_MEMBERS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/[^/]+\.(xml|[ew]mf|jpe?g|png)|docMetadata/.*|customXml/.*"
    r"|xl/(workbook|styles|sharedStrings|metadata|calcChain)\.xml|xl/_rels/workbook\.xml\.rels|xl/theme/.*"
    r"|xl/worksheets/[^/]+\.xml|xl/worksheets/_rels/[^/]+\.rels|xl/printerSettings/.*|xl/persons/.*"
)
_ODS_MEMBERS = re.compile(
    r"mimetype|(content|meta|settings|styles)\.xml|manifest\.rdf|META-INF/manifest\.xml|Thumbnails/.*"
    r"|Configurations2/.*|layout-cache"
)
# What is found instead, in the words of who must take it out.
_UNWANTED = (
    (r"vbaProject|macrosheets|^Basic/|^Scripts/|dialogsheets", "des macros", "l’enregistrer sans macros"),
    (
        r"externalLinks|connections\.xml|queryTables|webextensions",
        "des liens vers d’autres fichiers",
        "rompre ces liens",
    ),
    (r"comments|threadedComments|vmlDrawing", "des commentaires", "les reporter dans la colonne « Note »"),
    (r"media/|drawings/|^Pictures/|charts/", "une image, un dessin ou un graphique", "les retirer"),
    (r"embeddings|activeX|^Object|ObjectReplacements|ctrlProps|oleObject", "un objet inséré", "le retirer"),
    (r"pivot|slicer|tables/", "un tableau croisé ou mis en forme", "le retirer"),
)


@dataclass
class Page:
    """A sheet as it was sent. ``valeurs``: by row then column from 0; the rest by (row, column) from 1.

    ``remplies``: the cells that hold something, of which calamine gives no value when it is an error (« #DIV/0! »).
    """

    nom: str
    valeurs: list[list[Any]] = field(default_factory=list)
    formules: dict[tuple[int, int], str] = field(default_factory=dict)
    pourcents: set[tuple[int, int]] = field(default_factory=set)
    remplies: set[tuple[int, int]] = field(default_factory=set)
    fusions: list[str] = field(default_factory=list)

    def cell(self, row: int, column: int) -> Any:
        """The value of a cell; an empty text outside what is filled."""
        line = self.valeurs[row - 1] if row <= len(self.valeurs) else []
        return line[column - 1] if column <= len(line) else ""

    def is_lost(self, row: int, column: int) -> bool:
        """Whether a cell holds something that could not be read as a value, and is no formula."""
        at = (row, column)
        return at in self.remplies and at not in self.formules and self.cell(row, column) == ""


@dataclass
class Contenu:
    """A workbook whose values can be read: its sheets by name, its custom properties by name without their prefix."""

    nom: str
    format: str
    pages: dict[str, Page]
    proprietes: dict[str, str]


class _Measure:
    """What a scan has met, held to the limits."""

    def __init__(self, name: str, sheet: str) -> None:
        self.name, self.sheet, self.cells, self.nodes, self.text = name, sheet, 0, 0, 0

    def node(self) -> None:
        """One more element."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _refuse(
                self.name, f"feuille « {shown(self.sheet)} » : trop de contenu pour un questionnaire", _DOWNLOAD
            )

    def add(self, row: int, column: int, times: int, length: int) -> None:
        """A filled cell whose last copy is at (row, column), repeated ``times``, its text ``length`` long."""
        where = f"feuille « {shown(self.sheet)} »"
        if row > MAX_ROWS or column > MAX_COLUMNS:
            at = address(min(row, 1_048_576), min(column, 16_384))
            told = f"{where} : la cellule {at} est remplie, très loin du questionnaire"
            raise _refuse(self.name, told, "l’effacer, ou " + _DOWNLOAD)
        self.cells += times
        self.text += times * length
        if self.cells > MAX_CELLS or self.text > MAX_TEXT or length > LONGEST_CELL:
            raise _refuse(self.name, f"{where} : trop de contenu pour un questionnaire", _DOWNLOAD)


def open_workbook(path: Path) -> Contenu:
    """Everything in a workbook that was sent. Raises DataError, with all that is wrong, when it cannot be read."""
    name = path.name
    with system_told(name):
        if not path.is_file():
            raise _refuse(name, "ce n’est pas un fichier", "donner le chemin d’un classeur .xlsx ou .ods")
        guarded.require_size(path, name, MAX_BYTES)
        _require_archive(path, name)
        content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.namelist()
            read = _read_ods if "mimetype" in members and "content.xml" in members else _read_xlsx
            found = read(archive, name)
        _read_values(content, found)
    except DataError:
        raise
    except (DefusedXmlException, ParseError) as error:
        raise _refuse(name, "classeur abîmé : son contenu ne se lit pas", _SAVE) from error
    except (zipfile.BadZipFile, KeyError, ValueError, OverflowError, RecursionError, LookupError, EOFError) as error:
        raise _refuse(name, "classeur abîmé ou incomplet", _SAVE) from error
    return found


def _refuse(name: str, told: str, advice: str) -> DataError:
    return DataError([Problem(name, told, conseil=advice)])


def _require_archive(path: Path, name: str) -> None:
    """A whole archive, of reasonable size, with one member a name, none of them unexpected."""
    kind = guarded.kind_of(guarded.beginning_of(path))
    if kind == "ole":
        raise _refuse(
            name, "classeur protégé par un mot de passe, ou ancien .xls", "retirer le mot de passe ; " + _SAVE
        )
    if kind != "zip":
        raise _refuse(name, f"ce n’est pas un classeur, c’est {guarded.words_of(kind)}", "déposer un .xlsx ou un .ods")
    try:
        with guarded.open_archive(path, name) as archive:
            infos = archive.infolist()
        if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNZIPPED:
            told = f"plus de {MAX_UNZIPPED >> 20} Mo une fois décomprimé, ou plus de {number(MAX_MEMBERS)} éléments"
            raise _refuse(name, told, _DOWNLOAD)
        guarded.check_archive(path, name)
    except DataError as error:
        raise DataError([Problem(name, one.message, conseil=_SAVE) for one in error.problems]) from error
    names = [info.filename for info in infos]
    if len({one.lower() for one in names}) < len(names):
        raise _refuse(name, "classeur falsifié : deux éléments y portent le même nom", _DOWNLOAD)
    ods = "mimetype" in names
    known = _ODS_MEMBERS if ods else _XLSX_MEMBERS
    extra = [one for one in names if not one.endswith("/") and not known.fullmatch(one)]
    if extra:
        raise DataError(list(_unwanted(name, extra)))


def _unwanted(name: str, members: list[str]) -> Iterator[Problem]:
    left = list(members)
    for pattern, words, advice in _UNWANTED:
        matching = [one for one in left if re.search(pattern, one)]
        if matching:
            left = [one for one in left if one not in matching]
            yield Problem(name, f"le classeur contient {words}", conseil=f"{advice}, puis l’enregistrer de nouveau")
    if left:
        yield Problem(name, f"le classeur contient autre chose que des feuilles : {listed(left)}", conseil=_SAVE)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return None


def _events(stream: IO[bytes], tags: tuple[str, ...] = ("start", "end")) -> Iterator[tuple[str, Element]]:
    yield from iterparse(stream, events=tags, forbid_dtd=True)


def _read_values(content: bytes, found: Contenu) -> None:
    """Fill the sheets with their values. Raises DataError when calamine does not read what the scan has."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if book.sheet_names != list(found.pages):
            raise _refuse(found.nom, "classeur falsifié : ses feuilles ne sont pas celles qu’il annonce", _DOWNLOAD)
        for sheet, page in found.pages.items():
            page.valeurs = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise _refuse(found.nom, "classeur abîmé : ses cases ne se lisent pas", _SAVE) from error
    except BaseException as error:
        # What its Rust code gives up on does not derive from Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _refuse(found.nom, "classeur abîmé : ses cases ne se lisent pas", _SAVE) from error


# XLSX


def _read_xlsx(archive: zipfile.ZipFile, name: str) -> Contenu:
    members = set(archive.namelist())
    missing = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} - members
    if missing:
        raise _refuse(name, "ce n’est pas un classeur : il y manque l’essentiel", _SAVE)
    types = archive.read("[Content_Types].xml")
    if b"macroEnabled" in types or b"template" in types:
        raise _refuse(
            name, "c’est un modèle de classeur ou un classeur à macros", "l’enregistrer en .xlsx, sans macros"
        )
    for member in sorted(members):
        if member.endswith(".rels"):
            _refuse_links(archive, member, name)
    lengths = _shared_lengths(archive, name) if "xl/sharedStrings.xml" in members else []
    rates = _percent_styles(archive) if "xl/styles.xml" in members else set()
    pages = {}
    for sheet, member in _xlsx_sheets(archive, name).items():
        if member not in members:
            raise _refuse(name, f"feuille « {shown(sheet)} » absente du classeur", _SAVE)
        pages[sheet] = _scan_xlsx(archive, member, Page(sheet), name, lengths, rates)
    properties = {}
    if "docProps/custom.xml" in members:
        for _, element in _events(archive.open("docProps/custom.xml"), ("end",)):
            key = _attribute(element, "name") or ""
            if _local(element) == "property" and key.startswith(_PROPERTY):
                properties[key.removeprefix(_PROPERTY)] = "".join(element.itertext()).strip()
    return Contenu(name, "xlsx", pages, properties)


def _refuse_links(archive: zipfile.ZipFile, member: str, name: str) -> None:
    """A link to a web page or to an address is a text; any other one takes its content elsewhere."""
    for _, element in _events(archive.open(member), ("end",)):
        kind = (_attribute(element, "Type") or "").rpartition("/")[2]
        if _attribute(element, "TargetMode") == "External" and kind != "hyperlink":
            raise _refuse(
                name, "le classeur contient des liens vers d’autres fichiers", "rompre ces liens, puis l’enregistrer"
            )


def _xlsx_sheets(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The member of each sheet, in the order of the workbook."""
    targets, sheets = {}, {}
    for _, element in _events(archive.open("xl/_rels/workbook.xml.rels"), ("end",)):
        target = _attribute(element, "Target") or ""
        targets[_attribute(element, "Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    for _, element in _events(archive.open("xl/workbook.xml"), ("end",)):
        if _local(element) == "workbookPr" and (_attribute(element, "date1904") or "0") not in ("0", "false"):
            raise _refuse(
                name, "les dates de ce classeur comptent depuis 1904", "décocher « Calendrier 1904 » dans Excel"
            )
        if _local(element) == "sheet":
            sheet = element.attrib.get("name", "")
            target = str(PurePosixPath(targets[_relation(element)]))
            if sheet in sheets or target in sheets.values():
                raise _refuse(name, "classeur falsifié : une feuille y est deux fois", _DOWNLOAD)
            sheets[sheet] = target
    return sheets


def _relation(element: Element) -> str:
    return next(value for key, value in element.attrib.items() if key.endswith("}id"))


def _shared_lengths(archive: zipfile.ZipFile, name: str) -> list[tuple[int, bool]]:
    """How long each shared text is, and whether it is more than spaces."""
    lengths, measure = [], _Measure(name, "textes")
    for _, element in _events(archive.open("xl/sharedStrings.xml"), ("end",)):
        measure.node()
        if _local(element) == "si":
            text = "".join(element.itertext())
            lengths.append((len(text), bool(text.strip())))
            element.clear()
    return lengths


def _percent_styles(archive: zipfile.ZipFile) -> set[str]:
    """The styles of cells that show a number in %."""
    formats, rates, place = {"9": "0%", "10": "0.00%"}, set(), 0
    inside = False
    for event, element in _events(archive.open("xl/styles.xml")):
        tag = _local(element)
        if tag == "cellXfs":
            inside = event == "start"
        elif event == "start":
            continue
        elif tag == "numFmt":
            formats[element.attrib.get("numFmtId", "")] = element.attrib.get("formatCode", "")
        elif tag == "xf" and inside:
            code = re.sub(r'"[^"]*"|\\.', "", formats.get(element.attrib.get("numFmtId", ""), ""))
            if "%" in code:
                rates.add(str(place))
            place += 1
    return rates


_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def _scan_xlsx(
    archive: zipfile.ZipFile, member: str, page: Page, name: str, lengths: list[tuple[int, bool]], rates: set[str]
) -> Page:
    measure, seen = _Measure(name, page.nom), set()
    row, column = 0, 0
    for event, element in _events(archive.open(member)):
        tag = _local(element)
        if event == "start":
            measure.node()
            if tag == "row":
                row, column = int(element.attrib.get("r", row + 1)), 0
            continue
        if tag == "c":
            place = element.attrib.get("r")
            row, column = _place(place) if place else (row, column + 1)
            _scan_cell(element, (row, column), page, measure, lengths, rates)
            if (row, column) in seen:
                raise _refuse(name, f"classeur falsifié : la cellule {address(row, column)} y est deux fois", _DOWNLOAD)
            seen.add((row, column))
            element.clear()
        elif tag == "mergeCell":
            page.fusions.append(element.attrib.get("ref", ""))
        elif tag == "row":
            element.clear()
    return page


def _place(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _scan_cell(
    element: Element,
    at: tuple[int, int],
    page: Page,
    measure: _Measure,
    lengths: list[tuple[int, bool]],
    rates: set[str],
) -> None:
    children = {_local(child): child for child in element}
    if not children:
        return
    value = "".join(children["v"].itertext()) if "v" in children else ""
    shared = element.attrib.get("t") == "s" and value.strip().isdecimal()
    index = int(value) if shared and len(value) < 10 else -1
    written = "".join(element.itertext())
    length, filled = lengths[index] if 0 <= index < len(lengths) else (len(written), bool(written.strip()))
    measure.add(*at, 1, length)
    if filled:
        page.remplies.add(at)
    if "f" in children:
        page.formules[at] = "".join(children["f"].itertext())
    if element.attrib.get("s") in rates:
        page.pourcents.add(at)


# ODS


def _read_ods(archive: zipfile.ZipFile, name: str) -> Contenu:
    kind = archive.read("mimetype").strip()
    if kind != b"application/vnd.oasis.opendocument.spreadsheet":
        raise _refuse(name, "c’est un autre document qu’un classeur", _SAVE)
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise _refuse(name, "classeur protégé par un mot de passe", "retirer le mot de passe, puis l’enregistrer")
    properties = {}
    if "meta.xml" in archive.namelist():
        for _, element in _events(archive.open("meta.xml"), ("end",)):
            key = _attribute(element, "name") or ""
            if _local(element) == "user-defined" and key.startswith(_PROPERTY):
                properties[key.removeprefix(_PROPERTY)] = "".join(element.itertext()).strip()
    return Contenu(name, "ods", _scan_ods(archive, name), properties)


_ODS_UNWANTED = {
    "annotation": ("des commentaires", "les reporter dans la colonne « Note »"),
    "table-source": ("des liens vers d’autres fichiers", "rompre ces liens"),
    "cell-range-source": ("des liens vers d’autres fichiers", "rompre ces liens"),
    "dde-link": ("des liens vers d’autres fichiers", "rompre ces liens"),
    "frame": ("une image, un dessin ou un graphique", "les retirer"),
    "object": ("un objet inséré", "le retirer"),
    "script": ("des macros", "l’enregistrer sans macros"),
    "event-listener": ("des macros", "l’enregistrer sans macros"),
    "tracked-changes": ("un suivi des modifications", "accepter les modifications, et cesser de les suivre"),
}


def _scan_ods(archive: zipfile.ZipFile, name: str) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    page, measure = Page(""), _Measure(name, "")
    row = column = 0
    depth = 0
    for event, element in _events(archive.open("content.xml")):
        tag = _local(element)
        measure.node()
        if event == "start":
            if tag in _ODS_UNWANTED:
                words, advice = _ODS_UNWANTED[tag]
                raise _refuse(name, f"le classeur contient {words}", f"{advice}, puis l’enregistrer de nouveau")
            if tag == "table":
                depth += 1
                sheet = _attribute(element, "name") or ""
                if depth > 1 or sheet in pages:
                    raise _refuse(name, "classeur falsifié : une feuille y est deux fois", _DOWNLOAD)
                page = pages[sheet] = Page(sheet)
                measure, row = _Measure(name, sheet), 0
            elif tag == "table-row":
                column = 0
            continue
        if tag == "table":
            depth -= 1
            element.clear()
        elif tag in ("table-cell", "covered-table-cell"):
            times = _times(element, "number-columns-repeated")
            _scan_ods_cell(element, (row + 1, column + 1), times, page, measure)
            column += times
        elif tag == "table-row":
            _repeat(element, row, page, measure)
            row += _times(element, "number-rows-repeated")
            element.clear()
    return pages


def _times(element: Element, name: str) -> int:
    value = _attribute(element, name) or "1"
    if not value.isdecimal() or len(value) > 8:
        raise ValueError(value)
    return max(1, int(value))


def _is_filled(element: Element) -> bool:
    return (
        _attribute(element, "value-type") is not None or _attribute(element, "formula") is not None or len(element) > 0
    )


def _length(element: Element) -> int:
    """How long the text of a cell is, the runs of spaces that it declares counted."""
    total = sum(len(part) for part in element.itertext())
    total += sum(len(value) for value in element.attrib.values())
    for child in element.iter():
        if _local(child) == "s":
            count = _attribute(child, "c") or "1"
            total += int(count) if count.isdecimal() and len(count) < 9 else LONGEST_CELL + 1
    return total


_ODS_VALUES = ("value", "date-value", "time-value", "boolean-value", "string-value")


def _scan_ods_cell(element: Element, at: tuple[int, int], times: int, page: Page, measure: _Measure) -> None:
    row, column = at
    spans = (_attribute(element, f"number-{axis}-spanned") or "1" for axis in ("columns", "rows"))
    merged = any(span != "1" for span in spans) or _local(element) == "covered-table-cell"
    if merged and len(page.fusions) < MAX_ROWS:
        page.fusions.append(address(min(row, 1_048_576), min(column, 16_384)))
    if not _is_filled(element):
        return
    measure.add(row, column + times - 1, times, _length(element))
    formula = _attribute(element, "formula")
    held = any(_attribute(element, name) for name in _ODS_VALUES) or "".join(element.itertext()).strip()
    for offset in range(times):
        if held:
            page.remplies.add((row, column + offset))
        if formula is not None:
            page.formules[row, column + offset] = formula
        if _attribute(element, "value-type") == "percentage":
            page.pourcents.add((row, column + offset))


def _repeat(element: Element, row: int, page: Page, measure: _Measure) -> None:
    """A row repeated holds its cells as many times."""
    times = _times(element, "number-rows-repeated")
    cells = [child for child in element if _local(child).endswith("table-cell") and _is_filled(child)]
    if times == 1 or not cells:
        return
    for cell in cells:
        measure.add(row + times, 1, (times - 1) * _times(cell, "number-columns-repeated"), _length(cell))
    for places in (page.pourcents, page.formules, page.remplies):
        columns = [at for at in places if at[0] == row + 1]
        for offset in range(1, times):
            for _, column in columns:
                if isinstance(places, set):
                    places.add((row + 1 + offset, column))
                else:
                    places[row + 1 + offset, column] = places[row + 1, column]
