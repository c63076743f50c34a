"""The catalogue is data: complete, consistent, and refused when it is not."""

import pytest

from etl.cards import Source
from etl.catalogue import CATALOGUE, load_catalogue
from etl.errors import DataError
from etl.typography import insecables

CARD = """
[[indicateur]]
code = "EMP01"
theme = "emploi"
publics = ["actifs"]
libelle = "Taux de chômage"
definition = "Part des chômeurs parmi les actifs de 15 à 64 ans."
numerateur = "P{aa}_CHOM1564"
numerateur_libelle = "chômeurs"
denominateur = "P{aa}_ACT1564"
denominateur_libelle = "actifs"
facteur = 100
unite = "%"
decimales = 1
sens = "defavorable"
sens_pourquoi = "Un taux élevé signale un accès difficile à l’emploi."
agregation = "ratio"
precaution = "Le chômage est déclaré par les habitants."
comparabilite = "Comparer des millésimes distants d’au moins cinq ans."
"""

SOURCES = """
[[jeu]]
code = "rp"
producteur = "INSEE"
nom = "Recensement"
licence = "Licence Ouverte 2.0"
description = "Activité"
variables = ["P{aa}_CHOM1564", "P{aa}_ACT1564"]

[[source]]
code = "rp_{aaaa}"
jeu = "rp"
millesimes = [2022, 2016]
geographie = 2025
fichier = "rp_{aaaa}.csv"
lecteur = "tableau"
"""


def write_catalogue(folder, cards=CARD, sources=SOURCES):
    (folder / "indicateurs").mkdir()
    (folder / "themes.toml").write_text('[[theme]]\ncode = "emploi"\nlibelle = "Emploi"\nordre = 1\n')
    (folder / "sources.toml").write_text(sources)
    (folder / "corrections.toml").write_text("")
    (folder / "reperes.toml").write_text("")
    (folder / "rectificatifs.toml").write_text("")
    (folder / "indicateurs" / "emploi.toml").write_text(cards)
    return folder


def test_the_shipped_catalogue_has_at_least_sixty_indicators_in_ten_themes():
    catalogue = load_catalogue()
    available = [card for card in catalogue.indicateurs if card.etat == "disponible"]
    assert len(available) >= 60
    assert len({card.theme for card in available}) >= 10


@pytest.mark.parametrize("card", load_catalogue().indicateurs, ids=lambda card: card.code)
def test_every_card_is_complete(card):
    assert card.definition.endswith((".", "!", "»"))
    assert card.sens_pourquoi
    if card.etat == "disponible":
        assert card.precaution.endswith(".")
        assert card.comparabilite.endswith(".")
        assert card.numerateur_libelle
        assert (card.denominateur is None) == (card.denominateur_libelle is None)
    else:
        assert card.partenaire
        assert card.fichier_attendu


def test_every_source_names_its_producer_and_licence():
    catalogue = load_catalogue()
    for source in catalogue.sources:
        jeu = catalogue.jeux[source.jeu]
        assert jeu.producteur
        assert jeu.licence


def test_every_rule_and_correction_is_justified():
    catalogue = load_catalogue()
    rules = [r for j in catalogue.jeux.values() for r in j.regles] + [r for s in catalogue.sources for r in s.regles]
    assert all(rule.raison for rule in rules)
    assert all(correction.raison for correction in catalogue.corrections)


def test_a_block_with_several_vintages_gives_one_source_a_year(tmp_path):
    sources = load_catalogue(write_catalogue(tmp_path)).sources
    assert [(s.code, s.millesime, s.fichier, s.parametres["aa"]) for s in sources] == [
        ("rp_2022", 2022, "rp_2022.csv", "22"),
        ("rp_2016", 2016, "rp_2016.csv", "16"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('theme = "emploi"', 'theme = "inconnu"', "thème « inconnu » inconnu"),
        ("P{aa}_ACT1564", "P{aa}_ACT9999", "aucune source ne fournit « P{aa}_ACT9999 »"),
        ('sens = "defavorable"', 'sens = "mauvais"', "hors de la liste permise"),
        ('denominateur = "P{aa}_ACT1564"\n', "", "un ratio a un dénominateur"),
        ("decimales = 1", "", "champ obligatoire absent"),
        (
            'precaution = "Le chômage est déclaré par les habitants."\n',
            "",
            "il manque precaution : ce qu’il ne",
        ),
        ('precaution = "Le chômage est déclaré par les habitants."', 'precaution = ""', "il manque precaution"),
        ('comparabilite = "Comparer des millésimes distants d’au moins cinq ans."\n', "", "il manque comparabilite"),
        ("facteur = 100", "facteur = 100\ncouleur = 1", "champ inconnu"),
    ],
)
def test_a_wrong_card_is_refused_with_its_name_and_the_reason(tmp_path, before, after, reason):
    folder = write_catalogue(tmp_path, CARD.replace(before, after))
    with pytest.raises(DataError) as caught:
        load_catalogue(folder)
    assert "EMP01" in str(caught.value)
    assert reason in str(caught.value)


def test_all_the_wrong_cards_are_reported_at_once(tmp_path):
    second = CARD.replace("EMP01", "EMP02").replace("decimales = 1", "")
    folder = write_catalogue(tmp_path, CARD.replace("decimales = 1", "") + second)
    with pytest.raises(DataError) as caught:
        load_catalogue(folder)
    assert len(caught.value.problems) == 2


def test_a_code_declared_twice_is_refused(tmp_path):
    with pytest.raises(DataError, match="déclaré deux fois"):
        load_catalogue(write_catalogue(tmp_path, CARD + CARD))


def test_a_source_without_vintage_is_refused():
    with pytest.raises(ValueError, match="millesime"):
        Source(code="x", jeu="rp", geographie=2025, fichier="x.csv", lecteur="tableau")


def test_the_shipped_catalogue_is_where_the_architecture_says():
    assert (CATALOGUE / "sources.toml").is_file()


def test_a_label_is_understood_alone_and_names_one_indicator_only():
    """A rate says what it is out of, a share says so: « Pharmacies » alone could be a number or a density."""
    cards = load_catalogue().indicateurs
    labels = [card.libelle for card in cards]
    assert len(set(labels)) == len(labels)
    for card in cards:
        if card.unite.startswith("pour ") and card.etat == "disponible" and card.code not in ("DEM07",):
            assert " pour " in card.libelle or card.libelle.startswith(("Taux", "Accessibilité", "Solde")), card.code
        if card.agregation == "somme" and card.code != "DEM01":
            assert ("(montant)" if card.unite == "€" else "(effectif)") in card.libelle, card.code


def test_a_count_is_never_judged():
    assert {card.sens for card in load_catalogue().indicateurs if card.is_count()} == {"neutre"}


def test_every_source_says_where_its_producer_publishes_it():
    """A page of the dataset, not the producer’s front door, where we know one (not CAF by IRIS, two others)."""
    catalogue = load_catalogue()
    addresses = {s.code: s.url or catalogue.jeux[s.jeu].page for s in catalogue.sources}
    unknown = {"observatoire_fragilites_2024", "apur_contours_2020"}
    assert {code for code, url in addresses.items() if not url} == unknown
    front_doors = ("insee.fr", "data.gouv.fr", "data.caf.fr", "data.education.gouv.fr", "insee.fr/fr/statistiques")
    for code, url in addresses.items():
        if code.startswith("caf_iris_"):
            continue
        assert url is None or not url.rstrip("/").endswith(front_doors) or "statistiques-locales" in url, code


def test_spaces_are_set_as_french_wants_them():
    cards = {card.code: card for card in load_catalogue().indicateurs}
    assert cards["SAN22"].unite == "pour 10\u202f000 habitants"
    assert "400\u00a0€" in cards["REV46"].libelle
    assert insecables("« 12 % » : 1 234 567 ; quoi ?") == (
        "«\u00a012\u00a0%\u00a0»\u00a0: 1\u202f234\u202f567\u202f; quoi\u202f?"
    )
    assert insecables("de 2013 à 2015, 15 000 places") == "de 2013 à 2015, 15\u202f000 places"
    assert insecables("en 2021 614 IRIS, 12 %, ≈ 3") == "en 2021 614 IRIS, 12\u00a0%,\u00a0≈ 3", "a year is no thousand"


def test_the_geography_may_move_with_the_vintage(tmp_path):
    moving = SOURCES.replace("geographie = 2025", "geographie_apres = 2").replace(
        'fichier = "rp_{aaaa}.csv"', 'fichier = "rp_{aaaa}_geo{geo}.csv"'
    )
    sources = load_catalogue(write_catalogue(tmp_path, sources=moving)).sources
    assert [(s.geographie, s.fichier) for s in sources] == [
        (2024, "rp_2022_geo2024.csv"),
        (2018, "rp_2016_geo2018.csv"),
    ]


def test_a_vintage_may_lack_some_variables_of_its_dataset(tmp_path):
    lacking = SOURCES + 'sans = ["P{aa}_ACT1564"]\n'
    with pytest.raises(DataError, match=r"aucune source ne fournit « P\{aa\}_ACT1564 »"):
        load_catalogue(write_catalogue(tmp_path, sources=lacking))


def test_a_vintage_cannot_lack_what_its_dataset_does_not_have(tmp_path):
    with pytest.raises(DataError, match=r"« sans » nomme « P\{aa\}_AUTRE », inconnue du jeu"):
        load_catalogue(write_catalogue(tmp_path, sources=SOURCES + 'sans = ["P{aa}_AUTRE"]\n'))
