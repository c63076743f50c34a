"""The page Cartes run by Streamlit's test harness: choices, wrong links, absences, modes."""

from functools import partial

import pytest

from observatoire.ui.pages.cartes import choices as map_choices
from observatoire.ui.pages.cartes import simple as simple_map
from tests.pages.conftest import asked, decks, maps, of_class, page_links, places, read, stories, table


@pytest.fixture
def open_map(opened):
    """``open_map(**params)`` → the page Cartes after its script."""
    return partial(opened, "cartes")


def legend(app) -> list[str]:
    """The lines of the legend of a map, with plain spaces."""
    return [read(line).replace("\u00a0", " ") for line in of_class(app, "obs-legende")[0]]


def test_the_page_answers_before_it_asks(open_map):
    app = open_map()
    (drawn,) = maps(app)
    assert len(places(drawn)) == 39
    assert decks(app) == []
    assert "## Taux de pauvreté, par commune" in stories(app)
    assert "la plus élevée est celle de Plaine Commune" in stories(app)


def test_secrets_are_hatched_and_named_in_the_legend(open_map):
    app = open_map(indicateur="JEU07", annee="2021")
    (hatched,) = maps(app)[0].find_class("obs-hachures")
    assert hatched.get("fill") == "url(#obs-hachures)"
    assert hatched.get("d").count("M") >= 7
    (secret,) = [line for line in of_class(app, "obs-legende")[0] if "secret statistique" in read(line)]
    assert read(secret).replace("\u00a0", " ") == "s : couvert par le secret statistique (7)"
    assert secret.find_class("hachure")


def test_an_ept_comes_with_its_own_figure_and_that_of_the_departement(open_map):
    app = open_map(indicateur="EMP01", annee="2022", ept="200057867")
    assert "**Plaine Commune** : 18,1 %" in stories(app)
    assert "**Seine-Saint-Denis** : 15,8 %" in stories(app)
    assert table(app, "classement").head[-1] == "Rang dans l’EPT"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("methode", "magique"), ("classes", "40"), ("niveau", "canton"), ("ept", "200054781"), ("vue", "trois"),
        ("centre", "75"), ("bornes", "a;b"), ("echelle", "log"), ("clic", "rien"), ("annee", "1900"),
        ("indicateur", "XXX"), ("dessin", "camembert"), ("reperes", "phares"),
    ],
)  # fmt: skip
def test_a_wrong_choice_is_told_once_in_french_and_the_map_drawn_all_the_same(open_map, name, value):
    others = {"methode": "bornes"} if name == "bornes" else {}
    app = open_map(**{"indicateur": "REV02", name: value, **others})
    assert len(app.warning) == 1
    assert app.warning[0].value.startswith("Le lien demande")
    assert len(maps(app)) == 1


def test_chosen_bounds_make_the_classes(open_map):
    app = open_map(indicateur="REV02", annee="2021", methode="bornes", bornes="20;30;40")
    bounds = [line.rsplit(" (", 1)[0] for line in legend(app)]
    assert bounds == ["moins de 20 %", "de 20 à 29 %", "de 30 à 39 %", "40 % ou plus"]


def test_two_maps_stand_side_by_side_and_a_crossed_map_says_the_relation(open_map):
    app = open_map(indicateur="REV02", annee="2021", vue="deux", avec="SEN01")
    assert [len(places(drawn)) for drawn in maps(app)] == [39, 39]
    assert app.selectbox(key="_avec").value == "SEN01"
    assert "## Part des 75 ans ou plus, par commune" in stories(app)
    app = open_map(indicateur="REV02", annee="2021", vue="croisee", avec="EMP01")
    assert "vont nettement dans le même sens" in stories(app)
    crossed = table(app, "Nombre de communes de chaque case").rows
    cells = dict(cell.split("\u00a0: ") for row in crossed for cell in row[1:])
    assert cells["élevé\u00a0· élevé"] == "11"
    said = [link.get("aria-label") for link in places(maps(app)[0]).values()]
    assert sum(words.endswith("les deux élevés") for words in said) == 11
    assert sum(map(int, cells.values())) == 39


def test_the_simple_mode_holds_one_map_one_sentence_and_the_way_on(open_map, warehouse):
    app = open_map(mode="simple", indicateur="REV02")
    assert app.title[0].value == "Taux de pauvreté, par commune"
    assert len(maps(app)) == 1
    before, after = (button.label for button in app.button)
    assert before == f"Précédent : {warehouse.indicateurs[simple_map.SUITE[-1]].libelle}"
    assert after == "Suivant : Niveau de vie médian"
    app.button[1].click().run()
    assert app.title[0].value == "Niveau de vie médian, par commune"
    assert app.query_params["indicateur"] == "REV01"


def test_the_simple_mode_follows_the_list_of_the_link(open_map):
    app = open_map(mode="simple", suite="SEN01,EMP01", indicateur="EMP01")
    assert [button.label for button in app.button][1] == "Suivant : Part des 75 ans ou plus"


def test_the_settings_of_a_map_stay_out_of_the_links_to_other_pages(open_map):
    app = open_map(indicateur="REV02", methode="jenks", classes="4")
    links = [link for link in page_links(app) if link["label"] == "Portrait"]
    assert links
    assert [link for link in links if {"methode", "classes"} & set(link)] == []


