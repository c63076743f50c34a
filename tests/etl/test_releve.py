"""A relevé brought by hand: right, it is in the warehouse after a build; wrong, each line is told, none is kept."""

from pathlib import Path

import duckdb
import pytest

from etl.cache import MANIFEST, read_manifest
from etl.catalogue import load_catalogue
from etl.errors import DataError
from etl.load import build, current
from etl.releve import deposit
from etl.snapshot import SNAPSHOT

HEADER = "source,annee,territoire,type,variable,valeur\n"


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue()


def problems(tmp_path, shipped, content, geographie=2025, snapshot=SNAPSHOT):
    path = tmp_path / "releve.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        deposit(path, shipped, tmp_path / "cache", geographie, snapshot)
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
        ("caf_rsa,2023-2024,93066,commune,rsa,1", "→ écrire les quatre chiffres de l’année que le chiffre décrit"),
        ("caf_rsq,2024,93066,commune,rsa,1", "colonne « source » : jeu « caf_rsq » inconnu → jeux permis : ademe_dpe,"),
        ("insee_cog,2024,93066,commune,rsa,1", "jeu « insee_cog » inconnu"),
        ("caf_rsa,2024,93066,commune,aah,1", "colonne « variable » : variable « aah » inconnue → variables de ce jeu"),
        ("caf_rsa,2024,93066,ville,rsa,1", "colonne « type » : type de territoire « ville » inconnu"),
        ("caf_rsa,2024,9306,commune,rsa,1", "colonne « territoire » : « 9306 » n’est pas un code de commune"),
        ("caf_rsa,2024,93099,commune,rsa,1", "pas de commune « 93099 » à la géographie 2025"),
        ("caf_rsa,2024,93059,commune,rsa,1", "pas de commune « 93059 » à la géographie 2025"),
        ("caf_rsa,2024,93066,commune,rsa,7 70", "colonne « valeur » : « 7 70 » n’est pas un nombre → écrire un nombre"),
        ("caf_rsa,2024,93066,commune,rsa", "ligne 3 : 5\u00a0colonnes au lieu de 6"),
        (
            "caf_rsa,2024,93001,commune,rsa,9",
            "même chiffre qu’à la ligne 2 : caf_rsa 2024 commune 93001 rsa → ne garder",
        ),
        ("caf_rsa,²024,93066,commune,rsa,1", "ligne 3, colonne « annee » : « ²024 » n’est pas une année"),
        ("caf_rsa,٢٠٢٤,93066,commune,rsa,1", "« ٢٠٢٤ » n’est pas une année"),
        ("caf_rsa,2024,٩٣٠٦٦,commune,rsa,1", "« ٩٣٠٦٦ » n’est pas un code de commune"),
        ("caf_rsa,2024,93066,commune,rsa,٧", "« ٧ » n’est pas un nombre"),
        (
            "caf_rsa,2024,93066,commune,rsa,-5",
            "« -5 » est trop petit → vérifier le chiffre ; cette variable va de 0 à 3\u202f000\u202f000",
        ),
        ("caf_rsa,2024,93066,commune,rsa," + "9" * 400, "9… » est trop grand → vérifier le chiffre"),
        ("caf_rsa,2024,93066,commune,rsa,1000000000001", "« 1000000000001 » est trop grand"),
        ("caf_rsa,2024,93066,commune,rsa," + "x" * 131_000, "x… » n’est pas un nombre"),
        (
            "caf_rsa,2024,93066,commune,rsa," + "9" * 132_000,
            "ligne 3 : une case compte plus de 131\u202f072 caractères",
        ),
        ('caf_rsa,2024,93066,commune,rsa,"7700', "ligne 3 : un guillemet est ouvert et jamais refermé"),
        ('caf_rsa,2024,93066,commune,rsa,"77"00', "ligne 3 : guillemet mal placé"),
        ('caf_rsa,2024,93066,commune,rsa,"77\n00"', "ligne 3 : une case court sur plusieurs lignes"),
        ("caf_rsa,2024,99999,commune,rsa,1", "ligne 3, colonne « territoire » : aucun territoire de type commune"),
        ("caf_rsa,2024,75999,commune,rsa,1", "n’a le code « 75999 » → vérifier le code"),
        ("caf_rsa,2024,94999,commune,rsa,1", "n’a le code « 94999 »"),
        ("caf_rsa,2024,20004,commune,rsa,1", "n’a le code « 20004 »"),
        ("caf_rsa,2024,999,departement,rsa,1", "aucun territoire de type departement n’a le code « 999 »"),
        ("caf_rsa,2024,99,region,rsa,1", "aucun territoire de type region n’a le code « 99 »"),
        ("caf_rsa,2024,93001010,iris,rsa,1", "« 93001010 » n’est pas un code d’IRIS → code attendu : neuf chiffres"),
        ("caf_rsa,2024,930010999,iris,rsa,1", "aucun territoire de type iris n’a le code « 930010999 »"),
        ("caf_rsa,2024,999990101,iris,rsa,1", "n’a le code « 999990101 »"),
        (
            "caf_rsa,2024,093001,qpv,rsa,1",
            "« 093001 » n’est pas un code de quartier prioritaire → code attendu : comme",
        ),
        ("caf_rsa,2024,QP093999,qpv,rsa,1", "aucun territoire de type qpv n’a le code « QP093999 »"),
        ("caf_rsa,2024,QN09901I,qpv,rsa,1", "n’a le code « QN09901I »"),
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


