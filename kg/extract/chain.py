"""The stages of the extraction, in their order, and everything that they need, loaded once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick_rs

from kg import lexicon, ontology
from kg.extract import (
    cues,
    frames,
    grammar,
    interview,
    learned_relations,
    recognizer,
    referents,
    relation_model,
    tables,
    weights,
)
from kg.extract.entities import find_entities
from kg.extract.frames import TriggerFinder
from kg.extract.learned_relations import RelationScorer
from kg.extract.mentions import MentionFinder
from kg.extract.quotations import Quotation, find_quotations, find_turns
from kg.extract.reading import Reading
from kg.extract.relations import RelationFinder, merged
from kg.extract.segment import Segmented, Segmenter, Sentence
from kg.extract.timer import Timer
from kg.extract.times import find_times
from kg.extract.view import Item, symbols
from kg.model import Document, Entity, Record, Relation, Statement
from kg.ontology import Ontology

Given = Mapping[tuple[int, int], tuple[str, ...]]
_NOTHING: Given = {}

_SPOKEN_FIELDS = ("title", "description")
# Relations less sure than this are wrong more often than right; docs/decisions.md has the curve.
_LEAST_SURE = 0.45
# The same for learned relations, and where the balance of precision and recall (F1) is best.
_SURE, _WIDE = 0.55, 0.35
# Where the weights of the learned scorer are in a schemas folder.
WEIGHTS = Path("weights") / "relations.data"


@dataclass(frozen=True)
class Tools:
    """Everything that is read and compiled once: the ontology, the lexicon and the grammar of a schemas folder."""

    schemas: Path
    ontology: Ontology
    segmenter: Segmenter
    finder: MentionFinder
    grammar: grammar.Grammar
    frames: frames.Frames
    triggers: ahocorasick_rs.AhoCorasick
    verbs: TriggerFinder
    referents: referents.Weights
    headers: tables.Headers
    interview: interview.Interview
    symbols: Mapping[str, str]
    symmetric: frozenset[str]
    shape: learned_relations.Schema
    scorer: RelationScorer | None
    least: float
    timer: Timer


@cache
def load(schemas: Path, model: str | None = None, *, wide: bool = False) -> Tools:
    """Read and compile a schemas folder and, if it is given, load a spaCy pipeline that proposes names.

    `wide` takes relations that are less sure as well, for a better balance of precision and recall.

    Raises SchemaError with `file: what` on the first thing that is wrong, and NotFoundError for an unknown pipeline.
    """
    types = ontology.load(schemas)
    names = lexicon.load(schemas)
    segmenter = Segmenter(names.words)
    marks = symbols(list(types.entity_types))
    relation_frames = frames.load(schemas, types, marks)
    triggers = ahocorasick_rs.AhoCorasick(relation_frames.triggers)
    shape = learned_relations.schema(schemas, types, marks, relation_frames, triggers)
    scorer = scorer_of(schemas, shape, types, relation_frames)
    return Tools(
        schemas=schemas,
        ontology=types,
        segmenter=segmenter,
        finder=MentionFinder(
            segmenter,
            names,
            cues.load(schemas),
            weights.load(schemas),
            recognizer.load(model, schemas) if model else None,
        ),
        grammar=grammar.load(schemas),
        frames=relation_frames,
        triggers=triggers,
        verbs=TriggerFinder(relation_frames),
        referents=referents.load(referents.path_of(schemas)),
        headers=tables.load(schemas),
        interview=interview.load(schemas),
        symbols=marks,
        symmetric=frozenset(name for name, relation in types.relation_types.items() if relation.symmetric),
        shape=shape,
        scorer=scorer,
        least=(_WIDE if wide else _SURE) if scorer else _LEAST_SURE,
        timer=Timer.of(schemas, types, relation_frames),
    )


def scorer_of(
    schemas: Path, shape: learned_relations.Schema, types: Ontology, relation_frames: frames.Frames
) -> RelationScorer | None:
    """The learned scorer, if the schemas folder has weights and they were learned for its ontology."""
    path = schemas / WEIGHTS
    if not path.is_file():
        return None
    model = relation_model.load(path)
    return RelationScorer(model, shape, types, relation_frames) if shape.belongs(model) else None


def extract(document: Document, tools: Tools) -> Record:
    """The article's record."""
    segmented = tools.segmenter.segment(document)
    entities = find_entities(segmented, tools.finder)
    reading, speakers, quotations = read(document, segmented, entities, tools)
    relations = decide(understand(document, segmented, reading, entities, speakers, tools), tools)
    return Record(document.metadata, entities, relations, _statements(quotations, entities))


