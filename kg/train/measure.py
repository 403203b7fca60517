"""How well what is learned carries to articles that it was not learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from kg.model import Record
from kg.score import Score, score_article, total
from kg.train import names
from kg.train.lessons import KNOWLEDGE, Article, Knowledge


def cross_validated(articles: Sequence[Article], schemas: Path, progress: names.Progress) -> dict[Knowledge, Score]:
    """The score of entities by what the lexicon knows; each fold is measured by weights from the others."""
    scores: dict[Knowledge, list[Score]] = defaultdict(list)
    for lesson, entities in names.cross_validated(names.Course.of(articles, schemas, progress)):
        document = lesson.article.document
        record = Record(document.metadata, entities, (), ())
        scores[lesson.knowledge].append(score_article(lesson.article.gold, record, document.text, frozenset()))
    return {knowledge: total(scores[knowledge]) for knowledge in KNOWLEDGE}
