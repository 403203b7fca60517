"""Where the entities of the picture stand: computed here, once, so that the page opens settled."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

# Pixels at zoom 1; the page draws its labels in the same size and breaks them at the same width.
_EM = 13.0
_LINE = 16.0
_LABEL_WIDTH = 132.0
_GAP = 10.0
_LATIN = 0.56  # mean width of a Latin character in em

_SLACK = 0.5  # so much overlap, in pixels, nobody sees
_SEED = 7
_ROUNDS = 400
# Wider than high: screens are, and labels are.
_STRETCH = 1.35


def radius(facts: int) -> float:
    """Radius in pixels of an entity with so many facts."""
    return round(min(5.0 + 2.1 * math.sqrt(facts), 19.0), 1)


def place(labels: Mapping[int, str], facts: Sequence[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Coordinates in pixels for every key of `labels`, drawn apart; `facts` are pairs of keys. Deterministic."""
    keys = list(labels)
    if not keys:
        return {}
    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(keys)
    for one, other in facts:
        if one != other:
            weight = network.get_edge_data(one, other, {"weight": 0.0})["weight"]
            network.add_edge(one, other, weight=weight + 1.0)
    degree = dict.fromkeys(keys, 0)
    for pair in facts:
        for key in pair:
            degree[key] += 1
    boxes = np.array([_box(labels[key], radius(degree[key])) for key in keys])
    at = _pack(
        [_spring(network.subgraph(sorted(part))) for part in _parts(network)], dict(zip(keys, boxes, strict=True))
    )
    points = _separate(np.array([at[key] for key in keys]), boxes)
    points -= (points.max(axis=0) + points.min(axis=0)) / 2
    return {key: (round(x), round(y)) for key, (x, y) in zip(keys, points.tolist(), strict=True)}


def _box(label: str, size: float) -> tuple[float, float]:
    """Half width and half height of a node with its label below."""
    text = sum(1.0 if east_asian_width(c) in "WFA" else _LATIN for c in label) * _EM
    lines = min(math.ceil(text / _LABEL_WIDTH), 2)
    width = max(min(text, _LABEL_WIDTH), 2 * size)
    return (width + _GAP) / 2, (2 * size + lines * _LINE + _GAP) / 2


def _parts(network: nx.Graph[int]) -> list[set[int]]:
    return sorted(nx.connected_components(network), key=lambda part: (-len(part), min(part)))


def _spring(part: nx.Graph[int]) -> dict[int, NDArray[np.float64]]:
    """A connected part by springs; edges are one unit long, more or less."""
    if len(part) == 1:
        return {key: np.zeros(2) for key in part}
    # Weights pull parallel facts together only a little: their logarithm.
    springs: nx.Graph[int] = nx.Graph()
    springs.add_nodes_from(part)
    springs.add_edges_from((a, b, {"weight": 1 + math.log(d["weight"])}) for a, b, d in part.edges(data=True))
    # A spiral is a start without crossings of its own and without chance.
    start = {
        key: np.array([math.cos(2.4 * i), math.sin(2.4 * i)]) * math.sqrt(i + 1)
        for i, key in enumerate(sorted(part, key=lambda k: (-part.degree(k), k)))
    }
    at = nx.spring_layout(springs, pos=start, k=1.6 / math.sqrt(len(part)), iterations=_ROUNDS, seed=_SEED)
    return {key: np.asarray(point) for key, point in at.items()}


def _pack(
    parts: list[dict[int, NDArray[np.float64]]], boxes: Mapping[int, NDArray[np.float64]]
) -> dict[int, NDArray[np.float64]]:
    """Scale every part to the room its boxes need, and set the parts around the largest one, row by row below it."""
    placed: dict[int, NDArray[np.float64]] = {}
    row_x = row_y = row_height = 0.0
    width = 0.0
    for index, part in enumerate(parts):
        keys = list(part)
        points = np.array([part[key] for key in keys])
        sizes = np.array([boxes[key] for key in keys])
        room = float(np.sum(sizes[:, 0] * sizes[:, 1] * 4))
        extent = np.maximum(np.ptp(points, axis=0), 1e-6)
        side = math.sqrt(room * 3.4)
        scale = np.array([side * math.sqrt(_STRETCH), side / math.sqrt(_STRETCH)]) / extent if len(keys) > 1 else 1.0
        points = _separate((points - points.mean(axis=0)) * scale, sizes)
        low, high = (points - sizes).min(axis=0), (points + sizes).max(axis=0)
        size = high - low
        if index == 0:
            width, row_y = float(size[0]), float(size[1]) + _GAP * 2
            origin = np.zeros(2)
        else:
            if row_x and row_x + size[0] > width:
                row_x, row_y, row_height = 0.0, row_y + row_height + _GAP * 2, 0.0
            origin = np.array([row_x, row_y])
            row_x += float(size[0]) + _GAP * 2
            row_height = max(row_height, float(size[1]))
        placed.update(zip(keys, points - low + origin, strict=True))
    return placed


def _separate(points: NDArray[np.float64], boxes: NDArray[np.float64], rounds: int = 300) -> NDArray[np.float64]:
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
