"""The union's side of a collection: who has deposited, who is late, what to write to them, the dates."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from html import escape

import streamlit as st

from etl.saisies.modeles import Modele
from etl.typography import count
from observatoire.access.demonstration import demonstration_shown, demonstration_state
from observatoire.access.desk import Guichet
from observatoire.access.places import places
from observatoire.access.rights import Action
from observatoire.exports.tables import cell_text
from observatoire.formats import insecables, jour, nom_de_fichier
from observatoire.ui import data, session, state
from observatoire.ui.widgets.demands import carry_out
from observatoire.ui.widgets.downloads import offer_file
from observatoire.ui.widgets.layout import base_path
from observatoire.ui.widgets.tables import show_table
from observatoire.views.saisie.collecte import Ligne, campaign_key, collection, mailto, reminder, summary
from registre.records import Compte, Role

COLONNES = ("Commune", "EPT", "État", "Depuis le", "Par", "Motif", "Retard (jours)", "Adresses", "Objet", "Message")


def show_collection(modele: Modele, exercice: int) -> None:
    """The state of the collection of a year, of the communes that this person may read."""
    desk = session.desk()
    known = data.view(places)
    seen = {
        code: (place.nom, data.current().epts[place.code_ept].nom if place.code_ept else "")
        for code, place in known.items()
        if place.type == "commune"
        and (place.jusque is None or exercice <= place.jusque)
        and desk.peut(Action.LIRE_DEPOT, code)
    }
    deadline = read_deadline(desk, modele.code, exercice)
    deposits = desk.depots(modele=modele.code, exercice=exercice)
    lines = collection(seen, deposits, deadline, date.today())
    shown = demonstration_shown(desk.reglage)
    invented = demonstration_state(data.current(), modele.code, exercice, deposits, shown)
    st.subheader(f"{modele.libelle}, {exercice}")
    st.markdown(f"**{insecables(summary(lines))}**")
    if deadline:
        late = sum(one.retard > 0 for one in lines)
        told = f" ; {late} CCAS en retard" if late else ""
        st.markdown(insecables(f"Attendu pour le {jour(deadline)}{told}."))
    if desk.peut(Action.ADMINISTRER):
        _show_deadline(modele, exercice, deadline)
    if invented:
        st.markdown(
            "Les lignes « (démonstration) » sont inventées : aucun compte ni aucun message ne les prend. "
            "Chacune laisse la place au premier dépôt de son CCAS."
        )
    _show_table(collection(seen, deposits, deadline, date.today(), invented), modele.code, exercice)
    _show_reminders(desk, modele, exercice, lines, deadline)
    _show_questions(desk, modele)


def read_deadline(desk: Guichet, modele: str, exercice: int) -> date | None:
    """The day a collection is due, None when the union has not said."""
    text = desk.reglage(campaign_key(modele, exercice))
    return date.fromisoformat(text) if isinstance(text, str) and text else None


def _show_deadline(modele: Modele, exercice: int, deadline: date | None) -> None:
    key = f"_echeance|{modele.code}|{exercice}"
    st.session_state.setdefault(key, f"{deadline:%d/%m/%Y}" if deadline else "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input("Date attendue des dépôts (jj/mm/aaaa)", key=key, max_chars=10, width=280).strip()
        chosen = _read_date(typed)
        st.button(
            "Fixer cette date",
            disabled=chosen == deadline or (typed != "" and chosen is None),
            on_click=carry_out,
            args=(
                lambda: session.desk().regler(
                    campaign_key(modele.code, exercice), chosen.isoformat() if chosen else None
                ),
                "Date fixée." if chosen else "Date retirée.",
            ),
        )
    if typed and chosen is None:
        st.error("Ce n’est pas une date : l’écrire comme 31/03/2026.", icon=":material/error:")


def _read_date(typed: str) -> date | None:
    try:
        return datetime.strptime(typed, "%d/%m/%Y").date()
    except ValueError:
        return None


def _show_table(lines: Sequence[Ligne], modele: str, exercice: int) -> None:
    rows = [
        [
            one.nom,
            one.ept,
            f"{one.signe} {one.etat}{' (démonstration)' if one.demonstration else ''}",
            jour(one.depuis) if one.depuis else "",
            one.par,
            one.motif,
            str(one.retard or ""),
        ]
        for one in lines
    ]
    links = {place: _address(modele, one.territoire, exercice, base_path()) for place, one in enumerate(lines)}
    columns = ["Commune", "EPT", "État", "Depuis le", "Par", "Motif du renvoi", "Retard (jours)"]
    show_table("État de la collecte", columns, rows, text_columns=6, links=links, wide=True)


def _address(modele: str, territoire: str, exercice: int, base: str) -> str:
    return f"{base}/deposer?modele={modele}&territoire={territoire}&exercice={exercice}"


def _show_reminders(
    desk: Guichet, modele: Modele, exercice: int, lines: Sequence[Ligne], deadline: date | None
) -> None:
    """Words and addresses for the union's own mail: the application sends nothing."""
    waiting = [one for one in lines if not one.rendu]
    if not waiting or not desk.peut(Action.ADMINISTRER):
        return
    st.subheader("Relancer")
    st.markdown("Rien n’est envoyé d’ici : chaque lien ouvre un message prêt dans votre messagerie.")
    people = _addresses(desk.comptes())
    site = str(st.context.url or "").split("?")[0].rstrip("/").removesuffix("/deposer")
    rows = []
    for one in waiting:
        address = _address(modele.code, one.territoire, exercice, site)
        subject, words = reminder(modele.libelle, exercice, one, deadline, address)
        rows.append((one, people.get(one.territoire, ()), subject, words))
    items = "".join(
        f"<li>{escape(one.nom)} ({escape(one.etat)}) : "
        + (
            f"<a href='{escape(mailto(to, subject, words), quote=True)}'>écrire à {escape(', '.join(to))}</a></li>"
            if to
            else "aucun compte dans l’application</li>"
        )
        for one, to, subject, words in rows
    )
    with st.expander(f"{count(len(waiting), 'message')} à envoyer"):
        st.html(f"<ul class='obs-liens'>{items}</ul>")
    name = nom_de_fichier("relances", modele.code, str(exercice))
    offer_file("Adresses et messages (.csv)", partial(reminders_csv, rows), f"{name}.csv", "text/csv", key="_relances")


