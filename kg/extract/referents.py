"""Who is most likely meant: candidates for a reference, what speaks for each, and a learned weighing of that."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.extract.memory import Place, Trace

_STEPS = (0, 1, 2, 3, 4, 6, 9, 14, 25)
Values = tuple[object, ...]


def step(number: int) -> int:
    """A coarse measure of a distance or count."""
    level = 0
    for border in _STEPS:
        if number < border:
            break
        level += 1
    return level


@dataclass(frozen=True, slots=True)
class Query:
    """A reference to be resolved and all that its place tells."""

    sort: str
    word: str
    place: Place
    end: int
    types: tuple[str, ...] = ()
    kinds: tuple[str | None, ...] = ()
    gender: str | None = None
    predicate: str = ""
    follows: str = ""
    words: tuple[str, ...] = ()
    opening: str = ""
    mark: str = ""
    first: bool = False
    block_start: bool = False
    quoted: bool = False
    speaker: str | None = None
    company: str | None = None
    section: frozenset[str] = frozenset()
    group: frozenset[str] = frozenset()
    clause_end: int = 0
    line_end: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the whole document tells of an entity."""

    type: str
    kind: str | None
    share: int
    main: bool
    title: bool
    author: bool
    gender: float
    starts: tuple[int, ...]
    names: tuple[str, ...]


COLUMNS = (
    "type", "fit", "gender", "clauses", "lines", "acting", "rank", "role", "form", "here", "later", "soon",
    "share", "main", "title", "section", "speaker", "author", "company", "before", "opens", "chain", "chain same",
    "predicate", "follows", "word", "named", "group", "block", "acts", "acting rank rank", "times", "joint", "known", "words", "lead", "size", "source",
)  # fmt: skip


def values(query: Query, who: str, known: Known, trace: Trace | None, chain: tuple[bool, bool]) -> Values:
    """What speaks for a candidate, one value for each of COLUMNS."""
    place = query.place
    type_ = known.type
    if query.types:
        fit = query.types.index(type_) if type_ in query.types else 9
        if query.kinds and type_ == "Organization":
            fit += 20 if known.kind not in query.kinds else 10
    else:
        fit = 8
    gender: object = 0
    if query.gender:
        lean = known.gender if query.gender == "f" else -known.gender
        gender = max(-4, min(4, round(lean * 2)))
    later = soon = False
    for start in known.starts:
        if start >= query.end:
            later = start < query.clause_end
            soon = start < query.line_end
            break
    if trace is None:
        clauses: object = -1
        lines: object = -1
        acting: object = -1
        rank: object = -1
        role: object = -1
        form: object = -1
        block: object = -1
        before: object = -1
        opens: object = -1
        here, acts, times, both, joint = "", 0, 0, "", False
    else:
        last, acted = trace.last, trace.acted
        same = last.block == place.block
        away = place.clause - last.clause
        clauses = step(away) + (20 if same else 0)
        lines = f"{min(place.line - acted.line, 4)}{acted.block == place.block}{trace.acting_rank == 0}" if acted else -1
        acting = min(trace.acting_rank, 4)
        rank = min(trace.rank, 5)
        role = f"{last.role}{min(away, 3)}"
        form = f"{last.form}{min(away, 2)}"
        block = f"{same}{query.block_start}{min(rank, 2)}"
        near = acted is not None and acted.clause == place.clause - 1
        before = f"{near}{query.mark}{query.opening}"
        opens = f"{near}{acted is not None and acted.line == place.line}{query.first}"
        here, acts, times, joint = trace.here, min(trace.acts, 5), min(trace.times, 5), trace.joint
        both = f"{acting}{rank}"
    return (
        type_,
        fit,
        gender,
        clauses,
        lines,
        acting,
        rank,
        role,
        form,
        here,
        later,
        soon,
        known.share,
        known.main,
        f"{known.title}{query.block_start}",
        f"{who in query.section}{query.block_start}",
        f"{who == query.speaker}{query.quoted}" if query.speaker else "",
        known.author,
        who == query.company,
        before,
        opens,
        chain[0],
        chain[1],
        f"{query.predicate}{type_}",
        f"{query.follows}{type_}",
        f"{query.word}{type_}",
        bool(query.word) and any(query.word in name for name in known.names),
        who in query.group,
        block,
        acts,
        both,
        times,
        joint,
        f"{query.first}{query.block_start}{type_}{trace is None}",
        tuple(f"{word}{type_}" for word in query.words),
        f"{query.opening}{type_}",
    )


@dataclass(frozen=True)
class Weights:
    """Learned weights: by sort of reference a table for every column."""

    tables: Mapping[str, tuple[Mapping[str, float], ...]] = field(default_factory=dict)

    def score(self, sort: str, given: Values) -> float:
        """How much speaks for a candidate."""
        total = 0.0
        for table, value in zip(self.tables[sort], given, strict=True):
            if isinstance(value, tuple):
                total += sum(table.get(part, 0.0) for part in value)
            else:
                total += table.get(str(value), 0.0)
        return total


def load(path: Path) -> Weights:
    """Read learned weights."""
    data = json.loads(path.read_text("utf-8"))
    return Weights({sort: tuple(tables) for sort, tables in data.items()})


def ranked(
    weights: Weights, query: Query, candidates: Sequence[tuple[tuple[str, ...], Values]]
) -> list[tuple[tuple[str, ...], float]]:
    """The candidates with their probabilities, the likeliest first."""
    if not candidates:
        return []
    scores = [(weights.score(query.sort, given), who) for who, given in candidates]
    top = max(score for score, _ in scores)
    powers = [(math.exp(score - top), who) for score, who in scores]
    whole = sum(power for power, _ in powers)
    return sorted(((who, power / whole) for power, who in powers), key=lambda pair: (-pair[1], pair[0]))
