"""Where a figure stands beside another: a colour, a sign and a word each time, never a colour alone."""

from __future__ import annotations

from observatoire.palettes import BLEU, ENCRE, GRIS

# Position against a reference: a colour, a sign and a word, never a colour alone.
POSITIONS = {
    "favorable": ("#2166ac", "▲", "plus favorable"),
    "proche": (GRIS, "●", "proche"),
    "defavorable": ("#c8600a", "▼", "moins favorable"),
    "plus_haut": (BLEU, "△", "plus élevé"),
    "plus_bas": (BLEU, "▽", "plus bas"),
}

# Class of a gap → background, ink. Judged: orange to blue; neutral: two tones of slate; none: no figure to compare.
CASES = {
    "d3": ("#b35806", "#ffffff"),
    "d2": ("#e08214", ENCRE),
    "d1": ("#fdd0a2", ENCRE),
    "p": ("#eef0f2", ENCRE),
    "f1": ("#c3d8ee", ENCRE),
    "f2": ("#6da5d3", ENCRE),
    "f3": ("#1f5f9e", "#ffffff"),
    "b": ("#dfe3e8", ENCRE),
    "h": ("#a9b3c1", ENCRE),
    "v": ("#ffffff", ENCRE),
}
LEGENDE = (
    ("f3", "▲▲▲", "beaucoup plus favorable"),
    ("f2", "▲▲", "nettement plus favorable"),
    ("f1", "▲", "plus favorable"),
    ("p", "●", "proche"),
    ("d1", "▼", "moins favorable"),
    ("d2", "▼▼", "nettement moins favorable"),
    ("d3", "▼▼▼", "beaucoup moins favorable"),
    ("h", "△", "plus élevé (non jugé)"),
    ("b", "▽", "plus bas (non jugé)"),
    ("v", "", "pas de comparaison"),
)