def _addresses(comptes: Sequence[Compte]) -> dict[str, tuple[str, ...]]:
    """Commune → the addresses of those who write for it."""
    found: dict[str, list[str]] = {}
    for compte in comptes:
        for held in compte.roles:
            if compte.actif and held.role in (Role.SAISIE, Role.CCAS) and held.territoire:
                found.setdefault(held.territoire, []).append(compte.courriel)
    return {code: tuple(dict.fromkeys(people)) for code, people in found.items()}


def reminders_csv(rows: Sequence[tuple[Ligne, Sequence[str], str, str]]) -> str:
    """The reminders as a CSV that Excel opens."""
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";")
    writer.writerow(COLONNES)
    for one, to, subject, words in rows:
        cells = (
            one.nom, one.ept, one.etat, one.depuis.isoformat() if one.depuis else "", one.par, one.motif,
            one.retard or "", ", ".join(to), subject, words,
        )  # fmt: skip
        writer.writerow(map(cell_text, cells))
    return "\ufeff" + output.getvalue()


def _show_questions(desk: Guichet, modele: Modele) -> None:
    """What has been asked of lines, and waits for an answer."""
    if not desk.peut(Action.COMMENTER):
        return
    asked = desk.remarques(modele.code, ouvertes=True)
    st.subheader("Questions posées sur les lignes")
    if not asked:
        st.markdown("Aucune question en attente.")
        return
    rows = []
    for one in asked:
        line = modele.rubrique(one.rubrique)
        who = one.auteur.nom or one.auteur.courriel
        rows.append([line.libelle if line else one.rubrique, one.texte, who, jour(one.ecrit_le.date())])
    show_table("Questions en attente", ["Ligne", "Question", "Qui", "Le"], rows, text_columns=4)
    st.page_link(state.page_file("administration"), label="Y répondre", query_params={"volet": "remarques"})
