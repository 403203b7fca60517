"""The graph as CSV for `neo4j-admin database import full`: the fastest way into an empty server.

The files hold the very rows that `kg push` would write, and what tells `kg` that it is a graph of its own, so that
commands go on with the imported database as with any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kg.errors import ExportError
from kg.export.files import make_folder, write_whole
from kg.graph import Graph, build
from kg.record import dumps
from kg.store import statements
from kg.store.difference import difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.model import Record
    from kg.store.difference import RelationKind, Row
    from kg.store.protocol import ArticleState
    from kg.store.vocabulary import Vocabulary

# Between the items of a list in one cell; no text of an article means anything by it.
_UNIT = "\x1f"
_COLUMN = re.compile(r"\w+")
_IMPORT = """\
#!/bin/sh
# Fills an empty database of a stopped server: sh import.sh [DATABASE]. Then start the server and run
# cypher-shell -d DATABASE -f schema.cypher (or paste it into Neo4j Browser): import makes no constraints or indexes.
set -eu
cd "$(dirname "$0")"
exec "${{NEO4J_ADMIN:-neo4j-admin}}" database import full "${{1:-neo4j}}" --overwrite-destination \\
  --array-delimiter=U+001F --multiline-fields=true \\
{arguments}
"""
_SCHEMA_HEAD = """\
// Run once after the import: what is unique, what is searched, and lists that are empty, which CSV cannot say.
"""
_LISTS = {"Article": "tags", "Entity": "aliases"}


def write_import(
    records: Iterable[Record], states: dict[str, ArticleState], vocabulary: Vocabulary, out: Path
) -> Graph:
    """Write CSV files, `import.sh` and `schema.cypher` into the folder `out`, and return the graph that they hold.

    Raises ExportError, StoreError if the vocabulary lacks a type, and ArticleError as `build` does.
    """
    kept = list(records)
    graph = build(kept)
    changes = difference(Graph(), graph, vocabulary)
    nodes = {labels: rows for labels, rows in changes.nodes_new.items() if rows}
    nodes["Record",] = [
        {
            "id": record.document.id,
            "sha256": record.document.sha256,
            "extractor": states[record.document.id].extractor,
            "json": dumps(record),
        }
        for record in kept
    ]
    nodes["GraphState",] = [{"id": "kg", "shape": statements.SHAPE}]
    files: dict[str, str] = {}
    arguments: list[str] = []
    for labels, rows in nodes.items():
        name = f"{'-'.join(labels)}.csv"
        files[name] = "".join(_nodes(rows, labels[0]))
        arguments.append(f"--nodes={':'.join(labels)}={name}")
    for kind, rows in changes.relations_new.items():
        if rows:
            name = f"{kind.start}-{kind.type}-{kind.end}.csv"
            files[name] = "".join(_relations(rows, kind))
            arguments.append(f"--relationships={kind.type}={name}")
    files["import.sh"] = _IMPORT.format(arguments=" \\\n".join(f"  {argument}" for argument in arguments))
    files["schema.cypher"] = _schema()
    make_folder(out)
    write_whole({out / name: text for name, text in files.items()})
    return graph


def _schema() -> str:
    lists = [f"MATCH (n:{label}) WHERE n.{name} IS NULL SET n.{name} = []" for label, name in _LISTS.items()]
    lines = (*statements.constraints("Record", "GraphState"), *statements.full_text_indexes(), *lists)
    return _SCHEMA_HEAD + "".join(f"{line};\n" for line in lines)


def _nodes(rows: Sequence[Row], family: str) -> Iterator[str]:
    columns = _columns(rows)
    header = {name: f"{name}:{kind}" for name, kind in columns.items()} | {"id": f"id:ID({family})"}
    yield _line(header[name] for name in columns)
    for row in rows:
        yield _line(_cell(row.get(name)) for name in columns)


def _relations(rows: Sequence[Row], kind: RelationKind) -> Iterator[str]:
    columns = _columns([row["properties"] for row in rows])
    head = (f":START_ID({kind.start})", f":END_ID({kind.end})")
    yield _line((*head, *(f"{name}:{type_}" for name, type_ in columns.items())))
    for row in rows:
        cells = (_cell(row["properties"].get(name)) for name in columns)
        yield _line((_cell(row["start"]), _cell(row["end"]), *cells))


def _columns(rows: Sequence[Row]) -> dict[str, str]:
    """Return the type of every column that has values; raises ExportError for a name that no header can hold."""
    columns: dict[str, str] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None and name not in columns:
                if not _COLUMN.fullmatch(name):
                    raise ExportError(f"{name!r} cannot be the name of a column; use kg push instead")
                columns[name] = _type(value)
    return columns


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, list):
        return "string[]"
    return {int: "long", float: "double"}.get(type(value), "string")


def _cell(value: Any) -> str:
    """Return the value as a cell: texts always in quotation marks, so that an empty one differs from none."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        if any(_UNIT in item for item in value) or value == [""]:
            raise ExportError(f"{value!r} cannot be told apart in a cell; use kg push instead")
        return _quoted(_UNIT.join(value))
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _line(cells: Iterable[str]) -> str:
    return ",".join(cells) + "\n"
