"""What a French Excel writes of a relevé: read where it is plain, refused with the cell where it is not."""

import csv
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.cache import read_manifest
from etl.catalogue import load_catalogue
from etl.errors import DataError
from etl.releve import deposit
from etl.tableur import Unreadable, read_number

ROOT = Path(__file__).resolve().parents[2]
NAMES = "source;annee;territoire;type;variable;valeur"
LINE = "caf_rsa;2024;93066;commune;rsa;7700"


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue()


def read(tmp_path, shipped, content):
    """The rows kept in the cache of a relevé given as text or bytes."""
    path = tmp_path / "releve.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (kept,) = deposit(path, shipped, tmp_path / "cache", 2025)
    with (tmp_path / "cache" / kept.fichier).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def refused(tmp_path, shipped, content):
    path = tmp_path / "releve.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        deposit(path, shipped, tmp_path / "cache", 2025)
    assert not (tmp_path / "cache").exists()
    return caught.value.problems


@pytest.mark.parametrize(
    "content",
    [
        f"{NAMES}\n{LINE}\n",
        f"\ufeff{NAMES}\r\n{LINE}\r\n",
        f"\ufeff{NAMES}\n{LINE}\n".replace(";", ","),
        f"{NAMES}\n{LINE}\n".replace(";", "\t").encode("utf-16"),
        f"{NAMES}\r\n{LINE}\r\n".replace(";", "\t").encode("utf-16-le"),
        f"sep=;\n{NAMES}\n{LINE}\n",
        f"\n\n{NAMES}\n{LINE}\n",
        f"\ufeff\r\n;;;;;\r\n{NAMES}\r\n\r\n{LINE}\r\n",
        f"\n ,,,,,\n{NAMES}\n{LINE}\n".replace(";", ","),
        f"\nsep=;\n\n{NAMES}\n{LINE}\n",
        f"Source;Année;Territoire;Type;Variable;Valeur\n{LINE}\n".encode("cp1252"),
        f"SOURCE; ANNÉE ;Territoire;TYPE;variable;valeur\n{LINE}\n",
        f"{NAMES}\n{LINE}\n;;;;;\n;;;;;\n",
        f"{NAMES};;\n{LINE};;\n",
        f"{NAMES}\n{LINE}\n".replace("93066", "93066.0"),
        f"{NAMES}\n{LINE}\n".replace("93066", "93066,0"),
        f"{NAMES}\n{LINE}\n".replace("93066", '"=""93066"""'),
        f"{NAMES}\n{LINE}\n".replace("2024", "2024,0"),
        f"{NAMES}\n{LINE}\n".replace("93066", "Saint-Denis"),
        f"{NAMES}\n{LINE}\n".replace("93066", "ST DENIS"),
        f"{NAMES}\n{LINE}\n".replace("commune", "Commune"),
        f"{NAMES}\n{LINE}\n".replace("commune", ""),
        f"{NAMES}\n{LINE}\n".replace("7700", "7 700"),
        f"{NAMES}\n{LINE}\n".replace("7700", "7\u00a0700"),
        f"{NAMES}\n{LINE}\n".replace("7700", "7\u202f700"),
        f"{NAMES}\n{LINE}\n".replace("7700", "7,700E+03"),
    ],
    ids=lambda content: repr(content)[-50:],
)
def test_the_same_figure_whatever_excel_made_of_it(tmp_path, shipped, content):
    (row,) = read(tmp_path, shipped, content)
    assert (row["territoire"], row["type"], row["annee"], float(row["valeur"])) == ("93066", "commune", "2024", 7700)


@pytest.mark.parametrize(
    ("cell", "commas", "value"),
    [
        ("7700,5", True, "7700.5"),
        ("7700,5", False, "7700.5"),
        ("7 700,5", False, "7700.5"),
        ("12 345 678", True, "12345678"),
        ("7700.5", True, "7700.5"),
        ("7,700", False, "7.700"),  # a file by semicolons: the comma is the decimal mark
        ("7.700", True, None),  # thousands as French hands write them, whatever the file
        ("-7.700", True, None),
        ("7.7000", True, "7.7000"),
        ("7.70", True, "7.70"),
        ("0,700", True, "0.700"),
        ("7700,500", True, "7700.500"),
        ("\u22125", False, "-5"),
        ("1,5E+03", False, None),
        ("7,7E+03", False, None),
        ("1E+05", False, None),
        ("7,700", True, None),
        ("7.700", False, None),
        ("1.234,5", False, None),
        ("1,234.5", True, None),
        ("7 70", False, None),
        ("7700 €", False, None),
        ("12 %", False, None),
        ("#REF!", False, None),
        ("inf", False, None),
        ("NaN", False, None),
        ("²", False, None),
    ],
)
def test_a_number_has_one_reading_or_none(cell, commas, value):
    if value is None:
        with pytest.raises(Unreadable):
            read_number(cell, commas)
    else:
        assert read_number(cell, commas) == value


