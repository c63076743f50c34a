"""The sums that a reader of the questionnaire knows are those that its rules say, and secrecy holds them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import duckdb
import pytest

from etl.load import current
from etl.saisies.modeles import Chapitre, Genre, Modele, Regle, Rubrique
from etl.saisies.reseau import PUBLIC, DepotConfirme, TerritoireReseau, publish
from etl.saisies.secret import Relation
from etl.saisies.sommes import known_sums
from registre.records import Cle, Diffusion, Reponse


def modele(expression: str, gravite: str = "erreur", compte: bool = True) -> Modele:
    lines = tuple(
        Rubrique(code, "c", code, Genre.ENTIER, code, compte_de_personnes=compte) for code in ("TOUT", "UNE", "AUTRE")
    )
    return Modele("essai", 1, "Essai", "", (Chapitre("c", "C"),), lines, (Regle("r", expression, gravite, "non"),))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("TOUT = UNE + AUTRE", (Relation("TOUT", ("UNE", "AUTRE")),)),
        ("UNE+AUTRE = TOUT", (Relation("TOUT", ("UNE", "AUTRE")),)),
        ("TOUT >= UNE", (Relation("TOUT", ("UNE",), exacte=False),)),
        ("UNE + AUTRE <= TOUT", (Relation("TOUT", ("UNE", "AUTRE"), exacte=False),)),
        ("TOUT <= 740 * UNE", ()),
        ("(TOUT > 0) = (UNE > 0)", ()),
        ("TOUT = INCONNUE + UNE", ()),
    ],
)
def test_a_rule_that_is_a_sum_is_known(expression, found):
    assert known_sums(modele(expression)) == found


def test_a_rule_that_may_be_broken_or_is_not_of_people_is_not():
    assert known_sums(modele("TOUT = UNE + AUTRE", "surprise")) == ()
    assert known_sums(modele("TOUT = UNE + AUTRE", compte=False)) == ()


@pytest.mark.parametrize("told", [True, False])
def test_a_part_under_five_is_not_found_by_difference(tmp_path, told):
    """3 of 23, beside 20: with the rule, one of the two others goes too; without it, both were there to subtract."""
    asked = modele("TOUT = UNE + AUTRE")
    given = [Reponse(c, valeur=v, diffusion=Diffusion.PUBLIC) for c, v in (("TOUT", 23), ("UNE", 3), ("AUTRE", 20))]
    deposit = DepotConfirme(Cle("essai", "93066", 2025), 1, False, None, datetime(2026, 1, 1, tzinfo=UTC), given)
    places = [TerritoireReseau("93066", "commune", "T6"), TerritoireReseau("93001", "commune", "T6")]
    publish(tmp_path, [deposit], [asked], places, {"essai": known_sums(asked)} if told else None)
    with contextlib.closing(duckdb.connect(str(current(tmp_path, PUBLIC)), read_only=True)) as con:
        shown = dict(con.execute("SELECT rubrique, valeur FROM reponse WHERE valeur IS NOT NULL").fetchall())
    assert "UNE" not in shown
    assert ({"TOUT", "AUTRE"} <= set(shown)) is not told
