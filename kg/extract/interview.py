"""Who was a guest of the programme that an article is drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.extract.reading import Reading
from kg.extract.view import Line, View
from kg.fold import fold
from kg.model import Entity, Evidence, Relation
from kg.ontology import explain, read_yaml

_PREDICATE, _RULE = "APPEARED_ON", "drawn-from"


class Interview(BaseModel):
    """The words by which an article says where it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source_cues: tuple[str, ...]
    source_fields: tuple[str, ...]
    confidence: float


@lru_cache(maxsize=4)
def load(schemas: Path) -> Interview:
    """The interview words of a schemas folder, folded; raises SchemaError."""
    path = schemas / "interview.yaml"
    try:
        data = Interview.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error
    return data.model_copy(update={"source_cues": tuple(fold(c) for c in data.source_cues)})


def find_guests(
    reading: Reading, view: View, relations: Sequence[Relation], speakers: Sequence[str], words: Interview
) -> Iterator[Relation]:
    """The main person and everybody who speaks, where an article is the record of a programme."""
    hosts = {r.subject for r in relations if r.predicate == "HOSTS"}
    if any(r.predicate == _PREDICATE for r in relations):
        return
    place = _source(reading, view, words)
    if place is None:
        return
    show, line, date = place
    topic = reading.reader.topic.by_type.get("Person")
    named = {m for item in view.items.values() if item.type == "Person" and item.form == "name" for m in item.members}
    people = sorted({*([topic] if topic else []), *speakers} & named - hosts)
    text = reading.original[line.text_start : line.text_end]
    start = line.text_start + len(text) - len(text.lstrip())
    text = text.strip()
    for person in people:
        yield Relation(
            subject=person,
            predicate=_PREDICATE,
            object=show.id,
            start=None,
            end=None,
            date=date,
            qualifiers=(),
            certainty="stated",
            confidence=words.confidence,
            evidence=(Evidence(start, start + len(text), text, _RULE),),
        )


def _source(reading: Reading, view: View, words: Interview) -> tuple[Entity, Line, str | None] | None:
    """The programme, the line that says so, and the date in that line."""
    shows = {e.id: e for e in reading.entities if e.type == "Show"}
    for line in view.lines:
        block = reading.blocks[line.block]
        if block.kind == "front" and block.field not in words.source_fields:
            continue
        here = [k for k in range(line.start, line.end) if k in view.items and set(view.items[k].members) & set(shows)]
        said = block.kind != "front" and any(cue in view.text[line.start : line.end] for cue in words.source_cues)
        if here and said:
            members = view.items[here[0]].members
            dates = [
                view.items[k].value
                for k in range(line.start, line.end)
                if k in view.items and view.items[k].type == "Time"
            ]
            return shows[next(m for m in members if m in shows)], line, next((d for d in dates if d), None)
    return None
