"""DomiFa's statistics workbook: rows known by their section, sub-title and label, whatever the edition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from etl.errors import DataError, Problem, shown
from etl.saisies.fichier import Contenu, Page, open_workbook
from etl.saisies.imports.correspondances import Controle, Domifa, load_mapping
from etl.saisies.imports.resultat import Import, Motif, Remplissage, Sorte
from etl.saisies.modeles import Modele
from etl.saisies.plan import address
from etl.saisies.saisie import ERREUR, SURPRISE, Constat
from etl.saisies.valeurs import PLUS_GRAND, is_blank
from etl.tableur import Unreadable, read_number
from etl.typography import count, exact, fold
from registre.records import Cle

LIBELLE, VALEUR = 2, 3
# Where the header says whose figures these are, when they were exported, and of which period.
NOM, EXPORT, DEBUT, FIN = 1, 5, 6, 7
AGAIN = "exporter de nouveau les statistiques depuis DomiFa, sans toucher au fichier"
# Instants are written as the clock of DomiFa's server shows them: an hour or two from ours.
_CLOCK = timedelta(hours=2)


def norm(text: Any) -> str:
    """A label without case, accents, punctuation nor plurals: what its typing mistakes leave of it."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(str(text))).split()
    return " ".join(
        word[:-1] if len(word) > 2 and word[-1] in "sx" and not word[0].isdigit() else word for word in words
    )


def is_domifa(content: Contenu) -> bool:
    """Whether a workbook is one that DomiFa made: a sheet with its titles."""
    return any(
        re.match(r"(axe )?1 (connaissance du public|domicilie par statut)", norm(page.cell(row, LIBELLE)))
        for page in content.pages.values()
        for row in range(1, min(len(page.valeurs), 40) + 1)
    )


def open_export(path: Path) -> Contenu:
    """The workbook, opened without trusting it. Raises DataError, with what to do in DomiFa."""
    try:
        return open_workbook(path)
    except DataError as error:
        told = [Problem(one.fichier, one.message, one.ligne, one.colonne, AGAIN) for one in error.problems]
        raise DataError(told) from error


@dataclass
class _Lecture:
    """The rows met: values and cells by code, and the labels that nothing knows."""

    valeurs: dict[str, float] = field(default_factory=dict)
    cellules: dict[str, str] = field(default_factory=dict)
    titres: dict[str, tuple[str, str]] = field(default_factory=dict)
    autres: dict[str, int] = field(default_factory=dict)
    constats: list[Constat] = field(default_factory=list)
    douteuses: set[str] = field(default_factory=set)


def read_domifa(content: Contenu, modele: Modele, cle: Cle) -> Import:
    """What a DomiFa workbook fills of a model. Raises DataError when it has not the sheet of the statistics."""
    mapping = load_mapping(modele.code, Domifa)
    page = next((one for name, one in content.pages.items() if norm(name) == norm(mapping.feuille)), None)
    if page is None:
        told = f"il n’y a pas de feuille « {mapping.feuille} » : {', '.join(shown(one) for one in content.pages)}"
        raise DataError([Problem(content.nom, told, conseil=AGAIN)])
    exported = _instant(page.cell(EXPORT, VALEUR))
    source = f"{mapping.source}, export du {exported:%d/%m/%Y}" if exported else mapping.source
    filling = Remplissage(Sorte.DOMIFA, modele, cle, source)
    reading = _read(page, mapping)
    whole = [*_check_period(page, cle, reading), *_missing(page, mapping, reading)]
    filling.constats += [*whole, *reading.constats]
    _say_structure(page, mapping, filling)
    for check in mapping.controle:
        filling.constats += _check_sum(page, check, reading)
    _fill(page, mapping, reading, filling)
    return filling.done(refused=bool(whole))


