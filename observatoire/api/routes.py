"""The routes of the API, one function a resource: check, ask, answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from observatoire.api.answers import as_json, route
from observatoire.api.boundaries import boundaries
from observatoire.api.documentation import page
from observatoire.api.openapi import document
from observatoire.api.pages import paged
from observatoire.api.parameters import (
    CODE_INDICATEUR,
    CODE_TERRITOIRE,
    FORMATS,
    LIMITE,
    LIMITE_MAX,
    PAGE_MAX,
    TYPES,
    Parameters,
)
from observatoire.api.problems import Refus
from observatoire.api.questionnaires import RESEAU, version
from observatoire.api.store import in_service
from observatoire.warehouse import Warehouse, listings
from observatoire.warehouse.listings import Filtre


def territoires(request: Request) -> Response:
    """``/api/v1/territoires?type=``."""
    types = Parameters(request.query_params, ("type",)).among("type", TYPES)
    return as_json({"territoires": listings.territoires(in_service(), types)})


def indicateurs(request: Request) -> Response:
    """``/api/v1/indicateurs?theme=``."""
    theme = Parameters(request.query_params, ("theme",)).text("theme", "^[a-z_]{1,40}$")
    if theme is not None and theme not in in_service().theme_names:
        raise Refus(404, f"Thème inconnu : {theme}.", "theme")
    return as_json({"indicateurs": listings.indicateurs(in_service(), theme)})


def indicateur(request: Request) -> Response:
    """``/api/v1/indicateurs/{code}``."""
    Parameters(request.query_params)
    code = request.path_params["code"]
    card = listings.indicateur(in_service(), code)
    if card is None:
        raise Refus(404, f"Indicateur inconnu : {code[:60]}.", "code")
    return as_json(card)


def sources(request: Request) -> Response:
    """``/api/v1/sources``."""
    Parameters(request.query_params)
    return as_json({"sources": listings.sources(in_service())})


def observations(request: Request) -> Response:
    """``/api/v1/observations?territoire=&indicateur=&annee=&type=&format=&limite=&page=``."""
    asked = Parameters(request.query_params, ("territoire", "indicateur", "annee", "type", "format", "limite", "page"))
    filtre = Filtre(
        territoires=asked.texts("territoire", CODE_TERRITOIRE),
        indicateurs=asked.texts("indicateur", CODE_INDICATEUR),
        annees=asked.years("annee"),
        types=asked.among("type", TYPES),
    )
    kind = asked.one("format", FORMATS, "json")
    limite, number = asked.number("limite", LIMITE, LIMITE_MAX), asked.number("page", 1, PAGE_MAX)
    warehouse = in_service()
    for name, codes in (("territoire", filtre.territoires), ("indicateur", filtre.indicateurs)):
        if unknown := listings.unknown(warehouse, name, codes):
            raise Refus(404, f"{name.capitalize()} inconnu : {', '.join(unknown[:5])}.", name)
    _require_years(warehouse, filtre)
    total = listings.count_observations(warehouse, filtre)
    tables = listings.observations(warehouse, filtre, limite, number)
    return paged(request, "observations", tables, total, kind, limite, number)


def _require_years(warehouse: Warehouse, filtre: Filtre) -> None:
    """Refuse a year that none of the indicators asked for has: an empty answer would say that it has no figure yet."""
    if filtre.annees is None:
        return
    known = listings.years(warehouse, filtre.indicateurs)
    if unknown := [year for year in filtre.annees if year not in known]:
        codes = filtre.indicateurs or []
        whose = f" pour {', '.join(codes[:5])}{'…' if len(codes) > 5 else ''}" if codes else ""
        years = f"années connues{whose} : {', '.join(map(str, known)) or 'aucune'}"
        raise Refus(404, f"Année inconnue : {', '.join(map(str, unknown[:5]))} ({years}).", "annee")


def openapi(request: Request) -> Response:
    """``/api/v1/openapi.json``: the contract, OpenAPI 3.1."""
    Parameters(request.query_params)
    return as_json(in_service().kept(document, request.state.base))


def documentation(request: Request) -> Response:
    """``/api``: the contract as a French page."""
    base = request.state.base
    return Response(page(in_service().kept(document, base), base), media_type="text/html")


def unknown(request: Request) -> Response:
    """Anything else under /api."""
    raise Refus(404, f"Rien à cette adresse : {request.url.path[:200]}. Voir {request.state.base}/api.")


RESOURCES = {
    "/api/v1/territoires": territoires,
    "/api/v1/indicateurs": indicateurs,
    "/api/v1/indicateurs/{code}": indicateur,
    "/api/v1/sources": sources,
    "/api/v1/observations": observations,
    "/api/v1/geo/{niveau}.geojson": boundaries,
    "/api/v1/openapi.json": openapi,
    "/api": documentation,
    "/api/{reste:path}": unknown,
}


def routes(base: str = "") -> list[Route]:
    """The routes, those of the network first, under the path where the application is served (« /observatoire »)."""
    network = [route(path, answer, base, version) for path, answer in RESEAU.items()]
    return [*network, *(route(path, answer, base) for path, answer in RESOURCES.items())]


ROUTES = routes()
