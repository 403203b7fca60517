"""One contract for every store; what belongs to the folder alone is in test_embedded.py."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ArticleError, QueryError, StoreError
from kg.graph import Graph, build
from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation, Statement
from kg.store import ArticleState, Changes, open_store
from tests.strategies import ONTOLOGY, article_ids, corpora, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.store import GraphStore

# The store outlives the examples on purpose: each empties it first.
contract = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty graph in every kind of store."""
    address = str(tmp_path / "graph") if request.param == "embedded" else request.getfixturevalue("neo4j_address")
    with open_store(address, create=True) as opened:
        yield opened


def empty(store: GraphStore) -> GraphStore:
    store.apply([], list(store.states()))
    return store


def told(*names: str, kind: str = "company", confidence: float = 0.9) -> list[Record]:
    """Articles that all say that Yi Tay founded Reka in 2023 and worked at Google."""
    result = []
    known = True
    for name in names:
        document = Metadata(f"{name}.md", f"{name}.md", name * 64, "標題", "2026-01-27", "zh-Hant", None, None, ("AI",))
        mention = (Mention(0, 6, "Yi Tay"),)
        entities = (
            Entity("organization/google", "Organization", "Google", "company", ("Google",), known, mention),
            Entity("organization/reka", "Organization", "Reka", kind, ("Reka", "Reka AI"), known, mention),
            Entity("person/yi-tay", "Person", "Yi Tay", None, ("Yi Tay", "鄭怡"), known, mention * 2),
        )
        evidence = (Evidence(10, 20, "2023 年共同創辦 Reka", "founded"),)
        relations = (
            Relation(
                "person/yi-tay", "FOUNDED", "organization/reka", None, None, "2023", (), "stated", confidence, evidence
            ),
            Relation(
                "person/yi-tay",
                "WORKED_AT",
                "organization/google",
                "2019",
                "2023",
                None,
                (("role", "研究科學家"),),
                "reported",
                0.5,
                evidence,
            ),
        )
        statements = (Statement("person/yi-tay", "我們需要更大的模型", 30, 39, ("organization/reka",)),)
        result.append(Record(document, entities, relations, statements))
    return result


def upserts(records: Sequence[Record], extractor: str = "x") -> list[tuple[Record, str]]:
    return [(record, extractor) for record in records]


def column(store: GraphStore, cypher: str, **parameters: Any) -> list[Any]:
    return [row[0] for row in store.query(cypher, parameters).rows]


@given(corpus=corpora)
@contract
def test_what_is_read_is_what_was_written(store: GraphStore, corpus: list[Record]) -> None:
    empty(store).apply(upserts(corpus), [])
    assert store.graph() == build(corpus)
    assert list(store.records()) == sorted(corpus, key=lambda record: record.document.id)


@given(steps=st.lists(st.tuples(corpora, st.sets(article_ids, max_size=3)), min_size=2, max_size=4))
@contract
def test_any_history_equals_a_clean_rebuild(store: GraphStore, steps: list[tuple[list[Record], set[str]]]) -> None:
    empty(store)
    expected: dict[str, Record] = {}
    for corpus, removals in steps:
        gone = sorted(removals - {record.document.id for record in corpus})
        before = dict(expected)
        expected |= {record.document.id: record for record in corpus}
        for id_ in gone:
            expected.pop(id_, None)
        changes = store.apply(upserts(corpus), gone)
        assert changes == Changes(
            added=len(expected.keys() - before.keys()),
            changed=sum(before[id_] != expected[id_] for id_ in before.keys() & expected.keys()),
            removed=len(before.keys() - expected.keys()),
        )
        graph = build(expected.values())
        assert store.graph() == graph
        # The relationships that people ask for project the facts.
        query = "MATCH (a:Entity)-[r]->(b:Entity) RETURN a.id, type(r), b.id, r.factId, r.confidence"
        assert sorted(store.query(query, {}).rows) == sorted(
            (fact.subject, fact.predicate, fact.object, fact.id, fact.confidence) for fact in graph.facts.values()
        )


