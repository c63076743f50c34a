"""The age structure: seven bands that make a whole, compared within one year, by share."""

import pandas as pd
import pytest

from observatoire.charts.pyramid import draw_pyramid
from observatoire.methods.ages import BANDES, age_sentence, age_structure

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


def test_the_shipped_bands_make_the_whole_population(house):
    """Seven bands that add up to 100 % and to the census population, for communes, EPT and the département."""
    population = house.rows(
        "SELECT sum(valeur) AS n FROM fait WHERE variable = 'P{aa}_POP' AND annee = 2022 AND source = 'insee_rp_2022'"
        " AND territoire IN (SELECT code FROM territoire WHERE type = 'commune' AND code_departement = '93')"
    )[0]["n"]
    known = house.figures(list(BANDES), [t.code for t in house.choices])
    for territoire in house.choices:
        found = age_structure(known, territoire.code, "93")
        assert found is not None
        assert found["part"].sum() == pytest.approx(100)
        assert not found["reference"].isna().any()
    whole = age_structure(known, "93")
    assert whole is not None
    assert whole["effectif"].sum() == pytest.approx(population, rel=1e-6)


def test_counts_and_shares_of_a_band_agree(house):
    codes = ("DEM31", "DEM32", "DEM33", "DEM34", "DEM35", "DEM36", "DEM37")
    counts = house.figures(codes, ["93014"]).set_index("indicateur")["valeur"]
    found = age_structure(house.figures(list(BANDES), ["93014"]), "93014")
    assert found is not None
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
