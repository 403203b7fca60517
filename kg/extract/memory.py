"""What a reader remembers of a text: who was named where, in which part of a sentence, and how long ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# Farther back nobody remembers.
_EVENTS = 36
ACTING = frozenset({"subject", "presented"})


class Event(NamedTuple):
    """Something named, meant or acting.

    `role` is owner, governed, told, object or named for what stands in the text, subject or presented for what a
    clause is about; `form` is name, group, drop or the sort of the reference.
    """

    members: tuple[str, ...]
    start: int
    clause: int
    line: int
    block: int
    role: str
    form: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is asked: text offset, and the numbers of clause, line and block."""

    start: int
    clause: int
    line: int
    block: int


@dataclass(slots=True)
class Trace:
    """What an entity left in memory: its last event, when it last acted, and how often; ranks count its type alone."""

    last: Event
    rank: int
    joint: bool
    acted: Event | None = None
    acting_rank: int = -1
    acts: int = 0
    times: int = 0
    here: str = ""


@dataclass(slots=True)
class Memory:
    """The events of one text in their order; the list only grows."""

    events: list[Event] = field(default_factory=list)

    def until(self, count: int, place: Place) -> list[Event]:
        """The last of the first `count` events, and what the place's clause names before it."""
        events = self.events
        found = events[max(0, count - _EVENTS) : count]
        while count < len(events) and events[count].clause == place.clause and events[count].start < place.start:
            if events[count].role not in ACTING:
                found.append(events[count])
            count += 1
        return found


def traces(events: Sequence[Event], place: Place, types: Mapping[str, str]) -> dict[str, Trace]:
    """What every entity left in memory before a place, the most recent first."""
    found: dict[str, Trace] = {}
    ranks: dict[str, int] = {}
    acting: dict[str, int] = {}
    for event in reversed(events):
        acts = event.role in ACTING
        for who in event.members:
            type_ = types[who]
            trace = found.get(who)
            if trace is None:
                ranks[type_] = ranks.get(type_, -1) + 1
                trace = found[who] = Trace(event, ranks[type_], len(event.members) > 1)
            if not acts:
                trace.times += 1
                if event.clause == place.clause and not trace.here:
                    trace.here = event.role
                continue
            trace.acts += 1
            if trace.acted is None:
                acting[type_] = acting.get(type_, -1) + 1
                trace.acted, trace.acting_rank = event, acting[type_]
    return found
