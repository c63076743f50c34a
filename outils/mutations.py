"""Do the tests see a wrong sign? Change one place of the code at a time, play the tests that cover it.

    python -m outils.mutations                                  # 60 places at random among all
    python -m outils.mutations --nombre 200 --graine 2 observatoire/methods
    python -m outils.mutations --tout observatoire/methods/ranks.py

A place is a comparison, an addition, a product, « and », « or », « not », a number or a True. Nothing is written in the
project: each change lives in the memory of a process of its own, copied (fork) from one that has loaded the libraries
and built the warehouse, so it needs Linux or macOS. mutmut and cosmic-ray do more, but rewrite the files, start
Python anew for each change, and one must be told which tests cover what: here the imports tell it.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
DOSSIERS = ("observatoire/methods", "observatoire/views", "etl/transform")
LIBRARIES = ("pandas", "numpy", "duckdb", "altair", "pydantic", "babel", "hypothesis", "pytest", "scipy.stats")
# Pages are run by their path, which no import tells.
PAGES = {
    "accueil": ("test_accueil",),
    "carte": ("test_cartes",),
    "catalogue": ("test_donnees",),
    "comparaison": ("test_comparer",),
    "portrait": ("test_portrait", "test_ages"),
}
OPPOSITES: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
# Test files played for one change, seconds they are given.
MOST, DELAI = 6, 600
VU, SURVIT, DELAI_PASSE = "vu", "SURVIT", "délai passé"


class Place:
    """One place of a file and what it becomes: the ``number``-th that `changes` yields."""

    def __init__(self, path: str, number: int, line: int, before: str, after: str) -> None:
        self.path, self.number, self.line, self.before, self.after = path, number, line, before, after

    def __str__(self) -> str:
        return f"{self.path}:{self.line} : {self.before} → {self.after}"


def changes(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each expression that can be changed, and the one that takes its place."""
    for node in _walk(tree):
        match node:
            case ast.Compare(ops=ops):
                for n, op in enumerate(ops):
                    others = [*ops[:n], OPPOSITES[type(op)](), *ops[n + 1 :]]
                    yield node, _with(node, ops=others)
            case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in OPPOSITES:
                yield node, _with(node, op=OPPOSITES[type(op)]())
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield node, operand
            case ast.Constant(value=bool() as value):
                yield node, ast.copy_location(ast.Constant(not value), node)
            case ast.Constant(value=int() | float() as value):
                yield node, ast.copy_location(ast.Constant(value + 1), node)


def _with(node: ast.expr, **fields: object) -> ast.expr:
    """The same expression with some of its fields changed."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _walk(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that are computed: neither annotations, decorators, nor ``zip(…, strict=True)``."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or (isinstance(child, ast.keyword) and child.arg == "strict"):
                continue
            if isinstance(child, ast.expr):
                yield child
            yield from _walk(child)


def places(path: str) -> list[Place]:
    """All the places of a file."""
    tree = ast.parse((RACINE / path).read_text(encoding="utf-8"))
    found = enumerate(changes(tree))
    return [Place(path, n, old.lineno, ast.unparse(old), ast.unparse(new)) for n, (old, new) in found]


def changed_code(place: Place):
    """The compiled module with that place changed."""
    tree = ast.parse((RACINE / place.path).read_text(encoding="utf-8"))
    old, new = list(changes(tree))[place.number]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return ast.fix_missing_locations(new) if node is old else self.generic_visit(node)

    changed = Replace().visit(tree)
    assert isinstance(changed, ast.Module)
    return compile(changed, str(RACINE / place.path), "exec")


class Changed(MetaPathFinder):
    """Imports the changed module instead of the one on the disk."""

    def __init__(self, place: Place) -> None:
        self.name, self.code = module_of(place.path), changed_code(place)

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        code = self.code

        class Loader(SourceFileLoader):
            def get_code(self, fullname):
                return code

        spec.loader = Loader(fullname, spec.loader.path)
        return spec


def module_of(path: str) -> str:
    """« observatoire/methods/ranks.py » → « observatoire.methods.ranks »."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def tests_by_module() -> dict[str, list[str]]:
    """Module → the test files that reach it through the fewest imports, and those one import further."""
    files = [*RACINE.glob("observatoire/**/*.py"), *RACINE.glob("etl/**/*.py"), *RACINE.glob("tests/**/*.py")]
    paths = {module_of(path.relative_to(RACINE).as_posix()): path for path in files}
    imported = {name: _imports(path, paths) for name, path in paths.items()}
    reached: dict[str, dict[str, int]] = defaultdict(dict)
    for name in sorted(paths):
        if not name.rpartition(".")[2].startswith("test_") or name.startswith(("tests.browser", "tests.pages")):
            continue
        distance, border = 1, imported[name]
        seen: set[str] = set()
        while border:
            for module in border:
                reached[module][paths[name].relative_to(RACINE).as_posix()] = distance
            seen |= border
            border = set().union(*(imported[module] for module in border)) - seen
            distance += 1
    return {module: _nearest(module, found) for module, found in reached.items()}


