"""Sources et méthode, run by Streamlit's own harness: each part says what it must, from the shipped figures."""

import pytest

from observatoire.methods.catalogue import coverage_words, gaps_of, search
from observatoire.warehouse.catalogue import cards, coverage
from tests.pages.test_pages import run, words  # noqa: F401 — « run » is a fixture


def html(app) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def test_a_traced_figure_shows_value_file_formula_and_query(run):  # noqa: F811
    """Unemployment in Plaine Commune, 2022, from the address alone."""
    app = run("donnees", territoire="200057867", indicateur="EMP01", annee="2022")
    assert not app.exception
    assert "18,1\u00a0%" in words(app)
    assert "c’est le chiffre de l’entrepôt" in words(app)
    assert "comparateur/base_cc_comparateur_2025_extrait93.csv" in html(app)
    assert "P22_CHOM1564" in html(app)
    assert "JOIN fait" in app.code[0].value


def test_a_traced_commune_has_its_interval_and_its_rank_with_it(run):  # noqa: F811
    """Census figures have intervals, so the rank is a range; Filosofi gives none, and the rank says so."""
    said = words(run("donnees", rayon="tracer", territoire="93010", indicateur="EMP01", annee="2022"))
    assert "Intervalle à 95\u00a0% : de " in said.replace("\u00a0:", " :")
    assert "sur 39 communes, entre la" in said
    assert "indicatif" in said
    said = words(run("donnees", rayon="tracer", territoire="93010", indicateur="REV02", annee="2021"))
    assert "Rang sans intervalle" in said


def test_an_ept_or_a_number_of_people_has_no_rank(run):  # noqa: F811
    for territoire, indicateur in (("200057867", "EMP01"), ("93010", "DEM01")):
        app = run("donnees", rayon="tracer", territoire=territoire, indicateur=indicateur, annee="2022")
        assert "communes, " not in words(app).split("D’où il vient")[0]
        assert "Rang" not in words(app)


def test_a_figure_of_an_iris_is_traced_from_the_address_alone(run):  # noqa: F811
    """Robespierre, in Aubervilliers: poverty in 2019, read as published; the commune alone goes on to other pages."""
    asked = {"territoire": "93001", "quartier": "930010101", "fiche": "IRI02", "millesime": "2019"}
    app = run("donnees", rayon="tracer", echelon="iris", **asked)
    assert not app.exception
    assert not app.warning
    assert "Robespierre" in app.subheader[0].value
    assert "c’est le chiffre de l’entrepôt" in words(app)
    assert "930010101" in app.code[0].value
    menu = next(e.proto.query_string for e in app.get("page_link") if e.proto.page.endswith("portrait"))
    assert "territoire=93001" in menu
    assert not any(name in menu for name in ("IRI02", "quartier", "millesime", "echelon"))


def test_a_figure_of_a_quartier_prioritaire_is_traced_too(run):  # noqa: F811
    said = words(run("donnees", rayon="tracer", echelon="qpv", territoire="93014", fiche="QPV12"))
    assert "Numérateur ÷ dénominateur, × 100, sur ce seul territoire." in said
    app = run("donnees", rayon="tracer", echelon="qpv", territoire="93014", fiche="QPV03")
    assert not app.exception
    assert not app.warning
    assert "QP093" in app.selectbox(key="_quartier").options[0]
    assert "c’est le chiffre de l’entrepôt" in words(app)


def test_a_quartier_of_another_commune_is_told_and_replaced(run):  # noqa: F811
    app = run("donnees", rayon="tracer", echelon="iris", territoire="93001", quartier="930480101", fiche="IRI02")
    assert ["930480101" in warning.value for warning in app.warning] == [True]


def test_another_figure_of_the_theme_or_of_the_map_is_one_click_away(run, house):  # noqa: F811
    text = html(run("donnees", rayon="tracer", territoire="93010", indicateur="EMP01", annee="2022"))
    year = house.indicateurs["EMP04"].derniere
    assert f"rayon=tracer&amp;territoire=93010&amp;indicateur=EMP04&amp;annee={year}" in text
    assert all(f"territoire={c}&amp;indicateur=EMP01&amp;annee=2022" in text for c in house.communes if c != "93010")


