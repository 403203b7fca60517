"""Annotated articles: what an extraction should have found, read from `NAME.gold.json` beside `NAME.md`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kg.errors import ArticleError, NotFoundError, SchemaError
from kg.model import Certainty
from kg.ontology import explain

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".gold.json"

Genre = Literal[
    "profile",
    "digest",
    "transcript",
    "podcast-notes",
    "round-up",
    "funding",
    "paper",
    "competition",
    "retrospective",
    "launch",
    "lab-history",
    "award",
    "review",
    "opinion",
    "how-to",
    "notes",
]
Script = Literal["Hant", "Hans"]
Density = Literal["dense", "medium", "sparse"]

_AtLeastOne = Annotated[tuple[str, ...], Field(min_length=1)]
_Time = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldEntity(_Strict):
    """An entity with its surface forms and every type an annotator would accept, the best first."""

    name: str = Field(min_length=1)
    aliases: tuple[Annotated[str, Field(min_length=1)], ...]
    type: _AtLeastOne
    optional: bool = False


class GoldRelation(_Strict):
    """A relation from entity `s` to entity `o` with every predicate an annotator would accept, the best first."""

    s: str
    p: _AtLeastOne
    o: str
    evidence: str
    start: _Time | None = None
    end: _Time | None = None
    date: _Time | None = None
    role: str | None = None
    degree: str | None = None
    result: str | None = None
    rank: str | None = None
    score: str | None = None
    amount: str | None = None
    certainty: Certainty | None = None
    optional: bool = False


class ForbiddenRelation(_Strict):
    """A relation that a careless reader would take from the article and that is wrong."""

    s: str
    p: _AtLeastOne
    o: str
    why: str = ""


class GoldStatement(_Strict):
    """A quotation and the name of the entity that utters it."""

    speaker: str
    text: str
    about: tuple[str, ...] = ()
    optional: bool = False


class Reference(_Strict):
    """Who is meant by `text` (empty: a dropped subject) inside the words `in`."""

    place: str = Field(alias="in")
    text: str
    entity: str | tuple[str, ...]


class Gold(_Strict):
    """The annotation of one article; `genre`, `script` and `density` describe it, `invented` names what is not real."""

    id: str
    genre: Genre | None = None
    script: Script | None = None
    density: Density | None = None
    invented: tuple[str, ...] = ()
    entities: tuple[GoldEntity, ...]
    relations: tuple[GoldRelation, ...]
    forbidden: tuple[ForbiddenRelation, ...] = ()
    statements: tuple[GoldStatement, ...] = ()
    references: tuple[Reference, ...] = ()

    @model_validator(mode="after")
    def _names_are_entities(self) -> Self:
        known = {entity.name for entity in self.entities}
        named = [end for relation in self.relations for end in (relation.s, relation.o)]
        named += [end for relation in self.forbidden for end in (relation.s, relation.o)]
        for statement in self.statements:
            named += [statement.speaker, *statement.about]
        for reference in self.references:
            named += [reference.entity] if isinstance(reference.entity, str) else reference.entity
        named += self.invented
        unknown = sorted(set(named) - known)
        if unknown:
            raise ValueError(f"not the name of one of its entities: {', '.join(unknown)}")
        return self


def read_gold(folder: Path) -> dict[str, Gold]:
    """Read every annotation of the folder, by article name (the file name without suffix), sorted by file name.

    Raises NotFoundError if there is none or one lacks its article, and SchemaError, which says file and field.
    """
    names = [path.name.removesuffix(SUFFIX) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    if not names:
        raise NotFoundError(f"{folder}: no annotated articles here (files NAME.gold.json beside NAME.md)")
    return {name: read_annotation(folder, name) for name in names}


def read_annotation(folder: Path, name: str) -> Gold:
    """Read the annotation of the article of this name; raises as `read_gold` does."""
    path = annotation_of(folder, name)
    try:
        gold = Gold.model_validate(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise SchemaError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise explain(path, error) from error
    except ValueError as error:
        raise SchemaError(f"{path}: is not JSON in UTF-8: {error}") from error
    if not article_of(folder, name).is_file():
        raise NotFoundError(f"{article_of(folder, name)}: there is no such file, but {path.name} annotates it")
    return gold


def annotation_of(folder: Path, name: str) -> Path:
    """Return where the annotation of the article of this name is."""
    return folder / f"{name}{SUFFIX}"


def article_of(folder: Path, name: str) -> Path:
    """Return where the annotated article of this name is."""
    return folder / f"{name}.md"


def article_text(folder: Path, name: str) -> str:
    """Return the annotated article with its line ends as they are, on which all offsets rest; raises ArticleError."""
    path = article_of(folder, name)
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ArticleError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ArticleError(str(path), f"is not UTF-8 at byte {error.start}; save it as UTF-8") from error
