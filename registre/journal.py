"""The audit: one line per write, each sealed with the former, so that none is changed, moved or removed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from registre.errors import Introuvable
from registre.records import Acteur, Ecrit
from registre.schema import compteur, journal

Etat = dict[str, Any]
# The seal before the first line.
ORIGINE = "0" * 64


def canonical(value: object) -> str:
    """JSON with one writing for one content: what is hashed, and compared between two machines."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def instant(quand: datetime | None) -> str | None:
    """An instant as the audit writes it: UTC, to the microsecond."""
    return None if quand is None else quand.astimezone(UTC).isoformat(timespec="microseconds")


def seal(former: str, line: Row[Any] | dict[str, Any]) -> str:
    """The fingerprint of a line of the audit, the former's included."""
    values = line if isinstance(line, dict) else line._asdict()
    names = ("numero", "courriel", "nom", "role", "action", "objet", "cle", "avant", "apres", "note")
    content = [former, instant(values["quand"]), *(values[name] for name in names)]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


class Ecriture:
    """A write under way: its number, its instant, who, and the connection that holds the register's turn."""

    def __init__(self, connexion: Connection, numero: int, former: str, acteur: Acteur, quand: datetime) -> None:
        self.connexion, self.numero, self.acteur, self.quand = connexion, numero, acteur, quand
        self._former = former
        self.noted = False

    @classmethod
    def begin(cls, connexion: Connection, acteur: Acteur, horloge: Callable[[], datetime]) -> Ecriture:
        """Wait for its turn and take it, until the transaction ends."""
        taken = connexion.execute(
            update(compteur)
            .values(revision=compteur.c.revision + 1)
            .returning(compteur.c.revision, compteur.c.empreinte)
        ).one_or_none()
        if taken is None:
            raise Introuvable("le compteur du registre manque", None, "python -m registre verifier")
        return cls(connexion, taken.revision, taken.empreinte, acteur, horloge())

    def note(
        self, action: str, objet: str, cle: str, avant: Etat | None, apres: Etat | None, note: str | None = None
    ) -> None:
        """Write the line of the audit, once: what was the state of the object, what it is now."""
        if self.noted:
            raise RuntimeError("one write, one line of the audit")
        line: dict[str, Any] = {
            "numero": self.numero,
            "quand": self.quand,
            "courriel": self.acteur.courriel,
            "nom": self.acteur.nom,
            "role": self.acteur.role,
            "action": action,
            "objet": objet,
            "cle": cle,
            "avant": None if avant is None else canonical(avant),
            "apres": None if apres is None else canonical(apres),
            "note": note,
        }
        line["empreinte"] = seal(self._former, line)
        self.connexion.execute(insert(journal).values(line))
        self.connexion.execute(update(compteur).values(empreinte=line["empreinte"]))
        self.noted = True


def read(row: Row[Any]) -> Ecrit:
    """A line of the audit, as it is read."""
    return Ecrit(
        row.numero,
        row.quand,
        Acteur(row.courriel, row.nom, row.role),
        row.action,
        row.objet,
        row.cle,
        None if row.avant is None else json.loads(row.avant),
        None if row.apres is None else json.loads(row.apres),
        row.note,
    )


def lines(connexion: Connection, objet: str, cle: str) -> Iterator[Ecrit]:
    """All that was written of an object, first to last."""
    query = select(journal).where(journal.c.objet == objet, journal.c.cle == cle).order_by(journal.c.numero)
    return (read(row) for row in connexion.execute(query))


def last(connexion: Connection, objet: str, cle: str) -> Ecrit | None:
    """The last that was written of an object."""
    query = select(journal).where(journal.c.objet == objet, journal.c.cle == cle).order_by(journal.c.numero.desc())
    row = connexion.execute(query.limit(1)).one_or_none()
    return None if row is None else read(row)
