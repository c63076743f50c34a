"""``python -m benchmarks.memoire``: what a server takes when three readers explore everything and take files away.

An hour of reading in a few minutes, in one process without a browser: each reader opens every view for territories and
indicators of its own, and each round makes one file of each kind. Resident memory is read from /proc (Linux).
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.browser import memory_mib
from benchmarks.reruns import RACINE, VUES, View

LECTEURS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Explore, print the memory after each round; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memoire", description=__doc__, add_help=True)
    parser.add_argument("--tours", type=int, default=6, help="tours de toutes les vues (6)")
    parser.add_argument("--entrepot", type=Path, default=RACINE / "data" / "entrepot", help="dossier de l’entrepôt")
    options = parser.parse_args(arguments)
    for turn, memory in enumerate(explore(options.entrepot, options.tours)):
        aside = f", et {_drawing():.0f} à l’atelier des dessins" if _drawing() else ""
        print(f"{'au départ' if not turn else f'tour {turn}'} : {memory:.0f} Mio{aside}", flush=True)
    return 0


def explore(folder: Path, rounds: int) -> Iterator[float]:
    """Resident memory in MiB with the pages loaded, then after each round."""
    os.environ["OBSERVATOIRE_ENTREPOT"] = str(folder)
    logging.disable(logging.WARNING)
    from streamlit.testing.v1 import AppTest

    import app  # noqa: F401 - what the server itself imports
    from observatoire.api.store import in_service

    script = str(RACINE / "observatoire" / "navigation.py")
    readers = [AppTest.from_file(script, default_timeout=120).run() for _ in range(LECTEURS)]
    warehouse = in_service()
    communes, cards = list(warehouse.communes), list(warehouse.indicateurs)
    yield memory_mib(os.getpid()) or 0.0
    places, codes = itertools.cycle(communes), itertools.cycle(cards)
    for turn in range(rounds):
        for view in VUES.values():
            for reader in readers:
                _show(reader, view, next(places), next(codes))
        for make in _files(communes[turn % len(communes)], cards[turn % len(cards)]):
            make()
        yield memory_mib(os.getpid()) or 0.0


def _drawing() -> float:
    """Resident memory of the process where documents are drawn, which a minute without any ends."""
    from observatoire.exports.workshop import workshop

    return (memory_mib(workshop.pid) or 0.0) if workshop.pid is not None else 0.0


def _show(reader, view: View, commune: str, indicateur: str) -> None:
    own = {"territoire": commune, "indicateur": indicateur}
    # IRIS have indicators of their own, and a view of a theme keeps its theme.
    taken = {name: value for name, value in own.items() if name in view.choix and view.choix.get("niveau") != "iris"}
    reader.session_state["choix"] = {}
    reader.switch_page(f"../pages/{view.page}.py")
    reader.query_params.clear()
    reader.query_params.update({**view.choix, **taken})
    reader.run()


def _files(commune: str, indicateur: str) -> list:
    """One file of each kind, as buttons make them."""
    from observatoire.api.store import in_service
    from observatoire.documents.carte import map_sheet
    from observatoire.documents.comparaison import comparison_document
    from observatoire.documents.fiche import sheet
    from observatoire.documents.fichiers import write
    from observatoire.exports import images, warehouse_files, xlsx
    from observatoire.methods.cartography import MapRequest
    from observatoire.views.carte.build import describe, load_content
    from observatoire.views.comparaison import comparison as comparisons
    from observatoire.views.comparaison.needs import Choices, make_needs

    warehouse = in_service()
    card = warehouse.indicateurs[indicateur]
    request = MapRequest(card.code, card.derniere)
    figure = describe(warehouse, request, load_content(warehouse, request))
    territoires = [warehouse.territoires[code] for code in (commune, *warehouse.epts)]
    theme = [other for other in warehouse.indicateurs.values() if other.theme == card.theme]
    compared = comparisons.make_comparison(
        warehouse, territoires, comparisons.territory_reference(warehouse.territoires["93"]), theme
    )
    return [
        lambda: write(sheet(warehouse, commune), "pdf"),
        lambda: write(sheet(warehouse, commune), "docx"),
        lambda: images.to_png(figure),
        lambda: images.to_svg(figure),
        lambda: write(map_sheet(figure, warehouse, ()), "pdf"),
        lambda: write(comparison_document(compared, warehouse), "docx"),
        lambda: write(comparison_document(compared, warehouse), "pdf"),
        lambda: xlsx.comparison_workbook(compared, warehouse, "du groupe", make_needs(warehouse, Choices())),
        lambda: warehouse_files.to_csv(warehouse),
    ]


if __name__ == "__main__":
    sys.exit(main())
