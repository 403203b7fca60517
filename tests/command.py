"""Runs `kg` for tests: inside this process, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from kg.cli import app

if TYPE_CHECKING:
    from typer.testing import Result

ROOT = Path(__file__).parents[1]
ENGLISH = {"KG_LANG": "en", "COLUMNS": "200", "LC_ALL": "C.UTF-8"}


def kg(*arguments: object, **environment: str) -> Result:
    """Run a command in the current folder and return its exit code, stdout and stderr."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={**ENGLISH, **environment})


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start a command as a process of its own, with its outputs piped."""
    # Tests may run in folders where the package is not: it is found through the checkout.
    environment = {**os.environ, **ENGLISH, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        encoding="utf-8",
        env=environment,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )
