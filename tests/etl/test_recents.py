"""The accounts of the CCAS, the dotations and the other recent datasets: published totals, and what they hide."""

import csv

import pytest

from tests.etl.test_published_figures import COMMUNES_93, PLAINE_COMMUNE, observation

COMPTES = ("FIN03", "FIN06", "FIN09", "FIN11", "FIN13", "FIN15", "FIN16")
RECENTS = (
    *("FIN03", "FIN06", "FIN09", "FIN11", "FIN13", "FIN17", "FIN19", "FIN20", "FIN22", "EMP30", "EMP31"),
    *("LOG40", "LOG42", "LOG44", "NUM02"),
)


def communes(base, indicateur, annee, what="valeur"):
    """The figures of the communes of the département, by code."""
    rows = base.execute(
        f"""
        SELECT o.territoire, o.{what} FROM observation AS o JOIN territoire AS t ON t.code = o.territoire
        WHERE o.indicateur = ? AND o.annee = ? AND {COMMUNES_93}
        """,
        [indicateur, annee],
    ).fetchall()
    return dict(rows)


def latest(base, indicateur):
    return base.execute("SELECT max(annee) FROM observation WHERE indicateur = ?", [indicateur]).fetchone()[0]


@pytest.mark.parametrize("indicateur", RECENTS)
def test_every_commune_has_its_figure_in_the_latest_year(base, indicateur):
    found = communes(base, indicateur, latest(base, indicateur))
    assert len(found) == 39
    assert [code for code, value in found.items() if value is None] == []


@pytest.mark.parametrize(
    ("indicateur", "annee", "total"),
    [
        ("FIN22", 2026, 477_641_435),  # DGF : 477,6 M€
        ("FIN22", 2018, 381_636_335),
        ("EMP30", 2025, 572_570),
        ("EMP30", 2015, 471_193),
        ("LOG44", 2025, 9_538),
        ("LOG43", 2026, 410_924),
    ],
)
def test_the_departement_is_the_total_of_its_communes(base, indicateur, annee, total):
    assert observation(base, "93", indicateur, annee)["valeur"] == total
    assert sum(communes(base, indicateur, annee).values()) == total


def test_the_labels_of_the_departement_are_those_the_ademe_publishes(base):
    row = observation(base, "93", "LOG42", 2026)
    assert (row["numerateur"], row["denominateur"]) == (23_624 + 14_795, 410_924)
    assert sum(communes(base, "LOG42", 2026, "numerateur").values()) == row["numerateur"]


def test_the_labels_of_saint_denis_add_pierrefitte_which_the_file_keeps_apart(base):
    parts = [observation(base, code, "LOG43", 2026)["valeur"] for code in ("93059", "93066_2024")]
    assert sum(parts) == observation(base, "93066", "LOG43", 2026)["valeur"] == 40_216


# Published for the département alone


@pytest.mark.parametrize(
    ("indicateur", "annee", "valeur"),
    [
        ("DEP04", 2020, 8185),
        ("DEP06", 2020, 5763),
        ("DEP08", 2019, 16050),
        ("DEP20", 2023, 864.8),
        ("DEP25", 2023, 146.3),
    ],
)
def test_a_figure_of_the_departement_is_the_published_one(base, indicateur, annee, valeur):
    row = observation(base, "93", indicateur, annee)
    assert (row["valeur"], row["statut"]) == (valeur, "publie")


def test_the_regional_column_of_the_workbooks_is_not_taken_for_the_departement(base):
    """Column A of the DREES is the code of the region: there, 93 is Provence-Alpes-Côte d’Azur, far larger."""
    assert observation(base, "93", "DEP06", 2019)["valeur"] == 6051


def test_what_is_published_for_departements_alone_has_one_row_a_year_and_none_below(base):
    rows = base.execute(
        """
        SELECT DISTINCT t.type FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        JOIN territoire AS t ON t.code = o.territoire WHERE i.niveau = 'departement'
        """
    ).fetchall()
    assert rows == [("departement",)]


def test_mortality_is_known_for_the_eight_departements_of_ile_de_france(base):
    rows = dict(
        base.execute(
            "SELECT territoire, valeur FROM observation WHERE indicateur = 'DEP20' AND annee = 2023"
        ).fetchall()
    )
    assert len(rows) == 8
    assert (min(rows.values()), rows["93"], max(rows.values())) == (757.3, 864.8, 936.0)


