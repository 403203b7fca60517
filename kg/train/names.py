"""Trains the weights for names on annotated articles, and measures them on articles that they were not trained on."""

from __future__ import annotations

import hashlib
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
from kg.train.lessons import KNOWLEDGE, NO_NAME, Article, Lesson, Worlds

FOLDS = 5
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Exercise:
    """A lesson with what a tagger says that has not seen its article."""

    lesson: Lesson
    weighed: Weighed
    labels: Mapping[str, str | None]


def train(articles: Sequence[Article], schemas: Path, split: str, progress: Progress) -> NamesFile:
    """The weights that articles teach; the same articles and schemas give the same weights.

    The classifier learns from what the tagger says about articles that it was not trained on (stacking).
    """
    lessons = lessons_of(articles, schemas)
    progress(1, FOLDS + 3)
    exercises = _exercises(lessons, lambda done: progress(1 + done, FOLDS + 3))
    tagger = sequences.train(lessons)
    progress(FOLDS + 2, FOLDS + 3)
    classes = classes_of(articles)
    surface = classifier.train(((e.weighed.rows, e.labels) for e in exercises), classes)
    origin = {"articles": len(articles), "split": split, "digest": _digest(articles)}
    return NamesFile.model_validate({"version": 1, "origin": origin, **tagger, "classes": classes, **surface})


def cross_validated(
    articles: Sequence[Article], schemas: Path, progress: Progress
) -> Iterator[tuple[Lesson, tuple[Entity, ...]]]:
    """What is found in each lesson by weights from the articles of the other folds."""
    exercises = _exercises(lessons_of(articles, schemas), lambda done: progress(done, FOLDS))
    classes = classes_of(articles)
    for fold in range(FOLDS):
        others = [e for e in exercises if e.lesson.article.fold_of(FOLDS) != fold]
        surface = classifier.train(((e.weighed.rows, e.labels) for e in others), classes)
        weights = _weights({"labels": ["O"], "state": {}, "moves": [[0]]}, classes, surface)
        for exercise in exercises:
            if exercise.lesson.article.fold_of(FOLDS) == fold:
                yield exercise.lesson, entities(exercise, weights)


def entities(exercise: Exercise, weights: NameWeights) -> tuple[Entity, ...]:
    """The entities that a classifier finds in an exercise."""
    weighed, world = exercise.weighed, exercise.lesson.world
    likely = dict(zip(weighed.rows, probabilities(weights, weighed.rows), strict=True))
    found = placed(weighed, decided(weighed, likely, weights.classes))
    return Linker(exercise.lesson.segmented, world.lexicon, world.cues).link(found)


def lessons_of(articles: Sequence[Article], schemas: Path) -> list[Lesson]:
    """Every article, with all of the lexicon, half of it, and nothing of it that the article names."""
    worlds = Worlds(schemas)
    return [Lesson.of(article, how, worlds.of(article, how)) for article in articles for how in KNOWLEDGE]


def classes_of(articles: Sequence[Article]) -> tuple[str, ...]:
    """No name, and the types that the articles know."""
    return (NO_NAME, *sorted({entity.type[0] for article in articles for entity in article.gold.entities}))


def _exercises(lessons: Sequence[Lesson], progress: Callable[[int], None]) -> list[Exercise]:
    found: dict[int, Exercise] = {}
    for fold in range(FOLDS):
        fields = sequences.train([lesson for lesson in lessons if lesson.article.fold_of(FOLDS) != fold])
        weights = _weights(fields, (NO_NAME,), {"surface": {}, "bias": [0]})
        for number, lesson in enumerate(lessons):
            if lesson.article.fold_of(FOLDS) == fold:
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


def _digest(articles: Sequence[Article]) -> str:
    digest = hashlib.sha256()
    for article in articles:
        digest.update(article.name.encode())
        digest.update(article.document.text.encode())
        digest.update(article.gold.model_dump_json().encode())
    return digest.hexdigest()[:16]


def dumps(file: NamesFile) -> str:
    """The file's text."""
    return json.dumps(file.model_dump(), ensure_ascii=False, separators=(",", ":")) + "\n"
