"""Fragilities and strengths: which figures are put first, and how each is told."""

import pytest

from observatoire.charts.barre import draw_bar
from observatoire.methods import portrait
from observatoire.methods.essentiel import Barre, choose, essential
from observatoire.methods.trend_test import BAISSE, Tendance
from observatoire.selections import MEMES, SUIVIS
from observatoire.views.portrait.essentiel import head
from observatoire.views.portrait.profile import make_portrait, similar_to
from tests.observatoire.cards import BONDY, card


def row(code, ecart, sens="defavorable", **changes):
    """A share whose standard deviation is 5 and département at 30."""
    value = 30.0 + 5 * ecart
    base = {
        "indicateur": code, "annee": 2023, "valeur": value, "statut": "publie", "niveau": "dep", "valeur_dep": 30.0,
        "statut_dep": "publie", "annee_dep": 2023, "ecart_type": 5.0, "ecart": ecart, "sens": sens, "code_fra": None,
        "minimum": 10.0, "q1": 25.0, "q3": 35.0, "maximum": 60.0, "borne": False,
    }  # fmt: skip
    return base | changes


def cards(*rows, **themes):
    return {
        r["indicateur"]: card(
            r["indicateur"], "Part des", theme=themes.get(r["indicateur"], r["indicateur"]), phare=True
        )
        for r in rows
    }


def codes(found):
    return [r["indicateur"] for r in found]


def test_three_fragilities_then_two_strengths_the_widest_gap_first():
    rows = [row(f"F{n}", 1.0 + n / 10) for n in range(5)] + [row(f"A{n}", -1.0 - n / 10) for n in range(4)]
    assert codes(choose(rows, cards(*rows))) == ["F4", "F3", "F2", "A3", "A2"]


def test_one_a_theme_and_side():
    rows = [row("F1", 2.0), row("F2", 1.5), row("F3", 1.0), row("A1", -1.0)]
    same = cards(*rows, F1="t", F2="t", A1="t")
    assert codes(choose(rows, same)) == ["F1", "F3", "A1"]


def test_one_figure_of_those_that_answer_one_question():
    rows = [row("F1", 2.0), row("F2", 1.5), row("F3", 1.0)]
    assert codes(choose(rows, cards(*rows), memes=[{"F1", "F2"}])) == ["F1", "F3"]


def test_what_is_followed_speaks_for_its_theme_when_it_stands_out():
    rows = [row("F1", 2.0), row("SUIVI", 1.0), row("AUTRE", 1.5)]
    same = cards(*rows, F1="t", SUIVI="t", AUTRE="t")
    assert codes(choose(rows, same, ["SUIVI", "AUTRE"])) == ["SUIVI"]
    rows[1] = row("SUIVI", 0.6)
    assert codes(choose(rows, same, ["SUIVI", "AUTRE"])) == ["AUTRE"]


def test_published_and_recent_figures_come_before_wider_gaps():
    rows = [row("VIEUX", 3.0, annee=2019, annee_dep=2019), row("APPROCHE", 2.5, statut="approche"), row("SUR", 1.0)]
    assert codes(choose(rows, cards(*rows))) == ["SUR", "VIEUX", "APPROCHE"]
    assert codes(choose(rows, cards(*rows), ["APPROCHE"])) == ["APPROCHE", "SUR", "VIEUX"]
    edge = [row("LIMITE", 3.0, annee=2020, annee_dep=2020), row("SUR", 1.0)]
    assert codes(choose(edge, cards(*edge))) == ["LIMITE", "SUR"]


def test_what_stands_out_comes_before_what_is_slight_and_nothing_close_is_listed():
    rows = [row("LEGER", 0.6), row("NET", 0.9, statut="approche"), row("PROCHE", 0.2)]
    assert codes(choose(rows, cards(*rows))) == ["NET", "LEGER"]


def test_figures_that_are_not_key_fill_the_places_left_when_they_stand_out():
    rows = [row("CLE", 0.9), row("SECOND", 2.0), row("LEGER", 0.6)]
    own = cards(*rows) | {c: card(c, "Part des", theme=c, phare=False) for c in ("SECOND", "LEGER")}
    assert codes(choose(rows, own)) == ["CLE", "SECOND"]
    assert codes(choose(rows[2:], own)) == ["LEGER"]


