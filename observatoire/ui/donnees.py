"""The parts of the page Sources et méthode: catalogue, card, sources, quality, methods, downloads, API."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from observatoire import formats
from observatoire.charts.coverage import LECTURES, draw_coverage
from observatoire.config import RACINE
from observatoire.exports import warehouse_files
from observatoire.figures import Figure, cite, traced
from observatoire.methods import catalogue
from observatoire.methods.catalogue import Card
from observatoire.ui import data, state
from observatoire.ui.figure import show_figure
from observatoire.ui.layout import base_path
from observatoire.ui.tables import show_table
from observatoire.warehouse import DEPARTEMENT

METHODES = RACINE / "docs" / "methodes.md"
# What is offered to take away: label, file name, type, what it is good for, how it is made.
FICHIERS = (
    (
        "DuckDB",
        "observatoire.duckdb",
        "application/octet-stream",
        "Le fichier de l’entrepôt, tel qu’il sert les pages, relevés des producteurs compris. Les requêtes de « Tracer "
        "un chiffre » s’exécutent dessus.",
        warehouse_files.to_duckdb,
    ),
    (
        "Parquet",
        "observatoire_parquet.zip",
        "application/zip",
        "Un fichier par table, pour R, Python ou un outil de statistique.",
        warehouse_files.to_parquet,
    ),
    (
        "CSV",
        "observatoire_csv.zip",
        "application/zip",
        "Un fichier par table : UTF-8 avec BOM, séparateur « ; », virgule décimale. S’ouvre dans un tableur français.",
        warehouse_files.to_csv,
    ),
    (
        "XLSX",
        "observatoire.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Un classeur : feuille de définitions, puis une feuille par table ; les observations sont celles de la "
        "Seine-Saint-Denis, de la région et de la France. Prêt en une dizaine de secondes.",
        warehouse_files.to_xlsx,
    ),
)


@st.cache_data(max_entries=2, show_spinner=False)
def _cards(version: str) -> list[Card]:
    return catalogue.cards(data.warehouse())


def show_catalogue() -> None:
    """Search, list, and the card of one indicator."""
    cards = _cards(data.warehouse().version)
    by_code = {card["code"]: card for card in cards}
    waiting = sum(card["etat"] == "en_attente" for card in cards)
    left, right = st.columns([2, 3], gap="large")
    with left:
        words = st.text_input(
            "Chercher un indicateur", placeholder="chômage, logement social, P22_CHOM1564…", key="_mots"
        )
        found = catalogue.search(cards, words)
        st.caption(f"{len(found)} fiches sur {len(cards)}, dont {waiting} en attente de données.")
        _show_list(found)
    default = state.current("indicateur")
    default = default if default in by_code else cards[0]["code"]
    code = state.choice("fiche", list(by_code), default, "un indicateur du catalogue")
    with right:
        show_card(by_code[code])


def _show_list(cards: list[Card]) -> None:
    if not cards:
        st.write("Aucune fiche ne contient ces mots.")
        return
    house = data.warehouse()
    rows = []
    for card in cards:
        known = house.indicateurs.get(card["code"])
        years = formats.periode(list(known.annees)) if known else "en attente"
        rows.append([f"{card['libelle']} ({card['code']})", card["theme_nom"], years])
    links = {n: f"donnees?rayon=indicateurs&fiche={card['code']}" for n, card in enumerate(cards)}
    show_table("Catalogue", ["Indicateur", "Thème", "Années"], rows, text_columns=3, links=links, height=620)


def show_card(card: Card) -> None:
    """One indicator's card: what it says, how it is made, what it covers, where it comes from, its file."""
    st.subheader(f"{card['libelle']} ({card['code']})", anchor=False)
    st.markdown(formats.insecables(card["definition"]))
    if card["etat"] == "en_attente":
        st.info(
            formats.insecables(
                f"En attente de données. Partenaire : {card['partenaire']}. "
                f"Fichier attendu : {card['fichier_attendu']}."
            ),
            icon=":material/hourglass_empty:",
        )
    _show_fields(card)
    if card["etat"] != "en_attente":
        _show_coverage(card)


