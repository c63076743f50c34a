"""Whom the identity provider vouches for, and what a machine of one's own is."""

from __future__ import annotations

import pytest

from observatoire.access.identity import Identite, SansAdresse, loopback, vouched

CONNECTE = {"is_logged_in": True, "email": "Anne@Ville.fr", "name": "Anne", "iss": "https://id.example"}


def test_nobody_has_signed_in():
    assert vouched({}) is None
    assert vouched({"is_logged_in": False, "email": "a@ville.fr", "email_verified": True}) is None


@pytest.mark.parametrize("verified", [True, "true"])
def test_a_verified_address_is_whom_it_names(verified):
    assert vouched(CONNECTE | {"email_verified": verified}) == Identite("anne@ville.fr", "Anne")


@pytest.mark.parametrize(
    "verified", [{}, {"email_verified": False}, {"email_verified": "false"}, {"email_verified": 0}]
)
def test_an_address_that_nobody_verified_is_nobody(verified):
    with pytest.raises(SansAdresse, match="anne@ville"):
        vouched(CONNECTE | verified)


def test_an_issuer_whose_addresses_are_verified_is_named_in_full():
    trusted = frozenset({"https://id.example"})
    assert vouched(CONNECTE, trusted) is not None
    for other in ("https://id.example.evil.org", "http://id.example", ""):
        with pytest.raises(SansAdresse):
            vouched(CONNECTE | {"iss": other}, trusted)


def test_without_an_address_one_is_told_what_to_ask():
    with pytest.raises(SansAdresse, match="portée"):
        vouched({"is_logged_in": True, "sub": "x", "email_verified": True})


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "127.9.9.9", "[::1]:8501"])
def test_this_machine_alone(host):
    assert loopback(host)


@pytest.mark.parametrize(
    "host", [None, "", "0.0.0.0", "192.168.1.4:8501", "localhost.example.org", "observatoire.fr", "[::]:80", "[bad"]
)
def test_not_this_machine_alone(host):
    assert not loopback(host)
