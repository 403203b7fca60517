"""Where graphs last: a folder of this computer, or a Neo4j server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreError
from kg.store.protocol import ArticleState, Changes, GraphStore, Table

if TYPE_CHECKING:
    from kg.store.vocabulary import Vocabulary

__all__ = ["ArticleState", "Changes", "GraphStore", "Table", "open_store"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_NEO4J = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?")


def open_store(address: str, *, create: bool = False, schemas: Path | None = None) -> GraphStore:
    """Open the graph at `address`: a folder, or a Bolt address such as bolt://, neo4j:// or neo4j+s://.

    `schemas` is the folder of the ontology whose types may be written (default: the shipped one). Raises NotFoundError
    if there is no graph and not `create`, StoreLockedError if another process has it, and StoreError.
    """

    def vocabulary() -> Vocabulary:
        # The ontology costs more than a query, and only writing needs it.
        from kg import ontology  # noqa: PLC0415
        from kg.store.vocabulary import Vocabulary  # noqa: PLC0415

        return Vocabulary.of(ontology.load(schemas))

    # Each store loads its own driver.
    scheme = _SCHEME.match(address)
    if scheme is None:
        from kg.store.embedded import EmbeddedStore  # noqa: PLC0415

        return EmbeddedStore(Path(address), vocabulary, create=create)
    if not _NEO4J.fullmatch(scheme[1]):
        raise StoreError(f"{scheme[1]}:// is no address of a graph; use a folder, bolt://, neo4j:// or neo4j+s://")
    from kg.store.neo4j import Neo4jStore  # noqa: PLC0415

    return Neo4jStore(address, vocabulary, create=create)
