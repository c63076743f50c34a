"""The deposit that the page is about, read once a run through the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st

from etl.saisies.controles import Constat
from etl.saisies.modeles import Modele, Rubrique
from observatoire.access.desk import Guichet
from observatoire.access.rights import Action
from observatoire.formats import heure, jour
from observatoire.ui import session
from observatoire.ui.widgets.demands import carry_out
from observatoire.views.saisie.champs import of_line, put
from observatoire.views.saisie.modeles import model_of
from registre.errors import Perime
from registre.records import Cle, Depot, Etape, Reponse

# How many times a line is tried again while others are being saved.
ESSAIS = 8


@dataclass(frozen=True)
class Dossier:
    """A deposit as it is, or as it will begin. ``avant``: the answers of the year before; ``nom``: of the territory.

    Buttons hold it until the next run: it holds no desk, hence no warehouse.
    """

    cle: Cle
    modele: Modele
    nom: str
    depot: Depot | None
    reponses: tuple[Reponse, ...]
    avant: tuple[Reponse, ...]
    droits: dict[Action, bool] = field(default_factory=dict)

    @property
    def guichet(self) -> Guichet:
        """The desk of this session, as of now."""
        return session.desk()

    def peut(self, action: Action) -> bool:
        """Whether to show what leads to a demand; the desk decides again when it is made."""
        return self.droits.setdefault(action, self.guichet.peut(action, self.cle.territoire))

    def peut_saisir(self) -> bool:
        """Whether answers may be given here and now; otherwise the page says why."""
        if not self.peut(Action.SAISIR):
            st.info("Votre rôle permet de lire ce dépôt, non de le remplir.", icon=":material/lock:")
            return False
        if self.etape is Etape.RETIRE:
            st.warning("Ce dépôt est retiré : le rétablir d’abord (étape 3).", icon=":material/undo:")
            return False
        if not self.ouvert:
            correct(self)
        return self.ouvert

    @property
    def etape(self) -> Etape | None:
        """Where it is; None when nothing was saved."""
        return self.depot.etape if self.depot else None

    @property
    def attendu(self) -> int | None:
        """The version that this page has read."""
        return self.depot.version if self.depot else None

    @property
    def ouvert(self) -> bool:
        """Whether answers can be typed straight away: what is submitted or in force is corrected on purpose."""
        return self.etape in (None, Etape.BROUILLON, Etape.RENVOYE) or bool(st.session_state.get(self.cle_correction))

    @property
    def cle_correction(self) -> str:
        """What says that this deposit, submitted or in force, is being corrected."""
        return f"_correction_{self.cle}"

    @cached_property
    def constats(self) -> list[Constat]:
        """What is to be mended or explained; nothing while there is no answer."""
        return self.guichet.constats(self.cle, self.version, self.reponses) if self.reponses else []

    @property
    def version(self) -> str:
        """The version of the questionnaire, as the register keeps it."""
        return str(self.modele.version)

    def dernier(self) -> str:
        """« enregistré le 28 novembre 2026 à 14 h 32 par Anne »."""
        if self.depot is None:
            return ""
        who = self.depot.modifie_par.nom or self.depot.modifie_par.courriel
        when = self.depot.modifie_le.astimezone()
        return f"le {jour(when.date())} à {heure(when)} par {who}"


def open_file(cle: Cle, nom: str, last: Modele) -> Dossier:
    """Read a deposit. ``last``: the questionnaire at its current version, for one that begins."""
    desk = session.desk()
    depot = desk.depot(cle)
    modele = model_of(cle.modele, int(depot.revision.modele_version)) if depot else last
    answers = desk.reponses(cle) if depot else ()
    return Dossier(cle, modele, nom, depot, answers, desk.annee_precedente(cle))


def save_line(cle: Cle, modele: Modele, code: str, before: Sequence[Reponse], answers: Sequence[Reponse]) -> None:
    """Replace the answers to a line in the register, all others as they are there now.

    Somebody else may have saved other lines meanwhile: theirs stay. The line itself is not written over: ``before`` is
    what this page showed of it. Raises Perime when it has changed since, Refuse, Interdit, RegistreError.
    """
    line = modele.rubrique(code)
    if line is None:
        return
    for left in range(ESSAIS, 0, -1):
        try:
            _save_once(cle, modele, line, before, answers)
        except _Depasse as late:
            # Another line was saved between the reading and the writing, often by this very page: two fields typed in
            # one after the other are kept by two threads. This one was not touched: it is tried on what is there now.
            if left == 1:
                raise late.cause from None
        else:
            return


class _Depasse(Exception):
    """The deposit moved on while a line was being saved."""

    def __init__(self, cause: Perime) -> None:
        self.cause = cause
        super().__init__(str(cause))


def _save_once(cle: Cle, modele: Modele, line: Rubrique, before: Sequence[Reponse], answers: Sequence[Reponse]) -> None:
    desk, code = session.desk(), line.code
    depot = desk.depot(cle)
    latest = desk.reponses(cle, depot.revision.numero) if depot else ()
    if depot is not None and of_line(latest, code) != of_line(before, code):
        who = depot.modifie_par
        raise Perime(
            f"« {line.libelle} » a changé depuis que cette page est ouverte : {who} l’a modifié. La réponse est "
            "maintenant affichée, la vôtre n’a pas été enregistrée",
            str(cle),
            version=depot.version,
            par=str(who),
            quand=depot.modifie_le,
        )
    if of_line(answers, code) == of_line(latest, code):
        return
    expected = depot.version if depot else None
    try:
        desk.brouillon(cle, put(latest, line, answers), attendu=expected, modele_version=str(modele.version))
    except Perime as stale:
        raise _Depasse(stale) from None


def correct(dossier: Dossier) -> None:
    """The button that opens again what is submitted or in force."""
    words = {
        Etape.SOUMIS: "Corriger : ce dépôt redeviendra un brouillon",
        Etape.CONFIRME: "Corriger : ces chiffres restent en vigueur jusqu’à la nouvelle confirmation",
    }
    if dossier.etape and dossier.etape in words and not dossier.ouvert and dossier.peut(Action.SAISIR):
        st.button(
            words[dossier.etape],
            icon=":material/edit:",
            on_click=lambda: st.session_state.update({dossier.cle_correction: True}),
        )


def restore(dossier: Dossier) -> None:
    """The button that puts a withdrawn deposit back."""
    if dossier.etape is Etape.RETIRE and dossier.attendu and dossier.peut(Action.RETIRER):
        st.button(
            "Rétablir ce dépôt",
            icon=":material/restore:",
            on_click=carry_out,
            args=(
                lambda: session.desk().restaurer(dossier.cle, attendu=dossier.attendu or 0),
                "Dépôt rétabli : il est où il était avant le retrait.",
            ),
        )
