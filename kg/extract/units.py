"""A document in units, of which names are made: words, cut where a name may begin or end; Latin names in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from kg.extract.draft import Draft
from kg.extract.script import HAN, LATIN_RUN

# No name contains one of these.
_BREAK = re.compile(r"[^\w\s·‧・．•\-.&+'’/]|\n")
_TITLE, _LONGEST = "title", 60


class Units:
    """The units of a document but for single spaces, in order.

    `spans` are their offsets, `keys` their text and part of speech; `at` and `end_at` map an offset to the index of the
    unit that begins or ends there.
    """

    def __init__(self, draft: Draft) -> None:
        segmented = draft.segmented
        bounds = {*segmented.starts, len(draft.text), *_function_words(draft)}
        _keep_whole(bounds, _latin(draft, bounds))
        tag_at = dict(zip(segmented.starts, segmented.tags, strict=True))
        tag = "x"
        self.spans: list[tuple[int, int]] = []
        self.keys: list[tuple[str, str]] = []
        for start, end in pairwise(sorted(bounds)):
            tag = tag_at.get(start, tag)
            text = draft.text[start:end]
            if text != " ":
                self.spans.append((start, end))
                self.keys.append((text, tag))
        self.at = {start: index for index, (start, _) in enumerate(self.spans)}
        self.end_at = {end: index for index, (_, end) in enumerate(self.spans)}

    def indices(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and last unit of a stretch of text, or nothing if it begins or ends inside one."""
        first, last = self.at.get(start), self.end_at.get(end)
        return None if first is None or last is None or last < first else (first, last)

    def stretches(self) -> list[tuple[int, int]]:
        """Index ranges of units between marks that no name contains."""
        found = []
        begin = None
        reach = 0
        for index, (text, _) in enumerate(self.keys):
            start, end = self.spans[index]
            mark = text.isspace() or _BREAK.match(text)
            # Where markup is blanked, more than one space stands.
            if begin is not None and (mark or start > reach + 1):
                found.append((begin, index))
                begin = None
            if begin is None and not mark:
                begin = index
            reach = end
        if begin is not None:
            found.append((begin, len(self.keys)))
        return found


def _function_words(draft: Draft) -> Iterator[int]:
    """Where a word that the segmenter made up has a function word at its edge: 由|林若, 瑞德|是."""
    barriers, knows = draft.cues.context.barriers, draft.structure.knows
    for word, start in zip(draft.segmented.words, draft.segmented.starts, strict=True):
        size = len(word)
        if size < 2:  # noqa: PLR2004 - one character has no inside
            continue
        opens = word[0] in barriers
        closing = next((n for n in (2, 1) if size > n and word[-n:] in barriers), 0)
        if not (opens or closing) or size + opens < 3 or not HAN.match(word) or knows(word):  # noqa: PLR2004
            continue
        if opens:
            yield start + 1
        if closing:
            yield start + size - closing


def _latin(draft: Draft, bounds: set[int]) -> dict[int, int]:
    """Latin runs and proposed Latin names by their start; the edges of all proposals join the bounds."""
    runs = {match.start(): match.end() for match in LATIN_RUN.finditer(draft.text)}
    for proposal in draft.proposals.values():
        surface = proposal.surface
        whole = _TITLE not in proposal.sources and len(surface) < _LONGEST and not HAN.search(surface)
        for start, end in proposal.spans:
            bounds.add(start)
            bounds.add(end)
            if whole and runs.get(start, 0) < end:
                runs[start] = end
    return runs


def _keep_whole(bounds: set[int], runs: dict[int, int]) -> None:
    reach = 0
    for start in sorted(runs):
        end = runs[start]
        if start >= reach:
            bounds.difference_update(range(start + 1, end))
            bounds.add(start)
            bounds.add(end)
            reach = end
