"""The words for times: `schemas/times.yaml`, made ready for matching."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import SchemaError
from kg.fold import fold
from kg.ontology import explain, read_yaml
from kg.resources import folder

_PART = re.compile(r"<<(\w+)>>")
_TEN = 10
HALF = 0.5


class Rule(BaseModel):
    """One way to write a time, and how it is counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    pattern: str
    kind: Literal["point", "duration", "none"] = "point"
    base: Literal["absolute", "article", "carried", "near", "birth", "none"] = "none"
    year: int | None = None
    month: int | None = None
    week: int | None = None
    day: int | None = None
    weekday: Literal["last"] | None = None
    unit: Literal["year", "month", "week", "day"] | None = None
    sign: Literal[1, -1] = 1
    keep: Literal["year", "month", "day"] | None = None
    range: Literal["first", "second"] | None = None
    sets: Literal["birth"] | None = None
    carry: bool = True


class Schema(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    numerals: dict[str, int]
    half: str
    weekdays: dict[str, int]
    months: dict[str, int]
    era_start: int
    range_between: str
    start_before: str
    start_after: str
    end_before: str
    end_after: str
    parts: dict[str, str]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rules as expressions over folded text."""

    schema: Schema
    rules: tuple[tuple[Rule, re.Pattern[str]], ...]
    numerals: dict[str, int]
    weekdays: dict[str, int]
    between: re.Pattern[str]
    start_before: re.Pattern[str]
    start_after: re.Pattern[str]
    end_before: re.Pattern[str]
    end_after: re.Pattern[str]

    def number(self, written: str) -> float | None:
        """The value of digits or Chinese numerals; None if they are not a number."""
        if written == self.schema.half:
            return HALF
        if written.isascii():
            return float(written)
        values = [self.numerals.get(char) for char in written]
        total = digit = 0
        for value in values:
            if value is None:
                return None
            if value >= _TEN:
                total += value * (digit or 1)
                digit = 0
            else:
                # 二〇一九 has no tens: its digits stand by their places.
                digit = digit * _TEN + value if max(v or 0 for v in values) < _TEN else value
        return float(total + digit)


@cache
def load(schemas: Path | None) -> Grammar:
    """The words for times in a schemas folder (default: the shipped one); raises SchemaError."""
    path = (schemas or folder("schemas")) / "times.yaml"
    try:
        schema = Schema.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error

    def compiled(pattern: str, place: str) -> re.Pattern[str]:
        while part := _PART.search(pattern):
            if part[1] not in schema.parts:
                raise SchemaError(f"{path}: {place}: there is no part {part[1]!r}; define it under `parts`")
            pattern = pattern.replace(part[0], schema.parts[part[1]])
        try:
            return re.compile(fold(pattern).replace(" ", r"\s*"))
        except re.error as error:
            raise SchemaError(f"{path}: {place}: not a regular expression: {error}") from error

    return Grammar(
        schema=schema,
        rules=tuple((rule, compiled(rule.pattern, f"rules: {rule.name}")) for rule in schema.rules),
        numerals={fold(key): value for key, value in schema.numerals.items()},
        weekdays={fold(key): value for key, value in schema.weekdays.items()},
        between=compiled(schema.range_between, "range_between"),
        start_before=compiled(schema.start_before, "start_before"),
        start_after=compiled(schema.start_after, "start_after"),
        end_before=compiled(schema.end_before, "end_before"),
        end_after=compiled(schema.end_after, "end_after"),
    )
