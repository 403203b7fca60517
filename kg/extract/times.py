"""Dates of a text, absolute and relative, and stretches of time; `schemas/times.yaml` has the words for them."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from kg.extract.time_words import HALF, Grammar, Rule, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_MONTHS_IN_YEAR = 12
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Time:
    """A time in the text; `value` is YYYY, YYYY-MM, YYYY-MM-DD or None where the text does not settle it.

    A duration has no value but `months` (weeks and days count as 0). `role` says which end of a stretch a point is,
    `future` that it lies after the article's date, `rule` which words were read, `base` what it was counted from,
    `otherwise` what it would be if it were counted from the article's date.
    """

    start: int
    end: int
    value: str | None
    kind: Literal["point", "duration"]
    months: int | None
    role: Literal["", "start", "end"]
    future: bool
    rule: str
    base: str = "none"
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class _Date:
    """A day, month or year; the finer parts are None where unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    def years(self, count: int) -> _Date:
        return _Date(self.year + count)

    def months(self, count: int) -> _Date:
        if self.month is None:
            # Whole years are still known; the rest may or may not lead into the next year.
            return _Date(self.year + int(count / _MONTHS_IN_YEAR))
        year, month = divmod(self.year * _MONTHS_IN_YEAR + self.month - 1 + count, _MONTHS_IN_YEAR)
        return _Date(year, month + 1)

    def days(self, count: int) -> _Date:
        if self.month is None or self.day is None:
            return self
        moved = dt.date(self.year, self.month, self.day) + dt.timedelta(days=count)
        return _Date(moved.year, moved.month, moved.day)

    def cut(self, precision: str) -> _Date:
        if precision == "year":
            return _Date(self.year)
        return _Date(self.year, self.month) if precision == "month" else self


def find_times(
    folded: str, spans: Sequence[tuple[int, int]], article_date: str | None, schemas: Path | None = None
) -> tuple[Time, ...]:
    """Find the times in `spans` (sentences in reading order) of a folded text, in their order.

    Relative dates are settled from the date that the text told last, or from the article's (YYYY-MM-DD). `schemas`
    replaces the shipped folder. Raises SchemaError.
    """
    grammar = load(schemas)
    text = folded.translate(_WIDE_DIGITS)
    resolver = _Resolver(grammar, _day(article_date))
    times = []
    for rule, match, span in _matches(grammar, text, spans):
        if rule.kind != "none":
            times.append(resolver.time(rule, match, span))
    return tuple(_with_roles(grammar, text, times))


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def _matches(
    grammar: Grammar, text: str, spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[Rule, re.Match[str], int]]:
    """Yield what counts of all matches, in reading order and with its span's index, none across a span's border."""
    starts = [start for start, _ in spans]
    found: list[tuple[int, int, int, int, Rule, re.Match[str]]] = []
    for order, (rule, pattern) in enumerate(grammar.rules):
        position = 0
        while match := pattern.search(text, position):
            position = match.end()
            span = bisect_right(starts, match.start()) - 1
            limit = spans[span][1] if span >= 0 else 0
            if match.end() > limit:
                position = max(limit, match.start() + 1)
                match = pattern.match(text, match.start(), limit) if match.start() < limit else None
            if match:
                found.append((match.start(), -match.end(), order, span, rule, match))
    found.sort(key=lambda item: item[:3])
    end = -1
    for start, _, _, span, rule, match in found:
        if start >= end:
            yield rule, match, span
            end = match.end()


