"""The page where a questionnaire is filled: who may, every type of field, from the first answer to the receipt.

The questionnaire is one that the code has never seen: the page follows its TOML.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from etl.saisies import lecture, modeles
from etl.saisies.classeur import make_workbook
from etl.saisies.tidy import COLONNES
from observatoire.access import opening, saisies
from observatoire.access.desk import Guichet
from observatoire.access.places import places
from observatoire.access.rights import LOCAL, PUBLIC, Visiteur
from observatoire.ui import session
from observatoire.ui.pages.deposer.dossier import save_line
from observatoire.views.saisie import modeles as vues
from observatoire.warehouse import open_warehouse
from registre.records import Acteur, Attribution, Cle, Diffusion, Etape, Reponse, Role, Statut
from registre.store import Registre
from tests.etl.saisies.conftest import CLE, MODELES, REPONSES, essai  # noqa: F401
from tests.pages.conftest import NAVIGATION, table

UNION = Acteur("union@udccas93.fr", "Union", "udccas")
SAISIE = Visiteur("anne@ville.fr", "Anne", (Attribution(Role.SAISIE, "93066"),))
CCAS = Visiteur("awa@ville.fr", "Awa", (Attribution(Role.CCAS, "93066"),))
REFERENT = Visiteur("ref@ept.fr", "Réf", (Attribution(Role.REFERENT, "200057867"),))
LECTURE = Visiteur("lea@ville.fr", "Léa", (Attribution(Role.LECTURE),))
# What can be confirmed as it is: a file is an answer only for whom brought it.
SAINES = tuple(one for one in REPONSES if one.rubrique != "PIECE")
ANNEE = date.today().year - 1
DEPOT = Cle("essai", "93066", ANNEE)


@pytest.fixture
def registre(tmp_path, monkeypatch) -> Registre:
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE_DOSSIER", str(tmp_path))
    monkeypatch.setenv("OBSERVATOIRE_DEPOTS", str(tmp_path / "depots"))
    monkeypatch.delenv("OBSERVATOIRE_REGISTRE", raising=False)
    return opening.in_service()


@pytest.fixture
def inconnu(monkeypatch):
    """The catalogue holds the questionnaire of the tests, and no other."""
    monkeypatch.setattr(modeles.load_models, "__defaults__", (MODELES,))
    monkeypatch.setattr(modeles.load_model, "__defaults__", (None, MODELES))
    monkeypatch.setattr(lecture.read_workbook, "__defaults__", (None, None, MODELES))
    caches = (saisies._modele, vues.models, vues.model_of)
    for kept in caches:
        kept.cache_clear()
    monkeypatch.setattr("observatoire.ui.session._publish", lambda registre: None)
    yield
    for kept in caches:
        kept.cache_clear()


@pytest.fixture
def as_seen_by(entrepot, registre, inconnu, monkeypatch):
    """``as_seen_by(visiteur, etape="verifier")`` → the page for this visitor, whose rights a test may change later."""
    rights = {}

    def visit(visiteur: Visiteur, mode: str = "connexion", **parameters: str) -> AppTest:
        rights["visiteur"] = visiteur
        monkeypatch.setattr(session, "mode", lambda: mode)
        monkeypatch.setattr(session, "current_visitor", lambda: rights["visiteur"])
        page = AppTest.from_file(NAVIGATION, default_timeout=60)
        page.switch_page("../pages/deposer.py")
        page.query_params.update({"territoire": "93066", "exercice": str(ANNEE), "vague": "toutes"} | parameters)
        return sound(page.run())

    visit.rights = rights
    return visit


def sound(page: AppTest) -> AppTest:
    assert [error.message for error in page.exception] == []
    return page


def drafted(registre: Registre, answers=SAINES, cle: Cle = DEPOT):
    return registre.brouillon(cle, answers, UNION, attendu=None, modele_version="2")


def submitted(registre: Registre, answers=SAINES):
    return registre.soumettre(DEPOT, UNION, attendu=drafted(registre, answers).version)


def confirmed(registre: Registre, answers=SAINES):
    return registre.confirmer(DEPOT, UNION, attendu=submitted(registre, answers).version)


def said(elements) -> list[str]:
    """What messages say, their no-break spaces as spaces."""
    return [one.value.replace("\u00a0", " ").replace("\u202f", " ") for one in elements]


def field(page: AppTest, label: str):
    """The field whose label begins so."""
    kinds = (page.text_input, page.text_area, page.selectbox, page.multiselect, page.button_group)
    return next(one for kind in kinds for one in kind if one.label.startswith(label))


def button(page: AppTest, label: str):
    return next(one for one in page.button if one.label.startswith(label))


def buttons(page: AppTest) -> list[str]:
    return [one.label for one in page.button]


def kept(registre: Registre, code: str) -> list[Reponse]:
    return [one for one in registre.reponses(DEPOT) if one.rubrique == code]


# Who may


@pytest.mark.parametrize(
    ("visiteur", "mode", "told"),
    [(PUBLIC, "connexion", "se connecter d’abord"), (PUBLIC, "lecture", "lecture seule"), (LECTURE, "connexion", "")],
)
def test_nobody_fills_without_a_role(as_seen_by, registre, visiteur, mode, told):
    drafted(registre)
    page = as_seen_by(visiteur, mode)
    assert told in page.info[0].value
    assert [one.label for one in page.text_input if one.label.startswith("Un nombre")] == []


def test_a_link_to_another_commune_shows_ones_own(as_seen_by, registre):
    drafted(registre, cle=Cle("essai", "93048", ANNEE))
    page = as_seen_by(SAISIE, territoire="93048")
    assert field(page, "Commune").value == "93066"
    assert field(page, "Un nombre entier").value == ""


def test_a_referent_reads_and_does_not_fill(as_seen_by, registre):
    drafted(registre)
    page = as_seen_by(REFERENT)
    assert "non de le remplir" in page.info[0].value
    # A message crafted for a disabled field: the desk refuses it, and nothing is written.
    before = registre.empreinte()
    field(page, "Un nombre entier").input("99").run()
    assert registre.empreinte() == before


def test_a_role_taken_back_while_the_page_is_open_keeps_nothing(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    as_seen_by.rights["visiteur"] = Visiteur("anne@ville.fr", "Anne")
    field(page, "Un nombre entier").input("99").run()
    assert registre.depot(DEPOT) is None


# Filling in the page


def test_an_answer_is_kept_as_soon_as_it_is_given(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    sound(field(page, "Un nombre entier").input("1 234").run())
    assert kept(registre, "ENT") == [Reponse("ENT", valeur=1234.0)]
    assert registre.depot(DEPOT).etape is Etape.BROUILLON
    sound(field(page, "Un montant").input("98765,43").run())
    assert [one.rubrique for one in registre.reponses(DEPOT)] == ["ENT", "MONT"]
    # Another computer goes on where this one stopped.
    again = as_seen_by(CCAS)
    assert (field(again, "Un nombre entier").value, field(again, "Un montant").value) == ("1234", "98765,43")


def test_every_type_of_field_keeps_its_answer(as_seen_by, registre):
    page = as_seen_by(CCAS, chapitre="mots")
    field(page, "Une date").input("28/02/2025").run()
    field(page, "Oui ou non").set_value("oui").run()
    field(page, "Un choix").select("Délégué, à un tiers").run()
    field(page, "Plusieurs choix").set_value(["Jeunes", "Seniors, 60 ans et plus"]).run()
    field(page, "Un texte court").input("=Épicerie & œuvres").run()
    field(page, "Un texte long").input("Première ligne.\nSeconde.").run()
    for place, part in enumerate(("Directrice", "Awa Exemple", "awa@ville-exemple.fr")):
        [one for one in page.text_input if one.label.startswith("Qui répond")][place].input(part).run()
    sound(page)
    found = {one.rubrique: one.texte or one.valeur for one in registre.reponses(DEPOT)}
    assert found == {
        "JOUR": "2025-02-28",
        "OUINON": 1.0,
        "CHOIX": "delegue",
        "PLUSIEURS": "jeunes ; seniors",
        "COURT": "=Épicerie & œuvres",
        "LONG": "Première ligne.\nSeconde.",
        "QUI": "Directrice ; Awa Exemple ; awa@ville-exemple.fr",
    }
    assert kept(registre, "COURT")[0].diffusion is Diffusion.PUBLIC


def test_a_figure_waits_for_its_unit_and_its_way_of_counting(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    field(page, "Un nombre dont on choisit").input("40").run()
    assert "Pas encore enregistré : dire l’unité" in said(page.error)[0]
    assert registre.depot(DEPOT) is None
    field(page, "Unité (Un nombre dont").set_value("menages").run()
    field(page, "Compté comment (Un nombre dont").set_value("estimation").run()
    assert kept(registre, "CHOISI") == [Reponse("CHOISI", valeur=40.0, unite="menages", methode="estimation")]
    assert [one.value for one in page.error] == []


def test_what_is_not_understood_stays_under_its_field_and_is_not_kept(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    field(page, "Un nombre entier").input("douze").run()
    assert "« douze »" in said(page.error)[0]
    assert registre.depot(DEPOT) is None
    assert field(page, "Un nombre entier").value == "douze"
    field(page, "Un nombre entier").input("12").run()
    assert (kept(registre, "ENT")[0].valeur, [one.value for one in page.error]) == (12.0, [])


def test_personal_data_is_refused_where_it_is_typed(as_seen_by, registre):
    page = as_seen_by(SAISIE, chapitre="mots")
    field(page, "Un texte court").input("appeler le 06 12 34 56 78").run()
    assert "numéro de téléphone" in page.error[0].value
    assert "06 12" not in page.error[0].value
    assert registre.depot(DEPOT) is None


def test_a_situation_takes_the_place_of_the_answer_and_back(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    field(page, "Un nombre entier").input("12").run()
    field(page, "Ou la situation (ENT)").select(Statut.NON_SUIVI).run()
    assert kept(registre, "ENT") == [Reponse("ENT", statut=Statut.NON_SUIVI)]
    assert field(page, "Un nombre entier").value == ""
    field(page, "Un nombre entier").input("13").run()
    assert kept(registre, "ENT") == [Reponse("ENT", valeur=13.0)]
    assert field(page, "Ou la situation (ENT)").value is Statut.RENSEIGNE


def test_an_emptied_field_is_no_answer_any_more(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    field(page, "Un nombre entier").input("12").run()
    sound(field(page, "Un nombre entier").input("").run())
    assert registre.reponses(DEPOT) == ()


def test_a_surprise_asks_for_a_note_and_the_note_answers_it(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    field(page, "Un nombre entier").input("90000").run()
    field(page, "Un montant").input("1").run()
    field(page, "Un nombre décimal").input("80").run()
    assert any("hors de ce qui est plausible" in one.value for one in page.warning)
    field(page, "Note (Un nombre décimal").input("mesuré deux fois").run()
    assert kept(registre, "DECI")[0].note == "mesuré deux fois"
    assert not any("hors de ce qui est plausible" in one.value for one in page.warning)


def test_the_first_wave_is_asked_first_and_the_rest_once_it_is_there(as_seen_by, registre):
    page = as_seen_by(SAISIE, vague="")
    assert [one.label for one in page.text_input if "nombre" in one.label] == ["Un nombre entier (dossiers) ●"]
    field(page, "Un nombre entier").input("12").run()
    again = as_seen_by(SAISIE, vague="")
    assert len([one for one in again.text_input if one.label.startswith("Un ")]) > 3
    # A link to a chapter that has no line of the first wave shows its lines.
    other = as_seen_by(SAISIE, vague="", chapitre="mots", exercice=str(ANNEE - 1))
    assert field(other, "Un texte court").value == ""


def test_last_year_stands_beside_the_field(as_seen_by, registre):
    drafted(registre, (Reponse("ENT", valeur=700.0),), Cle("essai", "93066", ANNEE - 1))
    page = as_seen_by(SAISIE)
    assert any(f"En {ANNEE - 1} : 700" in one.value.replace("\u00a0", " ") for one in page.caption)


def test_two_people_fill_together_and_neither_loses_a_word(as_seen_by, registre):
    first, second = as_seen_by(SAISIE), as_seen_by(CCAS)
    as_seen_by.rights["visiteur"] = SAISIE
    field(first, "Un nombre entier").input("12").run()
    as_seen_by.rights["visiteur"] = CCAS
    field(second, "Un montant").input("500").run()
    assert [one.rubrique for one in registre.reponses(DEPOT)] == ["ENT", "MONT"]
    # The first has not seen the amount: theirs is refused, and the other's is then shown.
    as_seen_by.rights["visiteur"] = SAISIE
    field(first, "Un montant").input("600").run()
    assert kept(registre, "MONT")[0].valeur == 500.0
    assert any("a changé depuis que cette page est ouverte : Awa" in words for words in said(first.error))
    assert field(first, "Un montant").value == "500"
    field(first, "Un montant").input("600").run()
    assert kept(registre, "MONT")[0].valeur == 600.0


def test_lines_saved_at_the_same_moment_are_all_kept(registre, inconnu, entrepot, monkeypatch):
    """Fields typed in one after the other are kept by as many threads of Streamlit."""
    warehouse = open_warehouse(entrepot)
    desk = Guichet(registre, lambda: LOCAL, places(warehouse), saisies.Saisies(warehouse, places(warehouse)))
    monkeypatch.setattr(session, "desk", lambda: desk)
    modele = modeles.load_model("essai")
    answers = [one for one in SAINES if one.rang == 0 and one.rubrique != "COURT"]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: save_line(DEPOT, modele, one.rubrique, (), [one]), answers))
    assert registre.reponses(DEPOT) == tuple(sorted(answers, key=lambda one: one.rubrique))


def test_what_was_refused_in_another_chapter_is_still_said(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    field(page, "Un nombre entier").input("douze").run()
    button(page, "Chapitre suivant").click().run()
    assert "« Un nombre entier » n’est pas enregistré" in said(page.error)[0]
    sound(button(page, "Y aller").click().run())
    assert field(page, "Un nombre entier").value == "douze"


def test_a_photo_is_joined_shown_and_taken_out(as_seen_by, registre):
    page = as_seen_by(SAISIE, chapitre="mots")
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(stream, "PNG")
    page.file_uploader[0].set_value(("équipe.png", stream.getvalue(), "image/png"))
    sound(page.run())
    (answer,) = kept(registre, "PIECE")
    assert registre.fichier(answer.texte).startswith(b"\x89PNG")
    button(page, "Retirer la pièce").click().run()
    assert registre.reponses(DEPOT) == ()


def test_a_file_that_is_no_image_is_refused_in_words(as_seen_by, registre):
    page = as_seen_by(SAISIE, chapitre="mots")
    page.file_uploader[0].set_value(("équipe.png", b"MZ programme", "image/png"))
    sound(page.run())
    assert "ni un PDF, ni une image" in page.error[0].value
    assert registre.depot(DEPOT) is None


def test_a_question_goes_to_the_union(as_seen_by, registre):
    page = as_seen_by(SAISIE)
    field(page, "Votre question").input("Compter les doublons ?").run()
    button(page, "Envoyer la question").click().run()
    (asked,) = registre.commentaires.tous("essai")
    assert (asked.rubrique, asked.texte) == ("ENT", "Compter les doublons ?")


# The workbook


def workbook(answers=SAINES, cle: Cle = DEPOT) -> bytes:
    stream = io.BytesIO()
    make_workbook(modeles.load_model("essai"), cle, "Saint-Denis", (), answers).save(stream)
    return stream.getvalue()


def test_a_workbook_sent_back_is_read_shown_then_kept(as_seen_by, registre):
    page = as_seen_by(SAISIE, facon="classeur")
    content = workbook()
    page.file_uploader[0].set_value(("bilan.xlsx", content, "application/zip"))
    sound(page.run())
    assert registre.depot(DEPOT) is None  # read, not kept yet
    assert table(page, "Ce qui a été lu").row("Mots")[0] == "lue"
    button(page, "Enregistrer").click().run()
    found = registre.depot(DEPOT)
    assert registre.reponses(DEPOT) == tuple(sorted(SAINES, key=lambda one: (one.rubrique, one.rang)))
    assert (found.revision.nom_fichier, registre.fichier(found.revision.fichier)) == ("bilan.xlsx", content)
    assert page.query_params["etape"] == "verifier"


def test_a_workbook_with_errors_keeps_nothing_and_lists_them_with_their_cells(as_seen_by, registre):
    page = as_seen_by(SAISIE, facon="classeur")
    wrong = [Reponse("ENT", valeur=10.5), Reponse("CHOISI", valeur=40.0)]
    page.file_uploader[0].set_value(("bilan.xlsx", workbook(wrong), "application/zip"))
    sound(page.run())
    listed = table(page, "à corriger")
    assert all("cellule" in row[0] for row in listed.rows)
    assert {"ENT", "CHOISI"} <= {word for row in listed.rows for word in row[0].replace(",", " ").split()}
    assert "Rien n’est enregistré" in page.error[-1].value
    assert registre.depot(DEPOT) is None


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("bilan.xlsx", b"pas un classeur", "bilan.xlsx"),
        ("../../etc/passwd.xlsx", b"PK\x03\x04", "passwd"),
        ("bilan.csv", b"\xff\xfe\x00", "bilan.csv"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_in_words(as_seen_by, registre, name, content, told):
    page = as_seen_by(SAISIE, facon="classeur")
    page.file_uploader[0].set_value((name, content, "application/zip"))
    sound(page.run())
    assert any(told in one.value for one in page.error)
    assert registre.depot(DEPOT) is None


def test_another_communes_workbook_is_refused(as_seen_by, registre):
    page = as_seen_by(SAISIE, facon="classeur")
    other = workbook(cle=Cle("essai", "93048", ANNEE))
    page.file_uploader[0].set_value(("bilan.xlsx", other, "application/zip"))
    sound(page.run())
    (row,) = table(page, "à corriger").rows
    assert row[2].replace("\u00a0", " ") == "un classeur pour le territoire « 93048 »"
    assert registre.depot(DEPOT) is None


def test_a_file_of_another_program_fills_what_is_empty(as_seen_by, registre):
    drafted(registre, (Reponse("ENT", valeur=12.0),))
    page = as_seen_by(SAISIE, facon="classeur")
    content = "\n".join((";".join(COLONNES), "ENT;;15;;;;", "DECI;;3,5;;;;", "")).encode()
    page.file_uploader[1].set_value(("export.csv", content, "text/csv"))
    sound(page.run())
    assert table(page, "Réponses gardées").rows[0][1:] == ["12 dossiers", "15 dossiers"]
    assert registre.reponses(DEPOT) == (Reponse("ENT", valeur=12.0),)
    button(page, "Reprendre").click().run()
    assert {one.rubrique: one.valeur for one in registre.reponses(DEPOT)} == {"ENT": 12.0, "DECI": 3.5}


def test_a_file_of_no_known_program_is_refused_in_words(as_seen_by, registre):
    page = as_seen_by(SAISIE, facon="classeur")
    page.file_uploader[1].set_value(("export.csv", b"nom;prix\na;1\n", "text/csv"))
    sound(page.run())
    assert any("ce tableau n’est pas connu" in words for words in said(page.error))
    assert registre.depot(DEPOT) is None


# Checking, submitting, confirming


def test_problems_lead_to_their_line_and_stop_the_submission(as_seen_by, registre):
    drafted(registre, (Reponse("ENT", valeur=5.0), Reponse("CHOISI", valeur=40.0, unite="menages", methode="logiciel")))
    page = as_seen_by(SAISIE, etape="verifier")
    assert button(page, "Soumettre").disabled
    assert any("pas plus de suivis que de dossiers" in one.value for one in page.text)
    sound(button(page, "Y aller").click().run())
    assert page.query_params["chapitre"] == "nombres"
    assert field(page, "Un nombre entier").value == "5"


def test_from_draft_to_receipt_through_a_return(as_seen_by, registre):
    drafted(registre)
    page = as_seen_by(SAISIE, etape="verifier")
    button(page, "Soumettre").click().run()
    assert registre.depot(DEPOT).etape is Etape.SOUMIS
    assert "la direction du CCAS le confirmera" in page.info[0].value
    assert not any(label.startswith("Confirmer") for label in buttons(page))

    union = as_seen_by(LOCAL, "local", etape="confirmer")
    field(union, "Motif, lu par").input("Le total ne tombe pas juste").run()
    button(union, "Renvoyer").click().run()
    assert registre.depot(DEPOT).motif == "Le total ne tombe pas juste"

    page = as_seen_by(SAISIE)
    assert "Le total ne tombe pas juste" in page.warning[0].value
    field(page, "Un nombre entier").input("1300").run()
    page = as_seen_by(SAISIE, etape="verifier")
    button(page, "Soumettre").click().run()

    director = as_seen_by(CCAS, etape="confirmer")
    sound(button(director, "Confirmer").click().run())
    assert registre.depot(DEPOT).etape is Etape.CONFIRME
    assert "comptent dans ceux du réseau" in director.success[-1].value
    assert any(one.label == "Récépissé (PDF)" for one in director.get("download_button"))
    done = [row[2] for row in table(director, "Ce qui a été fait").rows]
    assert done[:3] == ["a confirmé", "a soumis", "a enregistré"]


def test_what_is_in_force_is_corrected_on_purpose_and_stays_until_confirmed(as_seen_by, registre):
    confirmed(registre)
    page = as_seen_by(CCAS, etape="remplir")
    assert field(page, "Un nombre entier").disabled
    button(page, "Corriger").click().run()
    assert not field(page, "Un nombre entier").disabled
    field(page, "Un nombre entier").input("1500").run()
    found = registre.depot(DEPOT)
    assert (found.etape, found.confirmee, found.revision.numero, found.en_vigueur) == (Etape.BROUILLON, 1, 2, True)
    check = as_seen_by(CCAS, etape="verifier")
    assert table(check, "Ce qui change depuis le dépôt confirmé").row("Un nombre entier")[-1].startswith("1\u202f500")


def test_a_deposit_is_withdrawn_with_a_reason_and_restored(as_seen_by, registre):
    confirmed(registre)
    page = as_seen_by(CCAS, etape="confirmer")
    field(page, "Motif, lu par").input("Mauvaise année").run()
    button(page, "Retirer ce dépôt").click().run()
    assert registre.depot(DEPOT).etape is Etape.RETIRE
    assert "Mauvaise année" in page.warning[0].value
    button(page, "Rétablir").click().run()
    assert registre.depot(DEPOT).etape is Etape.CONFIRME


def test_the_ccas_chooses_what_becomes_public_and_its_clerk_does_not(as_seen_by, registre):
    drafted(registre)
    clerk = as_seen_by(SAISIE, etape="verifier")
    assert not any(one.label == "Lignes rendues publiques" for one in clerk.multiselect)
    page = as_seen_by(CCAS, etape="verifier")
    chosen = next(one for one in page.multiselect if one.label == "Lignes rendues publiques")
    assert chosen.value == ["COURT"]
    sound(chosen.set_value(["COURT", "ENT"]).run())
    assert {one.rubrique for one in registre.reponses(DEPOT) if one.diffusion is Diffusion.PUBLIC} == {"COURT", "ENT"}
    button(page, "Tout garder").click().run()
    assert all(one.diffusion is Diffusion.RESEAU for one in registre.reponses(DEPOT))


# The collection


def test_the_union_follows_the_collection_and_writes_reminders(as_seen_by, registre):
    confirmed(registre)
    registre.comptes.ajouter_role("a@ville.fr", Role.CCAS, UNION, "93014")
    registre.commentaires.ouvrir("essai", "ENT", "<b>Doublons ?</b>", UNION)
    page = as_seen_by(LOCAL, "local", vue="suivi")
    assert page.markdown[0].value.replace("\u00a0", " ").startswith("**1 CCAS sur 39 a confirmé")
    assert table(page, "État de la collecte").rows[-1]
    assert table(page, "Questions en attente").rows[0][1] == "<b>Doublons ?</b>"
    field(page, "Date attendue").input("31/02/2026").run()
    assert "Ce n’est pas une date" in page.error[0].value
    assert button(page, "Fixer cette date").disabled
    field(page, "Date attendue").input(f"01/12/{ANNEE}").run()
    button(page, "Fixer cette date").click().run()
    assert registre.reglages.lire(f"campagne/essai/{ANNEE}/echeance") == f"{ANNEE}-12-01"
    assert int(table(page, "État de la collecte").row("Clichy-sous-Bois")[-1]) > 300


def test_a_referent_sees_the_collection_of_its_ept_alone(as_seen_by, registre):
    page = as_seen_by(REFERENT, vue="suivi")
    rows = table(page, "État de la collecte").rows
    assert {row[1] for row in rows} == {"Plaine Commune"}
    assert not any(label.startswith("Fixer") for label in buttons(page))


def test_the_collection_of_a_former_year_has_the_former_commune(as_seen_by, registre):
    page = as_seen_by(LOCAL, "local", vue="suivi", exercice="2024")
    assert len(table(page, "État de la collecte").rows) == 40
