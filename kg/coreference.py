"""How well the names of an article are joined: which of its surface forms mean one thing, compared with the annotation.

A surface form is a mention's text without differences of case, width, spaces and punctuation. It belongs to the gold
entity that lists it; forms that no gold entity lists are left out, and so are pairs of which neither entity is
required.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.gold import Gold
    from kg.model import Record

Pair = tuple[str, str]


@dataclass(slots=True)
class Pairs:
    """Pairs that were joined and belong together, pairs that were joined, and pairs that belong together."""

    right: int = 0
    joined: int = 0
    due: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the joined pairs that belong together, None without any."""
        return self.right / self.joined if self.joined else None

    @property
    def recall(self) -> float | None:
        """The share of the pairs that belong together that was joined, None without any."""
        return self.right / self.due if self.due else None

    def add(self, other: Pairs) -> None:
        """Add other counts to these."""
        self.right += other.right
        self.joined += other.joined
        self.due += other.due


@dataclass(slots=True)
class Joining:
    """Pairs of different surface forms that were found, the same over all forms of the text, and pairs of mentions."""

    surfaces: Pairs = field(default_factory=Pairs)
    written: Pairs = field(default_factory=Pairs)
    mentions: Pairs = field(default_factory=Pairs)

    def add(self, other: Joining) -> None:
        """Add other counts to these."""
        self.surfaces.add(other.surfaces)
        self.written.add(other.written)
        self.mentions.add(other.mentions)


@dataclass(frozen=True, slots=True)
class Joined:
    """The counts of one article, and the pairs wrongly joined and wrongly kept apart, as they are written."""

    counts: Joining
    wrong: tuple[Pair, ...]
    missed: tuple[Pair, ...]


def to_json(joining: Joining) -> dict[str, dict[str, float | None]]:
    """Return the counts as JSON data, rates rounded to four decimals."""

    def figures(pairs: Pairs) -> dict[str, float | None]:
        precision, recall = (None if rate is None else round(rate, 4) for rate in (pairs.precision, pairs.recall))
        return {"p": precision, "r": recall, "right": pairs.right, "joined": pairs.joined, "due": pairs.due}

    return {name: figures(getattr(joining, name)) for name in ("surfaces", "written", "mentions")}


def compare(gold: Gold, record: Record | None, fold: Callable[[str], str]) -> Joined:
    """Compare the joining of names in one record with its article's annotation."""
    owners: dict[str, str] = {}
    written: dict[str, str] = {}
    for listed in gold.entities:
        for surface in (listed.name, *listed.aliases):
            owners.setdefault(fold(surface), listed.name)
            written.setdefault(fold(surface), surface)
    required = {listed.name for listed in gold.entities if not listed.optional}

    def counts(one: str, other: str) -> bool:
        return owners[one] in required or owners[other] in required

    # A form may stand in several entities; then it has a mention in each.
    tallies: dict[str, Counter[str]] = {}
    for entity in record.entities if record else ():
        forms = Counter(form for mention in entity.mentions if (form := fold(mention.text)) in owners)
        if forms:
            tallies[entity.id] = forms
    found = {form for forms in tallies.values() for form in forms}
    joined = {pair for forms in tallies.values() for pair in combinations(sorted(forms), 2) if counts(*pair)}
    listed_pairs: set[Pair] = set()
    for listed in gold.entities:
        if not listed.optional:
            listed_pairs.update(combinations(sorted({fold(alias) for alias in listed.aliases}), 2))
    right = {pair for pair in joined if owners[pair[0]] == owners[pair[1]]}
    due = {
        pair
        for pair in combinations(sorted(found), 2)
        if owners[pair[0]] == owners[pair[1]] and owners[pair[0]] in required
    }
    result = Joining(
        Pairs(len(right), len(joined), len(due)),
        Pairs(len(right & listed_pairs), len(joined), len(listed_pairs)),
        _mentions(tallies, owners, required),
    )

    def shown(pairs: set[Pair]) -> tuple[Pair, ...]:
        return tuple((written[one], written[other]) for one, other in sorted(pairs))

    return Joined(result, shown(joined - right), shown(due - right))


def _mentions(tallies: Mapping[str, Counter[str]], owners: Mapping[str, str], required: set[str]) -> Pairs:
    """Count pairs of mentions, whether of one form or of two."""
    pairs = Pairs()
    wholes: Counter[str] = Counter()
    for forms in tallies.values():
        things: Counter[str] = Counter()
        for form, number in forms.items():
            things[owners[form]] += number
        wholes.update(things)
        right = sum(_two_of(number) for name, number in things.items() if name in required)
        neutral = sum(number for name, number in things.items() if name not in required)
        pairs.right += right
        pairs.joined += _two_of(sum(things.values())) - _two_of(neutral)
    pairs.due = sum(_two_of(number) for name, number in wholes.items() if name in required)
    return pairs


def _two_of(number: int) -> int:
    return number * (number - 1) // 2
