"""The API called in the process, without a server, on the warehouse of the snapshot."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from observatoire.api import ROUTES


@pytest.fixture(scope="session")
def application(entrepot) -> Starlette:
    """The routes of the API, alone."""
    return Starlette(routes=ROUTES)


@pytest.fixture(scope="session")
def api(application) -> TestClient:
    """A client of the API."""
    return TestClient(application)
