"""Learns from annotated references who is meant: the weights of `schemas/references.json`."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg import markdown
from kg.extract import chain
from kg.extract.given import given_entities
from kg.extract.reading import Reading
from kg.extract.referents import ALL, Candidate, Query, Wanted, Weights
from kg.extract.segment import Segmented
from kg.fold import fold
from kg.gold import Gold, Reference, article_of, read_annotation
from kg.model import Document, Entity
from kg.train.softmax import Choice, fit

FOLDS = 5
_PENALTY, _LEAST = 6.0, 3
_DECIMALS, _NEGLIGIBLE = 2, 0.03


@dataclass(frozen=True, slots=True)
class Article:
    """An annotated article made ready: its references are spans with the ids of those meant."""

    document: Document
    segmented: Segmented
    entities: tuple[Entity, ...]
    references: tuple[tuple[int, int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One annotated reference with the reading's candidates; `right` is none where nobody fitting was in mind."""

    query: Query
    candidates: tuple[Candidate, ...]
    meant: tuple[str, ...]
    right: int | None


def articles(folder: Path, names: Sequence[str], tools: chain.Tools) -> list[Article]:
    """The annotated articles of these names."""
    return [prepared(folder, name, read_annotation(folder, name), tools) for name in names]


def prepared(folder: Path, name: str, gold: Gold, tools: chain.Tools) -> Article:
    """One annotated article with its entities given."""
    document = markdown.read(article_of(folder, name), f"{name}.md")
    entities = given_entities(document, gold, tools.cues)
    ids = {entity.name: entity.id for entity in entities}
    found = sorted(_references(document.text, gold.references, ids))
    return Article(document, tools.segmenter.segment(document), entities, tuple(found))


def _references(
    text: str, references: Sequence[Reference], ids: Mapping[str, str]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for reference in references:
        place = text.find(reference.place)
        start = place + reference.place.find(reference.text)
        names = (reference.entity,) if isinstance(reference.entity, str) else reference.entity
        # Who has no name in the text has an id that no candidate has.
        yield start, start + len(reference.text), tuple(sorted({ids.get(name, "") for name in names}))


def read(article: Article, tools: chain.Tools, *, taught: bool = False) -> Reading:
    """The article read; `taught` says at every annotated reference who is meant instead of asking the weights."""
    known = {(start, end): who for start, end, who in article.references if "" not in who} if taught else {}
    return chain.read(article.document, article.segmented, article.entities, tools, known)[0]


def asked(article: Article, reading: Reading) -> Iterator[Asked | None]:
    """What the reading has in mind at every annotated reference, in order; None where it does not come by."""
    lines = sorted(reading.draft.lines, key=lambda line: (line.text_start, line.start))
    starts = [line.text_start for line in lines]
    clauses = sorted(reading.draft.snapshots)
    for start, end, meant in article.references:
        k = bisect_left(starts, start + 1) - 1
        if k < 0 or start >= lines[k].text_end:
            yield None
            continue
        line = lines[k]
        place = bisect_left(reading.draft.origins, start, line.start, line.end)
        clause = clauses[bisect_left(clauses, place + 1) - 1]
        word = fold(article.document.text[start:end])
        sort, wanted = reading.sort_of(word) if word else ("drop", Wanted())
        snapshot = reading.snapshot(max(clause, line.start))
        query = reading.resolver.query(snapshot, sort, word, (start, end), wanted)
        candidates = tuple(reading.resolver.candidates(query, snapshot))
        members = [tuple(sorted(candidate.members)) for candidate in candidates]
        yield Asked(query, candidates, meant, members.index(meant) if meant in members else None)


def learn(prepared_articles: Sequence[Article], tools: chain.Tools) -> Weights:
    """Weights from articles read twice: once told who is meant, once by weights learned on the other articles.

    The second reading makes the mistakes that come from earlier mistakes, and so teaches what to rely on.
    """
    told = [_choices([a], replace(tools, weights=Weights({})), taught=True) for a in prepared_articles]
    alone: list[Choice] = []
    for k in range(FOLDS):
        others = [c for n, choices in enumerate(told) if n % FOLDS != k for c in choices]
        weights = fitted(others, _PENALTY / 2)
        alone += _choices(prepared_articles[k::FOLDS], replace(tools, weights=weights), taught=False)
    return fitted([c for choices in told for c in choices] + alone, _PENALTY)


def _choices(some: Sequence[Article], tools: chain.Tools, *, taught: bool) -> list[Choice]:
    return [
        Choice([_names(one.query.sort, candidate) for candidate in one.candidates], one.right)
        for article in some
        for one in asked(article, read(article, tools, taught=taught))
        if one is not None and one.right is not None
    ]


def _names(sort: str, candidate: Candidate) -> list[Hashable]:
    names: list[Hashable] = []
    for part in (candidate.always, candidate.alike, candidate.here):
        for kind, value in part.items():
            for one in (value,) if isinstance(value, str) else value:
                names += [(ALL, kind, one), (sort, kind, one)]
    return names


def fitted(choices: Sequence[Choice], penalty: float) -> Weights:
    """The weights that best tell the right candidates of these choices, rounded."""
    found: dict[tuple[str, str, str], float] = fit(choices, penalty=penalty, least=_LEAST)  # type: ignore[assignment]
    tables: dict[str, dict[str, dict[str, float]]] = {}
    for (sort, kind, value), weight in sorted(found.items()):
        if abs(weight) >= _NEGLIGIBLE:
            tables.setdefault(sort, {}).setdefault(kind, {})[value] = round(weight, _DECIMALS)
    return Weights(tables)


def dumps(weights: Weights) -> str:
    """The weights as the text of their file: a line for each table, always in the same order."""
    lines = []
    for sort, tables in sorted(weights.learned.items()):
        rows = [
            f"{json.dumps(kind)}: {json.dumps(dict(sorted(table.items())), ensure_ascii=False, separators=(',', ':'))}"
            for kind, table in sorted(tables.items())
        ]
        lines.append(f"{json.dumps(sort)}: {{\n" + ",\n".join(rows) + "\n}")
    return '{"version": 1,\n"weights": {\n' + ",\n".join(lines) + "\n}}\n"


def train(folder: Path, names: Sequence[str], schemas: Path) -> None:
    """Learn from the annotated articles of these names, and write the weights into a schemas folder."""
    tools = chain.load(schemas)
    weights = learn(articles(folder, sorted(names), tools), tools)
    (schemas / "weights" / "references.json").write_text(dumps(weights), "utf-8", newline="\n")
