"""The units of a sentence: names, dates, amounts, roles, and the words that point back to something."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
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
        self._items = sorted(items, key=lambda item: (item.start, -item.end))
        self._starts = [item.start for item in self._items]

    def tokens(self, start: int, end: int) -> list[Item]:
        """Names, dates, amounts, scores, ranks and roles of a sentence, in order; lists of like names are one."""
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        chosen: list[Item] = []
        reach = start
        for item in self._items[low:high]:
            if item.start >= reach and item.end <= end:
                chosen.append(item)
                reach = item.end
        taken = chosen
        for pattern, kind in (
            (self.grammar.amount, "Amount"),
            (self.grammar.score, "Score"),
            (self.grammar.rank, "Rank"),
            (self.grammar.role, "Role"),
        ):
            extra = [
                Item(m.start(), m.end(), kind, (), "value")
                for m in pattern.finditer(self.folded, start, end)
                if (kind != "Role" or m[1]) and not _overlaps(taken, m.start(), m.end())
            ]
            if extra:
                taken = sorted([*taken, *extra], key=lambda item: item.start)
        return self._joined(self._unbracketed(taken, end))

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
        folded, grammar = self.folded, self.grammar
        found = [
            *(
                Reference(m.start(), m.end(), "described", m["head"])
                for m in grammar.described.finditer(folded, start, end)
            ),
            *(Reference(m.start(), m.end(), "pronoun", m[0]) for m in grammar.pronoun.finditer(folded, start, end)),
            *(Reference(m.start(), m.end(), "bare", m["head"]) for m in grammar.bare.finditer(folded, start, end)),
        ]
        found.sort(key=lambda r: (r.start, -r.end))
        result: list[Reference] = []
        for reference in found:
            free = not result or reference.start >= result[-1].end
            if free and not _overlaps(tokens, reference.start, reference.end):
                result.append(reference)
        return result


def _overlaps(tokens: Sequence[Item], start: int, end: int) -> bool:
    return any(t.start < end and start < t.end for t in tokens)
