"""How often the reading knows who is meant: annotated references of articles whose annotated entities are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.extract import chain
from kg.extract.reading import Reading
from kg.gold import Gold
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
_DECIMALS = 4
KINDS = ("he_she", "it", "speaker", "several", "description", "left_out")


@dataclass(slots=True)
class Answers:
    """References that the reading resolves right, partly right (some of several), and those it passes over."""

    right: int = 0
    of: int = 0
    partial: int = 0
    passed_over: int = 0

    def count(self, meant: frozenset[str], found: frozenset[str] | None) -> None:
        """Count one reference: whom the annotation means, and whom the reading (None: it passes over the place)."""
        self.of += 1
        self.right += found == meant
        self.partial += found is not None and found != meant and bool(found & meant)
        self.passed_over += found is None


@dataclass(slots=True)
class References:
    """Answers by kind of reference."""

    per_kind: dict[str, Answers] = field(default_factory=lambda: {kind: Answers() for kind in KINDS})

    @property
    def whole(self) -> Answers:
        """All kinds together."""
        all_ = self.per_kind.values()
        return Answers(
            sum(a.right for a in all_),
            sum(a.of for a in all_),
            sum(a.partial for a in all_),
            sum(a.passed_over for a in all_),
        )


def to_json(references: References) -> dict[str, dict[str, float | None]]:
    """Return the answers by kind and of all, with the share of right ones (None if there were no references)."""
    return {
        kind: {
            "rate": round(answers.right / answers.of, _DECIMALS) if answers.of else None,
            "right": answers.right,
            "of": answers.of,
            "partial": answers.partial,
            "passed_over": answers.passed_over,
        }
        for kind, answers in (*references.per_kind.items(), ("all", references.whole))
    }


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
        result.per_kind[_kind(one, article, reading, start, end)].count(frozenset(meant), found)


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
