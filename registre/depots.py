"""Deposits: every save is a revision that is kept, every step is a line of the audit, a stale write is refused."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, false, func, insert, select, update

from registre.base import Base
from registre.errors import Introuvable, Invalide, Perime, said, shown
from registre.etapes import AVEC_MOTIF, Action, next_step, stays_in_force
from registre.journal import Ecriture, Etat, canonical, last, lines
from registre.records import (
    Acteur,
    Cle,
    Confirme,
    Depot,
    Diffusion,
    Ecrit,
    Etape,
    Reponse,
    Revision,
    Statut,
    differences,
)
from registre.schema import compteur, depot, fichier, reponse, revision
from registre.textes import clean, filled

OBJET = "depot"
_CODE = re.compile(r"[\w.\-]+", re.ASCII)
_PREMIER, _DERNIER = 1900, 2999
_REPONSE = ("rubrique", "rang", "valeur", "texte", "statut", "note", "unite", "methode", "diffusion")
_FAITS = {
    Action.ENREGISTRER: "l’a modifié",
    Action.SOUMETTRE: "l’a soumis",
    Action.RENVOYER: "l’a renvoyé",
    Action.CONFIRMER: "l’a confirmé",
    Action.RETIRER: "l’a retiré",
    Action.RESTAURER: "l’a restauré",
}


def address(cle: Cle) -> str:
    """A deposit's name in the audit: « bilan/93066/2025 »."""
    return f"{cle.modele}/{cle.territoire}/{cle.exercice}"


