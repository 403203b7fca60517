"""Commands about an annotated corpus: corpus check, stats and agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kg.cli.app import app, bilingual, both, complain
from kg.cli.messages import say, say_problem
from kg.cli.options import Schemas

if TYPE_CHECKING:
    from kg.corpus.check import Finding

_group = typer.Typer(no_args_is_help=True)
app.add_typer(
    _group,
    name="corpus",
    help="The annotated articles by which the extraction is measured.\n用來衡量抽取結果的標註語料庫。",
)

_HELP = both(
    "A corpus, or its folder of articles NAME.md beside NAME.gold.json.",
    "語料庫，或其中放 NAME.md 與 NAME.gold.json 的資料夾。",
)
_Folder = Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help=_HELP)]
_Form = Annotated[
    Literal["table", "json"],
    typer.Option("--format", help=both("For people, or for programs.", "給人讀，或給程式讀。")),
]
_DEFAULT = Path("corpus/articles")


@_group.command()
@bilingual(
    "檢查語料庫的每一項規則：標註、出處、指稱、分割，以及幾乎相同的句子。",
    "kg corpus check",
    "kg corpus check corpus --format json",
)
def check(folder: _Folder = _DEFAULT, form: _Form = "table", schemas: Schemas = None) -> None:
    """Check every rule of the corpus: annotations, evidence, references, splits, near-copies of sentences."""
    from kg import ontology
    from kg.cli import terminal
    from kg.corpus import check
    from kg.corpus import folder as places

    findings = check.check(folder, ontology.load(schemas), schemas)
    problems = [finding for finding in findings if not finding.warning]
    if form == "json":
        terminal.show_json(
            [{"file": each.file, "kind": each.kind, "warning": each.warning, **each.words} for each in findings]
        )
    else:
        for finding in findings:
            typer.echo(terminal.visible(f"{finding.file}: {_what(finding)}"))
        typer.echo(
            say(
                "checked",
                articles=len(list(places.articles_of(folder).glob("*.md"))),
                problems=len(problems),
                warnings=len(findings) - len(problems),
            )
        )
    if problems:
        raise typer.Exit(1)


@_group.command()
@bilingual("統計語料庫的內容。", "kg corpus stats", "kg corpus stats corpus --format json")
def stats(folder: _Folder = _DEFAULT, form: _Form = "table", schemas: Schemas = None) -> None:
    """Count what the corpus holds: by type, relation, genre, script, density and part."""
    from kg import ontology
    from kg.cli import corpus_tables, terminal
    from kg.corpus.stats import count

    types = ontology.load(schemas)
    figures = count(folder, types)
    if form == "json":
        terminal.show_json(figures)
    else:
        terminal.show(*corpus_tables.stats_tables(figures, types))


@_group.command()
@bilingual(
    "比較同一批文章的兩份標註有多一致。",
    "kg corpus agree corpus/articles second/",
    "kg corpus agree corpus/articles second/ --verbose",
)
def agree(
    first: Annotated[Path, typer.Argument(metavar="DIR_A", exists=True, file_okay=False, help=_HELP)],
    second: Annotated[Path, typer.Argument(metavar="DIR_B", exists=True, file_okay=False, help=_HELP)],
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help=both("List what one has and the other has not.", "列出只有一方標註的項目。")
        ),
    ] = False,
    form: _Form = "table",
    schemas: Schemas = None,
) -> None:
    """Compare two annotations of the same articles."""
    from kg import ontology
    from kg.cli import corpus_tables, terminal
    from kg.corpus import agreement

    found = agreement.agree(first, second, ontology.load(schemas), schemas)
    if verbose:
        for folder, score in ((second, found.second), (first, found.first)):
            for miss in agreement.differences(score):
                words = " | ".join(miss.words)
                complain(terminal.visible(f"{folder / miss.article}: {say(miss.kind)}: {words}"))
    figures = agreement.to_json(found)
    if form == "json":
        terminal.show_json(figures)
    else:
        terminal.show(*corpus_tables.agreement_tables(figures, first, second))


def _what(finding: Finding) -> str:
    words = finding.words
    what = say_problem(words["problem"]) if finding.kind == "unreadable" else say(finding.kind, **words)
    return say("warning", what=what) if finding.warning else what
