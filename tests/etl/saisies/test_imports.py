"""Importers: what each producer's file fills of the activity report, what it leaves aside, what it is refused for."""

import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from etl.errors import DataError
from etl.saisies.classeur import make_workbook
from etl.saisies.controles import Contexte, check_answers
from etl.saisies.imports import balances, correspondances
from etl.saisies.imports.comptes import Chiffre, import_accounts, read_accounts
from etl.saisies.imports.correspondances import Balances, Domifa, load_mapping, sortes_of
from etl.saisies.imports.depart import prefilled
from etl.saisies.imports.domifa import norm
from etl.saisies.imports.entree import kind_of, read_import
from etl.saisies.imports.resultat import Motif, Sorte
from etl.saisies.lecture import read_workbook
from etl.saisies.modeles import Genre, Modele, Rubrique, load_model
from etl.saisies.tidy import write_tidy
from registre.records import Cle, Reponse, Statut
from tests.etl.saisies.exports import COURANTE, RESIDENCE_93, balance, domifa, ligne

CLE = Cle("bilan", "93066", 2025)
# The first wave, and what the mappings name besides.
PREMIERE = ("DOM01", "DOM02", "DOM03", "AID02", "AID03", "AID09", "FIN01", "FIN02")
NOMBRES = (*(f"DOM0{n}" for n in range(4, 10)), "DOM10", *(f"DOM05{x}" for x in "ABCDEFG"))
NOMBRES += tuple(f"DOM06{x}" for x in "ABCD")
MONTANTS = tuple(f"FIN0{n}" for n in range(3, 9))


@pytest.fixture(scope="module")
def bilan():
    """The report with its first lines only, whatever it asks today."""
    whole = load_model("bilan")
    rules = tuple(rule for rule in whole.regles if set(rule.rubriques) <= set(PREMIERE))
    asked = tuple(line for line in whole.rubriques if line.code in PREMIERE)
    return replace(whole, rubriques=asked, regles=rules)


@pytest.fixture(scope="module")
def complet(bilan):
    """The report with all the lines that the mappings name, whatever it asks today."""
    counts = [Rubrique(code, "domiciliation", code, Genre.ENTIER, "x") for code in NOMBRES]
    sums = [Rubrique(code, "moyens", code, Genre.MONTANT, "x") for code in MONTANTS]
    return replace(bilan, rubriques=(*bilan.rubriques, *counts, *sums))


@pytest.fixture
def lire(tmp_path, complet):
    """Read a workbook of openpyxl, or a text, as a file of this name."""

    def read(content, name="export.xlsx", modele: Modele = complet, cle=CLE, **options):
        path = tmp_path / name
        if isinstance(content, str):
            path.write_text(content, encoding=options.pop("encoding", "cp1252"), newline="")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content.save(path)
        return read_import(path, modele, cle, **options)

    return read


def values(found):
    return {answer.rubrique: answer.valeur for answer in found.reponses}


def why(found, code):
    return [str(one) for one in found.non_remplies if one.rubrique == code]


# DomiFa


@pytest.mark.parametrize("recent", [True, False], ids=["depuis 2024", "avant 2024"])
def test_both_layouts_of_domifa_fill_the_same_lines(lire, recent):
    found = lire(domifa(recent))
    assert found.sorte is Sorte.DOMIFA
    assert found.constats == ()
    wanted = {"DOM01": 50, "DOM02": 61, "DOM03": 64, "DOM04": 44, "DOM05": 12, "DOM06": 7, "DOM10": 8}
    wanted |= dict(zip((f"DOM05{x}" for x in "ABCDEFG"), (1, 2, 3, 4, 0, 1, 1), strict=True))
    wanted |= dict(zip((f"DOM06{x}" for x in "ABCD"), (1, 3, 0, 3), strict=True))
    assert values(found) == wanted
    assert {one.note for one in found.reponses} == {"DomiFa, export du 12/01/2026."}
    assert found.a_confirmer == ("la structure du fichier : « CCAS de Saint-Denis »",)


