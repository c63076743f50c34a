"""Sources et méthode, run by Streamlit's own harness: each part says what it must, from the shipped figures."""

import re

import pytest

from observatoire.methods.catalogue import coverage_words, gaps_of, search
from observatoire.warehouse.catalogue import cards, coverage
from tests.pages.conftest import addresses, of_class, page_links, read, stories, table, tables


def fields(app) -> dict[str, str]:
    """The card of an indicator: name of a field → what it says."""
    (card,) = of_class(app, "obs-fiche")
    return {read(name): read(name.getnext()) for name in card.findall("dt")}


def listed(app) -> set[str]:
    """The codes of the indicators that the catalogue lists."""
    return {link["fiche"] for link in addresses(app) if "fiche" in link}


def test_a_traced_figure_shows_value_file_formula_and_query(opened):
    """Unemployment in Plaine Commune, 2022, from the address alone."""
    app = opened("donnees", territoire="200057867", indicateur="EMP01", annee="2022")
    assert "18,1 %" in stories(app)
    assert "c’est le chiffre de l’entrepôt" in stories(app)
    assert "comparateur/base_cc_comparateur_2025_extrait93.csv" in table(app, "Sources de ce chiffre").rows[0]
    assert "P22_CHOM1564" in table(app, "Formule").row("Numérateur")
    assert "JOIN fait" in app.code[0].value


def test_a_traced_commune_has_its_interval_and_its_rank_with_it(opened):
    """Census figures have intervals, so the rank is a range; Filosofi gives none, and the rank says so."""
    told = stories(opened("donnees", rayon="tracer", territoire="93010", indicateur="EMP01", annee="2022"))
    assert "Intervalle à 95 % : de " in told
    assert "Rang : place incertaine parmi les 39 communes (2ᵉ à 21ᵉ), avec 95 % de confiance" in told
    assert "indicatif" in told
    told = stories(opened("donnees", rayon="tracer", territoire="93010", indicateur="REV02", annee="2021"))
    assert "Rang : le 8ᵉ plus élevé des 39 communes, à égalité avec Le Bourget. Sans intervalle" in told


def test_an_ept_or_a_number_of_people_has_no_rank(opened):
    for territoire, indicateur in (("200057867", "EMP01"), ("93010", "DEM01")):
        app = opened("donnees", rayon="tracer", territoire=territoire, indicateur=indicateur, annee="2022")
        assert "communes, " not in stories(app).split("D’où il vient")[0]
        assert "Rang" not in stories(app)


def test_a_figure_of_an_iris_is_traced_from_the_address_alone(opened):
    """Robespierre, in Aubervilliers: poverty in 2019, read as published; the commune alone goes on to other pages."""
    asked = {"territoire": "93001", "quartier": "930010101", "fiche": "IRI02", "millesime": "2019"}
    app = opened("donnees", rayon="tracer", echelon="iris", **asked)
    assert not app.warning
    assert "Robespierre" in app.header[0].value
    assert "c’est le chiffre de l’entrepôt" in stories(app)
    assert "930010101" in app.code[0].value
    menu = next(link for link in page_links(app) if link["page"].endswith("portrait"))
    assert menu["territoire"] == "93001"
    assert not {"quartier", "millesime", "echelon", "fiche"} & set(menu)
    assert "IRI02" not in menu.values()


def test_a_figure_of_a_quartier_prioritaire_is_traced_too(opened):
    told = stories(opened("donnees", rayon="tracer", echelon="qpv", territoire="93014", fiche="QPV12"))
    assert "Numérateur ÷ dénominateur, × 100, sur ce seul territoire." in told
    app = opened("donnees", rayon="tracer", echelon="qpv", territoire="93014", fiche="QPV03")
    assert not app.warning
    assert "QP093" in app.selectbox(key="_quartier").options[0]
    assert "c’est le chiffre de l’entrepôt" in stories(app)


def test_a_quartier_of_another_commune_is_told_and_replaced(opened):
    app = opened("donnees", rayon="tracer", echelon="iris", territoire="93001", quartier="930480101", fiche="IRI02")
    assert ["930480101" in warning.value for warning in app.warning] == [True]


