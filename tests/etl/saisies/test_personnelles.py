"""Personal data: what names or numbers a person helped is found, however it is typed; officials and figures pass."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.fr import nir

from etl.saisies.personnelles import in_file_name, personal_data

REFUSED = (
    "dossier 1 85 05 78 006 084 91 en cours",
    "1850578006084",
    "n° 2.69.05.49.588.157.80",
    "compte FR76 3000 6000 0112 3456 7890 189 au nom de la personne",
    "fr7630006000011234567890189",
    "GB82 WEST 1234 5698 7654 32",
    "06 12 34 56 78",
    "tel:0612345678",
    "+33 (0)6 12 34 56 78",
    "joignable au 01.48.12.34.56",
    "jean.exemple@gmail.com",
    "jean.exemple@ville-exemple.fr",
    "ccas.exemple@gmail.com",
    "une dame née le 12/03/1956",
    "né(e) le 3 mars 1956",
    "date de naissance : 01/02/1990",
    "DDN 01.02.1990",
    "12 rue de la République",
    "hébergée au 12 bis, avenue Jean-Jaurès",
    "3 place Jean Jaurès",
    "domicilié au CCAS, loge 4 allée des Tilleuls",
    "Mme Exemple a reçu une aide de 300 €",
    "secours de 200 € à M. Exemple",
    "M. et Mme Exemple : impayé de loyer",
    "M. D. aidé pour son loyer",
    "aide à la famille Exemple",
    "bénéficiaire : Awa Exemple",
    "usagère Awa Exemple orientée vers la MDPH",
    "Monsieur Exemple, sans domicile, décision du maire",
    "Mme Exemple est venue. Elle a obtenu un colis.",
)
ACCEPTED = (
    "M. Exemple, maire, a signé la convention d’aide alimentaire",
    "Mme la maire a accordé une aide",
    "la présidente du CCAS, Mme Exemple, a présenté les aides",
    "Mme Exemple, directrice du CCAS, suit les dossiers",
    "Mme Exemple (adjointe aux solidarités) a accordé 300 €",
    "Monsieur le préfet a accordé 300 €",
    "M. Exemple était présent",
    "Permanence du CCAS au 12 rue de la République",
    "standard du CCAS : 01 49 33 66 66",
    "accueil@ville-exemple.fr",
    "le dispositif est né le 1er mars 2019",
    "association née en 2010",
    "12 places d’hébergement",
    "3 cours de français",
    "1 résidence autonomie",
    "120 007 repas en 2025",
    "Hausse de 12 % : 1 234 567,89 €",
    "SIRET 269 300 123 00017",
    "SIREN 269300123",
    "comptage du 01/01/2025 au 31/12/2025",
    "aide aux familles monoparentales",
    "bénéficiaires du RSA, allocataires APA",
    "M57 : compte 65134",
    "convention n° 2025-03-12-01",
    "délibération 2025/12/0034 du 12/12/2025",
    "une file active de 1 850 personnes",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_names_or_numbers_a_person_is_found(text):
    assert personal_data(text)


@pytest.mark.parametrize("text", ACCEPTED)
def test_officials_and_figures_pass(text):
    assert personal_data(text) == []


def test_an_identity_may_hold_a_name_and_a_mail_and_nothing_else():
    said = "Directrice ; Mme Awa Exemple, aide sociale ; awa.exemple@ville-exemple.fr"
    assert personal_data(said)
    assert personal_data(said, identity=True) == []
    assert personal_data("Directrice ; 06 12 34 56 78 ; awa.exemple@ville-exemple.fr", identity=True)


@pytest.mark.parametrize(
    "name",
    [
        "dossier_Mme_Exemple.xlsx",
        "M Exemple RSA.ods",
        "185057800608491.xlsx",
        "0612345678.pdf",
        "FR7630006000011234567890189.csv",
    ],
)
def test_a_file_name_that_says_who(name):
    assert in_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "bilan_93066_2025.xlsx",
        "bilan-bondy-2025 (1).xlsx",
        "Bilan CCAS M57 2025.xlsx",
        "20251231_bilan.ods",
        "Compte-rendu CA 2025-03-12.pdf",
    ],
)
def test_a_file_name_that_says_what(name):
    assert in_file_name(name) == []


SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f", "."])


@st.composite
def social_numbers(draw):
    """A social security number with its key, in the groups that people write, with one kind of separator."""
    sex, year, month = draw(st.sampled_from("12")), draw(st.integers(0, 99)), draw(st.integers(1, 12))
    place = draw(
        st.one_of(st.integers(1, 19).map(lambda n: f"{n:02}"), st.sampled_from(["2A", "2B", "93", "75", "99"]))
    )
    town, order = draw(st.integers(1, 989)), draw(st.integers(1, 999))
    body = f"{sex}{year:02}{month:02}{place}{town:03}{order:03}"
    whole = body + nir.calc_check_digits(body + "00")
    gap = draw(SPACES)
    return gap.join((whole[0], whole[1:3], whole[3:5], whole[5:7], whole[7:10], whole[10:13], whole[13:]))


@st.composite
def account_numbers(draw):
    """A French IBAN with its two keys, parted by four or not at all."""
    bank, desk, account = (draw(st.integers(0, 10**n - 1)) for n in (5, 5, 11))
    body = f"{bank:05}{desk:05}{account:011}"
    key = 97 - int(body) * 100 % 97
    rest = f"{body}{key:02}"
    whole = f"FR{iban.calc_check_digits('FR00' + rest)}{rest}"
    gap = draw(st.sampled_from(["", " ", "\u00a0", "-"]))
    parted = gap.join(whole[n : n + 4] for n in range(0, len(whole), 4))
    return draw(st.sampled_from([parted, parted.lower()]))


AROUND = st.sampled_from(["", "dossier ", "n° ", "(", "Voir : "])


@settings(max_examples=150, deadline=None)
@given(AROUND, st.one_of(social_numbers(), account_numbers()), st.sampled_from(["", ".", " en cours", ")", ", refusé"]))
def test_every_number_of_a_person_is_found(before, number, after):
    assert personal_data(before + number + after)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.integers(0, 999_999).map(lambda n: f"{n:,}".replace(",", "\u202f")),
            st.floats(0, 1e7).map(lambda x: f"{x:.2f}".replace(".", ",") + " €"),
            st.integers(2000, 2030).map(str),
            st.dates().map(lambda day: f"{day:%d/%m/%Y}"),
            st.integers(0, 100).map(lambda n: f"{n} %"),
            st.sampled_from(
                ["repas", "dossiers APA", "aides", "bons", "colis", "passages", "ménages", "agents", "ETP"]
            ),
        ),
        min_size=1,
        max_size=8,
    ).map(", ".join)
)
def test_no_figure_is_taken_for_a_person(text):
    assert personal_data(text) == []


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["Mme", "M.", "Madame", "Monsieur"]),
    st.sampled_from(["Diallo", "N’Guyen", "Le Goff", "Da Silva-Martins", "Öztürk"]),
    st.sampled_from(["maire", "adjointe aux solidarités", "présidente", "directeur du CCAS", "conseillère municipale"]),
    st.sampled_from(["a présenté les aides", "a signé la convention d’hébergement", "suit la domiciliation"]),
)
def test_an_official_passes_and_the_same_name_alone_does_not(civility, name, function, act):
    assert personal_data(f"{civility} {name}, {function}, {act}.") == []
    assert personal_data(f"{civility} {name} {act}.")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_judged(text):
    personal_data(text)
    in_file_name(text)


def test_a_long_text_is_judged_in_a_moment():
    import time

    generator = random.Random(1)
    hard = ["1 " * 2500, "FR76" + "0" * 4996, "Mme " * 1200, "A" * 5000, "née le " * 700, "é-" * 2500, "0612" * 1250]
    hard.append("".join(generator.choice("Mme. 0123456789FRé,\n") for _ in range(5000)))
    started = time.process_time()
    for text in hard:
        personal_data(text)
    assert time.process_time() - started < 2