class Depots:
    """What is read and written of deposits; ``attendu`` is always the version that the caller has read."""

    def __init__(self, base: Base) -> None:
        self.base = base

    def depot(self, cle: Cle) -> Depot | None:
        """Where a deposit is, None when nothing was ever saved."""
        with self.base.reading() as connexion:
            return _depot(connexion, cle)

    def depots(
        self,
        *,
        modele: str | None = None,
        exercice: int | None = None,
        territoires: Collection[str] | None = None,
        etapes: Collection[Etape] | None = None,
        demonstration: bool | None = None,
    ) -> list[Depot]:
        """Deposits by model, year and territory; ``demonstration`` is that of the last revision saved."""
        query = _depots().order_by(depot.c.modele, depot.c.exercice, depot.c.territoire)
        if modele is not None:
            query = query.where(depot.c.modele == modele)
        if exercice is not None:
            query = query.where(depot.c.exercice == exercice)
        if territoires is not None:
            query = query.where(depot.c.territoire.in_(list(territoires)))
        if etapes is not None:
            query = query.where(depot.c.etape.in_([etape.value for etape in etapes]))
        if demonstration is not None:
            query = query.where(revision.c.demonstration == demonstration)
        with self.base.reading() as connexion:
            return [_read_depot(row) for row in connexion.execute(query)]

    def reponses(self, cle: Cle, numero: int | None = None) -> tuple[Reponse, ...]:
        """The answers of a revision, the last one by default, by line then row. Raises Introuvable."""
        with self.base.reading() as connexion:
            found = _present(_depot(connexion, cle), cle)
            numero = found.revision.numero if numero is None else numero
            if not 1 <= numero <= found.revision.numero:
                raise Introuvable(f"le dépôt n’a pas de révision {numero}", str(cle), "relire le dépôt")
            return _reponses(connexion, found.numero, numero)

    def revisions(self, cle: Cle) -> list[Revision]:
        """All that was ever saved in a deposit, first to last; empty when nothing was."""
        query = select(revision).join(depot, depot.c.numero == revision.c.depot).where(_is(cle))
        with self.base.reading() as connexion:
            return [_read_revision(row) for row in connexion.execute(query.order_by(revision.c.numero))]

    def historique(self, cle: Cle) -> list[Ecrit]:
        """All that was done to a deposit, first to last."""
        with self.base.reading() as connexion:
            return list(lines(connexion, OBJET, address(cle)))

    def brouillon(
        self,
        cle: Cle,
        reponses: Iterable[Reponse],
        acteur: Acteur,
        *,
        attendu: int | None,
        modele_version: str,
        fichier: str | None = None,
        nom_fichier: str | None = None,
        demonstration: bool = False,
        au_nom_de: str | None = None,
        note: str | None = None,
    ) -> Depot:
        """Save a revision; the deposit becomes a draft. ``attendu``: None when there was no deposit yet.

        To save the last revision of a draft again writes nothing. ``fichier``: the address of a file of the register.
        Raises Perime, TransitionRefusee, Invalide, Introuvable (the file).
        """
        answers = _checked(cle, reponses)
        values: dict[str, Any] = {
            "modele_version": clean(modele_version, str(cle)),
            "demonstration": demonstration,
            "fichier": fichier,
            "nom_fichier": clean(nom_fichier, str(cle)),
            "au_nom_de": clean(au_nom_de, str(cle)),
            "note": clean(note, str(cle)),
            "nombre": len(answers),
        }
        values["empreinte"] = fingerprint(values, answers)

        def work(ecriture: Ecriture) -> Depot:
            before = _expected(ecriture.connexion, cle, attendu)
            etape = next_step(before and before.etape, Action.ENREGISTRER, str(cle))
            if before and demonstration and not before.revision.demonstration:
                raise Invalide(
                    "une démonstration ne remplace pas un dépôt réel", str(cle), "laisser ce dépôt tel qu’il est"
                )
            _file_is_there(ecriture.connexion, fichier)
            if before and before.etape is etape and before.revision.empreinte == values["empreinte"]:
                return before
            numero = before.numero if before else _next(ecriture.connexion, depot.c.numero)
            number = before.revision.numero + 1 if before else 1
            who = _who(ecriture.acteur)
            state = {"etape": etape.value, "revision": number, "motif": None, "modifie_le": ecriture.quand} | who
            if before is None:
                new = {"modele": cle.modele, "territoire": cle.territoire, "exercice": cle.exercice, "version": 1}
                ecriture.connexion.execute(
                    insert(depot).values(state | new | {"numero": numero, "cree_le": ecriture.quand})
                )
            saved = {"depot": numero, "numero": number, "ecrite_le": ecriture.quand} | who
            ecriture.connexion.execute(insert(revision).values(saved | values))
            if answers:
                rows = [{"depot": numero, "revision": number} | _columns(answer) for answer in answers]
                ecriture.connexion.execute(insert(reponse), rows)
            if before is not None:
                _set(ecriture.connexion, before, state)
            return _noted(ecriture, Action.ENREGISTRER, cle, note)

        return self.base.write(acteur, work)

    def soumettre(self, cle: Cle, acteur: Acteur, *, attendu: int, note: str | None = None) -> Depot:
        """Say that a draft is finished. Raises Perime, TransitionRefusee, Introuvable."""
        return self._step(Action.SOUMETTRE, cle, acteur, attendu, note)

    def renvoyer(self, cle: Cle, motif: str, acteur: Acteur, *, attendu: int) -> Depot:
        """Return what was submitted or confirmed, with a reason; a confirmed deposit is no longer in force."""
        return self._step(Action.RENVOYER, cle, acteur, attendu, motif)

    def confirmer(self, cle: Cle, acteur: Acteur, *, attendu: int, note: str | None = None) -> Depot:
        """Put what was submitted in force, in the place of what was. Raises Perime, TransitionRefusee, Introuvable."""
        return self._step(Action.CONFIRMER, cle, acteur, attendu, note)

    def retirer(self, cle: Cle, motif: str, acteur: Acteur, *, attendu: int) -> Depot:
        """Withdraw a deposit, with a reason: it no longer counts, and can be restored as it was."""
        return self._step(Action.RETIRER, cle, acteur, attendu, motif)

    def restaurer(self, cle: Cle, acteur: Acteur, *, attendu: int, note: str | None = None) -> Depot:
        """Put a withdrawn deposit back where it was. Raises Perime, TransitionRefusee, Introuvable."""
        return self._step(Action.RESTAURER, cle, acteur, attendu, note)

    def _step(self, action: Action, cle: Cle, acteur: Acteur, attendu: int, note: str | None) -> Depot:
        note = filled(note, "le motif", str(cle)) if action in AVEC_MOTIF else clean(note, str(cle))

        def work(ecriture: Ecriture) -> Depot:
            before = _present(_expected(ecriture.connexion, cle, attendu), cle)
            withdrawn_from = ecriture.connexion.execute(select(depot.c.avant_retrait).where(_is(cle))).scalar()
            etape = next_step(before.etape, action, str(cle), Etape(withdrawn_from) if withdrawn_from else None)
            confirmed = before.confirmee if stays_in_force(before.etape, action) else None
            state = {
                "etape": etape.value,
                "confirmee": before.revision.numero if action is Action.CONFIRMER else confirmed,
                "avant_retrait": before.etape.value if action is Action.RETIRER else None,
                "motif": note if action in AVEC_MOTIF else None,
                "modifie_le": ecriture.quand,
            }
            if action is Action.RESTAURER and etape is Etape.RENVOYE:
                state["motif"] = _reason(ecriture.connexion, cle)
            _set(ecriture.connexion, before, state | _who(ecriture.acteur))
            return _noted(ecriture, action, cle, note)

        return self.base.write(acteur, work)


