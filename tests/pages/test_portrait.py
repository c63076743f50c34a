"""Portrait: any territory, any theme, nothing missing that is not said, nothing said that is not known."""

import re

import pandas as pd
import pytest

from observatoire import formats
from observatoire.methods import portrait
from observatoire.methods.overview import key_figure
from observatoire.methods.tables import series
from observatoire.records import DEPARTEMENT
from observatoire.views.portrait.essentiel import head
from observatoire.views.portrait.profile import similar_to
from tests.pages.conftest import asked, elements, of_class, page_links, read, said, table, texts

MOTS_DE_PYTHON = re.compile(r"\b(nan|none|nat|inf|null)\b|<na>", re.IGNORECASE)
NIVEAUX = {"ept": "EPT", "dep": "Département", "reg": "Région", "fra": "France"}
PARTIES = ("Âge", "Revenu", "Famille", "Quartier")
REMARQUABLES = ("93015", "93066", "93014", "93062", "200057867", "200058097", "200057875", "200058790", "93")


@pytest.fixture(scope="module")
def gaps(warehouse):
    """The rows behind the portrait of each of the 44 territories."""
    cards = warehouse.indicateurs
    return {t.code: portrait.with_gaps(warehouse.profile(t.code, list(cards)), cards) for t in warehouse.choices}


def test_there_are_44_portraits_of_every_indicator(gaps, warehouse):
    assert len(gaps) == 44
    assert {len(frame) for frame in gaps.values()} == {len(warehouse.indicateurs)}


def test_an_absence_is_never_written_as_a_number_in_any_table_of_any_territory(gaps, warehouse):
    wrong = []
    for code, frame in gaps.items():
        columns, rows = portrait.theme_rows(frame, warehouse.indicateurs, NIVEAUX)
        for figure, row in zip(frame, rows, strict=True):
            cells = dict(zip(columns, row, strict=True))
            pairs = [("Valeur", figure["valeur"])] + [(n, figure[f"valeur_{c}"]) for c, n in NIVEAUX.items()]
            for name, value in pairs:
                missing = formats.is_missing(value)
                if missing != (cells[name] in ("s", "n.d.", "n. calc.")):
                    wrong.append((code, figure["indicateur"], name, value, cells[name]))
    assert wrong == []


def test_no_text_of_any_territory_and_theme_holds_a_word_of_python(gaps, warehouse):
    cards = warehouse.indicateurs
    for territoire in warehouse.choices:
        frame = gaps[territoire.code]
        said = [" ".join(row) for row in portrait.theme_rows(frame, cards, NIVEAUX)[1]]
        for theme in warehouse.themes:
            rows = [row for row in frame if cards[row["indicateur"]].theme == theme]
            said.append(portrait.theme_sentence(rows, territoire, cards, warehouse.territoires))
        lines = portrait.spine_rows(frame, cards, "reg" if territoire.code == DEPARTEMENT else "dep")
        said += [*lines["texte"], *lines["detail"]]
        assert [text for text in said if MOTS_DE_PYTHON.search(text)] == []
        assert all(text[-1] == "." for text in said[len(frame) : len(frame) + len(warehouse.themes)])


def test_every_known_figure_has_its_sentence_and_every_absence_has_none(gaps, warehouse):
    cards = warehouse.indicateurs
    for territoire in warehouse.choices:
        for row in gaps[territoire.code]:
            text = portrait.row_sentence(row, territoire, cards[row["indicateur"]], warehouse.territoires)
            assert (text is None) == formats.is_missing(row["valeur"])
            assert text is None or not MOTS_DE_PYTHON.search(text)


def test_positions_stay_in_their_frame_for_every_territory(gaps, warehouse):
    for code, frame in gaps.items():
        lines = portrait.spine_rows(frame, warehouse.indicateurs, "reg" if code == DEPARTEMENT else "dep")
        assert not lines.empty
        places = lines[["debut", "q1", "q3", "fin", "territoire"]]
        assert places.abs().to_numpy().max() <= 1 + 1e-9
        assert (places["debut"] <= places["q1"]).all()
        assert (places["q3"] <= places["fin"]).all()


