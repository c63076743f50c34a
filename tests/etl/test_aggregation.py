"""How figures climb: Σ/Σ, never a mean of rates, never a sum with a hole, never an aggregated median."""

import pytest

from tests.etl.producers import EPT, build_warehouse, catalogue, figure, indicateur, jeu, source

RP = "CODGEO;P18_CHOM1564;P18_ACT1564;P18_POP\n93001;30;100;1000\n93015;2;50;400\n93059;12;60;500\n93066;48;240;2000\n"
FILOSOFI = (
    "CODGEO;NBPERSMENFISC19;MED19;TP6019\n"
    "93001;900;15000;40\n93015;380;26000;5\n93059;480;16000;38\n93066;1900;15700;36\n"
)
VARIABLES = ["P{aa}_CHOM1564", "P{aa}_ACT1564", "P{aa}_POP"]
REVENUS = ["NBPERSMENFISC{aa}", "MED{aa}", "TP60{aa}"]
CENSURE = {"variables": ["TP60*"], "si": "= 5", "statut": "censure", "raison": "borne"}

CHOMAGE = indicateur("EMP01", "P{aa}_CHOM1564", "ratio", denominateur="P{aa}_ACT1564", facteur=100, unite="%")
POPULATION = indicateur("DEM01", "P{aa}_POP")
MEDIANE = indicateur("REV01", "MED{aa}", "aucune")
PAUVRETE = indicateur("REV02", "TP60{aa}", "approchee", poids="NBPERSMENFISC{aa}", poids_libelle="personnes")


@pytest.fixture
def con(tmp_path):
    (tmp_path / "rp.csv").write_text(RP)
    (tmp_path / "filosofi.csv").write_text(FILOSOFI)
    return build_warehouse(
        tmp_path,
        catalogue(
            [jeu("rp", VARIABLES), jeu("filosofi", REVENUS, regles=[CENSURE])],
            [source("rp_2018", "rp", "rp.csv", 2018), source("filosofi_2019", "filosofi", "filosofi.csv", 2019)],
            [CHOMAGE, POPULATION, MEDIANE, PAUVRETE],
        ),
    )


def test_the_merged_commune_is_the_sum_of_its_two_former_ones(con):
    assert figure(con, "93066", "DEM01", 2018)["valeur"] == 2500
    rate = figure(con, "93066", "EMP01", 2018)
    assert rate["valeur"] == pytest.approx(100 * (12 + 48) / (60 + 240))
    assert (rate["numerateur"], rate["denominateur"], rate["statut"]) == (60, 300, "calcule")


def test_a_rate_of_the_ept_is_sum_over_sum_and_not_the_mean_of_rates(con):
    rates = [figure(con, c, "EMP01", 2018)["valeur"] for c in ("93001", "93015", "93066")]
    ept = figure(con, EPT, "EMP01", 2018)
    assert ept["valeur"] == pytest.approx(100 * 92 / 450)
    assert ept["valeur"] != pytest.approx(sum(rates) / 3)


def test_the_departement_counts_each_inhabitant_once(con):
    assert figure(con, "93", "DEM01", 2018)["valeur"] == 3900


def test_a_median_is_never_aggregated_and_the_former_values_are_kept(con):
    assert figure(con, "93001", "REV01", 2019)["statut"] == "publie"
    for territoire, reason in (("93066", "fusion"), (EPT, "non_agregeable"), ("93", "non_agregeable")):
        row = figure(con, territoire, "REV01", 2019)
        assert (row["valeur"], row["statut"], row["motif"]) == (None, "non_calculable", reason)
    assert figure(con, "93059", "REV01", 2019)["valeur"] == 16000
    assert figure(con, "93066_2024", "REV01", 2019)["valeur"] == 15700


def test_a_weighted_approximation_says_so(con):
    row = figure(con, "93066", "REV02", 2019)
    assert row["valeur"] == pytest.approx((38 * 480 + 36 * 1900) / (480 + 1900))
    assert row["statut"] == "approche"


def test_a_poverty_rate_of_five_is_a_bound(con):
    row = figure(con, "93015", "REV02", 2019)
    assert (row["valeur"], row["borne_haute"], row["statut"]) == (5, 5, "censure")


def test_an_approximation_is_refused_when_a_member_is_censored(con):
    row = figure(con, EPT, "REV02", 2019)
    assert (row["valeur"], row["statut"], row["motif"]) == (None, "non_calculable", "membre_censure")


def test_every_territory_has_a_line_for_each_figure(con):
    rows = con.execute(
        """
        SELECT indicateur, annee, count(*) FROM observation JOIN territoire AS t ON t.code = territoire
        WHERE t.type IN ('commune', 'ept', 'departement') GROUP BY ALL
        """
    ).fetchall()
    assert {count for _, _, count in rows} == {5}


