"""Learn the scorer of relations from annotated articles.

Every article is read twice, with its annotated entities and with those that the extractor finds. The second stage
learns from scores that the first stage gave to articles which it had not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from kg.corpus.references import prepared
from kg.extract import chain, relation_model
from kg.extract.chain import Tools, Understood
from kg.extract.given import given_entities
from kg.extract.learned_relations import Candidates, Schema, candidates_of, triples_of
from kg.extract.pair_features import SLOTS, STRETCHES, UNKNOWN, Features, code_names
from kg.extract.referents import Weights
from kg.extract.triples import Triples
from kg.gold import Gold, GoldRelation
from kg.model import Entity, Record
from kg.score import matched_entities
from kg.train import references
from kg.train.lessons import FOLDS, Article

# A word that fewer articles have says nothing.
_LEAST_ARTICLES = 3
_LEAST_ROWS = 3
_STRICTNESS = 0.5
_LEAST_POSITIVE = 5
_CUT = -4.0
_PRIOR_WEIGHT = 2.0
_TREES: dict[str, Any] = {
    "max_iter": 120,
    "learning_rate": 0.1,
    "max_leaf_nodes": 12,
    "max_depth": 5,
    "min_samples_leaf": 30,
    "l2_regularization": 5,
    "max_features": 0.3,
    "early_stopping": False,
    "random_state": 0,
}
_NEGATIVE, _POSITIVE, _NEUTRAL = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Sample:
    """One reading of an annotated article, and what its annotation says of the triples of found entities."""

    article: Article
    given: bool
    read: Understood
    right: dict[tuple[int, int, int], list[GoldRelation]]
    record: Record

    @property
    def fold(self) -> int:
        """The part that the article belongs to when one part is learned from the others."""
        return self.article.fold


def read(
    articles: Sequence[Article], tools: Tools, found: Mapping[str, tuple[Entity, ...]] | None = None
) -> Iterator[Sample]:
    """Read annotated articles with these entities, by article name, or with the annotated ones."""
    for article in articles:
        gold, document = article.gold, article.document
        segmented = tools.segmenter.segment(document)
        entities = given_entities(document, gold, tools.finder.cues) if found is None else found[article.name]
        record = Record(document.metadata, entities, (), ())
        matched = matched_entities(gold, record, document.text, tools.symmetric)
        types = [tools.shape.types.index(entity.type) for entity in entities]
        right = _right(gold, [matched[entity.id] for entity in entities], types, tools.shape)
        as_read, speakers, _ = chain.read(document, segmented, entities, tools)
        understood = chain.understand(document, segmented, as_read, entities, speakers, tools)
        yield Sample(article, found is None, understood, right, record)


def _right(
    gold: Gold, names: Sequence[str | None], types: Sequence[int], shape: Schema
) -> dict[tuple[int, int, int], list[GoldRelation]]:
    """The annotated relations by the triples of found entities that stand for them, both ways for symmetric ones."""
    places: dict[str | None, list[int]] = {}
    for number, name in enumerate(names):
        places.setdefault(name, []).append(number)
    result: dict[tuple[int, int, int], list[GoldRelation]] = {}
    for relation in gold.relations:
        for predicate in (shape.predicates.index(p) for p in relation.p):
            for one in places.get(relation.s, ()):
                for other in places.get(relation.o, ()):
                    ways = ((one, other), (other, one)) if shape.symmetric[predicate] else ((one, other),)
                    for s, o in ways:
                        if s != o and shape.allowed[types[s], types[o], predicate]:
                            result.setdefault((s, predicate, o), []).append(relation)
    return result


def labels(sample: Sample, found: Candidates, shape: Schema) -> npt.NDArray[np.int8]:
    """For every pair and predicate whether the article states it there; neutral where it does so elsewhere."""
    pairs, lines = found.pairs, found.stream.lines
    result = np.zeros((len(pairs.subject), len(shape.predicates)), dtype=np.int8)
    starts = np.array([line.start for line in lines])
    ends = np.array([line.end for line in lines])
    for (subject, predicate, object_), relations in sample.right.items():
        rows = np.flatnonzero((pairs.subject == subject) & (pairs.object == object_))
        if not len(rows):
            continue
        line = pairs.line[rows]
        said = np.zeros(len(rows), dtype=bool)
        for relation in relations:
            if not relation.optional:
                for start, end in _places(sample.article.document.text, relation.evidence):
                    said |= (starts[line] < end) & (start < ends[line])
        result[rows, predicate] = np.where(said, _POSITIVE, _NEUTRAL)
    return result


def _places(text: str, words: str) -> Iterator[tuple[int, int]]:
    start = text.find(words) if words else -1
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + 1)


def vocabulary(streams: Sequence[Sequence[str]]) -> list[str]:
    """The words that enough articles have, sorted."""
    counts = Counter(word for words in streams for word in set(words))
    return sorted(word for word, count in counts.items() if count >= _LEAST_ARTICLES and word)


def matrix(features: Features, types: int, words: int) -> sparse.csr_matrix:
    """The features of pairs as a sparse matrix with the columns that `relation_model.Model` has."""
    sizes = [size for _, size in code_names(types, words)]
    offsets = np.cumsum([0, *sizes])
    count = len(features.way)
    codes = features.codes + offsets[:-1]
    worded = np.array([size == sizes[0] for size in sizes])
    keep = ~worded[None, :] | (features.codes % words != 0)
    rows = [np.repeat(np.arange(count), len(sizes))[keep.ravel()]]
    columns = [codes.ravel()[keep.ravel()]]
    values: list[npt.NDArray[Any]] = [np.ones(len(columns[0]))]
    for slot in range(SLOTS):
        there = features.stretch[:, slot] >= 0
        length = np.where(there, features.end[:, slot] - features.begin[:, slot], 0)
        row = np.repeat(np.arange(count), length)
        token = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        token = token + np.repeat(features.begin[:, slot], length)
        rows.append(row)
        columns.append(offsets[-1] + np.repeat(features.stretch[:, slot], length) * words + features.tokens[token])
        values.append(np.ones(len(row)))
    row, column = np.nonzero(features.dense)
    rows.append(row)
    columns.append(offsets[-1] + STRETCHES * words + column)
    values.append(features.dense[row, column])
    width = offsets[-1] + STRETCHES * words + features.dense.shape[1]
    data = np.concatenate(values).astype(np.float32)
    return sparse.csr_matrix((data, (np.concatenate(rows), np.concatenate(columns))), shape=(count, width))


@dataclass(frozen=True)
class Table:
    """The pairs of many articles: features, labels, what the types allow, and the article of each row."""

    x: sparse.csr_matrix
    y: npt.NDArray[np.int8]
    allowed: npt.NDArray[np.bool_]
    article: npt.NDArray[np.int32]


def fit_first(table: Table, rows: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """A logistic regression a predicate, on pairs that may stand in it: weights by feature and predicate, biases."""
    predicates = table.y.shape[1]
    weights = np.zeros((table.x.shape[1], predicates), dtype=np.float32)
    bias = np.full(predicates, -12.0)
    for predicate in range(predicates):
        which = np.flatnonzero(rows & table.allowed[:, predicate] & (table.y[:, predicate] != _NEUTRAL))
        y = table.y[which, predicate]
        if y.sum() < _LEAST_POSITIVE:
            continue
        x = table.x[which]
        columns = np.flatnonzero(np.asarray((x != 0).sum(axis=0)).ravel() >= _LEAST_ROWS)
        model = LogisticRegression(C=_STRICTNESS, solver="liblinear", tol=1e-3, max_iter=200, random_state=0)
        model.fit(x[:, columns], y)
        weights[columns, predicate] = model.coef_[0]
        bias[predicate] = model.intercept_[0]
    return weights, bias


def apply_first(
    table: Table, rows: npt.NDArray[np.bool_], weights: npt.NDArray[np.float32], bias: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The log odds of some rows."""
    return np.where(table.allowed[rows], np.round(table.x[rows] @ weights + bias, 3), -20.0)


