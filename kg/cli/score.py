"""The command that measures the extraction: score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli.app import app, bilingual, both, complain
from kg.cli.messages import say
from kg.cli.options import Jobs, Recall, Schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.extract.extractor import Extractor
    from kg.model import Record


@app.command()
@bilingual(
    "以標註過的文章衡量抽取結果。",
    "kg score corpus --split dev",
    "kg score corpus/articles --records records.jsonl --verbose",
)
def score(
    *,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="GOLD_DIR",
            exists=True,
            file_okay=False,
            help=both(
                "Articles NAME.md beside NAME.gold.json, or a corpus that holds them in articles/.",
                "NAME.md 與 NAME.gold.json 所在的資料夾，或以 articles/ 收錄它們的語料庫。",
            ),
        ),
    ],
    split: Annotated[
        Literal["train", "dev", "test"] | None,
        typer.Option(
            help=both(
                "Only this part, as splits.yaml lists it; else all.", "只取 splits.yaml 列出的這一部分；預設全部。"
            )
        ),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help=both("Records of kg extract, instead of extracting now.", "kg extract 的輸出；不給則當場抽取。"),
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help=both("List what is missed or wrong.", "列出遺漏與錯誤。"))
    ] = False,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help=both("How scores are printed.", "輸出格式。"))
    ] = "table",
    jobs: Jobs = None,
    recall: Recall = False,
    schemas: Schemas = None,
) -> None:
    """Measure the extraction against annotated articles."""
    from kg import gold, ontology, resources
    from kg.corpus import references
    from kg.corpus.folder import articles_of, read_split
    from kg.extract.extractor import Extractor
    from kg.score import score_article, to_json, total

    golds = read_split(folder, split)
    articles = articles_of(folder)
    found = _read(records) if records else _extract(articles, golds, Extractor(schemas, wide=recall), schemas, jobs)
    types = ontology.load(schemas).relation_types
    symmetric = frozenset(name for name, type_ in types.items() if type_.symmetric)
    whole = total(
        score_article(annotation, found.get(name), gold.article_text(articles, name), symmetric)
        for name, annotation in golds.items()
    )
    if verbose:
        for miss in whole.misses:
            complain(f"{miss.article}: {say(miss.kind)}: {' | '.join(miss.words)}")
    from kg.cli import tables, terminal

    figures = to_json(whole)
    if any(annotation.references for annotation in golds.values()):
        known = references.measure(articles, golds, schemas or resources.folder("schemas"))
        figures["reference"] = references.to_json(known)
    if form == "json":
        terminal.show_json(figures)
    else:
        terminal.show(*tables.score_table(figures))


def _extract(
    folder: Path, names: Iterable[str], extractor: Extractor, schemas: Path | None, jobs: int | None
) -> dict[str, Record]:
    from kg import pipeline
    from kg.gold import article_of

    files = [(article_of(folder, name), article_of(folder, name).name) for name in names]
    found = {}
    for outcome in pipeline.extract(files, extractor, schemas=schemas, drafts=True, jobs=jobs):
        if outcome.error is not None:
            raise outcome.error
        if outcome.record is not None:
            found[outcome.id.removesuffix(".md")] = outcome.record
    return found


def _read(path: Path) -> dict[str, Record]:
    """Return the records of a file by article name, that is the file name of the article without suffix."""
    from kg.errors import NotFoundError
    from kg.record import loads

    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotFoundError(f"{path}: is not UTF-8 (byte {error.start})") from error
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = loads(line)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotFoundError(
                f"{path}:{number}: is not a record ({type(error).__name__}: {error}); "
                "write the file with: kg extract PATH… --format jsonl"
            ) from error
        found[Path(record.document.path).stem] = record
    return found
