"""« reseau »: the figures of the network, made anew from the register."""

from __future__ import annotations

from typing import Annotated

import typer

from etl.typography import count
from observatoire.access import opening
from observatoire.access.publication import is_published, publish_network
from observatoire.commands.refusals import asked_warehouse, expect, refusal
from observatoire.config import warehouse_folder
from registre.errors import RegistreError

GESTES = ("etat", "publier")


def reseau(
    geste: Annotated[
        str, typer.Argument(help="« etat » dit si les chiffres suivent le registre ; « publier » les refait.")
    ],
) -> None:
    """Refait les chiffres du réseau depuis le registre, ou dit s’ils le suivent. Le registre n’est pas modifié."""
    expect(geste, GESTES, "geste")
    folder = warehouse_folder()
    if not opening.exists():
        typer.echo("Il n’y a pas encore de registre : aucun chiffre du réseau à publier.")
        return
    try:
        registre = opening.in_service()
        if geste == "etat":
            fresh = is_published(registre, folder)
            words = "suivent le registre" if fresh else "sont en retard sur le registre"
            typer.echo(f"Les chiffres du réseau {words}.")
            raise typer.Exit(0 if fresh else 1)
        edition = publish_network(registre, asked_warehouse(), folder)
    except RegistreError as error:
        raise refusal(error.ou or "registre", error.quoi, error.conseil) from None
    typer.echo(f"Édition {edition.numero} en service : {count(edition.masques, 'case')} sous le secret.")
