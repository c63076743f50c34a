"""What people type, as it is recorded: refused when a database could not give it back as it was."""

from __future__ import annotations

import re

from registre.errors import Invalide, shown

_COURRIEL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]+")


def clean(texte: str | None, ou: str) -> str | None:
    """The text itself. Raises Invalide for a NUL character or half of a surrogate pair, which PostgreSQL refuses."""
    if texte is None:
        return None
    if "\x00" in texte or any("\ud800" <= char <= "\udfff" for char in texte):
        raise Invalide("ce texte contient un caractère qui ne s’enregistre pas", ou, "le retaper sans le copier")
    return texte


def filled(texte: str | None, quoi: str, ou: str) -> str:
    """A text that must say something, without the spaces around it. Raises Invalide."""
    found = (clean(texte, ou) or "").strip()
    if not found:
        raise Invalide(f"il manque {quoi}", ou, "l’écrire, puis recommencer")
    return found


def address(courriel: str) -> str:
    """An e-mail address in lower case: one person, one writing. Raises Invalide."""
    found = (clean(courriel, "courriel") or "").strip().lower()
    if not _COURRIEL.fullmatch(found):
        raise Invalide("ce n’est pas une adresse de courriel", shown(found) or "courriel", "écrire nom@domaine.fr")
    return found
