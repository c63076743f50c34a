"""From the register to the figures of the network: both files made anew whenever what is in force has changed."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from etl.errors import DataError, system_told
from etl.saisies.modeles import MODELES, load_model, load_models
from etl.saisies.reseau import DepotConfirme, Edition, TerritoireReseau, publish
from etl.saisies.sommes import known_sums
from observatoire.warehouse import Warehouse
from observatoire.warehouse.listings import depositors
from registre.store import Registre

_log = logging.getLogger(__name__)
# Beside the files: the state of the register that they come from.
ETAT = "reseau.etat"


class NonPublie(Exception):
    """What was asked is done and kept; the figures of the network do not show it yet."""

    def __init__(self, cause: DataError) -> None:
        super().__init__(
            "C’est enregistré, mais les chiffres du réseau n’ont pas pu être refaits : ceux d’avant restent servis. "
            f"À signaler à l’union (« python -m observatoire reseau publier » les refait). {cause}"
        )


def publish_network(registre: Registre, warehouse: Warehouse, folder: Path) -> Edition:
    """Make the network's files anew in ``folder`` from all that is in force. Raises DataError."""
    seen: list[str] = []

    def deposits() -> Iterator[DepotConfirme]:
        # Read when publish asks, hence in its turn: an older state never replaces a newer one.
        with registre.confirmes() as lecture:
            seen.append(lecture.empreinte)
            for one in lecture:
                revision = one.revision
                yield DepotConfirme(
                    one.cle,
                    int(revision.modele_version),
                    revision.demonstration,
                    revision.fichier,
                    revision.ecrite_le,
                    one.reponses,
                    revision.empreinte,
                )

    last = load_models()
    models = [load_model(code, v) for code, one in last.items() for v in range(1, one.version + 1)]
    sums = {code: known_sums(one) for code, one in last.items()}
    places = [TerritoireReseau(**row) for row in depositors(warehouse)]
    edition = publish(folder, deposits(), models, places, sums)
    _remember(folder, f"{seen[-1]} {_recipe()}")
    return edition


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
