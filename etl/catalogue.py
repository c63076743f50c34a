"""Reads and checks data/catalogue: what we know of the sources and of the indicators, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from etl.cards import Bloc, Correction, FicheIndicateur, Jeu, Rectificatif, Repere, Source, Theme
from etl.errors import DataError, Problem
from etl.messages import in_french, nearest, toml_problem

BELOW_COMMUNE = ("iris", "qpv")
CATALOGUE = Path(__file__).resolve().parent.parent / "data" / "catalogue"


C = TypeVar("C", bound=Bloc)


class Catalogue(BaseModel):
    """Everything declared under data/catalogue, checked."""

    model_config = ConfigDict(frozen=True)

    themes: list[Theme]
    jeux: dict[str, Jeu]
    sources: list[Source]
    indicateurs: list[FicheIndicateur]
    corrections: list[Correction]
    reperes: list[Repere] = []
    rectificatifs: list[Rectificatif] = []


@dataclass
class _Blocks(Generic[C]):
    """The blocks of one name: the cards, the codes they declare (even refused), and whether they were all read.

    ``read`` is false when a file or the code of a block could not be: a name that is not found may then well exist.
    """

    cards: list[C] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    read: bool = True
    accepted: bool = True

    def lacks(self, code: str) -> bool:
        """True when ``code`` is declared nowhere, for sure."""
        return self.read and code not in self.codes


def load_catalogue(folder: Path = CATALOGUE) -> Catalogue:
    """Read the whole catalogue. Raises DataError with every card that is wrong, and where."""
    problems: list[Problem] = []
    content = _read_file(folder / "themes.toml", ["theme"], problems)
    themes = _read_cards("themes.toml", content, "theme", Theme, problems)
    content = _read_file(folder / "sources.toml", ["jeu", "source"], problems)
    jeux = _read_cards("sources.toml", content, "jeu", Jeu, problems)
    sources = _expand(_read_cards("sources.toml", content, "source", Source, problems))
    content = _read_file(folder / "corrections.toml", ["correction"], problems)
    corrections = _read_cards("corrections.toml", content, "correction", Correction, problems, needed=False)
    content = _read_file(folder / "reperes.toml", ["repere"], problems)
    reperes = _read_cards("reperes.toml", content, "repere", Repere, problems, needed=False)
    content = _read_file(folder / "rectificatifs.toml", ["rectificatif"], problems)
    rectificatifs = _read_cards("rectificatifs.toml", content, "rectificatif", Rectificatif, problems, needed=False)
    indicateurs = _read_indicators(folder / "indicateurs", problems)
    rank = {theme.code: theme.ordre for theme in themes.cards}
    indicateurs.cards.sort(key=lambda card: (rank.get(card.theme, 999), card.code))
    problems += _check_twice(themes, jeux, sources, indicateurs)
    problems += _check_sources(jeux, sources)
    problems += _check_indicators(themes, jeux, sources, indicateurs)
    problems += _check_shares(jeux, sources, indicateurs.cards) + _check_natures(indicateurs.cards)
    problems += _check_corrections(jeux, sources, corrections.cards)
    problems += _check_identities(jeux)
    problems += [
        Problem("rectificatifs.toml", f"indicateur « {code} » inconnu")
        for one in rectificatifs.cards
        for code in one.indicateurs
        if indicateurs.lacks(code)
    ]
    problems += [
        Problem("reperes.toml", f"indicateur « {repere.indicateur} » inconnu")
        for repere in reperes.cards
        if indicateurs.lacks(repere.indicateur)
    ]
    if problems:
        raise DataError(problems)
    return Catalogue(
        themes=themes.cards,
        jeux={jeu.code: jeu for jeu in jeux.cards},
        sources=sources.cards,
        indicateurs=indicateurs.cards,
        corrections=corrections.cards,
        reperes=reperes.cards,
        rectificatifs=sorted(rectificatifs.cards, key=lambda one: one.date, reverse=True),
    )


def _read_file(path: Path, keys: list[str], problems: list[Problem]) -> dict[str, Any] | None:
    """The blocks of a file by name, or None when it cannot be read or holds something else than ``keys``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if "\0" in text:
            raise UnicodeError
        content = tomllib.loads(text)
    except FileNotFoundError:
        problems.append(Problem(path.name, "fichier absent", conseil=f"le remettre dans {path.parent}, même sans bloc"))
    except OSError:
        problems.append(Problem(path.name, "fichier illisible", conseil="vérifier ses droits, et que c’est un fichier"))
    except tomllib.TOMLDecodeError as error:
        problems.append(toml_problem(path.name, error))
    except UnicodeError:
        advice = "l’enregistrer en UTF-8 dans l’éditeur (« Enregistrer sous », encodage UTF-8)"
        problems.append(Problem(path.name, "le fichier n’est pas en UTF-8", conseil=advice))
    else:
        unexpected = [_unexpected(path.name, name, keys) for name in content if name not in keys]
        problems += unexpected
        return None if unexpected else content
    return None


