"""Trains the tagger: a linear-chain CRF, with L-BFGS and both L1 and L2 regularisation, by CRFsuite."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pycrfsuite

from kg.extract.weights import UNIT
from kg.train.lessons import Lesson

# Chosen by cross-validation (docs/decisions.md).
_SETTINGS = {"c1": 0.15, "c2": 0.05, "max_iterations": 80, "feature.minfreq": 2}
_LEAST = 0.03
_NEVER = -2000


def train(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """The fields `labels`, `state` and `moves` of the weights file."""
    sequences = [sequence for lesson in lessons for sequence in lesson.sequences]
    count = Counter(feature for features, _ in sequences for unit in features for feature in unit)
    # CRFsuite's dump of a model cannot hold every text, so features go by number.
    names = sorted(feature for feature, times in count.items() if times > 1)
    number = {feature: str(index) for index, feature in enumerate(names)}
    trainer = pycrfsuite.Trainer(verbose=False)
    for features, labels in sequences:
        trainer.append([[number[f] for f in unit if f in number] for unit in features], labels)
    trainer.set_params(_SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder, "model"))
        trainer.train(model)
        tagger = pycrfsuite.Tagger()
        tagger.open(model)
        info = tagger.info()
        tagger.close()
    labels = sorted(info.labels)
    index = {label: place for place, label in enumerate(labels)}
    state: dict[str, list[int]] = {}
    for (feature, label), weight in sorted(info.state_features.items(), key=lambda item: (int(item[0][0]), item[0][1])):
        if abs(weight) >= _LEAST:
            state.setdefault(names[int(feature)], []).extend((index[label], round(weight * UNIT)))
    moves = [[0] * len(labels) for _ in labels]
    for (one, other), weight in info.transitions.items():
        moves[index[one]][index[other]] = round(weight * UNIT)
    for one in labels:
        for other in labels:
            if other.startswith("I-") and one[2:] != other[2:]:
                moves[index[one]][index[other]] = _NEVER
    return {"labels": labels, "state": state, "moves": moves}
