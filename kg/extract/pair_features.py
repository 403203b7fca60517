"""What speaks for and against a relation between two entities at one place, as arrays.

Three kinds of features, so that a linear model can be applied without a loop: `codes` (one of many at a place, such as
the word behind the subject), `spans` (bags of words of a stretch of tokens) and `dense` (yes, no and small numbers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extract.candidates import FAR_RANK, HOWS, Pairs, Stream
from kg.extract.pair_counts import Counts, Minds, Words, count, minds

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
_OTHER_FORM, _CARRIED_FORM, _FORM_COUNT = 3, 4, 5
_GAPS = (1, 2, 3, 4, 6, 9, 15)
_CUTS = 4
_RANKS = FAR_RANK + 1
# Of how an entity is in mind so many values are told apart.
_MIND = 64
_BLOCKS = ("front", "heading", "paragraph", "item", "quote", "row")
# Stretches: between near and far names, before the first, behind the second; before and behind the name that is
# there, and the sentence before its clause.
BETWEEN, FAR_BETWEEN, BEFORE, BEHIND = 0, 2, 4, 6
HERE_BEFORE, HERE_BEHIND, EARLIER = 8, 10, 12
STRETCHES = 14
SLOTS = 3


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
        ("forms", WAYS * _FORM_COUNT**2),
        ("gap", WAYS * (len(_GAPS) + 1) * _CUTS),
        ("ranks", WAYS * _RANKS**2),
        ("subject how", WAYS * types * _MIND),
        ("object how", WAYS * types * _MIND),
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where each pair stands: the tokens of both (of the other where one is carried), their clauses, the sentence."""

    way: Ints
    anchor_subject: Ints
    anchor_object: Ints
    first: Ints
    last: Ints
    clause_subject: Ints
    clause_object: Ints
    clause_first: Ints
    clause_last: Ints
    second_clause_last: Ints
    line_first: Ints
    line_last: Ints


def _place(stream: Stream, pairs: Pairs) -> _Place:
    s, o = pairs.subject_token, pairs.object_token
    way = np.select([s < 0, o < 0, s == o, s < o], [NO_SUBJECT, NO_OBJECT, LISTED, FORWARD], default=BACKWARD).astype(
        np.int32
    )
    anchor_s, anchor_o = np.where(s < 0, o, s), np.where(o < 0, s, o)
    first, last = np.minimum(anchor_s, anchor_o), np.maximum(anchor_s, anchor_o)
    clause_of = np.array([*stream.clause_of, 0], dtype=np.int32)
    clauses = np.array([(c.first, c.last) for c in stream.clauses] or [(0, 0)], dtype=np.int32)
    lines = np.array([(x.first, x.last) for x in stream.lines] or [(0, 0)], dtype=np.int32)[pairs.line]
    return _Place(
        way=way,
        anchor_subject=anchor_s,
        anchor_object=anchor_o,
        first=first,
        last=last,
        clause_subject=clause_of[anchor_s],
        clause_object=clause_of[anchor_o],
        clause_first=clauses[clause_of[first], 0],
        clause_last=clauses[clause_of[first], 1],
        second_clause_last=clauses[clause_of[last], 1],
        line_first=lines[:, 0],
        line_last=lines[:, 1],
    )


