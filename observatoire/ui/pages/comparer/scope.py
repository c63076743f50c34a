"""What is compared: a group of territories, a reference, a view that follows from the choice."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from etl.identite import IDENTITE
from etl.typography import FINE
from observatoire import formats
from observatoire.methods.groups import MEDIANE, STATISTIQUES, Reference, same_size, size_band
from observatoire.methods.phrases import reference_name
from observatoire.records import DEPARTEMENT, FRANCE, REGION, Territoire
from observatoire.ui import data, state
from observatoire.ui.pages.comparer import similar
from observatoire.ui.widgets.pickers import find_territory, pick_territories
from observatoire.views.comparaison import comparison as comparisons
from observatoire.views.comparaison.scope import CHOIX, IDF, PEU, SEMBLABLES, TAILLE, TOUTES, Scope


def pick_scope() -> Scope:
    """The controls on one line: group, territories, reference, name."""
    warehouse = data.current()
    mine = state.my_commune(warehouse.communes)
    options = [CHOIX, SEMBLABLES, TAILLE, *warehouse.epts, TOUTES, IDF]
    # To a reader who has chosen a commune and asks nothing else, the page shows it beside those that resemble it.
    default = SEMBLABLES if mine and not state.current("territoires") else CHOIX
    left, middle, right = st.columns([1.5, 2.5, 1.5], gap="small")
    with left:
        group = state.select(
            "groupe", "Groupe", options, default, "un groupe connu", _group_label, forget=("reference", "vue")
        )
    with middle:
        territoires, membres, words, centre = _members(group)
    with right:
        reference = _pick_reference(group, membres, words)
    name = plain_name(state.current("nom"))
    region = group == IDF or any(code not in warehouse.communes for code in membres)
    return Scope(group, tuple(territoires), tuple(membres), words, reference, name, centre, region, mine)


def pick_view(scope: Scope, names: Mapping[str, str]) -> str:
    """The view, among ``names`` (code → name): by default a table for few territories, the heat map for many."""
    default = "tableau" if len(scope.territoires) <= PEU else "chaleur"
    return state.select(
        "vue",
        "Vue",
        list(names),
        default,
        "une vue de cette page",
        names.__getitem__,
        widget=st.segmented_control,
        label_visibility="collapsed",
    )


def plain_name(text: str) -> str:
    """A name from a link as plain words: no mark-up left, so that a link can neither dress up the page nor make it
    fetch an image."""
    return " ".join(re.sub(r"[^\w\s’'«»,.;&()+–-]", "", text[:80]).replace("_", " ").split())


def _group_label(code: str) -> str:
    fixed = {
        CHOIX: "Mon choix",
        SEMBLABLES: "Communes semblables",
        TAILLE: "Communes de même taille",
        TOUTES: "Les 39 communes",
        IDF: f"Mon choix {IDENTITE.region.dans}",
    }
    warehouse = data.current()
    return fixed[code] if code in fixed else f"Communes {reference_name(warehouse.epts[code])}"


def _members(group: str) -> tuple[list[Territoire], list[str], str, Territoire | None]:
    warehouse = data.current()
    if group in warehouse.epts:
        members = [c for c in warehouse.communes.values() if c.code_ept == group]
        st.text_input("Territoires", f"{len(members)} communes", disabled=True, key=f"_membres-{group}")
        return (
            members,
            [c.code for c in members],
            f"des {len(members)} communes {reference_name(warehouse.epts[group])}",
            None,
        )
    if group == TOUTES:
        st.text_input("Territoires", "Toutes", disabled=True, key="_membres-toutes")
        return (
            list(warehouse.communes.values()),
            list(warehouse.communes),
            f"des {len(warehouse.communes)} communes",
            None,
        )
    if group in (SEMBLABLES, TAILLE):
        centre = _pick_centre()
        return (*_around(group, centre), centre)
    territoires = pick_territories()
    if group == IDF:
        count = len(warehouse.region_communes)
        words = f"des {count} communes {IDENTITE.region.de} de plus de 5{FINE}000 habitants"
        return territoires, list(warehouse.region_communes), words, None
    members = comparisons.expand(warehouse, territoires)
    return territoires, members, f"des {len(members)} communes du groupe", None


def _pick_centre() -> Territoire:
    warehouse = data.current()
    known = warehouse.territoires  # the session keeps what names the options: not the warehouse (see api.store)
    others = {t.code for t in warehouse.choices if t.type != "commune"}
    code = state.select(
        "territoire",
        "Autour de la commune",
        list(warehouse.communes),
        state.my_commune(warehouse.communes) or next(iter(warehouse.communes)),
        f"une commune {IDENTITE.departement.de_article}",
        lambda c: known[c].complet,
        elsewhere=others,
        finder=find_territory,
        placeholder="Taper le nom d’une commune",
    )
    return warehouse.territoires[code]


def _around(group: str, centre: Territoire) -> tuple[list[Territoire], list[str], str]:
    warehouse = data.current()
    if group == SEMBLABLES:
        near = [warehouse.territoires[v.code] for v in similar.neighbours(centre.code)]
        return [centre, *near], [t.code for t in near], f"des {len(near)} communes semblables"
    found = data.figures(("DEM01",), tuple(warehouse.communes))
    last = found[found["annee"] == warehouse.indicateurs["DEM01"].derniere].dropna(subset=["valeur"])
    people = dict(zip(last["territoire"], last["valeur"], strict=True))
    codes = same_size({c: people[c] for c in warehouse.communes if c in people}, centre.code)
    others = [warehouse.territoires[c] for c in codes if c != centre.code]
    return [centre, *others], codes, f"des {len(codes)} communes {_band_words(*size_band(people[centre.code]))}"


def _band_words(low: int, high: int | None) -> str:
    if high is None:
        return f"de {formats.nombre(low)} habitants ou plus"
    if low == 0:
        return f"de moins de {formats.nombre(high)} habitants"
    return f"de {formats.nombre(low)} à {formats.nombre(high)} habitants"


def _pick_reference(group: str, membres: list[str], words: str) -> Reference:
    warehouse = data.current()
    known = warehouse.territoires
    names = {code: comparisons.group_reference(code, membres, words).court for code in STATISTIQUES}
    options = [DEPARTEMENT, REGION, FRANCE, *STATISTIQUES, *warehouse.epts, *warehouse.communes]
    code = state.select(
        "reference",
        "Comparer à",
        options,
        DEPARTEMENT if group == CHOIX else MEDIANE,
        "une référence connue",
        lambda c: names.get(c) or known[c].complet,
        finder=find_territory,
        placeholder="Choisir une référence",
    )
    if code in STATISTIQUES:
        return comparisons.group_reference(code, membres, words)
    return comparisons.territory_reference(warehouse.territoires[code])