class Confirmes:
    """The deposits in force in one state of the register; ``revision`` and ``empreinte`` are those of that state."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion
        state = connexion.execute(select(compteur.c.revision, compteur.c.empreinte)).one()
        self.revision: int = state.revision
        self.empreinte: str = state.empreinte

    def entetes(self) -> list[tuple[int, Cle, Revision]]:
        """Each deposit in force, by model, year and territory, without its answers: number, key, revision."""
        heads = (
            _depots(confirmed=True)
            .where(depot.c.confirmee.is_not(None), depot.c.etape != Etape.RETIRE.value)
            .order_by(depot.c.modele, depot.c.exercice, depot.c.territoire)
        )
        return [(row.numero, _cle(row), _read_revision(row, "revision_")) for row in self._connexion.execute(heads)]

    def reponses(self, numero: int, revision: int) -> tuple[Reponse, ...]:
        """The answers of a revision of a deposit, by line then row."""
        return _reponses(self._connexion, numero, revision)

    def __iter__(self) -> Iterator[Confirme]:
        """By model, year and territory; answers by line then row."""
        found = self.entetes()
        query = (
            select(depot.c.numero, *(reponse.c[name] for name in _REPONSE))
            .join(depot, and_(depot.c.numero == reponse.c.depot, depot.c.confirmee == reponse.c.revision))
            .where(depot.c.etape != Etape.RETIRE.value)
            .order_by(depot.c.modele, depot.c.exercice, depot.c.territoire)
        )
        rows = self._connexion.execute(query, execution_options={"yield_per": 5_000})
        answers = groupby(rows, key=lambda row: row[0])
        current = next(answers, None)
        for numero, cle, saved in found:
            own: list[Reponse] = []
            if current is not None and current[0] == numero:
                own = sorted((_read_reponse(row[1:]) for row in current[1]), key=_place)
                current = next(answers, None)
            yield Confirme(numero, cle, saved, tuple(own))


def fingerprint(values: dict[str, Any], answers: Iterable[Reponse]) -> str:
    """The sha256 of a revision: what it says, and what it was read from; neither when nor by whom."""
    about = ("modele_version", "demonstration", "fichier", "nom_fichier", "au_nom_de", "note")
    content = [[values[name] for name in about], [list(_columns(answer).values()) for answer in answers]]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def picture(row: Row[Any] | None) -> Etat | None:
    """The state of a deposit as the audit keeps it, from its row joined to its revision's."""
    if row is None:
        return None
    names = ("numero", "etape", "version", "revision", "confirmee", "avant_retrait", "motif")
    return {name: getattr(row, name) for name in names} | {"empreinte": row.revision_empreinte}


def joined() -> Select[Any]:
    """Deposits with their last revision, whose columns are named « revision_… »."""
    return _depots()


def sorted_answers(rows: Iterable[Any]) -> list[Reponse]:
    """Answers read from rows of the table, by line then row. Raises KeyError for an unknown status."""
    return sorted((_read_reponse([getattr(row, name) for name in _REPONSE]) for row in rows), key=_place)


