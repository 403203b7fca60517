from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SchemaError
from kg.extract.timer import Weights, likeliest, load, path_of
from kg.extract.times import find_times
from kg.extract.timing import NONE, Option, Question
from kg.fold import fold
from kg.model import Evidence, Relation


def relation(subject: str, place: int = 0) -> Relation:
    evidence = Evidence(place, place + 4, "founded", "learned")
    return Relation(subject, "FOUNDED", "organization/o", None, None, None, (), "stated", 0.9, (evidence,))


def question(subject: str, *values: str) -> Question:
    return Question(relation(subject), "date", [Option(v, [f"is {v}"]) for v in (NONE, *values)])


def test_values_that_agree_are_likely_together_and_the_likeliest_of_them_is_given() -> None:
    asked = question("person/a", "2019", "2019-03", "2020")
    assert likeliest(asked, [0.3, 0.15, 0.2, 0.35], 0.3) == "2020"
    assert likeliest(asked, [0.3, 0.2, 0.25, 0.25], 0.4) == "2019-03"
    assert likeliest(asked, [0.3, 0.2, 0.25, 0.25], 0.5) is None
    assert likeliest(question("person/a"), [1.0], 0.1) is None


def test_weights_of_all_groups_are_added_and_shared_codes_weighed_once() -> None:
    weights = Weights({"": {"is 2019": 1.0}, "date": {"is 2019": 1.0}, "FOUNDED date": {"near": 2.0}}, 0.5)
    asked = question("person/a", "2019")
    asked.options[1].shared = (("near",),)
    (chances,) = weights.chances([asked])
    assert chances[1] == pytest.approx(1 / (1 + 2.718281828**-4))


def test_a_month_without_a_year_may_be_the_last_one_before_the_article() -> None:
    text = fold("2019 年創業。5 月上線")
    found = find_times(text, [(0, len(text))], "2025-06-18")
    assert [(time.value, time.otherwise) for time in found] == [("2019", None), ("2019-05", "2025-05")]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    assert load(tmp_path) is None
    path_of(tmp_path).parent.mkdir()
    path_of(tmp_path).write_text('{"weights": {}}', "utf-8")
    with pytest.raises(SchemaError, match=r"times.json: not weights of times"):
        load(tmp_path)
