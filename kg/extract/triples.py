"""From scored pairs to one row of features for every (subject, predicate, object) that is worth a second look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extract.candidates import Pairs
from kg.extract.pair_features import WAYS, Features

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

Ends = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]

LOWEST = -9.0
# From these log odds on a triple counts as likely.
_LIKELY = -1.0


@dataclass(frozen=True, slots=True)
class Read:
    """A reading of a frame: entity and predicate numbers, its confidence, and the text span that it stands on."""

    subject: int
    predicate: int
    object: int
    confidence: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Triples:
    """Candidate relations; `row` is the pair that speaks most for each, `frame` its best reading (-1: none)."""

    subject: npt.NDArray[Any]
    predicate: npt.NDArray[Any]
    object: npt.NDArray[Any]
    row: npt.NDArray[Any]
    frame: npt.NDArray[Any]
    features: Floats


def score_names(dense: Sequence[str], predicates: Sequence[str]) -> list[str]:
    """The names of the columns of `Triples.features`."""
    names = [
        "score",
        "second score",
        "places",
        "expected",
        "rival predicate here",
        "rival subject here",
        "rival object here",
    ]
    names += ["rival predicate", "rival subject", "rival object", "reverse", "subject's best", "object's best"]
    names += [
        "frame",
        "frames",
        "frame elsewhere",
        "frame rival subject",
        "frame rival object",
        "frame rival predicate",
        "frame in line",
        "frame subject is other",
        "frame reverse",
    ]
    names += [
        "prior",
        "predicate",
        "subject type",
        "object type",
        "own trigger between",
        "own trigger in clause",
        "own trigger in sentence",
    ]
    names += [f"way {n}" for n in range(WAYS)]
    names += [
        "entities",
        "pairs likely",
        "likely share",
        "names per sentence",
        "size",
        "kind of object",
        "kind of subject",
    ]
    names += [name for name in dense if " trigger " not in name]
    names += [f"is {p}" for p in predicates]
    return names


def _best_other(keys: npt.NDArray[Any], own: npt.NDArray[Any], score: Floats) -> Floats:
    """The best score among those of the same key whose `own` differs; LOWEST where there is none."""
    result = np.full(len(keys), LOWEST)
    if not len(keys):
        return result
    order = np.lexsort((-score, keys))
    k, w, s = keys[order], own[order], score[order]
    starts = np.flatnonzero(np.concatenate([[True], k[1:] != k[:-1]]))
    group = np.cumsum(np.concatenate([[True], k[1:] != k[:-1]])) - 1
    top_own, top = w[starts], s[starts]
    second = np.full(len(starts), LOWEST)
    differs = np.flatnonzero(w != top_own[group])
    np.maximum.at(second, group[differs], s[differs])
    result[order] = np.where(w == top_own[group], second[group], top[group])
    return result


@dataclass(frozen=True, slots=True)
class Scored:
    """A document's pairs with the log odds of every predicate, what frames read, and its entities."""

    pairs: Pairs
    features: Features
    scores: npt.NDArray[Any]
    line_starts: npt.NDArray[Any]
    line_ends: npt.NDArray[Any]
    reads: Sequence[Read]
    types: Ints
    kinds: Ints


@dataclass(frozen=True, slots=True)
class _Rows:
    """Pairs above the cut, a row a predicate, symmetric ones in one direction, with their rivals at the same place."""

    row: npt.NDArray[Any]
    score: Floats
    key: npt.NDArray[Any]
    rivals: tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class _Reads:
    """What frames read, in arrays."""

    key: npt.NDArray[Any]
    confidence: Floats


def triples(
    scored: Scored, symmetric: npt.NDArray[np.bool_], prior: Floats, kept: npt.NDArray[np.bool_], cut: float
) -> Triples:
    """All candidate relations of a document with their features; `kept` are the dense columns that are used."""
    entities, predicates = len(scored.types), scored.scores.shape[1]
    rows, reads = _rows(scored, symmetric, cut), _reads(scored.reads, symmetric, entities, predicates)
    every, inverse = np.unique(np.concatenate([rows.key, reads.key]), return_inverse=True)
    mine, theirs = inverse[: len(rows.key)], inverse[len(rows.key) :]
    s, p, o = every // entities // predicates, every // entities % predicates, every % entities
    best, second = _best_places(rows, mine, len(every))
    here = best >= 0
    top = np.full(len(every), LOWEST)
    top[here] = rows.score[best[here]]
    row = np.full(len(every), -1, dtype=np.int64)
    row[here] = rows.row[best[here]]
    mirrored = _mirrored(every, (o * predicates + p) * entities + s)
    frame, read_best = np.zeros(len(every)), np.full(len(every), -1, dtype=np.int64)
    np.maximum.at(frame, theirs, reads.confidence)
    for n in np.lexsort((-np.arange(len(theirs)), reads.confidence)).tolist():
        read_best[theirs[n]] = n
    ends = (s, p, o)
    columns = [
        *_strength(rows, mine, top, second, best),
        *_rivals(ends, entities, top),
        np.where(mirrored >= 0, top[mirrored], LOWEST),
        *_best_of(ends, entities, top),
        *_frame_columns(scored, ends, theirs, frame, mirrored, row),
        prior[p, scored.types[s], scored.types[o]],
        p,
        scored.types[s],
        scored.types[o],
    ]
    dense = np.zeros((len(every), scored.features.dense.shape[1]), dtype=np.float32)
    dense[here] = scored.features.dense[row[here]]
    way = np.where(here, scored.features.way[row] if len(scored.features.way) else 0, -1)
    size = float((scored.line_ends - scored.line_starts).sum())
    likely = float((top > _LIKELY).sum())
    columns += [dense[np.arange(len(every)), p + k * predicates] for k in range(3)]
    columns += [way == n for n in range(WAYS)]
    tokens = len(scored.features.tokens) / max(len(scored.line_starts), 1)
    document = (entities, likely, likely / max(size, 1) * 1000, tokens, size / 1000)
    columns += [np.full(len(every), x) for x in document]
    columns += [scored.kinds[o], scored.kinds[s]]
    numbers = np.stack([np.asarray(c, dtype=np.float64) for c in columns], axis=1)
    table = np.concatenate([numbers, dense[:, kept], p[:, None] == np.arange(predicates)], axis=1)
    return Triples(s, p, o, row, read_best, np.round(table, 3))


