"""What the cards say stays true when a vintage comes: years told by the build, periods, excesses, corrections."""

import re

import pytest

from etl.catalogue import load_catalogue
from etl.periods import list_years, period, periods
from etl.rectificatifs import CORRECTIONS, markdown
from etl.snapshot import SNAPSHOT, ask_snapshot
from tests.etl.producers import build_warehouse, catalogue, indicateur, jeu, source

# « 2016, 2017 », « 2014–2019 », « 2016 à 2021 », « 2018 ou 2022 »; « depuis 2008 »; « une seule année ».
YEARS = re.compile(
    r"\b(19|20)\d\d(,| et| ou| à|–|-) ?(de )?(19|20)\d\d\b"
    r"|\b[Dd]epuis (19|20)\d\d\b|\bseule?s? (les |l’)?(année|millésime|exercice|date|campagne)"
)


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue()


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ([2023], "2023"),
        ([2022, 2018], "2018 et 2022"),
        ([2018, 2019], "2018 et 2019"),
        ([2014, 2015, 2016, 2018, 2019], "2014 à 2016, 2018 et 2019"),
        ([2016, 2017, 2019, 2020], "2016, 2017, 2019 et 2020"),
    ],
)
def test_years_are_told_as_a_person_would(years, told):
    assert list_years(years) == told


def test_an_evolution_is_told_by_both_ends():
    assert (period(2022, 6), period(2022)) == ("2016–2022", "2022")
    assert periods([2022, 2013], 6) == "2007–2013 et 2016–2022"


def test_no_card_lists_its_years_by_hand(shipped):
    """The build tells them (« Années disponibles »): a list typed in a card is false at the next vintage."""
    listed = {card.code: card.comparabilite for card in shipped.indicateurs if YEARS.search(card.comparabilite or "")}
    assert listed == {}


def test_a_list_of_years_would_be_seen():
    for text in (
        "Au 31 décembre de 2016, 2017, 2019",
        "Série 2014–2019.",
        "De 2015 à 2020",
        "Une seule année disponible.",
    ):
        assert YEARS.search(text), text
    assert not YEARS.search("2020 est marqué par la crise. Ne pas comparer avec Filosofi 2023, une nouvelle série.")


def words_of(tmp_path, years, text=None):
    rows = [f"f,{year},93001,commune,n,{100 + year % 7}\n" for year in years]
    (tmp_path / "f.csv").write_text("source,annee,territoire,type,variable,valeur\n" + "".join(rows), encoding="utf-8")
    sources = [source(f"f_{y}", "f", "f.csv", y, lecteur="releve", lecture={"prefixe": "f."}) for y in years]
    card = indicateur("REV01", "f.n", "ratio", denominateur="f.n", facteur=100, comparabilite=text)
    con = build_warehouse(tmp_path, catalogue([jeu("f", ["f.n"])], sources, [card]))
    return con.execute("SELECT comparabilite FROM indicateur").fetchone()[0].replace("\u00a0", " ")


def test_a_vintage_more_is_told_without_touching_the_card(tmp_path):
    text = "Dénominateur de {annees_denominateur}."
    assert words_of(tmp_path, [2019], text) == "Une seule année disponible : 2019. Dénominateur de 2019."
    assert (
        words_of(tmp_path, [2019, 2020, 2021], text) == "Années disponibles : 2019 à 2021. Dénominateur de 2019 à 2021."
    )


def test_every_available_card_tells_its_years(base):
    rows = base.execute("SELECT code, comparabilite FROM indicateur WHERE etat = 'disponible'").fetchall()
    untold = [
        c for c, text in rows if not re.match(r"(Une seule (année|période) disponible|(Années|Périodes) disp)", text)
    ]
    assert untold == []
    assert not [c for c, text in rows if "{" in text]


def test_a_known_excess_is_said_by_every_card_that_counts_with_it(shipped):
    """Shares of the insured rest on a file that has more insured people than inhabitants."""
    insured = {part for jeu in shipped.jeux.values() for one in jeu.identites for part in (one.total, *one.parties)}
    excess = {name for jeu in shipped.jeux.values() for p in jeu.populations if p.au_plus > 1 for name in p.variables}
    counted = {name for name in insured if name.startswith("observatoire_fragilites.rg_")} | excess
    found = 0
    for card in shipped.indicateurs:
        if card.variables() & counted:
            found += 1
            assert "plus d’assurés que d’habitants" in (card.precaution or ""), card.code
    assert found >= 10


@pytest.mark.parametrize("codes", [("LOG10", "REV22"), ("FAM15", "FAM16"), ("SAN07", "SEN19")])
def test_figures_of_one_nature_are_judged_alike(shipped, codes):
    assert {card.sens for card in shipped.indicateurs if card.code in codes} == {"neutre"}


def test_the_ccas_account_once_called_aids_is_not_shown(shipped):
    cards = {card.code: card for card in shipped.indicateurs}
    assert {cards[code].etat for code in ("FIN07", "FIN14")} == {"en_attente"}
    assert not [card.code for card in shipped.indicateurs if "dgfip_ccas.aides_versees" in card.variables()]


def test_the_page_of_corrections_is_the_catalogue_s(shipped):
    names = dict(ask_snapshot(SNAPSHOT, "territoire", "SELECT code, nom FROM instantane"))
    told = CORRECTIONS.read_text(encoding="utf-8") == markdown(shipped, names)
    assert told, "docs/corrections.md n’est plus celle du catalogue : « python -m etl corrections »"


def test_a_corrected_figure_is_the_one_now_shown(base, shipped):
    """What the corrections say a figure is, it is: a later change needs a later correction."""
    latest = {}
    for one in reversed(shipped.rectificatifs):
        if one.avant is not None:
            latest[one.indicateurs[0], one.territoire, one.annee] = one.apres
    assert len(latest) > 60
    for (code, place, year), after in latest.items():
        row = base.execute(
            "SELECT valeur FROM observation WHERE indicateur = ? AND territoire = ? AND annee = ?", [code, place, year]
        ).fetchone()
        shown = row[0] if row else None
        assert shown == pytest.approx(after, abs=1e-3) if after is not None else shown is None, (code, place, year)
