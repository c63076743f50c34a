"""The one way in for what comes from outside: type by content, limits of size, every failure a Problem.

Nothing here trusts a name, a length that a file declares, or a producer's tool. The limits are far above the largest
file known (the national census table, 0.7 GB of text) and far below what would bring a small machine down.
"""

from __future__ import annotations

import codecs
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path, PurePosixPath
from typing import IO, Any

from etl.errors import DataError, Problem, listed, shown, system_problem

BLOCK = 1 << 20
MAX_BYTES = 2 << 30
MAX_JSON = 256 << 20
# A table of figures unzips to five or ten times its size; a deflated run of zeros to a thousand times.
MAX_RATIO, RATIO_FROM = 250, 64 << 20
MAX_DIRECTORY = 32 << 20  # bytes of an archive's list of members: some 300,000 of them
# Stored, deflate, bzip2, LZMA: what the standard library opens.
METHODS = {0, 8, 12, 14}
AGAIN = "le télécharger à nouveau"
DAMAGED = "archive zip illisible, tronquée ou abîmée"

_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(RuntimeError, ValueError, OverflowError, LookupError),
)

# What a file is, by its first bytes; « texte » and « binaire » are decided by what follows.
_SIGNATURES = (
    (b"PK\x03\x04", "zip", "une archive zip ou un classeur .xlsx"),
    (b"PK\x05\x06", "zip", "une archive zip vide"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole", "un ancien classeur .xls"),
    (b"\x1f\x8b", "gzip", "un fichier comprimé gzip"),
    (b"BZh", "bzip2", "un fichier comprimé bzip2"),
    (b"\xfd7zXZ\x00", "xz", "un fichier comprimé xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z", "une archive 7z"),
    (b"Rar!", "rar", "une archive rar"),
    (b"%PDF", "pdf", "un document PDF"),
    (b"PAR1", "parquet", "un fichier Parquet"),
    (b"\x89PNG", "image", "une image"),
    (b"\xff\xd8\xff", "image", "une image"),
    (b"GIF8", "image", "une image"),
    (b"RDX", "r", "un fichier R"),
    (b"RDA", "r", "un fichier R"),
    (b"X\n", "r", "un fichier R"),
)
_WORDS = {kind: words for _, kind, words in reversed(_SIGNATURES)} | {
    "html": "une page web",
    "vide": "un fichier vide",
    "texte": "un texte",
    "utf-16": "un texte en UTF-16",
    "binaire": "un fichier binaire",
}
TEXT = ("texte", "utf-16")


def kind_of(beginning: bytes) -> str:
    """What the content is, from its first bytes: « zip », « ole », « gzip », « html », « texte », « utf-16 »…"""
    if not beginning:
        return "vide"
    for signature, kind, _ in _SIGNATURES:
        if beginning.startswith(signature):
            return kind
    plain = beginning.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if plain.startswith((b"<!doctype html", b"<html")):
        return "html"
    if utf16_of(beginning):
        return "utf-16"
    return "binaire" if b"\0" in beginning else "texte"


def utf16_of(beginning: bytes) -> str | None:
    """The name of the UTF-16 encoding, by its mark, or by every other byte being null; None for another text."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = beginning[0:256:2], beginning[1:256:2]
    if len(odd) >= 4 and even.count(0) == 0 and odd.count(0) > 0.8 * len(odd):
        return "utf-16-le"
    if len(odd) >= 4 and odd.count(0) == 0 and even.count(0) > 0.8 * len(even):
        return "utf-16-be"
    return None


def words_of(kind: str) -> str:
    """« une archive zip », « une page web »: a kind, in French."""
    return _WORDS[kind]


def beginning_of(path: Path, size: int = 512) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(size)


def require_kind(name: str, beginning: bytes, kinds: tuple[str, ...], what: str) -> None:
    """Raise DataError when the content is not of one of the ``kinds``; ``what`` is what was meant, « classeur »."""
    found = kind_of(beginning)
    if found not in kinds:
        told = f"{what} illisible : c’est {words_of(found)}"
        raise DataError([Problem(name, told, conseil=f"vérifier l’adresse et le nom du fichier, ou {AGAIN}")])


def require_size(path: Path, name: str, limit: int = MAX_BYTES) -> None:
    """Raise DataError when the file is larger than ``limit`` bytes."""
    if path.stat().st_size > limit:
        raise DataError([_too_large(name, limit)])


def copy_content(path: Path, name: str, member: str | None, target: Path, limit: int = MAX_BYTES) -> None:
    """Copy a file, or one member of an archive, to ``target``, within ``limit`` bytes."""
    if member is not None:
        extract(path, name, lambda names: _exactly(names, member, name), target, limit)
        return
    require_size(path, name, limit)
    with path.open("rb") as stream, target.open("wb") as output:
        pour(stream, output, name, limit)


def extract(path: Path, name: str, choose: Callable[[list[str]], str], target: Path, limit: int = MAX_BYTES) -> None:
    """Write to ``target`` the member that ``choose`` takes among the archive's names."""
    with open_archive(path, name) as archive:
        info = archive.getinfo(choose([entry.filename for entry in archive.infolist()]))
        _refuse_member(info, name, limit)
        with target.open("wb") as output, _archive_errors(name), archive.open(info) as stream:
            pour(stream, output, name, limit)


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """An archive whose list of members is of a reasonable size."""
    require_kind(name, beginning_of(path), ("zip",), "archive zip")
    with _archive_errors(name):
        if _directory_size(path) > MAX_DIRECTORY:
            told = "l’archive zip contient trop de fichiers"
            raise DataError([Problem(name, told, conseil="vérifier l’adresse chez le producteur")])
        archive = zipfile.ZipFile(path)
    with archive:
        yield archive


def check_archive(path: Path, name: str) -> None:
    """Read every member of an archive to its end. Raises DataError when one is damaged, hidden, or out of measure."""
    with open_archive(path, name) as archive:
        left = MAX_BYTES
        for info in archive.infolist():
            if info.is_dir():
                continue
            _refuse_member(info, name, left)
            left -= info.file_size
            with _archive_errors(name), archive.open(info) as stream:
                while stream.read(BLOCK):
                    pass


def write_text(path: Path, name: str, target: Path, before: str = "") -> None:
    """Write a producer's text as UTF-8 with « \\n » ends of line, ``before`` put first; flat in memory.

    UTF-8 with or without BOM, UTF-16, else Windows-1252. Raises DataError, with the line, when it is none of them.
    """
    require_size(path, name)
    beginning = beginning_of(path)
    require_kind(name, beginning, TEXT, "tableau")
    encoding = utf16_of(beginning) or ("utf-8-sig" if _decodes(path, "utf-8-sig") else "cp1252")
    with path.open("rb") as stream, target.open("w", encoding="utf-8", newline="") as output:
        output.write(before)
        pending = ""
        for text in _decoded(stream, encoding, name):
            text, pending = pending + text, ""
            if text.endswith("\r"):
                text, pending = text[:-1], "\r"
            output.write(text.replace("\r\n", "\n"))
        output.write(pending)


def decode(content: bytes, name: str) -> str:
    """The text of a small file already in memory; see write_text."""
    encoding = utf16_of(content[:512])
    for candidate in (encoding,) if encoding else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(candidate).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            failure = _undecodable(name, content[: error.start].count(b"\n") + 1, content[error.start], encoding)
    raise DataError([failure])


def read_json(path: Path, name: str, what: str) -> Any:
    """The content of a JSON file. Raises DataError, with line and column, when it is damaged or out of measure."""
    require_size(path, name, MAX_JSON)
    content = path.read_bytes()
    require_kind(name, content[:512], TEXT, what)
    try:
        return json.loads(decode(content, name), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        problem = Problem(name, f"{what} illisible à la colonne {error.colno}", ligne=error.lineno, conseil=AGAIN)
    except (ValueError, RecursionError):  # Infinity, NaN, an integer of 5,000 digits; brackets inside brackets
        problem = Problem(name, f"{what} illisible : nombre ou forme impossible", conseil=AGAIN)
    raise DataError([problem])


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            while block := stream.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _decoded(stream: IO[bytes], encoding: str, name: str) -> Iterator[str]:
    decoder, line, block = codecs.getincrementaldecoder(encoding)(), 1, b"x"
    while block:
        block = stream.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            wide = encoding if encoding.startswith("utf-16") else None
            raise DataError([_undecodable(name, line, error.object[error.start], wide)]) from error
        if "\0" in text:
            line += text.partition("\0")[0].count("\n")
            told = "octet nul : ce n’est pas un texte"
            raise DataError([Problem(name, told, ligne=line, conseil=AGAIN)])
        line += text.count("\n")
        yield text


def _undecodable(name: str, line: int, byte: int, encoding: str | None) -> Problem:
    known = "UTF-16" if encoding else "UTF-8 ni en Windows-1252"
    told = f"l’octet 0x{byte:02X} n’est pas d’un texte en {known}"
    return Problem(name, told, ligne=line, conseil=f"vérifier cette ligne, ou {AGAIN}")


def _exactly(names: list[str], member: str, name: str) -> str:
    if member not in names:
        raise DataError([Problem(name, f"l’archive ne contient pas « {member} » mais : {listed(names)}")])
    return member


def choose_by_name(wanted: str, name: str, advice: str) -> Callable[[list[str]], str]:
    """Take the one member whose file name is ``wanted``, whatever its folder and the case it is written in."""

    def choose(names: list[str]) -> str:
        found = [entry for entry in names if PurePosixPath(entry).name.lower() == wanted.lower()]
        if len(found) == 1:
            return found[0]
        told = f"l’archive ne contient pas « {wanted} » mais : {listed(names)}"
        if found:
            told = f"l’archive contient {len(found)} fichiers « {wanted} » : {listed(found)}"
        raise DataError([Problem(name, told, conseil=advice)])

    return choose


def _refuse_member(info: zipfile.ZipInfo, name: str, limit: int) -> None:
    member = shown(info.filename)
    if info.flag_bits & 0x1:
        told, advice = f"« {member} » est protégé par un mot de passe", "demander au producteur un fichier ouvert"
    elif info.compress_type not in METHODS:
        told = f"« {member} » est comprimé d’une manière inconnue (méthode {info.compress_type})"
        advice = "le décomprimer à la main, puis l’archiver de nouveau en zip"
    elif info.file_size > limit:
        raise DataError([_too_large(f"{name} ({member})", limit)])
    elif info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size):
        told = f"« {member} » grossit plus de {MAX_RATIO} fois une fois décomprimé"
        advice = "ce n’est sans doute pas un tableau : vérifier l’adresse chez le producteur"
    else:
        return
    raise DataError([Problem(name, told, conseil=advice)])


def _too_large(name: str, limit: int) -> Problem:
    told = f"plus de {limit >> 20} Mo : trop grand pour être lu"
    return Problem(name, told, conseil="vérifier l’adresse chez le producteur, ou n’en garder que les lignes utiles")


def pour(stream: IO[bytes] | BufferedIOBase, output: IO[bytes], name: str, limit: int) -> None:
    """Copy a stream to another one. Raises DataError past ``limit`` bytes."""
    left = limit
    while block := stream.read(min(BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise DataError([_too_large(name, limit)])
        output.write(block)


@contextmanager
def _archive_errors(name: str) -> Iterator[None]:
    """What the standard library says of damaged archives, in French. A refusal of the system is let through."""
    try:
        yield
    except OSError as error:
        if system_problem(error, name):
            raise
        raise DataError([_damaged(name)]) from error  # bzip2 says « Invalid data stream », a seek says EINVAL
    except _DAMAGES as error:
        raise DataError([_damaged(name)]) from error


def _damaged(name: str) -> Problem:
    return Problem(name, DAMAGED, conseil="la télécharger à nouveau")


def _directory_size(path: Path) -> int:
    """The bytes of an archive's list of members, as its end tells: read before the list itself is."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 65_600))
        tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + 22:
            return 0  # no end: zipfile says so itself
        length = struct.unpack_from("<I", tail, at + 12)[0]
        if length != 0xFFFFFFFF:
            return length
        if at < 20 or tail[at - 20 : at - 16] != b"PK\x06\x07":
            return 0
        stream.seek(struct.unpack_from("<Q", tail, at - 12)[0])
        record = stream.read(56)
        return struct.unpack_from("<Q", record, 40)[0] if len(record) == 56 else 0
