"""What the API answers: the figures of the pages, their statuses, and a clear refusal of anything else."""

import csv
import io

import duckdb
import pyarrow.parquet as pq
import pytest

URL = "/api/v1/observations"


def test_a_figure_is_that_of_the_warehouse(api, house):
    """Poverty in Bondy in 2021, as the page shows it."""
    answer = api.get(URL, params={"territoire": "93010", "indicateur": "REV02", "annee": 2021}).json()
    (row,) = answer["observations"]
    expected = house.figures(["REV02"], ["93010"], [2021]).iloc[0]
    assert row["valeur"] == expected["valeur"]
    assert row["source"] == expected["source"]
    assert list(row) == list(house.columns["observation"])


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
def test_an_absence_is_null_with_its_status_never_zero(api, house, statut):
    found = house.rows("SELECT * FROM observation WHERE statut = $s LIMIT 20", {"s": statut})
    assert found
    for row in found:
        asked = {"territoire": row["territoire"], "indicateur": row["indicateur"], "annee": row["annee"]}
        (answer,) = api.get(URL, params=asked).json()["observations"]
        assert answer["valeur"] is None
        assert answer["statut"] == statut


def test_nothing_gives_a_secret_value_back(api, house):
    """Neither the parts of a ratio nor the sum of the members is written where the figure is secret."""
    codes = [r["indicateur"] for r in house.rows("SELECT DISTINCT indicateur FROM observation WHERE statut = 'secret'")]
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


def test_boundaries_carry_the_figures_of_an_indicator(api, house):
    collection = api.get("/api/v1/geo/communes.geojson?indicateur=REV02&annee=2021").json()
    found = {f["properties"]["code"]: f["properties"]["valeur"] for f in collection["features"]}
    figures = house.map_figures("REV02", 2021).set_index("code")["valeur"]
    assert set(found) == set(figures.index)
    assert all(found[code] == (None if value != value else value) for code, value in figures.items())


def test_waiting_indicators_are_in_the_catalogue_with_their_partner(api):
    cards = api.get("/api/v1/indicateurs").json()["indicateurs"]
    waiting = [card for card in cards if card["etat"] == "en_attente"]
    assert waiting
    assert all(card["partenaire"] and card["fichier_attendu"] for card in waiting)
    assert api.get(f"/api/v1/indicateurs/{waiting[0]['code']}").json()["annees"] == []


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