def _show_fields(card: Card) -> None:
    """The fields of the card as a list of definitions; those it lacks are left out."""
    formula = [
        (name, f"{card[f'{key}_libelle'] or ''} — <code>{escape(card[key])}</code>")
        for name, key in (("Numérateur", "numerateur"), ("Dénominateur", "denominateur"), ("Poids", "poids"))
        if card[key]
    ]
    if len(formula) == 1:
        formula = [("Valeur", formula[0][1])]
    fields = [
        ("Thème", card["theme_nom"]),
        ("Publics", ", ".join(card["publics"])),
        ("Unité", card["unite"]),
        *formula,
        ("Facteur", formats.nombre(card["facteur"]) if card["facteur"] != 1 else ""),
        ("Aux niveaux supérieurs", catalogue.AGREGATIONS[card["agregation"]]),
        ("Sens", f"{formats.majuscule(catalogue.SENS[card['sens']])}. {card['sens_pourquoi']}"),
        ("Précautions", card["precaution"]),
        ("Comparabilité dans le temps", card["comparabilite"]),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{formats.insecables(text)}</dd>" for name, text in fields if text)
    st.html(f"<dl class='obs-fiche'>{body}</dl>")


def _show_coverage(card: Card) -> None:
    """Which communes have a figure each year, the sources, and the links that carry on from there."""
    house = data.warehouse()
    code, known = card["code"], house.indicateurs[card["code"]]
    frame = catalogue.coverage(house, code)
    sources = [house.sources[s] for s in catalogue.sources_of(house, code)]
    absent = " ; ".join(f"« {sign} » {words}" for words, _, sign in LECTURES.values() if sign)
    rows = catalogue.coverage_words(frame)
    figure = Figure(
        titre="Communes qui ont un chiffre, par année",
        sous_titre=f"Carré bleu : une valeur ; {absent}",
        source=cite(sources),
        alt=f"{card['libelle']} : " + " ; ".join(f"en {year}, {count} communes" for year, count, _ in rows),
        table=frame.assign(statut=[LECTURES[s][0] for s in frame["statut"]]).set_axis(
            ["Commune", "Année", "Valeur"], axis=1
        ),
        fichier=formats.nom_de_fichier("couverture", card["libelle"]),
        chart=draw_coverage(frame),
        trace=traced(DEPARTEMENT, code, known.derniere),
    )
    show_table("Couverture", ["Année", "Communes avec un chiffre", "Sans chiffre"], rows, text_columns=3)
    with st.container(horizontal=True):
        for page, label in (("cartes", "Sur la carte"), ("comparer", "Comparer")):
            st.page_link(
                state.page_file(page),
                label=label,
                icon=":material/arrow_forward:",
                query_params=state.link_params(indicateur=code, annee=str(known.derniere)),
            )
        for kind in ("csv", "json"):
            url = f"{base_path()}/api/v1/observations?indicateur={code}&format={kind}&limite=50000"
            st.html(f"<a class='obs-lien' href='{escape(url, quote=True)}' download>Télécharger ({kind.upper()})</a>")
    show_figure(figure, f"couverture-{code}")


def show_sources() -> None:
    """The datasets: dates, licence, geography; the detail of each file behind."""
    house = data.warehouse()
    found = catalogue.datasets(house)
    st.markdown(f"{len(found)} jeux de données, {len(house.sources)} millésimes. Le nom ouvre la page du producteur.")
    rows = [
        [
            *(formats.typographie(r["nom"]), r["producteur"], formats.periode(r["millesimes"])),
            *(formats.periode(r["geographies"]), _day(r["publie_le"]), _day(r["obtenu_le"]), r["licence"]),
        ]
        for r in found
    ]
    columns = ["Jeu de données", "Producteur", "Millésimes", "Géographie", "Publié le", "Obtenu le", "Licence"]
    links = {n: r["url"] for n, r in enumerate(found) if r["url"]}
    show_table("Jeux de données", columns, rows, text_columns=len(columns), links=links, wide=True)
    with st.expander("Chaque fichier lu et son empreinte", on_change="rerun", key="_fichiers") as panel:
        if panel.open:
            _show_files()


def _show_files() -> None:
    rows = data.warehouse().rows("SELECT fichier, code, millesime, geographie, sha256 FROM source ORDER BY ALL")
    texts = [[r["fichier"], r["code"], str(r["millesime"]), str(r["geographie"]), r["sha256"]] for r in rows]
    columns = ["Fichier", "Source", "Millésime", "Géographie", "SHA-256"]
    show_table("Fichiers lus", columns, texts, text_columns=len(columns), height=520)


def _day(value) -> str:
    return formats.jour(value) if value else "n.d."


def show_quality() -> None:
    """The checks of the last build: what is checked, what was found."""
    rows = data.warehouse().rows("SELECT * FROM controle ORDER BY resultat DESC, gravite, code")
    gaps = [row for row in rows if row["resultat"] == "ecart"]
    found = "aucun n’a trouvé d’écart" if not gaps else "un seul a trouvé des écarts"
    found = found if len(gaps) < 2 else f"{len(gaps)} ont trouvé des écarts"
    st.markdown(
        f"{len(rows)} contrôles à la dernière construction, le {formats.jour(data.warehouse().built_on)} : {found}. "
        "Une erreur empêche la mise en service ; un avertissement la laisse se faire et se lit ici."
    )
    texts = [
        [
            *(
                row["libelle"],
                f"▼{formats.INSECABLE}écart" if row["resultat"] == "ecart" else f"●{formats.INSECABLE}conforme",
                row["gravite"],
            ),
            formats.insecables(row["detail"]),
        ]
        for row in rows
    ]
    show_table("Contrôles de qualité", ["Contrôle", "Résultat", "Gravité", "Détail"], texts, text_columns=4, wide=True)


@st.cache_data(max_entries=1, show_spinner=False)
def _methods(changed: float) -> str:
    return METHODES.read_text(encoding="utf-8").split("\n", 1)[1]


def show_methods() -> None:
    """The methods, from the one file that says them."""
    st.markdown(_methods(METHODES.stat().st_mtime))


def show_downloads() -> None:
    """The whole warehouse in four formats, each made when asked for."""
    house = data.warehouse()
    count = house.rows("SELECT count(*) AS n FROM observation")[0]["n"]
    st.markdown(
        f"Tout l’entrepôt : {formats.nombre(count)} observations, {len(house.indicateurs)} indicateurs, "
        f"{len(house.sources)} sources, construit le {formats.jour(house.built_on)}. Licence Ouverte 2.0 : citer le "
        "producteur et le millésime de chaque chiffre."
    )
    for label, name, kind, words, make in FICHIERS:
        left, right = st.columns([1, 5], gap="medium", vertical_alignment="center")
        with left:
            st.download_button(
                label, partial(make, house), name, kind, on_click="ignore", icon=":material/download:", width="stretch"
            )
        with right:
            st.markdown(formats.insecables(words))


def show_api() -> None:
    """What the API gives, and where it is documented."""
    root = base_path()
    examples = (
        ("Le taux de pauvreté des communes en 2021", "observations?indicateur=REV02&annee=2021&type=commune"),
        ("La même chose, pour un tableur", "observations?indicateur=REV02&annee=2021&type=commune&format=csv"),
        ("Une carte prête à dessiner", "geo/communes.geojson?indicateur=REV02&annee=2021"),
        ("Le catalogue", "indicateurs"),
    )
    st.markdown(
        "Les mêmes chiffres, aux mêmes statuts, pour un site, un tableur ou un programme : lecture seule, sans clé. "
        "Les noms des champs sont ceux des colonnes de l’entrepôt."
    )
    items = "".join(
        f"<li>{escape(words)} : <a href='{root}/api/v1/{escape(path, quote=True)}' target='_blank'>"
        f"/api/v1/{escape(path)}</a></li>"
        for words, path in examples
    )
    st.html(
        f"<ul>{formats.insecables(items)}</ul><p><a href='{root}/api' target='_blank'>Documentation</a> · "
        f"<a href='{root}/api/v1/openapi.json' target='_blank'>Contrat OpenAPI 3.1</a></p>"
    )