def test_a_figure_of_france_is_traced_too(run, house):  # noqa: F811
    known = house.figures(["REV14"], ["FR"]).dropna(subset=["valeur"])
    year = known["annee"].max()
    app = run("donnees", rayon="tracer", territoire="FR", indicateur="REV14", annee=str(year))
    assert not app.warning
    assert "c’est le chiffre de l’entrepôt" in words(app)


def test_an_absence_is_traced_to_the_figures_that_explain_it(run):  # noqa: F811
    app = run("donnees", rayon="tracer", territoire="93066", indicateur="REV01", annee="2021")
    assert "n. calc." in words(app)
    assert "Pierrefitte-sur-Seine" in html(app)


def test_the_corrections_say_before_and_after(run):  # noqa: F811
    app = run("donnees", rayon="corrections")
    said, tables = words(app).replace("\u00a0", " "), html(app).replace("\u00a0", " ")
    assert "28 novembre 2026" in said
    assert "Paris deux fois" in said
    for text in ("14,1", "12,4", "n’est plus montré", "L’Île-Saint-Denis"):
        assert text in tables, text


@pytest.mark.parametrize(
    "part", ["indicateurs", "tracer", "sources", "qualite", "corrections", "methodes", "telecharger", "api"]
)
def test_each_part_opens_alone(run, part):  # noqa: F811
    app = run("donnees", rayon=part)
    assert not app.exception
    assert not app.error
    assert len(app.get("download_button")) == (4 if part == "telecharger" else 0)


def test_a_card_has_all_its_fields(run, house):  # noqa: F811
    app = run("donnees", rayon="indicateurs", fiche="EMP01")
    text = html(app)
    card = next(c for c in cards(house) if c["code"] == "EMP01")
    for field in ("Numérateur", "Dénominateur", "Sens", "Précautions", "Comparabilité dans le temps", "P{aa}_CHOM1564"):
        assert field in text
    assert card["sens_pourquoi"][:30] in text.replace("\u00a0", " ")


def test_the_catalogue_lists_every_level_and_filters_them(run, house):  # noqa: F811
    whole = html(run("donnees", rayon="indicateurs"))
    assert all(f"fiche={card['code']}" in whole for card in cards(house))
    iris = html(run("donnees", rayon="indicateurs", portee="iris"))
    assert "fiche=IRI02" in iris
    assert "fiche=REV02" not in iris
    waiting = html(run("donnees", rayon="indicateurs", portee="commune", etat="en_attente"))
    assert "fiche=FIN07" in waiting
    assert "fiche=DEM01" not in waiting


def test_a_search_is_kept_by_the_address_and_by_its_links(run):  # noqa: F811
    app = run("donnees", rayon="indicateurs", mots="pauvreté", portee="qpv")
    assert "portee=qpv" in html(app)
    assert "mots=pauvret%C3%A9" in html(app)


@pytest.mark.parametrize("code", ["IRI01", "IRI41", "NUM01", "QPV03", "QPV17"])
def test_the_page_of_an_indicator_below_the_commune_is_whole(run, house, code):  # noqa: F811
    app = run("donnees", rayon="indicateurs", fiche=code)
    assert not app.exception
    assert not app.warning
    text = html(app)
    for field in ("Niveau", "Sources", "Précautions", "Ne s’additionne pas", f"observations?indicateur={code}"):
        assert field in text
    card = house.every_indicator[code]
    assert f"chiffre en {card.derniere}" in words(app).replace("\u00a0", " ")
    link = next(e.proto.query_string for e in app.get("page_link") if "echelon=" in e.proto.query_string)
    assert f"fiche={code}" in link


