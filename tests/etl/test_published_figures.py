"""The shipped figures against those the producers publish, and against a computation made apart from ours.

``chiffres_attendus.csv`` holds, for each indicator, the values recomputed from the producers' columns for four
communes, Plaine Commune and the département; a blank says « non calculable ».
"""

import csv
import io
import zipfile
from pathlib import Path

import duckdb
import pytest

PLAINE_COMMUNE = "200057867"
ATTENDUS = Path(__file__).with_name("chiffres_attendus.csv")
COMMUNES_93 = "code_departement = '93' AND type = 'commune'"


def observation(con, territoire, indicateur, annee):
    cursor = con.execute(
        "SELECT * FROM observation WHERE territoire = ? AND indicateur = ? AND annee = ?",
        [territoire, indicateur, annee],
    )
    names = [column[0] for column in cursor.description]
    row = cursor.fetchone()
    assert row, f"aucune ligne pour {indicateur} {annee} {territoire}"
    return dict(zip(names, row, strict=True))


PUBLISHED = [
    # Populations de référence 2023 (INSEE)
    ("93066", "DEM01", 2023, 149077),
    ("93048", "DEM01", 2023, 111934),
    ("93014", "DEM01", 2023, 29354),
    ("93062", "DEM01", 2023, 14735),
    # Filosofi 2020 et 2021 (INSEE), taux arrondis au point
    ("93048", "REV02", 2020, 25),
    ("93014", "REV02", 2020, 42),
    ("93062", "REV02", 2020, 12),
    ("93066_2024", "REV02", 2020, 35),
    ("93014", "REV02", 2021, 42),
    # Filosofi, niveau de vie médian du département (INSEE)
    ("93", "REV01", 2014, 16726),
    ("93", "REV01", 2019, 18070),
    # Foyers allocataires du RSA du département au 31 décembre 2023 (CNAF)
    ("93", "REV53", 2023, 84270),
    # Filosofi 2023, nouvelle série (INSEE)
    ("FM", "REV01", 2023, 25920),
    ("FM", "REV02", 2023, 15.9),
    ("93", "REV01", 2023, 21250),
    ("93", "REV02", 2023, 29.5),
    # Accessibilité aux généralistes (DREES), avant et après la réunion de Pierrefitte à Saint-Denis
    ("93066_2024", "SAN01", 2023, 3.75),
    ("93059", "SAN01", 2023, 4.09),
    ("93066", "SAN01", 2024, 4.11),
]


@pytest.mark.parametrize(("territoire", "indicateur", "annee", "valeur"), PUBLISHED)
def test_a_published_figure_is_shipped_as_published(base, territoire, indicateur, annee, valeur):
    row = observation(base, territoire, indicateur, annee)
    assert (row["valeur"], row["statut"]) == (valeur, "publie")


def _expected():
    with ATTENDUS.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


@pytest.mark.parametrize("row", _expected(), ids=lambda row: f"{row['indicateur']}-{row['annee']}")
def test_an_indicator_equals_its_value_computed_apart(base, row):
    indicateur, annee = row["indicateur"], int(row["annee"])
    for territoire, text in list(row.items())[2:]:
        found = observation(base, territoire, indicateur, annee)["valeur"]
        if text == "":
            assert found is None, f"{territoire} devrait être sans valeur"
        else:
            half_unit = 0.5 * 10 ** -len(text.partition(".")[2])
            assert found == pytest.approx(float(text), abs=half_unit * 1.02), territoire


def test_nearly_every_available_indicator_was_computed_apart(base):
    rows = base.execute("SELECT code FROM indicateur WHERE etat = 'disponible' AND niveau = 'commune'").fetchall()
    checked = {row["indicateur"] for row in _expected()}
    assert {code for (code,) in rows} - checked == {"EMP23", "FAM26", "REV57"}


