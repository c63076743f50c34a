"""Workbooks at random: nothing crashes the reader, nothing is half loaded, and what is accepted is what was typed."""

import io
import math
import zipfile
from datetime import date, datetime, time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from etl.errors import DataError
from etl.saisies.classeur import make_workbook
from etl.saisies.lecture import read_workbook
from etl.saisies.modeles import load_model
from etl.saisies.plan import make_plan
from tests.etl.saisies.conftest import CLE, CONTEXTE, MODELES, REPONSES
from tests.etl.saisies.fabrique import bytes_of, ods_of

ESSAI = load_model("essai", folder=MODELES)
PLAN = make_plan(ESSAI, CLE, "Saint-Denis", {})
PLACES = [(sheet.nom, at) for sheet in PLAN for at, case in sheet.cases.items() if case.role]
PROPERTIES = {
    "observatoire_modele": "essai",
    "observatoire_version": "2",
    "observatoire_territoire": "93066",
    "observatoire_exercice": "2025",
}
GOOD = bytes_of(make_workbook(ESSAI, CLE, "Saint-Denis", reponses=REPONSES))
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

WORDS = ["oui", "Non", "non suivi", "Ménages", "Logiciel", "En régie", "Jeunes ; Tous", "12 %", "1 234", "31/12/2025"]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(9999, 1, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.times().map(lambda moment: moment.replace(microsecond=0)),
    st.text(max_size=40),
    st.sampled_from([*WORDS, "=1+1", "#N/A", "", " ", "Mme Exemple, aide de 300 €", "é" * 40_000]),
)
CELLS = st.one_of(
    st.sampled_from(PLACES),
    st.tuples(st.sampled_from([sheet.nom for sheet in PLAN]), st.tuples(st.integers(1, 40), st.integers(1, 14))),
)


def judge(path):
    """Read a file: it is refused with sentences, or what it gives is whole."""
    try:
        found = read_workbook(path, CLE, CONTEXTE, MODELES)
    except DataError as error:
        problems = error.problems
    else:
        problems = None
    if problems is not None:
        assert problems
        assert all(str(problem).strip() for problem in problems)
        return None
    assert all(str(one).strip() for one in (*found.constats, *found.recu))
    if found.erreurs:
        assert found.reponses == ()
    else:
        assert found.reponses == found.comprises
        assert len({(one.rubrique, one.rang) for one in found.reponses}) == len(found.reponses)
        assert all(one.valeur is None or math.isfinite(one.valeur) for one in found.reponses)
    return found


def write(book, changes):
    """Type what can be typed; says what each place then holds."""
    typed = {}
    for (sheet, at), value in changes.items():
        try:
            book[sheet].cell(*at).value = value
        except (IllegalCharacterError, ValueError):
            continue
        typed[sheet, at] = value
    return typed


@FEW
@given(st.dictionaries(CELLS, VALUES, max_size=8), st.sampled_from(["xlsx", "ods"]))
def test_cells_at_random(tmp_path_factory, changes, form):
    book = make_workbook(ESSAI, CLE, "Saint-Denis", reponses=REPONSES)
    typed = write(book, changes)
    path = tmp_path_factory.mktemp("hasard") / f"essai.{form}"
    try:
        path.write_bytes(bytes_of(book) if form == "xlsx" else ods_of(book, PROPERTIES))
    except ValueError:  # a date that no spreadsheet writes
        return
    found = judge(path)
    if found is None or found.erreurs:
        return
    # Nothing typed was dropped: a number that was typed at a place to answer is in what was read.
    values = {one.valeur for one in found.reponses}
    for (sheet, at), value in typed.items():
        if (sheet, at) in PLACES and isinstance(value, (int, float)) and not isinstance(value, bool):
            near = [one for one in values if one is not None and math.isclose(one, value, rel_tol=1e-12)]
            percent = [one for one in values if one is not None and math.isclose(one, value * 100, rel_tol=1e-9)]
            assert near or percent or value == 0


@FEW
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_bytes_at_random(tmp_path_factory, changes):
    data = bytearray(GOOD)
    for place, value in changes:
        data[place] = value
    path = tmp_path_factory.mktemp("octets") / "essai.xlsx"
    path.write_bytes(bytes(data))
    found = judge(path)
    if found is not None and not found.erreurs:
        assert set(found.reponses) == set(REPONSES)


@FEW
@given(st.data())
def test_xml_at_random(tmp_path_factory, data):
    """A member of the archive, cut, doubled or changed, its checksum right."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(members)))
    content = members[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 200)))
    members[name] = content[:start] + data.draw(st.binary(max_size=30)) + content[end:]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    path = tmp_path_factory.mktemp("xml") / "essai.xlsx"
    path.write_bytes(stream.getvalue())
    judge(path)


@FEW
@given(st.binary(max_size=400), st.sampled_from(["xlsx", "ods"]))
def test_anything_at_all(tmp_path_factory, content, form):
    path = tmp_path_factory.mktemp("rien") / f"essai.{form}"
    path.write_bytes(content)
    assert judge(path) is None


@FEW
@given(st.dictionaries(st.tuples(st.integers(1, 30), st.integers(1, 12)), VALUES, max_size=20), st.text(max_size=20))
def test_a_workbook_that_is_not_ours(tmp_path_factory, cells, title):
    book = Workbook()
    for (row, column), value in cells.items():
        write(book, {(book.active.title, (row, column)): value if not isinstance(value, time) else None})
    path = tmp_path_factory.mktemp("autre") / "essai.xlsx"
    try:
        path.write_bytes(bytes_of(book))
    except ValueError:
        return
    assert judge(path) is None
