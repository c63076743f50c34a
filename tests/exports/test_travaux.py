"""Files that take long: made in a process of their own, whole or not at all, stopped at once when asked to."""

import os
import time

import pytest
from streamlit.testing.v1 import AppTest

from observatoire.exports import travaux as module
from observatoire.exports.travaux import ANNULE, ATTENTE, ECHEC, EN_COURS, PRET, Travail, Travaux

pytestmark = pytest.mark.usefixtures("entrepot")


def version_and(warehouse, word: str) -> bytes:
    """Made by the other process: what warehouse it has opened, what it was given, who it is."""
    return f"{warehouse.version} {word} {os.getpid()}".encode()


def endless(warehouse) -> bytes:
    """A file that never ends."""
    time.sleep(600)
    return b""


def broken(warehouse) -> bytes:
    """A file that cannot be made."""
    raise ValueError("raté")


@pytest.fixture
def asked():
    """The files asked for in a test; ended with it."""
    made = Travaux()
    yield made
    made.fermer()


def until(travail: Travail, *states: str) -> str:
    """The state of a file once it is one of these."""
    end = time.monotonic() + 120
    while travail.etat not in states and time.monotonic() < end:
        time.sleep(0.05)
    return travail.etat


def begun(asked: Travaux, make, *given) -> Travail:
    found = asked.trouver(asked.demander(make, *given))
    assert found is not None
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_file_is_made_elsewhere_from_the_warehouse_in_service(asked, warehouse):
    travail = begun(asked, version_and, "été")
    assert until(travail, PRET, ECHEC) == PRET
    version, word, pid = travail.contenu().decode().split()
    assert (version, word) == (warehouse.version, "été")
    assert int(pid) != os.getpid()


def test_a_file_that_cannot_be_made_leaves_nothing(asked):
    travail = begun(asked, broken)
    assert until(travail, PRET, ECHEC) == ECHEC
    with pytest.raises(FileNotFoundError):
        travail.contenu()


def test_to_cancel_ends_the_process_and_gives_its_place_to_the_next(asked, monkeypatch):
    monkeypatch.setattr(module, "SIMULTANES", 1)
    own = Travaux()
    first, second = begun(own, endless), begun(own, version_and, "suite")
    assert until(first, EN_COURS) == EN_COURS
    while first.pid is None:
        time.sleep(0.02)
    pid = first.pid
    assert second.etat == ATTENTE
    first.annuler()
    assert first.etat == ANNULE
    assert until(second, PRET, ECHEC) == PRET
    assert not is_alive(pid)
    with pytest.raises(FileNotFoundError):
        first.contenu()
    own.fermer()
    with pytest.raises(FileNotFoundError):
        second.contenu()


def test_a_file_cancelled_before_its_turn_is_never_begun(asked, monkeypatch):
    monkeypatch.setattr(module, "SIMULTANES", 1)
    own = Travaux()
    first, second = begun(own, endless), begun(own, endless)
    second.annuler()
    first.annuler()
    time.sleep(0.3)
    assert (second.etat, second.pid) == (ANNULE, None)
    own.fermer()


def test_the_oldest_files_are_dropped(asked, monkeypatch):
    monkeypatch.setattr(module, "GARDES", 1)
    names = [asked.demander(broken) for _ in range(2)]
    for name in names:
        found = asked.trouver(name)
        if found is not None:
            until(found, ECHEC)
    last = asked.demander(broken)
    assert asked.trouver(names[0]) is None
    assert asked.trouver(last) is not None


def page(make: str) -> AppTest:
    """A page that offers one file, made by a function of this module."""
    script = (
        "from tests.exports import test_travaux as t\n"
        "from observatoire.ui.widgets.preparer import offer_long_file\n"
        f"given = ('mot',) if '{make}' == 'version_and' else ()\n"
        f"offer_long_file('Tout', 'tout.txt', 'text/plain', t.{make}, *given, key='tout')\n"
    )
    return AppTest.from_string(script, default_timeout=30)


def said(app: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in app.get("html"))


def test_a_long_file_is_prepared_said_to_be_then_offered():
    app = page("version_and").run()
    assert [b.label for b in app.button] == ["Préparer : Tout"]
    app.button[0].click().run()
    end = time.monotonic() + 120
    while not app.get("download_button") and time.monotonic() < end:
        assert "Préparation du fichier…" in said(app) or "En attente" in said(app)
        time.sleep(0.3)
        app.run()
    assert [b.proto.label for b in app.get("download_button")] == ["Télécharger : Tout"]
    assert "Le fichier est prêt." in said(app)


def test_a_long_file_can_be_cancelled_and_asked_for_again():
    app = page("endless").run()
    app.button[0].click().run()
    assert [b.label for b in app.button] == ["Annuler"]
    app.button[0].click().run()
    assert "Préparation annulée." in said(app)
    assert [b.label for b in app.button] == ["Préparer : Tout"]


def test_a_long_file_that_fails_is_said_in_french():
    app = page("broken").run()
    app.button[0].click().run()
    end = time.monotonic() + 120
    while not app.error and time.monotonic() < end:
        time.sleep(0.3)
        app.run()
    assert "n’a pas pu être préparé" in app.error[0].value
    assert [b.label for b in app.button] == ["Préparer : Tout"]
