"""What a reader has in mind while going through a document, and which part of a clause is its subject."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.grammar import Grammar
from kg.extract.memory import Memory, Place
from kg.extract.tokens import QUOTE_MARKS
from kg.extract.view import FIRST_TYPE, LAST_TYPE, Item, Line, View
from kg.model import Entity

_MEMORY = 40
_LATELY = 12
_DROPPED = re.compile(rf"[{re.escape(QUOTE_MARKS)}\s]")
_MODIFIER = 6
_AFFILIATING = "Organization"


@dataclass(frozen=True, slots=True)
class Topic:
    """What the whole article is about: the most mentioned entity of each type."""

    by_type: Mapping[str, str]


@dataclass(slots=True)
class State:
    """What a reader has in mind at one point of the text; the lists only grow, the most recent comes last."""

    subjects: list[Item] = field(default_factory=list)
    mentioned: list[Item] = field(default_factory=list)
    companions: list[Item] = field(default_factory=list)
    group: tuple[str, ...] = ()
    speaker: str | None = None
    company: str | None = None
    section: tuple[Item, ...] = ()
    memory: Memory = field(default_factory=Memory)

    def mention(self, item: Item) -> None:
        """Remember an item that was named anywhere."""
        self.mentioned.append(item)

    def subject(self, item: Item) -> None:
        """Remember an item that stood in subject position."""
        self.subjects.append(item)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was in mind before a clause; the state's lists only grow, so that their lengths tell all."""

    state: State
    subject_count: int
    mention_count: int
    company: str | None
    section: tuple[Item, ...]
    events: int
    place: Place
    line: tuple[int, int]
    quoted: bool
    speaker: str | None
    group: frozenset[str]

    @property
    def subjects(self) -> tuple[Item, ...]:
        """Earlier subjects, the most recent first."""
        return tuple(reversed(self.state.subjects[max(0, self.subject_count - _MEMORY) : self.subject_count]))

    @property
    def mentioned(self) -> tuple[Item, ...]:
        """What was named lately, the most recent first."""
        return tuple(reversed(self.state.mentioned[max(0, self.mention_count - _LATELY) : self.mention_count]))


class Reader:
    """What is known while reading one document: its entities, what it is about, and what is in mind."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.entities = {entity.id: entity for entity in entities}
        counts = Counter({entity.id: len(entity.mentions) for entity in entities})
        topic: dict[str, str] = {}
        for identifier, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            topic.setdefault(self.entities[identifier].type, identifier)
        self.topic = Topic(topic)
        self.state = State()

    def type_of(self, identifier: str) -> str:
        """The entity's type."""
        return self.entities[identifier].type


def subject_of(
    clause: str, items: Mapping[int, Item], base: int, grammar: Grammar, verbs: tuple[str, ...]
) -> tuple[int, Item] | None:
    """The item in subject position of a clause of the view, with its offset; `base` is the clause's offset."""
    last_end = 0
    governed = False
    positions = [k for k, c in enumerate(clause) if FIRST_TYPE <= ord(c) <= LAST_TYPE]
    for number, k in enumerate(positions):
        item = items[base + k]
        prefix = clause[last_end:k]
        governed = bool(
            grammar.oblique.search(prefix)
            or grammar.companion.search(prefix)
            or prefix.endswith(verbs)
            or (governed and prefix.endswith("的") and len(prefix) <= _MODIFIER)
        )
        if governed:
            last_end = k + 1
            continue
        if item.type == _AFFILIATING and grammar.affiliated.match(clause, k + 1):
            last_end = k + 1
            continue
        following = positions[number + 1] if number + 1 < len(positions) else None
        between = clause[k + 1 : following] if following is not None else clause[k + 1 :]
        if following is not None and "的" in between[-9:] and not between.startswith(("是", "也是", "曾是")):
            last_end = k + 1
            continue
        return base + k, item
    return None


@dataclass(slots=True)
class Draft:
    """A view being written."""

    chars: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    items: dict[int, Item] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    subjects: dict[int, int] = field(default_factory=dict)

    def put(self, char: str, origin: int, item: Item | None = None) -> None:
        """Append one character of the view."""
        if item is not None:
            self.items[len(self.chars)] = item
        self.chars.append(char)
        self.origins.append(origin)

    def run(self, folded: str, start: int, end: int) -> None:
        """Append plain words without quotation marks, and without spaces except between Latin words."""
        if not _DROPPED.search(folded, start, end):
            self.chars.extend(folded[start:end])
            self.origins.extend(range(start, end))
            return
        for i in range(start, end):
            if not _DROPPED.match(folded, i) or (folded[i] == " " and _between_latin(folded, i)):
                self.chars.append(folded[i])
                self.origins.append(i)

    def view(self) -> View:
        """The finished view."""
        return View("".join(self.chars), tuple(self.origins), self.items, tuple(self.lines))


def _between_latin(text: str, position: int) -> bool:
    before, after = text[position - 1 : position], text[position + 1 : position + 2]
    return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
