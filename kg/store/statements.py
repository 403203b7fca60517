"""The Cypher that both stores speak: static statements per label and relationship type, values only as parameters."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kg.graph import Fact, Graph, Node, Quote, Support
from kg.model import Metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.store.difference import Difference, RelationKind, Row

    Run = Callable[[str, dict[str, Any]], list[dict[str, Any]]]

# Enough to make round trips cheap, few enough for a server's memory.
_BATCH = 2000

# Part of what tells whether a graph must be written anew: raise it when the property graph changes its shape.
SHAPE = 2

FAMILIES = ("Article", "Entity", "Fact", "Evidence", "Statement")


# These have `search`, the text of a full-text index that is named LABEL[search] in every store.
SEARCHED = ("Article", "Entity", "Evidence", "Statement")


class MismatchError(Exception):
    """The store does not hold what it should, so a difference cannot be applied to it."""


def constraints(*more: str) -> list[str]:
    """Return the statements that make `id` unique in every family of nodes, and in the labels `more`."""
    return [
        f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        for label in (*FAMILIES, *more)
    ]


def full_text_indexes() -> list[str]:
    """Return the statements that make the full-text indexes in Neo4j; the embedded engine has others."""
    return [
        f"CREATE FULLTEXT INDEX `{label}[search]` IF NOT EXISTS FOR (n:{label}) ON EACH [n.search] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
        for label in SEARCHED
    ]


def write(difference: Difference, run: Run) -> None:
    """Apply the difference; raises MismatchError if a relationship's ends are not there."""
    for kind, rows in difference.relations_gone.items():
        _each(run, _delete_relation(kind), rows)
    for family, ids in difference.nodes_gone.items():
        _each(run, f"UNWIND $rows AS row MATCH (n:{family} {{id: row}}) DETACH DELETE n", ids)
    for family, rows in difference.nodes_changed.items():
        # += leaves the properties that a user has added, and null takes one away.
        _each(run, f"UNWIND $rows AS row MATCH (n:{family} {{id: row.id}}) SET n += row", rows)
    for labels, rows in difference.nodes_new.items():
        _each(run, f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET n = row", rows)
    for kind, rows in difference.relations_new.items():
        made = sum(answer["made"] for answer in _each(run, _create_relation(kind), rows))
        if made != len(rows):
            raise MismatchError(f"{kind.type}: {made} of {len(rows)} relationships found their ends")


def clear(run: Run) -> None:
    """Delete all that `write` made."""
    for family in FAMILIES:
        run(f"MATCH (n:{family}) DETACH DELETE n", {})


def _delete_relation(kind: RelationKind) -> str:
    # Of two entities' relationships of one type, only the one of this fact.
    one = " WHERE r.factId = row.properties.factId" if kind.start == kind.end else ""
    return (
        f"UNWIND $rows AS row MATCH (a:{kind.start} {{id: row.start}})-[r:{kind.type}]->(b:{kind.end} {{id: row.end}})"
        f"{one} DELETE r"
    )


def _create_relation(kind: RelationKind) -> str:
    return (
        f"UNWIND $rows AS row MATCH (a:{kind.start} {{id: row.start}}) MATCH (b:{kind.end} {{id: row.end}}) "
        f"CREATE (a)-[r:{kind.type}]->(b) SET r = row.properties RETURN count(r) AS made"
    )


def _each(run: Run, statement: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    for start in range(0, len(rows), _BATCH):
        answers += run(statement, {"rows": rows[start : start + _BATCH]})
    return answers


def read(run: Run) -> Graph:
    """Return the graph that the store holds, from its nodes and relationships."""
    mentions: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in run(
        "MATCH (n:Entity)-[r:MENTIONED_IN]->(a:Article) RETURN n.id AS entity, a.id AS article, r.count AS count", {}
    ):
        mentions[row["entity"]].append((row["article"], row["count"]))
    support: defaultdict[str, list[Support]] = defaultdict(list)
    for row in run(
        "MATCH (f:Fact)-[:SUPPORTED_BY]->(e:Evidence)-[:IN_ARTICLE]->(a:Article) "
        "RETURN f.id AS fact, properties(e) AS evidence, a.id AS article",
        {},
    ):
        e = row["evidence"]
        support[row["fact"]].append(Support(row["article"], e["start"], e["end"], e["quote"], e["rule"]))
    about: defaultdict[str, list[str]] = defaultdict(list)
    for row in run("MATCH (s:Statement)-[:ABOUT]->(n:Entity) RETURN s.id AS statement, n.id AS entity", {}):
        about[row["statement"]].append(row["entity"])
    articles = [_article(row["n"]) for row in run("MATCH (n:Article) RETURN properties(n) AS n", {})]
    nodes = [_node(row["n"], mentions) for row in run("MATCH (n:Entity) RETURN properties(n) AS n", {})]
    facts = [
        _fact(row, support)
        for row in run(
            "MATCH (s:Entity)<-[:SUBJECT]-(f:Fact)-[:OBJECT]->(o:Entity) "
            "RETURN properties(f) AS fact, s.id AS subject, o.id AS object",
            {},
        )
    ]
    quotes = [
        _quote(row, about)
        for row in run(
            "MATCH (n:Entity)<-[:SAID_BY]-(s:Statement)-[:IN_ARTICLE]->(a:Article) "
            "RETURN properties(s) AS statement, n.id AS speaker, a.id AS article",
            {},
        )
    ]
    return Graph(
        articles={item.id: item for item in sorted(articles, key=lambda item: item.id)},
        nodes={item.id: item for item in sorted(nodes, key=lambda item: item.id)},
        facts={item.id: item for item in sorted(facts, key=lambda item: item.id)},
        quotes={item.id: item for item in sorted(quotes, key=lambda item: item.id)},
    )


def _article(row: Row) -> Metadata:
    return Metadata(
        id=row["id"],
        path=row["path"],
        sha256=row["sha256"],
        title=row["title"],
        date=row.get("date"),
        language=row["language"],
        source_url=row.get("url"),
        source_name=row.get("sourceName"),
        tags=tuple(row["tags"]),
    )


def _node(row: Row, mentions: dict[str, list[tuple[str, int]]]) -> Node:
    return Node(
        id=row["id"],
        type=row["type"],
        kind=row.get("kind"),
        name=row["name"],
        aliases=tuple(row["aliases"]),
        known=row["known"],
        mentions=tuple(sorted(mentions.get(row["id"], ()))),
    )


def _fact(row: Row, support: dict[str, list[Support]]) -> Fact:
    fact = row["fact"]
    return Fact(
        id=fact["id"],
        subject=row["subject"],
        predicate=fact["predicate"],
        object=row["object"],
        start=fact.get("start"),
        end=fact.get("end"),
        date=fact.get("date"),
        qualifiers=tuple(sorted(json.loads(fact["qualifiers"]).items())),
        certainty=fact["certainty"],
        confidence=fact["confidence"],
        support=tuple(sorted(support.get(fact["id"], ()))),
    )


def _quote(row: Row, about: dict[str, list[str]]) -> Quote:
    statement = row["statement"]
    return Quote(
        id=statement["id"],
        speaker=row["speaker"],
        text=statement["text"],
        start=statement["start"],
        end=statement["end"],
        article=row["article"],
        about=tuple(sorted(about.get(statement["id"], ()))),
    )