def _stretches(at: _Place) -> tuple[Ints, Ints, Ints]:
    """Which stretches of words count, from where to where."""
    both = (at.way == FORWARD) | (at.way == BACKWARD)
    back = (at.way == BACKWARD).astype(np.int32)
    none = (at.way == NO_OBJECT).astype(np.int32)
    far = at.last - at.first > _NEAR
    which = [
        np.where(both, np.where(far, FAR_BETWEEN, BETWEEN) + back, HERE_BEFORE + none),
        np.where(both, BEFORE + back, HERE_BEHIND + none),
        np.where(both, BEHIND + back, EARLIER + none),
    ]
    begin = [
        np.where(both, at.first + 1, at.clause_first),
        np.where(both, np.maximum(at.clause_first, at.first - _BEFORE), at.first + 1),
        np.where(both, at.last + 1, np.maximum(at.line_first, at.clause_first - 2 * _REST)),
    ]
    end = [
        np.where(both, at.last, at.first),
        np.where(both, at.first, np.minimum(at.clause_last, at.first + 1 + _REST)),
        np.where(both, np.minimum(at.second_clause_last, at.last + 1 + _AFTER), at.clause_first),
    ]
    stretch = np.where((at.way == LISTED)[:, None], -1, np.stack(which, axis=1)).astype(np.int32)
    begins = np.stack(begin, axis=1).astype(np.int32)
    return begins, np.maximum(begins, np.stack(end, axis=1)).astype(np.int32), stretch


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document's entities and tokens, by number."""

    types: Ints
    counts: Ints
    acting: frozenset[int]
    block_kinds: Sequence[str]


def describe(
    stream: Stream,
    text: str,
    pairs: Pairs,
    facts: Facts,
    words: Words,
    symbols: Sequence[str],
    entities: Mapping[str, int],
) -> Features:
    """The features of all pairs of a document; `text` is its view."""
    at = _place(stream, pairs)
    tokens = np.array([*(words.numbers.get(w, UNKNOWN) for w in stream.words), NONE], dtype=np.int32)
    counts, mind = count(stream, text, words, symbols), minds(stream, entities)
    begin, end, stretch = _stretches(at)
    codes = _codes(stream, pairs, at, tokens, counts, mind, facts.types, max(words.numbers.values(), default=1) + 1)
    dense = _dense(stream, pairs, at, counts, mind, facts)
    return Features(at.way, tokens[:-1], codes, begin, end, stretch, dense)


def _codes(
    stream: Stream,
    pairs: Pairs,
    at: _Place,
    tokens: Ints,
    counts: Counts,
    mind: Minds,
    kinds: Ints,
    words: int,
) -> Ints:
    size = len(tokens) - 1
    form = np.zeros(size + 1, dtype=np.int32)
    for k, item in stream.items.items():
        form[k] = _FORMS.get(item.form, _OTHER_FORM)
    codes = []
    forms = []
    for token in (pairs.subject_token, pairs.object_token):
        for offset in _OFFSETS:
            place = token + offset
            inside = (token >= 0) & (place >= at.line_first) & (place < at.line_last)
            codes.append(at.way * words + np.where(inside, tokens[np.where(inside, place, size)], NONE))
        forms.append(np.where(token < 0, _CARRIED_FORM, np.minimum(form[token], _OTHER_FORM)))
    gap = np.digitize(at.last - at.first, _GAPS).astype(np.int32)
    cut = np.minimum(counts.breaks[at.last] - counts.breaks[at.first], _CUTS - 1)
    subject_rank = mind.subject_rank.at(at.clause_object, pairs.subject)
    object_rank = mind.subject_rank.at(at.clause_subject, pairs.object)
    one, other, types = kinds[pairs.subject], kinds[pairs.object], counts.kinds.shape[1]
    codes += [
        (at.way * types + one) * types + other,
        (at.way * _FORM_COUNT + forms[0]) * _FORM_COUNT + forms[1],
        (at.way * (len(_GAPS) + 1) + gap) * _CUTS + cut,
        (at.way * _RANKS + subject_rank) * _RANKS + object_rank,
        (at.way * types + one) * _MIND + (mind.how.at(at.clause_object, pairs.subject) & (_MIND - 1)),
        (at.way * types + other) * _MIND + (mind.how.at(at.clause_subject, pairs.object) & (_MIND - 1)),
    ]
    return np.stack(codes, axis=1).astype(np.int32)


