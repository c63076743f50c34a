"""The generated country of benchmarks/national.py: right at every level, the same with pandas, every question answered.

How long things take is not tested here: see benchmarks/national.md.
"""

import contextlib

import duckdb
import pandas as pd
import pytest

from benchmarks.nation import DENOMINATEURS, Taille, build_with_duckdb, build_with_pandas, generate, territories
from benchmarks.questions import measure
from etl.load import current

PETITE = Taille(communes=300, indicateurs=15, annees=2)
KEYS = ["territoire", "indicateur", "annee"]


@pytest.fixture(scope="module")
def pays(tmp_path_factory):
    """The folder of a small country, built both ways, and what the two builds say of themselves."""
    folder = tmp_path_factory.mktemp("pays")
    generate(folder, PETITE)
    return folder, build_with_duckdb(folder, PETITE, "1GB"), build_with_pandas(folder, PETITE)


def rows(folder, sql):
    with contextlib.closing(duckdb.connect(str(current(folder)), read_only=True)) as con:
        return con.execute(sql).df()


def test_the_country_has_the_shape_of_france():
    places = territories(Taille.communes)
    assert places["code"].is_unique
    count = places.groupby("type").size()
    assert (count["commune"], count["departement"], count["region"], count["pays"]) == (34_900, 96, 13, 1)
    own = places[places["code_departement"] == "93"].groupby("type").size()
    assert (own["commune"], own["ept"]) == (39, 4)


@pytest.mark.parametrize("level", ["code_ept", "code_departement", "code_region", "pays"])
def test_every_level_is_the_sum_of_its_communes(pays, level):
    folder, _, _ = pays
    facts = pd.concat(map(pd.read_parquet, sorted(folder.glob("faits_*.parquet"))))
    parent = territories(PETITE.communes).assign(pays="FR").set_index("code")[level]
    for card in (1, 7, 15):
        above = facts[facts["variable"] == f"num{card:03d}"].set_index(["territoire", "annee"])["valeur"]
        below = facts[facts["variable"] == f"den{card % DENOMINATEURS:02d}"].set_index(["territoire", "annee"])[
            "valeur"
        ]
        sums = pd.DataFrame({"haut": above, "bas": below}).reset_index()
        sums = sums.groupby([sums["territoire"].map(parent), "annee"])[["haut", "bas"]].sum()
        found = rows(folder, f"SELECT * FROM observation WHERE indicateur = 'IND{card:03d}'")
        found = found.set_index(["territoire", "annee"]).loc[sums.index]
        pd.testing.assert_series_equal(
            found["valeur"], 100 * sums["haut"] / sums["bas"], check_names=False, check_index=False
        )


def test_every_territory_has_every_indicator_and_year_once(pays):
    folder, built, _ = pays
    expected = (territories(PETITE.communes)["type"] != "iris").sum() * PETITE.indicateurs * PETITE.annees
    empty = rows(folder, "SELECT count(*) FROM territoire AS t WHERE t.type = 'ept' AND NOT EXISTS "
        "(FROM territoire AS c WHERE c.type = 'commune' AND c.code_ept = t.code)").iat[0, 0]  # fmt: skip
    assert built["lignes"] == expected - empty * PETITE.indicateurs * PETITE.annees
    assert rows(folder, f"SELECT {', '.join(KEYS)} FROM observation GROUP BY ALL HAVING count(*) > 1").empty


def test_pandas_makes_the_same_rows(pays):
    folder, ours, theirs = pays
    assert (ours["lignes"], ours["france"]) == (theirs["lignes"], theirs["france"])
    columns = [*KEYS, "numerateur", "denominateur", "valeur"]
    made = pd.read_parquet(folder / "pandas.parquet", columns=columns)
    found = rows(folder, f"SELECT {', '.join(columns)} FROM observation")
    made, found = (t.astype(dict.fromkeys(KEYS, str)).sort_values(KEYS, ignore_index=True) for t in (made, found))
    pd.testing.assert_frame_equal(made, found, check_dtype=False)


def test_every_question_is_answered(pays, monkeypatch):
    """And the trace of a figure gives the figure back, on the generated warehouse too."""
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", "")
    # Half a second each in a process full of tests, twice a question: what is measured is not looked at here.
    monkeypatch.setattr("benchmarks.questions.gc.collect", lambda: 0)
    asked = measure(pays[0], runs=1)
    assert {"Accueil", "Portrait", "Cartes", "Comparer", "Sources et méthode", "API"} <= {found.ou for found in asked}
    assert all(found.mediane > 0 for found in asked)
