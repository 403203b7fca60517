"""Commands for those who use Neo4j's own tools: neo4j kit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.app import app, bilingual, both
from kg.cli.messages import say
from kg.cli.options import Schemas

_group = typer.Typer(no_args_is_help=True)
app.add_typer(
    _group,
    name="neo4j",
    help="For Neo4j's own tools.\n給 Neo4j 自家工具使用的檔案。",
)


@_group.command()
@bilingual("寫出 Neo4j Browser 用的樣式、常用查詢與說明。", "kg neo4j kit for-browser")
def kit(
    *,
    out: Annotated[Path, typer.Argument(metavar="DIR", help=both("The folder to write.", "輸出的資料夾。"))],
    schemas: Schemas = None,
) -> None:
    """Write a style, saved queries and a guide for Neo4j Browser."""
    from kg import ontology
    from kg.export.browser_kit import write_kit
    from kg.resources import folder

    write_kit(ontology.load(schemas), folder("viz"), out)
    typer.echo(say("kit_written", out=out))
