from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ArticleError
from kg.explore import find, neighbourhood, routes
from kg.graph import Fact, Graph, Support, build
from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation, Statement
from tests.strategies import corpora, records

if TYPE_CHECKING:
    from random import Random


def article(
    name: str, *entities: Entity, relations: tuple[Relation, ...] = (), statements: tuple[Statement, ...] = ()
) -> Record:
    document = Metadata(f"{name}.md", f"{name}.md", "0" * 64, name, None, "zh-Hant", None, None, ())
    return Record(document, entities, relations, statements)


def entity(id_: str, *aliases: str, mentions: int = 1, known: bool = False, kind: str | None = None) -> Entity:
    spans = tuple(Mention(10 * n, 10 * n + 1, "x") for n in range(mentions))
    type_ = id_.partition("/")[0].capitalize()
    return Entity(id_, type_, aliases[0] if aliases else id_, kind, tuple(sorted(aliases)), known, spans)


def relation(subject: str, predicate: str, object_: str, confidence: float = 0.5, start: str | None = None) -> Relation:
    evidence = (Evidence(0, 5, "words", "rule"),)
    return Relation(subject, predicate, object_, start, None, None, (), "stated", confidence, evidence)


def chain(*pairs: str) -> Graph:
    """People named by letters who advised each other: "ab" is a advised b."""
    people = sorted({f"person/{letter}" for pair in pairs for letter in pair})
    facts = tuple(relation(f"person/{a}", "ADVISED", f"person/{b}") for a, b in map(tuple, pairs))
    return build([article("one", *(entity(id_) for id_ in people), relations=facts)])


@given(corpora, st.randoms())
def test_the_order_of_the_records_does_not_matter(corpus: list[Record], random: Random) -> None:
    shuffled = list(corpus)
    random.shuffle(shuffled)
    one, other = build(corpus), build(shuffled)
    assert one == other
    for part in ("articles", "nodes", "facts", "quotes"):
        assert list(getattr(one, part)) == list(getattr(other, part)) == sorted(getattr(one, part))


@given(corpora)
def test_nothing_dangles_and_nothing_is_lost(corpus: list[Record]) -> None:
    graph = build(corpus)
    assert set(graph.articles) == {record.document.id for record in corpus}
    assert set(graph.nodes) == {entity.id for record in corpus for entity in record.entities}
    for fact in graph.facts.values():
        assert {fact.subject, fact.object} <= set(graph.nodes)
        assert fact.support
    for quote in graph.quotes.values():
        assert {quote.speaker, *quote.about} <= set(graph.nodes)
    said = {(s.article, s.start, s.end, s.quote, s.rule) for f in graph.facts.values() for s in f.support}
    assert said == {
        (record.document.id, e.start, e.end, e.text, e.rule)
        for record in corpus
        for r in record.relations
        for e in r.evidence
    }


@given(records())
def test_one_article_twice_is_refused(record: Record) -> None:
    with pytest.raises(ArticleError, match="twice"):
        build([record, replace(record, entities=(), relations=(), statements=())])


def test_a_relation_to_nowhere_is_refused() -> None:
    with pytest.raises(ArticleError, match=r"one\.md: .*FOUNDED.*organization/x"):
        build([article("one", entity("person/a"), relations=(relation("person/a", "FOUNDED", "organization/x"),))])


def test_a_statement_by_nobody_is_refused() -> None:
    with pytest.raises(ArticleError, match="person/b"):
        build([article("one", entity("person/a"), statements=(Statement("person/b", "x", 0, 1, ()),))])


