"""The command that learns weights from an annotated corpus: train."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from kg.cli.app import app, bilingual, both
from kg.cli.messages import say
from kg.cli.options import Schemas

_TRAINED_ON: Literal["train"] = "train"
# With more threads the order of additions, and so the last digits, would depend on the machine.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@app.command()
@bilingual(
    "從標註過的語料庫學習權重，寫進 schemas/weights/（需要 pip install 'kg[train]'）。",
    "kg train corpus",
    "kg train corpus --check",
)
def train(
    *,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="CORPUS",
            exists=True,
            file_okay=False,
            help=both(
                "A corpus with splits.yaml; only its train part is read.", "附 splits.yaml 的語料庫；只讀 train 部分。"
            ),
        ),
    ],
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help=both(
                "Write nothing; measure on articles left out in turn.", "不寫檔；輪流留下一部分文章不學，用來衡量。"
            ),
        ),
    ] = False,
    schemas: Schemas = None,
) -> None:
    """Learn weights from an annotated corpus and write them into schemas/weights/ (needs pip install 'kg[train]')."""
    for variable in _ONE_THREAD:
        os.environ[variable] = "1"
    from kg.cli.terminal import progress
    from kg.corpus.folder import articles_of, read_split
    from kg.errors import NotFoundError
    from kg.resources import folder as shipped

    try:
        from kg.train import files, lessons, measure
    except ModuleNotFoundError as error:
        raise NotFoundError(f"training needs {error.name}, which is not installed: pip install 'kg[train]'") from error
    home = schemas or shipped("schemas")
    articles = lessons.read(articles_of(folder), read_split(folder, _TRAINED_ON), home)
    with progress(say("training")) as steps:
        if check:
            scores = measure.cross_validated(articles, home, steps)
        else:
            written = files.write(articles, home, _TRAINED_ON, steps)
    if check:
        from kg.cli.tables import training_table
        from kg.cli.terminal import show

        show(*training_table(scores))
    else:
        for path in written:
            typer.echo(path)
