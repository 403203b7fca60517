"""The graph in a folder: ArcadeDB in this process for queries, the ledger as the truth.

    GRAPH/records.jsonl       the ledger; replacing it is the moment at which an `apply` holds
    GRAPH/records.jsonl.new   the next ledger, complete on disk before the database is touched
    GRAPH/graph/              the database, with the stamp of the ledger that it reflects; rebuilt if that is another
    GRAPH/lock, .gitignore

A crash leaves one of three states, and opening the graph settles it: the database has the stamp of the old ledger
(nothing has happened), of the next one (the replacing is made up for), or none that is known (it is rebuilt).
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, cast

from filelock import FileLock, Timeout

from kg.errors import NotFoundError, QueryError, StoreError, StoreLockedError
from kg.graph import Graph, build
from kg.store import ledger, statements
from kg.store.guard import refuse_file_access
from kg.store.protocol import Changes, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType, TracebackType

    from kg.model import Record
    from kg.store.protocol import ArticleState
    from kg.store.vocabulary import Vocabulary

_FULL_TEXT = 'FULL_TEXT METADATA {"analyzer":"org.apache.lucene.analysis.cjk.CJKAnalyzer"}'
_LOCK_SECONDS = 2.0
_LEDGER, _NEXT, _DATABASE, _LOCK, _IGNORE = "records.jsonl", "records.jsonl.new", "graph", "lock", ".gitignore"
_OWN = frozenset((_LEDGER, _NEXT, _DATABASE, _LOCK, _IGNORE))
_PATH = re.compile(r"\(#\d+:\d+\)(?:(?:-\[#\d+:\d+\]->|<-\[#\d+:\d+\]-)\(#\d+:\d+\))*")
_RECORD_ID = re.compile(r"#\d+:\d+")
# The engine counts lines from 1 and columns from 0.
_SYNTAX_ERROR = re.compile(r"Syntax error at line (\d+):(\d+) - (.*)", re.DOTALL)


class EmbeddedStore:
    """A GraphStore in a folder; one process at a time has it open."""

    def __init__(self, folder: Path, vocabulary: Callable[[], Vocabulary], *, create: bool = False) -> None:
        """Open the graph in `folder`; raises NotFoundError if there is none and not `create`, else StoreError.

        `vocabulary` is called when something is to be written.
        """
        self._folder = folder
        # The engine keeps the current folder of its start, whatever has become of ours.
        self._place = (folder / _DATABASE).absolute()
        self._vocabulary = vocabulary
        self._lock = FileLock(folder / _LOCK, timeout=_LOCK_SECONDS)
        self._database: Any = None
        if not (folder / _LEDGER).is_file():
            if not create:
                raise NotFoundError(f"{folder}: no graph here; make one with `kg ingest PATH… --graph {folder}`")
            self._refuse_foreign_folder()
        with self._explained():
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        try:
            with self._explained():
                self._settle()
        except BaseException:
            self.close()
            raise

    def states(self) -> dict[str, ArticleState]:
        """See GraphStore."""
        return {id_: entry.state for id_, entry in ledger.read(self._folder / _LEDGER).items()}

    def records(self) -> Iterator[Record]:
        """See GraphStore."""
        path = self._folder / _LEDGER
        return ledger.parse(ledger.read(path), str(path))

    def graph(self) -> Graph:
        """See GraphStore."""
        with self._explained():
            return statements.read(self._read)

    def apply(self, upserts: Sequence[tuple[Record, str]], removals: Sequence[str]) -> Changes:
        """See GraphStore."""
        path = self._folder / _LEDGER
        before = ledger.read(path)
        after, changes = ledger.revise(before, upserts, removals)
        if after == before:
            return changes
        if changes == Changes():  # new fingerprints only
            with self._explained():
                self._commit(after, Graph(), Graph())
            return changes
        known = {
            entry.text: record for entry, record in zip(before.values(), ledger.parse(before, str(path)), strict=True)
        }
        old = build(known.values())
        new = build(ledger.parse(after, str(path), known))
        with self._explained():
            self._commit(after, old, new)
        return changes

    def rebuild(self) -> None:
        """See GraphStore."""
        with self._explained():
            self._rebuild(build(self.records()), self._folder / _LEDGER)

    def query(self, cypher: str, parameters: Mapping[str, Any], *, write: bool = False) -> Table:
        """See GraphStore."""
        refuse_file_access(cypher)
        try:
            if write:
                with self._database.transaction():
                    rows = self._database.command("opencypher", cypher, dict(parameters)).to_list()
            else:
                rows = self._database.query("opencypher", cypher, dict(parameters)).to_list()
        except _engine().ArcadeDBError as error:
            raise _query_error(error) from error
        except TypeError as error:
            raise QueryError(f"a parameter has a value that Cypher does not know: {error}") from error
        plain = _Plain(self._database)
        columns = tuple(rows[0]) if rows else ()
        return Table(columns, tuple(tuple(plain(row[column]) for column in columns) for row in rows))

    def close(self) -> None:
        """See GraphStore."""
        if self._database is not None:
            self._database.close()
            self._database = None
        self._lock.release()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def _refuse_foreign_folder(self) -> None:
        """Raise StoreError unless the folder is empty, absent or was begun by us; else `.gitignore` would hide work."""
        if not self._folder.exists():
            return
        if not self._folder.is_dir():
            raise StoreError(f"{self._folder}: is not a folder; a graph needs one of its own")
        if foreign := sorted({path.name for path in self._folder.iterdir()} - _OWN):
            raise StoreError(f"{self._folder}: holds other files ({foreign[0]}, …); a graph needs a folder of its own")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the system and the engine raise into StoreError."""
        try:
            yield
        except Timeout as error:
            raise StoreLockedError(
                f"{self._folder}: another process has this graph open; wait for it to end"
            ) from error
        except OSError as error:
            place = error.filename or self._folder
            raise StoreError(f"{place}: {error.strerror or error}") from error
        except _engine().ArcadeDBError as error:
            if "LockException" in str(error):
                raise StoreLockedError(
                    f"{self._folder / _DATABASE}: another program has this database open; wait for it to end"
                ) from error
            raise StoreError(f"{self._folder / _DATABASE}: {_cause(error)}") from error

    def _settle(self) -> None:
        """Bring the folder into a state where ledger and database agree, and open the database."""
        arcadedb = _engine()
        path, following = self._folder / _LEDGER, self._folder / _NEXT
        if not path.exists():
            (self._folder / _IGNORE).write_text("*\n", "utf-8")
            ledger.write(following, {})
            following.replace(path)
        stamp = None
        if arcadedb.database_exists(str(self._place)):
            try:
                self._database = arcadedb.open_database(str(self._place))
                self._database.set_wal_flush("yes_full")
                stamp = self._stamp()
            except arcadedb.ArcadeDBError as error:
                if "LockException" in str(error):
                    raise
                # Broken or of another version: it holds nothing that the ledger does not.
        if following.exists():
            if stamp == _stamp_of(following):
                self._replace_ledger()
            else:
                following.unlink()
        if stamp != _stamp_of(path):
            self._rebuild(build(self.records()), path)

    def _commit(self, after: ledger.Ledger, old: Graph, new: Graph) -> None:
        """Make the database hold `new` instead of `old`, and the ledger `after`."""
        from kg.store.difference import difference  # noqa: PLC0415 - reading does not need it
        from kg.store.vocabulary import UnknownNameError  # noqa: PLC0415 - reading does not need it

        following = self._folder / _NEXT
        ledger.write(following, after)
        try:
            changes = difference(old, new, self._vocabulary())
            with self._database.transaction():
                statements.write(changes, self._write)
                self._set_stamp(following)
        except (UnknownNameError, statements.MismatchError):
            self._rebuild(new, following)
        self._replace_ledger()

    def _replace_ledger(self) -> None:
        (self._folder / _NEXT).replace(self._folder / _LEDGER)
        if os.name == "posix":  # elsewhere a folder cannot be synchronised
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _rebuild(self, graph: Graph, path: Path) -> None:
        """Replace the database by a new one with this graph and the stamp of the ledger at `path`."""
        from kg.store.difference import difference  # noqa: PLC0415 - reading does not need it

        changes = difference(Graph(), graph, self._vocabulary())
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._place.exists():
            shutil.rmtree(self._place)
        self._database = _engine().create_database(str(self._place))
        self._database.set_wal_flush("yes_full")
        for statement in statements.constraints("GraphState"):
            self._write(statement, {})
        for label in statements.SEARCHED:
            self._database.command("sql", f"CREATE PROPERTY {label}.search IF NOT EXISTS STRING")
            self._database.command("sql", f"CREATE INDEX IF NOT EXISTS ON {label} (search) {_FULL_TEXT}")
        with self._database.transaction():
            statements.write(changes, self._write)
            self._set_stamp(path)

    def _stamp(self) -> str | None:
        """Return the stamp of the ledger that the database reflects; None if it is not known to be whole."""
        rows = self._read("MATCH (n:GraphState) RETURN n.stamp AS stamp, n.types AS types", {})
        # With a broken schema file the engine falls back to an earlier one, without the types that came since.
        if not rows or not self._types().issuperset(rows[0]["types"] or ()):
            return None
        stamp: str = rows[0]["stamp"]
        return stamp

    def _set_stamp(self, path: Path) -> None:
        values = {"stamp": _stamp_of(path), "types": sorted(self._types())}
        self._write("MERGE (n:GraphState {id: 'kg'}) SET n.stamp = $stamp, n.types = $types", values)

    def _types(self) -> set[str]:
        return {row["name"] for row in self._database.query("sql", "SELECT name FROM schema:types").to_list()}

    def _read(self, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._database.query("opencypher", statement, parameters).to_list()
        return rows

    def _write(self, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._database.command("opencypher", statement, parameters).to_list()
        return rows


def _engine() -> ModuleType:
    """Return the engine's module, loaded on first use because it takes longer than anything else here."""
    os.environ.setdefault("ARCADEDB_LOG_CONSOLE", "0")  # else the engine prints its log among our output
    try:
        import arcadedb  # noqa: PLC0415
    except ImportError as error:
        raise StoreError(
            "the embedded graph needs the package arcadedb, which is not installed or not made for this platform; "
            "keep the graph in Neo4j instead: --graph bolt://localhost:7687"
        ) from error
    return cast("ModuleType", arcadedb)


def _stamp_of(path: Path) -> str:
    """Return what a database says that reflects this ledger in the shape that graphs have now."""
    return f"{statements.SHAPE}:{ledger.digest(path)}"


def _cause(error: Exception) -> str:
    """Return the innermost cause, without the names of the engine's classes."""
    chain = getattr(error, "java_chain", None) or []
    # Exceptions without a message of their own arrive as the text of nothing.
    messages = [message for _, message in chain if message and message not in ("None", "null")]
    return messages[-1] if messages else str(error)


def _query_error(error: Exception) -> QueryError:
    text = str(error)
    if "QueryNotIdempotentException" in text:
        return QueryError("the query writes, or calls a procedure that may; run it with --write")
    cause = _cause(error)
    if syntax := _SYNTAX_ERROR.match(cause):
        line, column, what = syntax.groups()
        return QueryError(f"syntax error in line {line}, column {int(column) + 1}: {what}")
    return QueryError(cause)


class _Plain:
    """Turns the engine's values into plain data.

    The engine gives nodes and relationships as properties beside "@rid" and "@type", a path as text of record ids.
    """

    def __init__(self, database: Any) -> None:
        self._database = database
        self._relationship_types: frozenset[str] | None = None

    def __call__(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self._path(value) if _PATH.fullmatch(value) else value
        if isinstance(value, dict):
            if "@rid" in value and "@type" in value:
                return self._element(value)
            return {str(key): self(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self(item) for item in value]
        if isinstance(value, set):
            return sorted((self(item) for item in value), key=repr)
        return value.isoformat() if hasattr(value, "isoformat") else str(value)

    def _element(self, record: dict[str, Any]) -> dict[str, Any]:
        id_, type_ = str(record["@rid"]), record["@type"]
        properties = {key: self(record[key]) for key in sorted(record) if key not in ("@rid", "@type")}
        if self._relationship_types is None:
            rows = self._database.query("sql", "SELECT name FROM schema:types WHERE type = 'edge'").to_list()
            self._relationship_types = frozenset(row["name"] for row in rows)
        if type_ not in self._relationship_types:
            return {"id": id_, "labels": type_.split("~"), "properties": properties}
        edge = self._database.lookup_by_rid(id_)
        start, end = edge.get_out().get_rid(), edge.get_in().get_rid()
        return {"id": id_, "type": type_, "start": start, "end": end, "properties": properties}

    def _path(self, text: str) -> dict[str, Any] | str:
        elements = []
        for id_ in _RECORD_ID.findall(text):
            try:
                record = self._database.lookup_by_rid(id_)
            except _engine().ArcadeDBError:
                return text  # an article's words that only look like a path
            elements.append(self._element({"@rid": id_, "@type": record.get_type_name(), **record.to_dict()}))
        return {"nodes": elements[::2], "relationships": elements[1::2]}
