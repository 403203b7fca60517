"""Where the shipped data are, in an installed package and in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from kg.errors import NotFoundError


def folder(name: str) -> Path:
    """The folder `schemas` or `viz`: inside the installed package, else beside it in a checkout."""
    package = Path(str(files("kg")))
    for candidate in (package / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise NotFoundError(f"kg is installed without its data folder {name!r}; install it again")
