"""Where the entities of the picture stand: computed here, once, so that the page opens settled."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import networkx as nx
import numpy as np

from kg.export.untangle import untangle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

# Pixels at zoom 1; the page draws its labels in the same size and breaks them at the same width.
_EM = 13.0
_LINE = 16.0
_LABEL_WIDTH = 132.0
_LABEL_LINES = 2
_LATIN = 0.56  # mean width of a Latin character in em
_GAP = 10.0
_SLACK = 0.5  # an overlap that nobody sees

_ROUNDS = 120
# How much more room a part gets than its boxes fill, and how much wider than high it is: screens and labels are wide.
_ROOM = 3.6
_ASPECT = 1.15
_LONGEST = 1.6
_FLAT = 0.05  # so much higher than wide, a part is a line and is not blown up to a rectangle


def radius(facts: int) -> float:
    """Radius in pixels of an entity with so many facts."""
    return round(min(5.0 + 2.1 * math.sqrt(facts), 19.0), 1)


def place(labels: Mapping[int, str], facts: Sequence[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Coordinates in pixels for every key of `labels`, boxes drawn apart; `facts` are pairs of keys. Deterministic."""
    degree = Counter(end for pair in facts for end in set(pair))
    boxes = {key: np.array(box(label, radius(degree[key]))) for key, label in labels.items()}
    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(labels)
    network.add_edges_from((one, other) for one, other in facts if one != other)
    parts = sorted(nx.connected_components(network), key=lambda part: (-len(part), min(part)))
    placed: dict[int, Points] = {}
    for keys, corner, points in _rows([_part(network, sorted(part), boxes) for part in parts]):
        placed.update(zip(keys, points + corner, strict=True))
    if not placed:
        return {}
    middle = (np.max(list(placed.values()), axis=0) + np.min(list(placed.values()), axis=0)) / 2
    return {key: (round(float(x)), round(float(y))) for key in labels for x, y in (placed[key] - middle,)}


def box(label: str, size: float) -> tuple[float, float]:
    """Half the width and half the height, in pixels, of an entity of radius `size` with its name below."""
    text = sum(1.0 if east_asian_width(character) in "WFA" else _LATIN for character in label) * _EM
    lines = min(math.ceil(text / _LABEL_WIDTH), _LABEL_LINES)
    width = max(min(text, _LABEL_WIDTH), 2 * size)
    return (width + _GAP) / 2, (2 * size + lines * _LINE + _GAP) / 2


def _part(network: nx.Graph[int], keys: list[int], boxes: Mapping[int, Points]) -> tuple[list[int], Points, Points]:
    """A connected part: its keys, their points (from 0), and its width and height."""
    sizes = np.array([boxes[key] for key in keys])
    points = _stress(network, keys)
    if len(keys) > 1:
        side = math.sqrt(_ROOM * float(np.sum(4 * sizes[:, 0] * sizes[:, 1])))
        extent = np.maximum(np.ptp(points, axis=0), 1e-3)
        # Half-way to the shape of the page: what is long stays long, within reason.
        aspect = min(math.sqrt(float(extent[0] / extent[1])), _LONGEST) * _ASPECT
        points = points / extent.max() if extent.min() < _FLAT * extent.max() else points / extent
        points = points * side * np.array([math.sqrt(aspect), 1 / math.sqrt(aspect)])
    points = _separate(points, sizes)
    position = {key: index for index, key in enumerate(keys)}
    lines = [(position[one], position[other]) for one, other in network.subgraph(keys).edges]
    points = _separate(untangle(points, lines), sizes)
    low, high = (points - sizes).min(axis=0), (points + sizes).max(axis=0)
    return keys, points - low, high - low


