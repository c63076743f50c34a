"""Statistical secrecy of what the CCAS count: what the public file must not hold, nor let anyone deduce.

Two things are hidden: small counts of persons (1 to 4), with the amounts and ratios that go with them, and what a CCAS
keeps for the network. Neither may be found again from what is published: sums by area, rules between lines (« A = B +
C »), former editions, which readers keep. More is withheld until every hidden value is shown to be safe.

It is safe when there is proof: other networks, that differ by that value, would have published exactly the same. Every
statement made so far is a linear equation over the hidden values; hidden values that appear in the same equations can
be exchanged, and null vectors of the equations give the other exchanges. Such a proof never says too much, whatever
means the reader has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A count of persons from 1 to 4 is hidden; a zero is not: it is about nobody.
SEUIL = 5
# What a reader may at best deduce of a hidden count of persons: an interval of this width.
LARGEUR = 5.0
# And of another hidden value: a tenth of it, and at least this.
PART, LARGEUR_AUTRE = 0.1, 1.0
# A share of fewer persons than this is hidden.
PERSONNES_D_UNE_PART = 11
# Above so many distinct columns, null vectors cost too much: what they alone would prove is withheld.
COLONNES = 700
# How many times withheld things are tried again, once all is safe.
REPRISES = 100
# Sums of the past looked at together: what they take is this times the values of a component.
PASSE = 500
# Partners hidden beside a small count before its sum is withheld.
PARTENAIRES = 2

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Relation:
    """A rule between lines of a model that anyone may read: ``total`` is the sum of ``parties``.

    Not ``exacte``: the total is at least the sum (« dont »), and what is left is itself a count.
    """

    total: str
    parties: tuple[str, ...]
    exacte: bool = True


@dataclass(frozen=True)
class Ligne:
    """A line of a model, in one unit. ``suit``: the rubrique that it is the amount or ratio of; ``part``: it is a
    percentage; ``additive``: it has sums by area."""

    rubrique: str
    unite: str = ""
    compte: bool = False
    suit: str | None = None
    part: bool = False
    additive: bool = True


@dataclass(frozen=True)
class Cellules:
    """Values of one model and year, arrays of the same length; ``valeur`` is NaN for « non concerné ».

    ``ligne``, ``lieu``: indices. ``depuis``, ``jusque``: the editions during which the value held, the second excluded
    (0 for the values of today, which are ``courante``). ``visible``: its CCAS, or the law, makes it public;
    ``loi``: the law does. ``connue``: a former edition published it.
    """

    ligne: Ints
    lieu: Ints
    rang: Ints
    valeur: Floats
    visible: Bools
    loi: Bools
    connue: Bools
    depuis: Ints
    jusque: Ints
    courante: Bools


@dataclass(frozen=True)
class Lot:
    """All that readers can put together: a model, a year, real or demonstration.

    ``zones``: areas × places, who is in each. ``entieres``: areas whose sum needs everyone. ``passees``: the sums that
    former editions published, as (zone, ligne, edition) rows.
    """

    lignes: Sequence[Ligne]
    cellules: Cellules
    zones: Bools
    entieres: Bools
    passees: Ints
    relations: Sequence[Relation] = ()


@dataclass(frozen=True)
class Decision:
    """``motif``: of each value, « » when it is published as it stands, else « reseau », « primaire », « lie » or
    « complementaire ». ``sommes``: (zone, ligne, motif) of the sums withheld."""

    motif: NDArray[np.str_]
    sommes: list[tuple[int, int, str]]


def decide(lot: Lot, secondaire: bool = True) -> Decision:
    """What to withhold of a lot. Without ``secondaire``, small values alone: for the tests of the attack."""
    cells = lot.cellules
    motif = np.full(len(cells.ligne), "", dtype="<U14")
    motif[cells.courante & ~cells.visible] = "reseau"
    counts = np.array([line.compte for line in lot.lignes], dtype=bool)[cells.ligne]
    small = counts & cells.courante & (cells.valeur != 0) & (cells.valeur < SEUIL)
    motif[small & (motif == "")] = "primaire"
    withheld = np.full((len(lot.zones), len(lot.lignes)), "", dtype="<U14")
    grouped = _components(lot)
    for _ in range(1 + max((len(part) for part in grouped), default=0)):
        before = motif.copy(), withheld.copy()
        for part in grouped:
            for n in part:
                _follow(lot, n, motif, withheld)
            _Systeme(lot, part, motif, withheld).protect(secondaire)
        if (before[0] == motif).all() and (before[1] == withheld).all():
            break
        # A line that follows another of its own component is looked at again: it may have to hide more.
        if not any(_within(lot, part) for part in grouped):
            break
    return Decision(motif, [(int(z), int(n), str(withheld[z, n])) for z, n in np.argwhere(withheld != "")])


def _within(lot: Lot, part: Sequence[int]) -> bool:
    codes = {lot.lignes[n].rubrique for n in part}
    return any(lot.lignes[n].suit in codes for n in part)


def _components(lot: Lot) -> list[list[int]]:
    """Lines bound by relations go together, those that others follow first."""
    group = list(range(len(lot.lignes)))
    by_code: dict[tuple[str, str], int] = {(line.rubrique, line.unite): n for n, line in enumerate(lot.lignes)}
    for relation in lot.relations:
        for unite in {line.unite for line in lot.lignes}:
            codes = [(code, unite) for code in (relation.total, *relation.parties)]
            bound = [group[by_code[code]] for code in codes if code in by_code]
            group = [bound[0] if g in bound else g for g in group] if bound else group
    depth = [_depth(lot, n) for n in range(len(lot.lignes))]
    parts: dict[int, list[int]] = {}
    for n in sorted(range(len(group)), key=lambda n: (depth[n], n)):
        parts.setdefault(group[n], []).append(n)
    return sorted(parts.values(), key=lambda part: max(depth[n] for n in part))


def _depth(lot: Lot, n: int) -> int:
    leader = {line.rubrique: line.suit for line in lot.lignes}
    depth, code = 0, lot.lignes[n].suit
    while code is not None and depth < len(lot.lignes):
        depth, code = depth + 1, leader.get(code)
    return depth


def _follow(lot: Lot, n: int, motif: NDArray[np.str_], withheld: NDArray[np.str_]) -> None:
    """Hide the amounts and ratios of what is hidden, sums included, and the shares that would give a small count."""
    line, cells = lot.lignes[n], lot.cellules
    if line.suit is None:
        return
    leaders = [k for k, one in enumerate(lot.lignes) if one.rubrique == line.suit]
    mine = np.flatnonzero((cells.ligne == n) & cells.courante)
    theirs = np.flatnonzero(np.isin(cells.ligne, leaders) & cells.courante)
    shape = lot.zones.shape[1], int(cells.rang.max(initial=0)) + 1
    persons, shown = np.full(shape, -1.0), np.zeros(shape, dtype=bool)
    persons[cells.lieu[theirs], cells.rang[theirs]] = np.nan_to_num(cells.valeur[theirs])
    shown[cells.lieu[theirs], cells.rang[theirs]] = motif[theirs] == ""
    rows = cells.rang[mine]
    # A column of a table may follow a line asked once.
    rows = np.where(persons[cells.lieu[mine], rows] < 0, 0, rows)
    # What it is the amount of is not said: nobody can say that it is not that of one person.
    safe = shown[cells.lieu[mine], rows]
    if line.part:
        whole, share = persons[cells.lieu[mine], rows], cells.valeur[mine] / 100
        for part in (whole * share, whole * (1 - share)):
            safe &= (part <= 1e-9) | (part >= SEUIL)
        safe &= (whole == 0) | (whole >= PERSONNES_D_UNE_PART)
    motif[mine[~safe & (motif[mine] == "")]] = "lie"
    withheld[(withheld[:, leaders] != "").any(axis=1) & (withheld[:, n] == ""), n] = "lie"


class _Systeme:
    """The lines of a component, as values that readers know or do not, and the equations that bind them."""

    def __init__(self, lot: Lot, part: list[int], motif: NDArray[np.str_], withheld: NDArray[np.str_]) -> None:
        self.lot, self.part, self.motif, self.withheld = lot, part, motif, withheld
        cells = lot.cellules
        self.rows = np.flatnonzero(_among(cells.ligne, part) & ~np.isnan(cells.valeur))
        self._gather_values()
        self._gather_sums()
        self._gather_past()
        self._gather_relations()
        self._tries: dict[tuple[int, int], int] = {}

    def _gather_values(self) -> None:
        """A variable: a place, a line, a row, a value. The same value, come back, is the same variable."""
        cells, rows = self.lot.cellules, self.rows
        keys = np.zeros(len(rows), dtype=[("l", "i8"), ("p", "i8"), ("r", "i8"), ("v", "f8")])
        keys["l"], keys["p"], keys["r"] = cells.ligne[rows], cells.lieu[rows], cells.rang[rows]
        keys["v"] = cells.valeur[rows]
        values, self.var = np.unique(keys, return_inverse=True)
        size = len(values)
        self.ligne, self.lieu, self.rang = values["l"], values["p"], values["r"]
        self.valeur = values["v"].astype(float)
        self.courante, self.connue, self.visible = (np.zeros(size, dtype=bool) for _ in range(3))
        self.courante[self.var[cells.courante[rows]]] = True
        self.connue[self.var[cells.connue[rows]]] = True
        now = rows[cells.courante[rows]]
        current = self.var[cells.courante[rows]]
        self.visible[current] = cells.visible[now]
        self.publiee = np.zeros(size, dtype=bool)
        self.publiee[current] = self.motif[now] == ""
        self.loi = np.zeros(size, dtype=bool)
        self.loi[current] = cells.loi[now]
        compte = np.array([line.compte for line in self.lot.lignes], dtype=bool)
        suit = np.array([line.suit is not None for line in self.lot.lignes], dtype=bool)
        self.compte, self.personnes = compte[self.ligne], (compte | suit)[self.ligne]
        self.cachable = self.publiee & ~self.loi & ~self.connue
        # A reader may suppose that a « secret » count is not a zero, hidden as a last resort only.
        self.plancher = np.minimum(0.0, self.valeur)
        sure = self.compte & (self.visible | ~self.courante) & (self.valeur >= 1)
        self.plancher[sure] = 1.0
        self.besoin = np.where(self.compte, LARGEUR, np.maximum(LARGEUR_AUTRE, PART * np.abs(self.valeur)))
        # Hidden for the sake of others, it need only be unsure.
        self.besoin[self.cachable] = LARGEUR_AUTRE
        self.initiale = self.publiee.copy()

    def _gather_sums(self) -> None:
        """Sums of today that can be published, and those that are small counts."""
        zones = self.lot.zones
        pairs = [(z, n) for n in self.part if self.lot.lignes[n].additive for z in range(len(zones))]
        self.sz = np.array([z for z, _ in pairs], dtype=np.int64)
        self.sl = np.array([n for _, n in pairs], dtype=np.int64)
        inside = zones[self.sz][:, self.lieu] if len(pairs) else np.zeros((0, len(self.lieu)), dtype=bool)
        self.membres = inside & (self.ligne[None, :] == self.sl[:, None]) & self.courante[None, :]
        total = self.membres @ self.valeur
        held = self.membres.any(axis=1)
        for s in np.flatnonzero(held & self.lot.entieres[self.sz]):
            held[s] = len(set(self.lieu[self.membres[s]])) == zones[self.sz[s]].sum()
        counts = np.array([self.lot.lignes[n].compte for n in self.sl], dtype=bool)
        small = held & counts & (total != 0) & (total < SEUIL)
        self.withheld[self.sz[small], self.sl[small]] = "primaire"
        self.spub = held & (self.withheld[self.sz, self.sl] == "")
        self.sinit = self.spub.copy()
        self.taille = zones.sum(axis=1)[self.sz]
        self.groupes = [(np.flatnonzero(self.membres[s]), LARGEUR) for s in np.flatnonzero(small)]
        # Several rows of a table in one place: their sum is that of one CCAS.
        many = self.courante & ~self.visible & (self.rang > 0)
        for n in self.part:
            for place in np.unique(self.lieu[many & (self.ligne == n)]):
                rows = np.flatnonzero(many & (self.ligne == n) & (self.lieu == place))
                if len(rows) > 1:
                    need = max(LARGEUR_AUTRE, PART * abs(float(self.valeur[rows].sum())))
                    self.groupes.append((rows, need))

    def _gather_past(self) -> None:
        """What former editions said of sums, over the values that held then."""
        past, cells = self.lot.passees, self.lot.cellules
        past = past[_among(past[:, 1], self.part)] if len(past) else past.reshape(0, 3)
        held = np.zeros((len(past), len(self.ligne)), dtype=np.int8)
        rows = self.rows
        until = np.where(cells.jusque[rows] == 0, np.iinfo(np.int64).max, cells.jusque[rows])
        for start in range(0, len(past), PASSE):
            zone, line, edition = (column[:, None] for column in past[start : start + PASSE].T)
            inside = (cells.ligne[rows] == line) & self.lot.zones[zone[:, 0]][:, cells.lieu[rows]]
            e, k = np.nonzero(inside & (cells.depuis[rows] <= edition) & (until > edition))
            held[start + e, self.var[k]] = 1
        self.passe = _distinct(held)

    def _gather_relations(self) -> None:
        """The rules that hold, in each place and at each time; what is left of a « dont » is a variable more."""
        found: list[tuple[list[int], int, list[int]]] = []
        rest: list[tuple[int, int, int, float]] = []
        index = {(line.rubrique, line.unite): n for n, line in enumerate(self.lot.lignes) if n in self.part}
        for relation in self.lot.relations:
            for unite in sorted({unite for _, unite in index}):
                total = index.get((relation.total, unite))
                parts = [index[(code, unite)] for code in relation.parties if (code, unite) in index]
                if total is not None and parts:
                    self._hold(relation, total, parts, found, rest)
        self._extend(rest)
        self.liens = np.zeros((len(found), len(self.ligne)), dtype=np.int8)
        for e, (parts, total, more) in enumerate(found):
            self.liens[e, parts] = 1
            self.liens[e, more] = 1
            self.liens[e, total] = -1

    def _hold(self, relation: Relation, total: int, parts: list[int], found: list, rest: list) -> None:
        cells, rows = self.lot.cellules, self.rows
        several = np.isin(cells.ligne[rows], [total, *parts])
        places: dict[tuple[int, int], list[int]] = {}
        for k in np.flatnonzero(several):
            places.setdefault((int(cells.lieu[rows[k]]), int(cells.rang[rows[k]])), []).append(int(k))
        seen = set()
        for (place, rang), ks in places.items():
            for edition in sorted({int(cells.depuis[rows[k]]) for k in ks}):
                alive = [k for k in ks if cells.depuis[rows[k]] <= edition and not 0 < cells.jusque[rows[k]] <= edition]
                whole = [int(self.var[k]) for k in alive if cells.ligne[rows[k]] == total]
                members = sorted(int(self.var[k]) for k in alive if cells.ligne[rows[k]] != total)
                if not whole or not members or (whole[0], *members) in seen:
                    continue
                seen.add((whole[0], *members))
                left = float(self.valeur[whole[0]] - self.valeur[members].sum())
                # What a missing part of a total must be can be counted too, like what is left of a « dont ».
                whole_rule = relation.exacte and len(members) == len(parts)
                if abs(left) < 1e-6:
                    found.append((members, whole[0], []))
                elif not whole_rule and left > 0:
                    found.append((members, whole[0], [len(self.ligne) + len(rest)]))
                    rest.append((total, place, rang, left))

    def _extend(self, rest: list[tuple[int, int, int, float]]) -> None:
        """Variables that no file holds: what is left of a total, itself a small count at times."""
        if not rest:
            return
        more, size = len(rest), len(self.ligne)
        lines, places, rows, values = zip(*rest, strict=True)
        self.ligne, self.lieu = np.append(self.ligne, lines), np.append(self.lieu, places)
        self.rang, self.valeur = np.append(self.rang, rows), np.append(self.valeur, values)
        self.compte, self.personnes = (np.append(a, a[[0] * more]) for a in (self.compte, self.personnes))
        counts = np.array([self.lot.lignes[n].compte for n in lines], dtype=bool)
        self.compte[size:] = self.personnes[size:] = counts
        for name in ("courante", "connue", "visible", "publiee", "loi", "cachable", "initiale"):
            setattr(self, name, np.append(getattr(self, name), np.zeros(more, dtype=bool)))
        self.plancher = np.append(self.plancher, np.zeros(more))
        left = self.valeur[size:]
        # A remainder that is no small count is nobody's secret.
        self.besoin = np.append(self.besoin, np.where(counts & (left > 0) & (left < SEUIL), LARGEUR, 0.0))
        self.membres = np.hstack([self.membres, np.zeros((len(self.membres), more), dtype=bool)])
        self.passe = np.hstack([self.passe, np.zeros((len(self.passe), more), dtype=np.int8)])

    # --- what is safe

    def unsafe(self) -> tuple[Ints, list[int]]:
        """The hidden variables, then the groups of them, that are not shown to be safe."""
        hidden, widths, groups, _ = self._widths()
        wrong = [g for g, (_, need) in enumerate(self.groupes) if groups[g] < need - 1e-9]
        return hidden[widths < self.besoin[hidden] - 1e-9], wrong

    def _widths(self, always: bool = False) -> tuple[Ints, Floats, Floats, Bools]:
        """The hidden variables, how far each can be shown to change, the same of the groups, and which ones the
        equations alone determine. Null vectors are looked for where exchanges are not enough, or ``always``."""
        hidden = np.flatnonzero(~(self.connue | self.publiee))
        if not len(hidden):
            return hidden, np.zeros(0), np.full(len(self.groupes), np.inf), np.zeros(0, dtype=bool)
        equations = np.vstack([self.membres[self.spub].astype(np.int8), self.passe, self.liens])[:, hidden]
        equations = equations[equations.any(axis=1)]
        slack = self.valeur[hidden] - self.plancher[hidden]
        classes, size, free, columns = _classes(equations, len(hidden))
        room = np.bincount(classes, weights=slack, minlength=size).astype(float)
        number = np.bincount(classes, minlength=size)
        up = np.where(free[classes], np.inf, room[classes] - slack)
        down = np.where(free[classes] | (number[classes] > 1), slack, 0.0)
        fixed = ~free[classes] & (number[classes] == 1)
        directions = None
        short = (up + down < self.besoin[hidden] - 1e-9).any()
        if (short or always) and (len(self.passe) or len(self.liens)) and size <= COLONNES:
            directions = _null_vectors(columns, np.where(free, np.inf, room))
            rise, fall = _reach(directions, room)
            up = up + rise[classes]
            down = np.maximum(down, np.minimum(slack, fall[classes]))
            fixed &= ~(directions != 0).any(axis=0)[classes]
        at = np.full(len(self.ligne), -1)
        at[hidden] = np.arange(len(hidden))
        groups = np.full(len(self.groupes), np.inf)
        for g, (members, _) in enumerate(self.groupes):
            mine = at[members][at[members] >= 0]
            if len(mine):
                groups[g] = _width(mine, classes, slack, room, number, free, directions)
        return hidden, up + down, groups, fixed

    def _accept_the_past(self) -> None:
        """What readers already know, whatever is withheld from now on, is not asked to be safe."""
        if not len(self.passe) and not len(self.liens):
            return
        kept = self.publiee.copy(), self.spub.copy()
        self.publiee &= ~self.cachable
        self.spub[:] = False
        hidden, widths, groups, fixed = self._widths(always=True)
        self.publiee, self.spub = kept
        # Shown by a weak proof only: nothing more may be said of it.
        floor = np.where(fixed, 0.0, np.maximum(widths, 1e-6))
        self.besoin[hidden] = np.minimum(self.besoin[hidden], floor)
        self.groupes = [(rows, min(need, float(groups[g]))) for g, (rows, need) in enumerate(self.groupes)]

    # --- what to withhold

    def protect(self, secondaire: bool = True) -> None:
        """Withhold until all is safe, then give back what can be; write the decision where it is kept."""
        if secondaire:
            self._accept_the_past()
        while secondaire:
            short, groups = self.unsafe()
            if not len(short) and not groups:
                break
            asked = [*short, *(self.groupes[g][0][0] for g in groups)]
            done, moved = set(), False
            for v in sorted(asked, key=lambda v: -self.besoin[v]):
                where = self._smallest(int(v), int(self.ligne[v]))
                if where not in done:
                    done.add(where)
                    moved |= self._withdraw(int(v))
            if not moved and not self._withdraw_all():
                break
        if secondaire:
            self._give_back()
        cells = self.lot.cellules
        now = self.rows[cells.courante[self.rows]]
        var = self.var[cells.courante[self.rows]]
        lost = now[~self.publiee[var] & (self.motif[now] == "")]
        self.motif[lost] = "complementaire"
        gone = self.sinit & ~self.spub
        self.withheld[self.sz[gone], self.sl[gone]] = "complementaire"

    def _smallest(self, v: int, line: int) -> int | None:
        """The smallest sum published of this line where this variable is."""
        around = self.spub & (self.sl == line) & self.lot.zones[self.sz, self.lieu[v]]
        found = np.flatnonzero(around)
        return int(found[np.argmin(self.taille[found])]) if len(found) else None

    def _withdraw(self, v: int) -> bool:
        """One thing less, the one that costs least. False when nothing is left that has to do with it."""
        line = int(self.ligne[v])
        s = self._smallest(v, line)
        if self.personnes[v]:
            if self._hide_related(v):
                return True
            key = (line, -1 if s is None else s)
            if s is not None and self._tries.get(key, 0) < PARTENAIRES and self._hide_partner(v, s):
                self._tries[key] = self._tries.get(key, 0) + 1
                return True
        lines = [line, *(n for n in self.part if n != line)] if len(self.liens) else [line]
        for n in lines:
            s = self._smallest(v, n)
            if s is not None:
                self._withdraw_sum(v, s)
                return True
        return self._hide_everything(v)

    def _hide_related(self, v: int) -> bool:
        """The smallest other term of a rule whose only unknown is this variable."""
        for equation in self.liens[self.liens[:, v] != 0]:
            terms = np.flatnonzero(equation)
            unknown = terms[~(self.connue | self.publiee)[terms]]
            offered = terms[(self.cachable & self.publiee & (self.valeur > 0))[terms]]
            if len(unknown) == 1 and len(offered):
                # The total goes last: it is the one that is read.
                w = min(offered, key=lambda w: (equation[w] < 0, self.valeur[w]))
                self.publiee[w] = False
                return True
        return False

    def _hide_partner(self, v: int, s: int) -> bool:
        """The same line in another place of the sum: the smallest value that is enough, else the largest."""
        offered = self.cachable & self.publiee & (self.valeur > 0) & (self.lieu != self.lieu[v])
        others = np.flatnonzero(self.membres[s] & offered)
        if not len(others):
            return False
        enough = others[self.valeur[others] - 1 >= self.besoin[v]]
        w = enough[np.argmin(self.valeur[enough])] if len(enough) else others[np.argmax(self.valeur[others])]
        self.publiee[w] = False
        if len(self.liens):
            here = self.courante & ~self.publiee & (self.lieu == self.lieu[v]) & (self.rang == self.rang[v])
            there = self.cachable & (self.valeur > 0) & (self.lieu == self.lieu[w]) & (self.rang == self.rang[w])
            self.publiee[there & np.isin(self.ligne, self.ligne[here])] = False
        return True

    def _withdraw_sum(self, v: int, s: int) -> None:
        """The sum ``s``; or another one inside it, when that one alone tells the hidden values of the two apart."""
        zones = self.lot.zones
        within = self.spub & (self.sl == self.sl[s]) & (self.taille < self.taille[s])
        within &= ~(zones[self.sz] & ~zones[self.sz[s]]).any(axis=1)
        slack = np.where(self.connue | self.publiee, 0.0, self.valeur - self.plancher)
        room = np.where(within, self.membres @ slack, -1.0)
        if len(room) and room.max() >= self.besoin[v]:
            s = int(room.argmax())
        self.spub[s] = False

    def _hide_everything(self, v: int) -> bool:
        """All that is bound to a place by rules."""
        bound = self.liens[self.liens[:, v] != 0].any(axis=0) if len(self.liens) else np.zeros(0, dtype=bool)
        bound = np.flatnonzero(bound)
        offered = bound[self.cachable[bound] & self.publiee[bound]] if len(bound) else bound
        self.publiee[offered] = False
        return bool(len(offered))

    def _withdraw_all(self) -> bool:
        offered = self.cachable & self.publiee
        left = bool(self.spub.any() or offered.any())
        if self.spub.any():
            self.spub[:] = False
        else:
            self.publiee[offered] = False
        return left

    def _give_back(self) -> None:
        """What was withheld and need not be, largest sums first."""
        sums = np.flatnonzero(self.sinit & ~self.spub)
        values = np.flatnonzero(self.initiale & ~self.publiee)
        self._reprises = REPRISES
        for s in sorted(sums, key=lambda s: -self.taille[s]):
            self._try(self.spub, [int(s)])
        self._try(self.publiee, sorted(map(int, values), key=lambda v: -self.valeur[v]))

    def _try(self, held: Bools, offers: list[int]) -> None:
        """Give all of it back, else each half of it."""
        if not offers or self._reprises == 0:
            return
        self._reprises -= 1
        held[offers] = True
        short, groups = self.unsafe()
        if not len(short) and not groups:
            return
        held[offers] = False
        if len(offers) > 1:
            half = len(offers) // 2
            self._try(held, offers[:half])
            self._try(held, offers[half:])


def _among(values: Ints, wanted: Sequence[int]) -> Bools:
    return values == wanted[0] if len(wanted) == 1 else np.isin(values, wanted)


def _distinct(rows: NDArray[np.int8]) -> NDArray[np.int8]:
    """The rows, each once, in the order of their bytes."""
    if not rows.size:
        return rows[:1] if len(rows) and not rows.shape[1] else rows
    packed = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    return rows[np.unique(packed, return_index=True)[1]]


def _classes(equations: NDArray[np.int8], size: int) -> tuple[Ints, int, Bools, NDArray[np.int8]]:
    """Variables that appear in the same equations: the class of each, how many, which are in none, one column each."""
    if not len(equations):
        return np.zeros(size, dtype=np.int64), 1, np.ones(1, dtype=bool), np.zeros((0, 1), dtype=np.int8)
    columns = np.ascontiguousarray(equations.T)
    packed = columns.view(np.dtype((np.void, columns.shape[1]))).ravel()
    _, first, classes = np.unique(packed, return_index=True, return_inverse=True)
    kept = columns[first]
    return classes.ravel(), len(first), np.asarray(~kept.any(axis=1)), kept.T


def _null_vectors(columns: NDArray[np.int8], room: Floats) -> Floats:
    """A basis (vectors × columns) of what can change without changing any equation.

    The columns that have most room come first: they make up for the others.
    """
    order = np.argsort(-room, kind="stable")
    work = columns[:, order].astype(float)
    pivots: list[int] = []
    top = 0
    for c in range(work.shape[1]):
        if top == len(work):
            break
        r = top + int(np.abs(work[top:, c]).argmax())
        if abs(work[r, c]) < 1e-9:
            continue
        work[[top, r]] = work[[r, top]]
        work[top] /= work[top, c]
        others = np.flatnonzero(np.abs(work[:, c]) > 1e-12)
        others = others[others != top]
        work[others] -= np.outer(work[others, c], work[top])
        pivots.append(c)
        top += 1
    free = np.setdiff1d(np.arange(work.shape[1]), pivots)
    basis = np.zeros((len(free), work.shape[1]))
    basis[np.arange(len(free)), free] = 1
    basis[:, pivots] = -work[: len(pivots), free].T
    basis[np.abs(basis) < 1e-9] = 0
    found = np.zeros_like(basis)
    found[:, order] = basis
    return found


def _steps(directions: Floats, room: Floats) -> tuple[Floats, Floats]:
    """How far one can go along each direction, forth and back, before a value falls below what it can be."""
    with np.errstate(divide="ignore", invalid="ignore"):
        forth = np.where(directions < 0, room / -directions, np.inf).min(axis=1, initial=np.inf)
        back = np.where(directions > 0, room / directions, np.inf).min(axis=1, initial=np.inf)
    return forth, back


def _reach(directions: Floats, room: Floats) -> tuple[Floats, Floats]:
    """How much each column can rise and fall along one direction."""
    size = directions.shape[1]
    if not len(directions):
        return np.zeros(size), np.zeros(size)
    forth, back = _steps(directions, room)
    with np.errstate(invalid="ignore"):
        one = np.where(directions != 0, directions * forth[:, None], 0.0)
        two = np.where(directions != 0, -directions * back[:, None], 0.0)
    both = np.vstack([one, two])
    return both.max(axis=0, initial=0.0), -both.min(axis=0, initial=0.0)


def _width(
    mine: Ints, classes: Ints, slack: Floats, room: Floats, number: Ints, free: Bools, directions: Floats | None
) -> float:
    """How much the sum of some variables can change: exchanges with others of their classes, or along a direction."""
    if free[classes[mine]].any():
        return np.inf
    inside = np.bincount(classes[mine], minlength=len(number))
    cut = (inside > 0) & (inside < number)
    width = float(room[cut].sum())
    if directions is not None and len(directions):
        part = np.zeros(len(number))
        part[(inside == number) & (inside > 0)] = 1
        usable = ~((directions != 0) & cut[None, :]).any(axis=1)
        forth, back = _steps(directions[usable], room)
        change = np.abs(directions[usable] @ part)
        with np.errstate(invalid="ignore"):
            far = np.where(change > 0, change * (forth + back), 0.0)
        width = max(width, float(far.max(initial=0.0)))
    return width
