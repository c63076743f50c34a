"""The page of an indicator: its finding, its parts, and what it says of what is not known."""

import re

from observatoire.figures import indicator_address
from observatoire.views.indicateur.constat import finding, latest_known, place_sentence
from observatoire.views.indicateur.figures import by_age, ranking, small_map
from tests.pages.conftest import addresses, elements, page_links, said, table


def title(app) -> str:
    (found,) = app.title
    return found.value.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_title_is_the_finding_about_the_commune(opened):
    app = opened("indicateur", indicateur="REV02", territoire="93014", annee="2021")
    assert not app.warning
    assert title(app) == (
        "À Clichy-sous-Bois, le taux de pauvreté est de 42 % en 2021, soit un niveau supérieur de 14 points environ à "
        "celui de la Seine-Saint-Denis (28 %, valeur approchée). C’est le plus élevé du département, à égalité avec "
        "Aubervilliers et La Courneuve."
    )


def test_without_a_commune_it_is_about_the_departement_and_how_far_communes_go(opened):
    app = opened("indicateur", indicateur="REV02", annee="2023")
    assert title(app).startswith("En Seine-Saint-Denis, le taux de pauvreté est de 29,5 % en 2023")
    assert "va de 9,0 % (Coubron, Gournay-sur-Marne) à 45,4 % (Clichy-sous-Bois)" in title(app)


def test_an_ept_has_its_place_among_the_ept(opened):
    app = opened("indicateur", indicateur="REV02", territoire="200057867", annee="2023")
    assert title(app).endswith("C’est le plus élevé des 4 EPT.")
    lit = elements(app, ".//tr[contains(@class, 'lit')]")
    assert len(lit) == 8, "les communes de Plaine Commune"


def test_each_number_of_the_ranking_leads_to_its_trace_and_each_name_to_its_page(opened, warehouse):
    app = opened("indicateur", indicateur="EMP01", territoire="93010", annee="2023")
    found = table(app, "les 39 communes")
    assert found.head == ["Commune", "Valeur", "Rang"]
    assert found.rows[0][0] == "La Courneuve"
    traced = {(a["territoire"], a["annee"]) for a in addresses(app) if a.get("rayon") == "tracer"}
    assert traced == {(code, "2023") for code in warehouse.communes}
    assert {a["territoire"] for a in addresses(app) if a["page"] == "indicateur"} == set(warehouse.communes)
    (lit,) = elements(app, ".//tr[contains(@class, 'lit')]")
    assert "Bondy" in lit.text_content()


def test_a_number_of_people_has_a_part_of_the_whole_and_no_rank(opened):
    app = opened("indicateur", indicateur="DEM01", territoire="93010", annee="2023")
    assert "50 595 habitants en 2023, soit 3,0 % du total du département" in title(app)
    assert table(app, "les 39 communes").head == ["Commune", "Valeur"]
    assert "Un effectif n’a pas de rang" in said(app)


def test_what_is_only_known_for_the_departement_says_so(opened):
    app = opened("indicateur", indicateur="DEP15", territoire="93014")
    assert not app.warning
    assert "n’est publié que pour le département : il n’y a de chiffre ni à Clichy-sous-Bois" in app.info[0].value
    assert "528,2 M€" in title(app)
    assert "les 39 communes" not in said(app)


def test_an_indicator_of_iris_shows_those_of_the_commune(opened):
    app = opened("indicateur", indicateur="IRI02", territoire="93014", annee="2021")
    assert re.search(r"va de 25 % \(.*\) à 61 % \(.*\) parmi 9 IRIS, en 2021", title(app))
    assert "ne s’additionne pas" in app.info[0].value
    assert "les IRIS de Clichy-sous-Bois" in said(app)


def test_an_indicator_of_quartiers_prioritaires_lists_them(opened):
    app = opened("indicateur", indicateur="QPV03", territoire="200057867")
    assert "quartiers prioritaires" in title(app)
    assert len(table(app, "quartiers prioritaires de Plaine Commune").rows) == 23
    app = opened("indicateur", indicateur="QPV03", territoire="93062")
    assert "il n’y a pas de quartier prioritaire" in title(app)


def test_a_former_commune_opens_that_of_today_with_its_own_figures(opened):
    app = opened("indicateur", indicateur="REV01", territoire="93059", annee="2021")
    assert "Pierrefitte-sur-Seine (93059) fait partie de Saint-Denis (93066)" in app.info[0].value
    assert not app.warning
    assert "non calculable" in title(app)
    assert "Dernier chiffre connu à Saint-Denis : 18 130 € en 2023." in said(app)
    rows = table(app, "anciennes communes").rows
    assert any(name == "Pierrefitte-sur-Seine" and year == "2021" for name, year, _ in rows)


