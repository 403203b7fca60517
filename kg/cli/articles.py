"""Commands that read articles: ingest and extract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli.app import app, bilingual, both, complain
from kg.cli.messages import say, say_problem
from kg.cli.options import Address, Drafts, Jobs, Model, Paths, Recall, Root, Schemas, default_graph, open_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.articles import Found
    from kg.errors import ArticleError
    from kg.extract.extractor import Extractor
    from kg.model import Record
    from kg.pipeline import Report


@app.command()
@bilingual(
    "讀取新增或改動的文章，把內容存進圖譜。",
    "kg ingest content/",
    "kg ingest content/ --graph bolt://localhost:7687 --drafts",
)
def ingest(
    *,
    paths: Paths,
    graph: Address = None,
    root: Root = None,
    drafts: Drafts = False,
    jobs: Jobs = None,
    model: Model = None,
    recall: Recall = False,
    schemas: Schemas = None,
) -> None:
    """Read articles that are new or changed, and keep what they tell in the graph."""
    from kg import articles, pipeline
    from kg.cli.terminal import progress
    from kg.errors import NotFoundError
    from kg.extract.extractor import Extractor

    top = articles.root_for(root, Path.cwd())
    found = _found(paths, top)
    try:
        store = open_graph(graph, create=bool(found.files), schemas=schemas)
    except NotFoundError:
        raise pipeline.no_articles(found) from None
    try:
        with store, progress(say("reading")) as steps:
            report = pipeline.ingest(
                found,
                Extractor(schemas, model, wide=recall),
                store,
                root=top,
                schemas=schemas,
                drafts=drafts,
                jobs=jobs,
                progress=steps,
            )
    except KeyboardInterrupt:
        complain(say("ingest_interrupted"))
        raise typer.Exit(130) from None
    typer.echo(_summary(report, graph or str(default_graph())))
    _finish(report.failed, kept=report.kept)


@app.command()
@bilingual(
    "讀取文章（含草稿）並印出結果，不存進圖譜。",
    "kg extract content/posts/ > records.jsonl",
    "kg extract content/posts/hello.md --format table",
    "kg extract content/posts/hello.md --explain --format table",
)
def extract(
    *,
    paths: Paths,
    form: Annotated[
        Literal["jsonl", "table"],
        typer.Option(
            "--format", help=both("One record a line, or relations as a table.", "每行一份紀錄，或關係的表格。")
        ),
    ] = "jsonl",
    root: Root = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help=both(
                "Print instead why each name and each relation is one.", "改為印出每個名字、每條關係成立的理由。"
            ),
        ),
    ] = False,
    jobs: Jobs = None,
    model: Model = None,
    recall: Recall = False,
    schemas: Schemas = None,
) -> None:
    """Read articles, drafts too, and print what they tell, without storing it."""
    from kg import articles, pipeline, record
    from kg.cli.terminal import progress
    from kg.extract.extractor import Extractor

    extractor = Extractor(schemas, model, wide=recall)

    found = _found(paths, articles.root_for(root, Path.cwd()))
    if not found.files:
        raise pipeline.no_articles(found)
    if explain:
        _explain(found, extractor, schemas, form)
        return
    failed: list[ArticleError] = []
    records: list[Record] = []
    outcomes = pipeline.extract(found.files, extractor, schemas=schemas, drafts=True, jobs=jobs)
    with progress(say("reading"), among_output=form == "jsonl") as steps:
        for done, outcome in enumerate(outcomes, 1):
            if outcome.error is not None:
                failed.append(outcome.error)
            elif outcome.record is not None and form == "jsonl":
                typer.echo(record.dumps(outcome.record))
            elif outcome.record is not None:
                records.append(outcome.record)
            steps(done, len(found.files))
    if form == "table":
        from kg.cli.tables import record_table
        from kg.cli.terminal import show

        for one in records:
            show(*record_table(one))
    _finish(failed)


def _explain(found: Found, extractor: Extractor, schemas: Path | None, form: str) -> None:
    import json

    from kg import markdown
    from kg.cli import explanations
    from kg.cli.terminal import show
    from kg.errors import ArticleError

    failed = []
    for path, id_ in found.files:
        try:
            document = markdown.read(path, id_, schemas)
        except ArticleError as error:
            failed.append(error)
            continue
        explanation = extractor.explain(document)
        if form == "jsonl":
            typer.echo(json.dumps(explanations.as_json(document, explanation), ensure_ascii=False))
        else:
            show(*explanations.lines(document, explanation))
    _finish(failed)


def _found(paths: list[Path], root: Path) -> Found:
    """Find the articles, and name the files among the paths that are left out, unless nothing else was given."""
    from kg import articles

    found = articles.find(paths, root)
    if found.files:
        for path in found.skipped:
            complain(say("section_page", path=path))
    return found


def _summary(report: Report, graph: str) -> str:
    text = say(
        "ingested",
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        removed=report.removed,
        seconds=f"{report.seconds:.1f}",
        graph=graph,
    )
    if report.drafts:
        text += say("ingested_draft") if report.drafts == 1 else say("ingested_drafts", drafts=report.drafts)
    return text


def _finish(failed: Sequence[ArticleError], kept: Sequence[str] = ()) -> None:
    """Name the articles that failed, and end with an error if there are any."""
    for error in failed:
        afterwards = say("article_kept") if error.path in kept else ""
        complain(say("article_failed", problem=say_problem(error)) + afterwards, error)
    if failed:
        complain(say("articles_failed", count=len(failed)))
        raise typer.Exit(1)
