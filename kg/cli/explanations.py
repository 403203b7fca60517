"""Why an extraction found what it found, as a person reads it on a terminal, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from kg.cli.messages import say
from kg.cli.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from kg.extract.explain import Explanation, Reason, RelationReason
    from kg.model import Document

_TIMES = {"evidence": "why_time_evidence", "earlier": "why_time_earlier", "article": "why_time_article"}


def lines(document: Document, explanation: Explanation) -> Iterator[RenderableType]:
    """Yield each mention and each relation with its place and what decided on it."""
    for mention in explanation.mentions:
        yield from _mention(document, mention)
    for relation in explanation.relations:
        yield from _relation(document, relation)


def as_json(document: Document, explanation: Explanation) -> dict[str, Any]:
    """Return the same as JSON data."""
    return {"path": document.metadata.path, **asdict(explanation)}


def _mention(document: Document, reason: Reason) -> Iterator[RenderableType]:
    title = _place(document, reason.start)
    title.append(visible(reason.text), "bold")
    title.append(f"  {reason.type} {reason.probability:.2f}", "cyan")
    yield title
    sources = say("comma").join(reason.sources)
    yield Text(say("why_sources", sources=sources) + (say("why_settled") if reason.settled else ""))
    if reason.tagger:
        yield Text(say("why_tagger", types=_pairs(reason.tagger.items(), "{:.2f}")), "dim")
    if reason.rules:
        yield Text(say("why_rules", type=reason.rules), "dim")
    if reason.features:
        yield Text(say("why_features", features=_pairs(reason.features, "{:+.1f}")), "dim")


def _relation(document: Document, reason: RelationReason) -> Iterator[RenderableType]:
    title = _place(document, reason.start)
    title.append(visible(f"{reason.subject} {reason.predicate} {reason.object}"), "bold")
    title.append(f"  {reason.probability:.2f}", "cyan")
    yield title
    yield Text(say("quoted", words=visible(" ".join(reason.sentence.split()))))
    if reason.frames:
        yield Text(say("why_frames", frames=_pairs(reason.frames, "{:.2f}")), "dim")
    if reason.score is not None:
        yield Text(
            say("why_words", score=f"{reason.score:+.2f}", subject=reason.subject_by, object=reason.object_by), "dim"
        )
    if reason.time:
        yield Text(say("why_time", time=reason.time, place=say(_TIMES[reason.time_by])), "dim")


def _place(document: Document, offset: int) -> Text:
    line = document.text.count("\n", 0, offset) + 1
    return Text(f"{visible(document.metadata.path)}:{line}: ", "dim")


def _pairs(pairs: Any, form: str) -> str:
    return say("comma").join(f"{name} {form.format(value)}" for name, value in pairs)
