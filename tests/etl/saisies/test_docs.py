"""docs/saisies.md: its example is a model that loads, and its tables say every field and every type."""

import re
from pathlib import Path

from etl.saisies.chargement import RubriqueBloc
from etl.saisies.modeles import Genre, load_model
from etl.saisies.regles import FONCTIONS, VARIABLES

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "saisies.md").read_text(encoding="utf-8")


def first_cells(header):
    (table,) = re.findall(rf"^\| {header} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE)
    return {name for row in table.splitlines() for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])}


def test_the_example_loads(tmp_path):
    (tmp_path / "exemple").mkdir()
    for name in ("modele", "rubriques"):
        (text,) = re.findall(rf"^```toml {name}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
        (tmp_path / "exemple" / f"{name}.toml").write_text(text, encoding="utf-8")
    model = load_model("exemple", folder=tmp_path)
    assert [line.code for line in model.rubriques] == ["ACC01", "ACC06", "LIEUX"]
    assert [(rule.code, rule.tableau) for rule in model.regles] == [("ouvert", None), ("lieu_ouvert", "LIEUX")]


def test_every_field_and_every_type_is_told():
    assert first_cells("Champ") == set(RubriqueBloc.model_fields)
    assert first_cells("Genre") == {genre.value for genre in Genre}


def test_the_functions_told_exist():
    (rules,) = re.findall(r"^## Une règle\n(.*?)^## ", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`([a-z_]+)`", rules)) - {"erreur", "surprise"} <= FONCTIONS
    assert {name for name in re.findall(r"`([A-Z]{5,})`", rules) if name != "BETWEEN"} == set(VARIABLES)
