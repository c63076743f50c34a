"""The questionnaires of the catalogue, read once: they change with the project only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from etl.saisies.modeles import Modele, load_model, load_models


@lru_cache(1)
def models() -> Mapping[str, Modele]:
    """Every questionnaire at its current version, by code."""
    return load_models()


@lru_cache(32)
def model_of(code: str, version: int) -> Modele:
    """A questionnaire at a version. Raises DataError when there is none."""
    return load_model(code, version)
