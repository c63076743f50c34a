"""The questionnaires, and what the network publishes of their answers: the public edition, and no other file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from etl.errors import DataError
from etl.saisies.modeles import MODELES, Modele, Rubrique, load_model, load_models
from etl.saisies.schema import article_30 as article_30_of
from etl.saisies.schema import table_schema
from observatoire.api.answers import as_json
from observatoire.api.pages import paged
from observatoire.api.parameters import (
    CODE_TERRITOIRE,
    FORMATS,
    LIMITE,
    LIMITE_MAX,
    PAGE_MAX,
    Parameters,
)
from observatoire.api.problems import Refus
from observatoire.api.store import in_service
from observatoire.config import warehouse_folder
from observatoire.warehouse import listings
from observatoire.warehouse.network import (
    ILLISIBLE,
    FiltreReseau,
    Network,
    answers,
    count_answers,
    count_sums,
    public,
    sums,
)

CODE_MODELE = "^[a-z][a-z0-9_]{0,29}$"
CODE_RUBRIQUE = r"^[A-Z][A-Z0-9_]{0,19}(\.[A-Z][A-Z0-9_]{0,19})?$"
CODE_TABLEAU = "^[A-Z][A-Z0-9_]{0,19}$"
VERSION_MAX = 999
DEMONSTRATION = {"non": False, "oui": True, "toutes": None}
AIRES = ("commune", "ept", "departement")


def version() -> str:
    """Changes with the edition of the network's figures, with the questionnaires, and with the names of territories."""
    return f"{in_service().version} {_edition().version} {_state()!r}"


def _edition() -> Network:
    """The public edition. A file that is there and cannot be read is said: it is not « no answer ».

    Raises Refus.
    """
    found = public(warehouse_folder())
    if found.manque == ILLISIBLE:
        raise Refus(503, ILLISIBLE, attente=60)
    return found


def _state() -> tuple[tuple[str, int, int], ...]:
    files = sorted(MODELES.rglob("*.toml"))
    return tuple((str(path), (found := path.stat()).st_mtime_ns, found.st_size) for path in files)


@lru_cache(2)
def _read(_state: tuple) -> dict[str, Modele]:
    return load_models()


@lru_cache(64)
def _read_version(_state: tuple, code: str, version: int) -> Modele:
    return load_model(code, version)


def _models() -> dict[str, Modele]:
    try:
        return _read(_state())
    except DataError as error:
        raise Refus(503, f"Les questionnaires ne peuvent pas être lus. {error}", attente=60) from error


def _asked_model(request: Request, asked: Parameters) -> Modele:
    """The model that the address names, at the version asked, the last one by default."""
    code, models = request.path_params["code"], _models()
    if code not in models:
        raise Refus(404, f"Questionnaire inconnu : « {code[:60]} » (connus : {', '.join(models) or 'aucun'}).", "code")
    last = models[code].version
    number = asked.number("version", last, VERSION_MAX)
    if number > last:
        raise Refus(404, f"« {code} » n’a pas de version {number} (la dernière : {last}).", "version")
    return models[code] if number == last else _read_version(_state(), code, number)


def modeles(request: Request) -> Response:
    """``/api/v1/modeles``."""
    Parameters(request.query_params)
    network = _edition()
    return as_json({"modeles": [_head(one, network) for one in _models().values()]})


def modele(request: Request) -> Response:
    """``/api/v1/modeles/{code}?version=``."""
    asked = Parameters(request.query_params, ("version",))
    network = _edition()
    return as_json(_whole(_asked_model(request, asked), network))


def schema(request: Request) -> Response:
    """``/api/v1/modeles/{code}/schema?tableau=&version=``: a Table Schema."""
    asked = Parameters(request.query_params, ("tableau", "version"))
    found, table = _asked_model(request, asked), asked.text("tableau", CODE_TABLEAU)
    try:
        return as_json(table_schema(found, table))
    except DataError as error:
        raise Refus(404, "; ".join(str(one) for one in error.problems), "tableau") from None


def article_30(request: Request) -> Response:
    """``/api/v1/modeles/{code}/article-30?version=``: for the record of processing activities, as CSV."""
    asked = Parameters(request.query_params, ("version",))
    found = _asked_model(request, asked)
    named = {"Content-Disposition": f'attachment; filename="{found.code}-article-30.csv"'}
    return Response(article_30_of(found).encode(), headers=named, media_type="text/csv")


def reponses(request: Request) -> Response:
    """``/api/v1/reponses?modele=&territoire=&exercice=&rubrique=&demonstration=&format=&limite=&page=``."""
    return _rows(request, "reponses")


def sommes(request: Request) -> Response:
    """``/api/v1/sommes``: the same parameters, and ``type``."""
    return _rows(request, "sommes")


