"""A document and its entities → a View, line by line, with references resolved on the way."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.memory import Event, Memory, Place
from kg.extract.referents import Weights
from kg.extract.resolver import Resolver, Wanted
from kg.extract.discourse import Draft, Reader, Snapshot, State, subject_of
from kg.extract.grammar import Grammar
from kg.extract.segment import Sentence
from kg.extract.tokens import Lexer, Reference
from kg.extract.view import AMOUNT, BREAKS, DURATION, QUOTE, RANK, ROLE, SCORE, TIME, Item, Line, View
from kg.model import Block, Entity

_QUOTES = re.compile('「(?:[^「」]|「[^「」]*」)*」|『[^『』]*』|“[^“”]*”|"[^"\\n]*"')
_OPENING = '「『“"'
_MARK = re.compile(f"[{re.escape(BREAKS + _OPENING)}]")
import os
IMPLY = float(os.environ.get("IMPLY", "0.9"))
_SHORTEST = 3
_UTTERANCE = 10
_REACH = 12
_STRIPPED = '「」『』“”"《》〈〉*_'
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
    verb_places: Sequence[tuple[int, str]] = ()
    weights: Weights | None = None
    reader: Reader = field(init=False)
    resolver: Resolver = field(init=False)
    forced: Mapping[tuple[int, int], frozenset[str]] = field(default_factory=dict)
    here: tuple[Place, tuple[int, int], bool] = field(init=False)
    lines_read: int = 0
    draft: Draft = field(default_factory=Draft)
    utterances: list[Utterance] = field(default_factory=list)
    resolved: list[Item] = field(default_factory=list)
    ranked: dict[int, list[tuple[tuple[str, ...], float]]] = field(default_factory=dict)
    lexer: Lexer = field(init=False)

    def __post_init__(self) -> None:
        # Only where an article speaks of 她 too does 他 tell a man.
        self.reader = Reader(self.entities, self.grammar, self.symbols, both_genders="她" in self.folded)
        names = [
            Item(m.start, m.end, entity.type, (entity.id,), "name") for entity in self.entities for m in entity.mentions
        ]
        self.resolver = Resolver(
            self.folded, self.blocks, self.entities, self.grammar, self.verb_places, self.weights or Weights()
        )
        self.lexer = Lexer(self.folded, [*names, *self.values], self.grammar)

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
            self.line(sentence, quoted=False, speaker=speaker)

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
            self.line(Sentence(start, end, utterance.block), quoted=True, speaker=speaker)
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
        return self.draft.snapshots.get(clause_start) or Snapshot(State(), 0, 0, None, ())

    def line(self, sentence: Sentence, *, quoted: bool, speaker: str | None) -> None:
        """Read one sentence."""
        first = clause = len(self.draft.chars)
        self.lines_read += 1
        place = Place(sentence.start, len(self.draft.snapshots), self.lines_read, sentence.block)
        self.here = (place, (sentence.start, sentence.end), quoted)
        self.reader.state.companions = []
        self._open_clause(clause)
        tokens = self.lexer.tokens(sentence.start, sentence.end)
        stops = {token.start: token for token in tokens}
        # Front matter is read on its own: nobody has been named before it.
        spoken = self.blocks[sentence.block].kind != "front"
        references = {r.start: r for r in self.lexer.references(sentence.start, sentence.end, tokens)} if spoken else {}
        marks = (m.start() for m in _MARK.finditer(self.folded, sentence.start, sentence.end))
        position = sentence.start
        for stop in sorted({*stops, *references, *marks}):
            if stop < position:
                continue
            self.draft.run(self.folded, position, stop)
            position = stop
            behind = (
                self._read_name(position, stops)
                or self._read_reference(references.get(position), stops, clause)
                or self._read_quotation(position, sentence, stops, quoted=quoted)
            )
            if behind is not None:
                position = behind
            elif self.folded[position] in BREAKS:
                self.draft.put(self.folded[position], position)
                position += 1
                self._close_clause(clause)
                clause = len(self.draft.chars)
                place = Place(position, len(self.draft.snapshots), self.lines_read, sentence.block)
                self.here = (place, (sentence.start, sentence.end), quoted)
                self._open_clause(clause)
        self.draft.run(self.folded, position, sentence.end)
        self._close_clause(clause)
        if self.blocks[sentence.block].kind == "heading":
            self._open_section(first)
        here = Line(first, len(self.draft.chars), sentence.block, quoted, speaker, sentence.start, sentence.end)
        self.draft.lines.append(here)
        self.draft.put("\n", max(sentence.start, sentence.end - 1))

    def _read_name(self, position: int, stops: Mapping[int, Item]) -> int | None:
        token = stops.get(position)
        if token is None:
            return None
        self._put_item(token)
        return token.end

    def _read_reference(self, reference: Reference | None, stops: Mapping[int, Item], clause: int) -> int | None:
        if reference is None:
            return None
        following = stops.get(reference.end)
        if following is not None and following.type == "Person":
            # 太太 before a name is an apposition, not a reference.
            return None
        found = self._refer(reference, clause)
        if found is None:
            return None
        self.resolved.append(found)
        self._put_item(found)
        return reference.end

    def _read_quotation(
        self, position: int, sentence: Sentence, stops: Mapping[int, Item], *, quoted: bool
    ) -> int | None:
        """Put what is quoted at length aside: one character stands for it."""
        quote = _QUOTES.match(self.folded, position, sentence.end) if self.folded[position] in _OPENING else None
        if quote is None or quote.end() - quote.start() < _UTTERANCE:
            return None
        inside = stops.get(quote.start() + 1)
        if inside is not None and inside.end >= quote.end() - 1:
            return None
        self.draft.put(QUOTE, position, Item(quote.start(), quote.end(), "Quote", (), "value"))
        if not quoted:
            self.utterances.append(Utterance(quote.start(), quote.end(), sentence.block, self._copy_state()))
        return quote.end()

    def _copy_state(self) -> State:
        state = self.reader.state
        return State(
            list(state.subjects),
            list(state.mentioned),
            list(state.companions),
            state.group,
            state.genders,
            state.speaker,
            state.company,
            state.section,
            Memory(list(state.memory.events)),
        )

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
            self._remember(item, self._part(before, item.end))
            acting = not self.grammar.governed.search(before) or before.endswith("由")
            if len(item.members) > 1 and acting and not before.endswith(self.verbs):
                self.reader.state.group = item.members

    def _remember(self, item: Item, role: str) -> None:
        place = self.here[0]
        self.reader.state.memory.events.append(
            Event(item.members, item.start, place.clause, place.line, place.block, role, item.form)
        )

    def _part(self, before: str, end: int) -> str:
        if self.folded.startswith("的", end):
            return "owner"
        if self.grammar.governed.search(before):
            return "governed"
        if self.grammar.oblique.search(before):
            return "told"
        return "object" if before.endswith(self.verbs) else "named"

    def _merged_with_last(self, item: Item) -> Item:
        """Join a name to a pronoun before it (她和涂鶴汀): the pronoun's place in the view is taken back."""
        k = len(self.draft.chars) - 1
        while k >= 0 and k not in self.draft.items and len(self.draft.chars) - k < _REACH:
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
            state,
            len(state.subjects),
            len(state.mentioned),
            state.company,
            state.section,
            len(state.memory.events),
            self.here[0],
            self.here[1],
            self.here[2],
            state.speaker,
            frozenset(state.group),
        )

    def _close_clause(self, start: int) -> None:
        text = "".join(self.draft.chars[start:])
        clause = text.rstrip(BREAKS)
        state = self.reader.state
        found = subject_of(clause, self.draft.items, start, self.grammar, self.verbs)
        if found is not None:
            self.draft.subjects[start] = found[0]
            state.subject(found[1])
            self._remember(found[1], "subject")
        presented = self._presented(clause, start)
        if presented is not None and (found is None or presented is not found[1]):
            state.subject(presented)
            self._remember(presented, "presented")
        if found is None:
            if "drop" in self.resolver.weights.tables:
                self._imply(start)
            if self.forced:
                place = self.here[0]
                end = self.draft.origins[-1] if len(self.draft.origins) > start else place.start
                given = next((w for (a, b), w in self.forced.items() if a == b and place.start <= a <= end), None)
                if given:
                    who = tuple(sorted(given))
                    self._remember(Item(place.start, place.start, self.reader.type_of(who[0]), who, "drop"), "subject")
            return
        item = found[1]
        if item.type == "Person":
            people = [*item.members]
            for companion in state.companions:
                people.extend(m for m in companion.members if m not in people)
            if len(people) > 1:
                state.group = tuple(people)

    def left_out(self, clause: int) -> list[tuple[tuple[str, ...], float]]:
        """Who may be the subject of the clause at a view offset if it names none, with probabilities, likeliest first."""
        found = self.ranked.get(clause)
        if found is None:
            snapshot = self.snapshot(clause)
            offset = snapshot.place.start
            query = self.resolver.query(snapshot, "drop", "", offset, offset, Wanted())
            found = self.ranked[clause] = self.resolver.rank(query, snapshot)
        return found

    def _imply(self, clause: int) -> None:
        """Remember who is meant as the subject of a clause that names none."""
        best = self.left_out(clause) if len(self.draft.chars) - clause >= _SHORTEST else []
        if best and best[0][1] >= IMPLY:
            members, offset = best[0][0], self.snapshot(clause).place.start
            self._remember(Item(offset, offset, self.reader.type_of(members[0]), members, "drop"), "subject")

    def _open_section(self, start: int) -> None:
        """What a heading names is what its section is about; else the article's main person is back in mind."""
        main = self.reader.topic.by_type.get("Person")
        if main is not None:
            origin = self.draft.origins[start] if start < len(self.draft.origins) else 0
            self.reader.state.subject(Item(origin, origin + 1, "Person", (main,), "topic"))
        named = [self.draft.items[k] for k in range(start, len(self.draft.chars)) if k in self.draft.items]
        self.reader.state.section = tuple(i for i in named if i.type in self.symbols and len(i.members) == 1)
        for item in self.reader.state.section:
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

    def _refer(self, reference: Reference, clause: int) -> Item | None:
        """Who is meant: by the learned ranking where there is one for the word, else by rule."""
        if reference.kind == "bare" and not self._bare_place(clause):
            return None
        if self.forced:
            given = next((w for (a, b), w in self.forced.items() if a < reference.end and reference.start < b and a < b), None)
            if given:
                sort, _ = self.sort_of(reference.word)
                members = tuple(sorted(given))
                form = "group" if len(members) > 1 else sort
                return Item(reference.start, reference.end, self.reader.type_of(members[0]), members, form)
        sort, wanted = self.sort_of(reference.word)
        if sort in self.resolver.weights.tables:
            best = self.rank(clause, sort, reference.word, reference.start, reference.end, wanted)
            if best:
                members = best[0][0]
                form = "group" if len(members) > 1 else sort
                return Item(reference.start, reference.end, self.reader.type_of(members[0]), members, form)
            return None
        if reference.kind == "pronoun":
            return self.reader.resolve(reference.word, reference.start, reference.end)
        return self.reader.describe(reference.word, reference.start, reference.end)

    def sort_of(self, word: str) -> tuple[str, Wanted]:
        """The sort of a referring word and whom it may mean."""
        pronoun = self.grammar.pronouns.get(word)
        if pronoun:
            return pronoun.sort, Wanted(pronoun.types, (), pronoun.gender)
        head = max((h for h in self.grammar.heads if word.endswith(h)), key=len, default="")
        if head:
            described = self.grammar.heads[head]
            return described.sort, Wanted(described.types, described.kinds)
        return "", Wanted()

    def rank(
        self, clause: int, sort: str, word: str, start: int, end: int, wanted: Wanted
    ) -> list[tuple[tuple[str, ...], float]]:
        """Those who may be meant at a place of a clause (a view offset) with their probabilities, the likeliest first."""
        snapshot = self.snapshot(clause)
        return self.resolver.rank(self.resolver.query(snapshot, sort, word, start, end, wanted), snapshot)


_VALUE_SYMBOLS = {"Time": TIME, "Duration": DURATION, "Role": ROLE, "Amount": AMOUNT, "Score": SCORE, "Rank": RANK}
