"""The IRIS on a map: their own cards, what is drawn, said, sent and taken away; places laid over a map."""

import json
import re

import pandas as pd
import pytest
import shapely
import vl_convert as vlc

from observatoire.api.boundaries import feature_collection
from observatoire.documents.carte import map_sheet
from observatoire.documents.fichiers import write
from observatoire.exports.geojson import to_geojson
from observatoire.maps.view import View, fitting_labels, spots
from observatoire.methods.cartography import MapRequest
from observatoire.methods.map_sentences import iris_sentence
from observatoire.palettes import SANS_VALEUR
from observatoire.views.carte.build import describe, load_content, load_crossing, printable, sentence, strip
from observatoire.views.carte.deck import Frame, Panel, draw_deck
from observatoire.views.carte.landmarks import load_landmarks
from tests.observatoire.cards import card

POOR = MapRequest("IRI02", 2019, "iris")
LARGE = "\u00a0"


@pytest.fixture(scope="module")
def content(warehouse):
    return load_content(warehouse, POOR)


class TestCards:
    def test_the_same_thing_is_found_at_each_level_from_either_card(self, warehouse):
        commune, iris = warehouse.indicateurs["REV02"], warehouse.indicateurs_iris["IRI02"]
        assert warehouse.at_level(commune, "iris") == iris
        assert warehouse.at_level(iris, "commune") == warehouse.at_level(iris, "ept") == commune
        assert warehouse.at_level(commune, "ept") == commune
        assert warehouse.at_level(warehouse.indicateurs["DEM01"], "iris") is None
        assert warehouse.at_level(warehouse.indicateurs_iris["IRI12"], "commune") is None

    def test_both_cards_are_judged_and_measured_alike(self, warehouse):
        for iris in warehouse.indicateurs_iris.values():
            commune = warehouse.at_level(iris, "commune")
            if commune is not None:
                assert (iris.unite, iris.sens) == (commune.unite, commune.sens), iris.code

    def test_labels_do_not_say_the_level_twice(self, warehouse):
        assert warehouse.indicateurs_iris["IRI02"].libelle == "Taux de pauvreté"
        assert not [c.libelle for c in warehouse.indicateurs_iris.values() if "IRIS" in c.libelle]


class TestContent:
    def test_the_origin_of_a_map_of_iris_is_that_of_its_highest_iris(self, warehouse, content):
        found = describe(warehouse, POOR, content)
        values = content.lieux.set_index("code")["valeur"]
        assert found.trace["quartier"] == values.idxmax()
        assert found.trace["quartier"] in warehouse.quartiers["iris"][found.trace["territoire"]]
        assert (found.trace["fiche"], found.trace["millesime"], found.trace["echelon"]) == ("IRI02", "2019", "iris")

    def test_every_iris_is_there_and_those_without_a_value_are_never_coloured_as_low(self, warehouse, content):
        places = content.lieux
        assert len(places) == 614
        published = warehouse.ask(
            "SELECT count(valeur) AS n FROM observation AS o JOIN territoire AS t ON t.code = o.territoire "
            "WHERE o.indicateur = 'IRI02' AND o.annee = 2019 AND t.type = 'iris'"
        )
        assert int((~places["absent"]).sum()) == int(published["n"][0])
        assert set(places.loc[places["absent"], "couleur"]) == {SANS_VALEUR}
        assert SANS_VALEUR not in set(places.loc[~places["absent"], "couleur"])
        assert sum(item.nombre for item in content.legende) == 614

    def test_the_iris_of_the_merged_commune_are_in_saint_denis(self, content):
        moved = content.lieux[content.lieux["code"].str.startswith("9306616")]
        assert len(moved) == 9
        assert set(moved["commune"]) == {"Saint-Denis"}

    def test_two_indicators_are_crossed_by_iris(self, warehouse):
        crossing = load_crossing(warehouse, POOR, "IRI28", 2022)
        known = int((~crossing.content.lieux["absent"]).sum())
        assert known > 300
        assert sum(map(sum, crossing.nombres)) == known
        assert f"{known} IRIS)" in crossing.phrase
        assert "communes" not in crossing.phrase


class TestWords:
    def test_the_sentence_names_the_commune_of_the_extremes_and_counts_beside_the_departement(self, warehouse, content):
        text = sentence(warehouse, POOR, content)
        known = content.lieux[~content.lieux["absent"]]
        top = known.loc[known["valeur"].idxmax()]
        assert f"{top['nom']}, " in text
        level = float(warehouse.figures(["REV02"], ["93"], [2019])["valeur"].iloc[0])
        above = int((known["valeur"] > level).sum())
        assert f"{above} des {len(known)} IRIS qui ont une valeur dépassent le département" in text

    def test_the_commune_whose_iris_differ_most(self):
        frame = pd.DataFrame(
            {
                "nom": list("ABCDEFGH"),
                "commune": ["Bondy"] * 4 + ["Stains"] * 4,
                "valeur": [10.0, 20, 30, 40, 30, 31, 32, 90],
                "statut": "publie",
            }
        )
        frame["texte"] = [card().format(v) for v in frame["valeur"]]
        text = iris_sentence(frame, card(), 2019)
        assert f"La commune où les IRIS diffèrent le plus est Stains : de 30,0{LARGE}% à 90,0{LARGE}%." in text
        assert "(A, à Bondy)" in text
        assert "département" not in text

    def test_the_title_says_the_level_and_the_table_the_commune(self, warehouse, content):
        figure = describe(warehouse, POOR, content)
        assert figure.titre == "Taux de pauvreté, par IRIS"
        assert list(figure.table)[:3] == ["Code", "Territoire", "Commune"]
        assert "Filosofi" in figure.source


