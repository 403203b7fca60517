"""What the command line says to people, in their language; the texts are in `viz/cli.yaml`."""

from __future__ import annotations

import os
from contextvars import ContextVar
from functools import cache
from typing import Literal, cast

from kg.resources import folder

Language = Literal["zh", "en"]

_chosen: ContextVar[Language | None] = ContextVar("language", default=None)


def choose(language: Language | None) -> None:
    """Speak this language; None: the one of KG_LANG, else of the locale, else English."""
    _chosen.set(language)


def language() -> Language:
    """Return the language to speak."""
    # POSIX looks at them in this order, and the first that is set counts.
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    wanted = os.environ.get("KG_LANG") or locale
    return _chosen.get() or ("zh" if wanted.lower().startswith("zh") else "en")


def say(key: str, **values: object) -> str:
    """Return the text with this key in the language to speak, its placeholders filled with the values."""
    return texts()[key][language()].format(**values)


@cache
def texts() -> dict[str, dict[Language, str]]:
    """Return every text by key and language."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load((folder("viz") / "cli.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - it is a safe one
    return cast("dict[str, dict[Language, str]]", data["messages"])
