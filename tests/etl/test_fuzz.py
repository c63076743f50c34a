"""Whatever the bytes, a reader gives figures or a DataError, in bounded memory: sound files, damaged at random."""

import io
import json
import resource
import zipfile

import openpyxl
import pandas as pd
import pyreadr
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import guarded
from etl.boundaries import load_boundaries
from etl.bounds import stage_bounds
from etl.catalogue import load_catalogue
from etl.errors import DataError
from etl.facts import _load_file
from etl.geography import _read_communes, _read_epts, _read_mergers, _read_population
from etl.levels import stage_communes
from etl.places import load_places
from etl.quartiers import _iris, _qpv_2015, _qpv_2024, _read_passage
from etl.releve import deposit
from tests.etl.producers import build_warehouse, catalogue, indicateur, jeu, source

WIDE = "CODGEO;NOM;POP\n93001;Aubervilliers;10\n93015;Coubron;2,5\n93066;Saint-Denis;5\n93059;;s\n"
TIDY = "source,annee,territoire,type,variable,valeur\ne,2021,93001,commune,POP,10\ne,2021,93,departement,POP,17\n"
SCHOOLS = (
    "code_du_departement;code_insee_de_la_commune;secteur;effectifs;ips\n093;93001;public;100;80.0\n"
    "093;93066;prive;50;110\n"
)
LIST = "id,nom,communes,lib_qp\nQN09301I,a,93001,x\nQN09302I,b,93001 93066,y\n"
COG = "TYPECOM,COM,REG,LIBELLE\nCOM,93001,11,Aubervilliers\nCOM,93066,11,Saint-Denis\n"
MOVES = (
    "DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP\n2025-01-01,COM,93059,Pierrefitte,COM,93066\n"
    "2019-01-01,COM,78524,Rocquencourt,COM,78158\n"
)
POPULATIONS = "COM;PMUN\n93001;90000\n75101;16000\n93066;150000\n"
IRIS = "CODE_IRIS;LIB_IRIS;DEPCOM;DEP\n930010101;Mairie;93001;93\n930590101;Centre;93059;93\n"
PASSAGE = "code_iris_2022,code_iris_2025,nom_2025\n930590101,930661601,Centre\n"
QPV = "CODGEO;LIBGEO;LIB_COM\nQP093001;Villette;Aubervilliers\nQP093002;Deux;Aubervilliers, Saint-Denis\n"
PLACES = "id,nom,adresse,insee,lon,lat,forme\n1,Mairie,rue,93001,2.38,48.91,fixe\n2,Bus,,93066,2.36,48.93,bus\n"
NASTY = [
    *(
        b"\xff",
        b"\x00",
        b"\x81",
        b'"',
        b"\n",
        b"\r",
        b";",
        b",",
        b"=",
        b"1e308",
        b"-5",
        b"NaN",
        b"inf",
        b"\xef\xbb\xbf",
    ),
    *(b"93999", b"null", b"[" * 2_000, b"9" * 400, b"x" * 140_000, b"\xed\xa0\x80", "²".encode(), b"PK\x05\x06"),
]

mutations = st.lists(
    st.tuples(
        st.sampled_from(["insert", "replace", "cut", "repeat", "flip"]),
        st.floats(0, 1),
        st.one_of(st.sampled_from(NASTY), st.binary(min_size=1, max_size=6)),
    ),
    min_size=1,
    max_size=5,
)


def damaged(content, changes):
    """The same bytes with a few of them inserted, replaced, lost, repeated or flipped."""
    for kind, where, payload in changes:
        at = int(where * len(content))
        if kind == "cut":
            content = content[:at]
        elif kind == "repeat":
            content = content[:at] + content[at : at + 40] * 20 + content[at:]
        elif kind == "flip" and at < len(content):
            content = content[:at] + bytes([content[at] ^ payload[0]]) + content[at + 1 :]
        else:
            content = content[:at] + payload + content[at + (len(payload) if kind == "replace" else 0) :]
    return content


