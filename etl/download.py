"""One file from a producer's site: retries, resume, rate limit, and checks that what came is what was meant.

Only https, unless told otherwise (tests). Nothing is left under the final name before every check has passed;
what was received so far waits beside it (« .partiel ») and the next attempt goes on from there.
"""

from __future__ import annotations

import contextlib
import gzip
import random
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from etl import guarded
from etl.errors import DataError, Problem, shown
from etl.sources import sha256 as fingerprint

RETRIED = {408, 425, 429, 500, 502, 503, 504}
TIMEOUT = httpx.Timeout(30, connect=10)
# Producers redirect once or twice (a portal, then its store); more is a loop.
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
    ``longest`` is the time that a file may take, all attempts together, and ``largest`` its bytes.
    """

    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT))
    attempts: int = 5
    backoff: float = 1.0
    pause: float = 2.0
    longest_wait: float = 120.0
    longest: float = 1800.0
    largest: int = guarded.MAX_BYTES
    schemes: tuple[str, ...] = ("https",)
    _last: dict[str, float] = field(default_factory=dict)
    _deadline: float = float("inf")

    def download(
        self, url: str, target: Path, name: str, sha256: str | None = None, received: Received = lambda n, total: None
    ) -> None:
        """Put the file of ``url`` at ``target``. ``name`` is what messages call it; ``received`` follows the bytes.

        Raises DataError, in French, when the producer's site does not answer, does not have the file any more,
        serves something else (a page instead of a file, a broken archive, another fingerprint), or never ends.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partiel")
        self._deadline = time.monotonic() + self.longest
        again = Retrying(
            retry=retry_if_exception_type(_TryAgain),
            stop=stop_after_attempt(self.attempts),
            wait=self._wait,
            sleep=lambda seconds: time.sleep(max(0.0, min(seconds, self._deadline - time.monotonic()))),
            reraise=True,
        )
        try:
            again(self._attempt, url, partial, name, sha256, received)
        except _TryAgain as error:
            advice = "réessayer plus tard : ce qui est reçu est gardé"
            told = f"{_site(url)} : {error} ({self.attempts} essais)"
            raise DataError([Problem(name, told, conseil=advice)]) from error
        partial.replace(target)
        _marker(partial).unlink(missing_ok=True)

    def _attempt(self, url: str, partial: Path, name: str, sha256: str | None, received: Received) -> None:
        self._refuse_late(name, url)
        self._receive(url, partial, name, received)
        self._check(partial, url, name, sha256)

    def _wait(self, state: RetryCallState) -> float:
        """Twice as long each time, a little at random so that several machines do not come back together."""
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.wait if isinstance(failure, _TryAgain) else 0.0
        backoff = self.backoff * 2 ** (state.attempt_number - 1) * random.uniform(1, 1.25)
        return min(self.longest_wait, max(asked, backoff))

    def _refuse_late(self, name: str, url: str) -> None:
        if time.monotonic() > self._deadline:
            told = f"{_site(url)} : le fichier n’est pas arrivé en entier en {self.longest:.0f} secondes"
            advice = "réessayer plus tard : ce qui est reçu est gardé"
            raise DataError([Problem(name, told, conseil=advice)])

    def _receive(self, url: str, partial: Path, name: str, received: Received) -> None:
        """Go on with ``partial`` where it stopped, or start again when the file has changed meanwhile."""
        validator = _read_marker(partial)
        already = partial.stat().st_size if partial.is_file() and validator else 0
        headers = {"Accept-Encoding": "identity"}
        if already and validator:
            headers |= {"Range": f"bytes={already}-", "If-Range": validator}
        with self._get(url, headers, name) as response:
            if response.status_code == 416:
                _forget(partial)
                raise _TryAgain("reprise refusée")
            _refuse_page(response, url, name)
            _refuse_encoding(response, url, name)
            total = _number(response.headers.get("Content-Length"))
            total = None if total is None else total + (already if response.status_code == 206 else 0)
            if response.status_code == 206:
                given = re.fullmatch(r"bytes ([0-9]{1,18})-[0-9]+/([0-9]{1,18}|\*)", _header(response, "Content-Range"))
                if not already or given is None or int(given[1]) != already:
                    _forget(partial)
                    raise _TryAgain("le site n’envoie qu’un morceau du fichier, et pas celui demandé")
                total = _number(given[2]) or total
            else:
                already = 0
                _forget(partial)
                _write_marker(partial, _header(response, "ETag") or _header(response, "Last-Modified"))
            if total is not None and total > self.largest:
                raise DataError([self._too_large(name, url)])
            self._write(response, partial, already, total, received, name, url)

    def _write(
        self,
        response: httpx.Response,
        partial: Path,
        already: int,
        total: int | None,
        received: Received,
        name: str,
        url: str,
    ) -> None:
        with partial.open("ab" if already else "wb") as stream:
            for block in response.iter_raw():  # as it comes: a block held back would be lost by a cut
                already += len(block)
                if already > self.largest:
                    stream.close()
                    _forget(partial)
                    raise DataError([self._too_large(name, url)])
                stream.write(block)
                received(already, total)
                self._refuse_late(name, url)
        if total is not None and already != total:
            raise _TryAgain("la réponse s’est arrêtée en chemin")

    def _too_large(self, name: str, url: str) -> Problem:
        told = f"{_site(url)} envoie plus de {self.largest >> 20} Mo : ce n’est sans doute pas le fichier"
        return Problem(name, told, conseil=_look_for(url))

    @contextmanager
    def _get(self, url: str, headers: dict[str, str], name: str) -> Iterator[httpx.Response]:
        """The answer to a GET, redirections followed; refuses any scheme but those allowed."""
        try:
            address = httpx.URL(url)
            for _ in range(MAX_REDIRECTS + 1):
                if address.scheme not in self.schemes:
                    raise DataError([Problem(name, f"adresse refusée, car sans https : {shown(str(address), 300)}")])
                self._be_polite(address.host)
                with self.client.stream("GET", address, headers=headers, follow_redirects=False) as response:
                    if response.has_redirect_location:
                        address = address.join(_header(response, "Location"))
                        continue
                    _refuse_status(response, url, name)
                    yield response
                    return
            raise DataError([Problem(name, f"{_site(url)} renvoie sans fin d’une adresse à l’autre")])
        except (httpx.InvalidURL, UnicodeError) as error:
            raise DataError([Problem(name, f"adresse mal écrite, ou renvoi vers une telle adresse : {url}")]) from error
        except httpx.TimeoutException as error:
            raise _TryAgain("le site ne répond pas à temps") from error
        except httpx.RemoteProtocolError as error:
            raise _TryAgain("la réponse s’est arrêtée en chemin") from error
        except httpx.HTTPError as error:
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
        _decompress(partial, name)
        beginning = guarded.beginning_of(partial)
        kind = guarded.kind_of(beginning)
        if kind == "html":
            _forget(partial)
            raise DataError([_page_instead(url, name)])
        if kind == "zip":
            try:
                guarded.check_archive(partial, name)
            except DataError as error:
                _forget(partial)
                if any(problem.message == guarded.DAMAGED for problem in error.problems):
                    raise _TryAgain("archive zip incomplète ou abîmée") from error
                raise
        elif _is_zip_name(url) and _is_zip_name(name):
            _forget(partial)
            told = f"{_site(url)} sert {guarded.words_of(kind)}, non l’archive attendue"
            raise DataError([Problem(name, told, conseil=_look_for(url))])


