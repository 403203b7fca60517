"""The units of a sentence: names, dates, amounts, roles, and the words that point back to something."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.extract.grammar import Grammar
from kg.extract.view import Item

QUOTE_MARKS = '「」『』“”"《》〈〉*_'
# Names of these types stand side by side in one list.
ALIKE = {"Model", "Product"}
_BRACKET = re.compile("\\s*[（(]([^（）()]{1,60})[）)]")


@dataclass(frozen=True, slots=True)
class Reference:
    """A word or phrase that points back; `word` is the pronoun, or the head noun of a description."""

    start: int
    end: int
    kind: Literal["pronoun", "described", "bare"]
    word: str


class Lexer:
    """Finds the units of one document; `items` are its names and dates."""

    def __init__(self, folded: str, items: Sequence[Item], grammar: Grammar) -> None:
        self.folded = folded
        self.grammar = grammar
        taken = bytearray(len(folded))
        units: list[Item] = []

        def take(candidates: Iterable[Item]) -> None:
            for item in candidates:
                if not any(taken[item.start : item.end]):
                    taken[item.start : item.end] = b"\1" * (item.end - item.start)
                    units.append(item)

        take(sorted(items, key=lambda item: (item.start, -item.end)))
        for pattern, kind in (
            (grammar.amount, "Amount"),
            (grammar.score, "Score"),
            (grammar.rank, "Rank"),
            (grammar.role, "Role"),
        ):
            # A pattern with a group names exceptions beside it: only the group counts.
            matches = (m for m in pattern.finditer(folded) if not pattern.groups or m[1])
            take(Item(m.start(), m.end(), kind, (), "value") for m in matches)
        self._units = sorted(units, key=lambda item: item.start)
        self._unit_starts = [item.start for item in self._units]
        self._references = sorted(self._find_references(), key=lambda r: (r.start, -r.end))
        self._reference_starts = [reference.start for reference in self._references]

    def tokens(self, start: int, end: int) -> list[Item]:
        """Names, dates, amounts, scores, ranks and roles of a sentence, in order; lists of like names are one."""
        low, high = bisect_left(self._unit_starts, start), bisect_left(self._unit_starts, end)
        within = [item for item in self._units[low:high] if item.end <= end]
        return self._joined(self._unbracketed(within, end))

    def _unbracketed(self, tokens: list[Item], end: int) -> list[Item]:
        """Let a name swallow a bracket that says nothing but the same name again, or no name at all."""
        result: list[Item] = []
        skip_until = -1
        for number, item in enumerate(tokens):
            if item.start < skip_until:
                continue
            bracket = _BRACKET.match(self.folded, item.end, end) if item.members else None
            if bracket:
                inside = [t for t in tokens[number + 1 :] if t.start < bracket.end()]
                if all(
                    t.members == item.members or (not t.members and t.type not in ("Role", "Score", "Rank"))
                    for t in inside
                ):
                    skip_until = bracket.end()
                    result.append(Item(item.start, bracket.end(), item.type, item.members, item.form))
                    continue
            result.append(item)
        return result

    def _joined(self, tokens: list[Item]) -> list[Item]:
        """Coordinations of like names become one item."""
        result: list[Item] = []
        for item in tokens:
            last = result[-1] if result else None
            if (
                last is not None
                and item.members
                and last.members
                and (last.type == item.type or {last.type, item.type} <= ALIKE)
                and item.members[0] not in last.members
                and self.grammar.joint.fullmatch(self._bare_gap(last.end, item.start))
            ):
                result[-1] = Item(last.start, item.end, last.type, (*last.members, *item.members), "name")
                continue
            result.append(item)
        for number, item in enumerate(result):
            if len(item.members) > 1:
                limit = result[number + 1].start if number + 1 < len(result) else len(self.folded)
                tail = self.grammar.list_tail.match(self.folded, item.end, limit)
                if tail:
                    result[number] = Item(item.start, tail.end(), item.type, item.members, item.form)
        return result

    def _bare_gap(self, start: int, end: int) -> str:
        return "".join(c for c in self.folded[start:end] if c not in QUOTE_MARKS and not c.isspace()) or "\0"

    def references(self, start: int, end: int, tokens: Sequence[Item]) -> list[Reference]:
        """The references of a sentence in order; none overlaps another or a name."""
        low, high = bisect_left(self._reference_starts, start), bisect_left(self._reference_starts, end)
        result: list[Reference] = []
        for reference in self._references[low:high]:
            free = reference.end <= end and (not result or reference.start >= result[-1].end)
            # A description may name a place: 這家位於新竹的實驗室.
            rivals = [t for t in tokens if reference.kind != "described" or t.type != "Place"]
            if free and not _overlaps(rivals, reference.start, reference.end):
                result.append(reference)
        return result

    def _find_references(self) -> Iterator[Reference]:
        folded, grammar = self.folded, self.grammar
        for m in grammar.described.finditer(folded):
            yield Reference(m.start(), m.end(), "described", m["head"])
        for m in grammar.pronoun.finditer(folded):
            yield Reference(m.start(), m.end(), "pronoun", m[0])
        for m in grammar.bare.finditer(folded):
            yield Reference(m.start(), m.end(), "bare", m["head"])


def _overlaps(tokens: Sequence[Item], start: int, end: int) -> bool:
    return any(t.start < end and start < t.end for t in tokens)
