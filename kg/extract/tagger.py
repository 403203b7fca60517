"""How likely every stretch of units is a name of each type: the marginals of a linear-chain CRF.

Lafferty, McCallum and Pereira, Conditional Random Fields (2001); forward and backward sums over all stretches at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kg.extract.draft import Draft
from kg.extract.unit_features import OFFSETS, UnitFeatures, place_features
from kg.extract.units import Units
from kg.extract.weights import Floats, NameWeights

# Stretches at least so likely are names to think about.
LEAST = 0.04
_MOST_KEPT = 20_000
_TINY = 1e-9

# (start, end) of a stretch of text → how likely it is a name of each type.
Spans = Mapping[tuple[int, int], Mapping[str, float]]


class Tagger:
    """Finds likely names; what units say by themselves is kept from document to document."""

    def __init__(self, weights: NameWeights, features: UnitFeatures) -> None:
        self.weights = weights
        self.features = features
        self._kept: dict[tuple[str, str], int] = {}
        self._said = np.zeros((1024, len(OFFSETS), len(weights.labels)))
        self.types = sorted({label[2:] for label in weights.labels if label != "O"})
        index = {label: number for number, label in enumerate(weights.labels)}
        self._first = np.array([index[f"B-{type_}"] for type_ in self.types], dtype=np.int64)
        self._inner = np.array([index.get(f"I-{type_}", -1) for type_ in self.types], dtype=np.int64)

    def spans(self, draft: Draft, units: Units) -> Spans:
        """Every stretch whose probability of being a name of one type is at least half of LEAST."""
        stretches = sorted(units.stretches(), key=lambda stretch: stretch[0] - stretch[1])
        if not stretches:
            return {}
        marginals = _marginals(self._scores(draft, units), self.weights.moves, stretches)
        return self._likely(units, stretches, marginals)

    def _scores(self, draft: Draft, units: Units) -> Floats:
        # Only between documents: the numbers given out in one must stay.
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        kept = self._kept
        ids = np.array([kept[key] if key in kept else self._keep(key) for key in units.keys], dtype=np.int64)
        scores: Floats = self._said[ids, 0]
        for column, (_, distance, _) in enumerate(OFFSETS):
            if distance < 0:
                scores[-distance:] += self._said[ids[:distance], column]
            elif distance > 0:
                scores[:-distance] += self._said[ids[distance:], column]
        rows = self.weights.rows
        seen = [(place, rows[feature]) for place, feature in place_features(draft, units) if feature in rows]
        if seen:
            places, which = np.array(seen).T
            order = np.argsort(places, kind="stable")
            places, which = places[order], which[order]
            first = np.flatnonzero(np.r_[True, places[1:] != places[:-1]])
            scores[places[first]] += np.add.reduceat(self.weights.state[which], first, axis=0)
        return scores

    def _keep(self, key: tuple[str, str]) -> int:
        number = self._kept[key] = len(self._kept)
        if number >= len(self._said):
            self._said = np.concatenate([self._said, np.zeros_like(self._said)])
        sets = self.features.of(*key)
        for column, (mark, _, which) in enumerate(OFFSETS):
            rows = [self.weights.rows[mark + f] for f in sets[which] if mark + f in self.weights.rows]
            self._said[number, column] = self.weights.state[rows].sum(axis=0)
        return number

    def _likely(self, units: Units, stretches: Iterable[tuple[int, int]], marginals: Floats) -> Spans:
        """The probability of a span: it begins, goes on with the same type unit by unit, and does not go on."""
        last = np.zeros(len(units.keys), dtype=bool)
        last[[end - 1 for _, end in stretches]] = True
        begins = marginals[:, self._first]
        inside = np.where(self._inner >= 0, marginals[:, self._inner], 0.0)
        goes_on = np.zeros_like(inside)
        goes_on[:-1] = np.minimum(1.0, inside[1:] / np.maximum(begins + inside, _TINY)[:-1])
        goes_on[last] = 0.0
        found: dict[tuple[int, int], dict[str, float]] = {}
        least = LEAST / 2
        at, type_ = np.nonzero(begins >= least)
        begin, sure = at, begins[at, type_]
        while len(at):
            ends = sure * (1 - goes_on[at, type_])
            keep = ends >= least
            for one, other, which, p in zip(
                begin[keep].tolist(), at[keep].tolist(), type_[keep].tolist(), ends[keep].tolist(), strict=True
            ):
                span = units.spans[one][0], units.spans[other][1]
                found.setdefault(span, {})[self.types[which]] = p
            sure = sure * goes_on[at, type_]
            keep = sure >= least
            begin, at, type_, sure = begin[keep], at[keep] + 1, type_[keep], sure[keep]
        return found


def _marginals(scores: Floats, moves: Floats, stretches: Sequence[tuple[int, int]]) -> Floats:
    """The probability of each label at each unit (units x labels); the stretches come longest first."""
    expected = np.exp(scores - scores.max(axis=1, keepdims=True))
    begins = np.array([begin for begin, _ in stretches])
    lengths = np.array([end - begin for begin, end in stretches])
    longest, width = int(lengths[0]), scores.shape[1]
    # How many stretches are longer than t.
    live = np.searchsorted(-lengths, -np.arange(longest), side="left")
    forward = [_normal(expected[begins])]
    for t in range(1, longest):
        n = live[t]
        forward.append(_normal((forward[-1][:n] @ moves) * expected[begins[:n] + t]))
    marginals = np.zeros_like(scores)
    backward = np.ones((0, width))
    for t in range(longest - 1, -1, -1):
        n, following = live[t], len(backward)
        here = np.ones((n, width))
        if following:
            here[:following] = _normal((backward * expected[begins[:following] + t + 1]) @ moves.T)
        marginals[begins[:n] + t] = _normal(forward[t] * here)
        backward = here
    return marginals


def _normal(values: Floats) -> Floats:
    normal: Floats = values / values.sum(axis=1, keepdims=True)
    return normal
