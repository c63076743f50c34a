"""A field of the form: from an answer to what is shown in it, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from etl.saisies.controles import Constat
from etl.saisies.modeles import Genre, Rubrique
from etl.saisies.saisie import ERREUR
from etl.saisies.valeurs import Illisible, is_blank, read_note, read_value, write_value
from registre.records import Diffusion, Reponse, Statut

Place = tuple[str, int]


@dataclass(frozen=True)
class Champ:
    """What a line's field holds, as a person typed or chose it. ``texte``: in the words of ``write_value``."""

    texte: str = ""
    statut: Statut = Statut.RENSEIGNE
    note: str = ""
    unite: str | None = None
    methode: str | None = None
    diffusion: Diffusion = Diffusion.RESEAU


def field_of(line: Rubrique, reponse: Reponse | None) -> Champ:
    """The field that shows an answer, or none yet."""
    if reponse is None:
        return Champ(
            unite=line.unites[0].code if len(line.unites) == 1 else None,
            methode=line.methodes[0].code if len(line.methodes) == 1 else None,
            diffusion=default_diffusion(line),
        )
    text = write_value(line, reponse.valeur, reponse.texte)
    if text and line.genre is Genre.POURCENTAGE:
        text += " %"
    return Champ(
        texte=text,
        statut=reponse.statut,
        note=reponse.note or "",
        unite=reponse.unite,
        methode=reponse.methode,
        diffusion=reponse.diffusion,
    )


def default_diffusion(line: Rubrique) -> Diffusion:
    """Who reads a line when nobody has chosen."""
    public = line.diffusion == Diffusion.PUBLIC or line.publique_par_la_loi
    return Diffusion.PUBLIC if public else Diffusion.RESEAU


def answer_of(line: Rubrique, champ: Champ, rang: int = 0) -> Reponse | None:
    """The answer that a field gives; None when it says nothing. Raises Illisible.

    What is typed wins over a situation chosen before: one of the two is meant, and a figure is never dropped.
    """
    text, note = champ.texte.strip(), champ.note.strip()
    said = read_note(note) if note else None
    value = texte = None
    status = champ.statut
    if text:
        if line.genre is Genre.POURCENTAGE and not text.endswith("%"):
            text += " %"
        value, texte = read_value(line, text)
        status = Statut.RENSEIGNE
    elif status is Statut.RENSEIGNE and not (said and line.genre is Genre.TABLEAU):
        if said:
            raise Illisible("une note sans réponse", "une réponse ou une situation", "répondre, ou dire « non suivi »")
        return None
    answered = value is not None
    return Reponse(
        rubrique=line.code,
        rang=rang,
        valeur=value,
        texte=texte,
        statut=status,
        note=said,
        unite=champ.unite if answered else None,
        methode=champ.methode if answered else None,
        diffusion=champ.diffusion,
    )


def rows_of(line: Rubrique, reponses: Iterable[Reponse]) -> list[dict[str, str]]:
    """The rows of a repeatable table as texts: one dictionary a row, by column code without the table's."""
    columns = {column.code: column for column in line.colonnes}
    rows: dict[int, dict[str, str]] = {}
    for one in reponses:
        column = columns.get(one.rubrique)
        if column is not None:
            rows.setdefault(one.rang, {})[short(column)] = field_of(column, one).texte
    return [{short(column): rows[rank].get(short(column), "") for column in line.colonnes} for rank in sorted(rows)]


def short(column: Rubrique) -> str:
    """The code of a column within its table."""
    return column.code.rpartition(".")[2]


def answers_of_rows(
    line: Rubrique, rows: Sequence[Mapping[str, object]], diffusion: Diffusion
) -> tuple[list[Reponse], list[Constat]]:
    """The answers of a table's rows, blank ones left out, and what cannot be read in them."""
    found: list[Reponse] = []
    problems: list[Constat] = []
    filled = [row for row in rows if any(not is_blank(cell) for cell in row.values())]
    for rank, row in enumerate(filled, start=1):
        for column in line.colonnes:
            cell = row.get(short(column))
            if is_blank(cell):
                continue
            try:
                answer = answer_of(column, Champ(str(cell), diffusion=diffusion), rank)
            except Illisible as error:
                problems.append(
                    Constat(ERREUR, error.trouve, error.attendu, error.conseil, rubrique=column.code, rang=rank)
                )
            else:
                found += [answer] if answer else []
    return found, problems


def put(reponses: Iterable[Reponse], line: Rubrique, answers: Sequence[Reponse]) -> tuple[Reponse, ...]:
    """All answers, those to ``line`` (rows of a table included) replaced."""
    others = [one for one in reponses if one.rubrique.partition(".")[0] != line.code]
    return (*others, *answers)


def of_line(reponses: Iterable[Reponse], code: str) -> tuple[Reponse, ...]:
    """The answers to a line, rows of a table included, by column then row."""
    own = (one for one in reponses if one.rubrique.partition(".")[0] == code)
    return tuple(sorted(own, key=lambda one: (one.rubrique, one.rang)))


def spread(reponses: Iterable[Reponse], codes: Iterable[str], diffusion: Diffusion) -> tuple[Reponse, ...]:
    """All answers, those to these lines shown to ``diffusion``."""
    chosen = set(codes)
    return tuple(
        replace(one, diffusion=diffusion) if one.rubrique.partition(".")[0] in chosen else one for one in reponses
    )