def test_where_each_number_is_in_the_sheet(lire):
    told = {one.rubrique: str(one) for one in lire(domifa()).remplies}
    assert told["DOM01"] == "DOM01 : 50\u00a0élections de domicile — feuille « Stats structure », C12"
    assert told["DOM10"].count("+") == 2


def test_what_is_filled_is_what_a_deposit_accepts(lire, complet):
    """Notes, types and values: as the engine itself checks them."""
    for content, name in ((domifa(), "export.xlsx"), (balance(*COURANTE), "balance.csv")):
        answers = lire(content, name).reponses
        assert len(answers) > 3
        assert check_answers(complet, CLE, answers, Contexte(aujourdhui=date(2026, 11, 28))) == []


def test_a_sum_of_reasons_that_does_not_hold_leaves_them_all(lire):
    found = lire(domifa(Non_respect_du_reglement=0, Entree=5, RADIATIONS=13))
    assert not any(code.startswith("DOM05") for code in values(found))
    assert "DOM06A" in values(found)


def test_what_the_report_of_domifa_asks_and_the_workbook_has_not_is_never_filled(lire):
    found = lire(domifa())
    for code in ("DOM07", "DOM08", "DOM09"):
        assert code not in values(found)
        assert any("à saisir" in one for one in why(found, code))


def test_a_line_that_the_model_does_not_ask_is_said_and_stops_nothing(lire, bilan):
    found = lire(domifa(), modele=bilan)
    assert values(found) == {"DOM01": 50, "DOM02": 61, "DOM03": 64}
    assert why(found, "DOM05") == [
        "sans case — DOM05 : 12 (feuille « Stats structure », C62) : le modèle ne la demande pas"
    ]
    assert why(found, "DOM07") == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"debut": datetime(2025, 3, 1)}, "début de période : 01/03/2025"),
        ({"fin": datetime(2025, 11, 30)}, "fin de période : 30/11/2025"),
        ({"fin": datetime(2026, 1, 1)}, "fin de période : 01/01/2026"),
        ({"debut": datetime(2024, 1, 1), "fin": datetime(2024, 12, 31)}, "fin de période : 31/12/2024"),
        ({"debut": None}, "début de période : rien"),
        ({"titres": ("30/06/2025", "01/01/2025 AU 31/12/2025")}, "un titre qui dit une autre période"),
        ({"titres": ("31/12/2025", "01/07/2025 AU 31/12/2025")}, "un titre qui dit une autre période"),
    ],
)
def test_another_period_fills_nothing(lire, changes, told):
    found = lire(domifa(**changes))
    assert (found.reponses, found.remplies) == ((), ())
    assert any(told in str(one) for one in found.erreurs)
    assert "01/01/2025 au 31/12/2025" in str(found.erreurs[0])


def test_the_clock_of_the_server_moves_the_ends_of_the_year_by_an_hour(lire):
    found = lire(domifa(debut=datetime(2025, 1, 1, 1), fin=datetime(2026, 1, 1, 0, 59, 59)))
    assert found.erreurs == ()
    assert values(found)["DOM01"] == 50


def test_a_sum_that_does_not_hold_leaves_its_lines_and_those_alone(lire):
    found = lire(domifa(Femme=25))
    assert {"DOM02", "DOM03", "DOM04", "DOM05", "DOM06", "DOM10"} <= set(values(found))
    assert "DOM01" not in values(found)
    assert any("50, et 55 pour C16 + C17" in str(one) for one in found.constats)
    assert why(found, "DOM01")[0].startswith("douteux — DOM01 : 50")


def test_a_probable_sum_is_only_told(lire):
    found = lire(domifa(Orientation_vers_CCAS=1))
    assert [one.gravite for one in found.constats] == ["surprise"]
    assert values(found)["DOM06"] == 7


@pytest.mark.parametrize("value", ["douze", -1, 2.5, None, True])
def test_a_cell_that_is_no_count_leaves_its_line(lire, value):
    found = lire(domifa(RADIATIONS=value))
    assert "DOM05" not in values(found)
    assert values(found)["DOM06"] == 7
    assert any("RADIATIONS" in str(one) and "cellule C62" in str(one) for one in found.erreurs)


