"""Every frame carries its own test: a sentence that it must read, and one that it must not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kg.errors import SchemaError
from kg.extract import examples, frames
from tests.marked import MARKED, TOOLS, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("frame", TOOLS.frames.all, ids=lambda frame: frame.data.id)
def test_a_frame_reads_its_example_and_not_its_counter_example(frame: frames.Frame) -> None:
    assert list(examples.failures(frame, TOOLS)) == []


def test_a_frame_that_reads_the_wrong_sentence_is_named() -> None:
    frame = next(f for f in TOOLS.frames.all if f.data.id == "join")
    swapped = frame.data.model_copy(update={"example": frame.data.counter, "counter": frame.data.example})
    wrong = frames.Frame(swapped, frame.subject, frame.object, frame.patterns)
    first, second = examples.failures(wrong, TOOLS)
    assert first.startswith("join: does not read its example")
    assert second.startswith("join: reads its counter-example")


def test_every_predicate_has_a_frame() -> None:
    assert {frame.data.predicate for frame in TOOLS.frames.all} == set(TOOLS.ontology.relation_types)


def test_evidence_is_exactly_the_text() -> None:
    marked = "2019 年，[林可|Person]加入[星河實驗室|Organization]。他後來離開[星河實驗室|Organization]。"
    text = MARKED.sub(lambda m: m[1], marked)
    _, found = read(marked)
    assert found
    assert all(text[e.start : e.end] == e.text for r in found for e in r.evidence)


WRONG = {
    "no such predicate": "predicate: KNOWS, patterns: ['{V}<O>']",
    "exactly once": "predicate: LEADS, patterns: ['<O>']",
    "no such slot": "predicate: LEADS, patterns: ['{V}<Foo>']",
    "regular expression": "predicate: LEADS, patterns: ['{V}(<O>']",
    "does not allow": "predicate: LEADS, patterns: ['{V}'], subject: [Place]",
    "stands there twice": "predicate: LEADS, patterns: ['{V}<O>'], triggers: [x, x]",
    "a: colour": "predicate: LEADS, patterns: ['{V}'], colour: red",
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_frame_is_named(tmp_path: Path, message: str) -> None:
    triggers = "" if "triggers" in WRONG[message] else "triggers: [x], "
    entry = f"- {{id: a, {triggers}example: {{text: x}}, counter: {{text: y}}, {WRONG[message]}}}"
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "f.yaml").write_text(entry, "utf-8")
    with pytest.raises(SchemaError, match=re.escape(message)) as caught:
        frames.load(tmp_path, TOOLS.ontology, TOOLS.symbols)
    assert "f.yaml" in str(caught.value)
