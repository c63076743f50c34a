"""The demonstration set of each questionnaire, as the public figures and its recipe make it: nothing of it is kept.

It stands in for the CCAS and years that have no confirmed deposit, always flagged, and goes away with the setting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from etl.saisies import demonstration as generator
from etl.saisies.demonstration import Avancement, Profil, demonstration, progress
from etl.saisies.modeles import Modele, load_model
from etl.saisies.recette import Recette, load_recipe, recipes
from observatoire.config import demonstration_allowed
from observatoire.warehouse import Warehouse
from observatoire.warehouse.listings import depositors
from observatoire.warehouse.profiles import figures
from registre.records import Cle, Depot, Reponse

# The setting of the register that shows it or not.
REGLAGE = "demonstration"


def demonstration_shown(lire: Callable[[str, Any], Any] | None = None) -> bool:
    """Whether the demonstration is part of what is shown. ``lire``: reads a setting, None where there is no register.

    Raises ValueError when ``OBSERVATOIRE_DEMONSTRATION`` is not understood.
    """
    return demonstration_allowed() and (lire is None or bool(lire(REGLAGE, True)))


@dataclass(frozen=True)
class Jeu:
    """The demonstration of a model. Its answers are invented when they are first asked for."""

    modele: Modele
    recette: Recette
    profils: tuple[Profil, ...]

    @cached_property
    def revision(self) -> str:
        """Changes whenever an answer may."""
        digest = hashlib.sha256(Path(generator.__file__).read_bytes())
        for part in (self.modele, self.recette.empreinte, self.profils):
            digest.update(repr(part).encode())
        return digest.hexdigest()

    @cached_property
    def avancements(self) -> tuple[Avancement, ...]:
        """Where each CCAS is, each year."""
        asked = (self.modele.code, self.profils, self.recette.exercices, self.recette.graine, self.recette)
        return tuple(progress(*asked))

    def reponses(self, cle: Cle) -> tuple[Reponse, ...]:
        """The answers of one of its deposits."""
        return self._depots[cle]

    @cached_property
    def _depots(self) -> Mapping[Cle, tuple[Reponse, ...]]:
        made = demonstration(self.modele, self.profils, self.recette.exercices, self.recette.graine, self.recette)
        return {one.cle: one.reponses for one in made}


def demonstration_sets(warehouse: Warehouse) -> list[Jeu]:
    """The demonstration of every model that has one, made once a warehouse. Raises DataError (a file is wrong)."""
    found = []
    for code in recipes():
        modele = load_model(code)
        found.append(warehouse.kept(_made, code, modele.version, load_recipe(modele).empreinte))
    return found


def _made(warehouse: Warehouse, code: str, version: int, empreinte: str) -> Jeu:
    modele = load_model(code)
    recette = load_recipe(modele)
    known = figures(warehouse, {name: (base.indicateur, base.mesure) for name, base in recette.base.items()})
    profils = [
        Profil(row["code"], known.get(row["code"], {}), row["valide_au"].year if row["valide_au"] else None)
        for row in depositors(warehouse)
    ]
    return Jeu(modele, recette, tuple(profils))


def demonstration_state(
    warehouse: Warehouse, modele: str, exercice: int, depots: Iterable[Depot], shown: bool
) -> list[Avancement]:
    """Where the demonstration says that each CCAS is for a year: only those that have no deposit of their own, in
    whatever state (``depots``: those of the year). Empty unless ``shown``: see demonstration_shown.
    """
    if not shown:
        return []
    real = {one.cle for one in depots}
    jeux = [one for one in demonstration_sets(warehouse) if one.modele.code == modele]
    return [one for jeu in jeux for one in jeu.avancements if one.cle.exercice == exercice and one.cle not in real]
