"""DGFiP balances: the accounts of a CCAS, budget by budget, summed as its nomenclature says.

Real operations only: what is debited net, order operations taken out on both sides. A side left blank is nil.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePosixPath

from etl import guarded
from etl.errors import DataError, Problem, listed, shown, system_told
from etl.saisies.imports.correspondances import Balances, Dont, RubriqueBalances, load_mapping
from etl.saisies.imports.resultat import Import, Motif, Remplissage, Sorte
from etl.saisies.modeles import Modele
from etl.saisies.saisie import ERREUR, SURPRISE, Constat
from etl.typography import count, exact, majuscule
from registre.records import Cle

MAX_BYTES = 1 << 30
COLONNES = ("exer", "ndept", "insee", "ctype", "nomen", "siren", "compte")
MONTANTS = ("obnetdeb", "obnetcre", "oobdeb", "oobcre")
# What another file may do without.
AUTRES = ("ident", "lbudg", "cbudg", "bal", "fonction")
AGAIN = "reprendre le fichier sur data.economie.gouv.fr (balances comptables des établissements publics locaux)"
# Of the lines that cannot be read, the first ones tell enough.
SHOWN = 20
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,6})?")
_ACCOUNT = re.compile(r"[1-9][0-9]{0,11}")
_NIL = Decimal(0)


@dataclass
class Budget:
    """A budget of a CCAS: its accounts, each with what is really spent (debit less credit) and nothing else."""

    cle: str
    nom: str
    nomenclature: str
    siren: str
    principal: bool
    comptes: dict[str, Decimal] = field(default_factory=dict)

    def total(self, sens: str, accounts: Sequence[str], left_out: Sequence[str] = ()) -> Decimal:
        """What the accounts that begin so spend (« depense ») or receive (« recette »)."""
        held = {code: value for code, value in self.comptes.items() if _in(code, accounts) and not _in(code, left_out)}
        spent = sum(held.values(), _NIL)
        return spent if sens == "depense" else -spent


@dataclass
class Lecture:
    """The budgets of some communes in a file; ``annees``: all the years that it holds for them."""

    nom: str
    budgets: dict[str, list[Budget]] = field(default_factory=dict)
    annees: dict[str, set[int]] = field(default_factory=dict)
    provisoires: set[str] = field(default_factory=set)
    constats: list[Constat] = field(default_factory=list)


def _in(code: str, beginnings: Sequence[str]) -> bool:
    return bool(beginnings) and code.startswith(tuple(beginnings))


def is_balances(header: str) -> bool:
    """Whether the first line of a text is that of a balance."""
    names = {name.strip('" ').lower() for name in re.split(r"[;,\t]", header.removeprefix("\ufeff").strip())}
    return {"compte", "obnetdeb", "obnetcre"} <= names


def read_balances(path: Path, mapping: Balances, communes: Collection[str], exercice: int) -> Lecture:
    """The budgets of these communes' CCAS in a balance (CSV, zipped or not). Raises DataError when it is none."""
    name = path.name
    with system_told(name), tempfile.TemporaryDirectory() as folder:
        raw, text = Path(folder) / "brut", Path(folder) / "texte"
        if guarded.kind_of(guarded.beginning_of(path)) == "zip":
            guarded.extract(path, name, lambda names: _only_csv(names, name), raw, MAX_BYTES)
        else:
            guarded.require_size(path, name, MAX_BYTES)
            raw = path
        guarded.write_text(raw, name, text)
        with text.open(encoding="utf-8", newline="") as stream:
            return _read(stream, name, mapping, communes, exercice)


def _only_csv(names: list[str], name: str) -> str:
    tables = [one for one in names if PurePosixPath(one).suffix.lower() in (".csv", ".txt")]
    if len(tables) != 1:
        told = f"l’archive doit contenir un seul CSV ; elle contient : {listed(names) or 'rien'}"
        raise DataError([Problem(name, told, conseil="n’y laisser que le fichier de la balance")])
    return tables[0]


