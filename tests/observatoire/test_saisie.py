"""What a deposit shows: fields and back, progress, changes, history, the state of a collection."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.saisies.modeles import Genre
from etl.saisies.valeurs import Illisible
from observatoire.views.saisie.avancement import Avancement, progress
from observatoire.views.saisie.champs import (
    Champ,
    answer_of,
    answers_of_rows,
    field_of,
    of_line,
    put,
    rows_of,
    spread,
)
from observatoire.views.saisie.changements import changes, value_told
from observatoire.views.saisie.collecte import CORRECTION, collection, mailto, reminder, summary
from observatoire.views.saisie.historique import steps_of
from observatoire.views.saisie.reprise import take_up
from registre.records import Acteur, Cle, Depot, Diffusion, Ecrit, Etape, Reponse, Revision, Statut
from tests.etl.saisies.conftest import REPONSES, essai  # noqa: F401

ANNE, LEA = Acteur("anne@ville.fr", "Anne", "saisie"), Acteur("lea@ville.fr", "", "ccas")
HIER = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("reponse", [one for one in REPONSES if one.rang == 0], ids=lambda one: one.rubrique)
def test_every_answer_goes_to_its_field_and_back(essai, reponse):  # noqa: F811
    line = essai.rubrique(reponse.rubrique)
    assert answer_of(line, field_of(line, reponse)) == reponse


def test_a_table_goes_to_its_rows_and_back(essai):  # noqa: F811
    line = essai.rubrique("TAB")
    own = of_line(REPONSES, "TAB")
    rows = rows_of(line, own)
    assert rows[0]["DEBUT"] == "01/01/2020"
    assert rows[0]["PART"] == "7 %"
    assert (rows[1]["MISSION"], rows[1]["MODE"]) == ("Épicerie sociale", "")
    answers, problems = answers_of_rows(line, [*rows, dict.fromkeys(rows[0], "")], Diffusion.RESEAU)
    assert problems == []
    assert of_line(answers, "TAB") == own


def test_what_cannot_be_read_in_a_row_is_said_with_its_row(essai):  # noqa: F811
    rows = [{"MISSION": "a"}, {}, {"MISSION": "b", "DEBUT": "demain"}]
    answers, problems = answers_of_rows(essai.rubrique("TAB"), rows, Diffusion.RESEAU)
    assert [(one.rubrique, one.rang) for one in problems] == [("TAB.DEBUT", 2)]
    assert len(answers) == 2


def test_a_figure_typed_wins_over_a_situation_chosen_before(essai):  # noqa: F811
    answer = answer_of(essai.rubrique("ENT"), Champ("1 234", Statut.NON_SUIVI))
    assert answer == Reponse("ENT", valeur=1234.0)


def test_a_percentage_is_typed_with_or_without_its_sign(essai):  # noqa: F811
    line = essai.rubrique("TAUX")
    assert answer_of(line, Champ("12,5")) == answer_of(line, Champ("12,5 %")) == Reponse("TAUX", valeur=12.5)


def test_an_empty_field_is_no_answer_and_a_note_alone_is_refused(essai):  # noqa: F811
    line = essai.rubrique("ENT")
    assert answer_of(line, Champ("  ")) is None
    with pytest.raises(Illisible, match="une note sans réponse"):
        answer_of(line, Champ(note="à voir"))


@pytest.mark.parametrize(("code", "text"), [("ENT", "douze"), ("ENT", "1,5"), ("JOUR", "31/02/2025"), ("QUI", "Awa")])
def test_what_is_no_answer_to_the_line_says_why(essai, code, text):  # noqa: F811
    with pytest.raises(Illisible):
        answer_of(essai.rubrique(code), Champ(text))


def test_putting_a_line_leaves_the_others(essai):  # noqa: F811
    put_back = put(REPONSES, essai.rubrique("TAB"), [])
    assert not of_line(put_back, "TAB")
    assert len(put_back) == len(REPONSES) - 9
    opened = spread(REPONSES, ["TAB"], Diffusion.PUBLIC)
    assert {one.diffusion for one in of_line(opened, "TAB")} == {Diffusion.PUBLIC}
    assert of_line(opened, "ENT") == of_line(REPONSES, "ENT")


def test_progress_counts_lines_and_a_situation_is_an_answer(essai):  # noqa: F811
    done = progress(essai, (Reponse("DECI", valeur=1.0), Reponse("CHANGE", statut=Statut.NON_SUIVI), *REPONSES[-2:]))
    assert (done.faites, done.demandees, done.premieres, done.premieres_demandees) == (3, 15, 0, 1)
    assert done.suivante == "ENT"
    assert progress(essai, REPONSES).complet
    assert progress(essai, REPONSES, "mots").demandees == 9
    assert progress(essai, ()).minutes == pytest.approx(11 * 0.5 + 4 + 4 + 2 + 1 - 0)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0.5, "environ 1 minute"),
        (9.5, "environ 10 minutes"),
        (10.5, "environ 15 minutes"),
        (35.0, "environ 35 minutes"),
    ],
)
def test_time_left_is_said_roundly(minutes, told):
    words = Avancement(1, 5, 0, 0, minutes).reste().replace("\u00a0", " ")
    assert words == f"{told} pour le reste"


def test_changes_are_said_in_the_order_of_the_questionnaire_and_in_words(essai):  # noqa: F811
    after = put(REPONSES, essai.rubrique("ENT"), [Reponse("ENT", valeur=1300.0)])
    after = put(after, essai.rubrique("CHOIX"), [Reponse("CHOIX", texte="regie")])
    told = [(one.libelle, one.avant, one.apres) for one in changes(essai, REPONSES, after)]
    assert told == [
        ("Un nombre entier", "1\u202f234 dossiers, note : Deux lignes,\nune « note » ; avec = et accents",
         "1\u202f300 dossiers"),
        ("Un choix", "Délégué, à un tiers", "En régie"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reponse", "told"),
    [
        (Reponse("MONT", valeur=98765.43), "98\u202f765,43\u00a0€"),
        (Reponse("TAUX", valeur=12.35), "12,35\u00a0%"),
        (Reponse("CHOISI", valeur=40.0, unite="menages", methode="estimation"), "40 Ménages"),
        (Reponse("DECI", valeur=-12.75), "-12,75 degrés"),
        (Reponse("OUINON", valeur=0.0), "non"),
        (Reponse("ENT", statut=Statut.NON_SUIVI), "non suivi"),
        (Reponse("PIECE", texte="ab" * 32), "pièce jointe"),
    ],
)
def test_an_answer_is_told_with_its_unit(essai, reponse, told):  # noqa: F811
    assert value_told(essai, reponse) == told


def test_an_import_fills_what_is_empty_and_says_what_it_would_have_changed(essai):  # noqa: F811
    kept = (Reponse("ENT", valeur=12.0), Reponse("DECI", valeur=3.0), Reponse("CHANGE", statut=Statut.NON_SUIVI))
    brought = (
        Reponse("ENT", valeur=15.0),
        Reponse("DECI", valeur=3.0, note="la même"),
        Reponse("CHANGE", valeur=2.0),
        Reponse("MONT", valeur=500.0),
        Reponse("TAUX", note="deux sources ne disent pas la même chose"),
    )
    taken = take_up(essai, kept, brought)
    assert [one.rubrique for one in taken.nouvelles] == ["MONT"]
    told = [(one.rubrique, one.avant, one.apres) for one in taken.differentes]
    assert told == [("ENT", "12 dossiers", "15 dossiers"), ("CHANGE", "non suivi", "2")]


def ecrit(numero: int, action: str, minutes: int, acteur: Acteur = ANNE, note: str | None = None) -> Ecrit:
    return Ecrit(
        numero, HIER + timedelta(minutes=minutes), acteur, action, "depot", "bilan/93066/2025", None, None, note
    )


def test_answers_given_at_one_sitting_are_one_step():
    steps = steps_of(
        [
            ecrit(1, "enregistrer", 0),
            ecrit(2, "enregistrer", 5),
            ecrit(3, "enregistrer", 64),
            ecrit(4, "enregistrer", 130),
            ecrit(5, "enregistrer", 131, LEA),
            ecrit(6, "renvoyer", 132, LEA, "à revoir"),
        ]
    )
    assert [(one.qui, one.fait, one.note) for one in steps] == [
        ("Anne", "a enregistré (3 fois)", ""),
        ("Anne", "a enregistré", ""),
        ("lea@ville.fr", "a enregistré", ""),
        ("lea@ville.fr", "a renvoyé", "à revoir"),
    ]


def depot(territoire: str, etape: Etape, confirmee: int | None = None, motif: str | None = None) -> Depot:
    saved = Revision(1, HIER, ANNE, "1", False, None, None, None, None, 3, "e" * 64)
    return Depot(1, Cle("bilan", territoire, 2025), etape, 1, saved, confirmee, motif, HIER, HIER, ANNE)


COMMUNES = {
    "93014": ("Clichy-sous-Bois", "Grand Paris Grand Est"),
    "93066": ("Saint-Denis", "Plaine Commune"),
    "93001": ("Aubervilliers", "Plaine Commune"),
}
DEPOTS = [
    depot("93066", Etape.BROUILLON, confirmee=1),
    depot("93001", Etape.RENVOYE, motif="Le total ne tombe pas juste"),
    depot("93048", Etape.CONFIRME, confirmee=1),
]


def test_a_collection_says_where_each_ccas_is_and_who_is_late():
    lines = collection(COMMUNES, DEPOTS, date(2026, 11, 20), date(2026, 11, 28))
    assert [(one.nom, one.etat, one.retard) for one in lines] == [
        ("Clichy-sous-Bois", "rien reçu", 8),
        ("Aubervilliers", "renvoyé", 8),
        ("Saint-Denis", CORRECTION, 0),
    ]
    assert summary(lines) == "1 CCAS sur 3 a confirmé ; 1 à corriger, 1 sans rien."
    on_time = collection(COMMUNES, DEPOTS, date(2026, 11, 28), date(2026, 11, 28))
    assert {one.retard for one in on_time} == {0}
    assert {one.retard for one in collection(COMMUNES, DEPOTS, None, date(2026, 11, 28))} == {0}


def test_a_reminder_says_what_is_expected_of_this_ccas():
    _, late, correcting = collection(COMMUNES, DEPOTS, date(2026, 11, 20), date(2026, 11, 28))
    subject, words = reminder("Bilan d’activité", 2025, late, date(2026, 11, 20), "https://obs.fr/deposer")
    assert subject == "Bilan d’activité 2025 : Aubervilliers"
    assert "vous a été renvoyé : Le total ne tombe pas juste" in words
    assert "8 jours de retard" in words.replace("\u00a0", " ")
    assert "https://obs.fr/deposer" in words
    assert correcting.rendu


def test_the_link_of_a_reminder_opens_a_message_as_it_was_written():
    link = mailto(["a@ville.fr", "b@ville.fr"], "Bilan 2025 : L’Île-Saint-Denis", "Bonjour,\n\nÀ bientôt & merci ?")
    asked = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert link.startswith("mailto:a@ville.fr,b@ville.fr?")
    assert asked == {"subject": ["Bilan 2025 : L’Île-Saint-Denis"], "body": ["Bonjour,\n\nÀ bientôt & merci ?"]}


def test_every_type_of_line_has_a_field(essai):  # noqa: F811
    """A type added to the engine is in these tests."""
    assert {line.genre for line in essai.rubriques} == set(Genre)
