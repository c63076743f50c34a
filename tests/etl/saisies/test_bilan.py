"""The activity report that is shipped: every line that the network agreed on, its flags, its rules, its workbook."""

import csv
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from etl.saisies.classeur import write_workbook
from etl.saisies.controles import Contexte, check_answers
from etl.saisies.lecture import read_workbook
from etl.saisies.modeles import NOMBRES, Genre, load_model
from etl.saisies.plan import definition_of, make_plan
from etl.saisies.regles import broken
from etl.saisies.sommes import known_sums
from registre.records import Cle, Reponse, Statut

INVENTAIRE = Path(__file__).resolve().parents[4] / "shared" / "design" / "bilan_activites.csv"
CLE = Cle("bilan", "93066", 2025)
CONTEXTE = Contexte(population=100_000, aujourdhui=date(2026, 11, 28))
PREMIERE_VAGUE = {
    *("GOV04", "GOV05", "ACC01", "ACC02", "DOM01", "DOM02", "DOM03", "LEG01", "LEG04", "SOC01"),
    *("AID02", "AID03", "AID09", "ALI", "SEN01", "SEN02", "SEN08", "FIN01", "FIN02", "RH01"),
}
# What activity reports hold and the inventory did not, the two questions of DomiFa included.
AJOUTEES = {
    *("ACC09", "AID17", "AID18", "ALI04", "DOM11", "DOM12", "DOM13", "FIN07", "GOV07", "LOG06", "PTE01", "PTE02"),
    *("PTE03", "RH04", "SAN01", "SAN02", "SAN03", "SEN11", "SEN12"),
}
# Counts of what is no person helped, nor a file about one: visits to the desk, sessions, capacities.
PAS_DES_PERSONNES = {
    *("ACC01", "ACC02", "ACC03", "ACC06", "ACC07", "ACC09", "NR06", "LOG06", "SEN06", "SEN07", "SAN02", "PTE01"),
}
GESTION = {"accueil": "GES_ACC", "domiciliation": "GES_DOM", "legale": "GES_LEG", "accompagnement": "GES_SOC"} | {
    **{"aides": "GES_AID", "alimentaire": "GES_ALI", "logement": "GES_LOG", "seniors": "GES_SEN"},
    **{"droits": "GES_DRO", "sante": "GES_SAN", "petite_enfance": "GES_PTE", "gouvernance": "CONV"},
}
# A plausible report of a commune of 100,000 inhabitants, about which no check has anything to say.
BILAN = {
    "gouvernance": {"GOV01": 14, "GOV02": 5, "GOV03": 24, "GOV04": "2022-03-10", "GOV05": 1, "GOV05A": "2025-12-31"}
    | {"GOV06": "2023-06-01", "GOV07": 1},
    "accueil": {"ACC01": 30_000, "ACC02": 25_000, "ACC03": 8_000, "ACC04": 6_000, "ACC05": 1_500, "ACC06": 36.5}
    | {"ACC07": 12, "ACC08": 700, "ACC09": 200, "ACC09A": 1_400},
    "domiciliation": {"DOM01": 800, "DOM02": 1_300, "DOM03": 1_000, "DOM04": 300, "DOM05": 250, "DOM05A": 20}
    | {"DOM05B": 10, "DOM05C": 90, "DOM05D": 60, "DOM05E": 5, "DOM05F": 55, "DOM05G": 10, "DOM06": 40, "DOM06A": 8}
    | {"DOM06B": 25, "DOM06C": 0, "DOM06D": 7, "DOM07": "quinzaine", "DOM08": 2.5, "DOM09": 160_000, "DOM10": 200}
    | {"DOM11": "Lundi au vendredi, 9 h à 12 h", "DOM12": 0, "DOM13": 120_000},
    "legale": {"LEG01": 350, "LEG02": 60, "LEG03": 30, "LEG04": 400, "LEG05": 25, "LEG06": 500, "LEG07": 150}
    | {"LEG08": 70, "LEG09": 6, "RSA01": 300, "RSA02": 450, "RSA03": 400, "RSA04": 60},
    "accompagnement": {"SOC01": 1_800, "SOC02": 7_000, "SOC03": 300, "SOC04": 150, "SOC05": 40, "SOC06": 20}
    | {"SOC06A": 12, "SOC07": 15},
    "aides": {"AID01": 2_000, "AID02": 1_600, "AID03": 320_000, "AID04": 1_100, "AID05": 200_000, "AID06": 60_000}
    | {"AID07": 30_000, "AID08": 30_000, "AID08A": 8_000, "AID08B": 7_000, "AID08C": 10_000, "AID08D": 5_000}
    | {"AID09": 500, "AID10": 20_000, "AID11": 350, "AID12": 350, "AID13": 450, "AID14": 90, "AID15": 280}
    | {"AID16": 200, "AID17": 1_600, "AID17A": 80_000, "AID18": 9_000, "AID18A": 4_000},
    "alimentaire": {"ALI": 12_000, "ALI01": 300, "ALI02": 12_000, "ALI03": 90_000, "ALI04": 5_000},
    "logement": {"LOG01": 1_200, "LOG02": 220, "LOG03": 180, "LOG04": 2_500, "LOG05": 45, "LOG06": 12, "LOG06A": 17},
    "seniors": {"SEN01": 70_000, "SEN02": 450, "SEN03": 900, "SEN04": 30_000, "SEN05": 220, "SEN06": 120}
    | {"SEN07": 94.5, "SEN08": 1_100, "SEN09": 3_000, "SEN10": 800, "SEN11": 25_000, "SEN12": 260},
    "droits": {"NR01": 300, "NR02": 220, "NR03": 130, "NR04": 310_000, "NR05": 1_900, "NR06": 40},
    "sante": {"SAN01": 700, "SAN02": 60, "SAN03": 900},
    "petite_enfance": {"PTE01": 120, "PTE02": 210, "PTE03": 190_000.5},
    "moyens": {"FIN01": 9_000_000, "FIN02": 5_500_000, "FIN03": 6_000_000, "FIN04": 3_300_000, "FIN05": 400_000}
    | {"FIN06": 3.56, "FIN07": 150_000, "FIN08": 300_000, "RH01": 120.8, "RH02": 18, "RH03": 6.5, "RH04": 80}
    | {"RH04A": 260, "RH04B": 14, "RH05": 135},
    "conformite": {"RGPD01": "mutualise", "RGPD02": 1, "RGPD02A": "2025-09-30", "RGPD03": 0}
    | {"OUT02": "domifa ; caf"},
    "fierte": {"PHOTO01": "ab" * 32, "PHOTO02": "La fête des voisins, en juin", "PHOTO03": 1},
}
LIGNES = {code: value for lines in BILAN.values() for code, value in lines.items()}
LOGICIEL = {"EDITEUR": "Un éditeur", "PRODUIT": "Un logiciel", "VERSION": "12", "MODULES": "aides ; suivi"}
PROJET = {"TITRE": "La cuisine partagée", "FAIT": "Douze ateliers.\nDeux quartiers.", "RESULTAT": "140 participants"}
PROJET |= {"PUBLICS": "familles ; seniors", "PARTENAIRES": "Un centre social"}
TABLEAUX = {"OUT01": [LOGICIEL | {"ECHEANCE": "2027-06-30"}], "PROJETS": [PROJET]}
MISSION = {"MODE": "delegation", "PARTENAIRE": "Une association", "DEPUIS": "2024-01-01", "ECHEANCE": "2026-12-31"}
MISSION |= {"COUT": 45_000.0}


