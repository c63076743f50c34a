"""One file from a producer's site: retries, resume, rate limit, and checks that what came is what was meant.

Only https, unless told otherwise (tests). Nothing is left under the final name before every check has passed;
what was received so far waits beside it (« .partiel ») and the next attempt goes on from there.
"""

from __future__ import annotations

import random
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from etl.errors import DataError, Problem
from etl.sources import sha256 as fingerprint

RETRIED = {408, 425, 429, 500, 502, 503, 504}
TIMEOUT = httpx.Timeout(30, connect=10)
MAX_REDIRECTS = 5

Received = Callable[[int, int | None], None]


class _TryAgain(Exception):
    """A failure that may not last; ``wait`` is what the server asks for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass
class Downloader:
    """Downloads files politely. ``pause`` is the least time, in seconds, between two requests to one host.

    ``backoff`` is the first wait before a new attempt; it doubles each time. ``schemes`` are the allowed ones.
    """

    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT))
    attempts: int = 5
    backoff: float = 1.0
    pause: float = 2.0
    longest_wait: float = 120.0
    schemes: tuple[str, ...] = ("https",)
    _last: dict[str, float] = field(default_factory=dict)

    def download(
        self, url: str, target: Path, name: str, sha256: str | None = None, received: Received = lambda n, total: None
    ) -> None:
        """Put the file of ``url`` at ``target``. ``name`` is what messages call it; ``received`` follows the bytes.

        Raises DataError, in French, when the producer's site does not answer, does not have the file any more,
        or serves something else (a page instead of a file, a broken archive, another fingerprint).
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partiel")
        reason, asked = "", 0.0
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(self._wait(attempt, asked))
            try:
                self._receive(url, partial, name, received)
                self._check(partial, url, name, sha256)
            except _TryAgain as error:
                reason, asked = str(error), error.wait
                continue
            partial.replace(target)
            _marker(partial).unlink(missing_ok=True)
            return
        advice = "réessayer plus tard : ce qui est reçu est gardé"
        raise DataError([Problem(name, f"{_site(url)} : {reason} ({self.attempts} essais)", conseil=advice)])

    def _wait(self, attempt: int, asked: float) -> float:
        """Twice as long each time, a little at random so that several machines do not come back together."""
        return min(self.longest_wait, max(asked, self.backoff * 2 ** (attempt - 1) * random.uniform(1, 1.25)))

    def _receive(self, url: str, partial: Path, name: str, received: Received) -> None:
        """Go on with ``partial`` where it stopped, or start again when the file has changed meanwhile."""
        marker = _marker(partial)
        already = partial.stat().st_size if partial.is_file() and marker.is_file() else 0
        headers = {"Accept-Encoding": "identity"}
        if already:
            headers |= {"Range": f"bytes={already}-", "If-Range": marker.read_text(encoding="utf-8")}
        with self._get(url, headers, name) as response:
            if response.status_code == 416:
                _forget(partial)
                raise _TryAgain("reprise refusée")
            _refuse_page(response, url, name)
            if response.status_code == 206:
                if not response.headers.get("Content-Range", "").startswith(f"bytes {already}-"):
                    _forget(partial)
                    raise _TryAgain("reprise au mauvais endroit")
            else:
                already = 0
                validator = response.headers.get("ETag") or response.headers.get("Last-Modified")
                _forget(partial)
                if validator and not validator.startswith("W/"):
                    marker.write_text(validator, encoding="utf-8")
            length = response.headers.get("Content-Length")
            total = int(length) + already if length and length.isdigit() else None
            _write(response, partial, already, total, received)

    @contextmanager
    def _get(self, url: str, headers: dict[str, str], name: str) -> Iterator[httpx.Response]:
        """The answer to a GET, redirections followed; refuses any scheme but those allowed."""
        try:
            address = httpx.URL(url)
            for _ in range(MAX_REDIRECTS + 1):
                if address.scheme not in self.schemes:
                    raise DataError([Problem(name, f"adresse refusée, car sans https : {address}")])
                self._be_polite(address.host)
                with self.client.stream("GET", address, headers=headers, follow_redirects=False) as response:
                    if response.has_redirect_location:
                        address = address.join(response.headers["Location"])
                        continue
                    _refuse_status(response, url, name)
                    yield response
                    return
            raise DataError([Problem(name, f"{_site(url)} renvoie sans fin d’une adresse à l’autre")])
        except httpx.InvalidURL as error:
            raise DataError([Problem(name, f"adresse mal écrite : {url}")]) from error
        except httpx.TimeoutException as error:
            raise _TryAgain("le site ne répond pas à temps") from error
        except httpx.RemoteProtocolError as error:
            raise _TryAgain("la réponse s’est arrêtée en chemin") from error
        except httpx.TransportError as error:
            raise _TryAgain("le site n’est pas joignable") from error

    def _be_polite(self, host: str) -> None:
        """Leave ``pause`` seconds between two requests to the same host."""
        rest = self._last.get(host, float("-inf")) + self.pause - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        self._last[host] = time.monotonic()

    def _check(self, partial: Path, url: str, name: str, expected: str | None) -> None:
        """Raise when what was received is not the file: fingerprint first, then what the name promises."""
        found = fingerprint(partial)
        if expected and found != expected:
            _forget(partial)
            message = f"{_site(url)} sert un autre fichier que celui qui est attendu (empreinte {found[:12]}…)"
            advice = "le producteur l’a remplacé : vérifier l’édition, puis mettre à jour « sha256 » dans sources.toml"
            raise DataError([Problem(name, message, conseil=advice)])
        if partial.stat().st_size == 0:
            _forget(partial)
            raise _TryAgain("fichier vide")
        with partial.open("rb") as stream:
            beginning = stream.read(512).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        if beginning.startswith((b"<!doctype html", b"<html")):
            _forget(partial)
            raise DataError([_page_instead(url, name)])
        if _is_zip_name(url) and not _is_sound_zip(partial):
            _forget(partial)
            raise _TryAgain("archive zip incomplète ou abîmée")


