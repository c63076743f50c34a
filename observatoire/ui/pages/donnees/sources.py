"""The parts of the page Sources et méthode: sources, quality, methods, downloads, API."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import streamlit as st

from etl.identite import IDENTITE
from observatoire import formats
from observatoire.config import RACINE
from observatoire.exports import warehouse_files
from observatoire.methods.catalogue import corrections, gaps_of
from observatoire.ui import data
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.layout import base_path
from observatoire.ui.widgets.preparer import offer_long_file
from observatoire.ui.widgets.tables import show_table
from observatoire.warehouse import catalogue

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
        "Un classeur : feuille de définitions, puis une feuille par table. Les observations y sont celles "
        f"{IDENTITE.departement.de_article}, de la région et de la France, avec une feuille pour les IRIS et "
        "une pour les quartiers prioritaires. Les autres communes de la région, les contours et les relevés "
        "des producteurs, trop longs pour un tableur, sont dans les trois autres formats. Prêt en une vingtaine "
        "de secondes.",
        warehouse_files.to_xlsx,
    ),
)
# Some fifteen and twenty seconds of processor: made in two steps.
LONGS = (warehouse_files.to_csv, warehouse_files.to_xlsx)


def show_sources() -> None:
    """The datasets: dates, licence, geography; the detail of each file behind."""
    warehouse = data.current()
    found = catalogue.datasets(warehouse)
    st.markdown(
        f"{len(found)} jeux de données, {len(warehouse.sources)} millésimes. Le nom ouvre la page du producteur."
    )
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
    rows = catalogue.source_files(data.current())
    texts = [[r["fichier"], r["code"], str(r["millesime"]), str(r["geographie"]), r["sha256"]] for r in rows]
    columns = ["Fichier", "Source", "Millésime", "Géographie", "SHA-256"]
    show_table("Fichiers lus", columns, texts, text_columns=len(columns), height=520)


def _day(value) -> str:
    return formats.jour(value) if value else "n.d."


def show_quality() -> None:
    """The checks of the last build: what is checked, what was found."""
    rows = catalogue.checks(data.current())
    gaps = [row for row in rows if row["resultat"] == "ecart"]
    said = "aucun n’a trouvé d’écart" if not gaps else "un seul a trouvé des écarts"
    said = said if len(gaps) < 2 else f"{len(gaps)} ont trouvé des écarts"
    st.markdown(
        f"{len(rows)} contrôles à la dernière construction, le {formats.jour(data.current().built_on)} : {said}. "
        "Une erreur empêche la mise en service ; un avertissement la laisse se faire et se lit ici."
    )
    names = catalogue.labels(data.current())
    found = [gaps_of(row, names) for row in rows]
    texts = [
        [
            row["libelle"],
            f"▼{formats.INSECABLE}écart" if row["resultat"] == "ecart" else f"●{formats.INSECABLE}conforme",
            row["gravite"],
            scope,
        ]
        for row, (scope, _) in zip(rows, found, strict=True)
    ]
    show_table("Contrôles de qualité", ["Contrôle", "Résultat", "Gravité", "Détail"], texts, text_columns=4, wide=True)
    for row, (scope, listed) in zip(rows, found, strict=True):
        if listed:
            _show_gaps(row, scope, listed)


def _show_gaps(row: dict[str, Any], scope: str, listed: list[str]) -> None:
    """The gaps of a check, told one by one when they are asked for."""
    title = f"{row['libelle']} : {scope}"
    with st.expander(formats.insecables(title), on_change="rerun", key=f"_ecarts-{row['code']}") as panel:
        if panel.open:
            st.html(f"<ul>{''.join(f'<li>{escape(formats.insecables(gap))}</li>' for gap in listed)}</ul>")


def show_corrections() -> None:
    """What was shown and was wrong: before, after, since when and why; the latest first."""
    warehouse = data.current()
    found = corrections(catalogue.corrected(warehouse), {card["code"]: card for card in catalogue.cards(warehouse)})
    st.markdown(
        "Les chiffres et les mots qui ont été montrés et qui étaient faux. Qui s’en est servi trouve ici ce qu’ils "
        "deviennent."
    )
    for day, causes in found:
        st.markdown(f"## {formats.jour(day)}")
        for cause in causes:
            st.markdown(formats.insecables(f"**{cause.libelles}.** {cause.pourquoi}"))
            if cause.lignes:
                columns = ["Indicateur", "Territoire", "Année", "Avant", "Après"]
                title = f"Corrections du {formats.jour(day)} : {cause.libelles}"
                show_table(title, columns, cause.lignes, text_columns=3, height=min(420, 60 + 36 * len(cause.lignes)))


def show_methods() -> None:
    """The methods, from the one file that says them."""
    st.markdown(formats.insecables(METHODES.read_text(encoding="utf-8").split("\n", 1)[1]))


def show_downloads() -> None:
    """The whole warehouse in four formats, each made when asked for."""
    warehouse = data.current()
    count = catalogue.count_observations(warehouse)
    below = {level: len(set().union(*places.values())) for level, places in warehouse.quartiers.items()}
    st.markdown(
        f"Tout l’entrepôt : {formats.nombre(count)} observations (de la France aux communes, {below['iris']} IRIS, "
        f"{below['qpv']} quartiers prioritaires), {len(warehouse.every_indicator)} indicateurs, "
        f"{len(warehouse.sources)} sources, construit le {formats.jour(warehouse.built_on)}. "
        "Licence Ouverte 2.0 : citer le producteur et le millésime de chaque chiffre."
    )
    rows = st.container(gap="medium")  # on a phone, a file's words stay nearer its button than the next one
    for label, name, kind, words, make in FICHIERS:
        left, right = rows.columns([1, 5], gap="small", vertical_alignment="center")
        with left:
            if make in LONGS:
                offer_long_file(label, name, kind, make, key=f"entrepot-{label}-{warehouse.version}", width="stretch")
            else:
                offer_file(label, partial(data.ask_in_service, make), name, kind, width="stretch")
        with right:
            st.markdown(formats.insecables(words))


def show_api() -> None:
    """What the API gives, and where it is documented."""
    root = base_path()
    examples = (
        ("Le taux de pauvreté des communes en 2021", "observations?indicateur=REV02&annee=2021&type=commune"),
        ("La même chose, pour un tableur", "observations?indicateur=REV02&annee=2021&type=commune&format=csv"),
        ("Le taux de pauvreté des IRIS en 2019", "observations?indicateur=IRI02&annee=2019&type=iris&format=csv"),
        ("Une carte prête à dessiner", "geo/communes.geojson?indicateur=REV02&annee=2021"),
        ("Le catalogue", "indicateurs"),
    )
    st.markdown(
        "Les mêmes chiffres, aux mêmes statuts, pour un site, un tableur ou un programme : lecture seule, sans clé. "
        "Les noms des champs sont ceux des colonnes de l’entrepôt."
    )
    items = "".join(
        f"<li>{escape(words)} : <a class='obs-lien' href='{root}/api/v1/{escape(path, quote=True)}' target='_blank'>"
        f"/api/v1/{escape(path)}</a></li>"
        for words, path in examples
    )
    st.html(
        f"<ul>{formats.insecables(items)}</ul><p>"
        f"<a class='obs-lien' href='{root}/api' target='_blank'>Documentation</a> · "
        f"<a class='obs-lien' href='{root}/api/v1/openapi.json' target='_blank'>Contrat OpenAPI 3.1</a></p>"
    )
