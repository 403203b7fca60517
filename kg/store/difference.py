"""From one graph to another: which nodes and relationships of the property graph to delete, change and create.

The property graph: facts are the truth, typed relationships their projection.

    (:Article {id, path, sha256, title, date, language, url, sourceName, tags})
    (:Entity:<Type>[:<Kind>] {id, type, kind, name, aliases, known})
    (:Entity)-[:<PREDICATE> {factId, start, end, date, certainty, confidence, evidenceCount, <qualifiers>}]->(:Entity)
    (:Fact {id, predicate, start, end, date, certainty, confidence, evidenceCount, qualifiers: JSON text})
    (:Fact)-[:SUBJECT|OBJECT]->(:Entity)
    (:Fact)-[:SUPPORTED_BY]->(:Evidence {id, quote, start, end, rule})-[:IN_ARTICLE]->(:Article)
    (:Entity)-[:MENTIONED_IN {count}]->(:Article)
    (:Statement {id, text, start, end})-[:SAID_BY|ABOUT]->(:Entity), (:Statement)-[:IN_ARTICLE]->(:Article)

Articles, entities, evidence and statements also have `search`: their words in both scripts, for the full-text indexes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from kg.fold import in_both_scripts
from kg.graph import short_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.graph import Fact, Graph, Node, Quote, Support
    from kg.model import Metadata
    from kg.store.vocabulary import Vocabulary

Row = dict[str, Any]
T = TypeVar("T")


class RelationKind(NamedTuple):
    """A type of relationship with the labels of its ends."""

    start: str
    type: str
    end: str


MENTIONED_IN = RelationKind("Entity", "MENTIONED_IN", "Article")
SUBJECT = RelationKind("Fact", "SUBJECT", "Entity")
OBJECT = RelationKind("Fact", "OBJECT", "Entity")
SUPPORTED_BY = RelationKind("Fact", "SUPPORTED_BY", "Evidence")
EVIDENCE_IN = RelationKind("Evidence", "IN_ARTICLE", "Article")
SAID_BY = RelationKind("Statement", "SAID_BY", "Entity")
ABOUT = RelationKind("Statement", "ABOUT", "Entity")
STATEMENT_IN = RelationKind("Statement", "IN_ARTICLE", "Article")


def _lists() -> defaultdict[Any, list[Any]]:
    return defaultdict(list)


@dataclass(frozen=True, slots=True)
class Difference:
    """What to do, in this order; nodes take their relationships along when they go.

    Relationships are rows {start, end, properties}, ends by id; `relations_gone` of a fact have {factId} in properties.
    """

    relations_gone: defaultdict[RelationKind, list[Row]] = field(default_factory=_lists)
    nodes_gone: defaultdict[str, list[str]] = field(default_factory=_lists)
    nodes_changed: defaultdict[str, list[Row]] = field(default_factory=_lists)
    nodes_new: defaultdict[tuple[str, ...], list[Row]] = field(default_factory=_lists)
    relations_new: defaultdict[RelationKind, list[Row]] = field(default_factory=_lists)


def difference(old: Graph, new: Graph, vocabulary: Vocabulary) -> Difference:
    """Return what turns a store that holds `old` into one that holds `new`, sorted by id within each kind.

    Raises StoreError if `new` uses a type that the vocabulary lacks, and UnknownNameError if `old` does.
    """
    result = Difference()
    # An entity with other labels goes and comes again, with all that hangs on it: the embedded engine cannot take one
    # label and give another in one transaction.
    renewed = frozenset(
        id_
        for id_, node in new.nodes.items()
        if id_ in old.nodes and (old.nodes[id_].type, old.nodes[id_].kind) != (node.type, node.kind)
    )
    _articles(result, old.articles, new.articles)
    _entities(result, old, new, renewed, vocabulary)
    _facts(result, old, new, renewed, vocabulary)
    _statements(result, old, new, renewed)
    return result


def _articles(result: Difference, old: dict[str, Metadata], new: dict[str, Metadata]) -> None:
    for before, after in _pairs(old, new):
        if before == after:
            continue
        if after is None and before is not None:
            result.nodes_gone["Article"].append(before.id)
        elif after is not None and before is None:
            result.nodes_new["Article",].append(_article_row(after))
        elif after is not None:
            result.nodes_changed["Article"].append(_article_row(after))


def _entities(result: Difference, old: Graph, new: Graph, renewed: frozenset[str], vocabulary: Vocabulary) -> None:
    for before, after in _pairs(old.nodes, new.nodes):
        if before == after:
            continue
        kept = before
        if before is not None and (after is None or before.id in renewed):
            result.nodes_gone["Entity"].append(before.id)
            kept = None
        if after is None:
            continue
        row = {key: getattr(after, key) for key in ("id", "type", "kind", "name", "known")}
        row["aliases"] = list(after.aliases)
        row["search"] = in_both_scripts("\n".join(dict.fromkeys((after.name, *after.aliases))))
        if kept is None:
            result.nodes_new[vocabulary.labels(after)].append(row)
        else:
            result.nodes_changed["Entity"].append(row)
        _mentions(result, kept, after, new.articles)


def _mentions(result: Difference, before: Node | None, after: Node, articles: dict[str, Metadata]) -> None:
    earlier, now = dict(before.mentions) if before else {}, dict(after.mentions)
    for article in sorted(earlier.keys() | now.keys()):
        if earlier.get(article) == now.get(article):
            continue
        if article in earlier and article in articles:
            result.relations_gone[MENTIONED_IN].append(_relation(after.id, article))
        if article in now:
            result.relations_new[MENTIONED_IN].append(_relation(after.id, article, count=now[article]))


def _facts(result: Difference, old: Graph, new: Graph, renewed: frozenset[str], vocabulary: Vocabulary) -> None:
    staying = new.nodes.keys() - renewed
    for before, after in _pairs(old.facts, new.facts):
        if before == after and before is not None and not renewed.intersection((before.subject, before.object)):
            continue
        if before is not None:
            result.nodes_gone["Fact"].append(before.id)
            result.nodes_gone["Evidence"] += [_evidence_id(before, support) for support in before.support]
            if before.subject in staying and before.object in staying:
                kind = RelationKind("Entity", vocabulary.stored_predicate(before), "Entity")
                result.relations_gone[kind].append(_relation(before.subject, before.object, factId=before.id))
        if after is not None:
            _new_fact(result, after, vocabulary)


def _new_fact(result: Difference, fact: Fact, vocabulary: Vocabulary) -> None:
    kind = RelationKind("Entity", vocabulary.predicate(fact), "Entity")
    shared = {key: getattr(fact, key) for key in ("start", "end", "date", "certainty", "confidence")}
    shared["evidenceCount"] = len(fact.support)
    qualifiers = dict(fact.qualifiers)
    result.nodes_new["Fact",].append(
        # A property cannot be a map.
        {"id": fact.id, "predicate": fact.predicate, **shared, "qualifiers": json.dumps(qualifiers, ensure_ascii=False)}
    )
    result.relations_new[SUBJECT].append(_relation(fact.id, fact.subject))
    result.relations_new[OBJECT].append(_relation(fact.id, fact.object))
    properties = {**qualifiers, "factId": fact.id, **shared}
    result.relations_new[kind].append(_relation(fact.subject, fact.object, **properties))
    for id_, article, evidence in _evidence(fact):
        result.nodes_new["Evidence",].append(evidence)
        result.relations_new[SUPPORTED_BY].append(_relation(fact.id, id_))
        result.relations_new[EVIDENCE_IN].append(_relation(id_, article))


def _evidence(fact: Fact) -> Iterator[tuple[str, str, Row]]:
    """Yield id, article and properties of the fact's evidence; each fact has its own, even for the same words."""
    for support in fact.support:
        id_ = _evidence_id(fact, support)
        row = {"id": id_, "quote": support.quote, "start": support.start, "end": support.end, "rule": support.rule}
        yield id_, support.article, {**row, "search": in_both_scripts(support.quote)}


