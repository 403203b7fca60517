"""A document seen as a grammar sees it: every name, pronoun, date, amount and role is one character.

The view is one string for the whole document, a line for every sentence. A name of whatever length is one
private-use character that tells its type, so that `加入 Google DeepMind` and `加入該公司` read alike and distances
count words, not letters. `View.offset` leads back to the file.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

TIME, DURATION, ROLE, AMOUNT, SCORE, RANK, QUOTE = (chr(0xE080 + i) for i in range(7))
SPECIAL = {"T": TIME, "D": DURATION, "R": ROLE, "A": AMOUNT, "N": SCORE, "K": RANK, "Q": QUOTE}
FIRST_TYPE = 0xE000
LAST_TYPE = 0xE07F
ANY_ITEM = f"[{chr(FIRST_TYPE)}-{chr(LAST_TYPE)}]"
BREAKS = "，。；：！？,;:!?\n"


@dataclass(frozen=True, slots=True)
class Item:
    """What one placeholder stands for: entities (several in a coordination) or a value.

    `start` and `end` are text offsets, `form` is name, pronoun, description, group or value, `value` the normalised
    date or the words themselves.
    """

    start: int
    end: int
    type: str
    members: tuple[str, ...]
    form: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the view: view offsets, its block's index, and whose words it is.

    `quoted` lines are the inside of a direct quotation; `speaker` says who means `我` there.
    """

    start: int
    end: int
    block: int
    quoted: bool
    speaker: str | None
    text_start: int
    text_end: int


@dataclass(frozen=True, slots=True)
class View:
    """The placeholder string with its items by view offset and its lines in order."""

    text: str
    origins: tuple[int, ...]
    items: dict[int, Item]
    lines: tuple[Line, ...]

    def line_at(self, position: int) -> Line:
        """The line that holds a view offset."""
        return self.lines[bisect_right(self.lines, position, key=lambda line: line.start) - 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The text offsets that a non-empty view range covers."""
        first = self.items.get(start)
        last = self.items.get(end - 1)
        return (
            first.start if first else self.origins[start],
            last.end if last else self.origins[end - 1] + 1,
        )

    def clause(self, position: int) -> tuple[int, int]:
        """The view range of the clause around a position: between the breaks on either side."""
        start, end = position, position
        while start > 0 and self.text[start - 1] not in BREAKS:
            start -= 1
        while end < len(self.text) and self.text[end] not in BREAKS:
            end += 1
        return start, end


def symbols(types: list[str]) -> dict[str, str]:
    """The placeholder character of every entity type, in the ontology's order."""
    return {name: chr(FIRST_TYPE + number) for number, name in enumerate(types)}
