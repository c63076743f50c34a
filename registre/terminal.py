"""What typer prints of its own, said in French. The register knows nothing of ``etl.cli``, which does the same."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer import rich_utils
from typer.core import TyperArgument, TyperCommand, TyperGroup

from registre.errors import RegistreError, refused

rich_utils.ARGUMENTS_PANEL_TITLE = "Arguments"
rich_utils.OPTIONS_PANEL_TITLE = "Options"
rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
rich_utils.ERRORS_PANEL_TITLE = "Erreur"
rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"


class _Francais:
    """Help in French, without the names of Python's types."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = "Afficher cette aide et quitter.", " "
        return option

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage:", "Usage :")  # type: ignore[misc]

    def get_params(self, ctx: Any) -> list[Any]:
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if isinstance(param, TyperArgument) or param.metavar is None:
                param.display_type_rich = lambda ctx: None
        return params


class Commande(_Francais, TyperCommand):
    """A command whose help is in French."""


class Groupe(_Francais, TyperGroup):
    """A group of commands whose help is in French."""


def run(app: typer.Typer) -> None:
    """Run the command line; every error comes out in French, on standard error, with a non-zero code."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def stop(message: object, code: int) -> None:
        console.print(Text.assemble(("Erreur", "bold"), f" — {message}"))
        if code == 2:
            console.print("« --help » affiche l’aide.")
        sys.exit(code)

    try:
        code = app(standalone_mode=False)
    except RegistreError as error:
        stop(error, 1)
    except OSError as error:
        stop(refused(error, str(error.filename or "système")), 1)
    except (KeyboardInterrupt, EOFError):
        console.print("Interrompu : rien n’a été modifié.")
        sys.exit(130)
    except typer.Exit as left:
        sys.exit(left.exit_code)
    except Exception as error:
        message = _usage(error)
        if message is None:
            raise
        stop(message, 2)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Exception) -> str | None:
    """The French words for a mistake in what was typed, or None when the error is of another nature."""
    kinds = {base.__name__ for base in type(error).__mro__}
    if "UsageError" not in kinds:
        return None
    param = getattr(error, "param", None)
    name = "?" if param is None else (isinstance(param, TyperArgument) and param.metavar) or "/".join(param.opts)
    text = str(getattr(error, "message", error))
    words = {
        "NoArgsIsHelpError": "il manque une commande.",
        "NoSuchOption": f"option inconnue : {getattr(error, 'option_name', '')}",
        "MissingParameter": f"il manque « {name} ».",
        "BadOptionUsage": f"« {getattr(error, 'option_name', '?')} » attend une valeur.",
        "BadParameter": f"valeur refusée pour « {name} ».",
    }
    for kind, message in words.items():
        if kind in kinds:
            return message
    if text.startswith("No such command"):
        return f"commande inconnue : {text.split(chr(39))[1] if chr(39) in text else ''}"
    return "il y a un argument de trop." if "extra argument" in text else "commande mal écrite."
