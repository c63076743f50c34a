"""The parts of the page Comparer: table against the reference, ranked bars, trends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from observatoire import formats
from observatoire.charts.ranking import draw_ranking
from observatoire.charts.theme import EPT_COULEURS, SERIES
from observatoire.charts.trends import draw_trends
from observatoire.figures import Figure, cite, traced
from observatoire.methods.tables import series, trend_table
from observatoire.methods.versus import Line, rows_in_words, tidy
from observatoire.ui import data, state
from observatoire.ui.figure import show_figure, show_origin
from observatoire.ui.tables import show_table as show_html_table
from observatoire.warehouse import Indicateur, Territoire

LIGNES_MAX = 8


def show_table(theme: str, lines: Sequence[Line], territoires: Sequence[Territoire], reference: Territoire) -> None:
    """The theme's indicators for each territory, with the gap to the reference and how it reads."""
    house = data.warehouse()
    words = rows_in_words(lines, territoires, reference)
    title = f"{house.themes[theme]} : {_names(territoires)}"
    swatches = {3 + n: EPT_COULEURS[t.code] for n, t in enumerate(territoires) if t.code in EPT_COULEURS}
    rows = [[formats.insecables(text) for text in row] for row in words.itertuples(index=False)]
    show_html_table(title, list(words.columns), rows, swatches=swatches, wide=True)
    st.caption(
        formats.insecables(
            f"Entre parenthèses, l’écart à la référence ({reference.nom}), la même année. ▲ plus favorable ; "
            "● proche ; ▼ moins favorable ; △ plus élevé, ▽ plus bas (indicateurs qu’on ne juge pas). ≈ : valeur "
            "approchée. Les effectifs ne se comparent pas d’une taille de commune à une autre. Les écarts sont "
            "décrits, non testés."
        )
    )
    figure = Figure(
        titre=title,
        sous_titre=f"Référence : {reference.nom} ; unité et année dans chaque ligne",
        source=_cite(line.card.code for line in lines),
        alt=title,
        table=tidy(lines, territoires, reference),
        fichier=formats.nom_de_fichier("comparaison", house.themes[theme]),
        trace=traced(territoires[0].code, lines[0].card.code, lines[0].annee),
    )
    show_origin(figure, "comparaison")


def pick_card(cards: Sequence[Indicateur]) -> Indicateur:
    """The indicator of the theme to see in bars and in time."""
    by_code = {card.code: card for card in cards}
    default = next((c.code for c in cards if c.phare), cards[0].code)
    code = state.select(
        "indicateur",
        "Un indicateur en détail",
        list(by_code),
        default,
        "un indicateur connu",
        lambda c: by_code[c].libelle,
        elsewhere=set(data.warehouse().indicateurs) - set(by_code),
    )
    return by_code[code]


def show_bars(line: Line, territoires: Sequence[Territoire], reference: Territoire) -> None:
    """Ranked bars, the reference as a line."""
    card = line.card
    frame = pd.DataFrame(
        {
            "nom": [t.nom for t in territoires],
            "valeur": [cell.valeur for cell in line.cells],
            "texte": [cell.texte for cell in line.cells],
            "statut": [formats.STATUTS[cell.statut] for cell in line.cells],
            "lit": False,
        }
    ).astype({"valeur": float})
    references = {}
    if not card.effectif and not formats.is_missing(line.reference.valeur):
        references = {reference.nom: float(line.reference.valeur or 0)}
    ordered = frame.sort_values("valeur", ascending=False, na_position="last")
    words = " ; ".join(f"{n} {t}" for n, t in zip(ordered["nom"], ordered["texte"], strict=True))
    figure = Figure(
        titre=f"{card.libelle} : du plus élevé au plus bas",
        sous_titre=f"{formats.unite_longue(card.unite)}, {line.annee}",
        source=_cite([card.code], line.annee),
        alt=f"Barres. {words}. Référence : {reference.nom} {line.reference.texte}.",
        table=ordered.drop(columns="lit").set_axis(["Territoire", card.unite, "Lecture", "Statut"], axis=1),
        fichier=formats.nom_de_fichier("classement", card.libelle, str(line.annee)),
        chart=draw_ranking(frame, card.unite, card.decimales, references, _colors(territoires)),
        trace=traced(territoires[0].code, card.code, line.annee),
    )
    show_figure(figure, "barres", level=3)


def show_trends(
    card: Indicateur, figures: pd.DataFrame, territoires: Sequence[Territoire], reference: Territoire
) -> None:
    """Lines over years: the territories (at most eight are drawn, all are in the table) and the reference, dashed."""
    shown = list(territoires[:LIGNES_MAX])
    if not card.effectif and reference not in shown:
        shown.append(reference)
    own = figures[figures["indicateur"] == card.code]
    frame = series(own, shown)
    years = frame.loc[frame["valeur"].notna(), "annee"]
    if years.nunique() < 2:
        st.markdown(f"### {card.libelle} dans le temps")
        st.write(f"Une seule année connue ({formats.periode(list(years))})." if len(years) else "Aucune valeur connue.")
        return
    left_out = len(territoires) - LIGNES_MAX
    note = f"{left_out} territoires de plus sont dans le tableau." if left_out > 0 else ""
    figure = Figure(
        titre=f"{card.libelle} dans le temps",
        sous_titre=f"{formats.unite_longue(card.unite)}, {formats.periode(list(years))}",
        source=_cite([card.code]),
        alt=f"Courbes de {_names(shown)}, {formats.periode(list(years))}.",
        table=trend_table(series(own, [*territoires, reference]), card.unite),
        fichier=formats.nom_de_fichier("tendance", card.libelle),
        chart=draw_trends(frame, card.unite, card.decimales, _colors(shown), emphasis=False),
        trace=traced(shown[0].code, card.code, int(years.max())),
        note=note,
    )
    show_figure(figure, "tendances", level=3)


def _colors(territoires: Sequence[Territoire]) -> dict[str, str]:
    """The EPT in their own colours, the others in a palette kept apart from them."""
    others = (t.nom for t in territoires if t.code not in EPT_COULEURS)
    palette = {name: SERIES[n % len(SERIES)] for n, name in enumerate(others)}
    return palette | {t.nom: EPT_COULEURS[t.code] for t in territoires if t.code in EPT_COULEURS}


def _names(territoires: Sequence[Territoire]) -> str:
    names = [t.nom for t in territoires]
    return ", ".join(names) if len(names) <= 6 else f"{len(names)} territoires"


def _cite(codes: Iterable[str], annee: int | None = None) -> str:
    house = data.warehouse()
    own = data.figures(tuple(codes), tuple(house.epts), None if annee is None else (annee,))
    return cite(house.sources[code] for code in sorted(set(own["source"].dropna())))
