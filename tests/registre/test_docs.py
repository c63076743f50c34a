"""docs/registre.md says the tables, the steps and the commands that are."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from registre.cli import app
from registre.errors import TransitionRefusee
from registre.etapes import Action, next_step
from registre.records import Etape, Role
from registre.schema import metadata

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "registre.md").read_text("utf-8")


@pytest.mark.parametrize("name", metadata.tables)
def test_every_table_has_its_line_with_its_columns(name):
    (line,) = re.findall(rf"^\| `{name}` \| .+$", DOCUMENT, re.MULTILINE)
    said = re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", line.split("|")[3]))
    assert said == [column.name for column in metadata.tables[name].columns]


def test_the_steps_are_those_of_the_code():
    told = set()
    table = DOCUMENT.split("| De | Action | À |")[1].split("\n\n")[0]
    for line in re.findall(r"^\| (.+) \| (\w+)[^|]* \| `(\w+)` \|$", table, re.MULTILINE):
        origins = {Etape(name) for name in re.findall(r"`(\w+)`", line[0])} | ({None} if "rien" in line[0] else set())
        told |= {(origin, Action(line[1]), Etape(line[2])) for origin in origins}
    done = set()
    for origin in (None, *Etape):
        for action in Action:
            try:
                done.add((origin, action, next_step(origin, action, "x")))
            except TransitionRefusee:
                continue
    assert told == done


def test_the_commands_and_the_roles_are_those_of_the_code():
    asked = set(re.findall(r"^    python -m registre (\w+)", DOCUMENT, re.MULTILINE))
    assert asked == set(get_command(app).commands)  # type: ignore[attr-defined]
    for role in Role:
        assert f"`{role}`" in DOCUMENT


def test_the_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OBSERVATOIRE_REGISTRE", f"sqlite:///{tmp_path / 'registre.sqlite'}")
    monkeypatch.setenv("OBSERVATOIRE_DEPOTS", str(tmp_path))
    (code,) = re.findall(r"```python\n(.+?)```", DOCUMENT, re.DOTALL)
    exec(compile(code, "docs/registre.md", "exec"), {})
    assert capsys.readouterr().out == "3 ['bilan 93066 2025']\n"
