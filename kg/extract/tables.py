"""Result tables: systems and benchmarks with the score where they meet; entrants of a contest and their bases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.fold import fold
from kg.model import Block, Document, Entity, Evidence, Relation
from kg.ontology import explain, read_yaml

_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?\s*[%％]?")
_RULE = "table"
_ROLES = ("rank", "score", "entrant", "base", "developer")


class Headers(BaseModel):
    """Header words by what their column holds, folded."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rank: tuple[str, ...]
    score: tuple[str, ...]
    entrant: tuple[str, ...]
    base: tuple[str, ...]
    developer: tuple[str, ...]
    confidence: float


@lru_cache(maxsize=4)
def load(schemas: Path) -> Headers:
    """The header words of a schemas folder; raises SchemaError."""
    path = schemas / "tables.yaml"
    try:
        data = Headers.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error
    return data.model_copy(update={role: tuple(fold(w) for w in getattr(data, role)) for role in _ROLES})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its span in the text, its folded words and the entities named in it."""

    start: int
    end: int
    words: str
    entities: tuple[Entity, ...]


class TableReader:
    """Reads the tables of one document; `allowed` are the ontology's signatures."""

    def __init__(
        self, document: Document, entities: Sequence[Entity], headers: Headers, allowed: frozenset[tuple[str, str, str]]
    ) -> None:
        self.document = document
        self.headers = headers
        self.allowed = allowed
        self.mentions = sorted(
            ((m.start, m.end, entity) for entity in entities for m in entity.mentions), key=lambda place: place[:2]
        )

    def find(self) -> Iterator[Relation]:
        """Every relation that the article's tables state."""
        rows = [block for block in self.document.blocks if block.kind == "row"]
        for _, group in groupby(rows, key=lambda row: row.table):
            table = [self._cells(row) for row in group]
            if len(table) > 1:
                yield from self._scores(table)
                yield from self._contest(table)

    def _cells(self, row: Block) -> list[Cell]:
        line = self.document.masked[row.start : row.end]
        bounds = [i for i, c in enumerate(line) if c == "|"]
        if not bounds or bounds[0] != 0:
            bounds.insert(0, -1)
        if bounds[-1] != len(line) - 1:
            bounds.append(len(line))
        cells = []
        for left, right in pairwise(bounds):
            low, high = row.start + left + 1, row.start + right
            inside = tuple(entity for start, end, entity in self.mentions if low <= start and end <= high)
            cells.append(Cell(low, high, fold(self.document.masked[low:high]).strip(), inside))
        return cells

    def _scores(self, table: list[list[Cell]]) -> Iterator[Relation]:
        """Systems in rows and benchmarks in columns, or the other way round."""
        header = table[0]
        for row in table[1:]:
            named = next((cell.entities[0] for cell in row[:2] if cell.entities), None)
            if named is None:
                continue
            for cell, head in zip(row[1:], header[1:], strict=False):
                number = _NUMBER.search(self.document.masked, cell.start, cell.end)
                if number is None or not head.entities:
                    continue
                for subject, object_ in ((named, head.entities[0]), (head.entities[0], named)):
                    for predicate in ("EVALUATED_ON", "COMPETED_IN"):
                        yield from self._relation(subject, predicate, object_, row, (("score", number[0].strip()),))

    def _contest(self, table: list[list[Cell]]) -> Iterator[Relation]:
        """A ranking: everybody listed took part in the contest that the text before the table speaks of."""
        roles = [self._role(cell) for cell in table[0]]
        contest = self._contest_before(table[0][0].start)
        for row in table[1:]:
            by_role: dict[str, list[Cell]] = {}
            for role, cell in zip(roles, row, strict=False):
                if role:
                    by_role.setdefault(role, []).append(cell)
            entrants = [e for cell in by_role.get("entrant", []) for e in cell.entities]
            ranked = [cell for role in ("rank", "score") for cell in by_role.get(role, []) if cell.words]
            if contest is not None and ranked:
                qualifiers = tuple((role, by_role[role][0].words) for role in ("rank", "score") if by_role.get(role))
                for entrant in entrants:
                    yield from self._relation(entrant, "COMPETED_IN", contest, row, qualifiers)
            for entrant in entrants:
                for cell in by_role.get("base", []):
                    for base in cell.entities[:1]:
                        yield from self._relation(entrant, "BASED_ON", base, row, ())
                for cell in (*by_role.get("developer", []), *by_role.get("entrant", [])):
                    for developer in cell.entities[:1]:
                        yield from self._relation(developer, "DEVELOPED", entrant, row, ())

    def _role(self, cell: Cell) -> str | None:
        for role in _ROLES:
            if cell.words in getattr(self.headers, role):
                return role
        return None

    def _contest_before(self, offset: int) -> Entity | None:
        found = None
        for start, _, entity in self.mentions:
            if start >= offset:
                break
            if entity.type == "Competition":
                found = entity
        return found

    def _relation(
        self, subject: Entity, predicate: str, object_: Entity, row: list[Cell], qualifiers: tuple[tuple[str, str], ...]
    ) -> Iterator[Relation]:
        if (subject.type, predicate, object_.type) not in self.allowed or subject.id == object_.id:
            return
        start, end = row[0].start, row[-1].end
        text = self.document.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        yield Relation(
            subject=subject.id,
            predicate=predicate,
            object=object_.id,
            start=None,
            end=None,
            date=None,
            qualifiers=tuple(sorted(qualifiers)),
            certainty="stated",
            confidence=self.headers.confidence,
            evidence=(Evidence(start, start + len(text), text, _RULE),),
        )
