"""A model told to other tools: a Table Schema (Frictionless), and the description that an article 30 record needs."""

from __future__ import annotations

import csv
import io
from typing import Any

from etl.errors import DataError, Problem, listed
from etl.saisies.modeles import NOMBRES, Genre, Modele, Rubrique
from etl.saisies.valeurs import GENRES

SCHEMA = "https://specs.frictionlessdata.io/schemas/table-schema.json"
_TYPES = {
    Genre.ENTIER: ("integer", None),
    Genre.DECIMAL: ("number", None),
    Genre.MONTANT: ("number", None),
    Genre.POURCENTAGE: ("number", None),
    Genre.DATE: ("date", "default"),
    Genre.OUI_NON: ("boolean", None),
}
ARTICLE_30 = (
    "rubrique",
    "libelle",
    "definition",
    "genre",
    "publics",
    "donnee_personnelle",
    "compte_de_personnes",
    "diffusion",
    "destinataires",
    "effacable",
    "finalite",
    "base_legale",
    "conservation",
    "reference",
    "reference_verifiee",
)


def table_schema(modele: Modele, tableau: str | None = None) -> dict[str, Any]:
    """The Table Schema of a model: a row a deposit, a field a line; or of one of its repeatable tables.

    Raises DataError when the model has no such table.
    """
    keys = [
        {"name": "territoire", "type": "string", "title": "Territoire", "description": "Code INSEE, ou SIREN."},
        {"name": "exercice", "type": "year", "title": "Exercice", "description": "Année de l’activité."},
    ]
    for key in keys:
        key["constraints"] = {"required": True}  # type: ignore[assignment]
    if tableau is None:
        lines = [line for line in modele.rubriques if line.genre is not Genre.TABLEAU]
        primary, title = ["territoire", "exercice"], modele.libelle
    else:
        table = modele.rubrique(tableau)
        if table is None or table.genre is not Genre.TABLEAU:
            known = listed([line.code for line in modele.rubriques if line.genre is Genre.TABLEAU])
            told = f"« {tableau} » n’est pas un tableau de « {modele.code} »"
            raise DataError([Problem("schema", told, conseil=f"tableaux : {known or 'aucun'}")])
        lines, title = list(table.colonnes), f"{modele.libelle} : {table.libelle}"
        keys.append(
            {"name": "rang", "type": "integer", "title": "Rang", "description": "Ligne du tableau, à partir de 1."}
        )
        primary = ["territoire", "exercice", "rang"]
    return {
        "$schema": SCHEMA,
        "name": modele.code if tableau is None else f"{modele.code}-{tableau.lower()}",
        "title": title,
        "description": modele.description,
        "version": str(modele.version),
        "fields": [*keys, *(_field(line) for line in lines)],
        "primaryKey": primary,
        "missingValues": [""],
    }


def _field(line: Rubrique) -> dict[str, Any]:
    kind, form = _TYPES.get(line.genre, ("string", None))
    field: dict[str, Any] = {"name": line.code, "type": kind, "title": line.libelle}
    if form:
        field["format"] = form
    field["description"] = " ".join(part for part in (line.definition, line.regle) if part)
    constraints: dict[str, Any] = {}
    low = line.bornes[0]
    # Only what is refused: the other bounds ask for a note, and a value beyond them is valid.
    if line.genre in NOMBRES and (low is None or low >= 0):
        constraints["minimum"] = 0
    if line.genre is Genre.POURCENTAGE and line.bornes[1] is None:
        constraints["maximum"] = 100
    if line.genre is Genre.CHOIX:
        constraints["enum"] = [one.code for one in line.choix]
    if constraints:
        field["constraints"] = constraints
    unit = line.unite or {Genre.MONTANT: "euros", Genre.POURCENTAGE: "%"}.get(line.genre)
    return field | {
        key: value
        for key, value in (
            ("unite", unit),
            ("unites", [one.code for one in line.unites]),
            ("choix", {one.code: one.libelle for one in line.choix}),
            ("nature", line.nature),
            ("diffusion", "public" if line.publique_par_la_loi else line.diffusion),
        )
        if value
    }


def article_30(modele: Modele) -> str:
    """What a record of processing (GDPR, article 30) needs of a model, as CSV for Excel: a row a line or column."""
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow(ARTICLE_30)
    for line in modele.rubriques:
        for one in line.colonnes or (line,):
            personal = one.genre is Genre.IDENTITE
            public = line.diffusion == "public" or line.publique_par_la_loi
            writer.writerow(
                (
                    one.code,
                    one.libelle,
                    one.definition,
                    GENRES[one.genre],
                    ", ".join(line.publics),
                    "identité professionnelle" if personal else "aucune",
                    _yes(one.compte_de_personnes),
                    "réseau" if personal or not public else "publique",
                    "membres du réseau" if personal or not public else "tout public",
                    _yes(personal),
                    modele.finalite,
                    modele.base_legale,
                    modele.conservation,
                    one.reference or "",
                    _yes(one.reference_sure) if one.reference else "",
                )
            )
    return "\ufeff" + output.getvalue()


def _yes(value: bool) -> str:
    return "oui" if value else "non"
