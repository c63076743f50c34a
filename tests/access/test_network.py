"""The network's own figures through the desk: each role reads its due, nobody else anything, and no page holds more."""

from __future__ import annotations

import gc

import pytest

from etl.saisies import BRUT
from observatoire.access import network as access_network
from observatoire.access.desk import Guichet
from observatoire.access.network import Reserve, raw_in_service
from observatoire.access.rights import Interdit, Visiteur
from observatoire.warehouse.network import AUCUN, ILLISIBLE
from registre.records import Attribution, Reponse, Role
from tests.access.conftest import PLACES, Libre
from tests.etl.saisies.mondes import EXERCICE
from tests.etl.saisies.test_reseau import depot, made

ROLES = [
    (Role.LECTURE, None, set()),
    (Role.SAISIE, "93066", {"93066", "93059"}),
    (Role.CCAS, "93066", {"93066", "93059"}),
    (Role.REFERENT, "200057867", {"93066", "93059", "93001"}),
    (Role.UDCCAS, None, {"93066", "93059", "93001", "93048"}),
]
DIT = "phrase gardée pour le réseau"
QUESTIONS = {
    "numero": lambda r: r.numero,
    "manque": lambda r: r.manque,
    "modeles": lambda r: r.modeles,
    "modeles_de_demonstration": lambda r: r.modeles_de_demonstration,
    "rubriques": lambda r: r.rubriques("bilan"),
    "collecte": lambda r: r.collecte("bilan", EXERCICE),
    "reponses": lambda r: r.reponses("bilan", "93066", EXERCICE),
    "releve": lambda r: r.releve("bilan", "TOTAL"),
    "sommes": lambda r: r.sommes("bilan"),
}


@pytest.fixture
def publie(tmp_path, monkeypatch):
    """An edition in service, whose answers are all kept for the network."""
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    answers = (
        Reponse("TOTAL", valeur=3.0, note=DIT),
        Reponse("COMMENTAIRE", texte=DIT),
        Reponse("SIGNATAIRE", texte=f"Nom, {DIT}"),
    )
    made(tmp_path, *(depot(code, *answers) for code in ("93066", "93059", "93001", "93048")))
    yield tmp_path
    access_network._raw._opened.clear()
    gc.collect()


@pytest.mark.parametrize(("role", "territoire", "whole"), ROLES)
def test_each_role_reads_the_figures_of_all_and_the_words_of_its_own(publie, guichet, role, territoire, whole):
    reserve = guichet(role, territoire).reseau()
    assert {row["valeur"] for row in reserve.releve("bilan", "TOTAL")} == {3.0}, "rien n’est masqué pour le réseau"
    (total,) = reserve.sommes("bilan", EXERCICE, "TOTAL", "93")
    assert total["statut"] == "calcule"
    for code in ("93066", "93059", "93001", "93048"):
        rows = {row["rubrique"]: row for row in reserve.reponses("bilan", code, EXERCICE)}
        said = [rows["TOTAL"]["note"], rows["COMMENTAIRE"]["texte"], rows["SIGNATAIRE"]["texte"]]
        assert said == ([DIT, DIT, f"Nom, {DIT}"] if code in whole else [None] * 3)
    for line in ("COMMENTAIRE", "SIGNATAIRE"):
        heard = {row["territoire"] for row in reserve.releve("bilan", line) if row["texte"]}
        assert heard == whole
    assert DIT not in str([ask(reserve) for name, ask in QUESTIONS.items() if name != "reponses"]) or whole


def test_every_question_is_in_these_tests():
    assert {name for name in vars(Reserve) if not name.startswith("_")} == set(QUESTIONS)


@pytest.mark.parametrize("visiteur", [Visiteur(), Visiteur("a@ville.fr", "A")], ids=["sans compte", "sans rôle"])
def test_who_has_no_role_reads_nothing(publie, registre, visiteur):
    with pytest.raises(Interdit):
        Guichet(registre, lambda: visiteur, PLACES, Libre()).reseau()


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_a_role_taken_back_is_taken_back_from_what_a_page_already_holds(publie, registre, ask):
    held = [Attribution(Role.UDCCAS)]
    desk = Guichet(registre, lambda: Visiteur("a@ville.fr", "A", tuple(held)), PLACES, Libre())
    reserve = desk.reseau()
    ask(reserve)
    held.clear()
    with pytest.raises(Interdit):
        ask(reserve)


def test_without_a_file_or_with_a_bad_one_there_are_no_figures_yet(tmp_path, monkeypatch, guichet):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    reserve = guichet(Role.UDCCAS).reseau()
    assert reserve.manque == AUCUN
    assert reserve.reponses("bilan", "93066", EXERCICE) == []
    (tmp_path / BRUT).write_bytes(b"\xff" * 9000)
    assert guichet(Role.UDCCAS).reseau().manque == ILLISIBLE
    assert raw_in_service().numero == 0
