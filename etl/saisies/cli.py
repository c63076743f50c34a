"""``python -m etl saisie …``: make the workbook of a deposit, check one that came back, publish the model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl import cli
from etl.errors import DataError, Problem, system_told
from etl.saisies.modeles import Genre, load_model, load_models
from etl.snapshot import SNAPSHOT, ask_snapshot
from etl.typography import count
from registre.records import Cle, Reponse

app = typer.Typer(
    cls=cli.Groupe,
    help="Classeurs des questionnaires : les écrire, les contrôler, publier leur schéma.",
    no_args_is_help=True,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    rich_markup_mode="rich",
)
console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="Le code du modèle : voir « etl modeles ».")]
Commune = Annotated[str, typer.Option("--commune", metavar="CODE", help="Code INSEE de la commune.")]
Exercice = Annotated[int, typer.Option("--exercice", metavar="ANNÉE", help="Année de l’activité.")]
Avant = Annotated[
    Path | None,
    typer.Option("--avant", metavar="FICHIER", help="Le classeur de l’an dernier, déjà rempli.", readable=False),
]
Version = Annotated[
    int | None, typer.Option("--version-modele", metavar="N", help="Version du modèle (sinon : la dernière).")
]


def models_command() -> None:
    """List the models: « python -m etl modeles »."""
    table = Table("Code", "Modèle", "Version", "Chapitres", "Rubriques", "Tableaux", "Règles")
    for modele in load_models().values():
        tables = sum(line.genre is Genre.TABLEAU for line in modele.rubriques)
        sizes = (modele.version, len(modele.chapitres), len(modele.rubriques) - tables, tables, len(modele.regles))
        table.add_row(modele.code, modele.libelle, *(str(size) for size in sizes))
    console.print(table)


@app.command("modele", cls=cli.Commande, help="Écrire le classeur d’une commune et d’un exercice.")
def workbook_command(
    code: Code,
    fichier: Annotated[Path, typer.Argument(metavar="FICHIER.xlsx", help="Le classeur à écrire.")],
    commune: Commune,
    exercice: Exercice,
    avant: Avant = None,
    version: Version = None,
) -> None:
    from etl.saisies.classeur import write_workbook  # here: openpyxl takes a while to import

    modele, cle = load_model(code, version), Cle(code, commune, exercice)
    names = _communes()
    require_key(cle, names)
    if fichier.suffix.lower() != ".xlsx":
        raise DataError([Problem(str(fichier), "ce n’est pas un nom de classeur", conseil="le finir par « .xlsx »")])
    write_workbook(fichier, modele, cle, names[commune], _last_year(avant, cle))
    lines = count(len(modele.rubriques), "rubrique")
    console.print(f"{fichier} : {modele.libelle}, version {modele.version}, {names[commune]}, {exercice}, {lines}")


@app.command("verifier", cls=cli.Commande, help="Contrôler un classeur rempli ; code 1 s’il ne peut être déposé.")
def check_command(
    fichier: Annotated[
        Path, typer.Argument(metavar="FICHIER", help="Un classeur .xlsx ou .ods, ou un CSV.", readable=False)
    ],
    modele: Annotated[
        str | None, typer.Option("--modele", metavar="CODE", help="Modèle attendu (nécessaire pour un CSV).")
    ] = None,
    commune: Annotated[
        str | None, typer.Option("--commune", metavar="CODE", help="Commune attendue (nécessaire pour un CSV).")
    ] = None,
    exercice: Annotated[
        int | None, typer.Option("--exercice", metavar="ANNÉE", help="Exercice attendu (nécessaire pour un CSV).")
    ] = None,
    avant: Avant = None,
) -> None:
    from etl.saisies.controles import Contexte
    from etl.saisies.lecture import read_workbook
    from etl.saisies.tidy import read_tidy

    given = [modele, commune, exercice]
    wanted = Cle(str(modele), str(commune), exercice) if modele and commune and exercice else None
    if wanted is None and (any(given) or fichier.suffix.lower() == ".csv"):
        told = "--modele, --commune et --exercice vont ensemble, et un CSV ne les dit pas"
        raise DataError([Problem("verifier", told, conseil="donner les trois")])
    names = _communes()

    def context(cle: Cle) -> Contexte:
        return Contexte(_population(cle.territoire), _last_year(avant, cle), territoires=names)

    if wanted is not None and fichier.suffix.lower() == ".csv":
        saisie = read_tidy(fichier, load_model(wanted.modele), wanted, context(wanted))
    else:
        saisie = read_workbook(fichier, wanted, context)
    place = names.get(saisie.cle.territoire, saisie.cle.territoire)
    console.print(f"{saisie.cle.modele}, version {saisie.version}, {place}, {saisie.cle.exercice}")
    for part in saisie.recu:
        console.print(f"  {part}")
    for one in saisie.constats:
        mark = "•" if one.expliquee else "✗"
        word = "surprise expliquée" if one.expliquee else one.gravite
        console.print(Text.assemble((f"{mark} {word}", "bold"), f" — {one}"))
    if not saisie.recevable:
        errors, surprises = count(len(saisie.erreurs), "erreur"), count(len(saisie.surprises), "surprise")
        console.print(f"Ne peut être déposé : {errors} à corriger, {surprises} à expliquer en note.")
        raise typer.Exit(1)
    console.print(f"Peut être déposé : {count(len(saisie.reponses), 'réponse')}.")


@app.command("schema", cls=cli.Commande, help="Écrire le schéma d’un modèle (Table Schema, ou registre article 30).")
def schema_command(
    code: Code,
    forme: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="« table-schema » (JSON) ou « article-30 » (CSV).")
    ] = "table-schema",
    tableau: Annotated[
        str | None, typer.Option("--tableau", metavar="CODE", help="Le schéma d’un tableau répétable du modèle.")
    ] = None,
    version: Version = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FICHIER", help="Où l’écrire (sinon : à l’écran).")
    ] = None,
) -> None:
    from etl.saisies.schema import article_30, table_schema

    modele = load_model(code, version)
    if forme == "table-schema":
        text = json.dumps(table_schema(modele, tableau), ensure_ascii=False, indent=2) + "\n"
    elif forme == "article-30":
        text = article_30(modele)
    else:
        raise DataError([Problem("--format", f"« {forme} » est inconnu", conseil="« table-schema » ou « article-30 »")])
    if output is None:
        typer.echo(text.removeprefix("\ufeff"), nl=False)
        return
    with system_told(output):
        output.write_text(text, encoding="utf-8", newline="")
    console.print(f"Écrit : {output}")


def require_key(cle: Cle, names: dict[str, str]) -> None:
    """Raise DataError when a workbook would be for no commune of the observatory, or for a year to come."""
    from etl.saisies.controles import Contexte, check_key

    found = check_key(cle, Contexte(territoires=names))
    if found:
        raise DataError([Problem("classeur", f"{one.trouve} ; attendu : {one.attendu}") for one in found])


def _communes() -> dict[str, str]:
    """The names of today's communes of the observatory, by code."""
    where = "type = 'commune' AND code_ept IS NOT NULL AND valide_au IS NULL"
    return dict(ask_snapshot(SNAPSHOT, "territoire", f"SELECT code, nom FROM instantane WHERE {where} ORDER BY code"))


def _population(code: str) -> float | None:
    """The last municipal population of a commune that the observatory holds."""
    query = "SELECT valeur FROM instantane WHERE variable = 'PMUN' AND territoire = $code ORDER BY annee DESC LIMIT 1"
    found = ask_snapshot(SNAPSHOT, "fait", query, {"code": code})
    return found[0][0] if found else None


def _last_year(path: Path | None, cle: Cle) -> tuple[Reponse, ...]:
    """The answers of last year's workbook. Raises DataError when it is not that of the year before, or is not sound."""
    if path is None:
        return ()
    from etl.saisies.lecture import read_workbook

    found = read_workbook(path, replace(cle, exercice=cle.exercice - 1))
    if found.erreurs:
        raise DataError([Problem(path.name, str(one)) for one in found.erreurs])
    return found.reponses


def add_to(parent: typer.Typer) -> None:
    """Give the command line its « modeles » and « saisie »."""
    parent.command("modeles", cls=cli.Commande, help="Lister les modèles de questionnaires.")(models_command)
    parent.add_typer(app, name="saisie")