def _checked(cle: Cle, reponses: Iterable[Reponse]) -> list[Reponse]:
    """The answers as they are recorded, by line then row. Raises Invalide."""
    for name, code in (("modèle", cle.modele), ("territoire", cle.territoire)):
        if not _CODE.fullmatch(code):
            raise Invalide(f"« {shown(code)} » n’est pas un code de {name}", str(cle), "relire l’adresse du dépôt")
    if not _PREMIER <= cle.exercice <= _DERNIER:
        raise Invalide(f"{cle.exercice} n’est pas une année", str(cle), "relire l’adresse du dépôt")
    found: dict[tuple[str, int], Reponse] = {}
    for given in reponses:
        place = f"{cle}, ligne {shown(given.rubrique)}" + (f", rang {given.rang}" if given.rang else "")
        if (given.rubrique, given.rang) in found:
            raise Invalide("deux réponses pour la même case", place, "n’en garder qu’une")
        if given.valeur is not None and not math.isfinite(given.valeur):
            raise Invalide("cette valeur n’est pas un nombre", place, "laisser la case vide et choisir un statut")
        if not 0 <= given.rang < 2**31:
            raise Invalide("ce rang n’en est pas un", place, "numéroter les rangs à partir de 1")
        for text in (given.rubrique, given.texte, given.note, given.unite, given.methode):
            clean(text, place)
        found[given.rubrique, given.rang] = given
    return sorted(found.values(), key=_place)


def _place(answer: Reponse) -> tuple[str, int]:
    return answer.rubrique, answer.rang


def _columns(answer: Reponse) -> dict[str, Any]:
    """An answer as a row; a value is a float, and zero has no sign: databases do not all keep it."""
    return {
        "rubrique": answer.rubrique,
        "rang": answer.rang,
        "valeur": None if answer.valeur is None else float(answer.valeur) + 0.0,
        "texte": answer.texte,
        "statut": Statut(answer.statut).value,
        "note": answer.note,
        "unite": answer.unite,
        "methode": answer.methode,
        "diffusion": Diffusion(answer.diffusion).value,
    }


_STATUTS, _DIFFUSIONS = {s.value: s for s in Statut}, {d.value: d for d in Diffusion}


def _read_reponse(row: Any) -> Reponse:
    rubrique, rang, valeur, texte, statut, note, unite, methode, diffusion = row
    return Reponse(rubrique, rang, valeur, texte, _STATUTS[statut], note, unite, methode, _DIFFUSIONS[diffusion])


def _reponses(connexion: Connection, numero: int, number: int) -> tuple[Reponse, ...]:
    query = select(*(reponse.c[name] for name in _REPONSE)).where(
        reponse.c.depot == numero, reponse.c.revision == number
    )
    # Sorted here: databases do not all sort letters alike.
    return tuple(sorted((_read_reponse(row) for row in connexion.execute(query)), key=_place))


def _depots(confirmed: bool = False) -> Select[Any]:
    wanted = depot.c.confirmee if confirmed else depot.c.revision
    columns = [column.label(f"revision_{column.name}") for column in revision.c]
    return select(depot, *columns).join(revision, and_(revision.c.depot == depot.c.numero, revision.c.numero == wanted))


def _is(cle: Cle) -> Any:
    # An address read in a URL may be anything; some of it, a database would refuse to compare.
    if not (_CODE.fullmatch(cle.modele) and _CODE.fullmatch(cle.territoire) and _PREMIER <= cle.exercice <= _DERNIER):
        return false()
    return and_(depot.c.modele == cle.modele, depot.c.territoire == cle.territoire, depot.c.exercice == cle.exercice)


def _cle(row: Any) -> Cle:
    return Cle(row.modele, row.territoire, row.exercice)


def _depot(connexion: Connection, cle: Cle) -> Depot | None:
    row = connexion.execute(_depots().where(_is(cle))).one_or_none()
    return None if row is None else _read_depot(row)


