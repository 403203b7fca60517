"""Who is likely meant: what speaks for a candidate, and its learned weights (`schemas/weights/references.json`)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import SchemaError
from kg.extract.memory import Place, Trace

_MOST_KEPT = 100_000
_STEPS = (0, 1, 2, 3, 4, 6, 9, 14, 25)
# What the words behind a reference say is looked up once for each type of candidate.
Value = str | tuple[str, ...]
ALL = ""
Evidence = Mapping[str, Value]
Ranking = list[tuple[tuple[str, ...], float]]


def step(number: int) -> int:
    """A coarse measure of a distance or a count."""
    return sum(number >= border for border in _STEPS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a word may mean, the likeliest type first; `gender` is f or m."""

    types: tuple[str, ...] = ()
    kinds: tuple[str | None, ...] = ()
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A reference (or a subject that is not there: sort drop) and all that its place tells."""

    sort: str
    word: str
    wanted: Wanted
    place: Place
    end: int
    clause_end: int
    line_end: int
    predicate: str
    words: tuple[str, ...]
    follows: str
    opening: str
    mark: str
    first: bool
    block_start: bool
    quoted: bool
    speaker: str | None
    company: str | None
    section: frozenset[str]
    group: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the whole document tells of an entity; `gender` is above zero for a woman, below for a man."""

    type: str
    kind: str | None
    share: int
    main: bool
    title: bool
    author: bool
    gender: float
    starts: tuple[int, ...]
    names: tuple[str, ...]