def _nearest(module: str, found: dict[str, int]) -> list[str]:
    least = min(found.values())
    near = sorted((distance, test) for test, distance in found.items() if distance <= least + 1)[:MOST]
    pages = PAGES.get(module.split(".")[2], ()) if module.startswith("observatoire.views.") else ()
    return list(dict.fromkeys([*(test for _, test in near), *(f"tests/pages/{name}.py" for name in pages)]))


def _imports(path: Path, known: dict[str, Path]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & set(known)


def play(tests: list[str], place: Place | None, warehouse: Path) -> str:
    """Play some test files in a process of its own, with a place changed or none: SURVIT, VU, or DELAI_PASSE."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os._exit(_play(tests, place, warehouse))
        os._exit(70)
    end = time.monotonic() + DELAI
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return VU if os.waitstatus_to_exitcode(status) else SURVIT
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return DELAI_PASSE


def _play(tests: list[str], place: Place | None, warehouse: Path) -> int:
    os.setsid()
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    if place is not None:
        sys.meta_path.insert(0, Changed(place))
    # What the ETL computes is part of what is tried when it is the ETL that is changed.
    if place is None or not place.path.startswith("etl/"):
        os.environ["OBSERVATOIRE_ESSAIS_ENTREPOT"] = str(warehouse)
    # Else pytest would take methods/trend_test.py for a file of tests, and read it itself.
    options = ["-o", "python_files=test_*.py", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return int(import_module("pytest").main([*options, "-m", "not navigateur and not miroir", *tests]))


def prepare(folder: Path) -> None:
    """Load the libraries, not the project; have the warehouse built by a process apart."""
    for name in LIBRARIES:
        import_module(name)
    child = os.fork()
    if child == 0:
        import_module("etl.load").build(folder)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("L’entrepôt des essais n’a pas pu être construit : voir « python -m etl build ».")


def chosen(options: argparse.Namespace) -> list[Place]:
    """The places to change: all those of the folders asked for, or some of them at random."""
    found: list[Place] = []
    for given in options.chemins:
        path = RACINE / given
        files = [path] if path.is_file() else sorted(path.glob("**/*.py"))
        if not files:
            raise SystemExit(f"« {given} » n’est ni un fichier ni un dossier de Python du projet.")
        found += [place for file in files for place in places(file.relative_to(RACINE).as_posix())]
    if options.tout:
        return found
    # The first thirty of sixty are those of « --nombre 30 »: a run that is stopped is still one that can be repeated.
    random.Random(options.graine).shuffle(found)
    return found[: options.nombre]


def main() -> int:
    """Change, play, count; the result is 1 when a place lives."""
    parser = argparse.ArgumentParser(prog="python -m outils.mutations", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("chemins", nargs="*", default=DOSSIERS, help="fichiers ou dossiers à changer")
    parser.add_argument("--nombre", type=int, default=60, help="nombre d’endroits tirés au hasard (60)")
    parser.add_argument("--graine", type=int, default=1, help="graine du hasard (1)")
    parser.add_argument("--tout", action="store_true", help="tous les endroits")
    options = parser.parse_args()
    if not hasattr(os, "fork"):
        raise SystemExit("Cet outil copie des processus (fork) : il lui faut Linux ou macOS.")
    os.chdir(RACINE)
    tests, found, lived, unseen = tests_by_module(), Counter(), [], []
    sound: dict[tuple[str, ...], bool] = {}
    todo = chosen(options)
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        for n, place in enumerate(todo, 1):
            files = tests.get(module_of(place.path), [])
            outcome = play(files, place, Path(folder)) if files else SURVIT
            found[outcome] += 1
            print(f"{n}/{len(todo)} {outcome} {place}", flush=True)
            if outcome == SURVIT:
                if tuple(files) not in sound:
                    sound[tuple(files)] = bool(files) and play(files, None, Path(folder)) == SURVIT
                (lived if sound[tuple(files)] else unseen).append(place)
    told = f"{found[VU]} vus, {found[SURVIT]} survivants, {found[DELAI_PASSE]} non jugés (délai passé)"
    print(f"\n{len(todo)} endroits changés : {told}.")
    for place in unseen:
        print(f"  sans essai qui passe : {place}")
    for place in lived:
        files = [re.sub(r"^tests/", "", name) for name in tests[module_of(place.path)]]
        print(f"  {place}   (joués : {', '.join(files)})")
    return int(bool(lived or unseen))


if __name__ == "__main__":
    sys.exit(main())