def _evidence_id(fact: Fact, support: Support) -> str:
    return short_hash(fact.id, support.article, support.start, support.end, support.quote, support.rule)


def _statements(result: Difference, old: Graph, new: Graph, renewed: frozenset[str]) -> None:
    for before, after in _pairs(old.quotes, new.quotes):
        if before == after and before is not None and not renewed.intersection((before.speaker, *before.about)):
            continue
        if before is not None:
            result.nodes_gone["Statement"].append(before.id)
        if after is not None:
            result.nodes_new["Statement",].append(_statement_row(after))
            result.relations_new[SAID_BY].append(_relation(after.id, after.speaker))
            result.relations_new[STATEMENT_IN].append(_relation(after.id, after.article))
            result.relations_new[ABOUT] += [_relation(after.id, named) for named in after.about]


def _pairs(old: dict[str, T], new: dict[str, T]) -> Iterator[tuple[T | None, T | None]]:
    """Yield what each id stands for before and after, None where it is not."""
    for id_ in sorted(old.keys() | new.keys()):
        yield old.get(id_), new.get(id_)


def _article_row(article: Metadata) -> Row:
    return {
        "id": article.id,
        "path": article.path,
        "sha256": article.sha256,
        "title": article.title,
        "date": article.date,
        "language": article.language,
        "url": article.source_url,
        "sourceName": article.source_name,
        "tags": list(article.tags),
        "search": in_both_scripts(article.title),
    }


def _statement_row(quote: Quote) -> Row:
    words = in_both_scripts(quote.text)
    return {"id": quote.id, "text": quote.text, "start": quote.start, "end": quote.end, "search": words}


def _relation(start: str, end: str, /, **properties: Any) -> Row:
    return {"start": start, "end": end, "properties": properties}
