"""``python -m benchmarks.load``: many readers at once, on real websocket sessions, before one process or several.

Each reader opens the portrait of a commune, thinks, chooses another commune, and so on. What is measured is the time
from his choice to the end of the script, all its messages received. Everything stays on 127.0.0.1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from benchmarks.balancer import balance
from benchmarks.browser import RACINE, memory_mib, serve
from benchmarks.builds import measure_build
from benchmarks.report import ABSENT, _decimal, _machine, _mebibytes, _seconds, _table

RESULTATS = RACINE / "benchmarks" / "charge.md"
CHOIX = "Choisir un territoire"
OBJECTIF = 1.5
DELAI = 60.0
# One reader alone before the others: what a change takes when nobody waits.
SEUL = 5


@dataclass
class Measures:
    """Seconds to a first display, seconds of each change of commune, and what went wrong."""

    ouvertures: list[float] = field(default_factory=list)
    changements: list[float] = field(default_factory=list)
    erreurs: list[str] = field(default_factory=list)


class Session:
    """A page as a browser holds it: its script's hash, its query, its list of communes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.hash, self.query, self.widget = "", "", ""
        self.options: list[str] = []

    async def open(self, page: str, **query: str) -> float:
        """Run a page for the first time; seconds to the end of its script."""
        self.query = urlencode(query)
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = page, self.query
        return await self._run(message)

    async def choose(self, option: str) -> float:
        """Choose a commune in the list; seconds to the end of the script."""
        message = BackMsg()
        asked = message.rerun_script
        asked.page_script_hash, asked.query_string = self.hash, self.query
        asked.widget_states.widgets.add(id=self.widget, string_value=option)
        return await self._run(message)

    async def _run(self, message: BackMsg) -> float:
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(DELAI):
            while not self._take(ForwardMsg.FromString(await self.socket.recv(decode=False))):
                pass
        return time.perf_counter() - started

    def _take(self, message: ForwardMsg) -> bool:
        """Note what a message says; True when the script has finished. Raises RuntimeError when the page failed."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.hash = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "selectbox" and element.selectbox.label == CHOIX:
                self.widget, self.options = element.selectbox.id, list(element.selectbox.options)
            elif shown == "exception" or (shown == "alert" and element.alert.format == element.alert.ERROR):
                raise RuntimeError(
                    f"page en erreur : {getattr(element.exception, 'message', '') or element.alert.body}"
                )
        # A run that asks for another at once (st.rerun) is not the end of it.
        finished = kind == "script_finished"
        return finished and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


async def read(port: int, address: str, stop: float, pause: float, found: Measures, changes: int = 10_000) -> None:
    """A reader until ``stop`` (monotonic) or so many changes; ``pause``: seconds he thinks, on average."""
    here = f"127.0.0.1:{port}"
    chance = random.Random(address)
    try:
        async with connect(
            f"ws://{here}/_stcore/stream",
            origin=Origin(f"http://{here}"),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            local_addr=(address, 0) if sys.platform == "linux" else None,
            open_timeout=DELAI,
        ) as socket:
            session = Session(socket)
            found.ouvertures.append(await session.open("portrait", territoire="93066"))
            while changes > 0 and time.monotonic() < stop:
                changes -= 1
                await asyncio.sleep(min(chance.expovariate(1 / pause), 4 * pause) if pause else 0)
                if time.monotonic() < stop:
                    found.changements.append(await session.choose(chance.choice(session.options)))
    except (OSError, WebSocketException, TimeoutError, RuntimeError, IndexError) as error:
        found.erreurs.append(f"{type(error).__name__} : {error}"[:200])


async def load(port: int, readers: int, seconds: float, pause: float) -> tuple[Measures, Measures]:
    """One reader alone, then all together, arriving one after the other over a pause: (alone, together)."""
    alone, together = Measures(), Measures()
    await read(port, "127.0.1.1", time.monotonic() + 120, 0, alone, SEUL)
    stop = time.monotonic() + seconds

    async def arrive(number: int) -> None:
        await asyncio.sleep(pause * number / readers)
        await read(port, f"127.0.1.{number % 250 + 1}", stop, pause, together)

    await asyncio.gather(*(arrive(number) for number in range(readers)))
    return alone, together


def measure(folder: Path, processes: int, readers: int, seconds: float, pause: float) -> Sequence[str]:
    """A line of the table: the same readers before so many processes behind one address."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(serve("app.py", folder)) for _ in range(processes)]
        ports = [int(address.rsplit(":", 1)[1]) for address, _ in servers]

        async def play() -> tuple[Measures, Measures]:
            async with balance(ports) as port:
                for each in ports if processes > 1 else ():  # every process has run the page once, as the first has
                    await read(each, "127.0.1.1", time.monotonic() + 120, 0, Measures(), 1)
                return await load(port, readers, seconds, pause)

        alone, together = asyncio.run(play())
        memory = [memory_mib(pid) or 0.0 for _, pid in servers]
    for words in sorted(set(together.erreurs + alone.erreurs))[:5]:
        print(f"  {words}", flush=True)
    return _line(processes, alone, together, sum(memory))


