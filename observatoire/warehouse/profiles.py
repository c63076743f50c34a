"""The public figures of each territory of the network, by year: what a demonstration is in proportion to."""

from __future__ import annotations

from collections.abc import Mapping

from observatoire.warehouse import Warehouse


def figures(warehouse: Warehouse, asked: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, dict[int, float]]]:
    """Territory → name → year → figure. ``asked``: name → (indicator, « valeur » or « numerateur »).

    Secret figures are not there.
    """
    rows = warehouse.rows(
        """
        SELECT territoire, indicateur, annee, valeur, numerateur FROM observation
        WHERE list_contains($codes, indicateur) AND length(territoire) = 5 AND statut <> 'secret'
        ORDER BY territoire, indicateur, annee
        """,
        {"codes": sorted({code for code, _ in asked.values()})},
    )
    by_code: dict[str, list[tuple[str, str]]] = {}
    for name, (code, measure) in asked.items():
        by_code.setdefault(code, []).append((name, measure))
    found: dict[str, dict[str, dict[int, float]]] = {}
    for row in rows:
        for name, measure in by_code[row["indicateur"]]:
            if row[measure] is not None:
                found.setdefault(row["territoire"], {}).setdefault(name, {})[row["annee"]] = float(row[measure])
    return found
