"""Everything that can go wrong, in one tree.

KgError                    a message for a person: where, what is wrong, what to do
├── ArticleError           one article cannot be read or extracted; the others go on
├── SchemaError            a file of `schemas/` is wrong
├── StoreError             the graph cannot be opened, read or written
│   ├── StoreLockedError   another process holds it
│   └── QueryError         the query is wrong, or writes without being allowed to
├── NotFoundError          a name, folder or file that the user gave does not exist
└── ExportError            an export cannot be written
"""

from __future__ import annotations


class KgError(Exception):
    """An error whose message is meant for the user; the command exits with 1."""


class ArticleError(KgError):
    """One article cannot be read; `path` names it and `line`, if known, the place (from 1)."""

    def __init__(self, path: str, problem: str, line: int | None = None) -> None:
        self.path = path
        self.problem = problem
        self.line = line
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {problem}")

    def __reduce__(self) -> tuple[type[ArticleError], tuple[str, str, int | None]]:
        # Errors cross process borders with --jobs; the default would call __init__ with the message alone.
        return (ArticleError, (self.path, self.problem, self.line))


class SchemaError(KgError):
    """A schema file is malformed or contradicts another; the message says `file: field: what`."""


class StoreError(KgError):
    """The graph cannot be opened, read or written."""


class StoreLockedError(StoreError):
    """Another process has the graph open."""


class QueryError(StoreError):
    """A Cypher query that is wrong or not allowed."""


class NotFoundError(KgError):
    """Something that the user named does not exist."""


class ExportError(KgError):
    """An export cannot be written."""
