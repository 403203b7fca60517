"""How often the reading knows who is meant: annotated references of articles whose annotated entities are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.extract import chain
from kg.extract.reading import Reading
from kg.gold import Gold
from kg.score import Hits
from kg.train.references import Article, Asked, asked, prepared, read

# What a reader calls the sorts of `schemas/discourse.yaml`; all others are descriptions.
_KINDS = {
    "she": "he_she",
    "it": "it",
    "I": "speaker",
    "you": "speaker",
    "self": "he_she",
    "they": "several",
    "we": "several",
    "drop": "left_out",
}
KINDS = ("he_she", "it", "speaker", "several", "description", "left_out")


@dataclass(slots=True)
class References:
    """Right references by kind; those that are partly right, and those that the reading passes over, of all."""

    per_kind: dict[str, Hits] = field(default_factory=lambda: {kind: Hits() for kind in KINDS})
    partial: Hits = field(default_factory=Hits)
    passed_over: Hits = field(default_factory=Hits)

    @property
    def whole(self) -> Hits:
        """All kinds together."""
        return Hits(sum(h.hits for h in self.per_kind.values()), sum(h.of for h in self.per_kind.values()))

    def count(self, kind: str, meant: frozenset[str], found: frozenset[str] | None) -> None:
        """Count one reference: whom the annotation means, and whom the reading (None: it passes over the place)."""
        right = found == meant
        self.per_kind[kind].add(Hits(right, 1))
        self.partial.add(Hits(not right and bool(found) and bool(found & meant) if found else 0, 1))
        self.passed_over.add(Hits(found is None, 1))


def measure(folder: Path, golds: Mapping[str, Gold], schemas: Path) -> References:
    """The references of all these annotations, resolved by the rules and weights of a schemas folder."""
    tools = chain.load(schemas)
    result = References()
    for name, gold in golds.items():
        if gold.references:
            article = prepared(folder, name, gold, tools)
            count(result, article, read(article, tools))
    return result


def count(result: References, article: Article, reading: Reading) -> None:
    """Add one article's references."""
    put = sorted((item.start, item.end, item.members) for item in reading.resolved)
    for (start, end, meant), one in zip(article.references, asked(article, reading), strict=True):
        found = _found(reading, one, start, end, put) if one else None
        result.count(_kind(one, article, reading, start, end), frozenset(meant), found)


def _kind(one: Asked | None, article: Article, reading: Reading, start: int, end: int) -> str:
    sort = one.query.sort if one else reading.sort_of(article.segmented.folded[start:end])[0]
    return _KINDS.get("drop" if start == end else sort, "description")


def _found(
    reading: Reading, one: Asked, start: int, end: int, put: Iterable[tuple[int, int, tuple[str, ...]]]
) -> frozenset[str] | None:
    """Whom the reading means: what it put in place of a word, or whom it would take for the subject."""
    if start < end:
        return next((frozenset(members) for a, b, members in put if a < end and start < b), None)
    best = reading.resolver.choose(one.query, one.candidates)
    return frozenset(best[0][0]) if best else None