def test_facts_merge_only_when_they_say_the_same() -> None:
    def told(name: str, *facts: Relation) -> Record:
        return article(name, entity("person/a"), entity("organization/x"), relations=facts)

    same = ("person/a", "WORKED_AT", "organization/x")
    graph = build([told("one", relation(*same, 0.5)), told("two", relation(*same, 0.9), relation(*same, start="2019"))])
    undated, dated = sorted(graph.facts.values(), key=lambda fact: fact.start or "")
    assert undated.confidence == 0.9
    assert undated.support == (Support("one.md", 0, 5, "words", "rule"), Support("two.md", 0, 5, "words", "rule"))
    assert (dated.start, dated.confidence) == ("2019", 0.5)


def test_the_order_of_qualifiers_says_nothing() -> None:
    one = relation("person/a", "ADVISED", "person/a")
    there, back = (("role", "x"), ("score", "y")), (("score", "y"), ("role", "x"))
    facts = [replace(one, qualifiers=qualifiers) for qualifiers in (there, back)]
    graph = build([article("one", entity("person/a"), relations=tuple(facts))])
    assert [fact.qualifiers for fact in graph.facts.values()] == [there]


def test_the_lexicon_then_the_majority_decides_a_name() -> None:
    def name(*entities: Entity) -> str:
        graph = build(article(str(n), entity) for n, entity in enumerate(entities))
        return graph.nodes["organization/x"].name

    x = "organization/x"
    assert name(entity(x, "often", mentions=9), entity(x, "known", known=True)) == "known"
    assert name(entity(x, "often", mentions=9), entity(x, "seldom", mentions=8)) == "often"
    assert name(entity(x, "b"), entity(x, "a")) == "a"


def test_any_kind_is_better_than_none() -> None:
    graph = build(
        [article("one", entity("organization/x", mentions=9)), article("two", entity("organization/x", kind="lab"))]
    )
    node = graph.nodes["organization/x"]
    assert (node.kind, node.mentions, node.mention_count) == ("lab", (("one.md", 9), ("two.md", 1)), 10)


def test_ids_are_pinned_because_stored_graphs_depend_on_them() -> None:
    graph = build(
        [
            article(
                "one",
                entity("person/a"),
                relations=(relation("person/a", "ADVISED", "person/a"),),
                statements=(Statement("person/a", "words", 0, 5, ()),),
            )
        ]
    )
    assert list(graph.facts) == ["554af306a9710251"]
    assert list(graph.quotes) == ["1dd7a71eb2743460"]


@pytest.mark.parametrize("name", ["Yi Tay", "yi tay", "YiTay", "Yi·Tay", "Ｙｉ　Ｔａｙ", "鄭怡", "person/yi-tay"])
def test_found_by_any_name_however_it_is_written(name: str) -> None:
    graph = build([article("one", entity("person/yi-tay", "Yi Tay", "鄭怡"), entity("person/yi", "Yi"))])
    assert [node.id for node in find(graph, name)] == ["person/yi-tay"]


def test_the_most_mentioned_bearer_of_a_name_comes_first() -> None:
    graph = build([article("one", entity("model/x", "Gemini"), entity("product/x", "Gemini", mentions=3))])
    assert [node.id for node in find(graph, "gemini")] == ["product/x", "model/x"]
    assert find(graph, "gem") == ()


@pytest.mark.parametrize("name", ["聯發科", "联发科", "聯發科技", "联发科技", "mediatek"])
def test_found_in_either_script_and_by_names_of_the_lexicon(name: str) -> None:
    graph = build([article("one", entity("organization/聯發科", "聯發科"), entity("person/yi", "Yi"))])
    assert [node.id for node in find(graph, name)] == ["organization/聯發科"]
    assert find(graph, "谷歌") == ()


def test_the_names_of_the_graph_come_before_those_of_the_lexicon() -> None:
    graph = build([article("one", entity("person/x", "谷歌"), entity("organization/google", "Google"))])
    assert [node.id for node in find(graph, "谷歌")] == ["person/x"]


