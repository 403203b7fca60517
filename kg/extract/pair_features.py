"""What speaks for and against a relation between two entities at one place, as arrays.

Three kinds of features, so that a linear model can be applied without a loop: `codes` (one of many at a place, such as
the word behind the subject), `spans` (bags of words of a stretch of tokens) and `dense` (yes, no and small numbers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from kg.extract.candidates import FAR_RANK, HOWS, Pairs, Stream
from kg.extract.view import AMOUNT, BREAKS, QUOTE, RANK, ROLE, SCORE, TIME

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

# Where the two stand: subject first, object first, subject carried, object carried, both in one list.
FORWARD, BACKWARD, NO_SUBJECT, NO_OBJECT, LISTED = range(5)
WAYS = 5
NONE, UNKNOWN = 0, 1
_NEAR = 12
_BEFORE, _AFTER, _REST = 6, 8, 10
_OFFSETS = (-2, -1, 1, 2)
_FORMS = {"name": 0, "pronoun": 1, "description": 2, "group": 3, "turn": 1}
_BLOCKS = ("front", "heading", "paragraph", "item", "quote", "row")
# Stretches: between near and far names, before the first, behind the second; before and behind the name that is
# there, and the sentence before its clause.
BETWEEN, FAR_BETWEEN, BEFORE, BEHIND = 0, 2, 4, 6
HERE_BEFORE, HERE_BEHIND, EARLIER = 8, 10, 12
STRETCHES = 14
SLOTS = 3


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a model knows, and those that tell of a predicate or of what is not so."""

    numbers: Mapping[str, int]
    triggers: ahocorasick_rs.AhoCorasick
    trigger_predicates: Sequence[Sequence[int]]
    doubts: Sequence[Doubt]
    predicates: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """One list of words that make a sentence no statement of fact; `real` tells them from the exceptions."""

    matcher: ahocorasick_rs.AhoCorasick
    real: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Features:
    """The features of all pairs of a document; `stretch` is -1 where a slot has no stretch."""

    way: Ints
    tokens: Ints
    codes: Ints
    begin: Ints
    end: Ints
    stretch: Ints
    dense: Floats


def code_names(types: int, words: int) -> list[tuple[str, int]]:
    """The kinds of codes with how many values each has."""
    places = [(f"{who}{offset:+d}", WAYS * words) for who in ("s", "o") for offset in _OFFSETS]
    return [
        *places,
        ("types", WAYS * types * types),
        ("forms", WAYS * 25),
        ("gap", WAYS * 8 * 4),
        ("ranks", WAYS * 10 * 10),
        ("subject how", WAYS * types * 64),
        ("object how", WAYS * types * 64),
    ]


def dense_names(predicates: Sequence[str], doubts: int) -> list[str]:
    """What the columns of `dense` are."""
    names = [f"{where} trigger {p}" for where in ("between", "clause", "sentence") for p in predicates]
    names += [f"{where} doubt {n}" for where in ("clause", "before", "after") for n in range(doubts)]
    names += [f"{who} how {n}" for who in ("subject", "object") for n in range(HOWS)]
    names += [f"block {kind}" for kind in _BLOCKS]
    names += ["subject acts", "object acts", "clause has subject", "subject's clause acts", "quoted", "turn"]
    names += ["same kind as subject between", "same kind as object between", "clauses between", "words between"]
    names += ["subject rank", "subject mention rank", "object rank", "object mention rank"]
    names += ["subject count", "object count", "subject members", "object members"]
    names += ["has time", "has role", "has amount", "has score", "has rank", "has quotation", "question", "future"]
    names += ["sentence start", "sentence size", "first of block", "names in sentence"]
    names += ["subject likely", "likelier subject", "object likely"]
    return names