def _read(stream: Iterator[str], name: str, mapping: Balances, communes: Collection[str], exercice: int) -> Lecture:
    places, rows = _rows(stream, name)
    reading, problems = Lecture(name), []
    known = {*mapping.principaux, *mapping.annexes}
    owners: dict[str, str] = {}  # the commune of each SIREN that has a CCAS's main budget
    kept: dict[str, tuple[Budget, str]] = {}
    seen: set[tuple[str, str, str]] = set()

    def cell(row: list[str], column: str) -> str:
        place = places.get(column)
        return row[place].strip() if place is not None and place < len(row) else ""

    last = max(places[one] for one in (*COLONNES, *MONTANTS))
    for line, row in rows:
        if len(row) <= last:
            # Whosever it is: a file that was cut is not the whole of anybody's accounts.
            problems.append(Problem(name, f"ligne coupée, {count(len(row), 'colonne')}", line, conseil=AGAIN))
            if len(problems) >= SHOWN:
                break
            continue
        commune = _commune(cell(row, "ndept"), cell(row, "insee"))
        if commune not in communes or cell(row, "ctype") not in known:
            continue
        told = _row_problem(row, cell)
        if told:
            problems.append(Problem(name, told[1], line, told[0], AGAIN))
            if len(problems) >= SHOWN:
                break
            continue
        year = int(cell(row, "exer"))
        reading.annees.setdefault(commune, set()).add(year)
        if year != exercice:
            continue
        siren = cell(row, "siren")
        key = cell(row, "ident") or f"{siren} {cell(row, 'lbudg')}"
        account = cell(row, "compte")
        place = (key, account, cell(row, "fonction"))
        if place in seen:
            told_twice = f"le compte {account} est deux fois dans le budget « {shown(cell(row, 'lbudg') or key)} »"
            problems.append(Problem(name, told_twice, line, conseil="ne garder qu’une balance dans le fichier"))
            continue
        seen.add(place)
        if key not in kept:
            main = cell(row, "ctype") in mapping.principaux and cell(row, "cbudg") in ("", "1", "2")
            kept[key] = Budget(key, cell(row, "lbudg") or key, cell(row, "nomen").upper(), siren, main), commune
            if main:
                owners.setdefault(siren, commune)
        if cell(row, "bal") and cell(row, "bal").upper() != "DEF":
            reading.provisoires.add(commune)
        budget = kept[key][0]
        amounts = [_amount(cell(row, column)) for column in MONTANTS]
        debit, credit, order_debit, order_credit = (value or _NIL for value in amounts)
        spent = (debit - order_debit) - (credit - order_credit)
        budget.comptes[account] = budget.comptes.get(account, _NIL) + spent
    if problems:
        raise DataError(problems)
    for budget, _ in kept.values():
        if budget.siren in owners:
            reading.budgets.setdefault(owners[budget.siren], []).append(budget)
    return reading


def _rows(stream: Iterator[str], name: str) -> tuple[dict[str, int], Iterator[tuple[int, list[str]]]]:
    """Where each column is, and the rows with their lines."""
    header = next(iter(stream), "")
    separator = max(";,\t", key=header.count)
    names = [one.strip('"\ufeff ').lower() for one in header.strip().split(separator)]
    missing = [one for one in (*COLONNES, *MONTANTS) if one not in names]
    if missing:
        told = f"ce n’est pas une balance entière : il manque {', '.join(one.upper() for one in missing)}"
        raise DataError([Problem(name, told, 1, conseil=AGAIN)])
    twice = sorted({one for one in names if one and names.count(one) > 1})
    if twice:
        raise DataError([Problem(name, f"colonne deux fois : {listed(twice)}", 1, conseil=AGAIN)])
    places = {one: names.index(one) for one in (*COLONNES, *MONTANTS, *AUTRES) if one in names}

    def read() -> Iterator[tuple[int, list[str]]]:
        rows = csv.reader(stream, delimiter=separator)
        try:
            for row in rows:
                if row:
                    yield rows.line_num + 1, row
        except csv.Error as error:
            told = "une ligne illisible : guillemet jamais refermé, ou case démesurée"
            raise DataError([Problem(name, told, rows.line_num + 1, conseil=AGAIN)]) from error

    return places, read()


