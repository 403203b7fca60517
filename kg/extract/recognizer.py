"""Names that a spaCy pipeline of the user's choice recognizes, as a further source of proposals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import NotFoundError
from kg.extract.draft import Draft
from kg.ontology import explain, read_yaml

if TYPE_CHECKING:
    from spacy.language import Language

_SOURCE = "recognizer"


class _Labels(BaseModel):
    """`schemas/recognizer.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    vote: float
    labels: dict[str, dict[str, float]]


class Recognizer:
    """A pipeline with `ner` and what its labels mean."""

    def __init__(self, pipeline: Language, votes: Mapping[str, Mapping[str, float]]) -> None:
        self.pipeline = pipeline
        self.votes = votes

    def propose(self, draft: Draft) -> None:
        """Propose what the pipeline finds; it reads the Simplified text, which pipelines for Chinese know."""
        blocks = draft.segmented.document.blocks
        texts = (draft.text[block.start : block.end] for block in blocks)
        for block, doc in zip(blocks, self.pipeline.pipe(texts), strict=True):
            for entity in doc.ents:
                votes = self.votes.get(entity.label_)
                start, end = block.start + entity.start_char, block.start + entity.end_char
                if votes and draft.text[start:end].strip() == draft.text[start:end]:
                    draft.propose(start, end, _SOURCE, votes, everywhere=True)


@cache
def load(name: str, schemas: Path) -> Recognizer:
    """Load an installed pipeline by name, or one in a folder; raises NotFoundError and SchemaError."""
    return Recognizer(_pipeline(name), _votes(schemas))


def identity(name: str) -> str:
    """What tells a pipeline from another of the same name, without loading it; raises NotFoundError."""
    meta = Path(name, "meta.json")
    try:
        return meta.read_text("utf-8") if meta.is_file() else metadata.version(name)
    except (OSError, ValueError, metadata.PackageNotFoundError) as error:
        raise _unknown(name, "there is no such package and no such folder") from error


@cache
def _pipeline(name: str) -> Language:
    # Importing spaCy takes a second, and few ask for it.
    import spacy  # noqa: PLC0415

    try:
        pipeline = spacy.load(name)
    except (OSError, ImportError, ValueError) as error:
        raise _unknown(name, str(error).split("\n", 1)[0]) from error
    if not {"ner", "beam_ner", "entity_ruler", "span_ruler"} & set(pipeline.pipe_names):
        raise NotFoundError(f"{name}: this spaCy pipeline does not recognize names; choose one with the component ner")
    return pipeline


def _unknown(name: str, reason: str) -> NotFoundError:
    return NotFoundError(f"{name}: no spaCy pipeline of this name can be loaded; install it first ({reason})")


def _votes(schemas: Path) -> Mapping[str, Mapping[str, float]]:
    path = schemas / "recognizer.yaml"
    try:
        data = _Labels.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error
    return {label: {type_: part * data.vote for type_, part in parts.items()} for label, parts in data.labels.items()}
