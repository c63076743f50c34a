"""The accounts of the CCAS: communes, then the EPT of which all are there."""

from observatoire.records import DEPARTEMENT
from observatoire.views.comparaison import resources
from observatoire.views.comparaison.comparison import territory_reference
from observatoire.views.comparaison.scope import Scope


def test_each_ept_follows_its_communes_and_the_departement_ends_the_table(warehouse):
    codes = tuple(warehouse.communes)
    order = resources.ranged(warehouse, codes, resources.PAR_EPT)
    assert set(order) == {*codes, *warehouse.epts, DEPARTEMENT}
    assert order[-1] == DEPARTEMENT
    for ept in warehouse.epts:
        members = [code for code, commune in warehouse.communes.items() if commune.code_ept == ept]
        end = order.index(ept)
        assert set(order[end - len(members) : end]) == set(members)


def test_an_ept_that_misses_a_commune_has_no_line(warehouse):
    codes = tuple(warehouse.communes)[1:]
    missing = next(iter(warehouse.communes.values())).code_ept
    order = resources.ranged(warehouse, codes, resources.PAR_NOM)
    assert order[: len(codes)] == codes
    assert set(order[len(codes) :]) == set(warehouse.epts) - {missing}


def test_from_the_highest_to_the_lowest_those_without_a_figure_last(warehouse):
    codes = tuple(warehouse.communes)[:4]
    values = dict(zip(codes, (1.0, None, 3.0, 2.0), strict=True))
    assert resources.ranged(warehouse, codes, "FIN03", values.get) == (codes[2], codes[3], codes[0], codes[1])


def test_a_line_of_several_is_on_screen_and_never_in_the_file_where_it_would_be_counted_twice(warehouse):
    table, _ = resources.accounts(warehouse, resources.account_cards(warehouse), tuple(warehouse.communes))
    names = [table.rows[n][0] for n in table.ensembles]
    assert names == [*(f"{ept.nom}, ensemble" for ept in warehouse.epts.values()), "Seine-Saint-Denis, ensemble"]
    assert set(table.figure.table["CCAS"]) == {commune.nom for commune in warehouse.communes.values()}


def test_the_title_of_the_bars_is_what_they_say(warehouse):
    card = warehouse.indicateurs[resources.DEPENSE]
    codes, reference = tuple(warehouse.communes), territory_reference(warehouse.territoires[DEPARTEMENT])
    scope = Scope("communes", tuple(warehouse.communes.values()), codes, "", reference, "")
    figure = resources.accounts_chart(warehouse, scope, card, codes)
    known = figure.table[card.unite].dropna()
    assert f"des {len(known)} CCAS connus" in figure.titre.replace("\u00a0", " ")
    assert figure.titre.startswith(f"De {figure.table['Lecture'][known.idxmin()]}")
    assert figure.table["Lecture"][known.idxmax()] in figure.titre
