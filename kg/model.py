"""The data that flow from an article to the graph: frozen, ordered, without behaviour beyond their own invariants.

All offsets are Unicode code points into the text of the file as decoded from UTF-8, front matter included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Certainty = Literal["stated", "reported"]
BlockKind = Literal["front", "heading", "paragraph", "item", "quote", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of prose: a front-matter value, heading, paragraph, list item, block quotation or table row.

    `level` is the heading's level or the item's depth (from 1), `field` the front-matter key, `table` numbers the
    article's tables from 0 (rows of one table share it; the header row comes first) and is None elsewhere.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    field: str | None = None
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the front matter and the file say about an article; `date` is ISO (YYYY-MM-DD) or None."""

    id: str
    path: str
    sha256: str
    title: str
    date: str | None
    language: str
    source_url: str | None
    source_name: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One article: its text, and `masked`, an equally long copy in which all that is not prose is blank."""

    metadata: Metadata
    text: str
    masked: str
    blocks: tuple[Block, ...]
    draft: bool = False

    def __post_init__(self) -> None:
        if len(self.text) != len(self.masked):
            raise ValueError("the masked text must be as long as the text")


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """One occurrence of an entity; `text` is exactly the file's slice."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing of the article under all its names; `known` says that the lexicon lists it."""

    id: str
    type: str
    name: str
    kind: str | None
    aliases: tuple[str, ...]
    known: bool
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """The words that a relation stands on, and the rule that read them."""

    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A fact between two entities of a record; dates are YYYY, YYYY-MM, YYYY-MM-DD or None, confidence is in [0, 1]."""

    subject: str
    predicate: str
    object: str
    start: str | None
    end: str | None
    date: str | None
    qualifiers: tuple[tuple[str, str], ...]
    certainty: Certainty
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A direct quotation, its speaker, and the entities named inside it."""

    speaker: str
    text: str
    start: int
    end: int
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that one article yields."""

    document: Metadata
    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    statements: tuple[Statement, ...]
    version: int = field(default=1)
