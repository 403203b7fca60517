"""Sentences that are near copies of one another."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from kg.fold import fold as to_one_script
from kg.score import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.model import Document

# Shorter sentences are alike by chance, and names are no sentences: Chinese characters and Latin words are counted.
_WORDS = 12
_WORD = re.compile(r"[A-Za-z0-9]+|\w")
_GRAM = 5
# In a sentence of 25 characters one is changed inside, or three at an end.
_ALIKE = 0.6
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]*")


def sentences(document: Document) -> Iterator[str]:
    """Yield the sentences of an article's prose that are long enough to compare, front matter included."""
    for block in document.blocks:
        for match in _SENTENCE.finditer(document.masked[block.start : block.end]):
            if len(_WORD.findall(match[0])) >= _WORDS:
                yield " ".join(match[0].split())


def near_copies(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the index pairs (earlier, later) of texts that share most of their 5-grams, in whichever script.

    Alike means a Jaccard similarity of at least 0.6 over the 5-grams of letters and digits.
    """
    holders: defaultdict[str, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for later, text in enumerate(texts):
        letters = to_one_script(fold(text))
        grams = {letters[at : at + _GRAM] for at in range(max(1, len(letters) - _GRAM + 1))}
        sizes.append(len(grams))
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(holders[gram])
            holders[gram].append(later)
        for earlier in sorted(shared):
            both = shared[earlier]
            if both / (sizes[earlier] + sizes[later] - both) >= _ALIKE:
                yield earlier, later