@pytest.mark.parametrize("content", ["", "annee,territoire,valeur\n", HEADER.replace("valeur", "Valeur"), HEADER])
def test_a_file_of_another_kind_is_refused(tmp_path, shipped, content):
    (found,) = problems(tmp_path, shipped, content)
    assert "colonnes inattendues" in found or "aucun chiffre" in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04\x14\x00\x81", "c’est un classeur ou une archive, non un CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "c’est un classeur ou une archive, non un CSV"),
        (b"%PDF-1.7", "c’est un document PDF, non un CSV"),
        (b"<!DOCTYPE html><html></html>", "c’est une page web, non un CSV"),
        (b"source\x81\xff", "ligne 1 : ce n’est pas un texte en UTF-8 (l’octet 0x81"),
        (HEADER.encode() + b"caf_rsa\0", "c’est un fichier binaire, non un CSV"),
    ],
)
def test_a_file_that_is_no_csv_is_told_what_to_do_in_excel_as_it_is(tmp_path, shipped, content, message):
    (found,) = problems(tmp_path, shipped, content)
    assert message in found
    assert "→ dans Excel : Fichier, Enregistrer sous, type « CSV UTF-8 (délimité par des virgules) »" in found


@pytest.mark.parametrize("geographie", [1800, 2002, 9999])
def test_a_geography_of_another_time_is_refused(tmp_path, shipped, geographie):
    (found,) = problems(tmp_path, shipped, HEADER + "caf_rsa,2024,93066,commune,rsa,1\n", geographie)
    assert found.startswith(f"--geographie {geographie} : l’année n’est pas entre 2003 et 20")


def test_iris_quarters_and_places_around_are_kept(tmp_path, shipped):
    path = tmp_path / "releve.csv"
    codes = {"iris": ["930010101", "930590101", "751010101"], "qpv": ["QP093001", "QN09301I", "QP075001"]}
    codes |= {"commune": ["75056", "75101", "77001", "2A004", "97411"], "departement": ["974", "2A"], "region": ["11"]}
    path.write_text(HEADER + "".join(f"caf_rsa,2024,{c},{level},rsa,0\n" for level in codes for c in codes[level]))
    (kept,) = deposit(path, shipped, tmp_path / "cache", 2025)
    assert (kept.chiffres, kept.communes) == (14, 0)
    assert kept.ailleurs == {
        **{"751010101": 4, "QP075001": 7, "77001": 10, "2A004": 11, "97411": 12, "974": 13, "2A": 14}
    }


@pytest.mark.parametrize(
    ("variable", "value", "kept"),
    [
        ("DGF", "-5", True),  # an amount of public accounts, which a correction may turn negative
        ("DGF", "25000000", True),
        ("DGF", "1000000000001", False),
    ],
)
def test_the_catalogue_says_which_figures_are_possible(tmp_path, shipped, variable, value, kept):
    path = tmp_path / "releve.csv"
    path.write_text(HEADER + f"ofgl_dotations,2024,93066,commune,{variable},{value}\n")
    if kept:
        assert deposit(path, shipped, tmp_path / "cache", 2025)
    else:
        with pytest.raises(DataError, match="est trop grand → vérifier le chiffre"):
            deposit(path, shipped, tmp_path / "cache", 2025)


