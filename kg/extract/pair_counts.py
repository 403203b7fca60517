"""Running counts over a document's tokens: how often each kind of thing stands before every token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from kg.extract.candidates import FAR_RANK, Stream
from kg.extract.view import AMOUNT, BREAKS, QUOTE, RANK, ROLE, SCORE, TIME

Array = npt.NDArray[Any]

_ASKING = [BREAKS.index("？"), BREAKS.index("?")]
_VALUES = (TIME, ROLE, AMOUNT, SCORE, RANK, QUOTE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One list of words that make a sentence no statement of fact; `real` tells them from the exceptions."""

    matcher: ahocorasick_rs.AhoCorasick
    real: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a model knows, and those that tell of a predicate or of what is not so."""

    numbers: Mapping[str, int]
    triggers: ahocorasick_rs.AhoCorasick
    trigger_predicates: Sequence[Sequence[int]]
    doubts: Sequence[Doubt]
    predicates: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts before each token, and at the end: the difference of two rows is what lies between."""

    triggers: Array
    doubts: Array
    kinds: Array
    values: Array
    breaks: Array
    questions: Array
    future: Array


@dataclass(frozen=True, slots=True)
class Cells:
    """The filled cells of a table of clauses and entities, most of whose cells are empty: `keys` are in order."""

    shape: tuple[int, int]
    keys: Array
    values: Array
    empty: int

    @classmethod
    def of(
        cls, shape: tuple[int, int], cells: Mapping[tuple[int, int], float], empty: int, kind: npt.DTypeLike
    ) -> Cells:
        """The table with these cells, by clause and entity."""
        keys = np.array([row * shape[1] + column for row, column in cells], dtype=np.int64)
        order = np.argsort(keys)
        return cls(shape, keys[order], np.array(list(cells.values()), dtype=kind)[order], empty)

    def at(self, rows: Array, columns: Array) -> Array:
        """The values at these places."""
        if not len(self.keys):
            return np.full(len(rows), self.empty, dtype=self.values.dtype)
        wanted = rows.astype(np.int64) * self.shape[1] + columns
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.values[place], self.values.dtype.type(self.empty))


@dataclass(frozen=True, slots=True)
class Minds:
    """By clause and entity: how it is in mind, its ranks as subject and mention, how likely it is the subject.

    `best` and `second` are the highest chances at each clause.
    """

    how: Cells
    subject_rank: Cells
    mention_rank: Cells
    likely: Cells
    best: Array
    second: Array
    has_subject: Array


def count(tokens: Stream, text: str, words: Words, symbols: Sequence[str]) -> Counts:
    """The counts of a document; `text` is its view."""
    size = len(tokens.words)
    places = np.array([place for place in tokens.places if place >= 0], dtype=np.int32)

    def running(marks: Array) -> Array:
        result = np.zeros((size + 1, *marks.shape[1:]), dtype=np.int32)
        np.cumsum(marks, axis=0, out=result[1:])
        return result

    def standing(kinds: Sequence[str]) -> Array:
        number = {symbol: n for n, symbol in enumerate(kinds)}
        marks = np.zeros((size, len(kinds)), dtype=np.int32)
        hits = [(k, number[word]) for k, word in enumerate(tokens.words) if word in number]
        if hits:
            marks[tuple(np.array(hits).T)] = 1
        return running(marks)

    triggers = np.zeros((size, words.predicates), dtype=np.int32)
    doubts = np.zeros((size, len(words.doubts)), dtype=np.int32)
    if len(places):
        found = words.triggers.find_matches_as_indexes(text, overlapping=True)
        at = np.searchsorted(places, [start for _, start, _ in found], side="right") - 1
        for (number, _, _), token in zip(found, at.tolist(), strict=True):
            for predicate in words.trigger_predicates[number]:
                triggers[token, predicate] = 1
        for column, doubt in enumerate(words.doubts):
            starts = [s for n, s, _ in doubt.matcher.find_matches_as_indexes(text) if doubt.real[n]]
            if starts:
                doubts[np.searchsorted(places, starts, side="right") - 1, column] = 1
    future = np.zeros(size, dtype=np.int32)
    future[[k for k, item in tokens.items.items() if item.form == "future"]] = 1
    breaks = standing(tuple(BREAKS))
    return Counts(
        triggers=running(triggers),
        doubts=running(doubts),
        kinds=standing(symbols),
        values=standing(_VALUES),
        breaks=breaks.sum(axis=1),
        questions=breaks[:, _ASKING].sum(axis=1),
        future=running(future),
    )


def minds(tokens: Stream, entities: Mapping[str, int]) -> Minds:
    """Who is in mind at every clause."""
    size = (max(len(tokens.clauses), 1), len(entities))
    how: dict[tuple[int, int], float] = {}
    subject_rank: dict[tuple[int, int], float] = {}
    mention_rank: dict[tuple[int, int], float] = {}
    likely: dict[tuple[int, int], float] = {}
    has_subject = np.zeros(size[0], dtype=bool)
    best = np.zeros((size[0], 2), dtype=np.float32)
    for number, clause in enumerate(tokens.clauses):
        has_subject[number] = clause.subject >= 0
        mind = clause.carried
        if not mind.how:
            continue
        for table, found in ((how, mind.how), (subject_rank, mind.subject_rank), (mention_rank, mind.mention_rank)):
            for who, value in found.items():
                table[number, entities[who]] = value
        chances = [(entities[who], chance) for who, chance in clause.likely.items() if who in entities]
        for column, chance in chances:
            likely[number, column] = chance
        best[number] = sorted([0.0, 0.0, *(chance for _, chance in chances)], reverse=True)[:2]
    return Minds(
        how=Cells.of(size, how, 0, np.int32),
        subject_rank=Cells.of(size, subject_rank, FAR_RANK, np.int32),
        mention_rank=Cells.of(size, mention_rank, FAR_RANK, np.int32),
        likely=Cells.of(size, likely, 0, np.float32),
        best=best[:, 0],
        second=best[:, 1],
        has_subject=has_subject,
    )