def _line(processes: int, alone: Measures, together: Measures, memory: float) -> Sequence[str]:
    errors = len(together.erreurs) + len(alone.erreurs)
    if len(together.changements) < 2 or not alone.changements:
        return str(processes), *[ABSENT] * 7, str(errors), _mebibytes(memory)
    base = statistics.median(alone.changements)
    p50, p95 = (_quantile(together.changements, part) for part in (0.5, 0.95))
    return (
        *(str(processes), _seconds(base), str(len(together.changements)), _seconds(p50), _seconds(p95)),
        *(_decimal(p50 / base), _decimal(p95 / base), "oui" if p95 < OBJECTIF else "non", str(errors)),
        _mebibytes(memory),
    )


def _quantile(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


TETES = (
    *("Processus", "Seul", "Changements", "p50", "p95", "p50 ÷ seul", "p95 ÷ seul", f"p95 < {_decimal(OBJECTIF)} s"),
    *("Erreurs", "Mémoire"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; return 1 when a reader met an error."""
    options = _parse(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = options.entrepot or Path(name)
        if options.entrepot is None:
            print("Construction de l’entrepôt…", flush=True)
            measure_build(folder, None)
        lines = []
        for processes in options.processus:
            print(f"{options.lecteurs} lecteurs devant {processes} processus, {options.duree:.0f} s…", flush=True)
            lines.append(measure(folder, processes, options.lecteurs, options.duree, options.reflexion))
            print(
                "  " + " · ".join(f"{name} {value}" for name, value in zip(TETES, lines[-1], strict=True)), flush=True
            )
    words = (
        f"{_machine()} {options.lecteurs} lecteurs, {_decimal(options.reflexion)} s de réflexion en moyenne, "
        f"{options.duree:.0f} s. « Seul » : un lecteur, avant les autres (médiane de {SEUL} changements)."
    )
    text = "\n\n".join(["# Charge", words, "\n".join(_table(TETES, lines))]) + "\n"
    print(f"\n{text}")
    if options.ecrire:
        RESULTATS.write_text(text, encoding="utf-8")
    return int(any(line[-2] != "0" for line in lines))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description="Plusieurs lecteurs à la fois.", add_help=False
    )
    parser.add_argument("-h", "--help", action="help", help="afficher cette aide et quitter")
    parser.add_argument("--lecteurs", metavar="N", type=int, default=50, help="lecteurs à la fois (50)")
    parser.add_argument("--duree", metavar="S", type=float, default=90.0, help="secondes de mesure (90)")
    parser.add_argument("--reflexion", metavar="S", type=float, default=20.0, help="secondes entre deux choix (20)")
    parser.add_argument(
        "--processus", metavar="N", type=int, nargs="+", default=[1, 2, 4], help="processus derrière l’adresse (1 2 4)"
    )
    parser.add_argument("--entrepot", metavar="DOSSIER", type=Path, help="entrepôt déjà construit")
    parser.add_argument("--ecrire", action="store_true", help="écrire benchmarks/charge.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
