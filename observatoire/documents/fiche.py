"""The one-page sheet of a territory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.charts.barre import draw_bar
from observatoire.charts.locator import draw_locator
from observatoire.charts.sparkline import draw_sparkline
from observatoire.charts.spine import draw_spine
from observatoire.documents.blocs import (
    Bloc,
    Chiffre,
    Chiffres,
    Colonnes,
    Document,
    FigureBloc,
    Image,
    Texte,
    Titre,
)
from observatoire.documents.commun import foot, on_paper
from observatoire.methods.essentiel import Essentiel
from observatoire.methods.overview import KeyFigure, split_unit
from observatoire.palettes import EPT_COULEURS, GRIS
from observatoire.positions import POSITIONS
from observatoire.records import DEPARTEMENT
from observatoire.views.portrait.fiche import Fiche, make_fiche
from observatoire.warehouse import Warehouse

# The width of the chart of positions, in its own pixels: that of the page at the size of its words.
LARGEUR = 430
# The width of the bars of fragilities and strengths, in centimetres.
BARRE = 2.9


def sheet(warehouse: Warehouse, code: str, parts: Sequence[str] | None = None) -> Document:
    """The sheet of a territory; ``parts``: those of PARTIES wanted, all of them when not told, in their order.

    Raises KeyError for an unknown code, ValueError for an unknown part.
    """
    unknown = [part for part in parts or () if part not in PARTIES]
    if unknown:
        raise ValueError(f"partie « {unknown[0]} » : attendu {', '.join(PARTIES)}")
    fiche = make_fiche(warehouse, code)
    return Document(
        titre=fiche.territoire.nom,
        chapeau=f"{fiche.tete.ouverture}\n{fiche.identite}.",
        illustration=Image(
            draw_locator(warehouse.geometries("commune"), fiche.communes),
            f"Situation : {fiche.territoire.nom} {IDENTITE.departement.dans}",
        ),
        blocs=tuple(
            bloc for part, (_, make) in PARTIES.items() if parts is None or part in parts for bloc in make(fiche)
        ),
        construit_le=fiche.construit_le,
        source=fiche.source,
        pied=foot(fiche.construit_le, "▲ plus favorable, ▼ moins favorable que la référence citée"),
        fichier=formats.nom_de_fichier("fiche", fiche.territoire.nom),
        taille=9.0,
    )


def _standing_out(fiche: Fiche) -> list[Bloc]:
    tete = fiche.tete
    beside = "la référence citée" if fiche.territoire.code == DEPARTEMENT else "le département"
    left = _facts("Fragilités", tete.fragilites, 3, f"Aucun chiffre jugé n’est moins favorable que {beside}.")
    right = _facts("Atouts", tete.atouts, 2, f"Aucun chiffre jugé n’est plus favorable que {beside}.")
    blocs: list[Bloc] = [Titre("Ce qui ressort"), Colonnes(left, right, part=0.6)]
    if any(item.barre for item in (*tete.fragilites, *tete.atouts)):
        words = "Barre claire : toutes les communes, la plus favorable à droite ; foncée : leur moitié centrale"
        blocs.append(Texte(f"{words} ; trait : {beside} ; triangle : {fiche.territoire.nom}.", note=True))
    return blocs


def _facts(title: str, shown: Sequence[Essentiel], most: int, none: str) -> tuple[Bloc, ...]:
    if not shown:
        return Titre(title, 3), Texte(none)
    return Titre(title, 3), Chiffres(tuple(_fact(item) for item in shown), par_ligne=most, courbe=BARRE, suite=True)


def _fact(item: Essentiel) -> Chiffre:
    color, sign, _ = POSITIONS["favorable" if item.atout else "defavorable"]
    bar = draw_bar(item.barre) if item.barre is not None else ""
    return Chiffre(
        item.libelle, item.nombre, item.unite, item.quand, item.phrase, bar, sign, color, reperes=item.reperes
    )


def _key_figures(fiche: Fiche) -> list[Bloc]:
    return [Titre("Chiffres clés"), Chiffres(tuple(_key(figure) for figure in fiche.cles))]


def _key(figure: KeyFigure) -> Chiffre:
    number, unit = split_unit(figure.texte)
    curve = ""
    if len(figure.serie) > 1:
        years, values = zip(*figure.serie, strict=True)
        curve = draw_sparkline(years, values, figure.evolution)
    note = " (approché)" if figure.statut == "approche" else ""
    detail = f"{figure.card.en(figure.annee)}{note}"
    return Chiffre(figure.card.libelle, number, unit, detail, figure.evolution or "", curve)


def _positions(fiche: Fiche) -> list[Bloc]:
    title = f"{fiche.territoire.nom} parmi les communes du département"
    if fiche.positions.empty:
        return [Titre(title), Texte("Aucun indicateur n’a de valeur à comparer.")]
    said = " ; ".join(
        f"{row['libelle']} : {row['texte']}, {POSITIONS[row['position']][2]} ({row['detail']})"
        for row in fiche.positions.to_dict("records")
    )
    color = EPT_COULEURS.get(fiche.territoire.code_ept or "", GRIS)
    rows = fiche.positions
    drawing = FigureBloc(
        titre=title,
        sous_titre="Unité et année de chaque ligne",
        source=fiche.source,
        alt=said,
        dessin=lambda: on_paper(draw_spine(rows, color, step=23, columns=True).properties(width=LARGEUR)),
        montre=False,
    )
    return [Titre(title), Texte(_reading(fiche), note=True), drawing]


def _reading(fiche: Fiche) -> str:
    """How to read the chart of positions."""
    ept = " ; losange : l’EPT" if fiche.territoire.type == "commune" else ""
    if fiche.semblables:
        ept += f" ; carré : les communes semblables ({', '.join(fiche.semblables)})"
    return (
        f"Trait vertical : {fiche.reference}. À droite, la situation la plus favorable (indicateurs neutres, en bleu : "
        f"la valeur la plus élevée). Bande claire : toutes les communes ; foncée : leur moitié centrale{ept}."
    )


# Part of the sheet → its name, and its blocks.
PARTIES: dict[str, tuple[str, Callable[[Fiche], list[Bloc]]]] = {
    "ressort": ("Ce qui ressort", _standing_out),
    "cles": ("Chiffres clés", _key_figures),
    "positions": ("Position parmi les communes", _positions),
}
