"""A picture of the page for link previews, taken by the browser that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.errors import ExportError

_BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# What those who show links expect.
_WIDTH, _HEIGHT = 1200, 630
_SECONDS = 60


def write_preview(page: Path, out: Path) -> None:
    """Write a PNG of title and picture of the page; raises ExportError, also where there is no browser."""
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if program is None:
        raise ExportError(f"{out}: a preview needs Chromium or Chrome, and none is installed")
    with TemporaryDirectory() as scratch:
        picture = Path(scratch) / "preview.png"
        command = [
            program,
            # Chromium refuses its sandbox to the root user, who is alone in a container.
            *(("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()),
            *("--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            f"--user-data-dir={Path(scratch) / 'profile'}",
            f"--window-size={_WIDTH},{_HEIGHT}",
            "--force-prefers-reduced-motion",
            "--virtual-time-budget=8000",
            f"--screenshot={picture}",
            f"{page.resolve().as_uri()}#lang=zh-Hant&view=preview",
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603  # our own words
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ExportError(f"{out}: the browser took no picture: {error}") from error
        if done.returncode or not picture.exists():
            raise ExportError(f"{out}: the browser took no picture: {done.stderr.decode('utf-8', 'replace')[-300:]}")
        try:
            shutil.copyfile(picture, out)
        except OSError as error:
            raise ExportError(f"{out}: cannot be written: {error.strerror or error}") from error
