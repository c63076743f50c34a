"""The form: a chapter at a time, each answer kept in the register as soon as it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from etl.errors import LONGEST, shown
from etl.saisies.controles import Constat
from etl.saisies.modeles import Genre, Modele, Rubrique
from etl.saisies.plan import words_before
from etl.saisies.saisie import ERREUR
from etl.saisies.valeurs import LONGUEURS, NOTE, STATUTS, Illisible
from observatoire.formats import insecables, majuscule
from observatoire.ui import session, state
from observatoire.ui.pages.deposer.dossier import Dossier, save_line
from observatoire.ui.widgets.demands import REFUS, carry_out, show_refusal
from observatoire.views.saisie.avancement import PREMIERE, progress
from observatoire.views.saisie.champs import (
    Champ,
    answer_of,
    answers_of_rows,
    default_diffusion,
    field_of,
    of_line,
    rows_of,
)
from observatoire.views.saisie.changements import problem_told, without_codes
from registre.errors import Perime
from registre.records import Reponse, Statut

# What could not be kept as it was typed, by field: (the text, why).
_ILLISIBLES, _VISER = "_illisibles", "_viser"
_PARTIES = ("statut", "unite", "methode", "note")
_NON = "—"


def show_form(dossier: Dossier) -> None:
    """The chapter chosen, and the way to the next one."""
    modele, answers = _pick_lines(dossier), dossier.reponses
    asked = {line.chapitre for line in modele.rubriques}
    names = {one.code: one for one in modele.chapitres if one.code in asked}
    done = {code: progress(modele, answers, code) for code in names}

    def label(code: str) -> str:
        part = done[code]
        mark = " ✓" if part.complet else f" {part.faites}/{part.demandees}"
        return f"{names[code].libelle}{mark}"

    chapter = state.select(
        "chapitre", "Chapitre", list(names), next(iter(names)), "un chapitre du questionnaire", label,
        widget=st.pills, label_visibility="collapsed",
        elsewhere=frozenset(one.code for one in dossier.modele.chapitres),
    )  # fmt: skip
    aim = st.session_state.pop(_VISER, "")
    st.html(f"<div class='obs-ancre' data-viser='{escape(aim or chapter, quote=True)}'></div>")
    st.subheader(names[chapter].libelle)
    if names[chapter].introduction:
        st.markdown(insecables(names[chapter].introduction))
    _show_left_behind(dossier, chapter)
    before = words_before(dossier.modele, dossier.avant)
    problems = _by_line(dossier.constats)
    for line in modele.rubriques:
        if line.chapitre == chapter:
            _show_line(dossier, line, before.get(line.code, ""), problems.get(line.code, []))
    _show_next(dossier, list(names), chapter)
    _show_question(dossier, chapter)


def _show_left_behind(dossier: Dossier, chapter: str) -> None:
    """Answers of other chapters that could not be kept: nobody would see why under a field that is not there."""
    refused = st.session_state.get(_ILLISIBLES, {})
    for line in dossier.modele.rubriques:
        if line.chapitre != chapter and (told := refused.get(_key(dossier, line.code))):
            st.error(insecables(f"« {line.libelle} » n’est pas enregistré. {told[1]}"), icon=":material/error:")
            st.button("Y aller", key=f"_retour_{line.code}", on_click=aim_at,
                      args=(line.chapitre, line.code, shown_lines(dossier, line.code)))  # fmt: skip


def _pick_lines(dossier: Dossier) -> Modele:
    """The questionnaire, or its first wave alone: what everybody has, asked first."""
    whole = dossier.modele
    first = replace(whole, rubriques=tuple(line for line in whole.rubriques if line.niveau == PREMIERE))
    if not first.rubriques or len(first.rubriques) == len(whole.rubriques):
        return whole
    left = progress(first, dossier.reponses)
    asked = state.current("chapitre")
    beyond = any(one.code == asked for one in whole.chapitres) and all(one.chapitre != asked for one in first.rubriques)
    names = {
        "premiere": f"La première vague ({left.demandees} lignes, que chacun connaît)",
        "toutes": f"Toutes les lignes ({len(whole.rubriques)})",
    }
    chosen = state.select(
        "vague", "Lignes montrées", list(names), "toutes" if left.complet or beyond else "premiere",
        "un choix de lignes", names.__getitem__, widget=st.segmented_control, label_visibility="collapsed",
    )  # fmt: skip
    return first if chosen == "premiere" else whole


def aim_at(chapitre: str, code: str = "", vague: str = "") -> None:
    """For a button: open the chapter of a line, and bring the eye and the keyboard to its field. ``vague``: the lines
    to show (« toutes »), when not those chosen before."""
    state.set_choice("etape", "remplir")
    state.set_choice("facon", "page")
    state.set_choice("chapitre", chapitre)
    if vague:
        state.set_choice("vague", vague)
    st.session_state[_VISER] = code or chapitre


def shown_lines(dossier: Dossier, code: str) -> str:
    """What ``vague`` must be for a line to be on the page; empty when any choice shows it."""
    line = dossier.modele.rubrique(code)
    return "" if line is None or line.niveau == PREMIERE else "toutes"


def _by_line(constats: Sequence[Constat]) -> dict[str, list[Constat]]:
    found: dict[str, list[Constat]] = {}
    for one in constats:
        if one.rubrique:
            found.setdefault(one.rubrique.partition(".")[0], []).append(one)
    return found


def _key(dossier: Dossier, code: str, part: str = "") -> str:
    return f"_champ|{dossier.cle}|{code}|{part}"


def _show_line(dossier: Dossier, line: Rubrique, before: str, problems: Sequence[Constat]) -> None:
    st.html(f"<div class='obs-ancre' data-champ='{line.code}'></div>")
    first = " ●" if line.niveau == PREMIERE else ""
    with st.container(key=f"rubrique-{line.code}"):
        if line.genre is Genre.TABLEAU:
            _show_table(dossier, line, first)
        elif line.genre is Genre.FICHIER:
            _show_file(dossier, line, first)
        else:
            _show_field(dossier, line, first)
        words = [without_codes(dossier.modele, text) for text in (line.definition, line.regle or "")]
        if line.reference and line.reference_sure:
            words.append(f"({line.reference})")
        if before:
            words.append(f"**En {dossier.cle.exercice - 1} : {before}.**")
        st.caption(insecables(" ".join(word for word in words if word)))
        _show_problems(dossier, line, problems)


def _show_problems(dossier: Dossier, line: Rubrique, problems: Sequence[Constat]) -> None:
    typed = st.session_state.get(_ILLISIBLES, {}).get(_key(dossier, line.code))
    if typed:
        st.error(insecables(typed[1]), icon=":material/error:")
    for one in problems:
        where = f"Ligne {one.rang} : " if one.rang else ""
        words = insecables(shown(f"{where}{problem_told(dossier.modele, one)}", LONGEST))
        if one.gravite == ERREUR:
            st.error(words, icon=":material/error:")
        elif not one.expliquee:
            st.warning(words, icon=":material/help:")


def _show_field(dossier: Dossier, line: Rubrique, first: str) -> None:
    """The field of a line, its situation, its note."""
    answer = next((one for one in dossier.reponses if one.rubrique == line.code and one.rang == 0), None)
    field = field_of(line, answer)
    _follow(dossier, line, (answer,) if answer else (), ("texte", "texte0", "texte1", "texte2", *_PARTIES))
    closed, change = not dossier.ouvert, {"on_change": _keep, "args": (dossier, line)}
    label = f"{line.libelle}{_unit(line)}{first}"
    keys = {part: _key(dossier, line.code, part) for part in ("texte", *_PARTIES)}
    typed = st.session_state.get(_ILLISIBLES, {}).get(_key(dossier, line.code))
    _initial(keys["texte"], (typed[0] if typed else "") or field.texte, line)
    for part, options in (("unite", line.unites), ("methode", line.methodes)):
        if options and keys[part] not in st.session_state:
            st.session_state[keys[part]] = getattr(field, part)
    left, right = st.columns([3, 1.4], vertical_alignment="bottom")
    with left:
        _show_input(line, label, keys["texte"], closed, change)
    with right:
        if line.statuts:
            offered = [Statut.RENSEIGNE, *map(Statut, line.statuts)]
            st.session_state.setdefault(keys["statut"], field.statut if field.statut in offered else offered[0])
            st.selectbox(
                f"Ou la situation ({line.code})", offered, key=keys["statut"], disabled=closed,
                format_func=lambda one: _NON if one is Statut.RENSEIGNE else STATUTS[one],
                on_change=_situate, args=(dossier, line),
            )  # fmt: skip
    for part, options, words in (("unite", line.unites, "Unité"), ("methode", line.methodes, "Compté comment")):
        if options:
            names = {one.code: one.libelle for one in options}
            st.segmented_control(
                f"{words} ({line.libelle})", list(names), format_func=names.__getitem__, key=keys[part],
                disabled=closed, **change,
            )  # fmt: skip
    _show_note(dossier, line, field, keys["note"], closed)


def _follow(dossier: Dossier, line: Rubrique, now: tuple[Reponse, ...], parts: Sequence[str]) -> None:
    """Show the answer anew, and say so, when it is no longer the one that this page showed or saved."""
    key = _key(dossier, line.code, "base")
    held = st.session_state.get(key)
    if held == now:
        return
    st.session_state[key] = now
    for part in parts:
        st.session_state.pop(_key(dossier, line.code, part), None)
    if held is not None and dossier.depot:
        who = dossier.depot.modifie_par.nom or dossier.depot.modifie_par.courriel
        st.info(insecables(f"« {line.libelle} » vient d’être modifié par {who}."), icon=":material/sync:")


def _unit(line: Rubrique) -> str:
    if line.genre is Genre.MONTANT:
        return " (€)"
    if line.genre is Genre.POURCENTAGE:
        return " (%)"
    if line.genre is Genre.DATE:
        return " (jj/mm/aaaa)"
    return f" ({line.unite})" if line.unite else ""


def _initial(key: str, text: str, line: Rubrique) -> None:
    """What the field shows when it first stands here; afterwards it is the reader's."""
    if line.genre is Genre.IDENTITE:
        parts = [part.strip() for part in text.split(";")] if text else []
        for place in range(3):
            st.session_state.setdefault(f"{key}{place}", parts[place] if place < len(parts) else "")
    elif line.genre in (Genre.OUI_NON, Genre.CHOIX):
        st.session_state.setdefault(key, text or None)
    elif line.genre is Genre.CHOIX_MULTIPLE:
        st.session_state.setdefault(key, [one.strip() for one in text.split(";") if one.strip()])
    else:
        st.session_state.setdefault(key, text)


