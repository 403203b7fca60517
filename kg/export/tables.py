"""The graph as JSON, GraphML and CSV: the same graph always gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import networkx as nx

from kg.dump import article, entity, fact, statement
from kg.export.files import make_folder, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kg.graph import Graph

_COLUMNS = {
    "articles.csv": ("id", "path", "sha256", "title", "date", "language", "source_url", "source_name", "tags"),
    "entities.csv": ("id", "type", "kind", "name", "aliases", "known", "mentions", "articles"),
    "facts.csv": (
        *("id", "subject", "subject_name", "predicate", "object", "object_name", "start", "end", "date"),
        *("qualifiers", "certainty", "confidence", "evidence"),
    ),
    "statements.csv": ("id", "speaker", "speaker_name", "text", "article", "start", "end", "about"),
}

# Characters that no XML 1.0 document may contain, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_json(graph: Graph, out: Path) -> None:
    """Write one JSON object `{version, articles, entities, facts, statements}`; each is a list sorted by id.

    Raises ExportError.
    """
    data = {
        "version": 1,
        "articles": [article(item) for item in graph.articles.values()],
        "entities": [entity(item) for item in graph.nodes.values()],
        "facts": [fact(item) for item in graph.facts.values()],
        "statements": [statement(item) for item in graph.quotes.values()],
    }
    write_whole({out: json.dumps(data, ensure_ascii=False, indent=2) + "\n"})


def write_csv(graph: Graph, out: Path) -> None:
    r"""Write `articles.csv`, `entities.csv`, `facts.csv`, `statements.csv` into the folder `out` (made if missing).

    UTF-8 with BOM, lines end with CR LF (RFC 4180). Lists and maps are JSON inside their cell. Cells hold the values
    exactly as they are in the graph, so one that begins with =, +, - or @ is a formula to a spreadsheet that opens the
    file: import the columns as text there. Raises ExportError.
    """
    nodes = graph.nodes
    entities = (
        {
            **entity(node),
            "mentions": sum(count for _, count in node.mentions),
            "articles": [a for a, _ in node.mentions],
        }
        for node in nodes.values()
    )
    facts = (
        {**fact(item), "subject_name": nodes[item.subject].name, "object_name": nodes[item.object].name}
        for item in graph.facts.values()
    )
    statements = ({**statement(quote), "speaker_name": nodes[quote.speaker].name} for quote in graph.quotes.values())
    articles = map(article, graph.articles.values())
    rows = {"articles.csv": articles, "entities.csv": entities, "facts.csv": facts, "statements.csv": statements}
    make_folder(out)
    write_whole({out / name: _csv(_COLUMNS[name], rows[name]) for name in rows})


def write_graphml(graph: Graph, out: Path) -> None:
    """Write entities and facts as a directed multigraph; lists and maps are JSON inside their attribute.

    The attribute `label`, which viewers look for, repeats the name of an entity and the predicate of a fact. Statements
    have more than two ends and are left to JSON and CSV. Characters that XML cannot hold are left out.
    Raises ExportError.
    """
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in graph.nodes.values():
        values = entity(node)
        network.add_node(_xml(values.pop("id")), label=_xml(node.name), **_attributes(values))
    for relation in graph.facts.values():
        edge = fact(relation)
        key, subject, object_ = (_xml(edge.pop(part)) for part in ("id", "subject", "object"))
        network.add_edge(subject, object_, key=key, label=_xml(relation.predicate), **_attributes(edge))
    stream = io.BytesIO()
    # The variant of the standard library, so that the bytes do not depend on whether lxml happens to be installed.
    nx.write_graphml_xml(network, stream, named_key_ids=True)
    write_whole({out: stream.getvalue().decode("utf-8") + "\n"})


def _csv(header: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    stream = io.StringIO(newline="")
    stream.write("\ufeff")  # without it Excel takes the text for something else than UTF-8
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(row[column]) for column in header] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return value


def _attributes(values: dict[str, Any]) -> dict[str, str | int | float | bool]:
    # GraphML knows no null: an attribute that does not apply is left out.
    plain = {
        key: value if isinstance(value, bool) else _cell(value) for key, value in values.items() if value is not None
    }
    return {key: _xml(value) if isinstance(value, str) else value for key, value in plain.items()}


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
