"""The frames' own examples: a marked sentence that a frame must read, and one that it must not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.extract import chain
from kg.extract.frames import Frame
from kg.extract.relations import RelationFinder
from kg.model import Block, Document, Entity, Mention, Metadata, Relation

MARKED = re.compile(r"\[([^|\]]+)\|([A-Za-z]+)\]")
_DATE = "2025-06-01"


def read(marked: str, tools: chain.Tools) -> tuple[dict[str, str], list[Relation]]:
    """Each entity's name by id, and the relations of a text whose names are marked `[name|Type]`."""
    text, last = "", 0
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for match in MARKED.finditer(marked):
        text += marked[last : match.start()]
        places.setdefault((match[1], match[2]), []).append((len(text), len(text) + len(match[1])))
        text += match[1]
        last = match.end()
    text += marked[last:]
    entities = [
        Entity(
            id=f"{kind.lower()}/{name}",
            type=kind,
            name=name,
            kind=None,
            aliases=(name,),
            known=False,
            mentions=tuple(Mention(start, end, text[start:end]) for start, end in spans),
        )
        for (name, kind), spans in places.items()
    ]
    metadata = Metadata("example", "example", "", "", _DATE, "zh", None, None, ())
    document = Document(metadata, text, text, (Block("paragraph", 0, len(text)),))
    reading, _, _ = chain.read(document, tools.segmenter.segment(document), entities, tools)
    found = list(RelationFinder(reading, reading.view(), tools.frames, tools.ontology).find(tools.triggers))
    return {entity.id: entity.name for entity in entities}, found


def failures(frame: Frame, tools: chain.Tools) -> Iterator[str]:
    """What a frame makes of its own examples that it should not, a line each."""
    example, counter = frame.data.example, frame.data.counter
    names, found = read(example.text, tools)
    triples = {(names[r.subject], names[r.object]) for r in found if r.evidence[0].rule == frame.data.id}
    if (example.subject, example.object) not in triples:
        yield f"{frame.data.id}: does not read its example: {example.text}"
    if any(r.evidence[0].rule == frame.data.id for r in read(counter.text, tools)[1]):
        yield f"{frame.data.id}: reads its counter-example: {counter.text}"


def check(schemas: Path) -> list[str]:
    """The failures of all frames of a schemas folder; raises SchemaError where a file cannot be read at all."""
    tools = chain.load(schemas)
    return [f"{schemas / 'frames'}: {failure}" for frame in tools.frames.all for failure in failures(frame, tools)]
