from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.segment import Segmented, Segmenter
from kg.model import Block
from tests.small_documents import document

SEGMENTER = Segmenter(["南洋理工大学"])
PIECES = ["他說", "「", "」", "『", "』", "“", "”", '"', "。", "！", "？", ".", "，", "；", "：", "—", "\n", " ", "  "]
PIECES += ["GPT-4o", "U.S.", "vs. ", "3.5", "Reka AI", "南洋理工大學", "研究", "，她", "é", "𠮷", "\u2028", "😀"]
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def segment(text: str) -> Segmented:
    return SEGMENTER.segment(document(text, *([Block("paragraph", 0, len(text))] if text else [])))


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in segment(text).sentences]


@settings(deadline=None)  # the first example imports spaCy
@given(texts)
def test_doc_has_exactly_the_text(text: str) -> None:
    assert segment(text).doc.text == text


@given(texts)
def test_words_cover_the_text_without_gaps(text: str) -> None:
    segmented = segment(text)
    assert "".join(segmented.words) == segmented.folded
    assert all(segmented.folded.startswith(w, s) for w, s in zip(segmented.words, segmented.starts, strict=True))


@given(texts)
def test_sentences_are_in_order_and_leave_out_only_space(text: str) -> None:
    segmented = segment(text)
    covered: set[int] = set()
    reach = 0
    for sentence in segmented.sentences:
        assert reach <= sentence.start < sentence.end
        reach = sentence.end
        covered.update(range(sentence.start, sentence.end))
    assert all(char.isspace() for place, char in enumerate(text) if place not in covered)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他來了。她走了！", ["他來了。", "她走了！"]),
        ("我們用 Llama 3.1 訓練。Brains vs. AI 開打。", ["我們用 Llama 3.1 訓練。", "Brains vs. AI 開打。"]),
        ("It works.他說。", ["It works.", "他說。"]),
        # What is said stays with the words that tell who says it.
        ("「走吧。今天就走。」她說。他沒動。", ["「走吧。今天就走。」她說。", "他沒動。"]),
        ("他問：「走嗎？」沒有人理會這個問題，一個也沒有。", ["他問：「走嗎？」", "沒有人理會這個問題，一個也沒有。"]),
        ("這叫「對齊」。那叫「推理」。", ["這叫「對齊」。", "那叫「推理」。"]),
        # A mark without its partner opens nothing.
        ("他說「走。她沒動。", ["他說「走。", "她沒動。"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("一個寫得很長的句子在編輯器裡被換行切成了兩半但是它其\n實還是同一句。", None),
    ],
)
def test_sentences(text: str, expected: list[str] | None) -> None:
    assert sentences(text) == (expected or [text])


def test_sentences_of_a_quotation() -> None:
    segmented = segment("她說：「走吧。今天就走。」")
    inside = [segmented.document.text[start:end] for start, end in segmented.sentences_within(4, 12)]
    assert inside == ["走吧。", "今天就走。"]


def test_latin_runs_and_known_words_are_whole_in_the_doc() -> None:
    doc = segment("他從南洋理工大學畢業後用 GPT-4o、d'Autume 與 Zürich").doc
    assert {"南洋理工大學", "畢業", "GPT-4o", "d'Autume", "Zürich"} <= {token.text for token in doc}


def test_sentences_are_set_in_the_doc() -> None:
    assert [sent.text for sent in segment("他來了。她走了。").doc.sents] == ["他來了。", "她走了。"]


def test_traditional_text_is_cut_as_simplified_text_is() -> None:
    traditional, simplified = segment("他在蘇黎世發表論文"), segment("他在苏黎世发表论文")
    assert traditional.starts == simplified.starts
    assert len(traditional.words) < len(traditional.folded)
