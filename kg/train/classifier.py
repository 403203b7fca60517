"""Trains the classifier of surfaces: a multinomial logistic regression, by scikit-learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kg.extract.surfaces import Row
from kg.extract.weights import UNIT

# Chosen by cross-validation (docs/decisions.md).
_STRENGTH, _LEAST_SEEN = 0.1, 3
_NEVER = -2000


def train(
    examples: Iterable[tuple[Mapping[str, Row], Mapping[str, str | None]]], classes: tuple[str, ...]
) -> dict[str, Any]:
    """The fields `surface` and `bias` of the weights file, from rows and classes of each document's surfaces."""
    table: list[Row] = []
    wanted: list[str] = []
    for rows, labels in examples:
        for surface, row in sorted(rows.items()):
            label = labels[surface]
            if label is not None:
                table.append(row)
                wanted.append(label)
    count = Counter(feature for row in table for feature in row)
    columns = {f: n for n, f in enumerate(sorted(f for f, times in count.items() if times >= _LEAST_SEEN))}
    values: list[float] = []
    places: list[int] = []
    ends = [0]
    for row in table:
        for feature, value in sorted(row.items()):
            if feature in columns:
                places.append(columns[feature])
                values.append(value)
        ends.append(len(places))
    matrix = sparse.csr_matrix((values, places, ends), shape=(len(table), len(columns)))
    model = LogisticRegression(C=_STRENGTH, max_iter=2000, tol=1e-6).fit(matrix, wanted)
    learned = {label: number for number, label in enumerate(model.classes_)}
    weights = {label: model.coef_[number] for label, number in learned.items()}
    return {
        "surface": {
            feature: [round(float(weights[label][column]) * UNIT) if label in weights else 0 for label in classes]
            for feature, column in columns.items()
        },
        "bias": [round(float(model.intercept_[learned[c]]) * UNIT) if c in learned else _NEVER for c in classes],
    }
