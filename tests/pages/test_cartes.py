"""The page Cartes run by Streamlit's test harness: choices, wrong links, absences, modes."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from observatoire.config import RACINE
from observatoire.ui.pages.cartes import choices as map_choices
from observatoire.ui.pages.cartes import simple as simple_map

NAVIGATION = str(RACINE / "observatoire" / "navigation.py")


@pytest.fixture
def open_map(entrepot):
    """``open_map(**params)`` → the page after its script."""

    def run(**params: str) -> AppTest:
        app = AppTest.from_file(NAVIGATION, default_timeout=60)
        app.run()
        app.query_params.clear()
        for name, value in params.items():
            app.query_params[name] = value
        return app.switch_page(str(RACINE / "pages" / "cartes.py")).run()

    return run


def decks(app: AppTest) -> list[dict]:
    return [json.loads(element.proto.json) for element in app.get("deck_gl_json_chart")]


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def words(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in (app.markdown, app.caption) for e in kind).replace("\u00a0", " ")


def test_the_page_answers_before_it_asks(open_map):
    app = open_map()
    assert not app.exception
    assert len(decks(app)) == 1
    assert "## Taux de pauvreté, par commune" in words(app)
    assert "la plus élevée est celle de Plaine Commune" in words(app)


def test_secrets_are_hatched_and_named_in_the_legend(open_map):
    app = open_map(indicateur="JEU07", annee="2021")
    assert any(layer["id"] == "hachures" for layer in decks(app)[0]["layers"])
    assert "couvert par le secret statistique <small>(7)</small>" in html(app)
    assert "hachure" in html(app)


def test_an_ept_comes_with_its_own_figure_and_that_of_the_departement(open_map):
    app = open_map(indicateur="EMP01", annee="2022", ept="200057867")
    assert "**Plaine Commune** : 18,1 %" in words(app)
    assert "**Seine-Saint-Denis** : 15,8 %" in words(app)
    assert "Rang dans l’EPT" in html(app)


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
    assert not app.exception
    assert len(app.warning) == 1
    assert app.warning[0].value.startswith("Le lien demande")
    assert len(decks(app)) == 1


def test_chosen_bounds_make_the_classes(open_map):
    app = open_map(indicateur="REV02", annee="2021", methode="bornes", bornes="20;30;40")
    assert "moins de 20" in html(app).replace("\u00a0", " ")
    assert "40\u00a0% ou plus" in html(app)


def test_two_maps_share_a_camera_and_a_crossed_map_says_the_relation(open_map):
    app = open_map(indicateur="REV02", annee="2021", vue="deux", avec="SEN01")
    assert len(decks(app)[0]["views"]) == 2
    assert "## Part des 75 ans ou plus, par commune" in words(app)
    app = open_map(indicateur="REV02", annee="2021", vue="croisee", avec="EMP01")
    assert "vont nettement dans le même sens" in words(app)
    assert "C3\u00a0: 11" in html(app)


def test_the_simple_mode_holds_one_map_one_sentence_and_the_way_on(open_map, house):
    app = open_map(mode="simple", indicateur="REV02")
    assert not app.exception
    assert app.title[0].value == "Taux de pauvreté, par commune"
    assert len(decks(app)) == 1
    before, after = (button.label for button in app.button)
    assert before == f"Précédent : {house.indicateurs[simple_map.SUITE[-1]].libelle}"
    assert after == "Suivant : Niveau de vie médian"
    app.button[1].click().run()
    assert app.title[0].value == "Niveau de vie médian, par commune"
    assert app.query_params["indicateur"] == "REV01"


def test_the_simple_mode_follows_the_list_of_the_link(open_map):
    app = open_map(mode="simple", suite="SEN01,EMP01", indicateur="EMP01")
    assert [button.label for button in app.button][1] == "Suivant : Part des 75 ans ou plus"


def test_the_settings_of_a_map_stay_out_of_the_links_to_other_pages(open_map):
    app = open_map(indicateur="REV02", methode="jenks", classes="4")
    links = [element.proto for element in app.get("page_link") if element.proto.label == "Portrait"]
    assert links
    assert all("methode" not in link.query_string for link in links)


def test_the_chain_of_the_simple_mode_has_figures_for_the_communes(house):
    for code in simple_map.SUITE:
        assert "commune" in house.map_levels(code)


def test_every_indicator_has_a_map(open_map, house):
    for code in list(house.indicateurs)[::12]:
        app = open_map(indicateur=code)
        assert not app.exception, code
        assert len(decks(app)) == 1, code


def test_the_iris_of_an_indicator_are_one_choice_away_and_back(open_map):
    app = open_map(indicateur="REV02", annee="2021")
    app.selectbox(key="_niveau").select("iris").run()
    assert not app.exception
    assert not app.warning
    assert "## Taux de pauvreté, par IRIS" in words(app)
    assert "En %, 2021" in words(app)
    assert html(app).count("<tr") > 559
    app.selectbox(key="_niveau").select("commune").run()
    assert "## Taux de pauvreté, par commune" in words(app)
    assert "En %, 2021" in words(app)


def test_a_link_to_the_card_of_the_iris_opens_them_and_leads_back_to_the_communes(open_map):
    app = open_map(indicateur="IRI02", annee="2018")
    assert not app.warning
    assert "## Taux de pauvreté, par IRIS" in words(app)
    assert "En %, 2018" in words(app)
    app.selectbox(key="_niveau").select("commune").run()
    assert "## Taux de pauvreté, par commune" in words(app)


def test_a_level_without_figures_is_said_and_the_communes_drawn(open_map):
    app = open_map(indicateur="DEM03", niveau="iris")
    assert not app.warning
    assert "n’est pas connu au niveau demandé (IRIS) : carte par commune" in words(app)
    assert ", par commune" in words(app)


@pytest.mark.parametrize("view", ["deux", "croisee"])
def test_two_indicators_by_iris(open_map, view):
    app = open_map(indicateur="REV02", niveau="iris", vue=view, avec="LOG01")
    assert not app.exception
    assert not app.warning
    assert "par IRIS" in words(app)
    assert "locataires HLM" in words(app)


def test_an_indicator_of_the_iris_only_troubles_no_other_page(open_map, entrepot):
    app = open_map(indicateur="IRI12")
    assert "## Taux de bas revenus déclarés, par IRIS" in words(app)
    for page in ("portrait", "comparer"):
        app.switch_page(str(RACINE / "pages" / f"{page}.py"))
        app.query_params["indicateur"] = "IRI12"
        app.run()
        assert not app.exception
        assert not app.warning


def test_town_halls_are_laid_over_with_what_they_stand_for(open_map):
    app = open_map(indicateur="REV02", reperes="mairie,france_services")
    layer = next(layer for layer in decks(app)[0]["layers"] if layer["id"] == "reperes")
    assert len(layer["data"]) > 36
    assert any(row["nom"].startswith("Mairie de Bondy, ") for row in layer["data"])
    assert "à défaut de l’adresse du CCAS" in html(app)
    assert "Drancy, Le Pré-Saint-Gervais, Villepinte" in html(app)


def test_every_choice_has_a_french_label():
    for options in (
        map_choices.VUES,
        map_choices.ECHELLES,
        map_choices.CENTRES,
        map_choices.DESSINS,
        map_choices.CLICS,
    ):
        assert all(label[0].isupper() for label in options.values())
