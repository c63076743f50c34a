"""``python -m registre``: save, restore, migrate, verify, give and take roles."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from registre import migrations, sauvegarde, verification
from registre.base import Base, default_depots, default_url, read_url
from registre.comptes import told
from registre.errors import Introuvable, typeset
from registre.fichiers import Fichiers
from registre.records import Acteur, Role
from registre.schema import TETE
from registre.store import Registre, prepare
from registre.terminal import Commande, Groupe

app = typer.Typer(
    cls=Groupe,
    help="Sauvegarde, restaure et vérifie le registre : dépôts, comptes, journal.",
    no_args_is_help=True,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    add_completion=False,
)
role_app = typer.Typer(
    cls=Groupe,
    help="Donner et reprendre des rôles.",
    no_args_is_help=True,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
)
app.add_typer(role_app, name="role")
console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

Courriel = Annotated[str, typer.Argument(metavar="COURRIEL", help="Adresse du compte.")]
NomDeRole = Annotated[str, typer.Argument(metavar="ROLE", help=f"Un de : {', '.join(Role)}.")]
Territoire = Annotated[
    str | None,
    typer.Option("--territoire", metavar="CODE", help="Code INSEE de la commune, ou SIREN de l’EPT."),
]


@dataclass(frozen=True)
class _Place:
    url: str | None
    depots: Path


@app.callback()
def place(
    ctx: typer.Context,
    registre: Annotated[
        str | None,
        typer.Option("--registre", metavar="ADRESSE", help="Adresse de la base (sinon : OBSERVATOIRE_REGISTRE)."),
    ] = None,
    depots: Annotated[
        Path | None,
        typer.Option("--depots", metavar="DOSSIER", help="Dossier des fichiers (sinon : OBSERVATOIRE_DEPOTS)."),
    ] = None,
) -> None:
    ctx.obj = _Place(registre, depots or default_depots())


@app.command("sauvegarder", cls=Commande, help="Écrire tout le registre dans un fichier.")
def save(
    ctx: typer.Context,
    fichier: Annotated[Path, typer.Argument(metavar="FICHIER", help="Fichier .zip à écrire.")],
    remplacer: Annotated[bool, typer.Option("--remplacer", help="Remplacer ce fichier s’il existe.")] = False,
) -> None:
    if fichier.exists() and not remplacer:
        raise sauvegarde.NonVide("ce fichier existe déjà", str(fichier), "donner un autre nom, ou --remplacer")
    with _database(ctx) as (base, files), _progress() as step:
        manifest = sauvegarde.backup(base, files, fichier, step)
    rows = sum(count for count, _ in manifest.tables.values())
    kept = f"{_count(rows, 'ligne')}, {_count(len(manifest.fichiers), 'fichier')}"
    _say(f"Sauvegardé dans {fichier} : révision {manifest.revision}, {kept}.")
    _say(f"Empreinte du journal : {manifest.empreinte}")
    if manifest.manquants:
        _say(f"Attention, fichiers du registre qui n’ont pas pu être lus : {len(manifest.manquants)}")
        for sha256 in manifest.manquants:
            _say(f"  {sha256}")
        raise typer.Exit(1)


@app.command("restaurer", cls=Commande, help="Mettre une sauvegarde à la place du registre.")
def restore(
    ctx: typer.Context,
    fichier: Annotated[Path, typer.Argument(metavar="FICHIER", help="Fichier écrit par « sauvegarder ».")],
    remplacer: Annotated[
        bool, typer.Option("--remplacer", help="Remplacer un registre qui n’est pas vide, après l’avoir mis de côté.")
    ] = False,
) -> None:
    with _database(ctx) as (base, files), _progress() as step:
        done = sauvegarde.restore(base, files, fichier, _operator(), remplacer=remplacer, avance=step)
    if done.cote:
        _say(f"Ce qui était là est dans {done.cote}.")
    _say(f"Restauré : révision {done.manifeste.revision}, {_count(len(done.manifeste.fichiers), 'fichier')}.")
    if done.manifeste.manquants:
        _say(f"Attention, fichiers qui manquaient déjà à la sauvegarde : {len(done.manifeste.manquants)}")


@app.command("migrer", cls=Commande, help="Amener les tables au schéma de cette version.")
def migrate(ctx: typer.Context) -> None:
    with _database(ctx) as (base, _):
        base.prepare_folder()
        with base.reading() as connexion:
            before = migrations.current(connexion)
        prepare(base)
    if before == TETE:
        _say(f"Rien à faire : le registre est au schéma {TETE}.")
    elif before is None:
        _say(f"Registre créé, au schéma {TETE}.")
    else:
        _say(f"Registre passé du schéma {before} au schéma {TETE}.")


@app.command("verifier", cls=Commande, help="Contrôler le journal, les états, les réponses et les fichiers.")
def verify(ctx: typer.Context) -> None:
    with _database(ctx) as (base, files), _progress() as step:
        if base.sqlite and not Path(base.nom).exists():
            raise Introuvable(
                "il n’y a pas de registre ici", base.nom, "vérifier l’adresse, ou « migrer » pour le créer"
            )
        found = verification.verify(base, files, step)
    counted = ((found.depots, "dépôt"), (found.revisions, "révision"), (found.fichiers, "fichier"))
    _say(f"Registre à la révision {found.revision} : {', '.join(_count(*each) for each in counted)}.")
    _say(f"Empreinte du journal : {found.empreinte}")
    if found.constats:
        table = Table("", "Où", "Constat")
        for constat in found.constats:
            table.add_row("à réparer" if constat.grave else "à savoir", Text(constat.ou), Text(typeset(constat.quoi)))
        console.print(table)
    if not found.sain:
        _say("Le registre n’est plus ce qui a été écrit : repartir d’une sauvegarde, ou réparer, puis vérifier.")
        raise typer.Exit(1)
    _say("Tout est là, comme écrit.")


@role_app.command("ajouter", cls=Commande, help="Donner un rôle ; le compte est créé s’il n’existe pas.")
def add_role(ctx: typer.Context, courriel: Courriel, role: NomDeRole, territoire: Territoire = None) -> None:
    with _register(ctx) as registre:
        found = registre.comptes.ajouter_role(courriel, role, _operator(), territoire)  # type: ignore[arg-type]
    _say(f"{found.courriel} : {', '.join(told(given) for given in found.roles)}")


@role_app.command("retirer", cls=Commande, help="Reprendre un rôle.")
def remove_role(ctx: typer.Context, courriel: Courriel, role: NomDeRole, territoire: Territoire = None) -> None:
    with _register(ctx) as registre:
        found = registre.comptes.retirer_role(courriel, role, _operator(), territoire)  # type: ignore[arg-type]
    _say(f"{found.courriel} : {', '.join(told(given) for given in found.roles) or 'aucun rôle'}")


@role_app.command("lister", cls=Commande, help="Lister les comptes et leurs rôles.")
def list_roles(ctx: typer.Context) -> None:
    with _register(ctx) as registre:
        accounts = registre.comptes.tous()
    if not accounts:
        _say("Aucun compte : « python -m registre role ajouter COURRIEL udccas » en crée un.")
        return
    table = Table("Courriel", "Nom", "Rôles", "État")
    for account in accounts:
        roles = ", ".join(told(given) for given in account.roles) or "aucun"
        table.add_row(Text(account.courriel), Text(account.nom), Text(roles), "actif" if account.actif else "désactivé")
    console.print(table)


@contextlib.contextmanager
def _database(ctx: typer.Context) -> Iterator[tuple[Base, Fichiers]]:
    given: _Place = ctx.obj
    base = Base(read_url(given.url) if given.url else default_url())
    try:
        yield base, Fichiers(given.depots)
    finally:
        base.close()


@contextlib.contextmanager
def _register(ctx: typer.Context) -> Iterator[Registre]:
    given: _Place = ctx.obj
    with Registre.ouvrir(given.url, given.depots) as registre:
        yield registre


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    with console.status("Préparation…") as status:
        yield lambda step: status.update(Text(f"{step}…"))


def _operator() -> Acteur:
    """Who types the command, as far as the system knows."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid()) if hasattr(os, "getuid") else "inconnu"
    return Acteur(f"{user}@{socket.gethostname()}", "ligne de commande", "machine")


def _count(quantity: int, noun: str) -> str:
    return f"{quantity} {noun}{'s' if quantity > 1 else ''}"


def _say(message: str) -> None:
    console.print(typeset(message))
