"""Charts: French locale, geometry, absences drawn as absences."""

import json
import math
import re
import tomllib
import xml.etree.ElementTree as ET
from itertools import pairwise

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from observatoire import config, palettes
from observatoire.charts import theme
from observatoire.charts.locator import draw_locator
from observatoire.charts.ranking import draw_ranking
from observatoire.charts.sparkline import draw_sparkline
from observatoire.charts.spine import BORD, draw_spine, write_spine
from observatoire.charts.trends import draw_trends
from observatoire.methods import portrait
from observatoire.methods.spine import spine_geometry
from observatoire.positions import POSITIONS
from tests.observatoire.cards import card

SVG = "{http://www.w3.org/2000/svg}"


def points(spec: dict) -> list[dict]:
    """The rows of the first data of a layered chart."""
    found = spec.get("data") or spec["layer"][0]["data"]
    return found["values"]


# ---- theme


def test_numbers_and_dates_of_charts_are_french():
    locale = draw_trends(trend(), card()).to_dict()["config"]["locale"]
    assert (locale["number"]["decimal"], locale["number"]["thousands"]) == (",", "\u202f")
    assert locale["number"]["minus"] == "−"
    assert locale["time"]["months"][7] == "août"
    assert len(locale["time"]["shortMonths"]) == 12


def luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize(
    "color",
    [*palettes.EPT_COULEURS.values(), *palettes.SERIES, *(c for c, _, _ in POSITIONS.values()), palettes.ACCENT],
)
def test_every_mark_contrasts_three_to_one_with_white_paper_and_with_the_dark_page(color):
    dark = tomllib.loads((config.RACINE / ".streamlit" / "config.toml").read_text())["theme"]["dark"]["backgroundColor"]
    assert 1.05 / (luminance(color) + 0.05) >= 3
    assert (luminance(color) + 0.05) / (luminance(dark) + 0.05) >= 3


@pytest.mark.parametrize("color", palettes.SERIES[1:])
def test_the_name_at_the_end_of_a_line_is_read_on_paper(color):
    assert 1.05 / (luminance(color) + 0.05) >= 4.5


def test_the_four_ept_have_four_colours_and_positions_a_sign_and_a_word_each():
    assert len(set(palettes.EPT_COULEURS.values())) == 4
    signs = [(sign, word) for _, sign, word in POSITIONS.values()]
    assert len(set(signs)) == len(signs)


# ---- spine


def geometry(**changes):
    row = {"valeur": 30.0, "reference": 20.0, "minimum": 10.0, "q1": 15.0, "q3": 25.0, "maximum": 40.0}
    return spine_geometry({**row, "sens": "favorable", "valeur_ept": float("nan"), **changes})


def test_right_is_the_favourable_side():
    found = geometry()
    assert (found["debut"], found["q1"], found["q3"], found["fin"], found["territoire"]) == (-0.5, -0.25, 0.25, 1, 0.5)
    turned = geometry(sens="defavorable")
    assert (turned["debut"], turned["fin"], turned["territoire"]) == (-1, 0.5, -0.5)


def test_neutral_indicators_go_from_the_lowest_to_the_highest():
    assert geometry(sens="neutre") == pytest.approx(geometry(sens="favorable"), nan_ok=True)


def test_negative_figures_keep_their_side():
    found = geometry(valeur=-3.0, reference=-1.0, minimum=-5.0, q1=-2.0, q3=0.0, maximum=1.0, valeur_ept=-0.5)
    assert found["territoire"] == -0.5
    assert (found["debut"], found["fin"]) == (-1, 0.5)
    assert found["ept"] == 0.125


@pytest.mark.parametrize("missing", [{"valeur": None}, {"reference": float("nan")}, {"minimum": None}])
def test_what_is_missing_is_not_drawn(missing):
    assert geometry(**missing) is None


def test_communes_all_at_the_reference_make_no_line():
    assert geometry(valeur=20.0, minimum=20.0, q1=20.0, q3=20.0, maximum=20.0) is None


figures = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(figures, min_size=4, max_size=4), figures, figures, st.sampled_from(["favorable", "defavorable"]))
def test_a_line_stays_within_its_frame_and_in_order(band, value, reference, sens):
    low, first, third, high = sorted(band)
    found = geometry(
        valeur=value, reference=reference, minimum=low, q1=first, q3=third, maximum=high, sens=sens, valeur_ept=None
    )
    if found is None:
        return
    drawn = [found[k] for k in ("debut", "q1", "q3", "fin")]
    assert drawn == sorted(drawn)
    assert all(-1 - 1e-9 <= x <= 1 + 1e-9 for x in (*drawn, found["territoire"]))
    assert math.isnan(found["ept"])
    better = (value > reference) == (sens == "favorable")
    assert found["territoire"] == 0 or (found["territoire"] > 0) == better


