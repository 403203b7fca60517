"""A Record as one line of JSON, and back; the contract between extraction and everything after it."""

from __future__ import annotations

import json
from typing import Any

from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation, Statement

_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}


def to_json(record: Record) -> dict[str, Any]:
    """The record as plain JSON data, keys in the contract's order."""
    doc = record.document
    return {
        "version": record.version,
        "document": {
            "id": doc.id,
            "path": doc.path,
            "sha256": doc.sha256,
            "title": doc.title,
            "date": doc.date,
            "language": doc.language,
            "source_url": doc.source_url,
            "source_name": doc.source_name,
            "tags": list(doc.tags),
        },
        "entities": [
            {
                "id": e.id,
                "type": e.type,
                "name": e.name,
                "kind": e.kind,
                "aliases": list(e.aliases),
                "known": e.known,
                "mentions": [{"start": m.start, "end": m.end, "text": m.text} for m in e.mentions],
            }
            for e in record.entities
        ],
        "relations": [
            {
                "subject": r.subject,
                "predicate": r.predicate,
                "object": r.object,
                "start": r.start,
                "end": r.end,
                "date": r.date,
                "qualifiers": dict(r.qualifiers),
                "certainty": r.certainty,
                "confidence": r.confidence,
                "evidence": [{"start": v.start, "end": v.end, "text": v.text, "rule": v.rule} for v in r.evidence],
            }
            for r in record.relations
        ],
        "statements": [
            {"speaker": s.speaker, "text": s.text, "start": s.start, "end": s.end, "about": list(s.about)}
            for s in record.statements
        ],
    }


def dumps(record: Record) -> str:
    """The record as one line of JSON without the line end; the same record always gives the same characters."""
    line = json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))
    # Readers that split lines as Unicode does must not split here; inside strings is the only place of these.
    return line.translate(_LINE_ENDS)


def loads(line: str) -> Record:
    """The record that `dumps` wrote; raises KeyError, TypeError or ValueError on anything else."""
    data = json.loads(line)
    doc = data["document"]
    return Record(
        version=data["version"],
        document=Metadata(**{**doc, "tags": tuple(doc["tags"])}),
        entities=tuple(
            Entity(**{**e, "aliases": tuple(e["aliases"]), "mentions": tuple(Mention(**m) for m in e["mentions"])})
            for e in data["entities"]
        ),
        relations=tuple(
            Relation(
                **{
                    **r,
                    "qualifiers": tuple(sorted(r["qualifiers"].items())),
                    "evidence": tuple(Evidence(**v) for v in r["evidence"]),
                }
            )
            for r in data["relations"]
        ),
        statements=tuple(Statement(**{**s, "about": tuple(s["about"])}) for s in data["statements"]),
    )