def _show_input(line: Rubrique, label: str, key: str, closed: bool, change: dict) -> None:
    if line.genre is Genre.OUI_NON:
        st.segmented_control(label, ["oui", "non"], format_func=str.capitalize, key=key, disabled=closed, **change)
    elif line.genre is Genre.CHOIX:
        words = [one.libelle for one in line.choix]
        st.selectbox(label, words, index=None, placeholder="Choisir", key=key, disabled=closed, **change)
    elif line.genre is Genre.CHOIX_MULTIPLE:
        words = [one.libelle for one in line.choix]
        st.multiselect(label, words, placeholder="Choisir", key=key, disabled=closed, **change)
    elif line.genre is Genre.TEXTE_LONG:
        longest = LONGUEURS[line.genre]
        st.text_area(label, key=key, max_chars=longest, height="content", disabled=closed, **change)
    elif line.genre is Genre.IDENTITE:
        for place, name in enumerate(("fonction", "prénom et nom", "courriel professionnel")):
            st.text_input(f"{label} : {name}", key=f"{key}{place}", max_chars=120, disabled=closed, **change)
    else:
        st.text_input(label, key=key, max_chars=LONGUEURS.get(line.genre, 40), disabled=closed, **change)


def _show_note(dossier: Dossier, line: Rubrique, field: Champ, key: str, closed: bool) -> None:
    """The note of a line, when it has one, when one is asked for, or when the reader wants one."""
    wanted = f"{key}|ouverte"
    asked = any(one.gravite != ERREUR and one.rubrique == line.code and one.rang == 0 for one in dossier.constats)
    if not (field.note or asked or st.session_state.get(wanted)):
        if not closed and dossier.ouvert and (field.texte or field.statut is not Statut.RENSEIGNE):
            st.button(
                "Ajouter une note", key=f"{key}|ouvrir", type="tertiary", icon=":material/edit_note:",
                on_click=lambda: st.session_state.update({wanted: True}),
                help=f"Ce qui explique « {line.libelle} »",
            )  # fmt: skip
        return
    st.session_state.setdefault(key, field.note)
    st.text_input(
        f"Note ({line.libelle})", key=key, max_chars=NOTE, disabled=closed,
        placeholder="ce qui explique ce chiffre, sans nommer personne", on_change=_keep, args=(dossier, line),
    )  # fmt: skip


