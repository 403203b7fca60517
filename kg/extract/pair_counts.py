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
class Minds:
    """By clause and entity: how it is in mind, its ranks, and how likely it is the subject where none is named."""

    how: Array
    ranks: Array
    likely: Array
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
    how = np.zeros(size, dtype=np.int32)
    ranks = np.full((*size, 2), FAR_RANK, dtype=np.int32)
    likely = np.zeros(size, dtype=np.float32)
    has_subject = np.zeros(size[0], dtype=bool)
    for number, clause in enumerate(tokens.clauses):
        has_subject[number] = clause.subject >= 0
        mind = clause.carried
        if not mind.how:
            continue
        how[number, [entities[who] for who in mind.how]] = list(mind.how.values())
        ranks[number, [entities[who] for who in mind.subject_rank], 0] = list(mind.subject_rank.values())
        ranks[number, [entities[who] for who in mind.mention_rank], 1] = list(mind.mention_rank.values())
        for who, chance in clause.likely.items():
            if who in entities:
                likely[number, entities[who]] = chance
    ordered = np.sort(np.pad(likely, ((0, 0), (2, 0))), axis=1)
    return Minds(how, ranks, likely, ordered[:, -1], ordered[:, -2], has_subject)
