"""A document on the way to its mentions: what may be a name, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import ahocorasick_rs

from kg.extract.cues import Cues, Scan
from kg.extract.people import NameReader
from kg.extract.segment import Segmented, Segmenter
from kg.extract.structure import StructureReader
from kg.lexicon import Lexicon, stands_alone


@dataclass(slots=True)
class Proposal:
    """A surface (folded) that may be a name: where it stands and what speaks for which type."""

    surface: str
    spans: set[tuple[int, int]] = field(default_factory=set)
    votes: dict[str, float] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    fixed: str | None = None
    only: frozenset[str] | None = None
    everywhere: bool = False

    def vote(self, type_: str, weight: float) -> None:
        """Add to what speaks for a type, if the form allows it."""
        if self.only is not None and type_ not in self.only:
            return
        self.votes[type_] = self.votes.get(type_, 0.0) + weight

    def best(self) -> tuple[str, float]:
        """The type that most speaks for, and how much; an empty type if nothing does."""
        if self.fixed:
            return self.fixed, self.votes[self.fixed]
        return best(self.votes)


class Draft:
    """One document's proposals by surface, the longest one at every offset, and pairs that brackets declare to be one.

    `starts` maps an offset to the end of the longest proposal that begins there, `ends` the other way round.
    """

    def __init__(self, segmented: Segmented, segmenter: Segmenter, lexicon: Lexicon, cues: Cues) -> None:
        self.segmented = segmented
        self.text = segmented.folded
        self.lexicon = lexicon
        self.cues = cues
        self.scan: Scan = cues.scan(self.text)
        self.structure = StructureReader(segmented, segmenter, cues, self.scan)
        self.people = NameReader(segmented, segmenter, cues)
        self.people.cues_after = frozenset(
            place for place, votes in self.scan.after.items() if votes.get("Person", 0.0) > 1
        )
        self.proposals: dict[str, Proposal] = {}
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.pairs: dict[tuple[str, str], None] = {}

    def propose(
        self, start: int, end: int, source: str, votes: Mapping[str, float] | None = None, *, everywhere: bool = False
    ) -> Proposal:
        """Note that [start, end) may be a name; votes count once per surface and source."""
        surface = self.text[start:end]
        proposal = self.proposals.get(surface)
        if proposal is None:
            proposal = self.proposals[surface] = Proposal(surface)
        proposal.spans.add((start, end))
        proposal.everywhere |= everywhere
        if source not in proposal.sources:
            proposal.sources[source] = None
            for type_, weight in (votes or {}).items():
                proposal.vote(type_, weight)
        self.starts[start] = max(end, self.starts.get(start, end))
        self.ends[end] = min(start, self.ends.get(end, start))
        return proposal

    def starting(self, start: int) -> Proposal | None:
        """The longest proposal that begins at an offset."""
        end = self.starts.get(start)
        return None if end is None else self.proposals[self.text[start:end]]


def best(votes: Mapping[str, float]) -> tuple[str, float]:
    """The type with the most votes, the first by name among equals, and its votes."""
    type_ = max(sorted(votes), key=lambda name: votes[name], default="")
    return type_, votes.get(type_, 0.0)


def standing(text: str, surfaces: list[str]) -> Iterator[tuple[int, int]]:
    """Every place where one of the surfaces stands as a name of its own."""
    if surfaces:
        for _, start, end in ahocorasick_rs.AhoCorasick(surfaces).find_matches_as_indexes(text, overlapping=True):
            if stands_alone(text, start, end):
                yield start, end