def _unexpected(name: str, key: str, keys: list[str]) -> Problem:
    known, meant = " et ".join(f"[[{key}]]" for key in keys), nearest(key, keys)
    advice = f"écrire [[{meant}]]" if meant else "le retirer, ou le mettre dans le bloc auquel il appartient"
    return Problem(name, f"« {key} » inconnu : ce fichier ne contient que des blocs {known}", conseil=advice)


def _read_cards(
    name: str, content: dict[str, Any] | None, key: str, model: type[C], problems: list[Problem], needed: bool = True
) -> _Blocks[C]:
    """The cards of a file already read; ``needed``: it has at least one."""
    blocks: _Blocks[C] = _Blocks(read=content is not None)
    if content is None:
        return blocks
    found = content.get(key, [])
    if not isinstance(found, list) or not all(isinstance(block, dict) for block in found):
        problems.append(Problem(name, f"« {key} » s’écrit en blocs", conseil=f"ouvrir chaque bloc par [[{key}]]"))
        blocks.read = False
    elif not found and needed:
        advice = "en écrire un, ou reprendre le fichier du projet"
        problems.append(Problem(name, f"aucun bloc [[{key}]]", conseil=advice))
        blocks.read = False
    for position, block in enumerate(found if blocks.read else [], start=1):
        blocks.codes.add(str(block.get("code")))
        try:
            blocks.cards.append(model.model_validate(block))
        except ValidationError as error:
            blocks.accepted = False
            blocks.read &= isinstance(block.get("code"), str)
            told = f"[[{key}]] {block.get('code') or f'n° {position}'} : {in_french(error, model.model_fields)}"
            problems.append(Problem(name, told, conseil="corriger la fiche"))
    return blocks


def _read_indicators(folder: Path, problems: list[Problem]) -> _Blocks[FicheIndicateur]:
    """The cards of all the files of ``folder``, as if they stood in one."""
    together: _Blocks[FicheIndicateur] = _Blocks()
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        advice = f"remettre les fichiers des indicateurs dans {folder}"
        problems.append(Problem("indicateurs", "aucun fichier d’indicateurs", conseil=advice))
    for path in paths:
        blocks = _read_cards(
            path.name, _read_file(path, ["indicateur"], problems), "indicateur", FicheIndicateur, problems
        )
        together.cards += blocks.cards
        together.codes |= blocks.codes
        together.read &= blocks.read
    return together


def _expand(blocks: _Blocks[Source]) -> _Blocks[Source]:
    """One source a vintage."""
    sources = [source for block in blocks.cards for source in block.expand()]
    return _Blocks(sources, blocks.codes | {source.code for source in sources}, blocks.read, blocks.accepted)


def _check_twice(
    themes: _Blocks[Theme], jeux: _Blocks[Jeu], sources: _Blocks[Source], indicateurs: _Blocks[FicheIndicateur]
) -> list[Problem]:
    problems = []
    for name, codes in (
        ("themes.toml", [t.code for t in themes.cards]),
        ("sources.toml", [j.code for j in jeux.cards]),
        ("sources.toml", [s.code for s in sources.cards]),
        ("indicateurs", [i.code for i in indicateurs.cards]),
    ):
        for code in sorted({c for c in codes if codes.count(c) > 1}):
            problems.append(Problem(name, f"le code « {code} » est déclaré deux fois"))
    return problems


def _check_sources(jeux: _Blocks[Jeu], sources: _Blocks[Source]) -> list[Problem]:
    problems = []
    known = {jeu.code: jeu for jeu in jeux.cards}
    for source in sources.cards:
        if source.jeu in known:
            for variable in sorted(set(source.sans) - set(known[source.jeu].variables)):
                told = f"{source.code} : « sans » nomme « {variable} », inconnue du jeu"
                problems.append(Problem("sources.toml", told))
        elif jeux.lacks(source.jeu):
            problems.append(Problem("sources.toml", f"{source.code} : jeu « {source.jeu} » inconnu"))
    return problems


def _check_identities(jeux: _Blocks[Jeu]) -> list[Problem]:
    """An identity and a population name variables of their dataset (``dans`` may be of another one)."""
    problems = []
    everywhere = {variable for jeu in jeux.cards for variable in jeu.variables}
    for jeu in jeux.cards:
        own = set(jeu.variables)
        named = {name for one in jeu.identites for name in (one.total, *one.parties)}
        named |= {name for one in jeu.populations for name in one.variables}
        outside = {one.dans for one in jeu.populations} - everywhere if jeux.read and jeux.accepted else set()
        for name in sorted((named - own if own else set()) | outside):
            told = f"{jeu.code} : « identites » ou « populations » nomme « {name} », inconnue"
            problems.append(Problem("sources.toml", told, conseil="corriger le nom de la variable"))
    return problems


