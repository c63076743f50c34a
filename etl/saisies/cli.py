"""``python -m etl saisie …``: make the workbook of a deposit, check one that came back, publish the model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl import cli
from etl.errors import DataError, Problem, shown, system_told
from etl.saisies.modeles import Genre, load_model, load_models, model_codes
from etl.snapshot import SNAPSHOT, ask_snapshot
from etl.typography import count
from registre.records import Cle, Reponse

if TYPE_CHECKING:
    from etl.saisies.saisie import Saisie

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
Classeur = Annotated[
    Path | None,
    typer.Argument(metavar="FICHIER.xlsx", help="Le classeur à écrire (inutile avec --tous).", show_default=False),
]
UneCommune = Annotated[
    str | None, typer.Option("--commune", metavar="CODE", help="Code INSEE de la commune.", show_default=False)
]
Fichiers = Annotated[
    list[Path] | None,
    typer.Option(
        "--import", metavar="FICHIER", help="Un fichier qui remplit des réponses (peut se répéter).", readable=False
    ),
]
AvecComptes = Annotated[
    bool, typer.Option("--comptes", metavar=" ", help="Remplir aussi d’après les comptes publiés des CCAS.")
]
Tous = Annotated[
    Path | None,
    typer.Option("--tous", metavar="DOSSIER", help="Un classeur par commune, dans ce dossier ; se reprend."),
]
Refaire = Annotated[bool, typer.Option("--refaire", metavar=" ", help="Avec --tous : récrire ceux qui y sont déjà.")]
Rempli = Annotated[
    Path | None,
    typer.Argument(metavar="FICHIER", help="Un classeur .xlsx ou .ods, ou un CSV.", readable=False),
]
Dossier = Annotated[
    Path | None, typer.Option("--tous", metavar="DOSSIER", help="Contrôler tous les classeurs de ce dossier.")
]
AImporter = Annotated[
    Path | None,
    typer.Argument(metavar="FICHIER", help="Le fichier d’un autre logiciel : voir docs/imports.md.", readable=False),
]
QuelGenre = Annotated[
    str | None, typer.Option("--genre", metavar="GENRE", help="Ce qu’est le fichier (sinon : d’après son contenu).")
]
Sortie = Annotated[
    Path | None, typer.Option("--sortie", metavar="FICHIER.csv", help="Écrire les réponses remplies dans un CSV.")
]


def models_command() -> None:
    """List the models: « python -m etl modeles »."""
    table = Table("Code", "Modèle", "Version", "Chapitres", "Rubriques", "Tableaux", "Règles")
    for modele in load_models().values():
        tables = sum(line.genre is Genre.TABLEAU for line in modele.rubriques)
        sizes = (modele.version, len(modele.chapitres), len(modele.rubriques) - tables, tables, len(modele.regles))
        table.add_row(modele.code, modele.libelle, *(str(size) for size in sizes))
    console.print(table)


@app.command("modele", cls=cli.Commande, help="Écrire le classeur d’une commune et d’un exercice, ou de toutes.")
def workbook_command(
    code: Code,
    exercice: Exercice,
    fichier: Classeur = None,
    commune: UneCommune = None,
    avant: Avant = None,
    imports: Fichiers = None,
    comptes: AvecComptes = False,
    tous: Tous = None,
    refaire: Refaire = False,
    version: Version = None,
) -> None:
    from etl.saisies.classeur import write_workbook  # here: openpyxl takes a while to import
    from etl.saisies.imports.commandes import Demande, show, write_all
    from etl.saisies.imports.depart import prefilled

    modele, names, demande = load_model(code, version), _communes(), Demande(imports or (), comptes)
    if tous is not None:
        if commune or fichier or avant:
            told = "--tous écrit un classeur par commune : ni FICHIER, ni --commune, ni --avant"
            raise DataError([Problem("modele", told, conseil="choisir")])
        require_key(Cle(code, next(iter(names)), exercice), names)
        write_all(console, tous, modele, exercice, names, demande, _populations(), refaire)
        return
    if commune is None or fichier is None:
        advice = "donner FICHIER.xlsx et --commune, ou --tous DOSSIER"
        raise DataError([Problem("modele", "il manque le classeur à écrire ou sa commune", conseil=advice)])
    cle = Cle(code, commune, exercice)
    require_key(cle, names)
    if fichier.suffix.lower() != ".xlsx":
        raise DataError([Problem(str(fichier), "ce n’est pas un nom de classeur", conseil="le finir par « .xlsx »")])
    before, found = _last_year(avant, cle), demande.read(modele, cle)
    start = prefilled(modele, cle, avant=before, imports=found, population=_population(commune))
    write_workbook(fichier, modele, cle, names[commune], before, start)
    lines = count(len(modele.rubriques), "rubrique")
    console.print(f"{fichier} : {modele.libelle}, version {modele.version}, {names[commune]}, {exercice}, {lines}")
    for one in found:
        show(console, one, whole=False)


@app.command("verifier", cls=cli.Commande, help="Contrôler un classeur rempli ; code 1 s’il ne peut être déposé.")
def check_command(
    fichier: Rempli = None,
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
    tous: Dossier = None,
) -> None:
    if tous is not None:
        if fichier or commune or avant:
            told = "--tous contrôle un dossier entier : ni FICHIER, ni --commune, ni --avant"
            raise DataError([Problem("verifier", told, conseil="choisir")])
        check_folder(tous, modele, exercice)
        return
    if fichier is None:
        raise DataError([Problem("verifier", "il manque le fichier", conseil="donner FICHIER, ou --tous DOSSIER")])
    given = [modele, commune, exercice]
    wanted = Cle(str(modele), str(commune), exercice) if modele and commune and exercice else None
    if wanted is None and (any(given) or fichier.suffix.lower() == ".csv"):
        told = "--modele, --commune et --exercice vont ensemble, et un CSV ne les dit pas"
        raise DataError([Problem("verifier", told, conseil="donner les trois")])
    names = _communes()
    saisie = _read(fichier, wanted, avant, names)
    place = names.get(saisie.cle.territoire, saisie.cle.territoire)
    console.print(f"{saisie.cle.modele}, version {saisie.version}, {place}, {saisie.cle.exercice}")
    for part in saisie.recu:
        console.print(f"  {part}")
    show_problems(console, saisie)
    if not saisie.recevable:
        errors, surprises = count(len(saisie.erreurs), "erreur"), count(len(saisie.surprises), "surprise")
        console.print(f"Ne peut être déposé : {errors} à corriger, {surprises} à expliquer en note.")
        raise typer.Exit(1)
    console.print(f"Peut être déposé : {count(len(saisie.reponses), 'réponse')}.")


def show_problems(console: Console, saisie: Saisie) -> None:
    """The problems of a deposit, on the screen."""
    for one in saisie.constats:
        mark = "•" if one.expliquee else "✗"
        word = "surprise expliquée" if one.expliquee else one.gravite
        console.print(Text.assemble((f"{mark} {word}", "bold"), f" — {one}"))


def check_folder(folder: Path, modele: str | None = None, exercice: int | None = None) -> None:
    """Check every workbook of a folder, one line each; leaves with code 1 unless all can be submitted."""
    if not folder.is_dir():
        raise DataError([Problem(str(folder), "ce n’est pas un dossier", conseil="donner celui des classeurs")])
    names, sound = _communes(), 0
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".xlsx", ".ods"))
    for path in paths:
        try:
            saisie = _read(path, None, None, names)
        except DataError as error:
            console.print(Text.assemble((f"✗ {path.name}", "bold"), f" — {error.problems[0].message}"))
            continue
        place = names.get(saisie.cle.territoire, saisie.cle.territoire)
        wrong = [
            f"un classeur pour « {found} »"
            for found, wanted in ((saisie.cle.modele, modele), (saisie.cle.exercice, exercice))
            if wanted is not None and found != wanted
        ]
        if saisie.erreurs or saisie.surprises:
            errors, surprises = count(len(saisie.erreurs), "erreur"), count(len(saisie.surprises), "surprise")
            wrong.append(f"{errors}, {surprises} à expliquer")
        sound += not wrong
        told = " ; ".join(wrong) or f"peut être déposé, {count(len(saisie.reponses), 'réponse')}"
        mark = "✗" if wrong else "✓"
        console.print(Text.assemble((f"{mark} {path.name}", "bold"), f" — {place}, {saisie.cle.exercice} : {told}"))
    console.print(f"{sound} sur {count(len(paths), 'classeur')} : peuvent être déposés.")
    if not paths or sound < len(paths):
        raise typer.Exit(1)


def _read(path: Path, wanted: Cle | None, avant: Path | None, names: dict[str, str]) -> Saisie:
    """A deposit that was sent, compared with the population and with last year's."""
    from etl.saisies.controles import Contexte
    from etl.saisies.lecture import read_workbook
    from etl.saisies.tidy import read_tidy

    def context(cle: Cle) -> Contexte:
        return Contexte(_population(cle.territoire), _last_year(avant, cle), territoires=names)

    if wanted is not None and path.suffix.lower() == ".csv":
        return read_tidy(path, load_model(wanted.modele), wanted, context(wanted))
    return read_workbook(path, wanted, context)


