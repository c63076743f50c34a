"""Measures of the warehouse's construction: how long, how much work, how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.browser import RACINE


@dataclass(frozen=True)
class Build:
    """One build: seconds, those of the processors, and memory at its highest in MiB (None where the system does not
    tell)."""

    secondes: float
    calcul: float | None
    memoire: float | None


def measure_build(folder: Path, mirror: Path | None) -> Build:
    """Build in ``folder`` from the snapshot, or from the producers' files in ``mirror``, in a process of its own."""
    command = [sys.executable, "-m", "etl", "build", "--output", str(folder)]
    if mirror:
        command += ["--mirror", str(mirror)]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=RACINE, stdout=subprocess.DEVNULL)
    work, peak = _wait(process)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Build(time.perf_counter() - started, work, peak)


def _wait(process: subprocess.Popen) -> tuple[float | None, float | None]:
    """Wait for the end of a process; its processor time in seconds, the memory it took at its highest in MiB."""
    if not hasattr(os, "wait4"):  # Windows
        process.wait()
        return None, None
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