@given(corpus=corpora)
@contract
def test_nothing_is_left_of_what_was_removed(store: GraphStore, corpus: list[Record]) -> None:
    empty(store).apply(upserts(corpus), [])
    store.apply([], [record.document.id for record in corpus])
    assert store.graph() == Graph()
    assert list(store.records()) == []
    kept = column(store, "MATCH (n) WHERE NOT n:GraphState RETURN n")
    assert kept == []


@given(corpus=corpora)
@contract
def test_labels_are_the_types(store: GraphStore, corpus: list[Record]) -> None:
    empty(store).apply(upserts(corpus), [])
    labels = dict(store.query("MATCH (n:Entity) RETURN n.id, labels(n)", {}).rows)
    assert {id_: set(found) for id_, found in labels.items()} == {
        node.id: {"Entity", node.type} | ({ONTOLOGY.organization_kinds[node.kind].label} if node.kind else set())
        for node in build(corpus).nodes.values()
    }


def test_applying_the_same_again_changes_nothing(store: GraphStore) -> None:
    store.apply(upserts(told("a", "b")), [])
    before = column(store, "MATCH (n) RETURN elementId(n) AS id ORDER BY id")
    assert store.apply(upserts(told("a", "b")), ["c.md"]) == Changes()
    assert store.apply([], []) == Changes()
    assert column(store, "MATCH (n) RETURN elementId(n) AS id ORDER BY id") == before


def test_states_are_kept_even_if_only_the_extractor_changes(store: GraphStore) -> None:
    store.apply(upserts(told("a")), [])
    assert store.states() == {"a.md": ArticleState("a" * 64, "x")}
    assert store.apply(upserts(told("a"), "y"), []) == Changes()
    assert store.states() == {"a.md": ArticleState("a" * 64, "y")}


def test_one_article_twice_is_refused_and_nothing_written(store: GraphStore) -> None:
    for twice in ((upserts(told("a", "a")), []), (upserts(told("a")), ["a.md"])):
        with pytest.raises(ArticleError, match=r"a\.md: .*twice"):
            store.apply(*twice)
    assert store.states() == {}


def test_a_type_outside_the_ontology_is_refused_and_nothing_written(store: GraphStore) -> None:
    (record,) = told("a")
    ghost = replace(record.entities[0], type="Ghost`) DETACH DELETE (n")
    vanish = replace(record.relations[0], predicate="VANISHED")
    odd = replace(record.entities[0], kind="secret")
    store.apply(upserts([record]), [])
    for broken in (
        replace(record, entities=(ghost, *record.entities[1:])),
        replace(record, entities=(odd, *record.entities[1:])),
        replace(record, relations=(vanish,)),
    ):
        with pytest.raises(StoreError, match="the ontology has no"):
            store.apply(upserts([broken]), [])
        assert list(store.records()) == [record]
        assert store.graph() == build([record])


def test_a_kind_that_changes_takes_its_label_along(store: GraphStore) -> None:
    for kind in ("company", "lab", "company"):
        store.apply(upserts(told("a", kind=kind)), [])
        assert store.graph() == build(told("a", kind=kind))
        assert column(store, "MATCH (n:Lab) RETURN n.name") == (["Reka"] if kind == "lab" else [])


def test_of_two_facts_between_the_same_only_the_right_one_goes(store: GraphStore) -> None:
    (record,) = told("a")
    other = replace(record.relations[0], date="2022")
    store.apply(upserts([replace(record, relations=(*record.relations, other))]), [])
    store.apply(upserts([record]), [])
    assert column(store, "MATCH (:Person)-[r:FOUNDED]->() RETURN r.date") == ["2023"]