def test_a_commune_stands_within_the_range_of_the_communes(gaps, warehouse):
    for code in warehouse.communes:
        known = pd.DataFrame(gaps[code]).dropna(subset=["valeur"])
        assert (known["valeur"] >= known["minimum"]).all()
        assert (known["valeur"] <= known["maximum"]).all()
        assert known["rang"].between(1, known["communes"]).all()


def test_rank_one_is_the_favourable_end(gaps, warehouse):
    for code in warehouse.communes:
        every = pd.DataFrame(gaps[code])
        first = every[every["rang"] == 1]
        ends = first["minimum"].where(first["sens"] == "defavorable", first["maximum"])
        # Two figures that read alike share a rank: the first is the end as it reads.
        for value, end, step in zip(first["valeur"], ends, first["arrondi"], strict=True):
            assert formats.lue(value, step) == formats.lue(end, step)


@pytest.mark.parametrize("code", REMARQUABLES)
def test_every_key_figure_and_trend_can_be_told(warehouse, code):
    cards, territoire = warehouse.indicateurs, warehouse.territoires[code]
    for indicateur, figures in warehouse.figures(list(cards), [code]).groupby("indicateur"):
        key = key_figure(figures.to_dict("records"), cards[indicateur])
        assert not MOTS_DE_PYTHON.search(f"{key.texte} {key.evolution}")
        known = figures["valeur"].notna().any()
        assert (key.texte in ("s", "n.d.", "n. calc.")) != known
        assert not MOTS_DE_PYTHON.search(portrait.trend_words(series(figures, [territoire]), cards[indicateur]))


# ---- the page itself


@pytest.mark.parametrize("code", REMARQUABLES)
def test_a_portrait_opens_whole(opened, warehouse, code):
    page = opened("portrait", territoire=code)
    assert page.title[0].value == warehouse.territoires[code].nom
    alone = ["Connu pour le département seulement"] if code == "93" else []
    assert [h.value for h in page.header] == [
        *("Ce qui ressort", "Chiffres clés", "Thème par thème"),
        *alone,
        "À l’intérieur",
    ]
    assert len(page.get("vega_lite_chart")) >= 1
    assert [text for text in texts(page) if MOTS_DE_PYTHON.search(text)] == []


@pytest.mark.parametrize("code", ["93015", "93066"])
def test_every_theme_of_the_smallest_and_of_the_merged_commune_opens(opened, warehouse, code):
    for theme, label in warehouse.themes.items():
        page = opened("portrait", territoire=code, theme=theme, liste="tous")
        assert [s.value for s in page.subheader] == [label]
        assert [text for text in texts(page) if MOTS_DE_PYTHON.search(text)] == []


def test_a_theme_for_each_of_the_other_territories(opened, warehouse):
    """All pairs would take minutes: each territory takes the next theme in turn, so that every theme is seen."""
    themes = list(warehouse.themes)
    for n, territoire in enumerate(warehouse.choices[::3]):
        page = opened("portrait", territoire=territoire.code, theme=themes[n % len(themes)])
        assert page.title[0].value == territoire.nom
        assert [text for text in texts(page) if MOTS_DE_PYTHON.search(text)] == []


def test_the_merged_commune_tells_its_merger_and_shows_the_former_medians(opened):
    page = opened("portrait", territoire="93066", theme="revenus_precarite", indicateur="REV04")
    (info,) = [i.value for i in page.info]
    assert info.startswith(
        "Depuis le 1ᵉʳ janvier 2025, Pierrefitte-sur-Seine et Saint-Denis ne forment qu’une commune."
    )
    assert "une médiane, un décile ou un indice ne s’additionne pas" in said(page)
    assert "dans les anciennes communes" in said(page)


def test_an_indicator_opens_its_theme_and_its_definition(opened, warehouse):
    page = opened("portrait", territoire="93014", indicateur="EMP01")
    card = warehouse.indicateurs["EMP01"]
    assert page.subheader[0].value == warehouse.themes[card.theme]
    assert any(f"**{card.libelle}** (EMP01)" in m.value for m in page.markdown)


