"""The head of every page: the commune chosen once, the one search; links as people paste them."""

import pytest

from observatoire.navigation import PAGES
from observatoire.ui.destinations import PARTIES
from observatoire.ui.pages.comparer.views import VUES
from tests.pages.conftest import elements, page_links, read, said, table

PAR_URL = pytest.mark.parametrize("info", PAGES, ids=lambda info: info.url or "accueil")
MIENNE = "Ma commune : **Clichy-sous-Bois**"


def pinned(page):
    return [link for link in page_links(page) if link["label"].startswith("Ma commune")]


def box(page):
    return next(widget for widget in page.selectbox if widget.key == "_recherche")


def typed(page, text):
    """The page once a text has been typed in the search box; AppTest only knows how to choose an option."""
    box(page).options.append(text)
    box(page).set_value(text).run()
    assert [error.message for error in page.exception] == []
    return page


def labels(page):
    return [link["label"] for link in page_links(page)]


@PAR_URL
def test_the_commune_chosen_is_pinned_on_every_page_with_a_link_to_its_portrait(opened, info):
    (link,) = pinned(opened(info.url, territoire="93014"))
    assert (link["page"], link["territoire"], link["label"]) == ("portrait", "93014", MIENNE)


@PAR_URL
def test_without_a_commune_nothing_is_pinned_and_the_search_is_there_once(opened, info):
    page = opened(info.url)
    assert pinned(page) == []
    assert [widget.key for widget in page.selectbox].count("_recherche") == 1


def test_the_commune_stays_pinned_while_an_ept_is_looked_at_until_it_is_forgotten(opened):
    page = opened("portrait", territoire="93014")
    page.query_params["territoire"] = "200057875"
    page.run()
    assert page.title[0].value == "Est Ensemble"
    assert [link["label"] for link in pinned(page)] == [MIENNE]
    page.button(key="_oublier").click().run()
    assert pinned(page) == []
    assert "territoire" not in page.query_params


def test_accueil_greets_the_commune_with_its_sentence_and_its_ways_in(opened, warehouse):
    page = opened("", territoire="93014")
    assert "Ma commune : Clichy-sous-Bois" in [header.value for header in page.header]
    ways = {link["label"]: link for link in page_links(page)}
    assert ways["Son portrait"]["territoire"] == "93014"
    assert ways["À côté de ses semblables"]["groupe"] == "semblables"
    assert ways["Sa place dans l’indice de besoins"]["vue"] == "indice"
    assert any("Clichy-sous-Bois" in markdown.value for markdown in page.markdown)
    assert "Ma commune" not in said(opened(""))


def test_comparer_opens_on_the_commune_and_those_that_resemble_it(opened):
    page = opened("comparer", territoire="93014")
    (group,) = [widget for widget in page.selectbox if widget.label == "Groupe"]
    assert group.value == "semblables"
    (centre,) = [widget for widget in page.selectbox if widget.label == "Autour de la commune"]
    assert centre.value == "93014"
    asked = opened("comparer", territoire="93014", territoires="93010,93048")
    assert asked.multiselect[0].value == ["93010", "93048"]


def test_the_needs_index_lights_the_commune_with_a_word_and_an_outline(opened):
    page = opened("comparer", vue="indice", groupe="communes", territoire="93014")
    assert "Clichy-sous-Bois (ma commune)" in said(page)
    specs = [chart.proto.spec for chart in page.get("vega_lite_chart")]
    (ranks,) = [spec for spec in specs if "rang (1" in spec]
    assert "Clichy-sous-Bois (ma commune)" in ranks
    assert '"filled": false' in ranks or '"filled":false' in ranks
    other = opened("comparer", vue="indice", groupe="communes")
    assert "ma commune" not in said(other).lower().replace("choisir ma commune", "")


def test_the_accounts_of_the_ccas_light_the_commune_in_their_table(opened):
    page = opened("comparer", vue="moyens", groupe="communes", territoire="93014")
    line = table(page, "Comptes des CCAS").line("Clichy-sous-Bois")
    assert read(line[0]) == "Clichy-sous-Bois (ma commune)"
    assert "mienne" in line.get("class")
    assert len(elements(page, ".//tr[contains(@class, 'mienne')]")) >= 1


