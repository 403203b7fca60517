# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Names in Latin letters: capitalised runs, and what their shape says about them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.extract.cues import Cues

_SEQUENCE = re.compile(r"[A-Za-zÀ-ɏ0-9](?:[A-Za-zÀ-ɏ0-9'’&+#._/-]| (?=[A-Za-zÀ-ɏ0-9&]))*")
_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_CAMEL = re.compile(r"[A-ZÀ-Þ]?[a-zß-ɏ]+|[A-Z]+(?![a-z])|\d+")
_VERSIONED = re.compile(r"[A-Za-zÀ-ɏ]+[-_.]?v?\d+(?:\.\d+)*(?:[-_]?[a-zA-Z]{1,2})?$|.*-?\d+(?:\.\d+)?[BMT]$")
_SCORE = re.compile(r"\d\d\.\d+$")
_CODE = re.compile(r"[A-Z]-?\d{3,}")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_PROPER = re.compile(r"[A-ZÀ-Þ][a-zß-ɏ'’]*(?:[-'’]?[A-ZÀ-Þ][a-zß-ɏ]+)*\.?$")
_TRAILING = ".,'’&+/_-"
_PROSE_WORDS = 3


def runs(folded: str, cues: Cues) -> Iterator[tuple[int, int]]:
    """The offsets of every run of name-like Latin words, in order; ordinary words and abbreviations are left out."""
    for match in _SEQUENCE.finditer(folded):
        text = match[0]
        if not any(c.isupper() for c in text) and not (
            any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
        ):
            continue
        yield from _within(folded, match.start(), match.end(), cues)


def is_prose(text: str) -> bool:
    """Whether a Latin sequence reads as a sentence or title rather than a name."""
    return sum(word[0].islower() for word in text.split()) >= _PROSE_WORDS


def _within(folded: str, start: int, end: int, cues: Cues) -> Iterator[tuple[int, int]]:
    words = [(m.start(), m.end()) for m in _WORD.finditer(folded, start, end)]
    names = cues.names
    current: list[tuple[int, int]] = []
    joints: list[tuple[int, int]] = []
    for begin, last in words:
        stop = last
        while stop > begin and folded[stop - 1] in _TRAILING and not _is_initial(folded, begin, stop):
            stop -= 1
        if stop == begin:
            continue
        word = folded[begin:stop]
        if _is_name_like(word) or (
            current and not joints and _NUMBER.fullmatch(word) and not _is_quantity(folded, stop, names.measures)
        ):
            current += [*joints, (begin, stop)]
            joints = []
        elif current and (word in names.latin_joints or (word == "vs" and folded[stop : stop + 1] == ".")):
            joints.append((begin, stop))
            continue
        else:
            yield from _finished(folded, current, names.latin_common)
            current, joints = [], []
        if stop < len(folded) and folded[stop] == ",":
            yield from _finished(folded, current, names.latin_common)
            current, joints = [], []
    yield from _finished(folded, current, names.latin_common)


def _finished(folded: str, words: list[tuple[int, int]], common: frozenset[str]) -> Iterator[tuple[int, int]]:
    if not words or folded[words[0][0] : words[-1][1]] in common:
        return
    while len(words) > 1 and (folded[slice(*words[0])] in common or not _is_name_like(folded[slice(*words[0])])):
        words = words[1:]
    if all(folded[slice(*word)] in common or _NUMBER.fullmatch(folded[slice(*word)]) for word in words):
        return
    yield words[0][0], words[-1][1]


def _is_initial(folded: str, begin: int, stop: int) -> bool:
    return stop - begin == 2 and folded[begin].isupper() and folded[stop - 1] == "."


def _is_name_like(word: str) -> bool:
    if any(c.isupper() for c in word):
        return True
    # o1-mini, a16z; but no 8-bit, 100k
    return word[0].isalpha() and any(c.isdigit() for c in word)


def _is_quantity(folded: str, end: int, measures: str) -> bool:
    """Whether the number that ends here counts something."""
    if _SCORE.search(folded, max(0, end - 6), end):
        return True
    after = folded[end : end + 2].lstrip(" ")[:1]
    return after != "" and (after in measures or after in "%$")


def shape(name: str, cues: Cues) -> dict[str, float]:
    """Votes by type from the form of a Latin name alone."""
    names = cues.names
    words = name.split()
    votes: dict[str, float] = {}

    def vote(type_: str, weight: float) -> None:
        votes[type_] = votes.get(type_, 0.0) + weight

    last = words[-1]
    bare = [word for word in words if not _NUMBER.fullmatch(word)]
    ending = cues.endings.get(bare[-1]) if len(words) > 1 and bare else None
    if ending is not None:
        vote(ending.type, 2.0)
    elif "-" in last and (ending := cues.endings.get(last.rpartition("-")[2])) is not None:
        vote(ending.type, 1.5)
    parts = _CAMEL.findall(bare[-1]) if bare else []
    if len(parts) > 1 or (bare and not bare[-1].islower()):
        for tail, suffix in cues.tails:
            if bare and bare[-1].endswith(tail) and bare[-1] != tail and _is_part(bare[-1], tail):
                vote(suffix.type, 1.5)
                break
    if "-" in last and last.rpartition("-")[2].isalpha() and len(last.rpartition("-")[2]) == 1:
        vote("Model", 1.0)
    if _YEAR.search(last):
        vote("Benchmark", 0.3)
    elif len(words) > 1 and _NUMBER.fullmatch(last):
        vote("Model", 1.2)
    elif _VERSIONED.match(last) and not _CODE.fullmatch(last):
        vote("Model", 1.5 if "-" in last else 1.0)
    elif any(_VERSIONED.match(word) or _NUMBER.fullmatch(word) for word in words[1:]):
        vote("Model", 1.2)
    if 2 <= len(words) <= 4 and all(_PROPER.match(word) or word in names.latin_joints for word in words):
        if words[0] in names.given_names:
            vote("Person", 2.5)
        elif last in names.family_names:
            vote("Person", 1.2)
        elif ending is None and not any(word in names.english for word in words):
            vote("Person", 1.5 if "-" in last else 1.1)
        elif ending is None:
            vote("Person", 0.3)
    return votes


def _is_part(word: str, tail: str) -> bool:
    before = word[-len(tail) - 1]
    return (
        before in "-_"
        or (tail[0].isupper() and (before.islower() or before.isdigit()))
        or tail[0].isdigit()
        or (before.isupper() and tail in ("RL", "PO"))
    )
