"""What is drawn, compared and mapped need not be an indicator of the catalogue: any ``Mesure`` will do."""

import json
from dataclasses import dataclass

import pandas as pd
import pytest

from observatoire.charts.maps import draw_map
from observatoire.charts.ranking import draw_ranking
from observatoire.charts.trends import draw_trends
from observatoire.mesures import Lecture, MesureSimple
from observatoire.methods.cartography import MapRequest, draw_content
from observatoire.methods.groups import ENSEMBLE, Reference, reference_rows
from observatoire.methods.map_sentences import map_sentence
from observatoire.methods.ranks import rank_communes, rank_sentence
from observatoire.methods.tables import series, side_by_side, trend_table
from observatoire.methods.versus import compare, tidy
from observatoire.records import Territoire

EPT = "200057875"
PLACES = [
    Territoire(code, "commune", nom, None, EPT, "93")
    for code, nom in (("93010", "Bondy"), ("93055", "Pantin"), ("93062", "Le Raincy"))
]
DEPARTEMENT = Territoire("93", "departement", "Seine-Saint-Denis", None, None, "93")
VALEURS = {2023: {"93010": 14.26, "93055": 9.04, "93062": None}, 2024: {"93010": 16.04, "93055": 8.0, "93062": None}}


@dataclass(frozen=True)
class Acte:
    """A line of a report on what a CCAS did: a record of another shape, which has no methods of its own."""

    publics: tuple[str, ...] = ("tous",)
    agregation: str = "ratio"
    effectif: bool = False
    annees: tuple[int, ...] = (2023, 2024)
    facteur: float = 1000.0
    forme: str = "simple"
    duree: int | None = None
    echelle: str = "rapport"
    incertitude: str = ""
    pas: float | None = None
    ruptures: tuple[tuple[int, str], ...] = ()
    ligne: str = "Aides facultatives"
    code: str = "AIDES"
    libelle: str = "Aides facultatives accordées"
    unite: str = "pour 1 000 habitants"
    decimales: int = 1
    sens: str = "neutre"


class ActeLu(Acte, Lecture):
    """The same, which reads as every measure does."""


MESURES = [
    ActeLu(),
    MesureSimple(
        "AIDES", "Aides facultatives accordées", "pour 1 000 habitants", 1, agregation="ratio", facteur=1000.0,
        annees=(2023, 2024),
    ),
]  # fmt: skip


def observations() -> pd.DataFrame:
    rows = [
        {
            "territoire": code,
            "indicateur": "AIDES",
            "annee": year,
            "valeur": value,
            "statut": "manquant" if value is None else "publie",
            "numerateur": None if value is None else value * 10,
            "denominateur": None if value is None else 10_000.0,
            "arrondi": None,
            "borne_basse": None,
            "borne_haute": None,
        }
        for year, values in VALEURS.items()
        for code, value in values.items()
    ]
    floats = dict.fromkeys(("valeur", "numerateur", "denominateur", "arrondi", "borne_basse", "borne_haute"), float)
    return pd.DataFrame(rows).astype(floats)


@pytest.fixture(params=MESURES, ids=["autre fiche", "mesure simple"])
def mesure(request):
    return request.param


def square(west: float, width: float = 0.1) -> str:
    """A boundary, as GeoJSON."""
    east, south, north = west + width, 48.9, 49.0
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def test_a_map(mesure):
    places = pd.DataFrame(
        {
            "code": list(VALEURS[2024]),
            "nom": [place.nom for place in PLACES],
            "code_ept": EPT,
            "valeur": pd.Series(list(VALEURS[2024].values()), dtype="float64"),
            "statut": ["publie", "publie", "manquant"],
            "source": "rapport",
            "lon": [2.35, 2.45, 2.55],
            "lat": 48.95,
        }
    )
    content = draw_content(places, mesure, MapRequest(mesure.code, 2024, classes=2))
    assert list(content.lieux["texte"]) == ["16,0", "8,0", "n.d."]
    assert [item.nombre for item in content.legende] == [1, 1, 1]
    said = map_sentence(content.lieux, mesure, 2024, {}, {})
    assert said.startswith("En 2024, « Aides facultatives accordées » : de 8,0 (Pantin) à 16,0 (Bondy)")
    shapes = content.lieux.assign(geojson=[square(2.3), square(2.4), square(2.5)], eteint=False)
    epts = pd.DataFrame({"code": [EPT], "nom": ["Est Ensemble"], "geojson": [square(2.3, 0.3)]})
    drawn = json.dumps(draw_map(shapes, epts, content).to_dict(validate=True), ensure_ascii=False)
    assert all(f'"{text}"' in drawn for text in ("16,0", "8,0", "n.d."))


def test_a_ranking(mesure):
    figures = observations()
    last = figures[figures["annee"] == 2024]
    frame = pd.DataFrame(
        {
            "nom": [place.nom for place in PLACES],
            "valeur": list(last["valeur"]),
            "texte": [mesure.format(value) for value in last["valeur"]],
            "lit": False,
        }
    )
    spec = draw_ranking(frame, mesure).to_dict(validate=True)
    rows = (spec.get("data") or spec["layer"][0]["data"])["values"]
    assert [(row["nom"], row["texte"]) for row in rows] == [("Bondy", "16,0"), ("Pantin", "8,0"), ("Le Raincy", "n.d.")]
    assert spec["layer"][0]["encoding"]["x"]["title"] == "pour 1 000 habitants"
    ranks = rank_communes(last, mesure.sens)
    assert {code: rank.rang for code, rank in ranks.items()} == {"93010": 1, "93055": 2}
    assert rank_sentence(ranks["93055"], mesure, {}).startswith("le plus bas du département")


def test_a_comparison(mesure):
    both = Reference(ENSEMBLE, "ensemble de Bondy et Pantin", ("93010", "93055"))
    figures = observations()
    extra = reference_rows(figures, {mesure.code: mesure}, both, ["93010", "93055"])
    spread = pd.DataFrame({"indicateur": ["AIDES"], "annee": [2024], "ecart_type": [4.0]})
    lines = compare(pd.concat([figures, extra], ignore_index=True), spread, [mesure], PLACES, both)
    assert (lines[0].annee, lines[0].reference.texte) == (2024, "12,0")
    assert [cell.words for cell in lines[0].cells[:2]] == ["16,0 (+4,0, △ plus élevé)", "8,0 (−4,0, ▽ plus bas)"]
    assert list(tidy(lines, PLACES, both)["Unité"].unique()) == ["pour 1 000 habitants"]
    assert side_by_side(figures, [mesure], PLACES).rows == [[mesure.libelle, "2024", "16,0", "8,0", "n.d."]]


def test_a_trend(mesure):
    frame = series(observations(), PLACES[:2])
    spec = draw_trends(frame, mesure).to_dict(validate=True)
    rows = (spec.get("data") or spec["layer"][0]["data"])["values"]
    assert {(row["serie"], row["annee"]): row["lu"] for row in rows} == {
        ("Bondy", 2023): "14,3", ("Bondy", 2024): "16,0", ("Pantin", 2023): "9,0", ("Pantin", 2024): "8,0",
    }  # fmt: skip
    assert "pour 1 000 habitants" in trend_table(frame, mesure.unite)
