"""Every pair of entities of a document that may stand in a relation, as arrays over one stream of tokens.

A token is an item of the view (a name, a pronoun with its referent, a date, …) or a word. Rows of tables follow the
view as sentences of their own, in which every cell stands behind the words of its header. A pair is either in one
sentence, or one of the two is carried there by what is in mind.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extract.discourse import Snapshot
from kg.extract.reading import Reading
from kg.extract.segment import Segmented
from kg.extract.view import BREAKS, Item, View
from kg.model import Block

Ints = npt.NDArray[np.int32]

# How an entity is in mind: bits of `Carried.how`.
SUBJECT, MENTIONED, SECTION, COMPANY, SPEAKER, TOPIC, BLOCK_SUBJECT, LINE_SUBJECT = (1 << bit for bit in range(8))
HOWS = 8
FAR_RANK = 9
_SUBJECTS, _MENTIONED = 5, 4
# Words between two names of one sentence, at most.
_REACH = 60
# Subjects and names that are looked back over.
_BACK = 16
_ALONE = re.compile(f"[{re.escape(BREAKS)} ]")


@dataclass(frozen=True, slots=True)
class Carried:
    """Who is in mind: how, and the ranks among the latest subjects and the latest names (0 is the latest)."""

    how: Mapping[str, int]
    subject_rank: Mapping[str, int]
    mention_rank: Mapping[str, int]


_NOBODY = Carried({}, {}, {})


@dataclass(slots=True)
class Stream:
    """The tokens of a document (those of items hold a symbol), and where sentences and clauses begin and end."""

    words: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    items: dict[int, Item] = field(default_factory=dict)
    lines: list[Sentence] = field(default_factory=list)
    clause_of: list[int] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the stream: its tokens, its text span, its block, and whether it is quoted."""

    first: int
    last: int
    start: int
    end: int
    block: int
    quoted: bool
    speaker: str | None
    view_line: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the stream: its tokens and what is in mind before it."""

    first: int
    last: int
    line: int
    place: int
    carried: Carried
    subject: int
    likely: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs as arrays of equal length; a token of -1 says that this one is carried into the clause of the other."""

    subject: Ints
    object: Ints
    subject_token: Ints
    object_token: Ints
    line: Ints
    clause: Ints


def stream(
    segmented: Segmented, reading: Reading, view: View, likely: Mapping[int, Mapping[str, float]] = MappingProxyType({})
) -> Stream:
    """The tokens of the view, then those of the tables' rows.

    `likely` may say, by the view offset of a clause, how likely each entity is its subject where none is named.
    """
    result = Stream()
    text, items = view.text, view.items
    begins = sorted(reading.draft.snapshots)
    topics = _topics(reading)
    cuts = _cuts(segmented, view, begins)
    for number, line in enumerate(view.lines):
        first = len(result.words)
        low, high = bisect_left(begins, line.start), bisect_left(begins, max(line.end, line.start + 1))
        bounds = begins[low:high] or [line.start]
        block_start = reading.blocks[line.block].start
        for clause_number, begin in enumerate(bounds):
            stop = bounds[clause_number + 1] if clause_number + 1 < len(bounds) else line.end
            clause_first = len(result.words)
            named = False
            places = [*cuts[bisect_left(cuts, begin) : bisect_left(cuts, stop)], stop]
            for k, end in pairwise(places):
                item = items.get(k)
                if item is not None:
                    named = named or bool(item.members)
                    result.items[len(result.words)] = item
                word = text[k:end].strip() if item is None else text[k]
                if word:
                    result.words.append(word)
                    result.places.append(k)
            at = reading.draft.subjects.get(begin, -1)
            result.clauses.append(
                Clause(
                    clause_first,
                    len(result.words),
                    len(result.lines),
                    begin,
                    # Nobody is carried into a clause that names nothing.
                    in_mind(reading, reading.snapshot(begin), line.speaker, topics, block_start, line.text_start)
                    if named
                    else _NOBODY,
                    at,
                    likely.get(begin, {}),
                )
            )
            result.clause_of.extend([len(result.clauses) - 1] * (len(result.words) - clause_first))
        result.lines.append(
            Sentence(
                first,
                len(result.words),
                line.text_start,
                line.text_end,
                line.block,
                line.quoted,
                line.speaker,
                number,
            )
        )
    _rows(result, segmented, reading, view, topics)
    return result