def out_of_fold(table: Table, folds: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The log odds of every row by a first stage that has not seen its article; `folds` are those of the rows."""
    scores = np.full(table.y.shape, -20.0)
    for fold in sorted(set(folds.tolist())):
        inside = folds == fold
        scores[inside] = apply_first(table, inside, *fit_first(table, ~inside))
    return scores


def prior(samples: Sequence[Sample], found: Sequence[Candidates], shape: Schema) -> npt.NDArray[np.float64]:
    """How often entities of two types stand in each relation (log), smoothed by how often any do."""
    size = (len(shape.predicates), len(shape.types), len(shape.types))
    right, possible = np.zeros(size), np.zeros(size)
    for sample, one in zip(samples, found, strict=True):
        ends = np.unique(np.stack([one.pairs.subject, one.pairs.object]), axis=1)
        for predicate in range(size[0]):
            np.add.at(possible[predicate], (one.types[ends[0]], one.types[ends[1]]), 1)
        for subject, predicate, object_ in sample.right:
            right[predicate, one.types[subject], one.types[object_]] += 1
    base = right.sum((1, 2)) / np.maximum(possible.sum((1, 2)), 1)
    share = (right + _PRIOR_WEIGHT * base[:, None, None]) / (possible + _PRIOR_WEIGHT)
    return np.asarray(np.round(np.log(np.maximum(share, 1e-5)), 3))


def triple_labels(sample: Sample, table: Triples) -> npt.NDArray[np.int8]:
    """Whether the annotation has each triple; neutral where only as an optional one."""
    result = np.zeros(len(table.subject), dtype=np.int8)
    keys = zip(table.subject.tolist(), table.predicate.tolist(), table.object.tolist(), strict=True)
    for number, key in enumerate(keys):
        relations = sample.right.get(key)
        if relations:
            result[number] = _NEUTRAL if all(r.optional for r in relations) else _POSITIVE
    return result


def fit_second(tables: Sequence[Triples], answers: Sequence[npt.NDArray[np.int8]]) -> HistGradientBoostingClassifier:
    """Boosted trees over triples."""
    y = np.concatenate(answers)
    x = np.concatenate([table.features for table in tables])[y != _NEUTRAL]
    return HistGradientBoostingClassifier(**_TREES).fit(x, y[y != _NEUTRAL])


def exported(model: HistGradientBoostingClassifier) -> tuple[dict[str, npt.NDArray[Any]], float, int]:
    """The trees as arrays, their base score, and how deep they are."""
    roots, features, limits, left, right, values = [], [], [], [], [], []
    depth, offset = 0, 0
    for (predictor,) in model._predictors:  # noqa: SLF001
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        own = np.arange(len(nodes)) + offset
        roots.append(offset)
        features.append(np.where(leaf, 0, nodes["feature_idx"]))
        limits.append(np.where(leaf, 0.0, nodes["num_threshold"]))
        left.append(np.where(leaf, own, nodes["left"] + offset))
        right.append(np.where(leaf, own, nodes["right"] + offset))
        values.append(np.where(leaf, nodes["value"], 0.0))
        depth = max(depth, int(nodes["depth"].max()))
        offset += len(nodes)
    arrays = {
        "roots": np.array(roots, dtype=np.int32),
        "nodes": np.stack([np.concatenate(x) for x in (features, left, right)]).astype(np.int32),
        "limits": np.round(np.concatenate(limits), 6),
        "values": np.round(np.concatenate(values), 6),
    }
    return arrays, round(float(model._baseline_prediction.ravel()[0]), 6), depth  # noqa: SLF001


@dataclass(frozen=True)
class Prepared:
    """Articles with their candidates, in one table."""

    samples: list[Sample]
    found: list[Candidates]
    table: Table
    words: list[str]


def prepare(samples: Sequence[Sample], tools: Tools, words: list[str] | None = None) -> Prepared:
    """Make the features and labels of all articles."""
    shape = tools.shape
    if words is None:
        bare = shape.words({})
        streams = {a.article.name: _candidates(a, shape, bare).stream.words for a in samples}
        words = vocabulary(list(streams.values()))
    known = shape.words({word: n + UNKNOWN + 1 for n, word in enumerate(words)})
    found = [_candidates(a, shape, known) for a in samples]
    size = len(words) + UNKNOWN + 1
    table = Table(
        sparse.vstack([matrix(f.features, len(shape.types), size) for f in found]).tocsr(),
        np.concatenate([labels(a, f, shape) for a, f in zip(samples, found, strict=True)]),
        np.concatenate([f.allowed for f in found]),
        np.repeat(np.arange(len(found), dtype=np.int32), [len(f.pairs.subject) for f in found]),
    )
    return Prepared(list(samples), found, table, words)


def _candidates(sample: Sample, shape: Schema, words: Any) -> Candidates:
    finder = sample.read.finder
    return candidates_of(sample.read.segmented, finder.reading, finder.view, shape, words)


def triple_tables(
    prepared: Prepared, scores: npt.NDArray[np.float64], shape: Schema, log_prior: npt.NDArray[np.float64]
) -> list[Triples]:
    """The candidate relations of every article."""
    bounds = np.searchsorted(prepared.table.article, np.arange(len(prepared.samples) + 1))
    return [
        triples_of(f, scores[bounds[n] : bounds[n + 1]], a.read.readings, shape, log_prior, _CUT)
        for n, (a, f) in enumerate(zip(prepared.samples, prepared.found, strict=True))
    ]


def train(prepared: Prepared, tools: Tools) -> dict[str, Any]:
    """The arrays of a model that has learned from all of these articles."""
    shape = tools.shape
    folds = np.array([a.fold for a in prepared.samples])[prepared.table.article]
    scores = out_of_fold(prepared.table, folds)
    given = [n for n, a in enumerate(prepared.samples) if a.given]
    log_prior = prior([prepared.samples[n] for n in given], [prepared.found[n] for n in given], shape)
    tables = triple_tables(prepared, scores, shape, log_prior)
    answers = [triple_labels(a, t) for a, t in zip(prepared.samples, tables, strict=True)]
    trees, base, depth = exported(fit_second(tables, answers))
    weights, bias = fit_first(prepared.table, np.ones(len(prepared.table.article), dtype=bool))
    return relation_model.as_data(
        prepared.words,
        list(shape.predicates),
        list(shape.types),
        weights,
        bias,
        log_prior,
        list(shape.columns),
        trees,
        (base, float(depth), _CUT),
        prepared.found[0].features.dense.shape[1],
    )


def referents_by_fold(articles: Sequence[Article], tools: Tools) -> list[Weights]:
    """For every fold, weights that rank who is meant, learned from the articles of the others."""
    ready = {a.name: prepared(a.document, a.gold, tools) for a in articles}
    return [references.learn([ready[a.name] for a in articles if a.fold != fold], tools) for fold in range(FOLDS)]


def write(articles: Sequence[Article], tools: Tools, path: Path, found: Mapping[str, tuple[Entity, ...]]) -> None:
    """Learn from articles and write the weights; `found` are their entities by weights learned from other articles."""
    tools = replace(tools, scorer=None)
    by_fold = [replace(tools, referents=weights) for weights in referents_by_fold(articles, tools)]
    samples = [
        sample
        for entities in (None, found)
        for fold, reader in enumerate(by_fold)
        for sample in read([a for a in articles if a.fold == fold], reader, entities)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    relation_model.pack(train(prepare(samples, tools), tools), path)
