"""Direct quotations with their speakers."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract import speech
from kg.extract.turns import PROSE, Turn, find_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from kg.model import Block, Document, Mention

__all__ = ["Quotation", "Turn", "find_quotations", "find_turns"]


# Sentences longer than this are read from here on; it keeps the time linear.
_REACH = 400


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody utters, without the marks; `speaker` is an entity's id or None where nobody known says it.

    `rule` is how the speaker was found.
    """

    start: int
    end: int
    text: str
    speaker: str | None
    rule: str


def find_quotations(
    document: Document,
    folded: str,
    persons: Sequence[tuple[Mention, str]],
    resolve: Callable[[int], str | None],
    schemas: Path | None = None,
) -> tuple[Quotation, ...]:
    """Find what is quoted directly, in the order of the text.

    `persons` are the mentions of people with their entities' ids; `resolve` tells who is meant by the pronoun or noun
    at an offset or, where neither stands there, who would be the subject of a sentence that begins there. Raises
    SchemaError.
    """
    grammar = speech.load(schemas)
    people = sorted((mention.start, mention.end, entity) for mention, entity in persons)
    turns = find_turns(document, folded, persons, schemas)
    reader = _Quoter(document, folded, grammar, resolve, turns, people)
    return tuple(sorted(reader.quotations(), key=lambda quotation: quotation.start))


@dataclass(frozen=True, slots=True)
class _Quote:
    """Marks and all: `start` is the opening mark, `end` lies behind the closing one."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody named or meant at a place: by `name`, by a pronoun (`third`…) or by a noun (`agents`)."""

    start: int
    end: int
    entity: str | None
    how: str = "name"


