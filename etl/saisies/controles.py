"""Checks of the answers to a questionnaire, however they came: every problem at once.

Errors stop a deposit. Surprises (a jump since last year, far from similar communes, out of proportion with the
population, beyond plausible bounds, a rule between lines) ask for a note, and stop nothing once it is written.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import quantiles

from etl.errors import shown
from etl.saisies.modeles import NOMBRES, Choix, Genre, Modele, Rubrique
from etl.saisies.personnelles import personal_data
from etl.saisies.regles import broken
from etl.saisies.saisie import ERREUR, SURPRISE, Constat
from etl.saisies.valeurs import GENRES, NOTE, PLUS_GRAND, STATUTS, Illisible, read_value, write_value
from etl.typography import count, exact, number
from registre.records import Cle, Reponse, Statut

# A change asks for a note when a figure is more than doubled or halved, unless the line says otherwise (« saut »).
SAUT = 1.0
# Under it, doubling is ordinary: three files, then seven.
PETIT = 20
# As many similar communes as it takes to say that one is far from them; how far, in interquartile ranges.
SEMBLABLES, LOIN = 5, 3.0
_TERRITORY = re.compile(r"[0-9][0-9AB][0-9]{3}|[0-9]{9}")
FIRST_YEAR = 2000


@dataclass(frozen=True)
class Contexte:
    """What answers are compared with. ``avant``: the answers of the year before; ``population``: of the territory;
    ``semblables``: for a line, the values per inhabitant of similar communes; ``territoires``: names by code, of those
    that may deposit (empty: not checked); ``aujourdhui``: no year after it is accepted.
    """

    population: float | None = None
    avant: Sequence[Reponse] = ()
    semblables: Mapping[str, Sequence[float]] = field(default_factory=dict)
    territoires: Mapping[str, str] = field(default_factory=dict)
    aujourdhui: date = field(default_factory=date.today)


def check_key(cle: Cle, contexte: Contexte) -> list[Constat]:
    """Whether a deposit is for a territory and a year that exist."""
    problems = []
    known = cle.territoire in contexte.territoires if contexte.territoires else _TERRITORY.fullmatch(cle.territoire)
    if not known:
        wanted = "le code INSEE d’une commune de l’observatoire, ou le SIREN d’un établissement"
        found = f"territoire « {shown(cle.territoire)} »"
        problems.append(Constat(ERREUR, found, wanted, "demander le classeur de votre commune"))
    if not FIRST_YEAR <= cle.exercice <= contexte.aujourdhui.year:
        wanted = f"une année de {FIRST_YEAR} à {contexte.aujourdhui.year}"
        problems.append(Constat(ERREUR, f"exercice {cle.exercice}", wanted, "demander le classeur du bon exercice"))
    return problems


def check_answers(
    modele: Modele, cle: Cle, answers: Sequence[Reponse], contexte: Contexte | None = None
) -> list[Constat]:
    """Every problem of a set of answers, each with its line. Raises nothing."""
    contexte = contexte or Contexte()
    problems = check_key(cle, contexte) + list(_twice(answers))
    if not answers:
        advice = "remplir au moins une rubrique, ou en dire la situation"
        problems.append(Constat(ERREUR, "aucune réponse", "au moins une réponse", advice))
    sound = []
    for answer in answers:
        found = list(_check_form(modele, answer))
        problems += found
        if not found:
            sound.append(answer)
    problems += _same_rows(modele, sound)
    before = {(one.rubrique, one.rang): one for one in contexte.avant}
    noted_tables = {one.rubrique for one in sound if one.note and one.rang == 0}
    for answer in sound:
        line = modele.rubrique(answer.rubrique)
        if line is not None and answer.valeur is not None and line.genre in NOMBRES:
            noted = bool(answer.note) or line.code.partition(".")[0] in noted_tables
            found = [*_bounds(line, answer), *_per_inhabitant(line, answer, contexte)]
            if answer.rang == 0:
                found += [*_jump(line, answer, before), *_far(line, answer, contexte)]
            problems += [replace(one, expliquee=noted) if one.gravite == SURPRISE else one for one in found]
    # A rule judges sound answers only: one that cannot be read already says so.
    if not any(one.gravite == ERREUR for one in problems):
        problems += _rules(modele, cle, sound, contexte)
    return problems


def _at(answer: Reponse, gravite: str, found: str, wanted: str, advice: str) -> Constat:
    return Constat(gravite, found, wanted, advice, rubrique=answer.rubrique, rang=answer.rang)


def _twice(answers: Sequence[Reponse]) -> Iterator[Constat]:
    times = Counter((answer.rubrique, answer.rang) for answer in answers)
    for (code, rank), n in times.items():
        if n > 1:
            told = f"{n} réponses pour la même rubrique"
            yield Constat(ERREUR, told, "une seule", "n’en garder qu’une", rubrique=shown(code), rang=rank)


def _check_form(modele: Modele, answer: Reponse) -> Iterator[Constat]:
    """An answer that is to a line of the model, of its type, with a status or a value, and no personal data."""
    line = modele.rubrique(answer.rubrique)
    if line is None:
        told = f"rubrique « {shown(answer.rubrique)} »"
        advice = "la retirer, ou choisir la bonne version du modèle"
        yield _at(answer, ERREUR, told, f"une rubrique de « {modele.libelle} », version {modele.version}", advice)
        return
    column = "." in line.code
    if column is not (answer.rang > 0):
        wanted = "un rang à partir de 1" if column else "aucun rang : ce n’est pas une colonne de tableau"
        yield _at(answer, ERREUR, f"rang {answer.rang}", wanted, "corriger le rang")
    yield from _check_status(line, answer)
    if answer.valeur is not None or answer.texte is not None:
        yield from _check_value(line, answer)
    yield from _check_choice("unité", line.unites, answer, answer.unite)
    yield from _check_choice("façon de compter", line.methodes, answer, answer.methode)
    if answer.note is not None and len(answer.note) > NOTE:
        told = f"une note de {number(len(answer.note))} caractères"
        yield _at(answer, ERREUR, told, f"au plus {number(NOTE)}", "la raccourcir")
    yield from _check_personal(line, answer)


def _check_status(line: Rubrique, answer: Reponse) -> Iterator[Constat]:
    answered = answer.valeur is not None or answer.texte is not None
    words = STATUTS[answer.statut]
    if answer.statut is Statut.RENSEIGNE:
        if not answered and not (line.genre is Genre.TABLEAU and answer.note):
            advice = "donner la réponse, ou dire la situation : non concerné, non suivi, à venir"
            yield _at(answer, ERREUR, "aucune réponse", "une réponse ou une situation", advice)
    elif answered:
        told = f"une réponse, et la situation « {words} »"
        yield _at(answer, ERREUR, told, "l’une ou l’autre", "effacer celle qui est de trop")
    elif answer.statut.value not in line.statuts:
        offered = ", ".join(f"« {STATUTS[Statut(one)]} »" for one in line.statuts)
        told = f"situation « {words} »"
        advice = f"choisir parmi {offered}" if offered else "laisser la situation vide"
        yield _at(answer, ERREUR, told, "une situation que la rubrique admet", advice)


def _check_value(line: Rubrique, answer: Reponse) -> Iterator[Constat]:
    """A value is of its type: it reads back as itself."""
    numeric = line.genre in NOMBRES or line.genre is Genre.OUI_NON
    found = answer.valeur if numeric else answer.texte
    if line.genre is Genre.TABLEAU or found is None or (answer.texte if numeric else answer.valeur) is not None:
        wanted = GENRES[line.genre]
        yield _at(answer, ERREUR, "une réponse d’un autre genre", wanted, "répondre selon le genre de la rubrique")
        return
    if isinstance(found, float | int) and not isinstance(found, bool):
        yield from _check_number(line, answer, float(found))
        return
    try:
        _, text = read_value(line, found)
    except Illisible as error:
        yield _at(answer, ERREUR, error.trouve, error.attendu, error.conseil)
    else:
        if text != answer.texte:
            told, wanted = f"« {shown(str(answer.texte))} »", f"« {shown(str(text))} »"
            yield _at(answer, ERREUR, told, wanted, "l’écrire ainsi")


def _check_number(line: Rubrique, answer: Reponse, value: float) -> Iterator[Constat]:
    told, low, high = f"{write_value(line, value, None)}", *line.bornes
    if not math.isfinite(value) or abs(value) > PLUS_GRAND:
        wanted = f"{GENRES[line.genre]} d’au plus {number(PLUS_GRAND)}"
        yield _at(answer, ERREUR, f"{value:g}", wanted, "vérifier le nombre et son unité")
    elif line.genre is Genre.ENTIER and not value.is_integer():
        yield _at(answer, ERREUR, told, "un nombre entier", "écrire un nombre sans décimales")
    elif line.genre is Genre.OUI_NON and value not in (0, 1):
        yield _at(answer, ERREUR, told, "1 (oui) ou 0 (non)", "répondre oui ou non")
    elif value < 0 and (low is None or low >= 0):
        yield _at(answer, ERREUR, told, "un nombre positif ou nul", "vérifier le signe")
    elif line.genre is Genre.POURCENTAGE and value > 100 and high is None:
        yield _at(answer, ERREUR, f"{told} %", "un pourcentage de 0 à 100", "vérifier le calcul, ou l’unité")


def _check_choice(what: str, offered: tuple[Choix, ...], answer: Reponse, chosen: str | None) -> Iterator[Constat]:
    words = ", ".join(f"« {one.libelle} »" for one in offered)
    if chosen is not None and chosen not in [one.code for one in offered]:
        advice = f"choisir parmi {words}" if offered else "laisser vide"
        yield _at(answer, ERREUR, f"{what} « {shown(chosen)} »", f"une {what} de la liste", advice)
    elif chosen is None and offered and answer.valeur is not None:
        yield _at(
            answer, ERREUR, f"aucune {what}", f"une {what} : la rubrique en admet plusieurs", f"choisir : {words}"
        )


def _check_personal(line: Rubrique, answer: Reponse) -> Iterator[Constat]:
    """No field and no note says anything of the people helped; the words found are not repeated."""
    for text, place, identity in (
        (answer.texte, "la réponse", line.genre is Genre.IDENTITE),
        (answer.note, "la note", False),
    ):
        coded = place == "la réponse" and line.genre in (Genre.FICHIER, Genre.CHOIX, Genre.CHOIX_MULTIPLE, Genre.DATE)
        for kind in dict.fromkeys(one.nature for one in personal_data(text or "", identity)) if not coded else ():
            wanted = "aucune donnée sur une personne aidée"
            yield _at(answer, ERREUR, f"{kind} dans {place}", wanted, "l’effacer : dire le nombre, jamais la personne")


def _same_rows(modele: Modele, answers: Sequence[Reponse]) -> Iterator[Constat]:
    """Two rows of a table that say the same thing, one of which was typed twice."""
    rows: dict[tuple[str, int], list[tuple]] = {}
    for answer in answers:
        if answer.rang > 0:
            table = answer.rubrique.partition(".")[0]
            rows.setdefault((table, answer.rang), []).append((answer.rubrique, answer.valeur, answer.texte))
    first: dict[tuple[str, tuple], int] = {}
    for (table, rank), cells in sorted(rows.items()):
        other = first.setdefault((table, tuple(sorted(cells, key=str))), rank)
        if other != rank:
            told = f"la même ligne que la ligne {other}"
            yield Constat(ERREUR, told, "des lignes différentes", "en effacer une", rubrique=table, rang=rank)
    for line in modele.rubriques:
        stated = any(answer.rubrique == line.code for answer in answers)
        if line.genre is Genre.TABLEAU and stated and any(table == line.code for table, _ in rows):
            told = "une situation, et des lignes remplies"
            yield Constat(ERREUR, told, "l’une ou les autres", "effacer ce qui est de trop", rubrique=line.code)


def _bounds(line: Rubrique, answer: Reponse) -> Iterator[Constat]:
    low, high = line.bornes
    value = answer.valeur or 0.0
    if (low is not None and value < low) or (high is not None and value > high):
        told, wanted = f"{exact(value)}, hors de ce qui est plausible", _between(low, high)
        yield _at(answer, SURPRISE, told, wanted, "corriger, ou l’expliquer dans la note")


def _per_inhabitant(line: Rubrique, answer: Reponse, contexte: Contexte) -> Iterator[Constat]:
    low, high = line.bornes_par_habitant
    if not contexte.population or (low is None and high is None) or answer.valeur is None:
        return
    ratio = answer.valeur / contexte.population
    if (low is not None and ratio < low) or (high is not None and ratio > high):
        told = f"{exact(answer.valeur)} pour {count(int(contexte.population), 'habitant')}"
        bounds = [None if bound is None else bound * contexte.population for bound in (low, high)]
        advice = "vérifier l’unité et les zéros, ou l’expliquer dans la note"
        yield _at(answer, SURPRISE, told, f"{_between(*bounds)}, à proportion de la population", advice)


def _jump(line: Rubrique, answer: Reponse, before: Mapping[tuple[str, int], Reponse]) -> Iterator[Constat]:
    past = before.get((answer.rubrique, answer.rang))
    if past is None or past.valeur is None or answer.valeur is None or line.genre is Genre.POURCENTAGE:
        return
    if past.unite != answer.unite:
        return  # not the same things: their numbers do not compare
    old, new, jump = past.valeur, answer.valeur, 1 + (line.saut or SAUT)
    if max(abs(old), abs(new)) >= PETIT and (abs(new) > jump * abs(old) or abs(new) * jump < abs(old)):
        told, wanted = (
            f"{exact(new)}, contre {exact(old)} l’an dernier",
            f"entre {exact(old / jump)} et {exact(old * jump)}",
        )
        yield _at(answer, SURPRISE, told, wanted, "corriger, ou dire dans la note ce qui a changé")


def _far(line: Rubrique, answer: Reponse, contexte: Contexte) -> Iterator[Constat]:
    """Far from similar communes: beyond three interquartile ranges of them, per inhabitant."""
    peers = [value for value in contexte.semblables.get(line.code, ()) if math.isfinite(value)]
    if not contexte.population or answer.valeur is None or len(peers) < SEMBLABLES or line.genre is Genre.POURCENTAGE:
        return
    first, _, third = quantiles(peers, n=4, method="inclusive")
    if third <= first:
        return
    # Judged on the bounds that are told, rounded outward: tried again and again, an answer finds no finer ones, and
    # with few peers the exact ones would give the values of two of them.
    low = _coarse((first - LOIN * (third - first)) * contexte.population, up=False)
    high = _coarse((third + LOIN * (third - first)) * contexte.population, up=True)
    if not low <= answer.valeur <= high:
        told = f"{exact(answer.valeur)}, loin des communes semblables"
        wanted = f"{_between(max(low, 0), high)}, à population égale"
        yield _at(answer, SURPRISE, told, wanted, "vérifier, ou l’expliquer dans la note")


def _coarse(bound: float, up: bool) -> float:
    """A bound rounded to its first digit, to tens at least."""
    unit = 10.0 ** max(1, math.floor(math.log10(abs(bound)) + 1e-12)) if bound else 10.0
    # What a division leaves behind the last digit is not a unit more.
    return (math.ceil(bound / unit - 1e-9) if up else math.floor(bound / unit + 1e-9)) * unit


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"au moins {exact(low)}" if low is not None else f"au plus {exact(high or 0)}"
    return f"entre {exact(low)} et {exact(high)}"


def _rules(modele: Modele, cle: Cle, answers: Sequence[Reponse], contexte: Contexte) -> Iterator[Constat]:
    noted = {(answer.rubrique, answer.rang) for answer in answers if answer.note}
    written = {(answer.rubrique, answer.rang): answer for answer in answers}
    for rule, rank, failed in broken(modele, answers, cle.exercice, contexte.population):
        told = []
        for code in rule.rubriques:
            line = modele.rubrique(code)
            answer = written.get((code, rank)) or written.get((code, 0))
            if line is not None and answer is not None:
                told.append(f"{code} = {shown(write_value(line, answer.valeur, answer.texte))}")
        named = {*rule.rubriques, *(code.partition(".")[0] for code in rule.rubriques)}
        explained = any((code, at) in noted for code in named for at in (rank, 0))
        found = f"règle « {rule.code} » : {', '.join(told)}" if told else f"règle « {rule.code} »"
        advice = "corriger ces rubriques" + (
            ", ou l’expliquer dans la note de l’une d’elles" if rule.gravite != ERREUR else ""
        )
        message = "un calcul possible : un des nombres est trop grand" if failed else rule.message
        gravite = ERREUR if failed else rule.gravite
        yield Constat(
            gravite, found, message, advice, None, None, rule.rubriques[0], rank, gravite == SURPRISE and explained
        )