def _commune(department: str, insee: str) -> str:
    """« 093 » and « 066 » → « 93066 »; an empty text for what is neither."""
    if not (re.fullmatch(r"0?[0-9][0-9AB]", department) and re.fullmatch(r"[0-9]{1,3}", insee)):
        return ""
    return department[-2:] + insee.zfill(3)


def _row_problem(row: list[str], cell: Callable[[list[str], str], str]) -> tuple[str, str] | None:
    """Why a row of a CCAS cannot be read: its column and what is wrong."""
    for column, pattern, what in (
        ("exer", r"20[0-9]{2}", "une année"),
        ("siren", r"[0-9]{9}", "un SIREN"),
        ("compte", _ACCOUNT.pattern, "un compte"),
        ("nomen", r"[A-Za-z0-9]{2,10}", "une nomenclature"),
    ):
        if not re.fullmatch(pattern, cell(row, column)):
            return column.upper(), f"« {shown(cell(row, column))} » n’est pas {what}"
    for column in MONTANTS:
        if _amount(cell(row, column)) is None:
            return column.upper(), f"« {shown(cell(row, column))} » n’est pas un montant"
    return None


def _amount(text: str) -> Decimal | None:
    """An amount; blank is nil, None is unreadable."""
    if not text:
        return _NIL
    return Decimal(text.replace(",", ".")) if _AMOUNT.fullmatch(text) else None


def import_balances(path: Path, modele: Modele, cle: Cle, lecture: Lecture | None = None) -> Import:
    """What a balance fills of a model for a commune and a year. ``lecture``: the file, when it was already read."""
    mapping = load_mapping(modele.code, Balances)
    found = lecture or read_balances(path, mapping, (cle.territoire,), cle.exercice)
    filling = Remplissage(Sorte.BALANCES, modele, cle, f"{mapping.source} {cle.exercice}")
    filling.constats += found.constats
    budgets, refused = _own(found, cle, filling, mapping)
    if refused:
        return filling.done(refused=True)
    names = ", ".join(f"« {shown(one.nom)} » ({one.nomenclature})" for one in budgets)
    filling.a_confirmer.append(f"les budgets lus : {names}")
    if cle.territoire in found.provisoires:
        told = "une balance qui n’est pas définitive"
        filling.constats.append(
            Constat(SURPRISE, told, "une balance définitive (BAL = DEF)", "reprendre le fichier quand il le sera")
        )
    _fill(mapping, budgets, filling)
    return filling.done()


def _own(found: Lecture, cle: Cle, filling: Remplissage, mapping: Balances) -> tuple[list[Budget], bool]:
    """The budgets of the CCAS: one SIREN, whose annexes are in; a CIAS that sits in the commune is another."""
    budgets = found.budgets.get(cle.territoire, [])
    heads = {one.siren: one for one in budgets if one.principal}
    if len(heads) > 1:
        own = {siren for siren, one in heads.items() if not re.search(r"\bCIAS\b|INTERCOM", one.nom.upper())}
        for siren in set(heads) - own:
            filling.leave(None, Motif.SANS_CASE, f"« {shown(heads[siren].nom)} »", "un CIAS n’est d’aucune commune")
        heads = {siren: one for siren, one in heads.items() if siren in own}
    if len(heads) == 1:
        (siren,) = heads
        return [one for one in budgets if one.siren == siren], False
    if heads:
        told = f"plusieurs CCAS pour la commune {cle.territoire} : {listed([one.nom for one in heads.values()])}"
        advice = "ne laisser que celui de la commune dans le fichier"
        filling.constats.append(Constat(ERREUR, told, "un seul CCAS", advice))
        return [], True
    years = sorted(found.annees.get(cle.territoire, ()))
    told = f"aucun budget de CCAS pour {cle.territoire} en {cle.exercice}"
    if years:
        told += f" ; le fichier a {', '.join(str(year) for year in years)}"
    wanted = f"des budgets de type {' ou '.join(mapping.principaux)} (CCAS), exercice {cle.exercice}"
    advice = "prendre la balance des établissements publics locaux de cet exercice, non celle des communes"
    filling.constats.append(Constat(ERREUR, told, wanted, advice))
    return [], True


