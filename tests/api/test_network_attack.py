"""The subtraction attack by the API alone: every page, every format, every edition kept; nothing hidden is found."""

from __future__ import annotations

import pytest

from etl.saisies import PUBLIC
from tests.api.test_network import REPONSES, SOMMES, dossier, every_format
from tests.etl.saisies.attaque import Publication, read
from tests.etl.saisies.test_secret import play, recovered

__all__ = ["dossier"]  # a fixture


def read_by_the_api(api, folder) -> Publication:
    """What an edition says by its answers and sums; who is in which area, and what counts people, is known to all."""
    found, file = Publication(), read((folder / PUBLIC).resolve())
    found.perimetres, found.comptes = file.perimetres, file.comptes
    for row in every_format(api, f"{REPONSES}?demonstration=toutes"):
        lot = row["modele"], row["exercice"], row["demonstration"]
        if row["valeur"] is not None or row["statut"] == "secret":
            cell = row["rubrique"], row["unite"] or "", row["territoire"], row["rang"]
            found.cellules[lot][cell] = row["valeur"]
    for row in every_format(api, f"{SOMMES}?demonstration=toutes"):
        if row["valeur"] is not None:
            lot = row["modele"], row["exercice"], row["demonstration"]
            found.sommes[lot][row["rubrique"], row["unite"] or "", row["type"], row["code"]] = row["valeur"]
    return found


@pytest.mark.parametrize("graine", [1, 3])
def test_nothing_hidden_is_found_by_the_api(api, dossier, graine):
    said, truths = play(dossier, graine, editions=3, lire=lambda folder: read_by_the_api(api, folder))
    assert any(None in cells.values() for one in said for cells in one.cellules.values())
    assert recovered(said, truths) == []


def test_the_same_attack_finds_what_is_left_visible(api, dossier):
    """Small values hidden, and nothing else: read by the same road, some of them are found."""
    said, truths = play(dossier, 0, editions=2, secondaire=False, lire=lambda folder: read_by_the_api(api, folder))
    assert len(recovered(said, truths)) > 3
