"""A document cut into sentences, clauses and words; the only place that knows spaCy and the word segmenter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import rjieba

from kg.extract.script import LATIN_RUN
from kg.fold import fold

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from kg.model import Document

_OPENING = {"「": "」", "『": "』", "“": "”"}
_CLOSING = frozenset(_OPENING.values())
_PLAIN_QUOTE = '"'
# The full stop of an abbreviation, an initial or a number does not end a sentence.
_END = re.compile(
    r"[。！？!?]+|(?<![A-Z])(?<!\bvs)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bSt)(?<!\bNo)(?<!\bal)(?<!\betc)(?<!\be\.g)(?<!\bi\.e)\.(?=[\s\u3400-\u9fff]|$)|\n+"
)
_BRACKETS_AFTER_END = "」』”）)】"
_SPEECH_AFTER_QUOTE = re.compile(
    "[^，。：；！？,.:;!?\n「」『』“”]{0,16}?(?:说|表示|问|答|道|笑|坦言|回忆|补充|解释|强调|认为|指出|形容|下了|写)"
)
# Further away than any article is long; counting over more would take time by the square of the length.
_FAR = 50_000
# A line this long that stops in the middle of a sentence was wrapped by an editor.
_WRAPPED = 24


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """Text offsets [start, end) of a sentence, and the index of its block."""

    start: int
    end: int
    block: int


@dataclass(frozen=True)
class Segmented:
    """A document with its folded text, sentences and words; all offsets are offsets into the file.

    `folded` is the masked text in Simplified form. `words` and `tags` (parts of speech) cover it without gaps and
    word `i` begins at `starts[i]`.
    """

    document: Document
    folded: str
    sentences: tuple[Sentence, ...]
    words: tuple[str, ...]
    tags: tuple[str, ...]
    starts: tuple[int, ...]

    @cached_property
    def word_at(self) -> dict[int, int]:
        """The index of the word that begins at an offset; offsets inside words are missing."""
        return {start: index for index, start in enumerate(self.starts)}

    def count(self, part: str, near: int) -> int:
        """How often a part of the folded text occurs, in a book only around `near`."""
        return self.folded.count(part, max(0, near - _FAR), near + _FAR)

    def sentences_within(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The sentences of a stretch, such as the inside of a quotation, that `sentences` keeps in one piece."""
        position = start
        for match in _END.finditer(self.folded, start, end):
            if match.start() > position:
                yield position, match.end()
            position = match.end()
        if position < end:
            yield position, end

    @cached_property
    def doc(self) -> Doc:
        """The document as a spaCy Doc with exactly its text; Latin and number runs are whole, sentences are set."""
        # Importing spaCy takes a second, and extraction itself works on the words.
        from spacy.tokens import Doc  # noqa: PLC0415
        from spacy.vocab import Vocab  # noqa: PLC0415

        words: list[str] = []
        spaces: list[bool] = []
        sentence_starts: list[bool | int | None] = []
        opens = {sentence.start for sentence in self.sentences}
        for start, end in self._runs():
            text = self.document.text[start:end]
            if text == " " and words and not spaces[-1] and not words[-1].isspace():
                spaces[-1] = True
                continue
            words.append(text)
            spaces.append(False)
            sentence_starts.append(any(place in opens for place in range(start, end)) or len(words) == 1)
        return Doc(Vocab(), words=words, spaces=spaces, sent_starts=sentence_starts)

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Words, with Latin and number runs in one piece."""
        runs = [match.span() for match in LATIN_RUN.finditer(self.folded)]
        bounds = set(self.starts) | {len(self.folded)}
        for start, end in runs:
            bounds.difference_update(range(start + 1, end))
            bounds.update((start, end))
        bounds.add(0)
        ordered = sorted(bounds)
        return pairwise(ordered)


class Segmenter:
    """Cuts documents with its own word segmenter, which also knows `words` (of any script)."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._jieba = rjieba.Jieba()
        for word in words:
            self._jieba.add_word(word, None, "nz")

    def knows(self, word: str) -> bool:
        """Whether the dictionary lists a (folded) word."""
        return self._jieba.has_word(word)

    def segment(self, document: Document) -> Segmented:
        """Sentences and words of a document; words are found on the folded text, offsets are those of the file."""
        folded = fold(document.masked)
        tagged = self._jieba.tag(folded)
        words, tags = zip(*tagged, strict=True) if tagged else ((), ())
        ends = list(accumulate(map(len, words)))
        if (ends[-1] if ends else 0) != len(folded):
            raise AssertionError("the word segmenter lost or added characters")
        sentences = [
            Sentence(start, end, index)
            for index, block in enumerate(document.blocks)
            for start, end in _sentences(folded, block.start, block.end)
        ]
        return Segmented(document, folded, tuple(sentences), words, tags, (0, *ends[:-1]) if ends else ())


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a block; what is quoted stays in one piece, with the words that tell who says it."""
    quotes = _quotations(text, start, end)
    position = start
    number = 0
    for match in _END.finditer(text, start, end):
        stop = match.end()
        while number < len(quotes) and quotes[number][1] < match.start():
            number += 1
        inside = number < len(quotes) and quotes[number][0] < match.start()
        if inside:
            opened, close = quotes[number]
            # Only the mark right before the closing one can end the sentence around the quotation.
            if stop < close:
                continue
            if text[opened - 1 : opened] not in ("：", ":") and _SPEECH_AFTER_QUOTE.match(text, close + 1, end):
                continue
            stop = close + 1
        elif match[0].startswith("\n") and _is_wrapped(text, position, match.start(), stop, end):
            continue
        while stop < end and text[stop] in _BRACKETS_AFTER_END:
            stop += 1
        yield from _trimmed(text, position, stop)
        position = max(position, stop)
    yield from _trimmed(text, position, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _is_wrapped(text: str, line: int, line_end: int, following: int, end: int) -> bool:
    line = max(line, text.rfind("\n", 0, line_end) + 1)
    last, first = text[line_end - 1 : line_end], text[following : min(following + 1, end)]
    return line_end - line >= _WRAPPED and (last.isalnum() or last in "，、,") and first not in "—–-"


def _quotations(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Offsets of the outermost pairs of quotation marks in a block; a mark without its partner is none."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for match in _QUOTE_MARK.finditer(text, start, end):
        mark, place = match[0], match.start()
        plain = mark == _PLAIN_QUOTE
        if (mark in _CLOSING or plain) and any(closer == mark for closer, _ in waiting):
            while waiting:
                closer, opened = waiting.pop()
                if closer == mark:
                    pairs = [pair for pair in pairs if pair[0] < opened]
                    pairs.append((opened, place))
                    break
        elif plain or mark in _OPENING:
            waiting.append((mark if plain else _OPENING[mark], place))
    return pairs


_QUOTE_MARK = re.compile('[「」『』“”"]')
