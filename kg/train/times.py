"""Learns from annotated articles when the relations that are found in them were so: `schemas/weights/times.json`."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.extract import chain
from kg.extract.chain import Tools
from kg.extract.timer import Weights, groups
from kg.extract.timing import NONE, Question, agree
from kg.extract.timing_others import with_others
from kg.gold import GoldRelation
from kg.train import relations
from kg.train.lessons import FOLDS, Article
from kg.train.softmax import Choice, fit

_PENALTY, _LEAST = 8.0, 4
_DECIMALS, _NEGLIGIBLE = 2, 0.03
THRESHOLD = 0.3

Learned = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Asked:
    """An article's questions with the annotated answers: a time, none (empty), or unknown (None)."""

    fold: int
    questions: list[Question]
    answers: list[str | None]


def read(articles: Sequence[Article], tools: Tools) -> list[Asked]:
    """Ask of the relations that are found in the articles with their annotated entities when they were so."""
    result = []
    for sample in relations.read(articles, tools):
        finder = sample.read.finder
        found = chain.decide(sample.read, tools)
        questions = tools.timer.ask(sample.read.segmented, finder.reading, finder.view, found)
        numbers = {entity.id: n for n, entity in enumerate(finder.reading.entities)}
        answers = []
        for question in questions:
            r = question.relation
            key = (numbers[r.subject], tools.shape.predicates.index(r.predicate), numbers[r.object])
            answers.append(_answer(question, sample.right.get(key, ())))
        result.append(Asked(sample.fold, questions, answers))
    return result


def _answer(question: Question, annotated: Sequence[GoldRelation]) -> str | None:
    """The annotated time; a place may have only a date, and what has one date may be annotated as a stretch."""
    if not annotated:
        return None
    for relation in annotated:
        given = {"start": relation.start, "end": relation.end, "date": relation.date}
        other = None
        if question.slot == "date":
            other = relation.end or relation.start
        elif question.slot == "start" and not relation.start:
            other = relation.date
        value = given[question.slot] or other
        if value:
            return value
    return NONE


def learn(asked: Sequence[Asked]) -> Weights:
    """Weights from all articles; what is thought of others is learned from articles that the first weights lack."""
    chances: dict[int, list[list[float]]] = {}
    for fold in range(FOLDS):
        weights = Weights(_fitted([a for a in asked if a.fold != fold], {}), {}, THRESHOLD)
        chances.update(
            (n, [weights.chances(q, alone=True) for q in a.questions]) for n, a in enumerate(asked) if a.fold == fold
        )
    return Weights(_fitted(asked, {}), _fitted(asked, chances), THRESHOLD)


def _fitted(asked: Sequence[Asked], chances: Mapping[int, list[list[float]]]) -> Learned:
    choices = []
    for n, article in enumerate(asked):
        questions = with_others(article.questions, chances[n]) if chances else article.questions
        for question, answer in zip(questions, article.answers, strict=True):
            right = _right(question, answer)
            if right is not None:
                choices.append(Choice([_names(question, option.codes) for option in question.options], right))
    found: dict[tuple[str, str], float] = fit(choices, penalty=_PENALTY, least=_LEAST)  # type: ignore[assignment]
    learned: Learned = {}
    for (group, code), weight in sorted(found.items()):
        if abs(weight) >= _NEGLIGIBLE:
            learned.setdefault(group, {})[code] = round(weight, _DECIMALS)
    return learned


def _right(question: Question, answer: str | None) -> int | None:
    if answer is None:
        return None
    values = [option.value for option in question.options]
    if answer in values:
        return values.index(answer)
    return next((n for n, value in enumerate(values) if value != NONE and agree(answer, value)), None)


def _names(question: Question, codes: Sequence[str]) -> list[Hashable]:
    return [(group, code) for code in codes for group in groups(question)]


def dumps(weights: Weights) -> str:
    """The weights as the text of their file: a line for each group, always in the same order."""
    parts = []
    for name, learned in (("first", weights.first), ("second", weights.second)):
        lines = [
            f"{json.dumps(group)}: "
            + json.dumps(dict(sorted(table.items())), ensure_ascii=False, separators=(",", ":"))
            for group, table in sorted(learned.items())
        ]
        parts.append(f"{json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n}")
    return f'{{"version": 1, "threshold": {weights.threshold},\n' + ",\n".join(parts) + "\n}\n"


def write(articles: Sequence[Article], tools: Tools, path: Path) -> None:
    """Learn from articles and write the weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(learn(read(articles, tools))), "utf-8", newline="\n")
