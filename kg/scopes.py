"""Parts of a graph that one may want to look at alone: an article, some years, some types, the ways between two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg import explore
from kg.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.graph import Fact


def of_articles(graph: Graph, ids: Collection[str]) -> Graph:
    """What these articles tell: entities, facts and statements with what they say of them. Raises KeyError."""
    articles = {id_: graph.articles[id_] for id_ in sorted(set(ids))}
    nodes = {
        id_: replace(node, mentions=tuple(pair for pair in node.mentions if pair[0] in articles))
        for id_, node in graph.nodes.items()
        if any(article in articles for article, _ in node.mentions)
    }
    facts = {
        id_: replace(fact, support=tuple(support for support in fact.support if support.article in articles))
        for id_, fact in graph.facts.items()
        if any(support.article in articles for support in fact.support)
    }
    ends = {end for fact in facts.values() for end in (fact.subject, fact.object)}
    quotes = {id_: quote for id_, quote in graph.quotes.items() if quote.article in articles}
    ends |= {end for quote in quotes.values() for end in (quote.speaker, *quote.about)}
    # An entity may be meant by an article that never writes its name.
    meant = {id_: replace(graph.nodes[id_], mentions=()) for id_ in ends - nodes.keys()}
    return Graph(articles=articles, nodes=dict(sorted((nodes | meant).items())), facts=facts, quotes=quotes)


def of_years(graph: Graph, first: int | None, last: int | None) -> Graph:
    """The facts that hold in a year from `first` to `last` (None: open), with the entities they are about.

    Facts without a year are left out; a fact with one open end counts for the year that is known. Statements have the
    year of their article.
    """

    def inside(begin: int, end: int) -> bool:
        return (last is None or begin <= last) and (first is None or end >= first)

    facts = {}
    for id_, fact in graph.facts.items():
        years = _years(fact)
        if years and inside(*years):
            facts[id_] = fact
    dates = {id_: article.date for id_, article in graph.articles.items()}
    quotes = {
        id_: quote
        for id_, quote in graph.quotes.items()
        if (date := dates[quote.article]) and inside(int(date[:4]), int(date[:4]))
    }
    kept = {end for fact in facts.values() for end in (fact.subject, fact.object)}
    kept |= {quote.speaker for quote in quotes.values()}
    return explore.part(replace(graph, facts=facts, quotes=quotes), kept)


def of_types(graph: Graph, types: Collection[str]) -> Graph:
    """The entities of these types, and the facts and statements among them."""
    return explore.part(graph, {id_ for id_, node in graph.nodes.items() if node.type in types})


def between(graph: Graph, start: str, end: str, limit: int = 3) -> Graph:
    """The entities and facts on up to `limit` ways between two entity ids; empty if nothing connects them."""
    ways = explore.routes(graph, start, end, limit)
    facts = {fact.id: fact for way in ways for hop in way.hops for fact in hop}
    kept = {id_ for way in ways for id_ in way.nodes}
    return explore.part(replace(graph, facts=dict(sorted(facts.items()))), kept)


def _years(fact: Fact) -> tuple[int, int] | None:
    known = [int(date[:4]) for date in (fact.date, fact.start, fact.end) if date]
    if not known:
        return None
    return known[0], int(fact.end[:4]) if fact.end else known[0]
