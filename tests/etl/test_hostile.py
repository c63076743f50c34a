"""Hostile or odd files, one by one: each is a sentence in French, and the process and its disk stay as they were."""

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pytest

from etl import guarded
from etl.errors import DataError, Problem, listed, shown, system_problem
from etl.facts import TABLE_FAIT
from etl.snapshot import NEXT, PREPARED, TABLES, read_snapshot, snapshot_file, write_snapshot
from etl.transform import create_tables
from tests.etl.producers import build_warehouse, catalogue, indicateur, jeu, source
from tests.etl.test_fuzz import archive, workbook

ROOT = Path(__file__).resolve().parents[2]


def problems_of(tmp_path, content, lecteur="tableau", variables=("POP",), **fields):
    (tmp_path / "essai.bin").write_bytes(content if isinstance(content, bytes) else content.encode())
    one = source("e_2021", "e", "essai.bin", 2021, **({"geographie": 2025, "lecteur": lecteur} | fields))
    with pytest.raises(DataError) as caught:
        build_warehouse(tmp_path, catalogue([jeu("e", list(variables))], [one], [indicateur("DEM01", "POP")]))
    return caught.value.problems


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"CODGEO;POP\n93001;1\n93015;\x81\n", 3, "l’octet 0x81 n’est pas d’un texte en UTF-8 ni en Windows-1252"),
        (b"CODGEO;POP\n" + b"93001;1\n" * 200 + b"93015;\x00\n", 202, "octet nul : ce n’est pas un texte"),
        (b"CODGEO;POP\n93001;1;" + b"x" * 140_000 + b"\n93015;2;" + b"x" * 140_000 + b"\n", 2, "une case compte plus"),
        (b"%PDF-1.4 ...", None, "tableau illisible : c’est un document PDF"),
        (b"", None, "tableau illisible : c’est un fichier vide"),
        (archive("x.csv", "CODGEO;POP\n"), None, "tableau illisible : c’est une archive zip ou un classeur .xlsx"),
    ],
)
def test_a_table_that_is_no_text(tmp_path, content, line, message):
    (problem,) = problems_of(tmp_path, content)
    assert problem.ligne == line
    assert message in problem.message


