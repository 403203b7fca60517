"""The graph in a Neo4j server; each article's record is a node (:Record {id, sha256, extractor, json}) beside it."""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import neo4j
from neo4j.exceptions import DriverError, Neo4jError
from neo4j.graph import Node, Path, Relationship

from kg.errors import NotFoundError, QueryError, StoreError
from kg.graph import Graph, build
from kg.store import ledger, statements, trouble
from kg.store.difference import difference
from kg.store.guard import refuse_file_access
from kg.store.ledger import Entry, Ledger
from kg.store.protocol import ArticleState, Changes, Table
from kg.store.vocabulary import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from kg.model import Record
    from kg.store.vocabulary import Vocabulary

# Whoever waits for a server that is not there wants to know soon; one far away may be given more.
_CONNECT_SECONDS = 1.5
_RETRY_SECONDS = 5.0  # for deadlocks and changes of leader; a server that has died is reported soon
_STATE = "(n:GraphState {id: 'kg'})"


class Neo4jStore:
    """A GraphStore in a database of a Neo4j server.

    User, password and database come from the environment variables KG_NEO4J_USER (default: neo4j), KG_NEO4J_PASSWORD
    and KG_NEO4J_DATABASE (default: neo4j); KG_NEO4J_TIMEOUT is how many seconds connecting may take (default: 1.5).
    """

    def __init__(self, address: str, vocabulary: Callable[[], Vocabulary], *, create: bool = False) -> None:
        """Connect to the server; raises NotFoundError if it has no graph and not `create`, else StoreError.

        `vocabulary` is called when something is to be written.
        """
        self._address = _without_user(address)
        self._vocabulary = vocabulary
        self._database = os.environ.get("KG_NEO4J_DATABASE", "neo4j")
        user, password = os.environ.get("KG_NEO4J_USER", "neo4j"), os.environ.get("KG_NEO4J_PASSWORD")
        seconds = _seconds()
        self._access = trouble.Access(self._address, user, self._database, seconds)
        self._has_password = bool(password)
        # The driver would print each retry; what it gives up on is raised, and explained.
        logging.getLogger("neo4j").setLevel(logging.ERROR)
        with self._explained():
            self._driver = neo4j.GraphDatabase.driver(
                self._address,
                auth=(user, password) if password else None,
                connection_timeout=seconds,
                connection_acquisition_timeout=seconds,
                max_transaction_retry_time=_RETRY_SECONDS,
                notifications_min_severity="OFF",
            )
        try:
            with self._explained():
                self._driver.verify_connectivity()
                self._prepare(create=create)
        except ValueError as error:  # an address that only resolving it shows to be wrong
            self.close()
            raise StoreError(f"{self._address}: {error}") from error
        except BaseException:
            self.close()
            raise

    def states(self) -> dict[str, ArticleState]:
        """See GraphStore."""
        query = "MATCH (n:Record) RETURN n.id AS id, n.sha256 AS sha256, n.extractor AS extractor ORDER BY n.id"
        with self._explained(), self._session(neo4j.READ_ACCESS) as session:
            rows = session.execute_read(lambda tx: tx.run(query).data())
        return {row["id"]: ArticleState(row["sha256"], row["extractor"]) for row in rows}

    def records(self) -> Iterator[Record]:
        """See GraphStore."""
        with self._explained(), self._session(neo4j.READ_ACCESS) as session:
            stored = session.execute_read(lambda tx: _ledger(_run(tx)))
        return ledger.parse(stored, self._address)

    def graph(self) -> Graph:
        """See GraphStore."""
        with self._explained(), self._session(neo4j.READ_ACCESS) as session:
            return session.execute_read(lambda tx: statements.read(_run(tx)))

    def apply(self, upserts: Sequence[tuple[Record, str]], removals: Sequence[str]) -> Changes:
        """See GraphStore."""
        if not upserts and not removals:
            return Changes()
        with self._explained(), self._session(neo4j.WRITE_ACCESS) as session:
            return session.execute_write(lambda tx: self._apply(_run(tx), upserts, removals))

    def rebuild(self) -> None:
        """See GraphStore."""
        with self._explained(), self._session(neo4j.WRITE_ACCESS) as session:
            session.execute_write(lambda tx: self._rebuild(_run(tx)))

    def query(self, cypher: str, parameters: Mapping[str, Any], *, write: bool = False) -> Table:
        """See GraphStore."""
        refuse_file_access(cypher)
        access = neo4j.WRITE_ACCESS if write else neo4j.READ_ACCESS
        try:
            with self._explained(), self._session(access) as session:
                result = session.run(cypher, dict(parameters))
                columns = tuple(result.keys())
                return Table(columns, tuple(tuple(_plain(value) for value in row) for row in result.values()))
        except (TypeError, OverflowError) as error:
            raise QueryError(f"a parameter has a value that Cypher does not know: {error}") from error
        except ValueError as error:
            raise QueryError(str(error)) from error

    def close(self) -> None:
        """See GraphStore."""
        self._driver.close()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def _session(self, access: str) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=access)

    def _prepare(self, *, create: bool) -> None:
        with self._session(neo4j.WRITE_ACCESS if create else neo4j.READ_ACCESS) as session:
            found = session.run(f"MATCH {_STATE} RETURN n.shape AS shape").data()
            if found and (found[0]["shape"] == statements.SHAPE or not create):
                return
            if not create:
                raise NotFoundError(
                    f"{self._address}: no graph in the database {self._database!r}; "
                    f"make one with `kg ingest PATH… --graph {self._address}`"
                )
            for statement in (*statements.constraints("Record", "GraphState"), *statements.full_text_indexes()):
                session.run(statement).consume()
            session.run(f"MERGE {_STATE}").consume()

    def _apply(self, run: statements.Run, upserts: Sequence[tuple[Record, str]], removals: Sequence[str]) -> Changes:
        same_shape = _take_turns(run)
        before = _ledger(run)
        after, changes = ledger.revise(before, upserts, removals)
        if after == before and same_shape:
            return changes
        known: dict[str, Record] = {}
        try:
            parsed = ledger.parse(before, self._address)
            known = {entry.text: record for entry, record in zip(before.values(), parsed, strict=True)}
            old = build(known.values())
            new = build(ledger.parse(after, self._address, known))
            if same_shape:
                statements.write(difference(old, new, self._vocabulary()), run)
            else:
                self._write_anew(run, new)
        except (UnknownNameError, statements.MismatchError):
            self._write_anew(run, new)
        _write_ledger(run, before, after)
        return changes

    def _rebuild(self, run: statements.Run) -> None:
        _take_turns(run)
        self._write_anew(run, build(ledger.parse(_ledger(run), self._address)))

    def _write_anew(self, run: statements.Run, graph: Graph) -> None:
        statements.clear(run)
        statements.write(difference(Graph(), graph, self._vocabulary()), run)
        run(f"MATCH {_STATE} SET n.shape = $shape", {"shape": statements.SHAPE})

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the driver raises into StoreError or QueryError."""
        try:
            yield
        except (Neo4jError, DriverError) as error:
            raise trouble.explain(error, self._access, password=self._has_password) from error


def _without_user(address: str) -> str:
    if re.match(r"[^/]*//[^/]*@", address):
        raise StoreError(
            "a Neo4j address may not hold a user or password, because addresses are printed; "
            "set KG_NEO4J_USER and KG_NEO4J_PASSWORD instead"
        )
    return address


def _seconds() -> float:
    given = os.environ.get("KG_NEO4J_TIMEOUT") or str(_CONNECT_SECONDS)
    if not re.fullmatch(r"\d+(\.\d+)?", given) or not float(given):
        raise StoreError(f"KG_NEO4J_TIMEOUT is {given!r}; give it a number of seconds")
    return float(given)


def _run(tx: neo4j.ManagedTransaction) -> statements.Run:
    def run(statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        return tx.run(statement, parameters).data()

    return run


def _take_turns(run: statements.Run) -> bool:
    """Let writers come one after the other, and return whether the graph has the shape that graphs have now.

    Whoever changes this node holds its lock until the transaction ends.
    """
    ((shape,),) = (
        row.values() for row in run(f"MERGE {_STATE} SET n.locked = true REMOVE n.locked RETURN n.shape", {})
    )
    return bool(shape == statements.SHAPE)


def _ledger(run: statements.Run) -> Ledger:
    query = "MATCH (n:Record) RETURN n.id AS id, n.sha256 AS sha256, n.extractor AS extractor, n.json AS json"
    rows = sorted(run(query, {}), key=lambda row: str(row["id"]))
    return {row["id"]: Entry(ArticleState(row["sha256"], row["extractor"]), row["json"]) for row in rows}


def _write_ledger(run: statements.Run, before: Ledger, after: Ledger) -> None:
    gone = sorted(before.keys() - after.keys())
    rows = [
        {"id": id_, "sha256": entry.state.sha256, "extractor": entry.state.extractor, "json": entry.text}
        for id_, entry in after.items()
        if before.get(id_) != entry
    ]
    run("UNWIND $rows AS row MATCH (n:Record {id: row}) DELETE n", {"rows": gone})
    run("UNWIND $rows AS row MERGE (n:Record {id: row.id}) SET n = row", {"rows": rows})


def _plain(value: Any) -> Any:
    """Turn the driver's values into plain data."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Node):
        return {"id": value.element_id, "labels": sorted(value.labels), "properties": _properties(value)}
    if isinstance(value, Relationship):
        start, end = (node.element_id if node else None for node in value.nodes)
        properties = _properties(value)
        return {"id": value.element_id, "type": value.type, "start": start, "end": end, "properties": properties}
    if isinstance(value, Path):
        nodes, relationships = [_plain(node) for node in value.nodes], [_plain(one) for one in value.relationships]
        return {"nodes": nodes, "relationships": relationships}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.iso_format() if hasattr(value, "iso_format") else str(value)


def _properties(entity: Node | Relationship) -> dict[str, Any]:
    return {key: _plain(value) for key, value in sorted(entity.items())}