def _rows(scored: Scored, symmetric: npt.NDArray[np.bool_], cut: float) -> _Rows:
    entities, predicates = len(scored.types), scored.scores.shape[1]
    row, predicate = np.nonzero(scored.scores >= cut)
    score = scored.scores[row, predicate].astype(np.float64)
    subject, object_ = scored.pairs.subject[row].astype(np.int64), scored.pairs.object[row].astype(np.int64)
    line = scored.pairs.line[row].astype(np.int64)
    # Competition at the place itself, before the direction of symmetric ones is dropped.
    rivals = (
        _best_other(row, predicate, score),
        _best_other((line * entities + object_) * predicates + predicate, subject, score),
        _best_other((line * entities + subject) * predicates + predicate, object_, score),
    )
    swap = symmetric[predicate] & (subject > object_)
    one, other = np.where(swap, object_, subject), np.where(swap, subject, object_)
    return _Rows(row, score, (one * predicates + predicate) * entities + other, rivals)


def _reads(reads: Sequence[Read], symmetric: npt.NDArray[np.bool_], entities: int, predicates: int) -> _Reads:
    table = np.array([(r.subject, r.predicate, r.object) for r in reads], dtype=np.int64).reshape(-1, 3)
    swap = symmetric[table[:, 1]] & (table[:, 0] > table[:, 2])
    one, other = np.where(swap, table[:, 2], table[:, 0]), np.where(swap, table[:, 0], table[:, 2])
    confidence = np.array([r.confidence for r in reads], dtype=np.float64)
    return _Reads((one * predicates + table[:, 1]) * entities + other, confidence)


def _best_places(rows: _Rows, which: npt.NDArray[Any], count: int) -> tuple[npt.NDArray[Any], Floats]:
    """Of each triple the row that speaks most for it, and how much the second does."""
    best, second = np.full(count, -1, dtype=np.int64), np.full(count, LOWEST)
    order = np.lexsort((rows.row, -rows.score, which))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = which[order][1:] != which[order][:-1]
    best[which[order][fresh]] = order[fresh]
    np.maximum.at(second, which[order[~fresh]], rows.score[order[~fresh]])
    return best, second


def _strength(
    rows: _Rows, which: npt.NDArray[Any], top: Floats, second: Floats, best: npt.NDArray[Any]
) -> list[npt.NDArray[Any]]:
    count = len(top)
    expected = np.bincount(which, weights=1 / (1 + np.exp(-rows.score)), minlength=count)
    here = [np.where(best >= 0, rival[best] if len(rival) else LOWEST, LOWEST) for rival in rows.rivals]
    return [top, second, np.bincount(which, minlength=count), expected, *here]


def _mirrored(every: npt.NDArray[Any], keys: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Where each triple stands with subject and object exchanged, or -1."""
    if not len(every):
        return np.zeros(0, dtype=np.int64)
    found = np.minimum(np.searchsorted(every, keys), len(every) - 1)
    return np.where(every[found] == keys, found, -1)


def _rivals(ends: Ends, entities: int, score: Floats) -> list[Floats]:
    """The best other predicate, subject and object."""
    s, p, o = ends
    return [
        _best_other(s * entities + o, p, score),
        _best_other(p * entities + o, s, score),
        _best_other(p * entities + s, o, score),
    ]


def _best_of(ends: Ends, entities: int, score: Floats) -> list[Floats]:
    """The best score that the subject has as a subject, and the object as an object."""
    result = []
    for one in (ends[0], ends[2]):
        best = np.full(entities, LOWEST)
        np.maximum.at(best, one, score)
        result.append(best[one])
    return result


def _frame_columns(
    scored: Scored,
    ends: Ends,
    which: npt.NDArray[Any],
    frame: Floats,
    mirrored: npt.NDArray[Any],
    row: npt.NDArray[Any],
) -> list[npt.NDArray[Any]]:
    """What frames read of each triple, there and elsewhere, and of its rivals."""
    s, p, o = ends
    count, entities = len(s), len(scored.types)
    in_line, other_subject = np.zeros(count), np.zeros(count)
    line = scored.pairs.line[row] if len(scored.pairs.line) else row
    starts, ends_ = scored.line_starts[line], scored.line_ends[line]
    for n, read in enumerate(scored.reads):
        triple = which[n]
        same = (row >= 0) & (p == p[triple]) & (o == o[triple])
        same &= (starts < read.end) & (read.start < ends_)
        for mask, values in ((s == s[triple], in_line), (s != s[triple], other_subject)):
            values[same & mask] = np.maximum(values[same & mask], read.confidence)
    there = np.where(frame > 0, frame, LOWEST)
    rivals = [np.maximum(x, 0) for x in _rivals(ends, entities, there)]
    return [
        frame,
        np.bincount(which, minlength=count),
        np.where(in_line > 0, 0, frame),
        rivals[1],
        rivals[2],
        rivals[0],
        in_line,
        other_subject,
        np.where(mirrored >= 0, frame[mirrored], 0),
    ]