def test_the_spine_chart_says_position_by_colour_shape_and_word(petit, cards):
    gaps = portrait.with_gaps(petit.profile("93014", list(cards)), cards)
    spec = draw_spine(portrait.spine_rows(gaps, cards)).to_dict()
    rows = {row["libelle"]: row for row in points(spec)}
    poverty = rows["Taux de pauvreté"]
    assert (poverty["couleur"], poverty["signe"], poverty["mot"]) == ("#c8600a", "triangle-down", "▼ moins favorable")
    assert poverty["texte"] == "42,0\u00a0% (2021)"


def spine_line(**changes) -> pd.DataFrame:
    geometry = {"debut": -1.0, "q1": -0.5, "q3": 0.25, "fin": 0.5, "territoire": -1.0, "ept": 0.0, "semblables": 0.5}
    words = {"libelle": "Part de <jeunes>", "texte": "42,0 %", "position": "defavorable", "detail": "EPT 20 %"}
    return pd.DataFrame([{**geometry, **words, **changes}])


def test_the_spine_of_a_page_has_its_marks_where_the_geometry_says():
    drawn = ET.fromstring(write_spine(spine_line(), "Position de Bondy"))
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", "Position de Bondy")
    places = {i.get("class"): i.get("style") for i in drawn.iter("i")}
    edge = 50 * BORD / (1 + BORD)
    assert places["etendue"] == f"left:{edge:.1f}%;width:{75 / (1 + BORD):.1f}%"
    assert places["milieu"] == f"left:{50 - 25 / (1 + BORD):.1f}%;width:{37.5 / (1 + BORD):.1f}%"
    assert places["marque ept"].startswith("left:50.0%")
    assert places["marque triangle-down"] == f"left:{edge:.1f}%;--c:{POSITIONS['defavorable'][0]}"
    assert drawn.find("div/p/span").text == "Part de <jeunes>"
    assert "▼ moins favorable" in drawn.find("div").get("title")


def test_the_spine_of_a_page_leaves_out_the_marks_that_have_no_value():
    missing = float("nan")
    drawn = ET.fromstring(write_spine(spine_line(ept=missing, semblables=missing), ""))
    assert [i.get("class") for i in drawn.iter("i")] == ["etendue", "milieu", "marque triangle-down"]


def test_the_rows_that_layers_share_are_written_once():
    spec = draw_trends(trend(), card()).to_dict()
    shared = theme.share_data(spec)
    (group,) = shared["layer"]
    assert list(group["data"]["values"]) == list(points(spec))
    assert [("data" in layer) for layer in group["layer"]] == [
        layer["data"] != spec["layer"][0]["data"] for layer in spec["layer"]
    ]
    assert len(json.dumps(shared)) < len(json.dumps(spec))
    assert theme.share_data({"mark": "bar"}) == {"mark": "bar"}


# ---- trends


def trend(**changes) -> pd.DataFrame:
    rows = [("Bondy", 2019, 20.0), ("Bondy", 2020, None), ("Bondy", 2021, 22.0), ("France", 2021, 14.0)]
    frame = pd.DataFrame(rows, columns=["serie", "annee", "valeur"]).astype({"valeur": float})
    return frame.assign(**{"statut": "publie", **changes})


def test_a_missing_year_is_a_gap_not_a_zero():
    values = {(r["serie"], r["annee"]): r["valeur"] for r in points(draw_trends(trend(), card()).to_dict())}
    assert values["Bondy", 2020] is None


def test_a_bound_is_no_point_of_the_line():
    chart = draw_trends(trend(statut=["censure", "manquant", "publie", "publie"]), card()).to_dict()
    values = {(r["serie"], r["annee"]): r["valeur"] for r in points(chart)}
    assert values["Bondy", 2019] is None
    assert values["Bondy", 2021] == 22.0


def test_series_differ_by_dash_as_well_as_by_colour():
    spec = draw_trends(trend(), card()).to_dict()
    dash = spec["layer"][0]["encoding"]["strokeDash"]["scale"]
    assert dash["domain"] == ["Bondy", "France"]
    assert dash["range"][0] != dash["range"][1]


