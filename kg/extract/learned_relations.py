"""Relations by what was learned: all pairs are scored, and those that are likely enough become relations of the record.

Where a frame read the same relation, its times, qualifiers and evidence are kept; else they are filled from the clauses
in which the two stand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from kg.extract import candidates, pair_features, triples
from kg.extract.candidates import Pairs, Stream
from kg.extract.frames import Frames
from kg.extract.pair_counts import Doubt, Words
from kg.extract.pair_features import Facts, Features
from kg.extract.reading import Reading
from kg.extract.relation_model import Model
from kg.extract.relations import RelationFinder
from kg.extract.segment import Segmented
from kg.extract.triples import Read, Scored, Triples
from kg.extract.view import Item, Line, View
from kg.fold import fold
from kg.model import Entity, Relation
from kg.ontology import Ontology, read_yaml

RULE = "learned"
_KINDED = "Organization"
# The lists of schemas/modality.yaml that make a sentence no statement of fact, with the exceptions of each.
_DOUBTS = (
    ("negated_before", "not_negated"),
    ("unreal_before", None),
    ("planned_before", "planned_exceptions"),
    ("questioned", None),
    ("failed_after", None),
    ("likened_before", None),
    ("corrected", None),
    ("reported", None),
)


@dataclass(frozen=True, slots=True)
class Schema:
    """What the schemas folder says, as the features need it."""

    predicates: tuple[str, ...]
    types: tuple[str, ...]
    symbols: tuple[str, ...]
    kinds: tuple[str | None, ...]
    allowed: npt.NDArray[np.bool_]
    symmetric: npt.NDArray[np.bool_]
    triggers: ahocorasick_rs.AhoCorasick
    trigger_predicates: tuple[tuple[int, ...], ...]
    doubts: tuple[Doubt, ...]
    dense: tuple[str, ...]
    kept: npt.NDArray[np.bool_]
    columns: tuple[str, ...]
    object_kinds: tuple[tuple[str, ...], ...]

    def suits(self, entities: Sequence[Entity]) -> npt.NDArray[np.bool_]:
        """For every entity and predicate, whether the entity is of a kind that the predicate's object may be."""
        result = np.ones((len(entities), len(self.predicates)), dtype=bool)
        for column, kinds in enumerate(self.object_kinds):
            if kinds:
                for number, entity in enumerate(entities):
                    result[number, column] = entity.type != _KINDED or entity.kind in kinds
        return result

    def belongs(self, model: Model) -> bool:
        """Whether a model was learned for this ontology and these features."""
        return (model.predicates, model.types, model.columns) == (self.predicates, self.types, self.columns)

    def words(self, numbers: Mapping[str, int]) -> Words:
        """The words of a model together with those of the schemas."""
        return Words(numbers, self.triggers, self.trigger_predicates, self.doubts, len(self.predicates))


def schema(
    folder: Path, ontology: Ontology, symbols: Mapping[str, str], frames: Frames, matcher: ahocorasick_rs.AhoCorasick
) -> Schema:
    """Compile what the features need from a schemas folder."""
    predicates, types = tuple(ontology.relation_types), tuple(ontology.entity_types)
    allowed = np.zeros((len(types), len(types), len(predicates)), dtype=bool)
    for one, predicate, other in ontology.signatures:
        allowed[types.index(one), types.index(other), predicates.index(predicate)] = True
    doubts = _doubts(folder)
    dense = pair_features.dense_names(predicates, len(doubts))
    return Schema(
        predicates=predicates,
        types=types,
        symbols=tuple(symbols[t] for t in types),
        kinds=(None, *ontology.organization_kinds),
        allowed=allowed,
        symmetric=np.array([ontology.relation_types[p].symmetric for p in predicates]),
        triggers=matcher,
        trigger_predicates=tuple(
            tuple(sorted({predicates.index(f.data.predicate) for f in frames.by_trigger[t]})) for t in frames.triggers
        ),
        doubts=doubts,
        dense=tuple(dense),
        kept=np.array([" trigger " not in name for name in dense]),
        columns=tuple(triples.score_names(dense, predicates)),
        object_kinds=tuple(ontology.relation_types[p].object_kinds for p in predicates),
    )


