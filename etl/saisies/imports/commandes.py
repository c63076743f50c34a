"""What the command line does with imports: show what a file fills, start one workbook or all of them from it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from etl.errors import DataError, Problem, listed, system_told
from etl.saisies.imports.balances import Lecture, import_balances, read_balances
from etl.saisies.imports.comptes import read_accounts
from etl.saisies.imports.correspondances import Balances, Comptes, load_mapping
from etl.saisies.imports.depart import prefilled
from etl.saisies.imports.entree import kind_of, read_import
from etl.saisies.imports.resultat import SORTES, Import, Motif, Sorte
from etl.saisies.modeles import Modele
from etl.saisies.saisie import ERREUR
from etl.saisies.tidy import write_tidy
from etl.snapshot import require_writable
from etl.typography import count
from registre.records import Cle, Reponse


@dataclass(frozen=True)
class Demande:
    """The files to import, and whether the accounts that the observatory holds come too."""

    fichiers: Sequence[Path] = ()
    comptes: bool = False

    def read(self, modele: Modele, cle: Cle) -> list[Import]:
        """All of them. Raises DataError, with everything that is wrong, when one is refused."""
        problems: list[Problem] = []
        found: list[Import] = []
        for path in self.fichiers:
            try:
                found.append(_accepted(read_import(path, modele, cle), path.name))
            except DataError as error:
                problems += error.problems
        if self.comptes:
            try:
                found.append(_accepted(read_accounts(modele, cle), "comptes publiés"))
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(problems)
        return found


def _accepted(found: Import, name: str) -> Import:
    """An import that fills something, or has nothing against it. Raises DataError for one that is refused."""
    if found.erreurs and not found.reponses:
        raise DataError([Problem(name, str(one)) for one in found.erreurs])
    return found


def read_kind(word: str | None) -> Sorte | None:
    """« domifa »… Raises DataError for another word."""
    if word is None:
        return None
    known = [sorte.value for sorte in Sorte if sorte is not Sorte.COMPTES]
    if word not in known:
        raise DataError([Problem("--genre", f"« {word} » est inconnu", conseil=f"choisir parmi {', '.join(known)}")])
    return Sorte(word)


def show(console: Console, found: Import, whole: bool = True) -> None:
    """What an import fills and what it does not, on the screen; ``whole``: line by line."""
    filled = count(len(found.remplies), "rubrique remplie").replace("rubriques remplie", "rubriques remplies")
    console.print(Text.assemble((f"{found.source}", "bold"), f" : {filled}"))
    for words in found.a_confirmer:
        console.print(f"  à confirmer — {words}")
    for one in found.remplies if whole else ():
        console.print(f"  ✓ {one}")
    for one in found.constats:
        mark = "✗" if one.gravite == ERREUR else "•"
        console.print(Text.assemble((f"  {mark} {one.gravite}", "bold"), f" — {one}"))
    rest = found.non_remplies if whole else [one for one in found.non_remplies if one.motif is not Motif.SANS_CASE]
    unsaid = [one for one in rest if not one.trouve and one.pourquoi == "le fichier n’en dit rien"]
    for one in rest:
        if one not in unsaid:
            console.print(f"  · {one}")
    if unsaid:
        console.print(f"  · le fichier ne dit rien de : {listed([str(one.rubrique) for one in unsaid], 200)}")


def write_answers(path: Path, modele: Modele, answers: Sequence[Reponse]) -> None:
    """The answers as a CSV. Raises DataError when the place cannot be written."""
    if path.suffix.lower() != ".csv":
        raise DataError([Problem(str(path), "ce n’est pas un nom de CSV", conseil="le finir par « .csv »")])
    with system_told(path):
        path.write_text(write_tidy(modele, answers), encoding="utf-8-sig", newline="")


def write_all(
    console: Console,
    folder: Path,
    modele: Modele,
    exercice: int,
    communes: Mapping[str, str],
    demande: Demande,
    populations: Mapping[str, float],
    again: bool = False,
) -> None:
    """A workbook for each commune in ``folder``, those already there kept unless ``again``: interrupted, it goes on
    where it stopped. Raises DataError when an import cannot be for all of them."""
    from etl.saisies.classeur import write_workbook

    readings = [_read_for_all(path, modele, exercice, communes) for path in demande.fichiers]
    if demande.comptes:
        load_mapping(modele.code, Comptes)
    require_writable(folder)
    written, kept, without = 0, 0, []
    try:
        for code, name in _progress(console, communes):
            path = folder / f"{modele.code}_{exercice}_{code}.xlsx"
            if path.exists() and not again:
                kept += 1
                continue
            cle = Cle(modele.code, code, exercice)
            imports = [import_balances(source, modele, cle, reading) for source, reading in readings]
            if demande.comptes:
                imports.append(read_accounts(modele, cle))
            refused = [one for one in imports if one.erreurs and not one.reponses]
            if refused:
                without.append(f"{name} ({refused[0].erreurs[0].trouve})")
            start = prefilled(
                modele, cle, imports=[one for one in imports if one not in refused], population=populations.get(code)
            )
            write_workbook(path, modele, cle, name, (), start)
            written += 1
            if not console.is_terminal:
                console.print(f"{path} : {name}, {count(len(start), 'réponse')} en place")
    except KeyboardInterrupt:
        told = f"Interrompu : {written + kept} sur {count(len(communes), 'classeur')} dans {folder}"
        console.print(f"{told} ; la même commande reprend où elle s’est arrêtée.")
        raise typer.Exit(130) from None
    there = f", {kept} déjà là (--refaire les remplace)" if kept else ""
    console.print(f"{folder} : {modele.libelle}, {exercice}, {count(written, 'classeur')}{there}")
    for words in without:
        console.print(f"  sans import — {words}")


def _read_for_all(path: Path, modele: Modele, exercice: int, communes: Mapping[str, str]) -> tuple[Path, Lecture]:
    """A file read once for every commune: one that says whose each line is."""
    if not path.is_file():
        raise DataError([Problem(str(path), "ce n’est pas un fichier", conseil="vérifier le chemin")])
    found = kind_of(path)
    if found is not Sorte.BALANCES:
        told = f"c’est {SORTES[found]} : d’un seul CCAS, non de tous"
        raise DataError([Problem(path.name, told, conseil="l’importer commune par commune, sans « --tous »")])
    return path, read_balances(path, load_mapping(modele.code, Balances), tuple(communes), exercice)


@contextlib.contextmanager
def _bar(console: Console, total: int) -> Iterator:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        task = bars.add_task("Classeurs", total=total)

        def step(name: str) -> None:
            bars.update(task, description=name, advance=1)

        yield step


def _progress(console: Console, communes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    with _bar(console, len(communes)) as step:
        for code, name in communes.items():
            yield code, name
            step(name)
