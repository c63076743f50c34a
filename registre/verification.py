"""Is the register what was written in it? Every hash, reference, number and step is gone through again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, exists, func, not_, select, text

from registre import commentaires, comptes, depots, journal, migrations, reglages
from registre.base import Base
from registre.errors import RegistreError
from registre.etapes import Action, next_step, stays_in_force
from registre.fichiers import Fichiers
from registre.records import Ecrit, Etape
from registre.schema import (
    TETE,
    commentaire,
    compte,
    compteur,
    depot,
    fichier,
    invitation,
    metadata,
    reglage,
    reponse,
    revision,
)
from registre.schema import journal as table_journal

_LOT = 2_000
# What the audit says of the register itself: nothing that a table holds.
_SANS_TABLE = "registre"


@dataclass(frozen=True)
class Constat:
    """Something found. ``grave``: what was written is no longer there as it was; else, only worth knowing."""

    ou: str
    quoi: str
    grave: bool = True


@dataclass(frozen=True)
class Examen:
    """What was gone through, and found."""

    revision: int
    empreinte: str
    depots: int
    revisions: int
    fichiers: int
    constats: tuple[Constat, ...]

    @property
    def sain(self) -> bool:
        """Whether nothing serious was found."""
        return not any(constat.grave for constat in self.constats)


def verify(base: Base, fichiers: Fichiers, avance: Callable[[str], None] = lambda _step: None) -> Examen:
    """Go through the whole register, in one state, and its files; change nothing. Raises SchemaRefuse, Indisponible."""
    found: list[Constat] = []
    with base.reading() as connexion:
        state = connexion.execute(select(compteur)).one_or_none()
        schema = migrations.current(connexion)
        if schema != TETE:
            found.append(Constat("schéma", f"{schema} au lieu de {TETE} : python -m registre migrer"))
        elif migrations.gap(connexion):
            found.append(Constat("schéma", "les tables ne sont pas celles que les migrations laissent"))
        avance("Base de données")
        found += _engine(connexion)
        found += _references(connexion)
        avance("Journal")
        lines = Journal(connexion, state)
        found += lines.constats
        avance("États")
        found += _states(connexion, lines.states)
        avance("Dépôts")
        found += _deposits(connexion)
        found += _steps(lines.steps)
        avance("Réponses")
        found += _revisions(connexion)
        known = {row.sha256: row.nom for row in connexion.execute(select(fichier.c.sha256, fichier.c.nom))}
        counts = [
            connexion.execute(select(func.count()).select_from(table)).scalar() or 0 for table in (depot, revision)
        ]
    avance("Fichiers")
    found += _files(fichiers, known)
    revision_, seal = (state.revision, state.empreinte) if state else (0, "")
    return Examen(revision_, seal, counts[0], counts[1], len(known), tuple(found))


class Journal:
    """The audit read from its first line: its seals, its numbers, what it says of each object."""

    def __init__(self, connexion: Connection, state: Any) -> None:
        self.constats: list[Constat] = []
        self.states: dict[tuple[str, str], Any] = {}
        self.steps: dict[str, list[Ecrit]] = {}
        if state is None:
            self.constats.append(Constat("compteur", "il n’y a plus de compteur"))
        seal, expected = journal.ORIGINE, 1
        rows = connexion.execute(
            select(table_journal).order_by(table_journal.c.numero), execution_options={"yield_per": _LOT}
        )
        for row in rows:
            place = f"journal, ligne {row.numero}"
            if row.numero != expected:
                self.constats.append(Constat(place, f"on attendait la ligne {expected} : des lignes manquent"))
            if journal.seal(seal, row) != row.empreinte:
                self.constats.append(Constat(place, "cette ligne, ou une ligne d’avant, a été changée"))
            seal, expected = row.empreinte, row.numero + 1
            self._take(place, row)
        if state is not None and (state.revision, state.empreinte) != (expected - 1, seal):
            what = f"le compteur dit {state.revision} écritures, le journal s’arrête à {expected - 1}"
            if state.revision == expected - 1:
                what = "l’empreinte du compteur n’est pas celle de la dernière ligne du journal"
            self.constats.append(Constat("compteur", what))

    def _take(self, place: str, row: Any) -> None:
        try:
            line = journal.read(row)
        except ValueError:
            self.constats.append(Constat(place, "cette ligne ne se lit pas"))
            return
        if line.objet == _SANS_TABLE:
            return
        key = (line.objet, line.cle)
        if line.avant != self.states.get(key):
            self.constats.append(Constat(place, "ce qui était avant n’est pas ce que disait la ligne précédente"))
        self.states[key] = line.apres
        if line.objet == depots.OBJET:
            self.steps.setdefault(line.cle, []).append(line)


def _engine(connexion: Connection) -> Iterator[Constat]:
    if connexion.dialect.name != "sqlite":
        return
    for (answer,) in connexion.execute(text("PRAGMA integrity_check(10)")):
        if answer != "ok":
            yield Constat("fichier de la base", f"abîmé : {answer}")


def _references(connexion: Connection) -> Iterator[Constat]:
    """Rows that refer to nothing."""
    for table in metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            there = exists().where(and_(*(key.parent == key.column for key in constraint.elements)))
            filled = and_(*(key.parent.is_not(None) for key in constraint.elements))
            query = select(func.count()).select_from(table).where(filled, not_(there.correlate(table)))
            count = connexion.execute(query).scalar()
            if count:
                target = constraint.referred_table.name
                yield Constat(f"table {table.name}", f"{count} ligne(s) sans leur ligne de « {target} »")


def _states(connexion: Connection, told: dict[tuple[str, str], Any]) -> Iterator[Constat]:
    """What each object is, against the last that the audit says of it."""
    now = {(objet, cle): picture for objet, cle, picture in _pictures(connexion)}
    for objet, cle in sorted(now.keys() | told.keys()):
        place = f"{objet} {cle}"
        if (objet, cle) not in told:
            yield Constat(place, "il est là, et le journal n’en dit rien")
        elif (objet, cle) not in now:
            yield Constat(place, "le journal le dit là, et il n’y est plus")
        elif now[objet, cle] != told[objet, cle]:
            yield Constat(place, "il n’est pas dans l’état que dit le journal")


def _pictures(connexion: Connection) -> Iterator[tuple[str, str, Any]]:
    for row in connexion.execute(depots.joined()):
        yield depots.OBJET, f"{row.modele}/{row.territoire}/{row.exercice}", depots.picture(row)
    for row in connexion.execute(select(fichier)):
        yield "fichier", row.sha256, {"nom": row.nom, "taille": row.taille}
    for row in connexion.execute(select(invitation)):
        yield "invitation", str(row.numero), comptes.invitation_picture(row)
    for row in connexion.execute(select(commentaire)):
        yield "commentaire", str(row.numero), commentaires.picture(row)
    for row in connexion.execute(select(reglage)):
        yield "reglage", row.cle, reglages.picture(row)
    for courriel in connexion.execute(select(compte.c.courriel)).scalars().all():
        yield "compte", courriel, comptes.picture(comptes.find(connexion, courriel))


def _deposits(connexion: Connection) -> Iterator[Constat]:
    """Numbers without a hole: of deposits, of the revisions of each."""
    numbers = connexion.execute(select(depot.c.numero).order_by(depot.c.numero)).scalars().all()
    if list(numbers) != list(range(1, len(numbers) + 1)):
        yield Constat("dépôts", "leurs numéros ont un trou")
    rows = connexion.execute(select(revision.c.depot, revision.c.numero).order_by(revision.c.depot, revision.c.numero))
    saved = {number: [row.numero for row in group] for number, group in groupby(rows, key=lambda row: row.depot)}
    for row in connexion.execute(select(depot)):
        found = saved.get(row.numero, [])
        place = f"dépôt {row.modele} {row.territoire} {row.exercice}"
        if found != list(range(1, row.revision + 1)):
            yield Constat(place, f"il dit {row.revision} révisions, on trouve {found}")
        if row.confirmee is not None and row.confirmee not in found:
            yield Constat(place, f"sa révision confirmée ({row.confirmee}) manque")


def _steps(steps: dict[str, list[Ecrit]]) -> Iterator[Constat]:
    """Every step of every deposit is one that may be made, and counts one version."""
    for cle, lines in steps.items():
        etape, confirmed, withdrawn = None, None, None
        for version, line in enumerate(lines, start=1):
            after = line.apres or {}
            place = f"dépôt {cle}, version {version}"
            try:
                action = Action(line.action)
                expected = next_step(etape, action, cle, withdrawn)
            except (RegistreError, ValueError):
                yield Constat(place, f"« {line.action} » n’était pas possible")
                break
            confirmed = (
                after.get("revision")
                if action is Action.CONFIRMER
                else (confirmed if stays_in_force(etape, action) else None)
            )
            withdrawn = etape if action is Action.RETIRER else None
            if (after.get("version"), after.get("etape"), after.get("confirmee")) != (version, expected, confirmed):
                yield Constat(place, f"le journal ne dit pas où « {line.action} » mène")
                break
            etape = Etape(expected)


def _revisions(connexion: Connection) -> Iterator[Constat]:
    """What each revision says still hashes to what it said."""
    rows = connexion.execute(select(revision).order_by(revision.c.depot, revision.c.numero)).all()
    answers = connexion.execute(
        select(reponse).order_by(reponse.c.depot, reponse.c.revision), execution_options={"yield_per": _LOT}
    )
    groups = groupby(answers, key=lambda row: (row.depot, row.revision))
    key, group = next(groups, (None, None))
    for row in rows:
        own: list[Any] = []
        if key == (row.depot, row.numero) and group is not None:
            own = list(group)
            key, group = next(groups, (None, None))
        place = f"dépôt {row.depot}, révision {row.numero}"
        try:
            said = depots.fingerprint(row._asdict(), depots.sorted_answers(own))
        except (ValueError, KeyError):
            said = None
        if len(own) != row.nombre:
            yield Constat(place, f"elle avait {row.nombre} réponses, on en trouve {len(own)}")
        elif said != row.empreinte:
            yield Constat(place, "ses réponses ont été changées")


def _files(fichiers: Fichiers, known: dict[str, str]) -> Iterator[Constat]:
    for sha256, nom in sorted(known.items()):
        try:
            fichiers.read(sha256)
        except RegistreError as error:
            yield Constat(f"fichier « {nom} » ({sha256[:12]}…)", error.quoi)
    for sha256 in fichiers.names():
        if sha256 not in known:
            yield Constat(f"fichier {sha256[:12]}…", "reçu, mais jamais enregistré (arrêt au milieu d’un envoi)", False)
