"""Who asks: from what the identity provider says, or because the machine is theirs alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Identite:
    """Whom the identity provider vouches for. ``courriel`` in lower case."""

    courriel: str
    nom: str


class SansAdresse(Exception):
    """The provider does not vouch for an address; the message says in French what to do."""


def vouched(claims: Mapping[str, Any], trusted: frozenset[str] = frozenset()) -> Identite | None:
    """Whom the claims of an OpenID Connect session speak of; None when nobody has signed in.

    The address counts only where the provider says that it has verified it (``email_verified``), or where the provider
    is one of ``trusted`` (issuers whose addresses are all verified: ProConnect gives no such claim).
    Raises SansAdresse.
    """
    if not claims.get("is_logged_in"):
        return None
    email = str(claims.get("email") or "").strip().lower()
    if not email:
        raise SansAdresse(
            "Votre fournisseur d’identité ne donne pas d’adresse électronique : demander que l’application la reçoive "
            "(portée « email »)."
        )
    # Some providers write it as a text.
    verified = str(claims.get("email_verified", "")).lower() == "true" or str(claims.get("iss", "")) in trusted
    if not verified:
        raise SansAdresse(
            f"Votre fournisseur d’identité n’a pas vérifié l’adresse {email} : la confirmer auprès de lui, puis se "
            "reconnecter."
        )
    names = (claims.get("given_name"), claims.get("family_name") or claims.get("usual_name"))
    full = " ".join(str(name) for name in names if name)
    return Identite(email, str(claims.get("name") or full))


def loopback(host: str | None) -> bool:
    """Whether an address of the server, or the host that a request names, is this machine alone."""
    if not host:
        return False
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
