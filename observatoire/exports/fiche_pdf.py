"""The sheet as a one-page PDF (typst): text, figures and charts as vectors, tagged for screen readers."""

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
from observatoire.charts.locator import draw_locator
from observatoire.charts.sparkline import draw_sparkline
from observatoire.charts.spine import draw_spine
from observatoire.charts.theme import FONT
from observatoire.exports.fonts import FAMILY, font_folder
from observatoire.exports.workshop import draw_png, draw_svg, write_pdf
from observatoire.methods.overview import KeyFigure, split_unit
from observatoire.palettes import ENCRE, EPT_COULEURS, GRIS
from observatoire.positions import POSITIONS
from observatoire.views.portrait.fiche import Fiche
from observatoire.warehouse import Warehouse

LARGEUR = 430


def to_pdf(fiche: Fiche, house: Warehouse) -> bytes:
    """The PDF of a sheet. ``house`` gives the boundaries of the small map."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = _content(fiche, folder)
        locator = draw_locator(house.geometries("commune"), fiche.communes)
        (folder / "situation.svg").write_text(locator, encoding="utf-8")
        (folder / "marque.svg").write_text(MARQUE, encoding="utf-8")
        (folder / "donnees.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        shutil.copy(str(files("observatoire.exports").joinpath("fiche.typ")), folder / "fiche.typ")
        made = datetime.combine(fiche.construit_le, datetime.min.time(), tzinfo=UTC)
        return write_pdf(folder / "fiche.typ", [font_folder()], made)


def _content(fiche: Fiche, folder: Path) -> dict[str, object]:
    territoire = fiche.territoire
    if not fiche.positions.empty:
        (folder / "positions.svg").write_text(spine_svg(fiche), encoding="utf-8")
    return {
        "observatoire": asdict(IDENTITE.observatoire),
        "titre": territoire.nom,
        "identite": fiche.identite,
        "situation": f"Situation : {territoire.nom} {IDENTITE.departement.dans}",
        "phrases": [_phrase(p.texte, p.atout) for p in fiche.phrases],
        "cles": [_key(figure, n, folder) for n, figure in enumerate(fiche.cles)],
        "positions_titre": positions_title(fiche),
        "positions_legende": positions_legend(fiche),
        "positions": positions_title(fiche) if not fiche.positions.empty else None,
        "source": formats.insecables(fiche.source),
        "pied": formats.insecables(foot(fiche)),
    }


def positions_title(fiche: Fiche) -> str:
    """Title of the spine chart of a sheet."""
    return f"{fiche.territoire.nom} parmi les communes du département"


def positions_legend(fiche: Fiche) -> str:
    """How to read the spine chart of a sheet."""
    ept = " ; losange : l’EPT" if fiche.territoire.type == "commune" else ""
    if fiche.semblables:
        ept += f" ; carré : les communes semblables ({', '.join(fiche.semblables)})"
    return formats.insecables(
        f"Trait vertical : {fiche.reference}. À droite, la situation la plus favorable (indicateurs neutres, en bleu : "
        f"la valeur la plus élevée). Bande claire : toutes les communes ; foncée : leur moitié centrale{ept}."
    )


def foot(fiche: Fiche) -> str:
    """The last line of a sheet: how absences are written, where and when it was made."""
    return (
        "« n.d. » non disponible ; « s » secret statistique ; « n. calc. » non calculable ; ▲ plus favorable, "
        f"▼ moins favorable que la référence citée. {IDENTITE.observatoire.titre}, chiffres au "
        f"{formats.jour(fiche.construit_le)}."
    )


def spine_svg(fiche: Fiche) -> str:
    """The spine chart of a sheet as SVG, in the font of documents."""
    return draw_svg(_spine(fiche, FAMILY))


def spine_png(fiche: Fiche, scale: float = 2.5) -> bytes:
    """The same as an image, in the font of images: their renderer finds no word of the other one."""
    return draw_png(_spine(fiche, FONT), scale)


def _spine(fiche: Fiche, font: str) -> dict:
    color = EPT_COULEURS.get(fiche.territoire.code_ept or "", GRIS)
    spec = draw_spine(fiche.positions, color, step=25, columns=True).properties(width=LARGEUR).to_dict()
    spec["config"]["font"] = font
    spec["config"]["text"] = {"color": ENCRE}
    spec["config"]["axis"]["labelColor"] = ENCRE
    return spec


def _phrase(texte: str, atout: bool) -> dict[str, str]:
    color, sign, word = POSITIONS["favorable" if atout else "defavorable"]
    return {"couleur": color, "signe": sign, "texte": formats.insecables(texte), "mot": word}


def _key(figure: KeyFigure, position: int, folder: Path) -> dict[str, object]:
    number, unit = split_unit(figure.texte)
    image = None
    if len(figure.serie) > 1:
        image = f"cle{position}.svg"
        years, values = zip(*figure.serie, strict=True)
        (folder / image).write_text(draw_sparkline(years, values, figure.evolution), encoding="utf-8")
    note = " (approché)" if figure.statut == "approche" else ""
    return {
        "libelle": figure.card.libelle,
        "nombre": number,
        "unite": unit,
        "detail": f"{figure.card.en(figure.annee)}{note}",
        "image": image,
        "evolution": figure.evolution,
    }