def test_the_same_question_by_age_or_along_incomes_is_beside(opened):
    poverty = table(opened("indicateur", indicateur="REV02", territoire="93014"), "par âge")
    assert poverty.row("moins de 30 ans")[0] == "48\u00a0%"
    assert len(poverty.rows) == 7
    assert "des plus modestes aux plus aisés" in said(opened("indicateur", indicateur="REV01", territoire="93014"))
    assert "Âges et sexes à Bondy" in said(opened("indicateur", indicateur="DEM04", territoire="93010"))


def test_the_card_of_the_indicator_is_there(opened, warehouse):
    app = opened("indicateur", indicateur="EMP01", territoire="93010")
    card = warehouse.indicateurs["EMP01"]
    told = said(app)
    for text in (card.definition, card.precaution, card.comparabilite, card.sens_pourquoi):
        assert text.replace("\u00a0", " ").replace("\u202f", " ") in told
    assert "Sources INSEE" in told or "INSEE, Recensement" in told


def test_a_link_to_another_page_does_not_complain_of_an_indicator_of_another_level(opened):
    for url in ("cartes", "portrait", "comparer", "donnees"):
        assert [w.value for w in opened(url, indicateur="QPV03").warning] == [], url


def test_numbers_of_other_pages_lead_here(opened):
    app = opened("portrait", territoire="93014", theme="revenus_precarite")
    links = [a for a in addresses(app) if a["page"] == "indicateur"]
    assert {"REV01", "REV02"} <= {a["indicateur"] for a in links}
    assert {a["territoire"] for a in links} == {"93014"}
    assert table(app, "Revenus").line("Taux de pauvreté").find(".//a") is not None
    assert {a["indicateur"] for a in addresses(opened("")) if a["page"] == "indicateur"} >= {"REV02", "DEM01"}
    app = opened("cartes", indicateur="EMP01")
    assert any(a["page"] == "indicateur" and a["territoire"] == "93010" for a in addresses(app))
    assert any(link["page"].endswith("indicateur") and link["label"].startswith("Tout") for link in page_links(app))
    app = opened("donnees", rayon="indicateurs", fiche="QPV03")
    (link,) = [link for link in page_links(app) if link["label"] == "Tout sur cet indicateur"]
    assert link["indicateur"] == "QPV03"


def test_the_address_of_an_indicator():
    assert indicator_address("REV02", "93014") == "indicateur?territoire=93014&indicateur=REV02"
    assert indicator_address("{}") == "indicateur?indicateur={}"


def test_a_place_is_a_sentence():
    assert place_sentence("–") == ""
    assert place_sentence("le plus bas du département") == "C’est le plus bas du département."
    uncertain = "place incertaine parmi les 39 communes (2ᵉ à 22ᵉ)"
    assert place_sentence(uncertain) == "Sa place parmi les 39 communes est incertaine (2ᵉ à 22ᵉ)."


def test_indicators_of_every_level_have_a_finding(warehouse):
    """With or without a figure, one territory in turn: sentences in French, never a word of Python."""
    wrong, places = [], ("93", "200057867", "93014", "93066", "93015")
    for n, card in enumerate(list(warehouse.every_indicator.values())[::4]):
        found = finding(warehouse, card.code, places[n % len(places)], card.derniere)
        words = " ".join((found.titre, *found.absences))
        if not found.phrase.endswith(".") or re.search(r"\b(nan|nat|None)\b", words):
            wrong.append((card.code, found.titre))
    assert wrong == []


def test_a_map_and_a_ranking_are_those_of_a_year_that_communes_have(warehouse):
    card = warehouse.indicateurs["REV02"]
    figure, content = small_map(warehouse, "REV02", "93014", 2021)
    assert "entouré : Clichy-sous-Bois" in figure.sous_titre
    assert len(content.lieux) == 39
    assert small_map(warehouse, "REV02", "93014", 1999) is None
    assert ranking(warehouse, "DEP15", "93", 2019) is None
    made = ranking(warehouse, "REV02", "93014", card.derniere)
    values = made.figure.table["%"].dropna()
    assert list(values) == sorted(values, reverse=True)


def test_bands_of_age_are_of_one_year(warehouse):
    made = by_age(warehouse, "REV02", warehouse.territoires["93014"])
    assert "2021" in made.sous_titre
    assert made.table["Âge"].iloc[0] == "tous les âges"
    assert by_age(warehouse, "REV02", warehouse.territoires["200057867"]) is None


def test_the_page_opens_on_the_latest_year_that_is_known_there(warehouse):
    """Poverty by age stops in 2021; the deciles of an EPT are never published: the card's own year then."""
    assert latest_known(warehouse, "REV38", "93014") == 2021
    assert latest_known(warehouse, "IRI02", "93014") == 2021
    assert latest_known(warehouse, "DEP15", "93014") == warehouse.every_indicator["DEP15"].derniere
    known = warehouse.figures(["REV01"], ["200057867"])["valeur"].notna().any()
    assert not known
    assert latest_known(warehouse, "REV01", "200057867") == warehouse.indicateurs["REV01"].derniere
