"""The times that the relations of an article may have, each with what speaks for or against it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.extract.timeline import BLOCK, SENTENCE, Point, Timeline
from kg.model import Relation
from kg.ontology import Ontology

Slot = Literal["start", "end", "date"]
SLOTS: tuple[Slot, ...] = ("start", "end", "date")
# At most so many times are thought of, of those that came before so many, wherever they were.
_MOST, _LOOKED_BACK, _LOOKED_AHEAD = 8, 4, 2
_MONTHS = 12
_CLOSE = 2
_YEAR, _MONTH = 4, 7
NONE = ""
# What counts of a point that is far away.
_OF_FAR = ("opens", "future", "years", "otherwise", "read")


@dataclass(slots=True)
class Option:
    """A value that a time may have (none: empty), with what speaks for or against it.

    `shared` are further codes that other options have as well: the same tuples, so that they are weighed once.
    """

    value: str
    codes: list[str]
    shared: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Question:
    """A relation and a slot of it, with the options."""

    relation: Relation
    slot: Slot
    options: list[Option]


def questions(line: Timeline, relations: Sequence[Relation], ontology: Ontology) -> list[Question]:
    """Every slot of every relation with the times that may fill it."""
    result = []
    for relation in relations:
        wanted = ontology.relation_types[relation.predicate].qualifiers
        slots = [slot for slot in SLOTS if slot in wanted]
        if slots:
            result += _Asked(line, relation).questions(slots)
    return result


class _Asked:
    """One relation of which it is asked when it was so."""

    def __init__(self, line: Timeline, relation: Relation) -> None:
        self.line, self.relation = line, relation
        names = (relation.subject, relation.object)
        self.anchors = [line.anchor(evidence, names) for evidence in relation.evidence[:2]]
        self.kind = line.segmented.document.blocks[self.anchors[0].block].kind
        self.near = self._near(line.points, line.starts)
        words = dict.fromkeys(line.words(relation.evidence[0].start, relation.evidence[0].end))
        self.none_told = tuple(f"none told {word}" for word in words)
        self.own_told = tuple(f"own told {word}" for word in words)

    def _near(self, points: Sequence[Point], starts: Sequence[int]) -> list[tuple[int, str, int, Point]]:
        """The points that may matter, the nearest first: distance, place, how many are nearer on its side."""
        found: dict[int, tuple[int, str, int, Point]] = {}
        for anchor in self.anchors:
            here = bisect_left(starts, anchor.start)
            heading = self.line.headings[anchor.block]
            for number, point in enumerate(points):
                rank = here - 1 - number if number < here else number - here
                close = -_LOOKED_BACK <= number - here < _LOOKED_AHEAD
                if not (close or point.block in (anchor.block, heading) or self.relation.object in point.who):
                    continue
                distance, place = self.line.place(point, anchor)
                if number not in found or distance < found[number][0]:
                    found[number] = (distance, place, rank if number < here else -1 - rank, point)
        return sorted(found.values(), key=lambda one: (one[0], one[3].start))[:_MOST]

    def questions(self, slots: Sequence[Slot]) -> list[Question]:
        shared: list[Option] = []
        known: dict[str, Option] = {}
        for number, (distance, place, rank, point) in enumerate(self.near):
            if point.value in known:
                if distance < BLOCK:
                    known[point.value].codes.append("said again")
                continue
            known[point.value] = Option(
                point.value, self._codes(number, place, rank, point), _shared(point, distance, rank, place)
            )
            shared.append(known[point.value])
        result = []
        for slot in slots:
            now = getattr(self.relation, slot)
            options = [Option(NONE, self._none(now), (self.none_told,))]
            options += [Option(o.value, [*o.codes, *_given(o, now, self.relation)], o.shared) for o in shared]
            options += self._counted(slot, known)
            options += self._own(known)
            result.append(Question(self.relation, slot, options))
        return result

    def _codes(self, number: int, place: str, rank: int, point: Point) -> list[str]:
        subject, object_ = self.relation.subject in point.who, self.relation.object in point.who
        named = f"{'s' * subject}{'o' * object_}"
        near = f"{'s' * (self.relation.subject in point.near)}{'o' * (self.relation.object in point.near)}"
        side = f"rank {max(-3, min(rank, 4))}"
        _, grain, base, kind, role = point.codes[:5]
        codes = [
            place,
            side,
            f"nearest {min(number, 4)}",
            f"named {named}",
            f"near {near}",
            f"{place} {side}",
            f"{place} {base}",
            f"{place} {grain}",
            f"{place} {role}",
            f"{place} {kind}",
            f"{place} named {named}",
            f"{place} near {near}",
            f"{side} {base}",
            f"{base} {named}",
        ]
        about = self.relation.subject in point.about
        codes += [f"about {about}", f"about {about} {place}", f"about {about} {side}"]
        return codes

    def _none(self, now: str | None) -> list[str]:
        nearest = self.near[0][1] if self.near else "nowhere"
        return [
            "none",
            f"none in {self.kind}",
            f"none given {now is not None}",
            f"none nearest {nearest}",
            f"none nearest {nearest} {now is not None}",
            f"none with {min(sum(d < SENTENCE for d, *_ in self.near), 3)}",
            f"none recent {self.line.recent}",
        ]

    def _own(self, known: Mapping[str, Option]) -> list[Option]:
        """The month and the year of the article itself."""
        date = self.line.date
        if not date:
            return []
        nearest = self.near[0][1] if self.near else "nowhere"
        result = []
        for size, name in ((_MONTH, "month"), (_YEAR, "year")):
            if date[:size] not in known:
                codes = [
                    f"own {name}",
                    f"own {name} in {self.kind}",
                    f"own {name} recent {self.line.recent}",
                    f"own nearest {nearest}",
                    f"own with {any(p.value[:_MONTH] == date[:_MONTH] for *_, p in self.near)}",
                ]
                result.append(Option(date[:size], codes, (self.own_told,)))
        return result

    def _counted(self, slot: Slot, known: Mapping[str, Option]) -> list[Option]:
        """Ends that come a stretch of time after what was told before, beginnings as long before what is told next."""
        result: list[Option] = []
        if slot == "date":
            return result
        points, starts = self.line.points, self.line.starts
        for stretch in self.line.durations:
            distance, place = min(self.line.place(stretch, anchor) for anchor in self.anchors)
            if distance > SENTENCE + 1:
                continue
            k = bisect_left(starts, stretch.start)
            base = k - 1 if slot == "end" else k
            if not 0 <= base < len(points):
                continue
            point = points[base]
            if abs(point.sentence - stretch.sentence) > _CLOSE + 1:
                continue
            value = _shifted(point.value, stretch.months if slot == "end" else -stretch.months)
            if value in known or any(o.value == value for o in result):
                continue
            away = min(abs(point.sentence - stretch.sentence), 2)
            codes = ["counted", f"counted {place}", f"counted from {away}", f"counted {place} {away}"]
            result.append(Option(value, codes, (stretch.as_seen("counted"),)))
        return result


def _shared(point: Point, distance: int, rank: int, place: str) -> tuple[tuple[str, ...], ...]:
    """What a point shows from afar and from nearby."""
    side = "past" if rank >= 0 else "ahead"
    if distance >= SENTENCE:
        return point.codes, point.as_seen(side), point.as_seen(place, _OF_FAR)
    if distance > _CLOSE:
        return point.codes, point.as_seen(side), point.as_seen("here")
    return point.codes, point.as_seen(side), point.as_seen("here"), point.as_seen("close")


def _given(option: Option, now: str | None, relation: Relation) -> Iterable[str]:
    """Whether what was read of the relation itself gives this value."""
    place = option.codes[0]
    if now is None:
        others = [getattr(relation, slot) for slot in SLOTS if getattr(relation, slot)]
        return ["given elsewhere", f"given elsewhere {place}"] if option.value in others else ()
    agrees = "same" if option.value == now else "like" if agree(option.value, now) else "other"
    return (f"given {agrees}", f"given {agrees} {place}")


def _shifted(value: str, months: int) -> str:
    year = int(value[:4])
    if len(value) == _YEAR:
        return f"{year + int(months / _MONTHS):04}"
    total = year * _MONTHS + int(value[5:7]) - 1 + months
    return f"{total // _MONTHS:04}-{total % _MONTHS + 1:02}"


def agree(one: str, other: str) -> bool:
    """Whether one time is the other or a part of it."""
    return one.startswith(other) or other.startswith(one)
