"""Relations: frames over the view, arguments by grammar or discourse, qualifiers from the neighbourhood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from kg.extract.discourse import subject_of
from kg.extract.frames import Frame, Frames, Pattern
from kg.extract.grammar import Grammar
from kg.extract.modality import certainty
from kg.extract.reading import ALIKE, Reading
from kg.extract.view import ANY_ITEM, BREAKS, FIRST_TYPE, LAST_TYPE, Item, Line, View
from kg.model import Certainty, Entity, Evidence, Relation
from kg.ontology import Ontology

_NEAR, _SAME_BLOCK, _FAR, _TOPIC = 0.9, 0.75, 0.6, 0.45
_PATIENCE = 4
_CLOSE = 7
_CLEAR = 2
_OUTSIDERS = {"investor", "media", "government"}
_VERBAL = re.compile("[是在被由把将与和跟]")
_RELATIVE = re.compile(f"[^{re.escape(BREAKS)}{chr(FIRST_TYPE)}-{chr(LAST_TYPE)}]{{0,4}}?的[^{re.escape(BREAKS)}{chr(FIRST_TYPE)}-{chr(LAST_TYPE)}]{{0,6}}?{ANY_ITEM}")


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


class RelationFinder:
    """Applies the frames to one document's reading."""

    def __init__(self, reading: Reading, view: View, frames: Frames, ontology: Ontology) -> None:
        self.reading = reading
        self.view = view
        self.frames = frames
        self.ontology = ontology
        self.grammar: Grammar = reading.grammar
        self.entities: Mapping[str, Entity] = reading.reader.entities
        self.actors: dict[str, set[str]] = {}

    def find(self, matcher: ahocorasick_rs.AhoCorasick) -> Iterator[Relation]:
        """Every relation that a frame finds, one per subject, object and place."""
        text = self.view.text
        matches: list[Match] = []
        for number, start, end in matcher.find_matches_as_indexes(text, overlapping=True):
            line = self.view.line_at(start)
            for frame in self.frames.by_trigger[self.frames.triggers[number]]:
                found = next((m for p in frame.patterns if (m := self._match(frame, p, line, start, end))), None)
                if found:
                    matches.append(found)
                    if "S" in found.places and not found.pattern.has_object:
                        self.actors.setdefault(frame.data.predicate, set()).update(
                            self.view.items[found.places["S"]].members
                        )
        for match in matches:
            yield from self._resolve(match)

    def _match(self, frame: Frame, pattern: Pattern, line: Line, start: int, end: int) -> Match | None:
        text = self.view.text
        after = pattern.after.match(text, end, line.end)
        before = pattern.before.search(text, line.start, start) if after else None
        if after is None or before is None:
            return None
        clause = start
        while clause > line.start and text[clause - 1] not in BREAKS:
            clause -= 1
        sure = certainty(self.view, line, clause, (start, end), after.end(), self.grammar)
        if sure is None:
            return None
        places = {
            slot: match.start(slot)
            for match in (before, after)
            for slot in ("S", "O", "C")
            if slot in match.re.groupindex and match.start(slot) >= 0
        }
        return Match(frame, pattern, line, clause, before.start(), start, end, after.end(), places, sure)

    def _resolve(self, match: Match) -> Iterator[Relation]:
        if match.pattern.has_chain:
            yield from self._chain(match)
            return
        object_ = self._object(match)
        subject = self._subject(match, object_)
        if subject is not None and object_ is not None:
            yield from self._relations(match, subject, object_)

    def _object(self, match: Match) -> Argument | None:
        place = match.places.get("O")
        frame = match.frame
        if place is not None:
            limit = match.line.end if place > match.start else match.start
            place = self._head(place, frame.object, limit)
            return Argument(self.view.items[place].members, 1.0, place)
        given = self.view.items[match.places["S"]].members if "S" in match.places else ()
        subjects = sorted((p for p in self.reading.draft.subjects.values() if match.line.start <= p < match.start), reverse=True)
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
                if not self._suits_focus(item, given, frame):
                    continue
                seen.add(item.members)
                score = bonus - min(rank, 8) / 2 + (1 if self._is_topic(item) else 0)
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
                return Argument(item.members, _NEAR, k)
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
        while k < limit and text[k] not in BREAKS and k - place < 14:
            item = self.view.items.get(k)
            if item:
                between = text[place + 1 : k]
                owned = between.startswith(("旗下", "的")) or "的" in between[-6:] or between in self.grammar.heads
                if item.type in types and owned and not _VERBAL.search(between):
                    return self._head(k, types, limit)
                return place
            k += 1
        return place

    def _subject(self, match: Match, object_: Argument | None) -> Argument | None:
        taken = set(object_.members) if object_ else set()
        frame, line, clause, start = match.frame, match.line, match.clause, match.start
        place = match.places.get("S")
        if place is not None:
            if place < start:
                place = self._head(place, frame.subject, start)
            members = self._with_companions(match, self.view.items[place].members)
            return self._without(Argument(members, 1.0, place), taken)
        limit = start
        if object_ and object_.position is not None and clause <= object_.position < start:
            limit = object_.position
        next_to_verb = self._next_to_verb(match)
        if next_to_verb is not None and not taken & set(self.view.items[next_to_verb].members):
            return Argument(self._with_companions(match, self.view.items[next_to_verb].members), 0.95, next_to_verb)
        for position, item in self._subjects_in(clause, limit):
            if item.type in frame.subject and not taken & set(item.members):
                return Argument(self._with_companions(match, item.members), 0.95, position)
        head = self._relative_head(match)
        if head is not None and not taken & set(self.view.items[head].members):
            return Argument(self.view.items[head].members, 0.95, head)
        subjects = self.reading.snapshot(clause).subjects
        if frame.data.prefer:
            # A stable sort keeps recency inside both groups; the preferred ones must be of this block.
            near = self._block_start(line)
            subjects = tuple(sorted(subjects, key=lambda i: not (i.type == frame.data.prefer and i.start >= near)))
        for rank, item in enumerate(subjects):
            if item.type not in frame.subject or taken & set(item.members) or not self._alike(match, item, object_):
                continue
            if line.text_start <= item.start:
                weight = _NEAR
            elif self._block_start(line) <= item.start:
                weight = _SAME_BLOCK
            elif rank < _PATIENCE:
                weight = _FAR
            else:
                break
            if weight < _NEAR and not self._acts(item):
                continue
            return Argument(self._with_companions(match, item.members), weight, None)
        topic = self._topic(frame.subject)
        return self._without(topic, taken) if topic else None

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

    def _acts(self, item: Item) -> bool:
        """Whether a left-out subject may well be this one: investors, universities and media are named when they act."""
        return not {self.entities[m].kind for m in item.members} & (_OUTSIDERS | {"university"})

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
        for kind in sorted(types, key=lambda t: ("Person", "Organization").index(t) if t in ("Person", "Organization") else 2):
            who = self.reading.reader.topic.by_type.get(kind)
            if who:
                return Argument((who,), _TOPIC, None)
        return None

    def _subjects_in(self, start: int, end: int) -> Iterator[tuple[int, Item]]:
        while start < end:
            found = subject_of(self.view.text[start:end], self.view.items, start, self.grammar, self.frames.verbs)
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

    def _chain(self, match: Match) -> Iterator[Relation]:
        members = self.view.items[match.places["C"]].members
        span = (match.first, match.last)
        for number, one in enumerate(members):
            for other in members[number + 1 :]:
                relation = self._relation(match, one, other, span, 0.95, {}, None)
                if relation:
                    yield relation

    def _relations(self, match: Match, subject: Argument, object_: Argument) -> Iterator[Relation]:
        first, last, line = match.first, match.last, match.line
        if line.quoted and (subject.position is None or object_.position is None):
            # What somebody says leans on a conversation that we do not see.
            return
        for argument in (subject, object_):
            if argument.position is not None:
                first, last = min(first, argument.position), max(last, argument.position + 1)
        clause_end = last
        while clause_end < line.end and self.view.text[clause_end] not in BREAKS:
            clause_end += 1
        time, future = self._time(line, match.clause, match.start, clause_end)
        if future:
            return
        span = (min(first, match.clause), clause_end)
        qualifiers = self._qualifiers(match.frame, line, span[0], clause_end, match.start)
        for one in subject.members:
            for other in object_.members:
                relation = self._relation(match, one, other, span, subject.weight * object_.weight, qualifiers, time)
                if relation:
                    yield relation

    def _time(self, line: Line, clause: int, trigger: int, clause_end: int) -> tuple[str | None, bool]:
        """The date that goes with a trigger: in its clause before it, behind it, or earlier in the sentence."""
        items = self.view.items
        ranges = (range(trigger - 1, clause - 1, -1), range(trigger, clause_end), range(clause - 1, line.start - 1, -1))
        for places in ranges:
            for k in places:
                item = items.get(k)
                if item and item.type == "Time":
                    if item.form == "future":
                        return None, True
                    if item.value:
                        return item.value, False
        return None, False

    def _qualifiers(self, frame: Frame, line: Line, first: int, last: int, trigger: int) -> dict[str, str]:
        wanted = self.ontology.relation_types[frame.data.predicate].qualifiers
        result: dict[str, str] = {}
        names = {"role": "Role", "amount": "Amount", "score": "Score", "rank": "Rank", "result": "Rank"}
        for qualifier, kind in names.items():
            if qualifier not in wanted:
                continue
            places = sorted(
                (k for k in range(first, min(last + 1, line.end)) if k in self.view.items and self.view.items[k].type == kind),
                key=lambda k: (abs(k - trigger), k),
            )
            if places:
                item = self.view.items[places[0]]
                result[qualifier] = self.reading.original[item.start : item.end].strip()
        if "degree" in wanted:
            found = self.grammar.degree.search(self.view.text, first, min(last + 8, line.end))
            if found:
                a, b = self.view.span(found.start(), found.end())
                result["degree"] = self.reading.original[a:b]
        return result

    def _relation(
        self,
        match: Match,
        subject: str,
        object_: str,
        place: tuple[int, int],
        weight: float,
        qualifiers: Mapping[str, str],
        time: str | None,
    ) -> Relation | None:
        frame, line = match.frame, match.line
        one, other = self.entities[subject], self.entities[object_]
        predicate = frame.data.predicate
        if subject == object_ or not self.ontology.allows(one.type, predicate, other.type):
            return None
        if one.type not in frame.subject or other.type not in frame.object:
            return None
        relation = self.ontology.relation_types[predicate]
        if relation.object_kinds and other.type == "Organization" and other.kind not in relation.object_kinds:
            return None
        start, end = self.view.span(max(place[0], line.start), min(place[1], line.end))
        text = self.reading.original[start:end]
        stripped = text.strip()
        start += len(text) - len(text.lstrip())
        evidence = Evidence(start, start + len(stripped), stripped, frame.data.id)
        kind = frame.data.time
        return Relation(
            subject=subject,
            predicate=predicate,
            object=object_,
            start=time if kind == "start" else None,
            end=time if kind == "end" else None,
            date=time if kind == "date" and "date" in relation.qualifiers else None,
            qualifiers=tuple(sorted(qualifiers.items())),
            certainty=match.certainty if frame.data.certainty == "stated" else "reported",
            confidence=round(frame.data.confidence * weight * (0.8 if line.quoted else 1.0), 4),
            evidence=(evidence,),
        )