def _fill(mapping: Balances, budgets: Sequence[Budget], filling: Remplissage) -> None:
    known: set[str] = set()
    for one in mapping.rubrique:
        if one.exige is not None and one.exige not in known:
            filling.leave(one.code, Motif.DOUTEUX, one.libelle, f"elle ne se sait pas sans {one.exige}")
            continue
        if _fill_line(mapping, one, budgets, filling):
            known.add(one.code)
    for trap in mapping.piege:
        concerned = [one for one in budgets if _family(mapping, one) == trap.nomenclature]
        amount = sum((one.total("depense", trap.comptes) for one in concerned), _NIL)
        if amount:
            filling.leave(None, Motif.SANS_CASE, f"{trap.libelle} : {exact(float(amount))}\u00a0€", trap.raison)
    for absent in mapping.absente:
        filling.leave(absent.code, Motif.PAS_DANS_LE_FICHIER, "", absent.raison)


def _fill_line(mapping: Balances, one: RubriqueBalances, budgets: Sequence[Budget], filling: Remplissage) -> bool:
    """Fill a line, or say why not; whether its amount is known."""
    held = [budget for budget in budgets if not one.principal or budget.principal]
    unread = [budget for budget in held if _family(mapping, budget) not in one.comptes and budget.comptes]
    readable = [budget for budget in held if budget not in unread]
    amount, used = _NIL, set()
    for budget in readable:
        accounts = one.comptes[_family(mapping, budget)]
        amount += budget.total(one.sens, accounts, one.hors)
        used.update(accounts)
    value = float(round(amount, 2))
    where = f"comptes {', '.join(sorted(used)) or '—'}" + (f" sauf {', '.join(one.hors)}" if one.hors else "")
    where += f", {count(len(readable), 'budget')}"
    if not readable:
        told = ", ".join(sorted({budget.nomenclature for budget in unread})) or "aucun budget"
        filling.leave(
            one.code, Motif.DOUTEUX, one.libelle, f"les comptes de cette nomenclature ({told}) ne sont pas dits"
        )
        return False
    if one.usage == "comparer" and not amount:
        filling.leave(one.code, Motif.PAS_DANS_LE_FICHIER, "", f"rien aux {where}")
        return False
    if one.usage == "comparer":
        filling.compare(one.code, value, one.libelle, one.pourquoi, where)
        return False
    if unread:
        names = ", ".join(f"« {shown(budget.nom)} » ({budget.nomenclature})" for budget in unread)
        why = f"sans {names}, dont les comptes se lisent autrement : ce n’est qu’une partie"
        filling.compare(one.code, value, one.libelle, why, where)
        return False
    if not amount and one.si_nul:
        filling.leave(one.code, Motif.DOUTEUX, one.libelle, one.si_nul, where)
        return False
    filling.fill(one.code, value, where, f"{majuscule(one.libelle)} ; {_told(one.dont, readable, where)}")
    return True


def _told(parts: Sequence[Dont], budgets: Sequence[Budget], where: str) -> str:
    """What the note says of an amount: the accounts, the parts that matter, the transfers left in."""
    words = [where]
    for part in parts:
        amount = sum((budget.total(part.sens, part.comptes) for budget in budgets), _NIL)
        words.append(f"{part.libelle} : {exact(float(round(amount, 2)))}\u00a0€")
    if len(budgets) > 1:
        words.append("les versements d’un budget à l’autre ne sont pas retirés")
    return " ; ".join(words) + "."


def _family(mapping: Balances, budget: Budget) -> str:
    """The declared nomenclature that a budget's is of: « M57A » is M57; its own name when none is."""
    return next((one for one in mapping.nomenclatures if budget.nomenclature.startswith(one)), budget.nomenclature)
