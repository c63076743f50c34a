"""What the network keeps for itself, behind the desk: the raw edition, each question judged when it is asked.

Whoever has a role reads the figures of the network as they are: numbers, yes or no, choices, dates, of every CCAS, and
the sums with nothing hidden. What may speak of somebody (free texts, names, joined files) is read by those who may read
that CCAS's deposits, and with the notes of ``reponses`` alone. Who may be where is decided in ``rights``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import etl.saisies
from etl.saisies import BRUT
from etl.saisies.modeles import Genre
from observatoire.config import warehouse_folder
from observatoire.records import RubriqueReseau
from observatoire.warehouse.network import TABLES, Network, Service

TABLES_BRUTES = (*TABLES, Path(etl.saisies.__file__).with_name("reseau_brut.sql"))
_raw = Service(BRUT, TABLES_BRUTES)
# Kinds of lines whose answers are words of their author, or lead to a file.
PAROLES = frozenset({Genre.TEXTE, Genre.TEXTE_LONG, Genre.IDENTITE, Genre.FICHIER})


def raw_in_service() -> Network:
    """The raw edition in service: for the desk, which judges who asks. Empty when there is none."""
    return _raw(warehouse_folder())


class Reserve:
    """The network's own figures, for one person. ``require``: raises Interdit unless they may read them now.

    ``whole``: whether they may read all that a territory deposits. The questions are those of ``Network``.
    """

    def __init__(
        self, network: Callable[[], Network], require: Callable[[], None], whole: Callable[[str], bool]
    ) -> None:
        self._network, self._require, self._whole = network, require, whole

    def _judged(self) -> Network:
        self._require()
        return self._network()

    @property
    def numero(self) -> int:
        """See Network.numero."""
        return self._judged().numero

    @property
    def manque(self) -> str:
        """See Network.manque."""
        return self._judged().manque

    @property
    def modeles(self) -> dict[str, tuple[int, ...]]:
        """See Network.modeles."""
        return self._judged().modeles

    @property
    def modeles_de_demonstration(self) -> dict[str, tuple[int, ...]]:
        """See Network.modeles_de_demonstration."""
        return self._judged().modeles_de_demonstration

    def rubriques(self, modele: str, demonstration: bool = False) -> tuple[RubriqueReseau, ...]:
        """See Network.rubriques."""
        return self._judged().kept(Network.rubriques, modele, demonstration)

    def collecte(self, modele: str, exercice: int, demonstration: bool = False) -> list[dict[str, Any]]:
        """See Network.collecte: here every confirmed deposit is there."""
        return self._judged().collecte(modele, exercice, demonstration)

    def reponses(
        self, modele: str, territoire: str, exercice: int, demonstration: bool = False
    ) -> list[dict[str, Any]]:
        """See Network.reponses; ``note`` besides, empty like ``texte`` where the visitor reads figures only."""
        network = self._judged()
        rows = network.reponses(modele, territoire, exercice, demonstration)
        whole = self._whole(territoire)
        notes = _notes(network, modele, territoire, exercice, demonstration) if whole else {}
        kept = rows if whole else _figures(network, rows)
        return [row | {"note": notes.get((row["rubrique"], row["rang"]))} for row in kept]

    def releve(
        self,
        modele: str,
        rubrique: str,
        exercice: int | None = None,
        territoires: Sequence[str] | None = None,
        demonstration: bool = False,
    ) -> list[dict[str, Any]]:
        """See Network.releve."""
        network = self._judged()
        rows = network.releve(modele, rubrique, exercice, territoires, demonstration)
        mine = {code for code in {row["territoire"] for row in rows} if self._whole(code)}
        return _figures(network, rows, mine)

    def sommes(
        self,
        modele: str,
        exercice: int | None = None,
        rubrique: str | None = None,
        code: str | None = None,
        demonstration: bool = False,
    ) -> list[dict[str, Any]]:
        """See Network.sommes: here nothing is hidden."""
        return self._judged().sommes(modele, exercice, rubrique, code, demonstration)


def _figures(network: Network, rows: list[dict[str, Any]], mine: Collection[str] = ()) -> list[dict[str, Any]]:
    """The rows, without the words of those who are not among ``mine``."""
    words = network.kept(_words)
    return [
        row if row["territoire"] in mine or (row["modele"], row["rubrique"]) not in words else row | {"texte": None}
        for row in rows
    ]


def _words(network: Network) -> frozenset[tuple[str, str]]:
    """The lines that hold words, at any version: (model, code). A line unknown to the file would not be there."""
    kinds = sorted(kind.value for kind in PAROLES)
    rows = network.rows(
        "SELECT DISTINCT modele, code FROM rubrique WHERE list_contains($kinds, genre)", {"kinds": kinds}
    )
    return frozenset((row["modele"], row["code"]) for row in rows)


def _notes(
    network: Network, modele: str, territoire: str, exercice: int, demonstration: bool
) -> dict[tuple[str, int], str | None]:
    rows = network.rows(
        "SELECT rubrique, rang, note FROM reponse WHERE modele = $m AND territoire = $t AND exercice = $e "
        "AND demonstration = $d AND note IS NOT NULL",
        {"m": modele, "t": territoire, "e": exercice, "d": demonstration},
    )
    return {(row["rubrique"], row["rang"]): row["note"] for row in rows}
