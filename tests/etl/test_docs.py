"""The documentation says everything the models and the warehouse have, and nothing they have not."""

import re
import tomllib
from pathlib import Path

import pytest

from etl.cards import (
    Arrondi,
    Correction,
    FicheIndicateur,
    Identite,
    Jeu,
    Pivot,
    Population,
    Rectificatif,
    Regle,
    Repere,
    Source,
    Theme,
)
from etl.formulas import parse_formula
from etl.readers import READERS
from etl.transform import TRANSFORM

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
ENTREPOT = (ROOT / "docs" / "entrepot.md").read_text(encoding="utf-8")


def section(text, title):
    """The part of a document between the heading that holds ``title`` and the next heading."""
    (body,) = re.findall(rf"^#+ [^\n]*{re.escape(title)}[^\n]*\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    return body


def first_cells(body):
    """The names quoted in the first column of the tables of a section."""
    cells = re.findall(r"^\|(.*?)\|", body, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize(
    ("model", "title"),
    [
        (FicheIndicateur, "Les champs d’une fiche"),
        (Jeu, "Les champs d’un jeu"),
        (Source, "Les champs d’une source"),
        (Pivot, "Le pivot d’un format long"),
        (Regle, "Les règles"),
        (Arrondi, "Les arrondis"),
        (Identite, "Les identités"),
        (Population, "Les populations"),
        (Rectificatif, "Dire une correction aux lecteurs"),
        (Correction, "Déclarer une erreur d’un producteur"),
        (Repere, "Ajouter un repère"),
        (Theme, "Les thèmes"),
    ],
)
def test_every_field_of_the_catalogue_is_documented(model, title):
    assert sorted(first_cells(section(CATALOGUE, title))) == sorted(model.model_fields)


def test_every_reader_is_documented():
    documented = first_cells(section(CATALOGUE, "Les lecteurs et leurs options"))
    assert set(documented) - {"lecteur"} == {*READERS, "geographie", "lieux"}


def test_every_table_and_column_is_documented(base):
    tables = base.execute(
        """
        SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
        WHERE NOT internal GROUP BY 1 ORDER BY 1
        """
    ).fetchall()
    assert sorted(re.findall(r"^## `(\w+)`", ENTREPOT, re.MULTILINE)) == [name for name, _ in tables]
    for name, columns in tables:
        assert sorted(first_cells(section(ENTREPOT, f"`{name}` :"))) == sorted(columns), name


def test_every_table_and_column_says_in_the_warehouse_what_it_is(base):
    silent = base.execute(
        """
        SELECT table_name, NULL FROM duckdb_tables() WHERE NOT internal AND comment IS NULL
        UNION ALL
        SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL
        """
    ).fetchall()
    assert silent == []


def test_every_status_and_every_reason_is_documented(base):
    statuses = first_cells(section(ENTREPOT, "Les statuts"))
    used = {status for (status,) in base.execute("SELECT DISTINCT statut FROM observation").fetchall()}
    assert used <= set(statuses)
    reasons = set(first_cells(section(ENTREPOT, "Les motifs"))) - {"motif"}
    shipped = {reason for (reason,) in base.execute("SELECT DISTINCT motif FROM observation").fetchall() if reason}
    assert shipped <= reasons
    sql = "".join(path.read_text(encoding="utf-8") for path in TRANSFORM.glob("*.sql"))
    assert {reason for reason in reasons if f"'{reason}'" not in sql} == set()


def test_the_grammar_shown_is_the_one_accepted():
    quoted = re.findall(r"`([^`]+)`", section(CATALOGUE, "La grammaire des formules"))
    formulas = [text for text in quoted if any(sign in text for sign in "-+*[")]
    assert len(formulas) >= 4
    assert all(parse_formula(formula) for formula in formulas)


def test_the_example_card_is_accepted():
    examples = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", CATALOGUE, re.DOTALL)]
    (card,) = [example["indicateur"][0] for example in examples if "indicateur" in example]
    source, long = [example["source"][0] for example in examples if "source" in example]
    assert FicheIndicateur.model_validate(card).agregation == "ratio"
    assert Source.model_validate(source).expand()[0].parametres == {"aa": "19"}
    assert Source.model_validate(long).pivot == Pivot.model_validate(long["pivot"])
