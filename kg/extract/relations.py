"""Relations: frames over the view, arguments by grammar or discourse, qualifiers from the neighbourhood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import ahocorasick_rs

from kg.extract.arguments import Argument, ArgumentFinder, Match
from kg.extract.frames import Frame, Frames, Pattern
from kg.extract.grammar import Grammar
from kg.extract.modality import certainty
from kg.extract.reading import Reading
from kg.extract.view import BREAKS, Line, View
from kg.model import Entity, Evidence, Relation
from kg.ontology import Ontology

_QUOTED = 0.8
_CHAINED = 0.95
# What a quoted piece of evidence does not begin or end with.
_EDGES = " \u3000\n\r\t，、；：,;:——*_>|"


class RelationFinder:
    """Applies the frames to one document's reading."""

    def __init__(self, reading: Reading, view: View, frames: Frames, ontology: Ontology) -> None:
        self.reading = reading
        self.view = view
        self.frames = frames
        self.ontology = ontology
        self.grammar: Grammar = reading.grammar
        self.entities: Mapping[str, Entity] = reading.reader.entities
        self.arguments = ArgumentFinder(reading, view, frames, ontology)

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
                        named = self.view.items[found.places["S"]].members
                        self.arguments.actors.setdefault(frame.data.predicate, set()).update(named)
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
        object_ = self.arguments.object(match)
        subject = self.arguments.subject(match, object_)
        if subject is not None and object_ is not None:
            yield from self._relations(match, subject, object_)

    def _chain(self, match: Match) -> Iterator[Relation]:
        members = self.view.items[match.places["C"]].members
        span = (match.first, match.last)
        for number, one in enumerate(members):
            for other in members[number + 1 :]:
                relation = self._relation(match, one, other, span, _CHAINED, {}, None)
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
        time, future = self.time(line, match.clause, match.start, clause_end)
        if future:
            return
        span = (min(first, match.clause), clause_end)
        qualifiers = self.qualifiers(
            match.frame.data.predicate, line, span[0], clause_end, match.start, object_.members
        )
        for one in subject.members:
            for other in object_.members:
                relation = self._relation(match, one, other, span, subject.weight * object_.weight, qualifiers, time)
                if relation:
                    yield relation

    def time(self, line: Line, clause: int, trigger: int, clause_end: int) -> tuple[str | None, bool]:
        """The date that goes with a trigger: in its clause before it, behind it, or earlier in the sentence."""
        items = self.view.items
        ranges = [range(trigger - 1, clause - 1, -1), range(trigger, clause_end)]
        if not self.grammar.age.search(self.view.text, clause, clause_end):
            # 五歲移民: the year of the birth, told before, is not the year of this.
            ranges.append(range(clause - 1, line.start - 1, -1))
        for places in ranges:
            for k in places:
                item = items.get(k)
                if item and item.type == "Time":
                    if item.form == "future":
                        return None, True
                    if item.value:
                        return item.value, False
        return None, False

    def qualifiers(
        self, predicate: str, line: Line, first: int, last: int, trigger: int, objects: Sequence[str]
    ) -> dict[str, str]:
        """What else is said of a relation between two view offsets: role, amount, score and the like."""
        wanted = self.ontology.relation_types[predicate].qualifiers
        result: dict[str, str] = {}
        names = {"role": "Role", "amount": "Amount", "score": "Score", "rank": "Rank", "result": "Rank"}
        for qualifier, kind in names.items():
            if qualifier not in wanted:
                continue
            places = sorted(
                (
                    k
                    for k in range(first, min(last + 1, line.end))
                    if k in self.view.items and self.view.items[k].type == kind
                ),
                key=lambda k: (abs(k - trigger), k),
            )
            if qualifier == "role":
                places = [k for k in places if self._is_free_role(k, objects)]
            if places:
                item = self.view.items[places[0]]
                result[qualifier] = self.reading.original[item.start : item.end].strip()
        if "degree" in wanted:
            found = self.grammar.degree.search(self.view.text, first, min(last + 8, line.end))
            if found:
                a, b = self.view.span(found.start(), found.end())
                result["degree"] = self.reading.original[a:b]
        return result

    def _is_free_role(self, place: int, objects: Sequence[str]) -> bool:
        """Whether a role is not that of another organization, named right before it: Windsurf 的執行長."""
        for k in (place - 1, place - 2):
            item = self.view.items.get(k)
            if item and item.type == "Organization":
                return bool(set(item.members) & set(objects))
        return True

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
        evidence = self.evidence(*self.view.span(max(place[0], line.start), min(place[1], line.end)), frame.data.id)
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
            confidence=round(frame.data.confidence * weight * (_QUOTED if line.quoted else 1.0), 4),
            evidence=(evidence,),
        )

    def evidence(self, start: int, end: int, rule: str) -> Evidence:
        """The words between two text offsets, without what a quoted piece does not begin or end with."""
        while start < end and self.reading.original[start] in _EDGES:
            start += 1
        while end > start and self.reading.original[end - 1] in _EDGES:
            end -= 1
        return Evidence(start, end, self.reading.original[start:end], rule)


def merged(relations: Sequence[Relation], symmetric: frozenset[str]) -> tuple[Relation, ...]:
    """One relation for each (subject, predicate, object): the surest one, filled up from the others."""
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
                confidence=group[0].confidence,
                evidence=tuple(sorted({e for r in group for e in r.evidence})),
            )
        )
    return tuple(result)
