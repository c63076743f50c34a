"""Inside a territory: quarters, families, incomes; nothing added that does not add up."""

import pandas as pd
import pytest

from observatoire.charts.inside import draw_incomes, draw_parts
from observatoire.methods.inside import BOITE, FAMILLES, family_rows, income_rows, latest, quarters_sentence
from observatoire.selections import QUANTILES
from tests.observatoire.cards import card


def quarters(*rows):
    return pd.DataFrame(rows, columns=["nom", "valeur", "statut"]).astype({"valeur": float})


def said(rows):
    return quarters_sentence(rows, card(), 2019).replace("\u00a0", " ").replace("\u202f", " ")


def test_quarters_are_told_from_the_lowest_to_the_highest():
    rows = quarters(("Nord", 40.0, "publie"), ("Sud", 16.0, "publie"), ("Est", None, "secret"))
    assert said(rows) == "En 2019, parmi 2 IRIS, de 16,0 % (Sud) à 40,0 % (Nord), 2,5 fois plus ; 1 sans chiffre."


def test_one_quarter_or_none_is_said_plainly():
    assert said(quarters(("Nord", 40.0, "publie"), ("Est", None, "secret"))) == (
        "En 2019, un seul IRIS a un chiffre : 40,0 % (Nord) ; 1 sans chiffre."
    )
    assert said(quarters(("Nord", None, "secret"))) == "Le seul IRIS n’a pas de chiffre en 2019."
    assert said(quarters(("Nord", None, "secret"), ("Sud", None, "secret"))) == (
        "Aucun des 2 IRIS n’a de chiffre en 2019."
    )


def test_no_ratio_over_zero():
    assert "fois plus" not in said(quarters(("Nord", 40.0, "publie"), ("Sud", 0.0, "publie")))


def figures(*rows):
    return pd.DataFrame(rows, columns=["territoire", "indicateur", "annee", "valeur"]).astype({"valeur": float})


def spread(place, year, start):
    return [(place, code, year, start + 1000 * n) for n, code in enumerate(QUANTILES)]


def test_incomes_are_of_the_latest_year_that_has_them_all():
    rows = [*spread("a", 2018, 8000), *spread("a", 2019, 9000), *spread("d", 2019, 9500), ("a", "REV01", 2021, 15000)]
    frame, year = income_rows(figures(*rows), {"a": "Ville", "b": "EPT", "d": "Département"})
    assert year == 2019
    assert list(frame["nom"]) == ["Ville", "Département"]
    assert list(frame["REV34"]) == [19000, 19500]
    drawn = frame.assign(lit=frame["nom"] == "Ville", ancienne=False)
    assert list(draw_incomes(drawn, QUANTILES, BOITE).to_dict(validate=True)["layer"])


def test_a_territory_without_deciles_has_no_line():
    frame, year = income_rows(figures(("a", "REV01", 2021, 15000)), {"a": "Ville"})
    assert (len(frame), year) == (0, 0)


def test_couples_without_children_are_what_is_left_of_100_families():
    rows = figures(("a", "FAM01", 2022, 20.0), ("a", "FAM19", 2022, 45.5), ("b", "FAM01", 2022, 30.0))
    frame, year = family_rows(rows, {"a": "Ville", "b": "Autre"})
    assert year == 2022
    assert list(frame["part"]) == list(FAMILLES.values())
    assert list(frame["valeur"]) == [20.0, 45.5, 34.5]
    assert draw_parts(frame.assign(texte="x")).to_dict(validate=True)
    assert family_rows(figures(), {"a": "Ville"})[0].empty


def test_the_latest_year_of_each_indicator():
    assert latest(figures(("a", "X", 2018, 1.0), ("a", "X", 2019, None), ("b", "X", 2020, 1.0)), ["a"]) == {"X": 2018}


# ---- the shipped figures


def test_families_of_a_commune_add_up_to_the_census(warehouse):
    row = warehouse.figures(["FAM01"], ["93014"], [2022]).iloc[0]
    other = warehouse.figures(["FAM19"], ["93014"], [2022]).iloc[0]
    assert row["denominateur"] == other["denominateur"]
    frame, _ = family_rows(warehouse.figures(["FAM01", "FAM19"], ["93014"]), {"93014": "Clichy-sous-Bois"})
    left = row["denominateur"] - row["numerateur"] - other["numerateur"]
    assert frame["valeur"].iloc[2] == pytest.approx(100 * left / row["denominateur"])


def test_the_quarters_of_a_commune_and_of_an_ept(warehouse):
    iris = warehouse.inside(["93014"], "iris")
    assert len(iris) == 13
    assert iris["geojson"].notna().all()
    assert len(warehouse.inside(["93015"], "iris")) == 1
    qpv = warehouse.inside(["93014"], "qpv")
    assert list(qpv["code"]) == ["QN09303M", "QP093003"]
    assert list(qpv["communes"].iloc[0]) == ["93014", "93047"]
    assert set(warehouse.cards_below("iris")["IRI02"].annees) == {2014, 2015, 2016, 2018, 2019, 2021}
    assert warehouse.equivalent("IRI02") == "REV02"
    assert warehouse.equivalent("IRI20") is None


def test_the_merged_commune_is_seen_through_its_former_ones(warehouse):
    former = warehouse.former_names("93066")
    assert set(former) == {"93059", "93066_2024"}
    frame, year = income_rows(
        warehouse.figures(list(QUANTILES), [*former, "93"]), {**former, "93": "Seine-Saint-Denis"}
    )
    assert len(frame) == 3
    assert year == 2019
