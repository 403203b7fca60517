"""Why a mention is one: what proposed it, what the tagger and the rules say, and what tipped the balance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kg.extract.mentions import MentionFinder, Weighed, placed
from kg.extract.segment import Segmented

_MOST = 5
# Less than this tipped nothing.
_LEAST = 0.05


@dataclass(frozen=True, slots=True)
class Reason:
    """A mention [start, end) with its type, and why.

    `tagger` gives the probability of each type at this place, `rules` the type that the votes of lexicon, form and cues
    decide on, `features` what most speaks for the type against no name (in log odds, the strongest first). `settled`
    says that the lexicon or title marks decide, whatever the features say.
    """

    start: int
    end: int
    text: str
    type: str
    probability: float
    sources: tuple[str, ...]
    tagger: Mapping[str, float]
    rules: str | None
    settled: bool
    features: tuple[tuple[str, float], ...]


def reasons(finder: MentionFinder, segmented: Segmented) -> Iterator[Reason]:
    """The reason for each name that the finder finds, in order of place."""
    weighed = finder.weigh(segmented)
    verdicts = finder.decide(weighed)
    for candidate in placed(weighed, verdicts).candidates:
        proposal = weighed.draft.proposals.get(candidate.surface)
        tagged = weighed.spans.get((candidate.start, candidate.end), {})
        yield Reason(
            start=candidate.start,
            end=candidate.end,
            text=segmented.document.text[candidate.start : candidate.end],
            type=candidate.type,
            probability=candidate.probability,
            sources=tuple(proposal.sources) if proposal else (candidate.source,),
            tagger={type_: round(p, 3) for type_, p in sorted(tagged.items(), key=lambda item: (-item[1], item[0]))},
            rules=weighed.rules.get(candidate.surface),
            settled=weighed.settled(candidate.surface) is not None,
            features=_features(finder, weighed, candidate.surface, candidate.type),
        )


def _features(finder: MentionFinder, weighed: Weighed, surface: str, type_: str) -> tuple[tuple[str, float], ...]:
    weights = finder.weights
    chosen, none = weights.classes.index(type_), 0
    tipped = []
    for feature, value in weighed.rows[surface].items():
        column = weights.columns.get(feature)
        if column is not None:
            row = weights.surface[column]
            tipped.append((feature, round(float(np.float64(value) * (row[chosen] - row[none])), 2)))
    tipped.sort(key=lambda item: (-abs(item[1]), item[0]))
    return tuple(item for item in tipped[:_MOST] if abs(item[1]) >= _LEAST)