def _situate(dossier: Dossier, line: Rubrique) -> None:
    """A situation chosen takes the place of the answer typed before."""
    if st.session_state[_key(dossier, line.code, "statut")] is not Statut.RENSEIGNE:
        key = _key(dossier, line.code, "texte")
        for one in (key, *(f"{key}{place}" for place in range(3))):
            if one in st.session_state:
                st.session_state[one] = [] if line.genre is Genre.CHOIX_MULTIPLE else _blank(line)
    _keep(dossier, line)


def _blank(line: Rubrique) -> str | None:
    return None if line.genre in (Genre.OUI_NON, Genre.CHOIX) else ""


def _typed(dossier: Dossier, line: Rubrique) -> str:
    key = _key(dossier, line.code, "texte")
    if line.genre is Genre.IDENTITE:
        parts = [str(st.session_state.get(f"{key}{place}") or "").strip() for place in range(3)]
        return " ; ".join(parts) if any(parts) else ""
    value = st.session_state.get(key)
    return " ; ".join(value) if isinstance(value, list) else str(value or "")


def _keep(dossier: Dossier, line: Rubrique) -> None:
    """For ``on_change``: keep the answer of a field, or say under it why it is not kept."""
    text = _typed(dossier, line)
    previous = next((one for one in dossier.reponses if one.rubrique == line.code and one.rang == 0), None)
    note_key = _key(dossier, line.code, "note")
    field = Champ(
        texte=text,
        statut=Statut.RENSEIGNE if text else st.session_state.get(_key(dossier, line.code, "statut"), Statut.RENSEIGNE),
        note=st.session_state.get(note_key, (previous.note if previous else "") or ""),
        unite=st.session_state.get(_key(dossier, line.code, "unite")),
        methode=st.session_state.get(_key(dossier, line.code, "methode")),
        diffusion=previous.diffusion if previous else default_diffusion(line),
    )
    if text and (status := _key(dossier, line.code, "statut")) in st.session_state:
        st.session_state[status] = Statut.RENSEIGNE
    missing = _missing_choice(line, field)
    if missing:
        _refused(dossier, line.code, text, missing)
        return
    try:
        answer = answer_of(line, field)
    except Illisible as error:
        _refused(dossier, line.code, text, f"{error.trouve} ; attendu : {error.attendu}. {majuscule(error.conseil)}")
        return
    _save(dossier, line, [answer] if answer else [], text)


