"""A portrait beside similar communes and with tested trends: what stands out, what the table and the chart say."""

import pandas as pd
import pytest

from observatoire.charts.spine import draw_spine
from observatoire.charts.trends import draw_trends
from observatoire.methods import portrait
from observatoire.methods.similarity import COMBIEN
from observatoire.methods.spine import spine_geometry
from observatoire.methods.trend_test import BAISSE, NON_TESTEE, Parts, Sommet, Tendance
from observatoire.views.portrait.profile import make_portrait, similar_to
from tests.observatoire.cards import card

CARDS = {
    "EMP01": card("EMP01", "Taux de chômage", theme="emploi"),
    "REV14": card("REV14", "Foyers allocataires du RSA pour 100 ménages", theme="revenus", unite="pour 100 ménages"),
    "FAM01": card("FAM01", "Part des familles monoparentales", theme="familles"),
    "DEM01": card("DEM01", "Population", theme="demographie", unite="habitants", decimales=0, effectif=True),
}
CHUTE = Tendance(
    BAISSE,
    (2019, 2020, 2021, 2022, 2023),
    20.0,
    15.0,
    sommet=Sommet(2020, 22.0, haut=True),
    parts=Parts(-0.1, 0.2, (2018, 2022)),
)
RIEN = Tendance(NON_TESTEE, raison="trop court")


def gaps(**changes):
    """Three rates and a count at Bondy in 2022: standard deviation 2, département at 10."""
    base = {
        "indicateur": list(CARDS), "annee": 2022, "valeur": [14.0, 12.0, 10.2, 54000.0], "statut": "calcule",
        "ecart_type": 2.0, "sens": "defavorable", "niveau": ["dep", "dep", "dep", None],
        "ecart": [2.0, 1.0, 0.1, float("nan")], "valeur_dep": 10.0, "statut_dep": "calcule", "annee_dep": 2022,
        "valeur_reg": float("nan"), "statut_reg": "manquant", "annee_reg": None, "rang": 5.0, "communes": 39.0,
        "borne_basse": float("nan"), "borne_haute": float("nan"), "code_fra": None, "borne": False, "minimum": 6.0,
        "q1": 8.0, "q3": 12.0, "maximum": 16.0, "valeur_ept": float("nan"),
    }  # fmt: skip
    return pd.DataFrame(base | changes).to_dict("records")


def group(**values):
    return {(code, 2022): {"valeur": value} for code, value in values.items()}


def test_the_gap_to_similar_communes_is_in_standard_deviations():
    beside = group(EMP01=11.0, REV14=float("nan"), DEM01=1e5)
    found = pd.DataFrame(portrait.with_similar(gaps(), beside, CARDS)).set_index("indicateur")
    assert found.at["EMP01", "ecart_sem"] == pytest.approx(1.5)
    assert found.loc[["REV14", "FAM01", "DEM01"], "valeur_sem"].isna().all()
    assert list(found["statut_sem"]) == ["calcule", "non_calculable", "non_calculable", "non_calculable"]


def test_a_bound_has_no_gap_to_similar_communes():
    found = portrait.with_similar(gaps(statut="censure"), group(EMP01=11.0), CARDS)
    assert {row["ecart_sem"] for row in found} == {None}


@pytest.mark.parametrize(("margin", "told"), [(3.0, True), (3.5, False)])
def test_a_gap_to_similar_communes_must_exceed_their_error_too(margin, told):
    """14 − 2 against 10,39 + 3 or + 3,5: a gap of 3,61, beyond the figure's own margin; √(2² + 3²) = 3,606 does not
    hold it, √(2² + 3,5²) = 4,03 does."""
    bounds = {"borne_basse": [12.0, *[float("nan")] * 3], "borne_haute": [16.0, *[float("nan")] * 3]}
    beside = {("EMP01", 2022): {"valeur": 10.39, "borne_basse": 10.39 - 1, "borne_haute": 10.39 + margin}}
    row = portrait.with_similar(gaps(**bounds), beside, CARDS)[0]
    assert row["borne_haute_sem"] == 10.39 + margin
    assert portrait.holds(row, "sem") is not told
    unknown = portrait.with_similar(gaps(**bounds), group(EMP01=10.39), CARDS)[0]
    assert not portrait.holds(unknown, "sem")