@pytest.fixture(scope="module")
def bilan():
    return load_model("bilan")


def answers_of(modele, changes=None, tables=None):
    """Answers to these lines: the whole report, changed (None takes an answer away), and rows of tables."""
    found = []
    for code, value in (LIGNES | (changes or {})).items():
        line = modele.rubrique(code)
        chosen = {"unite": line.unites[0].code} if line.unites else {}
        chosen |= {"methode": line.methodes[0].code} if line.methodes else {}
        if value is not None:
            found.append(answer_of(code, 0, value, **chosen))
    for code, rows in (whole_tables(modele) if tables is None else tables).items():
        for rank, row in enumerate(rows, start=1):
            found += [answer_of(f"{code}.{name}", rank, value) for name, value in row.items()]
    return tuple(found)


def answer_of(code, rank, value, **chosen):
    if isinstance(value, str):
        return Reponse(code, rank, texte=value, **chosen)
    return Reponse(code, rank, valeur=float(value), **chosen)


def whole_tables(modele):
    """Two rows of each table of missions, one of the others."""
    tables = dict(TABLEAUX)
    for code in GESTION.values():
        column = modele.rubrique(f"{code}.MISSION")
        named = [one.code for one in column.choix][:2] or ["Paie et carrières", "Informatique"]
        tables[code] = [MISSION | {"MISSION": named[0]}, {"MISSION": named[1], "MODE": "regie"}]
    return tables


