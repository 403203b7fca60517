"""Records of many articles → one graph: a pure function, whatever the order of the records."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from kg.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model import Certainty, Entity, Evidence, Metadata, Record, Relation, Statement

S = TypeVar("S", "Support", "Evidence")


@dataclass(frozen=True, slots=True, order=True)
class Support:
    """A quotation of one article that a fact stands on."""

    article: str
    start: int
    end: int
    quote: str
    rule: str


@dataclass(frozen=True, slots=True)
class Node:
    """An entity of the graph; `mentions` counts its mentions by article id, `aliases` are all surface forms, sorted."""

    id: str
    type: str
    kind: str | None
    name: str
    aliases: tuple[str, ...]
    known: bool
    mentions: tuple[tuple[str, int], ...]

    @property
    def mention_count(self) -> int:
        """How often all articles together mention the entity."""
        return sum(count for _, count in self.mentions)


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation with everything that supports it; `id` is a hash of all but confidence and support."""

    id: str
    subject: str
    predicate: str
    object: str
    start: str | None
    end: str | None
    date: str | None
    qualifiers: tuple[tuple[str, str], ...]
    certainty: Certainty
    confidence: float
    support: tuple[Support, ...]

    @property
    def passages(self) -> tuple[Support, ...]:
        """What a reader is shown of the support: what several rules read in one place is there once."""
        by_article = groupby(self.support, key=lambda support: support.article)
        return tuple(passage for _, found in by_article for passage in outermost(found))


@dataclass(frozen=True, slots=True)
class Quote:
    """A statement of the graph; `id` is a hash of article, span and speaker."""

    id: str
    speaker: str
    text: str
    start: int
    end: int
    article: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """The whole graph, keyed and iterated by sorted id."""

    articles: dict[str, Metadata] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    quotes: dict[str, Quote] = field(default_factory=dict)


def build(records: Iterable[Record]) -> Graph:
    """The graph of these records, the same for every order of them.

    Raises ArticleError if two records are of one article, or if a relation or statement names an entity that its
    record does not list.
    """
    articles: dict[str, Metadata] = {}
    entities: defaultdict[str, list[tuple[str, Entity]]] = defaultdict(list)
    relations: defaultdict[str, list[tuple[str, Relation]]] = defaultdict(list)
    statements: defaultdict[str, list[tuple[str, Statement]]] = defaultdict(list)
    for record in records:
        article = record.document.id
        if article in articles:
            raise ArticleError(article, "is there twice; one article may have one record only")
        _check(record)
        articles[article] = record.document
        for entity in record.entities:
            entities[entity.id].append((article, entity))
        for relation in record.relations:
            relations[fact_id(relation)].append((article, relation))
        for statement in record.statements:
            statements[quote_id(article, statement)].append((article, statement))
    return Graph(
        articles=dict(sorted(articles.items())),
        nodes={id_: _node(id_, found) for id_, found in sorted(entities.items())},
        facts={id_: _fact(id_, found) for id_, found in sorted(relations.items())},
        quotes={id_: _quote(id_, found) for id_, found in sorted(statements.items())},
    )


def fact_id(relation: Relation) -> str:
    """16 hexadecimal digits that identify what the relation says, whoever says it and however surely."""
    return short_hash(
        relation.subject,
        relation.predicate,
        relation.object,
        relation.start,
        relation.end,
        relation.date,
        sorted(relation.qualifiers),
        relation.certainty,
    )


def quote_id(article: str, statement: Statement) -> str:
    """16 hexadecimal digits that identify a statement by its place and speaker."""
    return short_hash(article, statement.start, statement.end, statement.speaker)


def outermost(spans: Iterable[S]) -> tuple[S, ...]:
    """The spans of a text that lie within no other, each once, in the order of the text."""
    kept: list[S] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return tuple(kept)


def short_hash(*fields: Any) -> str:
    """16 hexadecimal digits of the SHA-256 of these fields (JSON data)."""
    return hashlib.sha256(_json(fields)).hexdigest()[:16]


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _check(record: Record) -> None:
    ids = {entity.id for entity in record.entities}
    for relation in record.relations:
        for end in (relation.subject, relation.object):
            if end not in ids:
                problem = f"a relation {relation.predicate} names {end!r}, which is not among the record's entities"
                raise ArticleError(record.document.id, problem)
    for statement in record.statements:
        for named in (statement.speaker, *statement.about):
            if named not in ids:
                problem = f"a statement names {named!r}, which is not among the record's entities"
                raise ArticleError(record.document.id, problem)


def _node(id_: str, found: list[tuple[str, Entity]]) -> Node:
    counts: Counter[str] = Counter()
    for article, entity in found:
        counts[article] += len(entity.mentions)
    entities = [entity for _, entity in found]
    type_ = _elect([(entity.type, entity) for entity in entities])
    kinds = [(entity.kind, entity) for entity in entities if entity.kind is not None and entity.type == type_]
    return Node(
        id=id_,
        type=type_,
        kind=_elect(kinds) if kinds else None,
        name=_elect([(entity.name, entity) for entity in entities]),
        aliases=tuple(sorted({alias for entity in entities for alias in entity.aliases})),
        known=any(entity.known for entity in entities),
        mentions=tuple(sorted(counts.items())),
    )


def _elect(candidates: list[tuple[str, Entity]]) -> str:
    """The value on which the articles agree most: the lexicon's first, then by mentions, then the smallest."""
    votes: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for value, entity in candidates:
        vote = votes[value]
        vote[0] += entity.known
        vote[1] += len(entity.mentions)
    return min(votes, key=lambda value: (-votes[value][0], -votes[value][1], value))


def _fact(id_: str, found: list[tuple[str, Relation]]) -> Fact:
    first = found[0][1]
    return Fact(
        id=id_,
        subject=first.subject,
        predicate=first.predicate,
        object=first.object,
        start=first.start,
        end=first.end,
        date=first.date,
        qualifiers=tuple(sorted(first.qualifiers)),
        certainty=first.certainty,
        # The surest reading, not 1 - ∏(1 - c): one extractor repeats its own mistakes, so its readings are not
        # independent, and a maximum stays as well calibrated as the readings are.
        confidence=max(relation.confidence for _, relation in found),
        support=tuple(
            sorted(
                {
                    Support(article, evidence.start, evidence.end, evidence.text, evidence.rule)
                    for article, relation in found
                    for evidence in relation.evidence
                }
            )
        ),
    )


def _quote(id_: str, found: list[tuple[str, Statement]]) -> Quote:
    article, first = found[0]
    return Quote(
        id=id_,
        speaker=first.speaker,
        text=first.text,
        start=first.start,
        end=first.end,
        article=article,
        about=tuple(sorted({id_ for _, statement in found for id_ in statement.about})),
    )
