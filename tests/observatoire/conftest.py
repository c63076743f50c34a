"""A warehouse small enough to know by heart: six communes, three EPT, invented figures, every status.

Saint-Denis merges two former communes; Le Raincy has a secret poverty rate, Coubron only a bound; the median
income is not calculable above the commune, nor for the merged one; France is known in 2021, and only its
mainland in 2020.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import settings

from etl.transform import create_tables
from observatoire.records import Indicateur
from observatoire.warehouse import Warehouse

# A busy machine is not a slow function.
settings.register_profile("observatoire", deadline=None)
settings.load_profile("observatoire")

T6, T8, T9 = "200057867", "200057875", "200058790"
COMMUNES = {
    "93066": ("Saint-Denis", T6),
    "93045": ("Les Lilas", T8),
    "93062": ("Le Raincy", T9),
    "93015": ("Coubron", T9),
    "93014": ("Clichy-sous-Bois", T9),
    "93006": ("Bagnolet", T8),
}
EPTS = {T6: ("Plaine Commune", "T6"), T8: ("Est Ensemble", "T8"), T9: ("Grand Paris Grand Est", "T9")}
ANCIENNES = {"93059": "Pierrefitte-sur-Seine", "93066A": "Saint-Denis (avant 2025)"}
AU_DESSUS = {
    "93": ("departement", "Seine-Saint-Denis"),
    "R11": ("region", "Île-de-France"),
    "FR": ("pays", "France"),
    "FM": ("pays", "France métropolitaine"),
}
THEMES = {"demographie": "Démographie", "revenus": "Revenus et précarité", "services": "Services"}

# code, theme, libelle, unite, decimales, sens, agregation, phare, effectif
FICHES = (
    ("DEM01", "demographie", "Population", "habitants", 0, "neutre", "somme", True, True),
    ("DEM09", "demographie", "Évolution de la population", "% par an", 1, "neutre", "ratio", True, False),
    ("REV01", "revenus", "Niveau de vie médian", "€", 0, "favorable", "aucune", True, False),
    ("REV02", "revenus", "Taux de pauvreté", "%", 1, "defavorable", "ratio", True, False),
    ("REV03", "revenus", "Ménages allocataires", "pour 100 ménages", 1, "defavorable", "approchee", False, False),
    ("SER01", "services", "Médecins", "pour 1 000 habitants", 2, "favorable", "ratio", True, False),
)
BORNE = (5.0, "censure")
# indicateur, annee, territoire → valeur, (valeur, statut), or the status that stands for a missing one
CHIFFRES: tuple[tuple[str, int, Mapping[str, object]], ...] = (
    ("DEM01", 2021, {"93066": 149000, "93045": 23000, "93062": 14500, "93015": 4700, "93014": 29000}),
    ("DEM01", 2021, {"93006": 34000, T6: 149000, T8: 57000, T9: 48200, "93": 254200, "R11": 12300000, "FR": 68000000}),
    ("DEM01", 2020, {"93066": 147000, "93059": 34000, "93066A": 113000, "93": 250000}),
    ("DEM09", 2021, {"93066": 1.4, "93045": -0.8, "93062": -0.2, "93015": -1.5, "93014": 0.6, "93006": 0.0}),
    ("DEM09", 2021, {T6: 1.4, T8: -0.3, T9: 0.2, "93": 0.5, "R11": 0.4, "FR": 0.3}),
    ("REV01", 2021, {"93066": "non_calculable", "93045": 24000, "93062": 29000, "93015": 26000, "93014": 15000}),
    ("REV01", 2021, {"93006": 19000, T6: "non_calculable", T8: "non_calculable", T9: "non_calculable"}),
    ("REV01", 2021, {"93059": 15500, "93066A": 16500, "93": 18500, "R11": 24500, "FR": 22500}),
    ("REV02", 2021, {"93066": 36.0, "93045": 18.0, "93062": "secret", "93015": BORNE, "93014": 42.0, "93006": 28.0}),
    ("REV02", 2021, {T6: 36.0, T8: 24.5, T9: (25.0, "approche"), "93": 28.0, "R11": 15.5}),
    ("REV02", 2020, {"93066": 35.0, "93045": 17.2, "93062": "secret", "93015": 5.6, "93014": 43.0, "93006": 27.0}),
    ("REV02", 2020, {T6: 35.0, T8: 24.0, T9: 24.0, "93": 27.5, "R11": 15.3, "FM": 14.6}),
    ("REV03", 2021, {"93066": 20.0, "93045": 10.0, "93062": 5.0, "93015": 5.0, "93014": 25.0, "93006": "manquant"}),
    ("REV03", 2021, {T6: 20.0, T8: "manquant", T9: (12.0, "approche"), "93": (14.0, "approche"), "R11": 8.0}),
    ("SER01", 2021, {"93066": 1.2, "93045": 2.4, "93062": 2.4, "93015": 0.0, "93014": 0.5, "93006": 1.2}),
    ("SER01", 2021, {T6: 1.2, T8: 1.7, T9: 0.9, "R11": 2.0}),
    ("SER01", 2019, {"93": 1.1, "FR": 1.5}),
)


@pytest.fixture(scope="session")
def petit(tmp_path_factory) -> Warehouse:
    """The small warehouse, open."""
    path = tmp_path_factory.mktemp("petit") / "observatoire-essai.duckdb"
    write_small_warehouse(path)
    return Warehouse(path)


@pytest.fixture(scope="session")
def cards(petit) -> dict[str, Indicateur]:
    """Its indicators by code."""
    return petit.indicateurs


def write_small_warehouse(path: Path) -> None:
    """Write the warehouse of this module's tables to a file."""
    with duckdb.connect(str(path)) as con:
        create_tables(con)
        _add_territories(con)
        _add_cards(con)
        _add_figures(con)
        con.execute(
            "INSERT INTO construction VALUES (?, 'essai', 0.1, 1, 0, 'instantane', 'x')", [datetime(2026, 11, 23, 8, 0)]
        )


