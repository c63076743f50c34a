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
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


def find() -> str | None:
    """The path of a browser: ``CHROMIUM``, the PATH, the usual places, then Playwright's own; None without any."""
    asked = os.environ.get("CHROMIUM")
    if asked:
        return asked if Path(asked).is_file() else None
    named = next((path for name in NOMS if (path := shutil.which(name))), None)
    return named or next((place for place in ENDROITS if Path(place).is_file()), None) or _of_playwright()


def install() -> str | None:
    """Install Chromium: Debian's package when root, else Playwright's; None when neither can be had."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installation de Chromium (paquet Debian) pour les essais…", flush=True)
        _quiet("apt-get", "update")
        _quiet("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    if find() is None:
        _quiet(sys.executable, "-m", "playwright", "install", "chromium")
    return find()


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
    return path if Path(path).is_file() else None


def _quiet(*command: str) -> None:
    """Run an installer; what it prints is only worth reading when it fails, and then the last line says it."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, errors="replace", timeout=600, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {command[0]} : {error}")
        return
    if done.returncode:
        print(f"  {command[0]} : {(done.stderr or done.stdout).strip().splitlines()[-1:]}")


if __name__ == "__main__":
    chosen = find() or install()
    if chosen is None:
        print("Aucun navigateur Chromium : les essais dans un navigateur seront sautés.")
    else:
        print(f"Navigateur des essais : {chosen}")