def _read(page: Page, mapping: Domifa) -> _Lecture:
    """Every row of the sheet, at its place."""
    reading = _Lecture()
    known = {
        (one.section, group, norm(label)): one.code
        for one in mapping.ligne
        for group in ([norm(name) for name in one.groupes] or [""])
        for label in one.libelles
    }
    groups = {(one.section, norm(name)) for one in mapping.ligne for name in one.groupes}
    section, group, blank = "", "", True
    for row in range(FIN + 1, len(page.valeurs) + 1):
        written, value = str(page.cell(row, LIBELLE)), page.cell(row, VALEUR)
        label = norm(written)
        if not label:
            group, blank = "", True
            continue
        title = next((one.code for one in mapping.section if re.search(one.titre, label)), None)
        if title is not None:
            section, group, blank = title, "", True
            reading.titres[title] = (address(row, LIBELLE), written)
            continue
        code = known.get((section, group, label))
        if code is None and (section, label) in groups:
            group, blank = label, False
            continue
        if code is not None:
            _take(reading, page, code, row, shown(" ".join(written.split())))
        elif is_blank(value) and blank:
            group = label  # a sub-title of another edition, or of rows that nothing asks
        elif section:
            place = group or section
            reading.autres[place] = reading.autres.get(place, 0) + 1
        blank = False
    return reading


def _take(reading: _Lecture, page: Page, code: str, row: int, label: str) -> None:
    cell, where = page.cell(row, VALEUR), address(row, VALEUR)

    def wrong(found: str, wanted: str) -> None:
        reading.douteuses.add(code)
        reading.constats.append(Constat(ERREUR, f"{label} : {found}", wanted, AGAIN, page.nom, where))

    if code in reading.cellules:
        wrong(f"la ligne y est deux fois ({reading.cellules[code]} et {where})", "une seule fois")
        return
    reading.cellules[code] = where
    if (row, VALEUR) in page.formules:
        wrong("une formule", "un nombre")
        return
    if is_blank(cell):
        wrong("une case vide", "un nombre")
        return
    number = _number(cell)
    if number is None:
        wrong(f"« {shown(str(cell))} »", "un nombre entier, positif ou nul")
    else:
        reading.valeurs[code] = number


def _number(cell: Any) -> float | None:
    """A count, None for anything else."""
    if isinstance(cell, str):
        try:
            cell = float(read_number(" ".join(cell.split()), commas=False))
        except Unreadable:
            return None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return None
    return float(cell) if 0 <= cell <= PLUS_GRAND and float(cell).is_integer() else None


def _instant(cell: Any) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    written = re.match(r"\s*([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\b", str(cell))
    try:
        return datetime(int(written[3]), int(written[2]), int(written[1])) if written else None
    except ValueError:
        return None


def _is_start(found: datetime, year: int) -> bool:
    return datetime(year, 1, 1) - _CLOCK <= found < datetime(year, 1, 2)


def _is_end(found: datetime, year: int) -> bool:
    midnight = datetime(year + 1, 1, 1)
    return datetime(year, 12, 31) <= found < midnight + _CLOCK and found != midnight


