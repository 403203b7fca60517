"""Annotated articles as the training sees them: proposals, units and gold spans, each under lexicons that know less."""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from kg import lexicon as lexicon_module
from kg import markdown
from kg.extract import cues as cues_module
from kg.extract import proposals
from kg.extract.cues import Cues
from kg.extract.draft import Draft, standing
from kg.extract.mentions import Weighed
from kg.extract.segment import Segmented, Segmenter
from kg.extract.unit_features import OFFSETS, UnitFeatures, place_features
from kg.extract.units import Units
from kg.fold import fold
from kg.gold import Gold, GoldEntity, article_of
from kg.lexicon import Entry, Lexicon
from kg.model import Document

# How much of the lexicon there is: all, every other entry, all but what the article and some others name.
Knowledge = Literal["full", "half", "none"]
KNOWLEDGE: tuple[Knowledge, ...] = ("full", "half", "none")
_GROUPS: Mapping[Knowledge, int] = {"full": 1, "half": 7, "none": 16}
FOLDS = 5
NO_NAME = ""


@dataclass(frozen=True)
class Article:
    """An annotated article."""

    name: str
    document: Document
    gold: Gold

    @property
    def fold(self) -> int:
        """The fold that the article belongs to: the same on every machine."""
        return zlib.crc32(self.name.encode()) % FOLDS


@dataclass(frozen=True)
class World:
    """A lexicon, and what knows its words."""

    lexicon: Lexicon
    segmenter: Segmenter
    cues: Cues

    @classmethod
    def of(cls, entries: Sequence[Entry], cues: Cues) -> World:
        """The world that knows these entries."""
        lexicon = Lexicon.of(entries)
        return cls(lexicon, Segmenter(lexicon.words), cues)


class Worlds:
    """The worlds in which articles are read. A world takes a second to make, so several articles share one."""

    def __init__(self, articles: Sequence[Article], schemas: Path) -> None:
        self.cues = cues_module.load(schemas)
        self.entries = lexicon_module.load(schemas).entries
        self._worlds: dict[tuple[Knowledge, int], World] = {}
        self._names: dict[int, set[str]] = {}
        for article in articles:
            names = self._names.setdefault(_group(article, "none"), set())
            names.update(letters(name) for e in article.gold.entities for name in (e.name, *e.aliases))

    def of(self, article: Article, knowledge: Knowledge) -> World:
        """The world for one of the articles."""
        key = knowledge, _group(article, knowledge)
        if key not in self._worlds:
            self._worlds[key] = World.of([e for e in self.entries if self._knows(e, *key)], self.cues)
        return self._worlds[key]

    def _knows(self, entry: Entry, knowledge: Knowledge, group: int) -> bool:
        if knowledge == "half":
            return zlib.crc32(f"{group}/{entry.type}/{entry.name}".encode()) % 2 == 1
        return knowledge == "full" or not self._names[group] & _all_letters(entry)


def _group(article: Article, knowledge: Knowledge) -> int:
    return zlib.crc32(article.name.encode()) % _GROUPS[knowledge]


@cache
def _all_letters(entry: Entry) -> frozenset[str]:
    return frozenset(letters(name) for name in (entry.name, *entry.aliases, *entry.weak))


def letters(name: str) -> str:
    """A name without script, case, width, spaces and punctuation."""
    text = unicodedata.normalize("NFKC", fold(name)).casefold()
    return "".join(char for char in text if unicodedata.category(char)[0] in "LN")


@dataclass(frozen=True, eq=False)
class Lesson:
    """An article in a world, with what its annotation says about it."""

    article: Article
    knowledge: Knowledge
    world: World
    segmented: Segmented
    units: Units
    gold: dict[tuple[int, int], GoldEntity]

    @classmethod
    def of(cls, article: Article, knowledge: Knowledge, world: World) -> Lesson:
        """Read an article in a world."""
        segmented = world.segmenter.segment(article.document)
        draft = proposals.propose(segmented, world.segmenter, world.lexicon, world.cues)
        return cls(article, knowledge, world, segmented, Units(draft), dict(gold_spans(segmented.folded, article.gold)))

    def draft(self) -> Draft:
        """The rules' proposals, before anything has been weighed."""
        world = self.world
        return proposals.propose(self.segmented, world.segmenter, world.lexicon, world.cues)

    @cached_property
    def sequences(self) -> list[tuple[list[list[str]], list[str]]]:
        """Feature sets and labels of the units between marks; sequences with optional names teach nothing."""
        features, labels = self._features(), ["O"] * len(self.units.keys)
        unsure: set[int] = set()
        for span, entity in self.gold.items():
            indices = self.units.indices(*span)
            if indices is None:
                continue
            first, last = indices
            if entity.optional:
                unsure.update(range(first, last + 1))
            labels[first : last + 1] = [f"B-{entity.type[0]}", *([f"I-{entity.type[0]}"] * (last - first))]
        return [
            (features[begin:end], labels[begin:end])
            for begin, end in self.units.stretches()
            if not unsure & set(range(begin, end))
        ]

    def _features(self) -> list[list[str]]:
        describe = UnitFeatures(self.world.cues, self.world.segmenter.knows)
        sets = [describe.of(*key) for key in self.units.keys]
        features: list[list[str]] = [[] for _ in sets]
        for mark, distance, which in OFFSETS:
            for place in range(max(0, -distance), min(len(sets), len(sets) - distance)):
                features[place] += [mark + feature for feature in sets[place + distance][which]]
        for place, feature in place_features(self.draft(), self.units):
            features[place].append(feature)
        return features

    def classes(self, weighed: Weighed) -> dict[str, str | None]:
        """The class of each surface: a type, no name, or nothing where an annotator may go either way."""
        found: dict[str, str | None] = {}
        for surface, where in weighed.places.items():
            named = [self.gold[span] for span in where if span in self.gold]
            types = Counter(entity.type[0] for entity in named)
            unsure = any(entity.optional for entity in named)
            found[surface] = None if unsure else types.most_common(1)[0][0] if types else NO_NAME
        return found


def read(folder: Path, golds: dict[str, Gold], schemas: Path) -> list[Article]:
    """The annotated articles of a folder; raises ArticleError."""
    return [
        Article(name, markdown.read(article_of(folder, name), f"{name}.md", schemas), gold)
        for name, gold in sorted(golds.items())
    ]


def digest(articles: Sequence[Article]) -> str:
    """What tells these articles and annotations from others."""
    found = hashlib.sha256()
    for article in articles:
        found.update(article.name.encode())
        found.update(article.document.text.encode())
        found.update(article.gold.model_dump_json().encode())
    return found.hexdigest()[:16]


def gold_spans(folded: str, gold: Gold) -> Iterator[tuple[tuple[int, int], GoldEntity]]:
    """Every place of the names of each entity, the longest first where they overlap."""
    bearers: dict[str, GoldEntity] = {}
    for entity in gold.entities:
        for alias in entity.aliases:
            bearers.setdefault(fold(alias), entity)
    taken = bytearray(len(folded))
    for start, end in sorted(set(standing(folded, sorted(bearers))), key=lambda span: (span[0] - span[1], span[0])):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            yield (start, end), bearers[folded[start:end]]
