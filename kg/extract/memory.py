"""What a reader remembers of a text: who was named where, and in which part of a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# Farther back nobody remembers.
_EVENTS = 80
ACTING = frozenset({"subject", "presented"})


class Event(NamedTuple):
    """Something named, meant or acting: `role` is named, governed, object, subject or presented."""

    members: tuple[str, ...]
    start: int
    clause: int
    line: int
    block: int
    role: str
    form: str


@dataclass(slots=True)
class Trace:
    """What an entity left in memory: its last event, when it last acted, and how often it was there."""

    last: Event
    rank: int
    acted: Event | None = None
    acting_rank: int = -1
    acts: int = 0
    times: int = 0
    here: str = ""
    joint: bool = False
    presented: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is asked: text offset, and the numbers of clause, line and block."""

    start: int
    clause: int
    line: int
    block: int


def traces(events: Sequence[Event], place: Place, types: Mapping[str, str]) -> dict[str, Trace]:
    """What every entity left in memory before a place, the most recent first."""
    found: dict[str, Trace] = {}
    ranks: dict[str, int] = {}
    acting: dict[str, int] = {}
    for event in reversed(events[-_EVENTS:]):
        acts = event.role in ACTING
        for who in event.members:
            trace = found.get(who)
            if trace is None:
                type_ = types[who]
                rank = ranks.get(type_, 0)
                ranks[type_] = rank + 1
                trace = found[who] = Trace(event, rank)
                trace.joint = len(event.members) > 1
            if acts:
                trace.acts += 1
                if trace.acted is None:
                    type_ = types[who]
                    trace.acted = event
                    trace.acting_rank = acting.get(type_, 0)
                    acting[type_] = trace.acting_rank + 1
                    trace.presented = event.role == "presented"
            else:
                trace.times += 1
                if event.clause == place.clause and not trace.here:
                    trace.here = event.role
    return found


@dataclass(slots=True)
class Memory:
    """The events of one text in their order; the list only grows."""

    events: list[Event] = field(default_factory=list)

    def until(self, count: int, place: Place) -> Sequence[Event]:
        """The first `count` events and what the place's clause names before it."""
        events = self.events
        found = events[max(0, count - _EVENTS) : count]
        while count < len(events) and events[count].clause == place.clause and events[count].start < place.start:
            if events[count].role not in ACTING:
                found.append(events[count])
            count += 1
        return found


def distinct(groups: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The groups without repetition, in their order."""
    return list(dict.fromkeys(groups))
