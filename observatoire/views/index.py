"""Every figure that the pages show, by name, for whoever has no page: commands, documents, slides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from observatoire.figures import Figure
from observatoire.methods.cartography import MapRequest
from observatoire.methods.evolutions import pairs_of_years
from observatoire.methods.groups import STATISTIQUES
from observatoire.methods.similarity import CARACTERISTIQUES
from observatoire.records import DEPARTEMENT, Indicateur, Territoire
from observatoire.selections import PREMIERE_CARTE
from observatoire.views.accueil import make_eight
from observatoire.views.carte.build import describe, describe_crossing, load_content, load_crossing
from observatoire.views.catalogue.coverage import coverage_grid, coverage_map
from observatoire.views.comparaison import evolution, resources, table
from observatoire.views.comparaison.comparison import expand, group_reference, territory_reference
from observatoire.views.comparaison.distribution import distribution
from observatoire.views.comparaison.heatmap import heatmap_figure
from observatoire.views.comparaison.needs import Choices
from observatoire.views.comparaison.needs_figures import needs_parts, needs_ranks
from observatoire.views.comparaison.scatter import scatter
from observatoire.views.comparaison.scope import CHOIX, Scope, comparison
from observatoire.views.comparaison.similar import similar_figure
from observatoire.views.indicateur import figures as indicateur
from observatoire.views.portrait.ages import ages, ages_by_sex
from observatoire.views.portrait.departement import departement_figure
from observatoire.views.portrait.inside import families, incomes, iris_map
from observatoire.views.portrait.profile import similar_to
from observatoire.views.portrait.theme import theme_figure
from observatoire.views.portrait.trend import trend_figure
from observatoire.warehouse import Warehouse


@dataclass(frozen=True)
class Demande:
    """What a figure is about: codes. Each figure reads the choices it needs; ``annee`` None is the latest.

    ``territoires``: those compared; the four EPT when there is none. ``reference``: a territory, or a statistic of the
    communes compared (methods.groups.STATISTIQUES).
    """

    territoire: str = DEPARTEMENT
    territoires: tuple[str, ...] = ()
    reference: str = DEPARTEMENT
    theme: str = ""
    indicateur: str = PREMIERE_CARTE
    second: str = "EMP01"
    annee: int | None = None
    choix: Choices = field(default_factory=Choices)


@dataclass(frozen=True)
class Sorte:
    """A figure that can be asked for: what it is in words, who makes it (None when it has nothing to show)."""

    mots: str
    make: Callable[[Warehouse, Demande], Figure | None]


def _place(warehouse: Warehouse, demande: Demande) -> Territoire:
    return warehouse.territoires[demande.territoire]


def _card(warehouse: Warehouse, demande: Demande) -> Indicateur:
    return warehouse.every_indicator[demande.indicateur]


def _year(card: Indicateur, demande: Demande) -> int:
    return card.derniere if demande.annee is None else demande.annee


def _scope(warehouse: Warehouse, demande: Demande) -> Scope:
    places = [warehouse.territoires[code] for code in demande.territoires or warehouse.epts]
    members = expand(warehouse, places)
    words = f"des {len(members)} communes du groupe"
    reference = (
        group_reference(demande.reference, members, words)
        if demande.reference in STATISTIQUES
        else territory_reference(warehouse.territoires[demande.reference])
    )
    return Scope(CHOIX, tuple(places), tuple(members), words, reference, "")


def _theme(warehouse: Warehouse, demande: Demande) -> tuple[str, tuple[str, ...]]:
    """The theme asked for, else that of the indicator; its label and its indicators."""
    theme = demande.theme or _card(warehouse, demande).theme
    return warehouse.themes[theme], tuple(card.code for card in warehouse.indicateurs.values() if card.theme == theme)


def _theme_of(warehouse: Warehouse, demande: Demande) -> Figure:
    theme = demande.theme or _card(warehouse, demande).theme
    members = tuple(voisin.code for voisin in similar_to(warehouse, demande.territoire))
    return theme_figure(warehouse, _place(warehouse, demande), theme, _theme(warehouse, demande)[1], members)


def _map(warehouse: Warehouse, demande: Demande) -> Figure:
    card = _card(warehouse, demande)
    request = MapRequest(card.code, _year(card, demande), card.niveau)
    return describe(warehouse, request, load_content(warehouse, request))


def _crossed(warehouse: Warehouse, demande: Demande) -> Figure | None:
    card, second = _card(warehouse, demande), warehouse.card(demande.second)
    request = MapRequest(card.code, _year(card, demande))
    crossing = load_crossing(warehouse, request, second.code, second.derniere)
    return describe_crossing(warehouse, request, second.code, second.derniere, crossing) if crossing else None


def _iris(warehouse: Warehouse, demande: Demande) -> Figure:
    card = _card(warehouse, demande)
    return iris_map(warehouse, _place(warehouse, demande), card.code, _year(card, demande))[0]


def _versus(warehouse: Warehouse, demande: Demande) -> Figure:
    label, codes = _theme(warehouse, demande)
    return table.versus_table(warehouse, _scope(warehouse, demande), codes, codes, label)[2]


def _dots(warehouse: Warehouse, demande: Demande) -> Figure | None:
    label, codes = _theme(warehouse, demande)
    return table.versus_dots(warehouse, _scope(warehouse, demande), codes, codes, label)


def _bars(warehouse: Warehouse, demande: Demande) -> Figure:
    return table.ranked_bars(warehouse, _scope(warehouse, demande), (demande.indicateur,), _card(warehouse, demande))


def _distribution(warehouse: Warehouse, demande: Demande) -> Figure:
    card = _card(warehouse, demande)
    return distribution(warehouse, _scope(warehouse, demande), card, _year(card, demande))[0]


def _scatter(warehouse: Warehouse, demande: Demande) -> Figure | None:
    found = scatter(warehouse, _scope(warehouse, demande), _card(warehouse, demande), warehouse.card(demande.second))
    return found[0] if found else None


def _trends(warehouse: Warehouse, demande: Demande) -> Figure | None:
    card = _card(warehouse, demande)
    made = evolution.trends(
        warehouse, _scope(warehouse, demande), (card.code,), card, False, f"{card.libelle} dans le temps"
    )
    return made if isinstance(made, Figure) else None


def _multiples(warehouse: Warehouse, demande: Demande) -> Figure | None:
    return evolution.multiples(warehouse, _scope(warehouse, demande), _card(warehouse, demande), 4)


def _slope(warehouse: Warehouse, demande: Demande) -> Figure | None:
    card = _card(warehouse, demande)
    pairs = pairs_of_years(card)
    years = [(first, last) for first in pairs for last in pairs[first] if demande.annee in (None, last)]
    if not years:
        return None
    # The latest year, then the longest way to it without crossing a break.
    first, last = min(years, key=lambda pair: (-pair[1], pair[0]))
    return evolution.slope(warehouse, _scope(warehouse, demande), card, first, last)


def _heatmap(warehouse: Warehouse, demande: Demande) -> Figure:
    cards = [card for card in warehouse.indicateurs.values() if card.phare and not card.effectif]
    return heatmap_figure(comparison(warehouse, _scope(warehouse, demande), cards), warehouse)


def _communes(warehouse: Warehouse, demande: Demande) -> tuple[str, ...]:
    return tuple(code for code in demande.territoires if code in warehouse.communes) or tuple(warehouse.communes)


def _accounts(warehouse: Warehouse, demande: Demande) -> Figure:
    return resources.accounts(warehouse, resources.account_cards(warehouse), _communes(warehouse, demande))[0][0]


def _accounts_chart(warehouse: Warehouse, demande: Demande) -> Figure:
    card = warehouse.indicateurs[resources.DEPENSE]
    return resources.accounts_chart(warehouse, _scope(warehouse, demande), card, _communes(warehouse, demande))


def _accounts_by_year(warehouse: Warehouse, demande: Demande) -> Figure:
    card = warehouse.indicateurs[resources.DEPENSE]
    return resources.accounts_by_year(warehouse, card, _communes(warehouse, demande))[0]


def _run(warehouse: Warehouse, demande: Demande) -> Figure:
    return resources.establishments(warehouse, resources.run_cards(warehouse), _communes(warehouse, demande))[0]


def _beside_needs(warehouse: Warehouse, demande: Demande) -> Figure:
    card = warehouse.indicateurs[resources.DEPENSE]
    return resources.spending_beside_needs(warehouse, _scope(warehouse, demande), card, demande.choix)[0]


def _similar(warehouse: Warehouse, demande: Demande) -> Figure | None:
    if demande.territoire not in warehouse.communes:
        return None
    weights = tuple((trait.indicateur, 1.0) for trait in CARACTERISTIQUES)
    return similar_figure(warehouse, _place(warehouse, demande), DEPARTEMENT, weights)


def _coverage(warehouse: Warehouse, demande: Demande) -> Figure:
    card = _card(warehouse, demande)
    return coverage_map(warehouse, card, str(_year(card, demande)))[0]


def _small_map(warehouse: Warehouse, demande: Demande) -> Figure | None:
    card = _card(warehouse, demande)
    made = indicateur.small_map(warehouse, card.code, demande.territoire, _year(card, demande))
    return made[0] if made else None


def _ranking(warehouse: Warehouse, demande: Demande) -> Figure | None:
    card = _card(warehouse, demande)
    made = indicateur.ranking(warehouse, card.code, demande.territoire, _year(card, demande))
    return made.figure if made else None


def _quarters(warehouse: Warehouse, demande: Demande) -> Figure | None:
    card = _card(warehouse, demande)
    if card.niveau not in ("iris", "qpv"):
        return None
    return indicateur.quarters_table(warehouse, card, _place(warehouse, demande), _year(card, demande))


SORTES = {
    "accueil": Sorte(
        "le département et les quatre EPT en huit chiffres",
        lambda warehouse, _: make_eight(warehouse, (DEPARTEMENT, *warehouse.epts))[2],
    ),
    "theme": Sorte("où se place un territoire sur chaque indicateur d’un thème", _theme_of),
    "tendance": Sorte(
        "un indicateur d’un territoire dans le temps",
        lambda warehouse, d: trend_figure(warehouse, _place(warehouse, d), _card(warehouse, d)),
    ),
    "ages": Sorte(
        "la pyramide des âges d’un territoire",
        lambda warehouse, d: ages_by_sex(warehouse, _place(warehouse, d)) or ages(warehouse, _place(warehouse, d)),
    ),
    "revenus": Sorte(
        "les niveaux de vie d’un territoire", lambda warehouse, d: incomes(warehouse, _place(warehouse, d))
    ),
    "familles": Sorte(
        "qui compose les familles d’un territoire", lambda warehouse, d: families(warehouse, _place(warehouse, d))
    ),
    "iris": Sorte("les IRIS d’une commune ou d’un EPT", _iris),
    "departement": Sorte(
        "ce qui n’est connu que pour le département", lambda warehouse, _: departement_figure(warehouse)
    ),
    "carte": Sorte("la carte d’un indicateur", _map),
    "carte-croisee": Sorte("deux indicateurs croisés sur une carte", _crossed),
    "comparaison": Sorte("le tableau d’un thème face à la référence", _versus),
    "ecarts": Sorte("les écarts d’un thème sur une même échelle", _dots),
    "barres": Sorte("des territoires, du plus élevé au plus bas", _bars),
    "repartition": Sorte("des territoires parmi toutes les communes", _distribution),
    "nuage": Sorte("deux indicateurs dans toutes les communes", _scatter),
    "evolution": Sorte("un indicateur de plusieurs territoires dans le temps", _trends),
    "evolutions": Sorte("le même, un graphique par territoire", _multiples),
    "pentes": Sorte("deux années d’un indicateur", _slope),
    "chaleur": Sorte("les indicateurs clés de plusieurs territoires", _heatmap),
    "indice": Sorte(
        "l’indice de besoins et ses rangs",
        lambda warehouse, d: needs_ranks(warehouse, _scope(warehouse, d), d.choix)[0],
    ),
    "indice-domaines": Sorte(
        "de quoi l’indice de besoins est fait",
        lambda warehouse, d: needs_parts(warehouse, _scope(warehouse, d), d.choix),
    ),
    "comptes": Sorte("les comptes des CCAS", _accounts),
    "comptes-barres": Sorte("la dépense de chaque CCAS, de la plus élevée à la plus basse", _accounts_chart),
    "comptes-annees": Sorte("la dépense des CCAS, année par année", _accounts_by_year),
    "geres": Sorte("ce que gèrent les CCAS", _run),
    "depense-besoins": Sorte("la dépense des CCAS et les besoins de leur commune", _beside_needs),
    "semblables": Sorte("les communes semblables à une commune", _similar),
    "carte-situee": Sorte("la carte d’un indicateur, un territoire entouré", _small_map),
    "classement": Sorte("les communes d’un indicateur, de la plus élevée à la plus basse", _ranking),
    "par-age": Sorte(
        "un indicateur tranche d’âge par tranche d’âge",
        lambda warehouse, d: indicateur.same_question(warehouse, d.indicateur, d.territoire),
    ),
    "quartiers": Sorte("les IRIS ou les quartiers prioritaires d’un territoire, en tableau", _quarters),
    "couverture": Sorte("d’où vient le chiffre de chaque commune", _coverage),
    "couverture-annees": Sorte(
        "les communes et les années qui ont un chiffre",
        lambda warehouse, d: coverage_grid(warehouse, _card(warehouse, d)),
    ),
}