@app.command("importer", cls=cli.Commande, help="Montrer ce que le fichier d’un autre logiciel remplirait.")
def import_command(
    code: Code,
    commune: Commune,
    exercice: Exercice,
    fichier: AImporter = None,
    genre: QuelGenre = None,
    comptes: AvecComptes = False,
    sortie: Sortie = None,
    version: Version = None,
) -> None:
    from etl.saisies.imports.commandes import read_kind, show, write_answers
    from etl.saisies.imports.comptes import read_accounts
    from etl.saisies.imports.depart import prefilled
    from etl.saisies.imports.entree import read_import

    if fichier is None and not comptes:
        raise DataError([Problem("importer", "il manque le fichier", conseil="donner FICHIER, ou --comptes")])
    modele, cle = load_model(code, version), Cle(code, commune, exercice)
    require_key(cle, _communes())
    found = [read_import(fichier, modele, cle, read_kind(genre))] if fichier is not None else []
    if comptes:
        found.append(read_accounts(modele, cle))
    for one in found:
        show(console, one)
    refused = [one for one in found if one.erreurs and not one.reponses]
    if refused:
        console.print("Rien n’est rempli.")
        raise typer.Exit(1)
    if sortie is not None:
        answers = prefilled(modele, cle, imports=found, population=_population(commune))
        write_answers(sortie, modele, answers)
        console.print(f"Écrit : {sortie}, {count(len(answers), 'réponse')}")


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


