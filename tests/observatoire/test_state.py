"""A reader's choices: the URL is believed first, then the session, then the page's default."""

import pytest
from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from observatoire.ui import state

    options = ["a", "b", "c"]
    one = state.select("lettre", "Lettre", options, "a", "une lettre", forget=("nombre",), elsewhere={"z"})
    many = state.multiselect("lettres", "Lettres", options, ["a"], "une lettre")
    st.session_state["lu"] = (one, many, state.link_params(page="x"))


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(script, default_timeout=30)


def read(page: AppTest, **parameters: str):
    page.query_params.clear()
    page.query_params.update(parameters)
    page.run()
    assert not page.exception
    return page.session_state["lu"]


def test_without_a_choice_the_default_is_shown_and_the_url_stays_clean(page):
    assert read(page) == ("a", ["a"], {"page": "x"})
    assert dict(page.query_params) == {}


def test_the_url_wins_and_is_remembered_when_it_is_gone(page):
    assert read(page, lettre="b", lettres="c,b")[:2] == ("b", ["c", "b"])
    assert read(page)[:2] == ("b", ["c", "b"])
    assert read(page, lettre="c")[0] == "c"


def test_links_to_other_pages_carry_the_choices(page):
    read(page, lettre="b")
    assert read(page)[2] == {"lettre": "b", "page": "x"}


def test_choosing_writes_the_url_and_forgets_what_no_longer_holds(page):
    read(page, lettre="b", nombre="7")
    page.selectbox[0].set_value("c").run()
    assert dict(page.query_params) == {"lettre": "c"}
    assert page.session_state["lu"][0] == "c"


def test_several_choices_are_written_with_commas(page):
    read(page)
    page.multiselect[0].set_value(["a", "c"]).run()
    assert page.query_params["lettres"] == "a,c"


def test_a_wrong_value_is_told_and_replaced(page):
    assert read(page, lettre="q")[0] == "a"
    assert [w.value for w in page.warning] == [
        "Le lien demande « `q` », qui n’est pas une lettre. La page montre autre chose à la place."
    ]


@pytest.mark.parametrize(
    ("lettres", "mots"),
    [("a,q", "qui n’est pas une lettre : laissé"), ("q,r", "dont aucun n’est une lettre : laissés")],
)
def test_unknown_values_are_named_and_left_out(page, lettres, mots):
    read(page, lettres=lettres)
    assert mots in page.warning[0].value


def test_a_value_right_elsewhere_is_replaced_without_a_word(page):
    assert read(page, lettre="z")[0] == "a"
    assert not page.warning


def test_an_empty_value_is_no_value(page):
    assert read(page, lettre="", lettres=",,")[:2] == ("a", ["a"])
    assert not page.warning


def test_unknown_values_of_a_list_are_named_and_the_others_kept(page):
    assert read(page, lettres="b,q,b,r")[1] == ["b"]
    (warning,) = [w.value for w in page.warning]
    assert "« `q, r` »" in warning