def _doubts(folder: Path) -> tuple[Doubt, ...]:
    data = read_yaml(folder / "modality.yaml")
    result = []
    for name, exceptions in _DOUBTS:
        words = sorted({fold(word) for word in data[name]})
        others = sorted({fold(word) for word in data[exceptions]} - set(words)) if exceptions else []
        matcher = ahocorasick_rs.AhoCorasick(words + others, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        result.append(Doubt(matcher, tuple([True] * len(words) + [False] * len(others))))
    return tuple(result)


@dataclass(frozen=True, slots=True)
class Candidates:
    """One document's pairs with their features, and the entities by number."""

    stream: Stream
    pairs: Pairs
    features: Features
    numbers: Mapping[str, int]
    types: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int32]
    allowed: npt.NDArray[np.bool_]


def candidates_of(
    segmented: Segmented,
    reading: Reading,
    view: View,
    shape: Schema,
    words: Words,
    likely: Mapping[int, Mapping[str, float]] | None = None,
) -> Candidates:
    """All pairs of a document; `likely` gives, by a clause's view offset, how likely each entity is its subject."""
    stream = candidates.stream(segmented, reading, view, subjects_of(reading) if likely is None else likely)
    entities = reading.entities
    numbers = {entity.id: n for n, entity in enumerate(entities)}
    types = np.array([shape.types.index(e.type) for e in entities], dtype=np.int32)
    counts = np.array([len(e.mentions) for e in entities], dtype=np.int32)
    kinds = np.array([shape.kinds.index(e.kind) if e.kind in shape.kinds else 0 for e in entities], dtype=np.int32)
    possible: npt.NDArray[np.bool_] = np.any(shape.allowed, axis=2)
    pairs = candidates.pairs(stream, numbers, types, possible)
    acting = frozenset(reading.draft.subjects.values())
    facts = Facts(types, counts, acting, [block.kind for block in reading.blocks])
    features = pair_features.describe(stream, view.text, pairs, facts, words, shape.symbols, numbers)
    allowed = shape.allowed[types[pairs.subject], types[pairs.object]] & shape.suits(entities)[pairs.object]
    return Candidates(stream, pairs, features, numbers, types, kinds, allowed)


def subjects_of(reading: Reading) -> dict[int, dict[str, float]]:
    """How likely each entity is the subject of a clause without one, by view offset; in lines that name something."""
    result: dict[int, dict[str, float]] = {}
    lines = [line for line in reading.draft.lines if _names_something(reading, line)]
    clauses = sorted(reading.draft.snapshots)
    told = reading.draft.subjects
    for line in lines:
        for clause in clauses[bisect_left(clauses, line.start) : bisect_left(clauses, line.end)]:
            if clause not in told:
                result[clause] = _chances(reading, clause)
    return result


def _names_something(reading: Reading, line: Line) -> bool:
    """Whether a line names an entity: only there relations are looked for."""
    return any(reading.draft.items[k].members for k in range(line.start, line.end) if k in reading.draft.items)


def _chances(reading: Reading, clause: int) -> dict[str, float]:
    chances: dict[str, float] = {}
    for members, chance in reading.left_out(clause):
        for who in members:
            chances[who] = max(chances.get(who, 0.0), round(chance, 3))
    return chances


def triples_of(
    found: Candidates,
    scores: npt.NDArray[Any],
    readings: Sequence[Relation],
    shape: Schema,
    prior: npt.NDArray[Any],
    cut: float,
) -> Triples:
    """The candidate relations of a document, `readings` being what the frames and tables read."""
    number = found.numbers
    reads = [
        Read(
            number[r.subject],
            shape.predicates.index(r.predicate),
            number[r.object],
            r.confidence,
            r.evidence[0].start,
            r.evidence[0].end,
        )
        for r in readings
    ]
    lines = np.array([(line.start, line.end) for line in found.stream.lines] or [(0, 0)], dtype=np.int64)
    scored = Scored(found.pairs, found.features, scores, lines[:, 0], lines[:, 1], reads, found.types, found.kinds)
    return triples.triples(scored, shape.symmetric, prior, shape.kept, cut)


@dataclass(frozen=True, slots=True)
class Choice:
    """A triple that is likely enough: entity ids and predicate, how likely, and how it stands in the text.

    `subject` and `object` are the mentions in the pair that speaks most for it, None where one is carried from earlier;
    `score` is what the linear model says of that pair (log odds), `readings` are what frames and tables read.
    """

    key: tuple[str, str, str]
    chance: float
    row: int
    score: float
    subject: Item | None
    object: Item | None
    readings: tuple[Relation, ...]