def test_a_secret_member_refuses_the_sum_without_becoming_a_zero(tmp_path):
    (tmp_path / "rp.csv").write_text(RP.replace("93015;2;50;400", "93015;s;50;400"))
    con = build_warehouse(
        tmp_path, catalogue([jeu("rp", VARIABLES)], [source("rp_2018", "rp", "rp.csv", 2018)], [CHOMAGE, POPULATION])
    )
    assert figure(con, "93015", "EMP01", 2018)["statut"] == "secret"
    row = figure(con, EPT, "EMP01", 2018)
    assert (row["valeur"], row["statut"], row["motif"]) == (None, "non_calculable", "membre_secret")
    assert figure(con, EPT, "DEM01", 2018)["valeur"] == 3900


def test_a_commune_missing_from_the_file_refuses_the_sum(tmp_path):
    (tmp_path / "rp.csv").write_text(RP.replace("93015;2;50;400\n", ""))
    con = build_warehouse(
        tmp_path, catalogue([jeu("rp", VARIABLES)], [source("rp_2018", "rp", "rp.csv", 2018)], [POPULATION])
    )
    assert figure(con, "93015", "DEM01", 2018)["statut"] == "manquant"
    assert figure(con, "93", "DEM01", 2018)["motif"] == "membre_absent"


def test_one_former_commune_alone_does_not_make_the_merged_one(tmp_path):
    (tmp_path / "rp.csv").write_text(RP.replace("93059;12;60;500\n", ""))
    con = build_warehouse(
        tmp_path, catalogue([jeu("rp", VARIABLES)], [source("rp_2018", "rp", "rp.csv", 2018)], [POPULATION])
    )
    assert figure(con, "93066", "DEM01", 2018)["valeur"] is None


def test_the_published_total_wins_and_the_sum_of_communes_stays_visible(tmp_path):
    lines = ["source,annee,territoire,type,variable,valeur"]
    lines += [f"caf,2023,{c},commune,rsa,{v}" for c, v in (("93001", 105), ("93015", 20), ("93066", 300))]
    lines += ["caf,2023,93,departement,rsa,421", "caf,2023,93,region,rsa,9999", "caf,2023,FR,pays,rsa,18237"]
    (tmp_path / "caf.csv").write_text("\n".join(lines) + "\n")
    con = build_warehouse(
        tmp_path,
        catalogue(
            [jeu("caf", ["caf.rsa"])],
            [
                source(
                    "caf_2023", "caf", "caf.csv", 2023, lecteur="releve", geographie=2025, lecture={"prefixe": "caf."}
                )
            ],
            [indicateur("REV53", "caf.rsa")],
        ),
    )
    row = figure(con, "93", "REV53", 2023)
    assert (row["valeur"], row["statut"], row["valeur_membres"]) == (421, "publie", 425)
    assert figure(con, "FR", "REV53", 2023)["valeur"] == 18237
    assert figure(con, "R11", "REV53", 2023) == {}


def test_the_denominator_is_the_nearest_census_within_the_gap_allowed(tmp_path):
    (tmp_path / "rp.csv").write_text(RP)
    for year in (2019, 2023):
        (tmp_path / f"caf{year}.csv").write_text("CODGEO;RSA\n93001;50\n93015;4\n93059;20\n93066;80\n")
    jeux = [jeu("rp", VARIABLES), jeu("caf", ["RSA"])]
    sources = [source("rp_2018", "rp", "rp.csv", 2018)]
    sources += [source(f"caf_{year}", "caf", f"caf{year}.csv", year) for year in (2019, 2023)]
    card = indicateur("REV14", "RSA", "ratio", denominateur="P{aa}_POP", facteur=100, ecart_annees=2)
    con = build_warehouse(tmp_path, catalogue(jeux, sources, [card]))
    row = figure(con, "93001", "REV14", 2019)
    assert (row["valeur"], row["annee_denominateur"], row["source_denominateur"]) == (5, 2018, "rp_2018")
    assert figure(con, "93001", "REV14", 2023) == {}


def test_a_yearly_growth_is_computed_on_the_sums(tmp_path):
    for year, factor in ((2016, 1.0), (2022, 1.2)):
        text = "CODGEO;POP\n" + "".join(
            f"{c};{v * factor}\n" for c, v in (("93001", 100), ("93015", 50), ("93059", 70), ("93066", 200))
        )
        (tmp_path / f"pop{year}.csv").write_text(text)
    card = indicateur(
        "DEM02", "POP", "ratio", denominateur="POP[-6]", forme="evolution", duree=6, facteur=100, unite="% par an"
    )
    sources = [source(f"pop_{year}", "pop", f"pop{year}.csv", year) for year in (2022, 2016)]
    con = build_warehouse(tmp_path, catalogue([jeu("pop", ["POP"])], sources, [card]))
    assert figure(con, EPT, "DEM02", 2022)["valeur"] == pytest.approx(100 * (1.2 ** (1 / 6) - 1))
