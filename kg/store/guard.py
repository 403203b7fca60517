"""Queries may not read files or addresses: `LOAD CSV` passes both stores' read-only check, so it is refused here."""

from __future__ import annotations

import re

from kg.errors import QueryError

# The two words with anything between them that Cypher skips. Comments come first and nothing is tried again
# (possessive), as in a real lexer. String literals are not told apart on purpose: to do it wrongly would open a hole.
_LOAD_CSV = re.compile(r"\bLOAD(?>/\*.*?\*/|//[^\r\n]*|\W)++CSV\b", re.IGNORECASE | re.DOTALL)
_ESCAPE = re.compile(r"\\u+([0-9a-fA-F]{4})")


def refuse_file_access(cypher: str) -> None:
    """Raise QueryError if the query may contain `LOAD CSV`, in whatever spelling."""
    # Neo4j replaces Unicode escapes before it parses, the embedded engine does not.
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), cypher)
    if _LOAD_CSV.search(cypher) or _LOAD_CSV.search(decoded):
        raise QueryError(
            "LOAD CSV is refused, because it reads files and addresses; if these words are part of a text, "
            "pass the text as a parameter"
        )
