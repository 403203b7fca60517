"""Who is meant: reads a document from top to bottom and resolves pronouns, descriptions and dropped subjects.

The result is a View in which every pronoun is already an item with its referent, and for every clause a list of the
candidates for a subject that is not there, best first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.grammar import Grammar, Pronoun
from kg.extract.memory import Memory, Place
from kg.extract.tokens import QUOTE_MARKS
from kg.extract.view import FIRST_TYPE, LAST_TYPE, Item, Line, View
from kg.model import Entity

_MEMORY = 40
_LATELY = 12
_DROPPED = re.compile(rf"[{re.escape(QUOTE_MARKS)}\s]")
_MODIFIER = 6
_AFFILIATING = "Organization"
_SAME_GENDER, _TOPICAL, _LESS_LIKELY, _RIVALS = 3.0, 1.0, 1.0, 6


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
    genders: dict[str, str] = field(default_factory=dict)
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
    events: int = 0
    place: Place = Place(0, 0, 0, 0)
    line: tuple[int, int] = (0, 0)
    quoted: bool = False
    speaker: str | None = None
    group: frozenset[str] = frozenset()

    @property
    def subjects(self) -> tuple[Item, ...]:
        """Earlier subjects, the most recent first."""
        return tuple(reversed(self.state.subjects[max(0, self.subject_count - _MEMORY) : self.subject_count]))

    @property
    def mentioned(self) -> tuple[Item, ...]:
        """What was named lately, the most recent first."""
        return tuple(reversed(self.state.mentioned[max(0, self.mention_count - _LATELY) : self.mention_count]))


class Reader:
    """Resolves references in reading order; one per document."""

    def __init__(
        self, entities: Sequence[Entity], grammar: Grammar, symbols: Mapping[str, str], *, both_genders: bool
    ) -> None:
        self.both_genders = both_genders
        self.grammar = grammar
        self.symbols = symbols
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

    def resolve(self, word: str, start: int, end: int) -> Item | None:
        """The item that a pronoun means here, or None where nobody fits."""
        pronoun = self.grammar.pronouns[word]
        if pronoun.speaker:
            who = self.state.speaker
            return Item(start, end, self.type_of(who), (who,), "pronoun") if who else None
        if pronoun.number == "many":
            members = self._group(word, pronoun)
            return Item(start, end, self.type_of(members[0]), members, "group") if members else None
        best: tuple[float, Item] | None = None
        seen: set[str] = set()
        for item in (*self.state.subjects[:-_MEMORY:-1], *self.state.mentioned[:-_MEMORY:-1]):
            if item.type not in pronoun.types or len(item.members) != 1 or item.members[0] in seen:
                continue
            if item.form == "turn":
                # Those who talk with each other are 我 and 你, not 他.
                continue
            who = item.members[0]
            gender = self.state.genders.get(who)
            if who == self.state.speaker or (pronoun.gender and gender and gender != pronoun.gender):
                continue
            score = -2.0 * len(seen)
            seen.add(who)
            score += _SAME_GENDER if pronoun.gender and gender == pronoun.gender else 0
            # The types of a pronoun are in the order of their likelihood.
            score -= _LESS_LIKELY * pronoun.types.index(item.type)
            score += _TOPICAL if self.topic.by_type.get(item.type) == who else 0
            if best is None or score > best[0]:
                best = (score, item)
            if len(seen) == _RIVALS:
                break
        if best is None:
            return None
        who = best[1].members[0]
        if pronoun.gender == "f" or (pronoun.gender and self.both_genders):
            self.state.genders.setdefault(who, pronoun.gender)
        return Item(start, end, best[1].type, (who,), "pronoun")

    def _group(self, word: str, pronoun: Pronoun) -> tuple[str, ...]:
        size = next(
            (n for mark, n in (("两", 2), ("二", 2), ("俩", 2), ("三", 3), ("四", 4), ("五", 5)) if mark in word), 0
        )
        fits = [who for who in self.state.group if self.type_of(who) in pronoun.types]
        recent: list[str] = []
        for item in self.state.mentioned[:-_MEMORY:-1]:
            for who in item.members:
                if self.type_of(who) in pronoun.types and who not in recent:
                    recent.append(who)
        fresh = len(fits) > 1 and set(fits) & set(recent[:2])
        if fresh and (not size or len(fits) == size):
            return tuple(fits)
        if size:
            return tuple(sorted(recent[:size])) if len(recent) >= size else ()
        if fresh:
            return tuple(fits)
        # 他們 for the people of a lab or company that was just the subject
        for item in reversed(self.state.subjects[-3:]):
            if item.type == "Organization" and "Organization" in self.symbols:
                return item.members
        for item in reversed(self.state.subjects[-3:]):
            if item.type in pronoun.types:
                return item.members
        return ()

    def describe(self, head: str, start: int, end: int) -> Item | None:
        """The item that a definite description means here: the best of what is in mind, by fit and recency."""
        wanted = self.grammar.heads[head]
        if wanted.latest:
            return next(
                (
                    Item(start, end, i.type, i.members, "description")
                    for i in reversed(self.state.mentioned)
                    if i.type in wanted.types
                ),
                None,
            )
        best: tuple[int, Item] | None = None
        seen: set[str] = set()
        pool = [(item, True) for item in self.state.subjects[:-_MEMORY:-1]]
        pool += [(item, False) for item in self.state.mentioned[:-_MEMORY:-1]]
        last = self.state.mentioned[-1].start if self.state.mentioned else 0
        for item, is_subject in pool:
            if len(item.members) != 1 or item.type not in wanted.types or item.members[0] in seen:
                continue
            entity = self.entities[item.members[0]]
            seen.add(entity.id)
            in_focus = is_subject or entity.id in (self.state.company, self.topic.by_type.get(item.type))
            if item.type == _AFFILIATING and not in_focus:
                continue
            distance = max(0, last - item.start)
            score = -min(distance // 12, 6) + (6 if is_subject else 0)
            score += 6 if self.state.company == entity.id else 0
            score += 3 if self.topic.by_type.get(item.type) == entity.id else 0
            score += 12 if head in self.grammar.heads and any(head in alias for alias in entity.aliases) else 0
            score += 4 if item.type == wanted.types[0] else 0
            if wanted.kinds:
                score += 3 if entity.kind in wanted.kinds else -8
            if best is None or score > best[0]:
                best = (score, item)
        if best is None:
            return None
        return Item(start, end, best[1].type, best[1].members, "description")


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
