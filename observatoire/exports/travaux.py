"""Files that take long: each made in a process of its own, which says when it is done and can be ended.

In the server's own process they would hold every page back (fifteen seconds of processor for the whole warehouse in
CSV), and nothing could stop them. A file is made by ``make(warehouse, *given)``, a function and values that can be
pickled; the process opens the warehouse in service itself, and draws in a workshop of its own that ends with it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

from observatoire.config import RACINE, warehouse_folder

# Made at the same time: the pages keep the other cores. The others wait for their turn.
SIMULTANES = 2
# Seconds that a file is kept once it has been asked for, taken or not; and files kept, the oldest is dropped.
GARDE, GARDES = 1800, 40
ATTENTE, EN_COURS, PRET, ANNULE, ECHEC = "attente", "en cours", "prêt", "annulé", "échec"


class Travail:
    """A file being made. ``etat`` is one of the five words above; safe to read from any thread."""

    def __init__(self, make: Callable[..., bytes], given: tuple[Any, ...], path: Path) -> None:
        self.etat, self.debut, self._path = ATTENTE, time.monotonic(), path
        self._asked = pickle.dumps((make, given))
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def fini(self) -> bool:
        """True once nothing more will happen."""
        return self.etat in (PRET, ANNULE, ECHEC)

    @property
    def secondes(self) -> int:
        """How long ago it was asked for."""
        return int(time.monotonic() - self.debut)

    @property
    def pid(self) -> int | None:
        """The process that makes it, when there is one."""
        return self._process.pid if self._process is not None and not self.fini else None

    def contenu(self) -> bytes:
        """The file. Raises FileNotFoundError when it is not ready or no longer kept."""
        return self._path.read_bytes()

    def annuler(self) -> None:
        """Stop making it: the process ends at once, and nothing of the file is left."""
        with self._lock:
            if not self.fini:
                self.etat = ANNULE
            if self._process is not None:
                with contextlib.suppress(OSError):
                    self._process.kill()
        self._path.unlink(missing_ok=True)

    def faire(self, places: threading.Semaphore) -> None:
        """Make it when its turn comes; return once it is made, stopped or failed."""
        with places:
            with self._lock:
                if self.fini:
                    return
                # Its words go to the log of the server.
                command = [sys.executable, "-m", "observatoire.exports.travaux", str(self._path)]
                environment = {**os.environ, "OBSERVATOIRE_ENTREPOT": str(warehouse_folder())}
                self._process = subprocess.Popen(command, cwd=RACINE, env=environment, stdin=subprocess.PIPE)
                self.etat = EN_COURS
            with contextlib.suppress(OSError):  # ended before it had read what is asked
                self._process.communicate(self._asked)
        with self._lock:
            if not self.fini:
                self.etat = PRET if self._process.returncode == 0 and self._path.exists() else ECHEC
        if self.etat != PRET:
            self._path.unlink(missing_ok=True)


class Travaux:
    """The files asked for by all the readers of this process."""

    def __init__(self) -> None:
        self._places = threading.Semaphore(SIMULTANES)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Travail] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory | None = None

    def demander(self, make: Callable[..., bytes], *given: Any) -> str:
        """Begin to make a file; return the name under which it is found again."""
        name = token_hex(16)
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="observatoire-travaux-", ignore_cleanup_errors=True)
            travail = Travail(make, given, Path(self._folder.name) / name)
            self._known[name] = travail
            late = [n for n, t in self._known.items() if t.secondes > GARDE]
            late += [n for n, t in self._known.items() if t.fini and n not in late][: max(0, len(self._known) - GARDES)]
            dropped = [self._known.pop(n) for n in late if n != name]
        for old in dropped:
            old.annuler()
        threading.Thread(target=travail.faire, args=(self._places,), name="travail", daemon=True).start()
        return name

    def trouver(self, name: str) -> Travail | None:
        """A file asked for, None when it is no longer kept."""
        with self._lock:
            return self._known.get(name)

    def fermer(self) -> None:
        """End all that is being made, and drop the files."""
        with self._lock:
            known, folder = list(self._known.values()), self._folder
            self._known.clear()
            self._folder = None
        for travail in known:
            travail.annuler()
        if folder is not None:
            folder.cleanup()


travaux = Travaux()
atexit.register(travaux.fermer)


def _make(path: Path) -> None:
    """What the process does: read what is asked, make it, leave it whole or not at all."""
    from observatoire.warehouse import open_warehouse

    make, given = pickle.load(sys.stdin.buffer)  # what our own server wrote
    working = path.with_suffix(".tmp")
    try:
        working.write_bytes(make(open_warehouse(warehouse_folder()), *given))
        working.replace(path)
    finally:
        working.unlink(missing_ok=True)


if __name__ == "__main__":
    _make(Path(sys.argv[1]))