def test_what_a_user_added_to_an_entity_stays_when_articles_change(store: GraphStore) -> None:
    store.apply(upserts(told("a")), [])
    store.query("MATCH (p:Person {name: 'Yi Tay'}) SET p.note = $note", {"note": "見過"}, write=True)
    store.query("MATCH (p:Person {name: 'Yi Tay'}) CREATE (p)-[:KNOWS]->(:Friend {name: 'me'})", {}, write=True)
    store.apply(upserts(told("b")), [])
    assert column(store, "MATCH (p:Person)-[:KNOWS]->(:Friend) RETURN p.note") == ["見過"]
    assert store.graph() == build(told("a", "b"))


def test_a_graph_that_a_user_broke_is_written_anew(store: GraphStore) -> None:
    store.apply(upserts(told("a")), [])
    store.query("MATCH (p:Person) DETACH DELETE p", {}, write=True)
    (record,) = told("b")
    store.apply(upserts([replace(record, relations=(replace(record.relations[0], date="2022"),))]), [])
    assert store.graph() == build(store.records())


def test_a_natural_query_works_as_written(store: GraphStore) -> None:
    store.apply(upserts(told("a")), [])
    query = "MATCH (p:Person {name:'Yi Tay'})-[:FOUNDED]->(o) RETURN o.name"
    assert store.query(query, {}).columns == ("o.name",)
    assert store.query(query, {}).rows == (("Reka",),)
    assert column(store, "MATCH (:Person)-[r:WORKED_AT]->(:Company) RETURN r.role + r.start") == ["研究科學家2019"]


def test_the_evidence_is_one_hop_further(store: GraphStore) -> None:
    store.apply(upserts(told("a", "b")), [])
    query = (
        "MATCH (:Person {name: $name})-[r:FOUNDED]->() "
        "MATCH (f:Fact {id: r.factId})-[:SUPPORTED_BY]->(e)-[:IN_ARTICLE]->(a) "
        "RETURN a.id, e.quote, r.evidenceCount ORDER BY a.id"
    )
    assert store.query(query, {"name": "Yi Tay"}).rows == (
        ("a.md", "2023 年共同創辦 Reka", 2),
        ("b.md", "2023 年共同創辦 Reka", 2),
    )


def test_values_come_back_as_plain_data(store: GraphStore) -> None:
    store.apply(upserts(told("a")), [])
    query = (
        "MATCH p = (a:Person)-[r:FOUNDED]->(b) RETURN a, r, p, [a, b] AS list, {x: r} AS map, 1 AS i, 0.5 AS f, "
        "null AS n, true AS t, 'x' AS s, date('2026-01-27') AS d, collect(DISTINCT b.name) AS names"
    )
    table = store.query(query, {})
    row = dict(zip(table.columns, table.rows[0], strict=True))
    a, r, b = row["a"], row["r"], row["list"][1]
    assert sorted(a["labels"]) == ["Entity", "Person"]
    assert a["properties"] == {
        "id": "person/yi-tay",
        "type": "Person",
        "name": "Yi Tay",
        "known": True,
        "aliases": ["Yi Tay", "鄭怡"],
        "search": "Yi Tay\n鄭怡\nYi Tay\n郑怡",
    }
    assert (r["type"], r["start"], r["end"]) == ("FOUNDED", a["id"], b["id"])
    assert r["properties"] == {
        "factId": r["properties"]["factId"],
        "date": "2023",
        "certainty": "stated",
        "confidence": 0.9,
        "evidenceCount": 1,
    }
    assert row["p"] == {"nodes": [a, b], "relationships": [r]}
    assert (row["list"], row["map"], row["names"]) == ([a, b], {"x": r}, ["Reka"])
    assert [row[key] for key in "ifntsd"] == [1, 0.5, None, True, "x", "2026-01-27"]
    assert json.loads(json.dumps(table.rows)) == [list(row) for row in table.rows]


def test_parameters_are_values_whatever_they_hold(store: GraphStore) -> None:
    store.apply(upserts(told("a")), [])
    evil = "x'}) DETACH DELETE (n) //"
    assert column(store, "RETURN $value", value=evil) == [evil]
    assert column(store, "MATCH (n {name: $value}) RETURN n", value=evil) == []
    assert column(store, "UNWIND $list AS item RETURN item.a", list=[{"a": 1}, {"a": None}]) == [1, None]
    with pytest.raises(QueryError):
        store.query("RETURN $value", {"value": object()})


