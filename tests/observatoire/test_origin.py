"""The origin of a figure in four sentences: what is published is not said to be computed, nor the reverse."""

import pytest

from observatoire.methods.origin import plain_origin
from observatoire.warehouse.catalogue import source_rows
from observatoire.warehouse.provenance import trace


@pytest.fixture(scope="module")
def told(warehouse):
    """``told(territoire, indicateur, annee)`` → the sentences by their name, with plain spaces."""

    def tell(territoire: str, indicateur: str, annee: int) -> dict[str, str]:
        found, place = trace(warehouse, territoire, indicateur, annee), warehouse.territoires[territoire]
        sources = source_rows(warehouse, found.sources)
        said = plain_origin(found.ligne, found.fiche, sources, warehouse.every_indicator[indicateur], place)
        return {name: text.replace("\u00a0", " ").replace("\u202f", " ") for name, text in said}

    return tell


def test_a_rate_says_who_counted_what_when_and_how(told):
    assert told("93010", "EMP01", 2022) == {
        "Qui a compté": "INSEE, « Recensement de la population, base du comparateur de territoires » (2022).",
        "Quoi": "Sur 100 actifs de 15 à 64 ans, combien se déclarent au chômage au recensement.",
        "Quand": "En 2022.",
        "Comment": "Nous divisons 4 248 (chômeurs de 15 à 64 ans) par 23 181 (actifs de 15 à 64 ans, en emploi ou au "
        "chômage), puis multiplions par 100.",
    }


def test_a_rate_of_an_ept_is_that_of_the_whole_not_a_mean(told):
    assert told("200057867", "EMP01", 2022)["Comment"].endswith(
        "Ces deux nombres sont ceux de tout le territoire, jamais une moyenne de taux."
    )


def test_a_published_figure_is_not_said_to_be_computed(told):
    assert (
        told("93010", "REV02", 2021)["Comment"] == "Le producteur publie ce chiffre tel quel : rien n’est calculé ici."
    )


def test_a_mean_says_its_weights_and_a_sum_what_it_adds(told):
    assert (
        "pondérée ainsi : personnes des ménages fiscaux. C’est une valeur approchée."
        in (told("93", "REV02", 2021)["Comment"])
    )
    assert told("200057867", "DEM01", 2023)["Comment"] == "Nous additionnons les chiffres de ses communes."


def test_two_years_are_both_said(told):
    assert told("93", "DRO09", 2023)["Quand"] == "En 2023, rapporté à des chiffres de 2021."


def test_a_bound_and_an_absence_say_what_they_are(told, warehouse):
    bound = warehouse.rows(
        "SELECT territoire, annee FROM observation "
        "WHERE indicateur = 'REV02' AND statut = 'censure' AND territoire = '93015' LIMIT 1"
    )
    (row,) = bound
    assert "seule la borne" in told(row["territoire"], "REV02", row["annee"])["Comment"]
    assert "ne s’additionne pas" in told("93066", "REV01", 2021)["Comment"]
