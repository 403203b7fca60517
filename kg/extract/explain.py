"""Why an article yields what it yields: for each mention and each relation what proposed it and what decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kg.extract import chain
from kg.extract.chain import Tools, Understood
from kg.extract.learned_relations import Choice, candidates_of
from kg.extract.link import Linker
from kg.extract.mentions import Found, MentionFinder, Weighed, placed
from kg.extract.reading import Reading
from kg.extract.view import Item
from kg.model import Document, Relation

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


@dataclass(frozen=True, slots=True)
class RelationReason:
    """A relation that was taken, and why.

    `subject_by` and `object_by` tell how each stands in the sentence that most speaks for it: name, the sort of the
    word that means it, or left out. `probability` is what the trees make of all that is known, `score` what the words
    around the two say (log odds; none for what no pair of words says), `frames` the rules that read the same, each with
    its confidence. `time` is the time that was taken, and `time_by` where it stands.
    """

    subject: str
    predicate: str
    object: str
    start: int
    end: int
    sentence: str
    probability: float
    score: float | None
    subject_by: str
    object_by: str
    frames: tuple[tuple[str, float], ...]
    time: str | None
    time_by: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons of one article: mentions in order of place, relations in the order of the record."""

    mentions: tuple[Reason, ...]
    relations: tuple[RelationReason, ...]


def explain(document: Document, tools: Tools) -> Explanation:
    """Extract an article and say why."""
    segmented = tools.segmenter.segment(document)
    weighed = tools.finder.weigh(segmented)
    found = placed(weighed, tools.finder.decide(weighed))
    mentions = tuple(_reasons(tools.finder, weighed, found))
    entities = Linker(segmented, tools.finder.lexicon, tools.finder.cues).link(found)
    names = {entity.id: entity.name for entity in entities}
    reading, speakers, _ = chain.read(document, segmented, entities, tools)
    understood = chain.understand(document, segmented, reading, entities, speakers, tools)
    choices = _choices(understood, tools)
    relations = []
    for relation in chain.decide(understood, tools):
        key = relation.subject, relation.predicate, relation.object
        choice = choices.get(key) or choices.get((key[2], key[1], key[0]))
        evidence = relation.evidence[0]
        time = relation.start or relation.end or relation.date
        relations.append(
            RelationReason(
                subject=names[relation.subject],
                predicate=relation.predicate,
                object=names[relation.object],
                start=evidence.start,
                end=evidence.end,
                sentence=evidence.text,
                probability=relation.confidence,
                score=choice.score if choice else None,
                subject_by=_by(choice.subject) if choice else "",
                object_by=_by(choice.object) if choice else "",
                frames=tuple((r.evidence[0].rule, r.confidence) for r in choice.readings) if choice else (),
                time=time,
                time_by=_time_by(time, relation, reading),
            )
        )
    return Explanation(mentions, tuple(relations))


def _choices(read: Understood, tools: Tools) -> dict[tuple[str, str, str], Choice]:
    if tools.scorer is None:
        return {}
    finder = read.finder
    found = candidates_of(read.segmented, finder.reading, finder.view, tools.shape, tools.scorer.words)
    chosen = tools.scorer.choices(found, finder.reading, read.readings, tools.least)
    return {choice.key: choice for choice in chosen}


def _by(item: Item | None) -> str:
    return "left out" if item is None else item.form


def _time_by(time: str | None, relation: Relation, reading: Reading) -> str:
    """Where the time stands: in the evidence, before it, or nowhere in the text (the article's own date)."""
    if time is None:
        return ""
    places = [item.start for item in reading.values if item.value == time]
    first, last = relation.evidence[0].start, relation.evidence[-1].end
    if any(first <= place < last for place in places):
        return "evidence"
    return "earlier" if any(place < first for place in places) else "article"


def _reasons(finder: MentionFinder, weighed: Weighed, found: Found) -> Iterator[Reason]:
    document = weighed.draft.segmented.document
    for candidate in found.candidates:
        proposal = weighed.draft.proposals.get(candidate.surface)
        tagged = weighed.spans.get((candidate.start, candidate.end), {})
        yield Reason(
            start=candidate.start,
            end=candidate.end,
            text=document.text[candidate.start : candidate.end],
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
