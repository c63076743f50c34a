"""The map as SVG: every territory in it, words that hold and do not run into each other, inks that read."""

import re
from itertools import combinations

import pytest
import shapely
from lxml.html import fragment_fromstring

from observatoire.charts.commune_map import COEUR, LARGEUR, LETTRES, MARGE, lay_out
from observatoire.maps.placement import size_of, split, width_of
from observatoire.methods.bivariate import case_words
from observatoire.methods.cartography import MapRequest
from observatoire.palettes import SANS_VALEUR, contrast, ink_on
from observatoire.views.carte.build import load_content, load_crossing
from observatoire.views.carte.svg import crossed_map, one_map, own_sentence

REQUESTS = {
    "taux": MapRequest("REV02", 2021),
    "montants": MapRequest("REV01", 2021, methode="centrees"),
    "secrets": MapRequest("JEU07", 2021),
    "effectifs": MapRequest("DEM01", 2022),
    "un EPT": MapRequest("REV02", 2021, ept="200057875"),
    "EPT": MapRequest("REV02", 2021, niveau="ept"),
}
ALL = pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)


def drawn(warehouse, request, **options):
    """The SVG of a map."""
    box = fragment_fromstring(one_map(warehouse, request, "Carte des communes", **options))
    return box[0]


def layout_of(warehouse, request):
    """The layout of a map, its values as wide as they may be."""
    content = load_content(warehouse, request)
    radii = list(content.lieux["rayon"]) if content.as_disks else None
    names = {} if request.niveau == "ept" else {code: ept.nom for code, ept in warehouse.epts.items()}
    longest = [max(map(len, content.lieux["etiquette"]))] * len(content.lieux)
    return lay_out(warehouse.geometries(request.niveau), names, request.ept, longest, radii)


def boxes(layout, width):
    """The boxes of all the words of a width."""
    return [label.box for label in (*layout.labels[width], *layout.noms[width])]


class TestTerritories:
    @ALL
    def test_each_territory_looked_at_is_a_link_with_a_surface(self, warehouse, request_):
        content = load_content(warehouse, request_)
        seen = content.lieux if request_.ept is None else content.lieux[content.lieux["code_ept"] == request_.ept]
        links = drawn(warehouse, request_).find_class("obs-lieu")
        assert sorted(link.get("data-code") for link in links) == sorted(seen["code"])
        colors = dict(zip(content.lieux["code"], content.lieux["couleur"], strict=True))
        for link in links:
            (path,) = link
            assert path.get("fill") == colors[link.get("data-code")]
            assert len(re.findall(r"[-+]?\d+", path.get("d"))) > 8
            assert link.get("aria-label").startswith(link.get("data-nom"))

    def test_all_the_outlines_lie_in_what_a_narrow_box_keeps(self, warehouse):
        layout = layout_of(warehouse, REQUESTS["taux"])
        assert len(layout.shapes) == 39
        for shape in layout.shapes:
            numbers = list(map(int, re.findall(r"[-+]?\d+", shape.path.split("z")[0])))
            x, y = numbers[0], numbers[1]
            for dx, dy in zip([0, *numbers[2::2]], [0, *numbers[3::2]], strict=True):
                x, y = x + dx, y + dy
                assert MARGE <= x <= MARGE + COEUR
                assert 0 <= y <= layout.height

    def test_secrets_are_hatched_and_they_alone(self, warehouse):
        content = load_content(warehouse, REQUESTS["secrets"])
        absent = set(content.lieux.loc[content.lieux["absent"], "code"])
        svg = drawn(warehouse, REQUESTS["secrets"])
        (hatched,) = svg.find_class("obs-hachures")
        paths = {link.get("data-code"): link[0].get("d") for link in svg.find_class("obs-lieu")}
        assert hatched.get("d") == "".join(path for code, path in paths.items() if code in absent)
        assert len(absent) >= 7
        assert drawn(warehouse, REQUESTS["taux"]).find_class("obs-hachures") == []

    def test_the_alternative_and_the_outline_of_the_commune_chosen(self, warehouse):
        svg = drawn(warehouse, REQUESTS["taux"], lit=("93010",))
        assert svg.get("aria-label") == "Carte des communes"
        (outline,) = svg.find_class("obs-choix")
        (bondy,) = [link for link in svg.find_class("obs-lieu") if link.get("data-code") == "93010"]
        assert outline.get("d") == bondy[0].get("d")

    def test_it_is_one_line_without_script_nor_anything_from_elsewhere(self, warehouse):
        text = one_map(warehouse, REQUESTS["taux"], "Carte", types=("mairie", "qpv"))
        assert "\n" not in text
        assert "<script" not in text
        assert set(re.findall(r"https?://[^\"]*", text)) == {"http://www.w3.org/2000/svg"}
        assert len(one_map(warehouse, REQUESTS["taux"], "Carte")) < 60_000


