"""Makes workbooks by hand, good or hostile: archives member by member, and a plain ODS of what openpyxl holds."""

import io
import zipfile
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_META = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def bytes_of(book):
    """An openpyxl workbook as .xlsx."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def members_of(content):
    """The members of an archive, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(members):
    """An archive of these members: a dict, or pairs when a name comes twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return stream.getvalue()


def changed(content, name, before, after):
    """The archive, ``before`` replaced by ``after`` in the member whose name ends by ``name``."""
    members = members_of(content)
    (member,) = [one for one in members if one.endswith(name)]
    assert before in members[member], (before, members[member][:2000])
    return archive_of(members | {member: members[member].replace(before, after, 1)})


def with_member(content, name, data=b"x"):
    """The archive, with one more member."""
    return archive_of(members_of(content) | {name: data})


def ods_of(book, properties):
    """What an openpyxl workbook holds, as a plain .ods."""
    tables = "".join(_ods_table(sheet) for sheet in book.worksheets)
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}" xmlns:table="{_TABLE}" xmlns:text="{_TEXT}">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    said = "".join(
        f"<meta:user-defined meta:name={quoteattr(name)}>{escape(value)}</meta:user-defined>"
        for name, value in properties.items()
    )
    meta = (
        f'<office:document-meta xmlns:office="{_OFFICE}" xmlns:meta="{_META}"><office:meta>{said}</office:meta>'
        "</office:document-meta>"
    )
    return archive_of(
        {"mimetype": ODS, "content.xml": content, "meta.xml": meta, "META-INF/manifest.xml": "<manifest/>"}
    )


def _ods_table(sheet):
    rows = "".join(
        f"<table:table-row>{''.join(_ods_cell(cell) for cell in row)}</table:table-row>" for row in sheet.iter_rows()
    )
    return f"<table:table table:name={quoteattr(sheet.title)}>{rows}</table:table>"


def _ods_cell(cell):
    value = cell.value
    if value is None or value == "":
        return "<table:table-cell/>"
    if cell.data_type == "f":
        return f'<table:table-cell table:formula={quoteattr("of:" + value)} office:value-type="string"/>'
    if isinstance(value, (date, datetime)):
        return f'<table:table-cell office:value-type="date" office:date-value="{value:%Y-%m-%d}"/>'
    if isinstance(value, (int, float)):
        kind = "percentage" if "%" in cell.number_format else "float"
        return f'<table:table-cell office:value-type="{kind}" office:value="{value}"/>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
