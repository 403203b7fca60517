"""Writes what was learned into the weights folder of a schemas folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.extract import chain, weights
from kg.train import names, relations
from kg.train.lessons import Article


def write(articles: Sequence[Article], schemas: Path, split: str, progress: names.Progress) -> list[Path]:
    """Learn from the articles and write the files; returns their paths."""
    path = weights.path_of(schemas)
    text = names.dumps(names.train(articles, schemas, split, progress))
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    # Relations are learned on entities as weights find them that have not seen the article.
    found = {
        lesson.article.name: entities
        for lesson, entities in names.cross_validated(articles, schemas, progress)
        if lesson.knowledge == "full"
    }
    related = schemas / chain.WEIGHTS
    relations.write(articles, chain.load(schemas), related, found)
    return [path, related]