# What says something of a candidate: a function that gives evidence, and what it is asked; equal ones say the same.
Part = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Those who may be meant, with what speaks for them: as such (the same object for equal ones), and here."""

    members: tuple[str, ...]
    always: Evidence
    alike: Evidence
    here: tuple[Part, ...]

    def evidence(self) -> dict[str, Value]:
        """Everything that speaks for the candidate."""
        found = {**self.always, **self.alike}
        for function, *asked in self.here:
            found.update(function(*asked))
        return found


def _fit(wanted: Wanted, known: Known) -> str:
    if not wanted.types:
        return "any"
    fit = str(wanted.types.index(known.type)) if known.type in wanted.types else "no"
    if wanted.kinds and known.type == "Organization":
        fit += "kind" if known.kind in wanted.kinds else "other"
    return fit


def _gender(wanted: Wanted, known: Known) -> str:
    if not wanted.gender:
        return ""
    return str(max(-4, min(4, round(2 * (known.gender if wanted.gender == "f" else -known.gender)))))


def _ahead(query: Query, known: Known) -> str:
    """Whether the candidate is named later: in the clause, in the line, or not."""
    for start in known.starts:
        if start >= query.end:
            return "clause" if start < query.clause_end else "line" if start < query.line_end else ""
    return ""


def _never(first: bool, block_start: bool) -> Evidence:  # noqa: FBT001 - a part is asked by position
    return {"seen": f"never{first}{block_start}"}


def _distance(away: int, same: bool, role: str, form: str) -> Evidence:  # noqa: FBT001 - as above
    return {
        "clauses": f"{step(away)}{same}",
        "role": f"{role}{min(away, 3)}",
        "form": f"{form}{min(away, 2)}",
    }


def _rank(acting: int, rank: int, same: bool, block_start: bool) -> Evidence:  # noqa: FBT001 - as above
    return {
        "acting": str(acting),
        "rank": str(rank),
        "ranks": f"{acting}{rank}",
        "block": f"{same}{block_start}{min(rank, 2)}",
    }


def _clause_before(near: bool, same_line: bool, mark: str, opening: str, first: bool) -> Evidence:  # noqa: FBT001 - as above
    return {"before": f"{near}{mark}{opening}", "opens": f"{near}{same_line}{first}"}


def _history(here: str, acts: int, times: int, joint: bool) -> Evidence:  # noqa: FBT001 - as above
    return {"here": here, "acts": str(acts), "times": str(times), "joint": str(joint)}


def _acted(lines: int, same: bool, latest: bool) -> Evidence:  # noqa: FBT001 - as above
    return {"lines": f"{lines}{same}{latest}"}


def _remembered(query: Query, trace: Trace | None) -> tuple[Part, ...]:
    if trace is None:
        return ((_never, query.first, query.block_start),)
    place, last, acted = query.place, trace.last, trace.acted
    same = last.block == place.block
    away = place.clause - last.clause
    found: tuple[Part, ...] = (
        (_distance, min(away, _STEPS[-1]), same, last.role, last.form),
        (_rank, min(trace.acting_rank, 4), min(trace.rank, 5), same, query.block_start),
        (_history, trace.here, min(trace.acts, 5), min(trace.times, 5), trace.joint),
    )
    if acted is None:
        return (*found, (_clause_before, False, False, query.mark, query.opening, query.first))
    near, same_line = acted.clause == place.clause - 1, acted.line == place.line
    return (
        *found,
        (_clause_before, near, same_line, query.mark, query.opening, query.first),
        (_acted, min(place.line - acted.line, 4), acted.block == place.block, trace.acting_rank == 0),
    )


def of_entity(query: Query, known: Known) -> Evidence:
    """What speaks for a candidate wherever the word stands."""
    return {
        "fit": _fit(query.wanted, known),
        "gender": _gender(query.wanted, known),
        "share": str(known.share),
        "main": str(known.main),
        "author": str(known.author),
        "named": str(bool(query.word) and any(query.word in name for name in known.names)),
        "type": known.type,
        "word": f"{query.word}{known.type}",
    }


def of_type(query: Query, type_: str) -> Evidence:
    """What speaks for all candidates of a type here: what is said of the one who is meant."""
    return {
        "predicate": f"{query.predicate}{type_}",
        "follows": f"{query.follows}{type_}",
        "opening": f"{query.opening}{type_}",
        "words": tuple(f"{word}{type_}" for word in query.words),
    }


def _situation(
    ahead: str,
    title: bool,  # noqa: FBT001 - as above
    section: bool,  # noqa: FBT001
    block_start: bool,  # noqa: FBT001
    speaker: str,
    company: bool,  # noqa: FBT001
    chain: bool,  # noqa: FBT001
    same: bool,  # noqa: FBT001
    group: bool,  # noqa: FBT001
) -> Evidence:
    return {
        "later": str(ahead == "clause"),
        "soon": str(bool(ahead)),
        "title": f"{title}{block_start}",
        "section": f"{section}{block_start}",
        "speaker": speaker,
        "company": str(company),
        "chain": str(chain),
        "chain of sort": str(same),
        "group": str(group),
    }


def of_place(query: Query, who: str, known: Known, trace: Trace | None, chain: tuple[bool, bool]) -> tuple[Part, ...]:
    """What speaks for a candidate here; `chain`: whether the last reference, and the last such, meant him."""
    situation = (
        _situation,
        _ahead(query, known),
        known.title,
        who in query.section,
        query.block_start,
        f"{who == query.speaker}{query.quoted}" if query.speaker else "",
        who == query.company,
        *chain,
        who in query.group,
    )
    return (situation, *_remembered(query, trace))


def of_group(size: str, source: str) -> Evidence:
    """What speaks for how many are meant, and for what put several together."""
    return {"size": size, "source": source} if source else {"size": size}


class Weights:
    """Learned weights by sort of reference, kind of evidence and its value.

    What holds for all sorts is learned once, under ALL, and for each sort how far it departs from that.
    """

    def __init__(self, learned: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
        self.learned = learned
        shared = learned.get(ALL, {})
        self._weighed: dict[str, dict[Part, float]] = {}
        self.tables: dict[str, dict[str, dict[str, float]]] = {}
        for sort in sorted(set(learned) - {ALL}):
            own = learned[sort]
            self.tables[sort] = {kind: dict(shared.get(kind, {})) for kind in {*shared, *own}}
            for kind, table in own.items():
                sums = self.tables[sort][kind]
                for value, weight in table.items():
                    sums[value] = sums.get(value, 0.0) + weight

    def score(self, sort: str, found: Mapping[str, Value]) -> float:
        """How much speaks for a candidate."""
        tables = self.tables[sort]
        total = 0.0
        for kind, value in found.items():
            table = tables.get(kind)
            if table is None:
                continue
            if isinstance(value, str):
                total += table.get(value, 0.0)
            else:
                for part in value:
                    total += table.get(part, 0.0)
        return total

    def weigh(self, sort: str, parts: Iterable[Part]) -> float:
        """How much speaks for a candidate here; what a part says is kept."""
        weighed = self._weighed.setdefault(sort, {})
        if len(weighed) > _MOST_KEPT:
            weighed.clear()
        total = 0.0
        for part in parts:
            weight = weighed.get(part)
            if weight is None:
                weight = weighed[part] = self.score(sort, part[0](*part[1:]))
            total += weight
        return total


def path_of(schemas: Path) -> Path:
    """Where the weights for references are in a schemas folder."""
    return schemas / "weights" / "references.json"


@cache
def load(path: Path) -> Weights:
    """Read learned weights; raises SchemaError."""
    try:
        data = json.loads(path.read_text("utf-8"))
        return Weights(data["weights"])
    except OSError as error:
        raise SchemaError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SchemaError(f"{path}: is not a file of learned weights ({type(error).__name__}: {error})") from error


def ranked(weights: Weights, sort: str, candidates: Iterable[Candidate], always: dict[int, float]) -> Ranking:
    """The candidates with their probabilities, the likeliest first.

    `always` keeps what speaks for candidates as such, by the id of their evidence, as long as that lives.
    """
    # Candidates of a type share a part of their evidence.
    alike: dict[int, float] = {}
    scores: list[tuple[float, tuple[str, ...]]] = []
    for candidate in candidates:
        total = weights.weigh(sort, candidate.here)
        for evidence, known in ((candidate.always, always), (candidate.alike, alike)):
            score = known.get(id(evidence))
            if score is None:
                score = known[id(evidence)] = weights.score(sort, evidence)
            total += score
        scores.append((total, candidate.members))
    top = max((score for score, _ in scores), default=0.0)
    powers = [(math.exp(score - top), members) for score, members in scores]
    whole = sum(power for power, _ in powers)
    return sorted(((members, power / whole) for power, members in powers), key=lambda pair: (-pair[1], pair[0]))