@dataclass(slots=True)
class _Resolver:
    """Reads matches in order and remembers the last date told."""

    grammar: Grammar
    article: dt.date | None
    carried: _Date | None = None
    # The span in which a year was told only as last year, this year…; elsewhere months do not belong to it.
    passing: int | None = None
    birth: _Date | None = None

    def time(self, rule: Rule, match: re.Match[str], span: int) -> Time:
        """The time of a match in the span of that index."""
        start, end = match.span("time" if "time" in match.re.groupindex else 0)
        if rule.kind == "duration":
            months = self._months(rule, match)
            return Time(start, end, None, "duration", months, "", future=False, rule=rule.name, base=rule.base)
        date = self._date(rule, match, span)
        otherwise = self._otherwise(rule, match, date)
        future = (
            date is not None and self.article is not None and str(date) > self.article.isoformat()[: len(str(date))]
        )
        if future and rule.unit and rule.base == "carried":
            # What the article tells as past cannot lie after it: the count starts from another date.
            date, future = None, False
        if date is not None and rule.carry and not future:
            self.carried = date
            self.passing = span if rule.base == "article" and date.month is None else None
        if rule.sets == "birth":
            self.birth = date
        value = str(date) if date else None
        return Time(start, end, value, "point", None, "", future, rule.name, rule.base, otherwise)

    def _otherwise(self, rule: Rule, match: re.Match[str], date: _Date | None) -> str | None:
        """A month without a year, if it is the last one before the article instead of that of the date told last."""
        if rule.base != "near" or not match.groupdict().get("month") or date is None or self.article is None:
            return None
        fresh = _Resolver(self.grammar, self.article)._date(rule, match, 0)  # noqa: SLF001 - the same reader, afresh
        return str(fresh) if fresh is not None and fresh != date else None

    def _months(self, rule: Rule, match: re.Match[str]) -> int | None:
        count = self._count(match)
        if count is None:
            return None
        per_unit = {"year": _MONTHS_IN_YEAR, "month": 1}.get(rule.unit or "", 0)
        return round(count * per_unit)

    def _count(self, match: re.Match[str]) -> float | None:
        groups = match.groupdict()
        count = self.grammar.number(groups["n"]) if groups.get("n") else None
        return None if count is None else count + (HALF if groups.get("half") else 0)

    def _date(self, rule: Rule, match: re.Match[str], span: int) -> _Date | None:
        groups = {name: text for name, text in match.groupdict().items() if text}
        try:
            if rule.base == "absolute":
                return self._valid(self._absolute(groups))
            if rule.base == "near":
                return self._valid(self._near(rule, groups, span))
            base = self._base(rule)
            return self._valid(self._moved(base, rule, match, groups)) if base else None
        except (ValueError, OverflowError):
            # A day that does not exist, or a count beyond the calendar.
            return None

    def _base(self, rule: Rule) -> _Date | None:
        if rule.base == "article":
            return _Date(self.article.year, self.article.month, self.article.day) if self.article else None
        return {"carried": self.carried, "birth": self.birth}.get(rule.base)

    def _valid(self, date: _Date | None) -> _Date | None:
        if date is None or not 1 <= date.year <= 9999:  # noqa: PLR2004 - the calendar's limits
            return None
        dt.date(date.year, date.month or 1, date.day or 1)
        return date

    def _absolute(self, groups: dict[str, str]) -> _Date | None:
        if "era" in groups:
            year = self._int(groups["era"]) + self.grammar.schema.era_start
        elif "short" in groups:
            year = 2000 + int(groups["short"])
            if self.article and year > self.article.year + 1:
                return None
        else:
            year = self._int(groups["year"])
        return _Date(year, self._month(groups), self._int(groups["day"]) if "day" in groups else None)

    def _int(self, written: str) -> int:
        number = self.grammar.number(written)
        if number is None:
            raise ValueError(written)
        return int(number)

    def _month(self, groups: dict[str, str]) -> int | None:
        written = groups.get("month")
        if written is None:
            return None
        english = self.grammar.schema.months.get(written[:3].lower())
        return english or self._int(written)

    def _near(self, rule: Rule, groups: dict[str, str], span: int) -> _Date | None:
        """A date without its larger unit: that of the carried date, else the last such one before the article."""
        month = self._month(groups)
        day = self._int(groups["day"]) if "day" in groups else None
        carried = self.carried if self.passing in (None, span) else None
        if month is not None:
            if carried:
                return _Date(carried.year, month, day)
            if self.article is None:
                return None
            passed = (month, day or 0) <= (self.article.month, self.article.day)
            return _Date(self.article.year - (not passed), month, day)
        if day is not None and carried and carried.month:
            return _Date(carried.year, carried.month, day)
        if day is None and carried:
            return carried.cut(rule.keep or "day")
        if self.article is None:
            return None
        if day is None:
            return _Date(self.article.year)
        this = _Date(self.article.year, self.article.month)
        base = this if day <= self.article.day else this.months(-1)
        return replace(base, day=day)

    def _moved(self, base: _Date, rule: Rule, match: re.Match[str], groups: dict[str, str]) -> _Date | None:
        date: _Date | None
        if rule.unit:
            date = self._counted(base, rule, match, groups)
        elif rule.weekday == "last":
            day = self._weekday(groups)
            back = (dt.date(base.year, base.month or 1, base.day or 1).isoweekday() - day) % _WEEK
            date = base.days(-back)
        elif rule.year is not None:
            date = base.years(rule.year)
        elif rule.month is not None:
            date = base.months(rule.month)
        elif rule.week is not None:
            date = base.days(rule.week * _WEEK)
            if "weekday" in groups and base.day:
                date = date.days(self._weekday(groups) - dt.date(base.year, base.month or 1, base.day).isoweekday())
            else:
                date = date.cut("month")
        elif rule.day is not None:
            date = base.days(rule.day)
        else:
            date = base
        if date is None:
            return None
        if rule.keep:
            date = date.cut(rule.keep)
        if "month" in groups:
            date = _Date(date.year, self._month(groups))
        if "day" in groups:
            date = replace(date, day=self._int(groups["day"])) if date.month else date
        return date

    def _weekday(self, groups: dict[str, str]) -> int:
        return self.grammar.weekdays[groups["weekday"]]

    def _counted(self, base: _Date, rule: Rule, match: re.Match[str], groups: dict[str, str]) -> _Date | None:
        count = self._count(match)
        if count is None:
            return None
        count *= rule.sign
        if rule.unit == "year":
            if count == int(count):
                return base.years(int(count))
            return base.cut("month").months(int(count * _MONTHS_IN_YEAR))
        if rule.unit == "month":
            years = self._int(groups["years"]) if "years" in groups else 0
            return base.cut("month").months(int(count) + years * _MONTHS_IN_YEAR)
        days = int(count * (_WEEK if rule.unit == "week" else 1))
        return base.days(days)


def _with_roles(grammar: Grammar, text: str, times: Sequence[Time]) -> Iterator[Time]:
    """Give the two ends of ranges their roles; a bare year that is no end of a range is no time."""
    ranges = {rule.name: rule.range for rule in grammar.schema.rules if rule.range}
    points = [time for time in times if time.kind == "point"]
    roles: dict[int, Literal["start", "end"]] = {}
    for first, second in pairwise(points):
        if grammar.between.fullmatch(text, first.end, second.start):
            roles[first.start] = "start"
            roles[second.start] = "end"
    for time in times:
        role: Literal["", "start", "end"] = roles.get(time.start, "")
        if time.rule in ranges and not role:
            continue
        if not role and time.kind == "point":
            before = text[max(0, time.start - 6) : time.start]
            if grammar.start_before.search(before) or grammar.start_after.match(text, time.end):
                role = "start"
            elif grammar.end_before.search(before) or grammar.end_after.match(text, time.end):
                role = "end"
        yield replace(time, role=role) if role else time
