"""Comparer run without a browser: what each choice shows, what is missing shown missing, wrong links told."""

from __future__ import annotations

import json
import math
import re

import pytest

from observatoire.palettes import EPT_COULEURS
from observatoire.ui.pages.comparer.views import VUES
from observatoire.views.comparaison.scope import full_name
from tests.pages.conftest import asked, read, said, table, table_of

VIDES = re.compile(r"\b(nan|None|NaN|inf)\b")


@pytest.mark.parametrize("vue", VUES)
@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"territoires": "93015"},
        {"territoires": "93066,93048,93014"},
        {"groupe": "semblables", "territoire": "93010"},
        {"groupe": "communes"},
    ],
    ids=["les EPT", "la plus petite", "dont la fusionnée", "semblables", "les 39"],
)
def test_every_view_of_every_choice_opens_without_a_hole(opened, vue, choice):
    page = opened("comparer", vue=vue, **choice)
    assert [w.value for w in page.warning] == []
    assert VIDES.findall(said(page)) == []


@pytest.mark.parametrize("groupe", ["taille", "idf", "200057867", "200058790"])
@pytest.mark.parametrize("reference", ["mediane", "ensemble", "autres", "FR", "93048"])
def test_every_group_and_every_reference_compare(opened, groupe, reference):
    page = opened("comparer", groupe=groupe, reference=reference, territoire="93014", theme="revenus_precarite")
    assert VIDES.findall(said(page)) == []


def test_the_four_epts_and_the_departement_are_the_default(opened):
    page = opened("comparer")
    assert page.multiselect[0].value == ["200057867", "200058097", "200057875", "200058790"]
    assert "Seine-Saint-Denis (référence)" in said(page)


def lines_left_out(page) -> int:
    found = re.search(r"(\d+) indicateurs? sans comparaison possible, non montrés?", said(page))
    return int(found[1]) if found else 0


def test_one_two_or_many_territories_get_the_view_that_suits_them(opened):
    assert "Écart à la référence (Seine-Saint-Denis), la même année" in said(
        opened("comparer", territoires="93010,93014")
    )
    page = opened("comparer", groupe="communes")
    heat = table_of(page, "obs-chaleur")
    said_of = re.match(r"(\d+) indicateurs pour 39 territoires", heat.caption)
    themes = [row for row in heat.rows if len(row) == 1]
    assert int(said_of[1]) == len(heat.rows) - len(themes) + lines_left_out(page)
    # Beside the département, medians and indices have nothing to be compared with.
    beside = opened("comparer", groupe="communes", reference="93")
    assert lines_left_out(beside) > 0
    shown = [row for row in table_of(beside, "obs-chaleur").rows if len(row) > 1]
    assert int(said_of[1]) == len(shown) + lines_left_out(beside)
    assert "Coubron parmi 39 communes" in said(opened("comparer", territoires="93015", theme="revenus_precarite"))


def test_what_the_merged_commune_cannot_have_is_said_and_compared_with_nothing(opened):
    page = opened("comparer", territoires="93066,93010", theme="revenus_precarite")
    reference, denis, bondy = table_of(page, "obs-versus").row("Taux de pauvreté des locataires")
    assert denis == "n. calc."
    assert reference == "n. calc."
    assert "%" in bondy


def test_an_amount_written_elsewhere_is_shown_missing_and_not_as_a_zero(opened):
    """Bagnolet and Drancy have no « participation » in 2025: it stands in another account."""
    accounts = table(opened("comparer", vue="moyens", territoires="93006,93029,93014"), "Comptes des CCAS, 2025")
    for label in ("Participation de la commune au CCAS", "Part de la commune dans les recettes"):
        bagnolet, drancy, clichy = accounts.row(label)
        assert (bagnolet, drancy) == ("n.d.", "n.d.")
        assert re.match(r"\d", clichy)


def test_the_accounts_are_told_year_by_year_with_the_change_of_rules(opened):
    page = opened("comparer", vue="moyens", territoires="93066,93010,93005")
    years = table(page, "par habitant, 2018")
    saint_denis = years.row("Saint-Denis")
    assert saint_denis[:7] == ["n. calc."] * 7  # without Pierrefitte-sur-Seine
    assert saint_denis[7].startswith("59,71")
    assert years.row("Bondy")[5].startswith("33,11")
    assert "nomenclature M14 à la M57" in said(page)
    assert table(page, "Ce que gèrent les CCAS").row("Résidences autonomie") == ["n.d.", "0", "2"]
    assert "dotation globale" not in read(table(page, "Comptes des CCAS").element).lower()


