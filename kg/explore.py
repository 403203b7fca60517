"""Questions to a graph in memory: who is meant by a name, how two entities are connected, what surrounds one."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from kg.fold import fold
from kg.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    import networkx as nx

    from kg.graph import Fact, Node

# Written between the parts of a foreign name, or not at all; NFKC has already made the half-width one full-width.
_INTERPUNCTS = "·・‧•∙"


@dataclass(frozen=True, slots=True)
class Route:
    """A way from one entity to another: n entity ids, and for each of the n - 1 hops its facts, the surest first."""

    nodes: tuple[str, ...]
    hops: tuple[tuple[Fact, ...], ...]


def find(graph: Graph, name: str, schemas: Path | None = None) -> tuple[Node, ...]:
    """The entities that bear this name, alias or id, the most mentioned first; else those that the lexicon names so.

    Full and half width, case, spaces, interpuncts, and Traditional or Simplified form do not matter; the rest of the
    name must agree. `schemas` is the folder of the lexicon (default: the shipped one). Raises SchemaError.
    """
    wanted = _plain(fold(name))
    listed = [(node, name) for node in graph.nodes.values() for name in (node.name, *node.aliases, node.id)]
    # All names in one piece: the converter is called once.
    folded = fold("\n".join(" ".join(name.split()) for _, name in listed)).split("\n")
    found = {node.id for (node, _), name in zip(listed, folded, strict=False) if _plain(name) == wanted}
    ids = found or _ids_in_lexicon(wanted, schemas) & graph.nodes.keys()
    return tuple(sorted((graph.nodes[id_] for id_ in ids), key=lambda node: (-node.mention_count, node.id)))


def routes(graph: Graph, start: str, end: str, limit: int = 3) -> tuple[Route, ...]:
    """Up to `limit` ways between two entity ids, the most telling first; none if they are unconnected or the same.

    Facts are followed in both directions. Every hop costs one plus the logarithms of its ends' degrees, so that a way
    through little-known entities comes before one through a hub, which connects everything. Raises KeyError if an id
    is not in the graph.
    """
    import networkx as nx  # noqa: PLC0415 - heavy, and most commands do without it

    start, end = graph.nodes[start].id, graph.nodes[end].id
    if start == end:
        return ()
    facts = _facts_by_pair(graph)
    paths = nx.shortest_simple_paths(_weighted(graph, facts), start, end, weight="weight")
    try:
        nodes = [tuple(path) for path in islice(paths, limit)]
    except nx.NetworkXNoPath:
        return ()
    return tuple(Route(path, tuple(tuple(facts[_pair(a, b)]) for a, b in pairwise(path))) for path in nodes)


def neighbourhood(graph: Graph, ids: Iterable[str], hops: int) -> Graph:
    """The entities at most `hops` facts away from `ids`, with the facts, statements and articles among them.

    A statement is kept with its speaker and loses the entities that are not. Raises KeyError if an id is not there.
    """
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    for fact in graph.facts.values():
        neighbours[fact.subject].add(fact.object)
        neighbours[fact.object].add(fact.subject)
    kept = {graph.nodes[id_].id for id_ in ids}
    edge = kept
    for _ in range(hops):
        edge = {near for id_ in edge for near in neighbours[id_]} - kept
        kept = kept | edge
    return part(graph, kept)


def part(graph: Graph, kept: Collection[str]) -> Graph:
    """The entities with these ids, with the facts, statements and articles among them.

    A statement is kept with its speaker and loses the entities that are not.
    """
    nodes = {id_: node for id_, node in graph.nodes.items() if id_ in kept}
    facts = {id_: fact for id_, fact in graph.facts.items() if fact.subject in kept and fact.object in kept}
    quotes = {
        id_: replace(quote, about=tuple(named for named in quote.about if named in kept))
        for id_, quote in graph.quotes.items()
        if quote.speaker in kept
    }
    cited = {article for node in nodes.values() for article, _ in node.mentions}
    cited |= {support.article for fact in facts.values() for support in fact.support}
    cited |= {quote.article for quote in quotes.values()}
    articles = {id_: article for id_, article in graph.articles.items() if id_ in cited}
    return Graph(articles=articles, nodes=nodes, facts=facts, quotes=quotes)


def _ids_in_lexicon(wanted: str, schemas: Path | None) -> set[str]:
    from kg import lexicon  # noqa: PLC0415 - it costs more than most questions, and few need it

    known = lexicon.load(schemas)
    return {
        known.entries[index].key
        for name, bearers in known.owners.items()
        if _plain(name) == wanted
        for index, _ in bearers
    }


def _plain(name: str) -> str:
    """The name without what does not matter; it has been folded before."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in plain if not char.isspace() and char not in _INTERPUNCTS)


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _facts_by_pair(graph: Graph) -> dict[tuple[str, str], list[Fact]]:
    facts: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in graph.facts.values():
        if fact.subject != fact.object:
            facts[_pair(fact.subject, fact.object)].append(fact)
    for between in facts.values():
        between.sort(key=lambda fact: (-fact.confidence, fact.id))
    return facts


def _weighted(graph: Graph, facts: dict[tuple[str, str], list[Fact]]) -> nx.Graph[str]:
    import networkx as nx  # noqa: PLC0415 - heavy, and most commands do without it

    simple: nx.Graph[str] = nx.Graph()
    simple.add_nodes_from(graph.nodes)
    simple.add_edges_from(sorted(facts))
    for a, b, data in simple.edges(data=True):
        data["weight"] = 1 + math.log2(simple.degree(a)) + math.log2(simple.degree(b))
    return simple
