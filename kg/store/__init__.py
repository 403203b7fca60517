"""Where graphs last: a folder of this computer, or a Neo4j server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.store.protocol import ArticleState, Changes, GraphStore, Table

if TYPE_CHECKING:
    from kg.store.vocabulary import Vocabulary

__all__ = ["ArticleState", "Changes", "GraphStore", "Table", "open_store"]


def open_store(address: str, *, create: bool = False, schemas: Path | None = None) -> GraphStore:
    """Open the graph at `address`: a folder.

    `schemas` is the folder of the ontology whose types may be written (default: the shipped one). Raises NotFoundError
    if there is no graph and not `create`, StoreLockedError if another process has it, and StoreError.
    """

    def vocabulary() -> Vocabulary:
        # The ontology costs more than a query, and only writing needs it.
        from kg import ontology  # noqa: PLC0415
        from kg.store.vocabulary import Vocabulary  # noqa: PLC0415

        return Vocabulary.of(ontology.load(schemas))

    from kg.store.embedded import EmbeddedStore  # noqa: PLC0415 - each store loads its own driver

    return EmbeddedStore(Path(address), vocabulary, create=create)
