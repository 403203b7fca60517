"""The arguments of a match: named where the pattern found them, else those that the discourse has in mind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.extract.discourse import subject_of
from kg.extract.frames import Frame, Frames, Pattern
from kg.extract.reading import Reading
from kg.extract.tokens import ALIKE
from kg.extract.view import ANY_ITEM, BREAKS, FIRST_TYPE, LAST_TYPE, Item, Line, View
from kg.model import Certainty
from kg.ontology import Ontology

# How sure an argument is by where it was found; measured on the development articles these are near its precision.
_EXPLICIT, _IN_CLAUSE, _SAME_LINE, _SAME_BLOCK, _TOPIC = 1.0, 1.0, 1.0, 0.8, 0.35
# How sure a subject that is left out is, by the probability that it is the one.
_CHANCES = ((0.5, 1.0), (0.2, 0.8), (0.1, 0.5))
# View characters between a subject and its verb, and between a modifier and its head.
_CLOSE, _MODIFIED = 7, 14
# What sets a thing in mind apart from one that merely stands in the sentence.
_CLEAR = 2
_RECENT = 8
_OUTSIDERS = frozenset({"investor", "media", "government"})
_MAIN_TYPES = ("Person", "Organization")
_VERBAL = re.compile("[是在被由把将与和跟]")
_PLAIN = f"[^{re.escape(BREAKS)}{chr(FIRST_TYPE)}-{chr(LAST_TYPE)}]"
_RELATIVE = re.compile(f"{_PLAIN}{{0,4}}?的{_PLAIN}{{0,6}}?{ANY_ITEM}")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument with how sure its place makes us, and its view offset if it stands in the line."""

    members: tuple[str, ...]
    weight: float
    position: int | None


@dataclass(frozen=True, slots=True)
class Match:
    """A frame's pattern found in a line: view offsets of clause, match and trigger, and of the slots that it filled."""

    frame: Frame
    pattern: Pattern
    line: Line
    clause: int
    first: int
    start: int
    end: int
    last: int
    places: Mapping[str, int]
    certainty: Certainty


