"""The turns of a transcript, and whose they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract import speech

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kg.model import Document, Mention

PROSE = ("paragraph", "item", "quote")


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of a transcript (label included) and who speaks there, None where the label names nobody known."""

    start: int
    end: int
    speaker: str | None


def find_turns(
    document: Document, folded: str, persons: Sequence[tuple[Mention, str]], schemas: Path | None = None
) -> tuple[Turn, ...]:
    """Find the turns of a transcript: blocks that begin with a speaker's label, up to the next one or a heading.

    `persons` are the mentions of people with their entities' ids. Raises SchemaError.
    """
    grammar = speech.load(schemas)
    labels = _Labels(document, folded, persons, grammar)
    found: list[tuple[int, str, str | None]] = []
    for block in document.blocks:
        match = grammar["label"].match(folded, block.start, block.end) if block.kind in PROSE else None
        if match:
            found.append((block.start, match["label"], labels.speaker(match["label"])))
    # People listed with what they do have a label each; in a conversation labels come back.
    counts = Counter(label for _, label, _ in found)
    found = [turn for turn in found if counts[turn[1]] > 1 or turn[2]]
    if not any(counts[label] > 1 and (speaker or labels.is_role(label)) for _, label, speaker in found):
        return ()
    borders = sorted({start for start, _, _ in found} | {b.start for b in document.blocks if b.kind == "heading"})
    ends = dict(zip(borders, [*borders[1:], document.blocks[-1].end], strict=True))
    return tuple(Turn(start, ends[start], speaker) for start, _, speaker in found)


@dataclass(slots=True)
class _Labels:
    """Whom the labels of turns mean."""

    document: Document
    folded: str
    persons: Sequence[tuple[Mention, str]]
    grammar: speech.Speech
    names: dict[str, set[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {}
        for mention, entity in self.persons:
            self.names.setdefault(self.folded[mention.start : mention.end], set()).add(entity)

    def is_role(self, label: str) -> bool:
        return bool(self.grammar["questions"].fullmatch(label) or self.grammar["answers"].fullmatch(label))

    def speaker(self, label: str) -> str | None:
        if self.grammar["answers"].fullmatch(label):
            return self._guest()
        exact = self.names.get(label, set())
        # Brown for Noam Brown: the beginning or end of one person's name only.
        partial = {
            entity
            for name, entities in self.names.items()
            for entity in entities
            if name.startswith(label) or name.endswith(label)
        }
        for people in (exact, partial):
            if len(people) == 1:
                return next(iter(people))
        return None

    def _guest(self) -> str | None:
        """The only person whom the front matter names."""
        front = [block for block in self.document.blocks if block.kind == "front"]
        limit = front[-1].end if front else 0
        people = {entity for mention, entity in self.persons if mention.end <= limit}
        return next(iter(people)) if len(people) == 1 else None
