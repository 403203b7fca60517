"""Learns from annotated references who is meant: the weights of `schemas/weights/references.json`."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import replace

from kg.corpus.references import Article, asked, read
from kg.extract import chain
from kg.extract.referents import ALL, Candidate, Weights
from kg.train.lessons import FOLDS
from kg.train.softmax import Choice, fit

_PENALTY, _LEAST = 6.0, 3
_DECIMALS, _NEGLIGIBLE = 2, 0.03


def learn(prepared_articles: Sequence[Article], tools: chain.Tools) -> Weights:
    """Weights from articles read twice: once told who is meant, once by weights learned on the other articles.

    The second reading makes the mistakes that come from earlier mistakes, and so teaches what to rely on.
    """
    told = [_choices([a], replace(tools, referents=Weights({})), taught=True) for a in prepared_articles]
    alone: list[Choice] = []
    for k in range(FOLDS):
        others = [c for n, choices in enumerate(told) if n % FOLDS != k for c in choices]
        weights = fitted(others, _PENALTY / 2)
        alone += _choices(prepared_articles[k::FOLDS], replace(tools, referents=weights), taught=False)
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
    for kind, value in candidate.evidence().items():
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