def _missing_choice(line: Rubrique, field: Champ) -> str:
    """A figure is not kept without its unit or its way of counting: it would compare with nothing."""
    if not field.texte:
        return ""
    for options, chosen, words in ((line.unites, field.unite, "l’unité"), (line.methodes, field.methode, "comment")):
        if options and chosen is None:
            what = "c’est compté" if words == "comment" else "de ce chiffre"
            return f"Pas encore enregistré : dire {words} {what}, juste dessous"
    return ""


def _refused(dossier: Dossier, code: str, text: str, why: str) -> None:
    st.session_state.setdefault(_ILLISIBLES, {})[_key(dossier, code)] = (text, why)


def _save(dossier: Dossier, line: Rubrique, answers: Sequence[Reponse], text: str = "") -> bool:
    """Keep the answers to a line; False, and why under its field, when they are not kept."""
    base = _key(dossier, line.code, "base")
    try:
        save_line(dossier.cle, dossier.modele, line.code, st.session_state.get(base) or (), answers)
    except Perime as refused:
        _refused(dossier, line.code, "", str(refused))
        return False
    except REFUS as refused:
        _refused(dossier, line.code, text, str(refused))
        return False
    st.session_state[base] = of_line(answers, line.code)
    st.session_state.get(_ILLISIBLES, {}).pop(_key(dossier, line.code), None)
    return True


