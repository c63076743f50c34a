"""« bilan deposer », « bilan etat »: deposits of a questionnaire from the shell, as an account of the register.

Whoever is at the shell says whose account they use; what that account may do is judged by the desk, as on the pages.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl import cli
from etl.errors import DataError, Problem
from etl.saisies.cli import show_problems
from etl.saisies.controles import Contexte
from etl.saisies.modeles import load_model
from etl.saisies.saisie import Saisie
from etl.typography import count
from observatoire.access import opening
from observatoire.access.desk import Guichet, Place, Refuse, SessionFermee, visitor
from observatoire.access.identity import Identite
from observatoire.access.places import places
from observatoire.access.rights import Action, Interdit
from observatoire.access.saisies import Saisies
from observatoire.commands.refusals import asked_warehouse, refusal
from registre.errors import RegistreError
from registre.records import Cle, Depot, Etape, Reponse

ETAPES = {
    Etape.BROUILLON: "en cours",
    Etape.SOUMIS: "soumis",
    Etape.RENVOYE: "renvoyé",
    Etape.CONFIRME: "confirmé",
    Etape.RETIRE: "retiré",
}
FAITS = (Etape.SOUMIS, Etape.CONFIRME)
console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

Courriel = Annotated[str, typer.Option("--courriel", metavar="ADRESSE", help="Le compte du registre qui agit.")]


def group_of(code: str) -> typer.Typer:
    """« python -m observatoire bilan … »: the commands of a model."""
    group = typer.Typer(
        cls=cli.Groupe,
        help=f"Le questionnaire « {code} » : déposer un classeur, voir où en sont les dépôts.",
        no_args_is_help=True,
        subcommand_metavar="COMMANDE [ARGUMENTS]…",
    )

    @group.command("deposer", cls=cli.Commande, help="Déposer un classeur rempli, et le soumettre ; code 1 sinon.")
    def deposit_command(
        fichier: Annotated[
            Path, typer.Argument(metavar="FICHIER", help="Un classeur .xlsx ou .ods, ou un CSV.", readable=False)
        ],
        courriel: Courriel,
        commune: Annotated[
            str | None, typer.Option("--commune", metavar="CODE", help="Commune attendue (nécessaire pour un CSV).")
        ] = None,
        exercice: Annotated[
            int | None, typer.Option("--exercice", metavar="ANNÉE", help="Exercice attendu (nécessaire pour un CSV).")
        ] = None,
        brouillon: Annotated[
            bool, typer.Option("--brouillon", metavar=" ", help="Garder un brouillon, sans le soumettre.")
        ] = False,
        note: Annotated[
            str | None, typer.Option("--note", metavar="TEXTE", help="Ce que l’historique du dépôt en dira.")
        ] = None,
    ) -> None:
        deposer(code, fichier, courriel, commune, exercice, brouillon, note)

    @group.command(
        "etat", cls=cli.Commande, help="Dire qui a déposé, qui tarde, qui est renvoyé ; code 1 s’il en manque."
    )
    def state_command(
        courriel: Courriel,
        exercice: Annotated[
            int | None,
            typer.Option("--exercice", metavar="ANNÉE", help="Année de l’activité (sinon : la dernière finie)."),
        ] = None,
        limite: Annotated[
            str | None,
            typer.Option("--limite", metavar="JJ/MM/AAAA", help="Dernier jour pour déposer : après, on est en retard."),
        ] = None,
    ) -> None:
        etat(code, courriel, exercice, limite)

    return group


def deposer(
    code: str,
    fichier: Path,
    courriel: str,
    commune: str | None = None,
    exercice: int | None = None,
    brouillon: bool = False,
    note: str | None = None,
) -> None:
    """Keep a workbook as a draft of its deposit, then submit it. Leaves with code 1 when it is not."""
    if fichier.suffix.lower() == ".csv" and not (commune and exercice):
        raise refusal("deposer", "un CSV ne dit ni sa commune ni son exercice", "donner --commune et --exercice")
    if bool(commune) != bool(exercice):
        raise refusal("deposer", "--commune et --exercice vont ensemble", "donner les deux, ou aucun")
    with _desk(courriel) as (guichet, known):
        wanted = Cle(code, commune, exercice) if commune and exercice else None
        saisie = _read(guichet, known, code, fichier, wanted)
        cle = saisie.cle
        if cle.modele != code:
            raise refusal(fichier.name, f"ce classeur est de « {cle.modele} », non de « {code} »", "déposer le bon")
        place = known[cle.territoire].nom if cle.territoire in known else cle.territoire
        console.print(f"{cle.modele}, version {saisie.version}, {place}, {cle.exercice}")
        for part in saisie.recu:
            console.print(f"  {part}")
        show_problems(console, saisie)
        if saisie.erreurs:
            console.print(f"Rien n’est déposé : {count(len(saisie.erreurs), 'erreur')} à corriger.")
            raise typer.Exit(1)
        before = guichet.depot(cle)
        kept = guichet.brouillon(
            cle,
            _as_chosen(guichet, cle, before, saisie.reponses),
            attendu=before.version if before else None,
            modele_version=str(saisie.version),
            classeur=(fichier.name, fichier.read_bytes()),
            note=note,
        )
        told = f"Révision {kept.revision.numero} gardée, {count(kept.revision.nombre, 'réponse')}"
        console.print(told + (f", au nom de {kept.revision.au_nom_de}." if kept.revision.au_nom_de else "."))
        if brouillon:
            console.print("C’est un brouillon : « deposer » sans --brouillon le soumettra.")
            return
        _submit(guichet, kept, note)


def _submit(guichet: Guichet, kept: Depot, note: str | None) -> None:
    try:
        guichet.soumettre(kept.cle, attendu=kept.version, note=note)
    except Refuse as refused:
        for words in refused.constats:
            console.print(Text.assemble(("✗", "bold"), f" {words}"))
        console.print("Gardé en brouillon, non soumis : corriger ou expliquer en note ce qui précède.")
        raise typer.Exit(1) from None
    console.print("Soumis : à confirmer par le CCAS ou l’union.")


def _read(guichet: Guichet, known: dict[str, Place], code: str, path: Path, wanted: Cle | None) -> Saisie:
    """The file, compared with what the register holds of last year; rights first: nothing is said to whom may not."""
    from etl.saisies.lecture import read_workbook  # here: openpyxl, which the other commands do without
    from etl.saisies.tidy import read_tidy

    names = {one: place.nom for one, place in known.items()}

    def context(cle: Cle) -> Contexte:
        before = replace(cle, exercice=cle.exercice - 1)
        may = guichet.peut(Action.LIRE_DEPOT, cle.territoire) and guichet.depot(before)
        return Contexte(avant=guichet.reponses(before) if may else (), territoires=names)

    if not guichet.visiteur.membre:
        raise Interdit(Action.SAISIR, guichet.visiteur)
    if wanted is not None and path.suffix.lower() == ".csv":
        return read_tidy(path, load_model(code), wanted, context(wanted))
    return read_workbook(path, wanted, context)


def _as_chosen(guichet: Guichet, cle: Cle, before: Depot | None, answers: tuple[Reponse, ...]) -> list[Reponse]:
    """The answers, each read by whom was chosen before: a workbook does not say it."""
    chosen = {}
    if before is not None:
        chosen = {(one.rubrique, one.rang): one.diffusion for one in guichet.reponses(cle)}
    return [replace(one, diffusion=chosen.get((one.rubrique, one.rang), one.diffusion)) for one in answers]


def etat(code: str, courriel: str, exercice: int | None = None, limite: str | None = None) -> None:
    """Where the deposits of a year are, commune by commune, among those that the account may read."""
    year = exercice or date.today().year - 1
    last = _day(limite)
    with _desk(courriel) as (guichet, known):
        found = {depot.cle.territoire: depot for depot in guichet.depots(modele=code, exercice=year)}
        asked = {one: place for one, place in known.items() if _is_asked(one, place, year, found)}
        readable = [one for one in asked if guichet.peut(Action.LIRE_DEPOT, one)]
        if not readable:
            raise Interdit(Action.LIRE_DEPOT, guichet.visiteur)
    table = Table("Commune", "État", "Depuis le", "Par", "Précision")
    counted: Counter[str] = Counter()
    for one in sorted(readable, key=lambda each: asked[each].nom):
        words, when, who, more = _line(found.get(one), last)
        counted[words] += 1
        table.add_row(Text(asked[one].nom), words, when, Text(who), Text(more))
    console.print(f"{load_model(code).libelle}, {year}" + (f", à déposer avant le {last:%d/%m/%Y}" if last else ""))
    console.print(table)
    done = sum(counted[ETAPES[step]] for step in FAITS)
    rest = ", ".join(f"{words} : {times}" for words, times in sorted(counted.items()))
    console.print(f"Déposé par {done} sur {count(len(readable), 'CCAS').replace('CCASs', 'CCAS')} ({rest}).")
    if done < len(readable):
        raise typer.Exit(1)


def _is_asked(code: str, place: Place, year: int, found: dict[str, Depot]) -> bool:
    """Whether a territory is to answer for a year: the communes of then; an EPT, when it has."""
    then = code == place.code or (place.jusque is not None and year <= place.jusque)
    return code in found or (place.type == "commune" and then)


def _line(depot: Depot | None, last: date | None) -> tuple[str, str, str, str]:
    """What the table says of a deposit: its state, since when, by whom, and why."""
    late = last is not None and date.today() > last
    if depot is None:
        return ("en retard" if late else "rien déposé"), "", "", ""
    when = f"{depot.modifie_le.astimezone():%d/%m/%Y}"
    words, more = ETAPES[depot.etape], depot.motif or ""
    if late and depot.etape is Etape.BROUILLON:
        words, more = "en retard", "brouillon gardé, non soumis"
    if depot.etape in (Etape.BROUILLON, Etape.SOUMIS) and depot.en_vigueur:
        more = "correction ; la révision confirmée reste en vigueur"
    return words, when, str(depot.modifie_par), more


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return datetime.strptime(written, "%d/%m/%Y").date()
    except ValueError:
        raise refusal("--limite", f"« {written} » n’est pas une date", "l’écrire comme 31/03/2026") from None


@contextlib.contextmanager
def _desk(courriel: str) -> Iterator[tuple[Guichet, dict[str, Place]]]:
    """The desk of an account, and the territories that can deposit; what it refuses is told in French."""
    if not opening.exists():
        advice = "le créer : « python -m registre role ajouter COURRIEL udccas »"
        raise refusal("registre", "il n’y a pas encore de registre", advice)
    address = courriel.strip().lower()
    try:
        warehouse, registre = asked_warehouse(), opening.in_service()
        if registre.comptes.compte(address) is None:
            told = f"aucun compte pour « {address} »"
            raise refusal("--courriel", told, "voir « python -m registre role lister »")
        known = dict(places(warehouse))
        person = Identite(address, "")
        _, epoch = visitor(registre, person, None)
        asked = Guichet(registre, lambda: visitor(registre, person, epoch)[0], known, Saisies(warehouse, known))
        yield asked, known
    except RegistreError as error:
        raise refusal(error.ou or "registre", error.quoi, error.conseil) from None
    except (Interdit, SessionFermee) as error:
        raise refusal(address, str(error)) from None
    except Refuse as error:
        raise DataError([Problem("dépôt", words) for words in error.constats]) from None
