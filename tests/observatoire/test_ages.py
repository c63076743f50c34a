"""The age structure: seven bands that make a whole, compared within one year, by share."""

import pandas as pd
import pytest

from observatoire.charts.pyramid import draw_pyramid, draw_pyramid_by_sex
from observatoire.methods.ages import VARIABLES, age_sentence, age_structure, by_sex, sex_sentence
from observatoire.selections import BANDES

NAN = float("nan")


def figures(territoire: str, annee: int, shares: dict[str, float]) -> list[tuple]:
    return [(territoire, code, annee, share, share * 100, NAN, NAN) for code, share in shares.items()]


def frame_of(*rows: tuple) -> pd.DataFrame:
    columns = ["territoire", "indicateur", "annee", "valeur", "numerateur", "borne_basse", "borne_haute"]
    return pd.DataFrame(rows, columns=columns)


EGALES = dict.fromkeys(BANDES, 100 / 7)
JEUNE = {**EGALES, "DEM04": 100 / 7 + 6, "DEM05": 100 / 7 - 2, "DEM24": 100 / 7 - 4}


def test_the_year_is_the_latest_that_has_all_its_bands():
    known = frame_of(*figures("a", 2018, EGALES), *figures("a", 2022, {"DEM04": 20.0}))
    found = age_structure(known, "a")
    assert found is not None
    assert set(found["annee"]) == {2018}


def test_without_its_seven_bands_a_territory_has_no_structure():
    assert age_structure(frame_of(*figures("a", 2022, {"DEM04": 20.0})), "a") is None


def test_the_reference_is_of_the_same_year_or_left_out():
    found = age_structure(frame_of(*figures("a", 2022, JEUNE), *figures("93", 2018, EGALES)), "a", "93")
    assert found is not None
    assert found["reference"].isna().all()


def test_the_sentence_names_the_band_that_stands_out():
    found = age_structure(frame_of(*figures("a", 2022, JEUNE), *figures("93", 2022, EGALES)), "a", "93")
    assert found is not None
    assert age_sentence(found, "à Essai", "Seine-Saint-Denis") == (
        "En 2022, à Essai, la part des moins de 15 ans est plus forte qu’en Seine-Saint-Denis : 20,3\u00a0% contre "
        "14,3\u00a0%."
    )


def test_two_structures_within_a_point_are_said_to_be_alike():
    found = age_structure(frame_of(*figures("a", 2022, EGALES), *figures("93", 2022, EGALES)), "a", "93")
    assert found is not None
    assert "à moins d’un point près" in age_sentence(found, "à Essai", "Seine-Saint-Denis")


def test_the_shipped_bands_make_the_whole_population(warehouse):
    """Seven bands that add up to 100 % and to the population of 2023, for communes, EPT and the département."""
    population = warehouse.rows(
        "SELECT sum(valeur) AS n FROM fait WHERE variable = 'PMUN' AND annee = 2023"
        " AND territoire IN (SELECT code FROM territoire WHERE type = 'commune' AND code_departement = '93')"
    )[0]["n"]
    known = warehouse.figures(list(BANDES), [t.code for t in warehouse.choices])
    for territoire in warehouse.choices:
        found = age_structure(known, territoire.code, "93")
        assert found is not None
        assert found["part"].sum() == pytest.approx(100)
        assert not found["reference"].isna().any()
    whole = age_structure(known, "93")
    assert whole is not None
    assert whole["effectif"].sum() == pytest.approx(population, rel=1e-6)


def test_counts_and_shares_of_a_band_agree(warehouse):
    codes = ("DEM31", "DEM32", "DEM33", "DEM34", "DEM35", "DEM36", "DEM37")
    found = age_structure(warehouse.figures(list(BANDES), ["93014"]), "93014")
    assert found is not None
    counts = warehouse.figures(codes, ["93014"], found["annee"].unique()).set_index("indicateur")["valeur"]
    assert list(counts[list(codes)]) == pytest.approx(list(found["effectif"]))


