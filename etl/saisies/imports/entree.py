"""The one way in: what a file is, by its content, then what it fills."""

from __future__ import annotations

import zipfile
from pathlib import Path

from etl import guarded
from etl.errors import DataError, Problem, shown, system_told
from etl.saisies.imports.balances import import_balances, is_balances
from etl.saisies.imports.correspondances import sortes_of
from etl.saisies.imports.domifa import is_domifa, open_export, read_domifa
from etl.saisies.imports.resultat import SORTES, Import, Remplie, Remplissage, Sorte, told_value
from etl.saisies.modeles import Genre, Modele
from etl.saisies.personnelles import in_file_name
from etl.saisies.plan import CACHEE
from etl.saisies.tidy import COLONNES, read_tidy
from etl.typography import fold
from registre.records import Cle

_KNOWN = " ; ".join(
    f"{words} ({'XLSX' if sorte is Sorte.DOMIFA else 'CSV, comprimé ou non' if sorte is Sorte.BALANCES else 'CSV'})"
    for sorte, words in SORTES.items()
    if sorte is not Sorte.COMPTES
)


def read_import(path: Path, modele: Modele, cle: Cle, kind: Sorte | None = None) -> Import:
    """What a file of another program fills of a questionnaire, for a commune and a year.

    ``kind``: what it is, found from its content when it is not said. Raises DataError, in French, when the file is
    none of them or cannot be read: nothing is then filled.
    """
    name = path.name
    with system_told(name):
        if not path.is_file():
            raise DataError([Problem(str(path), "ce n’est pas un fichier", conseil="vérifier le chemin")])
        named = sorted({one.nature for one in in_file_name(name)})
        if named:
            told = f"{', '.join(named)} dans le nom du fichier"
            raise DataError([Problem("fichier à importer", told, conseil="le renommer, sans donnée personnelle")])
        found = kind or kind_of(path)
    if found not in sortes_of(modele.code):
        told = f"c’est {SORTES[found]}, et rien ne dit comment en remplir « {modele.libelle} »"
        raise DataError([Problem(name, told, conseil="voir docs/imports.md")])
    if found is Sorte.DOMIFA:
        return read_domifa(open_export(path), modele, cle)
    if found is Sorte.BALANCES:
        return import_balances(path, modele, cle)
    if found is Sorte.TIDY:
        return _tidy(path, modele, cle)
    told = "les comptes publiés ne se lisent pas dans un fichier : l’observatoire les a déjà"
    raise DataError([Problem(name, told, conseil="les demander par « --comptes »")])


def kind_of(path: Path) -> Sorte:
    """Which of the known files this one is, by its content. Raises DataError when it is none of them."""
    name, beginning = path.name, guarded.beginning_of(path, 4096)
    kind = guarded.kind_of(beginning)
    if kind == "zip":
        return _kind_of_archive(path, name)
    if kind in guarded.TEXT:
        header = guarded.decode(_whole(beginning, kind), name).lstrip("\r\n").partition("\n")[0]
        if is_balances(header):
            return Sorte.BALANCES
        names = {fold(one.strip('" \r')) for one in header.replace("\t", ";").replace(",", ";").split(";")}
        if {"rubrique", "valeur"} <= names or header.lower().startswith("sep="):
            return Sorte.TIDY
        told = f"ce tableau n’est pas connu : sa première ligne est « {shown(header.strip())} »"
        raise DataError([Problem(name, told, conseil=f"ce qui s’importe : {_KNOWN}")])
    if kind == "ole":
        told = "classeur protégé par un mot de passe, ou ancien .xls"
        advice = "retirer le mot de passe, ou l’exporter de nouveau en .xlsx"
        raise DataError([Problem(name, told, conseil=advice)])
    raise DataError([Problem(name, f"c’est {guarded.words_of(kind)}", conseil=f"ce qui s’importe : {_KNOWN}")])


def _whole(beginning: bytes, kind: str) -> bytes:
    """The beginning of a text, without the character that the last byte may cut."""
    if kind == "utf-16":
        return beginning[: len(beginning) // 2 * 2]
    return beginning[: beginning.rfind(b"\n") + 1] or beginning


def _kind_of_archive(path: Path, name: str) -> Sorte:
    with guarded.open_archive(path, name) as archive:
        members = _names(archive)
    if "[Content_Types].xml" not in members and "mimetype" not in members:
        return Sorte.BALANCES
    content = open_export(path)
    if is_domifa(content):
        return Sorte.DOMIFA
    if CACHEE in content.pages:
        told = "c’est un classeur de l’observatoire, non le fichier d’un autre logiciel"
        raise DataError([Problem(name, told, conseil="le contrôler par « saisie verifier », puis le déposer")])
    raise DataError([Problem(name, "ce classeur n’est pas connu", conseil=f"ce qui s’importe : {_KNOWN}")])


def _names(archive: zipfile.ZipFile) -> set[str]:
    return {info.filename for info in archive.infolist()}


def _tidy(path: Path, modele: Modele, cle: Cle) -> Import:
    """A CSV of answers: all of them, or none while one of its lines is wrong, as at a deposit."""
    saisie = read_tidy(path, modele, cle)
    filling = Remplissage(Sorte.TIDY, modele, cle, "CSV de réponses")
    filling.constats += saisie.constats
    for answer in saisie.reponses:
        line = modele.rubrique(answer.rubrique)
        if line is not None:
            said = told_value(line, answer.valeur, answer.texte) or answer.statut.value.replace("_", " ")
            filling.add(answer, Remplie(answer.rubrique, answer.rang, said, f"colonne « {COLONNES[2]} »"))
    tables = {answer.rubrique.partition(".")[0] for answer in saisie.reponses}
    asked = [one.code for one in modele.rubriques if one.genre is not Genre.TABLEAU or one.code not in tables]
    filling.miss(asked, "le fichier n’en dit rien")
    return filling.done(refused=bool(saisie.erreurs))
