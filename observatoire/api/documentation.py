"""The contract as a French page at /api: no script, no third party, legible on a phone and printed."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Any

from observatoire.api.answers import FRAICHEUR
from observatoire.api.parameters import LIMITE, LIMITE_MAX
from observatoire.formats import insecables, nombre

EXEMPLES = (
    ("Le taux de pauvreté des communes en 2021", "/api/v1/observations?indicateur=REV02&annee=2021&type=commune"),
    (
        "La même chose en CSV, pour un tableur",
        "/api/v1/observations?indicateur=REV02&annee=2021&type=commune&format=csv",
    ),
    ("Tout ce que l’on sait de Bondy", "/api/v1/observations?territoire=93010"),
    ("Deux indicateurs pour les quatre EPT", "/api/v1/observations?indicateur=REV02,EMP01&type=ept"),
    ("Ce que les CCAS publient de leur bilan d’activité", "/api/v1/reponses?modele=bilan"),
    ("Les sommes du réseau, avec ce qu’elles couvrent", "/api/v1/sommes?modele=bilan&type=ept,departement"),
    ("Une carte prête à dessiner", "/api/v1/geo/communes.geojson?indicateur=REV02&annee=2021"),
)


def page(contract: dict[str, Any], base: str = "") -> str:
    """The HTML page that documents a contract (an OpenAPI document) served under ``base``."""
    style = files("observatoire.api").joinpath("documentation.css").read_text(encoding="utf-8")
    info = contract["info"]
    resources = "".join(_resource(path, item["get"]) for path, item in contract["paths"].items())
    schemas = "".join(_schema(name, contract["components"]["schemas"][name]) for name in _TABLES)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head><body><main>'
        f"<p><a href='{base}/donnees'>← Sources et méthode</a></p><h1>{escape(info['title'])}</h1>"
        f"<p>{_text(info['description'])}</p><p>Version {escape(info['version'])}. Contrat lisible par une machine : "
        f"<a href='{base}/api/v1/openapi.json'>openapi.json</a> (OpenAPI 3.1).</p>"
        f"<h2>Pour commencer</h2><ul>{''.join(_example(words, base + path) for words, path in EXEMPLES)}</ul>"
        f"<h2>Règles communes</h2>{_rules()}<h2>Ressources</h2>{resources}<h2>Champs</h2>{schemas}"
        "</main></body></html>"
    )


_TABLES = ("Observation", "Indicateur", "Territoire", "Source", "Reponse", "Somme")


def _example(words: str, path: str) -> str:
    return f"<li>{_text(words)} :<br><a href='{escape(path, quote=True)}'><code>{escape(path)}</code></a></li>"


def _rules() -> str:
    rules = (
        "Lecture seule (GET), sans clé, depuis n’importe quel site (CORS ouvert).",
        "Plusieurs valeurs : répéter le paramètre, ou les séparer par des virgules.",
        f"Pages de {nombre(LIMITE)} lignes par défaut, {nombre(LIMITE_MAX)} au plus (limite, page) ; les pages "
        "voisines sont dans l’en-tête Link et, en JSON, dans liens ; l’en-tête X-Total donne le nombre total.",
        f"Cache : chaque réponse porte un ETag ; If-None-Match répond 304. Fraîcheur : {FRAICHEUR // 60} minutes.",
        "CSV : UTF-8 avec BOM, séparateur « ; », virgule décimale. Parquet : les types de l’entrepôt.",
        "Une absence est nulle, jamais zéro : statut dit pourquoi (secret, non_calculable, manquant), motif précise.",
        "Réponses et sommes des CCAS : les réelles, sauf demande (demonstration) ; les deux ne s’additionnent jamais. "
        "Une somme ne se cite pas sans nombre, nombre_possible et population_couverte.",
        "Une erreur est un document application/problem+json (RFC 9457) : title, status, detail, parametre. Un "
        "paramètre ou un code inconnu est une erreur, jamais ignoré.",
        "Citer le producteur et le millésime (voir sources). Une valeur au statut calcule ou approche est calculée par "
        "l’Observatoire : ne pas l’attribuer au producteur seul.",
    )
    return f"<ul>{''.join(f'<li>{_text(rule)}</li>' for rule in rules)}</ul>"


def _resource(path: str, operation: dict[str, Any]) -> str:
    rows = "".join(_parameter(asked) for asked in operation["parameters"])
    head = "<tr><th scope='col'>Paramètre</th><th scope='col'>Valeurs</th><th scope='col'>Sens</th></tr>"
    table = f"<div class='t' tabindex='0'><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>"
    kinds = ", ".join(operation["responses"]["200"]["content"])
    return (
        f"<section><h3 id='{operation['operationId']}'>{escape(operation['summary'])}</h3>"
        f"<p><code>GET {escape(path)}</code></p>{table if rows else ''}<p>Réponse : {escape(kinds)}.</p></section>"
    )


def _parameter(asked: dict[str, Any]) -> str:
    schema = asked["schema"]
    inner = schema.get("items", schema)
    if "enum" in inner:
        values = ", ".join(inner["enum"])
    elif "minimum" in inner:
        values = f"entier, de {inner['minimum']} à {inner['maximum']}"
        values += f" ({schema['default']} par défaut)" if "default" in schema else ""
    else:
        example = asked.get("example", "")
        values = f"par exemple {', '.join(example) if isinstance(example, list) else example}"
    name = f"<th scope='row'><code>{escape(asked['name'])}</code></th>"
    return f"<tr>{name}<td>{escape(values)}</td><td>{_text(asked['description'])}</td></tr>"


def _schema(name: str, schema: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><th scope='row'><code>{escape(column)}</code></th><td>{_kind(kind)}</td>"
        f"<td>{_text(kind['description'])}</td></tr>"
        for column, kind in schema["properties"].items()
    )
    head = "<tr><th scope='col'>Champ</th><th scope='col'>Type</th><th scope='col'>Sens</th></tr>"
    return (
        f"<section><h3>{escape(name)}</h3><p>{_text(schema['description'])}</p>"
        f"<div class='t' tabindex='0'><table><thead>{head}</thead><tbody>{rows}</tbody></table></div></section>"
    )


def _kind(schema: dict[str, Any]) -> str:
    words = {
        "string": "texte",
        "integer": "entier",
        "number": "nombre",
        "boolean": "booléen",
        "array": "liste",
        "null": "ou nul",
    }
    if "format" in schema:
        words |= {"string": "date"}
    found = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " ".join(words[kind] for kind in found)


def _text(words: str) -> str:
    return escape(insecables(words))