def test_the_coverage_map_says_a_year_or_counts_them(run):  # noqa: F811
    said = words(run("donnees", rayon="indicateurs", fiche="REV01", couverture="2021")).replace("\u00a0", " ")
    assert "Communes avec un chiffre en 2021 : 38 sur 39" in said
    app = run("donnees", rayon="indicateurs", fiche="REV01", couverture="toutes")
    assert "Nombre d’années avec un chiffre" in words(app)
    assert not app.warning


def test_the_page_of_an_indicator_ranks_the_chosen_commune(run):  # noqa: F811
    said = words(run("donnees", rayon="indicateurs", fiche="EMP01", territoire="93010"))
    assert "**Bondy, 2023**" in said
    assert "sur 39 communes" in said


def test_a_waiting_indicator_names_its_partner_and_file(run, house):  # noqa: F811
    waiting = next(card for card in cards(house) if card["etat"] == "en_attente")
    app = run("donnees", rayon="indicateurs", fiche=waiting["code"])
    assert not app.exception
    said = " ".join(app.info[0].value.split())
    assert " ".join(waiting["partenaire"].split()) in said
    assert " ".join(waiting["fichier_attendu"].split()) in said


def test_the_catalogue_is_searched_without_accents_and_by_column(house):
    found = cards(house)
    assert "EMP01" in {card["code"] for card in search(found, "chomage RECENSEMENT")}
    assert {card["code"] for card in search(found, "caf_rsa.rsa")} >= {"REV14"}
    assert {card["code"] for card in search(found, "P22_CHOM1564")} >= {"EMP01"}, "a column of the files of 2022"
    assert search(found, "licorne") == []
    assert len(search(found, "")) == len(found) >= 290
    assert {card["code"][:3] for card in search(found, "pauvreté", "qpv")} == {"QPV"}
    assert {card["etat"] for card in search(found, "", etat="en_attente")} == {"en_attente"}


def test_the_coverage_counts_what_is_absent_and_says_why(house):
    """Filosofi 2021: the merged commune has no median; the 38 others have one."""
    rows = {year: (count, why) for year, count, why in coverage_words(coverage(house, "REV01"))}
    count, why = rows["2021"]
    assert count == "38 sur 39"
    assert "Saint-Denis" in why
    assert "non calculable" in why


def test_a_commune_of_another_departement_is_traced_too(run):  # noqa: F811
    """Boulogne-Billancourt can stand in a comparison: its figure has an origin like the others."""
    app = run("donnees", rayon="tracer", territoire="92012", indicateur="REV02", annee="2021")
    assert not app.warning
    assert "c’est le chiffre de l’entrepôt" in words(app)


def test_each_view_of_a_comparison_leads_to_its_own_figure(run):  # noqa: F811
    """The link opens the indicator that is shown, not the one that another page had."""
    app = run("comparer", vue="repartition", territoires="93010,93014", indicateur="EMP01")
    links = [e.proto.query_string for e in app.get("page_link") if "rayon=tracer" in e.proto.query_string]
    assert links
    assert all("indicateur=EMP01" in link and "territoire=93010" in link for link in links)


def test_the_gaps_of_a_check_are_told_one_by_one_with_the_label_of_their_indicator(house):
    detail = "2 écarts sur 40 couples\u00a0: REV01 2017 : 0 commune sur 39 ; XYZ99 2018 : autre chose"
    scope, gaps = gaps_of(detail, {"REV01": "Niveau de vie médian"})
    assert scope == "2 écarts sur 40 couples"
    assert gaps == ["Niveau de vie médian (REV01) 2017 : 0 commune sur 39", "XYZ99 2018 : autre chose"]
    assert gaps_of("aucun écart sur 40 couples", {}) == ("aucun écart sur 40 couples", [])


def test_each_check_that_found_gaps_offers_them(run, house):  # noqa: F811
    app = run("donnees", rayon="qualite")
    found = house.rows("SELECT libelle, detail FROM controle WHERE resultat = 'ecart'")
    assert len(app.expander) == len(found) > 0
    count = gaps_of(found[0]["detail"], {})[0].replace("\u00a0", " ")
    assert any(count in expander.label.replace("\u00a0", " ") for expander in app.expander)
