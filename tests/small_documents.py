"""Small documents for tests of extraction, and the tools that read them."""

from __future__ import annotations

from functools import cache

from kg.extract import cues
from kg.extract.entities import find_entities
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
def tools(entries: tuple[Entry, ...] = ()) -> tuple[Segmenter, Lexicon]:
    """A segmenter and a lexicon that know these entries only."""
    lexicon = Lexicon.of(entries)
    return Segmenter(lexicon.words), lexicon


def entities(text: str, *entries: Entry, blocks: tuple[Block, ...] = ()) -> tuple[Entity, ...]:
    """The entities of a text for somebody who knows only these entries."""
    segmenter, lexicon = tools(entries)
    return find_entities(segmenter.segment(document(text, *blocks)), segmenter, lexicon, cues.load())
