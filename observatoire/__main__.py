"""The command line: « python -m observatoire --help »."""

from __future__ import annotations

import typer

from etl import cli
from etl.identite import OBSERVATOIRE
from etl.saisies.modeles import model_codes
from observatoire.commands.carte import carte
from observatoire.commands.comparaison import comparaison
from observatoire.commands.fiche import fiche
from observatoire.commands.figure import figure
from observatoire.commands.indicateur import indicateur
from observatoire.commands.questionnaire import group_of
from observatoire.commands.reseau import reseau

app = typer.Typer(
    cls=cli.Groupe,
    help=f"{OBSERVATOIRE.nom} {OBSERVATOIRE.reseau} : documents sans navigateur.",
    no_args_is_help=True,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    add_completion=False,
)


@app.callback()
def main() -> None:
    """Nothing before the command itself."""


app.command(cls=cli.Commande)(carte)
app.command(cls=cli.Commande)(comparaison)
app.command(cls=cli.Commande)(fiche)
app.command(cls=cli.Commande)(figure)
app.command(cls=cli.Commande)(indicateur)
app.command(cls=cli.Commande)(reseau)
for _code in model_codes():
    if _code not in ("carte", "comparaison", "fiche", "figure", "indicateur", "reseau"):
        app.add_typer(group_of(_code), name=_code)

if __name__ == "__main__":
    cli.run(app)