def _rows(request: Request, name: str) -> Response:
    more = ("type",) if name == "sommes" else ()
    common = ("modele", "territoire", "exercice", "rubrique", "demonstration")
    asked = Parameters(request.query_params, (*common, *more, "format", "limite", "page"))
    filtre = FiltreReseau(
        modeles=asked.texts("modele", CODE_MODELE),
        territoires=asked.texts("territoire", CODE_TERRITOIRE),
        exercices=asked.years("exercice"),
        rubriques=asked.texts("rubrique", CODE_RUBRIQUE),
        types=asked.among("type", AIRES) if more else None,
        demonstration=DEMONSTRATION[asked.one("demonstration", tuple(DEMONSTRATION), "non")],
    )
    kind = asked.one("format", FORMATS, "json")
    limite, number = asked.number("limite", LIMITE, LIMITE_MAX), asked.number("page", 1, PAGE_MAX)
    network = _edition()
    _require_known(network, filtre, "reponse" if name == "reponses" else "somme")
    counted, read = (count_answers, answers) if name == "reponses" else (count_sums, sums)
    total = counted(network, filtre)
    return paged(request, name, read(network, filtre, limite, number), total, kind, limite, number)


def _require_known(network: Network, filtre: FiltreReseau, table: str) -> None:
    """Refuse a code that nothing has: an empty answer would say that it has no figure yet."""
    models = _models()
    held = {code for (code,) in network.tuples("SELECT DISTINCT modele FROM rubrique")[1]}
    _refuse("modele", "Questionnaire", [code for code in filtre.modeles or () if code not in {*models, *held}])
    _refuse("territoire", "Territoire", listings.unknown(in_service(), "territoire", filtre.territoires))
    if filtre.rubriques:
        wanted = set(filtre.modeles or {*models, *held})
        rows = network.tuples("SELECT DISTINCT modele, code FROM rubrique")[1]
        known = {code for model, code in rows if model in wanted}
        for one in (one for code, one in models.items() if code in wanted):
            known |= {line.code for table in one.rubriques for line in (table, *table.colonnes)}
        _refuse("rubrique", "Rubrique", [code for code in filtre.rubriques if code not in known])
    if filtre.exercices:
        known = network.tuples(
            f"""
            SELECT DISTINCT exercice FROM {table} WHERE ($m IS NULL OR list_contains($m, modele))
              AND ($d IS NULL OR demonstration = $d) ORDER BY 1
            """,
            {"m": list(filtre.modeles) if filtre.modeles else None, "d": filtre.demonstration},
        )[1]
        years = [year for (year,) in known]
        if unknown := [year for year in filtre.exercices if year not in years]:
            told = f"exercices connus : {', '.join(map(str, years)) or 'aucun'}"
            raise Refus(404, f"Exercice inconnu : {', '.join(map(str, unknown[:5]))} ({told}).", "exercice")


def _refuse(name: str, words: str, unknown: Sequence[str]) -> None:
    if unknown:
        raise Refus(404, f"{words} inconnu{'e' if name == 'rubrique' else ''} : {', '.join(unknown[:5])}.", name)


def _head(one: Modele, network: Network) -> dict[str, Any]:
    return {
        "code": one.code,
        "version": one.version,
        "libelle": one.libelle,
        "description": one.description,
        "finalite": one.finalite,
        "base_legale": one.base_legale,
        "conservation": one.conservation,
        "exercices": list(network.modeles.get(one.code, ())),
        "exercices_de_demonstration": list(network.modeles_de_demonstration.get(one.code, ())),
    }


def _whole(one: Modele, network: Network) -> dict[str, Any]:
    return _head(one, network) | {
        "chapitres": [
            {"code": part.code, "libelle": part.libelle, "introduction": part.introduction} for part in one.chapitres
        ],
        "rubriques": [_line(line) | {"colonnes": [_line(part) for part in line.colonnes]} for line in one.rubriques],
        "regles": [
            {
                **{"code": rule.code, "expression": rule.expression, "gravite": rule.gravite},
                **{"message": rule.message, "rubriques": list(rule.rubriques), "tableau": rule.tableau},
            }
            for rule in one.regles
        ],
    }


def _line(line: Rubrique) -> dict[str, Any]:
    choices = {
        name: [{"code": one.code, "libelle": one.libelle} for one in offered]
        for name, offered in (("unites", line.unites), ("methodes", line.methodes), ("choix", line.choix))
    }
    return {
        **{"code": line.code, "chapitre": line.chapitre, "libelle": line.libelle, "definition": line.definition},
        **{"regle": line.regle, "genre": line.genre.value, "niveau": line.niveau, "unite": line.unite},
        **choices,
        **{"nature": line.nature, "publics": list(line.publics), "statuts": list(line.statuts)},
        "reference": line.reference if line.reference_sure else None,
        "diffusion": "loi" if line.publique_par_la_loi else line.diffusion,
        **{"compte_de_personnes": line.compte_de_personnes, "suit": line.suit},
    }


RESEAU = {
    "/api/v1/modeles": modeles,
    "/api/v1/modeles/{code}": modele,
    "/api/v1/modeles/{code}/schema": schema,
    "/api/v1/modeles/{code}/article-30": article_30,
    "/api/v1/reponses": reponses,
    "/api/v1/sommes": sommes,
}
