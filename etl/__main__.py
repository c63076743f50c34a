"""``python -m etl``: build the warehouse, refresh the snapshot, check, list the sources."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer
from rich.console import Console
from rich.text import Text

from etl import cli
from etl.cache import CACHE
from etl.catalogue import load_catalogue
from etl.checks import DEPARTEMENT
from etl.errors import DataError, Problem
from etl.findings import first_gaps, gap_words, scope_words
from etl.identite import OBSERVATOIRE
from etl.load import WAREHOUSE, build, current, extract
from etl.load import Progress as Steps
from etl.periods import GEOGRAPHIE
from etl.saisies.cli import add_to
from etl.snapshot import SNAPSHOT, ask_snapshot, require_writable, write_snapshot
from etl.transform import create_tables
from etl.typography import count, number

# What only one command needs is imported by it: the others do without, and the shortest take half as long.
if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.status import Status

    from etl.fetch import FilesProgress

app = typer.Typer(
    cls=cli.Groupe,
    help=f"Construit et contrôle l’entrepôt de l’{OBSERVATOIRE.titre}.",
    no_args_is_help=True,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    add_completion=False,
    rich_markup_mode="rich",
)
console = Console(highlight=False, markup=False, emoji=False)

Miroir = Annotated[
    Path | None,
    typer.Option("--mirror", metavar="DOSSIER", help="Dossier des fichiers des producteurs (sinon : l’instantané)."),
]
Sortie = Annotated[
    Path,
    typer.Option(
        "--output",
        metavar="DOSSIER",
        help="Dossier de l’entrepôt (par défaut : data/entrepot).",
        show_default=False,
    ),
]


Reserve = Annotated[
    Path,
    typer.Option("--cache", metavar="DOSSIER", help="Dossier du cache (par défaut : data/cache).", show_default=False),
]


@app.command("build", cls=cli.Commande, help="Construire l’entrepôt et le mettre en service.")
def build_command(
    mirror: Miroir = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            "--cache",
            metavar="DOSSIER",
            help="Dossier rempli par « fetch » et « releve » ; le reste vient de l’instantané.",
        ),
    ] = None,
    departement: Annotated[
        str,
        typer.Option(
            "--departement",
            metavar="CODE",
            help="Département d’Île-de-France (par défaut : 93) ; un autre veut --mirror.",
            show_default=False,
        ),
    ] = DEPARTEMENT,
    output: Sortie = WAREHOUSE,
) -> None:
    if mirror is not None and cache is not None:
        raise DataError([Problem("build", "--mirror et --cache ne vont pas ensemble", conseil="n’en donner qu’un")])
    output = place_of(departement, output)
    with console.status("Préparation…") as status, _without_pandas(mirror is None and cache is None):
        path = build(output, mirror, departement=departement, progress=_say(status), cache=cache)
    console.print(f"Entrepôt en service : {output / 'observatoire.duckdb'} ({_megabytes([path])})")


@contextlib.contextmanager
def _without_pandas(wanted: bool) -> Iterator[None]:
    """Keep DuckDB from importing pandas, as it does with the first parameter of a query, to know its empty values.

    Nothing needs them in a build from the snapshot, and the import takes a tenth of its time and of its memory. Nor
    does anything leave cycles to collect there, and looking for them takes as long as reading the catalogue.
    """
    if not wanted or "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        del sys.modules["pandas"]


def place_of(departement: str, output: Path) -> Path:
    """Where a warehouse goes: another département never takes the place of the one that the pages serve."""
    own = departement == DEPARTEMENT or output != WAREHOUSE
    return output if own else WAREHOUSE.with_name(f"{WAREHOUSE.name}_{departement}")


@app.command("fetch", cls=cli.Commande, help="Télécharger les fichiers des producteurs dans le cache.")
def fetch_command(
    mirror: Annotated[
        Path | None,
        typer.Option("--mirror", metavar="DOSSIER", help="Les prendre dans ce dossier, non chez les producteurs."),
    ] = None,
    cache: Reserve = CACHE,
    again: Annotated[bool, typer.Option("--tout", metavar=" ", help="Reprendre aussi ce qui est déjà là.")] = False,
) -> None:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from etl.fetch import fetch

    with Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), console=console, transient=True
    ) as bars:
        report = fetch(load_catalogue(), cache, mirror, again=again, progress=_bar(bars))
    taken = f"{number(len(report.pris))} pris, {number(len(report.gardes))} déjà là"
    console.print(f"Fichiers dans {cache} : {taken}")
    for need in report.a_la_main:
        console.print(f"  à prendre à la main : {need.fichier} ({need.page or 'chez le producteur'})")
    if report.a_la_main:
        console.print(
            "Les chiffres des fichiers absents viennent de l’instantané ; une année de plus : « etl releve »."
        )
    if report.problemes:
        raise DataError(report.problemes)


@app.command("releve", cls=cli.Commande, help="Contrôler un relevé (CSV d’Excel) et le ranger dans le cache.")
def releve_command(
    fichier: Annotated[
        Path, typer.Argument(metavar="FICHIER.csv", help="Le relevé : voir docs/catalogue.md.", readable=False)
    ],
    cache: Reserve = CACHE,
    geographie: Annotated[
        int,
        typer.Option(
            "--geographie",
            metavar="ANNÉE",
            help=f"Géographie des communes (par défaut : {GEOGRAPHIE}).",
            show_default=False,
        ),
    ] = GEOGRAPHIE,
) -> None:
    from etl.releve import deposit

    for kept in deposit(fichier, load_catalogue(), cache, geographie):
        named = f"{count(kept.communes, 'commune')} sur {kept.attendues}"
        console.print(f"{kept.fichier} : {count(kept.chiffres, 'chiffre')}, {named}")
        if kept.ailleurs:
            code, line = next(iter(kept.ailleurs.items()))
            elsewhere = count(len(kept.ailleurs), "territoire")
            console.print(f"  {elsewhere} hors de ceux que l’observatoire montre\u00a0: {code} (ligne {line})…")
    console.print(f"Construire ensuite : python -m etl build --cache {cache}")


@app.command("snapshot", cls=cli.Commande, help="Réécrire data/snapshot à partir des fichiers des producteurs.")
def snapshot_command(
    mirror: Annotated[Path, typer.Option("--mirror", metavar="DOSSIER", help="Dossier des fichiers des producteurs.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            metavar="DOSSIER",
            help="Dossier de l’instantané (par défaut : data/snapshot).",
            show_default=False,
        ),
    ] = SNAPSHOT,
) -> None:
    require_writable(output)
    with console.status("Préparation…") as status, contextlib.closing(duckdb.connect()) as con:
        create_tables(con)
        extract(con, load_catalogue(), mirror, DEPARTEMENT, _say(status))
        write_snapshot(con, output)
        (count,) = con.execute("SELECT count(*) FROM fait").fetchone() or (0,)
    size = _megabytes(output.glob("*.parquet"))
    console.print(f"Instantané écrit dans {output} : {number(count)} chiffres, {size}")


@app.command("corrections", cls=cli.Commande, help="Réécrire docs/corrections.md d’après le catalogue.")
def corrections_command() -> None:
    from etl.rectificatifs import CORRECTIONS, markdown

    names = dict(ask_snapshot(SNAPSHOT, "territoire", "SELECT code, nom FROM instantane"))
    CORRECTIONS.write_text(markdown(load_catalogue(), names), encoding="utf-8")
    console.print(f"Écrit : {CORRECTIONS}")


@app.command("check", cls=cli.Commande, help="Contrôler l’entrepôt en service ; code 1 si un contrôle échoue.")
def check_command(output: Sortie = WAREHOUSE) -> None:
    rows = _ask(
        output,
        """
        SELECT libelle, gravite, resultat, examines, objet, ecarts FROM controle
        ORDER BY resultat = 'conforme', gravite DESC, code
        """,
    )
    for label, severity, result, examined, unit, gaps in rows:
        mark = ("✗", "bold") if result == "ecart" else "✓"
        word = f"écart ({severity})" if result == "ecart" else "conforme"
        console.print(Text.assemble(mark, f" {label} — ", (word, "bold")))
        console.print(f"    {scope_words(len(gaps), examined, unit)}")
        for gap in first_gaps(gaps, lambda gap: gap_words(gap["texte"], gap["indicateurs"])):
            console.print(f"      • {gap}")
    if any(severity == "erreur" and result == "ecart" for _, severity, result, *_ in rows):
        raise typer.Exit(1)


@app.command("sources", cls=cli.Commande, help="Lister les jeux de données, leurs millésimes et leurs dates.")
def sources_command(output: Sortie = WAREHOUSE) -> None:
    rows = _ask(
        output,
        """
        SELECT nom, producteur, string_agg(DISTINCT millesime, ', ' ORDER BY millesime), licence,
            strftime(max(publie_le), '%d/%m/%Y'), strftime(max(obtenu_le), '%d/%m/%Y')
        FROM source GROUP BY nom, producteur, licence ORDER BY producteur, nom
        """,
    )
    from rich.table import Table

    table = Table("Jeu de données", "Producteur", "Millésimes", "Licence", "Publié le", "Obtenu le")
    for row in rows:
        table.add_row(*(value or "n.d." for value in row))
    console.print(table)


def _ask(output: Path, sql: str) -> list[tuple]:
    path = current(output)
    if path is None:
        problem = Problem(str(output), "aucun entrepôt", conseil="lancer « python -m etl build »")
        raise DataError([problem])
    try:
        with contextlib.closing(duckdb.connect(str(path), read_only=True)) as con:
            return con.execute(sql).fetchall()
    except duckdb.Error as error:
        problem = Problem(str(path), "entrepôt illisible", conseil="le reconstruire : « python -m etl build »")
        raise DataError([problem]) from error


def _megabytes(paths: Iterable[Path]) -> str:
    return f"{number(sum(path.stat().st_size for path in paths) / 1e6, 1)} Mo"


def _bar(bars: Progress) -> FilesProgress:
    """One bar a file, made when its first bytes come."""
    tasks = {}

    def show(name: str, received: int, total: int | None) -> None:
        if name not in tasks:
            tasks[name] = bars.add_task(Path(name).name, total=total)
        bars.update(tasks[name], completed=received, total=total)

    return show


def _say(status: Status) -> Steps:
    def say(step: str) -> None:
        status.update(Text(f"{step}…"))
        if not console.is_terminal:
            console.print(f"{step}…")

    return say


add_to(app)

if __name__ == "__main__":
    cli.run(app)