def test_a_formula_is_no_number(lire):
    book = domifa()
    book["Stats structure"]["C62"].value = "=6+6"
    found = lire(book)
    assert "DOM05" not in values(found)
    assert any("une formule" in str(one) for one in found.erreurs)


def test_a_row_moved_under_another_sub_title_is_not_taken_for_it(lire):
    book = domifa()
    sheet = book["Stats structure"]
    rows = {str(sheet.cell(row, 2).value): row for row in range(1, sheet.max_row + 1)}
    sheet.cell(rows["Répartition par motif de refus"], 2).value = "Répartition des refus, autrement"
    found = lire(book)
    assert values(found)["DOM06"] == 7
    assert not any("C6" in str(one) and "refus" in str(one) for one in found.erreurs)


def test_a_label_that_changed_is_told_by_its_name(lire):
    book = domifa()
    sheet = book["Stats structure"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 2).value == "RADIATIONS")
    sheet.cell(row, 2).value = "FINS DE DOMICILIATION"
    found = lire(book)
    assert "DOM05" not in values(found)
    assert "la feuille n’a pas la ligne « Radiations »" in why(found, "DOM05")[0]


def test_a_row_twice_is_not_chosen(lire):
    book = domifa()
    sheet = book["Stats structure"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 2).value == "Ayants-droits concernés")
    sheet.cell(row, 2).value = "Dont renouvellements"
    found = lire(book)
    assert any("la ligne y est deux fois" in str(one) for one in found.erreurs)
    assert "DOM03" in values(found)


def test_another_structure_is_shown_and_questioned(lire):
    found = lire(domifa(nom="Association Exemple"))
    assert found.a_confirmer == ("la structure du fichier : « Association Exemple »",)
    assert any("d’autres organismes tiennent aussi DomiFa" in str(one) for one in found.constats)
    assert values(found)["DOM01"] == 50


def test_a_part_of_the_sheet_that_is_gone_fills_nothing(lire):
    book = domifa()
    sheet = book["Stats structure"]
    row = next(row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, 2).value).startswith("Axe 2"))
    sheet.delete_rows(row, sheet.max_row)
    found = lire(book)
    assert found.reponses == ()
    assert any("il manque la partie « activite »" in str(one) for one in found.erreurs)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Nombre de domicilie", "Nombre de domiciliés"), ("Colis rééxpédiés", "COLIS REEXPEDIES"), ("a\tb", "A  b ")],
)
def test_typing_mistakes_are_normalised(one, other):
    assert norm(one) == norm(other)


# Balances


def test_the_real_expense_of_every_budget_net_of_order_operations_and_of_chapter_013(lire):
    found = lire(balance(*COURANTE), "balance.csv")
    assert found.sorte is Sorte.BALANCES
    # 1000,50 + 200 + 50 + 5000,25 − 300 + 400 + 1400 + 70, and 3000 of the annex: neither 681 nor 675.
    assert values(found)["FIN01"] == pytest.approx(10820.75)
    assert values(found)["FIN02"] == 6000
    assert values(found)["FIN04"] == 800 + 20 + 2500
    note = next(one.note for one in found.reponses if one.rubrique == "FIN01")
    assert note.startswith("DGFiP, balances comptables 2025. Charges réelles de fonctionnement")
    assert "atténuations de charges (chapitre 013), déduites : 300\u00a0€" in note
    assert "les versements d’un budget à l’autre ne sont pas retirés" in note
    assert values(found)["FIN08"] == 400 + 1400
    assert found.a_confirmer == ("les budgets lus : « CCAS SAINT-DENIS » (M57), « RÉSIDENCE DU CCAS » (M22)",)


def test_chapter_012_is_not_account_64(lire):
    found = lire(balance(*(one for one in COURANTE if "RÉSIDENCE" not in one)), "balance.csv")
    assert values(found)["FIN03"] == pytest.approx(200 + 50 + 5000.25)
    found = lire(balance(*COURANTE), "balance.csv")
    assert "FIN03" not in values(found)
    assert "sans « RÉSIDENCE DU CCAS » (M22)" in why(found, "FIN03")[0]


