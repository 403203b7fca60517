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

LOWEST = -9.0


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
    """Candidate relations; `row` is the pair that speaks most for it (-1: only a frame does), `frame` its best reading."""

    subject: npt.NDArray[Any]
    predicate: npt.NDArray[Any]
    object: npt.NDArray[Any]
    row: npt.NDArray[Any]
    frame: npt.NDArray[Any]
    features: Floats


def score_names(dense: Sequence[str], predicates: Sequence[str]) -> list[str]:
    """The names of the columns of `Triples.features`."""
    names = ["score", "second score", "places", "expected", "rival predicate here", "rival subject here", "rival object here"]
    names += ["rival predicate", "rival subject", "rival object", "reverse", "subject's best", "object's best"]
    names += ["frame", "frames", "frame elsewhere", "frame rival subject", "frame rival object", "frame rival predicate", "frame in line", "frame subject is other", "frame reverse"]
    names += ["prior", "predicate", "subject type", "object type", "own trigger between", "own trigger in clause", "own trigger in sentence"]
    names += [f"way {n}" for n in range(WAYS)]
    names += ["entities", "pairs likely", "likely share", "names per sentence", "size", "kind of object", "kind of subject"]
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


def triples(
    pairs: Pairs,
    features: Features,
    lines: Sequence[Any],
    scores: npt.NDArray[Any],
    reads: Sequence[Read],
    types: Ints,
    kinds: npt.NDArray[Any],
    symmetric: npt.NDArray[np.bool_],
    prior: Floats,
    keep: npt.NDArray[np.bool_],
    size: int,
    cut: float,
) -> Triples:
    """All candidate relations of a document with their features; `keep` are the dense columns that are used."""
    entities, predicates = len(types), scores.shape[1]
    row, predicate = np.nonzero(scores >= cut)
    score = scores[row, predicate].astype(np.float64)
    subject, object_ = pairs.subject[row].astype(np.int64), pairs.object[row].astype(np.int64)
    line = pairs.line[row].astype(np.int64)
    # Competition at the place itself, before the direction of symmetric ones is dropped.
    rival_predicate_here = _best_other(row, predicate, score)
    rival_subject_here = _best_other((line * entities + object_) * predicates + predicate, subject, score)
    rival_object_here = _best_other((line * entities + subject) * predicates + predicate, object_, score)
    # Readings of frames that no pair stands for come in as rows without a place.
    if reads:
        rs = np.array([r.subject for r in reads], dtype=np.int64)
        rp = np.array([r.predicate for r in reads], dtype=np.int64)
        ro = np.array([r.object for r in reads], dtype=np.int64)
        rc = np.array([r.confidence for r in reads])
    else:
        rs = rp = ro = np.zeros(0, dtype=np.int64)
        rc = np.zeros(0)
    swap = symmetric[predicate] & (subject > object_)
    a, b = np.where(swap, object_, subject), np.where(swap, subject, object_)
    rswap = symmetric[rp] & (rs > ro)
    ra, rb = np.where(rswap, ro, rs), np.where(rswap, rs, ro)
    key = (a * predicates + predicate) * entities + b
    rkey = (ra * predicates + rp) * entities + rb
    every, inverse = np.unique(np.concatenate([key, rkey]), return_inverse=True)
    count = len(every)
    mine, theirs = inverse[: len(key)], inverse[len(key) :]
    # The best place of each.
    order = np.lexsort((row, -score, mine))
    fresh = np.concatenate([[True], mine[order][1:] != mine[order][:-1]]) if len(order) else np.zeros(0, dtype=bool)
    best = np.full(count, -1, dtype=np.int64)
    best[mine[order][fresh]] = order[fresh]
    top = np.full(count, LOWEST)
    second = np.full(count, LOWEST)
    here = best >= 0
    top[here] = score[best[here]]
    others = order[~fresh]
    np.maximum.at(second, mine[others], score[others])
    places = np.bincount(mine, minlength=count).astype(float)
    chance = 1 / (1 + np.exp(-score))
    expected = np.bincount(mine, weights=chance, minlength=count)
    s, p, o = every // entities // predicates, every // entities % predicates, every % entities
    frame, frames = np.zeros(count), np.bincount(theirs, minlength=count).astype(float)
    np.maximum.at(frame, theirs, rc)
    frame_best = np.full(count, -1, dtype=np.int64)
    for n in np.lexsort((-np.arange(len(rc)), rc)).tolist():
        frame_best[theirs[n]] = n

    def at_best(values: Floats) -> Floats:
        return np.where(here, values[best] if len(values) else LOWEST, LOWEST)

    reverse = np.full(count, LOWEST)
    mirrored = (o * predicates + p) * entities + s
    found = np.searchsorted(every, mirrored)
    found = np.minimum(found, max(count - 1, 0))
    if count:
        hit = every[found] == mirrored
        reverse[hit] = top[found[hit]]
    frame_reverse = np.zeros(count)
    if count:
        frame_reverse[hit] = frame[found[hit]]
    zero = np.where(frame > 0, frame, LOWEST)
    rivals = [
        _best_other(s * entities + o, p, top),
        _best_other(p * entities + o, s, top),
        _best_other(p * entities + s, o, top),
    ]
    frame_rivals = [
        np.maximum(_best_other(p * entities + o, s, zero), 0),
        np.maximum(_best_other(p * entities + s, o, zero), 0),
        np.maximum(_best_other(s * entities + o, p, zero), 0),
    ]
    subject_best = np.full(entities, LOWEST)
    object_best = np.full(entities, LOWEST)
    np.maximum.at(subject_best, s, top)
    np.maximum.at(object_best, o, top)
    at = np.where(here, row[best] if len(row) else 0, -1)
    # Frames in the line of the best place, with this subject or another.
    starts = np.array([x.start for x in lines] or [0])
    ends = np.array([x.end for x in lines] or [0])
    in_line, other_subject = np.zeros(count), np.zeros(count)
    if reads and count and len(row):
        place = pairs.line[np.maximum(at, 0)]
        for n, r in enumerate(reads):
            touching = here & (starts[place] < r.end) & (r.start < ends[place]) & (p == rp[n])
            same_object = touching & (o == rb[n])
            same = same_object & (s == ra[n])
            in_line[same] = np.maximum(in_line[same], rc[n])
            other = same_object & (s != ra[n])
            other_subject[other] = np.maximum(other_subject[other], rc[n])
    dense = features.dense
    picked = np.zeros((count, dense.shape[1]), dtype=np.float32)
    picked[here] = dense[at[here]]
    way = np.full(count, -1)
    way[here] = features.way[at[here]]
    triggers = np.stack([picked[np.arange(count), p + k * predicates] for k in range(3)], axis=1)
    likely = float((top > -1.0).sum())
    doc = np.array([entities, likely, likely / max(size, 1) * 1000, len(features.tokens) / max(len(lines), 1), size / 1000])
    columns = [top, second, places, expected, at_best(rival_predicate_here), at_best(rival_subject_here), at_best(rival_object_here)]
    columns += [*rivals, reverse, subject_best[s], object_best[o]]
    columns += [frame, frames, np.where(in_line > 0, 0, frame), *frame_rivals, in_line, other_subject, frame_reverse]
    columns += [prior[p, types[s], types[o]], p.astype(float), types[s].astype(float), types[o].astype(float)]
    columns += [*triggers.T]
    columns += [(way == n).astype(float) for n in range(WAYS)]
    columns += [np.full(count, x) for x in doc]
    columns += [kinds[o].astype(float), kinds[s].astype(float)]
    one_hot = (p[:, None] == np.arange(predicates)).astype(float)
    table = np.concatenate([np.stack(columns, axis=1), picked[:, keep], one_hot], axis=1)
    return Triples(s, p, o, at, frame_best, np.round(table, 3))
