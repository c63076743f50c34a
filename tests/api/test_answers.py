"""What the API answers: the figures of the pages, their statuses, and a clear refusal of anything else."""

import csv
import html
import io
import re

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from observatoire.api import routes
from observatoire.warehouse.listings import Filtre, count_observations, observations

URL = "/api/v1/observations"


def test_a_figure_is_that_of_the_warehouse(api, warehouse):
    """Poverty in Bondy in 2021, as the page shows it."""
    answer = api.get(URL, params={"territoire": "93010", "indicateur": "REV02", "annee": 2021}).json()
    (row,) = answer["observations"]
    expected = warehouse.figures(["REV02"], ["93010"], [2021]).iloc[0]
    assert row["valeur"] == expected["valeur"]
    assert row["source"] == expected["source"]
    assert list(row) == list(warehouse.columns["observation"])


def test_repeated_and_comma_separated_values_ask_the_same(api):
    commas = api.get(f"{URL}?territoire=93010,93066&indicateur=REV02").json()
    repeated = api.get(f"{URL}?territoire=93010&territoire=93066&indicateur=REV02").json()
    assert commas["observations"] == repeated["observations"]
    assert {row["territoire"] for row in commas["observations"]} == {"93010", "93066"}


def test_pages_follow_each_other_without_gap_or_double(api):
    path, seen = f"{URL}?indicateur=REV02&type=commune&annee=2021&limite=100", []
    while path:
        answer = api.get(path).json()
        seen += [row["territoire"] for row in answer["observations"]]
        path = answer["liens"]["suivante"]
    assert len(seen) == len(set(seen)) == answer["total"]


def test_every_format_gives_the_same_figures(api):
    path = f"{URL}?indicateur=REV02&annee=2021&type=ept"
    rows = api.get(path).json()["observations"]
    table = pq.read_table(io.BytesIO(api.get(f"{path}&format=parquet").content)).to_pylist()
    assert table == rows
    text = api.get(f"{path}&format=csv").content
    assert text.startswith(b"\xef\xbb\xbf")
    lines = text.decode("utf-8-sig").splitlines()
    assert lines[0].split(";") == list(rows[0])
    assert float(lines[1].split(";")[3].replace(",", ".")) == rows[0]["valeur"]


@pytest.mark.parametrize("statut", ["secret", "non_calculable", "manquant"])
def test_an_absence_is_null_with_its_status_never_zero(api, warehouse, statut):
    found = warehouse.rows("SELECT * FROM observation WHERE statut = $s LIMIT 20", {"s": statut})
    assert found
    for row in found:
        asked = {"territoire": row["territoire"], "indicateur": row["indicateur"], "annee": row["annee"]}
        (answer,) = api.get(URL, params=asked).json()["observations"]
        assert answer["valeur"] is None
        assert answer["statut"] == statut


def test_nothing_gives_a_secret_value_back(api, warehouse):
    """Neither the parts of a ratio nor the sum of the members is written where the figure is secret."""
    codes = [
        r["indicateur"] for r in warehouse.rows("SELECT DISTINCT indicateur FROM observation WHERE statut = 'secret'")
    ]
    asked = {"indicateur": ",".join(codes), "limite": 50_000}
    hidden = ("valeur", "numerateur", "denominateur", "borne_basse", "borne_haute", "valeur_membres")
    file = io.BytesIO(api.get(URL, params=asked | {"format": "parquet"}).content)
    text = api.get(URL, params=asked | {"format": "csv"}).content.decode("utf-8-sig")
    for rows, empty in (
        (api.get(URL, params=asked).json()["observations"], None),
        (pq.read_table(file).to_pylist(), None),
        (list(csv.DictReader(io.StringIO(text), delimiter=";")), ""),
    ):
        secrets = [row for row in rows if row["statut"] == "secret"]
        assert secrets
        assert all(row[name] == empty for row in secrets for name in hidden)


@pytest.fixture(scope="module")
def tout(api):
    """Every observation that the API gives on the département, as an attacker would collect them."""
    pages, path = [], f"{URL}?type=commune,ept,departement,commune_historique&format=parquet&limite=50000"
    while path:
        answer = api.get(path)
        pages.append(pq.read_table(io.BytesIO(answer.content)))
        path = answer.links.get("next", {}).get("url")
    return pa.concat_tables(pages)