def fired(modele, changes=None, tables=None, exercice=2025, naming=None):
    """The rules that the report breaks, so changed; ``naming``: among those that name this line or have this code."""
    if naming is not None:
        rules = (rule for rule in modele.regles if naming in (rule.code, *rule.rubriques))
        modele = replace(modele, regles=tuple(rules))
    found = list(broken(modele, answers_of(modele, changes, tables or {}), exercice, 100_000))
    assert not any(failed for *_, failed in found)
    return {rule.code for rule, *_ in found}


# --- what is asked


def test_every_line_of_the_inventory_is_asked(bilan):
    if not INVENTAIRE.is_file():
        pytest.skip("l’inventaire des 98 rubriques (../shared/design/bilan_activites.csv) n’est pas là")
    with INVENTAIRE.open(encoding="utf-8", newline="") as file:
        codes = {row["code"].removeprefix("BIL-") for row in csv.DictReader(file)}
    assert codes - {line.code for line in bilan.rubriques} == set()
    assert len(codes) == 98


def test_the_lines_that_reports_hold_and_the_inventory_did_not(bilan):
    assert AJOUTEES - {line.code for line in bilan.rubriques} == set()


def test_the_first_wave_is_twenty_lines_told_on_the_cover(bilan):
    assert {line.code for line in bilan.rubriques if line.niveau == "premiere"} == PREMIERE_VAGUE
    assert f"{len(PREMIERE_VAGUE)} rubriques" in bilan.description
    cover = make_plan(bilan, CLE, "Saint-Denis", {})[0]
    told = {code for case in cover.cases.values() for code in re.findall(r"\b[A-Z]{2,4}[0-9]{2}\b|\bALI\b", case.texte)}
    assert told == PREMIERE_VAGUE


def test_every_chapter_says_what_it_wants_and_how_long_it_takes(bilan):
    for chapter in bilan.chapitres:
        assert re.search(r"\b([0-9]+ minutes|une heure)\b", chapter.introduction.replace("\u00a0", " ")), chapter.code
        assert 20 < len(chapter.introduction) < 240
    names = [sheet.nom for sheet in make_plan(bilan, CLE, "Saint-Denis", {})]
    titles = [one.libelle for one in bilan.chapitres] + [x.libelle for x in bilan.rubriques if x.genre is Genre.TABLEAU]
    assert set(titles) <= set(names), "un titre trop long est coupé sur l’onglet"


def test_the_missions_of_each_chapter_have_one_table_of_the_same_shape(bilan):
    for chapter, code in GESTION.items():
        assert bilan.rubrique(code).chapitre == chapter
        columns = {one.code.partition(".")[2]: one for one in bilan.rubrique(code).colonnes}
        assert list(columns) == ["MISSION", "MODE", "PARTENAIRE", "DEPUIS", "ECHEANCE", "COUT"]
        modes = [one.code for one in columns["MODE"].choix]
        assert modes == ["regie", "delegation", "convention", "mise_a_disposition", "non_exercee"]
    without = {"moyens", "conformite", "fierte"}
    assert {one.code for one in bilan.chapitres} == set(GESTION) | without
    # A mission is asked once in the whole questionnaire.
    missions = [one.libelle for code in GESTION.values() for one in bilan.rubrique(f"{code}.MISSION").choix]
    assert {one for one in missions if missions.count(one) > 1} == {"Autre"}


# --- flags


def test_what_counts_people_is_flagged(bilan):
    lines = [line for line in bilan.rubriques if line.genre in NOMBRES]
    helped = {line.code for line in lines if line.publics != ("institution",)} - PAS_DES_PERSONNES
    assert {line.code for line in lines if line.compte_de_personnes} == {
        code for code in helped if bilan.rubrique(code).suit is None
    }
    for line in lines:
        if set((line.unite or "").split()) & {"personnes", "ménages", "foyers", "enfants", "dossiers"}:
            assert line.compte_de_personnes or line.publics == ("institution",), line.code


