"""What stands in the place of a number: a secret, or an absence. The same marks for every file, whoever wrote it."""

from __future__ import annotations

import re

# « s » and « ns » are those of INSEE; asterisks and « <5 » those of the CAF and of Pôle emploi's former files. « - »
# is no mark: some write it for zero, others for an absence, others for a secret.
SECRETS = ("s", "ns", "secret", "*", "**", "***", "****")
ABSENTS = ("nd", "so", "n/a", "na")
BELOW = r"[<≤]\d{1,3}"


def mark_of(text: str) -> str | None:
    """« secret » or « manquant » for a mark, « vide » for nothing, None for another text."""
    bare = re.sub(r"\s", "", text).lower()
    if not bare:
        return "vide"
    if bare in SECRETS or re.fullmatch(BELOW, bare):
        return "secret"
    return "manquant" if bare in ABSENTS else None
