"""A relevé brought by hand: right, it is in the warehouse after a build; wrong, each line is told, none is kept."""

import duckdb
import pytest

from etl.cache import read_manifest
from etl.catalogue import load_catalogue
from etl.errors import DataError
from etl.load import build, current
from etl.releve import deposit

HEADER = "source,annee,territoire,type,variable,valeur\n"


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue()


def problems(tmp_path, shipped, content, geographie=2025):
    path = tmp_path / "releve.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        deposit(path, shipped, tmp_path / "cache", geographie)
    assert not (tmp_path / "cache").exists()
    return [str(found) for found in caught.value.problems]


def test_a_right_releve_is_kept_by_dataset_and_year(tmp_path, shipped):
    path = tmp_path / "releve.csv"
    path.write_text(HEADER + "caf_rsa,2024,93066,commune,rsa,7700\ncaf_rsa,2024,93,departement,rsa,84500\n"
        "caf_aah,2022,93001,commune,aah,s\n\n", encoding="utf-8-sig")  # fmt: skip
    kept = deposit(path, shipped, tmp_path / "cache", 2025)
    assert [(k.fichier, k.chiffres, k.communes, k.attendues) for k in kept] == [
        ("releves/caf_rsa_2024.csv", 2, 1, 39),
        ("releves/caf_aah_2022.csv", 1, 1, 39),
    ]
    assert set(read_manifest(tmp_path / "cache")) == {"releves/caf_rsa_2024.csv", "releves/caf_aah_2022.csv"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("caf_rsa,24,93066,commune,rsa,1", "ligne 3, colonne « annee » : « 24 » n’est pas une année de 1990 à"),
        ("caf_rsa,2999,93066,commune,rsa,1", "« 2999 » n’est pas une année"),
        ("caf_rsq,2024,93066,commune,rsa,1", "colonne « source » : jeu « caf_rsq » inconnu → jeux permis : caf_aah,"),
        ("insee_cog,2024,93066,commune,rsa,1", "jeu « insee_cog » inconnu"),
        ("caf_rsa,2024,93066,commune,aah,1", "colonne « variable » : variable « aah » inconnue → variables de ce jeu"),
        ("caf_rsa,2024,93066,ville,rsa,1", "colonne « type » : type de territoire « ville » inconnu"),
        ("caf_rsa,2024,9306,commune,rsa,1", "colonne « territoire » : « 9306 » n’est pas un code de commune"),
        ("caf_rsa,2024,93099,commune,rsa,1", "pas de commune « 93099 » à la géographie 2025"),
        ("caf_rsa,2024,93059,commune,rsa,1", "pas de commune « 93059 » à la géographie 2025"),
        ('caf_rsa,2024,93066,commune,rsa,"7 700,5"', "colonne « valeur » : « 7 700,5 » n’est pas un nombre"),
        ("caf_rsa,2024,93066,commune,rsa", "ligne 3 : 5 colonnes au lieu de 6"),
        ("caf_rsa,2024,93001,commune,rsa,9", "même chiffre qu’à la ligne 2"),
    ],
)
def test_a_wrong_line_is_told_and_nothing_is_kept(tmp_path, shipped, line, message):
    (found,) = problems(tmp_path, shipped, HEADER + "caf_rsa,2024,93001,commune,rsa,1\n" + line + "\n")
    assert message in found


def test_every_wrong_line_is_told(tmp_path, shipped):
    content = HEADER + "caf_rsa,2024,93001,commune,rsa,x\ncaf_rsa,2024,93005,commune,rsa,y\n"
    assert [found.split(" : ")[0] for found in problems(tmp_path, shipped, content)] == [
        "releve.csv, ligne 2, colonne « valeur »",
        "releve.csv, ligne 3, colonne « valeur »",
    ]


@pytest.mark.parametrize("content", ["", "annee;territoire;valeur\n", HEADER.replace("valeur", "Valeur"), HEADER])
def test_a_file_of_another_kind_is_refused(tmp_path, shipped, content):
    (found,) = problems(tmp_path, shipped, content)
    assert "colonnes inattendues" in found or "aucun chiffre" in found


def test_the_former_commune_stands_at_its_geography(tmp_path, shipped):
    path = tmp_path / "releve.csv"
    path.write_text(HEADER + "caf_rsa,2024,93059,commune,rsa,1500\n")
    (kept,) = deposit(path, shipped, tmp_path / "cache", 2024)
    assert (kept.communes, kept.attendues) == (1, 40)


def test_variables_that_bear_their_vintage(tmp_path, shipped):
    path = tmp_path / "releve.csv"
    path.write_text(HEADER + "insee_rp_logement,2021,93001,commune,p21_log,30000\n")
    deposit(path, shipped, tmp_path / "cache", 2025)
    (tmp_path / "autre").mkdir()
    (found,) = problems(tmp_path / "autre", shipped, HEADER + "insee_rp_logement,2021,93001,commune,p16_log,3\n")
    assert "variable « p16_log » inconnue" in found


def test_a_new_year_brought_by_hand_is_in_the_warehouse_with_its_ept_sums(etl, tmp_path):
    """The whole road, as the union takes it: releve, build --cache, and the figure with its source."""
    codes = duckdb.sql(
        "SELECT code FROM 'data/snapshot/territoire.parquet' WHERE type = 'commune' AND code_departement = '93'"
    ).fetchall()
    lines = "".join(f"caf_rsa,2024,{code},commune,rsa,1000\n" for (code,) in codes)
    path, cache, output = tmp_path / "rsa.csv", tmp_path / "cache", tmp_path / "entrepot"
    path.write_text(HEADER + lines + "caf_rsa,2024,93,departement,rsa,39005\n")
    code, out, err = etl("releve", path, "--cache", cache)
    assert (code, err) == (0, "")
    assert "40\u00a0chiffres, 39 communes sur 39" in out
    build(output, cache=cache)
    con = duckdb.connect(str(current(output)), read_only=True)
    rows = con.execute(
        """
        SELECT t.type, sum(valeur), any_value(statut), any_value(source) FROM observation AS o
        JOIN territoire AS t ON t.code = o.territoire
        WHERE indicateur = 'REV53' AND annee = 2024 AND code_departement = '93' GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    assert rows == [
        ("commune", 39000, "publie", "caf_rsa_2024_releve"),
        ("departement", 39005, "publie", "caf_rsa_2024_releve"),
        ("ept", 39000, "calcule", "caf_rsa_2024_releve"),
    ]
    assert (
        con.execute("SELECT count(*) FROM observation WHERE indicateur = 'DEM01' AND annee = 2023").fetchone()[0] > 39
    )
    assert con.execute("SELECT origine FROM construction").fetchone() == ("fichiers",)
