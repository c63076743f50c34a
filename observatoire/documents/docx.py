"""A document as Word: real headings, lists and tables, charts as images with their alternative, sources in the foot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatchmethod

from docx.document import Document as WordDocument
from docx.shared import Pt, RGBColor
from docx.table import _Cell

from etl.identite import OBSERVATOIRE
from observatoire.brand import MARQUE
from observatoire.documents import word
from observatoire.documents.blocs import (
    Bloc,
    Chiffre,
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
from observatoire.exports.workshop import draw_png, svg_to_png
from observatoire.formats import insecables

# Pixels of a chart drawn at its own size for one of an image: 150 to 200 dpi on paper.
ECHELLE = 2.5
_GRIS, _FOND = "55606F", "F3F1EA"
# Between two columns, in centimetres.
_GOUTTIERE = 0.4


def to_docx(document: Document) -> bytes:
    """The Word document of a document."""
    made = word.new_document(
        document.titre, document.taille, document.marge, document.paysage, enlarged=document.papier == "a3"
    )
    writer = _Writer(made, document.largeur, document.taille)
    word.add_head(made, svg_to_png(MARQUE, ECHELLE), OBSERVATOIRE.nom, OBSERVATOIRE.reseau, document.taille * 0.95)
    writer.head(document)
    writer.blocks(document.blocs)
    word.add_foot(made, [insecables(document.source), insecables(document.pied)], document.taille * 0.66)
    return word.to_bytes(made)


class _Writer:
    """Blocks written one after the other in a document, or in a cell of it."""

    def __init__(self, place: WordDocument | _Cell, width: float, size: float) -> None:
        self._place, self._width, self._size = place, width, size

    def head(self, document: Document) -> None:
        """The title, and its image beside it."""
        place: WordDocument | _Cell = self._place
        if document.illustration is not None:
            left, right = word.add_columns(self._place, (self._width - 3.6, 3.6))
            png = svg_to_png(document.illustration.svg, ECHELLE)
            word.add_image(right, png, document.illustration.alt, 3.6 - _GOUTTIERE)
            place = left
        word.add_heading(place, insecables(document.titre), 1)
        if document.chapeau:
            self._write(insecables(document.chapeau), place=place)

    def blocks(self, blocs: Sequence[Bloc]) -> None:
        """These blocks, in order."""
        for before, bloc in zip((None, *blocs), blocs, strict=False):
            if isinstance(before, SautDePage):
                word.break_before_next(self._place, lambda bloc=bloc: self._block(bloc))
            else:
                self._block(bloc)

    @singledispatchmethod
    def _block(self, bloc: object) -> None:
        raise TypeError(f"bloc inconnu : {type(bloc).__name__}")

    @_block.register
    def _(self, bloc: Titre) -> None:
        word.add_heading(self._place, insecables(bloc.texte), bloc.niveau)

    @_block.register
    def _(self, bloc: Texte) -> None:
        self._write(insecables(bloc.texte), note=bloc.note)

    @_block.register
    def _(self, bloc: Liste) -> None:
        for point in bloc.points:
            if not point.signe:
                self._place.add_paragraph(insecables(point.texte), style="List Bullet")
                continue
            paragraph = self._place.add_paragraph()
            sign = paragraph.add_run(f"{point.signe} ")
            sign.font.color.rgb = RGBColor.from_string(point.couleur.lstrip("#").upper())
            paragraph.add_run(insecables(point.texte))

    @_block.register
    def _(self, bloc: Chiffres) -> None:
        width = self._width / bloc.par_ligne
        rows = [bloc.chiffres[n : n + bloc.par_ligne] for n in range(0, len(bloc.chiffres), bloc.par_ligne)]
        table = word.add_grid(self._place, len(rows), [width] * bloc.par_ligne)
        for row, shown in enumerate(rows):
            for column, chiffre in enumerate(shown):
                self._figure(table.cell(row, column), chiffre, bloc)

    @_block.register
    def _(self, bloc: Legende) -> None:
        paragraph = self._place.add_paragraph()
        for case in bloc.cases:
            chip = paragraph.add_run(f" {case.signe} ")
            chip.font.color.rgb = RGBColor.from_string(case.encre.lstrip("#").upper())
            word.shade_run(chip, case.fond)
            paragraph.add_run(f" {case.mot}    ")

    @_block.register
    def _(self, bloc: FigureBloc) -> None:
        if bloc.montre:
            self._caption(insecables(bloc.titre), insecables(bloc.sous_titre))
        drawn = bloc.dessin
        png = svg_to_png(drawn, ECHELLE) if isinstance(drawn, str) else draw_png(drawn(), ECHELLE)
        word.add_image(self._place, png, f"{bloc.titre}. {bloc.alt}", self._width, bloc.hauteur)
        if bloc.montre:
            self._write(insecables(bloc.source), note=True)

    @_block.register
    def _(self, bloc: Tableau) -> None:
        if bloc.montre:
            self._caption(insecables(bloc.titre), "")
        shares = bloc.largeurs or (1.0,) * len(bloc.colonnes)
        widths = [self._width * share / sum(shares) for share in shares]
        size = self._size * (0.77 if bloc.serre else 0.88)
        word.add_table(self._place, bloc.colonnes, bloc.lignes, widths, bloc.nombres, size, bloc.serre)
        if bloc.montre:
            self._write(insecables(bloc.source), note=True)

    @_block.register
    def _(self, bloc: Encadre) -> None:
        (cell,) = word.add_columns(self._place, (self._width,))
        word.shade(cell, _FOND)
        self._write(insecables(bloc.titre), place=cell, bold=True)
        _Writer(cell, self._width - _GOUTTIERE, self._size).blocks(bloc.blocs)

    @_block.register
    def _(self, bloc: Colonnes) -> None:
        widths = (self._width * bloc.part, self._width * (1 - bloc.part))
        for cell, width, inner in zip(
            word.add_columns(self._place, widths), widths, (bloc.gauche, bloc.droite), strict=True
        ):
            _Writer(cell, width - _GOUTTIERE, self._size).blocks(inner)
            word.tidy(cell)

    @_block.register
    def _(self, bloc: Sommaire) -> None:
        word.add_contents(self._place)

    @_block.register
    def _(self, bloc: SautDePage) -> None:
        """Nothing by itself: what follows is told to begin a page, so that no empty one comes before."""

    def _caption(self, title: str, subtitle: str) -> None:
        paragraph = self._place.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(title).bold = True
        if subtitle:
            said = paragraph.add_run(f"\n{subtitle}")
            said.font.size, said.font.color.rgb = Pt(self._size * 0.85), RGBColor.from_string(_GRIS)

    def _figure(self, cell: _Cell, chiffre: Chiffre, bloc: Chiffres) -> None:
        small, grey = Pt(self._size * 0.8), RGBColor.from_string(_GRIS)
        name = cell.paragraphs[0]
        if chiffre.signe:
            sign = name.add_run(f"{chiffre.signe} ")
            sign.font.size, sign.font.color.rgb = small, RGBColor.from_string(chiffre.couleur.lstrip("#").upper())
        name.add_run(insecables(chiffre.libelle)).font.size = Pt(self._size * 0.9)
        number = cell.add_paragraph()
        big = number.add_run(chiffre.nombre)
        big.bold, big.font.size = True, Pt(self._size * 1.6)
        number.add_run(chiffre.unite).font.size = Pt(self._size * 0.85)
        after = chiffre.evolution if bloc.suite else chiffre.detail
        for text in (chiffre.detail, chiffre.evolution, chiffre.reperes):
            if text:
                run = cell.add_paragraph().add_run(text)
                run.font.size = small
                if bloc.suite and text is chiffre.evolution:
                    run.font.size = Pt(self._size * 0.9)
                else:
                    run.font.color.rgb = grey
            if chiffre.courbe and text is after:
                # The alternative of the drawing is the sentence beside it.
                word.add_image(cell, svg_to_png(chiffre.courbe, 2 * ECHELLE), chiffre.evolution, bloc.courbe)
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.space_after = Pt(1)

    def _write(
        self, text: str, note: bool = False, bold: bool = False, place: WordDocument | _Cell | None = None
    ) -> None:
        paragraph = word.free_paragraph(place if place is not None else self._place)
        run = paragraph.add_run(text)
        run.bold = bold or None
        if note:
            run.font.size, run.font.color.rgb = Pt(self._size * 0.85), RGBColor.from_string(_GRIS)
