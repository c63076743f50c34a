"""What communes that resemble one have answered, for the checks of its answers: numbers without names.

From the network's raw edition, whoever asks: a check says only bounds, that ``etl.saisies.controles`` makes coarse.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from etl.saisies.controles import SEMBLABLES
from etl.saisies.modeles import Modele
from observatoire.methods.similarity import CARACTERISTIQUES, COUVERTURE, distances, scores_of
from observatoire.warehouse import NoWarehouse, Warehouse
from observatoire.warehouse.network import Network
from registre.records import Cle

_SQL = Path(__file__).with_name("peers.sql").read_text(encoding="utf-8")
# As many at most: farther communes no longer resemble.
LES_PLUS_PROCHES = 10


def similar_values(
    warehouse: Warehouse, network: Network, modele: Modele, cle: Cle, unites: Mapping[str, str | None]
) -> dict[str, list[float]]:
    """By line, the values per inhabitant of the communes most like the one of ``cle`` that have a confirmed number.

    Those of the year, else of the year before; from SEMBLABLES of them to LES_PLUS_PROCHES, in increasing order (which
    one is whose is lost); a line that has fewer is not there. ``unites``: the units that the answers chose. Only
    numbers of the same definition and unit count. Nothing when the network has no figures that can be read.
    """
    order = warehouse.kept(_nearest, cle.territoire)
    if not order or network.manque:
        return {}
    asked = {"modele": cle.modele, "exercice": cle.exercice, "communes": list(order)}
    try:
        rows = network.rows(_SQL, asked)
    except NoWarehouse:
        return {}  # a check that cannot be made refuses nothing
    found: dict[tuple[str, int], dict[str, float]] = {}
    for row in rows:
        line = modele.rubrique(row["rubrique"])
        same = line is not None and line.definition == row["definition"] and unites.get(line.code) == row["unite"]
        if same:
            found.setdefault((row["rubrique"], row["exercice"]), {})[row["territoire"]] = row["valeur"]
    values: dict[str, list[float]] = {}
    for year in (cle.exercice, cle.exercice - 1):
        for (code, when), known in found.items():
            near = [known[place] for place in order if place in known][:LES_PLUS_PROCHES]
            if when == year and code not in values and len(near) >= SEMBLABLES:
                values[code] = sorted(near)
    return values


def _nearest(warehouse: Warehouse, code: str) -> tuple[str, ...]:
    """The other communes of the département, the most alike first; none for what is not one of them."""
    codes = list(warehouse.communes)
    if code not in codes:
        return ()
    scores, _ = scores_of(warehouse.covered([c.indicateur for c in CARACTERISTIQUES], codes, COUVERTURE), codes)
    apart = distances(scores, code, dict.fromkeys(map(str, scores.columns), 1.0)).dropna()
    return tuple(sorted(map(str, apart.index), key=lambda other: (round(float(apart[other]), 12), other)))