def test_ill_defined_causes_weigh_more_than_anywhere_else_in_the_region(base):
    """What the cards of the causes say: 17 % in the département, 8 to 13 % in the seven others."""
    rows = base.execute(
        """
        SELECT a.territoire, 100 * a.valeur / b.valeur FROM observation AS a JOIN observation AS b
            USING (territoire, annee)
        WHERE a.indicateur = 'DEP25' AND b.indicateur = 'DEP20' AND annee = 2023
        """
    ).fetchall()
    shares = {code: round(share) for code, share in rows}
    assert shares.pop("93") == 17
    assert (min(shares.values()), max(shares.values())) == (8, 13)


def test_it_is_neither_mapped_nor_compared(warehouse):
    alone = warehouse.cards_below("departement")
    assert len(alone) > 15
    assert not set(alone) & set(warehouse.indicateurs)
    assert not set(alone) & warehouse.codes


def test_spending_in_thousands_of_euros_is_told_in_millions(base):
    assert observation(base, "93", "DEP14", 2019)["valeur"] == pytest.approx(358.584405)


# Accounts of the CCAS


@pytest.mark.parametrize("indicateur", COMPTES)
@pytest.mark.parametrize("annee", range(2018, 2025))
def test_without_pierrefitte_nothing_above_is_presented_as_whole(base, indicateur, annee):
    for code in ("93066", PLAINE_COMMUNE, "93"):
        row = observation(base, code, indicateur, annee)
        assert (row["valeur"], row["statut"]) == (None, "non_calculable"), code
    assert observation(base, "93066", indicateur, annee)["motif"] == "membre_absent"
    assert observation(base, "93066_2024", indicateur, annee)["valeur"] is not None
    assert observation(base, "200058790", indicateur, annee)["valeur"] is not None  # Grand Paris Grand Est


@pytest.mark.parametrize("indicateur", COMPTES)
def test_the_new_siren_of_saint_denis_makes_2025_whole(base, indicateur):
    assert all(
        observation(base, code, indicateur, 2025)["valeur"] is not None for code in ("93066", PLAINE_COMMUNE, "93")
    )


def test_the_spending_of_saint_denis_in_2025_is_that_of_the_merged_commune(base):
    assert observation(base, "93066", "FIN03", 2025)["numerateur"] == 8_901_829
    assert observation(base, "93", "FIN03", 2025)["numerateur"] == 93_162_715


def test_the_intercommunal_centre_counts_in_no_commune_and_in_no_total(base):
    """Its home for the elderly spends 4,893,367 € out of every commune’s budgets."""
    total = observation(base, "93", "FIN17", 2025)["numerateur"]
    assert total == sum(communes(base, "FIN17", 2025, "numerateur").values()) == 45_866_649
    assert communes(base, "FIN17", 2025, "numerateur")["93006"] == 2_369_339


def test_the_other_budgets_of_saint_denis_are_read_once(base):
    """The file has those of its former CCAS, in 2024, and those of the new one, in 2025."""
    assert communes(base, "FIN17", 2025, "numerateur")["93066"] == 4_147_211


def test_a_commune_without_another_budget_has_zero_there_and_not_a_missing_figure(base):
    row = observation(base, "93051", "FIN17", 2025)
    assert (row["valeur"], row["statut"]) == (0, "calcule")


def test_aulnay_and_bondy_have_their_accounts(base):
    found = communes(base, "FIN03", 2023, "numerateur")
    assert (found["93005"], found["93010"]) == (3_503_354, 1_675_146)


def test_a_participation_written_elsewhere_is_missing_and_not_zero(base):
    for code, annee in (("93006", 2024), ("93006", 2025), ("93029", 2025), ("93062", 2023)):
        assert observation(base, code, "FIN04", annee)["statut"] == "manquant"
        assert observation(base, code, "FIN10", annee)["statut"] == "manquant"
    assert observation(base, "93006", "FIN04", 2023)["numerateur"] == 1_395_000
    assert observation(base, "93", "FIN04", 2025)["statut"] == "non_calculable"
    assert 0 not in communes(base, "FIN04", 2025).values()


def test_a_ccas_without_staff_of_its_own_has_a_true_zero(base):
    assert observation(base, "93047", "FIN13", 2025)["valeur"] == 0


def test_interventions_are_told_since_the_new_rules_only(base):
    """They doubled from 2022 to 2024 because the accounts were filed otherwise: no former year is shown."""
    years = base.execute("SELECT DISTINCT annee FROM observation WHERE indicateur = 'FIN19' ORDER BY 1").fetchall()
    assert years == [(2024,), (2025,)]
    assert observation(base, "93", "FIN19", 2025)["numerateur"] == 15_349_028


