"""What a workbook or a form starts from: this year's imports in the cells, last year's answers beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from etl.saisies.controles import Contexte, check_answers
from etl.saisies.imports.resultat import Import
from etl.saisies.modeles import Genre, Modele
from etl.saisies.saisie import ERREUR
from etl.saisies.valeurs import NOTE, write_value
from registre.records import Cle, Reponse


def prefilled(
    modele: Modele,
    cle: Cle,
    *,
    avant: Sequence[Reponse] = (),
    imports: Sequence[Import] = (),
    population: float | None = None,
) -> Sequence[Reponse]:
    """The answers already in the cells: those of the imports of this deposit, in the order of the model.

    Last year's (``avant``) never enter a cell: they stand beside, and say which values surprise. A value that surprises
    comes without a note, since it takes one written by a person to explain it. Where imports differ, the cell is left
    empty and its note says what each of them has. Raises ValueError for an import of another deposit.
    """
    found: dict[tuple[str, int], list[Reponse]] = {}
    for one in imports:
        if one.cle != cle:
            raise ValueError(f"un import de « {one.cle} » pour « {cle} »")
        for answer in one.reponses:
            found.setdefault((answer.rubrique, answer.rang), []).append(answer)
    order = {line.code: place for place, line in enumerate(modele.rubriques)}
    answers = [_one_of(modele, told) for _, told in sorted(found.items(), key=lambda item: _place(order, *item[0]))]
    return _without_easy_notes(modele, cle, answers, avant, population)


def _place(order: dict[str, int], code: str, rang: int) -> tuple[int, int, str]:
    return order.get(code.partition(".")[0], len(order)), rang, code


def _one_of(modele: Modele, told: list[Reponse]) -> Reponse:
    """The answer that all give, or an empty one whose note says what each has."""
    first = told[0]
    line = modele.rubrique(first.rubrique)
    if line is not None and line.genre is Genre.MONTANT:
        told = _same_amount(told)
        first = told[0]
    alike = [(one.valeur, one.texte, one.statut, one.unite, one.methode) for one in told]
    if len(set(alike)) == 1 or line is None:
        notes = dict.fromkeys(one.note for one in told if one.note)
        return replace(first, note=_cut(" ".join(notes)))
    each = " ; ".join(
        f"{write_value(line, one.valeur, one.texte) or one.statut.value.replace('_', ' ')}"
        + (f" ({one.note.rstrip('.')})" if one.note else "")
        for one in told
    )
    note = _cut(f"Deux sources ne disent pas la même chose, à choisir : {each}")
    return replace(first, valeur=None, texte=None, unite=None, methode=None, note=note)


def _same_amount(told: list[Reponse]) -> list[Reponse]:
    """The same answers, all with the most precise amount where they only differ by less than a euro."""
    amounts = [one.valeur for one in told]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts) or max(known) - min(known) >= 1:
        return told
    exact = next((amount for amount in known if not amount.is_integer()), known[0])
    return [replace(one, valeur=exact) for one in told]


def _cut(text: str) -> str | None:
    if len(text) > NOTE:
        text = text[: NOTE - 1] + "…"
    return text or None


def _without_easy_notes(
    modele: Modele, cle: Cle, answers: list[Reponse], avant: Sequence[Reponse], population: float | None
) -> list[Reponse]:
    """The same answers, without the notes that would explain a surprise that nobody has looked at."""
    contexte = Contexte(population, avant)
    bare = [replace(one, note=None) for one in answers if one.valeur is not None or one.texte is not None]
    surprising: set[str] = set()
    for one in check_answers(modele, cle, bare, contexte) if bare else ():
        if one.gravite == ERREUR or one.rubrique is None:
            continue
        rule = next((rule for rule in modele.regles if one.trouve.startswith(f"règle « {rule.code} »")), None)
        surprising.update(rule.rubriques if rule else (one.rubrique,))
    return [
        replace(one, note=None) if one.rubrique in surprising and one.valeur is not None else one for one in answers
    ]