def test_aids_are_compared_by_nomenclature_and_never_filled(lire):
    m57 = lire(balance(*COURANTE), "balance.csv")
    assert [one.valeur for one in m57.non_remplies if one.rubrique == "AID03"] == [1800]
    assert any("des participations en M57" in str(one) for one in m57.non_remplies)
    old = [ligne("6561", "70", nomen="M14"), ligne("6562", "30", nomen="M14"), ligne("65134", "9", nomen="M14")]
    m14 = lire(balance(*old), "balance.csv")
    assert [one.valeur for one in m14.non_remplies if one.rubrique == "AID03"] == [100]
    assert not any("participations en M57" in str(one) for one in m14.non_remplies)
    assert {"AID03", "AID09"}.isdisjoint({*values(m57), *values(m14)})


def test_a_participation_that_is_not_there_is_unknown_not_nil(lire):
    found = lire(balance(ligne("6064", "10"), ligne("7066", "", "5")), "balance.csv")
    assert set(values(found)) == {"FIN01", "FIN03", "FIN08"}
    assert "on ne sait pas" in why(found, "FIN02")[0]
    assert "elle ne se sait pas sans FIN02" in why(found, "FIN04")[0]


def test_a_nomenclature_that_nobody_declared_is_not_guessed(lire):
    found = lire(balance(ligne("6064", "10", nomen="M4")), "balance.csv")
    assert values(found) == {}
    assert "cette nomenclature (M4)" in why(found, "FIN01")[0]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_the_encodings_of_the_producers(lire, encoding):
    found = lire(balance(*COURANTE), "balance.csv", encoding=encoding)
    assert values(found)["FIN02"] == 6000
    assert "RÉSIDENCE DU CCAS" in found.a_confirmer[0]


def test_a_zip_and_the_export_of_the_api_give_the_same(lire, tmp_path):
    plain = values(lire(balance(*COURANTE), "balance.csv"))
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Balance_2025.csv", balance(*COURANTE).encode("cp1252"))
        archive.writestr("Lisez-moi.pdf", b"%PDF")
    assert values(lire(path.read_bytes(), "balance.zip")) == plain
    text = balance(*(one.replace(",", ".") for one in COURANTE))
    head, _, rest = text.partition("\r\n")
    assert values(lire(head.lower() + "\n" + rest, "api.csv", encoding="utf-8-sig")) == plain


def test_a_cias_that_sits_in_the_commune_is_another(lire):
    cias = ("CIAS DES DEUX VILLES", "1", "431")
    found = lire(balance(*COURANTE, ligne("6064", "5", budget=cias, siren="269399999")), "balance.csv")
    assert values(found)["FIN02"] == 6000
    assert any("un CIAS n’est d’aucune commune" in str(one) for one in found.non_remplies)
    twin = ("CCAS BIS", "1", "431")
    found = lire(balance(*COURANTE, ligne("6064", "5", budget=twin, siren="269399999")), "balance.csv")
    assert found.reponses == ()
    assert "plusieurs CCAS" in str(found.erreurs[0])


def test_another_year_another_commune_or_the_town_itself_is_told(lire):
    found = lire(balance(ligne("6064", "5", exer="2024")), "balance.csv")
    assert "aucun budget de CCAS pour 93066 en 2025 ; le fichier a 2024" in str(found.erreurs[0])
    found = lire(balance(ligne("6064", "5", budget=("VILLE", "1", "101"))), "balance.csv")
    assert found.reponses == ()
    annex_alone = lire(balance(ligne("6064", "5", budget=RESIDENCE_93)), "balance.csv")
    assert annex_alone.reponses == ()


