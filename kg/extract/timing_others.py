"""What is thought of the times of other relations, as evidence for the time of one.

Those who founded a company did it at one time, a job ends when the next begins, and one sentence tells of one time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kg.extract.timing import NONE, Option, Question, agree
from kg.model import Relation

# Less likely values are not thought of, nor more than so many for one slot.
_LEAST, _MOST = 0.12, 2
_SURE, _MAYBE = 0.6, 0.3
# A value that nothing near the relation gives needs others that say it.
_TELLING = ("same object and predicate", "next begins", "former ended", "same words and predicate")
_CAREERS = ("WORKED_AT", "FOUNDED")

Guess = tuple[float, str]


def with_others(questions: Sequence[Question], chances: Sequence[Sequence[float]]) -> list[Question]:
    """The questions again, with what the likely answers to all others say."""
    others = _Others(questions, chances)
    return [Question(q.relation, q.slot, others.options(n)) for n, q in enumerate(questions)]


class _Others:
    def __init__(self, questions: Sequence[Question], chances: Sequence[Sequence[float]]) -> None:
        self.questions = questions
        self.guesses = [_guesses(q, c) for q, c in zip(questions, chances, strict=True)]
        order = {place: n for n, place in enumerate(sorted({_place(q.relation) for q in questions}))}
        self.at = [order[_place(q.relation)] for q in questions]
        self.objects: dict[str, list[int]] = defaultdict(list)
        self.subjects: dict[str, list[int]] = defaultdict(list)
        self.words: dict[int, list[int]] = defaultdict(list)
        self.told: dict[int, list[int]] = defaultdict(list)
        for n, question in enumerate(questions):
            relation = question.relation
            self.objects[relation.object].append(n)
            self.subjects[relation.subject].append(n)
            self.words[relation.evidence[0].start].append(n)
            self.told[self.at[n]].append(n)

    def options(self, n: int) -> list[Option]:
        """The options of a question and values that others tell, with what others say of each."""
        question = self.questions[n]
        said: dict[str, dict[str, float]] = {}
        for name, other in self._named(n):
            for chance, value in self.guesses[other]:
                values = said.setdefault(value, {})
                values[name] = max(values.get(name, 0.0), chance)
        known = {option.value for option in question.options}
        result = [Option(o.value, [*o.codes, *self._codes(n, o.value, said)]) for o in question.options]
        for value, names in said.items():
            if value not in known and any(names.get(name, 0.0) >= _MAYBE for name in _TELLING):
                result.append(Option(value, ["others only", *self._codes(n, value, said)]))
        return result

    def _named(self, n: int) -> Iterator[tuple[str, int]]:
        """The other questions that matter, and how they stand to this one."""
        question, relation = self.questions[n], self.questions[n].relation
        for m in self.objects[relation.object]:
            other = self.questions[m]
            if m == n:
                continue
            if (other.relation.predicate, other.slot) == (relation.predicate, question.slot):
                yield "same object and predicate", m
            elif other.relation is not relation:
                yield f"same object {other.relation.predicate} {other.slot}", m
            if other.relation.subject == relation.subject and other.relation is not relation:
                yield f"same pair {other.relation.predicate} {other.slot}", m
        for m in self.subjects[relation.subject]:
            other = self.questions[m]
            if other.relation is not relation:
                yield f"same subject {other.relation.predicate} {other.slot}", m
                if (other.relation.predicate, other.slot) == (relation.predicate, question.slot):
                    yield "same subject and predicate", m
        for m in self.words[relation.evidence[0].start]:
            other = self.questions[m]
            if other.relation is not relation:
                yield "same words", m
                if (other.relation.predicate, other.slot) == (relation.predicate, question.slot):
                    yield "same words and predicate", m
        for away in (1, 2):
            yield from ((f"told {away} before", m) for m in self.told.get(self.at[n] - away, ()))
            yield from ((f"told {away} after", m) for m in self.told.get(self.at[n] + away, ()))
        for name, neighbour in (("next begins", self._next(n)), ("former ended", self._former(n))):
            if neighbour is not None:
                yield name, neighbour

    def _next(self, n: int) -> int | None:
        """When the next job of somebody began, for the end of one."""
        question, relation = self.questions[n], self.questions[n].relation
        if question.slot != "end" or relation.predicate != _CAREERS[0]:
            return None
        later = [
            m
            for m in self.subjects[relation.subject]
            if self.questions[m].relation.predicate in _CAREERS
            and self.questions[m].slot != "end"
            and self.at[m] > self.at[n]
            and self.questions[m].relation.object != relation.object
        ]
        return min(later, key=lambda m: (self.at[m], m), default=None)

    def _former(self, n: int) -> int | None:
        """When the job before ended, for the start of one."""
        question, relation = self.questions[n], self.questions[n].relation
        if question.slot != "start" or relation.predicate != _CAREERS[0]:
            return None
        before = [
            m
            for m in self.subjects[relation.subject]
            if (self.questions[m].relation.predicate, self.questions[m].slot) == (_CAREERS[0], "end")
            and self.at[m] < self.at[n]
        ]
        return max(before, key=lambda m: (self.at[m], -m), default=None)

    def _codes(self, n: int, value: str, said: dict[str, dict[str, float]]) -> list[str]:
        if value == NONE:
            most: dict[str, float] = {}
            for names in said.values():
                for name, chance in names.items():
                    most[name] = max(most.get(name, 0.0), chance)
            following = self._next(n)
            begins = "" if following is None else bool(self.guesses[following])
            codes = [f"none though {name} {_strength(chance)}" for name, chance in most.items()]
            return [
                *codes,
                f"none next {following is not None} {begins}",
                f"none former {self._former(n) is not None}",
            ]
        codes = [f"{name} {_strength(chance)}" for name, chance in said.get(value, {}).items()]
        like = {name for other, names in said.items() if other != value and agree(value, other) for name in names}
        codes += [f"like {name}" for name in sorted(like)]
        own = self._own(n)
        if own is not None:
            slot, (chance, other) = own
            side = "earlier" if other < value else "later" if other > value else "same"
            codes.append(f"own {slot} {side} {_strength(chance)}")
        return codes

    def _own(self, n: int) -> tuple[str, Guess] | None:
        """What is thought of the other end of the same relation."""
        for m in self.told[self.at[n]]:
            if m != n and self.questions[m].relation is self.questions[n].relation and self.guesses[m]:
                return self.questions[m].slot, self.guesses[m][0]
        return None


def _guesses(question: Question, chances: Sequence[float]) -> list[Guess]:
    likely = [
        (c, o.value) for o, c in zip(question.options, chances, strict=True) if o.value != NONE and c >= _LEAST
    ]
    return sorted(likely, reverse=True)[:_MOST]


def _place(relation: Relation) -> tuple[int, int, str, str, str]:
    evidence = relation.evidence[0]
    return evidence.start, evidence.end, relation.subject, relation.predicate, relation.object


def _strength(chance: float) -> str:
    return "sure" if chance >= _SURE else "maybe" if chance >= _MAYBE else "hardly"
