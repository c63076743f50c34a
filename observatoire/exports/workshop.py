"""Where images and PDF are drawn: in a process beside the server, which ends when nobody has asked for a while.

V8 (vl-convert) and typst keep what they once took: some 170 MiB that a server would hold for good after its first PDF.
Here the process that took them gives them back by ending. It draws one thing at a time, and ends by itself with the
server, whose end closes its input. Run as a file, it imports nothing of the project.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

# Seconds without a drawing after which the process ends; starting it again takes as long as the first drawing did.
REPOS = 60


class Workshop:
    """The process, started with the first drawing. Safe to share between threads: they wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rest: threading.Timer | None = None

    def ask(self, what: str, **given: Any) -> Any:
        """What the function ``what`` below makes of ``given``. Raises RuntimeError when it cannot."""
        with self._lock:
            if self._rest is not None:
                self._rest.cancel()
            try:
                made, error = self._sent(what, given)
            except (OSError, EOFError, pickle.UnpicklingError):  # it ended meanwhile: once more, in a new one
                self._end()
                made, error = self._sent(what, given)
            self._rest = threading.Timer(REPOS, self.close)
            self._rest.daemon = True
            self._rest.start()
        if error:
            raise RuntimeError(error)
        return made

    def close(self) -> None:
        """End the process, once it has drawn what it is drawing; the next drawing starts another one."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process, when there is one."""
        return self._process.pid if self._process is not None else None

    def _sent(self, what: str, given: Mapping[str, Any]) -> tuple[Any, str]:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump((what, given), process.stdin)
        process.stdin.flush()
        return pickle.load(process.stdout)  # what our own process wrote

    def _start(self) -> subprocess.Popen[bytes]:
        from observatoire.exports.fonts import font_folder, image_font_folder

        # -P: the modules beside this file do not take the names of others.
        command = [sys.executable, "-P", __file__, str(image_font_folder()), str(font_folder())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):  # its input may be closed already
                process.communicate()


workshop = Workshop()
atexit.register(workshop.close)


def draw_svg(spec: Mapping[str, Any]) -> str:
    """A Vega-Lite document as SVG."""
    return workshop.ask("svg", spec=json.dumps(spec))


def draw_png(spec: Mapping[str, Any], scale: float) -> bytes:
    """A Vega-Lite document as PNG."""
    return workshop.ask("png", spec=json.dumps(spec), scale=scale)


def svg_to_png(svg: str, scale: float) -> bytes:
    """An SVG as PNG, ``scale`` pixels for one of its own."""
    return workshop.ask("raster", svg=svg, scale=scale)


def write_pdf(source: Path, fonts: Sequence[Path], made: datetime) -> bytes:
    """A typst document, with what lies beside it in its folder, as PDF/UA-1 dated ``made``."""
    return workshop.ask("pdf", source=str(source), fonts=[str(font) for font in fonts], made=made)


def _svg(spec: str) -> str:
    import vl_convert

    return vl_convert.vegalite_to_svg(spec)


def _png(spec: str, scale: float) -> bytes:
    import vl_convert

    return vl_convert.vegalite_to_png(spec, scale=scale)


def _raster(svg: str, scale: float) -> bytes:
    import vl_convert

    return vl_convert.svg_to_png(svg, scale=scale)


def _pdf(source: str, fonts: list[str], made: datetime) -> bytes:
    import typst

    return bytes(
        typst.compile(source, root=os.path.dirname(source), font_paths=fonts, timestamp=made, pdf_standards=["ua-1"])
    )


def _work(fonts: Sequence[str]) -> None:
    """Draw what is asked until the input is closed."""
    import vl_convert

    # What a library prints goes to the log, never among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for folder in fonts:
        vl_convert.register_font_directory(folder)
    makers = {"svg": _svg, "png": _png, "raster": _raster, "pdf": _pdf}
    while True:
        try:
            what, given = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = makers[what](**given), ""
        except Exception as error:  # said to who asked, whatever it is
            answer = None, f"{type(error).__name__} : {error}"
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    _work(sys.argv[1:])