def test_the_oldest_are_on_top_and_the_reference_is_an_outline():
    found = age_structure(frame_of(*figures("a", 2022, JEUNE), *figures("93", 2022, EGALES)), "a", "93")
    assert found is not None
    spec = draw_pyramid(found, "Essai", "Seine-Saint-Denis").to_dict(validate=True)
    bars, outline, labels = spec["layer"]
    assert bars["encoding"]["y"]["sort"][0] == "90 ans ou plus"
    assert bars["encoding"]["x"]["scale"]["domain"][0] == 0
    assert outline["mark"]["filled"] is False
    assert labels["encoding"]["text"]["field"] == "texte"
    assert spec["data"]["values"][0]["texte"] == "20,3\u00a0%"


def test_without_a_reference_no_outline_is_drawn_at_zero():
    found = age_structure(frame_of(*figures("a", 2022, JEUNE)), "a")
    assert found is not None
    spec = draw_pyramid(found, "Essai", "").to_dict(validate=True)
    assert {row["reference"] for row in spec["data"]["values"]} == {None}
    assert spec["layer"][1]["transform"] == [{"filter": "isValid(datum.reference)"}]


def facts(territoire: str, value: float, annee: int = 2023) -> list[dict]:
    return [
        {"territoire": territoire, "annee": annee, "variable": v, "valeur": value, "source": "s"} for v in VARIABLES
    ]


def test_the_pyramid_by_sex_is_the_territory_s_own_or_the_sum_of_all_its_members():
    known = [*facts("a", 10.0), *facts("b", 5.0)]
    own = by_sex(known, "a", [])
    assert own is not None
    assert (list(own["femmes"]), own["part_hommes"].sum()) == ([10.0] * 20, pytest.approx(50))
    both = by_sex(known, "ept", ["a", "b"], "a")
    assert both is not None
    assert list(both["hommes"]) == [15.0] * 20
    assert both["reference_femmes"].sum() == pytest.approx(50)
    assert by_sex(known, "ept", ["a", "b", "c"]) is None
    assert by_sex(known[1:], "a", []) is None


def test_the_census_of_2023_gives_twenty_classes_by_sex_everywhere(warehouse):
    """INSEE, recensement 2023 : 65 ans ou plus 12,47 % de la Seine-Saint-Denis, 75 ans ou plus 5,30 %."""
    found = {}
    for territoire in warehouse.choices:
        members = warehouse.members.get(territoire.code, [])
        rows = warehouse.facts(VARIABLES, [territoire.code, *members])
        frame = by_sex(rows, territoire.code, members)
        assert frame is not None, territoire.nom
        assert len(frame) == 20
        found[territoire.code] = frame
    whole = found["93"]
    people = whole["femmes"].sum() + whole["hommes"].sum()
    assert people == pytest.approx(1_704_316, abs=2)
    assert 100 * whole.loc[13:, ["femmes", "hommes"]].sum().sum() / people == pytest.approx(12.47, abs=0.005)
    assert 100 * whole.loc[15:, ["femmes", "hommes"]].sum().sum() / people == pytest.approx(5.30, abs=0.005)
    epts = sum(found[code][["femmes", "hommes"]].to_numpy() for code in warehouse.epts)
    assert epts == pytest.approx(whole[["femmes", "hommes"]].to_numpy(), abs=2)
    women = whole["femmes"][15:].sum() / (whole["femmes"][15:].sum() + whole["hommes"][15:].sum())
    assert f"{100 * women:.0f}" in sex_sentence(whole)


def test_men_are_on_the_left_women_on_the_right_the_oldest_on_top():
    frame = by_sex([*facts("a", 10.0), *facts("93", 8.0)], "a", [], "93")
    assert frame is not None
    spec = draw_pyramid_by_sex(frame, "Essai", "Seine-Saint-Denis").to_dict(validate=True)
    bars, outline, heads = spec["layer"]
    assert bars["encoding"]["y"]["sort"][0] == "95 ans ou plus"
    assert {row["sexe"]: row["x"] < 0 for row in bars["data"]["values"]} == {"hommes": True, "femmes": False}
    assert outline["transform"] == [{"filter": "isValid(datum.xr)"}]
    assert [row["mot"] for row in heads["data"]["values"]] == ["Hommes", "Femmes"]
