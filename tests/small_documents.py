"""Small documents for tests of extraction, and the tools that read them."""

from __future__ import annotations

from functools import cache

from kg import resources
from kg.extract import cues, weights
from kg.extract.entities import find_entities
from kg.extract.mentions import MentionFinder
from kg.extract.segment import Segmenter
from kg.lexicon import Entry, Lexicon
from kg.model import Block, Document, Entity, Metadata


def document(text: str, *blocks: Block) -> Document:
    """A document of these blocks, or of one paragraph for every non-empty line."""
    if not blocks:
        found = []
        position = 0
        for line in text.split("\n"):
            if line.strip():
                found.append(Block("paragraph", position, position + len(line)))
            position += len(line) + 1
        blocks = tuple(found)
    metadata = Metadata("a.md", "a.md", "0" * 64, "", None, "zh-Hant", None, None, ())
    return Document(metadata, text, text, blocks)


@cache
def finder(entries: tuple[Entry, ...] = ()) -> MentionFinder:
    """A finder of mentions whose lexicon has these entries only."""
    lexicon = Lexicon.of(entries)
    return MentionFinder(Segmenter(lexicon.words), lexicon, cues.load(), weights.load(resources.folder("schemas")))


def entities(text: str, *entries: Entry, blocks: tuple[Block, ...] = ()) -> tuple[Entity, ...]:
    """The entities of a text for somebody who knows only these entries."""
    found = finder(entries)
    return find_entities(found.segmenter.segment(document(text, *blocks)), found)