class RelationScorer:
    """Decides which relations a document states."""

    def __init__(self, model: Model, shape: Schema, ontology: Ontology, frames: Frames) -> None:
        self.model, self.shape, self.ontology = model, shape, ontology
        self.words = shape.words(model.words)
        self._ending: dict[str, tuple[str, ...]] = {}
        for trigger, found in frames.by_trigger.items():
            for predicate in {f.data.predicate for f in found if f.data.time == "end"}:
                self._ending[predicate] = (*self._ending.get(predicate, ()), trigger)

    def find(
        self,
        segmented: Segmented,
        finder: RelationFinder,
        readings: Sequence[Relation],
        least: float,
        likely: Mapping[int, Mapping[str, float]] | None = None,
    ) -> list[Relation]:
        """The relations that are likelier than `least`, each once; `readings` is what frames and tables read."""
        found = candidates_of(segmented, finder.reading, finder.view, self.shape, self.words, likely)
        result: list[Relation] = []
        for choice in self.choices(found, finder.reading, readings, least):
            if choice.readings:
                most = max(r.confidence for r in choice.readings)
                result.extend(
                    replace(r, confidence=round(choice.chance * r.confidence / most, 4)) for r in choice.readings
                )
            else:
                result.append(self._relation(found, finder, choice.row, choice.key, choice.chance))
        return result

    def choices(
        self, found: Candidates, reading: Reading, readings: Sequence[Relation], least: float
    ) -> Iterator[Choice]:
        """The triples that are likelier than `least`, in order."""
        shape = self.shape
        if not len(found.pairs.subject):
            return
        scores = self.model.scores(found.features, found.allowed)
        table = triples_of(found, scores, readings, shape, self.model.prior, self.model.cut)
        if not len(table.subject):
            return
        chances = self.model.trees.probabilities(table.features)
        read: dict[tuple[str, str, str], list[Relation]] = {}
        for relation in readings:
            read.setdefault(self._key(relation.subject, relation.predicate, relation.object), []).append(relation)
        ids = [entity.id for entity in reading.entities]
        items, pairs = found.stream.items, found.pairs
        for n in np.flatnonzero(chances >= least).tolist():
            key = (ids[table.subject[n]], shape.predicates[table.predicate[n]], ids[table.object[n]])
            row = int(table.row[n])
            yield Choice(
                key=key,
                chance=float(chances[n]),
                row=row,
                score=round(float(scores[row, table.predicate[n]]), 2),
                subject=items.get(int(pairs.subject_token[row])),
                object=items.get(int(pairs.object_token[row])),
                readings=tuple(read.get(self._key(*key), ())),
            )

    def _key(self, subject: str, predicate: str, object_: str) -> tuple[str, str, str]:
        if self.ontology.relation_types[predicate].symmetric and subject > object_:
            return object_, predicate, subject
        return subject, predicate, object_

    def _relation(
        self, found: Candidates, finder: RelationFinder, row: int, key: tuple[str, str, str], chance: float
    ) -> Relation:
        subject, predicate, object_ = key
        stream, pairs = found.stream, found.pairs
        line = stream.lines[int(pairs.line[row])]
        tokens = [int(t) for t in (pairs.subject_token[row], pairs.object_token[row]) if t >= 0]
        first, last = stream.clauses[stream.clause_of[min(tokens)]], stream.clauses[stream.clause_of[max(tokens)]]
        time, kind, certainty = None, "", "stated"
        qualifiers: dict[str, str] = {}
        start, end = line.start, line.end
        if line.view_line >= 0:
            place = finder.view.lines[line.view_line]
            begin, stop = first.place, stream.places[last.last - 1] + 1
            core = stream.places[tokens[-1]]
            start, end = finder.view.span(begin, stop)
            time, _ = finder.time(place, begin, core, stop)
            qualifiers = finder.qualifiers(predicate, place, begin, stop, core, (object_,))
            if finder.grammar.reported.search(finder.view.text, place.start, stop):
                certainty = "reported"
            kind = self._time_kind(predicate, finder.view.text[begin:stop])
        evidence = finder.evidence(start, end, RULE)
        wanted = self.ontology.relation_types[predicate].qualifiers
        return Relation(
            subject=subject,
            predicate=predicate,
            object=object_,
            start=time if kind == "start" else None,
            end=time if kind == "end" else None,
            date=time if kind == "date" and "date" in wanted else None,
            qualifiers=tuple(sorted(qualifiers.items())),
            certainty="reported" if certainty == "reported" else "stated",
            confidence=round(chance, 4),
            evidence=(evidence,),
        )

    def _time_kind(self, predicate: str, words: str) -> str:
        """Whether a time in these words is when something began, ended or happened."""
        wanted = self.ontology.relation_types[predicate].qualifiers
        if "end" in wanted and any(word in words for word in self._ending.get(predicate, ())):
            return "end"
        return "start" if "start" in wanted else "date"