def test_amounts_and_ratios_of_people_follow_the_count_they_are_of(bilan):
    followed = {line.code: line.suit for line in bilan.rubriques if line.suit}
    assert all(bilan.rubrique(code).compte_de_personnes for code in followed.values())
    amounts = {
        line.code for line in bilan.rubriques if line.genre is Genre.MONTANT and line.publics != ("institution",)
    }
    assert set(followed) == amounts | {"FIN06", "FIN08", "SEN01", "SEN04", "PTE03"}
    of_aids = {"AID03", "AID05", "AID06", "AID07", "AID08", "AID08A", "AID08B", "AID08C", "AID08D", "AID10", "ALI03"}
    assert {code for code, count in followed.items() if count == "AID02"} == of_aids | {"FIN06", "FIN08"}
    others = {"AID17A": "AID17", "NR04": "NR03", "SEN01": "SEN02", "SEN04": "SEN05", "PTE03": "PTE02"}
    assert {code: count for code, count in followed.items() if count != "AID02"} == others


def test_nothing_is_public_unless_a_ccas_says_so(bilan):
    assert {line.diffusion for line in bilan.rubriques} == {"reseau"}
    assert not any(line.publique_par_la_loi for line in bilan.rubriques)


def test_the_secret_knows_the_sums_that_the_rules_say(bilan):
    sums = {(one.total, one.parties, one.exacte) for one in known_sums(bilan)}
    reasons = tuple(f"DOM05{letter}" for letter in "ABCDEFG")
    assert {
        ("DOM05", reasons, True),
        ("DOM06", tuple(f"DOM06{letter}" for letter in "ABCD"), True),
        ("DOM03", ("DOM04",), False),
        ("AID01", ("AID02", "AID11"), False),
        ("AID04", ("AID12", "AID13"), False),
        ("AID04", ("AID14", "AID16"), False),
    } <= sums


def test_every_number_has_a_plausible_bound(bilan):
    for line in bilan.rubriques:
        for one in (line, *line.colonnes):
            if one.genre in NOMBRES:
                bounded = one.bornes != (None, None) or one.bornes_par_habitant != (None, None)
                assert bounded, one.code


def test_only_references_that_were_read_are_shown(bilan):
    unsure = {line.code for line in bilan.rubriques if line.reference and not line.reference_sure}
    assert unsure == {
        *("LEG04", "LEG06", "LEG07", "LEG08", "SOC05", "ALI01", "LOG01", "LOG05"),
        *("SEN04", "SEN05", "SEN06", "SEN07"),
    }
    assert not any("Référence" in definition_of(bilan.rubrique(code)) for code in unsure)
    text = repr(bilan)
    assert not re.search(r"\[[GVPM]\]", text)
    assert "L262-34" not in text


# --- the rules


def test_a_whole_report_raises_nothing(bilan):
    assert {line.code for line in bilan.rubriques if line.genre is not Genre.TABLEAU} == set(LIGNES)
    assert [str(one) for one in check_answers(bilan, CLE, answers_of(bilan), CONTEXTE)] == []