def _check_period(page: Page, cle: Cle, reading: _Lecture) -> Iterator[Constat]:
    """The figures are those of the year that is asked, in the header and in the titles; else nothing is taken."""
    year = cle.exercice
    advice = f"dans DomiFa, choisir la période du 01/01/{year} au 31/12/{year}, puis exporter de nouveau"
    for row, what, holds in ((DEBUT, "début", _is_start), (FIN, "fin", _is_end)):
        cell = page.cell(row, VALEUR)
        found = _instant(cell)
        wanted = f"le {'01/01' if row == DEBUT else '31/12'}/{year}"
        if found is None or not holds(found, year):
            told = f"{found:%d/%m/%Y}" if found else shown(str(cell)) or "rien"
            text = f"{what} de période : {told}"
            yield Constat(ERREUR, text, wanted, advice, page.nom, address(row, VALEUR))
    for where, title in reading.titres.values():
        for day in re.findall(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", title):
            found = _instant(day)
            last = datetime(year, 12, 31), datetime(year + 1, 1, 1)
            if found is None or not (_is_start(found, year) or found in last):
                told = f"un titre qui dit une autre période : « {shown(title, 90)} »"
                yield Constat(ERREUR, told, f"l’année {year}", advice, page.nom, where)


def _missing(page: Page, mapping: Domifa, reading: _Lecture) -> Iterator[Constat]:
    """Sections that the sheet has not: the layout is no longer the one that is known."""
    used = {one.section for one in mapping.ligne}
    for one in mapping.section:
        if one.code in used and one.code not in reading.titres and one.code != mapping.section[-1].code:
            told = f"il manque la partie « {one.code} »"
            advice = AGAIN + " ; si le fichier vient d’être exporté, le montrer à l’union : DomiFa a changé"
            yield Constat(ERREUR, told, "une feuille de statistiques entière", advice, page.nom)


def _say_structure(page: Page, mapping: Domifa, filling: Remplissage) -> None:
    """Whose figures these are: the file has a name, never a commune."""
    name = shown(" ".join(str(page.cell(NOM, VALEUR)).split()))
    if not name:
        filling.a_confirmer.append("la structure : le fichier ne la nomme pas")
        return
    filling.a_confirmer.append(f"la structure du fichier : « {name} »")
    if mapping.structure and not re.search(mapping.structure, norm(name)):
        told, wanted = f"la structure « {name} »", "un CCAS ou un CIAS"
        advice = "vérifier que c’est bien celle du CCAS : d’autres organismes tiennent aussi DomiFa"
        filling.constats.append(Constat(SURPRISE, told, wanted, advice, page.nom, address(NOM, VALEUR)))


def _check_sum(page: Page, check: Controle, reading: _Lecture) -> Iterator[Constat]:
    """A sum that does not hold; its lines are then left aside, unless it is only a probable one."""
    codes = (check.total, *check.parties)
    if any(code not in reading.valeurs for code in codes):
        return
    total, parts = reading.valeurs[check.total], sum(reading.valeurs[code] for code in check.parties)
    if total == parts:
        return
    cells = " + ".join(reading.cellules[code] for code in check.parties)
    told, wanted = f"{exact(total)}, et {exact(parts)} pour {cells}", "le même nombre"
    advice = "vérifier dans DomiFa" if check.tolere else "vérifier dans DomiFa, et saisir soi-même ces rubriques"
    if not check.tolere:
        reading.douteuses.update(codes)
    yield Constat(SURPRISE, told, wanted, advice, page.nom, reading.cellules[check.total])


def _fill(page: Page, mapping: Domifa, reading: _Lecture, filling: Remplissage) -> None:
    used: set[str] = set()
    for one in mapping.rubrique:
        used.update(one.lignes)
        where = f"feuille « {page.nom} », {' + '.join(reading.cellules.get(code, '?') for code in one.lignes)}"
        absent = [code for code in one.lignes if code not in reading.cellules]
        doubtful = [code for code in one.lignes if code in reading.douteuses]
        if absent:
            labels = " ; ".join(f"« {shown(_label(mapping, code))} »" for code in absent)
            why = f"la feuille n’a pas la ligne {labels} : cette édition ne la compte pas"
            filling.leave(one.code, Motif.PAS_DANS_LE_FICHIER, "", why)
        elif doubtful:
            values = [reading.valeurs.get(code) for code in one.lignes]
            found = " + ".join("?" if value is None else exact(value) for value in values)
            filling.leave(one.code, Motif.DOUTEUX, found, "la feuille se contredit : voir les constats", where)
        else:
            filling.fill(one.code, sum(reading.valeurs[code] for code in one.lignes), where)
    for one in mapping.absente:
        filling.leave(one.code, Motif.PAS_DANS_LE_FICHIER, "", one.raison)
    unused = [code for code in reading.cellules if code not in used]
    others = len(unused) + sum(reading.autres.values())
    if others:
        found = f"{count(others, 'ligne')} de plus dans la feuille"
        filling.leave(None, Motif.SANS_CASE, found, "le modèle ne les demande pas")


def _label(mapping: Domifa, code: str) -> str:
    return next(one.libelles[0] for one in mapping.ligne if one.code == code)
