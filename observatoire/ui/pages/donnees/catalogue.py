"""The catalogue: every indicator, searched and filtered by level and state, and the page of one of them."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from observatoire import formats
from observatoire.figures import traced_within
from observatoire.frames import records
from observatoire.methods.catalogue import AGREGATIONS, ETATS, NIVEAUX_DE_FICHE, SENS, Card, search
from observatoire.methods.ranks import interval_words, place_short
from observatoire.records import DEPARTEMENT, Indicateur
from observatoire.ui import data, state
from observatoire.ui.pages.donnees.coverage import show_coverage
from observatoire.ui.widgets.layout import base_path, is_phone
from observatoire.ui.widgets.ranks import rank_words, ranks
from observatoire.ui.widgets.tables import show_table
from observatoire.views.search import meanings
from observatoire.warehouse import Warehouse, catalogue

TOUS = "tous"
COURTS = {"commune": "Commune", "departement": "Département", "iris": "IRIS", "qpv": "QPV"}


def show_catalogue() -> None:
    """Search, filters, list, and the page of one indicator; on a phone, the indicator asked for comes first."""
    cards = data.view(catalogue.cards)
    by_code = {card["code"]: card for card in cards}
    default = state.current("indicateur")
    default = default if default in by_code else cards[0]["code"]
    code = state.choice("fiche", list(by_code), default, "un indicateur du catalogue")
    if is_phone() and "fiche" in st.query_params:
        show_card(by_code[code])
        _show_figures(by_code[code])
        _show_list(cards, code)
        return
    left, right = st.columns([4, 5], gap="large")
    with left, st.container(key="catalogue-liste"):  # 350 lines that are of no use on paper
        _show_list(cards, code)
    with right:
        show_card(by_code[code])
    _show_figures(by_code[code])


def _show_figures(card: Card) -> None:
    """Ranks and coverage, where there are figures of more than the département."""
    if card["etat"] == "disponible" and card["niveau"] != "departement":
        known = data.current().every_indicator[card["code"]]
        _show_ranks(known)
        show_coverage(known)


def _show_list(cards: list[Card], chosen: str) -> None:
    """The search, the two filters and what they keep; each line opens the page of its indicator."""
    words = state.text("mots", "Chercher un indicateur", "chômage, logement social, P22_CHOM1564…", 80)
    with st.container(horizontal=True, gap="medium"):
        level = _filter("portee", "Niveau", COURTS)
        status = _filter("etat", "Statut", ETATS)
    found = search(cards, words, level, status, meanings())
    waiting = sum(card["etat"] == "en_attente" for card in found)
    count = f"{len(found)} {formats.accorder('fiches', len(found))} sur {len(cards)}"
    st.caption(f"{count}, dont {waiting} en attente de données." if waiting else f"{count}.")
    if not found:
        st.write("Aucune fiche ne répond à cette recherche.")
        return
    kept = {"rayon": "indicateurs", "mots": words, "portee": level, "etat": status}
    kept = {name: value for name, value in kept.items() if value}
    known = data.current().every_indicator
    rows, links = [], {}
    for n, card in enumerate(found):
        own = known.get(card["code"])
        years = formats.periode(list(own.annees)) if own else "en attente"
        years = years.replace(" ", formats.INSECABLE)
        rows.append([f"{card['libelle']} ({card['code']})", card["theme_nom"], f"{COURTS[card['niveau']]}, {years}"])
        links[n] = f"donnees?{urlencode({**kept, 'fiche': card['code']})}"
    lit = [n for n, card in enumerate(found) if card["code"] == chosen]
    columns = ["Indicateur", "Thème", "Niveau, années"]
    show_table("Catalogue", columns, rows, 3, links, lit, height=320 if is_phone() else 520)


def _filter(name: str, label: str, options: dict[str, str]) -> str:
    """A filter with « Tous » first; empty for all."""
    names = {TOUS: "Tous", **options}
    asked = state.select(
        name, label, list(names), TOUS, "un filtre du catalogue", names.__getitem__, widget=st.segmented_control,
        required=True,
    )  # fmt: skip
    return "" if asked == TOUS else asked


def show_card(card: Card) -> None:
    """One indicator's card: what it says, how it is made, where to go from it, its file."""
    st.header(f"{card['libelle']} ({card['code']})", anchor=False)
    st.markdown(formats.insecables(card["definition"]))
    if card["etat"] == "en_attente":
        st.info(
            formats.insecables(
                f"En attente de données. Partenaire : {card['partenaire']}. "
                f"Fichier attendu : {card['fichier_attendu']}."
            ),
            icon=":material/hourglass_empty:",
        )
    else:
        _show_links(data.current().every_indicator[card["code"]])
    _show_fields(card)


def _show_links(card: Indicateur) -> None:
    """The ways on: the trace of a figure, the map, the comparison, the figures as files."""
    if card.niveau == "commune":
        choices = {"indicateur": card.code, "annee": str(card.derniere)}
        trace = {"echelon": "commune", **choices}
        pages = [("cartes", "Sur la carte", choices), ("comparer", "Comparer", choices)]
    else:
        trace = traced_within(card.niveau, card.code, card.derniere)
        portrait = {"territoire": DEPARTEMENT}
        pages = [("portrait", "Portrait du département", portrait)] if card.niveau == "departement" else []
    pages.insert(0, ("indicateur", "Tout sur cet indicateur", {"indicateur": card.code}))
    pages.insert(1, ("donnees", "Tracer un chiffre", {"rayon": "tracer", **trace}))
    with st.container(horizontal=True):
        for page, label, choices in pages:
            st.page_link(
                state.page_file(page),
                label=label,
                icon=":material/arrow_forward:",
                query_params=state.link_params(**choices),
            )
        for kind in ("csv", "json"):
            url = f"{base_path()}/api/v1/observations?indicateur={card.code}&format={kind}&limite=50000"
            st.html(f"<a class='obs-lien' href='{escape(url, quote=True)}' download>Télécharger ({kind.upper()})</a>")


