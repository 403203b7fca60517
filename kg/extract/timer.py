"""When the facts of an article were so: for each relation the likeliest of the times around it, or none."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, repeat
from pathlib import Path

from kg.errors import SchemaError
from kg.extract.frames import Frames
from kg.extract.reading import Reading
from kg.extract.segment import Segmented
from kg.extract.timeline import Timeline
from kg.extract.times import Time, find_times
from kg.extract.timing import NONE, SLOTS, Question, agree, questions
from kg.extract.view import View
from kg.model import Relation
from kg.ontology import Ontology

_FILE = Path("weights") / "times.json"
_APART = ("row", "front")
_HARDLY = 0.01


@dataclass(frozen=True)
class Weights:
    """How much each piece of evidence counts; a time is given if it is at least as likely as `threshold`."""

    learned: Mapping[str, Mapping[str, float]]
    threshold: float
    _tables: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)

    def chances(self, questions: Sequence[Question]) -> list[list[float]]:
        """How likely each option of each question of a document is."""
        weighed: dict[tuple[int, int], float] = {}
        return [self._chances(question, weighed) for question in questions]

    def _chances(self, question: Question, weighed: dict[tuple[int, int], float]) -> list[float]:
        """How likely each option is; `weighed` keeps what shared codes weigh within one document."""
        table = self._table(question)
        weight = table.get
        scores = []
        for option in question.options:
            score = sum(map(weight, option.codes, repeat(0.0)))
            for codes in option.shared:
                key = (id(codes), id(table))
                if key not in weighed:
                    weighed[key] = sum(map(weight, codes, repeat(0.0)))
                score += weighed[key]
            scores.append(score)
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        whole = sum(powers)
        return [power / whole for power in powers]

    def _table(self, question: Question) -> dict[str, float]:
        key = (question.relation.predicate, question.slot)
        if key not in self._tables:
            merged: dict[str, float] = {}
            for group in groups(question):
                for code, weight in self.learned.get(group, {}).items():
                    merged[code] = merged.get(code, 0.0) + weight
            self._tables[key] = merged
        return self._tables[key]


def groups(question: Question) -> tuple[str, str, str]:
    """The groups of weights that count for a question: all, those of its slot, those of its predicate's slot."""
    return "", question.slot, f"{question.relation.predicate} {question.slot}"


def load(schemas: Path) -> Weights | None:
    """The weights of a schemas folder, if it has some; raises SchemaError."""
    path = path_of(schemas)
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text("utf-8"))
        return Weights(data["weights"], data["threshold"])
    except (ValueError, KeyError, TypeError) as error:
        raise SchemaError(f"{path}: not weights of times ({error}); learn them again with kg train") from error


def path_of(schemas: Path) -> Path:
    """Where the weights are in a schemas folder."""
    return schemas / _FILE


@dataclass(frozen=True)
class Timer:
    """Says of relations when they were so; without weights it leaves them as they are."""

    ontology: Ontology
    schemas: Path
    leaving: re.Pattern[str] | None
    weights: Weights | None

    @classmethod
    def of(cls, schemas: Path, ontology: Ontology, frames: Frames) -> Timer:
        """The timer of a schemas folder; raises SchemaError."""
        words = {t for t, found in frames.by_trigger.items() for f in found if f.data.time == "end"}
        ordered = sorted(words, key=lambda word: (-len(word), word))
        pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        return cls(ontology, schemas, pattern, load(schemas))

    def ask(self, segmented: Segmented, reading: Reading, view: View, relations: Sequence[Relation]) -> list[Question]:
        """Every slot of the relations with the times that may fill it."""
        document = segmented.document
        date = document.metadata.date
        read = {time.start for time in reading.times}
        apart = (time for time in self._apart(segmented) if time.start not in read)
        times = sorted([*reading.times, *apart], key=lambda time: time.start)
        named = {(mention.start, entity.id) for entity in reading.entities for mention in entity.mentions}
        named.update((item.start, who) for item in view.items.values() for who in item.members)
        types = {entity.id: entity.type for entity in reading.entities}
        line = Timeline(segmented, times, sorted(named), types, date, self.leaving)
        return questions(line, relations, self.ontology)

    def _apart(self, segmented: Segmented) -> Iterator[Time]:
        """The times of tables and of the front matter, which are not read as sentences."""
        document = segmented.document
        kinds = [document.blocks[sentence.block].kind for sentence in segmented.sentences]
        for kind, group in groupby(range(len(kinds)), key=lambda n: kinds[n]):
            if kind not in _APART:
                continue
            spans = [(segmented.sentences[n].start, segmented.sentences[n].end) for n in group]
            # The character before belongs to it: some words are no time behind others.
            first = max(spans[0][0] - 1, 0)
            text = segmented.folded[first : spans[-1][1]]
            here = [(start - first, end - first) for start, end in spans]
            for time in find_times(text, here, document.metadata.date, self.schemas):
                yield replace(time, start=time.start + first, end=time.end + first)

    def timed(
        self, segmented: Segmented, reading: Reading, view: View, relations: Sequence[Relation]
    ) -> tuple[Relation, ...]:
        """The relations with their times."""
        weights = self.weights
        if weights is None or not relations:
            return tuple(relations)
        asked = self.ask(segmented, reading, view, relations)
        told: dict[int, dict[str, str | None]] = {}
        for question, chances in zip(asked, weights.chances(asked), strict=True):
            answer = likeliest(question, chances, weights.threshold)
            told.setdefault(id(question.relation), dict.fromkeys(SLOTS))[question.slot] = answer
        return tuple(
            replace(r, start=found["start"], end=found["end"], date=found["date"])
            if (found := told.get(id(r))) is not None
            else r
            for r in relations
        )


def likeliest(question: Question, chances: Sequence[float], threshold: float) -> str | None:
    """The value that is likely enough with those that agree with it, the likeliest of these; or none (the first)."""
    if 1 - chances[0] < threshold:
        return None
    # What is hardly likely cannot be the best.
    likely = [(c, o.value) for o, c in zip(question.options, chances, strict=True) if o.value != NONE and c > _HARDLY]
    if not likely:
        return None
    most, best = max((sum(c for c, v in likely if agree(v, value)), value) for _, value in likely)
    return max((c, v) for c, v in likely if agree(v, best))[1] if most >= threshold else None
