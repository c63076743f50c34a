"""A register in a folder of its own, and the desk of whoever a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from etl.saisies.imports.resultat import Import, Sorte
from etl.saisies.saisie import ERREUR, Constat, Saisie, make_saisie
from observatoire.access.desk import Guichet, Place
from observatoire.access.rights import Visiteur
from registre.records import Acteur, Attribution, Cle, Diffusion, Reponse, Role
from registre.store import Registre

PLACES = {
    "93066": Place("93066", "200057867", "Saint-Denis", "commune"),
    "93059": Place("93066", "200057867", "Pierrefitte-sur-Seine", "commune", 2024),
    "93001": Place("93001", "200057867", "Aubervilliers", "commune"),
    "93048": Place("93048", "200057875", "Montreuil", "commune"),
    "200057867": Place("200057867", "200057867", "Plaine Commune", "ept"),
}
CLE = Cle("bilan", "93066", 2025)
UNION = Acteur("union@udccas93.fr", "Union", "udccas")


class Libre:
    """Keeps and accepts all answers but those of line « REFUS », and says why."""

    def brouillon(self, cle: Cle, version: str, reponses: Sequence[Reponse]) -> list[str]:
        return ["ligne REFUS : non"] if any(r.rubrique == "REFUS" for r in reponses) else []

    def soumission(self, cle: Cle, version: str, reponses: Sequence[Reponse], avant: Sequence[Reponse]) -> list[str]:
        return ["ligne A1 : à remplir"] if any(r.valeur is None for r in reponses) else []

    def constats(self, cle: Cle, version: str, reponses: Sequence[Reponse], avant: Sequence[Reponse]) -> list[Constat]:
        told = self.soumission(cle, version, reponses, avant)
        return [Constat(ERREUR, one, "", "", rubrique="A1") for one in told]

    def lecture(self, cle: Cle, nom: str, contenu: bytes, avant: Sequence[Reponse]) -> Saisie:
        return make_saisie(cle, 1, [Reponse("A1", valeur=float(len(contenu)))], [])

    def importation(self, cle: Cle, nom: str, contenu: bytes | None) -> Import:
        return Import(Sorte.TIDY, cle, "CSV de réponses")

    def piece(self, nom: str, contenu: bytes) -> bytes:
        return contenu

    def nom_de_fichier(self, nom: str) -> list[str]:
        return ["nom : non"] if "dupont" in nom else []

    def note(self, texte: str) -> list[str]:
        return ["note : non"] if "Mme Dupont" in texte else []

    def diffusion(self, cle: Cle, rubrique: str) -> Diffusion:
        return Diffusion.PUBLIC if rubrique == "OUVERTE" else Diffusion.RESEAU


@pytest.fixture(scope="session")
def vide(tmp_path_factory) -> Path:
    """An empty register, made once: each test has a copy."""
    path = tmp_path_factory.mktemp("registre") / "registre.sqlite"
    Registre.ouvrir(f"sqlite:///{path}", path.parent / "depots").fermer()
    return path


@pytest.fixture
def registre(vide, tmp_path) -> Iterator[Registre]:
    path = tmp_path / "registre.sqlite"
    path.write_bytes(vide.read_bytes())
    with Registre.ouvrir(f"sqlite:///{path}", tmp_path / "depots") as opened:
        yield opened


@pytest.fixture
def guichet(registre) -> Callable[..., Guichet]:
    """``guichet(Role.CCAS, "93066")``: the desk of somebody who has that role, and those before it in the test."""

    def of(role: Role | None = None, territoire: str | None = None, **more: Any) -> Guichet:
        courriel = f"{role}-{territoire}@ville.fr".lower()
        held = (Attribution(role, territoire),) if role else ()
        visiteur = Visiteur(courriel, courriel, held) if role else Visiteur()
        return Guichet(registre, lambda: visiteur, PLACES, Libre(), **more)

    return of
