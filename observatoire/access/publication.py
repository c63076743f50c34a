"""From the register to the figures of the network: both files made anew whenever what is in force has changed.

Where the register has no confirmed deposit, the demonstration stands in, flagged: see ``access.demonstration``.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from etl.errors import DataError, Problem, system_told
from etl.load import current
from etl.saisies import BRUT, PUBLIC
from etl.saisies.modeles import MODELES, load_model, load_models
from etl.saisies.recette import RECETTES
from etl.saisies.reseau import DepotConfirme, Edition, TerritoireReseau, publish
from etl.saisies.sommes import known_sums
from observatoire.access.demonstration import Jeu, demonstration_sets, demonstration_shown
from observatoire.config import demonstration_allowed
from observatoire.warehouse import Warehouse
from observatoire.warehouse.listings import depositors
from registre.depots import Confirmes as Lecture
from registre.records import Cle, Etape, Reponse
from registre.store import Registre

_log = logging.getLogger(__name__)
# Beside the files: the state of the register that they come from.
ETAT = "reseau.etat"
# What that file says of the register when there was none.
SANS_REGISTRE = "sans-registre"
# Up to how many deposits are read one by one: a confirmation changes one.
UNE_A_UNE = 30


class NonPublie(Exception):
    """What was asked is done and kept; the figures of the network do not show it yet."""

    def __init__(self, cause: DataError) -> None:
        super().__init__(
            "C’est enregistré, mais les chiffres du réseau n’ont pas pu être refaits : ceux d’avant restent servis. "
            f"À signaler à l’union (« python -m observatoire reseau publier » les refait). {cause}"
        )


def publish_network(registre: Registre | None, warehouse: Warehouse, folder: Path) -> Edition:
    """Make the network's files anew in ``folder`` from all that is in force. Raises DataError.

    Without a register there is only the demonstration: see may_publish_alone.
    """
    last = load_models()
    models = [load_model(code, v) for code, one in last.items() for v in range(1, one.version + 1)]
    sums = {code: known_sums(one) for code, one in last.items()}
    places = [TerritoireReseau(**row) for row in depositors(warehouse)]
    _require_setting()
    jeux = demonstration_sets(warehouse) if demonstration_allowed() else []
    with contextlib.ExitStack() as held:
        deposits = EnVigueur(registre, jeux, held)
        edition = publish(folder, deposits, models, places, sums)
    _remember(folder, f"{deposits.empreinte} {_recipe()}")
    return edition


def may_publish_alone(folder: Path) -> bool:
    """Whether the network's files may be made without a register: they show nothing that came from one, and there is
    something to show, or to take away. Raises DataError when a setting is not understood."""
    _require_setting()
    served = any(current(folder, name) is not None for name in (BRUT, PUBLIC))
    return _state(folder).startswith(f"{SANS_REGISTRE} ") if served else demonstration_allowed()


class EnVigueur:
    """All that is in force, for ``publish``: what the register has confirmed, then the demonstration of the rest.

    ``empreinte``: of the register, once gone through.
    """

    def __init__(self, registre: Registre | None, jeux: Sequence[Jeu], held: contextlib.ExitStack) -> None:
        self._registre, self._jeux, self._held = registre, jeux, held
        self.empreinte = SANS_REGISTRE

    def __iter__(self) -> Iterator[DepotConfirme]:
        real: set[Cle] = set()
        if self._registre is not None:
            confirmed = Confirmes(self._registre, self._held)
            for one in confirmed:
                real.add(one.cle)
                yield one
            self.empreinte = confirmed.empreinte
        # After the register was read: a setting that changes meanwhile is one that is_published sees.
        if demonstration_shown(self._registre.reglages.lire if self._registre is not None else None):
            for jeu in self._jeux:
                yield from _invented(jeu, real)


def _invented(jeu: Jeu, real: Collection[Cle]) -> Iterator[DepotConfirme]:
    """What a demonstration confirms, but where there is a real deposit."""
    for one in jeu.avancements:
        if one.etape is Etape.CONFIRME and one.cle not in real:
            answers = _Lues(partial(jeu.reponses, one.cle))
            yield DepotConfirme(one.cle, jeu.modele.version, True, None, one.quand, answers, jeu.revision)


def _require_setting() -> None:
    try:
        demonstration_allowed()
    except ValueError as error:
        raise DataError([Problem("réglage", str(error))]) from None


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


def is_published(registre: Registre | None, folder: Path) -> bool:
    """Whether the network's files come from the register as it is, from the questionnaires and the demonstration as
    they are, and show the latter as is wanted. Raises DataError when a setting is not understood."""
    _require_setting()
    return _state(folder) == f"{SANS_REGISTRE if registre is None else registre.empreinte()} {_recipe()}"


def _state(folder: Path) -> str:
    try:
        return (folder / ETAT).read_text("utf-8")
    except OSError:
        return ""


def _remember(folder: Path, state: str) -> None:
    aside = folder / f".{ETAT}.{os.getpid()}"
    with system_told(folder):
        aside.write_text(state, "utf-8")
        aside.replace(folder / ETAT)


def _recipe() -> str:
    digest = hashlib.sha256(b"1" if demonstration_allowed() else b"0")
    for path in (*sorted(MODELES.rglob("*.toml")), *sorted(RECETTES.glob("*.toml"))):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
