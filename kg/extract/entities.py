"""The entities of an article, from its segmented text."""

from __future__ import annotations

from kg.extract.link import Linker
from kg.extract.mentions import MentionFinder
from kg.extract.segment import Segmented
from kg.model import Entity


def find_entities(segmented: Segmented, finder: MentionFinder) -> tuple[Entity, ...]:
    """Every entity with all its mentions, in order of first mention; no two mentions overlap."""
    return Linker(segmented, finder.lexicon, finder.cues).link(finder.find(segmented))