def _check_indicators(
    themes: _Blocks[Theme], jeux: _Blocks[Jeu], sources: _Blocks[Source], indicateurs: _Blocks[FicheIndicateur]
) -> list[Problem]:
    """References to what is declared nowhere. What a refused block would have declared is not held against them."""
    problems = []
    known_jeux = {jeu.code: jeu for jeu in jeux.cards}
    level_of: dict[str, str] = {}
    for source in sources.cards:
        if source.jeu in known_jeux:
            level = source.niveau if source.niveau in BELOW_COMMUNE else "commune"
            level_of |= dict.fromkeys(source.variables_of(known_jeux[source.jeu]), level)
    complete = all(blocks.read and blocks.accepted for blocks in (jeux, sources))
    for card in indicateurs.cards:
        for variable in sorted(card.variables() & set(level_of)):
            if level_of[variable] != ("commune" if card.niveau == "departement" else card.niveau):
                level = level_of[variable]
                told = f"{card.code} : niveau « {card.niveau} », mais « {variable} » est de niveau « {level} »"
                problems.append(Problem("indicateurs", told, conseil="corriger « niveau »"))
        if card.equivalent and indicateurs.lacks(card.equivalent):
            problems.append(Problem("indicateurs", f"{card.code} : équivalent « {card.equivalent} » inconnu"))
        if themes.lacks(card.theme):
            problems.append(Problem("indicateurs", f"{card.code} : thème « {card.theme} » inconnu"))
        for variable in sorted(card.variables() - set(level_of)) if complete else []:
            problems.append(
                Problem(
                    "indicateurs",
                    f"{card.code} : aucune source ne fournit « {variable} »",
                    conseil="corriger la formule ou déclarer la variable dans sources.toml",
                )
            )
    return problems


def _check_shares(jeux: _Blocks[Jeu], sources: _Blocks[Source], cards: list[FicheIndicateur]) -> list[Problem]:
    """A part and its whole are counted by the same producer: benefit households are no part of census households."""
    known = {jeu.code: jeu for jeu in jeux.cards}
    producer_of = {
        variable: known[source.jeu].producteur
        for source in sources.cards
        if source.jeu in known
        for variable in source.variables_of(known[source.jeu])
    }
    problems = []
    for card in cards:
        found = sorted({producer_of[v] for v in card.variables() if v in producer_of})
        if card.is_share() and len(found) > 1:
            told = (
                f"{card.code} : dit être une proportion, mais compte des personnes ou foyers de producteurs différents "
                f"({', '.join(found)})"
            )
            advice = 'écrire « tendance = "nombres" », sans « wilson_rp » : c’est un rapport de deux nombres'
            problems.append(Problem("indicateurs", told, conseil=advice))
    return problems


def _check_natures(cards: list[FicheIndicateur]) -> list[Problem]:
    """What is counted is a flow or a stock, whatever card counts it."""
    first: dict[str, FicheIndicateur] = {}
    problems = []
    for card in (card for card in cards if card.nature):
        other = first.setdefault(str(card.numerateur), card)
        if other.nature != card.nature:
            told = f"{card.code} : « {card.numerateur} » est de nature « {card.nature} », et « {other.nature} » dans "
            problems.append(Problem("indicateurs", told + other.code, conseil="dire la même « nature » dans les deux"))
    return problems


def _check_corrections(jeux: _Blocks[Jeu], sources: _Blocks[Source], corrections: list[Correction]) -> list[Problem]:
    """A correction names a source of the catalogue, its year, and one of its variables."""
    if not all(blocks.read and blocks.accepted for blocks in (jeux, sources)):
        return []
    problems = []
    known_jeux, known = {jeu.code: jeu for jeu in jeux.cards}, {source.code: source for source in sources.cards}
    for correction in corrections:
        source = known.get(correction.source)
        if source is None:
            told = f"source « {correction.source} » : ce code n’existe pas dans le catalogue"
            meant = nearest(correction.source, known)
            advice = f"peut-être « {meant} »" if meant else "corriger « source », ou retirer ce bloc"
            problems.append(Problem("corrections.toml", told, conseil=advice))
            continue
        if correction.annee != source.millesime:
            told = f"{source.code} : ses chiffres sont de {source.millesime}, non de {correction.annee}"
            problems.append(Problem("corrections.toml", told, conseil="corriger « annee »"))
        if source.jeu in known_jeux and correction.variable not in source.variables_of(known_jeux[source.jeu]):
            told = f"{source.code} : cette source n’a pas de variable « {correction.variable} » dans le catalogue"
            problems.append(Problem("corrections.toml", told, conseil="corriger « variable », ou retirer ce bloc"))
    return problems