def _stress(network: nx.Graph[int], keys: list[int]) -> Points:
    """Points whose distances are as near as can be to those along the edges (stress majorization), the long axis level.

    An edge is the longer the fewer neighbours its ends share, so that the neighbours of a hub find room around it.
    """
    count = len(keys)
    if count == 1:
        return np.zeros((1, 2))
    lengths: nx.Graph[int] = nx.Graph()
    for one, other in network.subgraph(keys).edges:
        near, far = set(network[one]), set(network[other])
        lengths.add_edge(one, other, length=math.sqrt(len(near ^ far)))
    away = dict(nx.all_pairs_dijkstra_path_length(lengths, weight="length"))
    wanted = np.array([[away[one][other] for other in keys] for one in keys])
    # In a symmetric graph rounding errors would decide which way round it stands; a little unevenness decides it first.
    order = np.arange(count)
    wanted *= 1.0 + 0.04 * np.cos(order[:, None] * 2.4) * np.cos(order[None, :] * 2.4)
    weights = 1.0 / np.maximum(wanted, 1e-9) ** 2
    np.fill_diagonal(weights, 0.0)
    inverse = np.linalg.pinv(np.diag(weights.sum(axis=1)) - weights)
    # A start without chance: the two axes on which the wanted distances differ most (classical scaling).
    centering = np.eye(count) - 1.0 / count
    values, vectors = np.linalg.eigh(-0.5 * centering @ wanted**2 @ centering)
    points = _upright(vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 1e-3)))
    # Entities with the same neighbours would start, and stay, on one spot.
    points = points + 0.05 * np.column_stack([np.cos(order * 2.4), np.sin(order * 2.4)])
    for _ in range(_ROUNDS):
        apart = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
        np.fill_diagonal(apart, 1.0)
        pull = -weights * wanted / np.maximum(apart, 1e-9)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        points = inverse @ (pull @ points)
    return _upright(points)


def _upright(points: Points) -> Points:
    """Turn the points so that they spread most from left to right, always the same way round."""
    points = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    points = points @ axes.T
    return points * np.where(np.cos(np.arange(len(points))) @ points < 0, -1.0, 1.0)


def _rows(parts: list[tuple[list[int], Points, Points]]) -> list[tuple[list[int], Points, Points]]:
    """Keys, corner and points of every part: the largest first, the others in centred rows below it."""
    if not parts:
        return []
    width = max(float(size[0]) for _, _, size in parts)
    rows: list[list[tuple[list[int], Points, Points]]] = [[parts[0]], []]
    filled = 0.0
    for part in parts[1:]:
        needed = float(part[2][0]) + 2 * _GAP
        if filled and filled + needed > width:
            rows.append([])
            filled = 0.0
        rows[-1].append(part)
        filled += needed
    placed = []
    y = 0.0
    for row in rows:
        x = (width - sum(float(size[0]) + 2 * _GAP for _, _, size in row)) / 2
        for keys, points, size in row:
            placed.append((keys, np.array([x, y]), points))
            x += float(size[0]) + 2 * _GAP
        y += max((float(size[1]) for _, _, size in row), default=0.0) + 2 * _GAP
    return placed


def _separate(points: Points, boxes: Points, rounds: int = 400) -> Points:
    """Push overlapping boxes apart along the axis on which they overlap least, until none do."""
    points = points.copy()
    needed = boxes[:, None, :] + boxes[None, :, :]
    upper = np.triu(np.ones((len(points), len(points)), dtype=bool), 1)
    for _ in range(rounds):
        apart = points[None, :, :] - points[:, None, :]
        overlap = needed - np.abs(apart)
        one, other = np.nonzero(upper & (overlap > _SLACK).all(axis=2))
        if not len(one):
            break
        shares = overlap[one, other]
        axis = (shares[:, 1] < shares[:, 0]).astype(int)
        push = shares[np.arange(len(one)), axis] * 0.5
        sign = np.where(apart[one, other, axis] < 0, -1.0, 1.0)
        shift = np.zeros_like(points)
        np.add.at(shift, (one, axis), -push * sign)
        np.add.at(shift, (other, axis), push * sign)
        points += shift * 0.6
    return points
