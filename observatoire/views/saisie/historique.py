"""What was done to a deposit, in words: answers saved one after the other by one person are one step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registre.records import Ecrit

FAITS = {
    "enregistrer": "a enregistré",
    "soumettre": "a soumis",
    "renvoyer": "a renvoyé",
    "confirmer": "a confirmé",
    "retirer": "a retiré",
    "restaurer": "a rétabli",
}
# Answers given at one sitting.
SEANCE = timedelta(hours=1)


@dataclass(frozen=True)
class Pas:
    """A step; ``quand``: its end, in local time; ``fois``: how many saves it stands for."""

    quand: datetime
    qui: str
    action: str
    note: str
    fois: int = 1

    @property
    def fait(self) -> str:
        """« a enregistré (12 fois) »."""
        words = FAITS.get(self.action, self.action)
        return f"{words} ({self.fois} fois)" if self.fois > 1 else words


def steps_of(ecrits: Iterable[Ecrit]) -> list[Pas]:
    """The steps, first to last."""
    found: list[Pas] = []
    for one in ecrits:
        who = one.acteur.nom or one.acteur.courriel
        step = Pas(one.quand.astimezone(), who, one.action, one.note or "")
        last = found[-1] if found else None
        same = last and last.action == step.action == "enregistrer" and last.qui == who and not step.note
        if last and same and step.quand - last.quand <= SEANCE:
            found[-1] = replace(last, quand=step.quand, fois=last.fois + 1)
        else:
            found.append(step)
    return found
