"""A file that takes long, in two steps: « Préparer », which says that it is being made and can be stopped, then the
download. What is made, and where: exports/travaux.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from observatoire.exports.travaux import ANNULE, ATTENTE, PRET, Travail, travaux
from observatoire.formats import insecables

Width = int | Literal["content", "stretch"]
_NAMES = "_travaux"
# Seconds between two looks at a file being made.
RYTHME = 1.0


def offer_long_file(
    label: str, file: str, kind: str, make: Callable[..., bytes], *given: Any, key: str, width: Width = "content"
) -> None:
    """Offer the file that ``make(warehouse, *given)`` makes, a function and values that can be pickled.

    ``label``: what it is; ``file`` and ``kind``: its name and type; ``key``: unique on the page, and another one when
    the choices change what the file holds.
    """
    travail = _asked(key)
    running = travail is not None and not travail.fini
    st.fragment(_show, run_every=RYTHME if running else None)(label, file, kind, make, given, key, width)


def _show(
    label: str, file: str, kind: str, make: Callable[..., bytes], given: tuple[Any, ...], key: str, width: Width
) -> None:
    travail = _asked(key)
    if travail is not None and not travail.fini:
        _show_running(label, travail, key, width)
        return
    if travail is not None and st.session_state.pop(f"_{key}-suivi", False):
        st.rerun()  # nothing more to watch: the whole page runs again, once, without looking every second
    if travail is not None and travail.etat == PRET:
        st.download_button(
            f"Télécharger : {label}", travail.contenu, file, kind, on_click="ignore", icon=":material/download:",
            key=f"{key}-pret", width=width, type="primary",
        )  # fmt: skip
        st.html("<p class='obs-note' role='status'>Le fichier est prêt.</p>")
        return
    if st.button(f"Préparer : {label}", icon=":material/hourglass_top:", key=f"{key}-preparer", width=width):
        _names()[key] = travaux.demander(make, *given)
        st.session_state[f"_{key}-suivi"] = True
        st.rerun()
    if travail is not None and travail.etat == ANNULE:
        st.html("<p class='obs-note' role='status'>Préparation annulée.</p>")
    elif travail is not None:
        st.error("Le fichier n’a pas pu être préparé. Recommencer ; si l’erreur revient, la signaler avec l’heure.")


def _show_running(label: str, travail: Travail, key: str, width: Width) -> None:
    words = "En attente : d’autres fichiers se préparent…" if travail.etat == ATTENTE else "Préparation du fichier…"
    st.html(f"<p class='obs-note' role='status'>{label} : {words}</p>")
    st.caption(insecables(f"{travail.secondes} s"))
    if st.button("Annuler", icon=":material/close:", key=f"{key}-annuler", width=width):
        travail.annuler()
        st.rerun()


def _asked(key: str) -> Travail | None:
    name = _names().get(key)
    return travaux.trouver(name) if name else None


def _names() -> dict[str, str]:
    return st.session_state.setdefault(_NAMES, {})
