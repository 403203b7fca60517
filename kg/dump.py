"""A graph as plain data, and as text that is the same for every store: one line for each thing, in one order."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import Fact, Graph, Node, Quote
    from kg.model import Metadata


def lines(graph: Graph) -> Iterator[str]:
    """The canonical dump: JSON `{kind: values}` for every article, entity, fact and statement, each sorted by id."""
    for kind, items in (
        ("article", map(article, graph.articles.values())),
        ("entity", map(entity, graph.nodes.values())),
        ("fact", map(fact, graph.facts.values())),
        ("statement", map(statement, graph.quotes.values())),
    ):
        for values in items:
            # ASCII alone: whatever an article holds, a line is a line and can be written.
            yield json.dumps({kind: values}, sort_keys=True, separators=(",", ":")) + "\n"


def digest(graph: Graph) -> str:
    """The SHA-256 of the canonical dump; two graphs have the same if and only if they hold the same."""
    hashed = hashlib.sha256()
    for line in lines(graph):
        hashed.update(line.encode("ascii"))
    return hashed.hexdigest()


def article(item: Metadata) -> dict[str, Any]:
    """The article's values by their names."""
    return {
        "id": item.id,
        "path": item.path,
        "sha256": item.sha256,
        "title": item.title,
        "date": item.date,
        "language": item.language,
        "source_url": item.source_url,
        "source_name": item.source_name,
        "tags": list(item.tags),
    }


def entity(node: Node) -> dict[str, Any]:
    """The entity's values; `mentions` counts them by article."""
    return {
        "id": node.id,
        "type": node.type,
        "kind": node.kind,
        "name": node.name,
        "aliases": list(node.aliases),
        "known": node.known,
        "mentions": dict(node.mentions),
    }


def fact(item: Fact) -> dict[str, Any]:
    """The fact's values, with its evidence as a list."""
    return {
        "id": item.id,
        "subject": item.subject,
        "predicate": item.predicate,
        "object": item.object,
        "start": item.start,
        "end": item.end,
        "date": item.date,
        "qualifiers": dict(item.qualifiers),
        "certainty": item.certainty,
        "confidence": float(item.confidence),
        "evidence": [
            {"article": s.article, "start": s.start, "end": s.end, "quote": s.quote, "rule": s.rule}
            for s in item.support
        ],
    }


def statement(quote: Quote) -> dict[str, Any]:
    """The statement's values."""
    return {
        "id": quote.id,
        "speaker": quote.speaker,
        "text": quote.text,
        "article": quote.article,
        "start": quote.start,
        "end": quote.end,
        "about": list(quote.about),
    }
