"""A deposit from the first gesture to the published figure: by the workbook and LibreOffice, then by the form alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from etl.saisies.modeles import Genre, load_model
from etl.saisies.plan import address, make_plan
from etl.saisies.valeurs import write_value
from registre.records import Cle, Etape, Reponse
from registre.store import Registre
from tests.browser.conftest import Visit, new_context, start_server, stop_server

ANNEE = date.today().year - 1
PAR_CLASSEUR, PAR_PAGE = Cle("bilan", "93014", ANNEE), Cle("bilan", "93010", ANNEE)
# A first wave, in the order of the questionnaire, of a commune of thirty to fifty thousand inhabitants.
PREMIERE = (
    Reponse("GOV04", texte=f"{ANNEE}-03-12"),
    Reponse("GOV05", valeur=0.0),
    Reponse("ACC01", valeur=14_320.0, methode="pointage"),
    Reponse("ACC02", valeur=9_150.0, methode="estimation"),
    Reponse("DOM01", valeur=412.0),
    Reponse("DOM02", valeur=655.0),
    Reponse("DOM03", valeur=498.0),
    Reponse("LEG01", valeur=180.0),
    Reponse("LEG04", valeur=240.0),
    Reponse("SOC01", valeur=520.0, unite="menages"),
    Reponse("AID02", valeur=610.0),
    Reponse("AID03", valeur=91_500.0),
    Reponse("AID09", valeur=140.0),
    Reponse("ALI", valeur=2_300.0, unite="colis"),
    Reponse("SEN01", valeur=21_400.0),
    Reponse("SEN02", valeur=118.0),
    Reponse("SEN08", valeur=230.0),
    Reponse("FIN01", valeur=2_350_000.0),
    Reponse("FIN02", valeur=1_900_000.0),
    Reponse("RH01", valeur=31.5),
)


@dataclass
class Service:
    """The application as on its owner's machine, and its register."""

    address: str
    registre: Registre


