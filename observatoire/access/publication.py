"""From the register to the figures of the network: both files made anew whenever what is in force has changed."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from etl.errors import DataError, system_told
from etl.saisies.modeles import MODELES, load_model, load_models
from etl.saisies.reseau import DepotConfirme, Edition, TerritoireReseau, publish
from etl.saisies.sommes import known_sums
from observatoire.warehouse import Warehouse
from observatoire.warehouse.listings import depositors
from registre.depots import Confirmes as Lecture
from registre.records import Reponse
from registre.store import Registre

_log = logging.getLogger(__name__)
# Beside the files: the state of the register that they come from.
ETAT = "reseau.etat"
# Up to how many deposits are read one by one: a confirmation changes one.
UNE_A_UNE = 30


class NonPublie(Exception):
    """What was asked is done and kept; the figures of the network do not show it yet."""

    def __init__(self, cause: DataError) -> None:
        super().__init__(
            "C’est enregistré, mais les chiffres du réseau n’ont pas pu être refaits : ceux d’avant restent servis. "
            f"À signaler à l’union (« python -m observatoire reseau publier » les refait). {cause}"
        )


def publish_network(registre: Registre, warehouse: Warehouse, folder: Path) -> Edition:
    """Make the network's files anew in ``folder`` from all that is in force. Raises DataError."""
    last = load_models()
    models = [load_model(code, v) for code, one in last.items() for v in range(1, one.version + 1)]
    sums = {code: known_sums(one) for code, one in last.items()}
    places = [TerritoireReseau(**row) for row in depositors(warehouse)]
    with contextlib.ExitStack() as held:
        deposits = Confirmes(registre, held)
        edition = publish(folder, deposits, models, places, sums)
    _remember(folder, f"{deposits.empreinte} {_recipe()}")
    return edition


class Confirmes:
    """All that is in force in the register, in one state of it, for ``publish``.

    Read when it is asked for, hence in its turn: an older state never replaces a newer one. ``held`` closes the reading
    once the files are made; until then the answers of a deposit are read if, and when, they are asked for.
    """

    def __init__(self, registre: Registre, held: contextlib.ExitStack) -> None:
        self._registre, self._held = registre, held
        self.empreinte = ""

    def __iter__(self) -> Iterator[DepotConfirme]:
        """By model, year and territory."""
        lecture = self._held.enter_context(self._registre.confirmes())
        self.empreinte = lecture.empreinte
        answers = _Reponses(lecture)
        for numero, cle, revision in lecture.entetes():
            yield DepotConfirme(
                cle,
                int(revision.modele_version),
                revision.demonstration,
                revision.fichier,
                revision.ecrite_le,
                _Lues(partial(answers.of, numero, revision.numero)),
                revision.empreinte,
            )


class _Reponses:
    """Answers of a few deposits, one question each; of more, all of them at once."""

    def __init__(self, lecture: Lecture) -> None:
        self._lecture, self._asked = lecture, 0
        self._every: dict[int, tuple[Reponse, ...]] | None = None

    def of(self, numero: int, revision: int) -> tuple[Reponse, ...]:
        self._asked += 1
        if self._every is None and self._asked > UNE_A_UNE:
            self._every = {one.numero: one.reponses for one in self._lecture}
        return self._lecture.reponses(numero, revision) if self._every is None else self._every[numero]


class _Lues:
    """Answers that are read each time they are gone through."""

    def __init__(self, read: Callable[[], tuple[Reponse, ...]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Reponse]:
        return iter(self._read())


def is_published(registre: Registre, folder: Path) -> bool:
    """Whether the network's files come from the register as it is, and from the questionnaires as they are."""
    try:
        return (folder / ETAT).read_text("utf-8") == f"{registre.empreinte()} {_recipe()}"
    except OSError:
        return False


def _remember(folder: Path, state: str) -> None:
    aside = folder / f".{ETAT}.{os.getpid()}"
    with system_told(folder):
        aside.write_text(state, "utf-8")
        aside.replace(folder / ETAT)


def _recipe() -> str:
    digest = hashlib.sha256()
    for path in sorted(MODELES.rglob("*.toml")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