def test_secrets_are_secrets(tmp_path, shipped):
    cells = ["<5", "< 5", "***", "*", "s", "NS", "secret", "nd", "N/A", ""]
    codes = [93066, 93010, 93001, 93005, 93006, 93007, 93008, 93013, 93014, 93015]
    lines = "".join(f"caf_rsa;2024;{code};commune;rsa;{cell}\n" for code, cell in zip(codes, cells, strict=True))
    rows = read(tmp_path, shipped, f"{NAMES}\n{lines}")
    assert [row["valeur"] for row in rows] == ["s"] * 7 + ["nd"] * 2 + [""]


@pytest.mark.parametrize(
    ("cell", "message", "advice"),
    [
        ("-", "« - » n’est pas un nombre", "« s » pour un secret, « nd » pour un chiffre manquant"),
        ("#N/A", "« #N/A » est une erreur de formule d’Excel", "corriger la formule"),
        ("N/C", "« N/C » n’est pas un nombre", "« s » pour un secret"),
        ("7,7E+03", "« 7,7E+03 » est arrondi : les derniers chiffres manquent", "Format de cellule, Nombre"),
        ("7.700", "« 7.700 » peut se lire 7,700 ou 7\u202f700", "écrire 7700, ou 7,7000"),
        ("7700 €", "« 7700 € » n’est pas un nombre", "sans unité"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_with_its_place_and_what_to_do(tmp_path, shipped, cell, message, advice):
    (problem,) = refused(tmp_path, shipped, f"{NAMES}\n{LINE}\n{LINE.replace('93066', '93010')[:-4]}{cell}\n")
    assert (problem.ligne, problem.colonne) == (3, "valeur")
    assert message in problem.message
    assert advice in problem.conseil


def test_in_a_file_by_commas_a_point_before_three_figures_is_told_with_what_to_write(tmp_path, shipped):
    content = f"\n\n{NAMES}\n{LINE}\n".replace(";", ",").replace("7700", "7.700")
    (problem,) = refused(tmp_path, shipped, content)
    assert (problem.ligne, problem.colonne) == (4, "valeur")
    assert "« 7.700 » peut se lire 7,700 ou 7\u202f700" in problem.message
    assert "écrire 7700, ou 7.7000" in problem.conseil


def test_a_file_of_blank_lines_is_not_a_releve(tmp_path, shipped):
    (problem,) = refused(tmp_path, shipped, "\n \n\n")
    assert "colonnes inattendues (trouvé : rien)" in problem.message


def test_a_name_that_is_no_commune_of_the_departement_is_refused(tmp_path, shipped):
    (problem,) = refused(tmp_path, shipped, f"{NAMES}\n{LINE}\n".replace("93066", "Créteil"))
    assert (problem.ligne, problem.colonne) == (2, "territoire")
    assert "« Créteil » n’est pas un code de commune" in problem.message


def test_the_levels_above_may_be_named_too(tmp_path, shipped):
    places = [("Département", "Seine-Saint-Denis"), ("Région", "Ile de France"), ("Pays", "FRANCE")]
    lines = "".join(f"caf_rsa;2024;{name};{level};rsa;9\n" for level, name in places)
    rows = read(tmp_path, shipped, f"{NAMES}\n{lines}")
    assert [(row["type"], row["territoire"]) for row in rows] == [
        ("departement", "93"),
        ("region", "11"),
        ("pays", "FR"),
    ]


def test_six_hundred_thousand_times_the_same_line_is_refused_in_seconds(tmp_path, shipped):
    (tmp_path / "releve.csv").write_text(f"{NAMES}\n" + f"{LINE}\n" * 600_000)
    start = time.process_time()
    with pytest.raises(DataError) as caught:
        deposit(tmp_path / "releve.csv", shipped, tmp_path / "cache", 2025)
    assert time.process_time() - start < 10
    assert len(caught.value.problems) == 20
    assert "même chiffre qu’à la ligne 2" in str(caught.value.problems[0])


DEPOSIT = """
import sys
from pathlib import Path
from etl.catalogue import load_catalogue
from etl.releve import deposit
catalogue = load_catalogue()
print("pret", flush=True)
sys.stdin.readline()
deposit(Path(sys.argv[1]), catalogue, Path(sys.argv[2]), 2025)
"""


def test_eight_deposits_at_once_are_eight_entries_of_the_manifest(tmp_path):
    runs = []
    for year in range(2017, 2025):
        path = tmp_path / f"{year}.csv"
        path.write_text(f"{NAMES}\n{LINE.replace('2024', str(year))}\n")
        command = [sys.executable, "-c", DEPOSIT, path, tmp_path / "cache"]
        runs.append(subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    for run in runs:
        assert run.stdout.readline() == "pret\n"
    for run in runs:
        run.stdin.write("\n")
        run.stdin.flush()
    assert [run.wait(120) for run in runs] == [0] * 8
    expected = {f"releves/caf_rsa_{year}.csv" for year in range(2017, 2025)}
    assert set(read_manifest(tmp_path / "cache")) == expected
    kept = {path.relative_to(tmp_path / "cache").as_posix() for path in (tmp_path / "cache" / "releves").iterdir()}
    assert kept == expected
