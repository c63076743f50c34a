"""What the questionnaires of the catalogue ask of answers, for the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from etl.errors import DataError
from etl.saisies.controles import Contexte, check_answers, check_key
from etl.saisies.modeles import Modele, Rubrique, load_model
from etl.saisies.personnelles import in_file_name, personal_data
from etl.saisies.saisie import ERREUR, Constat
from observatoire.access.desk import Place
from observatoire.access.network import raw_in_service
from observatoire.access.peers import similar_values
from observatoire.warehouse import Warehouse
from observatoire.warehouse.listings import populations
from observatoire.warehouse.network import Network
from registre.records import Cle, Diffusion, Reponse


class Saisies:
    """The checks of the engine, with what the public figures and the similar communes (``reserve``: the network's raw
    edition) say of each territory. See desk.Controle."""

    def __init__(
        self,
        warehouse: Warehouse,
        places: Mapping[str, Place],
        reserve: Callable[[], Network] = raw_in_service,
    ) -> None:
        self._warehouse, self._reserve = warehouse, reserve
        self._names = {code: place.nom for code, place in places.items()}

    def brouillon(self, cle: Cle, version: str, reponses: Sequence[Reponse]) -> list[str]:
        """What cannot be kept: unknown lines, values of another type, personal data. A draft may be incomplete, and the
        rules between its lines broken."""
        found = _modele(cle.modele, version)
        if isinstance(found, list):
            return found
        contexte = Contexte(territoires=self._names)
        if not reponses:
            return _told(check_key(cle, contexte))
        kept = check_answers(replace(found, regles=()), cle, reponses, contexte)
        return _told(one for one in kept if one.gravite == ERREUR)

    def soumission(self, cle: Cle, version: str, reponses: Sequence[Reponse], avant: Sequence[Reponse]) -> list[str]:
        """Errors, and surprises that no note explains."""
        found = _modele(cle.modele, version)
        if isinstance(found, list):
            return found
        units = {answer.rubrique: answer.unite for answer in reponses}
        contexte = Contexte(
            self._population(cle.territoire, cle.exercice),
            avant,
            similar_values(self._warehouse, self._reserve(), found, cle, units),
            self._names,
        )
        return _told(one for one in check_answers(found, cle, reponses, contexte) if one.arrete)

    def _population(self, territoire: str, exercice: int) -> float | None:
        """The last population known by that year, of a commune of today or a former one."""
        known = populations(self._warehouse, territoire)
        before = [value for year, value in known if year <= exercice]
        return before[-1] if before else next((value for _, value in known), None)

    def nom_de_fichier(self, nom: str) -> list[str]:
        """What a name of file says of a person helped."""
        return [f"Nom du fichier : {one}" for one in in_file_name(nom)]

    def note(self, texte: str) -> list[str]:
        """What a note says of a person helped."""
        return [f"Note : {one}" for one in personal_data(texte)]

    def diffusion(self, cle: Cle, rubrique: str) -> Diffusion:
        """The line's own choice, the network where nothing is said."""
        found = _modele(cle.modele, "")
        line: Rubrique | None = None if isinstance(found, list) else found.rubrique(rubrique)
        return Diffusion(line.diffusion) if line else Diffusion.RESEAU


@lru_cache(64)
def _modele(code: str, version: str) -> Modele | list[str]:
    """A model at a version (the current one when the text is empty), or why there is none."""
    if version and not version.isdecimal():
        return [f"« {version} » n’est pas une version de questionnaire : demander un nouveau classeur."]
    try:
        return load_model(code, int(version) if version else None)
    except DataError as error:
        return [str(one) for one in error.problems]


def _told(constats: Iterable[Constat]) -> list[str]:
    return [str(one) for one in constats]