def merged(relations: Sequence[Relation], symmetric: frozenset[str]) -> tuple[Relation, ...]:
    """One relation for each (subject, predicate, object): dates and qualifiers of the surest, filled up from the others."""
    groups: dict[tuple[str, str, str], list[Relation]] = {}
    for relation in relations:
        ends = (relation.subject, relation.object)
        if relation.predicate in symmetric:
            ends = (min(ends), max(ends))
        groups.setdefault((ends[0], relation.predicate, ends[1]), []).append(relation)
    result = []
    for (subject, predicate, object_), group in sorted(groups.items()):
        group.sort(key=lambda r: (-r.confidence, r.evidence[0]))
        qualifiers: dict[str, str] = {}
        for relation in group:
            for key, value in relation.qualifiers:
                qualifiers.setdefault(key, value)
        missing = 1.0
        for relation in group:
            missing *= 1 - relation.confidence
        result.append(
            Relation(
                subject=subject,
                predicate=predicate,
                object=object_,
                start=next((r.start for r in group if r.start), None),
                end=next((r.end for r in group if r.end), None),
                date=next((r.date for r in group if r.date), None),
                qualifiers=tuple(sorted(qualifiers.items())),
                certainty="stated" if any(r.certainty == "stated" for r in group) else "reported",
                confidence=round(min(0.99, 1 - missing), 4),
                evidence=tuple(sorted({e for r in group for e in r.evidence})),
            )
        )
    return tuple(result)