def hostile(content, **changes):
    """An archive whose member says another flag, method or size than it has."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("base.csv", content)
    data = bytearray(stream.getvalue())
    central = data.index(b"PK\x01\x02")
    for offset, form, value in changes.values():
        struct.pack_into(form, data, central + offset, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (hostile("CODGEO;POP\n", flag=(8, "<H", 1)), "« base.csv » est protégé par un mot de passe"),
        (hostile("CODGEO;POP\n", method=(10, "<H", 99)), "comprimé d’une manière inconnue (méthode 99)"),
        (hostile("CODGEO;POP\n", size=(24, "<I", 3_000_000_000)), "plus de 2048 Mo : trop grand pour être lu"),
        (hostile("CODGEO;POP\n", size=(24, "<I", 900_000_000)), "grossit plus de 250 fois une fois décomprimé"),
        (hostile("CODGEO;POP\n")[:-30], "archive zip illisible, tronquée ou abîmée"),
        (hostile("CODGEO;POP\n").replace(b"base.csv", b"b\xe9se.csv"), "l’archive ne contient pas « base.csv »"),
        (b"<html>404</html>", "archive zip illisible : c’est une page web"),
    ],
)
def test_an_archive_that_is_not_a_plain_one(tmp_path, content, message):
    (problem,) = problems_of(tmp_path, content, membre="base.csv")
    assert message in problem.message


def test_damaged_bytes_inside_an_archive_are_told(tmp_path):
    data = bytearray(archive("base.csv", os.urandom(5_000)))
    data[200:260] = bytes(60)
    (problem,) = problems_of(tmp_path, bytes(data), membre="base.csv")
    assert problem.message == guarded.DAMAGED


def test_an_archive_of_twenty_thousand_members_is_told_in_a_short_sentence(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for n in range(20_000):
            packed.writestr(f"fichier_{n}.csv", "")
    (problem,) = problems_of(tmp_path, stream.getvalue(), membre="base.csv")
    assert len(str(problem)) < 400
    assert "et 19990 de plus" in problem.message


def test_a_list_of_members_out_of_measure_is_refused_before_it_is_read(tmp_path):
    data = bytearray(archive("base.csv", "x"))
    struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 0x7FFFFFFF)
    (problem,) = problems_of(tmp_path, bytes(data), membre="base.csv")
    assert "l’archive zip contient trop de fichiers" in problem.message


def far_cell():
    """A workbook of a few kilobytes, one cell of which is the last that a sheet may have."""
    stream = io.BytesIO(workbook())
    with zipfile.ZipFile(stream) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return stream.getvalue()


def test_a_cell_in_the_last_corner_of_a_sheet_is_named_and_not_waited_for(tmp_path):
    (problem,) = problems_of(tmp_path, far_cell(), "classeur", lecture={"feuille": "COM"})
    assert "la feuille « COM » s’étend jusqu’à la case XFD1048576 : trop grande pour être lue" in problem.message
    assert "Ctrl+Fin" in problem.conseil


@pytest.mark.parametrize(
    ("content", "header", "message"),
    [
        (workbook(), 40, "la feuille « COM » n’a pas de ligne 40, où sont attendus les noms des colonnes"),
        (b"CODGEO;POP\n", 1, "classeur illisible : c’est un texte"),
        (archive("x", "x"), 1, "classeur : illisible"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), 1, "classeur : illisible"),
    ],
)
def test_a_workbook_that_is_not_what_was_declared(tmp_path, content, header, message):
    (problem,) = problems_of(tmp_path, content, "classeur", lecture={"feuille": "COM", "entete": header})
    assert message in problem.message
    assert not re.search(r"Error|Exception|Panic", str(problem)), "aucun nom de classe de Python n’est montré"


def test_the_same_name_of_column_thrice_is_three_columns(tmp_path):
    (tmp_path / "essai.bin").write_text("CODGEO;POP;pop;pop (3);_ligne\n93001;10;1;1;7\n93015;2;1;1;7\n93066;5;1;1;7\n")
    one = source("e_2021", "e", "essai.bin", 2021, geographie=2025)
    con = build_warehouse(tmp_path, catalogue([jeu("e", ["POP"])], [one], [indicateur("DEM01", "POP")]))
    assert con.execute("SELECT sum(valeur) FROM fait").fetchone() == (17,)


@pytest.mark.parametrize(
    ("line", "ligne", "message"),
    [
        ("93001;1e308", 3, "« 1e+308 » est trop grand"),
        ("93001;-12", 3, "« -12 » est trop petit"),
        ("93001;3000001", 3, "est trop grand"),
        ("93001;NaN", 3, "« NaN » n’est pas un nombre"),
        ("93001;inf", 3, "« inf » n’est pas un nombre"),
        ("93999;4", 3, "commune « 93999 » : code inconnu"),
    ],
)
def test_an_impossible_figure_stops_the_reading_with_its_line(tmp_path, line, ligne, message):
    (problem,) = problems_of(tmp_path, f"CODGEO;POP\n93066;5\n{line}\n93015;2\n")
    assert problem.ligne == ligne
    assert message in problem.message


def test_a_code_that_stands_for_no_place_may_be_declared(tmp_path):
    (tmp_path / "essai.bin").write_text("CODGEO;POP\n93001;10\n93015;2\n93066;5\n93999;4\n")
    one = source("e_2021", "e", "essai.bin", 2021, geographie=2025, codes_hors_carte=["93999"])
    con = build_warehouse(tmp_path, catalogue([jeu("e", ["POP"])], [one], [indicateur("DEM01", "POP")]))
    assert con.execute("SELECT sum(valeur) FROM fait").fetchone() == (17,)


@pytest.mark.parametrize(("value", "refused"), [("100", False), ("100.1", True), ("-0.1", True)])
def test_a_percentage_is_between_nought_and_a_hundred(tmp_path, value, refused):
    (tmp_path / "essai.bin").write_text(f"CODGEO;POP\n93001;{value}\n93015;2\n93066;5\n")
    one = source("e_2021", "e", "essai.bin", 2021, geographie=2025)
    dataset = jeu("e", ["POP"], mesures=[{"variables": ["P*"], "unite": "%"}])
    cat = catalogue([dataset], [one], [indicateur("DEM01", "POP")])
    if refused:
        with pytest.raises(DataError, match="cette variable va de 0 à 100"):
            build_warehouse(tmp_path, cat)
    else:
        assert build_warehouse(tmp_path, cat)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code_du_departement;code_insee_de_la_commune;secteur;ips\n093;93001;public;80\n", "élèves manquent"),
        ("code_du_departement;code_insee_de_la_commune;secteur;nb;ips\n093;93001;public;;80\n", "élèves manquent"),
    ],
)
def test_a_file_of_schools_without_pupils_says_so(tmp_path, text, message):
    lecture = {"prefixe": "e", "effectifs": "nb", "ips": "ips"}
    (problem,) = problems_of(tmp_path, text, "etablissements", ["e.e_effectifs"], lecture=lecture)
    assert "les nombres d’élèves manquent : sans eux, pas de moyenne par commune" in problem.message
    assert (problem.colonne, message in problem.message) == ("nb", True)


def test_what_a_message_shows_of_a_file_is_short_and_harmless():
    assert shown("a\x1b[2Jb" + "x" * 100) == "a\N{REPLACEMENT CHARACTER}[2Jb" + "x" * 54 + "…"
    assert listed([f"n{i}" for i in range(12)]).endswith("n9… et 2 de plus")
    assert len(str(Problem("f", "x" * 1_000_000, conseil="y" * 1_000_000))) < 5_000


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('IO Error: Could not write file "x": No space left on device', "il n’y a plus de place sur le disque"),
        ('IO Error: Could not write file "x": File too large', "le fichier dépasse la taille permise ici"),
        ("IO Error: Cannot open file: Read-only file system", "ce dossier est en lecture seule"),
        ("Out of Memory Error: could not allocate block", "il n’y a pas assez de mémoire"),
    ],
)
def test_what_the_system_refuses_to_duckdb_is_told_in_french(words, told):
    assert told in str(system_problem(duckdb.IOException(words), "dossier"))
    assert system_problem(duckdb.IOException("IO Error: something else"), "dossier") is None


LIMITED = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]) * 1000, resource.RLIM_INFINITY))
import etl.__main__ as commands
from etl import cli
sys.argv = ["etl", *sys.argv[2:]]
cli.run(commands.app)
"""


