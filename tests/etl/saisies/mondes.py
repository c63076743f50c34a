"""Networks drawn at random: a few communes, a model, deposits that come, change and go from one edition to the next."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from etl.saisies.modeles import Chapitre, Genre, Modele, Rubrique
from etl.saisies.reseau import DepotConfirme, TerritoireReseau
from etl.saisies.secret import Relation
from registre.records import Cle, Diffusion, Reponse, Statut

EXERCICE = 2023
EPT = ("200057867", "200057875", "200058097")
RELATIONS = (Relation("TOTAL", ("FEMMES", "HOMMES")), Relation("TOTAL", ("DONT_JEUNES",), exacte=False))


def rubrique(code: str, genre: Genre = Genre.ENTIER, **more) -> Rubrique:
    """A line of the only chapter, a flow unless told."""
    return Rubrique(code, "A", code.capitalize(), genre, "Ce qui est compté.", **{"nature": "flux", **more})


def modele(code: str = "bilan", version: int = 1, **more) -> Modele:
    """Counts that add up, an amount, a mean and a share that follow them, meetings, a budget that the law publishes."""
    personnes = {"compte_de_personnes": True, "unite": "personnes"}
    lines = (
        rubrique("TOTAL", **personnes),
        rubrique("FEMMES", **personnes),
        rubrique("HOMMES", **personnes),
        rubrique("DONT_JEUNES", **personnes),
        rubrique("MONTANT", Genre.MONTANT, suit="TOTAL", unite="euros"),
        rubrique("MOYENNE", Genre.DECIMAL, suit="TOTAL", nature=None, unite="euros"),
        rubrique("PART_FEMMES", Genre.POURCENTAGE, suit="TOTAL", nature=None, unite="%"),
        rubrique("RARES", **personnes),
        rubrique("SEANCES", unite="séances"),
        rubrique("DEPENSES", Genre.MONTANT, unite="euros", publique_par_la_loi=True),
        rubrique("COMMENTAIRE", Genre.TEXTE, nature=None),
        rubrique("SIGNATAIRE", Genre.IDENTITE, nature=None),
        rubrique(
            "AIDES",
            Genre.TABLEAU,
            nature=None,
            colonnes=(
                rubrique("AIDES.NOM", Genre.TEXTE, nature=None),
                rubrique("AIDES.MENAGES", **personnes),
                rubrique("AIDES.EUROS", Genre.MONTANT, suit="AIDES.MENAGES", unite="euros"),
            ),
        ),
    )
    return Modele(code, version, "Bilan d’activités", "Essai", (Chapitre("A", "Activité"),), lines, **more)


def territoires(communes: int = 12) -> list[TerritoireReseau]:
    """Communes dealt to three EPT, and one that has merged into the first at the end of 2024."""
    people = {2020: 50_000.0, 2023: 52_000.0}
    found = [TerritoireReseau(f"93{n:03}", "commune", EPT[n % 3], population=people) for n in range(1, communes + 1)]
    former = TerritoireReseau("93059", "commune_historique", successeur="93001", valide_au=date(2024, 12, 31))
    return [*found, replace(former, population=people), TerritoireReseau(EPT[0], "ept")]


@dataclass
class Monde:
    """What a CCAS knows of itself: its answers, by code of territory. ``tirage`` decides what comes next."""

    tirage: random.Random
    communes: list[str]
    deposes: dict[str, list[Reponse]]
    exercice: int = EXERCICE
    demonstration: bool = False

    def depots(self) -> list[DepotConfirme]:
        """The deposits confirmed so far."""
        when = datetime(2024, 3, 1, tzinfo=UTC)
        return [
            DepotConfirme(Cle("bilan", code, self.exercice), 1, self.demonstration, "ab" * 32, when, answers)
            for code, answers in self.deposes.items()
        ]

    def avance(self) -> None:
        """Some deposits come; others are corrected, diffused otherwise, or withdrawn."""
        absent = [code for code in self.communes if code not in self.deposes]
        for code in self.tirage.sample(absent, min(len(absent), self.tirage.choice([0, 1, 1, 2, 5]))):
            self.deposes[code] = repond(self.tirage)
        for code in list(self.deposes):
            if self.tirage.random() < 0.08:
                self.deposes[code] = repond(self.tirage)
            elif self.tirage.random() < 0.1:
                self.deposes[code] = corrige(self.tirage, self.deposes[code])
            elif self.tirage.random() < 0.02:
                del self.deposes[code]


def monde(graine: int, communes: int = 12, arrives: int = 6) -> Monde:
    """A network with ``arrives`` deposits, the same for the same seed."""
    tirage = random.Random(graine)
    codes = [t.code for t in territoires(communes) if t.type != "ept"]
    return Monde(tirage, codes, {code: repond(tirage) for code in tirage.sample(codes, arrives)})


def petit(tirage: random.Random) -> float:
    """A count: often small, sometimes zero."""
    return float(tirage.choice([0, 1, 2, 3, 4, 5, 6, 8, 12, 30, 60, 200]))


def repond(tirage: random.Random) -> list[Reponse]:
    """The answers of a CCAS, coherent, each public or not."""

    def ouvert() -> Diffusion:
        return Diffusion.PUBLIC if tirage.random() < ouverture else Diffusion.RESEAU

    ouverture = tirage.choice([0.0, 0.5, 0.9, 1.0, 1.0])
    femmes, hommes = petit(tirage), petit(tirage)
    total = femmes + hommes
    values: dict[str, float | None] = {
        "TOTAL": total,
        "FEMMES": femmes,
        "HOMMES": hommes,
        "DONT_JEUNES": float(tirage.randint(0, int(total))),
        "MONTANT": total * 150.0,
        "MOYENNE": 150.0 if total else None,
        "PART_FEMMES": 100 * femmes / total if total else None,
        "RARES": petit(tirage) if tirage.random() < 0.4 else 0.0,
        "SEANCES": float(tirage.randint(0, 12)),
        "DEPENSES": float(tirage.randint(100_000, 900_000)),
    }
    answers = [Reponse(code, valeur=value, diffusion=ouvert()) for code, value in values.items() if value is not None]
    answers = [replace(one, valeur=None, statut=Statut.NON_SUIVI) if tirage.random() < 0.07 else one for one in answers]
    for rang in range(1, tirage.randint(1, 3)):
        menages = petit(tirage)
        who = ouvert()
        answers += [
            Reponse("AIDES.NOM", rang, texte=f"Aide {rang}", diffusion=who),
            Reponse("AIDES.MENAGES", rang, menages, diffusion=who),
            Reponse("AIDES.EUROS", rang, menages * 80, diffusion=who),
        ]
    return answers


def corrige(tirage: random.Random, answers: list[Reponse]) -> list[Reponse]:
    """One number changed, with the total it goes into; or one answer diffused otherwise."""
    n = tirage.randrange(len(answers))
    one = answers[n]
    if one.valeur is None or tirage.random() < 0.4:
        other = replace(one, diffusion=Diffusion.PUBLIC if one.diffusion == Diffusion.RESEAU else Diffusion.RESEAU)
        return [*answers[:n], other, *answers[n + 1 :]]
    change = tirage.choice([-3, -1, 1, 2, 10])
    parts = ("FEMMES", "HOMMES")
    change = max(change, -one.valeur)
    if one.rubrique in ("TOTAL", "DONT_JEUNES"):
        change = 0 if one.rubrique == "TOTAL" else -one.valeur
    touched = (one.rubrique, "TOTAL") if one.rubrique in parts else (one.rubrique,)
    found = []
    for answer in answers:
        mine = answer is one or (answer.rubrique in touched and answer.rubrique == "TOTAL")
        if answer.rubrique == "DONT_JEUNES" and one.rubrique in parts and change < 0 and answer.valeur is not None:
            answer = replace(answer, valeur=0.0)
        found.append(replace(answer, valeur=answer.valeur + change) if mine and answer.valeur is not None else answer)
    return found
