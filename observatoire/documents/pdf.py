"""A document as PDF (typst): text, tables, charts as vectors, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import singledispatchmethod
from importlib.resources import files
from pathlib import Path
from typing import Any

from etl.identite import OBSERVATOIRE
from observatoire.brand import MARQUE
from observatoire.documents.blocs import (
    Bloc,
    Chiffres,
    Colonnes,
    Document,
    Encadre,
    FigureBloc,
    Legende,
    Liste,
    SautDePage,
    Sommaire,
    Tableau,
    Texte,
    Titre,
)
from observatoire.exports.fonts import font_folder, image_font_folder
from observatoire.exports.workshop import draw_svg, write_pdf
from observatoire.formats import insecables

GABARIT = "document.typ"


def to_pdf(document: Document) -> bytes:
    """The PDF of a document."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writer = _Writer(folder)
        content = {
            "observatoire": asdict(OBSERVATOIRE),
            "titre": insecables(document.titre),
            "chapeau": insecables(document.chapeau),
            "source": insecables(document.source),
            "pied": insecables(document.pied),
            "papier": document.papier,
            "paysage": document.paysage,
            "taille": document.taille,
            "marge": document.marge,
            "illustration": None,
            "blocs": writer.blocks(document.blocs),
        }
        if document.illustration is not None:
            image = writer.image(document.illustration.svg)
            content["illustration"] = {"image": image, "alt": document.illustration.alt}
        (folder / "marque.svg").write_text(MARQUE, encoding="utf-8")
        (folder / "donnees.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        shutil.copy(str(files("observatoire.documents").joinpath(GABARIT)), folder / GABARIT)
        made = datetime.combine(document.construit_le, datetime.min.time(), tzinfo=UTC)
        return write_pdf(folder / GABARIT, [font_folder(), image_font_folder()], made)


class _Writer:
    """Blocks as the template reads them; images are written beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._images = 0

    def blocks(self, blocs: Sequence[Bloc]) -> list[dict[str, Any]]:
        return [{"genre": type(bloc).__name__.lower(), **self._block(bloc)} for bloc in blocs]

    def image(self, svg: str) -> str:
        self._images += 1
        name = f"image{self._images}.svg"
        (self._folder / name).write_text(svg, encoding="utf-8")
        return name

    @singledispatchmethod
    def _block(self, bloc: object) -> dict[str, Any]:
        raise TypeError(f"bloc inconnu : {type(bloc).__name__}")

    @_block.register
    def _(self, bloc: Titre) -> dict[str, Any]:
        return {"texte": insecables(bloc.texte), "niveau": bloc.niveau}

    @_block.register
    def _(self, bloc: Texte) -> dict[str, Any]:
        return {"texte": insecables(bloc.texte), "note": bloc.note}

    @_block.register
    def _(self, bloc: Liste) -> dict[str, Any]:
        return {"points": [{**asdict(point), "texte": insecables(point.texte)} for point in bloc.points]}

    @_block.register
    def _(self, bloc: Chiffres) -> dict[str, Any]:
        shown = []
        for chiffre in bloc.chiffres:
            image = self.image(chiffre.courbe) if chiffre.courbe else None
            shown.append({**asdict(chiffre), "image": image})
        return {"chiffres": shown, "par_ligne": bloc.par_ligne, "courbe": bloc.courbe, "suite": bloc.suite}

    @_block.register
    def _(self, bloc: Legende) -> dict[str, Any]:
        return {"cases": [asdict(case) for case in bloc.cases]}

    @_block.register
    def _(self, bloc: FigureBloc) -> dict[str, Any]:
        svg = bloc.dessin if isinstance(bloc.dessin, str) else draw_svg(bloc.dessin())
        return {
            "titre": insecables(bloc.titre) if bloc.montre else "",
            "sous_titre": insecables(bloc.sous_titre),
            "source": insecables(bloc.source) if bloc.montre else "",
            "alt": f"{bloc.titre}. {bloc.alt}",
            "image": self.image(svg),
            "hauteur": bloc.hauteur,
        }

    @_block.register
    def _(self, bloc: Tableau) -> dict[str, Any]:
        return {
            "titre": insecables(bloc.titre) if bloc.montre else "",
            "colonnes": [insecables(name) for name in bloc.colonnes],
            "lignes": [[insecables(cell) for cell in row] for row in bloc.lignes],
            "largeurs": list(bloc.largeurs) or [1.0] * len(bloc.colonnes),
            "nombres": sorted(bloc.nombres),
            "serre": bloc.serre,
            "source": insecables(bloc.source) if bloc.montre else "",
        }

    @_block.register
    def _(self, bloc: Encadre) -> dict[str, Any]:
        return {"titre": insecables(bloc.titre), "blocs": self.blocks(bloc.blocs)}

    @_block.register
    def _(self, bloc: Colonnes) -> dict[str, Any]:
        return {"gauche": self.blocks(bloc.gauche), "droite": self.blocks(bloc.droite), "part": bloc.part}

    @_block.register(Sommaire)
    @_block.register(SautDePage)
    def _(self, bloc: object) -> dict[str, Any]:
        return {}
