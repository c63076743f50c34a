"""What people say of a line of a model, until somebody closes it with a conclusion."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from registre.base import Base
from registre.errors import Introuvable, Invalide
from registre.journal import Ecriture, Etat
from registre.records import Acteur, Commentaire
from registre.schema import commentaire
from registre.textes import clean, filled


class Commentaires:
    """What is read and written of comments."""

    def __init__(self, base: Base) -> None:
        self.base = base

    def ouvrir(self, modele: str, rubrique: str, texte: str, acteur: Acteur) -> Commentaire:
        """Say something of a line. Raises Invalide for an empty text."""
        place = f"{modele}, ligne {rubrique}"
        values: dict[str, Any] = {
            "modele": filled(modele, "le modèle", place),
            "rubrique": filled(rubrique, "la ligne", place),
            "texte": filled(texte, "le commentaire", place),
            "courriel": acteur.courriel,
            "nom": acteur.nom,
            "role": acteur.role,
            "ouvert": True,
        }

        def work(ecriture: Ecriture) -> Commentaire:
            numero = (ecriture.connexion.execute(select(func.max(commentaire.c.numero))).scalar() or 0) + 1
            ecriture.connexion.execute(
                insert(commentaire).values(values | {"numero": numero, "ecrit_le": ecriture.quand})
            )
            return _noted(ecriture, "ouvrir", numero, None)

        return self.base.write(acteur, work)

    def fermer(self, numero: int, acteur: Acteur, conclusion: str | None = None) -> Commentaire:
        """Close a comment. Raises Introuvable, Invalide when it is closed."""
        conclusion = (clean(conclusion, f"commentaire {numero}") or "").strip() or None

        def work(ecriture: Ecriture) -> Commentaire:
            before = _row(ecriture.connexion, numero)
            if not before.ouvert:
                raise Invalide(f"{before.ferme_par} l’a déjà fermé", f"commentaire {numero}", "le relire")
            closed = {
                "ouvert": False,
                "ferme_le": ecriture.quand,
                "ferme_par": ecriture.acteur.courriel,
                "conclusion": conclusion,
            }
            ecriture.connexion.execute(update(commentaire).where(commentaire.c.numero == numero).values(closed))
            return _noted(ecriture, "fermer", numero, picture(before))

        return self.base.write(acteur, work)

    def rouvrir(self, numero: int, acteur: Acteur) -> Commentaire:
        """Open a closed comment again. Raises Introuvable, Invalide when it is open."""

        def work(ecriture: Ecriture) -> Commentaire:
            before = _row(ecriture.connexion, numero)
            if before.ouvert:
                raise Invalide("il est déjà ouvert", f"commentaire {numero}", "le relire")
            values = {"ouvert": True, "ferme_le": None, "ferme_par": None, "conclusion": None}
            ecriture.connexion.execute(update(commentaire).where(commentaire.c.numero == numero).values(values))
            return _noted(ecriture, "rouvrir", numero, picture(before))

        return self.base.write(acteur, work)

    def tous(
        self, modele: str | None = None, rubrique: str | None = None, ouvert: bool | None = None
    ) -> list[Commentaire]:
        """Comments, first to last."""
        query = select(commentaire).order_by(commentaire.c.numero)
        if modele is not None:
            query = query.where(commentaire.c.modele == modele)
        if rubrique is not None:
            query = query.where(commentaire.c.rubrique == rubrique)
        if ouvert is not None:
            query = query.where(commentaire.c.ouvert == ouvert)
        with self.base.reading() as connexion:
            return [_read(row) for row in connexion.execute(query)]


def picture(row: Any) -> Etat:
    """The state of a comment as the audit keeps it."""
    names = ("modele", "rubrique", "texte", "courriel", "ouvert", "ferme_par", "conclusion")
    return {name: getattr(row, name) for name in names}


def _noted(ecriture: Ecriture, action: str, numero: int, before: Etat | None) -> Commentaire:
    row = _row(ecriture.connexion, numero)
    ecriture.note(action, "commentaire", str(numero), before, picture(row))
    return _read(row)


def _row(connexion: Connection, numero: int) -> Any:
    row = connexion.execute(select(commentaire).where(commentaire.c.numero == numero)).one_or_none()
    if row is None:
        raise Introuvable("ce commentaire n’existe pas", f"commentaire {numero}", "relire la liste")
    return row


def _read(row: Any) -> Commentaire:
    return Commentaire(
        row.numero,
        row.modele,
        row.rubrique,
        row.texte,
        row.ecrit_le,
        Acteur(row.courriel, row.nom, row.role),
        row.ouvert,
        row.ferme_le,
        row.ferme_par,
        row.conclusion,
    )
