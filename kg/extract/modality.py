"""Whether a sentence states a fact, reports it, or only denies, asks, supposes or plans it."""

from __future__ import annotations

import re

from kg.extract.grammar import Grammar
from kg.extract.view import BREAKS, Line, View
from kg.model import Certainty


def _real(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return any(m[1] for m in pattern.finditer(text, start, end))


def certainty(
    view: View, line: Line, clause: int, trigger: tuple[int, int], last: int, grammar: Grammar
) -> Certainty | None:
    """How sure the article is of a fact, or None where it does not claim it.

    All are view offsets: `clause` is where the trigger's clause begins, `last` the end of the match.
    """
    text = view.text
    first, behind = trigger
    if _real(grammar.negated, text, clause, first) or _real(grammar.negated, text, behind, last):
        return None
    if _real(grammar.planned, text, clause, first):
        return None
    if text[clause:first].endswith("不"):
        return None
    if grammar.unreal.search(text, line.start, first) or grammar.likened.search(text, clause, first):
        return None
    if grammar.corrected.search(text, line.start, first):
        return None
    end = last
    while end < line.end and text[end] not in BREAKS:
        end += 1
    if grammar.questioned.search(text, clause, end) or text[end : end + 1] in ("？", "?"):
        return None
    if grammar.failed.search(text, last, line.end):
        return None
    return "reported" if grammar.reported.search(text, line.start, first) else "stated"