def test_a_count_is_not_compared_in_level(opened):
    population = table_of(opened("comparer", territoires="93015,93048", theme="demographie"), "obs-versus")
    cells = population.row("Population municipale")
    assert len(cells) == 3
    assert [cell for cell in cells if "favorable" in cell or "élevé" in cell] == []


def test_similar_communes_say_how_far_they_are_and_what_separates_them(opened):
    page = opened("comparer", groupe="semblables", territoire="93010")
    similar = table(page, "Communes semblables")
    assert similar.head[-1] == "Différence (0 à 100)"
    assert len(similar.rows) == 5
    assert "jamais sur l’action du CCAS" in said(page)


def test_with_population_alone_the_similar_communes_are_the_closest_in_population(opened, warehouse):
    equal = table(opened("comparer", groupe="semblables", territoire="93010"), "Communes semblables").rows
    only = "5,0,0,0,0,0,0,0,0,0"
    page = opened("comparer", groupe="semblables", territoire="93010", ponderation=only)
    alone = table(page, "Communes semblables").rows
    assert equal != alone
    found = warehouse.figures(["DEM01"], warehouse.communes, [2023]).set_index("territoire")["valeur"]
    away = {code: abs(math.log(people / found["93010"])) for code, people in found.items() if code != "93010"}
    closest = [warehouse.territoires[code].nom for code in sorted(away, key=away.__getitem__)[:5]]
    assert [name for name, *_ in alone] == closest


def test_the_index_is_never_a_rank_alone(opened):
    page = opened("comparer", vue="indice", territoires="93014,93010")
    assert re.search(r"Clichy-sous-Bois\*\* : du \d+ᵉ au \d+ᵉ rang sur 39", said(page))


def test_a_domain_left_out_leaves_the_decomposition(opened):
    page = opened("comparer", vue="indice", territoires="93014", poids="1,0,0,0,0")
    assert "quels que soient les poids" in said(page)


def test_the_composition_of_the_index_follows_the_link(opened):
    page = opened("comparer", vue="indice", territoires="93014", **{"indice-education": "EDU02,JEU04,MAUVAIS"})
    composition = read(table(page, "Composition de l’indice").element)
    assert "Part des diplômés au-delà de bac + 2" in composition
    assert "Taux de chômage des 15-24 ans" not in composition, "publié pour la seule Seine-Saint-Denis"
    assert "faute de chiffres" in said(page)
    assert "Part des habitants sans le bac" not in composition
    assert "MAUVAIS" in "\n".join(w.value for w in page.warning)


def test_the_two_years_of_the_link_are_the_ones_drawn(opened):
    asked = {"vue": "evolution", "forme": "pente", "indicateur": "REV14", "territoires": "93010"}
    assert "de 2019 à 2021" in said(opened("comparer", debut="2019", fin="2021", **asked))
    assert "de 2021 à 2024" in said(opened("comparer", debut="2021", fin="2019", **asked)), "l’arrivée suit le départ"


def test_columns_of_the_heat_map_follow_the_order_of_the_link(opened):
    page = opened("comparer", groupe="communes", tri="REV02")
    names = table_of(page, "obs-chaleur").head[2:]
    assert len(names) == 39
    assert set(names[:3]) == {"Aubervilliers", "Clichy-sous-Bois", "La Courneuve"}
    assert {"Coubron", "Gournay-sur-Marne"} == set(names[-2:])


def test_a_relation_comes_with_its_caution(opened):
    page = opened("comparer", vue="nuage", indicateur="REV02", indicateur2="EMP01")
    assert "Relation très forte" in said(page)
    assert "la cause l’un de l’autre" in said(page)
    same = opened("comparer", vue="nuage", indicateur="REV02", indicateur2="REV02")
    assert "Choisir deux indicateurs différents" in said(same) + "\n".join(i.value for i in same.info)


def test_wrong_values_are_told_in_french_and_replaced(opened):
    page = opened("comparer", groupe="q", vue="zzz", territoires="93066,75056", poids="a")
    warned = "\n".join(w.value for w in page.warning)
    assert "qui n’est pas un groupe connu" in warned
    assert "qui n’est pas une vue de cette page" in warned
    assert "75056" in warned
    page = opened("comparer", vue="indice", poids="9,9")
    assert "Les poids du lien ne se lisent pas" in page.warning[0].value


def test_a_name_in_the_link_is_shown_without_mark_up(opened):
    """A link must not dress up the page, nor make it fetch an image elsewhere."""
    page = opened("comparer", nom="![x](https://example.org/i.png) <b>Bondy</b> et ses voisines")
    assert page.subheader[0].value == "x(httpsexample.orgi.png) bBondyb et ses voisines"
    assert "example.org/" not in said(page)
    assert (
        opened("comparer", nom="Bondy & L’Île-Saint-Denis (2026)").subheader[0].value
        == "Bondy & L’Île-Saint-Denis (2026)"
    )


