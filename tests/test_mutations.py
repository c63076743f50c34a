"""The tool that changes one place of the code at a time: what it changes, and the tests it plays."""

import ast
import importlib.util

import pytest

from outils import mutations


def changed(code: str) -> set[tuple[str, str]]:
    return {(ast.unparse(old), ast.unparse(new)) for old, new in mutations.changes(ast.parse(code))}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x < y", {("x < y", "x <= y")}),
        ("a <= x <= b", {("a <= x <= b", "a < x <= b"), ("a <= x <= b", "a <= x < b")}),
        ("x is None or y", {("x is None or y", "x is None and y"), ("x is None", "x is not None")}),
        ("not x", {("not x", "x")}),
        ("x - y * z", {("x - y * z", "x + y * z"), ("y * z", "y / z")}),
        ("SEUIL = 0.25", {("0.25", "1.25")}),
        ("f(True)", {("True", "False")}),
        ("zip(a, b, strict=True)", set()),
        ("def f(x: Literal[1]) -> Literal[2]: 'texte'", set()),
    ],
)
def test_each_sign_and_each_number_is_changed_once(code, expected):
    assert changed(code) == expected


def test_the_changed_module_is_the_one_found():
    """Windows that touch: one more is lost when « >= » becomes « > ». The module of the other tests is left alone."""
    path = "observatoire/methods/trend_test.py"
    place = next(p for p in mutations.places(path) if p.before == "kept[-1] - year >= width")
    assert place.after == "kept[-1] - year > width"
    real = importlib.import_module(mutations.module_of(path))
    spec = mutations.Changed(place).find_spec(real.__name__, importlib.import_module("observatoire.methods").__path__)
    changed_module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(changed_module)
    years = [2010, 2015, 2020]
    assert (real.independent(years, 5), changed_module.independent(years, 5)) == (years, [2010, 2020])


def test_the_tests_of_a_module_are_those_that_import_it():
    tests = mutations.tests_by_module()
    assert "tests/observatoire/test_ranks.py" in tests["observatoire.methods.ranks"]
    assert "tests/pages/test_comparer.py" in tests["observatoire.views.comparaison.scatter"]
    assert all(len(files) <= mutations.MOST + 2 for files in tests.values())
    assert not any("browser" in file for files in tests.values() for file in files)
