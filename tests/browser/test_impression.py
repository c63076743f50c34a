"""Every page on paper (A4): whole charts and maps in their colours, every column, titles with their content, sources;
none of the controls, and no blank sheet."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader

COMMANDES = (
    "Choisir ma commune", "changer", "oublier", "Chercher", "Plus forts ensemble", "Sources et méthode\n", "Données\n",
    "D’où vient ce chiffre", "Mode simple", "Projeter en plein écran", "Emporter cette comparaison", "Classeur complet",
    "Plein écran", "Où aller", "Fiche à imprimer", "Copier dans Word", "Réglages", "Choisir", "Repérer une commune",
)  # fmt: skip
# What must be read on the paper of each page, and the fills that must be seen there (« #rrggbb »).
CARTE = {"#6b2a06", "#fbe9d2"}  # the darkest and the lightest classes of an unfavourable indicator
EPT = {"#3b76c4", "#c8700a", "#2a8c6e", "#9a5bb5"}
ATTENDU: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "accueil": (("Le département en huit chiffres", "Les quatre EPT côte à côte", "Grand Paris Grand Est"), EPT),
    "portrait": (("Ce qui ressort", "Chiffres clés", "Thème par thème", "Source"), {"#c63a55"}),
    "cartes": (("Taux de pauvreté, par commune", "Classement", "Gournay-sur-Marne", "le plus bas", "Source"), CARTE),
    "cartes-simple": (("Taux de pauvreté, par commune", "Source", "le plus élevé"), CARTE),
    "indicateur": (("À Clichy-sous-Bois, le taux de pauvreté", "Définition", "Gournay-sur-Marne", "Source"), CARTE),
    "donnees": (("Population municipale", "Aux niveaux supérieurs", "Source"), set()),
    "bilans": (("Aucun",), set()),
    "deposer": (("Cette application est en lecture seule",), set()),
    "administration": (("Cette application est en lecture seule",), set()),
    "comparer-tableau": (("Villetaneuse", "Le Blanc-Mesnil", "Médiane des 5 communes", "Source"), {"#c63a55"}),
    "comparer-chaleur": (("42 indicateurs", "Villetaneuse", "beaucoup plus favorable", "Source"), {"#e08214"}),
    "comparer-repartition": (("Taux de pauvreté", "médiane", "Source"), {"#c63a55"}),
    "comparer-nuage": (("Relation très forte", "Taux de chômage (recensement)", "Source"), EPT),
    "comparer-evolution": (("Taux de pauvreté dans le temps", "Source"), set()),
    "comparer-indice": (("la place de chaque commune", "De quoi l’indice est fait", "Source"), {"#2b6e80", "#dd7485"}),
    "comparer-moyens": (("des 39 CCAS connus", "Comptes des CCAS", "Villetaneuse", "Source"), {"#c63a55"}),
}

# The width of an A4 sheet between its margins, in pixels of a page.
FEUILLE = 688
HORS = f"""() => [...document.querySelectorAll(
  "[data-testid=stMain] :is(td, th, p, li, h1, h2, h3, svg, img, dd)")].filter(
  e => e.checkVisibility() && !e.closest(".obs-cache, caption") && e.getBoundingClientRect().right > {FEUILLE + 1}).map(
  e => e.tagName + " " + e.textContent.slice(0, 40))"""


def test_a_page_is_whole_on_paper_without_its_controls(vue):
    with vue.on(1440) as page:
        paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
        title = page.locator("h1").inner_text().split("\n")[0]
        page.emulate_media(media="print")
        page.set_viewport_size({"width": FEUILLE, "height": 1000})
        cut = page.evaluate(HORS)
        titles = {title.strip() for title in page.locator("h2, h3").all_inner_texts()}
    sheets = [sheet.extract_text() for sheet in paper.pages]
    assert all(len(text.strip()) > 40 for text in sheets), "une feuille blanche"
    text = re.sub(r"\s+", " ", " ".join(sheets))
    words, colors = ATTENDU[vue.nom]
    assert [said for said in words if said not in text] == []
    assert [control for control in COMMANDES if control.strip() in text and not control.endswith("\n")] == []
    assert "Entrepôt construit" in text
    assert title[:30].replace("\u00a0", " ") in text
    assert colors - set().union(*(fills(sheet) for sheet in paper.pages)) == set(), "couleurs perdues"
    assert cut == [], "coupé au bord de la feuille"
    for sheet in sheets:
        last = [line.strip() for line in sheet.splitlines() if line.strip()][-1]
        assert last not in titles, f"titre seul au bas d’une feuille : {last}"


def fills(sheet) -> set[str]:
    """The colours that a sheet fills or strokes with, as « #rrggbb »."""
    found = set()
    for content in [sheet.get_contents(), *_forms(sheet)]:
        if content is None:
            continue
        for red, green, blue in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b", content.get_data()):
            found.add("#" + "".join(f"{round(float(part) * 255):02x}" for part in (red, green, blue)))
    return found


def _forms(holder) -> list:
    """The drawings that a sheet holds in boxes of their own, at any depth."""
    resources = holder.get("/Resources", {})
    forms = [form.get_object() for form in resources.get("/XObject", {}).values()]
    forms = [form for form in forms if form.get("/Subtype") == "/Form"]
    return [*forms, *(inner for form in forms for inner in _forms(form))]