class Describer:
    """Makes the features of one document's pairs."""

    def __init__(
        self, tokens: Stream, text: str, acting: set[int], blocks: Sequence[Any], types: Ints, counts: Ints, words: Words
    ) -> None:
        self.tokens, self.words, self.types, self.counts = tokens, words, types, counts
        size = len(tokens.words)
        self.size = size
        known = words.numbers.get
        self.ids = np.array([known(w, UNKNOWN) for w in tokens.words] + [NONE], dtype=np.int32)
        places = np.array(tokens.places, dtype=np.int32)
        self.inside = int((places >= 0).sum())
        self.places = places[: self.inside]
        self.acting = acting
        self.blocks = blocks
        self.form = np.zeros(size + 1, dtype=np.int32)
        self.members = np.zeros(size + 1, dtype=np.int32)
        self.acts = np.zeros(size + 1, dtype=bool)
        for k, item in tokens.items.items():
            self.form[k] = _FORMS.get(item.form, 4)
            self.members[k] = len(item.members)
            self.acts[k] = tokens.places[k] in acting
        self.text = text

    def _at(self, position: int) -> int:
        return int(np.searchsorted(self.places, position, side="right")) - 1

    def _running(self, marks: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Counts before every token, of one row a token."""
        result = np.zeros((self.size + 1, *marks.shape[1:]), dtype=np.int32)
        np.cumsum(marks[: self.size], axis=0, out=result[1:])
        return result

    def _trigger_counts(self) -> npt.NDArray[Any]:
        marks = np.zeros((self.size, self.words.predicates), dtype=np.int32)
        found = self.words.triggers.find_matches_as_indexes(self.text, overlapping=True)
        if found and self.inside:
            at = np.searchsorted(self.places, [start for _, start, _ in found], side="right") - 1
            for (number, _, _), token in zip(found, at.tolist(), strict=True):
                for predicate in self.words.trigger_predicates[number]:
                    marks[token, predicate] = 1
        return self._running(marks)

    def _doubt_counts(self) -> npt.NDArray[Any]:
        marks = np.zeros((self.size, len(self.words.doubts)), dtype=np.int32)
        for column, doubt in enumerate(self.words.doubts):
            starts = [s for n, s, _ in doubt.matcher.find_matches_as_indexes(self.text) if doubt.real[n]]
            if starts and self.inside:
                marks[np.searchsorted(self.places, starts, side="right") - 1, column] = 1
        return self._running(marks)

    def _kinds(self, symbols: Sequence[str]) -> npt.NDArray[Any]:
        number = {c: n for n, c in enumerate(symbols)}
        marks = np.zeros((self.size, len(symbols)), dtype=np.int32)
        for k, word in enumerate(self.tokens.words):
            n = number.get(word)
            if n is not None:
                marks[k, n] = 1
        return self._running(marks)

    def describe(self, pairs: Pairs, symbols: Sequence[str], entities: Mapping[str, int]) -> Features:
        """The features of all pairs."""
        stream, size = self.tokens, self.size
        s, o, st, ot = pairs.subject, pairs.object, pairs.subject_token, pairs.object_token
        count = len(s)
        way = np.where(st < 0, NO_SUBJECT, np.where(ot < 0, NO_OBJECT, np.where(st == ot, LISTED, np.where(st < ot, FORWARD, BACKWARD))))
        way = way.astype(np.int32)
        anchor_s, anchor_o = np.where(st < 0, ot, st), np.where(ot < 0, st, ot)
        first, last = np.minimum(anchor_s, anchor_o), np.maximum(anchor_s, anchor_o)
        clause_first = np.array([c.first for c in stream.clauses] or [0], dtype=np.int32)
        clause_last = np.array([c.last for c in stream.clauses] or [0], dtype=np.int32)
        clause_of = np.array([*stream.clause_of, 0], dtype=np.int32)
        line_first = np.array([x.first for x in stream.lines] or [0], dtype=np.int32)[pairs.line]
        line_last = np.array([x.last for x in stream.lines] or [0], dtype=np.int32)[pairs.line]
        cs, co = clause_of[anchor_s], clause_of[anchor_o]
        cf, cl = clause_of[first], clause_of[last]
        # stretches of words
        begin = np.zeros((count, SLOTS), dtype=np.int32)
        end = np.zeros((count, SLOTS), dtype=np.int32)
        stretch = np.full((count, SLOTS), -1, dtype=np.int32)
        both = (way == FORWARD) | (way == BACKWARD)
        back = (way == BACKWARD).astype(np.int32)
        far = last - first > _NEAR
        stretch[:, 0] = np.where(both, np.where(far, FAR_BETWEEN, BETWEEN) + back, HERE_BEFORE + (way == NO_OBJECT))
        stretch[:, 1] = np.where(both, BEFORE + back, HERE_BEHIND + (way == NO_OBJECT))
        stretch[:, 2] = np.where(both, BEHIND + back, EARLIER + (way == NO_OBJECT))
        stretch[way == LISTED] = -1
        begin[:, 0] = np.where(both, first + 1, clause_first[cf])
        end[:, 0] = np.where(both, last, first)
        begin[:, 1] = np.where(both, np.maximum(clause_first[cf], first - _BEFORE), first + 1)
        end[:, 1] = np.where(both, first, np.minimum(clause_last[cf], first + 1 + _REST))
        begin[:, 2] = np.where(both, last + 1, np.maximum(line_first, clause_first[cf] - 2 * _REST))
        end[:, 2] = np.where(both, np.minimum(clause_last[cl], last + 1 + _AFTER), clause_first[cf])
        end = np.maximum(begin, end)
        # running counts
        trigger, doubt, kinds = self._trigger_counts(), self._doubt_counts(), self._kinds(symbols)
        future = np.zeros((size, 1), dtype=np.int32)
        for k, item in stream.items.items():
            future[k] = item.form == "future"
        future = self._running(future)[:, 0]
        specials = self._kinds((TIME, ROLE, AMOUNT, SCORE, RANK, QUOTE))
        breaks = self._kinds(tuple(BREAKS))
        asks = breaks[:, [BREAKS.index("？"), BREAKS.index("?")]].sum(1)
        breaks = breaks.sum(1)
        clause_a, clause_b = clause_first[cf], clause_last[cl]
        # who is in mind
        table_how = np.zeros((len(stream.clauses) or 1, len(self.types)), dtype=np.int32)
        table_rank = np.full((len(stream.clauses) or 1, len(self.types), 2), FAR_RANK, dtype=np.int32)
        has_subject = np.zeros(len(stream.clauses) or 1, dtype=bool)
        previous: Any = None
        for number, clause in enumerate(stream.clauses):
            has_subject[number] = clause.subject >= 0
            if clause.carried is previous:
                table_how[number], table_rank[number] = table_how[number - 1], table_rank[number - 1]
                continue
            mind = previous = clause.carried
            who = [entities[name] for name in mind.how]
            table_how[number, who] = list(mind.how.values())
            table_rank[number, [entities[name] for name in mind.subject_rank], 0] = list(mind.subject_rank.values())
            table_rank[number, [entities[name] for name in mind.mention_rank], 1] = list(mind.mention_rank.values())
        likely = np.zeros(table_how.shape, dtype=np.float32)
        for number, clause in enumerate(stream.clauses):
            for who, chance in clause.likely.items():
                if who in entities:
                    likely[number, entities[who]] = chance
        ranked = np.sort(np.pad(likely, ((0, 0), (2, 0))), axis=1)
        best, second = ranked[:, -1], ranked[:, -2]
        how_s, how_o = table_how[co, s], table_how[cs, o]
        rank_s, rank_o = table_rank[co, s], table_rank[cs, o]
        # codes
        types = len(symbols)
        words = max(self.words.numbers.values(), default=UNKNOWN) + 1
        codes = []
        for token, there in ((st, st >= 0), (ot, ot >= 0)):
            for offset in _OFFSETS:
                at = token + offset
                inside = there & (at >= line_first) & (at < line_last)
                codes.append(way * words + np.where(inside, self.ids[np.where(inside, at, size)], NONE))
        form_s = np.where(st < 0, 4, np.minimum(self.form[st], 3))
        form_o = np.where(ot < 0, 4, np.minimum(self.form[ot], 3))
        between = last - first
        gap = np.digitize(between, (1, 2, 3, 4, 6, 9, 15)).astype(np.int32)
        cut = np.minimum(breaks[last] - breaks[first], 3)
        kind_s, kind_o = self.types[s], self.types[o]
        codes.append((way * types + kind_s) * types + kind_o)
        codes.append(way * 25 + form_s * 5 + form_o)
        codes.append((way * 8 + gap) * 4 + cut)
        codes.append((way * 10 + np.minimum(rank_s[:, 0], 9)) * 10 + np.minimum(rank_o[:, 0], 9))
        codes.append((way * types + kind_s) * 64 + (how_s & 63))
        codes.append((way * types + kind_o) * 64 + (how_o & 63))
        # dense
        earliest = np.minimum(first, clause_a)
        marks = [
            np.minimum(trigger[last] - trigger[np.minimum(first + 1, last)], 1),
            np.minimum(trigger[clause_b] - trigger[clause_a], 1),
            np.minimum(trigger[line_last] - trigger[line_first], 1),
            np.minimum(doubt[clause_b] - doubt[clause_a], 1),
            np.minimum(doubt[earliest] - doubt[line_first], 1),
            np.minimum(doubt[line_last] - doubt[clause_b], 1),
            (how_s[:, None] >> np.arange(HOWS)) & 1,
            (how_o[:, None] >> np.arange(HOWS)) & 1,
        ]
        block = np.array([x.block for x in stream.lines] or [0], dtype=np.int32)
        kind = np.array([_BLOCKS.index(self.blocks[b].kind) for b in block.tolist()], dtype=np.int32)[pairs.line]
        marks.append((kind[:, None] == np.arange(len(_BLOCKS))).astype(np.int32))
        quoted = np.array([x.quoted for x in stream.lines] or [False])[pairs.line]
        turn = np.array([x.speaker is not None for x in stream.lines] or [False])[pairs.line]
        first_of_block = np.concatenate([[True], block[1:] != block[:-1]])[pairs.line]
        names = kinds.sum(1)
        columns: list[Any] = [
            (st >= 0) & self.acts[st],
            (ot >= 0) & self.acts[ot],
            has_subject[co],
            has_subject[cs],
            quoted,
            turn,
            np.minimum(kinds[last, kind_s] - kinds[np.minimum(first + 1, last), kind_s], 4),
            np.minimum(kinds[last, kind_o] - kinds[np.minimum(first + 1, last), kind_o], 4),
            np.minimum(breaks[last] - breaks[first], 6),
            np.minimum(between, 40) / 10,
            rank_s[:, 0],
            rank_s[:, 1],
            rank_o[:, 0],
            rank_o[:, 1],
            np.minimum(self.counts[s], 12) / 4,
            np.minimum(self.counts[o], 12) / 4,
            np.where(st < 0, 0, np.minimum(self.members[st], 4)),
            np.where(ot < 0, 0, np.minimum(self.members[ot], 4)),
            *np.minimum(specials[clause_b] - specials[clause_a], 1).T,
            np.minimum(asks[line_last] - asks[line_first], 1),
            np.minimum(future[line_last] - future[line_first], 1),
            np.minimum(first - line_first, 20) / 5,
            np.minimum(line_last - line_first, 60) / 10,
            first_of_block,
            np.minimum(names[line_last] - names[line_first], 8),
            likely[co, s],
            np.where(likely[co, s] >= best[co], second[co], best[co]),
            likely[cs, o],
        ]
        marks.append(np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1))
        dense = np.concatenate([np.asarray(m, dtype=np.float32) for m in marks], axis=1)
        return Features(way, self.ids[:size], np.stack(codes, axis=1).astype(np.int32), begin, end, stretch, dense)

