"""The command that takes a graph elsewhere: export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kg.cli.app import app, bilingual, both
from kg.cli.messages import say
from kg.cli.options import Address, Schemas, open_graph


@app.command()
@bilingual(
    "把圖譜或其中一部分匯出成互動網頁、JSON、GraphML、CSV，或供 neo4j-admin 匯入的檔案。",
    "kg export html graph.html",
    "kg export neo4j-import for-neo4j",
    "kg export graphml tay.graphml --focus 'Yi Tay' --hops 2",
)
def export(
    *,
    form: Annotated[
        Literal["html", "json", "graphml", "csv", "neo4j-import"],
        typer.Argument(metavar="html|json|graphml|csv|neo4j-import", help=both("The format.", "格式。")),
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help=both(
                "The file to write; csv, neo4j-import: the folder.", "輸出的檔案；csv、neo4j-import 則為資料夾。"
            ),
        ),
    ],
    focus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help=both("Only what surrounds this entity; repeatable.", "只取這個實體的周邊；可重複。")
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help=both("Title of the page (html).", "網頁的標題（html）。"), show_default=False
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=both(
                "Address of your site, to link articles without a source_url (html).",
                "網站的網址，用來連結沒有 source_url 的文章（html）。",
            ),
            show_default=False,
        ),
    ] = None,
    hops: Annotated[int, typer.Option(metavar="N", min=0, help=both("How far around the focus.", "周邊的步數。"))] = 1,
    graph: Address = None,
    schemas: Schemas = None,
) -> None:
    """Write the graph, or a part of it, as an interactive page, JSON, GraphML, CSV, or files for neo4j-admin."""
    from kg import explore, ontology
    from kg.cli.questions import named

    _check(form, title, base_url)
    if form == "neo4j-import":
        _for_import(out, graph, schemas, whole=not focus)
        return
    with open_graph(graph, schemas=schemas) as store:
        whole = store.graph()
    centers = [named(whole, name, schemas) for name in focus or ()]
    part = explore.neighbourhood(whole, [node.id for node in centers], hops) if centers else whole
    if form == "html":
        from kg.export.page import write_page

        title = title or " · ".join(node.name for node in centers) or None
        write_page(part, ontology.load(schemas), out, title, base_url)
    else:
        from kg.export import tables

        {"json": tables.write_json, "graphml": tables.write_graphml, "csv": tables.write_csv}[form](part, out)
    typer.echo(say("exported", out=out, entities=len(part.nodes), facts=len(part.facts)))


def _for_import(out: Path, address: str | None, schemas: Path | None, *, whole: bool) -> None:
    """Write files for neo4j-admin; what the articles tell is exported, so a part of the graph cannot be."""
    from kg import ontology
    from kg.export.neo4j_import import write_import
    from kg.store.vocabulary import Vocabulary

    if not whole:
        raise typer.BadParameter(say("whole_only"))
    with open_graph(address, schemas=schemas) as store:
        vocabulary = Vocabulary.of(ontology.load(schemas))
        written = write_import(store.records(), store.states(), vocabulary, out)
    typer.echo(say("exported", out=out, entities=len(written.nodes), facts=len(written.facts)))
    typer.echo(say("import_next", out=out))


def _check(form: str, title: str | None, base_url: str | None) -> None:
    """Refuse options of the page for other formats, and an address that leads nowhere."""
    for option, value in (("--title", title), ("--base-url", base_url)):
        if value is not None and form != "html":
            raise typer.BadParameter(say("html_only", option=option))
    if base_url is not None:
        from kg.export.page_data import web_address

        if web_address(base_url) is None:
            raise typer.BadParameter(say("bad_address", address=base_url))
