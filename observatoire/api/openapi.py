"""The contract of the API: an OpenAPI 3.1 document whose schemas are read from the warehouse's own columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from duckdb import sqltype
from duckdb.sqltypes import DuckDBPyType

from etl.cards import FicheIndicateur
from etl.identite import IDENTITE
from observatoire.api import parameters as limits
from observatoire.api.answers import PARQUET
from observatoire.api.boundaries import GEOJSON, SEGMENTS_DE_NIVEAU
from observatoire.api.problems import TITRES
from observatoire.formats import STATUTS
from observatoire.warehouse import Warehouse
from observatoire.warehouse.store import Store

VERSION = "1.0.0"
Schema = dict[str, Any]
_TYPES = {"VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean"}
_FORMATS = {"DATE": "date", "TIMESTAMP": "date-time"}


def document(warehouse: Warehouse, base: str = "") -> Schema:
    """The OpenAPI document of a warehouse served under ``base`` (empty, or « /observatoire »)."""
    from observatoire.api import network_contract  # here: it is written with what is below

    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"API ouverte de l’{IDENTITE.observatoire.titre}",
            "version": VERSION,
            "summary": f"Indicateurs sociaux des communes, des EPT et du département {IDENTITE.departement.de}.",
            "description": "Lecture seule, sans clé. Les noms des champs sont ceux des colonnes de l’entrepôt. Une "
            "valeur secrète, non calculable ou manquante est nulle, avec son statut ; elle ne vaut jamais zéro. Les "
            "producteurs et leurs licences sont dans /api/v1/sources : citer le producteur et le millésime.",
            "license": {
                "name": "Licence Ouverte 2.0",
                "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            },
        },
        "servers": [{"url": base or "/", "description": "Ce serveur"}],
        "tags": [{"name": "Données"}, {"name": "Réseau"}, {"name": "Contours"}, {"name": "Contrat"}],
        "paths": _paths() | network_contract.paths(),
        "components": {
            "schemas": {
                **{
                    name.capitalize(): table_schema(warehouse, name) for name in ("territoire", "source", "observation")
                },
                "Indicateur": table_schema(warehouse, "indicateur"),
                "Fiche": _card_schema(warehouse),
                **network_contract.schemas(),
                "Probleme": _problem_schema(),
                "Contours": _collection_schema(),
            },
            "responses": {
                "Inchange": {"description": "Rien n’a changé depuis l’étiquette donnée (If-None-Match)."},
                **{_name(status): _problem(title, status in (429, 503)) for status, title in TITRES.items()},
            },
            "headers": {
                "ETag": {"description": "Étiquette de la réponse.", "schema": {"type": "string"}},
                "Link": {"description": "Pages voisines (rel=next, rel=prev).", "schema": {"type": "string"}},
                "Retry-After": {"description": "Secondes à attendre.", "schema": {"type": "integer"}},
                "X-Total": {"description": "Nombre total de lignes.", "schema": {"type": "integer"}},
            },
        },
    }


def table_schema(warehouse: Store, table: str) -> Schema:
    """The schema of a row of a table: every column is there, null where the warehouse allows it."""
    properties = {
        name: column_schema(column.type, column.nullable) | _enum_of(table, name) | {"description": column.mots}
        for name, column in warehouse.columns[table].items()
    }
    return {
        "type": "object",
        "description": warehouse.tables[table],
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _enum_of(table: str, column: str) -> Schema:
    """The words that a column may hold, where they are a closed list."""
    if (table, column) == ("territoire", "type"):
        return {"enum": list(limits.TYPES)}
    if (table, column) == ("observation", "statut"):
        return {"enum": list(STATUTS)}
    field = FicheIndicateur.model_fields.get(column) if table == "indicateur" else None
    words = get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
    return {"enum": list(words)} if words else {}


def column_schema(kind: str, nullable: bool) -> Schema:
    """The JSON schema of a DuckDB type."""
    found = _type_schema(sqltype(kind))
    return found | {"type": [found["type"], "null"]} if nullable else found


def _parts(kind: DuckDBPyType) -> dict[str, DuckDBPyType]:
    """The types that a list or a structure is made of, by name."""
    return {name: part for name, part in kind.children if isinstance(part, DuckDBPyType)}


def _type_schema(kind: DuckDBPyType) -> Schema:
    if kind.id == "list":
        return {"type": "array", "items": _type_schema(_parts(kind)["child"])}
    if kind.id == "struct":
        properties = {name: _type_schema(part) for name, part in _parts(kind).items()}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    name = str(kind)
    return {"type": "string", "format": _FORMATS[name]} if name in _FORMATS else {"type": _TYPES[name]}


def _card_schema(warehouse: Warehouse) -> Schema:
    schema = table_schema(warehouse, "indicateur")
    more = {
        "annees": {"type": "array", "items": {"type": "integer"}, "description": "Années qui ont au moins un chiffre."},
        "sources": {"type": "array", "items": {"type": "string"}, "description": "Codes des sources de ses chiffres."},
    }
    return schema | {"properties": schema["properties"] | more, "required": [*schema["required"], *more]}


def _paths() -> Schema:
    listing = {
        "territoires": ("Territoires", "Territoire", [_several("type", _enum(limits.TYPES), "Types de territoire.")]),
        "indicateurs": ("Indicateurs", "Indicateur", [_theme()]),
        "sources": ("Sources", "Source", []),
    }
    paths = {f"/api/v1/{name}": _listing(name, *rest) for name, rest in listing.items()}
    card = _ok({"application/json": _ref("Fiche")}, "La fiche.")
    paths["/api/v1/indicateurs/{code}"] = _get("indicateur", "Fiche d’un indicateur", "Données", [_code()], card, 404)
    paths["/api/v1/observations"] = _observations()
    paths["/api/v1/geo/{niveau}.geojson"] = _boundaries()
    answer = _ok({"application/json": {"type": "object"}}, "Ce document.")
    paths["/api/v1/openapi.json"] = _get("openapi", "Contrat OpenAPI 3.1", "Contrat", [], answer)
    return paths


def _listing(name: str, title: str, schema: str, asked: list[Schema]) -> Schema:
    items = {"type": "array", "items": _ref(schema)}
    body = {"type": "object", "properties": {name: items}, "required": [name], "additionalProperties": False}
    answer = _ok({"application/json": body}, f"{title}.")
    return _get(name, title, "Données", asked, answer, *([404] if name == "indicateurs" else []))


def _observations() -> Schema:
    asked = [
        _several("territoire", _pattern(limits.CODE_TERRITOIRE), "Codes de territoires.", ["93010", "200057867"]),
        _several("indicateur", _pattern(limits.CODE_INDICATEUR), "Codes d’indicateurs.", ["REV02"]),
        _several("annee", _year(), "Années.", [2021]),
        _several("type", _enum(limits.TYPES), "Types de territoire.", ["commune"]),
        _query(
            "format", _enum(limits.FORMATS) | {"default": "json"}, "Format : json, csv (BOM, « ; », virgule), parquet."
        ),
        _query("limite", _number(limits.LIMITE_MAX, limits.LIMITE), "Observations par page."),
        _query("page", _number(limits.PAGE_MAX, 1), "Numéro de page, à partir de 1."),
    ]
    link = {"type": ["string", "null"]}
    body = {
        "type": "object",
        "properties": {
            "total": {"type": "integer"},
            "limite": {"type": "integer"},
            "page": {"type": "integer"},
            "liens": {
                "type": "object",
                "properties": {"suivante": link, "precedente": link},
                "required": ["suivante", "precedente"],
                "additionalProperties": False,
            },
            "observations": {"type": "array", "items": _ref("Observation")},
        },
        "required": ["total", "limite", "page", "liens", "observations"],
        "additionalProperties": False,
    }
    content = {
        "application/json": body,
        "text/csv": {"type": "string"},
        PARQUET: {"type": "string", "format": "binary"},
    }
    answer = _ok(content, "Une page d’observations.", "Link", "X-Total")
    return _get("observations", "Observations", "Données", asked, answer, 404)


def _boundaries() -> Schema:
    level = {
        "name": "niveau",
        "in": "path",
        "required": True,
        "description": "Niveau.",
        "schema": _enum(SEGMENTS_DE_NIVEAU),
    }
    asked = [
        level | {"example": "communes"},
        _query("indicateur", _pattern(limits.CODE_INDICATEUR), "Indicateur porté par les contours.", "REV02"),
        _query("annee", _year(), "Année de l’indicateur (la dernière par défaut) ; refusée sans « indicateur ».", 2021),
    ]
    answer = _ok({GEOJSON: _ref("Contours")}, "Une collection GeoJSON.")
    operation = _get("contours", "Contours, seuls ou avec un indicateur", "Contours", asked, answer, 404)
    # OpenAPI cannot say that a parameter goes with another: the refusal says it.
    words = "Paramètre invalide, ou « annee » demandée sans « indicateur » : une année seule ne désigne aucun chiffre."
    operation["get"]["responses"]["400"] = _problem(words)
    return operation


def _get(name: str, title: str, tag: str, asked: list[Schema], answer: Schema, *more: int) -> Schema:
    refused = {str(s): {"$ref": f"#/components/responses/{_name(s)}"} for s in (400, *more, 429, 500, 503)}
    unchanged = {"304": {"$ref": "#/components/responses/Inchange"}}
    operation = {"operationId": name, "summary": title, "tags": [tag], "parameters": asked}
    return {"get": {**operation, "responses": {"200": answer, **unchanged, **refused}}}


def _ok(content: dict[str, Schema], words: str, *headers: str) -> Schema:
    return {
        "description": words,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", *headers)},
        "content": {kind: {"schema": schema} for kind, schema in content.items()},
    }


def _several(name: str, items: Schema, words: str, example: list[object] | None = None) -> Schema:
    schema = {"type": "array", "items": items, "minItems": 1, "maxItems": limits.VALEURS_MAX}
    words = f"{words} Plusieurs valeurs : répéter le paramètre, ou les séparer par des virgules."
    return _query(name, schema, words, example) | {"style": "form", "explode": True}


def _query(name: str, schema: Schema, words: str, example: object = None) -> Schema:
    asked = {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
    return asked if example is None else asked | {"example": example}


def _code() -> Schema:
    schema = _pattern(limits.CODE_INDICATEUR)
    return {
        "name": "code",
        "in": "path",
        "required": True,
        "description": "Code.",
        "schema": schema,
        "example": "REV02",
    }


def _theme() -> Schema:
    return _query("theme", _pattern("^[a-z_]{1,40}$"), "Code d’un thème.", "logement")


def _year() -> Schema:
    return {"type": "integer", "minimum": limits.ANNEE_MIN, "maximum": limits.ANNEE_MAX}


def _number(maximum: int, default: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": maximum, "default": default}


def _enum(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _pattern(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _name(status: int) -> str:
    return f"Erreur{status}"


def _problem(title: str, later: bool = False) -> Schema:
    """A refusal; ``later``: it says when to ask again."""
    content = {"application/problem+json": {"schema": _ref("Probleme")}}
    headers = {"headers": {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}} if later else {}
    return {"description": title, **headers, "content": content}


def _problem_schema() -> Schema:
    texts = ("type", "title", "detail", "instance", "parametre")
    properties = {name: {"type": "string"} for name in texts} | {"status": {"type": "integer"}}
    required = ["type", "title", "status", "detail", "instance"]
    return {"type": "object", "description": "RFC 9457.", "properties": properties, "required": required}


def _collection_schema() -> Schema:
    feature = {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "properties": {"type": "object", "required": ["i", "code", "nom", "code_ept"]},
            "geometry": {"type": "object", "required": ["type", "coordinates"]},
        },
        "required": ["type", "properties", "geometry"],
    }
    return {
        "type": "object",
        "description": "GeoJSON (RFC 7946), WGS 84. Avec un indicateur, chaque élément porte sa valeur et son statut.",
        "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": feature}},
        "required": ["type", "features"],
    }