def test_another_figure_of_the_theme_or_of_the_map_is_one_click_away(opened, warehouse):
    app = opened("donnees", rayon="tracer", territoire="93010", indicateur="EMP01", annee="2022")
    links = [link for link in addresses(app) if link.get("rayon") == "tracer"]
    found = {(link["territoire"], link["indicateur"], link["annee"]) for link in links}
    assert ("93010", "EMP04", str(warehouse.indicateurs["EMP04"].derniere)) in found
    assert {(code, "EMP01", "2022") for code in warehouse.communes if code != "93010"} <= found


def test_a_figure_of_france_is_traced_too(opened, warehouse):
    known = warehouse.figures(["REV14"], ["FR"]).dropna(subset=["valeur"])
    year = known["annee"].max()
    app = opened("donnees", rayon="tracer", territoire="FR", indicateur="REV14", annee=str(year))
    assert not app.warning
    assert "c’est le chiffre de l’entrepôt" in stories(app)


def test_an_absence_is_traced_to_the_figures_that_explain_it(opened):
    app = opened("donnees", rayon="tracer", territoire="93066", indicateur="REV01", annee="2021")
    assert "n. calc." in stories(app)
    assert any("Pierrefitte-sur-Seine" in cell for found in tables(app) for row in found.rows for cell in row)


def test_the_corrections_say_before_and_after(opened):
    app = opened("donnees", rayon="corrections")
    told = stories(app)
    assert "28 novembre 2026" in told
    assert "Paris deux fois" in told
    cells = {cell for found in tables(app) for row in found.rows for cell in row}
    for text in ("14,1", "12,4", "n’est plus montré", "L’Île-Saint-Denis"):
        assert text in cells, text


@pytest.mark.parametrize(
    "part", ["indicateurs", "tracer", "sources", "qualite", "corrections", "methodes", "telecharger", "api"]
)
def test_each_part_opens_alone(opened, part):
    app = opened("donnees", rayon=part)
    assert not app.error
    assert len(app.get("download_button")) == (2 if part == "telecharger" else 0)
    # The two that take long are prepared first.
    prepared = [button.label for button in app.button if button.label.startswith("Préparer")]
    assert prepared == (["Préparer : CSV", "Préparer : XLSX"] if part == "telecharger" else [])


def test_a_card_has_all_its_fields(opened, warehouse):
    app = opened("donnees", rayon="indicateurs", fiche="EMP01")
    card = next(c for c in cards(warehouse) if c["code"] == "EMP01")
    found = fields(app)
    assert {"Numérateur", "Dénominateur", "Sens", "Précautions", "Comparabilité dans le temps"} <= set(found)
    assert "P{aa}_CHOM1564" in found["Numérateur"]
    assert found["Sens"].endswith(card["sens_pourquoi"])
    assert found["Précautions"] == card["precaution"]


def test_the_catalogue_lists_every_level_and_filters_them(opened, warehouse):
    assert listed(opened("donnees", rayon="indicateurs")) == {card["code"] for card in cards(warehouse)}
    iris = listed(opened("donnees", rayon="indicateurs", portee="iris"))
    assert "IRI02" in iris
    assert "REV02" not in iris
    waiting = listed(opened("donnees", rayon="indicateurs", portee="commune", etat="en_attente"))
    assert "FIN07" in waiting
    assert "DEM01" not in waiting


def test_a_search_is_kept_by_the_address_and_by_its_links(opened):
    app = opened("donnees", rayon="indicateurs", mots="pauvreté", portee="qpv")
    assert ("qpv", "pauvreté") in {(link.get("portee"), link.get("mots")) for link in addresses(app)}


@pytest.mark.parametrize("code", ["IRI01", "IRI41", "NUM01", "QPV03", "QPV17"])
def test_the_page_of_an_indicator_below_the_commune_is_whole(opened, warehouse, code):
    app = opened("donnees", rayon="indicateurs", fiche=code)
    assert not app.warning
    found = fields(app)
    assert {"Niveau", "Sources", "Précautions"} <= set(found)
    assert "Ne s’additionne pas" in found["Aux niveaux supérieurs"]
    downloads = [link for link in addresses(app) if link["page"].endswith("/observations")]
    assert downloads
    assert {link["indicateur"] for link in downloads} == {code}
    card = warehouse.every_indicator[code]
    assert f"chiffre en {card.derniere}" in stories(app)
    assert next(link for link in page_links(app) if "echelon" in link)["fiche"] == code


def test_the_coverage_map_says_a_year_or_counts_them(opened):
    told = stories(opened("donnees", rayon="indicateurs", fiche="REV01", couverture="2021"))
    assert "Communes avec un chiffre en 2021 : 38 sur 39" in told
    app = opened("donnees", rayon="indicateurs", fiche="REV01", couverture="toutes")
    assert "Nombre d’années avec un chiffre" in stories(app)
    assert not app.warning


