"""How often the reading knows who is meant: annotated references of articles whose annotated entities are given."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg import markdown
from kg.extract import chain
from kg.extract.given import given_entities
from kg.extract.reading import Reading
from kg.extract.referents import Candidate, Query, Wanted
from kg.extract.segment import Segmented
from kg.fold import fold
from kg.gold import Gold, Reference, article_of
from kg.model import Document, Entity

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


@dataclass(frozen=True, slots=True)
class Article:
    """An annotated article made ready: its references are spans with the ids of those meant."""

    document: Document
    segmented: Segmented
    entities: tuple[Entity, ...]
    references: tuple[tuple[int, int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One annotated reference with the reading's candidates; `right` is none where nobody fitting was in mind."""

    query: Query
    candidates: tuple[Candidate, ...]
    meant: tuple[str, ...]
    right: int | None


def prepared(document: Document, gold: Gold, tools: chain.Tools) -> Article:
    """An annotated article with its entities given."""
    entities = given_entities(document, gold, tools.finder.cues)
    ids = {entity.name: entity.id for entity in entities}
    found = sorted(_references(document.text, gold.references, ids))
    return Article(document, tools.segmenter.segment(document), entities, tuple(found))


def _references(
    text: str, references: Sequence[Reference], ids: Mapping[str, str]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for reference in references:
        place = text.find(reference.place)
        start = place + reference.place.find(reference.text)
        names = (reference.entity,) if isinstance(reference.entity, str) else reference.entity
        # Who has no name in the text has an id that no candidate has.
        yield start, start + len(reference.text), tuple(sorted({ids.get(name, "") for name in names}))


def read(article: Article, tools: chain.Tools, *, taught: bool = False) -> Reading:
    """The article read; `taught` says at every annotated reference who is meant instead of asking the weights."""
    known = {(start, end): who for start, end, who in article.references if "" not in who} if taught else {}
    return chain.read(article.document, article.segmented, article.entities, tools, known)[0]


def asked(article: Article, reading: Reading) -> Iterator[Asked | None]:
    """What the reading has in mind at every annotated reference, in order; None where it does not come by."""
    lines = sorted(reading.draft.lines, key=lambda line: (line.text_start, line.start))
    starts = [line.text_start for line in lines]
    clauses = sorted(reading.draft.snapshots)
    for start, end, meant in article.references:
        k = bisect_left(starts, start + 1) - 1
        if k < 0 or start >= lines[k].text_end:
            yield None
            continue
        line = lines[k]
        place = bisect_left(reading.draft.origins, start, line.start, line.end)
        clause = clauses[bisect_left(clauses, place + 1) - 1]
        word = fold(article.document.text[start:end])
        sort, wanted = reading.sort_of(word) if word else ("drop", Wanted())
        snapshot = reading.snapshot(max(clause, line.start))
        query = reading.resolver.query(snapshot, sort, word, (start, end), wanted)
        candidates = tuple(reading.resolver.candidates(query, snapshot))
        members = [tuple(sorted(candidate.members)) for candidate in candidates]
        yield Asked(query, candidates, meant, members.index(meant) if meant in members else None)


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
            article = prepared(markdown.read(article_of(folder, name), f"{name}.md", schemas), gold, tools)
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
