"""The state of a collection: where each CCAS is, who is late, what to write to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from etl.saisies.demonstration import Avancement
from etl.typography import count, fold
from observatoire.formats import de, jour
from registre.records import Depot, Etape

# A deposit's step → what is said of it, and its sign (never colour alone).
ETATS: Mapping[Etape | None, tuple[str, str]] = {
    None: ("rien reçu", "○"),
    Etape.BROUILLON: ("brouillon", "✎"),
    Etape.SOUMIS: ("soumis", "→"),
    Etape.RENVOYE: ("renvoyé", "↩"),
    Etape.CONFIRME: ("confirmé", "✓"),
    Etape.RETIRE: ("retiré", "✕"),
}
CORRECTION = "confirmé, correction en cours"


@dataclass(frozen=True)
class Ligne:
    """Where a CCAS is for a year. ``retard``: days past the deadline without a confirmed deposit, 0 when not late."""

    territoire: str
    nom: str
    ept: str
    etape: Etape | None
    etat: str
    signe: str
    depuis: date | None
    par: str
    motif: str
    retard: int
    demonstration: bool

    @property
    def rendu(self) -> bool:
        """Whether its figures count."""
        return self.etat in (ETATS[Etape.CONFIRME][0], CORRECTION)


def collection(
    territoires: Mapping[str, tuple[str, str]],
    depots: Iterable[Depot],
    echeance: date | None,
    aujourdhui: date,
    demonstration: Iterable[Avancement] = (),
) -> list[Ligne]:
    """One line a CCAS, by EPT then name. ``territoires``: code → (name, EPT); ``depots``: those of the year.

    ``demonstration``: what is invented of that year (access.demonstration.demonstration_state). It takes the line of a
    CCAS that has no deposit, flagged: such lines are shown, never counted with the others nor written to.
    """
    by_code: dict[str, Depot | Avancement] = {one.cle.territoire: one for one in demonstration}
    by_code |= {one.cle.territoire: one for one in depots}
    late = (aujourdhui - echeance).days if echeance and aujourdhui > echeance else 0
    lines = [_line(code, name, ept, by_code.get(code), late) for code, (name, ept) in territoires.items()]
    return sorted(lines, key=lambda one: (one.ept, fold(one.nom)))


def _line(code: str, nom: str, ept: str, depot: Depot | Avancement | None, late: int) -> Ligne:
    step = depot.etape if depot else None
    words, sign = ETATS[step]
    if isinstance(depot, Avancement):
        retard = 0 if step is Etape.CONFIRME else late
        when, motif = depot.quand.date(), depot.motif or ""
        return Ligne(code, nom, ept, step, words, sign, when, "", motif, retard, demonstration=True)
    if depot and depot.en_vigueur and step is not Etape.CONFIRME:
        words, sign = CORRECTION, "✓✎"
    done = depot is not None and depot.en_vigueur
    return Ligne(
        territoire=code,
        nom=nom,
        ept=ept,
        etape=step,
        etat=words,
        signe=sign,
        depuis=depot.modifie_le.date() if depot else None,
        par=(depot.modifie_par.nom or depot.modifie_par.courriel) if depot else "",
        motif=(depot.motif or "") if depot else "",
        retard=0 if done else late,
        demonstration=bool(depot and depot.revision.demonstration),
    )


def campaign_key(modele: str, exercice: int) -> str:
    """The name of the setting that holds the deadline of a collection."""
    return f"campagne/{modele}/{exercice}/echeance"


def summary(lignes: Sequence[Ligne]) -> str:
    """« 12 CCAS sur 39 ont confirmé ; 3 soumis à confirmer, 2 renvoyés, 22 n’ont rien envoyé »."""
    done = sum(one.rendu for one in lignes)
    verb = "ont" if done > 1 else "a"
    words = f"{done} CCAS sur {len(lignes)} {verb} confirmé" if done else f"Aucun CCAS sur {len(lignes)} n’a confirmé"
    rest = [one for one in lignes if not one.rendu]
    kinds = (
        (Etape.SOUMIS, "soumis, à confirmer"),
        (Etape.RENVOYE, "à corriger"),
        (Etape.BROUILLON, "en cours"),
        (Etape.RETIRE, "retiré"),
        (None, "sans rien"),
    )
    told = [f"{n} {said}" for step, said in kinds if (n := sum(one.etape is step for one in rest))]
    return f"{words} ; {', '.join(told)}." if told else f"{words}."


def reminder(modele: str, exercice: int, ligne: Ligne, echeance: date | None, adresse: str) -> tuple[str, str]:
    """The subject and the words of a reminder that the union sends itself. ``adresse``: of the deposit's page."""
    subject = f"{modele} {exercice} : {ligne.nom}"
    due = f" Il est attendu pour le {jour(echeance)}." if echeance else ""
    if ligne.etape is Etape.RENVOYE:
        what = f"Le dépôt {de(ligne.nom)} vous a été renvoyé : {ligne.motif or 'voir le motif dans la page'}."
    elif ligne.etape is Etape.SOUMIS:
        what = f"Le dépôt {de(ligne.nom)} est soumis ; il ne compte qu’une fois confirmé par la direction."
    elif ligne.etape is Etape.BROUILLON:
        what = f"Le dépôt {de(ligne.nom)} est commencé ; il reste à le finir et à le soumettre."
    else:
        what = f"Nous n’avons encore rien reçu {de(ligne.nom)}."
    late = f" Il a {count(ligne.retard, 'jour')} de retard." if ligne.retard else ""
    closing = "Les lignes de la première vague suffisent pour commencer ; le brouillon se garde d’une fois à l’autre."
    return subject, f"Bonjour,\n\n{what}{due}{late}\n\n{closing}\n{adresse}\n\nBien à vous"


def mailto(adresses: Sequence[str], subject: str, words: str) -> str:
    """The link that opens a message ready to be sent, in the reader's own mail: nothing is sent from here."""
    message = urlencode({"subject": subject, "body": words}, quote_via=quote)
    return f"mailto:{quote(','.join(adresses), safe='@,')}?{message}"
