"""A document and its entities → a View, line by line, with references resolved on the way."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.discourse import Draft, Reader, Snapshot, State, subject_of
from kg.extract.grammar import Grammar
from kg.extract.segment import Sentence
from kg.extract.view import AMOUNT, BREAKS, DURATION, QUOTE, RANK, ROLE, SCORE, TIME, Item, Line, View
from kg.model import Block, Entity

_QUOTES = re.compile("「(?:[^「」]|「[^「」]*」)*」|『[^『』]*』|“[^“”]*”|\"[^\"\\n]*\"")
_UTTERANCE = 10
_BRACKET = re.compile("\\s*[（(]([^（）()]{1,60})[）)]")
_STRIPPED = "「」『』“”\"《》〈〉*_"
_NEUTRAL = re.compile("[，,、；;：:\\s]*")


@dataclass(frozen=True, slots=True)
class Utterance:
    """A quotation seen on the way, with what the reader had in mind there."""

    start: int
    end: int
    block: int
    state: State


@dataclass(slots=True)
class Reading:
    """A view under construction; `view()` may be taken at any time."""

    original: str
    folded: str
    blocks: Sequence[Block]
    entities: Sequence[Entity]
    values: Sequence[Item]
    grammar: Grammar
    symbols: Mapping[str, str]
    verbs: tuple[str, ...]
    reader: Reader = field(init=False)
    draft: Draft = field(default_factory=Draft)
    utterances: list[Utterance] = field(default_factory=list)
    _names: list[Item] = field(init=False)
    _starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        # Only where an article speaks of 她 too does 他 tell a man.
        self.reader = Reader(self.entities, self.grammar, self.symbols, both_genders="她" in self.folded)
        names = [
            Item(m.start, m.end, entity.type, (entity.id,), "name") for entity in self.entities for m in entity.mentions
        ]
        self._names = sorted([*names, *self.values], key=lambda item: (item.start, -item.end))
        self._starts = [item.start for item in self._names]

    def read(self, sentences: Iterable[Sentence], turns: Sequence[tuple[int, int, str]] = ()) -> None:
        """Read the narration; quotations are kept aside in `utterances`."""
        turn = 0
        for sentence in sentences:
            while turn < len(turns) and turns[turn][1] <= sentence.start:
                turn += 1
            speaker = None
            if turn < len(turns) and turns[turn][0] <= sentence.start:
                speaker = turns[turn][2]
                if self.reader.state.speaker != speaker and speaker in self.reader.entities:
                    self.reader.state.subject(
                        Item(turns[turn][0], turns[turn][0] + 1, self.reader.type_of(speaker), (speaker,), "turn")
                    )
            self.reader.state.speaker = speaker
            self.line(sentence.start, sentence.end, sentence.block, quoted=False, speaker=speaker)

    def read_quoted(self, utterance: Utterance, sentences: Iterable[tuple[int, int]], speaker: str | None) -> None:
        """Read the inside of a quotation, where 我 is its speaker, with the memory of the place where it stands."""
        kept = self.reader.state
        self.reader.state = utterance.state
        self.reader.state.speaker = speaker
        if speaker:
            self.reader.state.subject(
                Item(utterance.start, utterance.start + 1, self.reader.type_of(speaker), (speaker,), "turn")
            )
        for start, end in sentences:
            self.line(start, end, utterance.block, quoted=True, speaker=speaker)
        self.reader.state = kept

    def view(self) -> View:
        """The view of all lines read so far."""
        return self.draft.view()

    def person_at(self, offset: int) -> str | None:
        """Who is meant by the word at a text offset, or who would be the subject of a sentence beginning there."""
        position = bisect_left(self.draft.origins, offset)
        item = self.draft.items.get(position)
        if item is not None and item.type == "Person" and item.start <= offset < item.end:
            return item.members[0]
        clause = max((start for start in self.draft.snapshots if start <= position), default=0)
        subject = self.draft.items.get(self.draft.subjects.get(clause, -1))
        known = self.snapshot(clause).subjects
        for candidate in ((subject,) if subject is not None and subject.start < offset else ()) + known:
            if candidate is not None and candidate.type == "Person":
                return candidate.members[0]
        return self.reader.topic.by_type.get("Person")

    def snapshot(self, clause_start: int) -> Snapshot:
        """What was in mind before the clause that begins at a view offset."""
        return self.draft.snapshots.get(clause_start, Snapshot((), (), (), None))

    def line(self, start: int, end: int, block: int, *, quoted: bool, speaker: str | None) -> None:
        """Read one sentence."""
        tokens = self._tokens(start, end)
        first = len(self.draft.chars)
        self.reader.state.companions = []
        clause = first
        self._open_clause(clause)
        position = start
        index = 0
        resolve = self.blocks[block].kind != "front"
        references = self._references(start, end, tokens) if resolve else []
        reference = 0
        while position < end:
            if index < len(tokens) and tokens[index].start == position:
                item = tokens[index]
                index += 1
                self._put_item(item)
                position = item.end
                continue
            while reference < len(references) and references[reference][0] < position:
                reference += 1
            if reference < len(references) and references[reference][0] == position:
                r_start, r_end, kind, word = references[reference]
                reference += 1
                followed = index < len(tokens) and tokens[index].start == r_end and tokens[index].type == "Person"
                found = None
                if not followed:
                    found = self._refer(kind, word, r_start, r_end, at_clause_start=self._bare_place(clause))
                if found is not None:
                    self._put_item(found)
                    position = r_end
                    continue
            quote = _QUOTES.match(self.folded, position, end) if self.folded[position] in "「『“\"" else None
            if quote and self._is_utterance(quote.start(), quote.end(), tokens, index):
                self.draft.put(QUOTE, position, Item(quote.start(), quote.end(), "Quote", (), "value"))
                if not quoted:
                    self.utterances.append(Utterance(quote.start(), quote.end(), block, self._copy_state()))
                position = quote.end()
                while index < len(tokens) and tokens[index].start < position:
                    index += 1
                continue
            char = self.folded[position]
            if char in BREAKS:
                self.draft.put(char, position)
                self._close_clause(clause)
                clause = len(self.draft.chars)
                self._open_clause(clause)
            elif not (char.isspace() or char in _STRIPPED) or self._between_latin(position):
                self.draft.put(char, position)
            position += 1
        self._close_clause(clause)
        if self.blocks[block].kind == "heading":
            self._open_section(first)
        self.draft.lines.append(Line(first, len(self.draft.chars), block, quoted, speaker, start, end))
        self.draft.put("\n", max(start, end - 1))

    def _copy_state(self) -> State:
        state = self.reader.state
        return State(
            list(state.subjects), list(state.mentioned), list(state.companions), state.group, state.genders, state.speaker, state.company
        )

    def _between_latin(self, position: int) -> bool:
        before, after = self.folded[position - 1 : position], self.folded[position + 1 : position + 2]
        return self.folded[position] == " " and before.isascii() and before.isalnum() and after.isascii() and after.isalnum()

    def _is_utterance(self, start: int, end: int, tokens: Sequence[Item], index: int) -> bool:
        if end - start < _UTTERANCE:
            return False
        inside = tokens[index] if index < len(tokens) else None
        return not (inside and inside.start == start + 1 and inside.end >= end - 1)

    def _put_item(self, item: Item) -> None:
        symbol = self.symbols.get(item.type) or _VALUE_SYMBOLS[item.type]
        item = self._merged_with_last(item)
        where = len(self.draft.chars)
        self.draft.put(symbol, item.start, item)
        if item.type in self.symbols:
            before = "".join(self.draft.chars[max(0, where - 10) : where])
            if item.type == "Person":
                if self.grammar.companion.search(before):
                    self.reader.state.companions.append(item)
                cue = self.grammar.gender.search(before)
                if cue and cue.lastgroup and item.form == "name":
                    self.reader.state.genders.setdefault(item.members[0], cue.lastgroup)
            self.reader.state.mention(item)
            acting = not self.grammar.governed.search(before) or before.endswith("由")
            if len(item.members) > 1 and acting and not before.endswith(self.verbs):
                self.reader.state.group = item.members

    def _merged_with_last(self, item: Item) -> Item:
        """Join a name to a pronoun before it (她和涂鶴汀): the pronoun's place in the view is taken back."""
        k = len(self.draft.chars) - 1
        while k >= 0 and k not in self.draft.items and len(self.draft.chars) - k < 12:
            k -= 1
        last = self.draft.items.get(k)
        if last is None or last.type != item.type or not item.members or set(item.members) & set(last.members):
            return item
        if "name" == last.form == item.form or not self.grammar.joint.fullmatch("".join(self.draft.chars[k + 1 :])):
            return item
        del self.draft.chars[k:], self.draft.origins[k:], self.draft.items[k]
        return Item(last.start, item.end, item.type, (*last.members, *item.members), "group")

    def _bare_place(self, clause: int) -> bool:
        text = "".join(self.draft.chars[clause:])
        return not self.grammar.adverbial.sub("", text).strip(TIME)

    def _open_clause(self, start: int) -> None:
        state = self.reader.state
        self.draft.snapshots[start] = Snapshot(
            tuple(reversed(state.subjects)), tuple(state.companions), tuple(reversed(state.mentioned[-12:])), state.company
        )

    def _close_clause(self, start: int) -> None:
        text = "".join(self.draft.chars[start:])
        clause = text.rstrip(BREAKS)
        state = self.reader.state
        found = subject_of(clause, self.draft.items, start, self.grammar, self.verbs)
        if found is not None:
            self.draft.subjects[start] = found[0]
            state.subject(found[1])
        presented = self._presented(clause, start)
        if presented is not None and (found is None or presented is not found[1]):
            state.subject(presented)
        if found is None:
            return
        item = found[1]
        if item.type == "Person":
            people = [*item.members]
            for companion in state.companions:
                people.extend(m for m in companion.members if m not in people)
            if len(people) > 1:
                state.group = tuple(people)

    def _open_section(self, start: int) -> None:
        """What a heading names is what its section is about; else the article's main person is back in mind."""
        main = self.reader.topic.by_type.get("Person")
        if main is not None:
            origin = self.draft.origins[start] if start < len(self.draft.origins) else 0
            self.reader.state.subject(Item(origin, origin + 1, "Person", (main,), "topic"))
        for k in range(start, len(self.draft.chars)):
            item = self.draft.items.get(k)
            if item is not None and item.type in self.symbols and len(item.members) == 1:
                self.reader.state.subject(item)
                if item.type == "Organization":
                    self.reader.state.company = item.members[0]

    def _presented(self, clause: str, start: int) -> Item | None:
        """The last name of a clause that brings somebody or something new onto the stage."""
        for k in range(len(clause) - 1, -1, -1):
            item = self.draft.items.get(start + k)
            if item is not None and item.type in self.symbols:
                if item.form != "name":
                    return None
                if item.type == "Organization" and len(item.members) == 1 and self.grammar.founding.search(clause[:k]):
                    self.reader.state.company = item.members[0]
                    return item
                return item if self.grammar.presenting.search(clause[:k]) else None
        return None

    def _tokens(self, start: int, end: int) -> list[Item]:
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        chosen: list[Item] = []
        reach = start
        for item in self._names[low:high]:
            if item.start >= reach and item.end <= end:
                chosen.append(item)
                reach = item.end
        taken = chosen
        for pattern, kind in (
            (self.grammar.amount, "Amount"),
            (self.grammar.score, "Score"),
            (self.grammar.rank, "Rank"),
            (self.grammar.role, "Role"),
        ):
            extra = [
                Item(m.start(), m.end(), kind, (), "value")
                for m in pattern.finditer(self.folded, start, end)
                if (kind != "Role" or m[1]) and not _overlaps(taken, m.start(), m.end())
            ]
            if extra:
                taken = sorted([*taken, *extra], key=lambda item: item.start)
        return self._joined(self._unbracketed(taken, end))

    def _unbracketed(self, tokens: list[Item], end: int) -> list[Item]:
        """Let a name swallow a bracket that says nothing but the same name again, or no name at all."""
        result: list[Item] = []
        skip_until = -1
        for number, item in enumerate(tokens):
            if item.start < skip_until:
                continue
            bracket = _BRACKET.match(self.folded, item.end, end) if item.members else None
            if bracket:
                inside = [t for t in tokens[number + 1 :] if t.start < bracket.end()]
                if all(t.members == item.members or (not t.members and t.type not in ("Role", "Score", "Rank")) for t in inside):
                    skip_until = bracket.end()
                    result.append(Item(item.start, bracket.end(), item.type, item.members, item.form))
                    continue
            result.append(item)
        return result

    def _joined(self, tokens: list[Item]) -> list[Item]:
        """Coordinations of like names become one item."""
        result: list[Item] = []
        for item in tokens:
            last = result[-1] if result else None
            if (
                last is not None
                and item.members
                and last.members
                and (last.type == item.type or {last.type, item.type} <= ALIKE)
                and item.members[0] not in last.members
                and self.grammar.joint.fullmatch(self._bare_gap(last.end, item.start))
            ):
                result[-1] = Item(last.start, item.end, last.type, (*last.members, *item.members), "name")
                continue
            result.append(item)
        for number, item in enumerate(result):
            if len(item.members) > 1:
                limit = result[number + 1].start if number + 1 < len(result) else len(self.folded)
                tail = self.grammar.list_tail.match(self.folded, item.end, limit)
                if tail:
                    result[number] = Item(item.start, tail.end(), item.type, item.members, item.form)
        return result

    def _bare_gap(self, start: int, end: int) -> str:
        return "".join(c for c in self.folded[start:end] if c not in _STRIPPED and not c.isspace()) or "\0"

    def _references(self, start: int, end: int, tokens: Sequence[Item]) -> list[tuple[int, int, str, str]]:
        found = [
            (m.start(), m.end(), "described", m["head"])
            for m in self.grammar.described.finditer(self.folded, start, end)
            if not _overlaps(tokens, m.start(), m.end())
        ]
        found += [(m.start(), m.end(), "pronoun", m[0]) for m in self.grammar.pronoun.finditer(self.folded, start, end)]
        found += [(m.start(), m.end(), "bare", m["head"]) for m in self.grammar.bare.finditer(self.folded, start, end)]
        found.sort(key=lambda r: (r[0], -r[1]))
        result: list[tuple[int, int, str, str]] = []
        for reference in found:
            if (not result or reference[0] >= result[-1][1]) and not _overlaps(tokens, reference[0], reference[1]):
                result.append(reference)
        return result

    def _refer(self, kind: str, word: str, start: int, end: int, *, at_clause_start: bool) -> Item | None:
        if kind == "pronoun":
            return self.reader.resolve(word, start, end)
        if kind == "bare" and not at_clause_start:
            return None
        return self.reader.describe(word, start, end)


_VALUE_SYMBOLS = {"Time": TIME, "Duration": DURATION, "Role": ROLE, "Amount": AMOUNT, "Score": SCORE, "Rank": RANK}
ALIKE = {"Model", "Product"}


def _overlaps(tokens: Sequence[Item], start: int, end: int) -> bool:
    return any(t.start < end and start < t.end for t in tokens)
