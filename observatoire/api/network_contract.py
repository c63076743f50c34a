"""The part of the contract that is about the network: its rows are described by the columns of its own file."""

from __future__ import annotations

from typing import Any

from etl.saisies.modeles import Genre
from observatoire.api import parameters as limits
from observatoire.api import questionnaires as q
from observatoire.api.answers import PARQUET
from observatoire.api.openapi import (
    _enum,
    _get,
    _number,
    _ok,
    _pattern,
    _query,
    _ref,
    _several,
    _year,
    column_schema,
    table_schema,
)
from observatoire.warehouse.network import Network
from registre.records import Statut

Schema = dict[str, Any]
_TEXT, _TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
_WORDS = {"type": ["string", "null"]}
_YEARS = {"type": "array", "items": {"type": "integer"}}
_MODELE = {
    "code": (_TEXT, "Code du questionnaire."),
    "version": ({"type": "integer"}, "Version."),
    "libelle": (_TEXT, "Libellé."),
    "description": (_TEXT, "Ce que le questionnaire demande, et à qui."),
    "finalite": (_TEXT, "Pourquoi ces réponses sont recueillies."),
    "base_legale": (_TEXT, "Sur quoi repose le traitement."),
    "conservation": (_TEXT, "Combien de temps les réponses sont gardées."),
    "exercices": (_YEARS, "Exercices qui ont au moins une réponse réelle publiée."),
    "exercices_de_demonstration": (_YEARS, "Exercices qui ont au moins une réponse inventée."),
}


