"""Levels above the commune: no city counted twice, no total that leaves members out, no secret given away.

The files are small ones of our own, in the producers' formats; each fault has the control that sees it.
"""

import pytest

from etl import checks_levels
from etl.errors import DataError
from etl.secrets import recoverable, whole_departements
from tests.etl.producers import build_warehouse, catalogue, figure, indicateur, jeu, source, told

VOISINS = [("75", "departement", "75"), ("75056", "commune", "75")]
ARRONDISSEMENTS = [f"751{n:02d}" for n in range(1, 21)]
COMMUNES = {"93001": 1700.0, "93015": 40.0, "93066": 2600.0}


def write_tidy(path, name, rows):
    """A relevé: (année, territoire, type, variable, valeur)."""
    lines = ["source,annee,territoire,type,variable,valeur", *(",".join(map(str, (name, *row))) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def births(year, factor, city="", doubled=False, outside=93):
    """A year of births: the 93, the twenty arrondissements, and the levels; ``city`` is the line of 75056.

    ``doubled``: Paris twice in its département and in the région, as an intermediary once did.
    """
    rows = [(year, code, "commune", "naissances", value * factor) for code, value in COMMUNES.items()]
    rows += [(year, code, "commune", "naissances", 1000 * factor) for code in ARRONDISSEMENTS]
    if city != "":
        rows.append((year, "75056", "commune", "naissances", city))
    own, paris = sum(COMMUNES.values()) * factor, 20_000 * factor * (2 if doubled else 1)
    levels = (("93", "departement", own), ("75", "departement", paris), ("11", "region", own + paris))
    return rows + [(year, code, kind, "naissances", value) for code, kind, value in levels]


@pytest.fixture
def births_of(tmp_path):
    """A warehouse of births 2021 to 2023, the third year given."""

    def build(last):
        write_tidy(tmp_path / "etat_civil.csv", "etat_civil", [*births(2021, 1), *births(2022, 0.98, city=0), *last])
        dataset = jeu("etat_civil", ["etat_civil.naissances"])
        lecture = {"prefixe": "etat_civil.", "paris": "departement"}
        sources = [
            source(f"etat_civil_{year}", "etat_civil", "etat_civil.csv", year, lecteur="releve", geographie=2025)
            for year in (2021, 2022, 2023)
        ]
        sources = [one.model_copy(update={"lecture": lecture}) for one in sources]
        cards = [indicateur("DEM13", "etat_civil.naissances")]
        return build_warehouse(tmp_path, catalogue([dataset], sources, cards), voisins=VOISINS)

    return build


def found(con, check):
    return told(check(con, "93"))


def test_the_city_is_never_added_to_its_own_arrondissements(births_of):
    con = births_of(births(2023, 0.95, city=19_000))
    for year, expected in ((2021, 20_000), (2022, 19_600), (2023, 19_000)):
        assert figure(con, "75056", "DEM13", year)["valeur"] == expected
        assert figure(con, "75", "DEM13", year)["valeur"] == expected
    assert not con.execute("FROM fait WHERE territoire LIKE '751__'").fetchall()


def test_sums_over_the_file_count_the_city_once(tmp_path):
    rows = births(2023, 1, city=20_000)
    write_tidy(tmp_path / "e.csv", "e", [row for row in rows if row[2] == "commune"])
    one = source("e_2023", "e", "e.csv", 2023, lecteur="releve", geographie=2025, sommer=["R11", "75"])
    one = one.model_copy(update={"lecture": {"prefixe": "e.", "paris": "arrondissements"}})
    cat = catalogue([jeu("e", ["e.naissances"])], [one], [indicateur("DEM13", "e.naissances")])
    con = build_warehouse(tmp_path, cat, voisins=VOISINS)
    assert figure(con, "75", "DEM13", 2023)["valeur"] == 20_000
    assert figure(con, "R11", "DEM13", 2023)["valeur"] == 20_000 + sum(COMMUNES.values())


def test_a_city_counted_twice_is_seen_by_two_controls(births_of):
    con = births_of(births(2023, 0.95, city=19_000, doubled=True))
    assert figure(con, "75056", "DEM13", 2023)["valeur"] == 19_000
    (gap,) = found(con, checks_levels.check_levels_against_members)
    assert "2023 75" in gap
    assert "38\u202f000, ses membres 19\u202f000" in gap
    jumps = found(con, checks_levels.check_level_jumps)
    assert len(jumps) == 2
    assert any("DEM13 75" in gap and "+100,0" in gap for gap in jumps)
    assert any("Île-de-France" in gap for gap in jumps)


def test_right_figures_raise_neither(births_of):
    con = births_of(births(2023, 0.95, city=19_000))
    assert found(con, checks_levels.check_levels_against_members) == []
    assert found(con, checks_levels.check_level_jumps) == []


def assaults(others=3, named="autres", missing=()):
    """Forty places whose total is the family's and the others'; levels are the sum of the communes disclosed."""
    rows, total = [], 0
    for n in range(1, 41):
        family, rest = 10 + n, 7 + others * n % 11
        total += 0 if n in missing else family + rest
        disclosed = n not in missing
        for name, value in (("hors_famille", family + rest), ("famille", family), (named, rest)):
            rows.append((2024, f"940{n:02d}", "commune", name, value if disclosed else 0))
    rows += [(2024, "94", "departement", "hors_famille", total), (2024, "11", "region", "hors_famille", total)]
    return [*rows, (2024, "FR", "pays", "hors_famille", 3 * total)]


@pytest.fixture
def assaults_of(tmp_path):
    def build(rows, numerator="d.hors_famille", label="Coups hors de la famille", **fields):
        write_tidy(tmp_path / "d.csv", "d", rows)
        zero = {"variables": ["d.*"], "si": "= 0", "statut": "manquant", "niveau": "commune", "raison": "Non diffusé."}
        dataset = jeu(
            "d", ["d.hors_famille", "d.famille", "d.autres"], regles=[zero, *fields.pop("regles", [])], **fields
        )
        one = source("d_2024", "d", "d.csv", 2024, lecteur="releve", geographie=2025)
        one = one.model_copy(update={"lecture": {"prefixe": "d."}})
        voisins = [("94", "departement", "94"), *((f"940{n:02d}", "commune", "94") for n in range(1, 41))]
        card = indicateur("SEC03", numerator, libelle=label)
        con = build_warehouse(tmp_path, catalogue([dataset], [one], [card]), voisins=voisins)
        con.execute("UPDATE territoire SET code_departement = '93' WHERE code LIKE '940__'")  # to be looked at
        return con

    return build


TOTAL = {"total": "d.hors_famille", "parties": ["d.famille", "d.autres"], "raison": "L’ensemble, famille comprise."}


def test_a_total_named_as_a_part_is_seen(assaults_of):
    (gap,) = found(assaults_of(assaults()), checks_levels.check_identities)
    assert gap.startswith("d.hors_famille = ")


def test_a_declared_total_under_a_card_that_says_hors_is_seen(assaults_of):
    (gap,) = found(assaults_of(assaults(), identites=[TOTAL]), checks_levels.check_identities)
    assert "SEC03 « Coups hors de la famille » compte d.hors_famille, qui est un total" in gap


def test_the_right_numerator_and_a_declared_total_are_silent(assaults_of):
    assert found(assaults_of(assaults(), "d.autres", identites=[TOTAL]), checks_levels.check_identities) == []


def test_a_declared_identity_that_does_not_hold_is_seen(assaults_of):
    wrong = TOTAL | {"total": "d.famille", "parties": ["d.hors_famille", "d.autres"]}
    gaps = found(assaults_of(assaults(), "d.autres", identites=[TOTAL, wrong]), checks_levels.check_identities)
    assert gaps == ["d.famille n’est pas la somme de d.hors_famille, d.autres, que dit le catalogue"]


def test_a_level_whose_members_are_partly_undisclosed_is_not_a_reference(assaults_of):
    con = assaults_of(assaults(missing=(3, 4)))
    for code in ("94", "R11", "FR"):
        row = figure(con, code, "SEC03", 2024)
        assert not row or (row["valeur"], row["statut"], row["motif"]) == (None, "non_calculable", "niveau_partiel")
    facts = dict(
        con.execute("SELECT territoire, statut FROM fait WHERE valeur IS NULL AND length(territoire) < 4").fetchall()
    )
    assert facts == {"94": "partiel", "R11": "partiel", "FR": "partiel"}


def test_a_level_with_all_its_members_stays(assaults_of):
    con = assaults_of(assaults())
    assert dict(
        con.execute("SELECT DISTINCT territoire, statut FROM fait WHERE length(territoire) < 4").fetchall()
    ) == {
        "94": "publie",
        "R11": "publie",
        "FR": "publie",
    }


def test_a_level_may_be_declared_partial_whatever_its_value(assaults_of):
    rule = {"variables": ["d.*"], "statut": "partiel", "niveau": "pays", "raison": "Des communes manquent."}
    con = assaults_of(assaults(), regles=[rule])
    assert con.execute("SELECT valeur, statut FROM fait WHERE territoire = 'FR'").fetchall() == [(None, "partiel")]
    assert con.execute("SELECT statut FROM fait WHERE territoire = 'R11'").fetchall() == [("publie",)]


def test_people_counted_in_a_population_are_not_more_than_it(tmp_path):
    def gaps(insured, **fields):
        write_tidy(
            tmp_path / "p.csv",
            "p",
            [
                (2024, code, "commune", name, value)
                for code in COMMUNES
                for name, value in (("pop", 1000), ("rg", insured))
            ],
        )
        among = {"variables": ["p.rg"], "dans": "p.pop", **fields}
        one = source("p_2024", "p", "p.csv", 2024, lecteur="releve", geographie=2025)
        one = one.model_copy(update={"lecture": {"prefixe": "p."}})
        cat = catalogue([jeu("p", ["p.rg", "p.pop"], populations=[among])], [one], [indicateur("SAN01", "p.rg")])
        return found(build_warehouse(tmp_path, cat), checks_levels.check_populations)

    assert len(gaps(1097)) == 3
    assert "1\u202f097 pour 1\u202f000" in gaps(1097)[0]
    assert gaps(990) == []
    assert gaps(1097, au_plus=1.1, raison="Des assurés partis restent dans le fichier.") == []


def secret_file(tmp_path, secrets, level=None, parts=False):
    """Benefits in the three communes: a secret is a zero; the département has its own total."""
    values = {"93001": 1035.0, "93015": 7.0, "93066": 1155.0}
    rows = [(2023, c, "commune", "al", 0 if (c, "al") in secrets else v) for c, v in values.items()]
    rows.append((2023, "93", "departement", "al", level or sum(values.values())))
    if parts:
        for c, v in values.items():
            for name, value in (("al_a", 5.0), ("al_b", v - 5)):
                rows.append((2023, c, "commune", name, 0 if (c, name) in secrets else value))
    write_tidy(tmp_path / "s.csv", "s", rows)
    zero = {"variables": ["s.*"], "si": "= 0", "statut": "secret", "niveau": "commune", "raison": "Moins de 5."}
    whole = {"total": "s.al", "parties": ["s.al_a", "s.al_b"], "raison": "Toutes les aides."}
    one = source("s_2023", "s", "s.csv", 2023, lecteur="releve", geographie=2025)
    one = one.model_copy(update={"lecture": {"prefixe": "s."}})
    names = ["s.al", "s.al_a", "s.al_b"]
    cat = catalogue([jeu("s", names, regles=[zero], identites=[whole])], [one], [indicateur("LOG10", "s.al")])
    return build_warehouse(tmp_path, cat)


def state_of(con):
    return {
        (place, name.removeprefix("s.")): status
        for place, name, status in con.execute("SELECT territoire, variable, statut FROM fait").fetchall()
    }


def test_a_total_that_gives_the_only_secret_commune_is_withheld(tmp_path):
    con = secret_file(tmp_path, {("93015", "al")})
    assert state_of(con)["93", "al"] == "secret"
    assert figure(con, "93", "LOG10", 2023)["valeur"] is None
    assert recoverable(con, whole_departements(con)) == []


def test_a_total_over_two_secret_communes_or_none_stays(tmp_path):
    assert state_of(secret_file(tmp_path, {("93015", "al"), ("93001", "al")}))["93", "al"] == "publie"
    assert state_of(secret_file(tmp_path, set()))["93", "al"] == "publie"


def test_a_total_under_its_known_members_gives_nothing_away(tmp_path):
    assert state_of(secret_file(tmp_path, {("93015", "al")}, level=2100))["93", "al"] == "publie"


def test_a_part_that_its_total_would_give_is_protected(tmp_path):
    con = secret_file(tmp_path, {("93015", "al_b")}, parts=True)
    assert state_of(con)["93015", "al"] == "publie"
    assert {state_of(con)["93015", name] for name in ("al_a", "al_b")} == {"secret"}
    assert recoverable(con, whole_departements(con)) == []


def test_a_city_line_that_its_own_arrondissements_deny_is_seen(births_of):
    """Doubled on its own line and in its département as well: the levels agree with each other, the parts do not."""
    rows = [(y, c, k, v, n) for y, c, k, v, n in births(2023, 0.95, city=38_000, doubled=True)]
    (gap,) = found(births_of(rows), checks_levels.check_levels_against_members)
    assert "38\u202f000, ses arrondissements 19\u202f000" in gap


@pytest.mark.parametrize(("kept", "told"), [(("93001", "93066"), "la commune 93015"), ((), "aucune commune")])
def test_a_file_that_has_lost_a_commune_is_refused(tmp_path, monkeypatch, kept, told):
    monkeypatch.setattr("etl.levels.ENOUGH_COMMUNES", 3)
    (tmp_path / "e.csv").write_text("CODGEO;POP\n75056;9\n77284;4\n" + "".join(f"{code};5\n" for code in kept))
    one = source("e_2023", "e", "e.csv", 2023, geographie=2025)
    cat = catalogue([jeu("e", ["POP"])], [one], [indicateur("DEM01", "POP")])
    with pytest.raises(DataError) as caught:
        build_warehouse(tmp_path, cat, voisins=[*VOISINS, ("77284", "commune", "77")])
    assert [str(problem).startswith("e.csv") and told in str(problem) for problem in caught.value.problems] == [True]
    declared = one.model_copy(update={"communes_absentes": ["93015", "93001", "93066"][: 3 - len(kept)]})
    if kept:
        assert build_warehouse(tmp_path, catalogue([jeu("e", ["POP"])], [declared], [indicateur("DEM01", "POP")]))


def test_the_parts_of_a_composed_total_do_not_give_its_secret(tmp_path):
    values = {"93001": (1, 2), "93015": ("s", 3), "93066": (5, 6), "93": (20, 11)}
    write_tidy(
        tmp_path / "s.csv",
        "s",
        [
            (2023, code, "departement" if code == "93" else "commune", name, value)
            for code, pair in values.items()
            for name, value in zip(("a", "b"), pair, strict=True)
        ],
    )
    one = source("s_2023", "s", "s.csv", 2023, lecteur="releve", geographie=2025, composer={"s.tout": ["a", "b"]})
    one = one.model_copy(update={"lecture": {"prefixe": "s."}, "variables": ["s.tout"]})
    con = build_warehouse(tmp_path, catalogue([jeu("s", ["s.tout"])], [one], [indicateur("LOG10", "s.tout")]))
    assert state_of(con)["93015", "tout"] == "secret"
    assert state_of(con)["93", "tout"] == "secret"