def test_a_balance_that_is_not_the_last_one_is_questioned(lire):
    found = lire(balance(ligne("6064", "5", bal="PRO")), "balance.csv")
    assert any("n’est pas définitive" in str(one) for one in found.constats)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (balance(ligne("6064", "12 euros")), "« 12 euros » n’est pas un montant"),
        (balance(ligne("6064", "1"), ligne("6064", "1")), "le compte 6064 est deux fois"),
        (balance(ligne("abc", "1")), "« abc » n’est pas un compte"),
        (balance(ligne("6064", "1", exer="25")), "« 25 » n’est pas une année"),
        (balance(ligne("6064", "1"))[:-60] + "\r\n", "ligne coupée"),
        (balance(entete="COMPTE;OBNETDEB;OBNETCRE"), "il manque EXER, NDEPT, INSEE, CTYPE, NOMEN, SIREN, OOBDEB"),
    ],
)
def test_a_balance_that_cannot_be_read_is_told_with_its_line(lire, text, told):
    with pytest.raises(DataError) as caught:
        lire(text, "balance.csv")
    assert told in str(caught.value)
    assert "→" in str(caught.value)


def test_the_code_of_a_commune():
    assert balances._commune("093", "66") == "93066"
    assert balances._commune("02A", "004") == "2A004"
    assert balances._commune("", "x") == ""


# Published accounts


def test_published_accounts_fill_only_what_means_the_same(bilan, complet):
    found = read_accounts(complet, CLE)
    assert values(found) == {"FIN02": 4655602}
    assert found.reponses[0].note == (
        "OFGL, d’après la DGFiP, exercice 2025. Participations des communes, budget principal."
    )
    compared = {(one.rubrique, one.valeur) for one in found.non_remplies if one.motif is Motif.A_COMPARER}
    assert compared == {
        *(("FIN01", 8901829), ("FIN01", 4147211), ("FIN03", 5651935), ("FIN04", 9228826), ("AID03", 1391261)),
    }
    assert "les comptes 64 ne sont pas le chapitre 012" in why(found, "FIN03")[0]
    assert "le modèle ne la demande pas" in why(read_accounts(bilan, CLE), "FIN03")[0]


def test_an_account_that_is_not_known_is_never_zero(complet):
    found = import_accounts(complet, CLE, [Chiffre("ofgl_ccas.participations_communes", None, "OFGL")])
    assert found.reponses == ()
    assert "l’observatoire l’écarte" in why(found, "FIN02")[0]
    assert read_accounts(complet, replace(CLE, exercice=2031)).erreurs


# CSV


def test_a_csv_of_answers_keeps_what_it_says(lire, bilan):
    answers = (Reponse("AID02", valeur=10, note="Comptées au fichier"), Reponse("AID03", statut=Statut.A_VENIR))
    found = lire(write_tidy(bilan, answers), "reponses.csv", bilan, encoding="utf-8")
    assert found.sorte is Sorte.TIDY
    assert found.reponses == answers
    assert "le fichier n’en dit rien" in why(found, "DOM01")[0]
    assert why(found, "AID03") == []


def test_a_csv_with_a_wrong_line_fills_nothing(lire, bilan):
    found = lire("rubrique;rang;valeur;statut;note;unite;methode\nAID02;;dix;;;;\nDOM01;;3;;;;\n", "r.csv", bilan)
    assert found.reponses == ()
    assert any("ligne 2" in str(one) for one in found.erreurs)


# What a workbook starts from


def test_imports_are_in_the_cells_and_last_year_beside_them(lire, tmp_path):
    whole = load_model("bilan")
    before = (Reponse("DOM01", valeur=48.0), Reponse("DOM03", valeur=400.0), Reponse("AID02", valeur=5.0))
    start = prefilled(whole, CLE, avant=before, imports=[lire(domifa(), modele=whole)])
    assert [(one.rubrique, one.valeur, bool(one.note)) for one in start[:3]] == [
        ("DOM01", 50, True),
        ("DOM02", 61, True),
        ("DOM03", 64, False),  # six times less than last year: a person says why
    ]
    assert "AID02" not in {one.rubrique for one in start}
    book = make_workbook(whole, CLE, "Saint-Denis", before, start)
    book.save(tmp_path / "c.xlsx")
    context = Contexte(avant=before, aujourdhui=date(2026, 11, 28))
    saisie = read_workbook(tmp_path / "c.xlsx", CLE, context)
    assert saisie.reponses == tuple(start)
    assert [one.rubrique for one in saisie.surprises] == ["DOM03"]


