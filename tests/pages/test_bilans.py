"""The page of the network's activity: real and demonstration apart, each total with what it counts."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from etl.saisies.modeles import load_model
from observatoire.access.publication import publish_network
from observatoire.access.rights import PUBLIC, Visiteur
from observatoire.exports.tables import to_csv
from observatoire.ui import session
from observatoire.views.reseau.activite import Total, chapter_table, counted, written
from observatoire.views.reseau.ligne import base_of, line_figure
from observatoire.views.reseau.questions import lines_of
from observatoire.warehouse import open_warehouse
from observatoire.warehouse.network import open_network
from registre.records import Acteur, Attribution, Cle, Diffusion, Reponse, Role
from registre.store import Registre
from tests.pages.conftest import NAVIGATION, table, tables

UNION = Acteur("union@udccas93.fr", "Union", "udccas")
ANNEE = 2025
# Commune → applications decided and who may read that, meetings of the board, which all publish.
RENDU = {
    "93014": (900, 5, Diffusion.PUBLIC),
    "93010": (1_200, 6, Diffusion.PUBLIC),
    "93066": (4_000, 4, Diffusion.RESEAU),
}


@pytest.fixture(scope="module")
def reseau(entrepot, tmp_path_factory):
    """A folder where three CCAS have confirmed, the demonstration beside them: (folder, warehouse, edition)."""
    folder = tmp_path_factory.mktemp("reseau")
    for path in entrepot.iterdir():
        if path.name.startswith("observatoire"):
            (folder / path.name).symlink_to(
                path.resolve() if path.name != "observatoire.duckdb" else path.resolve().name
            )
    registre = Registre.ouvrir(f"sqlite:///{folder / 'registre.sqlite'}", folder / "depots")
    for code, (requests, meetings, diffusion) in RENDU.items():
        cle = Cle("bilan", code, ANNEE)
        answers = [
            Reponse("AID01", valeur=float(requests), diffusion=diffusion),
            Reponse("GOV02", valeur=float(meetings), diffusion=Diffusion.PUBLIC),
        ]
        depot = registre.brouillon(cle, answers, UNION, attendu=None, modele_version="1")
        depot = registre.soumettre(cle, UNION, attendu=depot.version)
        registre.confirmer(cle, UNION, attendu=depot.version)
    warehouse = open_warehouse(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OBSERVATOIRE_DEMONSTRATION", "1")
        publish_network(registre, warehouse, folder)
    registre.fermer()
    return folder, warehouse, open_network(folder)


@pytest.fixture
def visit(reseau, monkeypatch):
    """``visit(vue="ligne")`` → the page on that edition, for a reader without a role."""
    folder, _, _ = reseau
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(folder))

    def page(visiteur: Visiteur = PUBLIC, **parameters: str) -> AppTest:
        monkeypatch.setattr(session, "mode", lambda: "connexion")
        monkeypatch.setattr(session, "current_visitor", lambda: visiteur)
        found = AppTest.from_file(NAVIGATION, default_timeout=60)
        found.switch_page("../pages/bilans.py")
        found.query_params.update({"exercice": str(ANNEE)} | parameters)
        found.run()
        assert [error.message for error in found.exception] == []
        return found

    return page


def line(edition, code: str, demonstration: bool = False):
    return next(one for one in lines_of(edition, "bilan", demonstration) if one.code == code)


def test_a_total_says_how_many_ccas_it_counts_and_that_some_are_missing(reseau):
    _, _, edition = reseau
    figure = chapter_table(edition, load_model("bilan"), "gouvernance", ANNEE, [("93", "Département")], False, False)
    (row,) = figure.table[figure.table["Ligne"].str.startswith("Séances du conseil")].to_dict("records")
    assert (row["Département"], row["CCAS comptés"]) == ("15\u00a0+", "3 sur 39")
    assert "au moins" in figure.sous_titre


def test_the_rate_is_over_the_people_of_the_communes_counted(reseau):
    """Σ/Σ: the population of the communes that answered, not that of the département."""
    _, _, edition = reseau
    figure = chapter_table(edition, load_model("bilan"), "gouvernance", ANNEE, [("93", "Département")], False, False)
    (row,) = figure.table[figure.table["Ligne"].str.startswith("Séances du conseil")].to_dict("records")
    people = {
        one["territoire"]: one["population"] for one in edition.collecte("bilan", ANNEE) if one["territoire"] in RENDU
    }
    expected = 15 / sum(people.values()) * 1_000
    assert row["Pour 1 000 habitants"] == f"{expected:.2f}".replace(".", ",")


@pytest.mark.parametrize(
    ("total", "told"),
    [
        (Total(12.0, "calcule", 39, 39, 100.0, 1), ("12", "39 sur 39")),
        (Total(12.0, "calcule", 38, 39, 99.0, 1), ("12\u00a0+", "38 sur 39")),
        (Total(None, "secret", 3, 39, None, 0), ("s", "3 sur 39")),
        (Total(None, "non_calculable", 3, 39, None, 0), ("n. calc.", "3 sur 39")),
        (Total(12.0, "calcule", 39, 39, 100.0, 3), ("12", "39 sur 39, 3 façons de compter")),
    ],
)
def test_a_total_is_written_with_what_it_hides(reseau, total, told):
    _, _, edition = reseau
    assert (written(line(edition, "AID01"), total), counted(total)) == told


def test_a_rate_divides_each_commune_by_its_own_people(reseau):
    _, warehouse, edition = reseau
    meetings = line(edition, "GOV02")
    for way, told in (("habitants", "population de"), ("pauvres", "pauvreté de")):
        bases, year = base_of(warehouse, way, ANNEE)
        figure = line_figure(warehouse, edition, meetings, way, ANNEE, "93014")
        found = {row["Commune"]: row.iloc[1] for _, row in figure.table.iterrows()}
        assert found["Clichy-sous-Bois"] == pytest.approx(5 / bases["93014"] * 1_000)
        assert found["Bondy"] == pytest.approx(6 / bases["93010"] * 1_000)
        assert f"{told} {year}" in figure.sous_titre


def test_a_hidden_figure_is_said_hidden_and_never_drawn(reseau):
    """Clichy-sous-Bois stays hidden so that the sum does not give away what Saint-Denis keeps."""
    _, warehouse, edition = reseau
    figure = line_figure(warehouse, edition, line(edition, "AID01"), "habitants", ANNEE)
    read = {row["Commune"]: row["Lecture"] for _, row in figure.table.iterrows()}
    assert read["Clichy-sous-Bois"] == "s"
    assert "1 sous le secret statistique" in figure.note
    assert "Clichy" not in str(figure.spec)


def test_real_answers_stand_without_the_demonstration(reseau):
    _, warehouse, edition = reseau
    real = line_figure(warehouse, edition, line(edition, "AID01"), "nombre", ANNEE)
    assert set(real.table["Commune"]) == {"Clichy-sous-Bois", "Bondy"}
    assert "démonstration" not in real.source
    invented = line_figure(warehouse, edition, line(edition, "AID01", True), "nombre", ANNEE, demonstration=True)
    assert not {"Clichy-sous-Bois", "Bondy", "Saint-Denis"} & set(invented.table["Commune"])
    assert "démonstration (chiffres inventés)" in invented.source
    assert invented.sous_titre.startswith("DÉMONSTRATION")
    assert "demonstration" in invented.fichier


def test_a_reader_sees_what_is_public_and_a_member_all(visit):
    asked = {"vue": "ligne", "rubrique": "AID01"}
    member = Visiteur("lea@ville.fr", "Léa", (Attribution(Role.LECTURE),))
    assert "Saint-Denis" not in str(visit(**asked).markdown[0].value)
    assert "4\u202f000 demandes à Saint-Denis" in visit(member, **asked).markdown[0].value.replace("\u00a0", " ")
    assert any("à ne pas publier" in one.value for one in visit(member, **asked).caption)


def test_the_demonstration_says_so_before_any_figure(visit):
    page = visit(jeu="demonstration")
    assert "inventées" in page.warning[0].value
    assert not visit(jeu="reel").warning


def test_the_matrix_says_what_is_published_never_what_was_deposited(visit):
    page = visit(vue="collecte", jeu="reel")
    rows = {row[0]: row[-1] for row in tables(page)[0].rows}
    assert (rows["Bondy"], rows["Saint-Denis"]) == ("✓ 2\u00a0réponses", "✓ 1\u00a0réponse")
    assert rows["Montreuil"] == "○ rien de publié"
    assert "3 CCAS sur 39 ont rendu public" in page.markdown[0].value.replace("\u00a0", " ")


def test_the_chapter_has_the_sums_of_each_ept(visit):
    found = table(visit(chapitre="gouvernance", jeu="reel"), "Gouvernance")
    assert found.head[1:4] == ["Seine-Saint-Denis", "CCAS comptés", "Pour 1 000 habitants"]
    assert len(found.head) == 8


def test_nothing_published_is_said(reseau, monkeypatch, tmp_path):
    folder, _, _ = reseau
    for path in folder.glob("observatoire*"):
        (tmp_path / path.name).symlink_to(path.resolve() if path.name != "observatoire.duckdb" else path.resolve().name)
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    monkeypatch.setattr(session, "current_visitor", lambda: PUBLIC)
    page = AppTest.from_file(NAVIGATION, default_timeout=60)
    page.switch_page("../pages/bilans.py")
    page.run()
    assert [error.message for error in page.exception] == []
    assert page.info


def test_the_file_of_a_figure_says_what_it_is(reseau):
    """Taken away from the page, an invented figure still says that it is."""
    _, warehouse, edition = reseau
    figure = line_figure(warehouse, edition, line(edition, "AID01", True), "nombre", ANNEE, demonstration=True)
    first = to_csv(figure).decode("utf-8-sig").splitlines()[1]
    assert "DÉMONSTRATION, chiffres inventés" in first
    assert "démonstration (chiffres inventés)" in first