def test_a_gap_that_the_interval_of_the_figure_explains_does_not_stand_out():
    bounds = {"borne_basse": [9.9, 11.0, 9.0, float("nan")], "borne_haute": [18.0, 13.0, 12.0, float("nan")]}
    assert [row["indicateur"] for row in gaps(**bounds) if portrait.stands_out(row, CARDS[row["indicateur"]])] == [
        "REV14"
    ]
    columns, rows = portrait.theme_rows(gaps(**bounds), CARDS, {"dep": "93"})
    place = columns.index("Position")
    assert [row[place] for row in rows] == [
        "● écart non significatif",
        "▼ moins favorable",
        "● écart non significatif",
        "–",
    ]


def test_the_table_has_a_trend_and_similar_communes_and_a_count_has_none():
    frame = portrait.with_similar(gaps(tendance=[RIEN, CHUTE, RIEN, RIEN]), group(EMP01=11.0), CARDS)
    columns, rows = portrait.theme_rows(frame, CARDS, {"sem": "Semblables"}, {"EMP01": "le plus bas"})
    assert columns == ["Indicateur", "Année", "Valeur", "Tendance", "Semblables", "Position", "Rang"]
    assert [row[3] for row in rows] == ["non testée", "↘ en baisse (2019–2023)", "non testée", "non testée"]
    assert [row[4] for row in rows] == ["11,0\u00a0%", "n. calc.", "n. calc.", "–"]
    assert [row[6] for row in rows][:2] == ["le plus bas", "–"]


def test_similar_communes_have_their_place_on_the_spine_even_beyond_the_range():
    row = {
        "valeur": 12.0,
        "reference": 10.0,
        "minimum": 6.0,
        "q1": 8.0,
        "q3": 12.0,
        "maximum": 16.0,
        "sens": "favorable",
    }
    assert spine_geometry({**row, "valeur_sem": 13.0})["semblables"] == pytest.approx(0.5)
    assert spine_geometry({**row, "valeur_sem": 22.0})["semblables"] == pytest.approx(1.0)
    assert spine_geometry(row)["semblables"] != spine_geometry(row)["semblables"]  # NaN: nothing is drawn
    frame = portrait.with_similar(gaps(), group(EMP01=11.0), CARDS)
    spec = draw_spine(portrait.spine_rows(frame, CARDS)).to_dict()
    assert any(layer["mark"].get("shape") == "square" for layer in spec["layer"])


def test_breaks_are_drawn_between_the_years_they_part():
    frame = pd.DataFrame({"serie": "Bondy", "annee": [2018, 2019, 2020], "valeur": [1.0, 2.0, 3.0], "statut": "publie"})
    spec = draw_trends(frame, card(), ruptures=((2019, "réforme"), (2030, "plus tard"))).to_dict()
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["rule", "text", "line", "point", "text"]
    assert spec["layer"][0]["data"]["values"] == [{"annee": 2018.5, "mot": "réforme"}]
    assert len(draw_trends(frame, card()).to_dict()["layer"]) == 3


# ---- the shipped figures


@pytest.mark.parametrize("code", ["93014", "93015", "93062", "93066"])
def test_the_similar_communes_are_one_territory_never_a_mean_of_rates(warehouse, code):
    near = [v.code for v in similar_to(warehouse, code)]
    assert len(near) == COMBIEN
    assert code not in near
    frame = pd.DataFrame(make_portrait(warehouse, code, near)).set_index("indicateur")
    year = int(frame.at["EMP01", "annee"])
    rows = warehouse.figures(["EMP01"], near, [year])
    assert frame.at["EMP01", "valeur_sem"] == pytest.approx(100 * rows["numerateur"].sum() / rows["denominateur"].sum())
    for indicateur in ("REV01", "REV02", "REV04"):
        assert pd.isna(frame.at[indicateur, "valeur_sem"])
        assert frame.at[indicateur, "statut_sem"] == "non_calculable"


def test_an_ept_has_no_similar_communes(warehouse):
    assert similar_to(warehouse, "200057867") == []
    assert "valeur_sem" not in make_portrait(warehouse, "200057867")[0]
