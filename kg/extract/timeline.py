"""The times of a document in their places: what stands around each, and how far it is from the words of a relation."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.extract.segment import Segmented
from kg.extract.times import Time
from kg.extract.view import BREAKS
from kg.model import Evidence

_BREAK = re.compile(f"[{re.escape(BREAKS)}、（(|]")
_WORD = re.compile(r"\w")
_AFTER, _BEFORE = 3, 2
_GRAINS = {4: "year", 7: "month", 10: "day"}
# How far away is what stands in another sentence, and in another block.
SENTENCE, BLOCK = 10, 100


@dataclass(frozen=True, slots=True)
class Point:
    """A time of known value in its place, or a duration.

    `who` is named in its sentence, `near` in its clause; `about` holds who or what of each type was named last before
    it. `codes` are what speaks for or against it wherever it is asked for, the first five of its own kind, the others
    of its surroundings; `views` keeps them as they count from one side.
    """

    start: int
    end: int
    value: str
    months: int
    sentence: int
    block: int
    clause: int
    kind: str
    who: frozenset[str]
    near: frozenset[str]
    about: frozenset[str]
    codes: tuple[str, ...]
    views: dict[str, tuple[str, ...]]

    def as_seen(self, side: str, kinds: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The codes of its surroundings (those of these kinds, or all) as they count on one side of a relation."""
        found = self.views.get(side)
        if found is None:
            found = tuple(f"{side} {c}" for c in self.codes[5:] if not kinds or c.startswith(kinds))
            self.views[side] = found
        return found


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a relation is told: its sentence and block, and the clauses and offsets from its first to its last name."""

    sentence: int
    block: int
    first: int
    last: int
    start: int
    end: int


class Timeline:
    """The points of one document in order, with its durations."""

    def __init__(
        self,
        segmented: Segmented,
        times: Sequence[Time],
        named: Sequence[tuple[int, str]],
        types: Mapping[str, str],
        date: str | None,
        leaving: re.Pattern[str] | None,
    ) -> None:
        self.segmented = segmented
        self.date = date
        self.leaving = leaving
        self._types = types
        self._last: dict[str, str] = {}
        self._passed = 0
        self.named = named
        self._offsets = [offset for offset, _ in named]
        self._sentences = [sentence.start for sentence in segmented.sentences]
        self._breaks = [m.start() for m in _BREAK.finditer(segmented.folded)] if times else []
        points: list[Point] = []
        for time in times:
            point = self._point(time)
            if point is not None:
                points += self._readings(point, time, points[-1].block if points else -1)
        self.points = [p for p in points if p.value]
        self.durations = [p for p in points if not p.value]
        self.starts = [p.start for p in self.points]
        self.headings: dict[int, int] = {}
        here = -1
        for number, block in enumerate(segmented.document.blocks):
            if block.kind == "heading":
                here = number
            self.headings[number] = here
        self.recent = self._recent()

    def _readings(self, point: Point, time: Time, block: int) -> list[Point]:
        """A point as it was read, and as it would be if it were counted from the document's date."""
        if time.otherwise is None or self.date is None:
            return [point]
        follows = f"{'follows' if point.block == block else 'away'} {time.rule}"
        age = _age(time.otherwise, self.date)
        return [
            replace(point, codes=(*point.codes, f"read {follows}"), views={}),
            replace(
                point,
                value=time.otherwise,
                codes=(*point.codes[:5], *[c for c in point.codes[5:] if c != "future"], age, f"otherwise {follows}"),
                views={},
            ),
        ]

    def _recent(self) -> str:
        """How much of the document's time is the month of its own date."""
        if not self.points or not self.date:
            return "nothing" if self.date else "undated"
        same = sum(p.value[:7] == self.date[:7] for p in self.points) / len(self.points)
        year = sum(p.value[:4] == self.date[:4] for p in self.points) / len(self.points)
        return f"{min(int(same * 5), 3)}{min(int(year * 5), 4)}"

    def clause(self, offset: int) -> int:
        """The number of the clause at an offset."""
        return bisect_right(self._breaks, offset)

    def sentence(self, offset: int) -> int:
        """The number of the sentence at an offset."""
        return max(bisect_right(self._sentences, offset) - 1, 0)

    def _named(self, start: int, end: int) -> frozenset[str]:
        return frozenset(
            who for _, who in self.named[bisect_left(self._offsets, start) : bisect_left(self._offsets, end)]
        )

    def _point(self, time: Time) -> Point | None:
        if time.value is None and not time.months:
            return None
        number = self.sentence(time.start)
        sentence = self.segmented.sentences[number]
        clause = self.clause(time.start)
        begin = max(self._breaks[clause - 1], sentence.start) if clause else sentence.start
        stop = min(self._breaks[clause], sentence.end) if clause < len(self._breaks) else sentence.end
        kind = self.segmented.document.blocks[sentence.block].kind
        while self._passed < len(self.named) and self._offsets[self._passed] < time.start:
            who = self.named[self._passed][1]
            self._last[self._types[who]] = who
            self._passed += 1
        return Point(
            time.start,
            time.end,
            time.value or "",
            time.months or 0,
            number,
            sentence.block,
            clause,
            kind,
            self._named(sentence.start, sentence.end),
            self._named(begin, stop),
            frozenset(self._last.values()),
            tuple(self._codes(time, kind, begin, sentence.start, sentence.end)),
            {},
        )

    def _codes(self, time: Time, kind: str, clause: int, begin: int, end: int) -> list[str]:
        words, starts = self.segmented.words, self.segmented.starts
        grain = _GRAINS[len(time.value)] if time.value else "duration"
        codes = [f"rule {time.rule}", f"grain {grain}", f"base {time.base}", f"in {kind}", f"role {time.role}"]
        if time.future:
            codes.append("future")
        if time.value and self.date and time.otherwise is None:
            codes.append(_age(time.value, self.date))
        if not _WORD.search(self.segmented.folded, clause, time.start):
            codes.append("opens sentence" if clause == begin else "opens clause")
        k = bisect_left(starts, time.end)
        after: list[str] = []
        while k < len(starts) and starts[k] < end and len(after) < _AFTER:
            if words[k].strip():
                after.append(words[k])
            k += 1
        if self.leaving is not None and (found := self.leaving.search(self.segmented.folded, clause, end)):
            codes.append(f"leaving {min(self.clause(found.start()) - self.clause(time.start), 2)}")
        codes += [f"then {word}" for word in after]
        codes.append(f"next {after[0] if after else ''}")
        k = bisect_left(starts, time.start) - 1
        before: list[str] = []
        while k >= 0 and starts[k] >= begin and len(before) < _BEFORE:
            if words[k].strip():
                before.append(words[k])
            k -= 1
        codes.append(f"last {before[0] if before else ''}")
        codes += [f"earlier {word}" for word in before[1:]]
        return codes

    def anchor(self, evidence: Evidence, names: Sequence[str]) -> Anchor:
        """Where the evidence of a relation between these entities stands."""
        low, high = bisect_left(self._offsets, evidence.start), bisect_left(self._offsets, evidence.end)
        places = [offset for offset, who in self.named[low:high] if who in names]
        start, end = (places[0], places[-1]) if places else (evidence.start, max(evidence.start, evidence.end - 1))
        number = self.sentence(evidence.start)
        return Anchor(
            number,
            self.segmented.sentences[number].block,
            self.clause(start),
            self.clause(end),
            start,
            end,
        )

    def place(self, point: Point, at: Anchor) -> tuple[int, str]:
        """How far a point is from an anchor, and where: in its clauses, its sentence, its block, or outside."""
        if point.sentence == at.sentence:
            if point.clause < at.first:
                return at.first - point.clause, f"before {min(at.first - point.clause, 4)}"
            if point.clause > at.last:
                return point.clause - at.last, f"after {min(point.clause - at.last, 4)}"
            if point.start < at.start:
                return 0, "in front"
            return 0, "between" if point.start < at.end else "behind"
        if point.block == at.block:
            away = point.sentence - at.sentence
            return SENTENCE + abs(away), f"{'later' if away > 0 else 'earlier'} sentence {min(abs(away), 4)}"
        if point.block == self.headings[at.block]:
            return SENTENCE, "heading"
        away = point.block - at.block
        return BLOCK + abs(away), f"{'later' if away > 0 else 'earlier'} block {min(abs(away), 3)}"

    def words(self, start: int, end: int) -> list[str]:
        """The words between two offsets."""
        starts = self.segmented.starts
        return [w for w in self.segmented.words[bisect_left(starts, start) : bisect_left(starts, end)] if w.strip()]


def _age(value: str, date: str) -> str:
    years = int(date[:4]) - int(value[:4])
    if years:
        return f"years ago {max(min(years, 5), -1)}"
    return "same month" if value[:7] == date[:7] else "same year"
