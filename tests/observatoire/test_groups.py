"""Groups as references: Σ/Σ or refused, medians of communes, one commune left out."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from observatoire.methods.groups import (
    AUTRES,
    ENSEMBLE,
    MEDIANE,
    Reference,
    reference_rows,
    same_size,
    size_band,
)
from observatoire.records import Indicateur


def card(code: str = "TAUX", agregation: str = "ratio", **changes) -> Indicateur:
    base = Indicateur(
        code, "emploi", ("tous",), "Taux", "Définition.", "%", 1, "defavorable", "Parce que.", agregation, True, False,
        "chômeurs", "chômeurs", "actifs", "actifs", None, None, None, (2021,), facteur=100.0,
    )  # fmt: skip
    return dataclasses.replace(base, **changes)


def figures(*rows: tuple) -> pd.DataFrame:
    """territoire, numerateur, denominateur, valeur, statut — indicator TAUX, 2021."""
    frame = pd.DataFrame(rows, columns=["territoire", "numerateur", "denominateur", "valeur", "statut"])
    return frame.assign(indicateur="TAUX", annee=2021)


# Rates 10 %, 50 % and 20 % on 1 000, 100 and 500 people: their mean is 26,7, the group is 250/1 600 = 15,6 %.
TROIS = figures(("a", 100, 1000, 10.0, "calcule"), ("b", 50, 100, 50.0, "calcule"), ("c", 100, 500, 20.0, "calcule"))
CARDS = {"TAUX": card()}


def values(frame: pd.DataFrame, code: str, membres: str = "abc", cards=CARDS, territoires: str = "abc") -> dict:
    rows = reference_rows(frame, cards, Reference(code, "groupe", tuple(membres)), list(territoires))
    return dict(zip(rows["territoire"], rows["valeur"], strict=True))


def test_a_group_as_one_territory_is_sum_over_sum():
    assert values(TROIS, ENSEMBLE) == {ENSEMBLE: pytest.approx(250 / 1600 * 100)}


def test_the_others_leave_out_the_commune_itself_and_nobody_else():
    found = values(TROIS, AUTRES)
    assert found[f"{AUTRES}:a"] == pytest.approx(150 / 600 * 100)
    assert found[f"{AUTRES}:b"] == pytest.approx(200 / 1500 * 100)
    assert values(TROIS, AUTRES, "ab", territoires="c")[f"{AUTRES}:c"] == pytest.approx(150 / 1100 * 100)


def test_the_median_is_the_middle_commune():
    assert values(TROIS, MEDIANE) == {MEDIANE: 20.0}


def test_two_communes_have_no_median():
    assert pd.isna(values(TROIS, MEDIANE, "ab")[MEDIANE])


@pytest.mark.parametrize("statut", ["secret", "manquant", "non_calculable"])
def test_a_group_with_a_missing_member_is_refused_and_the_others_without_it_are_not(statut):
    holed = figures(("a", 100, 1000, 10.0, "calcule"), ("b", None, 100, None, statut), ("c", 100, 500, 20.0, "calcule"))
    assert pd.isna(values(holed, ENSEMBLE)[ENSEMBLE])
    found = values(holed, AUTRES)
    assert found[f"{AUTRES}:b"] == pytest.approx(200 / 1500 * 100)
    assert pd.isna(found[f"{AUTRES}:a"])


def test_a_member_absent_from_the_file_refuses_the_group():
    assert pd.isna(values(TROIS, ENSEMBLE, "abcd")[ENSEMBLE])


@pytest.mark.parametrize("agregation", ["aucune", "approchee"])
def test_medians_and_weighted_means_are_never_added(agregation):
    assert pd.isna(values(TROIS, ENSEMBLE, cards={"TAUX": card(agregation=agregation)})[ENSEMBLE])


def test_a_bound_is_never_added_and_hides_a_median_that_falls_on_it():
    low = figures(("a", 5, 100, 5.0, "censure"), ("b", 5, 100, 5.0, "censure"), ("c", 20, 100, 20.0, "calcule"))
    assert pd.isna(values(low, ENSEMBLE)[ENSEMBLE])
    assert pd.isna(values(low, MEDIANE)[MEDIANE])
    high = figures(("a", 5, 100, 5.0, "censure"), ("b", 9, 100, 9.0, "calcule"), ("c", 20, 100, 20.0, "calcule"))
    assert values(high, MEDIANE)[MEDIANE] == 9.0


def test_counts_are_added():
    assert values(TROIS, ENSEMBLE, cards={"TAUX": card(agregation="somme", effectif=True)})[ENSEMBLE] == 80.0
    assert values(TROIS, AUTRES, cards={"TAUX": card(agregation="somme")})[f"{AUTRES}:a"] == 70.0


def test_a_yearly_growth_is_that_of_the_whole_group():
    """1 600 then 1 700 in two years: (1 700/1 600)^(1/2) − 1, not a mean of growths."""
    growth = figures(
        ("a", 1100, 1000, 4.9, "calcule"), ("b", 100, 100, 0.0, "calcule"), ("c", 500, 500, 0.0, "calcule")
    )
    found = values(growth, ENSEMBLE, cards={"TAUX": card(forme="evolution", duree=2)})
    assert found[ENSEMBLE] == pytest.approx(((1700 / 1600) ** 0.5 - 1) * 100)


def test_what_cannot_be_calculated_says_so_and_is_no_zero():
    rows = reference_rows(TROIS, {"TAUX": card(agregation="aucune")}, Reference(ENSEMBLE, "g", ("a", "b", "c")), [])
    assert rows["statut"].tolist() == ["non_calculable"]
    assert rows["valeur"].isna().all()


def test_a_group_has_the_error_of_its_members():
    """Denominators 1 000, 100, 500; margins 2, 8, 3 under and 3, 10, 4 above:
    √((1000×2)² + (100×8)² + (500×3)²) ÷ 1600 = 1,6406; √((3000)² + 1000² + 2000²) ÷ 1600 = 2,3385."""
    bounded = TROIS.assign(borne_basse=[8.0, 42.0, 17.0], borne_haute=[13.0, 60.0, 24.0])
    row = reference_rows(bounded, CARDS, Reference(ENSEMBLE, "g", ("a", "b", "c")), []).iloc[0]
    assert row["borne_basse"] == pytest.approx(15.625 - 1.64055, abs=1e-4)
    assert row["borne_haute"] == pytest.approx(15.625 + 2.33854, abs=1e-4)


def test_five_communes_alike_have_the_error_of_one_over_root_five():
    """Five communes of the same size: 45 % of the error of one."""
    codes = "abcde"
    same = figures(*[(c, 100, 1000, 10.0, "calcule") for c in codes]).assign(borne_basse=9.0, borne_haute=11.0)
    row = reference_rows(same, CARDS, Reference(ENSEMBLE, "g", tuple(codes)), []).iloc[0]
    assert (row["borne_basse"], row["borne_haute"]) == pytest.approx((10 - 5**-0.5, 10 + 5**-0.5))


def test_a_member_whose_error_is_not_assessed_leaves_that_of_the_group_unknown():
    holed = TROIS.assign(borne_basse=[8.0, None, 17.0], borne_haute=[13.0, None, 24.0])
    for code in (ENSEMBLE, MEDIANE):
        row = reference_rows(holed, CARDS, Reference(code, "g", ("a", "b", "c")), []).iloc[0]
        assert row["valeur"] > 0
        assert pd.isna(row["borne_basse"])
        assert pd.isna(row["borne_haute"])


def test_a_median_lies_between_the_medians_of_the_bounds():
    bounded = TROIS.assign(borne_basse=[8.0, 42.0, 17.0], borne_haute=[23.0, 60.0, 24.0])
    row = reference_rows(bounded, CARDS, Reference(MEDIANE, "g", ("a", "b", "c")), []).iloc[0]
    assert (row["borne_basse"], row["valeur"], row["borne_haute"]) == (17.0, 20.0, 24.0)


def test_bands_of_population_include_their_lower_bound():
    assert size_band(15_000) == (15_000, 30_000)
    assert size_band(14_999) == (0, 15_000)
    assert size_band(149_077) == (80_000, None)
    assert same_size({"a": 5_175, "b": 14_000, "c": 15_000}, "a") == ["a", "b"]


def test_the_39_communes_as_one_are_the_published_departement(warehouse):
    """Two roads to the same figure: the group's Σ/Σ and the ETL's own département."""
    codes = ["EMP01", "FAM01", "DEM02"]
    cards = {code: warehouse.indicateurs[code] for code in codes}
    own = warehouse.figures(codes, [*warehouse.communes, "93"])
    rows = reference_rows(own, cards, Reference(ENSEMBLE, "g", tuple(warehouse.communes)), [])
    expected = own[(own["territoire"] == "93") & own["valeur"].notna()].set_index(["indicateur", "annee"])["valeur"]
    found = rows.set_index(["indicateur", "annee"])["valeur"].dropna()
    shared = expected.index.intersection(found.index)
    assert {code for code, _ in shared} == set(codes)
    # The census of 2023 is rounded to a tenth, communes and département apart.
    assert found[shared].to_dict() == pytest.approx(expected[shared].to_dict(), rel=1e-5)
