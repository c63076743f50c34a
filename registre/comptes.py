"""Accounts, roles and invitations. What a role allows is not decided here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from registre.base import Base
from registre.errors import Introuvable, Invalide, said, shown
from registre.journal import Ecriture, Etat
from registre.records import AVEC_TERRITOIRE, Acteur, Attribution, Compte, Invitation, Role
from registre.schema import attribution, compte, invitation
from registre.textes import address, clean, filled

DUREE = timedelta(days=7)
_CLOSED = "demander une nouvelle invitation"


class Comptes:
    """What is read and written of accounts. An e-mail address is compared in lower case."""

    def __init__(self, base: Base) -> None:
        self.base = base

    def compte(self, courriel: str) -> Compte | None:
        """An account and its roles, None when there is none."""
        with self.base.reading() as connexion:
            return find(connexion, courriel.strip().lower())

    def tous(self) -> list[Compte]:
        """All accounts by address, those that are deactivated too."""
        with self.base.reading() as connexion:
            names = connexion.execute(select(compte.c.courriel)).scalars().all()
            return [found for name in sorted(names) if (found := find(connexion, name))]

    def creer(self, courriel: str, nom: str, acteur: Acteur) -> Compte:
        """Make an account without a role, or give another name to one that is there."""
        courriel, nom = address(courriel), (clean(nom, courriel) or "").strip()

        def work(ecriture: Ecriture) -> Compte:
            before = find(ecriture.connexion, courriel)
            if before is None:
                _create(ecriture, courriel, nom)
            elif before.nom != nom:
                ecriture.connexion.execute(update(compte).where(compte.c.courriel == courriel).values(nom=nom))
            return _noted(ecriture, "creer" if before is None else "nommer", courriel, before)

        return self.base.write(acteur, work)

    def ajouter_role(self, courriel: str, role: Role, acteur: Acteur, territoire: str | None = None) -> Compte:
        """Give a role, and make the account when there is none. Raises Invalide for a role without its territory."""
        courriel, given = address(courriel), checked(role, territoire)

        def work(ecriture: Ecriture) -> Compte:
            before = find(ecriture.connexion, courriel)
            if before is None:
                _create(ecriture, courriel, "")
            _grant(ecriture.connexion, courriel, given, before)
            return _noted(ecriture, "ajouter_role", courriel, before)

        return self.base.write(acteur, work)

    def retirer_role(self, courriel: str, role: Role, acteur: Acteur, territoire: str | None = None) -> Compte:
        """Take a role back. Raises Introuvable when the account does not have it."""
        courriel, given = address(courriel), Attribution(_role(role), territoire or None)

        def work(ecriture: Ecriture) -> Compte:
            before = _present(find(ecriture.connexion, courriel), courriel)
            if given not in before.roles:
                held = ", ".join(told(role) for role in before.roles) or "aucun"
                raise Introuvable(f"ce compte n’a pas le rôle {told(given)}", courriel, f"ses rôles : {held}")
            ecriture.connexion.execute(
                delete(attribution).where(
                    attribution.c.courriel == courriel,
                    attribution.c.role == given.role.value,
                    attribution.c.territoire == (given.territoire or ""),
                )
            )
            return _noted(ecriture, "retirer_role", courriel, before)

        return self.base.write(acteur, work)

    def desactiver(self, courriel: str, motif: str, acteur: Acteur) -> Compte:
        """Close an account, and end its sessions."""
        return self._set(courriel, "desactiver", acteur, filled(motif, "le motif", courriel), actif=False, ends=True)

    def reactiver(self, courriel: str, acteur: Acteur, note: str | None = None) -> Compte:
        """Open an account again, with the roles it had; its former sessions stay over."""
        return self._set(courriel, "reactiver", acteur, clean(note, courriel), actif=True, ends=False)

    def fermer_sessions(self, courriel: str, acteur: Acteur, note: str | None = None) -> Compte:
        """End the sessions of an account, which stays open."""
        return self._set(courriel, "fermer_sessions", acteur, clean(note, courriel), actif=None, ends=True)

    def _set(
        self, courriel: str, action: str, acteur: Acteur, note: str | None, *, actif: bool | None, ends: bool
    ) -> Compte:
        courriel = address(courriel)

        def work(ecriture: Ecriture) -> Compte:
            before = _present(find(ecriture.connexion, courriel), courriel)
            if actif is not None and before.actif == actif:
                return before
            values = {"actif": before.actif if actif is None else actif, "epoque": before.epoque + ends}
            ecriture.connexion.execute(update(compte).where(compte.c.courriel == courriel).values(values))
            return _noted(ecriture, action, courriel, before, note)

        return self.base.write(acteur, work)

    def inviter(
        self,
        courriel: str,
        role: Role,
        acteur: Acteur,
        *,
        territoire: str | None = None,
        duree: timedelta = DUREE,
    ) -> tuple[Invitation, str]:
        """Offer a role by a link; returns the invitation and its token, which is given once and not kept."""
        courriel, given = address(courriel), checked(role, territoire)
        if duree <= timedelta(0):
            raise Invalide("une invitation dure au moins un instant", courriel, "donner une durée positive")
        token = secrets.token_urlsafe(32)

        def work(ecriture: Ecriture) -> Invitation:
            numero = (ecriture.connexion.execute(select(func.max(invitation.c.numero))).scalar() or 0) + 1
            values = {
                "numero": numero,
                "empreinte": _hash(token),
                "courriel": courriel,
                "role": given.role.value,
                "territoire": given.territoire or "",
                "cree_le": ecriture.quand,
                "cree_par": ecriture.acteur.courriel,
                "expire_le": ecriture.quand + duree,
            }
            ecriture.connexion.execute(insert(invitation).values(values))
            row = _invitation_row(ecriture.connexion, numero)
            ecriture.note("inviter", "invitation", str(numero), None, invitation_picture(row))
            return _read_invitation(row)

        return self.base.write(acteur, work), token

    def invitations(self) -> list[Invitation]:
        """All invitations, last first."""
        with self.base.reading() as connexion:
            rows = connexion.execute(select(invitation).order_by(invitation.c.numero.desc()))
            return [_read_invitation(row) for row in rows]

    def invitation(self, jeton: str) -> Invitation:
        """The invitation of a token that may still be used. Raises Introuvable, Invalide (used, cancelled, expired)."""
        with self.base.reading() as connexion:
            return self._usable(connexion, jeton)

    def accepter(self, jeton: str, courriel: str, nom: str) -> Compte:
        """Use an invitation, once: the account it names, made if need be, receives its role.

        ``courriel``: the address with which its reader is known. Raises Introuvable, Invalide.
        """
        courriel, nom = address(courriel), (clean(nom, courriel) or "").strip()

        def work(ecriture: Ecriture) -> Compte:
            found = self._usable(ecriture.connexion, jeton)
            if found.courriel != courriel:
                raise Invalide(
                    "cette invitation est pour une autre adresse", courriel, "se connecter avec l’adresse invitée"
                )
            before = find(ecriture.connexion, courriel)
            if before is not None and not before.actif:
                raise Invalide("ce compte est désactivé", courriel, "demander à l’union de le rouvrir")
            if before is None:
                _create(ecriture, courriel, nom)
            elif nom and not before.nom:
                ecriture.connexion.execute(update(compte).where(compte.c.courriel == courriel).values(nom=nom))
            _grant(ecriture.connexion, courriel, found.attribution, before)
            ecriture.connexion.execute(
                update(invitation).where(invitation.c.numero == found.numero).values(acceptee_le=ecriture.quand)
            )
            after = _present(find(ecriture.connexion, courriel), courriel)
            note = f"invitation {found.numero}"
            ecriture.note("accepter", "compte", courriel, picture(before), picture(after), note)
            return after

        return self.base.write(Acteur(courriel, nom, "invite"), work)

    def annuler(self, numero: int, acteur: Acteur) -> Invitation:
        """Cancel an invitation that was not used. Raises Introuvable, Invalide."""

        def work(ecriture: Ecriture) -> Invitation:
            row = _invitation_row(ecriture.connexion, numero)
            before = _read_invitation(row)
            if before.acceptee_le is not None:
                raise Invalide(
                    "cette invitation a déjà servi", f"invitation {numero}", "retirer le rôle, ou désactiver le compte"
                )
            if before.annulee_le is not None:
                return before
            ecriture.connexion.execute(
                update(invitation).where(invitation.c.numero == numero).values(annulee_le=ecriture.quand)
            )
            after = _invitation_row(ecriture.connexion, numero)
            ecriture.note("annuler", "invitation", str(numero), invitation_picture(row), invitation_picture(after))
            return _read_invitation(after)

        return self.base.write(acteur, work)

    def _usable(self, connexion: Connection, jeton: str) -> Invitation:
        row = connexion.execute(select(invitation).where(invitation.c.empreinte == _hash(jeton))).one_or_none()
        if row is None:
            raise Introuvable("cette invitation n’existe pas", "lien d’invitation", _CLOSED)
        found = _read_invitation(row)
        place = f"invitation de {found.courriel}"
        if found.acceptee_le is not None:
            raise Invalide(f"cette invitation a déjà servi, {said(found.acceptee_le)}", place, "se connecter")
        if found.annulee_le is not None:
            raise Invalide("cette invitation a été annulée", place, _CLOSED)
        if found.expire_le <= self.base.horloge():
            raise Invalide(f"cette invitation a expiré {said(found.expire_le)}", place, _CLOSED)
        return found


def checked(role: Role, territoire: str | None) -> Attribution:
    """A role with the territory it needs. Raises Invalide."""
    role = _role(role)
    territoire = (clean(territoire, "territoire") or "").strip() or None
    if role in AVEC_TERRITOIRE and territoire is None:
        kind = "de l’EPT (SIREN)" if role is Role.REFERENT else "de la commune"
        raise Invalide(f"le rôle « {role} » se donne pour un territoire", "rôle", f"donner le code {kind}")
    return Attribution(role, territoire)


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        known = ", ".join(Role)
        raise Invalide(f"rôle « {shown(role)} » inconnu", "rôle", f"choisir parmi : {known}") from None


def told(given: Attribution) -> str:
    """« ccas (93066) »."""
    return f"{given.role} ({given.territoire})" if given.territoire else str(given.role)


def picture(found: Compte | None) -> Etat | None:
    """The state of an account as the audit keeps it."""
    if found is None:
        return None
    roles = [[given.role.value, given.territoire or ""] for given in found.roles]
    return {"nom": found.nom, "actif": found.actif, "epoque": found.epoque, "roles": roles}


def invitation_picture(row: Any) -> Etat:
    """The state of an invitation as the audit keeps it; that it was used is in the account's line."""
    names = ("empreinte", "courriel", "role", "territoire", "cree_par")
    return {name: getattr(row, name) for name in names} | {"annulee": row.annulee_le is not None}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find(connexion: Connection, courriel: str) -> Compte | None:
    """An account and its roles, on an open connection."""
    row = connexion.execute(select(compte).where(compte.c.courriel == courriel)).one_or_none()
    if row is None:
        return None
    given = connexion.execute(select(attribution).where(attribution.c.courriel == courriel))
    roles = sorted((line.role, line.territoire) for line in given)
    return Compte(
        row.courriel,
        row.nom,
        row.actif,
        row.epoque,
        row.cree_le,
        tuple(Attribution(Role(role), territoire or None) for role, territoire in roles),
    )


