"""Reads relations from a sentence whose names are marked `[name|Type]`, or `[short=full|Type]` for a short form."""

from __future__ import annotations

import re

import ahocorasick_rs

from kg import ontology, resources
from kg.extract import frames, grammar
from kg.extract.reading import Reading
from kg.extract.relations import RelationFinder
from kg.extract.segment import Segmenter
from kg.extract.times import find_times
from kg.extract.view import Item, symbols
from kg.model import Block, Document, Entity, Mention, Metadata, Relation

SCHEMAS = resources.folder("schemas")
ONTOLOGY = ontology.load(SCHEMAS)
SYMBOLS = symbols(list(ONTOLOGY.entity_types))
FRAMES = frames.load(SCHEMAS, ONTOLOGY, SYMBOLS)
GRAMMAR = grammar.load(SCHEMAS)
MARKED = re.compile(r"\[([^|\]=]+)(?:=([^|\]]+))?\|([A-Za-z]+)\]")
_TRIGGERS = ahocorasick_rs.AhoCorasick(FRAMES.triggers)
_SEGMENTER = Segmenter()
_DATE = "2025-06-01"


def read(marked: str) -> tuple[dict[str, str], list[Relation]]:
    """Each entity's name by id, and the relations found."""
    text, last = "", 0
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for match in MARKED.finditer(marked):
        text += marked[last : match.start()]
        places.setdefault((match[2] or match[1], match[3]), []).append((len(text), len(text) + len(match[1])))
        text += match[1]
        last = match.end()
    text += marked[last:]
    entities = [
        Entity(
            f"{kind.lower()}/{name}", kind, name, None, (name,), known=False,
            mentions=tuple(Mention(a, b, text[a:b]) for a, b in spans),
        )
        for (name, kind), spans in places.items()
    ]  # fmt: skip
    document = Document(
        Metadata("x", "x", "0", "t", _DATE, "zh-Hant", None, None, ()), text, text, (Block("paragraph", 0, len(text)),)
    )
    segmented = _SEGMENTER.segment(document)
    dates = [
        Item(t.start, t.end, "Time", (), "future" if t.future else "value", t.value)
        for t in find_times(segmented.folded, [(s.start, s.end) for s in segmented.sentences], _DATE)
        if t.value
    ]
    reading = Reading(text, segmented.folded, document.blocks, entities, dates, GRAMMAR, SYMBOLS, FRAMES.verbs)
    reading.read(segmented.sentences)
    found = list(RelationFinder(reading, reading.view(), FRAMES, ONTOLOGY).find(_TRIGGERS))
    return {e.id: e.name for e in entities}, found
