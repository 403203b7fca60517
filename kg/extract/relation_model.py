"""The learned scorer of relations: a linear model over pairs, then boosted trees over triples; numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.errors import SchemaError
from kg.extract.pair_features import SLOTS, STRETCHES, Features, code_names
from kg.extract.pair_features import UNKNOWN as FIRST_WORD

VERSION = 1
# Values are kept in steps of so much.
STEP = 1 / 256


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees in one row of nodes: `x <= limit` goes to `left`; a leaf leads to itself."""

    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int32]
    limit: npt.NDArray[np.float64]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    base: float
    depth: int

    def probabilities(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The probability of every row."""
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        at = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            low = rows[at, self.feature[node]] <= self.limit[node]
            node = np.where(low, self.left[node], self.right[node])
        score = self.base + self.value[node].sum(axis=1)
        return np.asarray(np.round(1 / (1 + np.exp(-score)), 4))


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned: words, weights by feature and predicate, how often types are related, trees."""

    words: dict[str, int]
    predicates: tuple[str, ...]
    types: tuple[str, ...]
    codes: npt.NDArray[np.float32]
    stretches: npt.NDArray[np.float32]
    dense: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float64]
    prior: npt.NDArray[np.float64]
    columns: tuple[str, ...]
    trees: Trees
    cut: float

    def scores(self, features: Features, allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """The log odds of every pair (row) and predicate (column); far below all where the types do not allow it."""
        result = np.zeros((len(features.way), len(self.predicates)), dtype=np.float32)
        offset = 0
        width = code_names(len(self.types), len(self.words) + FIRST_WORD + 1)
        for number, (_, size) in enumerate(width):
            result += self.codes.take(features.codes[:, number] + offset, axis=0)
            offset += size
        running = np.zeros((STRETCHES, len(features.tokens) + 1, len(self.predicates)), dtype=np.float32)
        np.cumsum(self.stretches[:, features.tokens], axis=1, out=running[:, 1:])
        for slot in range(SLOTS):
            rows = np.flatnonzero(features.stretch[:, slot] >= 0)
            which = features.stretch[rows, slot]
            result[rows] += running[which, features.end[rows, slot]] - running[which, features.begin[rows, slot]]
        result += features.dense @ self.dense
        return np.where(allowed, np.round(result + self.bias, 3), -20.0)


def pack(model: dict[str, Any], path: Path) -> None:
    """Write a model, the same bytes for the same numbers: arrays behind each other with a header line each."""
    with path.open("wb") as file:
        for name in sorted(model):
            array = np.ascontiguousarray(model[name])
            file.write(f"{name} {array.dtype.str} {','.join(map(str, array.shape))}\n".encode())
            file.write(array.tobytes())


def unpack(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read what `pack` wrote."""
    data = path.read_bytes()
    result: dict[str, npt.NDArray[Any]] = {}
    position = 0
    while position < len(data):
        stop = data.index(b"\n", position)
        name, kind, shape = data[position:stop].decode().split(" ")
        size = tuple(int(n) for n in shape.split(",") if n)
        count = int(np.prod(size, dtype=np.int64))
        result[name] = np.frombuffer(data, np.dtype(kind), count, stop + 1).reshape(size)
        position = stop + 1 + count * np.dtype(kind).itemsize
    return result


def _words(array: npt.NDArray[Any]) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\n"))


@lru_cache(maxsize=4)
def load(path: Path) -> Model:
    """Read a model from its file; raises SchemaError."""
    try:
        return _model(unpack(path))
    except OSError as error:
        raise SchemaError(f"{path}: cannot be read: {error.strerror}; copy it from the shipped schemas") from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise SchemaError(f"{path}: is not a file of learned weights ({type(error).__name__}: {error})") from error


def _model(data: Mapping[str, npt.NDArray[Any]]) -> Model:
    words, predicates, types = _words(data["words"]), _words(data["predicates"]), _words(data["types"])
    known = len(words) + FIRST_WORD + 1
    codes = sum(size for _, size in code_names(len(types), known))
    dense = int(data["shape"][1])
    flat = np.zeros((codes + STRETCHES * known + dense) * len(predicates), dtype=np.float32)
    flat[np.cumsum(data["places"], dtype=np.int64)] = data["weights"] * np.float32(STEP)
    table = flat.reshape(-1, len(predicates))
    nodes = data["nodes"]
    feature, left, right = nodes
    trees = Trees(
        data["roots"].astype(np.int32),
        feature.astype(np.int32),
        data["limits"],
        left.astype(np.int32),
        right.astype(np.int32),
        data["values"],
        float(data["numbers"][0]),
        int(data["numbers"][1]),
    )
    return Model(
        {word: n + FIRST_WORD + 1 for n, word in enumerate(words)},
        predicates,
        types,
        table[:codes],
        table[codes : codes + STRETCHES * known].reshape(STRETCHES, known, len(predicates)),
        table[codes + STRETCHES * known :],
        data["bias"],
        data["prior"],
        _words(data["columns"]),
        trees,
        float(data["numbers"][2]),
    )


def as_data(
    words: list[str],
    predicates: list[str],
    types: list[str],
    weights: npt.NDArray[Any],
    bias: npt.NDArray[Any],
    prior: npt.NDArray[Any],
    columns: list[str],
    trees: dict[str, npt.NDArray[Any]],
    numbers: tuple[float, float, float],
    dense: int,
) -> dict[str, Any]:
    """The arrays of a model for `pack`; `weights` has a row a feature, `numbers` are base, depth, cut."""
    flat = np.round(weights / STEP).astype(np.int16).ravel()
    places = np.flatnonzero(flat)
    text = {"words": words, "predicates": predicates, "types": types, "columns": columns}
    return {
        **{name: np.frombuffer("\n".join(value).encode(), np.uint8) for name, value in text.items()},
        "places": np.diff(places, prepend=0).astype(np.uint32),
        "weights": flat[places],
        "bias": np.round(bias, 4),
        "prior": np.round(prior, 3),
        "numbers": np.array(numbers),
        "shape": np.array([VERSION, dense], dtype=np.int32),
        **trees,
    }
