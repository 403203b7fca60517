"""Ranks who may be meant at a place of one document: the query, the candidates, and what speaks for each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from kg.extract.background import know
from kg.extract.discourse import Snapshot
from kg.extract.grammar import Grammar
from kg.extract.memory import ACTING, Event, Place, traces
from kg.extract.referents import (
    Candidate,
    Evidence,
    Query,
    Ranking,
    Wanted,
    Weights,
    of_entity,
    of_group,
    of_place,
    of_type,
    ranked,
)
from kg.extract.view import BREAKS
from kg.model import Block, Entity

_NEXT_BREAK = re.compile(f"[{re.escape(BREAKS)}]")
_GAP = re.compile(r"[\s「」『』“”\"《》*_（）()]*")
# How far a verb may stand behind a reference, and how much of what follows is looked at.
_REACH, _LETTERS = 24, 10
# A list mark before the first words of a block.
_MARKUP = 3
_PERSONAL = frozenset({"she", "I", "you"})
_PLURAL = frozenset({"they", "we"})
_SIZES = {"两": 2, "二": 2, "俩": 2, "双": 2, "三": 3, "四": 4, "五": 5}
_NAMED = frozenset({"name", "value", "turn", "topic"})
# Events back to which those joined together are remembered as a group.
_TOGETHER = 40
# So many of those named last are thought of.
_IN_MIND = 10


class Resolver:
    """One document's entities as the possible referents of its words; `verbs` are triggers by place with predicate."""

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
        self.types = {entity.id: entity.type for entity in entities}
        self.known = know(folded, blocks, entities, grammar)
        self._verb_starts = [start for start, _ in verbs]
        self._mentions = sorted((m.start, m.end, e.id) for e in entities for m in e.mentions)
        self._mention_starts = [start for start, _, _ in self._mentions]
        self._always = [who for who, known in self.known.items() if known.main or known.title or known.author]
        self._always_known: dict[tuple[str, str, str], Evidence] = {}
        self._always_scores: dict[int, float] = {}
        self._authors = [who for who, known in self.known.items() if known.author]

    def rank(self, query: Query, snapshot: Snapshot) -> Ranking:
        """The candidates with their probabilities, the likeliest first; none where nothing was learned of the sort."""
        return self.choose(query, self.candidates(query, snapshot))

    def choose(self, query: Query, candidates: Iterable[Candidate]) -> Ranking:
        """These candidates with their probabilities, the likeliest first."""
        if query.sort not in self.weights.tables:
            return []
        return ranked(self.weights, query.sort, candidates, self._always_scores)

    def told(self, start: int, end: int) -> bool:
        """Whether a word of some frame stands in a stretch of text."""
        return bisect_left(self._verb_starts, start) < bisect_left(self._verb_starts, end)

    def query(self, snapshot: Snapshot, sort: str, word: str, span: tuple[int, int], wanted: Wanted) -> Query:
        """A question for whom the word at a span (empty: nothing) means, with what the text around it tells."""
        folded, line, opens = self.folded, snapshot.line, snapshot.place.start
        start, end = span
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
            wanted=wanted,
            place=Place(start, snapshot.place.clause, snapshot.place.line, snapshot.place.block),
            end=end,
            clause_end=clause_end,
            line_end=line[1],
            predicate=self.verbs[k][1] if near else "",
            words=self._words(after, clause_end),
            follows=folded[after : min(after + 2, clause_end)],
            opening=opening[0] if opening and opening.end() <= max(start, opens + 1) else "",
            mark=folded[before] if before >= line[0] else "",
            first=before < line[0],
            block_start=line[0] - self.blocks[snapshot.place.block].start <= _MARKUP,
            quoted=snapshot.quoted,
            speaker=snapshot.speaker,
            company=snapshot.company,
            section=frozenset(who for item in snapshot.section for who in item.members),
            group=snapshot.group,
        )

    def _words(self, start: int, end: int) -> tuple[str, ...]:
        """What comes next: pairs of letters, where a name or digit is a letter of its own kind."""
        letters: list[str] = []
        k = bisect_left(self._mention_starts, start)
        while start < end and len(letters) < _LETTERS:
            if k < len(self._mentions) and self._mentions[k][0] == start:
                letters.append(f"<{self.types[self._mentions[k][2]]}>")
                start = self._mentions[k][1]
                k += 1
                continue
            letter = self.folded[start]
            if not _GAP.fullmatch(letter):
                letters.append("0" if letter.isdigit() else letter)
            start += 1
        pairs = [one + other for one, other in pairwise(letters)]
        return tuple(dict.fromkeys([*letters[:1], *pairs]))

    def candidates(self, query: Query, snapshot: Snapshot) -> Iterator[Candidate]:
        """Everyone in mind at the place of a query, then those in mind together, with what speaks for each."""
        events = snapshot.state.memory.until(snapshot.events, query.place)
        found = traces(events, query.place, self.types)
        speaking = [query.speaker] if query.speaker in self.known else []
        pool = dict.fromkeys([*islice(found, _IN_MIND), *self._always, *speaking])
        k = bisect_left(self._mention_starts, query.place.start)
        while k < len(self._mentions) and self._mentions[k][0] < query.line_end:
            pool.setdefault(self._mentions[k][2])
            k += 1
        chain = next((e.members for e in reversed(events) if e.form not in _NAMED), ())
        same = next((e.members for e in reversed(events) if e.form == query.sort), ())
        plural, personal = query.sort in _PLURAL, query.sort in _PERSONAL
        size = next((_SIZES[letter] for letter in query.word if letter in _SIZES), 0) if plural else 0
        alike: dict[str, Evidence] = {}
        single: dict[str, Candidate] = {}
        for who in pool:
            known = self.known[who]
            if personal and known.type != "Person":
                continue
            if known.type not in alike:
                alike[known.type] = of_type(query, known.type)
            key = (query.sort, query.word, who)
            if key not in self._always_known:
                self._always_known[key] = of_entity(query, known)
            here = of_place(query, who, known, found.get(who), (who in chain, who in same))
            here += ((of_group, f"1{size}{known.type}" if plural else "1", ""),)
            single[who] = Candidate((who,), self._always_known[key], alike[known.type], here)
            yield single[who]
        if personal:
            return
        order = {who: number for number, who in enumerate(single)}
        for members, source in self._groups(query, events).items():
            if all(who in single for who in members):
                oldest = single[max(members, key=lambda who: order[who])]
                again = f"{set(members) == set(chain)}{set(members) == set(same)}"
                many = f"{len(members)}{size}{self.types[oldest.members[0]]}" if plural else "2"
                here = (*oldest.here[:-1], (of_group, many, f"{source}{again}{size == len(members)}"))
                yield Candidate(members, oldest.always, oldest.alike, here)

    def _groups(self, query: Query, events: Sequence[Event]) -> dict[tuple[str, ...], str]:
        """Those who may be meant together, and why: joined in the text, or the last of their type."""
        groups: dict[tuple[str, ...], str] = {}
        for event in events[: -_TOGETHER - 1 : -1]:
            if len(event.members) > 1:
                groups.setdefault(tuple(sorted(event.members)), f"joint{min(len(groups), 4)}")
        if len(query.group) > 1:
            groups.setdefault(tuple(sorted(query.group)), "group")
        if query.sort not in _PLURAL:
            return groups
        for type_ in query.wanted.types:
            acting = dict.fromkeys(w for e in reversed(events) if e.role in ACTING for w in e.members)
            lately = dict.fromkeys(w for e in reversed(events) for w in e.members)
            for source, pool in (("acting", acting), ("lately", lately)):
                row = [who for who in pool if self.types[who] == type_]
                for number in sorted(set(_SIZES.values())):
                    if len(row) >= number:
                        groups.setdefault(tuple(sorted(row[:number])), source)
        if query.speaker in self.known:
            for who in self._authors:
                if who != query.speaker:
                    groups.setdefault(tuple(sorted((who, query.speaker))), "talk")
        return groups
