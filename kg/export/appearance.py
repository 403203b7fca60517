"""How the page looks and what it says, read from `viz/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kg.errors import ExportError
from kg.export.files import make_folder, write_whole
from kg.ontology import explain, read_yaml
from kg.resources import folder

if TYPE_CHECKING:
    from pathlib import Path


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Look(_Strict):
    """Shape (a key of `Style.shapes`) and colours of a type of entity, on a light and on a dark page."""

    shape: str
    light: str = Field(pattern="^#[0-9a-f]{6}$")
    dark: str = Field(pattern="^#[0-9a-f]{6}$")


class Style(_Strict):
    """`shapes` are SVG paths in the unit square; `drawn` is the number of entities in the first picture.

    `drawn_narrow` is that number where the picture is as wide as a telephone; `career` are the predicates that tell
    the course of a life.
    """

    version: int
    # Up to 400 the layout needs numpy alone, and nobody can read more.
    drawn: int = Field(gt=0, le=400)
    drawn_narrow: int = Field(gt=0, le=400)
    career: tuple[str, ...] = ()
    shapes: dict[str, str]
    entity_types: dict[str, Look]
    other: Look

    @model_validator(mode="after")
    def _shapes_exist(self) -> Style:
        for name, look in {**self.entity_types, "other": self.other}.items():
            if look.shape not in self.shapes:
                raise ValueError(f"{name}: no such shape: {look.shape}")
        return self

    def look(self, entity_type: str) -> Look:
        """The look of a type, known here or not."""
        return self.entity_types.get(entity_type, self.other)


class Theme:
    """The files of a page: those of a folder of one's own, and those of `viz/` for what it does not have.

    Raises ExportError for a folder that has none of them.
    """

    def __init__(self, own: Path | None) -> None:
        shipped = folder("viz")
        self.folders = [own, shipped] if own else [shipped]
        if own and not any((own / name).exists() for name in _theme_files(shipped)):
            raise ExportError(f"{own}: holds no file of a theme; `kg theme DIR` makes a folder that does")

    def file(self, name: str) -> Path:
        """Where the file with this name is."""
        return next((found for base in self.folders if (found := base / name).exists()), self.folders[-1] / name)


def copy_theme(target: Path) -> None:
    """Copy the files of the shipped theme into a new or empty folder; raises ExportError."""
    shipped = folder("viz")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ExportError(f"{target}: exists already; name a folder that does not")
    for name in _theme_files(shipped):
        make_folder((target / name).parent if "/" in name else target)
        write_whole({target / name: (shipped / name).read_text("utf-8")})


def _theme_files(viz: Path) -> list[str]:
    scripts = sorted(f"js/{path.name}" for path in (viz / "js").iterdir())
    return ["messages.yaml", "page.css", "page.html.j2", "style.yaml", *scripts]


class Message(_Strict):
    """One text in both languages."""

    zh: str
    en: str
    en_one: str | None = None


class _Messages(_Strict):
    version: int
    messages: dict[str, Message]


def read_style(viz: Path) -> Style:
    """The style of `viz/style.yaml`; raises SchemaError."""
    path = viz / "style.yaml"
    try:
        return Style.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error


def read_messages(viz: Path) -> dict[str, Message]:
    """The texts of `viz/messages.yaml` by key; raises SchemaError."""
    path = viz / "messages.yaml"
    try:
        return _Messages.model_validate(read_yaml(path)).messages
    except ValidationError as error:
        raise explain(path, error) from error