def _read_depot(row: Any) -> Depot:
    return Depot(
        row.numero,
        _cle(row),
        Etape(row.etape),
        row.version,
        _read_revision(row, "revision_"),
        row.confirmee,
        row.motif,
        row.cree_le,
        row.modifie_le,
        Acteur(row.courriel, row.nom, row.role),
    )


def _read_revision(row: Any, prefix: str = "") -> Revision:
    def get(name: str) -> Any:
        return getattr(row, prefix + name)

    return Revision(
        get("numero"),
        get("ecrite_le"),
        Acteur(get("courriel"), get("nom"), get("role")),
        get("modele_version"),
        get("demonstration"),
        get("fichier"),
        get("nom_fichier"),
        get("au_nom_de"),
        get("note"),
        get("nombre"),
        get("empreinte"),
    )


def _present(found: Depot | None, cle: Cle) -> Depot:
    if found is None:
        raise Introuvable("aucun dépôt à ce nom", str(cle), "enregistrer d’abord un brouillon")
    return found


def _expected(connexion: Connection, cle: Cle, attendu: int | None) -> Depot | None:
    """The deposit, if it is still at the version that the caller has read. Raises Perime."""
    found = _depot(connexion, cle)
    if (found.version if found else None) == attendu:
        return found
    if found is None:
        raise Perime("ce dépôt n’existe plus : le registre a été restauré", str(cle), version=0)
    written = list(lines(connexion, OBJET, address(cle)))
    unseen = [line for line in written if (line.apres or {}).get("version", 0) > (attendu or 0)]
    if not unseen:
        raise Perime(
            f"le registre a été restauré depuis la lecture : la version {attendu} n’y est plus",
            str(cle),
            version=found.version,
        )
    read = next((line.apres for line in written if line.apres and line.apres["version"] == attendu), None)
    known = _reponses(connexion, found.numero, int(str(read["revision"]))) if read else ()
    now = _reponses(connexion, found.numero, found.revision.numero)
    changed = tuple(dict.fromkeys(difference.rubrique for difference in differences(known, now)))
    newest = unseen[-1]
    told = " ; ".join(f"{line.acteur} {_FAITS[Action(line.action)]} {said(line.quand)}" for line in unseen[-3:])
    words = f"{told}. "
    if changed:
        more = f" et {len(changed) - 10} de plus" if len(changed) > 10 else ""
        words += f"Lignes changées : {', '.join(shown(code) for code in changed[:10])}{more}"
    else:
        words += "Aucune réponse n’a changé"
    raise Perime(
        f"le dépôt a changé depuis la lecture : {words}",
        str(cle),
        version=found.version,
        par=str(newest.acteur),
        quand=newest.quand,
        changements=changed,
    )


def _file_is_there(connexion: Connection, sha256: str | None) -> None:
    if sha256 is None:
        return
    if connexion.execute(select(fichier.c.sha256).where(fichier.c.sha256 == sha256)).first() is None:
        raise Introuvable("ce fichier n’est pas dans le registre", shown(sha256), "le déposer d’abord")


def _next(connexion: Connection, column: Any) -> int:
    """The next number: no other writer can take it, each waits for its turn."""
    return (connexion.execute(select(func.max(column))).scalar() or 0) + 1


def _who(acteur: Acteur) -> dict[str, Any]:
    return {"courriel": acteur.courriel, "nom": acteur.nom, "role": acteur.role}


def _set(connexion: Connection, before: Depot, state: dict[str, Any]) -> None:
    values = state | {"version": before.version + 1}
    connexion.execute(update(depot).where(depot.c.numero == before.numero).values(values))


def _reason(connexion: Connection, cle: Cle) -> str | None:
    """Why a deposit that was withdrawn had been returned."""
    returned = [line for line in lines(connexion, OBJET, address(cle)) if line.action == Action.RENVOYER.value]
    return returned[-1].note if returned else None


def _noted(ecriture: Ecriture, action: Action, cle: Cle, note: str | None) -> Depot:
    row = ecriture.connexion.execute(_depots().where(_is(cle))).one()
    former = last(ecriture.connexion, OBJET, address(cle))
    ecriture.note(action.value, OBJET, address(cle), former and former.apres, picture(row), note)
    return _read_depot(row)
