"""The pages run by Streamlit's own test harness, on the shipped figures."""

import pytest
from streamlit.testing.v1 import AppTest

from observatoire.config import RACINE

NAVIGATION = str(RACINE / "observatoire" / "navigation.py")


@pytest.fixture
def run(entrepot):
    """``run(page, **params)`` → the page after its script."""

    def open_page(page: str, **params: str) -> AppTest:
        app = AppTest.from_file(NAVIGATION, default_timeout=60)
        app.run()
        app.query_params.clear()
        for name, value in params.items():
            app.query_params[name] = value
        return app.switch_page(str(RACINE / "pages" / f"{page}.py")).run()

    return open_page


def words(app: AppTest) -> str:
    parts = [element.value for kind in (app.markdown, app.caption, app.title, app.header) for element in kind]
    return "\n".join(str(part) for part in parts)


def test_wrong_values_are_told_and_replaced(run):
    app = run("portrait", territoire="13055", theme="xxx")
    assert [w.value.split("»")[0] for w in app.warning] == ["Le lien demande « `13055` ", "Le lien demande « `xxx` "]
    assert app.title[0].value == "Seine-Saint-Denis"
    app = run("comparer", territoires="93066,99999", reference="zz")
    assert len(app.warning) == 2
    assert not app.exception


@pytest.mark.parametrize("territoires", ["93066", "93015,93066", "93", ",".join(f"930{n}" for n in ("01", "05", "06"))])
def test_one_or_several_territories_compare(run, territoires):
    app = run("comparer", territoires=territoires, theme="revenus_precarite", indicateur="REV01")
    assert not app.exception
    assert not app.warning


def test_the_39_communes_compare_at_once(run, house):
    app = run("comparer", territoires=",".join(house.communes), theme="logement")
    assert not app.exception


def test_a_map_of_each_kind_opens(run):
    for indicateur, ept in (
        ("REV02", "tous"),
        ("DEM13", "200057867"),
        ("REV01", "200057867"),
        ("LOG26", "tous"),
        ("FIN04", "tous"),
    ):
        app = run("cartes", indicateur=indicateur, ept=ept)
        assert not app.exception, indicateur
