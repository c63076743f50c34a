"""Screenshots of the pages for docs/captures: ``python -m outils.captures [--pages | --cartes | --portraits | --tout]``

Serves the application on the warehouse in service, opens each view in Chromium and keeps what a person sees, in a
palette of 256 colours: three times lighter, and nothing that a reader would miss. Whole pages, many and tall, are kept
as WebP: a smaller palette would turn the beige of the menu into pink.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser import PRET, serve
from observatoire.config import warehouse_folder
from outils.navigateur import find

DOSSIER = Path(__file__).resolve().parent.parent / "docs" / "captures"
ESSENTIELLES = {"accueil": "/", "carte": "/cartes?indicateur=REV02"}
CARTES = {
    "carte-pauvrete": "/cartes?indicateur=REV02&annee=2021",
    "carte-chomage": "/cartes?indicateur=EMP01",
    "carte-75-ans": "/cartes?indicateur=SEN01",
    "carte-depenses-ccas": "/cartes?indicateur=FIN03",
    "carte-pauvrete-iris": "/cartes?indicateur=REV02&niveau=iris",
    "carte-croisee": "/cartes?indicateur=REV02&annee=2021&vue=croisee&avec=EMP01",
    "carte-simple": "/cartes?indicateur=REV02&mode=simple",
}
PORTRAITS = {
    "portrait-clichy-sous-bois": "/portrait?territoire=93014&theme=revenus_precarite&indicateur=REV02",
    "portrait-le-raincy": "/portrait?territoire=93062&theme=emploi_insertion",
    "portrait-saint-denis": "/portrait?territoire=93066&theme=revenus_precarite&indicateur=REV01",
    "portrait-coubron": "/portrait?territoire=93015&theme=revenus_precarite&liste=tous",
    "portrait-plaine-commune": "/portrait?territoire=200057867&theme=logement",
    "portrait-departement": "/portrait?territoire=93&theme=sante",
}
CLICHY = "territoire=93014"
# Every page and every view of Comparer, as docs/captures/README.md judges them.
PAGES = {
    "accueil": f"/?{CLICHY}",
    "portrait": f"/portrait?{CLICHY}&theme=revenus_precarite",
    "cartes": f"/cartes?{CLICHY}",
    "cartes-simple": f"/cartes?{CLICHY}&mode=simple",
    "indicateur": f"/indicateur?{CLICHY}",
    "comparer-tableau": f"/comparer?{CLICHY}&theme=revenus_precarite",
    "comparer-chaleur": "/comparer?vue=chaleur",
    "comparer-repartition": f"/comparer?{CLICHY}&vue=repartition",
    "comparer-nuage": f"/comparer?{CLICHY}&vue=nuage",
    "comparer-evolution": f"/comparer?{CLICHY}&vue=evolution",
    "comparer-indice": f"/comparer?{CLICHY}&vue=indice",
    "comparer-moyens": f"/comparer?{CLICHY}&vue=moyens",
    "donnees": "/donnees?indicateur=REV02&fiche=REV02",
}
# Those of which the dark theme is kept too.
SOMBRES = ("accueil", "cartes", "comparer-chaleur")
VUES = {
    **ESSENTIELLES,
    **PAGES,
    **CARTES,
    **PORTRAITS,
    "comparer-ept": "/comparer?theme=revenus_precarite&indicateur=REV02",
}
LARGEURS = (390, 1440, 1920)


def main() -> int:
    """Take the screenshots; return an exit code."""
    parser = argparse.ArgumentParser(prog="python -m outils.captures", description="Captures d’écran des pages.")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--pages", action="store_true", help="chaque page : bureau clair et sombre, téléphone clair")
    group.add_argument("--cartes", action="store_true", help="les cartes, à toutes les largeurs")
    group.add_argument("--portraits", action="store_true", help="les portraits, à toutes les largeurs et couleurs")
    group.add_argument("--tout", action="store_true", help="toutes les vues, largeurs et couleurs")
    options = parser.parse_args()
    path = find()
    if path is None:
        print("Aucun navigateur Chromium : pas de capture.")
        return 1
    DOSSIER.mkdir(parents=True, exist_ok=True)
    with serve("app.py", warehouse_folder()) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
        )
        asked = {"tout": VUES, "cartes": CARTES, "portraits": PORTRAITS, "pages": PAGES}
        views = next((found for name, found in asked.items() if getattr(options, name)), ESSENTIELLES)
        whole = views is not ESSENTIELLES
        widths = (1440, 390) if options.pages else LARGEURS if whole else (1440,)
        for width in widths:
            both = options.tout or options.portraits
            for scheme in ("light", "dark") if both else ("light",):
                _capture(browser, address, views, width, scheme, whole)
        if options.pages:
            _capture(browser, address, {name: PAGES[name] for name in SOMBRES}, 1440, "dark", whole)
        browser.close()
    return 0


def _capture(browser: Browser, address: str, views: dict[str, str], width: int, scheme: str, whole: bool) -> None:
    """The views at one width in one theme, in one window: the code of the page is loaded once."""
    height = 844 if width < 500 else 900
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="fr-FR",
        user_agent="Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36" if width < 500 else None,
    )
    page = context.new_page()
    for name, view in views.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address + view, timeout=120_000)
        page.wait_for_selector("h1", timeout=120_000)
        page.wait_for_selector(PRET, timeout=120_000)
        page.wait_for_timeout(2500)
        if whole:
            tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
            page.set_viewport_size({"width": width, "height": min(int(tall) + 20, 8000)})
            page.wait_for_timeout(1200)
        suffix = f"-{width}-{'sombre' if scheme == 'dark' else 'clair'}" if whole else ""
        _save(page.screenshot(), f"{name}{suffix}", whole)
    context.close()


def _save(screenshot: bytes, name: str, whole: bool) -> None:
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    if whole:
        image.save(DOSSIER / f"{name}.webp", quality=72, method=4)
    else:
        light = image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        light.save(DOSSIER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