# A rule: what it lets pass (at the threshold), what it does not (just beyond).
REGLES = {
    "conseil_pair": ({"GOV01": 16}, {"GOV01": 15}),
    "conseil_seize": ({"GOV01": 16}, {"GOV01": 18}),
    "seance_par_trimestre": ({"GOV02": 4}, {"GOV02": 3}),
    "abs_apres_exercice": ({"GOV04": "2025-12-31"}, {"GOV04": "2026-01-01"}),
    "abs_du_mandat": ({"GOV04": "2021-01-01"}, {"GOV04": "2020-12-31"}),
    "convention_non_echue": ({"GOV05A": "2025-12-31"}, {"GOV05A": "2025-12-30"}),
    "reglement_apres_exercice": ({"GOV06": "2025-12-31"}, {"GOV06": "2026-01-01"}),
    "nouvelles_parmi_recues": ({"ACC05": 6_000}, {"ACC05": 6_001}),
    "personnes_et_passages": ({"ACC01": 6_000}, {"ACC01": 5_999}),
    "reorientees_parmi_recues": ({"ACC08": 6_000}, {"ACC08": 6_001}),
    "permanences_et_personnes": ({"ACC09": 0, "ACC09A": 0}, {"ACC09": 0}),
    "domicilies": ({"DOM02": 1_000}, {"DOM02": 799}),
    "premieres_attestations": ({"DOM04": 1_000}, {"DOM04": 1_001}),
    "attestations_et_elections": ({"DOM03": 800}, {"DOM03": 799}),
    "motifs_de_radiation": ({"DOM05": 251, "DOM05G": 11}, {"DOM05": 251}),
    "motifs_de_refus": ({"DOM06": 41, "DOM06C": 1}, {"DOM06": 41}),
    "familles_domiciliees": ({"DOM10": 800, "DOM02": 1_600}, {"DOM10": 801, "DOM02": 1_700}),
    "enfants_domicilies": ({"DOM02": 1_000}, {"DOM02": 999}),
    "cout_humain_de_domiciliation": ({"DOM13": 160_000}, {"DOM13": 160_001}),
    "domiciliation_sans_agent": ({"DOM08": 0, "DOM12": 1}, {"DOM08": 0}),
    "reponse_en_deux_mois": ({"DOM07": "semestre"}, {"DOM07": "plus"}),
    "contrats_et_accompagnes": ({"RSA03": 0, "RSA02": 0}, {"RSA02": 0}),
    "visites_parmi_entretiens": ({"SOC03": 7_000}, {"SOC03": 7_001}),
    "microcredits_accordes": ({"SOC06A": 20}, {"SOC06A": 21}),
    "montant_sans_aide": ({"AID03": 320_000}, {"AID03": 0}),
    "aide_moyenne": ({"AID03": 4_800_000}, {"AID03": 4_800_001}),
    "secours_dans_aides": ({"AID09": 1_600}, {"AID09": 1_601}),
    "accordees_et_refusees": ({"AID11": 400}, {"AID11": 401}),
    "accordees_parmi_demandes": ({"AID01": 1_600, "AID11": None}, {"AID01": 1_599, "AID11": None}),
    "menages_et_aides": ({"AID04": 1_600}, {"AID04": 1_601}),
    "natures_en_trop": ({"AID05": 200_004}, {"AID05": 200_005}),
    "natures_manquantes": ({"AID05": 199_996}, {"AID05": 199_995}),
    "autres_natures_en_trop": ({"AID08D": 5_004}, {"AID08D": 5_005}),
    "autres_natures_manquantes": ({"AID08D": 4_996}, {"AID08D": 4_995}),
    "profils_parmi_menages": ({"AID15": 1_100, "AID13": None}, {"AID16": 1_101, "AID14": None}),
    "familles_ou_seuls": ({"AID12": 650}, {"AID12": 651}),
    "jeunes_ou_ages": ({"AID14": 900}, {"AID14": 901}),
    "en_emploi_parmi_aides": ({"AID15": 1_100}, {"AID15": 1_101}),
    "retraites_et_montant": ({"AID17": 0, "AID17A": 0}, {"AID17A": 0}),
    "bons_et_alimentation": ({"ALI03": 200_000}, {"ALI03": 200_001}),
    "logements_et_menages": ({"LOG06": 0, "LOG06A": 0}, {"LOG06": 0}),
    "repas_sans_personne": ({"SEN01": 0, "SEN02": 0}, {"SEN01": 0}),
    "repas_par_personne": ({"SEN01": 333_000}, {"SEN01": 333_001}),
    "heures_sans_personne": ({"SEN04": 0, "SEN05": 0}, {"SEN04": 0}),
    "heures_par_personne": ({"SEN04": 220_000}, {"SEN04": 220_000.5}),
    "occupation_sans_residence": ({"SEN06": 0, "SEN07": None}, {"SEN06": 0}),
    "appels_sans_inscrit": ({"SEN08": 0, "SEN09": 0}, {"SEN08": 0}),
    "reperes_sans_bilan": ({"NR01": 1}, {"NR01": 0}),
    "ouverts_parmi_reperes": ({"NR03": 220}, {"NR03": 221}),
    "droits_et_montant": ({"NR03": 0, "NR04": 0}, {"NR04": 0}),
    "montant_par_droit": ({"NR04": 1_950_000}, {"NR04": 1_950_001}),
    "places_sans_enfant": ({"PTE01": 0, "PTE02": 0, "PTE03": 0}, {"PTE01": 0}),
    "heures_par_enfant": ({"PTE03": 630_000}, {"PTE03": 630_000.5}),
    "subvention_et_depenses": ({"FIN02": 9_000_000}, {"FIN02": 9_000_001}),
    "personnel_et_depenses": ({"FIN03": 9_000_000}, {"FIN03": 9_000_001}),
    "associations_et_depenses": ({"FIN07": 9_000_000}, {"FIN07": 9_000_001}),
    "aides_et_depenses": ({"FIN08": 9_000_000, "AID03": None}, {"FIN08": 9_000_001, "AID03": None}),
    "recettes_et_depenses": ({"FIN04": 8_900_000}, {"FIN04": 8_900_001}),
    "aides_accordees_et_mandatees": ({"FIN08": 256_000}, {"FIN08": 255_999}),
    "part_des_aides": ({"FIN06": 4.05}, {"FIN06": 4.06}),
    "travailleurs_sociaux": ({"RH02": 120.8}, {"RH02": 120.9}),
    "domiciliation_et_agents": ({"DOM08": 120.8}, {"DOM08": 120.9}),
    "etp_et_agents": ({"RH05": 121}, {"RH05": 120}),
    "agents_et_etp": ({"RH05": 402}, {"RH05": 403}),
    "formes_parmi_agents": ({"RH04": 135}, {"RH04": 136}),
    "formation_et_jours": ({"RH04": 0, "RH04A": 0}, {"RH04A": 0}),
    "cout_par_etp": ({"FIN03": 1_812_000}, {"FIN03": 1_811_000}),
    "registre_et_date": ({"RGPD02": 0, "RGPD02A": None}, {"RGPD02": 0}),
    "registre_apres_exercice": ({"RGPD02A": "2026-12-31"}, {"RGPD02A": "2027-01-01"}),
    "photo_et_droit": ({"PHOTO01": None, "PHOTO03": None}, {"PHOTO03": None}),
    "photo_et_legende": ({"PHOTO01": None, "PHOTO02": None}, {"PHOTO02": None}),
}


