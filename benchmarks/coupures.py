"""``python -m benchmarks.coupures``: processes killed in the middle of a confirmation, from the register to the figures
of the network, while a reader reads; writes benchmarks/coupures.md."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from etl.load import WAREHOUSE, current
from observatoire.config import warehouse_folder
from tests.access.coupures import Constat, kill
from tests.registre.pannes import PostgresqlAbsent, postgresql

RESULTATS = Path(__file__).resolve().parent / "coupures.md"
# Kills of one register: its audit is read whole after each.
PAR_REGISTRE = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, read, write; return an exit code (1 when something was lost, invented or half shown)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coupures", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="afficher cette aide et quitter")
    parser.add_argument("--coupures", metavar="N", type=int, default=50, help="processus tués par base (50)")
    parser.add_argument("--graine", metavar="N", type=int, default=93, help="du tirage des instants (93)")
    parser.add_argument("--sqlite", action="store_true", help="SQLite seul")
    options = parser.parse_args(arguments)
    served = warehouse_folder() if current(warehouse_folder()) else WAREHOUSE
    results: dict[str, Constat] = {}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        for engine, uri in _engines(Path(name), stack, options.sqlite):
            results[engine] = Constat()
            for batch in range(-(-options.coupures // PAR_REGISTRE)):
                count = min(PAR_REGISTRE, options.coupures - batch * PAR_REGISTRE)
                folder = Path(name) / f"{engine}-{batch}"
                folder.mkdir()
                url = _register(uri, folder, batch)
                found = kill(url, folder / "depots", folder, served, count, options.graine + batch)
                _add(results[engine], found)
                print(f"{engine} : {results[engine]}", flush=True)
                _write(results)
    return 1 if any(found.fautes for found in results.values()) else 0


def _engines(folder: Path, stack: contextlib.ExitStack, alone: bool) -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    if not alone:
        try:
            yield "PostgreSQL", stack.enter_context(postgresql())
        except PostgresqlAbsent as error:
            print(f"PostgreSQL ne démarre pas ici ({error}) : SQLite seul.")


def _register(uri: str, folder: Path, batch: int) -> str:
    """The address of an empty register."""
    if not uri:
        return f"sqlite:///{folder / 'registre.sqlite'}"
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA coupures_{batch}".encode())
    mark = "&" if "?" in uri else "?"
    return f"{uri.replace('postgresql://', 'postgresql+psycopg://')}{mark}options=-csearch_path%3Dcoupures_{batch}"


def _add(total: Constat, found: Constat) -> None:
    for name in ("coupures", "dites", "rattrapages", "lectures"):
        setattr(total, name, getattr(total, name) + getattr(found, name))
    total.fautes += found.fautes


def _write(results: dict[str, Constat]) -> None:
    lines = [
        "# Confirmer, et être tué",
        "",
        "Écrit par `python -m benchmarks.coupures`. Un processus dépose, soumet et confirme comme le fait une page, "
        "chiffres du réseau compris ; il est tué (`kill -9`) à un instant tiré au hasard d’une confirmation. Comme au "
        "démarrage du serveur, les chiffres sont refaits s’ils sont en retard ; puis le registre et les deux fichiers "
        "sont relus en entier. Un lecteur ouvre et lit les deux fichiers pendant tout ce temps.",
        "",
        "| Base | Processus tués | Confirmations dites faites | Chiffres en retard, refaits | Lectures faites "
        "| Perdu, inventé, à moitié montré, ou lecture en erreur |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {engine} | {one.coupures} | {one.dites} | {one.rattrapages} | {one.lectures} | {len(one.fautes)} |"
            for engine, one in results.items()
        ),
        "",
    ]
    RESULTATS.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