def _add_territories(con: duckdb.DuckDBPyConnection) -> None:
    rows = [(c, "commune", nom, None, ept, "93", "R11", None, None, None) for c, (nom, ept) in COMMUNES.items()]
    rows += [(c, "ept", nom, court, c, "93", "R11", None, None, None) for c, (nom, court) in EPTS.items()]
    rows += [
        (c, type_, nom, None, None, "93" if c == "93" else None, None, None, None, None)
        for c, (type_, nom) in AU_DESSUS.items()
    ]
    rows += [
        (c, "commune_historique", nom, None, T6, "93", "R11", None, date(2024, 12, 31), "93066")
        for c, nom in ANCIENNES.items()
    ]
    con.executemany("INSERT INTO territoire VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)", rows)
    squares = [(c, json.dumps(_square(n)), 2.4 + 0.1 * n, 48.9, 1.0) for n, c in enumerate(COMMUNES)]
    con.executemany("INSERT INTO geometrie VALUES (?, ?, ?, ?, ?)", squares)


def _square(n: int) -> dict[str, object]:
    west, south = 2.4 + 0.1 * n, 48.9
    ring = [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _add_cards(con: duckdb.DuckDBPyConnection) -> None:
    con.executemany("INSERT INTO theme VALUES (?, ?, ?)", [(*t, n) for n, t in enumerate(THEMES.items())])
    for ordre, (code, theme, libelle, unite, decimales, sens, agregation, phare, effectif) in enumerate(FICHES):
        con.execute(
            """
            INSERT INTO indicateur (code, theme, publics, libelle, definition, unite, decimales, sens, sens_pourquoi,
                agregation, forme, facteur, ecart_annees, etendue, phare, effectif, source, etat, ordre)
            VALUES (?, ?, ['tous'], ?, 'Définition inventée.', ?, ?, ?, 'Parce que.', ?, 'simple', 1, 0, [], ?, ?,
                'essai_2021', 'disponible', ?)
            """,
            [code, theme, libelle, unite, decimales, sens, agregation, phare, effectif, ordre],
        )


def _add_figures(con: duckdb.DuckDBPyConnection) -> None:
    for year in (2019, 2020, 2021):
        con.execute(
            """
            INSERT INTO source VALUES (?, 'essai', 'INSEE', 'Enquête d''essai', ?, 2025, 'essai.csv', NULL,
                'Licence ouverte 2.0', NULL, NULL, 'abc')
            """,
            [f"essai_{year}", year],
        )
    rows = []
    for code, year, found in CHIFFRES:
        for place, given in found.items():
            if isinstance(given, str):
                value, status, motif = None, given, "fusion" if given == "non_calculable" else given
            else:
                value, status, motif = (*given, None) if isinstance(given, tuple) else (given, "publie", None)
            rows.append((place, code, year, value, status, f"essai_{year}", motif))
    con.executemany(
        "INSERT INTO observation (territoire, indicateur, annee, valeur, statut, source, motif) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