@pytest.mark.parametrize("code", REGLES)
def test_a_rule_lets_the_threshold_pass_and_stops_what_is_beyond(bilan, code):
    passes, stops = REGLES[code]
    assert fired(bilan, passes, naming=code) == set()
    assert fired(bilan, stops, naming=code) == {code}


def test_every_rule_is_tried(bilan):
    of_rows = {rule.code for rule in bilan.regles if rule.tableau}
    assert {rule.code for rule in bilan.regles} == set(REGLES) | of_rows
    assert len(of_rows) == 3 * len(GESTION) + 2


@pytest.mark.parametrize("code", GESTION.values())
def test_a_row_of_missions_is_whole(bilan, code):
    prefix = "convention" if code == "CONV" else code.lower()
    mission = [one.code for one in bilan.rubrique(f"{code}.MISSION").choix][:1] or ["Informatique"]
    row = MISSION | {"MISSION": mission[0]}
    alone = {name: value for name, value in row.items() if name != "PARTENAIRE"}
    assert fired(bilan, tables={code: [row, alone | {"MODE": "regie"}, alone | {"MODE": "non_exercee"}]}) == set()
    assert fired(bilan, tables={code: [alone]}) == {f"{prefix}_partenaire"}
    assert fired(bilan, tables={code: [row | {"ECHEANCE": "2024-01-01"}]}) == set()
    assert fired(bilan, tables={code: [row | {"ECHEANCE": "2023-12-31"}]}) == {f"{prefix}_echeance"}
    for name in ("MISSION", "MODE"):
        missing = {key: value for key, value in row.items() if key != name}
        assert f"{prefix}_mission" in fired(bilan, tables={code: [missing]})


def test_a_row_of_projects_or_software_is_named(bilan):
    whole = {"PROJETS": [PROJET], "OUT01": [LOGICIEL]}
    assert fired(bilan, tables=whole) == set()
    for code, column, rule in (
        ("PROJETS", "TITRE", "projet_decrit"),
        ("PROJETS", "FAIT", "projet_decrit"),
        ("OUT01", "PRODUIT", "logiciel_nomme"),
    ):
        (row,) = whole[code]
        missing = {key: value for key, value in row.items() if key != column}
        assert fired(bilan, tables={code: [missing]}) == {rule}


