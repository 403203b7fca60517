"""Writes what was learned into the weights folder of a schemas folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kg.corpus.references import prepared
from kg.extract import chain, referents, timer, weights
from kg.train import names, references, relations, times
from kg.train.lessons import Article


def write(articles: Sequence[Article], schemas: Path, split: str, progress: names.Progress) -> list[Path]:
    """Learn from the articles and write the files; returns their paths."""
    path = weights.path_of(schemas)
    path.parent.mkdir(exist_ok=True)
    course = names.Course.of(articles, schemas, progress)
    path.write_text(names.dumps(names.train(course, split)), "utf-8", newline="\n")
    tools = chain.load(schemas)
    learned = references.learn([prepared(a.document, a.gold, tools) for a in articles], tools)
    meant = referents.path_of(schemas)
    meant.write_text(references.dumps(learned), "utf-8", newline="\n")
    # Relations are learned from articles read by weights that have not seen them: names and references by fold.
    found = {
        lesson.article.name: entities
        for lesson, entities in names.cross_validated(course)
        if lesson.knowledge == "full"
    }
    related = schemas / chain.WEIGHTS
    relations.write(articles, tools, related, found)
    scorer = chain.scorer_of(schemas, tools.shape, tools.ontology, tools.frames)
    untimed = replace(tools, referents=learned, scorer=scorer, timer=replace(tools.timer, weights=None))
    timed = timer.path_of(schemas)
    times.write(articles, untimed, timed)
    return [path, meant, related, timed]
