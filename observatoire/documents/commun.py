"""What every document of the observatory says in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from etl.identite import OBSERVATOIRE
from observatoire import formats
from observatoire.charts import vega
from observatoire.palettes import ENCRE

ABSENCES = "« n.d. » non disponible ; « s » secret statistique ; « n. calc. » non calculable"


def foot(built: date, signs: str = "") -> str:
    """The last line of a page: how absences are written, what ``signs`` mean, where and when it was made."""
    said = f"{ABSENCES} ; {signs}" if signs else ABSENCES
    return f"{said}. {OBSERVATOIRE.titre}, chiffres au {formats.jour(built)}."


def on_paper(chart: vega.Chart) -> Mapping[str, Any]:
    """A chart in the ink of documents, darker than on screen."""
    spec = chart.to_dict()
    spec["config"]["text"] = {"color": ENCRE}
    spec["config"]["axis"]["labelColor"] = ENCRE
    return spec