class TestMessage:
    def test_boundaries_are_fetched_and_the_message_stays_small(self, warehouse, content):
        communes = spots(warehouse.geometries("commune"))
        frame = Frame(
            View(2.48, 48.92, 10.2, 600),
            spots(warehouse.geometries("iris")),
            list(warehouse.epts.values()),
            "iris",
            lit=["93010"],
            communes=communes,
            noms=[warehouse.communes[spot.code].nom for spot in communes],
        )
        message = draw_deck([Panel(content)], frame).to_json()
        assert "coordinates" not in message
        assert len(message.encode()) < 60_000
        layers = {layer["id"]: layer for layer in json.loads(message)["layers"]}
        files = {layer["data"].rpartition("/")[2] for layer in layers.values() if isinstance(layer["data"], str)}
        assert files == {"iris.geojson", "hachures-iris.geojson", "communes.geojson", "ept.geojson"}
        lit = re.search(r"\('([01]+)'\)", layers["choix"]["getLineColor"]).group(1)
        assert [spot.code for spot, mark in zip(communes, lit, strict=True) if mark == "1"] == ["93010"]

    def test_the_boundaries_of_the_iris_stay_under_900_kilobytes_and_say_their_commune(self, warehouse):
        body = feature_collection(warehouse, "iris")
        assert len(body) < 900_000
        assert len(feature_collection(warehouse, "iris", hatched=True)) < 300_000
        features = [feature["properties"] for feature in json.loads(body)["features"]]
        assert all(warehouse.communes[f["code_commune"]].nom == f["commune"] for f in features)
        assert all(f["code_commune"] == f["code"][:5] for f in features)

    def test_the_smallest_iris_can_be_hatched(self, warehouse):
        for feature in json.loads(feature_collection(warehouse, "iris", hatched=True))["features"]:
            lines = feature["geometry"]["coordinates"]
            assert lines
            assert all(len(line) > 1 for line in lines), feature["properties"]["code"]


class TestFiles:
    def test_the_document_the_image_and_the_geojson(self, warehouse, content):
        figure = describe(warehouse, POOR, content)
        page = map_sheet(figure, warehouse, (sentence(warehouse, POOR, content),))
        assert write(page, "pdf").startswith(b"%PDF")
        spec = printable(warehouse, POOR, content).to_dict(validate=True)
        assert "s : couvert par le secret" in json.dumps(spec, ensure_ascii=False).replace(LARGE, " ") or not any(
            item.texte.startswith("s") for item in content.legende
        )
        file = json.loads(to_geojson(warehouse, POOR, content))
        assert len(file["features"]) == 614
        assert {f["properties"]["commune"] for f in file["features"]} == {t.nom for t in warehouse.communes.values()}


@pytest.mark.parametrize(("request_", "what"), [(MapRequest("REV02", 2021), "dots"), (POOR, "strokes")])
def test_the_distribution_names_the_four_ept(warehouse, request_, what):
    spec = strip(warehouse, request_, load_content(warehouse, request_), "93066")
    assert what == ("strokes" if spec["layer"][-1]["mark"]["type"] == "tick" else "dots")
    svg = vlc.vegalite_to_svg(json.dumps({**spec, "width": 380}))
    for ept in warehouse.epts.values():
        assert f"{ept.code_court} {ept.nom}<" in svg


class TestLandmarks:
    def test_a_place_whose_point_is_elsewhere_is_named_and_not_drawn(self, warehouse):
        found = load_landmarks(warehouse, ("mairie",))
        assert len(found.lieux) == 36
        ((_, words),) = found.notes
        assert "à défaut de l’adresse du CCAS" in words
        assert "Drancy, Le Pré-Saint-Gervais, Villepinte" in words
        assert "DILA" in words

    def test_what_moves_is_counted_and_not_drawn(self, warehouse):
        found = load_landmarks(warehouse, ("france_services",))
        ((_, words),) = found.notes
        moving = warehouse.ask("SELECT count(*) AS n FROM lieu WHERE motif = 'itinerant'")["n"][0]
        assert len(found.lieux) + moving == 32
        assert f"{moving} bus, sans lieux fixes" in words

    def test_a_commune_has_one_mark_for_its_priority_neighbourhoods_which_it_names(self, warehouse):
        found = load_landmarks(warehouse, ("qpv",))
        counted = warehouse.figures(["QPV02"], warehouse.communes).set_index("territoire")["valeur"]
        outlines = {spot.code: spot.outline for spot in spots(warehouse.geometries("commune"))}
        for place in found.lieux:
            name, _, rest = place.texte.partition(" : ")
            (code,) = [c.code for c in warehouse.communes.values() if c.nom == name]
            assert int(rest.split()[0]) == counted[code] == rest.count(" ; ") + 1
            assert outlines[code].contains(shapely.Point(place.lon, place.lat))
        assert len(found.lieux) == (counted > 0).sum()
        ((_, words),) = found.notes
        assert "un repère par commune" in words
        assert "ANCT" in words

    def test_an_ept_has_its_own_places_only(self, warehouse):
        whole, part = (len(load_landmarks(warehouse, ("mairie",), ept).lieux) for ept in (None, "200057867"))
        assert 0 < part < whole

    def test_labels_leave_room_for_what_is_laid_over(self, warehouse):
        found = spots(warehouse.geometries("commune"))
        view = View(2.48, 48.92, 12.0, 600)
        covered = [spot.outline for spot in found[:5]]
        assert fitting_labels(found, [["42,0"]] * len(found), view, taken=covered)[:5] == [""] * 5
