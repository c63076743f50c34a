"""Cards and territories for tests that need no warehouse."""

from observatoire.records import Indicateur, Territoire

DEPARTEMENT = Territoire("93", "departement", "Seine-Saint-Denis", None, None, "93")
BONDY = Territoire("93010", "commune", "Bondy", None, "200057875", "93")
RAINCY = Territoire("93062", "commune", "Le Raincy", None, "200058790", "93")


def card(code="REV02", libelle="Taux de pauvreté", **fields) -> Indicateur:
    """A card with the least a card can say."""
    base = {
        "code": code, "theme": "revenus_precarite", "publics": ("tous",), "libelle": libelle, "definition": "Essai.",
        "unite": "%", "decimales": 1, "sens": "defavorable", "sens_pourquoi": "Essai.", "agregation": "ratio",
        "phare": True, "effectif": False, "numerateur": "a", "numerateur_libelle": "a", "denominateur": "b",
        "denominateur_libelle": "b", "poids_libelle": None, "precaution": None, "comparabilite": None,
        "annees": (2021,),
    }  # fmt: skip
    return Indicateur(**(base | fields))