def test_the_median_of_the_merged_commune_is_not_calculable_and_its_former_values_are_kept(base):
    row = observation(base, "93066", "REV01", 2021)
    assert (row["valeur"], row["statut"], row["motif"]) == (None, "non_calculable", "fusion")
    assert observation(base, "93066_2024", "REV01", 2021)["valeur"] == 16620
    assert observation(base, "93059", "REV01", 2021)["valeur"] == 16080


def test_the_rsa_of_the_departement_is_the_published_total_beside_the_sum_of_rounded_communes(base):
    row = observation(base, "93", "REV53", 2023)
    assert (row["valeur"], row["valeur_membres"], row["statut"]) == (84270, 84275, "publie")
    (total,) = base.execute(
        f"""
        SELECT sum(valeur) FROM observation JOIN territoire ON code = territoire
        WHERE indicateur = 'REV53' AND annee = 2023 AND {COMMUNES_93}
        """
    ).fetchone()
    assert total == 84275


def test_the_unemployment_of_plaine_commune_is_unemployed_over_active_and_not_a_mean_of_rates(base):
    unemployed, active, mean = base.execute(
        """
        SELECT sum(numerateur), sum(denominateur), avg(valeur) FROM observation JOIN territoire ON code = territoire
        WHERE indicateur = 'EMP01' AND annee = 2022 AND type = 'commune' AND code_ept = ?
        """,
        [PLAINE_COMMUNE],
    ).fetchone()
    row = observation(base, PLAINE_COMMUNE, "EMP01", 2022)
    assert row["valeur"] == pytest.approx(100 * unemployed / active)
    assert (row["numerateur"], row["denominateur"]) == (pytest.approx(unemployed), pytest.approx(active))
    assert abs(row["valeur"] - mean) > 0.05


def test_the_weighted_poverty_rate_of_2015_equals_the_published_one(base):
    """INSEE publishes 2015 for the département: the approximation used for later years can be judged on it."""
    published = observation(base, "93", "REV02", 2015)
    assert published["statut"] == "publie"
    (approximation,) = base.execute(
        """
        SELECT sum(r.valeur * p.personnes) / sum(p.personnes)
        FROM observation AS r
        JOIN territoire AS t ON t.code = r.territoire
        JOIN (
            SELECT territoire, numerateur AS personnes FROM observation WHERE indicateur = 'DEM08' AND annee = 2015
        ) AS p USING (territoire)
        WHERE r.indicateur = 'REV02' AND r.annee = 2015 AND t.code_departement = '93' AND t.type = 'commune'
        """
    ).fetchone()
    assert approximation == pytest.approx(published["valeur"], abs=0.005)


def test_the_census_population_and_the_surface_of_the_departement(base):
    row = observation(base, "93", "DEM03", 2022)
    assert row["numerateur"] == 1681725
    assert row["denominateur"] == pytest.approx(236.2)


def test_the_departement_is_the_sum_of_its_39_communes_and_of_its_four_epts(base):
    rows = dict(
        base.execute(
            """
            SELECT type, [count(*), sum(valeur)] FROM observation JOIN territoire ON code = territoire
            WHERE indicateur = 'DEM01' AND annee = 2023 AND code_departement = '93' AND type <> 'commune_historique'
            GROUP BY type
            """
        ).fetchall()
    )
    assert rows["commune"] == [39, 1704316]
    assert rows["ept"] == [4, 1704316]
    assert rows["departement"] == [1, 1704316]


def test_a_quartier_across_two_communes_counts_once_in_their_ept(base):
    (by_commune,) = base.execute(
        f"SELECT sum(valeur) FROM observation JOIN territoire ON code = territoire WHERE indicateur = 'QPV02' "
        f"AND {COMMUNES_93} AND code_ept = '{PLAINE_COMMUNE}'"
    ).fetchone()
    assert observation(base, PLAINE_COMMUNE, "QPV02", 2024)["valeur"] == 22 < by_commune
    assert observation(base, "93", "QPV02", 2024)["valeur"] == 75


