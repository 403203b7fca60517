# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""X（Y）: brackets that give a name's other form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.extract import latin
from kg.extract.draft import Draft
from kg.extract.script import HAN

_LATIN_NAME = re.compile(r"[A-Za-zÀ-ɏ0-9][A-Za-zÀ-ɏ0-9 '’&+.:/_-]*$")


def brackets(draft: Draft) -> None:
    """Pair names with what a bracket right behind them gives as their other form."""
    for bracket, start, stop in draft.structure.brackets():
        end = len(draft.text[:bracket].rstrip("」』》〉”’")) if draft.text[bracket - 1] in "」』》〉”’" else bracket
        head = draft.ends.get(end)
        paired = False
        for begin, close, led in _parts(draft, start, stop):
            inside = draft.text[begin:close]
            # After a first other name only one with an introduction is a further one: （JiChuan，下稱「霽川」）.
            if not led and (paired or not (_may_be_alias(draft, inside) or _is_translation(draft, end, begin, close))):
                continue
            first = head
            if first is None:
                first = _unproposed_head(draft, end, inside)
            if first is None:
                continue
            surface = draft.text[first:end]
            if surface == inside or not _is_pair(draft, surface, inside):
                continue
            separate = draft.text.endswith(draft.cues.aliases.separate, start, _led_from(draft, begin))
            draft.propose(begin, close, "bracket", everywhere=True)
            draft.propose(first, end, "bracketed", everywhere=True)
            if not separate:
                draft.pairs[surface, inside] = None
            paired = True


def _led_from(draft: Draft, begin: int) -> int:
    """Where the words before a name in a bracket end."""
    while draft.text[begin - 1] in ' 「『“"：:*':
        begin -= 1
    return begin


def _is_translation(draft: Draft, end: int, begin: int, close: int) -> bool:
    """Whether a quoted Han name in a bracket, or all of the bracket after a title, translates a Latin name."""
    text = draft.text
    if not HAN.match(text[begin]) or not _LATIN_NAME.search(text, max(0, end - 40), end) or close - begin > 20:
        return False
    quoted = text[begin - 1] in "「『“" and text[close : close + 1] in ("」", "』", "”")
    titled = text[end : end + 1] in ("》", "〉") and text[begin - 1] in "（(" and text[close : close + 1] in ("）", ")")
    return quoted or titled


def _unproposed_head(draft: Draft, end: int, inside: str) -> int | None:
    if not HAN.match(draft.text[end - 1]) or not _LATIN_NAME.match(inside):
        return None
    shape = latin.shape(inside, draft.cues)
    start = end
    if shape.get("Person", 0.0) > 1 or (
        shape.get("Person") and draft.text[end - 2 : end - 1] in draft.cues.transliteration
    ):
        while start and draft.text[start - 1] in draft.cues.transliteration and end - start < 7:
            start -= 1
        words = draft.segmented.word_at
        while start < end - 2 and (
            start not in words or draft.segmented.words[words[start]] in draft.cues.context.barriers
        ):
            start += 1
        if end - start >= 2:
            return start
    start = end
    while start not in draft.segmented.word_at or start == end:
        start -= 1
    start = draft.structure.left_edge(start)
    for place in range(start + 1, end - 1):
        if draft.scan.before.get(place, {}) and place in draft.segmented.word_at:
            start = place
    return start if 2 <= end - start <= 12 else None


def _parts(draft: Draft, start: int, stop: int) -> Iterator[tuple[int, int, bool]]:
    """The parts of a bracket's inside without what introduces them, each with whether something did."""
    for match in re.finditer("[^，,；;、]+", draft.text[start:stop]):
        begin, close = start + match.start(), start + match.end()
        led = True
        while led:
            while begin < close and draft.text[begin] in ' 「『“"：:*':
                begin += 1
            lead = next(
                (word for word in draft.cues.context.bracket_lead if draft.text.startswith(word, begin, close)), ""
            )
            led = bool(lead)
            begin += len(lead)
        led = any(draft.text[start + match.start() : begin].find(word) >= 0 for word in draft.cues.context.bracket_lead)
        while begin < close and draft.text[close - 1] in ' 」』”"*':
            close -= 1
        if begin < close:
            yield begin, close, led


def _may_be_alias(draft: Draft, inside: str) -> bool:
    if inside in draft.proposals and not inside.isdigit():
        return True
    return bool(_LATIN_NAME.match(inside)) and any(c.isalpha() for c in inside) and not inside[0].isdigit()


def _is_pair(draft: Draft, first: str, second: str) -> bool:
    """Whether two names may be one thing: in two scripts, or one the initials or a part of the other."""
    one, two = draft.proposals.get(first), draft.proposals.get(second)
    if two and two.fixed:
        mine = {entry.key for entry, _ in draft.lexicon.get(first)}
        if mine & {entry.key for entry, _ in draft.lexicon.get(second)}:
            return True
        type_ = one.best()[0] if one else ""
        if (one and one.fixed) or (type_ and type_ != two.fixed) or two.fixed == "Place":
            return False
    if two and two.only == frozenset({"Place"}):
        return False
    crossed = bool(HAN.search(first)) != bool(HAN.search(second))
    initials = "".join(word[0] for word in first.split() if word[0].isupper())
    return (
        crossed
        or second in first
        or second.replace(".", "") in (initials, initials + "I")
        or bool(HAN.search(first) and HAN.search(second))
    )
