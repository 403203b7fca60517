from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.lexicon import Entry
from kg.model import Block
from tests.small_documents import document, entities, finder

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "mentions.yaml").read_text("utf-8"))
KNOWN = (
    Entry("Organization", "OpenAI"),
    Entry("Organization", "Google", aliases=("谷歌",)),
    Entry("Model", "GPT-4"),
    Entry("Model", "Gemini", by="Google"),
    Entry("Person", "史蒂夫·賈伯斯", aliases=("賈伯斯",)),
    Entry("Person", "伯斯", aliases=("Boss",)),
    Entry("Organization", "Alphabet", weak=("Alphabet",)),
    Entry("Method", "微調", optional=True),
    Entry("Place", "新加坡", aliases=("Singapore",)),
)
PIECES = ["執行長", "許芷嵐", "說", "（", "）", "Elena Marchetti", "埃琳娜·马尔凯蒂", "大學", "科技", "公司"]
PIECES += ["《", "》", "「", "」", "模型", "叫", "GPT-4", "o", "OpenAI", " ", "，", "、", "。", "\n", "谷歌", "|"]
PIECES += ["-7B", "鳴谷", "獎", "的", "在"]
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:20] for case in CASES])
def test_names_that_nobody_listed(case: dict[str, object]) -> None:
    text = str(case["text"])
    found = {alias: entity.type for entity in entities(text) for alias in entity.aliases}
    wanted = case.get("has", {})
    assert isinstance(wanted, dict)
    assert {name: found.get(name) for name in wanted} == wanted
    unwanted = case.get("not", [])
    assert isinstance(unwanted, list)
    assert not set(unwanted) & set(found)


def types(text: str) -> dict[str, str]:
    return {alias: entity.type for entity in entities(text, *KNOWN) for alias in entity.aliases}


def test_known_names_in_either_script() -> None:
    expected = {"谷歌": "Organization", "OpenAI": "Organization"}
    assert types("谷歌与 OpenAI 竞争") == types("谷歌與 OpenAI 競爭") == expected


def test_a_known_name_is_no_part_of_a_longer_one() -> None:
    assert types("GPT-4o 很快").get("GPT-4") is None
    assert "伯斯" not in types("賈伯斯很有名")


def test_a_version_that_nobody_listed_is_of_the_type_of_its_family() -> None:
    assert types("Gemini 9.5 Pro 比 Gemini 好") == {"Gemini 9.5 Pro": "Model", "Gemini": "Model"}
    assert types("Gemini 3 年") == {"Gemini": "Model"}


def test_what_follows_a_known_owner_is_a_name_with_and_without_it() -> None:
    found = types("優於 Google Chirp 模型，Chirp 很快。")
    assert "Google Chirp" in found
    assert found["Chirp"] == "Model"


def test_optional_and_weak_entries_need_a_word_beside_them() -> None:
    assert types("先微調再說") == {}
    assert types("他加入 Alphabet") == {"Alphabet": "Organization"}


def test_a_place_in_the_name_of_its_language_is_none() -> None:
    assert types("他住在新加坡") == {"新加坡": "Place"}
    assert types("他說新加坡語") == {}


def test_columns_tell_types() -> None:
    text = "| 模型 | Obeliskone | 作者 |\n| Zyx-Alpha | 12 | 小明 |"
    first, second = text.split("\n")
    blocks = (
        Block("row", 0, len(first), table=0),
        Block("row", len(first) + 1, len(first) + 1 + len(second), table=0),
    )
    found = {entity.name: entity.type for entity in entities(text, blocks=blocks)}
    assert found["Zyx-Alpha"] == "Model"
    assert found["Obeliskone"] == "Benchmark"


def test_fields_of_the_front_matter_name_people() -> None:
    text = "柏谷晴\n站長"
    blocks = (Block("front", 0, 3, field="author"), Block("front", 4, 6, field="author"))
    assert [entity.name for entity in entities(text, blocks=blocks)] == ["柏谷晴"]


@given(texts)
def test_mentions_are_in_order_do_not_overlap_and_are_the_text(text: str) -> None:
    segmented = finder(KNOWN).segmenter.segment(document(text))
    found = finder(KNOWN).find(segmented)
    assert all(segmented.folded[c.start : c.end] == c.surface for c in found.candidates)
    assert all(one.end <= other.start for one, other in pairwise(found.candidates))


@given(texts)
def test_the_same_text_gives_the_same_mentions(text: str) -> None:
    assert entities(text, *KNOWN) == entities(text, *KNOWN)