@pytest.fixture(scope="module")
def service(entrepot, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("depots")
    # A place of its own for the network's figures, beside the public ones.
    house = folder / "entrepot"
    house.mkdir()
    served = Path(entrepot) / os.readlink(Path(entrepot) / "observatoire.duckdb")
    (house / served.name).symlink_to(served)
    (house / "observatoire.duckdb").symlink_to(served.name)
    environ = {
        "OBSERVATOIRE_ACCES": "local",
        "OBSERVATOIRE_REGISTRE_DOSSIER": str(folder),
        "OBSERVATOIRE_DEPOTS": str(folder / "depots"),
        "OBSERVATOIRE_DEMONSTRATION": "0",
    }
    process, found = start_server(house, "--server.address", "localhost", **environ)
    registre = Registre.ouvrir(f"sqlite:///{folder / 'registre.sqlite'}", folder / "depots")
    yield Service(found, registre)
    stop_server(process)
    registre.fermer()


@pytest.fixture
def visitor(chromium: Browser, service: Service):
    """``visitor(width)``: a browser of its own, which errors make fail."""
    opened = []

    def visit(width: int = 1366) -> Visit:
        context = new_context(chromium, width, accept_downloads=True)
        visited = Visit(context.new_page(), service.address)
        visited.page.on("pageerror", lambda error: visited.errors.append(str(error)))
        opened.append((context, visited))
        return visited

    yield visit
    for context, visited in opened:
        context.close()
        assert visited.errors == []


def path_of(cle: Cle, **more: str) -> str:
    asked = {"modele": cle.modele, "territoire": cle.territoire, "exercice": str(cle.exercice)} | more
    return "/deposer?" + "&".join(f"{name}={value}" for name, value in asked.items())


def fill(source: Path, target: Path, cle: Cle, answers: tuple[Reponse, ...], spoiled: str = "") -> tuple[str, str]:
    """Fill a workbook as a secretary does; return the sheet and the cell of the answer that is ``spoiled``."""
    book = load_workbook(source)
    modele = load_model(cle.modele)
    places = {
        (case.rubrique.code, case.role): (sheet.nom, address(*at))
        for sheet in make_plan(modele, cle, "", {})
        for at, case in sheet.cases.items()
        if case.role and case.rubrique is not None
    }
    for one in answers:
        line = modele.rubrique(one.rubrique)
        sheet, cell = places[one.rubrique, "reponse"]
        written = date.fromisoformat(one.texte) if one.texte and line.genre is Genre.DATE else one.valeur
        if line.genre is Genre.OUI_NON:
            written = write_value(line, one.valeur, None)
        book[sheet][cell] = "environ 400" if one.rubrique == spoiled else written
        for role, options, chosen in (("unite", line.unites, one.unite), ("methode", line.methodes, one.methode)):
            if chosen:
                where, at = places[one.rubrique, role]
                book[where][at] = next(option.libelle for option in options if option.code == chosen)
    book.save(target)
    return places[spoiled, "reponse"] if spoiled else ("", "")


def through_libreoffice(path: Path, form: str) -> Path:
    """The workbook saved by LibreOffice."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) n’est pas installé : le tour par lui n’est pas essayé")
    out = path.parent / form
    profile = f"-env:UserInstallation=file://{path.parent}/profil"
    command = [office, "--headless", profile, "--convert-to", form, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out / f"{path.stem}.{form}"


def press(visited: Visit, name: str) -> None:
    visited.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).first.click()
    visited.wait()


def send(visited: Visit, path: Path) -> None:
    visited.page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(path)
    visited.page.get_by_text("Ce qui a été lu").first.wait_for(timeout=30_000)
    visited.wait()


def rows_of(service: Service, **asked: str) -> list[dict]:
    """What the API answers, to anybody."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    with urllib.request.urlopen(f"{service.address}/api/v1/reponses?{query}", timeout=20) as answer:
        return json.load(answer)["reponses"]


def test_a_workbook_goes_round_and_its_figures_are_published(visitor, service, tmp_path):
    visited = visitor()
    page = visited.open(path_of(PAR_CLASSEUR, facon="classeur"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Classeur (.xlsx)").click()
    received = tmp_path / "recu.xlsx"
    download.value.save_as(received)

    # An error is shown with its cell, and nothing is kept.
    wrong = tmp_path / "bilan-faux.xlsx"
    sheet, cell = fill(received, wrong, PAR_CLASSEUR, PREMIERE, spoiled="DOM01")
    send(visited, through_libreoffice(wrong, "ods"))
    listed = page.get_by_role("region", name="Ce qui est à corriger")
    expect(listed).to_contain_text(re.compile(rf"{sheet}.*cellule {cell}", re.DOTALL))
    expect(listed).to_contain_text("environ 400")
    assert service.registre.depot(PAR_CLASSEUR) is None

    # Mended, it is kept, checked, submitted.
    mended = tmp_path / "bilan.xlsx"
    fill(received, mended, PAR_CLASSEUR, PREMIERE)
    send(visited, through_libreoffice(mended, "xlsx"))
    press(visited, "Enregistrer")
    assert {one.rubrique for one in service.registre.reponses(PAR_CLASSEUR)} == {one.rubrique for one in PREMIERE}
    press(visited, "Soumettre")
    assert service.registre.depot(PAR_CLASSEUR).etape is Etape.SOUMIS
    assert rows_of(service, territoire="93014") == []

    # Returned with a reason, corrected in the page, submitted again, confirmed.
    page.get_by_text("Renvoyer à corriger").first.click()
    page.get_by_label("Motif, lu par").first.fill("Compter aussi les domiciliations de décembre")
    page.keyboard.press("Enter")
    visited.wait()
    page.get_by_role("button", name="Renvoyer à corriger").click()
    visited.wait()
    expect(page.get_by_text("Compter aussi les domiciliations").first).to_be_visible()
    visited.open(path_of(PAR_CLASSEUR, etape="remplir", facon="page", chapitre="domiciliation"))
    field = page.get_by_label("Élections de domicile en cours").first
    field.fill("431")
    field.press("Tab")
    visited.wait()
    visited.open(path_of(PAR_CLASSEUR, etape="verifier"))
    page.get_by_text("Qui pourra lire ces réponses").click()
    press(visited, "Tout rendre public")
    press(visited, "Soumettre")
    press(visited, "Confirmer le dépôt")
    expect(page.get_by_text("comptent dans ceux du réseau").first).to_be_visible()
    published = {row["rubrique"]: row for row in rows_of(service, territoire="93014")}
    assert (published["DOM01"]["valeur"], published["DOM01"]["demonstration"]) == (431, False)
    with page.expect_download() as download:
        page.get_by_role("button", name="Récépissé (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")


def answer(page: Page, one: Reponse) -> int:
    """Give an answer as it is given by hand; return the number of gestures (a click, a field typed in)."""
    line = load_model("bilan").rubrique(one.rubrique)
    box = page.locator(f".st-key-rubrique-{one.rubrique}")
    gestures = 1
    for options, chosen in ((line.unites, one.unite), (line.methodes, one.methode)):
        if chosen:
            name = next(option.libelle for option in options if option.code == chosen)
            box.get_by_role("radio", name=name, exact=True).or_(box.get_by_text(name, exact=True)).first.click()
            page.wait_for_timeout(400)
            gestures += 1
    text = write_value(line, one.valeur, one.texte)
    if line.genre is Genre.OUI_NON:
        box.get_by_text(text.capitalize(), exact=True).first.click()
    else:
        # By its name: while a chapter takes the place of another, the field of the former may still stand there.
        field = box.get_by_role("textbox", name=re.compile(f"^{re.escape(line.libelle)}")).first
        field.fill(text)
        field.press("Tab")
    return gestures


def test_the_form_alone_is_left_and_taken_up_again_elsewhere(visitor, service):
    modele = load_model("bilan")
    first = visitor()
    first.open(path_of(PAR_PAGE))
    chapters = [one.code for one in modele.chapitres]
    gestures, half = 0, len(PREMIERE) // 2

    def go(visited: Visit, answers: tuple[Reponse, ...]) -> int:
        done, here = 0, ""
        for one in answers:
            chapter = modele.rubrique(one.rubrique).chapitre
            if chapter != here:
                visited.wait()
                name = modele.chapitres[chapters.index(chapter)].libelle
                visited.page.get_by_role("radio", name=re.compile(f"^{re.escape(name)}")).or_(
                    visited.page.get_by_text(re.compile(rf"^{re.escape(name)} (\d|✓)"))
                ).first.click()
                visited.wait()
                here, done = chapter, done + 1
            done += answer(visited.page, one)
        visited.wait()
        return done

    gestures += go(first, PREMIERE[:half])
    first.page.context.close()
    kept = {one.rubrique for one in service.registre.reponses(PAR_PAGE)}
    assert kept == {one.rubrique for one in PREMIERE[:half]}

    second = visitor(390)
    page = second.open(path_of(PAR_PAGE))
    expect(page.get_by_text(re.compile("dont 10 sur 20 de la première vague"))).to_be_visible()
    gestures += go(second, PREMIERE[half:])
    second.open(path_of(PAR_PAGE, etape="verifier"))
    press(second, "Soumettre")
    press(second, "Confirmer le dépôt")
    gestures += 3
    found = service.registre.depot(PAR_PAGE)
    assert found.etape is Etape.CONFIRME
    assert {one.rubrique: one.valeur or one.texte for one in service.registre.reponses(PAR_PAGE)} == {
        one.rubrique: one.valeur or one.texte for one in PREMIERE
    }
    # Two gestures an answer at most, all else included: a first wave is a matter of minutes.
    assert gestures <= 2 * len(PREMIERE) + 10
