"""The heat map of a comparison as a one-page PDF, A4 or A3 landscape (typst), tagged for screen readers."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.brand import MARQUE
from observatoire.exports.fonts import font_folder, image_font_folder
from observatoire.exports.workshop import draw_svg, write_pdf
from observatoire.figures import Figure
from observatoire.palettes import ENCRE
from observatoire.positions import CASES, LEGENDE
from observatoire.warehouse import Warehouse

PAPIERS = ("a4", "a3")


def heatmap_to_pdf(figure: Figure, house: Warehouse, paper: str = "a4") -> bytes:
    """The PDF of a heat map (see comparison_figures). Raises ValueError on an unknown paper or without a drawing."""
    if paper not in PAPIERS:
        raise ValueError(f"papier « {paper} » : attendu {' ou '.join(PAPIERS)}")
    if figure.printable is None:
        raise ValueError("cette figure n’a pas de dessin")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fonts = [font_folder(), image_font_folder()]
        (folder / "carte.svg").write_text(_svg(figure), encoding="utf-8")
        (folder / "marque.svg").write_text(MARQUE, encoding="utf-8")
        content = {**_content(figure, house), "papier": paper}
        (folder / "donnees.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        shutil.copy(str(files("observatoire.exports").joinpath("comparaison.typ")), folder / "comparaison.typ")
        made = datetime.combine(house.built_on, datetime.min.time(), tzinfo=UTC)
        return write_pdf(folder / "comparaison.typ", fonts, made)


def _svg(figure: Figure) -> str:
    assert figure.printable is not None
    spec = figure.printable().to_dict()
    spec["config"]["axis"]["labelColor"] = ENCRE
    return draw_svg(spec)


def _content(figure: Figure, house: Warehouse) -> dict[str, object]:
    foot = (
        "« n.d. » non disponible ; « s » secret statistique ; « n. calc. » non calculable. "
        f"{IDENTITE.observatoire.titre}, chiffres au {formats.jour(house.built_on)}."
    )
    legend = [
        {"fond": CASES[k][0], "encre": CASES[k][1], "signe": sign or "·", "mot": word} for k, sign, word in LEGENDE
    ]
    return {
        "observatoire": asdict(IDENTITE.observatoire),
        "titre": formats.insecables(figure.titre),
        "sous_titre": formats.insecables(figure.sous_titre),
        "alt": figure.alt,
        "legende": legend,
        "source": formats.insecables(figure.source),
        "pied": formats.insecables(foot),
    }