def test_good_use_says_what_the_figures_do_not_allow(opened):
    assert "Ne pas juger un CCAS sur ces chiffres" in said(opened("comparer"))


@pytest.mark.parametrize(
    ("choice", "needle", "expected"),
    [
        ({"territoires": "93014,93048", "vue": "tableau", "theme": "emploi_insertion"}, "obs-versus", "93014"),
        ({"groupe": "communes"}, "obs-chaleur", "93001"),
    ],
    ids=["tableau", "carte de chaleur"],
)
def test_the_name_of_an_indicator_leads_to_its_figure_of_the_same_year(opened, choice, needle, expected):
    line = table_of(opened("comparer", **choice), needle).line("Taux de chômage (recensement)")
    link = asked(line.find(".//a").get("href"))
    year = line.findtext(".//small")
    assert re.fullmatch(r"\d{4}", year)
    expected = {"page": "donnees", "territoire": expected, "indicateur": "EMP01", "annee": year, "rayon": "tracer"}
    assert expected.items() <= link.items()


def drawn(page) -> dict:
    """The first chart of the page, as Vega-Lite."""
    return json.loads(page.get("vega_lite_chart")[0].proto.spec)


def marks(spec: dict) -> dict[str, list[dict]]:
    """The rows of each kind of mark of a layered chart (« rule » and « text » are those that come last)."""
    found: dict[str, list[dict]] = {}

    def walk(layer: dict, rows: list[dict]) -> None:
        rows = layer.get("data", {}).get("values", rows)
        for inner in layer.get("layer", []):
            walk(inner, rows)
        if "mark" in layer:
            found[layer["mark"]["type"]] = rows

    walk(spec, [])
    return found


@pytest.mark.parametrize(
    "choice", [{}, {"territoires": "93066,200057867,93"}, {"groupe": "communes"}], ids=["EPT", "mêlés", "39"]
)
def test_the_median_and_the_middle_half_are_those_of_the_communes_in_the_chart_as_in_words(opened, warehouse, choice):
    """The four EPT, when they are chosen, are no communes: the poverty rate's median is not theirs."""
    page = opened("comparer", vue="repartition", indicateur="REV02", **choice)
    year = int(re.search(r"En (\d{4}), parmi les 39 communes", said(page))[1])
    values = warehouse.figures(["REV02"], warehouse.communes, [year])["valeur"].dropna()
    band = marks(drawn(page))["rect"][0]
    expected = [float(values.quantile(q)) for q in (0.25, 0.5, 0.75)]
    assert [band["q1"], band["mediane"], band["q3"]] == pytest.approx(expected)
    first, middle, third = (warehouse.indicateurs["REV02"].format(value).replace("\u202f", " ") for value in expected)
    words = f"la moitié centrale est entre {first} et {third}, la médiane à {middle}".replace("\u00a0", " ")
    assert words in said(page)


def test_the_ept_of_a_distribution_keep_their_name_and_their_colour(opened, warehouse):
    page = opened("comparer", vue="repartition", indicateur="REV02")
    lit = [row for row in marks(drawn(page))["circle"] if "couleur" in row]
    assert {row["nom"]: row["couleur"] for row in lit} == {e.nom: EPT_COULEURS[c] for c, e in warehouse.epts.items()}
    assert "petits points : les communes ; grands points : les territoires choisis" in said(page)
    assert "chaque point est une commune" in said(opened("comparer", vue="repartition", territoires="93066,93048"))


def test_a_commune_of_elsewhere_says_its_departement_an_ept_does_not(entrepot, warehouse):
    outside = next(t for t in warehouse.region_communes.values() if t.code not in warehouse.communes)
    assert full_name(warehouse, outside) == f"{outside.nom} ({outside.code_departement})"
    assert [full_name(warehouse, warehouse.territoires[c]) for c in warehouse.epts] == [
        e.nom for e in warehouse.epts.values()
    ]


@pytest.mark.parametrize(("group", "long"), [("epts", False), ("communes", True)])
def test_the_files_of_many_territories_are_prepared_first(opened, group, long):
    app = opened("comparer", groupe=group, vue="tableau")
    labels = [button.label for button in app.button if button.label.startswith("Préparer")]
    files = ["Classeur du thème", "Classeur complet", "Document Word du thème", "Document PDF du thème"]
    assert labels == ([f"Préparer : {file}" for file in files] if long else [])
    offered = [button.proto.label for button in app.get("download_button")]
    assert [label for label in offered if label in files] == ([] if long else files)