def test_the_page_of_an_indicator_ranks_the_chosen_commune(opened):
    told = stories(opened("donnees", rayon="indicateurs", fiche="EMP01", territoire="93010"))
    assert re.search(r"\*\*Bondy, 2023\*\* : [\d,]+ % — .* des 39 communes \(2ᵉ à 20ᵉ\)", told)


def test_a_waiting_indicator_names_its_partner_and_file(opened, warehouse):
    waiting = next(card for card in cards(warehouse) if card["etat"] == "en_attente")
    app = opened("donnees", rayon="indicateurs", fiche=waiting["code"])
    told = " ".join(app.info[0].value.split())
    assert " ".join(waiting["partenaire"].split()) in told
    assert " ".join(waiting["fichier_attendu"].split()) in told


def test_the_catalogue_is_searched_without_accents_and_by_column(warehouse):
    found = cards(warehouse)
    assert "EMP01" in {card["code"] for card in search(found, "chomage RECENSEMENT")}
    assert {card["code"] for card in search(found, "caf_rsa.rsa")} >= {"REV14"}
    assert {card["code"] for card in search(found, "P22_CHOM1564")} >= {"EMP01"}, "a column of the files of 2022"
    assert search(found, "licorne") == []
    assert search(found, "") == found
    assert {card["code"][:3] for card in search(found, "pauvreté", "qpv")} == {"QPV"}
    assert {card["etat"] for card in search(found, "", etat="en_attente")} == {"en_attente"}


def test_the_coverage_counts_what_is_absent_and_says_why(warehouse):
    """Filosofi 2021: the merged commune has no median; the 38 others have one."""
    rows = {year: (count, why) for year, count, why in coverage_words(coverage(warehouse, "REV01"))}
    count, why = rows["2021"]
    assert count == "38 sur 39"
    assert "Saint-Denis" in why
    assert "non calculable" in why


def test_a_commune_of_another_departement_is_traced_too(opened):
    """Boulogne-Billancourt can stand in a comparison: its figure has an origin like the others."""
    app = opened("donnees", rayon="tracer", territoire="92012", indicateur="REV02", annee="2021")
    assert not app.warning
    assert "c’est le chiffre de l’entrepôt" in stories(app)


def test_each_view_of_a_comparison_leads_to_its_own_figure(opened):
    """The link opens the indicator that is shown, not the one that another page had."""
    app = opened("comparer", vue="repartition", territoires="93010,93014", indicateur="EMP01")
    links = [link for link in page_links(app) if link.get("rayon") == "tracer"]
    assert links
    assert {(link["indicateur"], link["territoire"]) for link in links} == {("EMP01", "93010")}


def test_the_gaps_of_a_check_are_told_one_by_one_with_the_label_of_their_indicator(warehouse):
    found = [("2017 : 0 commune sur 39", ["REV01"]), (": autre chose ; encore REV01", ["XYZ99"]), ("sans code", [])]
    check = {"examines": 40, "objet": "couple", "ecarts": [{"texte": t, "indicateurs": codes} for t, codes in found]}
    scope, gaps = gaps_of(check, {"REV01": "Niveau de vie médian"})
    assert scope.replace("\u00a0", " ") == "3 écarts sur 40 couples"
    assert [gap.replace("\u00a0", " ") for gap in gaps] == [
        "Niveau de vie médian (REV01) 2017 : 0 commune sur 39",
        "XYZ99 : autre chose ; encore REV01",
        "sans code",
    ]
    assert gaps_of(check | {"ecarts": []}, {}) == ("aucun écart sur 40\u00a0couples", [])
    many = gaps_of(check | {"ecarts": check["ecarts"] * 10}, {})[1]
    assert len(many) == 21
    assert many[-1].replace("\u00a0", " ") == "et 10 autres"


def test_each_check_that_found_gaps_offers_them(opened, warehouse):
    app = opened("donnees", rayon="qualite")
    found = warehouse.rows("SELECT * FROM controle WHERE resultat = 'ecart'")
    assert len(app.expander) == len(found) > 0
    count = gaps_of(found[0], {})[0].replace("\u00a0", " ")
    assert any(count in expander.label.replace("\u00a0", " ") for expander in app.expander)
