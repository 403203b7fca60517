"""The shipped rules, for tests that read marked sentences."""

from __future__ import annotations

from kg import resources
from kg.extract import chain, examples
from kg.model import Relation

TOOLS = chain.load(resources.folder("schemas"))
MARKED = examples.MARKED


def read(marked: str) -> tuple[dict[str, str], list[Relation]]:
    """Each entity's name by id, and the relations that the shipped rules find."""
    return examples.read(marked, TOOLS)
