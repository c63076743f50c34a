"""The demonstration set: the same for the same seed, plausible beside public figures, right by the model's rules."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from etl.errors import DataError
from etl.saisies.controles import Contexte, check_answers
from etl.saisies.demonstration import Profil, demonstration, progress
from etl.saisies.modeles import NOMBRES, Genre, load_model
from etl.saisies.recette import RECETTES, load_recipe, recipes
from etl.saisies.saisie import ERREUR
from observatoire.access.demonstration import Jeu, demonstration_sets
from observatoire.access.saisies import Saisies
from observatoire.warehouse import Warehouse
from registre.records import Cle, Diffusion, Etape, Reponse, Statut

MODELE = load_model("bilan")


@pytest.fixture(scope="module")
def jeu(warehouse: Warehouse) -> Jeu:
    (found,) = demonstration_sets(warehouse)
    return found


@pytest.fixture(scope="module")
def depots(jeu):
    return demonstration(jeu.modele, jeu.profils, jeu.recette.exercices, jeu.recette.graine, jeu.recette)


@pytest.fixture(scope="module")
def last(depots) -> dict[str, dict[str, Reponse]]:
    """Of 2024, where all but one are confirmed: territory → line → answer."""
    return {d.cle.territoire: {one.rubrique: one for one in d.reponses} for d in depots if d.cle.exercice == 2024}


def people(jeu, code, year) -> float:
    known = next(one for one in jeu.profils if one.territoire == code).bases["habitants"]
    return next(value for when, value in sorted(known.items(), reverse=True) if when <= year)


def figures(last, line):
    return {code: one[line].valeur for code, one in last.items() if line in one and one[line].valeur is not None}


def made(jeu, profils=None, graine=None):
    asked = profils or jeu.profils[:3]
    return demonstration(jeu.modele, asked, jeu.recette.exercices, graine or jeu.recette.graine, jeu.recette)


def test_who_is_there_and_where(depots):
    assert {d.cle.exercice for d in depots} == {2023, 2024, 2025}
    assert max(d.cle.exercice for d in depots if d.cle.territoire == "93059") == 2024
    steps = Counter((d.cle.exercice, d.etape) for d in depots)
    assert steps[2023, Etape.CONFIRME] == 38
    assert steps[2024, Etape.CONFIRME] == 39
    assert [steps[2025, step] for step in (Etape.CONFIRME, Etape.SOUMIS, Etape.BROUILLON)] == [28, 3, 3]
    assert steps[2025, Etape.RENVOYE] == steps[2025, Etape.RETIRE] == 1
    assert all(bool(d.motif) is (d.etape in (Etape.RENVOYE, Etape.RETIRE)) for d in depots)
    assert all(d.quand.year == d.cle.exercice + 1 for d in depots)


def test_every_line_has_a_recipe_but_photos(jeu):
    recipe = jeu.recette
    told = {one.code for one in recipe.ligne} | {part for one in recipe.ligne for part in one.parts}
    told |= {code for table in recipe.tableau for code in table.codes}
    assert {one.code for one in MODELE.rubriques} - told == {"PHOTO01", "PHOTO02", "PHOTO03"}


def test_same_seed_same_answers_another_seed_others(jeu):
    assert made(jeu) == made(jeu)
    assert [one.reponses for one in made(jeu)] != [one.reponses for one in made(jeu, graine=94)]


def test_a_ccas_is_the_same_whoever_else_is_there(jeu):
    """But for the domiciliations, most of which are held by a few, chosen among all, and where each of them is."""
    steady = replace(jeu, recette=jeu.recette.model_copy(update={"etape": []}))
    alone, among = made(steady, jeu.profils[:1]), made(steady, jeu.profils[:6])
    place = jeu.profils[0].territoire
    kept = [
        {(d.cle, a) for d in found for a in d.reponses if d.cle.territoire == place and a.rubrique[:3] != "DOM"}
        for found in (alone, among)
    ]
    assert kept[0] == kept[1]
    assert len(kept[0]) > 200


def test_what_is_given_is_what_the_checks_accept(jeu, depots):
    """No error; surprises only with their note, but in what was returned and what is not finished."""
    by_key = {d.cle: d for d in depots}
    wrong = []
    for one in depots:
        before = by_key.get(Cle("bilan", one.cle.territoire, one.cle.exercice - 1))
        contexte = Contexte(people(jeu, one.cle.territoire, one.cle.exercice), before.reponses if before else ())
        found = check_answers(MODELE, one.cle, one.reponses, contexte)
        wrong += [(one.cle, str(c)) for c in found if c.gravite == ERREUR]
        if one.etape not in (Etape.RENVOYE, Etape.BROUILLON):
            wrong += [(one.cle, str(c)) for c in found if c.arrete]
        if one.etape is Etape.RENVOYE:
            assert any(c.arrete and c.rubrique == jeu.recette.renvoi.rubrique for c in found)
    assert wrong == []


def test_the_population_is_the_one_of_the_checks(jeu, warehouse):
    kept = Saisies(warehouse, {})
    assert all(
        kept._population(one.territoire, year) == people(jeu, one.territoire, year)
        for one in jeu.profils
        for year in jeu.recette.exercices
        if one.jusque is None or year <= one.jusque
    )


def test_three_ccas_hold_most_of_the_domiciliations(last):
    values = sorted(figures(last, "DOM01").values(), reverse=True)
    assert len(values) > 30
    assert sum(values[:3]) > 0.4 * sum(values)
    assert max(values) > 1_000


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [
        ("ACC01", 0.02, 1.2),
        ("SOC01", 0.002, 0.1),
        ("AID02", 0.001, 0.06),
        ("AID03", 0.3, 20),
        ("SEN01", 0.05, 2),
        ("FIN01", 10, 250),
        ("RH01", 0.00005, 0.005),
    ],
)
def test_per_inhabitant_it_is_of_the_right_size(jeu, last, line, low, high):
    rates = [value / people(jeu, code, 2024) for code, value in figures(last, line).items()]
    assert len(rates) > 25
    assert low < min(rates)
    assert max(rates) < high


@pytest.mark.parametrize("line", ["ACC01", "SOC01", "AID02"])
def test_poorer_communes_have_more_of_it(jeu, last, line):
    poor = {one.territoire: one.bases["pauvres"] for one in jeu.profils}
    values = figures(last, line)
    share = [max(poor[code].items())[1] / people(jeu, code, 2024) for code in values]
    rates = [value / people(jeu, code, 2024) for code, value in values.items()]
    assert np.corrcoef(share, np.log(rates))[0, 1] > 0.2


def test_public_accounts_are_kept_where_they_exist(jeu, last):
    accounts = {one.territoire: one.bases.get("depenses", {}) for one in jeu.profils}
    gaps = [
        abs(value / accounts[code][2024] - 1)
        for code, value in figures(last, "FIN01").items()
        if 2024 in accounts[code] and value > 15 * people(jeu, code, 2024)
    ]
    assert len(gaps) > 25
    assert max(gaps) < 0.1


def test_a_ccas_keeps_its_level_from_one_year_to_the_next(depots):
    by_key = {d.cle: {a.rubrique: a for a in d.reponses} for d in depots if d.etape is Etape.CONFIRME}
    moves = []
    for cle, now in by_key.items():
        before = by_key.get(replace(cle, exercice=cle.exercice - 1), {})
        for code in ("ACC01", "AID03", "SEN02", "DOM01"):
            pair = [one[code].valeur for one in (before, now) if code in one and one[code].valeur]
            if len(pair) == 2 and min(pair) > 50:
                moves.append(pair[1] / pair[0])
    assert len(moves) > 100
    assert 0.9 < np.median(moves) < 1.1
    assert min(moves) > 0.5
    assert max(moves) < 2


def test_situations_units_methods_notes_and_choices_are_varied(depots):
    given = [a for d in depots for a in d.reponses]
    situations = Counter(a.statut for a in given)
    assert all(situations[one] > 50 for one in Statut)
    assert {a.unite for a in given if a.rubrique == "ALI" and a.unite} == {"colis", "bons", "repas", "menages"}
    assert {a.unite for a in given if a.rubrique == "SOC01" and a.unite} == {"menages", "personnes"}
    assert {a.methode for a in given if a.rubrique == "ACC01" and a.methode} == {"pointage", "logiciel", "estimation"}
    assert 50 < sum(a.note is not None for a in given) < 0.1 * len(given)
    shared = sum(a.diffusion is Diffusion.PUBLIC for a in given) / len(given)
    assert 0.1 < shared < 0.6
    core = [a for a in given if a.rubrique in ("NR02", "ACC04", "AID15")]
    assert sum(a.statut is Statut.NON_SUIVI for a in core) > 0.2 * len(core)
    outside = {a.rubrique for a in given if a.statut is Statut.NON_CONCERNE}
    assert {"PTE01", "PTE02", "SAN02", "SEN04", "SEN06"} <= outside
    small = [a for a in given if a.valeur is not None and 0 < a.valeur < 5]
    assert {"DOM05E", "LEG09"} & {a.rubrique for a in small}


def test_no_photo_no_identity_and_every_word_says_that_it_is_an_example(depots):
    kinds = {line.code: line.genre for one in MODELE.rubriques for line in (one, *one.colonnes)}
    words = {Genre.TEXTE, Genre.TEXTE_LONG}
    given = [a for d in depots for a in d.reponses]
    assert not {kinds[a.rubrique] for a in given} & {Genre.FICHIER, Genre.IDENTITE}
    plain = (".VERSION", ".MISSION")
    named = {a.texte for a in given if a.texte and kinds[a.rubrique] in words and not a.rubrique.endswith(plain)}
    assert any(re.fullmatch(r"Éditeur [A-E] \(exemple\)", one) for one in named)
    assert all("(exemple)" in one or "inventé pour la démonstration" in one for one in named)
    assert all("(exemple)" in a.note for a in given if a.note)


def test_totals_are_the_sum_of_their_parts(last):
    both = 0
    for answers in last.values():
        parts = [answers.get(f"DOM05{letter}") for letter in "ABCDEFG"]
        total = answers.get("DOM05")
        if total and total.valeur is not None and all(one and one.valeur is not None for one in parts):
            assert total.valeur == sum(one.valeur for one in parts if one)
            both += 1
    assert both > 15


def test_another_model_needs_no_code(tmp_path):
    """A model of two lines, with its recipe."""
    lines = (MODELE.rubrique("ACC01"), MODELE.rubrique("ACC06"))
    modele = replace(MODELE, code="essai", rubriques=lines, regles=())
    (tmp_path / "essai.toml").write_text(RECETTE, encoding="utf-8")
    assert recipes(tmp_path) == ["essai"]
    recipe = load_recipe(modele, tmp_path)
    profils = [Profil(f"9300{n}", {"habitants": {2024: 1_000.0 * n}}) for n in range(1, 6)]
    found = demonstration(modele, profils, [2024, 2025], 7, recipe)
    assert len(found) == 10
    values = [a.valeur for d in found for a in d.reponses if a.rubrique == "ACC01" and a.valeur is not None]
    assert len(values) > 5
    assert all(30 < value < 5_000 for value in values)
    assert [one.cle for one in progress("essai", profils, [2024, 2025], 7, recipe)] == [one.cle for one in found]


def test_a_recipe_that_names_nothing_is_refused(tmp_path):
    text = (RECETTES / "bilan.toml").read_text("utf-8")
    wrong = text.replace('code = "ACC02"', 'code = "ACC022"').replace('base = "DOM03"', 'base = "DOM33"')
    (tmp_path / "bilan.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        load_recipe(MODELE, tmp_path)
    told = str(refused.value)
    assert "ACC022" in told
    assert "« DOM33 » n’est ni une base" in told
    (tmp_path / "bilan.toml").write_text("graine = 'x'", encoding="utf-8")
    with pytest.raises(DataError, match=r"bilan\.toml"):
        load_recipe(MODELE, tmp_path)


def test_numbers_are_numbers_and_bounds_hold_everywhere(jeu, depots):
    for one in depots:
        if one.etape is Etape.RENVOYE:
            continue
        for answer in one.reponses:
            line = MODELE.rubrique(answer.rubrique)
            assert line is not None
            if answer.valeur is None or line.genre not in NOMBRES:
                continue
            high = line.bornes_par_habitant[1]
            assert answer.valeur >= 0
            assert high is None or answer.valeur <= high * people(jeu, one.cle.territoire, one.cle.exercice)


RECETTE = """
graine = 7
exercices = [2024, 2025]
reference = 2025
habitants = "habitants"
rattrapage = 0.9
note_saut = "Exemple."
retrait = "Exemple."
renvoi = { rubrique = "ACC01", facteur = 10, motif = "Exemple." }
ouverture = { ccas = 0.5, lignes = 0.5 }
frequence.premiere = { non_suivi = 0.05, a_venir = 0, sans_reponse = 0 }
frequence.coeur = { non_suivi = 0.05, a_venir = 0, sans_reponse = 0 }
frequence.option = { non_suivi = 0.05, a_venir = 0, sans_reponse = 0 }
base.habitants = { indicateur = "DEM01" }

[[ligne]]
code = "ACC01"
base = "habitants"
taux = 0.2
methodes = { pointage = 1 }

[[ligne]]
code = "ACC06"
taux = 30
pas = 0.5
"""