class ArgumentFinder:
    """Finds subject and object of matches in one document's reading.

    `actors` are, by predicate, the subjects that were named: who invests is not what is invested in.
    """

    def __init__(self, reading: Reading, view: View, frames: Frames, ontology: Ontology) -> None:
        self.reading = reading
        self.view = view
        self.verbs = frames.verbs
        self.ontology = ontology
        self.grammar = reading.grammar
        self.entities = reading.reader.entities
        self.actors: dict[str, set[str]] = {}

    def object(self, match: Match) -> Argument | None:
        """The object: named, or what the sentence and the text before it have in mind."""
        place = match.places.get("O")
        frame = match.frame
        if place is not None:
            limit = match.line.end if place > match.start else match.start
            place = self._head(place, frame.object, limit)
            return Argument(self.view.items[place].members, _EXPLICIT, place)
        given = self.view.items[match.places["S"]].members if "S" in match.places else ()
        subjects = sorted(
            (p for p in self.reading.draft.subjects.values() if match.line.start <= p < match.start), reverse=True
        )
        nearby = self._fitting(subjects, match, given)
        if nearby is not None:
            return nearby
        within = self._fitting(range(match.start - 1, match.line.start - 1, -1), match, given)
        if frame.data.reach == "line":
            return within
        earliest = self._block_start(match.line) if frame.data.reach == "block" else 0
        snapshot = self.reading.snapshot(match.line.start)
        best: tuple[float, Item] | None = None
        seen: set[tuple[str, ...]] = set()
        for pool, bonus in ((snapshot.subjects, 2), (snapshot.mentioned, 0)):
            for rank, item in enumerate(pool):
                if item.type not in frame.object or item.members in seen or item.start < earliest:
                    continue
                in_focus = bonus or snapshot.company in item.members or self._is_topic(item)
                if item.type == "Organization" and not in_focus:
                    continue
                if not self._suits_focus(item, given, frame):
                    continue
                seen.add(item.members)
                score = bonus - min(rank, _RECENT) / 2 + (1 if self._is_topic(item) else 0)
                score += 3 if snapshot.company in item.members else 0
                if best is None or score > best[0]:
                    best = (score, item)
        if within is not None and (best is None or best[0] < _CLEAR):
            return within
        if best is not None:
            return Argument(best[1].members, _SAME_BLOCK, None)
        return self._topic(frame.object) if frame.data.reach == "text" else None

    def _fitting(self, places: Iterable[int], match: Match, given: tuple[str, ...]) -> Argument | None:
        for k in places:
            item = self.view.items.get(k)
            if item and item.type in match.frame.object and self._suits_focus(item, given, match.frame):
                return Argument(item.members, _SAME_LINE, k)
        return None

    def _is_topic(self, item: Item) -> bool:
        return self.reading.reader.topic.by_type.get(item.type) in item.members

    def _suits_focus(self, item: Item, given: tuple[str, ...], frame: Frame) -> bool:
        """Whether a thing in mind can be the object that is left out: not the subject itself, nor one of its kind."""
        members = set(item.members)
        kinds = {self.entities[m].kind for m in members}
        actors = self.actors.get(frame.data.predicate, set())
        return not (set(given) | actors) & members and not kinds & _OUTSIDERS

    def _head(self, place: int, types: frozenset[str], limit: int) -> int:
        """The head of a genitive chain: in `Meta 旗下的 FAIR` the second name is meant."""
        text = self.view.text
        k = place + 1
        while k < limit and text[k] not in BREAKS and k - place < _MODIFIED:
            item = self.view.items.get(k)
            if item:
                between = text[place + 1 : k]
                owned = between.startswith(("旗下", "的")) or "的" in between[-6:] or between in self.grammar.heads
                if item.type in types and owned and not _VERBAL.search(between):
                    return self._head(k, types, limit)
                return place
            k += 1
        return place

    def subject(self, match: Match, object_: Argument | None) -> Argument | None:
        """The subject: named, next to the verb, at the head of the clause, or carried over from before."""
        taken = set(object_.members) if object_ else set()
        frame, clause, start = match.frame, match.clause, match.start
        place = match.places.get("S")
        if place is not None:
            if place < start:
                place = self._head(place, frame.subject, start)
            members = self._with_companions(match, self.view.items[place].members)
            return self._without(Argument(members, _EXPLICIT, place), taken)
        limit = start
        if object_ and object_.position is not None and clause <= object_.position < start:
            limit = object_.position
        next_to_verb = self._next_to_verb(match)
        if next_to_verb is not None and not taken & set(self.view.items[next_to_verb].members):
            return Argument(
                self._with_companions(match, self.view.items[next_to_verb].members), _IN_CLAUSE, next_to_verb
            )
        for position, item in self._subjects_in(clause, limit):
            if item.type in frame.subject and not taken & set(item.members):
                return Argument(self._with_companions(match, item.members), _IN_CLAUSE, position)
        head = self._relative_head(match)
        if head is not None and not taken & set(self.view.items[head].members):
            return Argument(self.view.items[head].members, _IN_CLAUSE, head)
        return self._left_out(match, object_, taken)

    def _left_out(self, match: Match, object_: Argument | None, taken: set[str]) -> Argument | None:
        """The likeliest subject where none stands, as sure as the reading is of it."""
        for members, chance in self.reading.left_out(match.clause):
            item = Item(match.start, match.start, self.entities[members[0]].type, members, "drop")
            if item.type in match.frame.subject and not taken & set(members) and self._alike(match, item, object_):
                weight = next((weight for least, weight in _CHANCES if chance >= least), _TOPIC)
                return Argument(self._with_companions(match, members), weight, None)
        return None

    def _next_to_verb(self, match: Match) -> int | None:
        """The name right before the trigger, if nothing governs it: in 這就是 X 發布 Y 的排場 it is X who acts."""
        k = match.start - 1
        while k >= match.clause and match.start - k <= _CLOSE:
            item = self.view.items.get(k)
            if item and item.type in match.frame.subject:
                prefix = self.view.text[match.clause : k]
                between = self.view.text[k + 1 : match.start]
                free = not (self.grammar.governed.search(prefix) or self.grammar.companion.search(prefix))
                return k if free and "的" not in between else None
            if item and item.members:
                return None
            k -= 1
        return None

    def _alike(self, match: Match, item: Item, object_: Argument | None) -> bool:
        if object_ is None or not self.ontology.relation_types[match.frame.data.predicate].alike:
            return True
        sort = self.entities[object_.members[0]].type
        return item.type == sort or {item.type, sort} <= ALIKE

    def _relative_head(self, match: Match) -> int | None:
        """The noun after a relative clause: in 曾任 X 研究員的 Y the subject is Y."""
        found = _RELATIVE.match(self.view.text, match.last, match.line.end)
        if found:
            item = self.view.items.get(found.end() - 1)
            if item and item.type in match.frame.subject:
                return found.end() - 1
        return None

    @staticmethod
    def _without(argument: Argument, taken: set[str]) -> Argument | None:
        members = tuple(m for m in argument.members if m not in taken)
        return Argument(members, argument.weight, argument.position) if members else None

    def _block_start(self, line: Line) -> int:
        return self.reading.blocks[line.block].start

    def _topic(self, types: frozenset[str]) -> Argument | None:
        for kind in sorted(types, key=lambda t: (t not in _MAIN_TYPES, t != _MAIN_TYPES[0], t)):
            who = self.reading.reader.topic.by_type.get(kind)
            if who:
                return Argument((who,), _TOPIC, None)
        return None

    def _subjects_in(self, start: int, end: int) -> Iterator[tuple[int, Item]]:
        while start < end:
            found = subject_of(self.view.text[start:end], self.view.items, start, self.grammar, self.verbs)
            if found is None:
                return
            yield found
            start = found[0] + 1

    def _with_companions(self, match: Match, members: tuple[str, ...]) -> tuple[str, ...]:
        """Where something is done together, those brought in beside the subject did it too."""
        if not match.frame.data.joint:
            return members
        line, start = match.line, match.start
        found = list(members)
        together = self.grammar.together.search(self.view.text, match.clause, start + 6)
        heads = {position for position in self.reading.draft.subjects.values() if line.start <= position < start}
        for k in range(line.start, start):
            item = self.view.items.get(k)
            if item and item.type in match.frame.subject and item.type == "Person":
                prefix = self.view.text[max(line.start, k - 10) : k]
                if self.grammar.companion.search(prefix) or (together and k in heads):
                    found.extend(m for m in item.members if m not in found)
        return tuple(found)