def _choices(words: str) -> tuple[Schema, str]:
    one = {
        "type": "object",
        "properties": {"code": _TEXT, "libelle": _TEXT},
        "required": ["code", "libelle"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": one}, words


_RUBRIQUE = {
    "code": (_TEXT, "Code de la ligne ; TABLEAU.COLONNE pour la colonne d’un tableau."),
    "chapitre": (_TEXT, "Code du chapitre."),
    "libelle": (_TEXT, "Libellé."),
    "definition": (_TEXT, "Ce qui se compte."),
    "regle": (_WORDS, "Comment compter dans le doute."),
    "genre": ({"type": "string", "enum": [kind.value for kind in Genre]}, "Genre de réponse."),
    "niveau": (_TEXT, "premiere, coeur ou option."),
    "unite": (_WORDS, "Unité."),
    "unites": _choices("Unités entre lesquelles choisir."),
    "methodes": _choices("Façons de compter entre lesquelles choisir."),
    "choix": _choices("Réponses entre lesquelles choisir."),
    "nature": (_WORDS, "flux (de l’année) ou stock (à sa fin)."),
    "publics": (_TEXTS, "Publics concernés."),
    "statuts": (_TEXTS, "Situations permises sans réponse."),
    "reference": (_WORDS, "Texte de loi ou source de la définition, quand il a été lu."),
    "diffusion": ({"type": "string", "enum": ["reseau", "public", "loi"]}, "Ce qui est proposé au CCAS, ou la loi."),
    "compte_de_personnes": ({"type": "boolean"}, "Vrai quand le secret couvre ses petites valeurs."),
    "suit": (_WORDS, "Ligne dont celle-ci est le montant ou le rapport ; cachée avec elle."),
}
_CHAPITRE = {
    "code": (_TEXT, "Code."),
    "libelle": (_TEXT, "Libellé."),
    "introduction": (_TEXT, "Ce qui est écrit en tête du chapitre."),
}
_REGLE = {
    "code": (_TEXT, "Code."),
    "expression": (_TEXT, "Expression SQL, vraie quand tout va bien."),
    "gravite": ({"type": "string", "enum": ["erreur", "surprise"]}, "Une erreur arrête le dépôt."),
    "message": (_TEXT, "Ce qui est attendu."),
    "rubriques": (_TEXTS, "Lignes qu’elle nomme."),
    "tableau": (_WORDS, "Tableau dont elle juge chaque ligne."),
}


def _object(fields: dict[str, tuple[Schema, str]], words: str) -> Schema:
    return {
        "type": "object",
        "description": words,
        "properties": {name: kind | {"description": told} for name, (kind, told) in fields.items()},
        "required": list(fields),
        "additionalProperties": False,
    }


def schemas() -> Schema:
    """The schemas of the network: Reponse and Somme from the file's own columns, the rest of the questionnaires."""
    empty = Network(None)
    deposit = empty.columns["depot"]
    answer = table_schema(empty, "reponse")
    mine = answer["properties"]
    said = {
        "statut": {"enum": [*(one.value for one in Statut), "secret"]},
        "diffusion": {"enum": ["public"]},
    }
    # A date is what is told of a deposit: the hour says nothing that a reader needs.
    told = {
        "version": column_schema(deposit["version"].type, False) | {"description": deposit["version"].mots},
        "recu_le": column_schema("DATE", False) | {"description": "Jour de réception (temps universel)."},
    }
    properties = {}
    for name in answer["properties"]:
        if name in ("note", "depot"):
            continue
        properties[name] = mine[name] | said.get(name, {})
        if name == "modele":
            properties["version"] = told["version"]
    properties["recu_le"] = told["recu_le"]
    total = table_schema(empty, "somme")
    total["properties"]["statut"] |= {"enum": ["calcule", "secret", "non_calculable"]}
    total["properties"]["type"] |= {"enum": list(q.AIRES)}
    part = _RUBRIQUE | {"colonnes": ({"type": "array", "items": _object(_RUBRIQUE, "Une colonne.")}, "Ses colonnes.")}
    lists = {
        "chapitres": ({"type": "array", "items": _object(_CHAPITRE, "Un chapitre.")}, "Chapitres, dans leur ordre."),
        "rubriques": ({"type": "array", "items": _object(part, "Une ligne.")}, "Lignes, dans leur ordre."),
        "regles": ({"type": "array", "items": _object(_REGLE, "Une règle.")}, "Règles entre les lignes."),
    }
    return {
        "Modele": _object(_MODELE, "Un questionnaire du réseau."),
        "Questionnaire": _object(_MODELE | lists, "Un questionnaire, ses lignes et ses règles."),
        "Reponse": answer | {"properties": properties, "required": list(properties)},
        "Somme": total,
    }


def paths() -> Schema:
    """The resources of the network."""
    code = {
        **{"name": "code", "in": "path", "required": True, "description": "Code d’un questionnaire."},
        **{"schema": _pattern(q.CODE_MODELE), "example": "bilan"},
    }
    number = {"type": "integer", "minimum": 1, "maximum": q.VERSION_MAX}
    asked = _query("version", number, "Version du questionnaire, la dernière par défaut.", 1)
    table = _query("tableau", _pattern(q.CODE_TABLEAU), "Tableau dont on veut les colonnes.")
    heads = {"type": "array", "items": _ref("Modele")}
    body = {
        **{"type": "object", "properties": {"modeles": heads}, "required": ["modeles"]},
        "additionalProperties": False,
    }
    own = "/api/v1/modeles/{code}"
    one = _ok({"application/json": _ref("Questionnaire")}, "Le questionnaire.")
    described = _ok({"application/json": {"type": "object", "required": ["fields"]}}, "Un Table Schema (Frictionless).")
    record = _ok({"text/csv": {"type": "string"}}, "Une ligne par rubrique.")
    return {
        "/api/v1/modeles": _get(
            "modeles", "Questionnaires du réseau", "Réseau", [], _ok({"application/json": body}, "Questionnaires.")
        ),
        own: _get("modele", "Un questionnaire", "Réseau", [code, asked], one, 404),
        f"{own}/schema": _get(
            "schema", "Table Schema d’un questionnaire", "Réseau", [code, table, asked], described, 404
        ),
        f"{own}/article-30": _get(
            "article30", "Pour le registre des traitements (RGPD, article 30)", "Réseau", [code, asked], record, 404
        ),
        "/api/v1/reponses": _rows("reponses", "Réponses publiées des CCAS", "Reponse", []),
        "/api/v1/sommes": _rows("sommes", "Sommes des réponses, avec ce qu’elles couvrent", "Somme", ["type"]),
    }


def _rows(name: str, title: str, schema: str, more: list[str]) -> Schema:
    place: list[object] = ["93066"] if name == "reponses" else ["200057867"]
    asked = [
        _several("modele", _pattern(q.CODE_MODELE), "Codes de questionnaires.", ["bilan"]),
        _several("territoire", _pattern(limits.CODE_TERRITOIRE), "Codes de territoires.", place),
        _several("exercice", _year(), "Années décrites.", [2025]),
        _several("rubrique", _pattern(q.CODE_RUBRIQUE), "Codes de lignes.", ["ACC01"]),
        *([_several("type", _enum(q.AIRES), "Types de territoire.", ["ept"])] if "type" in more else []),
        _query(
            "demonstration",
            _enum(q.DEMONSTRATION) | {"default": "non"},
            "non : le réel ; oui : la démonstration ; toutes : les deux, à ne jamais additionner.",
        ),
        _query(
            "format", _enum(limits.FORMATS) | {"default": "json"}, "Format : json, csv (BOM, « ; », virgule), parquet."
        ),
        _query("limite", _number(limits.LIMITE_MAX, limits.LIMITE), "Lignes par page."),
        _query("page", _number(limits.PAGE_MAX, 1), "Numéro de page, à partir de 1."),
    ]
    link = {"type": ["string", "null"]}
    near = {
        **{"type": "object", "properties": {"suivante": link, "precedente": link}},
        **{"required": ["suivante", "precedente"], "additionalProperties": False},
    }
    numbers = {name: {"type": "integer"} for name in ("total", "limite", "page")}
    body = {
        "type": "object",
        "properties": {**numbers, "liens": near, name: {"type": "array", "items": _ref(schema)}},
        "required": [*numbers, "liens", name],
        "additionalProperties": False,
    }
    content = {
        **{"application/json": body, "text/csv": {"type": "string"}},
        PARQUET: {"type": "string", "format": "binary"},
    }
    answer = _ok(content, f"Une page de {name}.", "Link", "X-Total")
    return _get(name, title, "Réseau", asked, answer, 404)
