"""Learns from annotated articles when the relations that are found in them were so: `schemas/weights/times.json`."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from pathlib import Path

from kg.extract import chain
from kg.extract.chain import Tools
from kg.extract.timer import Weights, groups
from kg.extract.timing import NONE, Option, Question, agree
from kg.gold import GoldRelation
from kg.train import relations
from kg.train.lessons import Article
from kg.train.softmax import Choice, fit

_PENALTY, _LEAST = 8.0, 5
_DECIMALS, _NEGLIGIBLE = 2, 0.04
THRESHOLD = 0.25


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
    """The weights that best tell the annotated times of these articles from others and from none."""
    choices = []
    for article in asked:
        for question, answer in zip(article.questions, article.answers, strict=True):
            right = _right(question, answer)
            if right is not None:
                choices.append(Choice([_names(question, option) for option in question.options], right))
    found: dict[tuple[str, str], float] = fit(choices, penalty=_PENALTY, least=_LEAST)  # type: ignore[assignment]
    learned: dict[str, dict[str, float]] = {}
    for (group, code), weight in sorted(found.items()):
        if abs(weight) >= _NEGLIGIBLE:
            learned.setdefault(group, {})[code] = round(weight, _DECIMALS)
    return Weights(learned, THRESHOLD)


def _right(question: Question, answer: str | None) -> int | None:
    if answer is None:
        return None
    values = [option.value for option in question.options]
    if answer in values:
        return values.index(answer)
    return next((n for n, value in enumerate(values) if value != NONE and agree(answer, value)), None)


def _names(question: Question, option: Option) -> list[Hashable]:
    codes = chained(option.codes, *option.shared)
    return [(group, code) for code in codes for group in groups(question)]


def dumps(weights: Weights) -> str:
    """The weights as the text of their file: a line for each group, always in the same order."""
    lines = [
        f"{json.dumps(group)}: " + json.dumps(dict(sorted(table.items())), ensure_ascii=False, separators=(",", ":"))
        for group, table in sorted(weights.learned.items())
    ]
    head = f'{{"version": 1, "threshold": {weights.threshold},\n"weights": {{\n'
    return head + ",\n".join(lines) + "\n}}\n"


def write(articles: Sequence[Article], tools: Tools, path: Path) -> None:
    """Learn from articles and write the weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(learn(read(articles, tools))), "utf-8", newline="\n")