# Repeatable tables


def _show_table(dossier: Dossier, line: Rubrique, first: str) -> None:
    own = of_line(dossier.reponses, line.code)
    stated = next((one for one in own if one.rang == 0), None)
    _follow(dossier, line, own, ("lignes", "statut"))
    st.markdown(f"**{line.libelle}{first}** · une ligne par élément, {line.lignes} au plus")
    if line.statuts and not any(one.rang for one in own):
        offered = [Statut.RENSEIGNE, *map(Statut, line.statuts)]
        key = _key(dossier, line.code, "statut")
        st.session_state.setdefault(key, stated.statut if stated else Statut.RENSEIGNE)
        st.selectbox(
            f"Situation, si le tableau reste vide ({line.libelle})", offered, key=key, disabled=not dossier.ouvert,
            format_func=lambda one: "à remplir" if one is Statut.RENSEIGNE else STATUTS[one],
            on_change=_keep, args=(dossier, line),
        )  # fmt: skip
        if stated and stated.statut is not Statut.RENSEIGNE:
            return
    columns = {column.code.rpartition(".")[2]: column for column in line.colonnes}
    # The editor keeps what was typed as changes to the rows it was first given: they stay until it starts anew.
    rows_key = _key(dossier, line.code, "lignes")
    if rows_key not in st.session_state:
        edition = st.session_state.get(f"{rows_key}|edition", 0) + 1
        st.session_state[f"{rows_key}|edition"] = edition
        st.session_state[rows_key] = rows_of(line, own)
    frame = pd.DataFrame(st.session_state[rows_key], columns=list(columns), dtype="object")
    edition = st.session_state[f"{rows_key}|edition"]
    edited = st.data_editor(
        frame,
        key=_key(dossier, line.code, f"tableau{edition}"),
        num_rows="dynamic" if dossier.ouvert else "fixed",
        disabled=not dossier.ouvert,
        hide_index=True,
        width="stretch",
        column_config={code: _column(column) for code, column in columns.items()},
    )
    if not dossier.ouvert:
        return
    diffusion = own[0].diffusion if own else default_diffusion(line)
    rows: list[dict[str, object]] = [
        {str(name): cell for name, cell in row.items()}
        for row in edited.astype(object).where(edited.notna(), "").to_dict("records")
    ]
    answers, problems = answers_of_rows(line, rows[: line.lignes], diffusion)
    if problems:
        told = "; ".join(f"ligne {one.rang}, {one.trouve} → {one.conseil}" for one in problems)
        st.error(insecables(f"Pas encore enregistré : {told}"), icon=":material/error:")
    elif rows_of(line, answers) != rows_of(line, own) and _save(dossier, line, answers):
        st.rerun()


