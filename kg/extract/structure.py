# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Names that show themselves by their form: 《…》, 名為「…」, X（Y）, a telling suffix, a version."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.extract.cues import Cues, Scan, Suffix
from kg.extract.script import HAN
from kg.extract.segment import Segmented, Segmenter

_TITLE = re.compile("《([^《》\n]{1,80})》|〈([^〈〉\n]{1,120})〉")
_QUOTED = re.compile(
    "「([^「」\n，。！？、；：]{1,20})」|『([^『』\n，。！？、；：]{1,20})』|“([^“”\n，。！？、；：]{1,20})”"
)
_BRACKET = re.compile("[（(]([^（）()\n]{1,80})[）)]")
_HAN_VERSION = re.compile(
    "(?<=[\u3400-\u9fff])(?:-| ?)(?:[A-Z]\\d{1,2}|\\d+(?:\\.\\d+)?[BMT]?|[A-Z]{1,3}-?\\d+B?)(?![\\w.%％]|,\\d)"
)
_NUMBERED = re.compile(
    "(?<![\u3400-\u9fff])([\u3400-\u9fff]{2,4})[ -](\\d(?:\\.\\d)?(?:-?[A-Z]{1,2})?)(?![\\w.:/%％-]|,\\d)"
)
_STOP_TAGS = frozenset({"p", "c", "u", "uj", "ul", "uz", "ug", "uv", "ud", "r", "d", "y", "e", "o", "x", "t", "k"})
_NOTHING: frozenset[int] = frozenset()
_LONGEST = 16
_SHORT = 8
_ASPECTS = frozenset("着了过的")
_FUNCTION = re.compile("[由被在的与和是从为把将向对]")
_LEADING = frozenset("叫获得拿领开颁由在是与和从到进为被整这那哪每各某")
_DEPARTMENT = frozenset("系所科课班")
_LATIN_NEXT = re.compile(" ?[A-Z「]")
_LATIN_TAIL = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ɏ0-9'’.&-]*(?: [A-ZÀ-Þ0-9][A-Za-zÀ-ɏ0-9'’.&-]*)*$")


@dataclass(frozen=True, slots=True)
class Suffixed:
    """A name with a telling suffix: where its stem ends, and how sure the stem makes it."""

    start: int
    end: int
    stem: int
    suffix: Suffix
    weight: float


