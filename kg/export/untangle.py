"""Fewer crossing lines: neighbours on the page change places where that untangles what they are connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Ends = NDArray[np.int64]

_PASSES = 3
# Fewer lines have nothing to untangle; with more it takes long (with the square of their number), and helps no eye.
_FEWEST, _MOST = 3, 600
# With so many of those next to it an entity may change places.
_NEAR = 12
# What a crossing is worth in length of lines, in parts of the mean length.
_CROSSING = 1.0


def untangle(points: Points, lines: Sequence[tuple[int, int]]) -> Points:
    """The same places, otherwise given to the entities; `lines` are pairs of positions in `points`. Deterministic."""
    ends = np.array(sorted({(min(pair), max(pair)) for pair in lines if pair[0] != pair[1]}), dtype=np.int64)
    if not _FEWEST <= len(ends) <= _MOST:
        return points
    points = points.copy()
    touching = [np.nonzero((ends == i).any(axis=1))[0] for i in range(len(points))]
    unit = float(np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1).mean()) or 1.0
    for _ in range(_PASSES):
        changed = False
        crossed = {i for line in range(len(ends)) if crossings(points, ends, np.array([line])) for i in ends[line]}
        for i in sorted(crossed):
            away = np.linalg.norm(points - points[i], axis=1)
            for j in np.argsort(away, kind="stable")[1 : _NEAR + 1]:
                moved = np.union1d(touching[i], touching[int(j)])
                if not len(moved):
                    continue
                before = _cost(points, ends, moved, unit)
                points[[i, j]] = points[[j, i]]
                if _cost(points, ends, moved, unit) < before - 1e-6:
                    changed = True
                    break
                points[[i, j]] = points[[j, i]]
        if not changed:
            break
    return points


def crossings(points: Points, ends: Ends, some: Ends) -> float:
    """In how many crossings the lines at the positions `some` of `ends` take part; lines with a common end do not."""
    a, b = (points[ends[some, side]][:, None, :] for side in (0, 1))
    c, d = (points[ends[:, side]][None, :, :] for side in (0, 1))
    apart = (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)
    for one in (0, 1):
        for other in (0, 1):
            apart &= ends[some, one][:, None] != ends[:, other][None, :]
    # Two of `some` that cross are found twice.
    once = np.ones(len(ends))
    once[some] = 0.5
    return float((apart * once).sum())


def _cost(points: Points, ends: Ends, some: Ends, unit: float) -> float:
    length = np.linalg.norm(points[ends[some, 0]] - points[ends[some, 1]], axis=1).sum()
    return crossings(points, ends, some) * _CROSSING + float(length) / unit


def _side(a: Points, b: Points, c: Points) -> Points:
    """On which side of the line from a to b c lies: the sign."""
    return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
