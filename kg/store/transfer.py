"""From one store into another: afterwards both hold the same articles, and so the same graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import StoreError

if TYPE_CHECKING:
    from kg.store.protocol import Changes, GraphStore


def mirror(source: GraphStore, target: GraphStore, *, replace: bool = False) -> Changes:
    """Make the target hold what the source holds, in one piece or not at all; the same again changes nothing.

    Raises StoreError, also if the target holds articles of which the source has none, unless `replace`: most likely
    it is another blog's graph, or the direction is wrong.
    """
    states, others = source.states(), target.states()
    if others and not replace and not states.keys() & others.keys():
        raise StoreError(
            f"the other graph has {len(others)} articles, and none of them is in this one, which has {len(states)}; "
            "use --replace if they shall go"
        )
    upserts = [(record, states[record.document.id].extractor) for record in source.records()]
    return target.apply(upserts, sorted(others.keys() - states.keys()))
