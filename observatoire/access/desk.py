"""The desk: the only road to the register. Each demand is judged on the rights of that instant, then carried out.

A page, a command or a route holds a ``Guichet``, never the register: what it asks in somebody else's place, on another
commune, or with a role that was taken back a second ago, is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from etl.saisies.imports.resultat import Import
from etl.saisies.saisie import Constat, Saisie
from observatoire.access.demonstration import REGLAGE
from observatoire.access.identity import Identite
from observatoire.access.network import Reserve, raw_in_service
from observatoire.access.rights import Action, Interdit, Lieu, Visiteur, may, require, valid
from observatoire.warehouse.network import Network
from registre.comptes import DUREE
from registre.errors import Introuvable, Invalide
from registre.fichiers import SHA256
from registre.records import (
    Acteur,
    Attribution,
    Cle,
    Commentaire,
    Compte,
    Depot,
    Diffusion,
    Ecrit,
    Invitation,
    Reponse,
    Revision,
    Role,
)
from registre.store import Registre


@dataclass(frozen=True)
class Place:
    """A territory that can deposit: ``code`` is that of the CCAS which answers for it today; ``jusque``: its last year,
    for a former commune."""

    code: str
    code_ept: str | None
    nom: str
    type: str
    jusque: int | None = None


class Controle(Protocol):
    """What a questionnaire asks of answers, before they are kept and before they are submitted."""

    def brouillon(self, cle: Cle, version: str, reponses: Sequence[Reponse]) -> list[str]:
        """Why these answers cannot even be kept (unknown lines, personal data…), in French; empty when they can."""
        ...

    def soumission(self, cle: Cle, version: str, reponses: Sequence[Reponse], avant: Sequence[Reponse]) -> list[str]:
        """Why they cannot be submitted (errors, surprises without a note); empty when they can. ``avant``: the answers
        of the year before."""
        ...

    def constats(self, cle: Cle, version: str, reponses: Sequence[Reponse], avant: Sequence[Reponse]) -> list[Constat]:
        """All that ``soumission`` would refuse, and what a note already explains, each with its line."""
        ...

    def lecture(self, cle: Cle, nom: str, contenu: bytes, avant: Sequence[Reponse]) -> Saisie:
        """What a workbook or a CSV that was sent for this deposit holds. Raises DataError when it cannot be read."""
        ...

    def importation(self, cle: Cle, nom: str, contenu: bytes | None) -> Import:
        """What a file of another program fills of this deposit; without content, what the published accounts fill.
        Raises DataError when it is none that is known."""
        ...

    def piece(self, nom: str, contenu: bytes) -> bytes:
        """A file to be joined, as it is kept (a photo without what its camera adds). Raises DataError."""
        ...

    def nom_de_fichier(self, nom: str) -> list[str]:
        """Why a file of this name is not kept; empty when it is."""
        ...

    def note(self, texte: str) -> list[str]:
        """Why a note or a reason in these words is not kept; empty when it is."""
        ...

    def diffusion(self, cle: Cle, rubrique: str) -> Diffusion:
        """Who may read a line when nobody has chosen."""
        ...


class Refuse(Exception):
    """Answers that are not kept: ``constats``, all of them at once."""

    def __init__(self, constats: list[str]) -> None:
        self.constats = constats
        super().__init__("\n".join(constats))


class SessionFermee(Exception):
    """The account was closed, or its sessions ended, since this one was opened."""

    def __init__(self, courriel: str) -> None:
        super().__init__(
            f"La session de {courriel} a été fermée par l’union : se reconnecter, ou lui demander de rouvrir le compte."
        )


def visitor(registre: Registre, identite: Identite, epoque: int | None) -> tuple[Visiteur, int]:
    """Who the signed-in person is now, and the epoch that this session belongs to (``epoque``, None at its start).

    Raises SessionFermee.
    """
    compte = registre.comptes.compte(identite.courriel)
    if compte is None:
        # Opened before the account: the invitation that is accepted makes it, and the session goes on.
        return Visiteur(identite.courriel, identite.nom), 1 if epoque is None else epoque
    if not compte.actif or (epoque is not None and epoque != compte.epoque):
        raise SessionFermee(identite.courriel)
    return Visiteur(compte.courriel, compte.nom or identite.nom, compte.roles), compte.epoque


class Guichet:
    """The register, for one person. ``qui`` is asked at each demand, so that a role taken back is taken back at once.

    ``places``: the territories that can deposit, by the code they had then (a former commune leads to its successor).
    ``publier``: called once figures in force have changed. ``reserve``: the network's raw edition in service.
    Every method may raise Interdit, SessionFermee or a RegistreError; nothing was then written.
    """

    def __init__(
        self,
        registre: Registre,
        qui: Callable[[], Visiteur],
        places: Mapping[str, Place],
        controle: Controle,
        publier: Callable[[Registre], None] = lambda registre: None,
        reserve: Callable[[], Network] = raw_in_service,
    ) -> None:
        self._registre, self._qui, self._places = registre, qui, places
        self._controle, self._publier, self._reserve = controle, publier, reserve

    @property
    def visiteur(self) -> Visiteur:
        """Who asks, as of now."""
        return self._qui()

    def peut(self, action: Action, territoire: str | None = None) -> bool:
        """Whether a demand would be accepted: to show a button or not, never to decide."""
        place = self._places.get(territoire) if territoire else None
        return may(self._qui(), action, place) if territoire is None or place else False

    def _require(self, action: Action, territoire: str | None = None) -> tuple[Visiteur, Place | None]:
        visiteur, place = self._qui(), None
        if territoire is not None:
            place = self._places.get(territoire)
            if place is None:
                # To whom may nothing there, an unknown territory and another's are the same.
                require(visiteur, action)
                raise Introuvable("ce territoire n’a pas de CCAS ici", territoire, "vérifier le code de la commune")
        require(visiteur, action, place, place.nom if place else None)
        return visiteur, place

    # Deposits

    def depot(self, cle: Cle) -> Depot | None:
        """Where a deposit is; None when nothing was entered."""
        self._require(Action.LIRE_DEPOT, cle.territoire)
        return self._registre.depot(cle)

    def depots(self, **filtres: Any) -> list[Depot]:
        """Those that the visitor may read, among those asked (see Registre.depots)."""
        visiteur = self._qui()
        if not visiteur.membre:
            raise Interdit(Action.LIRE_DEPOT, visiteur)
        return [
            depot
            for depot in self._registre.depots(**filtres)
            if (place := self._places.get(depot.cle.territoire)) and may(visiteur, Action.LIRE_DEPOT, place)
        ]

    def reponses(self, cle: Cle, numero: int | None = None) -> tuple[Reponse, ...]:
        """The answers of a revision, the last one by default."""
        self._require(Action.LIRE_DEPOT, cle.territoire)
        return self._registre.reponses(cle, numero)

    def revisions(self, cle: Cle) -> list[Revision]:
        """All that was ever saved in a deposit."""
        self._require(Action.LIRE_DEPOT, cle.territoire)
        return self._registre.revisions(cle)

    def historique(self, cle: Cle) -> list[Ecrit]:
        """All that was done to a deposit, first to last."""
        self._require(Action.LIRE_DEPOT, cle.territoire)
        return self._registre.historique(cle)

    def fichier(self, cle: Cle, sha256: str) -> bytes:
        """A file of a deposit: a workbook received, a document joined. Knowing its address is not enough."""
        self._require(Action.LIRE_DEPOT, cle.territoire)
        held = {revision.fichier for revision in self._registre.revisions(cle)}
        if sha256 not in held and all(sha256 != answer.texte for answer in self._registre.reponses(cle)):
            raise Introuvable("ce fichier n’est pas dans ce dépôt", str(cle), "relire le dépôt")
        return self._registre.fichier(sha256)

    def brouillon(
        self,
        cle: Cle,
        reponses: Iterable[Reponse],
        *,
        attendu: int | None,
        modele_version: str,
        classeur: tuple[str, bytes] | None = None,
        note: str | None = None,
    ) -> Depot:
        """Keep answers as a draft. ``classeur``: name and content of the workbook they were read from.

        What an account that is not of this territory enters is recorded as entered on its behalf.
        Raises Refuse for answers that cannot be kept.
        """
        visiteur, place = self._require(Action.SAISIR, cle.territoire)
        answers = tuple(reponses)
        problems = self._controle.brouillon(cle, modele_version, answers)
        if place and place.jusque is not None and cle.exercice > place.jusque:
            problems.append(
                f"{place.nom} n’a plus de CCAS depuis {place.jusque + 1} : déposer pour la commune nouvelle."
            )
        problems += self._controle.nom_de_fichier(classeur[0]) if classeur else []
        problems += self._not_theirs(cle, answers, visiteur)
        if problems := problems + self._note(note):
            raise Refuse(problems)
        self._require_diffusion(cle, answers)
        acteur = _acteur(visiteur, place)
        sha256 = self._registre.deposer_fichier(classeur[1], classeur[0], acteur) if classeur else None
        own = place is not None and any(held.territoire == place.code for held in visiteur.attributions)
        return self._registre.brouillon(
            cle,
            answers,
            acteur,
            attendu=attendu,
            modele_version=modele_version,
            fichier=sha256,
            nom_fichier=classeur[0] if classeur else None,
            au_nom_de=None if own or place is None else place.nom,
            note=note,
        )

    def _not_theirs(self, cle: Cle, reponses: Sequence[Reponse], visiteur: Visiteur) -> list[str]:
        """Files that answers name and that this person did not bring: an address would open another CCAS's file."""
        named = {one.texte: one.rubrique for one in reponses if one.texte and SHA256.fullmatch(one.texte)}
        if named and self._registre.depot(cle) is not None:
            for one in self._registre.reponses(cle):
                named.pop(one.texte or "", None)
        return [
            f"{line} : cette pièce n’a pas été jointe par vous → la joindre dans le formulaire."
            for sha256, line in named.items()
            if visiteur.courriel is None or not self._registre.a_depose(sha256, visiteur.courriel)
        ]

    def annee_precedente(self, cle: Cle) -> tuple[Reponse, ...]:
        """The answers of the year before, the ones in force when some are; none when nothing was entered."""
        self._require(Action.LIRE_DEPOT, cle.territoire)
        before = replace(cle, exercice=cle.exercice - 1)
        found = self._registre.depot(before)
        return self._registre.reponses(before, found.confirmee) if found else ()

    def constats(self, cle: Cle, version: str, reponses: Sequence[Reponse]) -> list[Constat]:
        """What is to be mended or explained in answers, kept or not, before they can be submitted."""
        self._require(Action.LIRE_DEPOT, cle.territoire)
        return self._controle.constats(cle, version, reponses, self.annee_precedente(cle))

    def lire_classeur(self, cle: Cle, nom: str, contenu: bytes) -> Saisie:
        """What a workbook or a CSV holds for this deposit; nothing is kept. Raises DataError: it cannot be read."""
        self._require(Action.SAISIR, cle.territoire)
        return self._controle.lecture(cle, nom, contenu, self.annee_precedente(cle))

    def importer(self, cle: Cle, nom: str = "", contenu: bytes | None = None) -> Import:
        """What a file of another program fills of this deposit, or what the published accounts do (no content);
        nothing is kept. Raises DataError: it cannot be read."""
        self._require(Action.SAISIR, cle.territoire)
        return self._controle.importation(cle, nom, contenu)

    def joindre(self, cle: Cle, nom: str, contenu: bytes) -> str:
        """Keep a file that an answer of this deposit will name; return its address. Raises Refuse, DataError."""
        visiteur, place = self._require(Action.SAISIR, cle.territoire)
        if problems := self._controle.nom_de_fichier(nom):
            raise Refuse(problems)
        return self._registre.deposer_fichier(self._controle.piece(nom, contenu), nom, _acteur(visiteur, place))

    def _require_diffusion(self, cle: Cle, reponses: Sequence[Reponse]) -> None:
        """Who reads an answer is chosen by those who may choose; others leave what was chosen before."""
        place = self._places.get(cle.territoire)
        if may(self._qui(), Action.DIFFUSER, place):
            return
        before = {}
        if self._registre.depot(cle) is not None:
            before = {(r.rubrique, r.rang): r.diffusion for r in self._registre.reponses(cle)}
        for answer in reponses:
            chosen = before.get((answer.rubrique, answer.rang), self._controle.diffusion(cle, answer.rubrique))
            if answer.diffusion is not chosen:
                self._require(Action.DIFFUSER, cle.territoire)

    def soumettre(self, cle: Cle, *, attendu: int, note: str | None = None) -> Depot:
        """Say that a draft is finished. Raises Refuse while it holds errors, or surprises without a note."""
        visiteur, place = self._require(Action.SOUMETTRE, cle.territoire)
        found = self._registre.depot(cle)
        version = found.revision.modele_version if found else ""
        former = self.annee_precedente(cle)
        problems = self._controle.soumission(cle, version, self._registre.reponses(cle), former)
        if problems := problems + self._note(note):
            raise Refuse(problems)
        return self._registre.soumettre(cle, _acteur(visiteur, place), attendu=attendu, note=note)

    def confirmer(self, cle: Cle, *, attendu: int, note: str | None = None) -> Depot:
        """Put what was submitted in force: the figures of the network follow."""
        visiteur, place = self._require(Action.CONFIRMER, cle.territoire)
        self._require_words(note)
        done = self._registre.confirmer(cle, _acteur(visiteur, place), attendu=attendu, note=note)
        self._publier(self._registre)
        return done

    def renvoyer(self, cle: Cle, motif: str, *, attendu: int) -> Depot:
        """Return a deposit to be corrected, with the reason."""
        visiteur, place = self._require(Action.RENVOYER, cle.territoire)
        self._require_words(motif)
        done = self._registre.renvoyer(cle, motif, _acteur(visiteur, place), attendu=attendu)
        self._publier(self._registre)
        return done

    def retirer(self, cle: Cle, motif: str, *, attendu: int) -> Depot:
        """Withdraw a deposit, with the reason: it no longer counts."""
        visiteur, place = self._require(Action.RETIRER, cle.territoire)
        self._require_words(motif)
        done = self._registre.retirer(cle, motif, _acteur(visiteur, place), attendu=attendu)
        self._publier(self._registre)
        return done

    def restaurer(self, cle: Cle, *, attendu: int, note: str | None = None) -> Depot:
        """Put a withdrawn deposit back where it was."""
        visiteur, place = self._require(Action.RETIRER, cle.territoire)
        self._require_words(note)
        done = self._registre.restaurer(cle, _acteur(visiteur, place), attendu=attendu, note=note)
        self._publier(self._registre)
        return done

    def _note(self, note: str | None) -> list[str]:
        return self._controle.note(note) if note else []

    def _require_words(self, note: str | None) -> None:
        if problems := self._note(note):
            raise Refuse(problems)

    # Figures

    def reseau(self) -> Reserve:
        """The figures that the network keeps for itself; each of its questions is judged again when it is asked."""

        def require() -> None:
            self._require(Action.LIRE_RESEAU)

        require()
        return Reserve(self._reserve, require, lambda territoire: self.peut(Action.LIRE_DEPOT, territoire))

    # Remarks on the lines of a model

    def remarques(self, modele: str | None = None, ouvertes: bool | None = None) -> list[Commentaire]:
        """What members have said of the lines, first to last."""
        self._require(Action.COMMENTER)
        return self._registre.commentaires.tous(modele, ouvert=ouvertes)

    def remarquer(self, modele: str, rubrique: str, texte: str) -> Commentaire:
        """Say something of a line."""
        visiteur, _ = self._require(Action.COMMENTER)
        self._require_words(texte)
        return self._registre.commentaires.ouvrir(modele, rubrique, texte, _acteur(visiteur))

    def clore_remarque(self, numero: int, conclusion: str) -> Commentaire:
        """Close a remark, saying what was decided."""
        visiteur, _ = self._require(Action.CLORE_REMARQUE)
        self._require_words(conclusion)
        return self._registre.commentaires.fermer(numero, _acteur(visiteur), conclusion)

    def rouvrir_remarque(self, numero: int) -> Commentaire:
        """Open a closed remark again."""
        visiteur, _ = self._require(Action.CLORE_REMARQUE)
        return self._registre.commentaires.rouvrir(numero, _acteur(visiteur))

    # Accounts

    def comptes(self) -> list[Compte]:
        """All accounts and their roles."""
        self._require(Action.ADMINISTRER)
        return self._registre.comptes.tous()

    def invitations(self) -> list[Invitation]:
        """All invitations, last first."""
        self._require(Action.ADMINISTRER)
        return self._registre.comptes.invitations()

    def inviter(
        self, courriel: str, role: Role, territoire: str | None = None, duree: timedelta = DUREE
    ) -> tuple[Invitation, str]:
        """Offer a role by a link; the token is given once and kept nowhere."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        self._valid(role, territoire)
        return self._registre.comptes.inviter(courriel, role, _acteur(visiteur), territoire=territoire, duree=duree)

    def annuler_invitation(self, numero: int) -> Invitation:
        """Cancel an invitation that was not used."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        return self._registre.comptes.annuler(numero, _acteur(visiteur))

    def ajouter_role(self, courriel: str, role: Role, territoire: str | None = None) -> Compte:
        """Give a role to an account, made if need be."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        self._valid(role, territoire)
        return self._registre.comptes.ajouter_role(courriel, role, _acteur(visiteur), territoire)

    def retirer_role(self, courriel: str, role: Role, territoire: str | None = None) -> Compte:
        """Take a role back, but the last union's: nobody could give one any more."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        if role is Role.UDCCAS:
            self._require_another_union(courriel)
        return self._registre.comptes.retirer_role(courriel, role, _acteur(visiteur), territoire)

    def desactiver(self, courriel: str, motif: str) -> Compte:
        """Close an account and end its open sessions."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        self._require_another_union(courriel)
        return self._registre.comptes.desactiver(courriel, motif, _acteur(visiteur))

    def reactiver(self, courriel: str, note: str | None = None) -> Compte:
        """Open an account again, with the roles it had."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        return self._registre.comptes.reactiver(courriel, _acteur(visiteur), note)

    def fermer_sessions(self, courriel: str, note: str | None = None) -> Compte:
        """End the open sessions of an account, which stays open."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        return self._registre.comptes.fermer_sessions(courriel, _acteur(visiteur), note)

    def _require_another_union(self, courriel: str) -> None:
        held = Attribution(Role.UDCCAS)
        others = [c for c in self._registre.comptes.tous() if c.actif and held in c.roles]
        if [c.courriel for c in others] == [courriel.strip().lower()]:
            raise Invalide(
                "c’est le dernier compte de l’union : plus personne ne pourrait donner de rôle",
                courriel,
                "donner d’abord ce rôle à un autre compte",
            )

    def _valid(self, role: Role, territoire: str | None) -> None:
        place = self._places.get(territoire) if territoire else None
        if territoire and (place is None or place.code != territoire):
            raise Invalide("ce territoire n’est pas de ceux d’aujourd’hui", territoire, "choisir dans la liste")
        if why := valid(role, place.type if place else None):
            raise Invalide(why, "rôle", "choisir un autre rôle ou un autre territoire")

    # Settings and audit

    def reglage(self, cle: str, defaut: Any = None) -> Any:
        """A setting; open to all, since pages depend on it."""
        return self._registre.reglages.lire(cle, defaut)

    def regler(self, cle: str, valeur: Any) -> int:
        """Write a setting. That of the demonstration changes what is published, at once."""
        visiteur, _ = self._require(Action.ADMINISTRER)
        version = self._registre.reglages.ecrire(cle, valeur, _acteur(visiteur))
        if cle == REGLAGE:
            self._publier(self._registre)
        return version

    def journal(self, **filtres: Any) -> list[Ecrit]:
        """The audit, last line first (see Registre.journal)."""
        self._require(Action.LIRE_JOURNAL)
        return self._registre.journal(**filtres)


def accept(registre: Registre, jeton: str, identite: Identite) -> Compte:
    """Use an invitation: the account it names, that of the person signed in, receives its role."""
    return registre.comptes.accepter(jeton, identite.courriel, identite.nom)


def _acteur(visiteur: Visiteur, lieu: Lieu | None = None) -> Acteur:
    """Who is recorded, with the role they act in: that of the territory, else the widest."""
    if visiteur.courriel is None:
        raise Interdit(Action.SAISIR, visiteur)
    order = list(Role)
    held = sorted(visiteur.attributions, key=lambda a: (bool(lieu and a.territoire == lieu.code), order.index(a.role)))
    return Acteur(visiteur.courriel, visiteur.nom, held[-1].role.value if held else "")


__all__ = ["Controle", "Guichet", "Place", "Refuse", "SessionFermee", "accept", "visitor"]