def test_every_commune_of_ile_de_france_over_5000_inhabitants_can_be_compared_with(base):
    rows = base.execute(
        """
        SELECT t.code, count(DISTINCT o.indicateur) FROM territoire AS t
        LEFT JOIN observation AS o ON o.territoire = t.code AND o.valeur IS NOT NULL
        WHERE t.type = 'commune' GROUP BY ALL
        """
    ).fetchall()
    assert len(rows) > 370
    assert min(count for _, count in rows) > 60
    small = base.execute(
        """
        SELECT count(*) FROM observation JOIN territoire ON code = territoire
        WHERE indicateur = 'DEM01' AND annee = 2023 AND type = 'commune' AND code_departement <> '93' AND valeur <= 5000
        """
    ).fetchone()
    assert small == (0,)


def test_zeros_that_mean_missing_or_secret_are_never_shipped_as_zeros(base):
    assert observation(base, "93013", "SAN04", 2024)["statut"] == "secret"
    for indicateur in ("FIN04", "FIN10", "FIN19", "SAN04", "SEC02", "SEC04", "REV53", "HAN07"):
        zeros = base.execute(
            f"""
            SELECT count(*) FROM observation JOIN territoire ON code = territoire
            WHERE indicateur = ? AND valeur = 0 AND {COMMUNES_93}
            """,
            [indicateur],
        ).fetchone()
        assert zeros == (0,), indicateur


def test_a_censored_poverty_rate_is_shipped_as_a_bound(base):
    row = observation(base, "93062", "REV42", 2021)
    assert (row["statut"], row["valeur"], row["borne_haute"]) == ("censure", 5, 5)


def test_the_erroneous_stock_of_stains_is_set_aside(base):
    assert observation(base, "93072", "LOG16", 2014)["statut"] == "manquant"
    assert observation(base, "93072", "LOG16", 2015)["valeur"] > 7000


