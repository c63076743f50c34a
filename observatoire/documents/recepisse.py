"""The receipt of a deposit: what was received, when, from whom, and every answer as it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from etl.identite import OBSERVATOIRE
from etl.saisies.modeles import Genre, Modele, Rubrique
from observatoire import formats
from observatoire.documents.blocs import Bloc, Document, Encadre, Tableau, Texte, Titre
from observatoire.documents.commun import foot
from observatoire.views.saisie.avancement import progress
from observatoire.views.saisie.champs import of_line, rows_of
from observatoire.views.saisie.changements import value_told
from observatoire.views.saisie.historique import steps_of
from registre.records import Depot, Diffusion, Ecrit, Etape, Reponse

ETAPES = {Etape.SOUMIS: "soumis, en attente de confirmation", Etape.CONFIRME: "confirmé"}
DEMONSTRATION = "Données de démonstration : inventées, elles ne disent rien de ce CCAS."
# Of the fingerprint, enough to tell two deposits apart by eye.
_EMPREINTE = 16


@dataclass(frozen=True)
class Recepisse:
    """What a receipt says. ``nom``: of the territory."""

    modele: Modele
    depot: Depot
    nom: str
    reponses: tuple[Reponse, ...]
    historique: tuple[Ecrit, ...]


def receipt(made: Recepisse, built: date) -> Document:
    """The document. ``built``: the day of the public figures, which every document says."""
    depot, modele = made.depot, made.modele
    demonstration = depot.revision.demonstration
    blocs: list[Bloc] = [Texte(DEMONSTRATION)] if demonstration else []
    blocs.append(Encadre("Dépôt", tuple(Texte(line) for line in _identity(made))))
    blocs.append(_history(made))
    for chapter in modele.chapitres:
        lines = [line for line in modele.rubriques if line.chapitre == chapter.code and line.genre is not Genre.TABLEAU]
        tables = [line for line in modele.rubriques if line.chapitre == chapter.code and line.genre is Genre.TABLEAU]
        written = [*_answers(made, lines, chapter.libelle), *(_rows(made, line) for line in tables)]
        written = [bloc for bloc in written if bloc is not None]
        if written:
            blocs += [Titre(chapter.libelle), *written]
    return Document(
        titre=f"Récépissé : {modele.libelle}, {made.nom}, {depot.cle.exercice}",
        chapeau=formats.insecables(f"{ETAPES.get(depot.etape, 'enregistré').capitalize()}. {modele.description}"),
        blocs=tuple(blocs),
        construit_le=built,
        source=f"CCAS de {made.nom}, {modele.libelle}, exercice {depot.cle.exercice}"
        + (" (démonstration)" if demonstration else ""),
        pied=foot(built),
        fichier=formats.nom_de_fichier("recepisse", modele.code, made.nom, str(depot.cle.exercice)),
    )


def _identity(made: Recepisse) -> list[str]:
    depot, revision = made.depot, made.depot.revision
    entered = f"Entré au nom de {revision.au_nom_de} par {revision.acteur}." if revision.au_nom_de else ""
    file = f"Lu dans le fichier « {revision.nom_fichier} »." if revision.nom_fichier else "Saisi dans la page."
    return [
        f"{made.nom} ({depot.cle.territoire}), exercice {depot.cle.exercice}, questionnaire version "
        f"{revision.modele_version}.",
        formats.insecables(f"Réponses : {progress(made.modele, made.reponses).phrase()}."),
        f"{file} {entered}".strip(),
        f"Révision {revision.numero}, empreinte {revision.empreinte[:_EMPREINTE]}…, dans le registre de "
        f"l’{OBSERVATOIRE.union}.",
    ]


def _history(made: Recepisse) -> Tableau:
    rows = [
        (f"{formats.jour(one.quand.date())}, {formats.heure(one.quand)}", one.qui, one.fait, one.note)
        for one in steps_of(made.historique)
    ]
    return Tableau(
        titre="Ce qui a été fait",
        source="Registre des dépôts",
        colonnes=("Quand", "Qui", "Quoi", "Note"),
        lignes=tuple(rows),
        largeurs=(3.2, 3, 3, 4),
        serre=True,
    )


def _answers(made: Recepisse, lines: Sequence[Rubrique], chapter: str) -> list[Tableau]:
    rows = []
    for line in lines:
        own = of_line(made.reponses, line.code)
        if not own:
            continue
        one = own[0]
        method = next((m.libelle for m in line.methodes if m.code == one.methode), "")
        note = " ; ".join(part for part in (method, one.note or "") if part)
        who = "public" if one.diffusion is Diffusion.PUBLIC else "réseau"
        rows.append((line.code, line.libelle, value_told(made.modele, one), who, note))
    if not rows:
        return []
    return [
        Tableau(
            titre=f"{chapter} : réponses",
            source=f"CCAS, exercice {made.depot.cle.exercice}",
            colonnes=("Ligne", "Libellé", "Réponse", "Lu par", "Note"),
            lignes=tuple(rows),
            largeurs=(1.6, 6, 3.4, 1.5, 4.5),
            serre=True,
            montre=False,
        )
    ]


def _rows(made: Recepisse, line: Rubrique) -> Tableau | None:
    rows = rows_of(line, of_line(made.reponses, line.code))
    if not rows:
        return None
    names = tuple(column.libelle for column in line.colonnes)
    return Tableau(
        titre=line.libelle,
        source=f"CCAS, exercice {made.depot.cle.exercice}",
        colonnes=names,
        lignes=tuple(tuple(row.values()) for row in rows),
        serre=True,
    )
