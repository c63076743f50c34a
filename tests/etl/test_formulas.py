"""The grammar of the catalogue's formulas."""

import pytest

from etl.formulas import Facteur, InvalidFormula, Terme, fill_vintage, parse_formula, variables_of


def test_a_sum_is_read_in_order_with_signs():
    assert parse_formula("P{aa}_POP7589 + P{aa}_POP90P - PMUN") == (
        Terme(1, (Facteur("P{aa}_POP7589"),)),
        Terme(1, (Facteur("P{aa}_POP90P"),)),
        Terme(-1, (Facteur("PMUN"),)),
    )


def test_a_rate_times_its_base_is_one_term_with_two_variables():
    assert parse_formula("TP60{aa} * NBPERSMENFISC{aa} / 100") == (
        Terme(0.01, (Facteur("TP60{aa}"), Facteur("NBPERSMENFISC{aa}"))),
    )


def test_parentheses_are_expanded():
    assert parse_formula("2 * (a - b)") == (Terme(2, (Facteur("a"),)), Terme(-2, (Facteur("b"),)))


def test_brackets_shift_the_year():
    assert parse_formula("insee_etat_civil.naissances[-2]") == (
        Terme(1, (Facteur("insee_etat_civil.naissances", -2),)),
    )


def test_the_vintage_is_written_as_the_producer_writes_it():
    assert fill_vintage("P{aa}_CHOM1564 / P{aa}_ACT1564", 2022) == "P22_CHOM1564 / P22_ACT1564"
    assert fill_vintage("TP60{aa}", 2009) == "TP6009"


def test_variables_are_named_once():
    assert variables_of("a + b * c - a") == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("formule", "reason"),
    [
        ("", "vide"),
        ("a +", "trop tôt"),
        ("(a", "parenthèse"),
        ("a / b", "divise que par un nombre"),
        ("a * b * c", "au plus deux variables"),
        ("a + 3", "constante seule"),
        ("a ; b", "caractère inattendu"),
    ],
)
def test_what_is_not_a_formula_is_refused_in_french(formule, reason):
    with pytest.raises(InvalidFormula, match=reason):
        parse_formula(formule)
