"""One article → its record: the stages of the extraction in their order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick_rs

from kg import __version__, lexicon, ontology
from kg.extract import cues, frames, grammar, interview, tables
from kg.extract.entities import find_entities
from kg.extract.reading import Reading
from kg.extract.relations import RelationFinder, merged
from kg.extract.segment import Segmented, Segmenter, Sentence
from kg.extract.times import find_times
from kg.extract.view import Item, symbols
from kg.lexicon import Lexicon
from kg.model import Document, Entity, Record, Relation
from kg.ontology import Ontology
from kg.resources import folder

_SPOKEN_FIELDS = ("title", "description")


@dataclass(frozen=True)
class _Tools:
    """Everything that is read and compiled once: the ontology, the lexicon and the grammar of a schemas folder."""

    schemas: Path
    ontology: Ontology
    lexicon: Lexicon
    cues: cues.Cues
    segmenter: Segmenter
    grammar: grammar.Grammar
    frames: frames.Frames
    triggers: ahocorasick_rs.AhoCorasick
    headers: tables.Headers
    interview: interview.Interview
    symbols: Mapping[str, str]
    symmetric: frozenset[str]


@cache
def _tools(schemas: Path) -> _Tools:
    types = ontology.load(schemas)
    names = lexicon.load(schemas)
    marks = symbols(list(types.entity_types))
    relation_frames = frames.load(schemas, types, marks)
    return _Tools(
        schemas=schemas,
        ontology=types,
        lexicon=names,
        cues=cues.load(schemas),
        segmenter=Segmenter(name for name in names.names if not name.isascii() and len(name) > 1),
        grammar=grammar.load(schemas),
        frames=relation_frames,
        triggers=ahocorasick_rs.AhoCorasick(relation_frames.triggers),
        headers=tables.load(schemas),
        interview=interview.load(schemas),
        symbols=marks,
        symmetric=frozenset(name for name, relation in types.relation_types.items() if relation.symmetric),
    )


@dataclass(frozen=True, slots=True)
class Extractor:
    """Extracts by the rules of a schemas folder (default: the shipped one), which are loaded at the first article."""

    schemas: Path | None = None

    @property
    def fingerprint(self) -> str:
        """A digest of everything that decides what an article yields: version, code of the extraction, and schemas."""
        digest = hashlib.sha256(__version__.encode())
        code = sorted(Path(__file__).parent.glob("*.py"))
        for path in (*code, *sorted(self._folder().rglob("*.yaml"))):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def _folder(self) -> Path:
        return self.schemas or folder("schemas")

    def extract(self, document: Document) -> Record:
        """The article's record; the same document always gives the same one."""
        tools = _tools(self._folder())
        segmented = tools.segmenter.segment(document)
        entities = find_entities(segmented, tools.segmenter, tools.lexicon, tools.cues)
        relations = _relations(document, segmented, entities, tools)
        return Record(document.metadata, entities, relations, ())


def _relations(
    document: Document, segmented: Segmented, entities: Sequence[Entity], tools: _Tools
) -> tuple[Relation, ...]:
    sentences = [sentence for sentence in segmented.sentences if _is_prose(document, sentence)]
    spans = [(sentence.start, sentence.end) for sentence in sentences]
    dates = [
        Item(time.start, time.end, "Time", (), "future" if time.future else "value", time.value)
        for time in find_times(segmented.folded, spans, document.metadata.date)
        if time.value is not None
    ]
    reading = Reading(
        document.text, segmented.folded, document.blocks, entities, dates, tools.grammar, tools.symbols, tools.frames.verbs
    )
    reading.read(sentences)
    view = reading.view()
    found = list(RelationFinder(reading, view, tools.frames, tools.ontology).find(tools.triggers))
    found.extend(tables.TableReader(document, entities, tools.headers, tools.ontology.signatures).find())
    found.extend(interview.find_guests(reading, view, found, (), tools.interview))
    return merged(found, tools.symmetric)


def _is_prose(document: Document, sentence: Sentence) -> bool:
    """Rows are read as tables; of the front matter only title and description are sentences."""
    block = document.blocks[sentence.block]
    return block.kind != "row" and (block.kind != "front" or block.field in _SPOKEN_FIELDS)
