"""Whether a graph is true: to its articles' files, to the ontology, to its records, and in the store's own nodes."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from kg.graph import build, short_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.graph import Fact, Graph
    from kg.model import Record
    from kg.ontology import Ontology
    from kg.store import GraphStore

# Each has a text of its own in `viz/cli.yaml`, `broken_…`.
Kind = Literal[
    "missing",
    "superfluous",
    "different",
    "wrong_text",
    "wrong_types",
    "unknown_type",
    "no_evidence",
    "unmentioned",
    "wrong_id",
    "wrong_count",
    "wrong_projection",
    "wrong_labels",
]


class Problem(NamedTuple):
    """Something in the graph that must not be; `place` is an id, or a count's name, `detail` what was found there."""

    kind: Kind
    place: str
    detail: str


@dataclass(slots=True)
class Report:
    """What a check found; articles whose file `changed` since or is `gone` could not be held against their text."""

    graph: Graph
    problems: list[Problem] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def verify(store: GraphStore, ontology: Ontology, files: Mapping[str, Path]) -> Report:
    """Check every invariant of a stored graph; `files` are the places of articles by id.

    Raises StoreError, and ArticleError if the stored records contradict themselves.
    """
    records = list(store.records())
    report = Report(store.graph())
    report.problems += compare(report.graph, build(records))
    for record in records:
        _against_file(report, record, files.get(record.document.id))
    report.problems += _types(report.graph, ontology)
    report.problems += _support(report.graph)
    report.problems += _in_store(store, report.graph, ontology)
    return report


def compare(stored: Graph, rebuilt: Graph) -> Iterator[Problem]:
    """Yield what a stored graph has too little, too much or otherwise than a clean rebuild."""
    for family in ("articles", "nodes", "facts", "quotes"):
        old, new = getattr(stored, family), getattr(rebuilt, family)
        for id_ in sorted(old.keys() | new.keys()):
            if id_ not in old:
                yield Problem("missing", id_, _told(new[id_]))
            elif id_ not in new:
                yield Problem("superfluous", id_, _told(old[id_]))
            elif old[id_] != new[id_]:
                names = [name for name in old[id_].__slots__ if getattr(old[id_], name) != getattr(new[id_], name)]
                yield Problem("different", id_, ", ".join(names))


def compare_records(stored: Graph, kept: Iterable[Record], fresh: Iterable[Record]) -> Iterator[Problem]:
    """Yield how a stored graph differs from one of records that were read anew, and others that are kept."""
    records = {record.document.id: record for record in kept} | {record.document.id: record for record in fresh}
    yield from compare(stored, build(records.values()))


def _told(item: object) -> str:
    """Return the name, title, predicate or text of an item of the graph."""
    names = ("name", "title", "predicate", "text")
    return next(str(getattr(item, name)) for name in names if hasattr(item, name))


def _against_file(report: Report, record: Record, file: Path | None) -> None:
    """Compare every span of a record with the article's file, if that is still the file that was read."""
    id_ = record.document.id
    try:
        data = file.read_bytes() if file else None
    except OSError:
        data = None
    if data is None:
        report.gone.append(id_)
        return
    if hashlib.sha256(data).hexdigest() != record.document.sha256:
        report.changed.append(id_)
        return
    text = data.decode("utf-8")
    spans = [
        *((m.start, m.end, m.text) for entity in record.entities for m in entity.mentions),
        *((e.start, e.end, e.text) for relation in record.relations for e in relation.evidence),
        *((s.start, s.end, s.text) for s in record.statements),
    ]
    for start, end, words in spans:
        if text[start:end] != words:
            report.problems.append(Problem("wrong_text", f"{id_}:{start}-{end}", words))


def _types(graph: Graph, ontology: Ontology) -> Iterator[Problem]:
    for node in graph.nodes.values():
        if node.type not in ontology.entity_types:
            yield Problem("unknown_type", node.id, node.type)
        elif node.kind is not None and node.kind not in ontology.organization_kinds:
            yield Problem("unknown_type", node.id, node.kind)
    for fact in graph.facts.values():
        subject, object_ = graph.nodes.get(fact.subject), graph.nodes.get(fact.object)
        if subject and object_ and not ontology.allows(subject.type, fact.predicate, object_.type):
            detail = f"({subject.name}:{subject.type})-[{fact.predicate}]->({object_.name}:{object_.type})"
            yield Problem("wrong_types", fact.id, detail)