def test_names_at_the_end_of_lines_do_not_overlap():
    rows = [(name, 2021, value) for name, value in (("A", 10.0), ("B", 10.1), ("C", 10.2), ("D", 30.0))]
    frame = pd.DataFrame(rows, columns=["serie", "annee", "valeur"]).assign(statut="publie")
    ends = draw_trends(frame, card()).to_dict()["layer"][-1]
    places = sorted(row["place"] for row in ends["data"]["values"])
    assert all(b - a >= 20 * 0.08 for a, b in pairwise(places))


def test_a_series_of_absences_only_is_drawn_without_failing():
    spec = draw_trends(trend(valeur=float("nan")), card()).to_dict()
    assert all(row["valeur"] is None for row in points(spec))


# ---- ranking


def ranked(**references) -> dict:
    frame = pd.DataFrame(
        {
            "nom": ["Bondy", "Le Raincy", "Pantin"],
            "valeur": [20.0, float("nan"), 30.0],
            "texte": ["20,0 %", "s", "30,0 %"],
            "lit": [True, False, False],
        }
    )
    return draw_ranking(frame, card(), references or None).to_dict()


def test_bars_go_from_the_highest_to_the_lowest_and_a_secret_has_no_bar():
    rows = points(ranked())
    assert [row["nom"] for row in rows] == ["Pantin", "Bondy", "Le Raincy"]
    assert (rows[2]["valeur"], rows[2]["texte"]) == (None, "s")


def test_bars_start_at_zero_and_the_reference_is_named():
    spec = ranked(France=14.5)
    assert spec["layer"][0]["encoding"]["x"]["scale"]["zero"] is True
    assert [row["repere"] for row in spec["layer"][2]["data"]["values"]] == ["France"]


# ---- sparkline, locator


def test_a_sparkline_keeps_true_time_and_its_words():
    svg = ET.fromstring(draw_sparkline([2010, 2011, 2020], [1.0, 2.0, 3.0], "de 1 à 3 <b>"))
    assert svg.find(f"{SVG}title").text == "de 1 à 3 <b>"
    xs = [float(p.split(",")[0]) for p in svg.find(f"{SVG}polyline").get("points").split()]
    assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(0.1, abs=0.001)


def test_a_flat_sparkline_is_in_the_middle():
    svg = ET.fromstring(draw_sparkline([2010, 2011], [5.0, 5.0], "stable", height=34))
    assert {p.split(",")[1] for p in svg.find(f"{SVG}polyline").get("points").split()} == {"17.0"}


def test_the_locator_lights_what_is_asked_and_colours_ept_otherwise(petit):
    communes = petit.geometries("commune")
    lit = ET.fromstring(draw_locator(communes, ["93014"]))
    fills = [path.get("fill") for path in lit.iter(f"{SVG}path")]
    assert (fills.count(palettes.ACCENT), fills.count(palettes.GRIS_CLAIR)) == (1, 5)
    plain = ET.fromstring(draw_locator(communes))
    assert {path.get("fill") for path in plain.iter(f"{SVG}path")} <= set(palettes.EPT_COULEURS.values())


def test_the_locator_accepts_a_commune_in_two_pieces(petit):
    shape = shapely.to_geojson(shapely.union_all([shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)]))
    svg = draw_locator(pd.DataFrame({"code": ["1"], "code_ept": ["200057867"], "geojson": [shape]}))
    (path,) = ET.fromstring(svg).iter(f"{SVG}path")
    assert sorted(re.findall(r"M(\d+) ", path.get("d"))) in (["0", "315"], ["105", "420"])


def test_the_locator_leaves_out_bends_too_small_to_be_seen_and_no_gap_between_neighbours():
    bends = [(1, y / 100 + 0.001 * (y % 2)) for y in range(1, 100)]
    left = shapely.Polygon([(0, 0), (1, 0), *bends, (1, 1), (0, 1)])
    right = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1), *reversed(bends)])
    frame = pd.DataFrame(
        {"code": ["1", "2"], "code_ept": ["200057867"] * 2, "geojson": shapely.to_geojson([left, right])}
    )
    paths = [path.get("d") for path in ET.fromstring(draw_locator(frame)).iter(f"{SVG}path")]
    assert [len(re.findall(r"-?\d+ -?\d+", path)) for path in paths] == [4, 4]
    assert all("210" in path for path in paths)
