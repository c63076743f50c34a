"""Signing in through a real identity provider: an account, its role, its end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from registre.records import Acteur, Role
from registre.store import Registre
from tests.browser.conftest import Visit, free_port, start_server, stop_server

UNION = Acteur("union@udccas93.fr", "Union", "udccas")
# Whom the provider knows: somebody of the union, somebody of a CCAS, and an address that it has not verified.
CONNUS = [
    {"sub": "union", "email": "union@udccas93.fr", "email_verified": True, "name": "Ursule Union"},
    {"sub": "anne", "email": "anne@ville.fr", "email_verified": True, "name": "Anne Ville"},
    {"sub": "faux", "email": "union@udccas93.fr", "email_verified": False, "name": "Faussaire"},
]


@dataclass
class Service:
    """The application that people sign in to, and its register."""

    address: str
    registre: Registre


@pytest.fixture(scope="module")
def service(entrepot, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("connexion")
    provider, port = free_port(), free_port()
    users = [part for user in CONNUS for part in ("--user-claims", json.dumps(user))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(provider), *users]
    identity = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f"""
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "{"essai" * 10}"
client_id = "observatoire"
client_secret = "essai"
server_metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid email profile" }}
""",
        encoding="utf-8",
    )
    _wait(f"http://localhost:{provider}/.well-known/openid-configuration")
    environ = {"OBSERVATOIRE_REGISTRE_DOSSIER": str(folder), "OBSERVATOIRE_DEPOTS": str(folder / "depots")}
    registre = Registre.ouvrir(f"sqlite:///{folder / 'registre.sqlite'}", folder / "depots")
    registre.comptes.ajouter_role("union@udccas93.fr", Role.UDCCAS, UNION)
    process, address = start_server(entrepot, "--secrets.files", str(secrets), port=port, **environ)
    yield Service(address, registre)
    stop_server(process)
    stop_server(identity)
    registre.fermer()


def _wait(url: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("le fournisseur d’identité n’a pas démarré")


@pytest.fixture
def visit(chromium: Browser, service: Service) -> Iterator[Visit]:
    """A browser that nobody has signed in with."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1366, "height": 900})
    yield Visit(context.new_page(), service.address)
    context.close()


def sign_in(visit: Visit, sub: str, path: str = "/administration") -> Page:
    page = visit.open(path)
    page.get_by_role("button", name="Se connecter").first.click()
    page.wait_for_url("**/oauth2/authorize**")
    page.get_by_role("button", name=sub, exact=True).click()
    page.wait_for_url(f"{visit.address}/**")
    visit.wait()
    return visit.open(path)


def test_the_union_signs_in_invites_and_the_invited_person_joins(service, visit, chromium):
    page = sign_in(visit, "union")
    expect(page.get_by_text("Ursule Union")).to_be_visible()
    page.get_by_label("Adresse électronique professionnelle").fill("anne@ville.fr")
    page.keyboard.press("Enter")
    visit.wait()
    page.get_by_role("button", name="Créer le lien d’invitation").click()
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(f"{service.address}/administration?invitation=")

    context = chromium.new_context(locale="fr-FR", viewport={"width": 1366, "height": 900})
    invited = Visit(context.new_page(), service.address)
    guest = sign_in(invited, "anne", link.removeprefix(service.address))
    guest.get_by_role("button", name="Accepter l’invitation").click()
    expect(guest.get_by_text("Invitation acceptée")).to_be_visible()
    assert [held.role for held in service.registre.comptes.compte("anne@ville.fr").roles] == [Role.LECTURE]
    invited.wait()
    expect(guest.get_by_label("Votre remarque")).to_be_visible()

    # Her account is closed while her page is open: what she then sends is refused.
    guest.get_by_label("Votre remarque").fill("Une remarque de trop")
    guest.keyboard.press("Tab")
    invited.wait()
    service.registre.comptes.desactiver("anne@ville.fr", "départ", UNION)
    guest.get_by_role("button", name="Envoyer la remarque").click()
    expect(guest.get_by_text("a été fermée par l’union").first).to_be_visible()
    assert service.registre.commentaires.tous() == []
    context.close()


def test_an_address_that_the_provider_has_not_verified_opens_nothing(visit):
    """It claims the union's address: who controls the claim must not get the role."""
    page = sign_in(visit, "faux")
    expect(page.get_by_text("n’a pas vérifié l’adresse union@udccas93.fr").first).to_be_visible()
    expect(page.get_by_text("se connecter d’abord")).to_be_visible()
    expect(page.get_by_text("Inviter", exact=True)).to_have_count(0)
