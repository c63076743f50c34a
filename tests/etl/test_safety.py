"""Nothing is ever half loaded: failed, killed or refused, a build leaves the former warehouse answering."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from etl.catalogue import CATALOGUE
from etl.errors import DataError
from etl.facts import TABLE_FAIT
from etl.load import NAME, POINTER, build, current, point_to
from etl.snapshot import PREPARED, SNAPSHOT, TABLES, read_snapshot, write_snapshot
from etl.transform import create_tables

ROOT = Path(__file__).resolve().parents[2]
KILLED_AT_THE_CHECKS = """
import os, signal, sys
from pathlib import Path
from etl.load import build
def step(name):
    if name == "Contrôles":
        Path(sys.argv[1], "observatoire-x.encours.tmp").mkdir()
        os.kill(os.getpid(), signal.SIGKILL)
build(Path(sys.argv[1]), progress=step)
"""
WAITING = """
import sys
from pathlib import Path
from etl.load import build
def step(name):
    if name == "Lecture de l’instantané":
        print("en cours", flush=True)
        sys.stdin.readline()
        raise SystemExit
build(Path(sys.argv[1]), progress=step)
"""


def run_python(code, output, **options):
    return subprocess.Popen([sys.executable, "-c", code, str(output)], cwd=ROOT, text=True, **options)


def ask(output, sql="SELECT count(*) FROM observation"):
    con = duckdb.connect(str(current(output)), read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


@pytest.fixture
def served(entrepot, tmp_path):
    """A folder of its own with a warehouse in service."""
    return shutil.copytree(entrepot, tmp_path / "entrepot", symlinks=True)


def copy_snapshot(folder, change):
    """A snapshot of its own whose table `fait` went through one SQL statement."""
    shutil.copytree(SNAPSHOT, folder)
    con = duckdb.connect()
    con.execute(f"CREATE TABLE fait AS FROM '{folder}/fait.parquet'")
    con.execute(change)
    con.execute(f"COPY fait TO '{folder}/fait.parquet'")
    con.close()
    return folder


def assert_still_served(output, before, file):
    assert current(output) == file
    assert ask(output) == before
    assert not list(output.glob("*.encours*"))


def test_a_build_that_a_check_refuses_leaves_the_former_warehouse(served, tmp_path):
    before, file = ask(served), current(served)
    bad = copy_snapshot(tmp_path / "x", "UPDATE fait SET valeur = 420 WHERE variable = 'TP60{aa}' AND valeur = 42")
    with pytest.raises(DataError) as caught:
        build(served, snapshot=bad)
    assert "étendue" in str(caught.value)
    assert "REV02" in str(caught.value)
    assert_still_served(served, before, file)


def test_a_build_from_a_damaged_snapshot_leaves_the_former_warehouse(served, tmp_path):
    before, file = ask(served), current(served)
    shutil.copytree(SNAPSHOT, tmp_path / "x")
    for table in ("fait", "geometrie"):
        (tmp_path / "x" / f"{table}.parquet").write_bytes(b"PAR1 coupe")
    with pytest.raises(DataError) as caught:
        build(served, snapshot=tmp_path / "x")
    assert [problem.fichier.rpartition(os.sep)[2] for problem in caught.value.problems] == [
        "geometrie.parquet",
        "fait.parquet",
    ]
    assert_still_served(served, before, file)


def test_a_correction_that_the_snapshot_does_not_have_stops_the_build(served, tmp_path):
    before, file = ask(served), current(served)
    shutil.copytree(CATALOGUE, tmp_path / "x")
    declared = tmp_path / "x" / "corrections.toml"
    text = declared.read_text(encoding="utf-8").replace('territoire = "93072"', 'territoire = "93071"')
    declared.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"ne porte pas la correction de sdes_rpls\.nb_ls, 93071, 2014"):
        build(served, catalogue_folder=tmp_path / "x")
    assert_still_served(served, before, file)


def test_a_build_from_an_empty_mirror_names_every_missing_file(served, tmp_path):
    (tmp_path / "vide").mkdir()
    before, file = ask(served), current(served)
    with pytest.raises(DataError) as caught:
        build(served, mirror=tmp_path / "vide")
    assert len(caught.value.problems) == 8
    assert all("fichier absent" in problem.message for problem in caught.value.problems)
    assert_still_served(served, before, file)


def test_a_killed_build_leaves_the_former_warehouse_and_the_next_one_cleans_up(served):
    before, file = ask(served), current(served)
    process = run_python(KILLED_AT_THE_CHECKS, served)
    assert process.wait(300) == -signal.SIGKILL
    assert list(served.glob("observatoire-*.encours*"))
    assert current(served) == file
    assert ask(served) == before
    new = build(served)
    assert current(served) == new != file
    assert ask(served) == before
    assert not list(served.glob("observatoire-*.encours*"))


def test_a_second_build_at_the_same_time_is_refused_in_french(served):
    process = run_python(WAITING, served, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == "en cours\n"
        with pytest.raises(DataError, match="une autre construction est en cours → attendre"):
            build(served)
    finally:
        process.communicate("\n", timeout=300)
    assert ask(served)


def test_two_builds_of_the_same_input_give_the_same_rows(base, tmp_path):
    build(tmp_path)
    tables = [name for (name,) in base.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    assert {"observation", "indicateur", "source", "territoire", "geometrie", "controle", "theme"} <= set(tables)
    columns = {"construction": "version, sources, controles_echoues", "controle": "* EXCLUDE (date)"}
    for table in tables:
        sql = f"SELECT {columns.get(table, '*')} FROM {table}"
        assert ask(tmp_path, sql) == base.execute(sql).fetchall(), table


def test_the_link_points_somewhere_at_every_moment(tmp_path):
    targets = [tmp_path / "observatoire-1.duckdb", tmp_path / "observatoire-2.duckdb"]
    for target in targets:
        target.touch()
    point_to(tmp_path, targets[0])
    stop, missed = threading.Event(), []

    def watch():
        while not stop.is_set():
            if current(tmp_path) not in targets:
                missed.append(1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for turn in range(500):
        point_to(tmp_path, targets[turn % 2])
    stop.set()
    watcher.join()
    assert not missed
    assert current(tmp_path) == targets[1]


def test_where_links_are_refused_a_one_line_file_says_which_warehouse(tmp_path, monkeypatch):
    target = tmp_path / "observatoire-1.duckdb"
    target.touch()
    monkeypatch.setattr("pathlib.Path.symlink_to", lambda *args: (_ for _ in ()).throw(OSError("refusé")))
    point_to(tmp_path, target)
    assert (tmp_path / POINTER).read_text() == target.name
    assert not (tmp_path / NAME).exists()
    assert current(tmp_path) == target


def test_the_snapshot_written_again_has_the_same_bytes(tmp_path):
    con = duckdb.connect()
    create_tables(con)
    con.execute(TABLE_FAIT)
    read_snapshot(con)
    for turn in ("un", "deux"):
        write_snapshot(con, tmp_path / turn)
    for table in TABLES:
        shipped = (SNAPSHOT / f"{table}.parquet").read_bytes()
        assert (tmp_path / "un" / f"{table}.parquet").read_bytes() == shipped, table
        assert (tmp_path / "deux" / f"{table}.parquet").read_bytes() == shipped, table


def test_a_snapshot_that_cannot_be_written_leaves_the_former_one(tmp_path):
    con = duckdb.connect()
    create_tables(con)
    con.execute(TABLE_FAIT)
    for table in TABLES:
        (tmp_path / f"{table}.parquet").write_text("ancien")
    (tmp_path / PREPARED).write_text("")
    with pytest.raises(DataError, match="un fichier porte déjà ce nom"):
        write_snapshot(con, tmp_path)
    assert {(tmp_path / f"{table}.parquet").read_text() for table in TABLES} == {"ancien"}


def test_the_snapshot_stays_small():
    assert sum(path.stat().st_size for path in SNAPSHOT.glob("*.parquet")) < 15e6


@pytest.mark.timeout(600)
def test_the_producers_files_give_the_figures_of_the_snapshot(miroir, base, tmp_path):
    build(tmp_path, mirror=miroir)
    for table in ("observation", "territoire", "geometrie", "lieu", "source", "indicateur"):
        sql = f"SELECT * FROM {table} ORDER BY ALL"
        assert ask(tmp_path, sql) == base.execute(sql).fetchall(), table
