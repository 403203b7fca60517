# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Chinese and transliterated names of people."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from kg.extract.cues import Cues
from kg.extract.script import HAN, INTERPUNCTS
from kg.extract.segment import Segmented, Segmenter

_RIGHT_EDGE = re.compile("[^\u3400-\u9fff]|$")

_FUNCTION = frozenset("由被在的是从为把将对叫")
_VERB_LIKE = frozenset("来加任出")
_AFTER_VERB = frozenset("了到自过入盟职任")


class NameReader:
    """Finds names of people in one document."""

    def __init__(self, segmented: Segmented, segmenter: Segmenter, cues: Cues) -> None:
        self.text = segmented.folded
        self.count = segmented.count
        self.starts = segmented.starts
        self.tags = segmented.tags
        self.knows = segmenter.knows
        self.words = segmented.word_at
        self.tokens = segmented.words
        self.cues = cues
        self.names = cues.names

    def begins_name(self, start: int) -> int:
        """How long the family name at an offset is: 0 if there is none."""
        two = self.text[start : start + 3]
        for length in (3, 2):
            if two[:length] in self.names.japanese_surnames or two[:length] in self.names.double_surnames:
                return length if len(two[:length]) == length else 0
        return 1 if two[:1] and two[0] in self.names.surnames else 0

    def at(self, start: int, *, sure: bool) -> int | None:
        """The end of the name that begins at an offset, if one does; doubtful family names only where one is due."""
        family = self.begins_name(start) if start in self.words else 0
        if not family or (not sure and self.text[start] in self.names.doubtful_surnames and family == 1):
            return None
        given = start + family
        length = 0
        while length < 3 and given + length < len(self.text):
            char = self.text[given + length]
            if not HAN.match(char) or char in self.names.not_given:
                break
            length += 1
        if not length:
            return None
        if any(word in self.cues.context.barriers for word in self._words(start, given + 1)):
            return None
        first = self.tokens[self.words[start]] if start in self.words else ""
        if len(first) > 1 and self.tags[self.words[start]] not in ("nr", "nrt") and self.knows(first) and family == 1:
            return None
        if family == 1 and len(first) == 1 and given in self.words:
            following = self.tokens[self.words[given]]
            ordinary = len(following) > 1 and self.knows(following) and self.tags[self.words[given]] not in ("nr", "nz")
            if self.text[start] in self.names.doubtful_surnames or (
                ordinary and self.count(self.text[start : given + 2], start) == 1
            ):
                return None
        limit = length if family > 1 else min(length, 2)
        if limit == 1:
            return given + 1
        end = self._fitting(start, given, limit)
        cut = end not in self.words and end < len(self.text) and HAN.match(self.text[end])
        return None if cut and self.text[start] in self.names.doubtful_surnames else end

    def _fitting(self, start: int, given: int, longest: int) -> int:
        """Of the lengths a given name may have, the one whose end the words and the other occurrences agree on."""
        best, best_score = given + longest, -1.0
        for length in range(longest, 0, -1):
            end = given + length
            score = 0.0
            if _RIGHT_EDGE.match(self.text, end) or end in self.cues_after:
                score += 2.0
            if end in self.words:
                score += 1.0
            if length == 2:
                score += 1.5
            if self.text[start:end] in self.likely:
                score += 2.0
            elif end - start == 2 and self.knows(self.text[start:end]):
                score -= 1.5
            count = self.count(self.text[start:end], start)
            if count > 1 and length < longest and count > self.count(self.text[start : end + 1], start):
                score += 1.0
            if score > best_score:
                best, best_score = end, score
        return best

    cues_after: frozenset[int] = frozenset()
    likely: Collection[str] = ()

    def _words(self, start: int, end: int) -> Iterator[str]:
        index = self.words.get(start)
        while index is not None and index < len(self.tokens) and self.starts[index] < end:
            yield self.tokens[index]
            index += 1

    def by_words(self) -> Iterator[tuple[int, int, float]]:
        """Names that the segmenter takes for a word of no dictionary, each with how much it looks like a person's."""
        surnames, doubtful = self.names.surnames, self.names.doubtful_surnames
        for index, (word, tag) in enumerate(zip(self.tokens, self.tags, strict=True)):
            first = word[0]
            if tag != "nr" and first not in surnames:
                continue
            if first in _FUNCTION or (len(word) > 1 and self.cues.suffix_of(word) and (len(word) > 3 or tag != "nr")):
                continue
            length = len(word)
            if tag == "nr" and 2 <= length <= 5 and HAN.match(first):
                start = self.starts[index]
                before = self.tokens[index - 1] if index else ""
                if length <= 2 and before in self.names.double_surnames | self.names.japanese_surnames:
                    yield start - len(before), start + length, 1.0
                    continue
                family = self.begins_name(start)
                if self.knows(word) or (length == 2 and not family):
                    continue
                end = start + length
                following = self.tokens[index + 1] if index + 1 < len(self.tokens) else ""
                if following[:1] in self.cues.transliteration and len(following) > 1 and not self.knows(following):
                    if family != 1 or length != 2:
                        continue
                    end += 1
                elif family > 1 and length <= family:
                    end = self.at(start, sure=True) or end
                    if end <= start + family:
                        continue
                elif (length == 2 and family == 1 and len(following) == 1 and self._is_given(following)) or (
                    length == 2 and len(following) > 1 and not self.knows(following) and self._is_given(following[0])
                ):
                    end += 1
                elif (length > 3 and family < 2) or any(char in self.names.not_given for char in word[1:]):
                    continue
                yield start, end, (1.1 if end - start > 2 else 0.5) if family and first not in doubtful else 0.7
            elif first in surnames and length <= 3 and (first not in doubtful or length == 3):
                following = self.tokens[index + 1] if index + 1 < len(self.tokens) else ""
                start = self.starts[index]
                if length == 1 and tag == "nr" and 1 <= len(following) <= 2 and self._is_given(following):
                    yield start, start + 1 + len(following), 0.7
                elif length == 2 and len(following) == 1 and self._is_given(following) and not self.knows(word):
                    yield start, start + 3, 0.7
                elif length == 3 and self._is_given(word[1:]) and not self.knows(word):
                    yield start, start + 3, 0.5 if first in doubtful else 0.7

    def _is_given(self, text: str) -> bool:
        return all(HAN.match(char) and char not in self.names.not_given for char in text)

    def before(self, end: int, *, sure: bool) -> int | None:
        """The start of the name that ends at an offset, if one does."""
        for length in (3, 2, 4):
            start = end - length
            if start < 0 or not self._is_han(start, end):
                continue
            family = self.begins_name(start)
            if not family or length - family not in (1, 2, 3) or (family == 1 and length == 4):
                continue
            if self.text[start] in self.names.doubtful_surnames and family == 1 and not sure:
                continue
            if any(char in self.names.not_given for char in self.text[start + family : end]):
                continue
            if start in self.words and self._are_unlisted(start, end):
                return start
        return None

    def _are_unlisted(self, start: int, end: int) -> bool:
        """Whether no word of [start, end) is an ordinary one."""
        index = self.words[start]
        while index < len(self.tokens) and self.starts[index] < end:
            word = self.tokens[index]
            if word in self.cues.context.barriers or (
                len(word) > 1 and self.tags[index] not in ("nr", "nz") and self.knows(word)
            ):
                return False
            index += 1
        return True

    def _is_han(self, start: int, end: int) -> bool:
        return all(HAN.match(char) for char in self.text[start:end])

    def transliterated(self) -> Iterator[tuple[int, int]]:
        """Names with interpuncts, such as 埃琳娜·馬爾凱蒂."""
        text = self.text
        reach = -1
        for match in re.finditer(f"[{INTERPUNCTS}]", text):
            place = match.start()
            if place < reach:
                continue
            start = place
            while start > 0 and text[start - 1] in self.cues.transliteration and place - start < 6:
                start -= 1
            end = place + 1
            while (
                end < len(text)
                and (text[end] in self.cues.transliteration or text[end] in INTERPUNCTS)
                and end - place < 12
            ):
                end += 1
            while end > place and text[end - 1] in INTERPUNCTS:
                end -= 1
            start = self._opening(start, place)
            end = self._closing(place, end)
            if start < place and end > place + 2:
                reach = end
                yield start, end

    def _opening(self, start: int, place: int) -> int:
        """Leave out what belongs to the sentence: 和, 找來, 導演 before the name."""
        for begin in range(start, place):
            if begin in self.words or begin == start:
                word = self.tokens[self.words[begin]] if begin in self.words else ""
                if word in self.cues.context.barriers and begin + len(word) < place:
                    continue
                return begin
        return place

    def _closing(self, place: int, end: int) -> int:
        # …凱蒂來了, …凱蒂加入: these are characters of names, too.
        if self.text[end - 1] in _VERB_LIKE and self.text[end : end + 1] in _AFTER_VERB:
            end -= 1
        # 馬耀‧古木一起: a word that cannot be part of a name ends it.
        for stop in range(place + 2, end):
            if stop in self.words and self.tokens[self.words[stop]] in self.cues.context.barriers:
                return stop
        return end