def _write(response: httpx.Response, partial: Path, already: int, total: int | None, received: Received) -> None:
    with partial.open("ab" if already else "wb") as stream:
        for block in response.iter_raw():  # as it comes: a block held back would be lost by a cut
            stream.write(block)
            already += len(block)
            received(already, total)
    if total is not None and already != total:
        raise _TryAgain("la réponse s’est arrêtée en chemin")


def _refuse_status(response: httpx.Response, url: str, name: str) -> None:
    status = response.status_code
    if status in (200, 206, 416):
        return
    if status in RETRIED:
        asked = response.headers.get("Retry-After", "")
        raise _TryAgain(f"le site est indisponible (réponse {status})", float(asked) if asked.isdigit() else 0.0)
    if status in (404, 410):
        message = f"{_site(url)} n’a plus ce fichier (réponse {status}) : le producteur l’a déplacé ou retiré"
    elif status in (401, 403):
        message = f"{_site(url)} refuse l’accès au fichier (réponse {status})"
    else:
        message = f"réponse inattendue de {_site(url)} ({status})"
    raise DataError([Problem(name, message, conseil=_look_for(url))])


def _refuse_page(response: httpx.Response, url: str, name: str) -> None:
    """Many sites answer a moved file with a page and « 200 »."""
    if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() in (
        "text/html",
        "application/xhtml+xml",
    ):
        raise DataError([_page_instead(url, name)])


def _page_instead(url: str, name: str) -> Problem:
    message = f"{_site(url)} répond par une page, non par le fichier : le producteur l’a sans doute déplacé"
    return Problem(name, message, conseil=_look_for(url))


def _look_for(url: str) -> str:
    return f"chercher sa nouvelle adresse (ancienne : {url}), la mettre dans sources.toml, ou prendre --mirror"


def _site(url: str) -> str:
    return httpx.URL(url).host


def _marker(partial: Path) -> Path:
    """Beside a partial file, what tells whether the producer's file is still the same (ETag or date)."""
    return partial.with_name(f"{partial.name}.etag")


def _forget(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _marker(partial).unlink(missing_ok=True)


def _is_zip_name(url: str) -> bool:
    return httpx.URL(url).path.lower().endswith(".zip")


def _is_sound_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, OSError, EOFError):
        return False