class StructureReader:
    """Finds the names of one document that show themselves by their form."""

    def __init__(self, segmented: Segmented, segmenter: Segmenter, cues: Cues, scan: Scan) -> None:
        self.text = segmented.folded
        self.words = segmented.word_at
        self.tokens = segmented.words
        self.tags = segmented.tags
        self.starts = segmented.starts
        self.knows = segmenter.knows
        self.cues = cues.context
        self.measures = cues.names.measures
        self.common = cues.names.latin_common
        self.scan = scan

    def titles(self) -> Iterator[tuple[int, int]]:
        """What stands between title marks."""
        for match in _TITLE.finditer(self.text):
            group = 1 if match[1] is not None else 2
            yield match.start(group), match.end(group)

    def quoted(self) -> Iterator[tuple[int, int, bool]]:
        """Short quoted terms, each with whether a verb of naming introduces it."""
        for match in _QUOTED.finditer(self.text):
            group = next(number for number in (1, 2, 3) if match[number] is not None)
            yield match.start(group), match.end(group), match.start() in self.scan.named

    def brackets(self) -> Iterator[tuple[int, int, int]]:
        """Brackets right behind a name, as (offset where the name ends, start and end of the inside)."""
        for match in _BRACKET.finditer(self.text):
            end = match.start()
            while end and self.text[end - 1] == " ":
                end -= 1
            if end and not self.text[end - 1].isspace():
                yield end, match.start(1), match.end(1)

    def suffixed(self) -> Iterator[Suffixed]:
        """Names with a telling suffix, the longest suffix at each end."""
        taken: set[int] = set()
        for start, end, suffix in sorted(self.scan.suffixes, key=lambda s: (s[1], s[0])):
            if end in taken or not self._ends_word(start, end):
                continue
            taken.add(end)
            begin = self._latin_before(start)
            if begin is not None:
                named_team = suffix.kind == "team" and end - start == 1
                if (
                    suffix.kind not in ("company", "team") and (suffix.sure or suffix.type == "Benchmark")
                ) or named_team:
                    yield Suffixed(begin, end, start, suffix, 2.0)
                continue
            begin = self._trimmed(
                self.left_edge(start, suffix.type, verbal=suffix.sure and suffix.kind in ("company", "investor")), start
            )
            begin = self._without_place(begin, start, suffix)
            if begin < start and end - begin <= _LONGEST:
                weight = self._weight(begin, start, suffix)
                if weight > 0:
                    yield Suffixed(begin, end, start, suffix, weight)

    def _ends_word(self, start: int, end: int) -> bool:
        if self.text[end : end + 1] in _DEPARTMENT:
            return False
        if end == len(self.text) or end in self.words:
            return True
        # 大學教授 is one word of the dictionary.
        return start in self.words and self.scan.after.get(end, {}).get("Organization", 0.0) > 1

    def _latin_before(self, start: int) -> int | None:
        """Where a Latin name begins that a suffix directly follows: Tarkus實驗室."""
        end = start - 1 if self.text[start - 1 : start] == " " else start
        if not end or not self.text[end - 1].isalnum() or HAN.match(self.text[end - 1]):
            return None
        match = _LATIN_TAIL.search(self.text, max(0, end - 40), end)
        return match.start() if match and match[0] not in self.common else None

    def left_edge(self, start: int, type_: str = "Organization", *, verbal: bool = False) -> int:
        """Where the name begins whose last part begins at an offset: back over words that can be part of a name.

        With `verbal` a verb may open it where nothing else stands before: 聽松資本.
        """
        index = self.words.get(start)
        if index is None:
            # The suffix is the end of a word: 清華大學
            begin = start
            while begin not in self.words:
                begin -= 1
            index = self.words[begin]
            if self.tags[index] not in ("nt", "nz", "ns", "nr", "nrt") and start - begin < 2:
                return start
            if self.text[begin:start] not in self.cues.generic:
                return begin
        begin = self.starts[index]
        while index > 0 and start - begin < _LONGEST:
            word, tag = self.tokens[index - 1], self.tags[index - 1]
            if not HAN.match(word) or word in self.cues.barriers or begin in self.scan.named or word[-1] in _ASPECTS:
                break
            if tag in _STOP_TAGS and (len(word) > 1 or tag != "x") and self.knows(word):
                break
            if begin != start and self.scan.before.get(begin, {}).get(type_, 0.0) > 1:
                break
            if tag in ("m", "q", "mq") and (word in self.measures or len(word) > 1):
                break
            if self._is_verb(index - 1, type_, verbal=verbal):
                break
            index -= 1
            begin = self.starts[index]
        return begin

    def _is_verb(self, index: int, type_: str, *, verbal: bool) -> bool:
        """Whether a word is a verb that no name goes on before; nouns of action are none: 語音辨認競賽."""
        word, tag = self.tokens[index], self.tags[index]
        if tag[0] != "v" or tag == "vn" or not self.knows(word):
            return False
        before = self.tokens[index - 1] if index else "\n"
        if verbal and (not HAN.match(before) or before in self.cues.barriers):
            return False
        return (
            type_ == "Organization"
            or len(word) == 1
            or not index
            or self.tags[index - 1][0] != "n"
            or before in self.cues.barriers
        )

    def right_edge(self, start: int, known: Mapping[int, int]) -> int | None:
        """Where the name of unlisted words ends that begins at an offset; None if listed ones stand there."""
        index = self.words.get(start)
        end = start
        words: list[str] = []
        while index is not None and index < len(self.tokens) and end - start < _SHORT:
            word, tag = self.tokens[index], self.tags[index]
            if (
                not HAN.match(word)
                or word in self.cues.barriers
                or (tag in _STOP_TAGS and self.knows(word))
                or end in known
            ):
                break
            if words and (end in self.scan.after or (tag[0] == "v" and self.knows(word) and len(word) > 1)):
                break
            words.append(word)
            end += len(word)
            index += 1
        if 2 <= end - start <= _SHORT and len(words) <= 3 and self._unlisted(words):
            return end
        return None

    def unlisted_before(self, end: int) -> int | None:
        """Where the name of unlisted words begins that ends at an offset."""
        if end not in self.words or not end or not HAN.match(self.text[end - 1]):
            return None
        last = self.words[end] - 1
        if self.tokens[last] in self.cues.barriers:
            return None
        start = self.left_edge(self.starts[last])
        words = self._words(start, end)
        return start if 2 <= end - start <= _SHORT and len(words) <= 3 and self._unlisted(words) else None

    def framed(self, opens: Mapping[int, set[int]], closes: Mapping[int, set[int]]) -> Iterator[tuple[int, int]]:
        """Words of no general use between two words that embrace a name: 從奇安信離職."""
        for start in sorted(opens):
            if start not in self.words:
                continue
            for end in range(start + 2, start + _SHORT + 1):
                if closes.get(end, _NOTHING) & opens[start]:
                    if end in self.words and self._is_special(start, end):
                        yield start, end
                    break

    def _is_special(self, start: int, end: int) -> bool:
        index = self.words[start]
        words = self._words(start, end)
        if any(not HAN.match(word) or word in self.cues.barriers or word[-1] in _ASPECTS for word in words):
            return False
        tags = self.tags[index : index + len(words)]
        return self._unlisted(words) or any(tag in ("nz", "nt", "j") for tag in tags)

    def place_words(self) -> Iterator[tuple[int, int, float]]:
        """Words that the segmenter takes for places, each with how much it may be one."""
        for index, tag in enumerate(self.tags):
            word = self.tokens[index]
            if tag not in ("ns", "nrt", "nr", "nz") or not 1 < len(word) <= 5 or not HAN.match(word):
                continue
            following = self.tokens[index + 1] if index + 1 < len(self.tokens) else ""
            whole = (
                following in self.cues.barriers
                or not HAN.match(following)
                or (len(following) > 1 and self.knows(following))
            )
            if whole:
                start = self.starts[index]
                known = self.knows(word)
                yield start, start + len(word), (0.9 if tag == "ns" else 0.5) if known and tag in ("ns", "nrt") else 0.0

    def _suffix_at(self, start: int, suffix: Suffix) -> str:
        return max((word for word in suffix.words if self.text.startswith(word, start)), key=len, default="")

    def _trimmed(self, begin: int, start: int) -> int:
        """Where the name begins in words of no dictionary that swallowed a verb or preposition: 獲木鐸獎."""
        index = self.words.get(begin)
        if index is None or begin >= start or self.knows(self.tokens[index]):
            return begin
        word = self.text[begin : min(start, begin + len(self.tokens[index]))]
        inner = [match.end() for match in _FUNCTION.finditer(word) if match.start()]
        if inner and len(word) > inner[-1]:
            return begin + inner[-1]
        return begin + 1 if word[0] in _LEADING and start - begin > 2 else begin

    def _without_place(self, begin: int, start: int, suffix: Suffix) -> int:
        """Where the name begins without a place before it: 台南鹽白實驗室; universities are named after theirs."""
        index = self.words.get(begin)
        if index is None or suffix.type != "Organization":
            return begin
        if suffix.kind == "university":
            place = self.words.get(start, 0) - 1
            # 地主智利大學: what stands before the place is not part of the name.
            return self.starts[place] if place > index and self.tags[place] == "ns" else begin
        after = begin + len(self.tokens[index])
        if self.tags[index] in ("ns", "nrt") and self.knows(self.tokens[index]) and after < start:
            words = self._words(after, start)
            if any(word not in self.cues.generic for word in words):
                return after
        return begin

    def is_ordinary(self, start: int, end: int) -> bool:
        """Whether [start, end) is made of words that the dictionary lists."""
        words = self._words(start, end)
        return bool(words) and not self._unlisted(words)

    def _weight(self, begin: int, start: int, suffix: Suffix) -> float:
        """How much the words before the suffix look like those of a name."""
        words = self._words(begin, start)
        if not words:
            return 0.0
        index = self.words.get(begin)
        if index is not None and len(words) == 1 and not suffix.sure and self.tags[index] in ("ns", "nrt"):
            return 0.0
        proper = [word for word in words if word not in self.cues.generic]
        if not self._unlisted(words) and _LATIN_NEXT.match(self.text, start + len(self._suffix_at(start, suffix))):
            return 0.0
        if proper and self._unlisted(words):
            return 2.5 if suffix.sure else 1.3
        if not proper:
            return 1.0 if suffix.type == "Competition" and len(words) > 2 else 0.0
        if not suffix.sure:
            return 0.5
        return 1.3 if suffix.kind in ("company", "lab", "other") else 2.0

    def _words(self, begin: int, end: int) -> list[str]:
        """The words of [begin, end), those at its edges cut off there."""
        index = bisect_right(self.starts, begin) - 1
        result = []
        while index < len(self.starts) and self.starts[index] < end:
            start = self.starts[index]
            result.append(self.text[max(begin, start) : min(end, start + len(self.tokens[index]))])
            index += 1
        return result

    def _unlisted(self, words: list[str]) -> bool:
        """Whether a word is in no dictionary, or single characters stand where words would."""
        single = 0
        for word in words:
            if len(word) == 1:
                single += word not in self.cues.generic
                if single > 1:
                    return True
            elif not self.knows(word):
                return True
            else:
                single = 0
        return bool(single) and len(words) == 1

    def numbered(self) -> Iterator[tuple[int, int, str]]:
        """Han words with a number after a space or hyphen, as (start, end of the word, number)."""
        for match in _NUMBERED.finditer(self.text):
            start, end = match.start(1), match.end()
            if match[1] in self.cues.barriers or match[1] in self.cues.generic:
                continue
            if not self._counts(end):
                yield start, match.end(1), match[2]

    def _counts(self, end: int) -> bool:
        """Whether a measure word follows the number that ends here."""
        following = self.text[end : end + 2].lstrip(" ")[:1]
        return following != "" and following in self.measures

    def versioned(self) -> Iterator[tuple[int, int]]:
        """Han names with a version: 稜鏡-7B, 拾光 S1."""
        for match in _HAN_VERSION.finditer(self.text):
            start, end = match.span()
            if self._counts(end):
                continue
            head = start - 1
            if head not in self.words:
                head = max((p for p in range(max(0, start - 6), start) if p in self.words), default=start)
            begin = self.left_edge(head) if start - head < 2 else head
            words = self._words(begin, start)
            if (
                2 <= start - begin <= 5
                and words
                and (self._unlisted(words) or self.text[start] == "-")
                and not all(w in self.cues.generic for w in words)
            ):
                yield begin, end
