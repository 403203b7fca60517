"""Every frame carries its own test: a sentence that it must read, and one that it must not."""

from __future__ import annotations

import re
from pathlib import Path

import ahocorasick_rs
import pytest

from kg import ontology, resources
from kg.errors import SchemaError
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
TRIGGERS = ahocorasick_rs.AhoCorasick(FRAMES.triggers)
SEGMENTER = Segmenter()
MARKED = re.compile(r"\[([^|\]]+)\|([A-Za-z]+)\]")


def read(marked: str) -> tuple[dict[str, str], list[Relation]]:
    """The relations of a sentence whose names are marked `[name|Type]`, and each entity's name by id."""
    text, places, last = "", {}, 0
    for match in MARKED.finditer(marked):
        text += marked[last : match.start()]
        places.setdefault((match[1], match[2]), []).append((len(text), len(text) + len(match[1])))
        text += match[1]
        last = match.end()
    text += marked[last:]
    entities = [
        Entity(f"{kind.lower()}/{name}", kind, name, None, (name,), False, tuple(Mention(a, b, text[a:b]) for a, b in spans))
        for (name, kind), spans in places.items()
    ]
    meta = Metadata("x", "x", "0", "t", "2025-06-01", "zh-Hant", None, None, ())
    document = Document(meta, text, text, (Block("paragraph", 0, len(text)),))
    segmented = SEGMENTER.segment(document)
    spans = [(s.start, s.end) for s in segmented.sentences]
    dates = [
        Item(t.start, t.end, "Time", (), "future" if t.future else "value", t.value)
        for t in find_times(segmented.folded, spans, meta.date)
        if t.value
    ]
    reading = Reading(text, segmented.folded, document.blocks, entities, dates, GRAMMAR, SYMBOLS, FRAMES.verbs)
    reading.read(segmented.sentences)
    found = list(RelationFinder(reading, reading.view(), FRAMES, ONTOLOGY).find(TRIGGERS))
    return {e.id: e.name for e in entities}, found


@pytest.mark.parametrize("frame", FRAMES.all, ids=lambda frame: frame.data.id)
def test_example_is_read(frame: frames.Frame) -> None:
    names, found = read(frame.data.example.text)
    triples = {(names[r.subject], r.predicate, names[r.object]) for r in found if r.evidence[0].rule == frame.data.id}
    assert (frame.data.example.subject, frame.data.predicate, frame.data.example.object) in triples


@pytest.mark.parametrize("frame", FRAMES.all, ids=lambda frame: frame.data.id)
def test_counter_example_is_not_read(frame: frames.Frame) -> None:
    _, found = read(frame.data.counter.text)
    assert [r for r in found if r.evidence[0].rule == frame.data.id] == []


def test_every_predicate_has_a_frame() -> None:
    assert {frame.data.predicate for frame in FRAMES.all} == set(ONTOLOGY.relation_types)


def test_evidence_is_exactly_the_text() -> None:
    marked = "2019 年，[林可|Person]加入[星河實驗室|Organization]。他後來離開[星河實驗室|Organization]。"
    text = MARKED.sub(lambda m: m[1], marked)
    _, found = read(marked)
    assert found
    assert all(text[e.start : e.end] == e.text for r in found for e in r.evidence)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("- {id: a, predicate: KNOWS, triggers: [x], patterns: ['{V}<O>'], example: {text: x}, counter: {text: y}}", "no such predicate"),
        ("- {id: a, predicate: LEADS, triggers: [x], patterns: ['<O>'], example: {text: x}, counter: {text: y}}", "exactly once"),
        ("- {id: a, predicate: LEADS, triggers: [x], patterns: ['{V}<Foo>'], example: {text: x}, counter: {text: y}}", "no such slot"),
        ("- {id: a, predicate: LEADS, triggers: [x], patterns: ['{V}(<O>'], example: {text: x}, counter: {text: y}}", "regular expression"),
        ("- {id: a, predicate: LEADS, triggers: [x], patterns: ['{V}'], subject: [Place], example: {text: x}, counter: {text: y}}", "does not allow"),
        ("- {id: a, predicate: LEADS, triggers: [x], patterns: ['{V}'], colour: red, example: {text: x}, counter: {text: y}}", "a: colour"),
    ],
)
def test_a_wrong_frame_is_named(tmp_path: Path, entry: str, message: str) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "f.yaml").write_text(entry, "utf-8")
    with pytest.raises(SchemaError, match=re.escape(message)) as caught:
        frames.load(tmp_path, ONTOLOGY, SYMBOLS)
    assert "f.yaml" in str(caught.value)
