"""The learned scorer of relations: candidates, weights as a file, and what comes out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kg import markdown
from kg.errors import SchemaError
from kg.extract import chain, learned_relations, relation_model
from kg.extract.chain import Tools
from kg.extract.entities import find_entities
from kg.extract.extractor import Extractor
from kg.model import Record
from kg.resources import folder

_ARTICLE = """---
title: 黃仁勳與輝達
date: 2024-03-05
---

1993 年，黃仁勳創辦 NVIDIA。他後來在台北建立研發中心，並推出 CUDA。

黃仁勳沒有加入 Google DeepMind。
"""


@pytest.fixture(scope="module")
def tools() -> Tools:
    return chain.load(folder("schemas"))


def _record(tmp_path: Path, text: str, tools: Tools) -> Record:
    path = tmp_path / "article.md"
    path.write_text(text, "utf-8")
    return chain.extract(markdown.read(path, "article.md"), tools)


def test_the_shipped_weights_belong_to_the_shipped_ontology(tools: Tools) -> None:
    assert tools.scorer is not None


def test_every_relation_has_evidence_and_a_confidence_above_the_threshold(tmp_path: Path, tools: Tools) -> None:
    record = _record(tmp_path, _ARTICLE, tools)
    assert tools.scorer is not None
    assert ("FOUNDED", "organization/nvidia") in {(r.predicate, r.object) for r in record.relations}
    for relation in record.relations:
        assert relation.confidence >= tools.least
        for evidence in relation.evidence:
            assert _ARTICLE[evidence.start : evidence.end] == evidence.text != ""


def test_without_weights_the_frames_decide(tmp_path: Path, tools: Tools) -> None:
    record = _record(tmp_path, _ARTICLE, replace(tools, scorer=None))
    assert all(e.rule != learned_relations.RULE for r in record.relations for e in r.evidence)


@pytest.mark.parametrize("text", ["。", "只有字。", "| a | b |\n|---|---|\n| 1 | 2 |\n", "NVIDIA"])
def test_an_article_with_nothing_to_relate_has_no_relations(tmp_path: Path, tools: Tools, text: str) -> None:
    assert _record(tmp_path, text, tools).relations == ()


def test_a_carried_subject_is_a_candidate(tmp_path: Path, tools: Tools) -> None:
    path = tmp_path / "article.md"
    path.write_text(_ARTICLE, "utf-8")
    document = markdown.read(path, "article.md")
    segmented = tools.segmenter.segment(document)
    entities = find_entities(segmented, tools.finder)
    reading, speakers, _ = chain.read(document, segmented, entities, tools)
    read = chain.understand(document, segmented, reading, entities, speakers, tools)
    finder = read.finder
    found = learned_relations.candidates_of(segmented, finder.reading, finder.view, tools.shape, tools.shape.words({}))
    names = [entity.name for entity in entities]
    pairs = set(zip(found.pairs.subject.tolist(), found.pairs.object.tolist(), strict=True))
    assert (names.index("黃仁勳"), names.index("CUDA")) in pairs


def test_a_model_read_from_its_file_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    path = folder("schemas") / chain.WEIGHTS
    copy = tmp_path / "copy.data"
    relation_model.pack(relation_model.unpack(path), copy)
    assert copy.read_bytes() == path.read_bytes()


def test_trees_follow_their_limits() -> None:
    trees = relation_model.Trees(
        roots=np.array([0], dtype=np.int32),
        feature=np.array([1, 0, 0], dtype=np.int32),
        limit=np.array([0.5, 0.0, 0.0]),
        left=np.array([1, 1, 2], dtype=np.int32),
        right=np.array([2, 1, 2], dtype=np.int32),
        value=np.array([0.0, -1.0, 1.0]),
        base=0.0,
        depth=1,
    )
    low, high = trees.probabilities(np.array([[0.0, 0.5], [0.0, 0.6]]))
    assert (low, high) == (0.2689, 0.7311)


@pytest.mark.parametrize("content", [b"", b"garbage\n", b"words |u1 999\nabc"])
def test_broken_weights_are_an_error_of_the_schemas(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "relations.data"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match=r"relations\.data: is not a file of learned weights"):
        relation_model.load(path)


def test_other_weights_make_another_extractor(tmp_path: Path) -> None:
    schemas = tmp_path / "schemas"
    shutil.copytree(folder("schemas"), schemas)
    before = Extractor(schemas).fingerprint
    for path in sorted((schemas / "weights").iterdir()):
        path.write_bytes(path.read_bytes() + b" ")
        after = Extractor(schemas).fingerprint
        assert after != before
        before = after
