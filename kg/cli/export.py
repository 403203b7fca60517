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
    "kg export html tay.html --path 'Yi Tay' 輝達 --title 從新加坡到輝達 --preview",
    "kg export html embed.html --article content/posts/tay.md --embed",
    "kg export graphml tay.graphml --focus 'Yi Tay' --hops 2 --years 2019-2025 --type Person",
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
    hops: Annotated[int, typer.Option(metavar="N", min=0, help=both("How far around the focus.", "周邊的步數。"))] = 1,
    article: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help=both("Only what this article tells; repeatable.", "只取這篇文章；可重複。")),
    ] = None,
    path: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="A B", help=both("Only the ways between these two.", "只取這兩者之間的路徑。"), show_default=False
        ),
    ] = None,
    years: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST-LAST",
            help=both(
                "Only facts of these years: 2019-2023, 2019-, -2023 or 2020.",
                "只取這些年份的事實：2019-2023、2019-、-2023 或 2020。",
            ),
        ),
    ] = None,
    type_: Annotated[
        list[str] | None,
        typer.Option(
            "--type", metavar="TYPE", help=both("Only entities of this type; repeatable.", "只取這個類型；可重複。")
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help=both("Title of the page (html).", "網頁的標題（html）。"), show_default=False
        ),
    ] = None,
    description: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help=both(
                "What the page is about, below the title and for those who link to it (html).",
                "網頁的說明，顯示在標題下，也供分享時使用（html）。",
            ),
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
    embed: Annotated[
        bool,
        typer.Option(
            "--embed", help=both("Less around the picture, for an iframe (html).", "精簡版，供 iframe 嵌入（html）。")
        ),
    ] = False,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview",
            help=both(
                "Also write a picture for link previews beside the page; needs Chromium or Chrome (html).",
                "另在網頁旁寫出分享預覽圖；需要 Chromium 或 Chrome（html）。",
            ),
        ),
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=both("Where the page will be, for link previews (html).", "網頁日後的網址，供分享預覽（html）。"),
        ),
    ] = None,
    theme: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help=both("Your own look of the page (see kg theme) (html).", "自己的版面（見 kg theme）（html）。"),
        ),
    ] = None,
    graph: Address = None,
    schemas: Schemas = None,
) -> None:
    """Write the graph, or a part of it, as an interactive page, JSON, GraphML, CSV, or files for neo4j-admin."""
    from kg import ontology
    from kg.cli.scopes import Scope, scoped

    only_html = {
        "--title": title is not None,
        "--description": description is not None,
        "--base-url": base_url is not None,
        "--embed": embed,
        "--preview": preview,
        "--url": url is not None,
        "--theme": theme is not None,
    }
    _check(form, [option for option, given in only_html.items() if given], [base_url, url])
    types = ontology.load(schemas)
    if form == "neo4j-import":
        _for_import(out, graph, schemas, whole=not (focus or article or path or years or type_))
        return
    with open_graph(graph, schemas=schemas) as store:
        whole = store.graph()
    scope = Scope(tuple(focus or ()), hops, tuple(article or ()), path, years, tuple(type_ or ()))
    asked = scoped(whole, scope, types, schemas)
    part = asked.graph
    if form == "html":
        from kg.export.page import Page, write_page

        # A page that is itself called so keeps its name.
        image = out.with_name(f"{out.stem if out.suffix != '.png' else out.name}.png") if preview else None
        page = Page(
            title or asked.title,
            description,
            base_url,
            url,
            image=image.name if image else None,
            embed=embed,
            start=asked.start,
            theme=theme,
        )
        write_page(part, types, out, page)
        if image:
            from kg.export.preview import write_preview

            write_preview(out, image)
            typer.echo(say("exported_preview", out=image))
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


@app.command()
@bilingual("把網頁的範本、樣式與程式複製一份，改好後以 --theme 使用。", "kg theme my-theme")
def theme(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=both("A new or empty folder.", "新的或空的資料夾。"))],
) -> None:
    """Copy template, style and scripts of the page, to change them and use them with --theme."""
    from kg.export.appearance import copy_theme

    copy_theme(folder)
    typer.echo(say("theme_copied", folder=folder))


def _check(form: str, options: list[str], addresses: list[str | None]) -> None:
    """Refuse options of the page for other formats, and an address that leads nowhere."""
    if form != "html" and options:
        raise typer.BadParameter(say("html_only", option=options[0]))
    from kg.export.page_data import web_address

    for address in addresses:
        if address is not None and web_address(address) is None:
            raise typer.BadParameter(say("bad_address", address=address))
