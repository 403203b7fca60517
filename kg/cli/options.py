"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.app import both

if TYPE_CHECKING:
    from kg.store import GraphStore

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH…", help=both("Articles, or folders that hold some.", "文章，或放文章的資料夾。")),
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="GRAPH",
        help=both(
            "The graph: a folder, or a bolt:// or neo4j:// address; else the nearest .kg.",
            "圖譜：資料夾，或 bolt://、neo4j:// 位址；預設為最近的 .kg。",
        ),
        show_default=False,
    ),
]
Root = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help=both(
            "The folder that article ids are relative to; else the one around .kg, else the current one.",
            "文章代號的起點；預設為 .kg 所在的資料夾，否則為目前的資料夾。",
        ),
    ),
]
Schemas = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        exists=True,
        file_okay=False,
        help=both("Your own ontology and rules (see kg schema copy).", "自己的本體與規則（見 kg schema copy）。"),
    ),
]
Drafts = Annotated[bool, typer.Option("--drafts", help=both("Take drafts as well.", "連草稿也處理。"))]
Jobs = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help=both("Number of processes; else as it pays off.", "行程數；預設依文章多寡決定。")
    ),
]

Model = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=both(
            "A spaCy pipeline with ner (a package or a folder) whose names are weighed as well.",
            "另外採用一套含 ner 的 spaCy 模型（套件名或資料夾）找出的名字。",
        ),
    ),
]

Recall = Annotated[
    bool,
    typer.Option(
        "--recall",
        help=both("Take relations that are less sure as well.", "較不確定的關係也納入。"),
    ),
]


def open_graph(address: str | None, *, create: bool = False, schemas: Path | None = None) -> GraphStore:
    """Open the graph at the address, or the one that belongs to the current folder; raises as `open_store` does."""
    from kg.store import open_store

    return open_store(address or str(default_graph()), create=create, schemas=schemas)


def default_graph() -> Path:
    """Return the nearest `.kg` in and above the current folder, or the one that may be made here."""
    from kg.articles import STATE_FOLDER, root_for

    here = Path.cwd()
    folder = root_for(None, here) / STATE_FOLDER
    return Path(STATE_FOLDER) if folder.parent == here else folder