def limited(size, *arguments):
    """A command in a process whose files cannot pass ``size`` thousand bytes: a disk that is full, for DuckDB."""
    command = [sys.executable, "-c", LIMITED, str(size), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)


@pytest.mark.parametrize("size", [2_000, 8_000, 14_000])
def test_a_build_without_room_says_so_and_leaves_nothing(tmp_path, size):
    done = limited(size, "build", "--output", tmp_path)
    assert done.returncode == 1
    assert "le fichier dépasse la taille permise ici → demander une limite plus grande" in done.stderr
    assert "Traceback" not in done.stderr
    assert "instantané" not in done.stderr
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("observatoire")]


def test_a_releve_without_room_leaves_the_former_one(tmp_path):
    header, line = "source;annee;territoire;type;variable;valeur\n", "caf_rsa;2024;93066;commune;rsa;7700\n"
    (tmp_path / "r.csv").write_text(header + line)
    cache = tmp_path / "cache"
    assert limited(1_000, "releve", tmp_path / "r.csv", "--cache", cache).returncode == 0
    before = (cache / "releves" / "caf_rsa_2024.csv").read_bytes()
    (tmp_path / "r.csv").write_text(header + line.replace("7700", "7800"))
    done = limited(0, "releve", tmp_path / "r.csv", "--cache", cache)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "le fichier dépasse la taille permise ici" in done.stderr
    assert (cache / "releves" / "caf_rsa_2024.csv").read_bytes() == before


@pytest.fixture
def loaded():
    con = duckdb.connect()
    create_tables(con)
    con.execute(TABLE_FAIT)
    read_snapshot(con)
    con.execute("DELETE FROM fait WHERE annee <> 2021 OR variable <> 'MED{aa}'")  # the whole takes seconds to write
    return con


def test_a_snapshot_stopped_among_its_moves_is_the_new_one_whole(tmp_path, loaded, monkeypatch):
    write_snapshot(loaded, tmp_path)
    loaded.execute("DELETE FROM lieu")
    loaded.execute("DELETE FROM fait")
    moved, replace = [], Path.replace

    def stop(self, target):
        if len(moved) == 2:
            raise KeyboardInterrupt
        moved.append(self)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_snapshot(loaded, tmp_path)
    monkeypatch.undo()
    assert (tmp_path / NEXT).is_dir()
    counts = {t: duckdb.read_parquet(str(snapshot_file(tmp_path, t))).count("*").fetchone()[0] for t in TABLES}
    assert (counts["lieu"], counts["fait"]) == (0, 0)
    write_snapshot(loaded, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.parquet")) == sorted(f"{table}.parquet" for table in TABLES)
    assert not (tmp_path / NEXT).exists()
    assert not (tmp_path / PREPARED).exists()


def test_a_snapshot_stopped_before_it_is_whole_is_the_former_one(tmp_path, loaded, monkeypatch):
    write_snapshot(loaded, tmp_path)
    before = {table: (tmp_path / f"{table}.parquet").read_bytes() for table in TABLES}
    loaded.execute("DELETE FROM fait")
    monkeypatch.setattr(Path, "rename", lambda *args: (_ for _ in ()).throw(OSError(28, "plein", str(tmp_path))))
    with pytest.raises(DataError, match="il n’y a plus de place sur le disque"):
        write_snapshot(loaded, tmp_path)
    assert {table: snapshot_file(tmp_path, table).read_bytes() for table in TABLES} == before


def test_a_snapshot_replaced_while_it_is_read_is_refused(tmp_path, loaded):
    write_snapshot(loaded, tmp_path)
    con = duckdb.connect()
    create_tables(con)
    con.execute(TABLE_FAIT)

    class Replaced:
        """A connection during whose first reading another command writes the snapshot anew."""

        def execute(self, *arguments):
            found = con.execute(*arguments)
            if arguments[0].startswith("INSERT INTO source"):
                write_snapshot(loaded, tmp_path)
            return found

    with pytest.raises(DataError, match="l’instantané a été remplacé pendant sa lecture → recommencer"):
        read_snapshot(Replaced(), tmp_path)
