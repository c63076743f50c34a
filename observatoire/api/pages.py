"""Rows by pages: the same parameters, formats, neighbouring pages and headers for every list of the API."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

from observatoire.api.answers import as_csv, as_json_rows, as_parquet


def paged(
    request: Request, name: str, tables: Iterator[pa.Table], total: int, kind: str, limite: int, number: int
) -> Response:
    """The page ``number`` of rows called ``name``, read one table after the other; ``kind``: json, csv or parquet."""
    near = links(request, number, -(-total // limite))
    headers = {"X-Total": str(total)}
    if near:
        headers["Link"] = ", ".join(f'<{href}>; rel="{rel}"' for rel, href in near.items())
    if kind == "csv":
        return as_csv(tables, name, headers)
    if kind == "parquet":
        return as_parquet(tables, name, headers)
    named = {"suivante": near.get("next"), "precedente": near.get("prev")}
    return as_json_rows(tables, name, {"total": total, "limite": limite, "page": number, "liens": named}, headers)


def links(request: Request, number: int, last: int) -> dict[str, str]:
    """The neighbouring pages, as references relative to the server."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]

    def href(page: int) -> str:
        return f"{request.url.path}?{urlencode([*kept, ('page', page)], safe=',')}"

    near = {"next": href(number + 1)} if number < last else {}
    return near | ({"prev": href(min(number - 1, last))} if number > 1 and last else {})
