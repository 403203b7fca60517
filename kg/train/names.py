"""Trains the weights for names on annotated articles, and measures them on articles that they were not trained on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.extract.link import Linker
from kg.extract.mentions import Weighed, decided, placed, weigh
from kg.extract.surfaces import probabilities
from kg.extract.tagger import Spans, Tagger
from kg.extract.unit_features import UnitFeatures
from kg.extract.weights import NamesFile, NameWeights
from kg.model import Entity
from kg.train import classifier, sequences
from kg.train.lessons import FOLDS, KNOWLEDGE, NO_NAME, Article, Knowledge, Lesson, Worlds, digest
from kg.train.substitution import Substitution

# Chosen by cross-validation (docs/decisions.md).
_RENAMED: tuple[Knowledge, ...] = ("none", "half")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Exercise:
    """A lesson with what a tagger says that has not seen its article."""

    lesson: Lesson
    weighed: Weighed
    labels: Mapping[str, str | None]


@dataclass(frozen=True, eq=False)
class Course:
    """Everything that is learned from: lessons, articles with other names, and exercises by fold."""

    articles: Sequence[Article]
    lessons: Sequence[Lesson]
    others: Sequence[Lesson]
    exercises: Sequence[Exercise]

    @classmethod
    def of(cls, articles: Sequence[Article], schemas: Path, progress: Progress) -> Course:
        """Read the articles and let a tagger say what it thinks of those that it was not trained on (stacking)."""
        lessons, others = lessons_of(articles, schemas), renamed(articles, schemas)
        progress(1, FOLDS + 1)
        return cls(articles, lessons, others, _exercises(lessons, others, lambda done: progress(done + 1, FOLDS + 1)))


def train(course: Course, split: str) -> NamesFile:
    """The weights that articles teach; the same articles and schemas give the same weights."""
    tagger = sequences.train([*course.lessons, *course.others])
    classes = classes_of(course.articles)
    surface = classifier.train(((e.weighed.rows, e.labels) for e in course.exercises), classes)
    origin = {"articles": len(course.articles), "split": split, "digest": digest(course.articles)}
    return NamesFile.model_validate({"version": 1, "origin": origin, **tagger, "classes": classes, **surface})


def cross_validated(course: Course) -> Iterator[tuple[Lesson, tuple[Entity, ...]]]:
    """What is found in each lesson by weights from the articles of the other folds."""
    classes = classes_of(course.articles)
    for fold in range(FOLDS):
        taught = [e for e in course.exercises if e.lesson.article.fold != fold]
        surface = classifier.train(((e.weighed.rows, e.labels) for e in taught), classes)
        weights = _weights({"labels": ["O"], "state": {}, "moves": [[0]]}, classes, surface)
        for exercise in course.exercises:
            if exercise.lesson.article.fold == fold:
                yield exercise.lesson, entities(exercise, weights)


def entities(exercise: Exercise, weights: NameWeights) -> tuple[Entity, ...]:
    """The entities that a classifier finds in an exercise."""
    weighed, world = exercise.weighed, exercise.lesson.world
    likely = dict(zip(weighed.rows, probabilities(weights, weighed.rows), strict=True))
    found = placed(weighed, decided(weighed, likely, weights.classes))
    return Linker(exercise.lesson.segmented, world.lexicon, world.cues).link(found)


def lessons_of(articles: Sequence[Article], schemas: Path) -> list[Lesson]:
    """Every article, with all of the lexicon, half of it, and nothing of it that the article names."""
    worlds = Worlds(articles, schemas)
    return [Lesson.of(article, how, worlds.of(article, how)) for article in articles for how in KNOWLEDGE]


def renamed(articles: Sequence[Article], schemas: Path) -> list[Lesson]:
    """Articles with the names of others, read by those who know half of the lexicon or no name of the article."""
    substitution = Substitution(articles, schemas)
    found = []
    for number, how in enumerate(_RENAMED):
        others = [other for article in articles if (other := substitution.of(article, number)) is not None]
        worlds = Worlds(others, schemas)
        found += [Lesson.of(other, how, worlds.of(other, how)) for other in others]
    return found


def classes_of(articles: Sequence[Article]) -> tuple[str, ...]:
    """No name, and the types that the articles know."""
    return (NO_NAME, *sorted({entity.type[0] for article in articles for entity in article.gold.entities}))


def _exercises(lessons: Sequence[Lesson], others: Sequence[Lesson], progress: Callable[[int], None]) -> list[Exercise]:
    found: dict[int, Exercise] = {}
    for fold in range(FOLDS):
        fields = sequences.train([x for x in (*lessons, *others) if x.article.fold != fold])
        weights = _weights(fields, (NO_NAME,), {"surface": {}, "bias": [0]})
        for number, lesson in enumerate(lessons):
            if lesson.article.fold == fold:
                found[number] = exercise_of(lesson, spans_of(lesson, weights))
        progress(fold + 1)
    return [found[number] for number in range(len(lessons))]


def spans_of(lesson: Lesson, weights: NameWeights) -> Spans:
    """What a tagger says about a lesson."""
    tagger = Tagger(weights, UnitFeatures(lesson.world.cues, lesson.world.segmenter.knows))
    return tagger.spans(lesson.draft(), lesson.units)


def exercise_of(lesson: Lesson, spans: Spans) -> Exercise:
    """A lesson with all that speaks for and against its surfaces."""
    weighed = weigh(lesson.draft(), lesson.units, spans)
    return Exercise(lesson, weighed, lesson.classes(weighed))


def _weights(tagger: Mapping[str, object], classes: Sequence[str], surface: Mapping[str, object]) -> NameWeights:
    origin = {"articles": 0, "split": "", "digest": ""}
    return NameWeights.of(
        NamesFile.model_validate({"version": 1, "origin": origin, **tagger, "classes": classes, **surface})
    )


def dumps(file: NamesFile) -> str:
    """The file's text."""
    return json.dumps(file.model_dump(), ensure_ascii=False, separators=(",", ":")) + "\n"
