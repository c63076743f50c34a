"""What the API says when it cannot answer: RFC 9457 problem details, in French."""

from __future__ import annotations

import json

from starlette.responses import Response

TITRES = {
    400: "Paramètre invalide",
    404: "Introuvable",
    405: "Méthode non permise",
    429: "Trop de demandes",
    500: "Erreur du serveur",
    503: "Entrepôt indisponible",
}
CODES = {
    400: "parametre-invalide",
    404: "introuvable",
    405: "methode-non-permise",
    429: "trop-de-demandes",
    500: "erreur-du-serveur",
    503: "entrepot-indisponible",
}


# Said before the address is known: a request that the server itself could not read.
ILLISIBLE = (
    "La demande n’est pas du HTTP lisible. Dans une adresse, les accents, les espaces et les autres signes s’écrivent "
    "en codes : %C3%A9 pour « é », %20 pour une espace (avec curl : --get --data-urlencode)."
)


class Refus(Exception):
    """An answer that is an error: ``status`` (a key of TITRES), ``detail`` in French, the parameter at fault if one is.

    ``attente``: seconds after which to ask again (``Retry-After``).
    """

    def __init__(self, status: int, detail: str, parametre: str | None = None, attente: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.parametre, self.attente = status, detail, parametre, attente

    def response(self, path: str, headers: dict[str, str] | None = None) -> Response:
        """The problem as ``application/problem+json``."""
        body = {
            "type": f"urn:observatoire:probleme:{CODES[self.status]}",
            "title": TITRES[self.status],
            "status": self.status,
            "detail": self.detail,
            "instance": path,
        }
        if self.parametre:
            body["parametre"] = self.parametre
        wait = {} if self.attente is None else {"Retry-After": str(self.attente)}
        content = json.dumps(body, ensure_ascii=False).encode()
        return Response(content, self.status, wait | (headers or {}), media_type="application/problem+json")
