from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import markdown, resources
from kg.corpus import references as measured
from kg.errors import SchemaError
from kg.extract import chain, referents
from kg.extract.given import given_entities
from kg.extract.memory import Event, Memory, Place, traces
from kg.gold import Gold, read_annotation
from kg.train import references as learning
from kg.train.softmax import Choice, fit
from tests.command import kg

SCHEMAS = resources.folder("schemas")
TEXT = """---
title: 沈若棠與蘆葦研究所
date: 2025-06-01
---

沈若棠 2023 年創辦蘆葦研究所，後來搬到新加坡。她和顧以寧一起訓練模型。兩人都不上節目。

「我不收購別人。」沈若棠說。
"""
GOLD = {
    "id": "a",
    "entities": [
        {"name": "沈若棠", "aliases": ["沈若棠"], "type": ["Person"]},
        {"name": "顧以寧", "aliases": ["顧以寧"], "type": ["Person"]},
        {"name": "蘆葦研究所", "aliases": ["蘆葦研究所", "研究所"], "type": ["Organization"]},
        {"name": "新加坡", "aliases": ["新加坡"], "type": ["Place"]},
    ],
    "relations": [],
    "references": [
        {"in": "後來搬到", "text": "", "entity": "沈若棠"},
        {"in": "她和顧以寧", "text": "她", "entity": "沈若棠"},
        {"in": "兩人都不上節目", "text": "兩人", "entity": ["沈若棠", "顧以寧"]},
        {"in": "我不收購", "text": "我", "entity": "沈若棠"},
        {"in": "別人", "text": "別人", "entity": "顧以寧"},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.md").write_text(TEXT, "utf-8")
    (tmp_path / "a.gold.json").write_text(json.dumps(GOLD, ensure_ascii=False), "utf-8")
    return tmp_path


def prepared(folder: Path, gold: Gold, tools: chain.Tools) -> measured.Article:
    return measured.prepared(markdown.read(folder / "a.md", "a.md"), gold, tools)


def test_given_entities_stand_where_their_names_do_the_longest_first(folder: Path) -> None:
    article = prepared(folder, read_annotation(folder, "a"), chain.load(SCHEMAS))
    assert [(e.name, e.kind, len(e.mentions)) for e in article.entities] == [
        ("沈若棠", None, 3),
        ("顧以寧", None, 1),
        ("蘆葦研究所", "lab", 2),
        ("新加坡", None, 1),
    ]
    assert all(TEXT[m.start : m.end] == m.text for e in article.entities for m in e.mentions)


def test_a_name_inside_a_longer_latin_word_is_not_given(folder: Path) -> None:
    gold = Gold.model_validate(
        {"id": "a", "entities": [{"name": "title", "aliases": ["titl"], "type": ["Product"]}], "relations": []}
    )
    article = prepared(folder, gold, chain.load(SCHEMAS))
    assert article.entities == ()


def test_references_are_counted_by_kind(folder: Path) -> None:
    figures = measured.to_json(measured.measure(folder, {"a": read_annotation(folder, "a")}, SCHEMAS))
    assert {kind: (row["right"], row["of"]) for kind, row in figures.items()} == {
        "he_she": (1, 1),
        "it": (0, 0),
        "speaker": (1, 1),
        "several": (1, 1),
        "description": (0, 1),
        "left_out": (1, 1),
        "all": (4, 5),
    }
    assert figures["description"]["passed_over"] == 1
    assert figures["it"]["rate"] is None


def test_some_of_several_are_partly_right() -> None:
    answers = measured.Answers()
    answers.count(frozenset({"a", "b"}), frozenset({"a"}))
    answers.count(frozenset({"a", "b"}), frozenset({"c"}))
    answers.count(frozenset({"a", "b"}), None)
    assert (answers.right, answers.of, answers.partial, answers.passed_over) == (0, 3, 1, 1)


def test_score_prints_references_where_there_are_any(folder: Path) -> None:
    figures = json.loads(kg("score", folder, "--format", "json").stdout)
    assert figures["reference"]["all"]["of"] == len(GOLD["references"])
    assert "subject left out" in kg("score", folder).stdout
    (folder / "a.gold.json").write_text(json.dumps({**GOLD, "references": []}, ensure_ascii=False), "utf-8")
    assert "reference" not in json.loads(kg("score", folder, "--format", "json").stdout)


def test_who_is_given_is_not_resolved(folder: Path) -> None:
    tools = replace(chain.load(SCHEMAS), referents=referents.Weights({}))
    article = prepared(folder, read_annotation(folder, "a"), tools)
    told = measured.read(article, tools, taught=True)
    assert [(TEXT[i.start : i.end], len(i.members)) for i in told.resolved] == [("她", 1), ("兩人", 2), ("我", 1)]
    assert measured.read(article, tools).resolved == []


def test_candidates_for_a_subject_have_probabilities(folder: Path) -> None:
    tools = chain.load(SCHEMAS)
    article = prepared(folder, read_annotation(folder, "a"), tools)
    reading = measured.read(article, tools)
    for clause in reading.draft.snapshots:
        ranking = reading.left_out(clause)
        assert sum(chance for _, chance in ranking) == pytest.approx(1)
        assert [chance for _, chance in ranking] == sorted((chance for _, chance in ranking), reverse=True)


def test_memory_goes_back_in_order_and_leaves_out_how_the_clause_ends() -> None:
    place = Place(10, 2, 0, 0)
    events = [
        Event(("a",), 0, 0, 0, 0, "named", "name"),
        Event(("a",), 0, 0, 0, 0, "subject", "name"),
        Event(("b",), 5, 1, 0, 0, "object", "name"),
        Event(("c",), 8, 2, 0, 0, "named", "name"),
        Event(("c",), 8, 2, 0, 0, "subject", "name"),
        Event(("d",), 12, 2, 0, 0, "named", "name"),
    ]
    within = Memory(events).until(3, place)
    assert [event.members for event in within] == [("a",), ("a",), ("b",), ("c",)]
    found = traces(within, place, dict.fromkeys("abcd", "Person"))
    assert list(found) == ["c", "b", "a"]
    assert (found["c"].here, found["c"].rank, found["a"].acting_rank, found["b"].acted) == ("named", 0, 0, None)


def test_weights_of_a_sort_depart_from_those_of_all() -> None:
    weights = referents.Weights({"": {"type": {"Person": 1.0}}, "she": {"type": {"Person": 0.5, "Model": -1.0}}})
    assert weights.score("she", {"type": "Person", "words": ("x", "y")}) == 1.5
    assert weights.score("she", {"type": "Model"}) == -1.0


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1}', '{"weights": 3}'])
def test_a_broken_weights_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "references.json"
    path.write_text(text, "utf-8")
    with pytest.raises(SchemaError, match=r"references\.json"):
        referents.load(path)
    with pytest.raises(SchemaError, match="nowhere"):
        referents.load(tmp_path / "nowhere")


@given(st.lists(st.integers(0, 2), min_size=6, max_size=20))
def test_fitting_prefers_what_was_right(rights: list[int]) -> None:
    choices = [Choice([["first", "x"], ["second"], ["third", "x"]], right) for right in rights]
    weights = fit(choices, penalty=0.1, least=1)
    scores = [weights["first"] + weights["x"], weights["second"], weights["third"] + weights["x"]]
    counts = [rights.count(k) for k in range(3)]
    for one in range(3):
        for other in range(3):
            if counts[one] > counts[other]:
                assert scores[one] > scores[other]


def test_learning_writes_the_same_bytes_again(folder: Path, tmp_path: Path) -> None:
    tools = chain.load(SCHEMAS)
    articles = [prepared(folder, read_annotation(folder, "a"), tools)] * learning.FOLDS
    first, second = (learning.dumps(learning.learn(articles, tools)) for _ in range(2))
    assert first == second
    path = tmp_path / "references.json"
    path.write_text(first, "utf-8")
    assert learning.dumps(referents.load(path)) == first
    assert given_entities(articles[0].document, read_annotation(folder, "a"), tools.finder.cues) == articles[0].entities