@pytest.mark.parametrize("part", ["valeur", "numerateur", "denominateur", "valeur_membres"])
def test_no_secret_part_is_given_back_by_a_subtraction(tout, warehouse, part):
    """A total less its published members, where a single one is secret, would be that one's figure.

    Rates are not added: for ``valeur``, only the indicators that count. A difference under zero is no figure (HAN08 in
    2016: the producer's communes add up to more than its département). All the members of an EPT, of the département
    and of a merged commune are in the warehouse; those of the other départements are not.
    """
    territoire = warehouse.table("SELECT * FROM territoire")
    effectif = warehouse.table("SELECT code FROM indicateur WHERE effectif")
    with duckdb.connect() as con:
        for name, table in (("tout", tout), ("territoire", territoire), ("effectif", effectif)):
            con.register(name, table)
        found = con.execute(f"""
            WITH lien AS (
                SELECT code, code_ept AS parent FROM territoire WHERE type = 'commune' AND code_departement = '93'
                UNION ALL SELECT code, '93' FROM territoire WHERE type = 'commune' AND code_departement = '93'
                UNION ALL SELECT code, successeur FROM territoire WHERE type = 'commune_historique'
            ), somme AS (
                SELECT parent, indicateur, annee, sum({part}) AS publie,
                    any_value(territoire) FILTER (statut = 'secret') AS secret,
                    count(*) FILTER (statut = 'secret') AS secrets,
                    count(*) FILTER (statut <> 'secret' AND {part} IS NULL) AS absents
                FROM tout JOIN lien ON code = territoire GROUP BY ALL
            )
            SELECT s.indicateur, s.annee, s.secret, t.{part} - s.publie AS rendu FROM somme AS s
            JOIN tout AS t ON (t.territoire, t.indicateur, t.annee) = (s.parent, s.indicateur, s.annee)
            WHERE s.secrets = 1 AND s.absents = 0 AND rendu >= 0
              AND ('{part}' <> 'valeur' OR s.indicateur IN (FROM effectif))
        """).fetchall()
    assert found == []


def test_a_map_carries_no_part_of_a_secret_figure(api, warehouse):
    """The boundaries carry the value, its bounds and its status: none of them where it is secret."""
    rows = warehouse.rows(
        "SELECT indicateur, annee, any_value(t.type) AS type "
        "FROM observation JOIN territoire AS t ON t.code = territoire "
        "WHERE statut = 'secret' AND t.type IN ('commune', 'iris') AND t.code_departement = '93' "
        "GROUP BY ALL ORDER BY ALL LIMIT 12"
    )
    assert rows
    for row in rows:
        level = {"commune": "communes", "iris": "iris"}[row["type"]]
        answer = api.get(f"/api/v1/geo/{level}.geojson?indicateur={row['indicateur']}&annee={row['annee']}").json()
        carried = [feature["properties"] for feature in answer["features"]]
        assert not any({"numerateur", "denominateur"} & set(one) for one in carried)
        secrets = [one for one in carried if one["statut"] == "secret"]
        assert secrets
        assert all(one[name] is None for one in secrets for name in ("valeur", "borne_basse", "borne_haute"))


def test_an_unchanged_answer_is_not_sent_again(api):
    first = api.get(f"{URL}?indicateur=REV02&annee=2021")
    again = api.get(f"{URL}?indicateur=REV02&annee=2021", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    tag = first.headers["etag"].removeprefix("W/")
    for known in ("*", tag, f'"x", {tag}'):
        assert api.get(f"{URL}?indicateur=REV02&annee=2021", headers={"If-None-Match": known}).status_code == 304
    other = api.get(f"{URL}?indicateur=REV02&annee=2020", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"{URL}?commune=93010", 400, "commune"),
        (f"{URL}?annee=deux", 400, "deux"),
        (f"{URL}?annee=", 400, "annee"),
        (f"{URL}?format=xml", 400, "json, csv, parquet"),
        (f"{URL}?page=0", 400, "entre 1 et"),
        (f"{URL}?limite=1000000", 400, "50000"),
        (f"{URL}?limite=10&limite=20", 400, "une seule valeur"),
        (f"{URL}?territoire=93999", 404, "93999"),
        (f"{URL}?territoire=%27%20OR%201=1", 400, "forme attendue"),
        ("/api/v1/indicateurs/XXX99", 404, "XXX99"),
        ("/api/v1/indicateurs?theme=rien", 404, "rien"),
        ("/api/v1/geo/cantons.geojson", 404, "communes, ept"),
        ("/api/v1/geo/communes.geojson?annee=2021", 400, "indicateur"),
        ("/api/v1/geo/communes.geojson?indicateur=REV02&annee=1999", 404, "2021"),
        ("/api/v1/geo/communes.geojson?indicateur=LOG09", 404, "en attente"),
        ("/api/v1/geo/iris.geojson?indicateur=REV02&annee=2021", 404, "au niveau « iris »"),
        ("/api/v1/geo/communes.geojson?indicateur=IRI02&annee=2019", 404, "au niveau « communes »"),
        ("/api/v1/geo/communes.geojson?indicateur=REV02&indicateur=REV01", 400, "une seule valeur"),
        (f"{URL}?type=region,canton", 400, "canton"),
        (f"{URL}?territoire={','.join(f'93{n:03d}' for n in range(501))}", 400, "500 au plus"),
        ("/api/v2/observations", 404, "/api"),
    ],
)
def test_a_wrong_request_is_told_in_french(api, path, status, said):
    answer = api.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert said in problem["detail"]


