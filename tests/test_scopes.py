from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import scopes
from kg.graph import Graph, Support, build
from kg.model import Record
from tests.small_graph import small
from tests.strategies import corpora


def check(whole: Graph, part: Graph) -> None:
    """Nothing that is not in the whole, and nothing that leads out of the part."""
    assert set(part.nodes) <= set(whole.nodes)
    assert set(part.articles) <= set(whole.articles)
    for id_, fact in part.facts.items():
        assert {fact.subject, fact.object} <= set(part.nodes)
        assert set(fact.support) <= set(whole.facts[id_].support)
        assert {support.article for support in fact.support} <= set(part.articles)
    for quote in part.quotes.values():
        assert {quote.speaker, *quote.about} <= set(part.nodes)
        assert quote.article in part.articles
    for group in (part.articles, part.nodes, part.facts, part.quotes):
        assert list(group) == sorted(group)


@settings(deadline=None)  # the first one imports what finds ways
@given(corpora, st.data())
def test_every_part_is_a_graph_of_its_own(corpus: list[Record], data: st.DataObject) -> None:
    whole = build(corpus)
    articles = data.draw(st.sets(st.sampled_from(sorted(whole.articles)))) if whole.articles else set()
    check(whole, scopes.of_articles(whole, articles))
    types = data.draw(st.sets(st.sampled_from(["Person", "Organization", "Model"])))
    check(whole, scopes.of_types(whole, types))
    check(whole, scopes.of_years(whole, data.draw(st.none() | st.integers(1990, 2030)), None))
    if len(whole.nodes) > 1:
        first, last = data.draw(st.permutations(sorted(whole.nodes)))[:2]
        check(whole, scopes.between(whole, first, last))


def test_all_articles_tell_everything() -> None:
    graph = small()
    assert scopes.of_articles(graph, graph.articles).facts == graph.facts


def test_an_article_keeps_its_own_evidence_alone() -> None:
    graph = small()
    support = (Support("a.md", 0, 1, "甲", "rule"), Support("b.md", 0, 1, "乙", "rule"))
    graph = replace(graph, facts={**graph.facts, "f4": replace(graph.facts["f4"], support=support)})
    part = scopes.of_articles(graph, ["b.md"])
    assert list(part.facts) == ["f4"]
    assert part.facts["f4"].support == support[1:]
    assert part.quotes == {}
    assert {article for node in part.nodes.values() for article, _ in node.mentions} == {"b.md"}
    with pytest.raises(KeyError):
        scopes.of_articles(graph, ["c.md"])


@pytest.mark.parametrize(
    ("first", "last", "facts"),
    [
        (2019, 2019, ["f1"]),
        (2021, 2022, ["f3"]),
        (2023, None, ["f3", "f4", "f6"]),
        (None, 2020, ["f1", "f3"]),
        (1900, 1901, []),
    ],
)
def test_years(first: int | None, last: int | None, facts: list[str]) -> None:
    assert list(scopes.of_years(small(), first, last).facts) == facts


def test_statements_have_the_year_of_their_article() -> None:
    assert list(scopes.of_years(small(), 2026, 2026).quotes) == ["q1"]
    assert list(scopes.of_years(small(), 2025, 2025).quotes) == []


def test_types_and_ways() -> None:
    assert list(scopes.of_types(small(), ["Person", "Place"]).facts) == []
    assert list(scopes.of_types(small(), ["Person", "Organization"]).facts) == ["f1", "f2", "f3"]
    way = scopes.between(small(), "person/wei", "organization/tide")
    assert list(way.facts) == ["f3", "f4", "f6"]
    assert scopes.between(small(), "award/dusk", "place/tainan") == Graph()