def test_the_chain_of_the_simple_mode_has_figures_for_the_communes(warehouse):
    for code in simple_map.SUITE:
        assert "commune" in warehouse.map_levels(code)


def test_every_indicator_has_a_map(open_map, warehouse):
    for code in list(warehouse.indicateurs)[::12]:
        assert len(places(maps(open_map(indicateur=code))[0])) == 39, code


def test_the_iris_of_an_indicator_are_one_choice_away_and_back(open_map, warehouse):
    app = open_map(indicateur="REV02", annee="2021")
    app.selectbox(key="_niveau").select("iris").run()
    assert not app.warning
    assert "## Taux de pauvreté, par IRIS" in stories(app)
    assert "En %, 2021" in stories(app)
    ranked = table(app, "classement").rows
    quartiers = {code for found in warehouse.quartiers["iris"].values() for code in found}
    assert len(ranked) == len(quartiers)
    app.selectbox(key="_niveau").select("commune").run()
    assert "## Taux de pauvreté, par commune" in stories(app)
    assert "En %, 2021" in stories(app)


def test_a_link_to_the_card_of_the_iris_opens_them_and_leads_back_to_the_communes(open_map):
    app = open_map(indicateur="IRI02", annee="2018")
    assert not app.warning
    assert "## Taux de pauvreté, par IRIS" in stories(app)
    assert "En %, 2018" in stories(app)
    app.selectbox(key="_niveau").select("commune").run()
    assert "## Taux de pauvreté, par commune" in stories(app)


def test_a_level_without_figures_is_said_and_the_communes_drawn(open_map):
    app = open_map(indicateur="DEM03", niveau="iris")
    assert not app.warning
    assert "n’est pas connu au niveau demandé (IRIS) : carte par commune" in stories(app)
    assert ", par commune" in stories(app)


@pytest.mark.parametrize("view", ["deux", "croisee"])
def test_two_indicators_by_iris(open_map, view):
    app = open_map(indicateur="REV02", niveau="iris", vue=view, avec="LOG01")
    assert not app.warning
    assert "par IRIS" in stories(app)
    assert "locataires HLM" in stories(app)


def test_an_indicator_of_the_iris_only_troubles_no_other_page(opened):
    assert "## Taux de bas revenus déclarés, par IRIS" in stories(opened("cartes", indicateur="IRI12"))
    for page in ("portrait", "comparer"):
        assert not opened(page, indicateur="IRI12").warning


def test_town_halls_are_laid_over_with_what_they_stand_for(open_map):
    app = open_map(indicateur="REV02", reperes="mairie,france_services")
    marks = [mark.get("aria-label") for mark in maps(app)[0].find_class("obs-point")]
    assert len(marks) > 36
    assert any(words.startswith("Mairie de\u00a0Bondy, ") or words.startswith("Mairie de Bondy, ") for words in marks)
    (notes,) = of_class(app, "obs-reperes")
    assert "à défaut de l’adresse du CCAS" in read(notes[0])
    assert "Drancy, Le Pré-Saint-Gervais, Villepinte" in read(notes[0])


def test_a_commune_of_the_map_says_its_value_and_its_rank_and_opens_its_portrait(open_map):
    app = open_map(indicateur="REV02", annee="2021")
    bondy = places(maps(app)[0])["Bondy"]
    said = bondy.get("aria-label").replace("\u00a0", " ")
    line = table(app, "classement").row("Bondy")
    assert said.startswith(f"Bondy, {line[1]}, {line[2]}".replace("\u00a0", " "))
    assert asked(bondy.get("href")) == {"page": "portrait", "territoire": "93010", "indicateur": "REV02"}
    assert bondy.get("target") == "_self"


def test_my_town_is_outlined_and_told_without_leaving_the_map(open_map):
    app = open_map(indicateur="REV02", annee="2021", mode="simple")
    assert maps(app)[0].find_class("obs-choix") == []
    app.selectbox(key="_territoire").select("93010").run()
    (outline,) = maps(app)[0].find_class("obs-choix")
    assert outline.get("d") == places(maps(app)[0])["Bondy"][0].get("d")
    (sentence,) = of_class(app, "obs-ma-ville")
    assert read(sentence).replace("\u00a0", " ").startswith("Bondy : 34 %, 8ᵉ plus élevé")


def test_the_iris_stay_on_the_map_that_zooms(open_map):
    app = open_map(indicateur="REV02", niveau="iris")
    assert (len(decks(app)), maps(app)) == (1, [])


def test_an_ept_fills_the_map_and_its_communes_alone_answer(open_map):
    (drawn,) = maps(open_map(indicateur="REV02", ept="200057875"))
    assert len(places(drawn)) == 9
    assert "sur 9" in places(drawn)["Bondy"].get("aria-label")


def test_choosing_on_a_click_leads_to_comparer(open_map):
    app = open_map(indicateur="REV02", clic="comparer")
    assert asked(places(maps(app)[0])["Bondy"].get("href")) == {"page": "comparer", "territoires": "93010"}
    assert len(of_class(app, "obs-comparer")) == 1


def test_every_choice_has_a_french_label():
    for options in (
        map_choices.VUES,
        map_choices.ECHELLES,
        map_choices.CENTRES,
        map_choices.DESSINS,
        map_choices.CLICS,
    ):
        assert all(label[0].isupper() for label in options.values())
