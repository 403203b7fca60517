"""Why an extraction found what it found, as a person reads it on a terminal, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from kg.cli.messages import say
from kg.cli.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from kg.extract.explain import Reason
    from kg.model import Document


def mention_reasons(document: Document, reasons: Sequence[Reason]) -> Iterator[RenderableType]:
    """Yield each mention with its place, its type and what decided on it."""
    for reason in reasons:
        line = document.text.count("\n", 0, reason.start) + 1
        title = Text(f"{visible(document.metadata.path)}:{line}: ", "dim")
        title.append(visible(reason.text), "bold")
        title.append(f"  {reason.type} {reason.probability:.2f}", "cyan")
        yield title
        sources = say("comma").join(reason.sources)
        yield Text(say("why_sources", sources=sources) + (say("why_settled") if reason.settled else ""))
        parts = []
        if reason.tagger:
            parts.append(say("why_tagger", types=_pairs(reason.tagger.items(), "{:.2f}")))
        if reason.rules:
            parts.append(say("why_rules", type=reason.rules))
        if reason.features:
            parts.append(say("why_features", features=_pairs(reason.features, "{:+.1f}")))
        for part in parts:
            yield Text(part, "dim")


def as_json(document: Document, reasons: Sequence[Reason]) -> dict[str, Any]:
    """Return the same as JSON data."""
    return {"path": document.metadata.path, "mentions": [asdict(reason) for reason in reasons]}


def _pairs(pairs: Any, form: str) -> str:
    return say("comma").join(f"{name} {form.format(value)}" for name, value in pairs)