def _cuts(segmented: Segmented, view: View, begins: Sequence[int]) -> list[int]:
    """The view offsets where a token begins: a word, an item, a mark, or what comes behind one of the last two."""
    size = len(view.text)
    starts = np.zeros(len(segmented.folded) + 1, dtype=bool)
    starts[list(segmented.starts)] = True
    cut = np.zeros(size + 1, dtype=bool)
    cut[:size] = starts[np.array(view.origins, dtype=np.int64)]
    alone = np.array([*view.items, *(m.start() for m in _ALONE.finditer(view.text))], dtype=np.int64)
    cut[alone] = True
    cut[alone + 1] = True
    cut[list(begins)] = True
    cut[[line.start for line in view.lines]] = True
    return [int(k) for k in np.flatnonzero(cut).tolist()]


def _topics(reading: Reading) -> dict[str, int]:
    """The most mentioned entity of every type."""
    return dict.fromkeys(reading.reader.topic.by_type.values(), TOPIC)


def in_mind(
    reading: Reading,
    snapshot: Snapshot,
    speaker: str | None,
    topics: Mapping[str, int],
    block_start: int,
    line_start: int,
) -> Carried:
    """Who or what may be meant before a clause where nothing is named, with how it is in mind."""
    how: dict[str, int] = dict(topics)
    subject_rank: dict[str, int] = {}
    mention_rank: dict[str, int] = {}
    state = snapshot.state
    rank = 0
    for k in range(snapshot.subject_count - 1, max(-1, snapshot.subject_count - _BACK), -1):
        item = state.subjects[k]
        fresh = False
        for who in item.members:
            if who not in subject_rank:
                subject_rank[who] = rank
                fresh = True
                bits = SUBJECT
                if item.start >= block_start:
                    bits |= BLOCK_SUBJECT
                if item.start >= line_start:
                    bits |= LINE_SUBJECT
                how[who] = how.get(who, 0) | bits
        rank += fresh
        if rank == _SUBJECTS:
            break
    rank = 0
    for k in range(snapshot.mention_count - 1, max(-1, snapshot.mention_count - _BACK), -1):
        fresh = False
        for who in state.mentioned[k].members:
            if who not in mention_rank:
                mention_rank[who] = rank
                fresh = True
                how[who] = how.get(who, 0) | MENTIONED
        rank += fresh
        if rank == _MENTIONED:
            break
    for item in snapshot.section:
        for who in item.members:
            how[who] = how.get(who, 0) | SECTION
    if snapshot.company:
        how[snapshot.company] = how.get(snapshot.company, 0) | COMPANY
    if speaker and speaker in reading.reader.entities:
        how[speaker] = how.get(speaker, 0) | SPEAKER
    return Carried(how, subject_rank, mention_rank)


def _rows(result: Stream, segmented: Segmented, reading: Reading, view: View, topics: Mapping[str, int]) -> None:
    """Put the rows of tables behind the view, every cell after the words of its header."""
    blocks = segmented.document.blocks
    rows = [(number, block) for number, block in enumerate(blocks) if block.kind == "row"]
    if not rows:
        return
    mentions = sorted((m.start, m.end, e.type, e.id) for e in reading.entities for m in e.mentions)
    narrated = [(line.text_start, line.start) for line in view.lines if not line.quoted]
    for _, group in groupby(rows, key=lambda row: row[1].table):
        table = list(group)
        before = bisect_left(narrated, (table[0][1].start, 0)) - 1
        carried = Carried(topics, {}, {})
        if before >= 0:
            snapshot = reading.snapshot(narrated[before][1])
            carried = in_mind(reading, snapshot, None, topics, table[0][1].start, table[0][1].start)
        header = [list(_cell_tokens(segmented, reading, mentions, *cell)) for cell in _cells(segmented, table[0][1])]
        for number, row in table[1:]:
            first = len(result.words)
            for column, cell in enumerate(_cells(segmented, row)):
                inside = list(_cell_tokens(segmented, reading, mentions, *cell))
                clause_first = len(result.words)
                if not inside:
                    continue
                head = header[column] if column < len(header) else []
                for word, item in (*head, ("：", None), *inside, ("|", None)):
                    if item is not None:
                        result.items[len(result.words)] = item
                    result.words.append(word)
                    result.places.append(-1)
                result.clauses.append(Clause(clause_first, len(result.words), len(result.lines), -1, carried, -1, {}))
                result.clause_of.extend([len(result.clauses) - 1] * (len(result.words) - clause_first))
            if len(result.words) > first:
                result.lines.append(
                    Sentence(
                        first, len(result.words), row.start, row.end, number, quoted=False, speaker=None, view_line=-1
                    )
                )


