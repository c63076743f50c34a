"""Every question that a page or the API asks of the warehouse, and how long each takes."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from observatoire.api import ROUTES
from observatoire.api.boundaries import feature_collection
from observatoire.records import DEPARTEMENT, FRANCE, METROPOLE, REGION
from observatoire.warehouse import Warehouse, catalogue, open_warehouse
from observatoire.warehouse import listings as questions
from observatoire.warehouse.provenance import recompute, trace

RUNS = 9
# How many communes of Île-de-France the real warehouse compares the 93 with, and indicators the index of needs takes.
VOISINES, BESOINS = 338, 14


@dataclass(frozen=True)
class Question:
    """What is asked, by which page; ``page`` says whether a reader waits for it at each choice, or once a process."""

    ou: str
    quoi: str
    ask: Callable[[], object]
    page: bool = True


@dataclass(frozen=True)
class Chronometrage:
    """Milliseconds: the first time, the median and the best of the next ones; ``calcul``: what the processors spent.

    Processors spend the same whatever else the machine is doing; the time that passes does not.
    """

    ou: str
    quoi: str
    page: bool
    premiere: float
    mediane: float
    meilleure: float
    calcul: float


def measure(folder: Path, runs: int = RUNS) -> list[Chronometrage]:
    """Ask everything ``runs`` + 1 times, of the warehouse of a folder."""
    os.environ["OBSERVATOIRE_ENTREPOT"] = str(folder)
    return [_measure(question, runs) for question in ask_all(open_warehouse(folder))]


def _measure(question: Question, runs: int) -> Chronometrage:
    times, spent = [], []
    for _ in range(runs + 1):
        gc.collect()
        started, used = time.perf_counter(), time.process_time()
        question.ask()
        times.append(1000 * (time.perf_counter() - started))
        spent.append(1000 * (time.process_time() - used))
    middle, work = statistics.median(times[1:]), statistics.median(spent[1:])
    return Chronometrage(question.ou, question.quoi, question.page, times[0], middle, min(times[1:]), work)


def ask_all(warehouse: Warehouse) -> list[Question]:
    """The questions, page by page, on territories and indicators that every generated warehouse has."""
    codes = list(warehouse.indicateurs)
    card, other, year = codes[-1], codes[0], warehouse.indicateurs[codes[0]].derniere
    communes, epts = list(warehouse.communes), list(warehouse.epts)
    commune, eight = communes[0], codes[:8]
    near = [
        t.code for t in warehouse.region_communes.values() if t.code[:2] in ("75", "77", "78", "91", "92", "93", "94")
    ]
    near = sorted({*near[:VOISINES], *communes})
    six = [commune, communes[1], epts[0], DEPARTEMENT, REGION, FRANCE]
    pages = [
        ("Accueil", "huit chiffres du département et des EPT", lambda: warehouse.figures(eight, [DEPARTEMENT, *epts])),
        ("Portrait", "identité : population", lambda: warehouse.figures([other], [commune])),
        ("Portrait", "profil : derniers chiffres, références, rangs", lambda: warehouse.profile(commune, codes)),
        ("Portrait", "chiffres clés d’une commune", lambda: warehouse.figures(eight, [commune])),
        ("Portrait", "évolution d’un indicateur", lambda: warehouse.figures([card], [*six, METROPOLE])),
        ("Portrait", "tendances de tous les indicateurs", lambda: warehouse.counts(codes, [commune])),
        ("Portrait", "huit communes semblables", lambda: warehouse.counts(codes, communes[:8], [year])),
        ("Portrait", "IRIS d’une commune", lambda: warehouse.inside([commune], "iris")),
        ("Portrait", "anciennes communes", lambda: warehouse.former_communes(commune, card)),
        ("Cartes", "les communes, un indicateur, une année", lambda: warehouse.map_figures(card, year)),
        ("Cartes", "les EPT, un indicateur, une année", lambda: warehouse.map_figures(card, year, "ept")),
        ("Cartes", "échelle de toutes les années", lambda: warehouse.all_years(card, "commune")),
        ("Cartes", "valeurs des références", lambda: warehouse.figures([card], [*epts, DEPARTEMENT, FRANCE], [year])),
        ("Cartes", "contours des IRIS", lambda: warehouse.geometries("iris")),
        ("Cartes", "mairies et France services", lambda: warehouse.places(["mairie", "france_services"])),
        ("Cartes", "contours des communes", lambda: warehouse.geometries("commune")),
        ("Comparer", "huit indicateurs, six territoires", lambda: warehouse.figures(eight, six)),
        ("Comparer", "quarante indicateurs, toutes les communes", lambda: warehouse.figures(codes[:40], communes)),
        ("Comparer", "tous les indicateurs, six territoires", lambda: warehouse.figures(codes, six)),
        ("Comparer", "huit indicateurs, toutes les communes", lambda: warehouse.figures(eight, communes)),
        ("Comparer", "dispersion de huit indicateurs", lambda: warehouse.dispersion(eight)),
        ("Comparer", "dispersion de tous les indicateurs", lambda: warehouse.dispersion(codes)),
        ("Comparer", "deux années d’un indicateur", lambda: warehouse.figures([card], six, [year - 1, year])),
        ("Comparer", "répartition en Île-de-France", lambda: warehouse.figures([card], near)),
        ("Comparer", "deux indicateurs, communes d’Île-de-France", lambda: warehouse.covered(codes[:2], near, 0.5)),
        ("Comparer", "communes semblables", lambda: warehouse.covered(codes[:10], communes, 0.9)),
        ("Comparer", "indice de besoins, Île-de-France", lambda: warehouse.covered(codes[:BESOINS], near, 0.75)),
        ("Sources et méthode", "fiches", lambda: catalogue.cards(warehouse)),
        ("Sources et méthode", "couverture d’un indicateur", lambda: catalogue.coverage(warehouse, card)),
        ("Sources et méthode", "couverture par IRIS", lambda: catalogue.coverage_counts(warehouse, card)),
        ("Sources et méthode", "sources d’un indicateur", lambda: catalogue.sources_of(warehouse, card)),
        ("Sources et méthode", "jeux de données", lambda: catalogue.datasets(warehouse)),
        ("Sources et méthode", "nombre d’observations", lambda: warehouse.rows("SELECT count(*) FROM observation")),
        ("Sources et méthode", "tracer un chiffre de commune", lambda: _trace(warehouse, commune, card, year)),
        ("Sources et méthode", "tracer un chiffre du département", lambda: _trace(warehouse, DEPARTEMENT, card, year)),
    ]
    return [*(Question(*page) for page in pages), *_once(warehouse), *_api(warehouse, card, commune, year)]


def _once(warehouse: Warehouse) -> list[Question]:
    """What a process asks once, or once a build."""
    once = (
        ("fiches et années des indicateurs", lambda: Warehouse(warehouse.path).indicateurs),
        ("territoires", lambda: Warehouse(warehouse.path).territoires),
        ("sources", lambda: Warehouse(warehouse.path).sources),
        ("IRIS et quartiers prioritaires qui ont des chiffres", lambda: Warehouse(warehouse.path).quartiers),
        ("fusions de communes", lambda: Warehouse(warehouse.path).mergers),
        ("communes et anciennes communes de chaque territoire", lambda: Warehouse(warehouse.path).members),
        ("profils de tous les territoires", lambda: _profiles_again(warehouse)),
        ("contours envoyés aux cartes", lambda: feature_collection(warehouse, "commune")),
    )
    return [Question("Au démarrage", label, ask, page=False) for label, ask in once]


def _profiles_again(warehouse: Warehouse) -> None:
    vars(warehouse).pop("_profiles", None)
    assert warehouse.profile(DEPARTEMENT, warehouse.indicateurs)


def _api(warehouse: Warehouse, card: str, commune: str, year: int) -> list[Question]:
    """Whole requests, as a program makes them: check, count, read, write the answer."""
    client = TestClient(Starlette(routes=ROUTES))
    some = f"/api/v1/observations?indicateur={card}&annee={year}"
    requests = (
        ("observations d’une commune, une page", f"/api/v1/observations?territoire={commune}"),
        ("observations d’un indicateur et d’une année, une page", some),
        ("les mêmes en CSV", f"{some}&format=csv"),
        ("une fiche, ses années et ses sources", f"/api/v1/indicateurs/{card}"),
        ("contours et chiffres", f"/api/v1/geo/communes.geojson?indicateur={card}&annee={year}"),
    )
    asked = [Question("API", label, lambda path=path: _get(client, path), page=False) for label, path in requests]
    filtre = questions.Filtre(territoires=[commune])
    page = Question(
        "API", "la première, requête SQL seule", lambda: list(questions.observations(warehouse, filtre, 1_000, 1))
    )
    return [*asked, page]


def _get(client: TestClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise AssertionError(f"{path} : {answer.status_code} {answer.text[:200]}")


def _trace(warehouse: Warehouse, territoire: str, indicateur: str, annee: int) -> None:
    found = trace(warehouse, territoire, indicateur, annee)
    if found is None or recompute(warehouse, found) != found.ligne["valeur"]:
        raise AssertionError(f"the trace of {indicateur} {annee} {territoire} does not give the figure back")
