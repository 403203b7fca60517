"""Writes what was learned into the weights folder of a schemas folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.extract import weights
from kg.train import names
from kg.train.lessons import Article


def write(articles: Sequence[Article], schemas: Path, split: str, progress: names.Progress) -> list[Path]:
    """Learn from the articles and write the files; returns their paths."""
    path = weights.path_of(schemas)
    text = names.dumps(names.train(articles, schemas, split, progress))
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return [path]
