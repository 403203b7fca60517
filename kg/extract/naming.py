"""Where an article says that two names are one thing: X（Y）, X，簡稱 Y, 大家叫他 Y, Y 是 X 的縮寫, X 改名 Y."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import ahocorasick_rs

from kg.extract.cues import Aliases, Cues
from kg.extract.mentions import Candidate
from kg.extract.script import HAN

_OPENING = ' 「『《〈“"‘*_:：'
_CLOSING = ' 」』》〉”"’*_'
_PAUSE = re.compile("[」』》〉”*]*\\s*(?:[，,。；;、：:！？（(）)\n]|$)")
_OF = re.compile("[」』》〉”*]*\\s*的\\s*[「『《〈“*]*")
_BRACKET = re.compile("[（(]([^（）()\n]{1,80})[）)]")
_PART = re.compile("[^，,；;、/／]+")
_STOP = re.compile("[。！？!?\n]")
_QUOTED = re.compile('(?<=[「『“"])([^「」『』“”"，。；\n]{1,12})[」』”"]')
_NICKNAME = re.compile("[\u3400-\u9fff]{2,4}?(?=[，。；、！？!?,;）)\n]|$)")
_JOINTS = ("叫做", "叫作", "是", "为", "叫", "作", "做", "成")
# What may stand for each other where a text says that two names are one thing.
_ALIKE = ({"Model", "Product"}, {"Show", "Publication"}, {"Competition", "Benchmark"})

# Methods and models stand beside others of their kind without being them: 微調 LoRA.
_BESIDE = frozenset({"Person", "Organization"})


@lru_cache(maxsize=4)
def _leads(words: Aliases) -> tuple[tuple[str, ...], ahocorasick_rs.AhoCorasick]:
    others = sorted(words.called | words.called_things | words.renamed)
    leads = tuple(dict.fromkeys((*words.leads, *words.loose, *others)))
    return leads, ahocorasick_rs.AhoCorasick(leads)


class NamingReader:
    """Reads the names of one folded text that are declared to be one; `places` are its mentions in order."""

    def __init__(self, text: str, places: Sequence[Candidate], cues: Cues) -> None:
        self.text = text
        self.words = cues.aliases
        self.places = places
        self.starts = {place.start: place for place in places}
        self.ends = {place.end: place for place in places}
        self.offsets = [place.start for place in places]
        self.led = tuple(self._led())

    def pairs(self) -> Iterator[tuple[Candidate, Candidate, bool]]:
        """Pairs of mentions that the text declares to be one thing, each with whether it is what people call it."""
        for head, inside in self._bracketed():
            yield head, inside, False
        for first, second in pairwise(self.places):
            # 黃仁勳 Jensen Huang: nothing but a space between the two scripts.
            gap = self.text[first.end : second.start]
            if gap == " " and first.type == second.type in _BESIDE and _is_crossed(first.surface, second.surface):
                yield first, second, False
        for start, end, lead in self.led:
            other = self.starts.get(end)
            if lead in self.words.kinds and self.text[start - 1 : start] == "的":
                for full, short in self._defined(start - 1):
                    yield full, short, True
            if other is None:
                continue
            # Google，即 Alphabet 的子公司: no other name.
            if lead in self.words.loose and not _PAUSE.match(self.text, other.end):
                continue
            named = self._before(start, lead, other.type) or self._after(other.end)
            if named is not None and named.surface != other.surface:
                yield named, other, lead in self.words.called

    def unseen(self) -> Iterator[tuple[Candidate, int, int]]:
        """Other names where nobody saw a name, each with its bearer: quoted ones, and what people call somebody.

        What is not quoted may be anything that people tell somebody to do: 同事都叫他回去.
        """
        for start, end, lead in self.led:
            if end in self.starts:
                continue
            quoted = _QUOTED.match(self.text, end)
            if quoted:
                named = self._before(start, lead, "") or self._after(quoted.end())
                if named is not None:
                    yield named, *quoted.span(1)
            elif lead in self.words.called and self.text.endswith(self.words.callers, 0, start):
                nickname = _NICKNAME.match(self.text, end)
                named = self._before(start, lead, "Person") if nickname else None
                if nickname and named is not None and named.type == "Person":
                    yield named, *nickname.span()

    def _led(self) -> Iterator[tuple[int, int, str]]:
        """Every lead with the offset where the name after it begins; of several that end there the longest."""
        leads, automaton = _leads(self.words)
        found: dict[int, tuple[int, str]] = {}
        for number, start, end in automaton.find_matches_as_indexes(self.text, overlapping=True):
            lead = leads[number]
            after = end
            joint = next((word for word in _JOINTS if self.text.startswith(word, after)), "")
            after += len(joint)
            while after < len(self.text) and self.text[after] in _OPENING:
                after += 1
            if after not in found or start < found[after][0]:
                found[after] = (start, lead)
        for after, (start, lead) in sorted(found.items()):
            yield start, after, lead

    def _before(self, start: int, lead: str, type_: str) -> Candidate | None:
        """What the name that a lead at `start` introduces is another name of."""
        end = start
        while end and self.text[end - 1] in "，,、；; （(——的":
            end -= 1
        while end and self.text[end - 1] in _CLOSING:
            end -= 1
        if end and self.text[end - 1] in "）)":
            opening = max(self.text.rfind("（", 0, end), self.text.rfind("(", 0, end))
            end = opening
            while end > 0 and self.text[end - 1] in _CLOSING:
                end -= 1
        if end in self.ends and end < start:
            return self.ends[end]
        opening = max(self.text.rfind("（", 0, start), self.text.rfind("(", 0, start))
        closing = max(self.text.rfind("）", 0, start), self.text.rfind(")", 0, start))
        if opening > closing and start - opening < 80:  # noqa: PLR2004 - as far as a bracket reaches
            end = opening
            while end and self.text[end - 1] in _CLOSING:
                end -= 1
            return self.ends.get(end)
        if lead in self.words.called:
            return self._only_one(start, "Person")
        if lead in self.words.called_things and type_ != "Person":
            return self._only_one(start, type_)
        if lead in self.words.renamed:
            named = self._only_one(start, type_)
            gap = self.text[named.end : start] if named else ""
            # 從 Google 出來的人創辦的公司後來改名: somebody else's.
            return named if all(char in self.words.before_renamed or char.isdigit() for char in gap) else None
        return None

    def _after(self, end: int) -> Candidate | None:
        """The bearer of a name that ends at `end`: 綽號「小鋼炮」的張偉."""
        of = _OF.match(self.text, end)
        return self.starts.get(of.end()) if of else None

    def _only_one(self, start: int, type_: str) -> Candidate | None:
        """The one thing of a type that the sentence has named so far, or the one of the sentence before."""
        stop = start
        for _ in range(2):
            begin = max((match.end() for match in _STOP.finditer(self.text, max(0, stop - 200), stop)), default=0)
            low, high = bisect_left(self.offsets, begin), bisect_left(self.offsets, stop)
            # Without a type: whatever is no place and nobody.
            named = {
                place.surface: place
                for place in self.places[low:high]
                if place.type == type_ or (not type_ and place.type not in ("Place", "Person"))
            }
            if named:
                return next(iter(named.values())) if len(named) == 1 else None
            stop = begin - 1
            if stop <= 0:
                break
        return None

    def _defined(self, end: int) -> Iterator[tuple[Candidate, Candidate]]:
        """Y 是 X 的縮寫."""
        while end and self.text[end - 1] in _CLOSING:
            end -= 1
        full = self.ends.get(end)
        if full is None:
            return
        place = full.start
        while place and self.text[place - 1] in _OPENING:
            place -= 1
        for verb in ("就是", "即是", "是", "即", "为"):
            if self.text.endswith(verb, 0, place):
                place -= len(verb)
                while place and self.text[place - 1] in _CLOSING:
                    place -= 1
                short = self.ends.get(place)
                if short is not None and short.surface != full.surface and alike(short.type, full.type):
                    yield full, short
                return

    def _bracketed(self) -> Iterator[tuple[Candidate, Candidate]]:
        for match in _BRACKET.finditer(self.text):
            end = match.start()
            while end and self.text[end - 1] in _CLOSING:
                end -= 1
            head = self.ends.get(end)
            if head is None:
                continue
            for part in _PART.finditer(self.text, match.start(1), match.end(1)):
                begin, close = part.span()
                while begin < close and self.text[begin] in _OPENING:
                    begin += 1
                while begin < close and self.text[close - 1] in _CLOSING:
                    close -= 1
                other = self.starts.get(begin)
                if other is None or other.end != close:
                    continue
                if _may_be_one(head.surface, other.surface):
                    yield head, other


def alike(one: str, other: str) -> bool:
    """Whether two types may be guesses about one thing."""
    return one == other or any({one, other} <= kinds for kinds in _ALIKE)


def _is_crossed(one: str, other: str) -> bool:
    return bool(HAN.search(one)) != bool(HAN.search(other))


def _may_be_one(one: str, other: str) -> bool:
    """Whether a name and one in a bracket are two forms: in two scripts, or one the initials or a part of the other."""
    if one == other:
        return False
    if _is_crossed(one, other):
        return True
    initials = "".join(word[0] for word in one.split() if word[0].isupper())
    return other in one or one in other or other.replace(".", "") in (initials, initials + "I")