def _present(found: Compte | None, courriel: str) -> Compte:
    if found is None:
        raise Introuvable("aucun compte à cette adresse", courriel, "python -m registre role lister montre les comptes")
    return found


def _create(ecriture: Ecriture, courriel: str, nom: str) -> None:
    values = {"courriel": courriel, "nom": nom, "actif": True, "epoque": 1, "cree_le": ecriture.quand}
    ecriture.connexion.execute(insert(compte).values(values))


def _grant(connexion: Connection, courriel: str, given: Attribution, before: Compte | None) -> None:
    if before is None or given not in before.roles:
        values = {"courriel": courriel, "role": given.role.value, "territoire": given.territoire or ""}
        connexion.execute(insert(attribution).values(values))


def _noted(ecriture: Ecriture, action: str, courriel: str, before: Compte | None, note: str | None = None) -> Compte:
    after = _present(find(ecriture.connexion, courriel), courriel)
    if after != before:
        ecriture.note(action, "compte", courriel, picture(before), picture(after), note)
    return after


def _invitation_row(connexion: Connection, numero: int) -> Any:
    row = connexion.execute(select(invitation).where(invitation.c.numero == numero)).one_or_none()
    if row is None:
        raise Introuvable("cette invitation n’existe pas", f"invitation {numero}", "relire la liste")
    return row


def _read_invitation(row: Any) -> Invitation:
    return Invitation(
        row.numero,
        row.courriel,
        Attribution(Role(row.role), row.territoire or None),
        row.cree_le,
        row.cree_par,
        row.expire_le,
        row.acceptee_le,
        row.annulee_le,
    )
