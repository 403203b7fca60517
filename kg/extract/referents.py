"""Who is likely meant: what speaks for a candidate, and the learned weights of it (`schemas/references.json`)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import SchemaError
from kg.extract.memory import Place, Trace

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """Those who may be meant, with what speaks for them: as such, as all of their type here, and themselves here."""

    members: tuple[str, ...]
    always: Evidence
    alike: Evidence
    here: Evidence


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


def _remembered(query: Query, trace: Trace | None) -> Mapping[str, Value]:
    if trace is None:
        return {"seen": f"never{query.first}{query.block_start}"}
    place, last, acted = query.place, trace.last, trace.acted
    same, away = last.block == place.block, place.clause - last.clause
    acting, rank = min(trace.acting_rank, 4), min(trace.rank, 5)
    near = acted is not None and acted.clause == place.clause - 1
    found: dict[str, Value] = {
        "clauses": f"{step(away)}{same}",
        "acting": str(acting),
        "rank": str(rank),
        "ranks": f"{acting}{rank}",
        "role": f"{last.role}{min(away, 3)}",
        "form": f"{last.form}{min(away, 2)}",
        "here": trace.here,
        "block": f"{same}{query.block_start}{min(rank, 2)}",
        "before": f"{near}{query.mark}{query.opening}",
        "opens": f"{near}{acted is not None and acted.line == place.line}{query.first}",
        "acts": str(min(trace.acts, 5)),
        "times": str(min(trace.times, 5)),
        "joint": str(trace.joint),
    }
    if acted is not None:
        found["lines"] = f"{min(place.line - acted.line, 4)}{acted.block == place.block}{trace.acting_rank == 0}"
    return found


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


def of_place(query: Query, who: str, known: Known, trace: Trace | None, chain: tuple[bool, bool]) -> dict[str, Value]:
    """What speaks for a candidate here; `chain`: whether the last reference, and the last such, meant him."""
    ahead = _ahead(query, known)
    found: dict[str, Value] = {
        "later": str(ahead == "clause"),
        "soon": str(bool(ahead)),
        "title": f"{known.title}{query.block_start}",
        "section": f"{who in query.section}{query.block_start}",
        "speaker": f"{who == query.speaker}{query.quoted}" if query.speaker else "",
        "company": str(who == query.company),
        "chain": str(chain[0]),
        "chain of sort": str(chain[1]),
        "group": str(who in query.group),
    }
    found.update(_remembered(query, trace))
    return found


class Weights:
    """Learned weights by sort of reference, kind of evidence and its value.

    What holds for all sorts is learned once, under ALL, and for each sort how far it departs from that.
    """

    def __init__(self, learned: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
        self.learned = learned
        shared = learned.get(ALL, {})
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


def ranked(weights: Weights, sort: str, candidates: Iterable[Candidate]) -> Ranking:
    """The candidates with their probabilities, the likeliest first."""
    # Candidates of a type share a part of their evidence.
    known: dict[int, float] = {}
    scores: list[tuple[float, tuple[str, ...]]] = []
    for candidate in candidates:
        total = weights.score(sort, candidate.here)
        for part in (candidate.always, candidate.alike):
            score = known.get(id(part))
            if score is None:
                score = known[id(part)] = weights.score(sort, part)
            total += score
        scores.append((total, candidate.members))
    top = max((score for score, _ in scores), default=0.0)
    powers = [(math.exp(score - top), members) for score, members in scores]
    whole = sum(power for power, _ in powers)
    return sorted(((members, power / whole) for power, members in powers), key=lambda pair: (-pair[1], pair[0]))
