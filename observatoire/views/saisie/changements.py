"""What differs between two states of a deposit, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from etl.saisies.controles import Constat
from etl.saisies.modeles import Genre, Modele
from etl.saisies.valeurs import STATUTS, write_value
from observatoire.formats import majuscule
from registre.records import Diffusion, Reponse, Statut, differences

RIEN = "rien"
_REGLE, _CODE = re.compile(r"^règle « \w+ » : "), re.compile(r"\b[A-Z][A-Z0-9_]+(?:\.[A-Z0-9_]+)?\b")


@dataclass(frozen=True)
class Changement:
    """A line that is not the same, ``avant`` and ``apres`` as a person reads it. ``rang``: of a table's row, else 0."""

    rubrique: str
    libelle: str
    rang: int
    avant: str
    apres: str


def changes(modele: Modele, avant: Iterable[Reponse], apres: Iterable[Reponse]) -> list[Changement]:
    """Lines that differ, in the order of the questionnaire."""
    order = {line.code: place for place, line in enumerate(modele.rubriques)}
    found = []
    for one in differences(avant, apres):
        line = modele.rubrique(one.rubrique)
        name = line.libelle if line else one.rubrique
        before, after = (told(modele, answer) if answer else RIEN for answer in (one.avant, one.apres))
        found.append(Changement(one.rubrique, name, one.rang, before, after))
    return sorted(found, key=lambda one: (order.get(one.rubrique.partition(".")[0], len(order)), one.rang))


def told(modele: Modele, reponse: Reponse) -> str:
    """An answer with all that it says: « 1 234 passages (estimation), note : … »."""
    line = modele.rubrique(reponse.rubrique)
    if line is None:
        return reponse.texte or str(reponse.valeur)
    words = value_told(modele, reponse)
    method = next((one.libelle for one in line.methodes if one.code == reponse.methode), "")
    parts = [f"{words} ({method.lower()})" if method else words]
    if reponse.note:
        parts.append(f"note : {reponse.note}")
    if reponse.diffusion is Diffusion.PUBLIC and not line.publique_par_la_loi:
        parts.append("rendu public")
    return ", ".join(parts)


def problem_told(modele: Modele, constat: Constat) -> str:
    """What is wrong, in the words of the lines instead of their codes, without the name of the rule."""
    found = without_codes(modele, _REGLE.sub("", constat.trouve))
    wanted = f" ; attendu : {constat.attendu}" if constat.attendu else ""
    return f"{found}{wanted}. {majuscule(constat.conseil)}"


def without_codes(modele: Modele, text: str) -> str:
    """A text whose codes of lines are replaced by what they are called."""
    return _CODE.sub(lambda code: _named(modele, code[0]), text)


def _named(modele: Modele, code: str) -> str:
    line = modele.rubrique(code)
    return f"« {line.libelle} »" if line else code


def value_told(modele: Modele, reponse: Reponse) -> str:
    """The value with its unit, or the situation."""
    line = modele.rubrique(reponse.rubrique)
    if reponse.statut is not Statut.RENSEIGNE:
        return STATUTS[reponse.statut]
    if line is None:
        return reponse.texte or str(reponse.valeur)
    if line.genre is Genre.FICHIER:
        return "pièce jointe"
    text = write_value(line, reponse.valeur, reponse.texte)
    return f"{_grouped(text)}{_unit(line.genre, reponse, modele)}" if reponse.valeur is not None else text


def _grouped(text: str) -> str:
    """« 12345,5 » as « 12 345,5 »; what is no number as it is."""
    whole, comma, decimals = text.partition(",")
    return f"{int(whole):,}".replace(",", "\u202f") + comma + decimals if whole.lstrip("-").isdecimal() else text


def _unit(genre: Genre, reponse: Reponse, modele: Modele) -> str:
    line = modele.rubrique(reponse.rubrique)
    if line is None or genre is Genre.OUI_NON:
        return ""
    if genre is Genre.MONTANT:
        return "\u00a0€"
    if genre is Genre.POURCENTAGE:
        return "\u00a0%"
    chosen = next((one.libelle for one in line.unites if one.code == reponse.unite), line.unite)
    return f" {chosen}" if chosen else ""
