"""Which entities the first picture shows: those with the most facts, and those that connect them."""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# So much of the picture goes to the entities with the most facts, whoever they are connected to.
_HUBS = 0.6
# So often those that nothing connects make room for others.
_ROUNDS = 3


def select(facts: Sequence[tuple[int, int]], mentions: Sequence[int], limit: int) -> list[int]:
    """At most `limit` of the entities that have facts, ascending; `facts` are pairs of positions in `mentions`.

    An entity all of whose facts lead out of the picture would tell nothing: the second part goes to those that connect
    what is already there, and an entity that stands alone counts twice.
    """
    degree = Counter(end for pair in facts for end in set(pair))
    ranked = sorted(degree, key=lambda i: (-degree[i], -mentions[i], i))
    if len(ranked) <= limit:
        return sorted(ranked)
    neighbours: dict[int, set[int]] = {key: set() for key in ranked}
    for one, other in facts:
        if one != other:
            neighbours[one].add(other)
            neighbours[other].add(one)
    place = {key: rank for rank, key in enumerate(ranked)}
    drawn = set(ranked[: int(limit * _HUBS)])
    for _ in range(_ROUNDS):
        _fill(drawn, neighbours, place, limit)
        lone = {key for key in drawn if not neighbours[key] & drawn}
        if not lone or len(drawn) == len(ranked):
            break
        drawn -= lone
    _fill(drawn, neighbours, place, limit)
    return sorted(drawn)


def _fill(drawn: set[int], neighbours: Mapping[int, set[int]], place: Mapping[int, int], limit: int) -> None:
    """Add what connects most of what is drawn, one by one; among equals, by `place`."""
    lone = {key for key in drawn if not neighbours[key] & drawn}

    def worth(key: int) -> int:
        return len(neighbours[key] & drawn) + len(neighbours[key] & lone)

    queue = [(-worth(key), rank, key) for key, rank in place.items() if key not in drawn]
    heapify(queue)
    while queue and len(drawn) < limit:
        stored, rank, key = heappop(queue)
        if key in drawn:
            continue
        now = -worth(key)
        if now > stored:  # it was worth more before
            heappush(queue, (now, rank, key))
            continue
        if not neighbours[key] & drawn:
            lone.add(key)
        drawn.add(key)
        lone -= neighbours[key]
        for near in neighbours[key] - drawn:
            heappush(queue, (-worth(near), place[near], near))
