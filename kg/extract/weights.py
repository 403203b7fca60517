"""What was learned from annotated articles about names: `schemas/weights/names.json`, made by `kg train`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from kg.errors import SchemaError
from kg.ontology import explain

Floats = npt.NDArray[np.float64]
# Weights are whole numbers of hundredths in the file.
UNIT = 100


class Origin(BaseModel):
    """What weights were trained on: how many articles of which split, and a digest of articles and annotations."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    articles: int
    split: str
    digest: str


class NamesFile(BaseModel):
    """The file: a linear-chain CRF over units, and a logistic regression over the surfaces of a document.

    `labels` are O, B-Type and I-Type. `state` maps a feature to pairs of label index and weight, flattened; `moves` are
    the weights of label after label. `classes` are "" (no name) and the types; `surface` maps a feature to a weight for
    each class.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    origin: Origin
    labels: tuple[str, ...]
    state: dict[str, tuple[int, ...]]
    moves: tuple[tuple[int, ...], ...]
    classes: tuple[str, ...]
    surface: dict[str, tuple[int, ...]]
    bias: tuple[int, ...]

    @model_validator(mode="after")
    def _fits(self) -> NamesFile:
        labels, classes = len(self.labels), len(self.classes)
        square = len(self.moves) == labels and all(len(row) == labels for row in self.moves)
        pairs = all(len(flat) % 2 == 0 and all(0 <= n < labels for n in flat[::2]) for flat in self.state.values())
        rows = len(self.bias) == classes and all(len(row) == classes for row in self.surface.values())
        if not (square and pairs and rows):
            raise ValueError("the weights do not fit the labels and classes; train them again")
        return self


@dataclass(frozen=True, eq=False)
class NameWeights:
    """The weights as arrays: `state` has a row a feature (float, features x labels), `moves` are exponentials."""

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    state: Floats
    moves: Floats
    classes: tuple[str, ...]
    columns: Mapping[str, int]
    surface: Floats
    bias: Floats

    @classmethod
    def of(cls, file: NamesFile) -> NameWeights:
        """The weights of a file."""
        state = np.zeros((len(file.state), len(file.labels)))
        for row, flat in enumerate(file.state.values()):
            state[row, list(flat[::2])] = flat[1::2]
        surface = np.array(list(file.surface.values()), dtype=np.float64).reshape(len(file.surface), len(file.classes))
        return cls(
            labels=file.labels,
            rows={feature: row for row, feature in enumerate(file.state)},
            state=state / UNIT,
            moves=np.exp(np.array(file.moves, dtype=np.float64) / UNIT),
            classes=file.classes,
            columns={feature: column for column, feature in enumerate(file.surface)},
            surface=surface / UNIT,
            bias=np.array(file.bias, dtype=np.float64) / UNIT,
        )


def path_of(schemas: Path) -> Path:
    """Where the weights for names are in a schemas folder."""
    return schemas / "weights" / "names.json"


def read(schemas: Path) -> NamesFile:
    """The file of a schemas folder; raises SchemaError."""
    path = path_of(schemas)
    try:
        data: Any = json.loads(path.read_text("utf-8"))
        return NamesFile.model_validate(data)
    except OSError as error:
        raise SchemaError(f"{path}: cannot be read: {error.strerror}; copy it from the shipped schemas") from error
    except ValidationError as error:
        raise explain(path, error) from error
    except ValueError as error:
        raise SchemaError(f"{path}: is not JSON in UTF-8: {error}") from error


@cache
def load(schemas: Path) -> NameWeights:
    """The weights for names in a schemas folder; raises SchemaError."""
    return NameWeights.of(read(schemas))