def quick(examples):
    """Always the same examples, few of them: a run of the tests is not a search."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def archive(name, content, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        packed.writestr(name, content)
        packed.writestr("autre.txt", "x")
    return stream.getvalue()


def workbook():
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "COM"
    for row in (
        ["CODGEO", "EPT", "LIBEPT", "POP"],
        ["93001", "200057867", "Plaine Commune", 10],
        ["93066", "x", "y", 2],
    ):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def outlines():
    square = [[[2.38, 48.90], [2.39, 48.90], [2.39, 48.91], [2.38, 48.91], [2.38, 48.90]]]
    other = [[[2.39, 48.90], [2.40, 48.90], [2.40, 48.91], [2.39, 48.91], [2.39, 48.90]]]
    features = [
        {"type": "Feature", "properties": {"code_insee": code}, "geometry": {"type": "Polygon", "coordinates": shape}}
        for code, shape in (("93001", square), ("93066", other))
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    """The three communes of tests/etl/producers.py, ready to read a file; memory is looked at in the end."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    empty = catalogue([jeu("essai", ["POP"])], [], [indicateur("DEM01", "POP")])
    con = build_warehouse(tmp_path_factory.mktemp("vide"), empty)
    con.execute("SET threads = 1")
    stage_communes(con, "93")
    yield con
    con.close()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000, "plus de 600 Mo"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 3_400_000, "plus de 3,4 Go dans un lecteur à part"


def only_data_errors(work):
    """True when the work was refused in our words; any other exception goes through and fails the test."""
    problems = []
    try:
        work()
    except DataError as refused:
        problems = refused.problems
    assert all(0 < len(str(problem)) < 7_000 for problem in problems)
    return bool(problems)


def check_reader(con, tmp_path, content, lecteur, **fields):
    cat = catalogue([jeu("e", fields.pop("variables", ["POP"]))], [], [])
    one = source("e_2021", "e", "essai.bin", 2021, **({"geographie": 2021, "lecteur": lecteur} | fields))
    (tmp_path / "essai.bin").write_bytes(content)
    con.execute("DELETE FROM fait")
    con.execute("DELETE FROM source")
    stage_bounds(con, cat.model_copy(update={"sources": [one]}))
    for problem in _load_file(con, cat, tmp_path, [one]):
        assert 0 < len(str(problem)) < 7_000
    bounds = "SELECT count(*) FROM fait WHERE valeur IS NOT NULL AND NOT (valeur BETWEEN 0 AND 12e6)"
    assert con.execute(bounds).fetchone() == (0,)


TEXTS = {
    "tableau": (WIDE, {"lecture": {"decimale": ","}}),
    "releve": (TIDY, {}),
    "etablissements": (
        SCHOOLS,
        {
            "variables": ["e.e_effectifs", "e.e_ips_x_effectifs"],
            "lecture": {"prefixe": "e", "effectifs": "effectifs", "ips": "ips"},
        },
    ),
    "liste": (LIST, {"lecture": {"identifiant": "id", "commune": "communes", "departement": "93"}}),
}


