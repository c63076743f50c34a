"""What the questionnaires of the catalogue ask of answers, for the desk."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from etl.errors import DataError, Problem
from etl.saisies.controles import Contexte, check_answers, check_key
from etl.saisies.imports.resultat import Import
from etl.saisies.modeles import Modele, Rubrique, load_model
from etl.saisies.personnelles import in_file_name, personal_data
from etl.saisies.saisie import ERREUR, Constat, Saisie
from observatoire.access.desk import Place
from observatoire.access.network import raw_in_service
from observatoire.access.peers import similar_values
from observatoire.warehouse import Warehouse
from observatoire.warehouse.listings import populations
from observatoire.warehouse.network import Network
from registre.records import Cle, Diffusion, Reponse

# What a name of file may keep on its way to the reader: no path, nothing that a system would refuse.
_UNSAFE = re.compile(r"[^\w .()\-]")


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
        return _told(one for one in self.constats(cle, version, reponses, avant) if one.arrete)

    def constats(self, cle: Cle, version: str, reponses: Sequence[Reponse], avant: Sequence[Reponse]) -> list[Constat]:
        """Errors and surprises, each with its line, those that a note explains included."""
        found = _modele(cle.modele, version)
        if isinstance(found, list):
            return [Constat(ERREUR, one, "", "") for one in found]
        units = {answer.rubrique: answer.unite for answer in reponses}
        peers = similar_values(self._warehouse, self._reserve(), found, cle, units)
        return check_answers(found, cle, reponses, self._contexte(cle, avant, peers))

    def lecture(self, cle: Cle, nom: str, contenu: bytes, avant: Sequence[Reponse]) -> Saisie:
        """What a workbook (.xlsx, .ods) or a CSV holds for this deposit. Raises DataError when it cannot be read.

        Similar communes are looked at once it is kept: they compare answers in the unit that these chose.
        """
        from etl.saisies.lecture import read_workbook  # here: what reads workbooks is not needed to open pages
        from etl.saisies.tidy import read_tidy

        contexte = self._contexte(cle, avant)
        # The readers take files: a size, a type by content, and a name that messages repeat.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _file_name(nom)
            path.write_bytes(contenu)
            if path.suffix.lower() == ".csv":
                found = _modele(cle.modele, "")
                if isinstance(found, list):
                    raise DataError([Problem(nom, one) for one in found])
                return read_tidy(path, found, cle, contexte)
            return read_workbook(path, cle, contexte)

    def importation(self, cle: Cle, nom: str, contenu: bytes | None) -> Import:
        """What DomiFa's statistics, balances or a CSV fill; without content, the published accounts of the CCAS.
        Raises DataError."""
        from etl.saisies.imports.comptes import read_accounts  # here: see ``lecture``
        from etl.saisies.imports.entree import read_import

        found = _modele(cle.modele, "")
        if isinstance(found, list):
            raise DataError([Problem(nom or cle.modele, one) for one in found])
        if contenu is None:
            return read_accounts(found, cle)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _file_name(nom)
            path.write_bytes(contenu)
            return read_import(path, found, cle)

    def piece(self, nom: str, contenu: bytes) -> bytes:
        """See ``etl.saisies.pieces.clean_piece``."""
        from etl.saisies.pieces import clean_piece  # here: see ``lecture``

        return clean_piece(nom, contenu)

    def _contexte(
        self, cle: Cle, avant: Sequence[Reponse], semblables: Mapping[str, Sequence[float]] | None = None
    ) -> Contexte:
        population = self._population(cle.territoire, cle.exercice)
        return Contexte(population, avant, semblables or {}, self._names)

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


def _file_name(nom: str) -> str:
    """The name of a file that was sent, without the path and the signs that a system would take for something else."""
    name = _UNSAFE.sub("_", re.split(r"[/\\]", nom)[-1]).strip(" .")
    return name[-120:] or "classeur"
