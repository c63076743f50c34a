"""An evolution is said of its period, « de 2016 à 2022 », wherever its figure is: never of its last year alone."""

import pandas as pd
import pytest

from observatoire.methods.map_sentences import extremes
from observatoire.methods.phrases import sentence
from observatoire.methods.portrait import trend_words
from observatoire.methods.spread import spread_words
from tests.observatoire.cards import BONDY, card

GROWTH = card("DEM02", "Évolution annuelle de la population", unite="% par an", decimales=2, forme="evolution", duree=6)
POVERTY = card()


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("one", "period", "when"), [(GROWTH, "2016–2022", "de 2016 à 2022"), (POVERTY, "2022", "en 2022")]
)
def test_a_figure_is_dated_by_what_it_covers(one, period, when):
    assert (one.periode(2022), one.en(2022)) == (period, when)
    assert one.datee(2022) == (2022 if one is POVERTY else period)


def test_a_series_of_evolutions_goes_from_a_period_to_another():
    assert GROWTH.periodes([2013, 2017, 2022]) == "de 2007–2013 à 2016–2022"
    assert GROWTH.periodes([2022]) == "2016–2022"
    assert POVERTY.periodes([2015, 2021]) == "2015 à 2021"


def test_sentences_say_the_period():
    said = plain(sentence(BONDY, GROWTH, 1.34, 2022, None))
    assert said == "À Bondy, l’évolution annuelle de la population est de 1,34 % de 2016 à 2022."
    places = pd.DataFrame(
        {"nom": list("ABCD"), "valeur": [0.1, 0.2, 0.3, 1.4], "texte": ["0,10 %", "0,20 %", "0,30 %", "1,40 %"]}
    ).assign(statut="calcule")
    assert extremes(places, GROWTH, 2022).startswith("De 2016 à 2022, l’évolution annuelle")
    spread = spread_words(places["valeur"], places["statut"], GROWTH, 2022, "les 4 communes")
    assert spread.startswith("De 2016 à 2022, parmi les 4 communes")
    series = pd.DataFrame({"serie": "Bondy", "annee": [2017, 2022], "valeur": [0.5, 1.34], "statut": "calcule"})
    assert plain(trend_words(series, GROWTH)) == "Bondy : de 0,50 % de 2011 à 2017 à 1,34 % de 2016 à 2022."


def test_the_portrait_of_the_departement_dates_its_growth(warehouse):
    assert warehouse.indicateurs["DEM02"].en(2022) == "de 2016 à 2022"
    assert {c.code for c in warehouse.indicateurs.values() if c.forme == "evolution"} == {"DEM02"}
