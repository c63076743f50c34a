"""Who may write without signing in: whoever sits at the machine, and nobody else."""

from __future__ import annotations

import pytest
from streamlit import config

from observatoire.ui import session


@pytest.mark.parametrize(
    ("acces", "address", "host", "found"),
    [
        ("local", "localhost", "localhost:8501", "local"),
        ("local", "127.0.0.1", "127.0.0.1:8501", "local"),
        # The server listens to everybody: another machine could write.
        ("local", "", "localhost:8501", "lecture"),
        ("local", "0.0.0.0", "localhost:8501", "lecture"),
        # A site whose name was made to lead to this machine drives its reader's browser.
        ("local", "localhost", "piege.example:8501", "lecture"),
        ("local", "localhost", None, "lecture"),
        ("", "localhost", "localhost:8501", "lecture"),
    ],
)
def test_local_is_this_machine_alone(monkeypatch, acces, address, host, found):
    monkeypatch.setenv("OBSERVATOIRE_ACCES", acces)
    monkeypatch.setattr(session, "_host", lambda: host)
    before = config.get_option("server.address")
    config.set_option("server.address", address or None)
    try:
        assert session.mode() == found
    finally:
        config.set_option("server.address", before)


def test_a_mistyped_mode_opens_nothing(monkeypatch):
    monkeypatch.setenv("OBSERVATOIRE_ACCES", "locale")
    with pytest.raises(ValueError, match="OBSERVATOIRE_ACCES"):
        session.mode()
