from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SchemaError
from kg.extract.quotations import find_quotations, find_turns
from kg.fold import fold
from kg.markdown import read
from kg.model import Mention
from kg.resources import folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.model import Document

CASES = yaml.safe_load((Path(__file__).parent / "cases/quotations.yaml").read_text("utf-8"))
PIECES = [
    "「",
    "」",
    "『",
    "』",
    "“",
    "”",
    '"',
    "魏承翰",
    "Brown",
    "說",
    "：",
    "，",
    "。",
    "！",
    "他",
    "我",
    "你",
    "問",
    "的",
    "\n\n",
    "\n> ",
    "> ",
    "— ",
    "**Brown：** ",
    "這是很長的一句話",
    "短",
    "記者",
    "主持人",
    " ",
    "- ",
    "# ",
]
Persons = list[tuple[Mention, str]]


def article(tmp_path: Path, text: str) -> Document:
    file = tmp_path / "a.md"
    file.write_text(text, "utf-8", newline="")
    return read(file, "a.md")


def persons(document: Document, people: Sequence[str]) -> Persons:
    found = {}
    for names in people:
        entity, *_ = names.split("|")
        for name in sorted(names.split("|"), key=len, reverse=True):
            for match in re.finditer(re.escape(name), document.masked):
                if not any(start <= match.start() < end for start, end in found):
                    found[match.span()] = entity
    return [(Mention(*span, document.text[slice(*span)]), entity) for span, entity in sorted(found.items())]


def last_named(document: Document, people: Persons) -> Callable[[int], str | None]:
    def resolve(offset: int) -> str | None:
        before = [entity for mention, entity in people if mention.end <= offset]
        noun = re.match("主持人|記者|有人|同事", document.masked[offset:])
        return before[-1] if before and not noun else None

    return resolve


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_cases(tmp_path: Path, case: dict[str, Any]) -> None:
    document = article(tmp_path, case["text"])
    people = persons(document, case["people"])
    found = find_quotations(document, fold(document.masked), people, last_named(document, people))
    assert [f"{quotation.speaker or '-'}: {quotation.text}" for quotation in found] == case["said"]


TRANSCRIPT = """## 訪談

**周以安：** 你什麼時候意識到？

**Brown：** 很早。

我回去加上搜尋。

**周以安：** 所以呢？

## 編後

剪完這一集。
"""


def test_turns_run_to_the_next_label_or_heading(tmp_path: Path) -> None:
    document = article(tmp_path, TRANSCRIPT + "\nNoam Brown\n")
    people = persons(document, ["周以安", "Noam Brown"])
    turns = find_turns(document, fold(document.masked), people)
    assert [turn.speaker for turn in turns] == ["周以安", "Noam Brown", "周以安"]
    assert "加上搜尋" in document.text[turns[1].start : turns[1].end]
    assert "編後" not in document.text[turns[2].start : turns[2].end]


def test_a_list_of_people_is_no_transcript(tmp_path: Path) -> None:
    document = article(tmp_path, "- 主持人：周以安\n- 周以安：記者\n- Brown：研究員\n")
    assert find_turns(document, fold(document.masked), persons(document, ["周以安", "Brown"])) == ()


def test_answers_are_the_only_guest_s(tmp_path: Path) -> None:
    body = "Q：你好嗎？\n\nA：很好，我說過「一切都會變好的。」\n\nQ：真的？\n\nA：真的。\n"
    document = article(tmp_path, "---\ntitle: 專訪 Brown\n---\n" + body)
    people = persons(document, ["Brown"])
    assert [turn.speaker for turn in find_turns(document, fold(document.masked), people)] == [None, "Brown"] * 2
    (quotation,) = find_quotations(document, fold(document.masked), people, lambda _: None)
    assert quotation.speaker == "Brown"


def test_a_label_that_two_people_share_names_neither(tmp_path: Path) -> None:
    text = "周以安與周映如。\n\n周：甲。\n\nBrown：乙。\n\n周：丙。\n\nBrown：丁。\n"
    document = article(tmp_path, text)
    turns = find_turns(document, fold(document.masked), persons(document, ["周以安", "周映如", "Brown"]))
    assert [turn.speaker for turn in turns] == [None, "Brown", None, "Brown"]


def test_resolve_is_asked_at_the_pronoun(tmp_path: Path) -> None:
    document = article(tmp_path, "「便宜的電才是答案。」後來她說。")
    asked: list[str] = []

    def resolve(offset: int) -> str:
        asked.append(document.text[offset])
        return "person/x"

    (quotation,) = find_quotations(document, fold(document.masked), [], resolve)
    assert (quotation.speaker, asked) == ("person/x", ["她"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quotations")


@given(text=st.lists(st.sampled_from(PIECES) | st.text("字，。「」", max_size=4), min_size=1, max_size=40).map("".join))
def test_whatever_is_written_quotations_are_slices_in_order(place: Path, text: str) -> None:
    document = article(place, text + "字")
    people = persons(document, ["魏承翰", "Brown"])
    end = 0
    for quotation in find_quotations(document, fold(document.masked), people, last_named(document, people)):
        assert end <= quotation.start < quotation.end <= len(document.text)
        assert document.text[quotation.start : quotation.end] == quotation.text
        end = quotation.end
    end = 0
    for turn in find_turns(document, fold(document.masked), people):
        assert end <= turn.start < turn.end
        end = turn.end


def test_a_broken_schema_is_named(tmp_path: Path) -> None:
    text = (folder("schemas") / "speech.yaml").read_text("utf-8")
    (tmp_path / "speech.yaml").write_text(text.replace("third: '", "third: '("), "utf-8")
    with pytest.raises(SchemaError, match=r"speech\.yaml: third: not a regular expression"):
        find_turns(article(tmp_path, "字"), "字", [], tmp_path)
    (tmp_path / "speech.yaml").write_text(text.replace("third:", "thirds:"), "utf-8")
    with pytest.raises(SchemaError, match=r"speech\.yaml: thirds: Extra"):
        find_quotations(article(tmp_path, "字"), "字", [], lambda _: None, tmp_path / ".")