def test_two_sources_that_differ_leave_the_cell_to_a_person(lire, bilan):
    one = lire(domifa(), modele=bilan)
    text = "rubrique;rang;valeur;statut;note;unite;methode\nDOM01;;51;;;;\nDOM02;;61;;;;\n"
    other = lire(text, "r.csv", bilan, encoding="utf-8")
    start = {answer.rubrique: answer for answer in prefilled(bilan, CLE, imports=[one, other])}
    assert start["DOM01"].valeur is None
    assert "à choisir : 50 (DomiFa, export du 12/01/2026) ; 51" in start["DOM01"].note
    assert start["DOM02"].valeur == 61
    assert any(one.rubrique == "DOM01" for one in check_answers(bilan, CLE, list(start.values())))


def test_an_amount_rounded_to_the_euro_is_the_same_amount(bilan):
    def accounts(value):
        return import_accounts(bilan, CLE, [Chiffre("ofgl_ccas.participations_communes", value, "OFGL")])

    (kept,) = prefilled(bilan, CLE, imports=[accounts(6000.0), accounts(5999.63)])
    assert kept.valeur == 5999.63
    (left,) = prefilled(bilan, CLE, imports=[accounts(6000.0), accounts(5999.0)])
    assert left.valeur is None


def test_an_import_of_another_deposit_is_refused(lire, bilan):
    with pytest.raises(ValueError, match="93066 2025"):
        prefilled(bilan, replace(CLE, exercice=2024), imports=[lire(domifa(), modele=bilan)])


# The mappings


def test_the_mappings_of_the_catalogue_load():
    assert set(sortes_of("bilan")) == set(Sorte)
    assert sortes_of("autre") == (Sorte.TIDY,)
    for kind in (Domifa, Balances, correspondances.Comptes):
        assert load_mapping("bilan", kind).rubrique


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("source = ", "domifa.toml"),
        ('source = "x"', "champ obligatoire absent"),
        (
            'source="x"\nfeuille="x"\n[[section]]\ncode="a"\ntitre="("\n[[ligne]]\ncode="l"\nsection="a"\n'
            'libelles=["L"]\n[[rubrique]]\ncode="DOM01"\nlignes=["l"]',
            "n’est pas une expression régulière",
        ),
        (
            'source="x"\nfeuille="x"\n[[section]]\ncode="a"\ntitre="a"\n[[ligne]]\ncode="l"\nsection="a"\n'
            'libelles=["L"]\n[[rubrique]]\ncode="DOM01"\nlignes=["m"]',
            "ligne inconnue : m",
        ),
    ],
)
def test_a_mapping_that_is_wrong_is_told_with_its_file(tmp_path, text, told):
    (tmp_path / "bilan").mkdir()
    (tmp_path / "bilan" / "domifa.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_mapping("bilan", Domifa, tmp_path)
    assert told in str(caught.value)


def test_the_lines_that_are_never_filled_are_those_that_the_document_tells():
    document = (Path(__file__).resolve().parents[3] / "docs" / "imports.md").read_text(encoding="utf-8")
    (row,) = [line for line in document.splitlines() if line.startswith("| statistiques de DomiFa")]
    never = row.split("|")[4]
    codes = {one.code for one in load_mapping("bilan", Domifa).absente}
    assert codes == {"DOM07", "DOM08", "DOM09", "DOM12", "DOM13"}
    assert all(code in never for code in codes - {"DOM08"})


def test_a_kind_may_be_said_and_is_then_not_guessed(tmp_path, bilan):
    path = tmp_path / "balance.csv"
    path.write_text(balance(*COURANTE), encoding="utf-8")
    assert kind_of(path) is Sorte.BALANCES
    with pytest.raises(DataError) as caught:
        read_import(path, bilan, CLE, Sorte.DOMIFA)
    assert "c’est un texte" in str(caught.value)