def _support(graph: Graph) -> Iterator[Problem]:
    """Yield facts that nothing supports, entities that nothing mentions, and facts that are there under another id."""
    for node in graph.nodes.values():
        if not node.mention_count:
            yield Problem("unmentioned", node.id, node.name)
    for fact in graph.facts.values():
        if not fact.support:
            yield Problem("no_evidence", fact.id, fact.predicate)
        if fact.id != _proper_id(fact):
            yield Problem("wrong_id", fact.id, fact.predicate)


def _proper_id(fact: Fact) -> str:
    return short_hash(
        *(fact.subject, fact.predicate, fact.object, fact.start, fact.end, fact.date),
        *(sorted(fact.qualifiers), fact.certainty),
    )


def _in_store(store: GraphStore, graph: Graph, ontology: Ontology) -> Iterator[Problem]:
    """Yield what reading the graph does not show: things that are there twice, alone, or under wrong labels."""
    yield from _counts(store, graph)
    rows = store.query("MATCH (a:Entity)-[r]->(b:Entity) RETURN a.id, type(r), b.id, r.factId", {}).rows
    # Relationships that people draw themselves have no factId.
    found = Counter(row for row in rows if row[3] is not None)
    wanted = Counter((fact.subject, fact.predicate, fact.object, fact.id) for fact in graph.facts.values())
    for one in sorted((found - wanted) + (wanted - found), key=repr):
        yield Problem("wrong_projection", str(one[3]), f"({one[0]})-[{one[1]}]->({one[2]})")
    for id_, labels in sorted(store.query("MATCH (n:Entity) RETURN n.id, labels(n)", {}).rows):
        node = graph.nodes.get(id_)
        kind = ontology.organization_kinds.get(node.kind) if node and node.kind else None
        proper = {"Entity", *([node.type] if node else []), *([kind.label] if kind else [])}
        # A label that somebody added does no harm; one of ours that does not belong there does.
        ours = {"Entity", *ontology.entity_types, *(kind.label for kind in ontology.organization_kinds.values())}
        if proper != ours.intersection(labels):
            yield Problem("wrong_labels", id_, ", ".join(sorted(labels)))


def _counts(store: GraphStore, graph: Graph) -> Iterator[Problem]:
    """Yield families of nodes and types of relationships of which the store has another number than the graph."""
    evidence = sum(len(fact.support) for fact in graph.facts.values())
    about = sum(len(quote.about) for quote in graph.quotes.values())
    mentions = sum(len(node.mentions) for node in graph.nodes.values())
    wanted = {
        "(n:Article)": len(graph.articles),
        "(n:Entity)": len(graph.nodes),
        "(n:Fact)": len(graph.facts),
        "(n:Evidence)": evidence,
        "(n:Statement)": len(graph.quotes),
        "(:Entity)-[n:MENTIONED_IN]->(:Article)": mentions,
        "(:Fact)-[n:SUBJECT]->(:Entity)": len(graph.facts),
        "(:Fact)-[n:OBJECT]->(:Entity)": len(graph.facts),
        "(:Fact)-[n:SUPPORTED_BY]->(:Evidence)": evidence,
        "(:Evidence)-[n:IN_ARTICLE]->(:Article)": evidence,
        "(:Statement)-[n:SAID_BY]->(:Entity)": len(graph.quotes),
        "(:Statement)-[n:ABOUT]->(:Entity)": about,
        "(:Statement)-[n:IN_ARTICLE]->(:Article)": len(graph.quotes),
    }
    for pattern, number in wanted.items():
        # A node that a user added under one of our labels, without an id, is the user's.
        own = " WHERE n.id IS NOT NULL" if pattern.startswith("(n:") else ""
        ((found,),) = store.query(f"MATCH {pattern}{own} RETURN count(n)", {}).rows
        if found != number:
            yield Problem("wrong_count", pattern, f"{found} ≠ {number}")


def by_kind(problems: Iterable[Problem]) -> dict[Kind, list[Problem]]:
    """Return the problems by their kind, in the order in which kinds appear first."""
    kinds: dict[Kind, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.kind, []).append(problem)
    return kinds
