"""Comparer: several territories side by side against a reference, a theme at a time."""

from __future__ import annotations

import streamlit as st

from observatoire.methods.versus import compare
from observatoire.ui import comparer, data
from observatoire.ui.pickers import pick_list, pick_reference, pick_territories, pick_theme

house = data.warehouse()
st.title("Comparer")
left, right = st.columns([3, 1.3], gap="small")
with left:
    territoires = pick_territories()
with right:
    reference = pick_reference()
theme = pick_theme()

st.header(house.themes[theme])
cards = [card for card in house.indicateurs.values() if card.theme == theme]
codes = tuple(card.code for card in cards)
figures = data.figures(codes, (*(t.code for t in territoires), reference.code))
lines = compare(figures, data.dispersion(codes), cards, territoires, reference)

kept = pick_list(cards)
comparer.show_table(theme, [line for line in lines if line.card in kept], territoires, reference)
card = comparer.pick_card(cards)
line = next(line for line in lines if line.card is card)
first, second = st.columns(2, gap="large")
with first:
    comparer.show_bars(line, territoires, reference)
with second:
    comparer.show_trends(card, figures, territoires, reference)
