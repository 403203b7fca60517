"""Mentions: which of the proposals of a document stand, and of which type they are.

Rules and lexicon propose and vote, a tagger proposes what they overlook, and a classifier over all places of a surface
decides; what the lexicon lists without doubt stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kg.extract import proposals, surfaces
from kg.extract.cues import Cues
from kg.extract.draft import Draft
from kg.extract.recognizer import Recognizer
from kg.extract.segment import Segmented, Segmenter
from kg.extract.surfaces import Places, Row
from kg.extract.tagger import Spans, Tagger
from kg.extract.unit_features import UnitFeatures
from kg.extract.units import Units
from kg.extract.votes import COLUMN
from kg.extract.weights import Floats, NameWeights
from kg.lexicon import Lexicon

_STANDS = 0.5
# Title marks and the header of a column say what a name is.
_TELLING_SOURCES = frozenset({"title", COLUMN})
# How sure the lexicon is of what it lists, and title marks of what the rules make of them.
_SETTLED = 0.98


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """An occurrence of a name with the type decided for its surface; `source` names what proposed it first."""

    start: int
    end: int
    surface: str
    type: str
    source: str
    probability: float


@dataclass(frozen=True, slots=True)
class Found:
    """The mentions in order of place, without overlaps, and pairs of surfaces that a bracket declares to be one."""

    candidates: tuple[Candidate, ...]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One document's proposals with everything that speaks for or against them, by surface."""

    draft: Draft
    units: Units
    spans: Spans
    places: Places
    rules: Mapping[str, str]
    rows: Mapping[str, Row]

    def settled(self, surface: str) -> str | None:
        """The type of what the lexicon lists without doubt, or that the rules give a title or cell; else nothing."""
        proposal = self.draft.proposals.get(surface)
        if proposal is None:
            return None
        told = _TELLING_SOURCES & proposal.sources.keys()
        return self.rules.get(surface) if told else proposal.fixed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The type of a surface and how likely it is a name at all."""

    type: str
    probability: float


class MentionFinder:
    """Finds the mentions of documents by one lexicon, one set of cues and one set of weights."""

    def __init__(
        self,
        segmenter: Segmenter,
        lexicon: Lexicon,
        cues: Cues,
        weights: NameWeights,
        recognizer: Recognizer | None = None,
    ) -> None:
        self.segmenter = segmenter
        self.lexicon = lexicon
        self.cues = cues
        self.weights = weights
        self.recognizer = recognizer
        self.tagger = Tagger(weights, UnitFeatures(cues, segmenter.knows))

    def find(self, segmented: Segmented) -> Found:
        """All names in a document, each place at most once."""
        weighed = self.weigh(segmented)
        return placed(weighed, self.decide(weighed))

    def weigh(self, segmented: Segmented) -> Weighed:
        """What may be a name in a document, and what speaks for it."""
        draft = proposals.propose(segmented, self.segmenter, self.lexicon, self.cues)
        if self.recognizer is not None:
            self.recognizer.propose(draft)
        units = Units(draft)
        return weigh(draft, units, self.tagger.spans(draft, units))

    def decide(self, weighed: Weighed) -> dict[str, Verdict]:
        """What stands, by surface."""
        likely = surfaces.probabilities(self.weights, weighed.rows)
        return decided(weighed, dict(zip(weighed.rows, likely, strict=True)), self.weights.classes)


def weigh(draft: Draft, units: Units, spans: Spans) -> Weighed:
    """What speaks for or against each surface, from the rules' proposals and the tagger's spans."""
    proposals.weigh(draft, spans)
    rules = proposals.verdicts(draft)
    places = surfaces.places_of(draft, units, spans)
    return Weighed(draft, units, spans, places, rules, surfaces.rows(draft, units, spans, places, rules))


def decided(weighed: Weighed, likely: Mapping[str, Floats], classes: tuple[str, ...]) -> dict[str, Verdict]:
    """What stands by the probabilities of the classes ("" first), which surfaces that belong together share."""
    draft = weighed.draft
    shares = dict(likely)
    for surface in likely:
        type_ = weighed.settled(surface)
        if type_ is not None:
            shares[surface] = np.where(np.array(classes) == type_, _SETTLED, (1 - _SETTLED) / (len(classes) - 1))
    verdicts: dict[str, Verdict] = {}
    for members in proposals.groups(shares, proposals.together(draft)):
        share = np.mean([shares[surface] for surface in members], axis=0)
        probability = round(float(1 - share[0]), 6)
        if probability >= _STANDS:
            verdict = Verdict(classes[1 + int(np.argmax(share[1:]))], probability)
            verdicts |= dict.fromkeys(members, verdict)
    return verdicts


def placed(weighed: Weighed, verdicts: Mapping[str, Verdict]) -> Found:
    """All occurrences of the surfaces that stand, the longest first where they overlap."""
    draft = weighed.draft
    taken = bytearray(len(draft.text) + 1)
    found = []
    for start, end in sorted(_spans(verdicts, weighed.places), key=lambda span: (span[0] - span[1], span[0])):
        if any(taken[start:end]):
            continue
        taken[start:end] = b"\1" * (end - start)
        surface = draft.text[start:end]
        verdict, proposal = verdicts[surface], draft.proposals.get(surface)
        source = next(iter(proposal.sources)) if proposal else "tagger"
        found.append(Candidate(start, end, surface, verdict.type, source, verdict.probability))
    return Found(tuple(sorted(found)), tuple(draft.pairs))


def _spans(verdicts: Iterable[str], places: Places) -> Iterable[tuple[int, int]]:
    return (span for surface in verdicts for span in places[surface])
