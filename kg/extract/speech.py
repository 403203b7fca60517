"""How words are put into somebody's mouth: the patterns of `schemas/speech.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import SchemaError
from kg.fold import fold
from kg.ontology import explain, read_yaml
from kg.resources import folder

if TYPE_CHECKING:
    from pathlib import Path


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    quotes: tuple[tuple[str, str], ...]
    shortest: int
    sentence_end: str
    clause_end: str
    spoken_end: str
    broken_off: str
    colon: str
    colon_then: str
    verbs: tuple[str, ...]
    signs: tuple[str, ...]
    asks: str
    asked: str
    naming: str
    nominal: str
    objects: str
    owner: str
    agents: str
    adverbs: str
    titles: str
    sources: str
    third: str
    first: str
    second: str
    attribution: str
    label: str
    questions: str
    answers: str


@dataclass(frozen=True, slots=True)
class Speech:
    """The patterns by name, to be used on folded text; `closing` pairs the marks, `shortest` is in characters."""

    closing: dict[str, str]
    shortest: int
    marks: re.Pattern[str]
    patterns: dict[str, re.Pattern[str]]

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return self.patterns[name]


@cache
def load(schemas: Path | None) -> Speech:
    """Read the patterns of a schemas folder (default: the shipped one); raises SchemaError."""
    path = (schemas or folder("schemas")) / "speech.yaml"
    try:
        schema = _Schema.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error
    patterns = {}
    for name, value in schema.model_dump().items():
        if name in ("version", "quotes", "shortest"):
            continue
        pattern = value if isinstance(value, str) else "|".join(value)
        try:
            patterns[name] = re.compile(fold(pattern).replace(" ", r"\s*"))
        except re.error as error:
            raise SchemaError(f"{path}: {name}: not a regular expression: {error}") from error
    marks = "".join(re.escape(mark) for pair in schema.quotes for mark in pair)
    return Speech(dict(schema.quotes), schema.shortest, re.compile(f"[{marks}]"), patterns)