def test_references_of_a_commune_are_its_ept_the_departement_the_region_and_france(opened):
    page = opened("portrait", territoire="93045", theme="emploi_insertion")
    references = ["Communes semblables", "Est Ensemble", "Seine-Saint-Denis", "Île-de-France", "France"]
    head = ["Indicateur", "Année", "Valeur", "Tendance", *references, "Position", "Rang"]
    assert table(page, "Emploi et insertion").head == head


def test_the_departement_is_compared_with_the_region_and_has_no_rank(opened):
    page = opened("portrait", territoire="93", theme="emploi_insertion")
    head = ["Indicateur", "Année", "Valeur", "Tendance", "Île-de-France", "France", "Position"]
    assert table(page, "Emploi et insertion").head == head
    assert not re.search(r"\bRang\b", said(page))


def test_a_secret_is_explained_once(opened, warehouse):
    profile = warehouse.profile("93062", warehouse.indicateurs)
    secrets = [row for row in profile if row["statut"] == row["motif"] == "secret"]
    if not secrets:
        pytest.skip("aucun secret dans les dernières années du Raincy")
    row = secrets[0]
    page = opened("portrait", territoire="93062", indicateur=row["indicateur"])
    assert f"{row['annee']}\u00a0: couvert par le secret statistique." in texts(page)


def test_the_five_similar_communes_are_named_and_lead_to_comparer(opened, warehouse):
    page = opened("portrait", territoire="93014")
    (line,) = [m.value for m in page.markdown if m.value.startswith("**Communes semblables**")]
    names = line.split(" : ")[1].split(", ")
    assert len(names) == 5
    assert set(names) <= {t.nom for t in warehouse.communes.values()}
    far = opened("portrait", territoire="93014", perimetre="idf")
    (line,) = [m.value for m in far.markdown if m.value.startswith("**Communes semblables**")]
    assert set(line.split(" : ")[1].split(", ")) != set(names)


@pytest.mark.parametrize("code", ["200057867", "93"])
def test_only_a_commune_has_similar_communes(opened, code):
    assert "Communes semblables" not in said(opened("portrait", territoire=code, theme="emploi_insertion"))


@pytest.mark.parametrize("code", ["93014", "93015", "93066", "200057867", "93"])
def test_the_inside_opens_part_by_part(opened, warehouse, code):
    closed = _with_panels(opened("portrait", territoire=code), open_=False)
    labels = [e.label for e in closed.get("expander") if e.label.split(" ")[0].rstrip("s") in PARTIES]
    assert len(labels) == (3 if code == "93" else 5)
    charts = len(closed.get("vega_lite_chart"))
    page = _with_panels(closed, open_=True)
    assert [error.message for error in page.exception] == []
    told = said(page)
    assert not MOTS_DE_PYTHON.search(told)
    incomes = code not in ("200057867",)
    assert len(page.get("vega_lite_chart")) == charts + 2 + incomes
    if code == "93015":
        assert "n’est pas découpée en IRIS" in told
    if code == "93014":
        assert "Haut Clichy" in told
        assert "fois plus" in told
        origins = [link for link in page_links(page) if link.get("echelon") == "iris" and link.get("fiche") == "IRI02"]
        assert any(link["quartier"].startswith("93014") for link in origins)
    _with_panels(page, open_=False)


def _with_panels(page, open_):
    for part in ("ages", "revenus", "familles", "iris", "qpv"):
        page.session_state[f"_dedans-{part}"] = open_
    return page.run()


def test_what_is_only_known_for_the_departement_is_on_its_portrait_with_years_and_nowhere_else(opened):
    told = said(opened("portrait", territoire="93", seul="DEP06"))
    assert "Connu pour le département seulement" in told
    assert "Enfants accueillis à l’aide sociale à l’enfance (effectif) en Seine-Saint-Denis" in told
    assert "2010 à 2020" in told
    for code in ("93048", "200057867"):
        assert "Connu pour le département seulement" not in said(opened("portrait", territoire=code))


@pytest.mark.parametrize(
    ("url", "choices"),
    [
        ("donnees", {"rayon": "indicateurs", "fiche": "DEP20"}),
        ("donnees", {"rayon": "tracer", "echelon": "departement", "fiche": "DEP08", "millesime": "2019"}),
    ],
)
def test_the_catalogue_and_the_trace_show_an_indicator_of_the_departement_alone(opened, url, choices):
    page = opened(url, **choices)
    assert not page.exception
    assert not page.error


