"""Resolves the references of one document: makes the query, gathers the candidates, asks the learned weights."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from dataclasses import dataclass

from kg.extract.grammar import Grammar
from kg.extract.discourse import Snapshot
from kg.extract.memory import ACTING, Event, Place, traces
from kg.extract.referents import Known, Query, Values, Weights, ranked, step, values
from kg.extract.view import BREAKS
from kg.model import Block, Entity

_NEXT_BREAK = re.compile(f"[{re.escape(BREAKS)}]")
_GAP = re.compile(r"[\s「」『』“”\"《》*_（）()]*")
_REACH = 24
_MARKUP = 3
_LETTERS = 10
_PERSONAL = frozenset({"she", "I", "you"})
_PLURAL = frozenset({"they", "we"})
_SIZES = {"两": 2, "二": 2, "俩": 2, "双": 2, "三": 3, "四": 4, "五": 5}
_GROUP_AGE = 40
_NAMED = frozenset({"name", "value", "turn", "topic"})
_NEAR = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a word may mean."""

    types: tuple[str, ...] = ()
    kinds: tuple[str | None, ...] = ()
    gender: str | None = None


class Resolver:
    """Knows a document's entities as a whole and ranks them as the referents of a query."""

    def __init__(
        self,
        folded: str,
        blocks: Sequence[Block],
        entities: Sequence[Entity],
        grammar: Grammar,
        verbs: Sequence[tuple[int, str]],
        weights: Weights,
    ) -> None:
        self.folded = folded
        self.blocks = blocks
        self.grammar = grammar
        self.weights = weights
        self.verbs = verbs
        self._verb_starts = [start for start, _ in verbs]
        self.types = {entity.id: entity.type for entity in entities}
        self._mentions = sorted((m.start, m.end, e.id) for e in entities for m in e.mentions)
        self._mention_starts = [start for start, _, _ in self._mentions]
        self.known = self._know(entities)

    def _know(self, entities: Sequence[Entity]) -> dict[str, Known]:
        titles = [b for b in self.blocks if b.kind == "front" and b.field in ("title", "description")]
        authors = [b for b in self.blocks if b.kind == "front" and b.field in ("author", "authors")]
        most: dict[str, int] = {}
        for entity in entities:
            most[entity.type] = max(most.get(entity.type, 0), len(entity.mentions))
        genders = self._genders(entities)
        main: set[str] = set()
        found: dict[str, Known] = {}
        for entity in entities:
            top = len(entity.mentions) == most[entity.type] and entity.type not in main
            if top:
                main.add(entity.type)
            found[entity.id] = Known(
                type=entity.type,
                kind=entity.kind,
                share=step(len(entity.mentions)),
                main=top,
                title=any(b.start <= m.start < b.end for b in titles for m in entity.mentions),
                author=any(b.start <= m.start < b.end for b in authors for m in entity.mentions),
                gender=genders.get(entity.id, 0.0),
                starts=tuple(m.start for m in entity.mentions),
                names=tuple(alias.casefold() for alias in entity.aliases),
            )
        return found

    def _genders(self, entities: Sequence[Entity]) -> dict[str, float]:
        """How much speaks for a woman (or, below zero, a man): words before the name, pronouns behind it, its letters."""
        people = sorted((m.start, m.end, e.id) for e in entities if e.type == "Person" for m in e.mentions)
        women: Counter[str] = Counter()
        men: Counter[str] = Counter()
        starts = [start for start, _, _ in people]
        for match in re.finditer("[她他](?![们們])", self.folded):
            k = bisect_left(starts, match.start()) - 1
            if k >= 0 and match.start() - people[k][1] < _NEAR:
                if k and people[k - 1][2] != people[k][2] and match.start() - people[k - 1][1] < _NEAR:
                    continue
                (women if match[0] == "她" else men)[people[k][2]] += 1
        lean: dict[str, float] = {}
        both = "她" in self.folded
        for start, _, who in people:
            cue = self.grammar.gender.search(self.folded, max(0, start - 8), start)
            if cue:
                lean[who] = lean.get(who, 0.0) + (1.0 if cue.lastgroup == "f" else -1.0)
        for entity in entities:
            if entity.type == "Person":
                f, m = women[entity.id], men[entity.id] if both else 0
                value = max(-1.0, min(1.0, lean.get(entity.id, 0.0))) + 1.5 * (f - m) / (f + m + 1)
                lean[entity.id] = value
        return lean

    def query(self, snapshot: Snapshot, sort: str, word: str, start: int, end: int, wanted: Wanted) -> Query:
        """A query with what the text around it tells."""
        folded, line, block = self.folded, snapshot.line, self.blocks[snapshot.place.block]
        opens = snapshot.place.start
        found = _NEXT_BREAK.search(folded, end, line[1])
        clause_end = found.start() if found else line[1]
        k = bisect_left(self._verb_starts, end)
        near = k < len(self.verbs) and self.verbs[k][0] < min(clause_end, end + _REACH)
        gap = _GAP.match(folded, end)
        after = gap.end() if gap else end
        opening = self.grammar.adverbial.match(folded, opens)
        before = opens - 1
        while before >= line[0] and folded[before].isspace():
            before -= 1
        return Query(
            sort=sort,
            word=word,
            place=Place(start, snapshot.place.clause, snapshot.place.line, snapshot.place.block),
            end=end,
            types=wanted.types,
            kinds=wanted.kinds,
            gender=wanted.gender,
            predicate=self.verbs[k][1] if near else "",
            words=self._words(after, clause_end),
            follows=folded[after : min(after + 2, clause_end)],
            opening=opening[0] if opening and opening.end() <= max(start, opens + 1) else "",
            mark=folded[before] if before >= line[0] else "",
            first=before < line[0],
            block_start=line[0] - block.start <= _MARKUP,
            quoted=snapshot.quoted,
            speaker=snapshot.speaker,
            company=snapshot.company,
            section=frozenset(who for item in snapshot.section for who in item.members),
            group=snapshot.group,
            clause_end=clause_end,
            line_end=line[1],
        )

    def _words(self, start: int, end: int) -> tuple[str, ...]:
        """What comes next: pairs of letters, a name being one letter."""
        letters: list[str] = []
        k = bisect_left(self._mention_starts, start)
        while start < end and len(letters) < _LETTERS:
            while k < len(self._mentions) and self._mentions[k][0] < start:
                k += 1
            if k < len(self._mentions) and self._mentions[k][0] == start:
                letters.append(f"<{self.types[self._mentions[k][2]]}>")
                start = self._mentions[k][1]
                continue
            letter = self.folded[start]
            if not _GAP.fullmatch(letter):
                letters.append("0" if letter.isdigit() else letter)
            start += 1
        pairs = [one + other for one, other in zip(letters, letters[1:], strict=False)]
        return tuple(dict.fromkeys([*letters[:1], *pairs]))

    def candidates(self, query: Query, snapshot: Snapshot) -> list[tuple[tuple[str, ...], Values]]:
        """Everyone in mind at the place of a query, with what speaks for each."""
        events = snapshot.state.memory.until(snapshot.events, query.place)
        found = traces(events, query.place, self.types)
        pool = dict.fromkeys(found)
        for who, known in self.known.items():
            if known.main or known.title or known.author:
                pool.setdefault(who)
        if query.speaker in self.known:
            pool.setdefault(query.speaker)
        k = bisect_left(self._mention_starts, query.place.start)
        while k < len(self._mentions) and self._mentions[k][0] < query.line_end:
            pool.setdefault(self._mentions[k][2])
            k += 1
        if query.sort in _PERSONAL:
            pool = {who: None for who in pool if who and self.types[who] == "Person"}
        chain = next((e.members for e in reversed(events) if e.form not in _NAMED), ())
        same = next((e.members for e in reversed(events) if e.form == query.sort), ())
        single = {
            who: values(query, who, self.known[who], found.get(who), (who in chain, who in same)) for who in pool if who
        }
        size = _SIZES.get(next((c for c in query.word if c in _SIZES), ""), 0) if query.sort in _PLURAL else 0
        result = [
            ((who,), (*given, f"1{size}{self.types[who]}" if query.sort in _PLURAL else "1", ""))
            for who, given in single.items()
        ]
        if query.sort not in _PERSONAL:
            for members, source in self._groups(query, events).items():
                known = [who for who in members if who in single]
                if len(known) == len(members):
                    oldest = max(known, key=lambda who: list(single).index(who))
                    count = f"{len(members)}{size}{self.types[known[0]]}" if query.sort in _PLURAL else "2"
                    fresh = f"{set(members) == set(chain)}{set(members) == set(same)}"
                    result.append((members, (*single[oldest], count, f"{source}{fresh}{'1' if size == len(members) else ''}")))
        return result

    def _groups(self, query: Query, events: Sequence[Event]) -> dict[tuple[str, ...], str]:
        """Those who may be meant together: named or joined together, or the last of their type."""
        groups: dict[tuple[str, ...], str] = {}
        for age, event in enumerate(reversed(events)):
            if len(event.members) > 1 and age < _GROUP_AGE:
                groups.setdefault(tuple(sorted(event.members)), f"joint{len(groups)}")
        if len(query.group) > 1:
            groups.setdefault(tuple(sorted(query.group)), "group")
        if query.sort in _PLURAL:
            for type_ in query.types or ("Person",):
                lately = list(dict.fromkeys(w for e in reversed(events) for w in e.members if self.types[w] == type_))
                acting = list(
                    dict.fromkeys(
                        w for e in reversed(events) if e.role in ACTING for w in e.members if self.types[w] == type_
                    )
                )
                for number in (2, 3, 4, 5):
                    for name, row in (("acting", acting), ("lately", lately)):
                        if len(row) >= number:
                            groups.setdefault(tuple(sorted(row[:number])), name)
            if query.speaker:
                for who, known in self.known.items():
                    if known.author and who != query.speaker:
                        groups.setdefault(tuple(sorted((who, query.speaker))), "talk")
        return groups

    def rank(self, query: Query, snapshot: Snapshot) -> list[tuple[tuple[str, ...], float]]:
        """The candidates with their probabilities, the likeliest first."""
        return ranked(self.weights, query, self.candidates(query, snapshot))
