"""Accueil answers before it asks: the département in eight figures, the four EPT, where to go."""

import contextlib

import pytest

from observatoire.formats import nombre
from tests.pages.conftest import of_class, read, table


def test_the_departement_has_its_eight_figures(opened, warehouse):
    (keys,) = of_class(opened(), "obs-cles")
    assert len(keys.findall("li")) == 8
    population = warehouse.figures(["DEM01"], ["93"]).iloc[-1]
    (card,) = [card for card in keys if read(card).startswith(warehouse.indicateurs["DEM01"].libelle)]
    assert read(card.find_class("v")[0]).startswith(nombre(population["valeur"]))
    assert f"en {population['annee']}" in read(card)


def test_the_four_ept_stand_side_by_side_with_the_departement_in_the_same_year(opened, warehouse):
    side = table(opened(), "Les quatre EPT côte à côte")
    assert side.head == ["Indicateur", "Année", "Seine-Saint-Denis", *(ept.nom for ept in warehouse.epts.values())]
    assert len(side.rows) == 8
    year, *shown = side.row(warehouse.indicateurs["REV02"].libelle)
    figures = warehouse.figures(["REV02"], ["93", *warehouse.epts], [int(year)]).set_index("territoire")
    for text, code in zip(shown, ["93", *warehouse.epts], strict=True):
        found = figures.loc[code]
        assert text.removesuffix("\u00a0≈") == warehouse.indicateurs["REV02"].format(found["valeur"], found["statut"])
        assert text.endswith("\u00a0≈") == (found["statut"] == "approche")


def test_the_search_suggests_territories_indicators_and_pages(opened, warehouse):
    (search,) = opened().selectbox
    assert search.options[:44] == [t.complet for t in warehouse.choices]
    assert {card.libelle for card in warehouse.indicateurs.values()} < set(search.options)
    assert "Page Comparer : indice de besoins" in search.options
    assert not any("Pierrefitte" in option for option in search.options)


def test_choosing_a_commune_opens_its_portrait(opened):
    page = opened()
    page.selectbox[0].set_value("t:93015").run()
    assert page.title[0].value == "Coubron"


@contextlib.contextmanager
def typed(page, text):
    """The page once a text has been typed in the search box; AppTest only knows how to choose an option."""
    page.selectbox[0].options.append(text)
    page.selectbox[0].set_value(text).run()
    assert [error.message for error in page.exception] == []
    yield page
    for box in page.selectbox:
        if box.key == "_recherche":
            box.set_value(None).run()


def offered(page):
    return {(link.proto.label, link.proto.query_string) for link in page.get("page_link")}


@pytest.mark.parametrize("text", ["93 200", "la plaine saint denis", "93210 La Plaine Saint-Denis"])
def test_a_postal_code_with_a_space_and_a_postal_place_open_the_portrait_of_their_commune(opened, text):
    with typed(opened(), text) as page:
        assert page.title[0].value == "Saint-Denis"


def test_a_quarter_offers_the_portrait_of_its_commune_without_opening_it(opened):
    with typed(opened(), "clos saint lazare") as page:
        assert any(label.startswith("Stains") and "territoire=93072" in asked for label, asked in offered(page))


def test_the_region_has_no_portrait_and_is_offered_as_what_one_compares_with(opened):
    with typed(opened(), "idf") as page:
        assert ("Île-de-France : en référence, dans Comparer", "reference=R11") in offered(page)
        assert not page.warning


def test_each_of_the_three_readers_has_a_way_in(opened):
    links = {link.proto.label for link in opened().get("page_link")}
    assert {"Ouvrir un portrait", "Comparer des territoires", "Voir les cartes"} <= links