def test_a_neutral_figure_a_count_a_bound_and_an_equal_reading_are_never_listed():
    rows = [
        row("NEUTRE", 2.0, sens="neutre"),
        row("BORNE", 2.0, statut="censure"),
        row("SEUL", 2.0, niveau=None),
        row("EGAL", 4.0, valeur=30.04, ecart_type=0.01),
    ]
    own = {c: card(c, "Part", theme=c, phare=True) for c in ("NEUTRE", "BORNE", "SEUL", "EGAL")}
    own["NEUTRE"] = card("NEUTRE", "Part", theme="n", phare=True, sens="neutre")
    assert choose(rows, own) == []


def test_a_card_says_its_year_its_trend_and_its_references():
    moving = Tendance(BAISSE, (2019, 2020, 2021, 2022, 2023), 40.0, 35.0)
    line = row("F1", 1.0, tendance=moving, valeur_fra=20.0, statut_fra="publie", annee_fra=2022, code_fra="FM",
               valeur_sem=33.0, statut_sem="calcule", annee_sem=2023, arrondi_fra=None)  # fmt: skip
    item = essential(line, card("F1", "Part des", theme="t"), BONDY, "5,0 points de plus que le département")
    assert (item.nombre, item.unite) == ("35,0\u00a0%", "")
    assert item.quand == "en 2023 · ↘ en baisse (2019–2023)"
    assert item.phrase == "5,0 points de plus que le département."
    told = item.reperes.replace("\u00a0", " ")
    assert told == "Département 30,0 % · France métropolitaine 20,0 % (2022) · communes semblables 33,0 %"
    assert not item.atout
    assert "la moitié centrale de 25,0" in item.barre.alt


def test_the_bar_puts_the_most_favourable_on_the_right():
    low = Barre(10, 20, 30, 40, valeur=40, reference=25, inverse=True, atout=False, alt="x")
    high = Barre(10, 20, 30, 40, valeur=40, reference=25, inverse=False, atout=True, alt="x")
    assert 'd="M8.0 ' in draw_bar(low)
    assert 'd="M212.0 ' in draw_bar(high)
    assert "<title>x</title>" in draw_bar(low)


# ---- the shipped figures


@pytest.fixture(scope="module")
def portraits(warehouse):
    found = {}
    for territoire in warehouse.choices:
        members = tuple(v.code for v in similar_to(warehouse, territoire.code))
        found[territoire.code] = (
            warehouse.kept(make_portrait, territoire.code, members),
            head(warehouse, territoire.code, members),
        )
    return found


def test_no_territory_is_without_a_fragility_or_a_strength_when_it_has_one(portraits, warehouse):
    for code, (gaps, tete) in portraits.items():
        sides = {portrait.place_beside(line, warehouse.indicateurs[line["indicateur"]]) for line in gaps}
        assert bool(tete.fragilites) == ("defavorable" in sides), code
        assert bool(tete.atouts) == ("favorable" in sides), code
        assert len(tete.fragilites) <= 3
        assert len(tete.atouts) <= 2


def test_nothing_listed_is_close_and_each_side_is_its_own(portraits, warehouse):
    for gaps, tete in portraits.values():
        rows = {line["indicateur"]: line for line in gaps}
        for side, items in (("defavorable", tete.fragilites), ("favorable", tete.atouts)):
            for item in items:
                assert portrait.place_beside(rows[item.indicateur], warehouse.indicateurs[item.indicateur]) == side
            assert len({item.theme for item in items}) == len(items)
            told = {item.indicateur for item in items}
            assert all(len(told & group) <= 1 for group in MEMES)


def test_a_followed_figure_that_stands_out_keeps_any_other_of_its_theme_away(portraits, warehouse):
    for gaps, tete in portraits.values():
        rows = {line["indicateur"]: line for line in gaps}
        for code in SUIVIS:
            own = warehouse.indicateurs[code]
            if not portrait.stands_out(rows[code], own):
                continue
            side = portrait.place_beside(rows[code], own)
            items = tete.fragilites if side == "defavorable" else tete.atouts
            assert all(item.indicateur in SUIVIS for item in items if item.theme == own.theme)


def test_the_poorest_commune_is_told_poor_and_every_figure_is_that_of_the_warehouse(portraits, warehouse):
    assert "REV02" in {item.indicateur for item in portraits["93014"][1].fragilites}
    for gaps, tete in portraits.values():
        rows = {line["indicateur"]: line for line in gaps}
        for item in (*tete.fragilites, *tete.atouts):
            line, own = rows[item.indicateur], warehouse.indicateurs[item.indicateur]
            assert (
                (item.nombre + item.unite)
                .replace("\u00a0", " ")
                .startswith(own.format(line["valeur"], line["statut"], line["arrondi"]).replace("\u00a0", " "))
            )
            assert item.barre is None or item.barre.valeur == line["valeur"]
