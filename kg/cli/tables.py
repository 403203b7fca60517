"""Answers of queries, relations of records, scores and types as tables."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from kg.cli.cards import when
from kg.cli.messages import language, say
from kg.cli.terminal import visible
from kg.graph import outermost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

    from rich.console import RenderableType

    from kg import store
    from kg.model import Record
    from kg.ontology import Ontology
    from kg.score import Score
    from kg.train.lessons import Knowledge

_KNOWLEDGE = {"full": "knowledge_full", "half": "knowledge_half", "none": "knowledge_none"}
_REFERENCES = {
    "he_she": "reference_he_she",
    "it": "reference_it",
    "speaker": "reference_speaker",
    "several": "reference_several",
    "description": "reference_description",
    "left_out": "reference_left_out",
    "all": "reference_all",
}
_MEASURES = ("entity", "entity_any", "relation", "relation_any", "statement")
_JOINING = {"surfaces": "joining_surfaces", "written": "joining_written", "mentions": "joining_mentions"}


def answer(result: store.Table) -> Iterator[RenderableType]:
    """Yield the answer to a query as a table, and how many rows it has."""
    if result.columns:
        table = _table(*map(visible, result.columns))
        for row in result.rows:
            table.add_row(*(_text(cell(value)) for value in row))
        yield table
    yield Text(say("rows", count=len(result.rows)), "dim")


def write_csv(result: store.Table, stream: TextIO) -> None:
    """Write the answer to a query as CSV (RFC 4180); values that are no numbers or texts are JSON in their cell."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(result.columns)
    for row in result.rows:
        writer.writerow([value if isinstance(value, str) else "" if value is None else _json(value) for value in row])


def cell(value: Any) -> str:
    """Return a value of an answer in few words: nodes by label and name, relationships by type, paths as both."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, dict):
        return _element(value)
    return _json(value)


def record_table(record: Record) -> Iterator[RenderableType]:
    """Yield what an article tells: its relations with times, confidence and evidence."""
    names = {entity.id: entity.name for entity in record.entities}
    yield Text(visible(record.document.path), "bold")
    yield Text(
        say(
            "record",
            entities=len(record.entities),
            relations=len(record.relations),
            statements=len(record.statements),
        ),
        "dim",
    )
    if record.relations:
        table = _table(
            *(say(f"column_{name}") for name in ("subject", "predicate", "object", "when", "sure", "evidence"))
        )
        for relation in record.relations:
            table.add_row(
                _text(names.get(relation.subject, relation.subject)),
                _text(relation.predicate),
                _text(names.get(relation.object, relation.object)),
                _text(when(relation.start, relation.end, relation.date)),
                _text(f"{relation.confidence:.2f}" + ("*" if relation.certainty == "reported" else "")),
                _text(" … ".join(" ".join(evidence.text.split()) for evidence in outermost(relation.evidence))),
            )
        yield table


def score_table(figures: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield the measures of `score.to_json` as tables."""
    yield _rates(say("score", articles=figures["articles"]), {name: figures[name] for name in _MEASURES})
    yield Text(
        say(
            "score_more",
            mention_text=figures["mention_text"],
            forbidden=figures["forbidden"],
            time="–" if figures["time"] is None else figures["time"],
        )
    )
    yield _joining(figures["joining"])
    if "reference" in figures:
        yield _references(figures["reference"])
    yield _rates(say("score_types"), figures["per_type"])
    yield _rates(say("score_predicates"), figures["per_predicate"])


def training_table(scores: Mapping[Knowledge, Score]) -> Iterator[RenderableType]:
    """Yield the entity measures by what the lexicon knows."""
    from kg.score import to_json

    rows = {say(_KNOWLEDGE[knowledge]): to_json(score)["entity"] for knowledge, score in scores.items()}
    yield _rates(say("trained"), rows)


def ontology_tables(ontology: Ontology) -> Iterator[RenderableType]:
    """Yield the types of entities and of relations with what they may connect."""
    spoken = language()
    entities = _table(say("entity_type"), "", say("column_description"))
    for name, entity in ontology.entity_types.items():
        entities.add_row(name, str(getattr(entity, spoken)), entity.description)
    yield entities
    relations = _table(*(say(f"column_{name}") for name in ("predicate", "label", "from", "to", "qualifiers")))
    for name, relation in ontology.relation_types.items():
        relations.add_row(
            name,
            str(getattr(relation, spoken)),
            ", ".join(relation.subject),
            ", ".join(relation.object),
            ", ".join(relation.qualifiers),
        )
    yield relations


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _references(figures: Mapping[str, Mapping[str, float | None]]) -> Table:
    table = _table("", *(say(f"column_{name}") for name in ("right", "of", "rate", "partial", "passed_over")))
    table.title, table.title_justify, table.title_style = say("score_references"), "left", "bold"
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, row in figures.items():
        rate = "–" if row["rate"] is None else f"{row['rate']:.3f}"
        table.add_row(
            say(_REFERENCES[kind]),
            *map(str, (row["right"], row["of"])),
            rate,
            *map(str, (row["partial"], row["passed_over"])),
        )
    return table


def _joining(rows: Mapping[str, Mapping[str, float | None]]) -> Table:
    table = _table("", "P", "R", *(say(f"column_{name}") for name in ("right", "joined", "due")))
    table.title, table.title_justify, table.title_style = say("score_joining"), "left", "bold"
    for column in table.columns[1:]:
        column.justify = "right"
    for name, row in rows.items():
        rates = ["–" if rate is None else f"{rate:.3f}" for rate in (row["p"], row["r"])]
        table.add_row(say(_JOINING[name]), *rates, *(str(row[key]) for key in ("right", "joined", "due")))
    return table


def _rates(title: str, rows: Mapping[str, Mapping[str, float]]) -> Table:
    table = _table("", "P", "R", "F1", *(say(f"column_{name}") for name in ("right", "superfluous", "missed")))
    table.title, table.title_justify, table.title_style = title, "left", "bold"
    for column in table.columns[1:]:
        column.justify = "right"
    for name, row in rows.items():
        rates = [f"{row[key]:.3f}" for key in ("p", "r", "f1")]
        table.add_row(name, *rates, *(str(row[key]) for key in ("tp", "fp", "fn")))
    return table


def _element(value: dict[str, Any]) -> str:
    if {"nodes", "relationships"} <= value.keys():
        steps = [_element(value["nodes"][0])] if value["nodes"] else []
        for relationship, before, node in zip(
            value["relationships"], value["nodes"][:-1], value["nodes"][1:], strict=True
        ):
            forward = relationship["start"] == before["id"]
            steps.append(f"-{_element(relationship)}->" if forward else f"<-{_element(relationship)}-")
            steps.append(_element(node))
        return " ".join(steps)
    properties = value.get("properties", {})
    if "labels" in value:
        name = properties.get("name") or properties.get("title") or properties.get("id") or ""
        return f"({''.join(f':{label}' for label in value['labels'])} {name})"
    if {"type", "start", "end"} <= value.keys():
        return f"[:{value['type']}]"
    return _json(value)


def _text(text: str) -> Text:
    return Text(visible(text))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
