"""Coverage: each commune says whether it has a figure and why not, by a fill, hatches and a sign."""

import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from observatoire.charts.coverage import draw_coverage, draw_coverage_within
from observatoire.charts.coverage_map import draw_coverage_map
from observatoire.formats import ABSENCES_LONGUES, STATUTS
from observatoire.maps.view import spots
from observatoire.methods.catalogue import coverage_within_words
from observatoire.methods.coverage_map import SIGNES, share, share_content, status_content, years_content
from observatoire.warehouse.catalogue import coverage, coverage_counts, coverage_within

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def places() -> pd.DataFrame:
    return pd.DataFrame(
        {"code": list("abcd"), "nom": list("ABCD"), "code_ept": ["x"] * 4, "lon": [2.4] * 4, "lat": [48.9] * 4}
    )


def legend(content) -> dict[str, int]:
    return {item.texte: item.nombre for item in content.legende}


def test_every_status_has_a_sign_but_the_plain_one_and_only_absences_are_hatched():
    assert set(SIGNES) == set(STATUTS)
    signs = [sign for _, sign in SIGNES.values()]
    assert len(set(signs)) == len(signs)
    hatched = {status for status, (color, _) in SIGNES.items() if color == SIGNES["secret"][0]}
    assert hatched == set(ABSENCES_LONGUES)


def test_a_year_shows_the_status_of_each_commune(places):
    """A commune without a row has no figure: « non disponible », never a zero nor a blank."""
    frame = pd.DataFrame({"code": ["a", "b", "c"], "statut": ["publie", "secret", "censure"]})
    content = status_content(frame, places)
    assert list(content.lieux["etiquette"]) == ["", "s", "<", "n.d."]
    assert list(content.lieux["absent"]) == [False, True, False, True]
    assert sum(legend(content).values()) == 4


def test_all_years_count_those_that_have_a_figure(places):
    rows = [("a", 2020, "publie"), ("a", 2021, "calcule"), ("b", 2020, "secret"), ("b", 2021, "publie")]
    rows += [("c", year, "manquant") for year in (2020, 2021)]
    content = years_content(pd.DataFrame(rows, columns=["code", "annee", "statut"]), places)
    assert list(content.lieux["etiquette"]) == ["", "1", "0", "0"]
    assert list(content.lieux["absent"]) == [False, False, True, True]


def test_below_the_commune_the_share_of_those_with_a_figure_is_written(places):
    frame = pd.DataFrame({"code": ["a", "b", "c"], "avec": [3, 1, 0], "total": [3, 4, 2]})
    content = share_content(frame, places, "IRIS", "commune sans IRIS")
    assert list(content.lieux["etiquette"]) == ["3/3", "1/4", "0/2", ""]
    assert legend(content)["commune sans IRIS"] == 1
    assert legend(content)["aucun des IRIS"] == 1


@pytest.mark.parametrize(("own", "total", "part"), [(0, 3, "rien"), (1, 3, "peu"), (2, 4, "moitie"), (4, 4, "tout")])
def test_the_parts_of_a_share(own, total, part):
    assert share(own, total) == part


def test_the_map_draws_the_39_communes_and_hatches_those_without_a_figure(warehouse):
    """Filosofi 2021: the median of merged Saint-Denis cannot be computed; the 38 others are published."""
    boundaries = warehouse.geometries("commune")
    frame = coverage(warehouse, "REV01")
    content = status_content(frame[frame["annee"] == 2021], boundaries)
    svg = ET.fromstring(draw_coverage_map(content, spots(boundaries), warehouse.geometries("ept")))
    groups = svg.findall(f"{SVG}g")
    assert len(groups[0].findall(f"{SVG}path")) == 39
    assert len(groups[1].findall(f"{SVG}path")) == 1
    assert [text.text for text in groups[2].findall(f"{SVG}text")] == ["n.c."]
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    for path in groups[0]:
        numbers = [float(n) for n in path.attrib["d"].replace("M", " ").replace("L", " ").replace("Z", " ").split()]
        assert 0 <= min(numbers[::2]) <= max(numbers[::2]) <= width
        assert 0 <= min(numbers[1::2]) <= max(numbers[1::2]) <= height


def test_the_iris_of_a_commune_add_up_to_those_of_the_departement(warehouse):
    frame = coverage_within(warehouse, "IRI01")
    of_2019 = frame[frame["annee"] == 2019]
    assert of_2019["total"].sum() == 614
    (said,) = [count for year, count, _ in coverage_within_words(coverage_counts(warehouse, "IRI01")) if year == "2019"]
    assert said == f"{of_2019['avec'].sum()} sur 614"


def test_a_quartier_astride_two_communes_is_counted_once_in_the_words(warehouse):
    (said,) = [count for year, count, _ in coverage_within_words(coverage_counts(warehouse, "QPV03")) if year == "2019"]
    assert said == "63 sur 63"
    assert coverage_within(warehouse, "QPV03").query("annee == 2019")["total"].sum() > 63


def test_the_grids_are_valid_and_say_the_status_of_each_square(warehouse):
    grid = draw_coverage(coverage(warehouse, "REV01"))
    grid.to_dict(validate=True)
    within = draw_coverage_within(coverage_within(warehouse, "IRI01"))
    spec = within.to_dict(validate=True)
    assert {row["signe"].count("/") for row in spec["data"]["values"]} == {1}
