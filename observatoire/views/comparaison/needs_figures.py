"""The composite index of needs: ranks with their intervals, what they are made of."""

from __future__ import annotations

import pandas as pd

from observatoire import formats
from observatoire.charts.needs import draw_decomposition, draw_rank_intervals
from observatoire.figures import Figure
from observatoire.frames import named_rows
from observatoire.methods.needs_index import DOMAINES, TIRAGES, rank_interval_words
from observatoire.methods.phrases import own_name
from observatoire.palettes import EPT_COULEURS, GRIS, GRIS_CLAIR
from observatoire.views.comparaison.needs import Choices, Needs, make_needs
from observatoire.views.comparaison.scope import PEU, Scope, cite_codes
from observatoire.warehouse import Warehouse

NOMS = {domain.code: domain.nom for domain in DOMAINES}
# Apart from each other, from the EPT's colours and from that of the reader's commune, for colour-blind readers too.
COULEURS = {
    "ressources": "#2b6e80",
    "emploi": "#dd7485",
    "logement": "#4e4fe3",
    "education": "#a85015",
    "autonomie": "#7b90e2",
}


def _frame(warehouse: Warehouse, scope: Scope, found: Needs) -> pd.DataFrame:
    lit = asked_communes(warehouse, scope)
    some = any(code in lit - {scope.mienne} for code in found.indice.index)
    lit = lit | {scope.mienne}
    rows = []
    ranks = found.rangs[["rang", "bas", "haut"]].astype(float)
    for code, row in zip(map(str, ranks.index), named_rows(ranks), strict=True):
        commune = warehouse.territoires[code]
        color = EPT_COULEURS.get(commune.code_ept or "", GRIS)
        shown = code in lit or not some
        words = rank_interval_words(row.rang, row.bas, row.haut, len(found.rangs))
        rows.append(
            (code, commune.nom, row.rang, row.bas, row.haut, words, color if shown else GRIS_CLAIR, code in lit)
        )
    return pd.DataFrame(rows, columns=["code", "nom", "rang", "bas", "haut", "texte", "couleur", "lit"])


def asked_communes(warehouse: Warehouse, scope: Scope) -> set[str]:
    """The communes to see among all: those chosen and those of an EPT chosen; none where all of them are."""
    if len(scope.territoires) > PEU:
        return scope.lit
    asked = {t.code for t in scope.territoires}
    found = asked | {code for code, commune in warehouse.communes.items() if commune.code_ept in asked}
    return asked if set(warehouse.communes) <= found else found


def needs_ranks(warehouse: Warehouse, scope: Scope, choices: Choices) -> tuple[Figure, str]:
    """The chart of ranks; those of the chosen communes in words."""
    found = warehouse.kept(make_needs, choices)
    frame = _frame(warehouse, scope, found)
    ordered = frame.sort_values(["rang", "nom"], na_position="last", kind="stable")
    chosen = ordered[ordered["lit"]]
    mine = warehouse.communes[scope.mienne].nom if scope.mienne in warehouse.communes else ""
    told = [(own_name(r.nom, mine), r.texte) for r in named_rows(chosen if len(chosen) else ordered.head(3))]
    words = " ; ".join(f"{name} : {text}" for name, text in told)
    missing = list(frame.loc[frame["rang"].isna(), "nom"])
    table = ordered.assign(indice=found.indice.reindex(ordered["code"]).to_numpy())
    for domain in found.domaines:
        table[domain.nom] = found.scores[domain.code].reindex(ordered["code"]).to_numpy()
    columns = ["nom", "indice", "texte", *(domain.nom for domain in found.domaines)]
    figure = Figure(
        titre="Indice de besoins : la place de chaque commune et son incertitude",
        sous_titre=f"Point : rang avec les poids choisis ; barre : neuf rangs sur dix parmi {formats.nombre(TIRAGES)} "
        "tirages de poids ; couleur : EPT",
        source=cite_codes(warehouse, found.codes),
        alt=f"Rangs des {len(frame)} communes avec leur intervalle. {words}.",
        table=table[columns].rename(columns={"nom": "Commune", "indice": "Indice", "texte": "Rang"}),
        fichier="indice-de-besoins",
        chart=draw_rank_intervals(frame, len(frame), mine),
        note=f"Sans indice, faute de chiffres : {', '.join(missing)}." if missing else "",
    )
    return figure.written(), formats.insecables(
        "\n".join(f"- **{name}** : {text}" for name, text in told if len(chosen))
    )


def needs_parts(warehouse: Warehouse, scope: Scope, choices: Choices) -> Figure | None:
    """What each domain adds; None when no commune has an index."""
    found = warehouse.kept(make_needs, choices)
    order = [str(c) for c in found.indice.dropna().sort_values(ascending=False).index]
    asked = asked_communes(warehouse, scope) if len(scope.territoires) <= PEU else {t.code for t in scope.territoires}
    chosen = [c for c in order if c in asked]
    chosen = [c for c in order if c in chosen or c == scope.mienne] if chosen else []
    mine = warehouse.communes[scope.mienne].nom if scope.mienne in warehouse.communes else ""
    codes = chosen or order
    rows = [
        (warehouse.territoires[code].nom, NOMS[domain], part, rank)
        for code, parts in zip(codes, found.parts.loc[codes].to_numpy(dtype=float).tolist(), strict=True)
        for rank, (domain, part) in enumerate(zip(found.parts.columns, parts, strict=True))
        if not formats.is_missing(part)
    ]
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["nom", "domaine", "valeur", "rang"])
    frame = frame.assign(texte=[formats.nombre(v, 2) for v in frame["valeur"]])
    return Figure(
        titre="De quoi l’indice est fait",
        sous_titre="Contribution de chaque domaine ; les barres d’une commune, avec leur signe, font son indice",
        source=cite_codes(warehouse, found.codes),
        alt=" ; ".join(f"{r.nom}, {r.domaine} : {r.texte}" for r in frame.head(40).itertuples()),
        table=frame[["nom", "domaine", "valeur"]].set_axis(["Commune", "Domaine", "Contribution"], axis=1),
        fichier="indice-de-besoins-decomposition",
        chart=draw_decomposition(
            frame.assign(nom=[own_name(name, mine) for name in frame["nom"]]),
            [own_name(warehouse.territoires[c].nom, mine) for c in codes],
            {NOMS[k]: v for k, v in COULEURS.items()},
        ),
    ).written()
