"""``python -m benchmarks.lente``: pages on a slow line (400 kbit/s, 400 ms), cache empty, beside the bare page."""

from __future__ import annotations

import contextlib
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from benchmarks.browser import SlowVisit, serve, slow_visit
from etl.load import build
from outils.navigateur import find

PAGES = {
    "Page nue": ("benchmarks/nues/pleine.py", "/"),
    "Accueil": ("app.py", "/"),
    "Portrait": ("app.py", "/portrait?territoire=93066"),
    "Cartes": ("app.py", "/cartes"),
}
TOURS = 3


def main() -> int:
    """Measure, print a table of medians; return an exit code."""
    browser_path = find()
    if browser_path is None:
        print("Aucun navigateur Chromium : rien à mesurer.")
        return 1
    found: dict[str, list[SlowVisit]] = {name: [] for name in PAGES}
    with TemporaryDirectory() as name, contextlib.ExitStack() as stack, sync_playwright() as playwright:
        build(Path(name))
        servers = {script: stack.enter_context(serve(script, Path(name)))[0] for script, _ in PAGES.values()}
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for turn in range(TOURS + 1):  # the first one, not counted, warms the servers
            print(f"Tour {turn} sur {TOURS}…" if turn else "Tour de reconnaissance…", flush=True)
            for page, (script, path) in PAGES.items():
                done = slow_visit(browser, servers[script] + path)
                found[page] += [done] if turn else []
        browser.close()
    print("\n| Page | Premiers mots | Octets avant eux | Titre | Octets avant lui |\n|---|---:|---:|---:|---:|")
    for page, visits in found.items():
        print(f"| {page} | {_line(visits)} |")
    return 0


def _line(visits: list[SlowVisit]) -> str:
    first = statistics.median(visit.premiers_mots for visit in visits)
    title = statistics.median(visit.titre for visit in visits)
    sizes = [
        statistics.median(v) for v in zip(*((v.octets_premiers_mots, v.octets_titre) for v in visits), strict=True)
    ]
    cells = f"{first:.1f} s", f"{sizes[0] / 1000:.0f} ko", f"{title:.1f} s", f"{sizes[1] / 1000:.0f} ko"
    return " | ".join(cells).replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())
