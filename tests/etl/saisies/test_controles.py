"""The checks of the answers: what stops, what asks for a note, and what a note then lets through."""

import json
from dataclasses import replace
from datetime import date

import pytest

from etl.saisies.controles import Contexte, check_answers
from etl.saisies.schema import ARTICLE_30, article_30, table_schema
from registre.records import Reponse, Statut
from tests.etl.saisies.conftest import CLE, CONTEXTE, REPONSES


def told(essai, *answers, cle=CLE, **context):
    found = check_answers(essai, cle, answers, replace(CONTEXTE, **context))
    return [(one.gravite, one.rubrique, one.expliquee) for one in found]


def sentences(essai, *answers, **context):
    found = check_answers(essai, CLE, answers, replace(CONTEXTE, **context))
    return [str(one).replace("\u00a0", " ").replace("\u202f", " ") for one in found]


def test_sound_answers_have_no_problem(essai):
    assert check_answers(essai, CLE, REPONSES, CONTEXTE) == []


@pytest.mark.parametrize(
    ("before", "now", "surprises"),
    [
        (100, 200, 0),
        (100, 201, 1),
        (100, 50, 0),
        (100, 49, 1),
        (3, 19, 0),
        (0, 20, 1),
        (20, 0, 1),
        (0, 0, 0),
    ],
)
def test_a_jump_since_last_year_asks_for_a_note(essai, before, now, surprises):
    past = [Reponse("ENT", valeur=float(before))]
    assert told(essai, Reponse("ENT", valeur=float(now)), avant=past) == [("surprise", "ENT", False)] * surprises
    noted = Reponse("ENT", valeur=float(now), note="Un service de plus")
    assert told(essai, noted, avant=past) == [("surprise", "ENT", True)] * surprises


def test_two_units_do_not_compare(essai):
    past = [Reponse("CHOISI", valeur=100.0, unite="personnes", methode="logiciel")]
    assert told(essai, Reponse("CHOISI", valeur=900.0, unite="menages", methode="logiciel"), avant=past) == []


def test_out_of_proportion_with_the_population(essai):
    assert sentences(essai, Reponse("ENT", valeur=2001.0), population=1000) == [
        "ENT : 2 001 pour 1 000 habitants ; attendu : entre 1 et 2 000, à proportion de la population → vérifier "
        "l’unité et les zéros, ou l’expliquer dans la note"
    ]
    assert told(essai, Reponse("ENT", valeur=1.0), population=1001) == [("surprise", "ENT", False)]
    assert told(essai, Reponse("ENT", valeur=2000.0), population=1000) == []
    assert told(essai, Reponse("ENT", valeur=2001.0)) == []


def test_far_from_similar_communes(essai):
    peers = {"MONT": [1.0, 2.0, 3.0, 4.0, 5.0]}  # quartiles 2 and 4: far is beyond 10
    assert told(essai, Reponse("MONT", valeur=10_000.0), population=1000, semblables=peers) == []
    assert sentences(essai, Reponse("MONT", valeur=10_001.0), population=1000, semblables=peers) == [
        "MONT : 10 001, loin des communes semblables ; attendu : entre 0 et 10 000, à population égale → vérifier, ou "
        "l’expliquer dans la note"
    ]
    few = {"MONT": [1.0, 2.0, 3.0, 4.0]}
    assert told(essai, Reponse("MONT", valeur=90_000.0), population=1000, semblables=few) == []


def test_bounds_ask_for_a_note_and_a_sign_stops(essai):
    assert told(essai, Reponse("ENT", valeur=100_001.0)) == [("surprise", "ENT", False)]
    assert told(essai, Reponse("ENT", valeur=100_001.0, note="Deux communes")) == [("surprise", "ENT", True)]
    assert told(essai, Reponse("ENT", valeur=-1.0, note="Un solde")) == [("erreur", "ENT", False)]
    assert told(essai, Reponse("DECI", valeur=-50.0)) == []
    assert told(essai, Reponse("DECI", valeur=-50.5)) == [("surprise", "DECI", False)]


def test_rules_between_lines(essai):
    assert sentences(essai, Reponse("ENT", valeur=2.0), Reponse("MONT", valeur=10_001.0)) == [
        "MONT : règle « moyenne » : MONT = 10001, ENT = 2 ; attendu : au plus 5 000 euros par dossier → corriger ces "
        "rubriques, ou l’expliquer dans la note de l’une d’elles"
    ]
    assert told(essai, Reponse("ENT", valeur=2.0, note="Deux familles"), Reponse("MONT", valeur=10_001.0)) == [
        ("surprise", "MONT", True)
    ]
    # Unknown is no fault, and a division by zero gives nothing.
    assert told(essai, Reponse("MONT", valeur=10_001.0)) == []
    assert told(essai, Reponse("ENT", valeur=0.0), Reponse("MONT", valeur=10_001.0)) == []
    assert told(essai, Reponse("ENT", statut=Statut.NON_SUIVI), Reponse("MONT", valeur=1.0)) == []


