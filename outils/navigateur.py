"""Find a Chromium for the browser tests, or install one; otherwise say in one line that they will be skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NOMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ENDROITS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


def find() -> str | None:
    """The path of a browser that starts: ``CHROMIUM``, the PATH, the usual places, then Playwright's own."""
    asked = os.environ.get("CHROMIUM")
    if asked:
        return asked if _starts(asked) else None
    named = (path for name in NOMS if (path := shutil.which(name)))
    usual = (place for place in ENDROITS if Path(place).is_file())
    return next((path for paths in (named, usual) for path in paths if _starts(path)), None) or _of_playwright()


def install() -> str | None:
    """Install Chromium: Debian's package when root, else Playwright's; None when neither can be had."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None
    if root:
        print("Installation de Chromium (paquet Debian) pour les essais…", flush=True)
        _quiet("apt-get", "update")
        _quiet("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    found = find()
    if found is None:
        print("Installation de Chromium par Playwright pour les essais…", flush=True)
        # As root, the system libraries it needs come along.
        _quiet(sys.executable, "-m", "playwright", "install", *(["--with-deps"] if root else []), "chromium")
        found = find()
    return found


def main() -> None:
    """Say in one line which browser the tests will use, after installing one where there is none."""
    asked = os.environ.get("CHROMIUM")
    if asked and find() is None:
        print(f"CHROMIUM désigne « {asked} », qui ne démarre pas : les essais dans un navigateur seront sautés.")
        return
    chosen = find() or install()
    if chosen is None:
        print("Aucun navigateur Chromium : les essais dans un navigateur seront sautés.")
    else:
        print(f"Navigateur des essais : {chosen}")


def _starts(path: str) -> bool:
    """Whether a browser runs. Ubuntu's « chromium » may be a mere pointer to a snap that is not there."""
    if not Path(path).is_file():
        return False
    if os.name == "nt":  # Chrome opens a window there instead of telling its version
        return True
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _of_playwright() -> str | None:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None
    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Error:
        return None
    return path if _starts(path) else None


def _quiet(*command: str) -> None:
    """Run an installer; what it prints is only worth reading when it fails, and then the last line says it."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, errors="replace", timeout=600, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"  {Path(command[0]).name} : arrêté, sans réponse depuis dix minutes")
        return
    except OSError:
        print(f"  {Path(command[0]).name} : impossible à lancer")
        return
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        print(f"  {Path(command[0]).name} : échec ({lines[-1] if lines else f'code {done.returncode}'})")


if __name__ == "__main__":
    main()
