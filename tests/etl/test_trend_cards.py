"""What a card may say of its evolution: a test that fits what it counts, breaks with their reason."""

import pytest
from pydantic import ValidationError

from tests.etl.producers import indicateur


@pytest.mark.parametrize(
    "fields",
    [
        {"agregation": "aucune", "tendance": "faits"},
        {"agregation": "approchee", "tendance": "proportion"},
        {"agregation": "somme", "tendance": "proportion"},
        {"agregation": "somme", "tendance": "mediane"},
        {"agregation": "somme", "ruptures": [{"annee": 2019, "mot": "?"}]},
        {"agregation": "somme", "ruptures": [{"annee": 2019}]},
    ],
)
def test_a_trend_or_a_break_that_makes_no_sense_is_refused(fields):
    with pytest.raises(ValidationError):
        indicateur("DEM13", "NAIS", **fields)


def test_the_tests_and_breaks_of_the_cards_are_in_the_warehouse(base):
    rows = dict(base.execute("SELECT code, [tendance, ruptures::VARCHAR] FROM indicateur").fetchall())
    assert rows["REV14"] == ["proportion", "[]"]
    assert rows["DEM13"][0] == "faits"
    assert rows["LOG06"][0] == rows["REV01"][0] == ""
    assert rows["REV44"] == ["proportion", "['2019\u00a0: réforme de la prime d’activité']"]


def test_only_counts_of_the_year_have_a_trend(base):
    """A share of incomes, a median or an index is no count: it has no numerator that is one."""
    (wrong,) = base.execute(
        "SELECT count(*) FROM indicateur WHERE tendance <> '' AND agregation NOT IN ('somme', 'ratio')"
    ).fetchone()
    assert wrong == 0
    (above,) = base.execute(
        """
        SELECT count(*) FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        WHERE i.tendance = 'proportion' AND (o.numerateur > o.denominateur OR o.numerateur < 0)
        """
    ).fetchone()
    assert above == 0
