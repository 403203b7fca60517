"""What the command line says to people, in their language; the texts are in `viz/cli.yaml`."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from functools import cache
from typing import Any, Literal, cast

from kg.resources import folder

Language = Literal["zh", "en"]

_chosen: ContextVar[Language | None] = ContextVar("language", default=None)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


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


def say_problem(problem: object) -> str:
    """Return what an error says, in the language to speak as far as it is known there."""
    return str(problem) if language() == "en" else in_chinese(str(problem))


def in_chinese(problem: str) -> str:
    """Return the Chinese for what an error says in English; what is not known stays as it is."""
    for pattern, chinese in _problems():
        if match := pattern.fullmatch(problem):
            values = match.groupdict()
            place = values.pop("_place")
            return place + chinese.format(**{name: in_chinese(value) for name, value in values.items()})
    lines = problem.split("\n")
    return "\n".join(map(in_chinese, lines)) if len(lines) > 1 else problem


@cache
def texts() -> dict[str, dict[Language, str]]:
    """Return every text by key and language."""
    return cast("dict[str, dict[Language, str]]", _data()["messages"])


@cache
def _problems() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(problem["en"]), problem["zh"]) for problem in _data()["problems"])


def _pattern(template: str) -> re.Pattern[str]:
    """Return an expression for messages of this form, after the place that they concern."""
    parts = [r"(?P<_place>(?:.*?: )?)"]
    seen: set[str] = set()
    position = 0
    for placeholder in _PLACEHOLDER.finditer(template):
        name = placeholder[1]
        parts += [
            re.escape(template[position : placeholder.start()]),
            f"(?P={name})" if name in seen else f"(?P<{name}>.+?)",
        ]
        seen.add(name)
        position = placeholder.end()
    return re.compile("".join([*parts, re.escape(template[position:])]), re.DOTALL)


@cache
def _data() -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((folder("viz") / "cli.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - it is a safe one