def _populations() -> dict[str, float]:
    """The last municipal population of every territory that the observatory holds."""
    query = "SELECT territoire, arg_max(valeur, annee) FROM instantane WHERE variable = 'PMUN' GROUP BY territoire"
    return dict(ask_snapshot(SNAPSHOT, "fait", query))


def _last_year(path: Path | None, cle: Cle) -> tuple[Reponse, ...]:
    """The answers of last year's workbook. Raises DataError when it is not that of the year before, or is not sound."""
    if path is None:
        return ()
    from etl.saisies.lecture import read_workbook

    found = read_workbook(path, replace(cle, exercice=cle.exercice - 1))
    if found.erreurs:
        raise DataError([Problem(path.name, str(one)) for one in found.erreurs])
    return found.reponses


def group_of(code: str) -> typer.Typer:
    """« python -m etl bilan … »: the commands of « saisie », for one model."""
    group = typer.Typer(
        cls=cli.Groupe,
        help=f"Le questionnaire « {code} » : les commandes de « saisie », sans avoir à le nommer.",
        no_args_is_help=True,
        subcommand_metavar="COMMANDE [ARGUMENTS]…",
        rich_markup_mode="rich",
    )

    @group.command("modele", cls=cli.Commande, help="Écrire le classeur d’une commune et d’un exercice, ou de toutes.")
    def workbook(
        exercice: Exercice,
        fichier: Classeur = None,
        commune: UneCommune = None,
        avant: Avant = None,
        imports: Fichiers = None,
        comptes: AvecComptes = False,
        tous: Tous = None,
        refaire: Refaire = False,
        version: Version = None,
    ) -> None:
        workbook_command(code, exercice, fichier, commune, avant, imports, comptes, tous, refaire, version)

    @group.command("verifier", cls=cli.Commande, help="Contrôler un classeur rempli ; code 1 s’il ne peut être déposé.")
    def check(
        fichier: Rempli = None,
        commune: UneCommune = None,
        exercice: Annotated[
            int | None, typer.Option("--exercice", metavar="ANNÉE", help="Exercice attendu (nécessaire pour un CSV).")
        ] = None,
        avant: Avant = None,
        tous: Dossier = None,
    ) -> None:
        named = bool(commune or exercice or tous) or (fichier is not None and fichier.suffix.lower() == ".csv")
        if not named and fichier is not None:
            require_model(fichier, code)
        check_command(fichier, code if named else None, commune, exercice, avant, tous)

    @group.command("importer", cls=cli.Commande, help="Montrer ce que le fichier d’un autre logiciel remplirait.")
    def import_(
        commune: Commune,
        exercice: Exercice,
        fichier: AImporter = None,
        genre: QuelGenre = None,
        comptes: AvecComptes = False,
        sortie: Sortie = None,
        version: Version = None,
    ) -> None:
        import_command(code, commune, exercice, fichier, genre, comptes, sortie, version)

    return group


def require_model(path: Path, code: str) -> None:
    """Raise DataError when a workbook says that it is of another model."""
    from etl.saisies.lecture import model_of

    found = model_of(path)
    if found != code:
        told = f"c’est un classeur de « {shown(found)} », non de « {code} »"
        raise DataError([Problem(path.name, told, conseil="le contrôler par « saisie verifier »")])


def add_to(parent: typer.Typer) -> None:
    """Give the command line its « modeles » and « saisie », and a group of commands for each model of the catalogue."""
    parent.command("modeles", cls=cli.Commande, help="Lister les modèles de questionnaires.")(models_command)
    parent.add_typer(app, name="saisie")
    taken = {one.name for one in parent.registered_commands} | {one.name for one in parent.registered_groups}
    for code in model_codes():
        if code not in taken:
            parent.add_typer(group_of(code), name=code)
