"""The command line in French: what typer prints of its own, said in the language of its readers."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup

from etl.errors import DataError, refusal

AIDE = "Afficher cette aide et quitter."


class Commande(TyperCommand):
    """A command whose help is in French."""

    def get_params(self, ctx: Any) -> list[Any]:
        params = super().get_params(ctx)
        for param in params:
            # The names of Python's types (« <path> ») say nothing to our readers; our own words (metavar) do.
            if isinstance(param, TyperArgument) or param.metavar is None:
                param.display_type_rich = lambda ctx: None  # type: ignore[method-assign]
        return params

    def get_help_option(self, ctx: Any) -> Any:
        return _french_help(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage:", "Usage :")

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _french_titles()
        super().format_help(ctx, formatter)


class Groupe(TyperGroup):
    """A group of commands whose help is in French."""

    def get_help_option(self, ctx: Any) -> Any:
        return _french_help(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage:", "Usage :")

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _french_titles()
        super().format_help(ctx, formatter)


def _french_titles() -> None:
    # Imported here: only a help is laid out, and what lays it out takes as long to import as a third of a command.
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "Arguments"
    rich_utils.OPTIONS_PANEL_TITLE = "Options"
    rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
    rich_utils.ERRORS_PANEL_TITLE = "Erreur"
    rich_utils.DEFAULT_STRING = "[par défaut : {}]"
    rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
    rich_utils.ABORTED_TEXT = "Interrompu."


def run(app: typer.Typer) -> None:
    """Run the command line; every error comes out in French, on standard error, with a non-zero code."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def say(message: object) -> None:
        console.print(Text.assemble(("Erreur", "bold"), f" — {message}"))

    try:
        code = app(standalone_mode=False)
    except DataError as error:
        for problem in error.problems:
            say(problem)
        sys.exit(1)
    except OSError as error:
        say(refusal(error))
        sys.exit(1)
    except (KeyboardInterrupt, EOFError):
        console.print("Interrompu : rien n’a été modifié.")
        sys.exit(130)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except Exception as error:
        message = _usage_error(error)
        if message is None:
            raise
        say(message)
        console.print("« --help » affiche l’aide.")
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _usage_error(error: Exception) -> str | None:
    """The French words for a mistake in the command typed, or None when the error is of another nature."""
    kinds = {base.__name__ for base in type(error).__mro__}
    if "UsageError" not in kinds:
        return None
    if "NoArgsIsHelpError" in kinds:
        return "il manque une commande."
    if "NoSuchOption" in kinds:
        return f"option inconnue : {getattr(error, 'option_name', '')}"
    if "MissingParameter" in kinds:
        param = getattr(error, "param", None)
        return f"il manque « {'/'.join(param.opts) if param is not None else '?'} »."
    if "BadOptionUsage" in kinds:
        return f"« {getattr(error, 'option_name', '?')} » attend une valeur."
    if "BadParameter" in kinds:
        param = getattr(error, "param", None)
        if param is None:  # refused by one of our commands, which has already said why in French
            return str(getattr(error, "message", error))
        name = "/".join(param.opts)
        if str(getattr(error, "message", "")).endswith("is not readable."):
            return f"« {name} » : impossible de lire ce chemin ; vérifier les droits."
        if "valid integer" in str(getattr(error, "message", "")):
            return f"« {name} » attend un nombre entier."
        return f"valeur refusée pour « {name} »."
    text = str(getattr(error, "message", error))
    if text.startswith("No such command"):
        return f"commande inconnue : {text.split(chr(39))[1] if chr(39) in text else ''}"
    if text.startswith("Got unexpected extra argument"):
        return "il y a un argument de trop."
    return "commande mal écrite."


def _french_help(option: Any) -> Any:
    if option is not None:
        option.help, option.metavar = AIDE, " "
    return option
