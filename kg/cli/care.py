"""The command that checks a graph: verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli.app import app, bilingual, both, complain
from kg.cli.messages import say, say_problem
from kg.cli.options import Address, Drafts, Jobs, Model, Recall, Root, Schemas, default_graph, open_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.extractor import Extractor
    from kg.model import Record
    from kg.verify import Problem, Report

# So many problems of one kind are named, and so many articles.
_SHOWN = 10


@app.command()
@bilingual(
    "檢查圖譜是否屬實：原文位置、類型、出處、多餘或重複之物，並與重新建立的圖譜比對；印出圖譜的雜湊值。",
    "kg verify",
    "kg verify content/",
    "kg verify --graph bolt://localhost:7687 --repair",
)
def verify(
    *,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH…]",
            help=both(
                "Articles or folders to read anew, for a rebuild from the files; else from what is stored of them.",
                "要重新讀取的文章或資料夾，據此重建後比對；未指定則依已存的紀錄重建。",
            ),
            show_default=False,
        ),
    ] = None,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help=both(
                "First write the database anew from what is stored of the articles.",
                "先依已存的文章紀錄重新寫入資料庫。",
            ),
        ),
    ] = False,
    dump: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=both("Also write the text that is hashed, to compare it.", "同時寫出計算雜湊值所用的文字，以供比對。"),
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Literal["text", "json"],
        typer.Option("--format", help=both("For people, or for programs.", "給人讀，或給程式讀。")),
    ] = "text",
    graph: Address = None,
    root: Root = None,
    drafts: Drafts = False,
    jobs: Jobs = None,
    model: Model = None,
    recall: Recall = False,
    schemas: Schemas = None,
) -> None:
    """Check that the graph is true: spans, types, evidence, orphans, duplicates, and that a rebuild equals it."""
    from kg import articles, ontology
    from kg import dump as canonical
    from kg import verify as checks
    from kg.extract.extractor import Extractor

    top = articles.root_for(root, Path.cwd())
    found = articles.find(paths, top) if paths else None
    with open_graph(graph, schemas=schemas) as store:
        if repair:
            store.rebuild()
        files = {id_: top / id_ for id_ in store.states()}
        if found:
            files |= {id_: file for file, id_ in found.files}
        report = checks.verify(store, ontology.load(schemas), files)
        if found:
            fresh = _read_anew(found.files, Extractor(schemas, model, wide=recall), schemas, drafts=drafts, jobs=jobs)
            read = {id_ for _, id_ in found.files}
            kept = (
                record
                for record in store.records()
                if record.document.id not in read and not record.document.id.startswith(found.folders)
            )
            report.problems += checks.compare_records(report.graph, kept, fresh)
    if dump:
        from kg.export.files import write_whole

        write_whole({dump: "".join(canonical.lines(report.graph))})
    digest = canonical.digest(report.graph)
    if form == "json":
        _show_json(report, digest)
    else:
        _show(report, digest, graph or str(default_graph()))
    if report.problems:
        raise typer.Exit(1)


def _read_anew(
    files: Sequence[tuple[Path, str]], extractor: Extractor, schemas: Path | None, *, drafts: bool, jobs: int | None
) -> list[Record]:
    from kg import pipeline
    from kg.cli.terminal import progress

    records = []
    outcomes = pipeline.extract(files, extractor, schemas=schemas, drafts=drafts, jobs=jobs)
    with progress(say("reading")) as steps:
        for done, outcome in enumerate(outcomes, 1):
            if outcome.error is not None:
                complain(say("article_failed", problem=say_problem(outcome.error)), outcome.error)
            elif outcome.record is not None:
                records.append(outcome.record)
            steps(done, len(files))
    return records


def _show(report: Report, digest: str, graph: str) -> None:
    from kg.cli.terminal import visible
    from kg.verify import by_kind

    for kind, problems in by_kind(report.problems).items():
        typer.echo(say(f"broken_{kind}", count=len(problems)))
        _list([visible(_described(problem)) for problem in problems])
    for key, articles in (("verify_changed", report.changed), ("verify_gone", report.gone)):
        if articles:
            typer.echo(say(key, count=len(articles)))
            _list([visible(article) for article in articles])
    counts = {
        "articles": len(report.graph.articles),
        "entities": len(report.graph.nodes),
        "facts": len(report.graph.facts),
        "statements": len(report.graph.quotes),
    }
    typer.echo(say("statistics", graph=graph, **counts))
    typer.echo(say("verify_hash", digest=digest))
    typer.echo(say("verify_broken", count=len(report.problems)) if report.problems else say("verify_fine"))


def _described(problem: Problem) -> str:
    return f"{problem.place}  {problem.detail}"


def _list(items: list[str]) -> None:
    for item in items[:_SHOWN]:
        typer.echo(f"  {item}")
    if len(items) > _SHOWN:
        typer.echo("  " + say("verify_more", count=len(items) - _SHOWN))


def _show_json(report: Report, digest: str) -> None:
    from kg.cli.terminal import show_json

    show_json(
        {
            "hash": digest,
            "problems": [problem._asdict() for problem in report.problems],
            "changed": report.changed,
            "gone": report.gone,
        }
    )