def _dense(stream: Stream, pairs: Pairs, at: _Place, counts: Counts, mind: Minds, facts: Facts) -> Floats:
    s, o, first, last = pairs.subject, pairs.object, at.first, at.last
    inner = np.minimum(first + 1, last)
    here, there = at.clause_first, at.second_clause_last
    how_s, how_o = mind.how.at(at.clause_object, s), mind.how.at(at.clause_subject, o)
    block = np.array([x.block for x in stream.lines] or [0], dtype=np.int32)
    kind = np.array([_BLOCKS.index(facts.block_kinds[b]) for b in block.tolist()], dtype=np.int32)[pairs.line]
    marks = [
        np.minimum(counts.triggers[last] - counts.triggers[inner], 1),
        np.minimum(counts.triggers[there] - counts.triggers[here], 1),
        np.minimum(counts.triggers[at.line_last] - counts.triggers[at.line_first], 1),
        np.minimum(counts.doubts[there] - counts.doubts[here], 1),
        np.minimum(counts.doubts[np.minimum(first, here)] - counts.doubts[at.line_first], 1),
        np.minimum(counts.doubts[at.line_last] - counts.doubts[there], 1),
        (how_s[:, None] >> np.arange(HOWS)) & 1,
        (how_o[:, None] >> np.arange(HOWS)) & 1,
        kind[:, None] == np.arange(len(_BLOCKS)),
        _columns(stream, pairs, at, counts, mind, facts, block),
    ]
    return np.concatenate([np.asarray(m, dtype=np.float32) for m in marks], axis=1)


def _columns(
    stream: Stream, pairs: Pairs, at: _Place, counts: Counts, mind: Minds, facts: Facts, block: Ints
) -> Floats:
    """Single numbers, in the order of `dense_names`; long ones are brought near to the size of a yes."""
    size = len(stream.words)
    members, acts = np.zeros(size + 1, dtype=np.int32), np.zeros(size + 1, dtype=bool)
    for k, item in stream.items.items():
        members[k], acts[k] = len(item.members), stream.places[k] in facts.acting
    s, o, first, last, line = pairs.subject, pairs.object, at.first, at.last, pairs.line
    st, ot = pairs.subject_token, pairs.object_token
    inner = np.minimum(first + 1, last)
    kind_s, kind_o = facts.types[s], facts.types[o]
    quoted = np.array([x.quoted for x in stream.lines] or [False])
    turn = np.array([x.speaker is not None for x in stream.lines] or [False])
    names = counts.kinds.sum(axis=1)
    likely = mind.likely.at(at.clause_object, s)
    best, second = mind.best[at.clause_object], mind.second[at.clause_object]
    columns: list[npt.NDArray[Any]] = [
        (st >= 0) & acts[st],
        (ot >= 0) & acts[ot],
        mind.has_subject[at.clause_object],
        mind.has_subject[at.clause_subject],
        quoted[line],
        turn[line],
        np.minimum(counts.kinds[last, kind_s] - counts.kinds[inner, kind_s], 4),
        np.minimum(counts.kinds[last, kind_o] - counts.kinds[inner, kind_o], 4),
        np.minimum(counts.breaks[last] - counts.breaks[first], 6),
        np.minimum(last - first, 40) / 10,
        mind.subject_rank.at(at.clause_object, s),
        mind.mention_rank.at(at.clause_object, s),
        mind.subject_rank.at(at.clause_subject, o),
        mind.mention_rank.at(at.clause_subject, o),
        np.minimum(facts.counts[s], 12) / 4,
        np.minimum(facts.counts[o], 12) / 4,
        np.where(st < 0, 0, np.minimum(members[st], 4)),
        np.where(ot < 0, 0, np.minimum(members[ot], 4)),
        *np.minimum(counts.values[at.second_clause_last] - counts.values[at.clause_first], 1).T,
        np.minimum(counts.questions[at.line_last] - counts.questions[at.line_first], 1),
        np.minimum(counts.future[at.line_last] - counts.future[at.line_first], 1),
        np.minimum(first - at.line_first, 20) / 5,
        np.minimum(at.line_last - at.line_first, 60) / 10,
        np.concatenate([[True], block[1:] != block[:-1]])[line],
        np.minimum(names[at.line_last] - names[at.line_first], 8),
        likely,
        np.where(likely >= best, second, best),
        mind.likely.at(at.clause_subject, o),
    ]
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)