def test_a_passage_that_several_rules_read_is_shown_once() -> None:
    places = ((0, 9, "x"), (0, 9, "y"), (2, 9, "z"), (2, 12, "z"), (20, 22, "x"))
    readings = tuple(Support(article, a, b, "字", rule) for article in ("a.md", "b.md") for a, b, rule in places)
    fact = Fact("f", "person/a", "ADVISED", "person/b", None, None, None, (), "stated", 0.9, readings)
    assert [(passage.article, passage.start, passage.end) for passage in fact.passages] == [
        (article, *span) for article in ("a.md", "b.md") for span in ((0, 9), (2, 12), (20, 22))
    ]


def test_a_route_avoids_the_hub() -> None:
    hub = [f"h{letter}" for letter in "asdfgjkl"]
    graph = chain(*hub, "bh", "ac", "cd", "db")
    assert [route.nodes for route in routes(graph, "person/a", "person/b", 2)] == [
        ("person/a", "person/c", "person/d", "person/b"),
        ("person/a", "person/h", "person/b"),
    ]


def test_a_route_names_the_facts_of_every_hop_the_surest_first() -> None:
    facts = (
        relation("person/a", "ADVISED", "person/b", 0.4),
        relation("person/b", "COLLABORATED_WITH", "person/a", 0.9),
        relation("person/c", "ADVISED", "person/b"),
    )
    graph = build([article("one", *(entity(f"person/{letter}") for letter in "abc"), relations=facts)])
    (route,) = routes(graph, "person/a", "person/c")
    assert [[fact.predicate for fact in hop] for hop in route.hops] == [["COLLABORATED_WITH", "ADVISED"], ["ADVISED"]]


def test_no_route_is_no_error_but_an_unknown_end_is() -> None:
    graph = chain("ab", "cd", "aa")
    assert routes(graph, "person/a", "person/c") == ()
    assert routes(graph, "person/a", "person/a") == ()
    with pytest.raises(KeyError):
        routes(graph, "person/a", "person/z")


@given(corpora, st.integers(0, 3))
def test_routes_are_simple_and_held_together_by_facts(corpus: list[Record], limit: int) -> None:
    graph = build(corpus)
    for a in list(graph.nodes)[:2]:
        for b in list(graph.nodes)[-2:]:
            found = routes(graph, a, b, limit)
            assert len(found) <= limit
            for route in found:
                assert (route.nodes[0], route.nodes[-1]) == (a, b)
                assert len(set(route.nodes)) == len(route.nodes) == len(route.hops) + 1
                for (u, v), facts in zip(zip(route.nodes, route.nodes[1:], strict=False), route.hops, strict=True):
                    assert facts
                    assert all({fact.subject, fact.object} == {u, v} for fact in facts)


def test_a_neighbourhood_grows_hop_by_hop() -> None:
    graph = chain("ab", "bc", "cd", "xy")
    reached = [set(neighbourhood(graph, ["person/b"], hops).nodes) for hops in range(3)]
    assert reached == [
        {"person/b"},
        {"person/a", "person/b", "person/c"},
        {"person/a", "person/b", "person/c", "person/d"},
    ]
    assert len(neighbourhood(graph, ["person/b"], 1).facts) == 2


@given(corpora, st.integers(0, 3))
def test_a_neighbourhood_is_a_graph_of_its_own(corpus: list[Record], hops: int) -> None:
    graph = build(corpus)
    part = neighbourhood(graph, list(graph.nodes)[:1], hops)
    assert part.nodes.items() <= graph.nodes.items()
    assert part.facts.items() <= graph.facts.items()
    assert part.articles.items() <= graph.articles.items()
    for fact in part.facts.values():
        assert {fact.subject, fact.object} <= set(part.nodes)
        assert {support.article for support in fact.support} <= set(part.articles)
    for quote in part.quotes.values():
        assert {quote.speaker, *quote.about} <= set(part.nodes)
        assert quote.article in part.articles
    assert neighbourhood(graph, graph.nodes, 0) == graph or set(graph.articles) != set(part.articles)
