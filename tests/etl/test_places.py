"""Places where people are received: commune of today, points that are not believed, places that move."""

import pytest

from etl.errors import DataError
from etl.places import load_places
from tests.etl.producers import build_warehouse, catalogue, source

PLACES = (
    "id,nom,rue,insee,x,y,forme\n1,Maison du port,1 quai,93001,2.38,48.91,Fixe\n2,Bus du port,,93001,2.38,48.91,Bus\n"
    "3,Maison des champs,2 rue,93059,2.36,48.96,Fixe\n4,Ailleurs,3 rue,93001,2.14,48.91,Fixe\n"
    "5,Sans point,4 rue,93001,,,Fixe\n6,Paris,5 rue,75056,2.35,48.85,Fixe\n"
)
LIEUX = {
    "type": "france_services", "identifiant": "id", "nom": "nom", "adresse": "rue", "commune": "insee", "lon": "x",
    "lat": "y",
}  # fmt: skip
BUS = {"itinerant": {"colonne": "forme", "valeurs": ["Bus"]}}


def square(west: float, south: float) -> str:
    ring = [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]]
    return str({"type": "Polygon", "coordinates": [ring]}).replace("'", '"')


def places(folder, text=PLACES, lieux=LIEUX | BUS):
    """The rows of `lieu` made of one file, by identifier."""
    (folder / "lieux.csv").write_text(text, encoding="utf-8")
    con = build_warehouse(folder, catalogue([], [], []))
    for code, west, south in (("93001", 2.33, 48.87), ("93066", 2.33, 48.92)):
        con.execute("INSERT INTO geometrie VALUES (?, ?, 0, 0, 1)", [code, square(west, south)])
    load_places(con, [source("fs", "j", "lieux.csv", 2024, lecteur="lieux", lecture={"lieux": lieux})], folder, "93")
    rows = con.execute("SELECT code, nom, adresse, code_commune, lon, lat, motif, source FROM lieu").fetchall()
    return {row[0].rpartition("-")[2]: row[1:] for row in rows}


def test_a_place_has_its_point_and_its_source(tmp_path):
    assert places(tmp_path)["1"] == ("Maison du port", "1 quai", "93001", 2.38, 48.91, None, "fs")


def test_a_place_of_a_former_commune_is_in_the_one_of_today(tmp_path):
    assert places(tmp_path)["3"][2:5] == ("93066", 2.36, 48.96)


def test_a_point_outside_its_commune_or_without_coordinates_is_not_placed(tmp_path):
    found = places(tmp_path)
    assert found["4"][3:6] == found["5"][3:6] == (None, None, "hors_commune")


def test_a_place_that_moves_is_kept_without_a_point(tmp_path):
    assert places(tmp_path)["2"][1:6] == (None, "93001", None, None, "itinerant")
    assert places(tmp_path, lieux=LIEUX)["2"][3:6] == (2.38, 48.91, None)


def test_other_departements_are_left_out(tmp_path):
    assert set(places(tmp_path)) == {"1", "2", "3", "4", "5"}


def test_an_unknown_commune_stops_with_its_line(tmp_path):
    with pytest.raises(DataError) as caught:
        places(tmp_path, PLACES + "7,Nulle part,6 rue,93999,2.4,48.9,Fixe\n")
    (problem,) = caught.value.problems
    assert (problem.ligne, problem.colonne) == (8, "insee")
