"""Editorial choices name indicators that have figures, at the level where they are shown."""

import pytest

from observatoire import selections

COMMUNES = {
    "accueil": selections.ACCUEIL,
    "cles": selections.CLES,
    "suivis": selections.SUIVIS,
    "suite": selections.SUITE,
    "memes": [code for group in selections.MEMES for code in group],
    "ouverture": [row["indicateur"] for row in selections.OUVERTURE],
    "ages": selections.BANDES,
    "revenus": selections.QUANTILES,
    "par_age": [code for whole, bands in selections.PAR_AGE.items() for code in (whole, *bands)],
    "semblables": [row["indicateur"] for row in selections.SEMBLABLES],
    "besoins": [code for row in selections.BESOINS for code in row["indicateurs"]],
}


@pytest.mark.parametrize("name", COMMUNES)
def test_a_selection_of_communes_names_indicators_that_have_figures(warehouse, name):
    codes = list(COMMUNES[name])
    assert set(codes) <= set(warehouse.indicateurs)
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(("level", "codes"), [("iris", selections.IRIS), ("qpv", selections.QPV)])
def test_a_selection_of_quarters_names_indicators_of_their_level(warehouse, level, codes):
    assert set(codes) <= set(warehouse.cards_below(level))


def test_the_signs_of_the_needs_index_say_more_or_fewer_needs():
    assert {sign for row in selections.BESOINS for sign in row["indicateurs"].values()} <= {1, -1}
