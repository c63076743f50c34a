"""A figure: a chart or a map with all that must go with it, whoever shows it (page, document, slide)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from etl.identite import OBSERVATOIRE
from observatoire.charts import vega
from observatoire.charts.theme import for_export, share_data
from observatoire.formats import is_missing, typographie
from observatoire.records import SourceCitee
from observatoire.warehouse import Warehouse


@dataclass(frozen=True)
class Figure:
    """What is shown (``chart``, or ``vega``: the same once written) and what says it in words.

    ``printable`` makes the chart of documents where it is not the one on screen (a map, or ``html`` that a page writes
    itself), only when it is asked for.
    ``titre`` says what is shown; ``sous_titre`` gives unit and year; ``source`` cites producers and vintages;
    ``alt`` is the text alternative; ``table`` holds the data behind, columns named in French, unrounded;
    ``fichier`` is the name of downloads, without extension. ``trace``: the choices (territoire, indicateur, annee) that
    « D’où vient ce chiffre ? » opens; those of the page where it says nothing, None where no trace is kept of it.
    """

    titre: str
    sous_titre: str
    source: str
    alt: str
    table: pd.DataFrame
    fichier: str
    chart: vega.Chart | None = None
    printable: Callable[[], vega.Chart] | None = None
    html: str = ""
    note: str = ""
    trace: Mapping[str, str] | None = field(default_factory=dict)
    vega: str = ""

    def written(self) -> Figure:
        """The same with its chart as Vega-Lite text: what is kept between visits, ten times lighter than its rows and
        parts as Python objects."""
        return self if self.chart is None else replace(self, chart=None, vega=json.dumps(self.spec, ensure_ascii=False))

    @property
    def spec(self) -> dict[str, Any] | None:
        """The chart as Vega-Lite for the screen; None without a chart. A new one each time: Streamlit writes in it."""
        if self.vega:
            return json.loads(self.vega)
        return share_data(self.chart.to_dict()) if self.chart is not None else None

    @property
    def has_image(self) -> bool:
        """True when the figure can be taken away as an image."""
        return self.chart is not None or bool(self.vega) or self.printable is not None

    def specification(self) -> dict[str, Any]:
        """The Vega-Lite document of the figure, title and source included. Raises ValueError without a chart."""
        spec = self.printable().to_dict() if self.printable is not None else self.spec
        if spec is None:
            raise ValueError("cette figure n’a pas de graphique")
        return for_export(spec, self.titre, self.sous_titre, f"{self.source} — {OBSERVATOIRE.titre}")


def traced(territoire: str, indicateur: str, annee: int) -> dict[str, str]:
    """The figure that « D’où vient ce chiffre ? » opens first (``Figure.trace``)."""
    return {"territoire": territoire, "indicateur": indicateur, "annee": str(annee)}


def traced_within(niveau: str, fiche: str, annee: int, **place: str) -> dict[str, str]:
    """The same for an indicator of IRIS or of QPV; ``place``: territoire (its commune) and quartier, else the first."""
    return {"echelon": niveau, "fiche": fiche, "millesime": str(annee), **place}


def trace_address(territoire: str, indicateur: str, annee: int, **others: str) -> str:
    """The link to the trace of a figure; ``others``: choices that go with it."""
    return f"donnees?{urlencode({**others, 'rayon': 'tracer', **traced(territoire, indicateur, annee)})}"


def indicator_address(indicateur: str, territoire: str = "") -> str:
    """The link to the page of an indicator, about a territory or about the one already chosen; « {} » as an indicator
    stays, for those who write it in later."""
    if territoire and (territoire + indicateur).isalnum() and indicateur.isascii() and territoire.isascii():
        return f"indicateur?territoire={territoire}&indicateur={indicateur}"  # nothing to escape: hundreds a page
    place = {"territoire": territoire} if territoire else {}
    return f"indicateur?{urlencode({**place, 'indicateur': indicateur}, safe='{}')}"


def cite_rows(warehouse: Warehouse, codes: Iterable[Any]) -> str:
    """The sources of some rows, from their column of codes; missing ones left out."""
    return cite(warehouse.sources[code] for code in sorted(code for code in set(codes) if not is_missing(code)))


def cite(sources: Iterable[SourceCitee]) -> str:
    """« Source : INSEE, Filosofi (2021) » — the same producer and dataset cited once, with all its years."""
    years: dict[tuple[str, str], set[int]] = {}
    for source in sources:
        years.setdefault((source.producteur, source.nom), set()).add(source.millesime)
    parts = [f"{producteur}, {typographie(nom)} ({_years(found)})" for (producteur, nom), found in years.items()]
    return f"{'Source' if len(parts) == 1 else 'Sources'} : {' ; '.join(parts)}" if parts else ""


def _years(found: set[int]) -> str:
    ordered = sorted(found)
    if len(ordered) <= 2:
        return ", ".join(map(str, ordered))
    return f"{ordered[0]} à {ordered[-1]}"
