"""Commands that ask a graph: query, show, path and stats."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kg.cli.app import app, bilingual, both
from kg.cli.messages import say
from kg.cli.options import Address, Schemas, default_graph, open_graph
from kg.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph, Node

Form = Annotated[
    Literal["text", "json"], typer.Option("--format", help=both("For people, or for programs.", "給人讀，或給程式讀。"))
]


@app.command()
@bilingual(
    "以 Cypher 查詢圖譜；除非加上 --write，否則唯讀。",
    "kg query 'MATCH (p:Person)-[r:WORKED_AT]->(o) RETURN p.name, o.name'",
    "kg query 'MATCH (n {name: $name}) RETURN n' --param name=OpenAI --format json",
)
def query(
    *,
    cypher: Annotated[str, typer.Argument(metavar="CYPHER", help=both("The query.", "查詢語句。"))],
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="K=V", help=both("The value of $K: JSON, else a text.", "$K 的值：JSON，否則視為文字。")),
    ] = None,
    form: Annotated[
        Literal["table", "json", "csv"],
        typer.Option("--format", help=both("How the answer is printed.", "輸出格式。")),
    ] = "table",
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help=both(
                "Let the query change the graph, until it is rebuilt from what the articles tell.",
                "允許查詢更動圖譜；依文章內容重建圖譜時，更動就會消失。",
            ),
        ),
    ] = False,
    graph: Address = None,
    schemas: Schemas = None,
) -> None:
    """Ask the graph a question in Cypher; nothing is changed unless --write is given."""
    parameters = dict(map(_parameter, param or ()))
    with open_graph(graph, schemas=schemas) as store:
        result = store.query(cypher, parameters, write=write)
    if form == "json":
        from kg.cli.terminal import show_json

        show_json([dict(zip(result.columns, row, strict=True)) for row in result.rows])
    elif form == "csv":
        from kg.cli.tables import write_csv

        write_csv(result, sys.stdout)
    else:
        from kg.cli.tables import answer
        from kg.cli.terminal import show

        show(*answer(result))


@app.command(name="show")
@bilingual(
    "顯示一個實體：名稱、類型、附年份與出處的事實、引言。",
    "kg show 'Yi Tay'",
    "kg show person/yi-tay --format json",
)
def show_entity(
    name: Annotated[str, typer.Argument(metavar="NAME", help=both("A name, alias or id.", "名稱、別名或代號。"))],
    form: Form = "text",
    graph: Address = None,
    schemas: Schemas = None,
) -> None:
    """Show an entity: names, type, facts with years and evidence, statements."""
    from kg import ontology
    from kg.cli import cards, terminal

    types = ontology.load(schemas)
    whole = _read(graph, schemas)
    node = named(whole, name, schemas)
    if form == "json":
        terminal.show_json(cards.entity_json(whole, node, types))
    else:
        terminal.show(*cards.entity_card(whole, node, types))


@app.command()
@bilingual(
    "找出兩者之間的幾條關聯，附出處，避開熱門節點。",
    "kg path 'Yi Tay' 'Google DeepMind'",
    "kg path OpenAI 輝達 --limit 5",
)
def path(
    *,
    start: Annotated[str, typer.Argument(metavar="A", help=both("Where to begin.", "起點。"))],
    end: Annotated[str, typer.Argument(metavar="B", help=both("Where to arrive.", "終點。"))],
    limit: Annotated[int, typer.Option(min=1, metavar="N", help=both("At most so many routes.", "最多幾條路徑。"))] = 3,
    form: Form = "text",
    graph: Address = None,
    schemas: Schemas = None,
) -> None:
    """Show how two entities are connected: several routes with evidence, hubs avoided."""
    from kg import explore, ontology
    from kg.cli import cards, terminal

    types = ontology.load(schemas)
    whole = _read(graph, schemas)
    first, last = named(whole, start, schemas), named(whole, end, schemas)
    routes = explore.routes(whole, first.id, last.id, limit)
    if form == "json":
        terminal.show_json(
            [
                {"nodes": list(route.nodes), "hops": [[cards.fact_json(fact) for fact in hop] for hop in route.hops]}
                for route in routes
            ]
        )
    if first.id == last.id:
        raise NotFoundError(say("one_entity", start=start, end=end, name=first.name, id=first.id))
    if not routes:
        raise NotFoundError(say("no_route", start=first.name, end=last.name))
    if form == "json":
        return
    for number, route in enumerate(routes):
        terminal.show(*([""] if number else []), *cards.route_text(whole, route, types))


@app.command()
@bilingual("顯示圖譜裡有多少東西、各是哪些類型。", "kg stats", "kg stats --format json")
def stats(form: Form = "text", graph: Address = None, schemas: Schemas = None) -> None:
    """Show how much the graph holds, and of which types."""
    from kg import ontology
    from kg.cli import cards, terminal

    whole = _read(graph, schemas)
    if form == "json":
        terminal.show_json(cards.count(whole))
    else:
        terminal.show(*cards.statistics(whole, ontology.load(schemas), graph or str(default_graph())))


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(say("bad_parameter", text=text))
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _read(address: str | None, schemas: Path | None) -> Graph:
    with open_graph(address, schemas=schemas) as store:
        return store.graph()


def named(graph: Graph, name: str, schemas: Path | None = None) -> Node:
    """Return the one entity that is called so; raises NotFoundError if there is none or more than one."""
    from difflib import get_close_matches

    from kg.explore import find

    found = find(graph, name, schemas)
    if len(found) == 1:
        return found[0]
    # An id is nobody else's name.
    exact = graph.nodes.get(name)
    if exact is not None:
        return exact
    if found:
        raise NotFoundError(say("ambiguous", name=name) + "".join(f"\n  {_candidate(node)}" for node in found))
    names = {alias: node for node in graph.nodes.values() for alias in (node.name, *node.aliases)}
    close = get_close_matches(name, names, n=5, cutoff=0.5)
    nodes = dict.fromkeys(names[alias].id for alias in close)
    hint = say("similar") + "".join(f"\n  {_candidate(graph.nodes[id_])}" for id_ in nodes) if nodes else ""
    raise NotFoundError(say("unknown_name", name=name) + hint)


def _candidate(node: Node) -> str:
    from kg.cli.terminal import visible

    return visible(f"{node.id}  {node.name}  ({node.mention_count})")
