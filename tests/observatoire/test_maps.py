"""What is drawn on a map: colours, hatching, labels, legend, sentences, message, files."""

import io
import json
import re
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from shapely.geometry import shape

from observatoire.api.boundaries import feature_collection
from observatoire.documents.carte import map_sheet
from observatoire.documents.fichiers import write
from observatoire.exports.geojson import to_geojson
from observatoire.maps.hatching import hatch
from observatoire.maps.view import View, fit, fitting_labels, spots
from observatoire.methods.cartography import MapRequest, draw_content
from observatoire.methods.map_sentences import map_sentence
from observatoire.palettes import CROISEE, SANS_VALEUR, contrast, diverging, ink_on, luminance, sequential
from observatoire.records import DEPARTEMENT
from observatoire.views.carte.build import describe, load_content, load_crossing, printable, sentence
from observatoire.views.carte.deck import Frame, Panel, draw_deck
from tests.observatoire.cards import DEPARTEMENT as SEINE_SAINT_DENIS
from tests.observatoire.cards import card

SENS = ("favorable", "defavorable", "neutre")


def places(values: dict[str, float | None], statut: str = "secret") -> pd.DataFrame:
    """Rows as Warehouse.map_figures gives them; a None has the status ``statut``."""
    return pd.DataFrame(
        {
            "code": [f"930{n:02d}" for n in range(len(values))],
            "nom": list(values),
            "code_ept": "200057867",
            "valeur": pd.Series(list(values.values()), dtype="float64"),
            "statut": [statut if v is None else "publie" for v in values.values()],
            "source": "essai",
            "lon": 2.4,
            "lat": 48.9,
        }
    )


class TestColours:
    @pytest.mark.parametrize("sens", SENS)
    @pytest.mark.parametrize("count", range(2, 8))
    def test_a_sequence_reads_in_grey_print(self, sens, count):
        tones = [luminance(color) for color in sequential(sens, count)]
        assert all(a - b > 0.02 for a, b in pairwise(tones))

    @pytest.mark.parametrize("sens", SENS)
    @pytest.mark.parametrize("count", range(1, 4))
    def test_both_sides_of_a_reference_darken_away_from_it(self, sens, count):
        colors = diverging(sens, count, True, count)
        tones = [luminance(color) for color in colors]
        assert max(tones) == tones[count]
        assert tones[:count] == sorted(tones[:count])
        assert tones[count + 1 :] == sorted(tones[count + 1 :], reverse=True)

    def test_blue_is_always_the_favourable_side(self):
        assert diverging("favorable", 2, True, 2) == tuple(reversed(diverging("defavorable", 2, True, 2)))

    def test_words_written_on_a_fill_have_the_contrast_of_text(self):
        fills = [c for s in SENS for n in range(1, 8) for c in sequential(s, n)]
        fills += [c for s in SENS for n in range(1, 4) for c in diverging(s, n, True, n)]
        fills += [c for row in CROISEE for c in row]
        assert min(contrast(ink_on(color), color) for color in fills) >= 4.5


