from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kg.errors import SchemaError
from kg.extract.times import Time, find_times
from kg.fold import fold
from kg.resources import folder

CASES = yaml.safe_load((Path(__file__).parent / "cases/times.yaml").read_text("utf-8"))
PIECES = [
    "2019",
    "2023",
    "年",
    "月",
    "日",
    "3",
    "12",
    "31",
    "二〇一九",
    "十",
    "兩",
    "半",
    "個",
    "隔年",
    "同年",
    "去年",
    "底",
    "週",
    "六",
    "天",
    "後",
    "前",
    "之後",
    "到",
    "至",
    "–",
    " ",
    "\n",
    "，",
    "民國",
    "歲",
    "那",
    "今",
    "上",
    "第",
    "March",
    "幾",
    "生",
    "自",
    "起",
    "9" * 30,
    "千",
    "字",
]
DATES = st.none() | st.dates().map(str)


def times(text: str, date: str | None = "2025-06-18") -> tuple[Time, ...]:
    return find_times(fold(text), [match.span() for match in re.finditer("[^。]+。?", text)], date)


def shown(text: str, time: Time) -> str:
    value = f"{time.months} months" if time.kind == "duration" else time.value or "none"
    return " ".join([text[time.start : time.end], "=", value, *filter(None, [time.role]), *(["future"] * time.future)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_cases(case: dict[str, Any]) -> None:
    date = case.get("date", "2025-06-18")
    found = times(case["text"], str(date) if date else None)
    assert [shown(case["text"], time) for time in found] == case["times"]


def test_both_scripts_say_the_same() -> None:
    traditional = "2019 年創業，兩個月後離職，隔年回來，上週六宣布，今年 3 月發布，著手三年"
    simplified = "2019 年创业，两个月后离职，隔年回来，上周六宣布，今年 3 月发布，着手三年"
    assert times(traditional) == times(simplified)


def test_carried_dates_follow_the_reading_order_over_sentences() -> None:
    text = "2019 年創業。隔年搬家。\n又隔年得獎。"
    spans = [(0, 9), (9, 14), (15, len(text))]
    assert [time.value for time in find_times(fold(text), spans, None)] == ["2019", "2020", "2021"]


def test_nothing_outside_the_spans_and_nothing_across_them_is_a_time() -> None:
    text = "2019 年\n3 月創業，2020 年"
    assert [time.value for time in find_times(fold(text), [(0, 6), (7, 12)], None)] == ["2019", "2019-03"]
    assert find_times(fold(text), [], None) == ()


@given(text=st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join), date=DATES)
@example("9999 年 12 月，一個月後，三天後", "9999-12-31")
@example("1 年前", "0001-01-01")
def test_whatever_is_written_times_are_ordered_and_well_formed(text: str, date: str | None) -> None:
    end = 0
    for time in times(text, date):
        assert end <= time.start < time.end <= len(text)
        end = time.end
        assert time.value is None or len(time.value) in (4, 7, 10)
        assert (time.kind == "duration") == (time.months is not None) or time.value is None
        assert not time.future or (date and time.value and time.value > date[: len(time.value)])


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("rules:", "rulez:", "rulez: Extra inputs"),
        ("<<YEAR>><<NIAN>><<DATE>>?", "<<YEER>>", "rules: year: there is no part 'YEER'"),
        ("'民國", "'(民國", "rules: era: not a regular expression"),
    ],
)
def test_a_broken_schema_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = (folder("schemas") / "times.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "times.yaml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SchemaError, match=f"times.yaml: {problem}"):
        find_times("", [], None, tmp_path)
