"""The colour of the reader's commune is hers alone: no domain, former commune or neighbour ever takes it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from observatoire import palettes
from observatoire.palettes import ACCENT, BLEU, EPT_COULEURS, GRIS, GRIS_CLAIR, contrast
from observatoire.records import DEPARTEMENT
from observatoire.views.comparaison import needs_figures, resources
from observatoire.views.comparaison.comparison import territory_reference
from observatoire.views.comparaison.needs import Choices
from observatoire.views.comparaison.scope import Scope
from observatoire.views.portrait.inside import incomes


def scope(warehouse, *codes, mienne=""):
    reference = territory_reference(warehouse.territoires[DEPARTEMENT])
    return Scope("choix", tuple(warehouse.territoires[c] for c in codes), codes, "", reference, "", mienne=mienne)


def drawn(figure):
    """Name → colour, in the first layer that has colours."""
    assert figure.spec is not None
    found, waiting = {}, [figure.spec]
    while waiting:
        part = waiting.pop(0)
        waiting += [child for key in ("layer", "vconcat") for child in part.get(key, [])]
        for row in part.get("data", {}).get("values", []):
            if "couleur" in row:
                found.setdefault(row["nom"], row["couleur"])
    return found


def test_the_domains_of_the_index_are_apart_from_the_ept_the_commune_and_each_other():
    kept = [*EPT_COULEURS.values(), ACCENT]
    place = {color: palettes._oklab(color) for color in (*kept, *needs_figures.COULEURS.values())}
    for color in needs_figures.COULEURS.values():
        assert min(np.linalg.norm(place[color] - place[other]) for other in kept) >= 0.1, color
        assert min(contrast(color, ground) for ground in ("#ffffff", "#111824")) >= 3, color
    for one, other in itertools.combinations(needs_figures.COULEURS.values(), 2):
        assert np.linalg.norm(place[one] - place[other]) >= 0.16


def test_the_bars_of_the_accounts_light_my_commune_alone_in_its_colour(warehouse):
    card = warehouse.indicateurs[resources.DEPENSE]
    few = ("93014", "93027", "93008")
    colors = drawn(resources.accounts_chart(warehouse, scope(warehouse, *few, mienne="93014"), card, few))
    assert colors["Clichy-sous-Bois (ma commune)"] == ACCENT
    assert {colors[warehouse.communes[code].nom] for code in few[1:]} == {BLEU}
    assert set(colors.values()) == {ACCENT, BLEU, GRIS_CLAIR}
    every = tuple(warehouse.communes)
    colors = drawn(resources.accounts_chart(warehouse, scope(warehouse, *every, mienne="93014"), card, every))
    assert [name for name, color in colors.items() if color == ACCENT] == ["Clichy-sous-Bois (ma commune)"]
    assert colors["Bobigny"] == EPT_COULEURS["200057875"]
    colors = drawn(resources.accounts_chart(warehouse, scope(warehouse, *every), card, every))
    assert ACCENT not in colors.values()


def test_an_ept_chosen_lights_its_communes_in_the_index(warehouse):
    figure, _ = needs_figures.needs_ranks(warehouse, scope(warehouse, "200057867"), Choices())
    colors = drawn(figure)
    own = {c.nom for c in warehouse.communes.values() if c.code_ept == "200057867"} & set(colors)
    assert own
    assert {colors[name] for name in own} == {EPT_COULEURS["200057867"]}
    assert {color for name, color in colors.items() if name not in own} == {GRIS_CLAIR}
    every, _ = needs_figures.needs_ranks(warehouse, scope(warehouse, *warehouse.epts), Choices())
    assert set(drawn(every).values()) == set(EPT_COULEURS.values())


@pytest.mark.parametrize("code", ["93066", "93014"])
def test_a_former_commune_never_takes_the_colour_of_the_commune(warehouse, code):
    figure = incomes(warehouse, warehouse.territoires[code])
    colors = drawn(figure)
    lit = [name for name, color in colors.items() if color == ACCENT]
    assert lit == [warehouse.territoires[code].nom] * (warehouse.territoires[code].nom in colors)
    former = set(warehouse.former_names(code).values()) & set(colors)
    assert {colors[name] for name in former} <= {GRIS}
    assert former or code != "93066"
