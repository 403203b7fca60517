"""How fast relationships get into Neo4j, against a bare loop of UNWIND that writes the same rows; and what it costs.

python -m tests.measure_stores [RELATIONSHIPS]        # a Neo4j of its own, or KG_TEST_NEO4J, which is emptied
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import neo4j

from kg import dump
from kg.graph import Graph, build
from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation
from kg.store import open_store, statements
from kg.store.difference import Difference, difference
from kg.store.vocabulary import Vocabulary
from tests import neo4j_server
from tests.strategies import ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each article has so many facts about so many people and places of work, each with one quotation.
_FACTS, _PEOPLE = 20, 10
_BATCH = 2000


def records(relationships: int) -> list[Record]:
    """Invented articles that make about so many relationships."""
    # A fact is five, an entity in an article one.
    return [_record(number) for number in range(relationships // (5 * _FACTS + 2 * _PEOPLE))]


def _record(number: int) -> Record:
    name = f"posts/{number:06}.md"
    people = [f"person/{(number * 7 + i) % 5000}" for i in range(_PEOPLE)]
    places = [f"organization/{(number * 3 + i) % 1000}" for i in range(_PEOPLE)]
    return Record(
        Metadata(name, name, f"{number:064}", f"文章 {number}", "2026-01-27", "zh-Hant", None, None, ()),
        tuple(
            Entity(id_, type_, id_, kind, (id_, f"名{id_}"), known=False, mentions=(Mention(0, 1, "x"),))
            for id_, type_, kind in sorted(
                [(id_, "Person", None) for id_ in people] + [(id_, "Organization", "company") for id_ in places],
                key=lambda one: one[0],
            )
        ),
        tuple(
            Relation(
                *(people[i % _PEOPLE], "WORKED_AT", places[i * 3 % _PEOPLE], str(1900 + number % 100), None, None),
                (("role", f"職務 {i}"),),
                "stated",
                0.9,
                (Evidence(i, i + 5, f"第 {i} 句在第 {number} 篇文章裡", "rule"),),
            )
            for i in range(_FACTS)
        ),
        (),
    )


def bare(address: str, changes: Difference) -> float:
    """Write the rows with nothing but UNWIND, a transaction each; return the seconds of the relationships alone."""
    auth = ("neo4j", os.environ["KG_NEO4J_PASSWORD"])
    with neo4j.GraphDatabase.driver(address, auth=auth) as driver, driver.session(database="neo4j") as session:
        for statement in statements.constraints():
            session.run(statement).consume()
        for labels, rows in changes.nodes_new.items():
            for start in range(0, len(rows), _BATCH):
                session.run(
                    f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET n = row", rows=rows[start : start + _BATCH]
                ).consume()
        began = time.monotonic()
        for kind, rows in changes.relations_new.items():
            query = (
                f"UNWIND $rows AS row MATCH (a:{kind.start} {{id: row.start}}) MATCH (b:{kind.end} {{id: row.end}}) "
                f"CREATE (a)-[r:{kind.type}]->(b) SET r = row.properties"
            )
            for start in range(0, len(rows), _BATCH):
                session.run(query, rows=rows[start : start + _BATCH]).consume()
        return time.monotonic() - began


def ours(address: str, changes: Difference) -> float:
    """Write the same rows as the store does, in one transaction; return the seconds of the relationships alone."""
    nodes = Difference(nodes_new=changes.nodes_new)
    relations = Difference(relations_new=changes.relations_new)
    auth = ("neo4j", os.environ["KG_NEO4J_PASSWORD"])
    with (
        neo4j.GraphDatabase.driver(address, auth=auth) as driver,
        driver.session(database="neo4j") as session,
        session.begin_transaction() as transaction,
    ):

        def run(statement: str, parameters: dict[str, object]) -> list[dict[str, object]]:
            return transaction.run(statement, parameters).data()

        statements.write(nodes, run)
        began = time.monotonic()
        statements.write(relations, run)
        transaction.commit()
        return time.monotonic() - began


def empty(address: str) -> None:
    """Delete everything."""
    auth = ("neo4j", os.environ["KG_NEO4J_PASSWORD"])
    with neo4j.GraphDatabase.driver(address, auth=auth) as driver, driver.session(database="neo4j") as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(address: str, relationships: int) -> None:
    """Print the figures."""
    found = records(relationships)
    graph = build(found)
    changes = difference(Graph(), graph, Vocabulary.of(ONTOLOGY))
    count = sum(map(len, changes.relations_new.values()))
    print(f"{len(found)} articles, {sum(map(len, changes.nodes_new.values()))} nodes, {count} relationships")
    # The first run warms the server; the best of three counts for each.
    times: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(3):
        for name, write in (("bare", bare), ("ours", ours)):
            empty(address)
            before = peak()
            times[name].append(write(address, changes))
            print(
                f"{name}: {count / times[name][-1]:.0f} relationships/s, memory {before:.0f} → {peak():.0f} MB",
                flush=True,
            )
    print(f"ours / bare: {min(times['bare']) / min(times['ours']):.2f}")
    empty(address)
    upserts = [(record, "x") for record in found]
    with tempfile.TemporaryDirectory() as place:
        for name, where in (("embedded", str(Path(place) / "graph")), ("Neo4j", address)):
            began = time.monotonic()
            with open_store(where, create=True) as store:
                store.apply(upserts, [])
                loaded = time.monotonic() - began
                assert dump.digest(store.graph()) == dump.digest(graph)
            print(f"{name}: loaded in {loaded:.1f} s, memory {peak():.0f} MB", flush=True)


def main() -> None:
    """Measure with the server that is given, or one of its own."""
    relationships = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    given = os.environ.get("KG_TEST_NEO4J")
    os.environ["KG_NEO4J_PASSWORD"] = os.environ.get("KG_TEST_NEO4J_PASSWORD", neo4j_server.PASSWORD)
    with tempfile.TemporaryDirectory() as place, _server(Path(place), given) as address:
        measure(address, relationships)


@contextmanager
def _server(place: Path, given: str | None) -> Iterator[str]:
    if given:
        yield given
        return
    with neo4j_server.Server(place / "neo4j") as server:
        yield server.address


if __name__ == "__main__":
    main()
