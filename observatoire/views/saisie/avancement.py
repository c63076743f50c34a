"""How far a deposit is: lines answered, first wave, chapters, time left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from etl.saisies.modeles import Genre, Modele, Rubrique
from etl.typography import count
from registre.records import Reponse

PREMIERE = "premiere"
# Minutes that a line takes whoever has the figures at hand; to be corrected by what secretaries are seen to take.
_MINUTES = {Genre.TABLEAU: 4.0, Genre.TEXTE_LONG: 4.0, Genre.FICHIER: 2.0, Genre.IDENTITE: 1.0}
_MINUTE = 0.5
_PAR_CINQ = 10


@dataclass(frozen=True)
class Avancement:
    """Lines answered, a situation (« non suivi »…) being an answer, of those asked; ``minutes``: for the others.

    ``suivante``: the first line of the first wave that has no answer, else the first of all; None when none is left.
    """

    faites: int
    demandees: int
    premieres: int
    premieres_demandees: int
    minutes: float
    suivante: str | None = None

    @property
    def complet(self) -> bool:
        """True when nothing is left."""
        return self.faites == self.demandees

    @property
    def part(self) -> float:
        """From 0 to 1."""
        return self.faites / self.demandees if self.demandees else 1.0

    def phrase(self) -> str:
        """« 62 lignes sur 98, dont 20 sur 20 de la première vague ; environ 20 minutes pour le reste »."""
        words = f"{count(self.faites, 'ligne')} sur {self.demandees}"
        if self.premieres_demandees:
            words += f", dont {self.premieres} sur {self.premieres_demandees} de la première vague"
        return f"{words} ; {self.reste()}" if not self.complet else words

    def reste(self) -> str:
        """« environ 20 minutes pour le reste »; beyond ten, by fives."""
        minutes = ceil(self.minutes)
        if minutes > _PAR_CINQ:
            minutes = 5 * ceil(self.minutes / 5)
        return f"environ {count(max(minutes, 1), 'minute')} pour le reste"


def progress(modele: Modele, reponses: Iterable[Reponse], chapitre: str | None = None) -> Avancement:
    """How far the answers go, in the whole questionnaire or in one of its chapters."""
    answered = {one.rubrique.partition(".")[0] for one in reponses}
    lines = [line for line in modele.rubriques if chapitre in (None, line.chapitre)]
    first = [line for line in lines if line.niveau == PREMIERE]
    left = [line for line in lines if line.code not in answered]
    ahead = [line for line in left if line.niveau == PREMIERE] or left
    return Avancement(
        faites=len(lines) - len(left),
        demandees=len(lines),
        premieres=sum(line.code in answered for line in first),
        premieres_demandees=len(first),
        minutes=sum(map(_minutes, left)),
        suivante=ahead[0].code if ahead else None,
    )


def _minutes(line: Rubrique) -> float:
    return _MINUTES.get(line.genre, _MINUTE)
