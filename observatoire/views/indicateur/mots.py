"""What an indicator means and how far it may be trusted, in the words of its card."""

from __future__ import annotations

from observatoire.records import Indicateur

SENS = {
    "favorable": "Plus élevé est plus favorable.",
    "defavorable": "Plus élevé est moins favorable.",
    "neutre": "Ni favorable ni défavorable en soi.",
}


def meaning(card: Indicateur) -> list[tuple[str, str]]:
    """(name of a field, what it says): definition, calculation, direction, precautions, comparability."""
    calculation = ""
    if card.numerateur_libelle and card.denominateur_libelle:
        calculation = f"{card.numerateur_libelle} ÷ {card.denominateur_libelle}."
    fields = [
        ("Définition", card.definition),
        ("Calcul", calculation),
        ("Sens", f"{SENS[card.sens]} {card.sens_pourquoi}".strip()),
        ("Précautions", card.precaution or ""),
        ("Comparabilité dans le temps", card.comparabilite or ""),
    ]
    return [(name, text) for name, text in fields if text]
