"""The documentation names the addresses of the contract, and each address it quotes answers."""

import re

import pytest

from observatoire.api.parameters import LIMITE, LIMITE_MAX, VALEURS_MAX
from observatoire.config import RACINE
from observatoire.formats import nombre
from tests.api.test_contract import CHEMINS

DOCUMENT = (RACINE / "docs" / "api.md").read_text(encoding="utf-8")
ADRESSES = sorted({*re.findall(r"`(/api/v1/[^`]+)`", DOCUMENT), *re.findall(r'8501(/api[^"]+)"', DOCUMENT)})


def test_every_address_of_the_contract_is_documented():
    for path in CHEMINS:
        assert path.split("{")[0] in DOCUMENT


@pytest.mark.parametrize("address", ADRESSES)
def test_every_address_quoted_answers(api, address):
    assert api.get(address).status_code == 200


def test_the_limits_are_those_of_the_code():
    plain = DOCUMENT.replace(" ", " ").replace(" ", " ")
    for limit in (LIMITE, LIMITE_MAX, VALEURS_MAX):
        assert f"{nombre(limit)} ".replace("\u202f", " ") in plain