def test_the_change_of_accounting_rules_is_a_break_of_every_series(base):
    rows = base.execute(
        """
        SELECT i.code, len(i.ruptures) FROM indicateur AS i
        WHERE i.numerateur LIKE 'ofgl_ccas.%' AND i.code <> 'FIN19' AND i.etat = 'disponible'
        """
    ).fetchall()
    assert len(rows) == 10
    assert all(count == 1 for _, count in rows)


def test_nothing_is_called_an_aid_until_the_accounts_that_are_aids_are_read(base):
    rows = base.execute("SELECT code FROM indicateur WHERE libelle LIKE 'Aides versées%' AND etat = 'disponible'")
    assert rows.fetchall() == []


def test_what_the_new_ccas_of_saint_denis_runs_is_not_known_and_its_levels_neither(base):
    for indicateur in ("FIN23", "FIN24", "FIN25", "FIN26", "FIN27"):
        for code in ("93066", PLAINE_COMMUNE, "93"):
            assert observation(base, code, indicateur, 2026)["valeur"] is None
    assert observation(base, "93005", "FIN23", 2026)["valeur"] == 13
    assert observation(base, "93015", "FIN23", 2026)["valeur"] == 0


def test_places_that_are_not_declared_are_not_counted_as_none(base):
    assert observation(base, "93070", "FIN24", 2026)["valeur"] == 3
    assert observation(base, "93070", "FIN25", 2026)["statut"] == "manquant"


def test_a_rent_of_a_group_of_communes_is_not_shown_as_that_of_each(base):
    found = communes(base, "LOG41", 2025)
    assert sum(value is None for value in found.values()) == 20
    assert found["93001"] is None
    assert found["93048"] == 22.99


def test_no_dotation_is_a_true_zero(base):
    assert observation(base, "93074", "FIN22", 2020)["valeur"] == 0
    assert observation(base, "93074", "FIN22", 2023)["valeur"] > 0


def test_only_the_labels_have_a_figure_for_france(base):
    rows = base.execute(
        "SELECT DISTINCT indicateur FROM observation WHERE territoire IN ('FR', 'FM', 'R11') AND valeur IS NOT NULL "
        "AND (indicateur LIKE 'FIN%' OR indicateur LIKE 'DEP%' OR indicateur IN ('EMP30', 'EMP31', 'EMP32', 'EMP33', "
        "'EMP34', 'LOG40', 'LOG41', 'LOG42', 'LOG43', 'LOG44', 'LOG45', 'NUM02')) ORDER BY 1"
    ).fetchall()
    assert rows == [("LOG42",), ("LOG43",)]


def test_the_disposable_income_of_iris_in_2021_leaves_out_pierrefitte(base):
    for indicateur in ("IRI01", "IRI02"):
        (known,) = base.execute(
            "SELECT count(*) FROM observation WHERE indicateur = ? AND annee = 2021 AND valeur IS NOT NULL",
            [indicateur],
        ).fetchone()
        assert known == 559
    (former,) = base.execute(
        "SELECT count(*) FROM observation AS o JOIN territoire AS t ON t.successeur = o.territoire "
        "WHERE o.indicateur = 'IRI01' AND o.annee = 2021 AND o.valeur IS NOT NULL AND t.type = 'iris_historique'"
    ).fetchone()
    assert former == 0
    (doubtful,) = base.execute(
        "SELECT count(*) FROM observation WHERE indicateur IN ('IRI03', 'IRI04', 'IRI05') AND annee = 2021"
    ).fetchone()
    assert doubtful == 0


def test_staff_costs_of_2023_are_those_of_the_accounts_of_the_dgfip(base, miroir):
    """Two producers, the same accounts: the DGFiP’s balances and the aggregates that the OFGL makes of them."""
    with (miroir / "ccas/dgfip_comptes_ccas.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["variable"] == "charges_personnel"]
    dgfip = {row["territoire"]: float(row["valeur"]) for row in rows}
    ofgl = {code: observation(base, code, "FIN13", 2023)["numerateur"] for code in ("93001", "93031", "93048")}
    ofgl["93066"] = observation(base, "93066_2024", "FIN13", 2023)["numerateur"]
    assert {code: dgfip[code] for code in ofgl} == pytest.approx(ofgl, abs=1)
