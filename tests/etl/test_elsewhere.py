"""Nothing of the code is tied to one year or one département: a block of TOML, or an option, is enough."""

import json
import shutil

import duckdb
import openpyxl
import pytest

from etl.__main__ import place_of
from etl.catalogue import CATALOGUE, load_catalogue
from etl.errors import DataError
from etl.load import WAREHOUSE, build, current
from observatoire.warehouse import NoWarehouse, open_warehouse
from tests.etl.test_geography import ept_workbook

ORLY, MARNE, AGGLO = "200058014", "200057941", "200057958"

SOURCES = """
[[jeu]]
code = "insee_cog"
producteur = "INSEE"
nom = "COG"
licence = "LO"
description = "Communes."
[[source]]
code = "cog"
jeu = "insee_cog"
millesime = 2026
geographie = 2026
fichier = "cog.csv"
lecteur = "geographie"

[[jeu]]
code = "insee_mouvements"
producteur = "INSEE"
nom = "Mouvements"
licence = "LO"
description = "Fusions."
[[source]]
code = "mouvements"
jeu = "insee_mouvements"
millesime = 2026
geographie = 2026
fichier = "mouvements.csv"
lecteur = "geographie"

[[jeu]]
code = "insee_ept"
producteur = "INSEE"
nom = "EPT"
licence = "LO"
description = "Composition des EPT."
[[source]]
code = "ept"
jeu = "insee_ept"
millesime = 2025
geographie = 2025
fichier = "ept.xlsx"
lecteur = "geographie"
lecture = { "feuille" = "Composition_communale", "entete" = 6 }

[[jeu]]
code = "dgcl_epci"
producteur = "DGCL"
nom = "EPCI"
licence = "LO"
description = "Composition des EPCI."
[[source]]
code = "epci"
jeu = "dgcl_epci"
millesime = 2025
geographie = 2025
fichier = "epci.xlsx"
lecteur = "geographie"
lecture = { "feuille" = "Epci", "entete" = 1 }

[[jeu]]
code = "contours"
producteur = "IGN"
nom = "Contours"
licence = "LO"
description = "Contours."
[[source]]
code = "contours"
jeu = "contours"
millesime = 2020
geographie = 2020
fichier = "contours.geojson"
lecteur = "geographie"
lecture = { "departements" = ["94"] }

[[jeu]]
code = "insee_populations"
producteur = "INSEE"
nom = "Populations"
licence = "LO"
description = "Populations."
variables = ["PMUN", "CHOM", "ACT"]
[[source]]
code = "populations"
jeu = "insee_populations"
millesime = 2023
geographie = 2025
fichier = "populations.csv"
lecteur = "tableau"
lecture = { "code" = "COM" }
"""
CARDS = """
[[indicateur]]
code = "DEM01"
theme = "essai"
publics = ["tous"]
libelle = "Population"
definition = "Nombre d’habitants de la commune."
unite = "habitants"
decimales = 0
sens = "neutre"
sens_pourquoi = "Sans jugement."
agregation = "somme"
numerateur = "PMUN"
numerateur_libelle = "habitants"
precaution = "Chiffre inventé."
comparabilite = "Une seule année."

[[indicateur]]
code = "EMP01"
theme = "essai"
publics = ["actifs"]
libelle = "Taux de chômage"
definition = "Chômeurs pour cent actifs de la commune."
unite = "%"
decimales = 1
sens = "defavorable"
sens_pourquoi = "Un taux élevé est défavorable."
agregation = "ratio"
numerateur = "CHOM"
numerateur_libelle = "chômeurs"
denominateur = "ACT"
denominateur_libelle = "actifs"
precaution = "Chiffre inventé."
comparabilite = "Une seule année."
facteur = 100
"""
# code: (département, EPT or EPCI, population, unemployed, active)
COMMUNES = {
    "94001": ("94", ORLY, 20000, 1000, 10000),
    "94002": ("94", ORLY, 30000, 3000, 15000),
    "94003": ("94", MARNE, 40000, 1600, 20000),
    "91001": ("91", ORLY, 3000, 100, 1000),  # under 5 000 inhabitants, yet of an EPT of the 94
    "91002": ("91", AGGLO, 2000, 90, 900),
    "77001": ("77", AGGLO, 1000, 50, 500),
    "77002": ("77", AGGLO, 9000, 300, 4000),
}


