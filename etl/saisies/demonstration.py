"""Demonstration deposits: invented answers, plausible beside the public figures, always the same for the same seed.

A pure function. Each CCAS has its own draws, so that one more CCAS, line or year changes nothing of the others.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from etl.saisies.controles import PETIT, SAUT
from etl.saisies.modeles import NOMBRES, Genre, Modele, Rubrique
from etl.saisies.recette import RESTE, ColonneRecette, LigneRecette, Recette, TableauRecette
from registre.records import Cle, Diffusion, Etape, Reponse, Statut

# Years that have a noise of their own, from this one.
DEBUT, ANNEES = 2000, 60
# No bound of the model is come nearer than that.
MARGE = 0.9
# The share of the lines that a draft has.
COMMENCE = 0.45


@dataclass(frozen=True)
class Profil:
    """A CCAS, and the public figures of its territory. ``bases``: name → year → figure; ``jusque``: its last year."""

    territoire: str
    bases: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    jusque: int | None = None


@dataclass(frozen=True)
class Avancement:
    """Where the demonstration says that a CCAS is for a year; ``motif``: why it was returned or withdrawn."""

    cle: Cle
    etape: Etape
    quand: datetime
    motif: str | None = None


@dataclass(frozen=True)
class DepotDemonstration:
    """An invented deposit. ``quand``: when it would have been received."""

    cle: Cle
    etape: Etape
    reponses: tuple[Reponse, ...]
    quand: datetime
    motif: str | None = None


def progress(
    code: str, profils: Sequence[Profil], exercices: Sequence[int], graine: int, recette: Recette
) -> list[Avancement]:
    """Where each CCAS is for each year, by year then territory; a CCAS that has sent nothing is not there."""
    found = []
    for year in sorted(exercices):
        here = [one.territoire for one in profils if one.jusque is None or year <= one.jusque]
        wanted = next((one for one in recette.etape if one.age == max(exercices) - year), None)
        steps: list[Etape | None] = []
        if wanted is not None:
            steps += [Etape.RENVOYE] * wanted.renvoye + [Etape.RETIRE] * wanted.retire + [None] * wanted.rien
            steps += [Etape.BROUILLON] * wanted.brouillon + [Etape.SOUMIS] * wanted.soumis
        draws = {place: _rng(graine, code, "etape", place, str(year)).random(2) for place in here}
        order = sorted(here, key=lambda place: float(draws[place][0]))
        step_of = {place: steps[n] if n < len(steps) else Etape.CONFIRME for n, place in enumerate(order)}
        for place in sorted(here):
            step = step_of[place]
            if step is None:
                continue
            days = 45 + int(draws[place][1] * 200)
            when = datetime(year + 1, 1, 1, 9, 30, tzinfo=UTC) + timedelta(days=days)
            reason = {Etape.RENVOYE: recette.renvoi.motif, Etape.RETIRE: recette.retrait}.get(step)
            found.append(Avancement(Cle(code, place, year), step, when, reason))
    return found


def demonstration(
    modele: Modele, profils: Sequence[Profil], exercices: Sequence[int], graine: int, recette: Recette
) -> list[DepotDemonstration]:
    """The demonstration deposits of a model, by year then territory, at its current version.

    Rules between lines and plausible bounds hold in all but those that are returned.
    """
    steps = {one.cle: one for one in progress(modele.code, profils, exercices, graine, recette)}
    draft = _Invention(modele, profils, sorted(exercices), graine, recette)
    found = []
    for profil in profils:
        for year, answers in draft.of(profil):
            where = steps.get(Cle(modele.code, profil.territoire, year))
            if where is not None:
                given = draft.at(where, answers)
                found.append(DepotDemonstration(where.cle, where.etape, given, where.quand, where.motif))
    return sorted(found, key=lambda one: (one.cle.exercice, one.cle.territoire))


class _Invention:
    """The answers of one CCAS after the other; what is common to all is worked out once."""

    def __init__(
        self, modele: Modele, profils: Sequence[Profil], exercices: Sequence[int], graine: int, recette: Recette
    ) -> None:
        self.modele, self.exercices, self.graine, self.recette = modele, exercices, graine, recette
        self.order = {line.code: n for n, line in enumerate(modele.rubriques)}
        self.usual = {name: self._usual(name, profils) for name in recette.base}
        self.heavy = {line.code: self._heavy(line, profils) for line in recette.ligne if line.concentration}

    def _usual(self, name: str, profils: Sequence[Profil]) -> float:
        """The median of a base per inhabitant, for the CCAS that it does not tell of."""
        rates = []
        for one in profils:
            value = _nearest(one.bases.get(name, {}), self.recette.reference)
            people = _nearest(one.bases.get(self.recette.habitants, {}), self.recette.reference)
            if value is not None and people:
                rates.append(value / people)
        return float(np.median(rates)) if rates else 0.0

    def _heavy(self, line: LigneRecette, profils: Sequence[Profil]) -> frozenset[str]:
        assert line.concentration is not None
        weights = {}
        for one in profils:
            size = self._base(one, line.base or self.recette.habitants, self.recette.reference)
            weights[one.territoire] = size * math.exp(0.5 * self._draw(one, line.code, "poids").standard_normal())
        kept = sorted(weights, key=lambda place: (-weights[place], place))[: line.concentration.nombre]
        return frozenset(kept)

    def _draw(self, profil: Profil, *words: str) -> np.random.Generator:
        return _rng(self.graine, self.modele.code, profil.territoire, *words)

    def _base(self, profil: Profil, name: str, year: int) -> float:
        known = _nearest(profil.bases.get(name, {}), year)
        if known is not None:
            return known
        people = _nearest(profil.bases.get(self.recette.habitants, {}), year) or 0.0
        return people if name == self.recette.habitants else people * self.usual[name]

    # --- one CCAS

    def of(self, profil: Profil) -> Iterator[tuple[int, dict[str, Reponse]]]:
        """For each year, all that this CCAS would answer, by « line » or « line rank »."""
        recipe = self.recette
        done = {
            name: float(self._draw(profil, "mission", name).random()) < mission.part
            and (mission.si is None or self._base(profil, mission.si, recipe.reference) >= 1)
            for name, mission in recipe.mission.items()
        }
        open_to_all = float(self._draw(profil, "ouverture").random()) < recipe.ouverture.ccas
        years = [year for year in self.exercices if profil.jusque is None or year <= profil.jusque]
        bases = {year: {name: self._base(profil, name, year) for name in recipe.base} for year in years}
        answers: dict[int, dict[str, Reponse]] = {year: {} for year in years}
        values: dict[int, dict[str, float]] = {year: dict(bases[year]) for year in years}
        status: dict[int, dict[str, Statut | None]] = {year: {} for year in years}
        for told in recipe.ligne:
            line = self.modele.rubrique(told.code)
            assert line is not None
            rng = self._draw(profil, told.code)
            draws = rng.random(10).tolist()
            levels, noise = rng.standard_normal(3).tolist(), rng.standard_normal(ANNEES).tolist()
            public = open_to_all and draws[3] < recipe.ouverture.lignes * told.public
            diffusion = Diffusion.PUBLIC if public or line.diffusion == "public" else Diffusion.RESEAU
            for n, year in enumerate(years):
                step = self._status(told, line, year, status[year], values[year], done, draws)
                if told.code in status[year] and not told.a_part:
                    step = status[year][told.code]  # a part: as its total says
                status[year][told.code] = step
                if line.genre in NOMBRES:
                    self._number(profil, told, line, year, values[year], draws, levels, noise)
                    self._share(profil, told, year, values[year], status[year], step, draws)
                if line.genre is Genre.OUI_NON:
                    values[year][told.code] = float(draws[4] < (told.oui or 0) and step is Statut.RENSEIGNE)
                given = self._answer(told, line, year, step, values[year], draws, diffusion)
                if given is not None:
                    past = values[years[n - 1]].get(told.code) if n else None
                    answers[year][told.code] = self._noted(line, given, past, draws)
        known = {one.code for one in recipe.ligne}
        for year in years:
            for code, step in status[year].items():
                if code not in known and step is not None:
                    answers[year][code] = self._part(code, step, values[year], open_to_all)
            for table in recipe.tableau:
                for code in table.codes:
                    answers[year].update(self._rows(profil, table, code, year, values[year], open_to_all))
            yield year, answers[year]

    def _status(
        self,
        told: LigneRecette,
        line: Rubrique,
        year: int,
        status: Mapping[str, Statut | None],
        values: Mapping[str, float],
        done: Mapping[str, bool],
        draws: Sequence[float],
    ) -> Statut | None:
        """Answered, not answered and why, or nothing at all (None)."""
        base = status.get(told.base) if told.base is not None else None
        outside = told.mission is not None and not done[told.mission]
        if outside or base is Statut.NON_CONCERNE:
            return Statut.NON_CONCERNE if Statut.NON_CONCERNE.value in line.statuts else None
        if told.si is not None and not values.get(told.si):
            return None
        usual = self.recette.frequence[line.niveau]
        # What is not followed is a little less so every year.
        late = self.recette.rattrapage ** (year - self.recette.reference)
        limit, draw = 0.0, draws[0]
        for state, own, common in (
            (None, told.sans_reponse, usual.sans_reponse),
            (Statut.NON_SUIVI, told.non_suivi, usual.non_suivi * late if told.non_suivi is None else None),
            (Statut.A_VENIR, told.a_venir, usual.a_venir),
        ):
            limit += (own if own is not None else common) or 0.0
            if draw < limit and (state is None or state.value in line.statuts):
                return state
        return Statut.RENSEIGNE

    def _number(
        self,
        profil: Profil,
        told: LigneRecette,
        line: Rubrique,
        year: int,
        values: dict[str, float],
        draws: Sequence[float],
        levels: Sequence[float],
        noise: Sequence[float],
    ) -> None:
        """What the line counts, whether it is answered or not: others are in proportion to it."""
        if told.code in values and not told.base:
            return  # a part of a total
        if told.valeurs:
            at = int(draws[5] * len(told.valeurs)) if not told.bruit else int(abs(noise[year - DEBUT]) * 7)
            values[told.code] = float(told.valeurs[at % len(told.valeurs)])
            return
        size = values[told.base] if told.base else 1.0
        size = max(size - sum(values[code] for code in told.moins), 0.0)
        if told.sur is not None:
            size = size / values[told.sur] if values[told.sur] else 0.0
        level = told.taux * math.exp(told.dispersion * levels[0])
        if told.code in self.heavy and profil.territoire in self.heavy[told.code] and told.concentration:
            level *= told.concentration.facteur
        if told.unites:
            level *= told.facteurs.get(_weighted(told.unites, draws[6]), 1.0)
        growth = (1 + told.tendance + 0.01 * levels[1] * bool(told.bruit)) ** (year - self.recette.reference)
        value = size * level * growth * math.exp(told.bruit * noise[year - DEBUT])
        low = [rate * values[code] for code, rate in told.plancher.items()]
        high = [rate * values[code] for code, rate in told.plafond.items()]
        if told.min is not None and size:
            low.append(told.min)
        people = self._base(profil, self.recette.habitants, year)
        high += [bound for bound in (told.max, line.bornes[1]) if bound is not None]
        high += [MARGE * line.bornes_par_habitant[1] * people] if line.bornes_par_habitant[1] is not None else []
        if line.genre is Genre.POURCENTAGE:
            high.append(100.0)
        rounded = _step(value, told.pas, round)
        if low and rounded < max(low):
            rounded = _step(max(low), told.pas, math.ceil)
        if high and rounded > min(high):
            rounded = _step(min(high), told.pas, math.floor)
        values[told.code] = max(rounded, 0.0)

    def _share(
        self,
        profil: Profil,
        told: LigneRecette,
        year: int,
        values: dict[str, float],
        status: dict[str, Statut | None],
        step: Statut | None,
        draws: Sequence[float],
    ) -> None:
        """The parts of a total: as many steps as it has, none lost, and the same situation."""
        if not told.parts:
            return
        rng = self._draw(profil, told.code, "parts")
        weights = np.array(list(told.parts.values())) * np.exp(0.25 * rng.standard_normal(len(told.parts)))
        exact = values[told.code] / told.pas * weights / weights.sum()
        whole = np.floor(exact)
        missing = round(values[told.code] / told.pas - whole.sum())
        whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
        followed = Statut.NON_SUIVI if step is Statut.RENSEIGNE and draws[7] < 0.15 else step
        for code, n in zip(told.parts, whole, strict=True):
            if code != RESTE:
                line = self.modele.rubrique(code)
                allowed = followed in (None, Statut.RENSEIGNE) or (line and str(followed) in line.statuts)
                values[code] = round(float(n) * told.pas, 6)
                status[code] = followed if allowed else None

    def _answer(
        self,
        told: LigneRecette,
        line: Rubrique,
        year: int,
        step: Statut | None,
        values: Mapping[str, float],
        draws: Sequence[float],
        diffusion: Diffusion,
    ) -> Reponse | None:
        if step is None:
            return None
        if step is not Statut.RENSEIGNE:
            return Reponse(told.code, statut=step, diffusion=diffusion)
        if line.genre in NOMBRES:
            return Reponse(
                told.code,
                valeur=values[told.code],
                unite=_weighted(told.unites, draws[6]) if told.unites else None,
                methode=_weighted(told.methodes, draws[8]) if told.methodes else None,
                diffusion=diffusion,
            )
        if line.genre is Genre.OUI_NON:
            return Reponse(told.code, valeur=values[told.code], diffusion=diffusion)
        if line.genre is Genre.CHOIX:
            chosen = _weighted(told.choix, draws[4])
            return Reponse(told.code, texte=chosen, note=told.notes.get(chosen), diffusion=diffusion)
        if line.genre is Genre.CHOIX_MULTIPLE:
            spread = [draws[4] * 7.31 * (n + 1) % 1 for n in range(len(told.choix))]
            chosen = [code for (code, part), u in zip(told.choix.items(), spread, strict=True) if u < part]
            kept = [one.code for one in line.choix if one.code in chosen]
            return Reponse(told.code, texte=" ; ".join(kept), diffusion=diffusion) if kept else None
        if line.genre is Genre.DATE:
            day = self._day(told.annees, draws[4])
            # Of what was not there yet that year, nothing is said.
            if told.annees[1] <= 0 and day.year > year:
                return None
            return Reponse(told.code, texte=day.isoformat(), diffusion=diffusion)
        return Reponse(told.code, texte=told.textes[int(draws[4] * len(told.textes))], diffusion=diffusion)

    def _part(self, code: str, step: Statut, values: Mapping[str, float], open_to_all: bool) -> Reponse:
        """A part that has no recipe of its own."""
        line = self.modele.rubrique(code)
        diffusion = Diffusion.PUBLIC if open_to_all and line and line.niveau != "option" else Diffusion.RESEAU
        if step is Statut.RENSEIGNE:
            return Reponse(code, valeur=values[code], diffusion=diffusion)
        return Reponse(code, statut=step, diffusion=diffusion)

    def _noted(self, line: Rubrique, given: Reponse, past: float | None, draws: Sequence[float]) -> Reponse:
        """With a note where the change since last year asks for one, and now and then where nothing does."""
        if given.note or given.valeur is None or line.genre not in NOMBRES:
            return given
        new, jump = given.valeur, 1 + (line.saut or SAUT)
        moved = past is not None and max(past, new) >= PETIT and (new > jump * past or new * jump < past)
        if moved and line.genre is not Genre.POURCENTAGE:
            return replace(given, note=self.recette.note_saut)
        if self.recette.notes and draws[9] < self.recette.note_part:
            return replace(given, note=self.recette.notes[int(draws[2] * len(self.recette.notes))])
        return given

    def _day(self, years: Sequence[int], draw: float) -> date:
        """A day between two years told from the last exercice, the last included."""
        first, last = (date(max(self.exercices) + years[0], 1, 1), date(max(self.exercices) + years[1], 12, 31))
        return first + timedelta(days=int(draw * ((last - first).days + 1)))

    # --- tables

    def _rows(
        self,
        profil: Profil,
        table: TableauRecette,
        code: str,
        year: int,
        values: Mapping[str, float],
        open_to_all: bool,
    ) -> dict[str, Reponse]:
        asked = self.modele.rubrique(code)
        assert asked is not None
        rng = self._draw(profil, code)
        draws = rng.random(3).tolist()
        if draws[0] >= table.part:
            return {code: Reponse(code, statut=Statut.NON_SUIVI)} if "non_suivi" in asked.statuts else {}
        columns = {one.code.partition(".")[2]: one for one in asked.colonnes}
        low, high = table.lignes
        many = min(low + int(draws[1] * (high - low + 1)), asked.lignes)
        leading: list[str] = []
        if table.premiere:
            offered = [one.code for one in columns[table.premiere].choix]
            chances = table.colonnes[table.premiere].choix if table.premiere in table.colonnes else {}
            leading = [offered[n] for n in rng.permutation(len(offered)) if not chances or chances.get(offered[n])]
        whole = [table.exemples[n] for n in rng.permutation(len(table.exemples))]
        many = min(many, len(leading) if table.premiere else many, len(whole) if whole else many)
        cells = rng.random((max(many, 1), len(table.colonnes), 2)).tolist()
        found: dict[str, Reponse] = {}
        diffusion = Diffusion.PUBLIC if open_to_all and draws[2] < self.recette.ouverture.lignes else Diffusion.RESEAU
        for n in range(many):
            row: dict[str, str | float] = dict(whole[n]) if whole else {}
            if table.premiere:
                row[table.premiere] = leading[n]
            for (name, cell), draw in zip(table.colonnes.items(), cells[n], strict=True):
                if name not in row and draw[0] < cell.remplie and not _left_out(cell, row):
                    row[name] = self._cell(cell, columns[name], values, draw)
            for name, value in row.items():
                number, text = (None, value) if isinstance(value, str) else (value, None)
                found[f"{code}.{name} {n + 1}"] = Reponse(f"{code}.{name}", n + 1, number, text, diffusion=diffusion)
        return found

    def _cell(
        self, cell: ColonneRecette, column: Rubrique, values: Mapping[str, float], draw: Sequence[float]
    ) -> str | float:
        if cell.base is not None:
            value = values[cell.base] * cell.taux * math.exp(cell.dispersion * (2 * draw[1] - 1))
            return _step(value, 10, math.ceil)
        if cell.annees:
            return self._day(cell.annees, draw[1]).isoformat()
        if cell.textes:
            return cell.textes[int(draw[1] * len(cell.textes))]
        return _weighted(cell.choix or {one.code: 1 for one in column.choix}, draw[1])

    # --- where it is

    def at(self, where: Avancement, answers: Mapping[str, Reponse]) -> tuple[Reponse, ...]:
        """The answers of a deposit, in the order of the questionnaire: part of them in a draft, one that is wrong in
        what was returned."""
        kept = list(answers.values())
        if where.etape is Etape.BROUILLON:
            words = (where.cle.territoire, str(where.cle.exercice), "brouillon")
            share = {code: _rng(self.graine, self.modele.code, *words, code).random() for code in self.order}
            kept = [one for one in kept if share[one.rubrique.partition(".")[0]] < COMMENCE]
        if where.etape is Etape.RENVOYE:
            wrong = self.recette.renvoi
            kept = [
                replace(one, valeur=one.valeur * wrong.facteur, note=None)
                if one.rubrique == wrong.rubrique and one.valeur is not None
                else one
                for one in kept
            ]
        return tuple(sorted(kept, key=lambda one: (self.order[one.rubrique.partition(".")[0]], one.rang)))


def _left_out(cell: ColonneRecette, row: Mapping[str, str | float]) -> bool:
    return any(row.get(name) in without for name, without in cell.sauf.items())


def _rng(graine: int, *words: str) -> np.random.Generator:
    seeds = [graine, *(zlib.crc32(word.encode()) for word in words)]
    return np.random.default_rng(np.array(seeds, dtype=np.uint32))


def _weighted(weights: Mapping[str, float], draw: float) -> str:
    """One of the choices, each as often as its weight says."""
    left = float(draw) * sum(weights.values())
    for code, weight in weights.items():
        left -= weight
        if left < 0:
            return code
    return list(weights)[-1]


def _step(value: float, step: float, how: Callable[[float], float]) -> float:
    """A value as a whole number of steps; a hair over one is not one more."""
    whole = value / step
    near = round(whole)
    return round(float(near if abs(whole - near) < 1e-9 else how(whole)) * step, 6)


def _nearest(known: Mapping[int, float], year: int) -> float | None:
    """The figure of the year, else of the last before, else of the first known."""
    if not known:
        return None
    before = [one for one in known if one <= year]
    return known[max(before) if before else min(known)]
