"""Figures of a corpus, and of the agreement between two, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from kg.cli.cards import other_label, predicate_label, type_label
from kg.cli.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rich.console import RenderableType

    from kg.ontology import Ontology

_GROUPS = ("by_split", "by_density", "by_script", "by_genre")
_MEASURES = ("entity", "entity_any", "relation", "relation_any", "statement")
_SHARES = ("required_first", "found_by_second", "required_second", "found_by_first")


def stats_tables(figures: Mapping[str, Any], ontology: Ontology) -> Iterator[RenderableType]:
    """Yield the figures of `corpus.stats.count`."""
    yield Text(say("corpus", articles=figures["articles"], characters=f"{figures['characters']:,}"), "bold")
    share = figures["invented_share"]
    yield Text(
        say(
            "corpus_more",
            entities=f"{figures['entities']:,}",
            invented="–" if share is None else f"{share:.0%}",
            required=f"{figures['required_relations']:,}",
            optional=f"{figures['optional_relations']:,}",
            forbidden=f"{figures['forbidden_relations']:,}",
            statements=f"{figures['statements']:,}",
            references=f"{figures['references']:,}",
        )
    )
    for title, key, label in (
        ("entity_type", "by_type", type_label),
        ("relation_type", "by_predicate", predicate_label),
    ):
        yield _counts(
            say(title),
            {f"{name}  {other_label(label(ontology, name), name)}".rstrip(): row for name, row in figures[key].items()},
        )
    for key in _GROUPS:
        if figures.get(key):
            yield _counts(say(key), figures[key])


def agreement_tables(figures: Mapping[str, Any], first: Path, second: Path) -> Iterator[RenderableType]:
    """Yield the figures of `corpus.agreement.to_json` about these two folders."""
    title = say("agreement", articles=figures["articles"], first=first, second=second)
    yield _shares(title, {name: figures[name] for name in _MEASURES})
    times = ["–" if rate is None else f"{rate:.3f}" for rate in figures["time"]]
    told = figures["forbidden"]
    yield Text(say("agreement_more", second=times[0], first=times[1], told_second=told[0], told_first=told[1]))
    yield _shares(say("score_types"), figures["per_type"])
    yield _shares(say("score_predicates"), figures["per_predicate"])


def _counts(title: str, rows: Mapping[str, Mapping[str, int]]) -> Table:
    table = _table(title, *(say(f"column_{name}") for name in next(iter(rows.values()))))
    for name, row in rows.items():
        table.add_row(name, *(f"{number:,}" for number in row.values()))
    return table


def _shares(title: str, rows: Mapping[str, Mapping[str, float]]) -> Table:
    table = _table(title, *(say(f"column_{name}") for name in _SHARES), "F1")
    for name, row in rows.items():
        cells = (str(value) if isinstance(value, int) else f"{value:.3f}" for value in (row[key] for key in _SHARES))
        table.add_row(name, *cells, f"{row['f1']:.3f}")
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.title, table.title_justify, table.title_style = title, "left", "bold"
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table
