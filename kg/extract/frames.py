"""Relation frames: a trigger and the places of its arguments, as data in `schemas/frames/*.yaml`.

The pattern language is regular expressions over the view (folded text with one placeholder an item), plus
    {V}   one of the triggers             <S> <O>   the subject, the object (of the types that the predicate allows)
    <C>   subjects joined in one list, each related to each other (symmetric predicates)
    <Person> … any type of the ontology, <X> any name, <T> time, <R> role, <A> amount, <N> score, <K> rank,
    <Q> quotation
    {B} {X}  inside brackets: the clause breaks, all names
    …     a short way inside the clause   ……        a longer one, across commas
Without <S> or <O> the discourse says who is meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import ahocorasick_rs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kg.errors import SchemaError
from kg.extract.view import ANY_ITEM, BREAKS, FIRST_TYPE, LAST_TYPE, SPECIAL
from kg.fold import fold
from kg.ontology import Ontology, explain, read_yaml

_GAP = f"[^{re.escape(BREAKS)}]{{0,14}}?"
_WIDE = "[^。；！？\\n]{0,40}?"
# Verbs of these predicates (聊到, 分享) govern a whole sentence, not the name behind them.
_OF_SPEECH = ("APPEARED_ON", "HOSTS")
_SYMBOL = re.compile("[\ue000-\uf8ff]")
_CLASSES = {"{B}": re.escape(BREAKS), "{X}": f"{chr(FIRST_TYPE)}-{chr(LAST_TYPE)}"}


class Example(BaseModel):
    """A sentence with its names marked `[name|Type]`, and the triple it yields (None in a counter-example)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    text: str
    subject: str | None = None
    object: str | None = None


class FrameData(BaseModel):
    """One frame as written in YAML."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    predicate: str
    triggers: tuple[str, ...] = Field(min_length=1)
    patterns: tuple[str, ...] = Field(min_length=1)
    subject: tuple[str, ...] | None = None
    object: tuple[str, ...] | None = None
    time: Literal["start", "end", "date", "none"] = "date"
    joint: bool = False
    reach: Literal["line", "block", "text"] = "text"
    certainty: Literal["stated", "reported"] = "stated"
    confidence: float = Field(default=0.8, gt=0, le=1)
    example: Example
    counter: Example


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying it, split at the trigger; `before` ends at the trigger and `after` begins behind it."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    has_object: bool
    has_chain: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A compiled frame."""

    data: FrameData
    subject: frozenset[str]
    object: frozenset[str]
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Frames:
    """All frames by trigger; `verbs` are the triggers that take an object behind them."""

    by_trigger: Mapping[str, tuple[Frame, ...]]
    triggers: tuple[str, ...]
    verbs: tuple[str, ...]
    all: tuple[Frame, ...]


class TriggerFinder:
    """Finds the words of all frames in a folded text: where each begins, and the predicate that it speaks of."""

    def __init__(self, frames: Frames) -> None:
        words = [t for t in frames.triggers if len(t) > 1 and not _SYMBOL.search(t)]
        self._predicates = [frames.by_trigger[word][0].data.predicate for word in words]
        self._words = ahocorasick_rs.AhoCorasick(words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def places(self, folded: str) -> list[tuple[int, str]]:
        """Every trigger's offset and predicate, in order; of those that overlap the first and longest."""
        return [(start, self._predicates[n]) for n, start, _ in self._words.find_matches_as_indexes(folded)]


def _compile(source: str, where: str, slots: Mapping[str, str]) -> Pattern:
    if source.count("{V}") != 1:
        raise SchemaError(f"{where}: a pattern needs {{V}} exactly once: {source}")
    parts = []
    for part in source.split("{V}"):
        expression = fold(part).replace("……", _WIDE).replace("…", _GAP)
        for name, characters in _CLASSES.items():
            expression = expression.replace(name, characters)
        unknown = re.search(r"<([A-Za-z]+)>", re.sub("|".join(f"<{s}>" for s in slots), "", expression))
        if unknown:
            raise SchemaError(f"{where}: no such slot: <{unknown[1]}>")
        for slot, characters in slots.items():
            expression = expression.replace(f"<{slot}>", characters)
        parts.append(expression)
    try:
        before, after = re.compile(f"(?:{parts[0]})$", re.MULTILINE), re.compile(parts[1], re.MULTILINE)
    except re.error as error:
        raise SchemaError(f"{where}: not a regular expression: {error}: {source}") from error
    return Pattern(before, after, "<O>" in source, "<C>" in source)


def _trigger(word: str) -> str:
    """A trigger as it stands in the view: folded words, or a placeholder for `{R}` and the like."""
    if word.startswith("{"):
        return SPECIAL[word[1:-1]]
    return "".join(fold(word).split())


def load(schemas: Path, ontology: Ontology, symbols: Mapping[str, str]) -> Frames:
    """Read and compile all frames of a schemas folder; raises SchemaError with `file: frame: what`."""
    frames: list[Frame] = []
    seen: set[str] = set()
    for path in sorted((schemas / "frames").glob("*.yaml")):
        for entry in read_yaml(path) or []:
            name = str(entry.get("id", "?")) if isinstance(entry, dict) else "?"
            try:
                data = FrameData.model_validate(entry)
            except ValidationError as error:
                raise explain(path, error, f"{name}: ") from error
            where = f"{path}: {data.id}"
            if data.id in seen:
                raise SchemaError(f"{where}: two frames have this id")
            seen.add(data.id)
            if len(set(data.triggers)) < len(data.triggers):
                raise SchemaError(f"{where}: a trigger stands there twice")
            relation = ontology.relation_types.get(data.predicate)
            if relation is None:
                raise SchemaError(f"{where}: no such predicate: {data.predicate}")
            subject, object_ = frozenset(data.subject or relation.subject), frozenset(data.object or relation.object)
            if not (subject <= set(relation.subject) and object_ <= set(relation.object)):
                raise SchemaError(f"{where}: types that {data.predicate} does not allow")
            slots = {
                "S": f"(?P<S>[{''.join(symbols[t] for t in sorted(subject))}])",
                "O": f"(?P<O>[{''.join(symbols[t] for t in sorted(object_))}])",
                "C": f"(?P<C>[{''.join(symbols[t] for t in sorted(subject))}])",
                "X": ANY_ITEM,
                **symbols,
                **SPECIAL,
            }
            patterns = tuple(_compile(source, where, slots) for source in data.patterns)
            frames.append(Frame(data, subject, object_, patterns))
    by_trigger: dict[str, list[Frame]] = {}
    verbs: set[str] = set()
    for frame in frames:
        for trigger in frame.data.triggers:
            by_trigger.setdefault(_trigger(trigger), []).append(frame)
        speech = frame.data.predicate in _OF_SPEECH
        if not speech and any("P<O>" in p.after.pattern for p in frame.patterns):
            verbs.update(fold(t) for t in frame.data.triggers if len(t) > 1)
    return Frames(
        by_trigger={trigger: tuple(found) for trigger, found in sorted(by_trigger.items())},
        triggers=tuple(sorted(by_trigger)),
        verbs=tuple(sorted(verbs, key=lambda v: (-len(v), v))),
        all=tuple(frames),
    )
