"""Sources et méthode, run by Streamlit's own harness: each part says what it must, from the shipped figures."""

import pytest

from observatoire.methods.catalogue import cards, coverage, coverage_words, search
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


@pytest.mark.parametrize("part", ["indicateurs", "tracer", "sources", "qualite", "methodes", "telecharger", "api"])
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
    assert search(found, "licorne") == []
    assert len(search(found, "")) == len(found) >= 110


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
