"""The page Administration, as each one sees it, and what its buttons do: the desk decides, whatever was shown."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from observatoire.access import opening
from observatoire.access.rights import LOCAL, PUBLIC, Visiteur
from observatoire.ui import session
from registre.records import Acteur, Attribution, Role
from registre.store import Registre
from tests.pages.conftest import NAVIGATION, table

UNION = Acteur("union@udccas93.fr", "Union", "udccas")


@pytest.fixture
def registre(tmp_path, monkeypatch) -> Registre:
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE_DOSSIER", str(tmp_path))
    monkeypatch.setenv("OBSERVATOIRE_DEPOTS", str(tmp_path / "depots"))
    monkeypatch.delenv("OBSERVATOIRE_REGISTRE", raising=False)
    return opening.in_service()


@pytest.fixture
def as_seen_by(entrepot, registre, monkeypatch):
    """``as_seen_by(visiteur)`` → the page Administration for this visitor, whose rights a test may change later."""
    rights = {}

    def visit(visiteur: Visiteur, mode: str = "connexion", **parameters: str) -> AppTest:
        rights["visiteur"] = visiteur
        monkeypatch.setattr(session, "mode", lambda: mode)
        monkeypatch.setattr(session, "current_visitor", lambda: rights["visiteur"])
        page = AppTest.from_file(NAVIGATION, default_timeout=60)
        page.switch_page("../pages/administration.py")
        page.query_params.update(parameters)
        page.run()
        assert [error.message for error in page.exception] == []
        return page

    visit.rights = rights
    return visit


def button(page: AppTest, label: str):
    return next(one for one in page.button if one.label == label)


def parts(page: AppTest) -> list[str]:
    """The parts of the page that are offered."""
    return [option for group in page.get("button_group") for option in (o.content for o in group.proto.options)]


def test_a_reader_learns_that_nobody_writes_here(as_seen_by):
    page = as_seen_by(PUBLIC, "lecture")
    assert [one.value for one in page.info] == ["Cette application est en lecture seule : personne n’y écrit."]
    assert parts(page) == []


def test_somebody_who_has_not_signed_in_is_told_to(as_seen_by):
    assert "se connecter d’abord" in as_seen_by(PUBLIC).info[0].value


@pytest.mark.parametrize(
    ("visiteur", "offered"),
    [
        (LOCAL, ["Comptes", "Remarques", "Réglages", "Journal"]),
        (Visiteur("a@ville.fr", "A", (Attribution(Role.CCAS, "93066"),)), ["Remarques"]),
        (Visiteur("a@ville.fr", "A"), []),
    ],
)
def test_each_one_is_offered_what_they_may_do(as_seen_by, visiteur, offered):
    assert parts(as_seen_by(visiteur)) == offered


@pytest.mark.parametrize("volet", ["comptes", "reglages", "journal"])
def test_a_link_does_not_open_what_is_not_offered(as_seen_by, registre, volet):
    registre.comptes.ajouter_role("secret@ville.fr", Role.CCAS, UNION, "93048")
    page = as_seen_by(Visiteur("a@ville.fr", "A", (Attribution(Role.CCAS, "93066"),)), volet=volet)
    assert parts(page) == ["Remarques"]
    assert "secret@ville.fr" not in str([e.proto for e in page.main])


def test_the_union_invites_and_the_link_is_shown_once(as_seen_by, registre):
    page = as_seen_by(LOCAL)
    page.text_input(key="_invite").input("Anne@Ville.fr").run()
    button(page, "Créer le lien d’invitation").click().run()
    assert "Invitation créée pour Anne@Ville.fr." in page.success[0].value
    (link,) = [code.value for code in page.code]
    (invitation,) = registre.comptes.invitations()
    assert invitation.courriel == "anne@ville.fr"
    assert registre.comptes.invitation(link.split("invitation=")[1]) == invitation
    assert "en attente" in table(page, "Invitations").rows[0]


def test_a_button_kept_from_before_is_refused_once_the_role_is_gone(as_seen_by, registre):
    """The page was drawn for the union; the click arrives after the role was taken back."""
    registre.comptes.ajouter_role("anne@ville.fr", Role.CCAS, UNION, "93066")
    page = as_seen_by(Visiteur("union@udccas93.fr", "U", (Attribution(Role.UDCCAS),)))
    before = registre.empreinte()
    as_seen_by.rights["visiteur"] = Visiteur("union@udccas93.fr", "U")
    button(page, "Retirer « CCAS, Saint-Denis »").click().run()
    assert "n’a aucun rôle" in page.error[0].value
    assert registre.empreinte() == before


def test_a_remark_is_shown_as_it_was_typed(as_seen_by, registre):
    hostile = "<img src=x onerror=alert(1)> **gras** [lien](javascript:alert(1))"
    registre.commentaires.ouvrir("bilan", "ACC01", hostile, UNION)
    page = as_seen_by(LOCAL, volet="remarques")
    assert hostile in [text.value for text in page.text]
    assert hostile not in [text.value for text in page.markdown]


def test_the_journal_says_who_what_and_what_it_was_before(as_seen_by, registre):
    registre.comptes.ajouter_role("anne@ville.fr", Role.CCAS, UNION, "93066")
    registre.comptes.desactiver("anne@ville.fr", "départ", UNION)
    first, second = table(as_seen_by(LOCAL, volet="journal"), "Écritures").rows
    assert "actif : oui → non" in " ".join(first)
    assert "départ" in first
    assert "roles : rien → ccas 93066" in " ".join(second)


def test_an_invitation_names_who_must_sign_in(as_seen_by):
    page = as_seen_by(PUBLIC, invitation="x" * 43)
    assert "se connecter d’abord" in " ".join(one.value for one in page.markdown)
    page = as_seen_by(PUBLIC, "lecture", invitation="x" * 43)
    assert "pas de connexion par compte" in page.warning[0].value