@pytest.mark.parametrize("table", ["territoire"])
def test_a_snapshot_without_its_tables_is_told(tmp_path, shipped, table):
    snapshot = tmp_path / "x"
    snapshot.mkdir()
    content = HEADER + "caf_rsa,2024,93066,commune,rsa,1\n"
    (snapshot / f"{table}.parquet").write_bytes(b"PAR1 coupe")
    (found,) = problems(tmp_path, shipped, content, snapshot=snapshot)
    assert f"{table}.parquet : fichier de l’instantané illisible ou incomplet → reprendre une copie" in found
    (snapshot / f"{table}.parquet").unlink()
    (found,) = problems(tmp_path, shipped, content, snapshot=snapshot)
    assert f"{table}.parquet : fichier absent de l’instantané → reprendre une copie" in found


@pytest.mark.parametrize("damage", [b"{", b"\xff\xfe\x81", b'{"a": {"origine": 1}}', b'["a"]'])
def test_with_a_damaged_manifest_nothing_is_written(tmp_path, shipped, damage):
    cache, path = tmp_path / "cache", tmp_path / "releve.csv"
    cache.mkdir()
    (cache / MANIFEST).write_bytes(damage)
    path.write_text(HEADER + "caf_rsa,2024,93066,commune,rsa,1\n")
    with pytest.raises(DataError, match="manifeste du cache illisible → le supprimer"):
        deposit(path, shipped, cache, 2025)
    assert [found.name for found in cache.iterdir()] == [MANIFEST]
    assert (cache / MANIFEST).read_bytes() == damage


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("stumble", ["caf_aah_2022.csv", MANIFEST])
def test_a_deposit_cut_short_leaves_the_cache_as_it_was(tmp_path, shipped, monkeypatch, stumble):
    cache, path = tmp_path / "cache", tmp_path / "releve.csv"
    path.write_text(HEADER + "caf_rsa,2024,93066,commune,rsa,1\n")
    deposit(path, shipped, cache, 2025)
    before, replace = files(cache), Path.replace

    def refuse(self, target):
        if Path(target).name == stumble:
            raise OSError("plus de place")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    path.write_text(HEADER + "caf_rsa,2024,93066,commune,rsa,2\ncaf_aah,2022,93066,commune,aah,3\n")
    with pytest.raises(OSError, match="plus de place"):
        deposit(path, shipped, cache, 2025)
    assert files(cache) == before


def test_a_file_that_cannot_be_read_is_told(etl, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    code, _, err = etl("releve", tmp_path, "--cache", cache, width=400)
    assert (code, err) == (1, f"Erreur — {tmp_path} : c’est un dossier → donner le chemin d’un fichier CSV\n")
    code, _, err = etl("releve", tmp_path / "absent.csv", "--cache", cache)
    assert code == 1
    assert "absent.csv : impossible de lire : fichier ou dossier absent → vérifier le chemin" in err
    (tmp_path / "ferme.csv").write_text(HEADER)
    monkeypatch.setattr("os.access", lambda *args, **kwargs: False)
    monkeypatch.setattr(Path, "read_bytes", lambda self: (_ for _ in ()).throw(PermissionError(13, "non", str(self))))
    code, _, err = etl("releve", tmp_path / "ferme.csv", "--cache", cache)
    assert code == 1
    assert "ferme.csv : impossible de lire : accès refusé → vérifier le chemin et les droits" in err
    assert not cache.exists()


def test_what_looks_like_markup_is_told_as_written(etl, tmp_path):
    path = tmp_path / "releve[bold].csv"
    path.write_text(HEADER + "caf_rsa,2024,93066,commune,rsa,[/x] :smile: [[indicateur]]\n")
    code, _, err = etl("releve", path, "--cache", tmp_path / "cache")
    assert code == 1
    assert "releve[bold].csv, ligne 2" in err
    assert "« [/x] :smile: [[indicateur]] » n’est pas un nombre" in err


def test_one_commune_is_singular_and_the_territories_around_are_told(etl, tmp_path):
    path = tmp_path / "releve.csv"
    path.write_text(HEADER + "caf_rsa,2024,93066,commune,rsa,1\ncaf_rsa,2024,77001,commune,rsa,1\n")
    code, out, _ = etl("releve", path, "--cache", tmp_path / "[x]", width=400)
    assert code == 0
    assert "2\u00a0chiffres, 1\u00a0commune sur 39\n" in out
    assert "1\u00a0territoire hors de ceux que l’observatoire montre\u00a0: 77001 (ligne 3)" in out
    assert f"--cache {tmp_path / '[x]'}" in out


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
    assert "40\u00a0chiffres, 39\u00a0communes sur 39" in out
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
