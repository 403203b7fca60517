"""Commands about the ontology and rules as data: schema check, copy and show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kg.cli.app import app, bilingual, both
from kg.cli.messages import say
from kg.cli.options import Schemas

_group = typer.Typer(no_args_is_help=True)
app.add_typer(
    _group,
    name="schema",
    help="The ontology and rules as data.\n以資料檔描述的本體與規則。",
)


@_group.command()
@bilingual("檢查本體、詞彙與規則檔。", "kg schema check", "kg schema check --schemas my-schemas/")
def check(schemas: Schemas = None) -> None:
    """Check the files of the ontology, lexicon and rules."""
    from tempfile import TemporaryDirectory

    from kg.errors import SchemaError
    from kg.extract import examples
    from kg.extract.extractor import Extractor
    from kg.pipeline import extract

    # Everything that is read, is read for the first article.
    with TemporaryDirectory() as folder:
        article = Path(folder, "article.md")
        article.write_text("---\ntitle: 測試\ndate: 2026-01-01\n---\n\n測試。\n", "utf-8")
        for outcome in extract([(article, article.name)], Extractor(schemas), schemas=schemas):
            if outcome.error is not None:
                raise outcome.error
    wrong = examples.check(_place(schemas))
    if wrong:
        raise SchemaError("\n".join(wrong))
    typer.echo(say("schema_fine", folder=_place(schemas)))


@_group.command()
@bilingual("複製一份本體與規則檔，供修改後以 --schemas 使用。", "kg schema copy my-schemas/")
def copy(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=both("A new folder.", "新的資料夾。"))],
) -> None:
    """Copy the shipped files into a new folder, to be changed and used with --schemas."""
    import shutil

    from kg.errors import ExportError
    from kg.resources import folder as shipped

    try:
        shutil.copytree(shipped("schemas"), folder)
    except FileExistsError:
        raise ExportError(f"{folder}: exists already; name a folder that does not") from None
    typer.echo(say("schema_copied", folder=folder))


@_group.command()
@bilingual("顯示實體與關係的類型。", "kg schema show", "kg schema show --format json")
def show(
    form: Annotated[
        Literal["table", "json"],
        typer.Option("--format", help=both("For people, or for programs.", "給人讀，或給程式讀。")),
    ] = "table",
    schemas: Schemas = None,
) -> None:
    """Show the types of entities and relations."""
    from kg import ontology
    from kg.cli import tables, terminal

    types = ontology.load(schemas)
    if form == "json":
        terminal.show_json(types.model_dump(mode="json"))
    else:
        terminal.show(*tables.ontology_tables(types))


def _place(schemas: Path | None) -> Path:
    from kg.resources import folder as shipped

    return schemas or shipped("schemas")
