"""Indicateur: one indicator on one page: finding, map, ranking, evolution, ages, quarters, source, files."""

from __future__ import annotations

from observatoire.ui import data
from observatoire.ui.pages.indicateur import parts
from observatoire.ui.pages.indicateur.choices import pick_all
from observatoire.views.indicateur.constat import finding

card, territoire, year = pick_all()
found = data.view(finding, card.code, territoire.code, year)
parts.show_finding(found)
parts.show_map_and_ranking(found)
parts.show_evolution(found)
parts.show_bands(found)
parts.show_quarters(found)
parts.show_former_communes(found)
parts.show_meaning(card)