@dataclass(slots=True)
class _Quoter:
    document: Document
    folded: str
    grammar: speech.Speech
    resolve: Callable[[int], str | None]
    turns: Sequence[Turn]
    people: list[tuple[int, int, str]]
    given: list[Quotation] = field(default_factory=list)
    starts: list[int] = field(init=False)
    turn_starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [start for start, _, _ in self.people]
        self.turn_starts = [turn.start for turn in self.turns]

    def quotations(self) -> Iterator[Quotation]:
        ascribed = list(self._block_quotations())
        yield from ascribed
        for block in self.document.blocks:
            if block.kind not in PROSE or any(q.start < block.end and block.start < q.end for q in ascribed):
                continue
            yield from self._in_block(block)

    # Block quotations

    def _block_quotations(self) -> Iterator[Quotation]:
        for group in self._quote_blocks():
            last = group[-1]
            line = self.folded.rfind("\n", last.start, last.end) + 1 or last.start
            start = line + len(self.folded[line : last.end]) - len(self.folded[line : last.end].lstrip())
            dash = self.grammar["attribution"].match(self.folded, start, last.end)
            begin = group[0].start
            end = (
                begin + len(self.folded[begin:start].rstrip())
                if start > last.start
                else (group[-2].end if len(group) > 1 else begin)
            )
            if not dash or end - begin < self.grammar.shortest:
                continue
            speaker = self._at_start(dash.end(), last.end)
            if speaker:
                if self.grammar.closing.get(self.folded[begin]) == self.folded[end - 1]:
                    begin, end = begin + 1, end - 1
                yield self._quotation(begin, end, speaker.entity, "block")

    def _quote_blocks(self) -> Iterator[list[Block]]:
        """The paragraphs of each block quotation."""
        group: list[Block] = []
        for block in self.document.blocks:
            joined = group and not self.document.text[group[-1].end : block.start].replace(">", "").strip(" \t\r\n*_-—")
            blank_line = re.search(r"\n[ \t]*\r?\n", self.document.text[group[-1].end : block.start]) if group else None
            if group and (block.kind != "quote" or not joined or blank_line):
                yield group
                group = []
            if block.kind == "quote":
                group.append(block)
        if group:
            yield group

    # Quotations in running text

    def _in_block(self, block: Block) -> Iterator[Quotation]:
        quotes = list(self._quotes(block))
        last: Quotation | None = None
        left = block.start
        for number, quote in enumerate(quotes):
            right = quotes[number + 1].start if number + 1 < len(quotes) else block.end
            found = self._judge(quote, block, left, right, last)
            if found:
                last, left = found, quote.end
                self.given.append(found)
                yield found

    def _quotes(self, block: Block) -> Iterator[_Quote]:
        """The outermost pairs of marks; a mark without its partner is none."""
        position = block.start
        while opening := self.grammar.marks.search(self.folded, position, block.end):
            position = opening.end()
            closing = self.grammar.closing.get(opening[0])
            if closing is None:
                continue
            end = self._closing(opening.end(), block.end, opening[0], closing)
            if end is not None:
                yield _Quote(opening.start(), end)
                position = end

    def _closing(self, start: int, limit: int, opening: str, closing: str) -> int | None:
        depth = 1
        for mark in self.grammar.marks.finditer(self.folded, start, limit):
            if mark[0] == closing:
                depth -= 1
                if depth == 0:
                    return mark.end()
            elif mark[0] == opening:
                depth += 1
        return None

    def _judge(self, quote: _Quote, block: Block, left: int, right: int, last: Quotation | None) -> Quotation | None:
        """Decide whether a pair of marks holds an utterance, and whose."""
        grammar = self.grammar
        start, end = self._trimmed(quote.start + 1, quote.end - 1)
        inside = self.folded[start:end]
        if end - start < grammar.shortest or self._is_name(start, end):
            return None
        lead_start = self._sentence_start(max(left, quote.start - _REACH), quote.start)
        lead = self.folded[lead_start : quote.start]
        if grammar["naming"].search(lead):
            return None
        complete = bool(grammar["spoken_end"].search(inside))
        spoken = complete or bool(grammar["broken_off"].search(inside))
        colon = bool(grammar["colon"].search(lead))
        if not colon and not spoken and grammar["nominal"].match(self.folded, quote.end, block.end):
            return None
        # 1. Introduced: X 說：「…」, X 說，「…」, X 形容那裡「…」.
        clause_start = self._clause_start(lead_start, quote.start)
        reports = self._reports(clause_start, quote.start)
        if colon or (reports and lead.strip()):
            # What only looks like speech (加一句「…」) needs somebody who says it.
            speaker = self._subject(lead_start, quote.start, reports=reports and (colon or spoken))
            if speaker and last and lead_start == left and speaker.how == "third":
                # 「…」他說，「…」
                return self._quotation(start, end, last.speaker, "introduced")
            if speaker and (colon or speaker.entity):
                return self._quotation(start, end, speaker.entity, "introduced")
        # 2. Followed by its tag: 「…」X 說.
        tail_end = self._clause_end(quote.end, min(right, block.end))
        is_tag = self._ends_here(tail_end, right)
        tag = self._at_start(quote.end, tail_end) if is_tag else None
        if tag and spoken and self._reports(tag.end, self._sentence_stop(tag.end, right)):
            entity = self._answerer(quote.start, tag.entity) if tag.how == "third" else tag.entity
            return self._quotation(start, end, entity, "tagged")
        if not spoken:
            return None
        # 3. Part of somebody's sentence: 他認為資料有限，「…」.
        if lead.strip():
            speaker = self._subject(lead_start, quote.start, reports=False) if not colon else None
            return self._quotation(start, end, speaker.entity, "sentence") if speaker and complete else None
        # 4. A sentence of its own.
        if tag:
            return self._quotation(start, end, tag.entity, "beside")
        if not complete:
            return None
        if is_tag and self._unknown(quote.end, tail_end):
            return self._quotation(start, end, None, "unknown")
        if last and not self._others_between(last.end, quote.start, last.speaker):
            return self._quotation(start, end, last.speaker, "continued")
        if block.kind == "quote" or not self._people_in(left, quote.start):
            return self._quotation(start, end, None, "unknown")
        return self._quotation(start, end, self._answerer(quote.start, self.resolve(quote.start)), "topic")

    def _ends_here(self, clause_end: int, right: int) -> bool:
        """Whether a clause introduces nothing that is said outside marks, as in: 「…」X 問：買走之後呢."""
        colon = self.grammar["colon_then"].match(self.folded, clause_end)
        return colon is None or colon.end() == right

    def _quotation(self, start: int, end: int, speaker: str | None, rule: str) -> Quotation:
        return Quotation(start, end, self.document.text[start:end], speaker, rule)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        text = self.folded[start:end]
        return start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())

    def _is_name(self, start: int, end: int) -> bool:
        return any(s <= start and end <= e for s, e, _ in self._people_in(start - 1, end))

    def _others_between(self, start: int, end: int, entity: str | None) -> bool:
        return any(other != entity for _, _, other in self._people_in(start, end))

    # Who

    def _people_in(self, start: int, end: int) -> list[tuple[int, int, str]]:
        return self.people[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _turn(self, offset: int) -> Turn | None:
        index = bisect_right(self.turn_starts, offset) - 1
        return self.turns[index] if index >= 0 and offset < self.turns[index].end else None

    def _addressee(self, turn: Turn) -> str | None:
        """Who is spoken to: the other one of the nearest turns."""
        index = self.turns.index(turn)
        for other in (*reversed(self.turns[:index]), *self.turns[index:]):
            if other.speaker != turn.speaker:
                return other.speaker
        return None

    def _meant(self, start: int, end: int) -> Iterator[_Person]:
        """Everybody named or meant by a pronoun or a noun in a range, in order."""
        grammar = self.grammar
        found = [_Person(s, min(e, end), entity) for s, e, entity in self._people_in(start, end)]
        turn = self._turn(start)
        for name in ("third", "first", "second", "agents"):
            for match in grammar[name].finditer(self.folded, start, end):
                if any(p.start < match.end() and match.start() < p.end for p in found):
                    continue
                # A friend, a professor or the writer's own 我 is somebody, but nobody whom the article names.
                entity = None
                if name == "third":
                    entity = self.resolve(match.start())
                elif turn and name == "second":
                    entity = self._addressee(turn)
                elif turn and name == "first":
                    entity = turn.speaker
                found.append(_Person(match.start(), match.end(), entity, name))
        return iter(sorted(found, key=lambda person: person.start))

    def _answerer(self, start: int, entity: str | None) -> str | None:
        """Who is meant by 他 after somebody's question: not the one who asked, but who was heard before."""
        window = max(0, start - _REACH)
        end = window + len(self.folded[window:start].rstrip())
        if entity is None or not self.grammar["asked"].search(self.folded, max(window, end - 4), end):
            return entity
        asked = self._sentence_start(max(window, self.folded.rfind("\n", window, end) + 1), end - 1)
        asker = self._subject(asked, end, reports=False)
        if asker is None or asker.entity != entity or not self.grammar["asks"].search(self.folded, asker.end, end):
            return entity
        others = [quotation.speaker for quotation in self.given if quotation.speaker not in (None, entity)]
        return others[-1] if others else None

    def _subject(self, start: int, end: int, *, reports: bool) -> _Person | None:
        """Who is the subject of the words before an utterance: of its last clause that has one."""
        position = end
        while position > start:
            clause = self._clause_start(start, position)
            people = [p for p in self._meant(clause, position) if not self._is_object(p)]
            chosen = self._subject_of(people, position)
            if chosen:
                return chosen
            if self._unknown(clause, position):
                return None
            position = clause - 1
        return _Person(start, start, self.resolve(start)) if reports else None

    def _reports(self, start: int, end: int) -> bool:
        return any(self.grammar[name].search(self.folded, start, end) for name in ("verbs", "signs"))

    def _unknown(self, start: int, end: int) -> bool:
        """Whether somebody speaks in a clause in which nobody is known: more than adverbs stands before the verb."""
        verb = self.grammar["verbs"].search(self.folded, start, end)
        return verb is not None and not self.grammar["adverbs"].fullmatch(self.folded[start : verb.start()].strip())

    def _subject_of(self, people: Sequence[_Person], end: int) -> _Person | None:
        """The one next to the last verb of speech; names before nouns, and these before owners (X 的同事說)."""
        if not people:
            return None
        verbs = list(self.grammar["verbs"].finditer(self.folded, people[0].start, end))
        before = [p for p in people if not verbs or p.end <= verbs[-1].start()] or list(people)
        free = [p for p in before if not self.grammar["owner"].match(self.folded, p.end)]
        best = [p for p in free if p.how != "agents"] or free or before
        return best[-1 if verbs else 0]

    def _is_object(self, person: _Person) -> bool:
        return self.grammar["objects"].search(self.folded, max(0, person.start - 6), person.start) is not None

    def _at_start(self, start: int, end: int) -> _Person | None:
        """Who stands at the beginning of what follows an utterance, behind nothing but titles."""
        source = self.grammar["sources"].match(self.folded, start, end)
        begin = source.end() if source else start
        for person in self._meant(begin, end):
            gap = self.folded[begin : person.start].strip(" \t\n，,—–-（(")
            titled = self.grammar["titles"].fullmatch(gap)
            if titled and not self._is_object(person):
                return self._named_beside(person, end)
            return None
        return None

    def _named_beside(self, person: _Person, end: int) -> _Person:
        """Prefer the name right behind a noun: 主持人盛夏蓮 is 盛夏蓮."""
        following = self._people_in(person.end, min(person.end + 2, end))
        if following and not self.folded[person.end : following[0][0]].strip():
            return _Person(person.start, following[0][1], following[0][2])
        return person

    # Where

    def _sentence_start(self, start: int, end: int) -> int:
        ends = [match.end() for match in self.grammar["sentence_end"].finditer(self.folded, start, end)]
        return ends[-1] if ends else start

    def _clause_start(self, start: int, end: int) -> int:
        body = len(self.folded[start:end].rstrip("，,、：: \t\n"))
        ends = [match.end() for match in self.grammar["clause_end"].finditer(self.folded, start, start + body)]
        return ends[-1] if ends else start

    def _clause_end(self, start: int, end: int) -> int:
        text = self.folded[start:end]
        skipped = start + len(text) - len(text.lstrip("，, \t"))
        match = self.grammar["clause_end"].search(self.folded, skipped, end)
        return match.start() if match else end

    def _sentence_stop(self, start: int, end: int) -> int:
        match = self.grammar["clause_end"].search(self.folded, start, end)
        return match.start() if match else end
