"""A map as a one-page PDF, A4 or A3 landscape (typst): title, map and legend as vectors, sentences, ranking, source."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
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
from observatoire.warehouse import Warehouse

PAPIERS = ("a4", "a3")
# Beyond, the ranking no longer fits beside the map: the first and last are kept, and said to be so.
_LIGNES = 45


def map_to_pdf(figure: Figure, house: Warehouse, phrases: Sequence[str], paper: str = "a4") -> bytes:
    """The PDF of a map. ``phrases``: what the map says. Raises ValueError on an unknown paper or without a map."""
    if paper not in PAPIERS:
        raise ValueError(f"papier « {paper} » : attendu {' ou '.join(PAPIERS)}")
    if figure.printable is None:
        raise ValueError("cette figure n’a pas de carte")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        svg = draw_svg(figure.printable().to_dict())
        (folder / "carte.svg").write_text(svg, encoding="utf-8")
        (folder / "marque.svg").write_text(MARQUE, encoding="utf-8")
        content = {**_content(figure, house, phrases), "papier": paper}
        (folder / "donnees.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        shutil.copy(str(files("observatoire.exports").joinpath("carte.typ")), folder / "carte.typ")
        made = datetime.combine(house.built_on, datetime.min.time(), tzinfo=UTC)
        fonts = [font_folder(), image_font_folder()]
        return write_pdf(folder / "carte.typ", fonts, made)


def _content(figure: Figure, house: Warehouse, phrases: Sequence[str]) -> dict[str, object]:
    rows, step = _ranking(figure, house)
    foot = (
        "« n.d. » non disponible ; « s » secret statistique ; « n. calc. » non calculable. "
        f"{IDENTITE.observatoire.titre}, chiffres au {formats.jour(house.built_on)}."
    )
    return {
        "observatoire": asdict(IDENTITE.observatoire),
        "titre": formats.insecables(figure.titre),
        "sous_titre": formats.insecables(figure.sous_titre),
        "alt": figure.alt,
        "phrases": [formats.insecables(text) for text in phrases if text],
        "colonnes": ["IRIS", "Commune", "Valeur"] if "Commune" in figure.table else ["Territoire", "EPT", "Valeur"],
        "lignes": rows,
        "pas": step,
        "source": formats.insecables(figure.source),
        "pied": formats.insecables(foot),
    }


def _ranking(figure: Figure, house: Warehouse) -> tuple[list[list[str]], float]:
    """Rows of the ranking (name, EPT or commune, value as read) and the room around each, in points."""
    table = figure.table
    values = table["Lecture"] if "Lecture" in table else table["Case"]
    places = table["Commune"] if "Commune" in table else [_ept(code, house) for code in table["Code"]]
    rows = [
        [formats.typographie(name), formats.typographie(place), str(value)]
        for name, place, value in zip(table["Territoire"], places, values, strict=True)
    ]
    if len(rows) > _LIGNES:
        half = _LIGNES // 2
        rows = [*rows[:half], ["…", "", f"{len(rows) - 2 * half} autres"], *rows[-half:]]
    return rows, 2.6 if len(rows) <= 20 else 1.9


def _ept(code: str, house: Warehouse) -> str:
    territoire = house.territoires.get(code)
    ept = house.epts.get(territoire.code_ept or "") if territoire else None
    return (ept.code_court or "") if ept else ""
