"""Records of many articles → one graph: a pure function, whatever the order of the records."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Certainty, Metadata


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

    articles: dict[str, Metadata]
    nodes: dict[str, Node]
    facts: dict[str, Fact]
    quotes: dict[str, Quote]