def _show_fields(card: Card) -> None:
    """The fields of the card as a list of definitions; those it lacks are left out."""
    formula = [
        (name, f"{card[f'{key}_libelle'] or ''} — <code>{escape(card[key])}</code>")
        for name, key in (("Numérateur", "numerateur"), ("Dénominateur", "denominateur"), ("Poids", "poids"))
        if card[key]
    ]
    if len(formula) == 1:
        formula = [("Valeur", formula[0][1])]
    if card["base"]:
        least = f"{formats.nombre(card['base_min'])} au moins, sinon pas de valeur : {card['base_libelle']}"
        formula.append(("Effectif minimal", f"{least} — <code>{escape(card['base'])}</code>"))
    fields = [
        ("Niveau", NIVEAUX_DE_FICHE[card["niveau"]]),
        ("Thème", card["theme_nom"]),
        ("Publics", ", ".join(card["publics"])),
        ("Unité", card["unite"]),
        *formula,
        ("Facteur", formats.nombre(card["facteur"]) if card["facteur"] != 1 else ""),
        ("Aux niveaux supérieurs", _above(card)),
        ("Sens", f"{formats.majuscule(SENS[card['sens']])}. {card['sens_pourquoi']}"),
        ("Précautions", card["precaution"]),
        ("Comparabilité dans le temps", card["comparabilite"]),
        ("Sources", _sources(card)),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{formats.insecables(text)}</dd>" for name, text in fields if text)
    st.html(f"<dl class='obs-fiche'>{body}</dl>")


def _above(card: Card) -> str:
    if card["niveau"] == "commune":
        return AGREGATIONS[card["agregation"]]
    if card["niveau"] == "departement":
        return "Publié pour le département seulement : il n’y a de chiffre ni pour les communes, ni pour les EPT."
    names = {code: own.libelle for code, own in data.current().indicateurs.items()}
    same = f" Pour les communes : « {names[card['equivalent']]} »." if card["equivalent"] in names else ""
    return f"Ne s’additionne pas : il n’y a de chiffre ni pour la commune, ni pour l’EPT, ni pour le département.{same}"


def _sources(card: Card) -> str:
    """Producer, dataset and vintages of the figures, from the files really read."""
    if card["etat"] == "en_attente":
        return ""
    return escape(data.view(_cited, card["code"]))


def _cited(warehouse: Warehouse, code: str) -> str:
    years: dict[tuple[str, str], list[int]] = {}
    for source in (warehouse.sources[s] for s in catalogue.sources_of(warehouse, code)):
        years.setdefault((source.producteur, formats.typographie(source.nom)), []).append(source.millesime)
    return " ; ".join(f"{who}, {what} : {', '.join(map(str, sorted(set(y))))}" for (who, what), y in years.items())


def _show_ranks(card: Indicateur) -> None:
    """The commune chosen on other pages, in words; behind, the rank of every commune with its interval."""
    year = card.derniere
    found = ranks(card.code, year)
    if not found:
        return
    warehouse = data.current()
    figures = {
        row["territoire"]: row for row in records(data.figures((card.code,), tuple(warehouse.communes), (year,)))
    }
    chosen = state.current("territoire")
    if chosen in found:
        value = card.format(*(figures[chosen][name] for name in ("valeur", "statut", "arrondi")))
        words = rank_words(chosen, card.code, year)
        st.markdown(
            formats.insecables(f"**{warehouse.communes[chosen].nom}, {card.periode(year)}** : {value} — {words}")
        )
    with st.expander(f"La place des {len(found)} communes {card.en(year)}", on_change="rerun", key="_rangs") as panel:
        if not panel.open:
            return
        rows, lit = [], []
        for code, rank in sorted(found.items(), key=lambda pair: (pair[1].places(card.sens)[0], pair[0])):
            own = figures[code]
            bounds = [own["borne_basse"], own["borne_haute"]]
            known = not any(formats.is_missing(bound) for bound in bounds)
            between = " à ".join(card.format(bound) for bound in bounds) if known else "–"
            value = card.format(own["valeur"], own["statut"], own["arrondi"])
            rows.append(
                [warehouse.communes[code].nom, place_short(rank, card), value, between, interval_words(rank, card)]
            )
            lit += [len(rows) - 1] if code == chosen else []
        columns = ["Commune", "Rang", f"Valeur ({card.unite})", "Intervalle à 95 %", "Rangs possibles"]
        show_table(
            f"Rangs : {card.libelle}, {card.periode(year)}", columns, rows, text_columns=2, highlight=lit, height=520
        )
        st.caption(
            "Du plus élevé au plus bas. Intervalles et rangs possibles sont indicatifs ; les rangs possibles valent "
            "avec 95 % de confiance pour l’ensemble des communes. « – » : incertitude non évaluée (source exhaustive, "
            "ou commune de moins de 10 000 habitants), ce qui ne veut pas dire exact."
        )