def _column(column: Rubrique) -> ColumnConfig:
    name = f"{column.libelle}{_unit(column)}"
    if column.genre is Genre.OUI_NON:
        return st.column_config.SelectboxColumn(name, options=["oui", "non"], help=column.definition)
    if column.genre is Genre.CHOIX:
        words = [one.libelle for one in column.choix]
        return st.column_config.SelectboxColumn(name, options=words, help=column.definition)
    return st.column_config.TextColumn(name, help=column.definition, max_chars=LONGUEURS.get(column.genre, 40))


# Files


def _show_file(dossier: Dossier, line: Rubrique, first: str) -> None:
    answer = next((one for one in dossier.reponses if one.rubrique == line.code), None)
    _follow(dossier, line, (answer,) if answer else (), ())
    key = _key(dossier, line.code, "fichier")
    if answer and answer.texte:
        content = dossier.guichet.fichier(dossier.cle, answer.texte)
        st.markdown(f"**{line.libelle}{first}**")
        if content.startswith(b"%PDF-"):
            st.download_button("Télécharger la pièce jointe", content, f"{line.code}.pdf", "application/pdf", key=key)
        else:
            st.image(content, width=320, caption="Pièce jointe")
        if dossier.ouvert:
            st.button("Retirer la pièce", key=f"{key}|retirer", on_click=_take_out, args=(dossier, line))
        return
    sent = st.file_uploader(
        f"{line.libelle}{first} (PDF, JPEG ou PNG, 10 Mio au plus)", type=["pdf", "jpg", "jpeg", "png"], key=key,
        disabled=not dossier.ouvert,
    )  # fmt: skip
    if sent is None:
        return
    try:
        sha256 = session.desk().joindre(dossier.cle, sent.name, sent.getvalue())
    except REFUS as refused:
        show_refusal(refused)
        return
    if _save(dossier, line, [Reponse(line.code, texte=sha256, diffusion=default_diffusion(line))]):
        st.rerun()


def _take_out(dossier: Dossier, line: Rubrique) -> None:
    _save(dossier, line, [])


# The foot of a chapter


def _show_next(dossier: Dossier, chapters: list[str], chapter: str) -> None:
    place = chapters.index(chapter)
    with st.container(horizontal=True):
        if place > 0:
            st.button("Chapitre précédent", icon=":material/arrow_back:", on_click=aim_at, args=(chapters[place - 1],))
        if place + 1 < len(chapters):
            st.button(
                "Chapitre suivant", icon=":material/arrow_forward:", type="primary", on_click=aim_at,
                args=(chapters[place + 1],),
            )  # fmt: skip
        else:
            st.button(
                "Vérifier et soumettre", icon=":material/fact_check:", type="primary",
                on_click=state.set_choice, args=("etape", "verifier"),
            )  # fmt: skip
    if dossier.depot:
        st.caption(insecables(f"Tout est enregistré au fur et à mesure ; dernier enregistrement {dossier.dernier()}."))
    else:
        st.caption("Chaque réponse est enregistrée dès qu’elle est donnée : on peut s’arrêter et reprendre ailleurs.")


def _show_question(dossier: Dossier, chapter: str) -> None:
    """A question to the union about a line: it joins the list that the union answers."""
    lines = {one.code: one.libelle for one in dossier.modele.rubriques if one.chapitre == chapter}
    with st.expander("Une question sur une ligne de ce chapitre ?", icon=":material/contact_support:"):
        code = st.selectbox("Ligne", list(lines), format_func=lines.__getitem__, key=f"_question_ligne_{chapter}")
        text = st.text_area("Votre question à l’union", key=f"_question_{chapter}", max_chars=2_000)
        st.button(
            "Envoyer la question", key=f"_question_envoyer_{chapter}", disabled=not text.strip(), on_click=_ask,
            args=(dossier, code, text, f"_question_{chapter}"),
        )  # fmt: skip


def _ask(dossier: Dossier, code: str, text: str, key: str) -> None:
    def demand() -> None:
        session.desk().remarquer(dossier.cle.modele, code, text)
        st.session_state[key] = ""

    carry_out(demand, "Question envoyée à l’union : sa réponse paraîtra dans Administration, Remarques.")
