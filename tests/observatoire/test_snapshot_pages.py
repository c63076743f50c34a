"""Every territory and theme of the shipped figures: no hole, no false zero, no raw value, no crash."""

import re

import pytest

from observatoire.charts.locator import draw_locator
from observatoire.charts.spine import draw_spine
from observatoire.charts.trends import draw_trends
from observatoire.exports.images import to_png, to_svg
from observatoire.exports.tables import to_csv
from observatoire.figures import Figure, cite
from observatoire.methods import portrait
from observatoire.methods.cartography import MapRequest, draw_content
from observatoire.methods.map_sentences import map_sentence
from observatoire.methods.tables import series
from observatoire.palettes import ACCENT
from observatoire.records import DEPARTEMENT
from observatoire.views.portrait.fiche import make_fiche

RAW = re.compile(r"\b(nan|None|NaN|inf)\b")
LEVELS = {"ept": "EPT", "dep": "93", "reg": "IDF", "fra": "France"}


@pytest.fixture(scope="module")
def profiles(warehouse):
    """The profile of each territory, with gaps: its rows."""
    return {
        t.code: portrait.with_gaps(warehouse.profile(t.code, warehouse.indicateurs), warehouse.indicateurs)
        for t in warehouse.choices
    }


def test_ranks_go_from_1_to_39_and_first_is_the_most_favourable(warehouse, profiles):
    poverty = {c: next(r for r in profiles[c] if r["indicateur"] == "REV02") for c in warehouse.communes}
    ranks = {c: row["rang"] for c, row in poverty.items()}
    assert min(ranks.values()) == 1
    assert max(ranks.values()) <= 39
    best = min(poverty, key=lambda c: poverty[c]["valeur"])
    assert ranks[best] == 1


def test_references_are_never_of_a_later_year(profiles):
    for gaps in profiles.values():
        for level in ("ept", "dep", "reg", "fra"):
            years = [(row[f"annee_{level}"], row["annee"]) for row in gaps]
            assert all(year <= own for year, own in years if year is not None)


@pytest.mark.parametrize("code", ["93015", "93066", "200057867", "93"])
def test_the_spine_chart_is_valid_vega_lite(warehouse, profiles, code):
    spine = "reg" if code == DEPARTEMENT else "dep"
    lines = portrait.spine_rows(profiles[code], warehouse.indicateurs, spine)
    assert len(lines) > 20
    draw_spine(lines).to_dict(validate=True)


def test_every_map_has_a_class_for_each_value_and_a_mark_for_each_absence(warehouse):
    for card in warehouse.indicateurs.values():
        figures = warehouse.map_figures(card.code, card.derniere)
        assert len(figures) == 39
        content = draw_content(figures, card, MapRequest(card.code, card.derniere))
        assert not RAW.search(" ".join(content.lieux["etiquette"]))
        absent = content.lieux[content.lieux["valeur"].isna()]
        assert set(absent["etiquette"]) <= {"s", "n.d.", "n. calc."}
        if not card.effectif:
            assert sum(item.nombre for item in content.legende) == 39
        sentence = map_sentence(content.lieux, card, card.derniere, warehouse.epts, {})
        assert not RAW.search(sentence)


def test_a_figure_leaves_with_its_title_unit_and_source(warehouse):
    card = warehouse.indicateurs["REV02"]
    frame = series(
        warehouse.figures(["REV02"], ["93014", "93"]), [warehouse.territoires["93014"], warehouse.territoires["93"]]
    )
    figure = Figure(
        titre="Taux de pauvreté à Clichy-sous-Bois",
        sous_titre="En %, 2015 à 2021",
        source=cite([warehouse.sources["insee_filosofi_2021"]]),
        alt="Courbe",
        table=frame.drop(columns="arrondi"),
        fichier="essai",
        chart=draw_trends(frame, card),
    )
    figure.chart.to_dict(validate=True)
    svg = to_svg(figure).decode()
    for text in ("Taux de pauvreté à Clichy-sous-Bois", "En %, 2015 à 2021", "Filosofi"):
        assert text in svg
    assert to_png(figure).startswith(b"\x89PNG")
    csv = to_csv(figure)
    assert csv.startswith("\ufeffserie;annee;valeur;statut;Figure;Unité et lecture;Source\r\n".encode())
    (line,) = [line for line in csv.decode("utf-8-sig").splitlines() if "Clichy-sous-Bois;2021" in line]
    assert line.startswith("Clichy-sous-Bois;2021;42;publie;Taux de pauvreté à Clichy-sous-Bois;")
    assert ";INSEE, " in line


def test_a_fiche_is_made_of_the_figures_of_the_warehouse(warehouse):
    fiche = make_fiche(warehouse, "93066")
    assert "149\u202f077 habitants en 2023" in fiche.identite
    population = next(f for f in fiche.cles if f.card.code == "DEM01")
    assert population.serie[-1] == (2023, 149077.0)
    median = next(f for f in fiche.cles if f.card.code == "REV01")
    assert (median.texte, median.serie) == ("18\u202f130\u00a0€", ((2023, 18130.0),))
    assert fiche.communes == ("93066",)
    assert len(make_fiche(warehouse, "200057867").communes) == 8


def test_the_small_map_lights_what_it_is_asked_to(warehouse):
    svg = draw_locator(warehouse.geometries("commune"), {"93066"})
    assert svg.count("<path") == 39
    assert svg.count(ACCENT) == 1