def test_a_rule_adds_cents_exactly(essai):
    from etl.saisies.modeles import Regle

    rule = Regle("somme", "MONT + DECI = 0.3", "erreur", "m", rubriques=("MONT", "DECI"))
    model = replace(essai, regles=(rule,))
    assert told(model, Reponse("MONT", valeur=0.1), Reponse("DECI", valeur=0.2)) == []
    assert told(model, Reponse("MONT", valeur=0.1), Reponse("DECI", valeur=0.3)) == [("erreur", "MONT", False)]


def test_a_rule_that_cannot_be_computed_stops(essai):
    from etl.saisies.modeles import Regle

    rule = Regle("trop", "MONT * MONT * MONT * MONT > 1", "surprise", "m", rubriques=("MONT",))
    assert told(replace(essai, regles=(rule,)), Reponse("MONT", valeur=9e11)) == [("erreur", "MONT", False)]


def test_a_rule_counts_the_rows_of_a_table(essai):
    done = Reponse("OUINON", valeur=1.0)
    assert told(essai, done) == []  # nothing is said of the table
    row = Reponse("TAB.MISSION", 1, texte="Portage")
    assert told(essai, done, row) == []


@pytest.mark.parametrize(
    "answer",
    [
        Reponse("INCONNUE", valeur=1.0),
        Reponse("ENT"),
        Reponse("ENT", texte="12"),
        Reponse("ENT", valeur=1.5),
        Reponse("ENT", valeur=float("nan")),
        Reponse("ENT", valeur=float("inf")),
        Reponse("ENT", valeur=2e12),
        Reponse("ENT", 1, valeur=1.0),
        Reponse("ENT", valeur=1.0, unite="menages"),
        Reponse("ENT", valeur=1.0, statut=Statut.NON_SUIVI),
        Reponse("TAUX", statut=Statut.A_VENIR),
        Reponse("TAUX", valeur=101.0),
        Reponse("OUINON", valeur=2.0),
        Reponse("CHOISI", valeur=1.0),
        Reponse("CHOISI", valeur=1.0, unite="menages", methode="autre"),
        Reponse("CHOIX", texte="En régie"),
        Reponse("PLUSIEURS", texte="jeunes;seniors"),
        Reponse("JOUR", texte="01/02/2025"),
        Reponse("JOUR", texte="2025-02-30"),
        Reponse("COURT", texte="a\nb"),
        Reponse("COURT", texte="a\x07b"),
        Reponse("PIECE", texte="rapport.pdf"),
        Reponse("QUI", texte="Directrice ; A. Exemple"),
        Reponse("TAB", texte="rempli"),
        Reponse("TAB.MISSION", texte="sans rang"),
        Reponse("TAB.MISSION", 1, statut=Statut.NON_SUIVI),
        Reponse("MONT", valeur=1.0, note="M. Exemple a reçu 300 €"),
    ],
)
def test_an_answer_out_of_form_is_an_error(essai, answer):
    assert told(essai, answer)[0][0] == "erreur"


def test_everything_is_told_at_once(essai):
    found = told(
        essai,
        Reponse("ENT", valeur=-1.0),
        Reponse("ENT", valeur=-1.0),
        Reponse("JOUR", texte="hier"),
        Reponse("MONT", valeur=1e13),
        cle=replace(CLE, exercice=2031, territoire="Bondy"),
    )
    assert len(found) == 7


def test_the_territories_that_may_deposit(essai):
    names = {"93001": "Aubervilliers"}
    assert told(essai, REPONSES[0], territoires=names) == [("erreur", None, False)]
    assert told(essai, REPONSES[0], territoires=names | {"93066": "Saint-Denis"}) == []
    assert told(essai, REPONSES[0], aujourdhui=date(2024, 12, 31)) == [("erreur", None, False)]


def test_the_defaults_need_no_context(essai):
    assert check_answers(essai, CLE, [Reponse("ENT", valeur=1.0)], Contexte()) == []


def test_the_table_schema_is_json_and_says_what_is_refused(essai):
    schema = json.loads(json.dumps(table_schema(essai)))
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["primaryKey"] == ["territoire", "exercice"]
    assert "TAB" not in fields
    assert (fields["ENT"]["type"], fields["ENT"]["constraints"]) == ("integer", {"minimum": 0})
    assert "constraints" not in fields["DECI"]
    assert fields["TAUX"]["constraints"] == {"minimum": 0, "maximum": 100}
    assert fields["CHOIX"]["constraints"] == {"enum": ["regie", "delegue"]}
    assert fields["MONT"]["unite"] == "euros"


def test_the_article_30_description_marks_identities(essai):
    lines = article_30(essai).removeprefix("\ufeff").split("\r\n")
    rows = {line.split(";")[0]: dict(zip(ARTICLE_30, line.split(";"), strict=False)) for line in lines[1:-1]}
    assert set(rows) >= {"ENT", "QUI", "TAB.MISSION"}
    assert (rows["QUI"]["donnee_personnelle"], rows["QUI"]["destinataires"], rows["QUI"]["effacable"]) == (
        *("identité professionnelle", "membres du réseau"),
        "oui",
    )
    assert rows["COURT"]["diffusion"] == "publique"
    assert rows["ENT"]["reference_verifiee"] == "oui"