# ---- what comes first


@pytest.mark.parametrize("code", ["93014", "93015", "93066", "93062", "200057875", "93"])
def test_the_head_says_who_we_are_then_fragilities_and_strengths_that_lead_to_their_chart(opened, warehouse, code):
    page = opened("portrait", territoire=code)
    tete = head(warehouse, code, tuple(v.code for v in similar_to(warehouse, code)))
    (sentence,) = of_class(page, "obs-ouverture")
    assert read(sentence) == tete.ouverture
    cards = [item for box in of_class(page, "obs-faits") for item in box.iterfind("li")]
    shown = [*tete.fragilites, *tete.atouts]
    assert len(cards) == len(shown)
    for box, item in zip(cards, shown, strict=True):
        text = read(box)
        for part in (item.libelle, item.nombre, item.phrase, item.quand, item.reperes):
            assert part in text
        (link,) = box.xpath(".//a/@href")
        assert link.endswith("#obs-indicateur")
        assert asked(link) == {
            "page": "portrait", "territoire": code, "theme": item.theme, "indicateur": item.indicateur,
        }  # fmt: skip
        assert box.xpath(".//img/@alt") == [item.barre.alt]
        assert item.libelle in read(box.xpath(".//a")[0])
        sign = "plus favorable" if item.atout else "moins favorable"
        assert box.xpath(".//span[@class='signe']/@aria-label") == [sign]


def test_see_leads_to_a_place_just_before_the_chart_of_the_indicator(opened, warehouse):
    page = opened("portrait", territoire="93014", theme="emploi_insertion", indicateur="EMP01")
    (anchor,) = elements(page, ".//div[@id='obs-indicateur']")
    assert anchor.get("tabindex") == "-1"
    assert anchor.get("aria-label") == f"{warehouse.indicateurs['EMP01'].libelle} dans le temps"


def test_a_theme_in_full_has_no_empty_column_and_says_once_what_is_not_tested(opened):
    page = opened("portrait", territoire="93014", theme="revenus_precarite", liste="tous")
    shown = table(page, "Revenus et précarité")
    for n, name in enumerate(shown.head[1:], start=1):
        cells = [row[n] for row in shown.rows if len(row) == len(shown.head)]
        assert any(cell not in ("–", "n.d.", "n. calc.", "s") for cell in cells), name
    assert not any("non testée" in cell for row in shown.rows for cell in row)
    assert said(page).count("Tendance non testée là où") == 1


@pytest.mark.parametrize(
    ("theme", "fold", "lines"),
    [("demographie", "Âges, des plus jeunes aux plus vieux", 6), ("revenus_precarite", "Niveaux de vie, des plus", 8)],
)
def test_ages_and_deciles_are_one_line_with_a_chart_and_a_detail(opened, warehouse, theme, fold, lines):
    page = opened("portrait", territoire="93014", theme=theme, liste="tous")
    line = table(page, warehouse.themes[theme]).line(fold)
    (image,) = line.xpath(".//img")
    assert fold in image.get("alt")
    (detail,) = line.xpath(".//details//table/tbody")
    assert len(detail) >= lines
    names = [read(row[0]) for row in detail]
    assert not set(names) & {read(row[0]) for row in table(page, warehouse.themes[theme]).element.iterfind("tbody/tr")}
    spine = " ".join(read(box) for box in of_class(page, "obs-epine"))
    assert not any(f" {name} " in f" {spine} " for name in names)


def test_the_signs_of_the_chart_are_drawn_beside_their_words(opened):
    page = opened("portrait", territoire="93045", theme="emploi_insertion")
    cards, theme = (read(box) for box in of_class(page, "obs-signes"))
    assert "toutes les communes, la plus favorable à droite" in cards
    for words in ("le département", "leur moitié centrale", "Est Ensemble", "les communes semblables"):
        assert words in theme
    whole = read(of_class(opened("portrait", territoire="93", theme="sante"), "obs-signes")[-1])
    assert "l’Île-de-France" in whole
    assert "semblables" not in whole
