"""Where the parts of a corpus lie: `articles/` with the annotations beside the articles, and `splits.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import NotFoundError
from kg.gold import read_annotation, read_gold
from kg.ontology import explain, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from kg.gold import Gold

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")


class Splits(BaseModel):
    """The articles of each part, by name (the file name without suffix)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    train: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]

    def of(self, split: Split) -> tuple[str, ...]:
        """Return the names of one part."""
        names: tuple[str, ...] = getattr(self, split)
        return names

    def homes(self, name: str) -> list[Split]:
        """Return every part that lists the article, once for each time."""
        return [split for split in SPLITS for other in self.of(split) if other == name]


def articles_of(folder: Path) -> Path:
    """Return the folder of articles: `articles` in the folder of a corpus, else the folder itself."""
    inner = folder / "articles"
    return inner if inner.is_dir() else folder


def splits_of(folder: Path) -> Path:
    """Return where the list of splits is that belongs to a corpus or to its folder of articles."""
    return articles_of(folder).parent / "splits.yaml"


def read_splits(folder: Path) -> Splits:
    """Read the splits of a corpus; raises NotFoundError if there are none, and SchemaError."""
    path = splits_of(folder)
    if not path.is_file():
        raise NotFoundError(f"{path}: there is no such file; it lists the articles of train, dev and test")
    try:
        return Splits.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error


def read_split(folder: Path, split: Split | None) -> dict[str, Gold]:
    """Read the annotations of one part of a corpus (None: of all), by article name; raises as `read_gold` does."""
    articles = articles_of(folder)
    if split is None:
        return read_gold(articles)
    names = read_splits(folder).of(split)
    if not names:
        raise NotFoundError(f"{splits_of(folder)}: lists no articles under {split}")
    return {name: read_annotation(articles, name) for name in sorted(set(names))}
