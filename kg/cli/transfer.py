"""Commands that bring a graph to a server and back: push and pull."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.app import app, bilingual, both
from kg.cli.messages import say
from kg.cli.options import Address, Schemas, default_graph, open_graph
from kg.errors import NotFoundError

_Other = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS",
        help=both(
            "The other graph: bolt:// or neo4j:// (or a folder).", "另一個圖譜：bolt:// 或 neo4j:// 位址（或資料夾）。"
        ),
    ),
]
_Replace = Annotated[
    bool,
    typer.Option(
        "--replace",
        help=both(
            "Also where the two graphs have no article in common.", "即使兩個圖譜沒有任何共同的文章，也照樣取代。"
        ),
    ),
]


@app.command()
@bilingual(
    "把圖譜送進 Neo4j：之後那裡的內容就與這裡相同；重複執行不會再改變什麼。",
    "kg push bolt://localhost:7687",
    "kg push neo4j+s://abcd1234.databases.neo4j.io",
)
def push(*, address: _Other, replace: _Replace = False, graph: Address = None, schemas: Schemas = None) -> None:
    """Send the graph to Neo4j: afterwards there is there what is here; the same again changes nothing."""
    _mirror(graph or str(default_graph()), address, replace=replace, schemas=schemas)


@app.command()
@bilingual(
    "從 Neo4j 取回圖譜：之後這裡的內容就與那裡相同；重複執行不會再改變什麼。",
    "kg pull bolt://localhost:7687",
    "kg pull bolt://localhost:7687 --graph copy",
)
def pull(*, address: _Other, replace: _Replace = False, graph: Address = None, schemas: Schemas = None) -> None:
    """Fetch the graph from Neo4j: afterwards there is here what is there; the same again changes nothing."""
    _mirror(address, graph or str(default_graph()), replace=replace, schemas=schemas)


def _mirror(source: str, target: str, *, replace: bool, schemas: Path | None) -> None:
    from kg.store.transfer import mirror

    if source == target:
        raise NotFoundError(say("same_graph", graph=source))
    with open_graph(source, schemas=schemas) as one, open_graph(target, create=True, schemas=schemas) as other:
        changes = mirror(one, other, replace=replace)
        total = len(one.states())
    typer.echo(
        say(
            "transferred",
            source=source,
            target=target,
            added=changes.added,
            changed=changes.changed,
            removed=changes.removed,
            unchanged=total - changes.added - changes.changed,
        )
    )
