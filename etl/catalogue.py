"""Reads and checks data/catalogue: what we know of the sources and of the indicators, as data."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from etl.cards import Card, Correction, Indicateur, Jeu, Repere, Source, Theme
from etl.errors import DataError, Problem
from etl.formulas import InvalidFormula

BELOW_COMMUNE = ("iris", "qpv")
CATALOGUE = Path(__file__).resolve().parent.parent / "data" / "catalogue"


C = TypeVar("C", bound=Card)


class Catalogue(BaseModel):
    """Everything declared under data/catalogue, checked."""

    model_config = ConfigDict(frozen=True)

    themes: list[Theme]
    jeux: dict[str, Jeu]
    sources: list[Source]
    indicateurs: list[Indicateur]
    corrections: list[Correction]
    reperes: list[Repere] = []


def load_catalogue(folder: Path = CATALOGUE) -> Catalogue:
    """Read the whole catalogue. Raises DataError with every card that is wrong, and where."""
    problems: list[Problem] = []
    themes = _read_cards(folder / "themes.toml", "theme", Theme, problems)
    jeux = _read_cards(folder / "sources.toml", "jeu", Jeu, problems)
    blocks = _read_cards(folder / "sources.toml", "source", Source, problems)
    sources = [source for block in blocks for source in block.expand()]
    corrections = _read_cards(folder / "corrections.toml", "correction", Correction, problems)
    reperes = _read_cards(folder / "reperes.toml", "repere", Repere, problems)
    indicateurs: list[Indicateur] = []
    for path in sorted((folder / "indicateurs").glob("*.toml")):
        indicateurs += _read_cards(path, "indicateur", Indicateur, problems)
    rank = {theme.code: theme.ordre for theme in themes}
    indicateurs.sort(key=lambda card: (rank.get(card.theme, 999), card.code))
    problems += _cross_check(themes, jeux, sources, indicateurs)
    known = {card.code for card in indicateurs}
    problems += [
        Problem("reperes.toml", f"indicateur « {repere.indicateur} » inconnu")
        for repere in reperes
        if repere.indicateur not in known
    ]
    if problems:
        raise DataError(problems)
    return Catalogue(
        themes=themes,
        jeux={jeu.code: jeu for jeu in jeux},
        sources=sources,
        indicateurs=indicateurs,
        corrections=corrections,
        reperes=reperes,
    )


def _read_cards(path: Path, key: str, model: type[C], problems: list[Problem]) -> list[C]:
    if not path.exists():
        return []
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(path.name, f"TOML illisible : {error}", conseil="corriger la syntaxe"))
        return []
    cards = []
    for position, block in enumerate(raw.get(key, []), start=1):
        try:
            cards.append(model.model_validate(block))
        except (ValidationError, InvalidFormula) as error:
            name = block.get("code") or f"n° {position}"
            problems.append(Problem(path.name, f"[[{key}]] {name} : {_in_french(error)}", conseil="corriger la fiche"))
    return cards


def _in_french(error: ValidationError | InvalidFormula) -> str:
    if isinstance(error, InvalidFormula):
        return str(error)
    words = {
        "missing": "champ obligatoire absent",
        "extra_forbidden": "champ inconnu",
        "literal_error": "valeur hors de la liste permise",
        "string_too_short": "texte trop court",
        "string_too_long": "texte trop long",
        "string_pattern_mismatch": "forme inattendue",
    }
    parts = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"]) or "fiche"
        parts.append(f"{where} : {words.get(item['type'], item['msg'].removeprefix('Value error, '))}")
    return " ; ".join(parts)


def _cross_check(
    themes: list[Theme], jeux: list[Jeu], sources: list[Source], indicateurs: list[Indicateur]
) -> list[Problem]:
    problems = []
    for name, codes in (
        ("themes.toml", [t.code for t in themes]),
        ("sources.toml", [j.code for j in jeux]),
        ("sources.toml", [s.code for s in sources]),
        ("indicateurs", [i.code for i in indicateurs]),
    ):
        for code in sorted({c for c in codes if codes.count(c) > 1}):
            problems.append(Problem(name, f"le code « {code} » est déclaré deux fois"))
    known_themes, known_jeux = {t.code for t in themes}, {j.code: j for j in jeux}
    known_variables: set[str] = set()
    level_of: dict[str, str] = {}
    for source in sources:
        if source.jeu not in known_jeux:
            problems.append(Problem("sources.toml", f"{source.code} : jeu « {source.jeu} » inconnu"))
        else:
            found = set(source.variables_of(known_jeux[source.jeu]))
            known_variables |= found
            level_of |= dict.fromkeys(found, source.niveau if source.niveau in BELOW_COMMUNE else "commune")
            for variable in sorted(set(source.sans) - set(known_jeux[source.jeu].variables)):
                problems.append(
                    Problem("sources.toml", f"{source.code} : « sans » nomme « {variable} », inconnue du jeu")
                )
    known_codes = {card.code for card in indicateurs}
    for card in indicateurs:
        for variable in sorted(card.variables() & known_variables):
            if level_of[variable] != card.niveau:
                level = level_of[variable]
                told = f"{card.code} : niveau « {card.niveau} », mais « {variable} » est de niveau « {level} »"
                problems.append(Problem("indicateurs", told, conseil="corriger « niveau »"))
        if card.equivalent and card.equivalent not in known_codes:
            problems.append(Problem("indicateurs", f"{card.code} : équivalent « {card.equivalent} » inconnu"))
        if card.theme not in known_themes:
            problems.append(Problem("indicateurs", f"{card.code} : thème « {card.theme} » inconnu"))
        for variable in sorted(card.variables() - known_variables):
            problems.append(
                Problem(
                    "indicateurs",
                    f"{card.code} : aucune source ne fournit « {variable} »",
                    conseil="corriger la formule ou déclarer la variable dans sources.toml",
                )
            )
    return problems
