"""What an import adds to a draft: lines without an answer take it, the others keep theirs, and it is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from etl.saisies.modeles import Modele
from observatoire.views.saisie.changements import Changement, value_told
from registre.records import Reponse


@dataclass(frozen=True)
class Reprise:
    """``nouvelles``: answers to lines that had none; ``differentes``: lines whose answer is kept, and what the import
    says of them."""

    nouvelles: tuple[Reponse, ...]
    differentes: tuple[Changement, ...]


def take_up(modele: Modele, reponses: Iterable[Reponse], importees: Iterable[Reponse]) -> Reprise:
    """What to add. An imported answer with nothing but a note (two sources differ) is to be chosen by hand: it is no
    answer, and is left out."""
    known = {(one.rubrique, one.rang): one for one in reponses}
    answered = {code.partition(".")[0] for code, _ in known}
    new: list[Reponse] = []
    different: list[Changement] = []
    for one in importees:
        if one.valeur is None and one.texte is None:
            continue
        if one.rubrique.partition(".")[0] not in answered:
            new.append(one)
            continue
        held = known.get((one.rubrique, one.rang))
        same = held is not None and (held.valeur, held.texte) == (one.valeur, one.texte)
        line = modele.rubrique(one.rubrique)
        if line is not None and not same:
            before = value_told(modele, held) if held else "rien"
            different.append(Changement(one.rubrique, line.libelle, one.rang, before, value_told(modele, one)))
    return Reprise(tuple(new), tuple(different))