def _cells(segmented: Segmented, row: Block) -> list[tuple[int, int]]:
    line = segmented.document.masked[row.start : row.end]
    bounds = [i for i, c in enumerate(line) if c == "|"]
    if not bounds or bounds[0] != 0:
        bounds.insert(0, -1)
    if bounds[-1] != len(line) - 1:
        bounds.append(len(line))
    return [(row.start + a + 1, row.start + b) for a, b in pairwise(bounds)]


def _cell_tokens(
    segmented: Segmented, reading: Reading, mentions: Sequence[tuple[int, int, str, str]], start: int, end: int
) -> Iterator[tuple[str, Item | None]]:
    number = bisect_left(mentions, (start, 0, "", ""))
    word = bisect_left(segmented.starts, start)
    position = start
    while word < len(segmented.starts) and segmented.starts[word] < end:
        begin = segmented.starts[word]
        while number < len(mentions) and mentions[number][0] <= begin and mentions[number][1] <= end:
            a, b, type_, who = mentions[number]
            if a >= position:
                yield reading.symbols[type_], Item(a, b, type_, (who,), "name")
                position = b
            number += 1
        if begin >= position:
            text = segmented.words[word].strip()
            if text:
                yield text, None
        word += 1


def pairs(tokens: Stream, numbers: Mapping[str, int], types: Ints, allowed: npt.NDArray[np.bool_]) -> Pairs:
    """All pairs; `numbers` are the entities' indices, `types` their types' and `allowed` what may be related at all."""
    rows: list[tuple[int, int, int, int, int, int]] = []
    ordered = sorted(tokens.items)
    kinds = types.tolist()
    may = [[bool(x) for x in line] for line in allowed.tolist()]
    clause_of = tokens.clause_of
    minds = [[numbers[who] for who in clause.carried.how] for clause in tokens.clauses]
    for number, line in enumerate(tokens.lines):
        low, high = bisect_left(ordered, line.first), bisect_left(ordered, line.last)
        here: list[tuple[int, tuple[int, ...]]] = []
        for k in ordered[low:high]:
            who = tuple(numbers[m] for m in tokens.items[k].members if m in numbers)
            if who:
                here.append((k, who))
        present = {m for _, who in here for m in who}
        for place, (k, who) in enumerate(here):
            clause = clause_of[k]
            for n, one in enumerate(who):
                mine = may[kinds[one]]
                for other in who[n + 1 :]:
                    if one != other:
                        if mine[kinds[other]]:
                            rows.append((one, other, k, k, number, clause))
                        if may[kinds[other]][kinds[one]]:
                            rows.append((other, one, k, k, number, clause))
                for j, whom in here[place + 1 :]:
                    if j - k > _REACH:
                        break
                    for other in whom:
                        if one != other:
                            if mine[kinds[other]]:
                                rows.append((one, other, k, j, number, clause_of[j]))
                            if may[kinds[other]][kinds[one]]:
                                rows.append((other, one, j, k, number, clause))
                for other in minds[clause]:
                    if other not in present:
                        if may[kinds[other]][kinds[one]]:
                            rows.append((other, one, -1, k, number, clause))
                        if mine[kinds[other]]:
                            rows.append((one, other, k, -1, number, clause))
    table: Any = np.array(rows, dtype=np.int32).reshape(-1, 6)
    return Pairs(*(np.ascontiguousarray(table[:, n]) for n in range(6)))
