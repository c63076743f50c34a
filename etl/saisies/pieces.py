"""A file joined to an answer: its type by its content, its size, and nothing that a camera wrote beside the image."""

from __future__ import annotations

import io
import re

from PIL import Image, ImageOps, UnidentifiedImageError

from etl.errors import DataError, Problem
from etl.typography import number

MAX_OCTETS = 10 << 20
# A photo of a telephone has some fifty million pixels; a bomb has billions.
MAX_PIXELS = 60_000_000
# What a report prints across a page.
LARGEUR = 2_400
_PDF_ACTIF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|OpenAction|RichMedia|XFA)\b")


def clean_piece(nom: str, contenu: bytes) -> bytes:
    """The file as it is kept: a JPEG or PNG image written again without its metadata (place, date, author), or a PDF
    that runs nothing. Raises DataError."""
    if len(contenu) > MAX_OCTETS:
        found = f"{number(round(len(contenu) / (1 << 20)))} Mio"
        raise _refused(nom, f"la pièce pèse {found}", f"en joindre une d’au plus {MAX_OCTETS >> 20} Mio")
    if contenu.startswith(b"%PDF-"):
        if _PDF_ACTIF.search(contenu):
            raise _refused(nom, "ce PDF contient un programme ou un fichier", "l’imprimer en PDF, et joindre ce PDF-là")
        return contenu
    return _image(nom, contenu)


def _image(nom: str, contenu: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(contenu), formats=("JPEG", "PNG")) as found:
            if found.width * found.height > MAX_PIXELS:
                raise _refused(nom, "l’image est trop grande", "la réduire avant de la joindre")
            kind = found.format
            straight = _upright(found)
            straight.thumbnail((LARGEUR, LARGEUR))
            kept = io.BytesIO()
            if kind == "PNG":
                straight.convert("RGBA" if "A" in straight.getbands() else "RGB").save(kept, "PNG", optimize=True)
            else:
                straight.convert("RGB").save(kept, "JPEG", quality=88)
    except UnidentifiedImageError:
        raise _refused(nom, "ce n’est ni un PDF, ni une image JPEG ou PNG", "l’enregistrer sous ce format") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _refused(nom, "l’image est abîmée", "l’enregistrer de nouveau, puis la joindre") from None
    return kept.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """The image as its camera meant it to be seen, the orientation being among the metadata that go."""
    return ImageOps.exif_transpose(image) or image


def _refused(nom: str, found: str, advice: str) -> DataError:
    return DataError([Problem(nom[:120], found, conseil=advice)])