def _decompress(partial: Path, name: str) -> None:
    """Some servers compress what they were asked to send as it is: a table is kept as a table. R files stay as are."""
    if guarded.kind_of(guarded.beginning_of(partial)) != "gzip" or name.lower().endswith((".gz", ".rds", ".tgz")):
        return
    plain = partial.with_name(f"{partial.name}.clair")
    try:
        with gzip.open(partial) as stream, plain.open("wb") as output:
            guarded.pour(stream, output, name, guarded.MAX_BYTES)
        plain.replace(partial)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        _forget(partial)
        raise _TryAgain("fichier comprimé incomplet ou abîmé") from error
    finally:
        plain.unlink(missing_ok=True)


def _refuse_status(response: httpx.Response, url: str, name: str) -> None:
    status = response.status_code
    if status in (200, 206, 416):
        return
    if status in RETRIED:
        raise _TryAgain(f"le site est indisponible (réponse {status})", _retry_after(response))
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


def _refuse_encoding(response: httpx.Response, url: str, name: str) -> None:
    """gzip is undone once the file is whole (_decompress); nothing else was asked for, nor can be."""
    encoding = _header(response, "Content-Encoding").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        told = f"{_site(url)} comprime le fichier d’une manière inconnue ({shown(encoding)})"
        raise DataError([Problem(name, told, conseil="le prendre à la main chez le producteur")])


def _page_instead(url: str, name: str) -> Problem:
    message = f"{_site(url)} répond par une page, non par le fichier : le producteur l’a sans doute déplacé"
    return Problem(name, message, conseil=_look_for(url))


def _look_for(url: str) -> str:
    return f"chercher sa nouvelle adresse (ancienne : {url}), la mettre dans sources.toml, ou prendre --mirror"


def _site(url: str) -> str:
    return httpx.URL(url).host


def _header(response: httpx.Response, name: str) -> str:
    """A header as it is written, or nothing when it is not plain text: it may have to be sent back."""
    text = response.headers.get(name, "")
    return text if text.isascii() and text.isprintable() and len(text) <= 2_000 else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,18}", text) else None


def _retry_after(response: httpx.Response) -> float:
    """The seconds that the site asks to wait, given as a number or as a date; 0 when it does not say."""
    asked = _header(response, "Retry-After")
    if (seconds := _number(asked)) is not None:
        return float(seconds)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    return 0.0


def _marker(partial: Path) -> Path:
    """Beside a partial file, what tells whether the producer's file is still the same (ETag or date)."""
    return partial.with_name(f"{partial.name}.etag")


def _read_marker(partial: Path) -> str | None:
    """The mark kept beside a partial file, or None when it cannot be sent back to the site."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = _marker(partial).read_text(encoding="ascii")
        return text if text.isprintable() and text else None
    return None


def _write_marker(partial: Path, validator: str) -> None:
    """Keep the mark of the producer's version; a weak one says nothing of the bytes."""
    if validator and not validator.startswith("W/"):
        _marker(partial).write_text(validator, encoding="ascii")


def _forget(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _marker(partial).unlink(missing_ok=True)


def _is_zip_name(name: str) -> bool:
    return name.lower().partition("?")[0].endswith(".zip")
