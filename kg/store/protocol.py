"""What every graph store can do, and the values that it gives and takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    from kg.graph import Graph
    from kg.model import Record


@dataclass(frozen=True, slots=True)
class ArticleState:
    """What tells whether an article must be extracted again: its file's hash and the extractor's fingerprint."""

    sha256: str
    extractor: str


@dataclass(frozen=True, slots=True)
class Changes:
    """How many articles an `apply` added, changed (another record than before) and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a query: column names and rows of plain JSON data (NaN and infinity may occur in numbers).

    A node is {"id", "labels", "properties"}, a relationship {"id", "type", "start", "end", "properties"}, a path
    {"nodes", "relationships"}; these ids are the store's own, good for matching within one answer only. Temporal
    values are ISO strings. An answer without rows may come without column names.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


class GraphStore(Protocol):
    """A graph that lasts, made of the records of articles; a context manager that closes itself.

    Every method raises StoreError if the store cannot be read or written.
    """

    def states(self) -> dict[str, ArticleState]:
        """Return the state of every stored article by its id, without parsing records."""
        ...

    def records(self) -> Iterator[Record]:
        """Yield the stored records in the order of their ids."""
        ...

    def graph(self) -> Graph:
        """Return the graph as it is read back from the store's own nodes and relationships."""
        ...

    def apply(self, upserts: Sequence[tuple[Record, str]], removals: Sequence[str]) -> Changes:
        """Store records with their extractor's fingerprint and forget the articles `removals`: all of it, or nothing.

        Afterwards the graph equals `build` of all stored records. Unknown removals are ignored. Raises ArticleError as
        `build` does, and if an article is given twice.
        """
        ...

    def rebuild(self) -> None:
        """Write the graph anew from the stored records, whatever has become of it; what queries wrote may be lost."""
        ...

    def query(self, cypher: str, parameters: Mapping[str, Any], *, write: bool = False) -> Table:
        """Answer a Cypher query; raises QueryError if it is wrong, reads files, or writes without `write`.

        What a query writes lives in the graph only, not in the records: it is gone once the graph is rebuilt.
        """
        ...

    def close(self) -> None:
        """Release the store; harmless if it is closed already."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
