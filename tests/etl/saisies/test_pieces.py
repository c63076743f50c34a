"""A file joined to an answer: its type by its content, and nothing that a camera wrote beside the image."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from etl.errors import DataError
from etl.saisies import pieces
from etl.saisies.pieces import clean_piece


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(kept, kind, **options)
    return kept.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_photo_loses_where_and_by_whom_it_was_taken():
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "Appareil", "Prénom Nom"
    exif.get_ifd(0x8825)[2] = (48.0, 56.0, 9.0)
    given = photo(exif=exif)
    assert dict(opened(given).getexif())
    kept = clean_piece("équipe.jpg", given)
    assert dict(opened(kept).getexif()) == {}
    assert b"Nom" not in kept


def test_a_photo_taken_upright_stays_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(clean_piece("a.jpg", photo(exif=exif))).size == (20, 40)


def test_a_photo_is_no_larger_than_a_page_prints():
    assert max(opened(clean_piece("a.png", photo("PNG", (4_000, 1_000)))).size) == pieces.LARGEUR


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7 /OpenAction << /S /JavaScript >>", "contient un programme"),
        (b"GIF89a" + b"0" * 40, "ni un PDF, ni une image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "ni un PDF, ni une image"),
        (b"MZ\x90\x00", "ni un PDF, ni une image"),
        (b"", "ni un PDF, ni une image"),
        (photo(size=(300, 300))[:700], "abîmée"),
    ],
)
def test_anything_else_is_refused_in_words(content, told):
    with pytest.raises(DataError, match=told):
        clean_piece("pièce", content)


def test_too_heavy_or_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(pieces, "MAX_PIXELS", 100)
    with pytest.raises(DataError, match="trop grande"):
        clean_piece("a.png", photo("PNG"))
    monkeypatch.setattr(pieces, "MAX_OCTETS", 10)
    with pytest.raises(DataError, match="la pièce pèse"):
        clean_piece("a.png", photo("PNG"))


def test_a_plain_pdf_is_kept_as_it_is():
    content = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj"
    assert clean_piece("a.pdf", content) == content
