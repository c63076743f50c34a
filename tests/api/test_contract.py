"""The contract holds: the OpenAPI document is valid, and no request drawn from it finds the API at fault."""

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from openapi_spec_validator import validate
from schemathesis.generation import GenerationMode

CHEMINS = (
    "/api/v1/territoires",
    "/api/v1/indicateurs",
    "/api/v1/indicateurs/{code}",
    "/api/v1/sources",
    "/api/v1/observations",
    "/api/v1/modeles",
    "/api/v1/modeles/{code}",
    "/api/v1/modeles/{code}/schema",
    "/api/v1/modeles/{code}/article-30",
    "/api/v1/reponses",
    "/api/v1/sommes",
    "/api/v1/geo/{niveau}.geojson",
    "/api/v1/openapi.json",
)


@pytest.fixture(scope="session")
def contrat(application):
    """The contract as schemathesis reads it."""
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", application)


def test_the_document_is_openapi_3_1(api):
    document = api.get("/api/v1/openapi.json").json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == set(CHEMINS)


def test_a_closed_list_of_words_is_the_one_of_the_warehouse(api, warehouse):
    schemas = api.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for table, column in (("territoire", "type"), ("observation", "statut"), ("indicateur", "sens")):
        listed = schemas[table.capitalize()]["properties"][column]["enum"]
        assert {row["mot"] for row in warehouse.rows(f"SELECT DISTINCT {column} AS mot FROM {table}")} <= set(listed)


def test_every_public_column_is_explained(warehouse):
    for table, columns in warehouse.columns.items():
        assert warehouse.tables[table].endswith("."), table
        assert all(column.mots.endswith(".") for column in columns.values()), table
    (words,) = warehouse.rows(
        "SELECT comment FROM duckdb_columns() WHERE (table_name, column_name) = ('lieu', 'motif')"
    )
    assert warehouse.columns["lieu"]["motif"].mots == words["comment"]


def test_the_contract_says_of_a_column_what_the_warehouse_says(api, warehouse):
    schemas = api.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for table in ("territoire", "source", "observation", "indicateur"):
        schema = schemas[table.capitalize()]
        assert schema["description"] == warehouse.tables[table]
        assert {name: one["description"] for name, one in schema["properties"].items()} == {
            name: column.mots for name, column in warehouse.columns[table].items()
        }


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["juste", "fausse"])
@pytest.mark.parametrize("chemin", CHEMINS)
def test_no_drawn_request_finds_a_fault(contrat, chemin, mode):
    """Status, type and schema of the answer; right requests accepted, wrong ones refused, no error of the server."""
    operation = contrat[chemin]["GET"]
    if mode == GenerationMode.NEGATIVE and not (operation.query or operation.path_parameters):
        return  # nothing to get wrong

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        # That a year goes with an indicator cannot be said in OpenAPI; test_observations says it.
        assume(not (chemin.endswith(".geojson") and "annee" in case.query and "indicateur" not in case.query))
        case.call_and_validate()

    ask()