def test_below_the_commune_there_are_614_iris_63_qpv_of_2015_and_75_of_2024(base):
    rows = base.execute(
        """
        SELECT type, left(code, 2) IN ('QP'), count(*), bool_and(len(communes) > 0) FROM territoire
        WHERE type IN ('iris', 'iris_historique', 'qpv') GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    assert rows == [
        ("iris", False, 614, True),
        ("iris_historique", False, 9, True),
        ("qpv", False, 75, True),
        ("qpv", True, 63, True),
    ]
    (size, surface) = base.execute(
        "SELECT sum(length(geojson)), sum(surface_km2) FROM geometrie JOIN territoire USING (code) WHERE type = 'iris'"
    ).fetchone()
    assert size < 900_000
    assert surface == pytest.approx(236.87, abs=0.01)


def test_each_indicator_has_figures_at_its_own_level_only(base):
    rows = base.execute(
        """
        SELECT DISTINCT i.niveau, t.type FROM observation AS o
        JOIN indicateur AS i ON i.code = o.indicateur JOIN territoire AS t ON t.code = o.territoire
        WHERE i.niveau <> 'commune' OR t.type IN ('iris', 'iris_historique', 'qpv') ORDER BY ALL
        """
    ).fetchall()
    assert rows == [("departement", "departement"), ("iris", "iris"), ("qpv", "qpv")]


def test_declared_and_disposable_income_share_no_variable(base):
    rows = base.execute(
        """
        SELECT DISTINCT left(i.numerateur, 4), o.annee
        FROM observation AS o JOIN indicateur AS i ON i.code = o.indicateur
        WHERE i.code BETWEEN 'IRI01' AND 'IRI15' AND o.valeur IS NOT NULL ORDER BY ALL
        """
    ).fetchall()
    assert rows == [("DEC_", 2021)] + [("DISP", year) for year in (2014, 2015, 2016, 2018, 2019, 2021)]


def test_no_rate_of_an_iris_stands_on_fewer_than_two_hundred_inhabitants(base):
    rows = base.execute(
        """
        SELECT count(*), count(o.valeur) FROM observation AS o
        JOIN indicateur AS i ON i.code = o.indicateur
        JOIN observation AS p ON p.territoire = o.territoire AND p.annee = o.annee AND p.indicateur = 'IRI20'
        WHERE i.base = 'insee_rp_iris.population' AND p.valeur < 200
        """
    ).fetchone()
    assert rows[0] > 100
    assert rows[1] == 0


FILES_BELOW = [
    ("IRI01", 2019, "filosofi/iris/BASE_TD_FILO_DISP_IRIS_2019.csv", "IRIS", "DISP_MED19"),
    ("IRI02", 2014, "filosofi/iris/BASE_TD_FILO_DISP_IRIS_2014.csv", "IRIS", "DISP_TP6014"),
    ("IRI11", 2021, "filosofi/iris/BASE_TD_FILO_IRIS_2021_DEC.csv", "IRIS", "DEC_MED21"),
    ("IRI40", 2016, "caf/data_CAF_2016_IRIS.csv", "CODGEO", "A"),
    ("QPV05", 2018, "qpv/DEMO_2022.csv", "CODGEO", "POP_MUN"),
    ("QPV03", 2018, "qpv/data_filo18_qp_revdis.csv", "CODGEO", "DISP_TP60_A18"),
    ("QPV18", 2018, "qpv/IPRO_2019.csv", "CODGEO", "ABC"),
    ("QPV11", 2020, "qpv/DEMO_2022.csv", "CODGEO", "A"),
]


@pytest.mark.parametrize(("indicateur", "annee", "fichier", "code", "colonne"), FILES_BELOW)
def test_figures_below_the_commune_are_those_of_the_producers_files(
    base, miroir, indicateur, annee, fichier, code, colonne
):
    renamed = dict(base.execute("SELECT code, successeur FROM territoire WHERE type = 'iris_historique'").fetchall())
    with (miroir / fichier).open(encoding="utf-8-sig", newline="") as stream:
        read = {row[code]: row[colonne] for row in csv.DictReader(stream, delimiter=";")}
    expected = {
        renamed.get(place, place): float("".join(text.split()).replace(",", "."))
        for place, text in read.items()
        if place.startswith(("93", "QP093")) and text.strip() and text not in ("ns", "nd", "so", "s")
    }
    found = base.execute(
        "SELECT territoire, valeur FROM observation WHERE indicateur = ? AND annee = ? AND valeur IS NOT NULL",
        [indicateur, annee],
    ).fetchall()
    assert len(found) > 60
    assert dict(found) == expected


def test_a_zero_that_stands_for_a_secret_is_a_secret(base):
    """Observatoire des fragilités: no count of beneficiaries lies between 1 and 9, in any commune of the region."""
    (zeros, few) = base.execute(
        """
        SELECT count(*) FILTER (f.valeur = 0), count(*) FILTER (f.valeur BETWEEN 1 AND 9)
        FROM fait AS f JOIN territoire AS t ON t.code = f.territoire AND t.type = 'commune'
        WHERE starts_with(f.source, 'observatoire_fragilites') AND NOT regexp_matches(f.variable, 'mgen|optiq')
        """
    ).fetchone()
    assert (zeros, few) == (0, 0)
    share = observation(base, "77055", "SAN07", 2024)
    assert (share["valeur"], share["statut"]) == (None, "secret")


CENSUS_OF_FILES = [
    ("qpv/DEMO_2017.csv", "P13_POP"),
    ("qpv/DEMO_2019.csv", "P13_POP"),
    ("qpv/DEMO_2021.csv", "P18_POP"),
    ("qpv/DEMO_2022.csv", "P18_POP"),
]


@pytest.mark.parametrize(("fichier", "colonne"), CENSUS_OF_FILES)
def test_the_census_of_the_population_of_qpv_is_told_by_that_of_their_communes(base, miroir, fichier, colonne):
    """The files do not name their census; the population of the commune that they also give does."""
    archive = miroir / "comparateur" / "base_cc_comparateur_csv_2022-01.zip"
    with zipfile.ZipFile(archive) as opened, opened.open("base_cc_comparateur.CSV") as stream:
        lines = csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig"), delimiter=";")
        published = {row["CODGEO"]: row[colonne] for row in lines if row["CODGEO"].startswith("93")}
    with (miroir / fichier).open(encoding="utf-8-sig", newline="") as stream:
        of_commune = {row["CODGEO"]: row["POP_COM"] for row in csv.DictReader(stream, delimiter=";")}
    alone = base.execute(
        "SELECT code, code_commune FROM territoire WHERE type = 'qpv' AND valide_au IS NOT NULL "
        "AND code_commune NOT IN (SELECT successeur FROM territoire WHERE type = 'commune_historique')"
    ).fetchall()
    assert len(alone) > 30
    for code, commune in alone:
        assert int("".join(of_commune[code].split())) == round(float(published[commune])), code


def test_the_job_seekers_of_qpv_are_dated_as_the_drees_dates_them(base):
    """Panorama de la DREES, Seine-Saint-Denis : 79 262 au 31 décembre 2020, 74 960 au 31 décembre 2021."""
    totals = base.execute(
        "SELECT annee, sum(valeur) FROM observation WHERE indicateur = 'QPV18' AND annee > 2019 GROUP BY ALL ORDER BY 1"
    ).fetchall()
    assert totals == [(2020, 79_262), (2021, 74_960)]


@pytest.mark.parametrize(("edition", "annee"), [(2018, 2016), (2019, 2017)])
def test_the_allocataires_of_qpv_are_dated_as_those_of_the_iris_that_are_the_same_place(base, miroir, edition, annee):
    """A quartier made of one IRIS has its counts, of two years before the edition and of no other year."""
    quarters = _counts_of_caf(miroir / f"qpv/DEMO_{edition}.csv", "QP")
    same = {
        year: len(quarters & _counts_of_caf(miroir / f"caf/data_CAF_{year}_IRIS.csv", ""))
        for year in (2016, 2017, 2019)
    }
    assert same.pop(annee) >= 5
    assert set(same.values()) == {0}
    (shipped,) = base.execute(
        "SELECT DISTINCT f.annee FROM fait AS f JOIN source AS s ON s.code = f.source "
        f"WHERE s.fichier = 'qpv/DEMO_{edition}.csv' AND f.variable = 'qpv_caf.A'"
    ).fetchall()
    assert shipped == (annee,)


def _counts_of_caf(path, prefix):
    """Foyers, personnes couvertes, familles monoparentales et enfants de chaque lieu qui en compte assez."""
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter=";") if row["CODGEO"].startswith(prefix)]
    read = ({key: "".join(row[key].split()) for key in ("A", "PERCOU", "AM", "ENF")} for row in rows)
    return {tuple(int(n) for n in row.values()) for row in read if all(n.isdecimal() and int(n) for n in row.values())}


def test_paris_is_counted_once_in_the_births_and_deaths_of_2023(base):
    """INSEE: 21 775 births and 13 888 deaths in Paris in 2023; the file once counted the city twice."""
    assert (
        observation(base, "75056", "DEM13", 2023)["valeur"] == observation(base, "75", "DEM13", 2023)["valeur"] == 21775
    )
    assert observation(base, "75", "DEM15", 2023)["valeur"] == 13888
    assert observation(base, "R11", "DEM11", 2023)["valeur"] == pytest.approx(12.37, abs=0.005)
    assert observation(base, "R11", "DEM12", 2023)["valeur"] == pytest.approx(6.26, abs=0.005)
    shown = "SELECT count(*) FROM observation WHERE territoire = 'FR' AND indicateur LIKE 'DEM1_' AND annee = 2023"
    assert base.execute(f"{shown} AND indicateur IN ('DEM11', 'DEM12', 'DEM13', 'DEM15', 'DEM16')").fetchone() == (0,)


def test_assaults_outside_the_family_leave_the_family_out(base):
    """SSMSI 2024: 5 533 in the 93; with those of the family (FAM10) they make the total that was once shown."""
    outside, family = observation(base, "93", "SEC03", 2024), observation(base, "93", "FAM10", 2024)
    assert outside["numerateur"] == 5533
    assert outside["numerateur"] + family["numerateur"] == 12486


@pytest.mark.parametrize("indicateur", ["SEC02", "SEC03", "SEC04", "SEC07", "SEC08", "FAM10"])
def test_recorded_crime_has_no_reference_above_the_departement(base, indicateur):
    for code in ("R11", "FR"):
        row = observation(base, code, indicateur, 2024)
        assert (row["valeur"], row["statut"], row["motif"]) == (None, "non_calculable", "niveau_partiel")


def test_a_level_with_undisclosed_communes_is_not_calculable_in_the_departement_either(base):
    """Two communes of the 93 have no published sexual violence: its total leaves them out."""
    assert observation(base, "93", "SEC02", 2024)["motif"] == "niveau_partiel"
    assert observation(base, "93", "SEC04", 2024)["valeur"] is not None


@pytest.mark.parametrize("indicateur", ["LOG20", "LOG21", "LOG23"])
def test_rooms_and_occupation_of_social_housing_are_those_of_2023(base, indicateur):
    years = base.execute("SELECT DISTINCT annee FROM observation WHERE indicateur = ?", [indicateur]).fetchall()
    assert years == [(2023,)]


def test_the_sizes_of_social_dwellings_add_up_to_the_stock_of_their_year(base):
    assert (
        observation(base, "93", "LOG20", 2023)["denominateur"]
        == observation(base, "93", "LOG16", 2023)["valeur"]
        == 237940
    )


def test_an_evolution_says_both_ends_of_its_period(base):
    row = observation(base, "93", "DEM02", 2022)
    assert (row["annee_debut"], row["annee"]) == (2016, 2022)
    (others,) = base.execute(
        "SELECT count(annee_debut) FROM observation JOIN indicateur ON code = indicateur WHERE forme = 'simple'"
    ).fetchone()
    assert others == 0


@pytest.mark.miroir
def test_the_accounts_of_the_ccas_are_of_2023(miroir):
    """Their staff costs (or operating costs without staff) are those of 2023 in the OFGL's accounts, to the euro."""
    pair = duckdb.connect()
    pair.execute(
        f"""
        CREATE VIEW ici AS SELECT territoire, valeur
        FROM read_csv('{miroir}/ccas/dgfip_comptes_ccas.csv', all_varchar = true)
        WHERE variable = 'charges_personnel' AND CAST(valeur AS DOUBLE) > 0;
        CREATE VIEW ofgl AS SELECT code_insee, exer, montant FROM read_csv(
            '{miroir}/recents/ccas/ofgl_base_ccas_cias_93_2018_2025_budget_principal.csv', all_varchar = true)
        WHERE agregat = 'Frais de personnel'
        """
    )
    rows = pair.execute(
        """
        SELECT territoire, min_by(exer, abs(CAST(montant AS DOUBLE) - CAST(valeur AS DOUBLE))),
            min(abs(CAST(montant AS DOUBLE) - CAST(valeur AS DOUBLE)))
        FROM ici JOIN ofgl ON code_insee = territoire WHERE territoire <> '93015' GROUP BY territoire
        """
    ).fetchall()
    assert len(rows) > 30
    assert {(year, gap < 1) for _, year, gap in rows} == {("2023", True)}


def test_the_totals_of_the_new_vintages_are_those_of_the_producers(base):
    """Recensement 2023 ; sommes des communes : CNAF décembre 2024, Dares T4 2024, naissances domiciliées."""
    assert observation(base, "93", "DEM06", 2023)["valeur"] == pytest.approx(12.47, abs=0.005)
    assert observation(base, "93", "SEN01", 2023)["valeur"] == pytest.approx(5.30, abs=0.005)
    tenants = observation(base, "93", "LOG01", 2023)
    assert (round(tenants["numerateur"]), round(tenants["denominateur"])) == (209_032, 673_946)
    assert observation(base, "93", "REV44", 2024)["numerateur"] == 392_980
    assert observation(base, "93", "REV15", 2024)["numerateur"] == 126_490
    assert observation(base, "93", "EMP12", 2024)["valeur"] == 174_330
    assert [observation(base, "93", "DEM13", year)["valeur"] for year in (2024, 2025)] == [24_946, 24_206]


def test_what_is_added_from_several_cells_of_a_file_is_computed_not_published(base):
    assert observation(base, "93048", "DEM31", 2023)["statut"] == "calcule"
    assert observation(base, "93048", "EDU08", 2023)["statut"] == "calcule"
    assert observation(base, "93048", "EDU08", 2022)["statut"] == "publie"


def test_an_index_of_the_intermediary_is_not_shown_as_the_producer_s(base):
    """The lines of the département and of France in the file of the APL are a computation of the intermediary."""
    found = base.execute(
        "SELECT count(*) FROM observation WHERE indicateur IN ('SAN01', 'SAN15') AND valeur IS NOT NULL "
        "AND territoire IN ('93', 'FR', 'FM', 'R11')"
    ).fetchone()
    assert found == (0,)
    merged = observation(base, "93066", "SAN01", 2023)
    assert (merged["valeur"], merged["motif"]) == (None, "fusion")


def test_no_reference_of_a_newer_year_is_borrowed_from_an_older_one(base):
    """After 2023 these files hold the Seine-Saint-Denis alone: the région and France have no line, not an old one.

    The energy labels of ADEME alone have a line of their own for France.
    """
    rows = base.execute(
        """
        SELECT DISTINCT o.indicateur FROM observation AS o JOIN source AS s ON s.code = o.source
        WHERE o.territoire IN ('R11', 'FR', 'FM') AND o.valeur IS NOT NULL AND o.annee >= 2024
          AND starts_with(s.fichier, 'recents/') AND s.jeu <> 'ademe_dpe'
        """
    ).fetchall()
    assert rows == []


def _tidy(path):
    """(année, territoire, variable) → number, of a file in columns; communes only."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            (row["annee"], row["territoire"], row["variable"]): float(row["valeur"])
            for row in csv.DictReader(stream)
            if row.get("type", "commune") == "commune" and row["territoire"].startswith("93") and row["valeur"]
        }


OVERLAPS = [
    # new file, variable; former file, variable; years; figures compared; largest gap; how many may differ
    ("caf/cnaf_s_ben_com_f_93_2020_2024.csv", "indfoy_rsa", "caf_rsa.csv", "rsa", (2022, 2023), 78, 5, 1),
    ("caf/cnaf_s_ben_com_f_93_2020_2024.csv", "indfoy_ppa", "caf_allocataires.csv", "f_ppa", (2023,), 39, 0, 0),
    ("caf/cnaf_s_ben_com_f_93_2020_2024.csv", "indfoy_ndural", "caf_allocataires.csv", "f_ndural", (2023,), 39, 5, 1),
    ("caf/cnaf_s_ben_com_f_93_2020_2024.csv", "indfoy_ndur", "caf_allocataires.csv", "all", (2023,), 39, 5, 1),
    ("caf/cnaf_s_ben_com_f_93_2020_2024.csv", "indfoy_ndurpaje", "caf_paje.csv", "ndurpaje", (2023,), 39, 5, 9),
    ("emploi/dares_defm_abc_t4_93_2015_2024.csv", "DEFM_ABC_T4", "france_travail_defm.csv", "defm",
     tuple(range(2015, 2024)), 351, 5, 1),
    ("etat_civil2025/insee_naissances_deces_93_2008_2025.csv", "naissances", "insee_etat_civil.csv", "naissances",
     tuple(range(2008, 2024)), 624, 0, 0),
    ("etat_civil2025/insee_naissances_deces_93_2008_2025.csv", "deces", "insee_etat_civil.csv", "deces",
     tuple(range(2008, 2024)), 624, 0, 0),
    ("bpe2025/insee_bpe_2025_93.csv", "pharmacie", "insee_bpe.csv", "pharma", (2025, 2024), 39, 1, 6),
    ("bpe2025/insee_bpe_2025_93.csv", "bibliothèque", "insee_bpe.csv", "biblio", (2025, 2024), 39, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize("overlap", OVERLAPS, ids=lambda overlap: overlap[1])
def test_a_new_vintage_continues_the_former_file(miroir, overlap):
    """The same definition: where both files give a year they agree; for the BPE, a year apart hardly moves."""
    new_file, new, old_file, old, years, compared, gap, differ = overlap
    fresh, former = _tidy(miroir / "recents" / new_file), _tidy(miroir / "chiffres" / old_file)
    apart = years if years[0] > years[-1] else None  # (year of the new file, year of the former one)
    pairs = [(apart[0], apart[1])] if apart else [(year, year) for year in years]
    gaps = [
        abs(fresh[(str(a), place, new)] - former[(str(b), place, old)])
        for a, b in pairs
        for year, place, variable in fresh
        if (year, variable) == (str(a), new) and (str(b), place, old) in former
    ]
    assert len(gaps) == compared
    assert max(gaps) <= gap
    assert sum(value > 0 for value in gaps) <= differ


@pytest.mark.parametrize(
    ("new", "old", "fichier", "moved"),
    [
        ("indfoy_ndur", "all", "caf", 0.005),
        ("personnes âgées : services d’aide", "aide_persagees", "bpe", 0.3),
    ],
)
def test_a_change_of_count_is_a_declared_break(base, miroir, new, old, fichier, moved):
    """CNAF: 1 % more foyers in the former file until 2021. BPE: half as many more services, and other ones."""
    files = {
        "caf": ("caf/cnaf_s_ben_com_f_93_2020_2024.csv", "caf_allocataires.csv", "2021", "2021", "REV44", "2022"),
        "bpe": ("bpe2025/insee_bpe_2025_93.csv", "insee_bpe.csv", "2025", "2024", "SEN20", "2025"),
    }
    new_file, old_file, new_year, old_year, indicateur, since = files[fichier]
    fresh, former = _tidy(miroir / "recents" / new_file), _tidy(miroir / "chiffres" / old_file)
    total = sum(value for (year, _, name), value in fresh.items() if (year, name) == (new_year, new))
    before = sum(
        value
        for (year, place, name), value in former.items()
        if (year, name) == (old_year, old) and (new_year, place, new) in fresh
    )
    assert abs(total / before - 1) > moved
    (breaks,) = base.execute("SELECT ruptures FROM indicateur WHERE code = ?", [indicateur]).fetchone()
    assert any(str(one["annee"]) == since for one in breaks)


def test_the_former_accessibility_is_not_the_one_published_for_2023(miroir):
    """Dated 2023 in the former file, it is off by up to 0.4 consultation from the DREES's own figures of 2023."""
    fresh = _tidy(miroir / "recents/sante/drees_apl_generalistes_93_2022_2024.csv")
    former = _tidy(miroir / "chiffres/drees_apl.csv")
    gaps = [
        abs(fresh[("2023", place, "APL_MG")] - value)
        for (year, place, name), value in former.items()
        if name == "apl_gen" and ("2023", place, "APL_MG") in fresh
    ]
    assert len(gaps) == 38
    assert max(gaps) > 0.3