@pytest.mark.parametrize("lecteur", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_texts(con, tmp_path, lecteur, encoding):
    text, fields = TEXTS[lecteur]

    @quick(20)
    @given(mutations)
    def run(changes):
        check_reader(con, tmp_path, damaged(text.encode(encoding), changes), lecteur, **dict(fields))

    run()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives(con, tmp_path, method):
    sound = archive("base.csv", WIDE, method)

    @quick(25)
    @given(mutations)
    def run(changes):
        content = damaged(sound, changes)
        check_reader(con, tmp_path, content, "tableau", membre="base.csv", lecture={"decimale": ","})
        only_data_errors(lambda: guarded.check_archive(tmp_path / "essai.bin", "essai.zip"))

    run()


@pytest.mark.parametrize("lecteur", ["classeur", "rds"])
def test_native_readers(con, tmp_path, lecteur):
    if lecteur == "rds":
        pyreadr.write_rds(str(tmp_path / "x.rds"), pd.DataFrame({"CODGEO": ["93001"], "POP": [1.5]}))
        sound, fields = (tmp_path / "x.rds").read_bytes(), {}
    else:
        sound, fields = workbook(), {"lecture": {"feuille": "COM"}}

    @quick(8)
    @given(mutations)
    def run(changes):
        check_reader(con, tmp_path, damaged(sound, changes), lecteur, **fields)

    run()


GEOGRAPHY = {
    "communes": (COG, lambda con, folder, one: _read_communes(con, folder, one), {}),
    "mouvements": (MOVES, lambda con, folder, one: _read_mergers(con, folder, one), {}),
    "populations": (POPULATIONS, lambda con, folder, one: _read_population(con, folder, one), {}),
    "iris": (IRIS, lambda con, folder, one: _iris(con, folder, one, "93", {"930590101": ("930661601", "x")}), {}),
    "passage": (PASSAGE, lambda con, folder, one: _read_passage(con, folder, one), {}),
    "qpv_2015": (QPV, lambda con, folder, one: _qpv_2015(con, folder, one, "93"), {}),
    "qpv_2024": (
        LIST,
        lambda con, folder, one: _qpv_2024(con, folder, one, "93"),
        {"identifiant": "id", "commune": "communes"},
    ),
    "lieux": (
        PLACES,
        lambda con, folder, one: load_places(con, [one], folder, "93"),
        {
            "lieux": {
                **{"type": "mairie", "identifiant": "id", "nom": "nom", "adresse": "adresse", "commune": "insee"},
                **{"lon": "lon", "lat": "lat", "itinerant": {"colonne": "forme", "valeurs": ["bus"]}},
            }
        },
    ),
    "contours": (outlines().decode(), lambda con, folder, one: load_boundaries(con, one, folder), {}),
}


@pytest.mark.parametrize("kind", GEOGRAPHY)
def test_geography(con, tmp_path, kind):
    text, work, lecture = GEOGRAPHY[kind]
    one = source("g_2025", "g", "essai.bin", 2025, lecteur="geographie", geographie=2025, lecture=lecture)

    @quick(25)
    @given(mutations)
    def run(changes):
        con.execute("DELETE FROM geometrie")
        con.execute("DELETE FROM lieu")
        (tmp_path / "essai.bin").write_bytes(damaged(text.encode(), changes))
        only_data_errors(lambda: work(con, tmp_path, one))

    run()


def test_the_workbook_of_the_epts(con, tmp_path):
    one = source("g_2025", "g", "essai.bin", 2025, lecteur="geographie", geographie=2025, lecture={"feuille": "COM"})

    @quick(5)
    @given(mutations)
    def run(changes):
        (tmp_path / "essai.bin").write_bytes(damaged(workbook(), changes))
        only_data_errors(lambda: _read_epts(con, tmp_path, one))

    run()


def test_releves(tmp_path):
    shipped = load_catalogue()
    sound = b"source;annee;territoire;type;variable;valeur\ncaf_rsa;2024;93066;commune;rsa;7 700\n"

    @quick(25)
    @given(mutations)
    def run(changes):
        (tmp_path / "releve.csv").write_bytes(damaged(sound, changes))
        only_data_errors(lambda: deposit(tmp_path / "releve.csv", shipped, tmp_path / "cache", 2025))

    run()


@pytest.mark.parametrize("kind", ["texte", "contours", "archive"])
def test_a_sound_file_is_read(con, tmp_path, kind):
    """The other tests would be content with readers that refuse everything."""
    if kind == "texte":
        check_reader(con, tmp_path, WIDE.encode(), "tableau", lecture={"decimale": ","})
        assert con.execute("SELECT count(*) FROM fait").fetchone() == (4,)
    elif kind == "archive":
        check_reader(con, tmp_path, archive("b.csv", WIDE), "tableau", membre="b.csv", lecture={"decimale": ","})
        assert con.execute("SELECT count(*) FROM fait").fetchone() == (4,)
    else:
        con.execute("DELETE FROM geometrie")
        (tmp_path / "essai.bin").write_bytes(outlines())
        one = source("g_2025", "g", "essai.bin", 2025, lecteur="geographie", geographie=2025)
        assert not only_data_errors(lambda: load_boundaries(con, one, tmp_path))
        assert con.execute("SELECT count(*) FROM geometrie").fetchone() == (4,)
