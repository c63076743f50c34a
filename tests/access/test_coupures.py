"""A confirmation killed at any instant: after the restart, what was confirmed is in the figures, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.access.coupures import kill
from tests.registre.pannes import PostgresqlAbsent, postgresql

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 et forkserver : pas sous Windows")


def check(url: str, tmp_path: Path, entrepot: Path, times: int) -> None:
    folder = tmp_path / "reseau"
    folder.mkdir()
    found = kill(url, tmp_path / "depots", folder, entrepot, times, 93)
    assert found.fautes == []
    assert found.coupures == times
    assert found.lectures > 0


@pytest.mark.timeout(600)
def test_nothing_confirmed_is_lost_nor_half_shown_on_sqlite(tmp_path, entrepot):
    check(f"sqlite:///{tmp_path / 'registre.sqlite'}", tmp_path, entrepot, 4)


@pytest.mark.timeout(600)
def test_nothing_confirmed_is_lost_nor_half_shown_on_postgresql(tmp_path, entrepot):
    try:
        with postgresql() as uri:
            with psycopg.connect(uri, autocommit=True) as connection:
                connection.execute("CREATE SCHEMA coupures")
            url = make_url(uri).update_query_dict({"options": "-csearch_path=coupures"})
            check(url.render_as_string(hide_password=False), tmp_path, entrepot, 3)
    except PostgresqlAbsent as error:
        pytest.skip(f"PostgreSQL ne démarre pas ici ({error}) : essai sauté")
