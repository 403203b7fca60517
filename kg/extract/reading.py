"""A document and its entities → a View, line by line, with references resolved on the way."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.discourse import Draft, Reader, Snapshot, State, subject_of
from kg.extract.grammar import Grammar
from kg.extract.memory import Event, Memory, Place
from kg.extract.referents import Ranking, Wanted, Weights
from kg.extract.resolver import Resolver
from kg.extract.segment import Sentence
from kg.extract.times import Time
from kg.extract.tokens import Lexer, Reference
from kg.extract.view import AMOUNT, BREAKS, DURATION, QUOTE, RANK, ROLE, SCORE, TIME, Item, Line, View
from kg.model import Block, Entity

_QUOTES = re.compile('「(?:[^「」]|「[^「」]*」)*」|『[^『』]*』|“[^“”]*”|"[^"\\n]*"')
_OPENING = '「『“"'
_MARK = re.compile(f"[{re.escape(BREAKS + _OPENING)}]")
# A subject that is left out is remembered if it is this sure, and the clause is no fragment.
_SURE, _SHORTEST = 0.9, 3
_UTTERANCE = 10
_REACH = 12
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
    """A view under construction; `view()` may be taken at any time.

    `verb_places` are the frames' triggers in the text with their predicates, `given` says who is meant at spans (empty
    where a subject is left out) that need not be resolved.
    """

    original: str
    folded: str
    blocks: Sequence[Block]
    entities: Sequence[Entity]
    values: Sequence[Item]
    grammar: Grammar
    symbols: Mapping[str, str]
    verbs: tuple[str, ...]
    verb_places: Sequence[tuple[int, str]]
    weights: Weights
    given: Mapping[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    times: Sequence[Time] = ()
    reader: Reader = field(init=False)
    resolver: Resolver = field(init=False)
    here: Place = field(init=False)
    sentence: Sentence = field(init=False)
    quoted: bool = False
    draft: Draft = field(default_factory=Draft)
    utterances: list[Utterance] = field(default_factory=list)
    resolved: list[Item] = field(default_factory=list)
    rankings: dict[int, Ranking] = field(default_factory=dict)
    lexer: Lexer = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.entities)
        names = [
            Item(m.start, m.end, entity.type, (entity.id,), "name") for entity in self.entities for m in entity.mentions
        ]
        self.resolver = Resolver(self.folded, self.blocks, self.entities, self.grammar, self.verb_places, self.weights)
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
        return self.draft.snapshots[clause_start]

    def line(self, sentence: Sentence, *, quoted: bool, speaker: str | None) -> None:
        """Read one sentence."""
        first = clause = len(self.draft.chars)
        self.sentence, self.quoted = sentence, quoted
        self.reader.state.companions = []
        self._open_clause(clause, sentence.start)
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
                self._open_clause(clause, position)
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
            if item.type == "Person" and self.grammar.companion.search(before):
                self.reader.state.companions.append(item)
            self.reader.state.mention(item)
            self._remember(item, self._part(before, item.end))
            acting = not self.grammar.governed.search(before) or before.endswith("由")
            if len(item.members) > 1 and acting and not before.endswith(self.verbs):
                self.reader.state.group = item.members

    def _remember(self, item: Item, role: str) -> None:
        place = self.here
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

    def _open_clause(self, start: int, origin: int) -> None:
        state = self.reader.state
        self.here = Place(origin, len(self.draft.snapshots), len(self.draft.lines), self.sentence.block)
        self.draft.snapshots[start] = Snapshot(
            state=state,
            subject_count=len(state.subjects),
            mention_count=len(state.mentioned),
            company=state.company,
            section=state.section,
            events=len(state.memory.events),
            place=self.here,
            line=(self.sentence.start, self.sentence.end),
            quoted=self.quoted,
            speaker=state.speaker,
            group=frozenset(state.group),
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
            self._imply(start)
            return
        item = found[1]
        if item.type == "Person":
            people = [*item.members]
            for companion in state.companions:
                people.extend(m for m in companion.members if m not in people)
            if len(people) > 1:
                state.group = tuple(people)

    def left_out(self, clause: int) -> Ranking:
        """Who may be the subject of the clause at a view offset if none stands there, with probabilities, in order."""
        found = self.rankings.get(clause)
        if found is None:
            start = self.snapshot(clause).place.start
            found = self.rankings[clause] = self.rank(clause, "drop", "", (start, start), Wanted())
        return found

    def rank(self, clause: int, sort: str, word: str, span: tuple[int, int], wanted: Wanted) -> Ranking:
        """Who may be meant by the word at a span of the clause at a view offset, with probabilities, in order."""
        snapshot = self.snapshot(clause)
        return self.resolver.rank(self.resolver.query(snapshot, sort, word, span, wanted), snapshot)

    def _imply(self, clause: int) -> None:
        """Remember who is the subject of a clause that tells something and names none."""
        start, end = self.here.start, self.draft.origins[-1] if self.draft.origins else 0
        members = next((who for (a, b), who in self.given.items() if a == b and start <= a <= end), ())
        if not members and not self.given and len(self.draft.chars) - clause >= _SHORTEST:
            best = self.left_out(clause) if self.resolver.told(start, end + 1) else []
            members = best[0][0] if best and best[0][1] >= _SURE else ()
        if members:
            self._remember(Item(start, start, self.reader.type_of(members[0]), members, "drop"), "subject")

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
        if reference.kind == "bare" and not self._bare_place(clause):
            return None
        start, end = reference.start, reference.end
        sort, wanted = self.sort_of(reference.word)
        members = next((who for (a, b), who in self.given.items() if a < end and start < b and a < b), ())
        if not members:
            best = self.rank(clause, sort, reference.word, (start, end), wanted)
            if not best:
                return None
            members = best[0][0]
        form = "group" if len(members) > 1 else sort
        return Item(start, end, self.reader.type_of(members[0]), members, form)

    def sort_of(self, word: str) -> tuple[str, Wanted]:
        """The sort of a referring word, and whom it may mean."""
        pronoun = self.grammar.pronouns.get(word)
        if pronoun:
            return pronoun.sort, Wanted(pronoun.types, (), pronoun.gender)
        head = max((h for h in self.grammar.heads if word.endswith(h)), key=len, default="")
        described = self.grammar.heads.get(head)
        return (described.sort, Wanted(described.types, described.kinds)) if described else ("other", Wanted())


_VALUE_SYMBOLS = {"Time": TIME, "Duration": DURATION, "Role": ROLE, "Amount": AMOUNT, "Score": SCORE, "Rank": RANK}
