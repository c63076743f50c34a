"""The age structure of a territory."""

from __future__ import annotations

import pandas as pd

from observatoire import formats
from observatoire.charts.pyramid import draw_pyramid, draw_pyramid_by_sex
from observatoire.figures import Figure, cite_rows, traced
from observatoire.methods.ages import VARIABLES, age_sentence, age_structure, by_sex, sex_sentence
from observatoire.records import DEPARTEMENT, Territoire
from observatoire.selections import BANDES
from observatoire.warehouse import Warehouse


def ages_by_sex(warehouse: Warehouse, territoire: Territoire) -> Figure | None:
    """The pyramid by sex and five-year classes; None when the census does not give them here."""
    alone = territoire.code == DEPARTEMENT
    members = warehouse.members.get(territoire.code, [])
    facts = warehouse.facts(VARIABLES, {territoire.code, DEPARTEMENT, *members})
    frame = by_sex(facts, territoire.code, members, None if alone else DEPARTEMENT)
    if frame is None:
        return None
    other = warehouse.territoires[DEPARTEMENT].nom
    annee = int(frame["annee"].iloc[0])
    bands = age_structure(warehouse.figures(tuple(BANDES), (territoire.code, DEPARTEMENT)), territoire.code,
                          None if alone else DEPARTEMENT)  # fmt: skip
    words = " ".join(
        [*([age_sentence(bands, territoire.lieu, other)] if bands is not None else []), sex_sentence(frame)]
    )
    shown = "Barres pleines" if alone else f"Barres pleines : {territoire.nom} ; contour : {other}"
    columns = {"classe": "Âge", "hommes": "Hommes", "femmes": "Femmes"}
    columns |= {"part_hommes": "Hommes (% des habitants)", "part_femmes": "Femmes (% des habitants)"}
    if not alone:
        columns |= {f"reference_{sex}": f"{formats.majuscule(sex)}, {other} (%)" for sex in ("hommes", "femmes")}
    table = frame.assign(femmes=frame["femmes"].round(), hommes=frame["hommes"].round())
    return Figure(
        titre=f"Âges et sexes {territoire.lieu}",
        sous_titre=f"En % des habitants, {annee}, par tranche de cinq ans. {shown}.",
        source=cite_rows(warehouse, pd.Series([row["source"] for row in facts], dtype=object)),
        alt=f"Pyramide des âges, hommes à gauche, femmes à droite. {words}",
        table=table[list(columns)].rename(columns=columns),
        fichier=formats.nom_de_fichier("pyramide-des-ages", territoire.nom, str(annee)),
        chart=draw_pyramid_by_sex(frame, territoire.nom, other),
        note=f"{words} Le recensement est un sondage dans les communes de 10 000 habitants ou plus : les tranches les "
        "moins nombreuses, aux grands âges surtout, sont des ordres de grandeur.",
        trace=traced(territoire.code, next(iter(BANDES)), annee),
    )


def ages(warehouse: Warehouse, territoire: Territoire) -> Figure | None:
    """The bars by classes of fifteen years; None when the census gives nothing here."""
    alone = territoire.code == DEPARTEMENT
    figures = warehouse.figures(tuple(BANDES), (territoire.code, DEPARTEMENT))
    frame = age_structure(figures, territoire.code, None if alone else DEPARTEMENT)
    if frame is None:
        return None
    other = warehouse.territoires[DEPARTEMENT].nom
    annee = int(frame["annee"].iloc[0])
    shown = "Barres pleines" if alone else f"Barres pleines : {territoire.nom} ; contour : {other}"
    words = age_sentence(frame, territoire.lieu, other)
    bands = " ; ".join(
        f"{band} {formats.chiffre(part, '%', 1)}" for band, part in zip(frame.bande, frame.part, strict=True)
    )
    table = frame.assign(effectif=frame["effectif"].round())
    columns = {"bande": "Âge", "effectif": "Habitants", "part": "Part (%)", "bas": "Borne basse", "haut": "Borne haute"}
    columns |= {} if alone else {"reference": f"{other} (%)"}
    return Figure(
        titre=f"Structure par âge {territoire.lieu}",
        sous_titre=f"En % des habitants, {annee}, par tranche de quinze ans. {shown}.",
        source=cite_rows(warehouse, figures.loc[figures["annee"] == annee, "source"]),
        alt=f"{words} Part de chaque tranche d’âge : {bands}.",
        table=table[list(columns)].rename(columns=columns),
        fichier=formats.nom_de_fichier("structure-par-age", territoire.nom, str(annee)),
        chart=draw_pyramid(frame, territoire.nom, other),
        note=f"{words} Bornes à 95 %, indicatives, là où le recensement est un sondage.",
        trace=traced(territoire.code, next(iter(BANDES)), annee),
    ).written()
