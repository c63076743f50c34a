"""Choices that several pages share, on the shipped figures: wrong ones, one territory or many, maps of each kind."""

import pytest

from tests.pages.conftest import maps


def test_wrong_values_are_told_and_replaced(opened):
    app = opened("portrait", territoire="13055", theme="xxx")
    assert [w.value.split("»")[0] for w in app.warning] == ["Le lien demande « `13055` ", "Le lien demande « `xxx` "]
    assert app.title[0].value == "Seine-Saint-Denis"
    app = opened("comparer", territoires="93066,99999", reference="zz")
    assert len(app.warning) == 2


@pytest.mark.parametrize("territoires", ["93066", "93015,93066", "93", ",".join(f"930{n}" for n in ("01", "05", "06"))])
def test_one_or_several_territories_compare(opened, territoires):
    app = opened("comparer", territoires=territoires, theme="revenus_precarite", indicateur="REV01")
    assert not app.warning


def test_the_39_communes_compare_at_once(opened, warehouse):
    app = opened("comparer", territoires=",".join(warehouse.communes), theme="logement")
    assert not app.warning


def test_a_map_of_each_kind_opens(opened):
    for indicateur, ept in (
        ("REV02", "tous"),
        ("DEM13", "200057867"),
        ("REV01", "200057867"),
        ("LOG26", "tous"),
        ("FIN04", "tous"),
    ):
        app = opened("cartes", indicateur=indicateur, ept=ept)
        assert len(maps(app)) == 1, indicateur
