"""The entities of an article, from its segmented text."""

from __future__ import annotations

from kg.extract.cues import Cues
from kg.extract.link import Linker
from kg.extract.mentions import find_mentions
from kg.extract.segment import Segmented, Segmenter
from kg.lexicon import Lexicon
from kg.model import Entity


def find_entities(segmented: Segmented, segmenter: Segmenter, lexicon: Lexicon, cues: Cues) -> tuple[Entity, ...]:
    """Every entity with all its mentions, in order of first mention; no two mentions overlap."""
    return Linker(segmented, lexicon, cues).link(find_mentions(segmented, segmenter, lexicon, cues))
