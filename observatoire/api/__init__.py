"""The open-data API: read-only routes under /api, beside the pages. Contract: openapi.py; page: documentation.py."""

from __future__ import annotations

from observatoire.api.routes import ROUTES, routes

__all__ = ["ROUTES", "routes"]