@pytest.fixture(scope="module")
def ile_de_france(tmp_path_factory):
    """A catalogue and a mirror of seven invented communes in three départements, one EPT and one EPCI astride."""
    catalogue, mirror = tmp_path_factory.mktemp("catalogue"), tmp_path_factory.mktemp("miroir")
    (catalogue / "themes.toml").write_text('[[theme]]\ncode = "essai"\nlibelle = "Essai"\nordre = 1\n')
    (catalogue / "sources.toml").write_text(SOURCES)
    for name in ("corrections.toml", "reperes.toml", "rectificatifs.toml"):
        (catalogue / name).touch()
    (catalogue / "indicateurs").mkdir()
    (catalogue / "indicateurs" / "essai.toml").write_text(CARDS)
    lines = [f"COM,{code},11,{row[0]},Ville {code}" for code, row in COMMUNES.items()]
    (mirror / "cog.csv").write_text("TYPECOM,COM,REG,DEP,LIBELLE\n" + "\n".join(lines) + "\n")
    (mirror / "mouvements.csv").write_text("MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP\n")
    figures = [f"{code};{row[2]};{row[3]};{row[4]}" for code, row in COMMUNES.items()]
    (mirror / "populations.csv").write_text("COM;PMUN;CHOM;ACT\n" + "\n".join(figures) + "\n")
    epts = {ORLY: "Grand-Orly", MARNE: "Marne et Bois"}
    ept_workbook(mirror / "ept.xlsx", [[c, row[1], epts[row[1]]] for c, row in COMMUNES.items() if row[1] in epts])
    book = openpyxl.Workbook()
    book.active.title = "Epci"
    book.active.append(["siren", "raison_sociale", "insee"])
    for code, row in COMMUNES.items():
        metropole = row[1] in epts
        book.active.append([200054781 if metropole else int(AGGLO), "Métropole" if metropole else "CA Agglo", code])
    book.save(mirror / "epci.xlsx")
    squares = [
        {"type": "Feature", "properties": {"code_insee": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for position, code in enumerate(("94001", "94002", "94003", "91001", "92001"))
        for west in [2.3 + position / 50]
        for ring in [[[west, 48.7], [west + 0.02, 48.7], [west + 0.02, 48.72], [west, 48.72], [west, 48.7]]]
    ]
    (mirror / "contours.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    return catalogue, mirror


def open_built(ile_de_france, departement, output):
    catalogue, mirror = ile_de_france
    build(output, mirror, departement=departement, catalogue_folder=catalogue)
    return duckdb.connect(str(current(output)), read_only=True)


def values(con, code):
    rows = con.execute("SELECT territoire, valeur FROM observation WHERE indicateur = ? AND annee = 2023", [code])
    return dict(rows.fetchall())


def test_the_val_de_marne_and_its_ept(ile_de_france, tmp_path):
    con = open_built(ile_de_france, "94", tmp_path)
    population, unemployment = values(con, "DEM01"), values(con, "EMP01")
    assert population["94"] == 90000
    assert population[MARNE] == 40000
    assert unemployment["94"] == pytest.approx(100 * 5600 / 45000)
    drawn = {code for (code,) in con.execute("SELECT code FROM geometrie").fetchall()}
    assert drawn == {"94001", "94002", "94003", "91001", ORLY, MARNE, "94"}


def test_an_ept_over_two_departements_is_whole(ile_de_france, tmp_path):
    """Its commune of the neighbouring département counts in the EPT, not in the département."""
    con = open_built(ile_de_france, "94", tmp_path)
    assert values(con, "DEM01")[ORLY] == 53000
    assert values(con, "EMP01")[ORLY] == pytest.approx(100 * 4100 / 26000)


def test_the_epci_is_the_intercommunal_level_where_there_is_no_ept(ile_de_france, tmp_path):
    con = open_built(ile_de_france, "77", tmp_path)
    assert con.execute("SELECT code, nom, type FROM territoire WHERE type = 'ept'").fetchall() == [
        (AGGLO, "CA Agglo", "ept")
    ]
    population = values(con, "DEM01")
    assert (population["77"], population[AGGLO], population["77002"]) == (10000, 12000, 9000)
    assert con.execute("SELECT count(*) FROM geometrie").fetchone() == (0,), "no boundaries of the 77 are declared"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--departement", "94"], "l’instantané ne couvre que la Seine-Saint-Denis (93) → donner --mirror DOSSIER"),
        (["--mirror", "x", "--cache", "y"], "--mirror et --cache ne vont pas ensemble"),
    ],
)
def test_what_cannot_be_built_is_told(etl, tmp_path, arguments, message):
    code, _, err = etl("build", *arguments, "--output", tmp_path)
    assert code == 1
    assert message in err


def test_a_departement_out_of_the_region_is_refused(ile_de_france, tmp_path):
    with pytest.raises(DataError, match="seuls sont prévus ceux d’Île-de-France"):
        open_built(ile_de_france, "13", tmp_path)


@pytest.mark.timeout(600)
def test_another_departement_passes_its_checks_with_the_producers_files(miroir, tmp_path, monkeypatch):
    """Every dataset, of its last vintage: what older ones have of their own is tried by the mirror of the 93."""
    whole = load_catalogue()
    last = {one.jeu: one.millesime for one in sorted(whole.sources, key=lambda one: one.millesime)}
    kept = [one for one in whole.sources if one.lecteur == "geographie" or one.millesime == last[one.jeu]]
    assert {one.jeu for one in kept} == set(last)
    codes = {one.code for one in kept}
    corrections = [one for one in whole.corrections if one.source in codes]
    newest = whole.model_copy(update={"sources": kept, "corrections": corrections})
    monkeypatch.setattr("etl.load.load_catalogue", lambda folder: newest)
    con = duckdb.connect(str(build(tmp_path, mirror=miroir, departement="94")), read_only=True)
    sql = "SELECT count(*) FROM territoire WHERE type = 'commune' AND code_departement = '94'"
    assert con.execute(sql).fetchone() == (47,)
    sql = "SELECT count(*) FROM controle WHERE resultat = 'ecart' AND gravite = 'erreur'"
    assert con.execute(sql).fetchone() == (0,)
    sql = "SELECT count(*) FROM observation WHERE territoire = '94' AND valeur IS NOT NULL"
    assert con.execute(sql).fetchone() > (50,)
    con.close()
    with pytest.raises(NoWarehouse, match="celui d’un autre département"):
        open_warehouse(tmp_path)


def test_another_departement_has_its_own_folder_unless_told_otherwise(tmp_path):
    assert place_of("93", WAREHOUSE) == WAREHOUSE
    assert place_of("94", WAREHOUSE).name == "entrepot_94"
    assert place_of("94", tmp_path) == tmp_path


def test_a_vintage_never_seen_is_one_block_of_sources(tmp_path):
    """Populations of 2030 in the producer's format: a block in sources.toml, a file, and every level has its figure."""
    catalogue, cache = tmp_path / "catalogue", tmp_path / "cache"
    shutil.copytree(CATALOGUE, catalogue)
    with (catalogue / "sources.toml").open("a", encoding="utf-8") as stream:
        stream.write(
            """
[[source]]
code = "insee_populations_2030"
jeu = "insee_populations"
millesime = 2030
geographie_apres = 2
fichier = "populations/donnees_communes_pop2030_geo2032.csv"
lecteur = "tableau"
lecture = { "code" = "COM" }
"""
        )
    codes = duckdb.sql(
        "SELECT code FROM 'data/snapshot/territoire.parquet' WHERE type = 'commune' AND code_departement = '93'"
    ).fetchall()
    (cache / "populations").mkdir(parents=True)
    lines = "".join(f"{code};50000;50500\n" for (code,) in codes)
    (cache / "populations" / "donnees_communes_pop2030_geo2032.csv").write_text("COM;PMUN;PTOT\n" + lines)
    build(tmp_path / "entrepot", cache=cache, catalogue_folder=catalogue)
    con = duckdb.connect(str(current(tmp_path / "entrepot")), read_only=True)
    rows = con.execute(
        """
        SELECT t.type, sum(o.valeur), any_value(o.source) FROM observation AS o
        JOIN territoire AS t ON t.code = o.territoire AND t.code_departement = '93'
        WHERE o.indicateur = 'DEM01' AND o.annee = 2030 GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    total, source = 39 * 50000, "insee_populations_2030"
    assert rows == [("commune", total, source), ("departement", total, source), ("ept", total, source)]
    assert con.execute("SELECT producteur FROM source WHERE code = ?", [source]).fetchone() == ("INSEE",)