def test_the_needs_analysis_is_that_of_the_mandate(bilan):
    for exercice, wanted in ((2020, "2015"), (2021, "2021"), (2026, "2021"), (2027, "2027"), (2030, "2027")):
        before = f"{int(wanted) - 1}-12-31"
        rule = {"exercice": exercice, "naming": "abs_du_mandat"}
        assert fired(bilan, {"GOV04": f"{wanted}-01-01"}, **rule) == set()
        assert fired(bilan, {"GOV04": before}, **rule) == {"abs_du_mandat"}


def test_what_is_unknown_is_no_fault(bilan):
    named = {code for rule in bilan.regles for code in rule.rubriques} & set(LIGNES)
    for code in named - {"PHOTO02", "PHOTO03"}:
        assert fired(bilan, {code: None}, naming=code) == set(), code


def test_the_first_wave_alone_can_be_submitted(bilan):
    given = [answer for answer in answers_of(bilan, tables={}) if answer.rubrique in PREMIERE_VAGUE]
    assert len(given) == len(PREMIERE_VAGUE)
    assert check_answers(bilan, CLE, given, CONTEXTE) == []


def test_a_ccas_that_does_very_little_can_say_so(bilan):
    asked = [line for line in bilan.rubriques if line.code != "PHOTO03"]
    given = [Reponse(line.code, statut=Statut(line.statuts[0])) for line in asked]
    assert check_answers(bilan, CLE, given, CONTEXTE) == []


# --- the workbook


@pytest.fixture(scope="module")
def whole(bilan, tmp_path_factory):
    path = tmp_path_factory.mktemp("bilan") / "bilan.xlsx"
    write_workbook(path, bilan, CLE, "Saint-Denis", reponses=answers_of(bilan))
    return path


def by_place(answers):
    return {(one.rubrique, one.rang): one for one in answers}


def test_the_whole_report_goes_and_comes_back(bilan, whole):
    found = read_workbook(whole, CLE, CONTEXTE)
    assert [str(one) for one in found.constats] == []
    assert by_place(found.reponses) == by_place(answers_of(bilan))


def test_the_whole_report_comes_back_from_libreoffice(bilan, whole, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) n’est pas installé : l’aller-retour par lui n’est pas essayé")
    profile = f"-env:UserInstallation=file://{tmp_path}/profil"
    command = [office, "--headless", profile, "--convert-to", "ods", "--outdir", str(tmp_path), str(whole)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    found = read_workbook(tmp_path / "bilan.ods", CLE, CONTEXTE)
    assert [str(one) for one in found.constats] == []
    assert by_place(found.reponses) == by_place(answers_of(bilan))


def test_a_table_comes_right_after_its_chapter(bilan, whole):
    names = load_workbook(whole, read_only=True).sheetnames
    for chapter in bilan.chapitres:
        at = names.index(chapter.libelle)
        tables = [one.libelle for one in bilan.rubriques if one.chapitre == chapter.code and one.genre is Genre.TABLEAU]
        assert names[at + 1 : at + 1 + len(tables)] == tables


def test_the_first_wave_is_bold_and_idle_columns_are_hidden(bilan, whole):
    book = load_workbook(whole)
    for sheet in make_plan(bilan, CLE, "Saint-Denis", {}):
        if sheet.genre == "chapitre":
            page = book[sheet.nom]
            bold = {code for code, row in sheet.lignes.items() if page.cell(row, 1).font.bold}
            assert bold == PREMIERE_VAGUE & set(sheet.lignes)
            hidden = {letter for letter in "EFGHI" if page.column_dimensions[letter].hidden}
            choices = {"accueil": {"H"}} | {one: {"G"} for one in ("accompagnement", "alimentaire", "seniors", "sante")}
            (chapter,) = [one.code for one in bilan.chapitres if one.libelle == sheet.nom]
            assert hidden == {"G", "H"} - choices.get(chapter, set())
            assert page.page_setup.paperSize == 9
            assert (page.oddFooter.left.text, page.oddFooter.right.text) == ("&A", "&P / &N")