@dataclass(frozen=True)
class Understood:
    """An article as it was read, with what the frames, the tables and the conversation say, several times the same."""

    segmented: Segmented
    finder: RelationFinder
    readings: tuple[Relation, ...]


def read(
    document: Document, segmented: Segmented, entities: Sequence[Entity], tools: Tools, given: Given = _NOTHING
) -> tuple[Reading, list[str], tuple[Quotation, ...]]:
    """The article read with these entities, those who converse in it, and its quotations.

    `given` says who is meant at spans that need not be resolved.
    """
    reading = _reading(document, segmented, entities, tools, given)
    persons = [(mention, e.id) for e in entities if e.type == "Person" for mention in e.mentions]
    turns = [
        (t.start, t.end, t.speaker) for t in find_turns(document, segmented.folded, persons, tools.schemas) if t.speaker
    ]
    reading.read([s for s in segmented.sentences if _is_prose(document, s)], turns)
    quotations = find_quotations(document, segmented.folded, persons, reading.person_at, tools.schemas)
    _read_quotations(reading, segmented, quotations)
    return reading, _speakers(turns, quotations), quotations


def _reading(
    document: Document, segmented: Segmented, entities: Sequence[Entity], tools: Tools, given: Given
) -> Reading:
    spans = [(sentence.start, sentence.end) for sentence in segmented.sentences if _is_prose(document, sentence)]
    times = find_times(segmented.folded, spans, document.metadata.date, tools.schemas)
    dates = [
        Item(time.start, time.end, "Time", (), "future" if time.future else "value", time.value)
        for time in times
        if time.value is not None
    ]
    return Reading(
        document.text,
        segmented.folded,
        document.blocks,
        entities,
        dates,
        tools.grammar,
        tools.symbols,
        tools.frames.verbs,
        tools.verbs.places(segmented.folded),
        tools.referents,
        given,
        times,
    )


def _read_quotations(reading: Reading, segmented: Segmented, quotations: Sequence[Quotation]) -> None:
    speakers = {quotation.start: quotation.speaker for quotation in quotations}
    for utterance in reading.utterances:
        # A quotation's span leaves its marks out, an utterance's does not.
        inside = (utterance.start + 1, utterance.end - 1)
        reading.read_quoted(utterance, segmented.sentences_within(*inside), speakers.get(inside[0]))


def _speakers(turns: Sequence[tuple[int, int, str]], quotations: Sequence[Quotation]) -> list[str]:
    """Those who take part in the conversation: they have turns, or are quoted more than once."""
    quoted = Counter(quotation.speaker for quotation in quotations if quotation.speaker)
    return sorted({speaker for _, _, speaker in turns} | {speaker for speaker, count in quoted.items() if count > 1})


def understand(
    document: Document,
    segmented: Segmented,
    reading: Reading,
    entities: Sequence[Entity],
    speakers: Sequence[str],
    tools: Tools,
) -> Understood:
    """What frames, tables and the conversation say in an article as it was read."""
    finder = RelationFinder(reading, reading.view(), tools.frames, tools.ontology)
    found = list(finder.find(tools.triggers))
    found.extend(tables.TableReader(document, entities, tools.headers, tools.ontology.signatures).find())
    found.extend(interview.find_guests(reading, finder.view, found, speakers, tools.interview))
    return Understood(segmented, finder, tuple(found))


def decide(read: Understood, tools: Tools) -> tuple[Relation, ...]:
    """The relations that an article states: by what was learned, else those of the frames that are sure enough."""
    if tools.scorer is not None:
        found = merged(tools.scorer.find(read.segmented, read.finder, read.readings, tools.least), tools.symmetric)
    else:
        found = tuple(r for r in merged(read.readings, tools.symmetric) if r.confidence >= tools.least)
    return tools.timer.timed(read.segmented, read.finder.reading, read.finder.view, found)


def _statements(quotations: Sequence[Quotation], entities: Sequence[Entity]) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            speaker=quotation.speaker,
            text=quotation.text,
            start=quotation.start,
            end=quotation.end,
            about=tuple(
                sorted(
                    e.id
                    for e in entities
                    if any(quotation.start <= m.start and m.end <= quotation.end for m in e.mentions)
                )
            ),
        )
        for quotation in quotations
        if quotation.speaker
    )


def _is_prose(document: Document, sentence: Sentence) -> bool:
    """Rows are read as tables; of the front matter only title and description are sentences."""
    block = document.blocks[sentence.block]
    return block.kind != "row" and (block.kind != "front" or block.field in _SPOKEN_FIELDS)
