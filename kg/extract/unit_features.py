# ruff: noqa: PLR2004 - lengths of words are counted in characters
"""What the tagger sees of a unit: the word itself, its form, the cues beside it, and what else proposes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kg.extract import latin
from kg.extract.cues import FAIR, Cues
from kg.extract.draft import Draft, Proposal
from kg.extract.script import HAN
from kg.extract.units import Units

Features = tuple[str, ...]
# Prefix of a feature seen from a distance (-1: the unit before), the distance, and which set of features is seen.
OFFSETS = (("", 0, 0), ("-1", -1, 1), ("+1", 1, 1), ("-2", -2, 2), ("+2", 2, 2))
_LEFT_MARKS, _RIGHT_MARKS = frozenset('「『《〈“"‘【[*_~ ：:｜'), frozenset('」』》〉”"’】]*_~ （(')
_UPPER, _LOWER, _DIGITS = re.compile(r"[A-ZÀ-Þ]+"), re.compile(r"[a-zß-ɏ]+"), re.compile(r"\d+")
_SHAPE, _MOST = 8, 4


class UnitFeatures:
    """Features of a unit that hold wherever it stands."""

    def __init__(self, cues: Cues, knows: Callable[[str], bool]) -> None:
        self.cues = cues
        self.knows = knows

    def of(self, text: str, tag: str) -> tuple[Features, Features, Features]:
        """What a unit says of itself, to its neighbours, and to those two away."""
        if HAN.match(text):
            return self._chinese(text, tag)
        if text[0].isalnum():
            return self._latin(text)
        word = ("w=" + text,)
        return word, word, word

    def _latin(self, text: str) -> tuple[Features, Features, Features]:
        shape = "sh=" + _UPPER.sub("A", _LOWER.sub("a", _DIGITS.sub("0", text)))[:_SHAPE]
        own = ["lat", shape, f"n={min(_MOST, text.count(' ') + 1)}"]
        near = (shape,) if any(c.isalpha() for c in text) else ("num",)
        if any(c.isupper() for c in text):
            own += [f"ls={type_}{'+' if w > 1 else ''}" for type_, w in latin.shape(text, self.cues).items()]
            own += ["l3=" + text[-3:].lower(), "lw=" + text.rsplit(maxsplit=1)[-1].lower()]
            if len(text) <= 4 and text.isupper():
                own.append("abbr")
            near = ("LAT",)
        if text in self.cues.names.latin_common:
            own.append("lcom")
        return tuple(own), near, ("lat",)

    def _chinese(self, text: str, tag: str) -> tuple[Features, Features, Features]:
        names, context = self.cues.names, self.cues.context
        known, size = int(self.knows(text)), len(text)
        own = ["w=" + text, "t=" + tag, f"k={known}{min(size, _MOST)}", "c0=" + text[0], "c9=" + text[-1]]
        near = ["w=" + text, "t=" + tag, f"k={known}{min(size, 3)}"]
        if size > 1:
            own.append("s2=" + text[-2:])
        if text[0] in names.surnames:
            own.append(f"sur{min(size, 4)}")
        elif has_long_surname(text, self.cues):
            own.append(f"dsur{min(size, 5)}")
        if all(c in names.transliteration for c in text):
            own.append(f"tra{min(size, 4)}")
        both = []
        if suffix := self.cues.suffix_of(text):
            found = self.cues.suffixes[suffix]
            both.append(f"suf={found.type}{found.sure:d}{suffix == text:d}")
        if text in context.barriers:
            both.append("bar")
        if text in context.generic:
            both.append("gen")
        return (*own, *both), (*near, *both), ("w=" + text, "t=" + tag)


def has_long_surname(text: str, cues: Cues) -> bool:
    """Whether a name begins with a surname of two characters or a Japanese one."""
    names = cues.names
    return any(text[:n] in names.double_surnames or text[:n] in names.japanese_surnames for n in (2, 3))


def place_features(draft: Draft, units: Units) -> Iterator[tuple[int, str]]:
    """What a unit has where it stands, as (unit, feature): cues, proposals, and what the same word has elsewhere."""
    elsewhere: dict[str, dict[str, None]] = {}
    yield from _cues(draft, units, elsewhere)
    for proposal in draft.proposals.values():
        seen = _seen(draft, proposal)
        for span in proposal.spans:
            if (indices := units.indices(*span)) is not None:
                yield from _marked(*indices, seen)
    times: dict[str, int] = {}
    for text, _ in units.keys:
        times[text] = times.get(text, 0) + 1
    for i, (text, _) in enumerate(units.keys):
        if text in elsewhere:
            for feature in elsewhere[text]:
                yield i, feature
        if len(text) > 1 and times[text] > 1:
            yield i, "rep"


def _cues(draft: Draft, units: Units, elsewhere: dict[str, dict[str, None]]) -> Iterator[tuple[int, str]]:
    """The cues on both sides of each unit; those that count for the word elsewhere are noted."""
    text, scan = draft.text, draft.scan
    before, after, named, opens, closes = scan.before, scan.after, scan.named, scan.opens, scan.closes
    for i, ((start, end), (word, _)) in enumerate(zip(units.spans, units.keys, strict=True)):
        if start in before or start in named or (start and text[start - 1] in _LEFT_MARKS):
            votes, naming = scan.left(text, start)
            for type_, weight in votes.items():
                yield i, f"b{type_}{int(weight * 2)}"
                if weight >= FAIR and len(word) > 1:
                    elsewhere.setdefault(word, {})["Db" + type_] = None
            if naming is not None:
                yield i, "nam"
                if len(word) > 1:
                    elsewhere.setdefault(word, {})["Dnam"] = None
        if end in after or (end < len(text) and text[end] in _RIGHT_MARKS):
            for type_, weight in scan.right(text, end).items():
                yield i, f"a{type_}{int(weight * 2)}"
                if weight >= FAIR and len(word) > 1:
                    elsewhere.setdefault(word, {})["Da" + type_] = None
        if start in opens:
            yield i, "fop"
        if end in closes:
            yield i, "fcl"


def _seen(draft: Draft, proposal: Proposal) -> list[str]:
    """What a proposal says: its sources, its best type by votes, and what the lexicon has under its name."""
    seen = ["s" + source for source in proposal.sources]
    if proposal.fixed:
        seen.append("L" + proposal.fixed)
    elif "lexicon" in proposal.sources:
        listed = {entry.type for entry, _ in draft.lexicon.get(proposal.surface)}
        seen += ["l" + type_ for type_ in sorted(listed & proposal.votes.keys())]
    type_, weight = proposal.best()
    if type_:
        seen.append(f"v{type_}{min(3, int(weight))}")
    return seen


def _marked(first: int, last: int, seen: list[str]) -> Iterator[tuple[int, str]]:
    """The same for the units of a place: alone, first, inside, last."""
    for feature in seen:
        yield first, ("=" if first == last else "<") + feature
    for i in range(first + 1, last + 1):
        for feature in seen:
            yield i, (">" if i == last else "-") + feature