class TestContent:
    def test_a_secret_value_is_marked_and_never_coloured_as_low(self):
        frame = places({"A": 10.0, "B": None, "C": 30.0, "D": 20.0})
        content = draw_content(frame, card(), MapRequest("REV02", 2021))
        secret = content.lieux.iloc[1]
        assert (secret["couleur"], secret["etiquette"], secret["absent"]) == (SANS_VALEUR, "s", True)
        assert SANS_VALEUR not in [item.couleur for item in content.legende if not item.hachure]
        assert [(i.texte, i.nombre) for i in content.legende if i.hachure] == [
            ("s : couvert par le secret statistique", 1)
        ]

    def test_the_legend_counts_every_territory_once(self):
        values = {name: float(n) if n % 7 else None for n, name in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
        for method in ("quantiles", "jenks", "egales"):
            content = draw_content(places(values), card(), MapRequest("REV02", 2021, methode=method))
            assert sum(item.nombre for item in content.legende) == 26

    def test_bounds_are_written_as_a_person_writes_them(self):
        values = {name: 10 + 1.5 * n for n, name in enumerate("ABCDEFGHIJ")}
        content = draw_content(places(values), card(), MapRequest("REV02", 2021))
        assert content.legende[0].texte == "de 10,0 à 12,7\u00a0%"
        chosen = MapRequest("REV02", 2021, methode="bornes", bornes=(15.0, 20.0))
        texts = [item.texte for item in draw_content(places(values), card(), chosen).legende]
        assert texts == ["moins de 15,0\u00a0%", "de 15,0 à 19,9\u00a0%", "20,0\u00a0% ou plus"]

    def test_a_bound_of_the_producer_is_written_as_such(self):
        frame = places({"A": 5.0, "B": 20.0}).assign(statut=["censure", "publie"])
        content = draw_content(frame, card(), MapRequest("REV02", 2021))
        assert list(content.lieux["etiquette"]) == ["< 5,0", "20,0"]

    def test_a_number_of_people_is_a_disk_whose_area_is_proportional(self):
        people = card("DEM01", "Population", unite="habitants", decimales=0, effectif=True, sens="neutre")
        content = draw_content(places({"A": 100.0, "B": 400.0, "C": None}), people, MapRequest("DEM01", 2023))
        a, b, c = content.lieux["rayon"]
        assert (b / a) ** 2 == pytest.approx(4, rel=0.01)
        assert c == 0
        assert content.lieux["couleur"].nunique() == 2  # a ground, and the grey of absences

    def test_colouring_numbers_of_people_comes_with_a_warning(self):
        people = card("DEM01", "Population", unite="habitants", decimales=0, effectif=True)
        content = draw_content(places({"A": 100.0, "B": 400.0}), people, MapRequest("DEM01", 2023, aplat=True))
        assert not content.as_disks
        assert "Attention" in content.note

    def test_the_same_value_has_the_same_colour_in_two_years_of_one_scale(self):
        pooled = [float(v) for v in range(0, 60)]
        request = MapRequest("REV02", 2021, echelle_commune=True)
        early = draw_content(places({"A": 10.0, "B": 12.0}), card(), request, pooled)
        late = draw_content(places({"A": 50.0, "B": 10.0}), card(), request, pooled)
        assert early.lieux["couleur"][0] == late.lieux["couleur"][1]
        assert early.lieux["couleur"][0] != late.lieux["couleur"][0]
        assert [i.texte for i in early.legende] == [i.texte for i in late.legende]

    def test_around_a_reference_the_legend_says_which_side_is_which(self):
        values = {name: 10.0 + n for n, name in enumerate("ABCDEFGHIJ")}
        request = MapRequest("REV02", 2021, methode="centrees")
        content = draw_content(places(values), card(), request, reference=(SEINE_SAINT_DENIS, 15.0))
        assert "Ocre : au-dessus de la valeur de la Seine-Saint-Denis (15,0\u00a0%), moins favorable" in content.note

    def test_no_value_at_all_makes_a_map_without_class(self):
        content = draw_content(places({"A": None, "B": None}), card(), MapRequest("REV02", 2021))
        assert list(content.lieux["couleur"]) == [SANS_VALEUR] * 2
        assert [item.hachure for item in content.legende] == [True]


class TestSentence:
    def test_extremes_ratio_and_what_an_ept_has_in_common(self, warehouse):
        frame = places({"Bondy": 20.0, "Pantin": 30.0, "Stains": 42.0})
        frame = frame.assign(texte=["20,0 %", "30,0 %", "42,0 %"])
        text = map_sentence(frame, card(), 2021, warehouse.epts, {}, 10.0)
        assert "va de 20,0 % (Bondy) à 42,0 % (Stains), un rapport de 1 à 2,1." in text
        assert "les 3 communes de Plaine Commune sont toutes au-dessus" in text

    def test_no_ratio_to_a_bound_nor_to_next_to_nothing(self, warehouse):
        frame = places({"A": 5.0, "B": 40.0}).assign(texte=["moins de 5 %", "40 %"], statut=["censure", "publie"])
        assert "rapport" not in map_sentence(frame, card(), 2021, warehouse.epts, {})
        tiny = places({"A": 0.2, "B": 180.0}).assign(texte=["0,2", "180"])
        assert "rapport" not in map_sentence(tiny, card(), 2021, warehouse.epts, {})

    def test_poverty_in_2021(self, warehouse):
        request = MapRequest("REV02", 2021)
        text = sentence(warehouse, request, load_content(warehouse, request))
        assert "42\u00a0% (Clichy-sous-Bois, Aubervilliers, La Courneuve)" in text
        assert "la plus élevée est celle de Plaine Commune (36\u00a0%)" in text


class TestCrossing:
    def test_every_commune_is_in_one_case(self, warehouse):
        crossing = load_crossing(warehouse, MapRequest("REV02", 2021), "EMP01", 2022)
        assert sum(map(sum, crossing.nombres)) == 39
        clichy = crossing.content.lieux.set_index("code").loc["93014"]
        assert (clichy["etiquette"], clichy["couleur"]) == ("C3", CROISEE[2][2])
        assert "vont nettement dans le même sens" in crossing.phrase

    def test_a_commune_without_one_of_the_values_is_in_no_case(self, warehouse):
        crossing = load_crossing(warehouse, MapRequest("JEU07", 2021), "SEN01", 2022)
        absent = crossing.content.lieux[crossing.content.lieux["absent"]]
        assert len(absent) == 8
        assert set(absent["couleur"]) == {SANS_VALEUR}
        assert sum(map(sum, crossing.nombres)) == 31


def test_the_legend_of_an_ept_counts_its_own_communes_on_the_scale_of_the_departement(warehouse):
    whole = load_content(warehouse, MapRequest("EMP01", 2022))
    part = load_content(warehouse, MapRequest("EMP01", 2022, ept="200058790"))
    assert [item.texte for item in part.legende] == [item.texte for item in whole.legende]
    assert sum(item.nombre for item in whole.legende) == 39
    assert sum(item.nombre for item in part.legende) == 14


class TestLabels:
    def test_labels_neither_touch_nor_leave_their_territory(self, warehouse):
        found = spots(warehouse.geometries("commune"))
        view = View(2.48, 48.92, 10.2, 600)
        kept = fitting_labels(found, [["42,0"]] * len(found), view)
        assert 20 < sum(map(bool, kept)) < 39
        closer = fitting_labels(found, [["42,0"]] * len(found), View(2.48, 48.92, 12.0, 600))
        assert all(closer)

    def test_the_longest_text_that_fits_is_kept(self, warehouse):
        found = spots(warehouse.geometries("ept"))
        texts = [[f"{spot.code} un nom bien trop long pour tenir ici\n1", "36,1"] for spot in found]
        assert fitting_labels(found, texts, View(2.48, 48.92, 10.0, 600)) == ["36,1"] * 4

    def test_a_view_shows_all_its_points(self):
        view = fit([(2.3, 48.8), (2.6, 49.0)], 400, 600)
        for lon, lat in ((2.3, 48.8), (2.6, 49.0)):
            x, y = view.place(lon, lat)
            assert abs(x) <= 200
            assert abs(y) <= 300


class TestMessage:
    @pytest.fixture
    def frame(self, warehouse):
        return Frame(
            View(2.48, 48.92, 10.2, 600), spots(warehouse.geometries("commune")), list(warehouse.epts.values())
        )

    def test_the_message_holds_no_boundary_and_stays_small(self, warehouse, frame):
        message = draw_deck([Panel(load_content(warehouse, MapRequest("REV02", 2021)))], frame).to_json()
        assert "coordinates" not in message
        assert len(message.encode()) < 25_000

    def test_each_commune_is_looked_up_at_its_place_in_the_boundaries(self, warehouse, frame):
        content = load_content(warehouse, MapRequest("EMP01", 2022))
        order = [f["properties"]["code"] for f in json.loads(feature_collection(warehouse, "commune"))["features"]]
        assert list(content.lieux["code"]) == order
        layer = json.loads(draw_deck([Panel(content)], frame).to_json())["layers"][0]
        palette, digits = re.fullmatch(r"@@=\((.*)\)\[\('(\d+)'\)\[properties\.i\]\]", layer["getFillColor"]).groups()
        for place, row in enumerate(content.lieux.itertuples()):
            red, green, blue, _ = json.loads(palette)[int(digits[place])]
            assert f"#{red:02x}{green:02x}{blue:02x}" == row.couleur

    def test_two_maps_are_two_views_a_full_turn_apart(self, warehouse, frame):
        contents = [
            load_content(warehouse, MapRequest(code, year)) for code, year in (("REV02", 2021), ("SEN01", 2022))
        ]
        deck = json.loads(draw_deck([Panel(c) for c in contents], frame).to_json())
        assert [view["worldOffset"] for view in deck["views"]] == [0, -1]
        turns = {layer["id"]: layer["modelMatrix"][12] for layer in deck["layers"] if "modelMatrix" in layer}
        assert (turns["territoires"], turns["territoires-1"]) == (0, 360)

    def test_hatching_lies_over_the_absent_communes_only(self, warehouse, frame):
        content = load_content(warehouse, MapRequest("JEU07", 2021))
        layers = {la["id"]: la for la in json.loads(draw_deck([Panel(content)], frame).to_json())["layers"]}
        marks = re.search(r"\('([01]+)'\)", layers["hachures"]["getLineColor"]).group(1)
        assert [m == "1" for m in marks] == list(content.lieux["absent"])

    def test_nothing_outside_is_asked_unless_a_background_is_configured(self, warehouse, frame):
        panel = Panel(load_content(warehouse, MapRequest("REV02", 2021)))
        message = draw_deck([panel], frame).to_json()
        assert "http" not in message
        assert (
            "https://fonds.example/style.json"
            in draw_deck([panel], replace(frame, fond="https://fonds.example/style.json")).to_json()
        )
        deck = json.loads(message)
        assert {la["data"] for la in deck["layers"] if isinstance(la["data"], str)} == {
            "/api/v1/geo/communes.geojson",
            "/api/v1/geo/ept.geojson",
        }


class TestBoundaries:
    def test_the_boundaries_of_the_communes_stay_under_300_kilobytes(self, warehouse):
        assert len(feature_collection(warehouse, "commune")) < 300_000
        assert len(feature_collection(warehouse, "commune", hatched=True)) < 100_000

    def test_hatching_stays_within_the_boundary(self, warehouse):
        boundary = warehouse.geometries("commune")["geojson"][0]
        lines = shape(hatch(boundary))
        assert lines.length > 0
        assert shape(json.loads(boundary)).buffer(0.0002).covers(lines)


class TestFiles:
    def test_the_geojson_carries_the_values_and_keeps_absences_empty(self, warehouse):
        request = MapRequest("JEU07", 2021)
        file = json.loads(to_geojson(warehouse, request, load_content(warehouse, request)))
        found = {f["properties"]["nom"]: f["properties"] for f in file["features"]}
        assert len(found) == 39
        assert (found["Clichy-sous-Bois"]["valeur"], found["Clichy-sous-Bois"]["statut"]) == (48.0, "publie")
        assert (found["Coubron"]["valeur"], found["Coubron"]["lecture"]) == (None, "s")

    def test_the_document_says_title_legend_source_and_what_the_map_shows(self, warehouse):
        request = MapRequest("REV02", 2021)
        content = load_content(warehouse, request)
        figure = describe(warehouse, request, content)
        for paper, width in (("a4", 842), ("a3", 1191)):
            pdf = write(map_sheet(figure, warehouse, (sentence(warehouse, request, content),), paper), "pdf")
            assert pdf.startswith(b"%PDF")
            sizes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
            assert [round(float(size[0])) for size in sizes] == [width]
        with pytest.raises(ValueError, match="a4 ou a3"):
            map_sheet(figure, warehouse, (), "a5")

    @pytest.mark.parametrize(
        "request_",
        [
            MapRequest("JEU07", 2021),
            MapRequest("DEM01", 2023),
            MapRequest("REV02", 2021, niveau="ept"),
            MapRequest("EMP01", 2022, ept="200057875", methode="centrees"),
        ],
        ids=["secrets", "disques", "ept", "un-ept"],
    )
    def test_the_printed_map_is_valid_vega_lite_and_carries_its_legend(self, warehouse, request_):
        content = load_content(warehouse, request_)
        spec = printable(warehouse, request_, content).to_dict(validate=True)
        text = json.dumps(spec, ensure_ascii=False)
        for item in content.legende:
            assert item.texte.split(" : ")[0] in text.replace("\u00a0:", " :")
        for _, words in content.disques:
            assert words in text

    def test_the_crossed_map_prints_its_nine_cases(self, warehouse):
        request = MapRequest("REV02", 2021)
        crossing = load_crossing(warehouse, request, "EMP01", 2022)
        text = json.dumps(printable(warehouse, request, crossing.content, crossing).to_dict(validate=True))
        for column in "ABC":
            for rank in "123":
                assert f"{column}{rank} (" in text


def test_a_level_is_offered_only_where_there_are_values_and_boundaries(warehouse):
    assert set(warehouse.map_levels("REV02")) >= {"commune", "ept"}
    assert "ept" not in warehouse.map_levels("REV01")  # a median is never aggregated


def test_the_figure_of_the_departement_beside_the_map_is_its_own(warehouse):
    found = warehouse.figures(["REV02"], [DEPARTEMENT], [2021])
    assert float(found["valeur"].iloc[0]) == pytest.approx(28.4, abs=0.05)


def test_the_map_as_an_image_has_its_legend(warehouse):
    from PIL import Image

    from observatoire.exports.images import to_png

    request = MapRequest("REV02", 2021)
    png = to_png(describe(warehouse, request, load_content(warehouse, request)), scale=1)
    assert Image.open(io.BytesIO(png)).size[1] > 640