def test_one_answer_opens_its_page_from_any_page(opened):
    page = typed(opened("comparer"), "pauvreté des moins de 30 ans")
    assert "le taux de pauvreté des ménages de moins de 30 ans" in page.title[0].value
    assert page.query_params["indicateur"] == "JEU07"
    assert typed(opened("donnees"), "st denis").title[0].value == "Saint-Denis"
    assert typed(opened("portrait"), "tracer un chiffre").title[0].value == "Sources et méthode"


def test_an_indicator_is_opened_with_the_commune_and_without_the_year_of_another(opened):
    page = typed(opened("cartes", territoire="93014", indicateur="EMP01", annee="2016"), "taux de pauvreté")
    assert (page.query_params["indicateur"], page.query_params["territoire"]) == ("REV02", "93014")
    assert "annee" not in page.query_params


def test_several_answers_are_offered_the_nearest_first(opened):
    page = typed(opened("portrait"), "pauvreté")
    assert page.title[0].value == "Seine-Saint-Denis"
    found = labels(page)
    rates = [label for label in found if label.startswith("Taux de pauvreté")]
    assert "moins de 30 ans" not in rates[0]
    assert any(label.startswith("Taux de pauvreté des ménages de moins de 30 ans") for label in rates[1:])
    assert any("dans le catalogue" in label for label in found)
    assert "13 réponses" in said(page)


def test_an_indicator_that_waits_for_figures_leads_to_its_card(opened):
    page = typed(opened("comparer"), "surpeuplement")
    assert page.title[0].value == "Sources et méthode"
    assert "En attente de données" in " ".join(info.value for info in page.info)


def test_an_answer_is_asked_once(opened):
    page = typed(opened("comparer"), "st denis")
    assert box(page).value is None
    page.switch_page("../pages/cartes.py").run()
    assert page.title[0].value == "Cartes"


def test_what_is_not_found_is_said_and_leads_to_the_catalogue(opened):
    page = typed(opened("comparer"), "zzzz")
    assert "Rien ne répond à `zzzz`" in said(page)
    assert "Catalogue des indicateurs" in labels(page)


def test_the_parts_of_pages_are_named_as_the_pages_name_them():
    views = {part.choix["vue"]: part.nom for part in PARTIES if "vue" in part.choix}
    assert set(views) == set(VUES)
    for code, name in views.items():
        assert name == f"Comparer : {VUES[code][0][0].lower()}{VUES[code][0][1:]}"


@PAR_URL
def test_a_link_with_a_former_commune_opens_the_one_that_it_joined_and_says_so(opened, info):
    page = opened(info.url, territoire="93059")
    assert [warning.value for warning in page.warning] == []
    assert [link["label"] for link in pinned(page)] == ["Ma commune : **Saint-Denis**"]
    if info.url == "portrait":
        assert page.title[0].value == "Saint-Denis"
        told = [info.value for info in page.info]
        assert "Pierrefitte-sur-Seine (93059) fait partie de Saint-Denis (93066)" in told[0].replace("\u00a0", " ")


def test_former_communes_of_a_list_are_read_the_same_way(opened):
    page = opened("comparer", territoires="93059,93014")
    assert page.multiselect[0].value == ["93066", "93014"]
    assert not page.warning


@pytest.mark.parametrize("value", ["93014.", " 93014", "93014 ", "93014)", "« 93014 »", "93014,", "93014\u00a0;"])
def test_what_a_pasted_link_drags_around_a_code_is_dropped(opened, value):
    page = opened("portrait", territoire=value)
    assert page.title[0].value == "Clichy-sous-Bois"
    assert not page.warning
    assert pinned(page)[0]["territoire"] == "93014"


def test_the_indicator_and_the_year_of_a_pasted_link_are_read_the_same_way(opened):
    page = opened("cartes", indicateur=" REV02,", annee="2021.")
    assert not page.warning
    assert "Taux de pauvreté" in said(page)
    (link,) = [link for link in page_links(page) if link["label"] == "Comparer"]
    assert (link["indicateur"], link["annee"]) == ("REV02", "2021")


def test_a_text_that_a_reader_wrote_is_left_as_it_is(opened):
    page = opened("comparer", territoires="93014,93010", nom="Nos villes (T8) !")
    assert "Nos villes (T8)" in page.subheader[0].value
