"""The demonstration set as the union sees it: flagged in the follow-up, out of every count, taken away by a button."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from observatoire.access import opening
from observatoire.access.rights import LOCAL
from observatoire.ui import session
from registre.records import Cle, Reponse
from registre.store import Registre
from tests.access.conftest import UNION
from tests.pages.conftest import NAVIGATION, table

MENTION = "(démonstration)"


@pytest.fixture
def registre(tmp_path, monkeypatch) -> Registre:
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "1")
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE_DOSSIER", str(tmp_path))
    monkeypatch.setenv("OBSERVATOIRE_DEPOTS", str(tmp_path / "depots"))
    monkeypatch.delenv("OBSERVATOIRE_REGISTRE", raising=False)
    monkeypatch.setattr(session, "mode", lambda: "local")
    monkeypatch.setattr(session, "current_visitor", lambda: LOCAL)
    return opening.in_service()


def visit(page: str, **parameters: str) -> AppTest:
    found = AppTest.from_file(NAVIGATION, default_timeout=60)
    found.switch_page(f"../pages/{page}.py")
    found.query_params.update(parameters)
    found.run()
    assert [error.message for error in found.exception] == []
    return found


def test_the_follow_up_shows_it_flagged_and_neither_counts_nor_writes_to_it(entrepot, registre):
    cle = Cle("bilan", "93048", 2025)
    answer = Reponse("ACC01", valeur=9_000.0, methode="logiciel")
    version = registre.brouillon(cle, [answer], UNION, attendu=None, modele_version="1").version
    registre.confirmer(cle, UNION, attendu=registre.soumettre(cle, UNION, attendu=version).version)
    registre.reglages.ecrire("campagne/bilan/2025/echeance", date(2026, 6, 1).isoformat(), UNION)
    page = visit("deposer", vue="suivi", exercice="2025", modele="bilan", territoire="93048")
    rows = {row[0]: row for row in table(page, "État de la collecte").rows}
    assert len(rows) == 39
    flagged = [name for name, row in rows.items() if MENTION in row[2]]
    assert len(flagged) == 35
    assert MENTION not in table(page, "État de la collecte").row("Montreuil")[1]
    assert {"↩ renvoyé", "✕ retiré", "→ soumis", "✎ brouillon"} <= {
        rows[name][2].replace("\u00a0", " ").removesuffix(f" {MENTION}") for name in flagged
    }
    words = [one.value.replace("\u00a0", " ").replace("\u202f", " ") for one in page.markdown]
    assert words[0].startswith("**1 CCAS sur 39 a confirmé")
    assert any("sont inventées" in one for one in words)
    assert any(one.label.replace("\u00a0", " ").startswith("38 messages") for one in page.expander)
    registre.reglages.ecrire("demonstration", False, UNION)
    page = visit("deposer", vue="suivi", exercice="2025", modele="bilan", territoire="93048")
    assert not any(MENTION in row[2] for row in table(page, "État de la collecte").rows)


def test_the_button_writes_the_setting_and_publishes_at_once(entrepot, registre, monkeypatch):
    published = []
    monkeypatch.setattr(session, "_publish", lambda r: published.append(r.reglages.lire("demonstration")))
    page = visit("administration", volet="reglages")
    next(one for one in page.button if one.label.startswith("Ne plus montrer le jeu")).click().run()
    assert published == [False]
    assert any(one.label.startswith("Montrer le jeu") for one in page.button)
    monkeypatch.setenv("OBSERVATOIRE_DEMONSTRATION", "0")
    page = visit("administration", volet="reglages")
    assert any("OBSERVATOIRE_DEMONSTRATION" in one.value for one in page.markdown)
