"""Writing to a terminal, or to whatever stands in its place."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

# Without a terminal nobody has said how wide a line may be.
_WIDTH = 120
# Control characters of an article must not steer the terminal, nor turn the direction of its text.
_VISIBLE: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"},
    **dict.fromkeys((0x7F, *range(0x80, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "�"),
}


def show(*items: RenderableType) -> None:
    """Print tables and texts on stdout; only a terminal gets lines filled up with spaces."""
    console = Console(width=_width(), highlight=False, markup=False, emoji=False)
    for item in items:
        if console.is_terminal:
            console.print(item)
            continue
        with console.capture() as captured:
            console.print(item)
        typer.echo("\n".join(line.rstrip(" ") for line in captured.get().split("\n")), nl=False)


def show_json(data: Any) -> None:
    """Print data as JSON on stdout; numbers that JSON does not know become null."""
    typer.echo(json.dumps(_finite(data), ensure_ascii=False, indent=2, allow_nan=False))


def errors() -> Console:
    """Return the console of stderr."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


@contextmanager
def progress(description: str, *, among_output: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how much of how much is done, if it is a terminal to which nothing else is written meanwhile."""
    if not sys.stderr.isatty() or (among_output and sys.stdout.isatty()):
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors(), transient=True) as display:
        task = display.add_task(description, total=None)
        yield lambda done, total: display.update(task, completed=done, total=total)


def visible(text: str) -> str:
    """Return the text with control characters made visible, so that data cannot steer the terminal."""
    return text.translate(_VISIBLE)


def _width() -> int | None:
    return None if sys.stdout.isatty() or os.environ.get("COLUMNS") else _WIDTH


def _finite(data: Any) -> Any:
    if isinstance(data, float):
        return data if abs(data) != float("inf") and data == data else None  # noqa: PLR0124 - NaN differs from itself
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data