@pytest.mark.parametrize(
    "query",
    ["MATCH (n RETURN n", "", "RETURN $missing", "RETURN nosuch(1)", "SELECT 1"],
)
def test_a_wrong_query_is_a_query_error(store: GraphStore, query: str) -> None:
    with pytest.raises(QueryError) as caught:
        store.query(query, {})
    assert "Exception" not in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (n:Person {id: 'x'})",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n:Person) SET n.name = 'x'",
        "MATCH (n:Person) CALL (n) { SET n.name = 'x' } RETURN n",
        "FOREACH (i IN [1] | CREATE (:Person {id: 'x'}))",
        "CREATE INDEX x FOR (n:Person) ON (n.name)",
        "PROFILE CREATE (n:Person)",
    ],
)
def test_a_query_writes_only_when_it_may(store: GraphStore, query: str) -> None:
    store.apply(upserts(told("a")), [])
    with pytest.raises(QueryError, match="--write"):
        store.query(query, {})
    assert store.graph() == build(told("a"))


def test_a_query_that_may_write_does(store: GraphStore) -> None:
    assert store.query("CREATE (n:Friend {name: 'x'}) RETURN n.name", {}, write=True).rows == (("x",),)
    assert column(store, "MATCH (n:Friend) RETURN n.name") == ["x"]
    with pytest.raises(QueryError):
        store.query("CREATE (n:Friend {name: 'y'}) RETURN n.name + $missing", {}, write=True)
    assert column(store, "MATCH (n:Friend) RETURN n.name") == ["x"]


@pytest.mark.parametrize("write", [False, True])
def test_no_query_reads_files(store: GraphStore, *, write: bool) -> None:
    with pytest.raises(QueryError, match="LOAD CSV is refused"):
        store.query("LOAD /**/ CSV FROM 'file:///etc/passwd' AS line RETURN line", {}, write=write)


@given(record=records())
@contract
def test_a_record_comes_back_as_it_went(store: GraphStore, record: Record) -> None:
    empty(store).apply(upserts([record], '指紋 " \\ \n'), [])
    assert list(store.records()) == [record]
    assert store.states() == {record.document.id: ArticleState(record.document.sha256, '指紋 " \\ \n')}


def searched(store: GraphStore, label: str, words: str) -> list[str]:
    query = (
        f"CALL db.index.fulltext.queryNodes('{label}[search]', $words) YIELD node, score RETURN node.id ORDER BY score"
    )
    return column(store, query, words=words)


def test_full_text_finds_chinese_in_either_script(store: GraphStore) -> None:
    (record,) = told("a")
    quote = replace(record.statements[0], text="我们需要更大的模型")
    store.apply(upserts([replace(record, statements=(quote,))]), [])
    for label, words in {
        "Entity": ("鄭怡", "郑怡", '"yi tay"', "reka"),
        "Statement": ("模型", "我們", "我们", '"更大的模型"', "需要"),
        "Evidence": ("創辦", "创办", '"共同创办"', '"共同創辦"'),
        "Article": ("標題", "标题"),
    }.items():
        for each in words:
            # Two facts stand on one quotation.
            assert len(searched(store, label, each)) == (2 if label == "Evidence" else 1), each
    assert searched(store, "Statement", '"模型更大"') == []
    assert searched(store, "Entity", "別人") == []
    assert searched(store, "Statement", '"的更大"') == []


def test_full_text_follows_what_the_articles_tell(store: GraphStore) -> None:
    store.apply(upserts(told("a", "b")), [])
    assert len(searched(store, "Evidence", "創辦")) == 4
    store.apply([], ["a.md"])
    assert len(searched(store, "Evidence", "创办")) == 2
    store.rebuild()
    assert len(searched(store, "Evidence", "创办")) == 2
    store.apply([], ["b.md"])
    assert searched(store, "Evidence", "創辦") == []