class TestWords:
    @ALL
    @pytest.mark.parametrize("width", LETTRES)
    def test_words_stay_in_the_frame_and_apart(self, warehouse, request_, width):
        layout = layout_of(warehouse, request_)
        margin = MARGE if width == "etroit" else 0
        for left, top, right, bottom in boxes(layout, width):
            assert margin <= left < right <= LARGEUR - margin
            assert 0 <= top < bottom <= layout.height
        for first, second in combinations(boxes(layout, width), 2):
            assert shapely.box(*first).intersection(shapely.box(*second)).area < 1

    @pytest.mark.parametrize("name", ["taux", "montants", "effectifs"])
    def test_in_a_wide_box_every_commune_is_named(self, warehouse, name):
        layout = layout_of(warehouse, REQUESTS[name])
        written = {
            shape.nom
            for shape in layout.shapes
            for label in layout.labels["large"]
            if label.code == shape.code and shape.nom.split("-")[0].split(" ")[0] in "".join(label.lines)
        }
        assert {shape.nom for shape in layout.shapes} - written == set()

    def test_in_a_narrow_box_every_value_is_written(self, warehouse):
        layout = layout_of(warehouse, REQUESTS["taux"])
        assert {label.code for label in layout.labels["etroit"]} == {shape.code for shape in layout.shapes}

    def test_a_line_ends_in_the_territory_it_names(self, warehouse):
        layout = layout_of(warehouse, REQUESTS["taux"])
        outlines = dict(
            zip(warehouse.geometries("commune")["code"], warehouse.geometries("commune")["geojson"], strict=True)
        )
        led = [label for label in layout.labels["large"] if label.lead]
        shapes = {shape.code: shape for shape in layout.shapes}
        assert {"Le Pré-Saint-Gervais", "Les Lilas", "Le Raincy", "Coubron"} <= {shapes[w.code].nom for w in led}
        for label in led:
            shape = shapes[label.code]
            assert label.lead[2:] == pytest.approx((shape.x, shape.y), abs=1)
            box = shapely.box(*shapely.from_geojson(outlines[label.code]).bounds)
            low, high = layout.place(box.bounds[0], box.bounds[3]), layout.place(box.bounds[2], box.bounds[1])
            assert low[0] < shape.x < high[0]
            assert low[1] < shape.y < high[1]

    @ALL
    def test_the_ink_reads_on_the_colour_of_the_territory(self, warehouse, request_):
        for color in {*load_content(warehouse, request_).lieux["couleur"], SANS_VALEUR}:
            assert contrast(ink_on(color), color) >= 4.5
        svg = drawn(warehouse, request_)
        inks = {(t.get("fill"), t.get("stroke")) for t in svg.iter("text") if t.get("stroke", "").startswith("#")}
        written = [(ink, halo) for ink, halo in inks if ink and ink.startswith("#") and halo != "#ffffff"]
        assert written
        assert all(contrast(ink, halo) >= 4.5 for ink, halo in written)

    def test_the_value_written_is_that_of_the_commune(self, warehouse):
        content = load_content(warehouse, REQUESTS["taux"])
        labels = dict(zip(content.lieux["nom"], content.lieux["etiquette"], strict=True))
        (wide,) = drawn(warehouse, REQUESTS["taux"]).find_class("obs-mots-large")
        texts = ["|".join(span.text for span in text) for text in wide.iter("text")]
        assert f"Drancy|{labels['Drancy']}" in texts
        assert f"Les Lilas {labels['Les Lilas']}" in texts

    def test_names_are_cut_after_a_hyphen_or_a_space(self):
        assert split("Noisy-le-Sec")[1] == ("Noisy-le-", "Sec") or split("Noisy-le-Sec")[1] == ("Noisy-", "le-Sec")
        assert split("Le Raincy")[1] == ("Le", "Raincy")
        assert split("Bondy") == (("Bondy",),)

    def test_wide_letters_take_more_room(self):
        assert width_of("MW", 10) > width_of("il", 10)
        assert size_of(("a", "b"), 10)[1] > size_of(("a",), 10)[1]


class TestDisks:
    def test_their_surface_is_that_of_the_numbers_and_the_legend_is_at_their_scale(self, warehouse):
        content = load_content(warehouse, REQUESTS["effectifs"])
        (group,) = drawn(warehouse, REQUESTS["effectifs"]).find_class("obs-disques")
        radii = sorted(float(circle.get("r")) for circle in group)
        assert len(radii) == 39 + len(content.disques)
        top = content.lieux.loc[content.lieux["valeur"].idxmax()]
        scale = max(radii) ** 2 / top["valeur"]
        for radius, words in content.disques:
            number = float(re.sub(r"\s", "", words))
            assert any(abs(r**2 / number - scale) < 0.02 * scale for r in radii), words
            assert radius > 0


class TestSentences:
    def test_the_sentence_of_a_commune_says_its_value_and_its_rank(self, warehouse):
        name, rest = own_sentence(warehouse, REQUESTS["taux"], "93010")
        assert name == "Bondy"
        assert rest.replace("\u00a0", " ").startswith(": 34 %, 8ᵉ plus élevé, à égalité")
        assert own_sentence(warehouse, REQUESTS["un EPT"], "93066") is None

    def test_a_secret_is_said_rather_than_ranked(self, warehouse):
        content = load_content(warehouse, REQUESTS["secrets"])
        code = content.lieux.loc[content.lieux["statut"] == "secret", "code"].iloc[0]
        assert "secret statistique" in own_sentence(warehouse, REQUESTS["secrets"], code)[1]

    def test_the_cases_of_a_crossed_map_are_told_in_words(self, warehouse):
        assert case_words("C3") == "les deux élevés"
        assert case_words("A1") == "les deux bas"
        assert case_words("C1") == "premier élevé, second bas"
        crossing = load_crossing(warehouse, REQUESTS["taux"], "EMP01", 2022)
        svg = fragment_fromstring(crossed_map(warehouse, REQUESTS["taux"], "EMP01", 2022, "Carte croisée"))[0]
        said = {link.get("data-code"): link.get("aria-label") for link in svg.find_class("obs-lieu")}
        high = crossing.content.lieux.loc[crossing.content.lieux["etiquette"] == "C3", "code"]
        assert len(high) == 11
        assert all(said[code].endswith("les deux élevés") for code in high)
