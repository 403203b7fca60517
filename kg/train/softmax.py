"""Choosing one of several candidates by weighted evidence, fitted by gradient alone (numpy)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS, _MEMORY, _ENOUGH = 200, 10, 1e-4
# Below these a step is none, and a curvature says nothing.
_SHORTEST, _FLAT = 1e-10, 1e-12


@dataclass(frozen=True, slots=True)
class Choice:
    """The evidence of every candidate, and the place of the right one."""

    candidates: Sequence[Sequence[Hashable]]
    right: int


def fit(choices: Sequence[Choice], *, penalty: float, least: int) -> dict[Hashable, float]:
    """A weight for every piece of evidence that at least `least` choices have; `penalty` keeps weights small."""
    counts: Counter[Hashable] = Counter()
    for choice in choices:
        counts.update({name for candidate in choice.candidates for name in candidate})
    names = sorted((name for name, count in counts.items() if count >= least), key=repr)
    number = {name: k for k, name in enumerate(names)}
    columns: list[int] = []
    row_lengths: list[int] = []
    for choice in choices:
        for candidate in choice.candidates:
            row = [number[name] for name in candidate if name in number]
            columns.extend(row)
            row_lengths.append(len(row))
    problem = _Problem(choices, columns, row_lengths, len(names), penalty)
    return dict(zip(names, map(float, _minimum(problem.loss, np.zeros(len(names)))), strict=True))


class _Problem:
    """The negative log likelihood of all right choices with its gradient."""

    def __init__(
        self, choices: Sequence[Choice], columns: Sequence[int], lengths: Sequence[int], size: int, penalty: float
    ) -> None:
        self.columns = np.array(columns, dtype=np.int64)
        self.rows = np.repeat(np.arange(len(lengths)), lengths)
        self.count, self.size, self.penalty = len(lengths), size, penalty
        sizes = np.array([len(choice.candidates) for choice in choices])
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.choice_of = np.repeat(np.arange(len(sizes)), sizes)
        self.right = self.starts + np.array([choice.right for choice in choices])

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """The loss at some weights, and its gradient there."""
        scores = np.bincount(self.rows, weights=weights[self.columns], minlength=self.count)
        tops = np.maximum.reduceat(scores, self.starts)
        powers = np.exp(scores - tops[self.choice_of])
        wholes = np.add.reduceat(powers, self.starts)
        chances = powers / wholes[self.choice_of]
        loss = -(scores[self.right] - tops - np.log(wholes)).sum() + self.penalty / 2 * (weights @ weights)
        chances[self.right] -= 1
        gradient = np.bincount(self.columns, weights=chances[self.rows], minlength=self.size)
        return float(loss), gradient + self.penalty * weights


def _minimum(loss: Callable[[Floats], tuple[float, Floats]], start: Floats) -> Floats:
    """Where a smooth convex function is least: limited-memory BFGS with backtracking."""
    point = start
    value, gradient = loss(point)
    history: deque[tuple[Floats, Floats, float]] = deque(maxlen=_MEMORY)
    for _ in range(_STEPS):
        if float(np.abs(gradient).max()) < _ENOUGH:
            break
        direction = -_preconditioned(gradient, history)
        slope = float(gradient @ direction)
        length = 1.0 if history else min(1.0, 1.0 / float(np.linalg.norm(gradient)))
        while length > _SHORTEST:
            following = point + length * direction
            new_value, new_gradient = loss(following)
            if new_value <= value + 1e-4 * length * slope:
                break
            length /= 2
        else:
            break
        moved, turned = following - point, new_gradient - gradient
        curvature = float(moved @ turned)
        if curvature > _FLAT:
            history.append((moved, turned, 1.0 / curvature))
        gained = value - new_value
        point, value, gradient = following, new_value, new_gradient
        if gained < _ENOUGH * _ENOUGH * max(1.0, abs(value)):
            break
    return point


def _preconditioned(gradient: Floats, history: Sequence[tuple[Floats, Floats, float]]) -> Floats:
    result = gradient.copy()
    shares: list[float] = []
    for moved, turned, scale in reversed(history):
        share = scale * float(moved @ result)
        shares.append(share)
        result -= share * turned
    if history:
        moved, turned, _ = history[-1]
        result *= float(moved @ turned) / float(turned @ turned)
    for (moved, turned, scale), share in zip(history, reversed(shares), strict=True):
        result += moved * (share - scale * float(turned @ result))
    return result