@pytest.mark.parametrize(
    ("asked", "unknown", "known"),
    [
        ("annee=1900", "1900", "années connues : "),
        ("annee=2021,1900,2100", "1900, 2100", "années connues : "),
        ("annee=2021&annee=1900", "1900", "années connues : "),
        ("indicateur=REV02&annee=2021,1968", "1968", "années connues pour REV02 : "),
        ("indicateur=REV02&annee=1968&format=csv", "1968", "années connues pour REV02 : "),
    ],
)
def test_a_year_without_any_figure_is_refused_with_those_that_have_some(api, warehouse, asked, unknown, known):
    answer = api.get(f"{URL}?{asked}")
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert problem["parametre"] == "annee"
    assert problem["detail"].startswith(f"Année inconnue : {unknown} ({known}")
    years = [int(year) for year in re.findall(r"[0-9]{4}", problem["detail"].split(known)[1])]
    where = "WHERE indicateur = 'REV02'" if "REV02" in known else ""
    rows = warehouse.rows(f"SELECT DISTINCT annee FROM observation {where} ORDER BY 1")
    assert years == [row["annee"] for row in rows]


def test_a_year_of_one_of_the_indicators_asked_for_is_enough(api, warehouse):
    rows = warehouse.rows(
        "SELECT annee FROM observation WHERE indicateur IN ('REV02', 'DEM01') GROUP BY 1 "
        "HAVING count(DISTINCT indicateur) = 1 LIMIT 1"
    )
    assert api.get(f"{URL}?indicateur=REV02,DEM01&annee={rows[0]['annee']}").json()["total"] > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_api_is_read_only(api, method):
    answer = api.request(method, URL)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_any_site_may_read_it(api):
    assert api.get(URL).headers["access-control-allow-origin"] == "*"
    assert api.get(f"{URL}?page=0").headers["access-control-allow-origin"] == "*"
    asked = api.options(URL, headers={"Origin": "https://exemple.fr", "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204
    assert "If-None-Match" in asked.headers["access-control-allow-headers"]


def test_boundaries_carry_the_figures_of_an_indicator(api, warehouse):
    collection = api.get("/api/v1/geo/communes.geojson?indicateur=REV02&annee=2021").json()
    found = {f["properties"]["code"]: f["properties"]["valeur"] for f in collection["features"]}
    figures = warehouse.map_figures("REV02", 2021).set_index("code")["valeur"]
    assert set(found) == set(figures.index)
    assert all(found[code] == (None if value != value else value) for code, value in figures.items())


def test_waiting_indicators_are_in_the_catalogue_with_their_partner(api):
    cards = api.get("/api/v1/indicateurs").json()["indicateurs"]
    waiting = [card for card in cards if card["etat"] == "en_attente"]
    assert waiting
    assert all(card["partenaire"] and card["fichier_attendu"] for card in waiting)
    assert api.get(f"/api/v1/indicateurs/{waiting[0]['code']}").json()["annees"] == []


def test_the_breaks_of_a_series_are_years_and_words(api, warehouse):
    assert api.get("/api/v1/indicateurs/REV44").json()["ruptures"] == [
        {"annee": year, "mot": why} for year, why in warehouse.indicateurs["REV44"].ruptures
    ]


def test_the_french_page_needs_no_script_and_no_third_party(api):
    html = api.get("/api").text
    assert '<html lang="fr">' in html
    assert "<script" not in html
    assert "http://" not in html.replace("http://localhost", "")
    assert "https://" not in html


def test_without_a_warehouse_the_api_says_so(api, monkeypatch, tmp_path):
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    answer = api.get(URL)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"


def test_after_a_build_the_api_reads_the_new_warehouse(api, entrepot, monkeypatch, tmp_path):
    """The tag changes with the warehouse, so that nobody keeps former figures."""
    before = api.get(URL).headers["etag"]
    newer = tmp_path / "observatoire-plus-recent.duckdb"
    newer.write_bytes((entrepot / "observatoire.duckdb").read_bytes())
    with duckdb.connect(str(newer)) as con:
        con.execute("UPDATE observation SET valeur = 1234 WHERE territoire = '93010' AND indicateur = 'DEM01'")
    (tmp_path / "observatoire.duckdb").symlink_to(newer.name)
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    answer = api.get(f"{URL}?territoire=93010&indicateur=DEM01")
    assert {row["valeur"] for row in answer.json()["observations"]} == {1234}
    assert api.get(URL).headers["etag"] != before


def test_a_page_is_read_by_pieces_that_make_the_whole(warehouse):
    """In order, without gap or double, whatever the size of the pieces, even when the last one is full."""
    filtre = Filtre(indicateurs=["REV02", "EMP01"], annees=[2021])
    total = count_observations(warehouse, filtre)
    (whole,) = observations(warehouse, filtre, total, 1, total + 1)
    assert whole.num_rows == total > 100
    for rows in (7, total // 2, total):
        pieces = list(observations(warehouse, filtre, total, 1, rows))
        assert all(piece.num_rows <= rows for piece in pieces)
        assert [row for piece in pieces for row in piece.to_pylist()] == whole.to_pylist()
    asked = total // 3
    second = [row for piece in observations(warehouse, filtre, asked, 2, 10) for row in piece.to_pylist()]
    assert second == whole.to_pylist()[asked : 2 * asked]


@pytest.mark.parametrize("kind", ["json", "csv", "parquet"])
def test_an_empty_page_is_whole_too(api, warehouse, kind):
    answer = api.get(f"{URL}?indicateur=REV02&type=ept&territoire=93010&format={kind}")
    assert answer.status_code == 200
    if kind == "json":
        assert answer.json()["observations"] == []
    elif kind == "csv":
        assert answer.content.decode("utf-8-sig").strip().split(";") == list(warehouse.columns["observation"])
    else:
        assert pq.read_table(io.BytesIO(answer.content)).num_rows == 0


def test_anything_there_is_known_only_of_what_is_there(api):
    """« If-None-Match: * » spares the answer of a right request; a wrong one is still told so."""
    every = {"If-None-Match": "*"}
    assert api.get(f"{URL}?indicateur=REV02", headers=every).status_code == 304
    assert api.get(f"{URL}?annee=deux", headers=every).status_code == 400
    assert api.get("/api/v1/indicateurs/XXX99", headers=every).status_code == 404
    assert api.get("/api/v1/rien", headers=every).status_code == 404


def test_asking_for_the_head_reads_no_body(api):
    answer = api.head(f"{URL}?limite=50000")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["x-total"]) > 50_000
    assert "etag" in answer.headers


def test_a_failure_of_ours_is_a_problem_without_its_cause(api, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("/srv/secret")

    monkeypatch.setattr("observatoire.warehouse.listings.count_observations", fail)
    answer = api.get(URL)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "/srv" not in answer.text


def test_a_damaged_warehouse_is_told_then_served_again(api, entrepot, monkeypatch, tmp_path):
    """The pointer on a file that is not one, then on a right one; then that file overwritten in place, and mended."""
    link, right = tmp_path / "observatoire.duckdb", tmp_path / "observatoire-2.duckdb"
    (tmp_path / "observatoire-1.duckdb").write_bytes(b"\xff" * 5000)
    good = (entrepot / "observatoire.duckdb").read_bytes()
    right.write_bytes(good)
    link.symlink_to("observatoire-1.duckdb")
    monkeypatch.setenv("OBSERVATOIRE_ENTREPOT", str(tmp_path))
    for path in (URL, "/api/v1/sources", "/api/v1/geo/communes.geojson", "/api"):
        answer = api.get(path)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "60"
        assert str(tmp_path) not in answer.text
    link.unlink()
    link.symlink_to(right.name)
    assert api.get("/api/v1/territoires?type=ept").status_code == 200
    with right.open("r+b") as stream:
        stream.seek(3 * 4096)
        stream.write(b"\xff" * (len(good) - 3 * 4096))
    answer = api.get(f"{URL}?type=region")
    assert answer.status_code == 503
    right.write_bytes(good)
    assert api.get(f"{URL}?type=region").status_code == 200


def test_under_a_path_the_api_and_all_its_links_are_there(entrepot):
    client = TestClient(Starlette(routes=routes("/observatoire")))
    base = "/observatoire/api"
    assert client.get(f"{base}/v1/sources").status_code == 200
    assert client.get("/api/v1/sources").status_code == 404
    assert client.get(f"{base}/v1/openapi.json").json()["servers"][0]["url"] == "/observatoire"
    following = client.get(f"{base}/v1/observations?indicateur=REV02&limite=5").json()["liens"]["suivante"]
    assert following.startswith(f"{base}/v1/observations?")
    assert client.get(following).status_code == 200
    links = re.findall(r"href='([^']+)'", client.get(base).text)
    ours = [html.unescape(link) for link in links if not link.startswith("#")]
    assert {link for link in ours if "/api/" not in link} == {"/observatoire/donnees"}
    assert all(client.get(link).status_code == 200 for link in ours if "/api/" in link)
    assert client.get(f"{base}/v9").json()["detail"].endswith("Voir /observatoire/api.")
