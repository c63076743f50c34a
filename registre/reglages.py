"""Settings that are changed while the application runs: the demonstration set shown or not…"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert, select, update

from registre.base import Base
from registre.errors import Invalide, Perime, said
from registre.journal import Ecriture, Etat, canonical, last
from registre.records import Acteur
from registre.schema import reglage
from registre.textes import filled


class Reglages:
    """What is read and written of settings; a value is what JSON can hold."""

    def __init__(self, base: Base) -> None:
        self.base = base

    def lire(self, cle: str, defaut: Any = None) -> Any:
        """The value of a setting, ``defaut`` when it was never written."""
        return self.lire_version(cle, defaut)[0]

    def lire_version(self, cle: str, defaut: Any = None) -> tuple[Any, int]:
        """The value of a setting and its version, 0 when it was never written."""
        with self.base.reading() as connexion:
            row = _row(connexion, cle)
        return (defaut, 0) if row is None else (json.loads(row.valeur), row.version)

    def ecrire(self, cle: str, valeur: Any, acteur: Acteur, *, attendu: int | None = None) -> int:
        """Write a setting and return its version. ``attendu``: the version read, when it matters. Raises Perime."""
        cle = filled(cle, "le nom du réglage", "réglage")
        try:
            text = canonical(valeur)
            text.encode()
        except (TypeError, ValueError):
            raise Invalide(
                "cette valeur ne s’enregistre pas", f"réglage {cle}", "donner un nombre ou un texte"
            ) from None

        def work(ecriture: Ecriture) -> int:
            row = _row(ecriture.connexion, cle)
            version = 0 if row is None else row.version
            if attendu is not None and attendu != version:
                newest = last(ecriture.connexion, "reglage", cle)
                who = "le registre a été restauré"
                if newest is not None:
                    who = f"{newest.acteur} l’a changé {said(newest.quand)}"
                raise Perime(
                    f"ce réglage a changé depuis la lecture : {who}",
                    f"réglage {cle}",
                    version=version,
                    par=str(newest.acteur) if newest else None,
                    quand=newest.quand if newest else None,
                )
            if row is None:
                ecriture.connexion.execute(insert(reglage).values(cle=cle, valeur=text, version=1))
            elif row.valeur == text:
                return version
            else:
                ecriture.connexion.execute(
                    update(reglage).where(reglage.c.cle == cle).values(valeur=text, version=version + 1)
                )
            after = {"valeur": json.loads(text), "version": version + 1}
            ecriture.note("ecrire", "reglage", cle, None if row is None else picture(row), after)
            return version + 1

        return self.base.write(acteur, work)

    def tous(self) -> dict[str, Any]:
        """All settings by name."""
        with self.base.reading() as connexion:
            return {row.cle: json.loads(row.valeur) for row in connexion.execute(select(reglage))}


def picture(row: Any) -> Etat:
    """The state of a setting as the audit keeps it."""
    return {"valeur": json.loads(row.valeur), "version": row.version}


def _row(connexion: Connection, cle: str) -> Any:
    return connexion.execute(select(reglage).where(reglage.c.cle == cle)).one_or_none()
