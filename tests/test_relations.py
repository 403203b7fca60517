"""Phenomena of the language, one case each: who is meant, what is only said, which way a relation points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.marked import read

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "relations.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_case(case: dict[str, Any]) -> None:
    names, found = read(case["text"])
    triples = {(names[r.subject], r.predicate, names[r.object]): r for r in found}
    for triple in case.get("yes", []):
        assert tuple(triple) in triples
        if "certainty" in case:
            assert triples[tuple(triple)].certainty == case["certainty"]
    for triple in case.get("no", []):
        assert tuple(triple) not in triples


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("2019 年，[林可|Person]加入[微光科技|Organization]。", "start", "2019"),
        ("2019 年，[林可|Person]離開[微光科技|Organization]。", "end", "2019"),
        ("[林可|Person]在 2018 年 3 月創辦[微光科技|Organization]。", "date", "2018-03"),
        ("2018 年[林可|Person]離開[星河科技|Organization]。隔年創辦[微光科技|Organization]。", "date", "2019"),
        ("去年，[林可|Person]創辦[微光科技|Organization]。", "date", "2024"),
    ],
)
def test_dates(text: str, field: str, value: str) -> None:
    _, found = read(text)
    assert value in {getattr(relation, field) for relation in found}


@pytest.mark.parametrize(
    ("text", "qualifier", "value"),
    [
        ("2024 年，[星河科技|Organization]以 3 億美元收購[微光科技|Organization]。", "amount", "3 億美元"),
        ("[林可|Person]曾任[微光科技|Organization]研究員。", "role", "研究員"),
        ("[螢火-7B|Model]在[百題庫|Benchmark]上拿到 74.3 分。", "score", "74.3 分"),
        ("[螢火-7B|Model]在[推理盃|Competition]拿下金牌。", "result", "金牌"),
        ("[林可|Person]在[星河大學|Organization]取得博士學位。", "degree", "博士"),
    ],
)
def test_qualifiers(text: str, qualifier: str, value: str) -> None:
    _, found = read(text)
    assert any(dict(relation.qualifiers).get(qualifier, "").startswith(value) for relation in found)


def test_a_birth_year_is_not_the_year_of_a_move() -> None:
    _, found = read("[林可|Person] 1986 年出生，五歲隨家人移居[以色列|Place]。")
    assert [relation.start for relation in found if relation.predicate == "LOCATED_IN"] == [None]


def test_a_role_is_not_carried_to_another_organization() -> None:
    names, found = read("[星河科技|Organization]挖走了[微光科技|Organization]的執行長[林可|Person]。")
    roles = {names[r.object]: dict(r.qualifiers).get("role") for r in found if r.predicate == "WORKED_AT"}
    assert roles.get("微光科技") == "執行長"
    assert roles.get("星河科技") is None
