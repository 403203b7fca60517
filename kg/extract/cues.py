"""What the language says about names: `schemas/cues.yaml`, `names.yaml` and `aliases.yaml`, made ready for matching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

import ahocorasick_rs
from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import SchemaError
from kg.fold import fold
from kg.ontology import explain, read_yaml
from kg.resources import folder

STRONG, FAIR, WEAK = 2.0, 1.0, 0.5
_OPENING = '「『《〈“"‘【[*_~'
_CLOSING = '」』》〉”"’】]*_~'


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Data = TypeVar("_Data", bound=_Strict)


class _Graded(_Strict):
    strong: tuple[str, ...]
    fair: tuple[str, ...] = ()
    weak: tuple[str, ...]


class Suffix(_Strict):
    """What a name ends in: `sure` ones make a name of any proper modifier."""

    type: str
    kind: str | None = None
    sure: bool = True
    words: tuple[str, ...]


class _Around(_Strict):
    before: frozenset[str]
    after: tuple[str, ...]
    type: str


class Context(_Strict):
    """`schemas/cues.yaml`: what stands beside names, and what names end in."""

    version: Literal[1]
    before: dict[str, _Graded]
    after: dict[str, _Graded]
    around: tuple[_Around, ...]
    suffixes: tuple[Suffix, ...]
    generic: frozenset[str]
    barriers: frozenset[str]
    naming: tuple[str, ...]
    bracket_lead: tuple[str, ...]
    columns: dict[str, frozenset[str]]
    fields: dict[str, frozenset[str]]
    titles: dict[str, tuple[str, ...]]


class Names(_Strict):
    """`schemas/names.yaml`: what names look like."""

    version: Literal[1]
    surnames: str
    doubtful_surnames: str
    double_surnames: frozenset[str]
    japanese_surnames: frozenset[str]
    not_given: str
    transliteration: str
    given_names: frozenset[str]
    family_names: frozenset[str]
    latin_endings: tuple[Suffix, ...]
    latin_tails: tuple[Suffix, ...]
    latin_joints: frozenset[str]
    latin_common: frozenset[str]
    version_words: frozenset[str]
    english: frozenset[str]
    measures: str


class Aliases(_Strict):
    """`schemas/aliases.yaml`: how an article says that two names are one thing, and how it shortens a name."""

    version: Literal[1]
    leads: tuple[str, ...]
    loose: tuple[str, ...]
    called: frozenset[str]
    callers: tuple[str, ...]
    called_things: frozenset[str]
    renamed: frozenset[str]
    before_renamed: str
    kinds: frozenset[str]
    separate: tuple[str, ...]
    titles: tuple[str, ...]
    short_titles: tuple[str, ...]
    before_family: tuple[str, ...]
    before_given: tuple[str, ...]
    after_given: tuple[str, ...]
    owned_by: tuple[str, ...]
    school: str
    short_school: str
    departments: tuple[str, ...]
    legal_forms: tuple[str, ...]
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scan:
    """The cue words of one folded text by the offset where the name would begin or end."""

    before: dict[int, dict[str, float]]
    after: dict[int, dict[str, float]]
    suffixes: tuple[tuple[int, int, Suffix], ...]
    named: dict[int, int]
    opens: dict[int, set[int]]
    closes: dict[int, set[int]]
    nouns: dict[int, str]

    def left(self, text: str, start: int) -> tuple[Mapping[str, float], int | None]:
        """What stands before a name at `start`: votes by type, and where a verb of naming begins if one does."""
        start = inward(text, start)
        return self.before.get(start, _NONE), self.named.get(start)

    def around(self, text: str, start: int, end: int) -> set[int]:
        """The numbers of the pairs of words that embrace a name."""
        opens = self.opens.get(inward(text, start))
        return opens & self.closes.get(outside(text, end), set()) if opens else set()

    def kind(self, end: int) -> Mapping[str, float]:
        """Votes of a word for a kind of thing that ends at an offset."""
        return {type_: weight for type_, weight in self.before.get(end, _NONE).items() if weight >= STRONG}

    def head(self, end: int) -> Mapping[str, float]:
        """The same, where the ending of a name will do for a kind: 合作社."""
        return self.kind(end) or ({self.nouns[end]: STRONG} if end in self.nouns else _NONE)

    def right(self, text: str, end: int) -> Mapping[str, float]:
        """What stands after a name that ends at `end`; a bracket in between is skipped."""
        end = after_bracket(text, outside(text, end))
        return self.after.get(outside(text, end), _NONE)


_NONE: Mapping[str, float] = {}


def inward(text: str, start: int) -> int:
    """The offset where the words before a name end: before spaces, opening marks and one colon."""
    while start and (text[start - 1] in _OPENING or text[start - 1] == " "):
        start -= 1
    if start and text[start - 1] in "：:｜":
        start -= 1
        while start and text[start - 1] == " ":
            start -= 1
    return start


def outside(text: str, end: int) -> int:
    """The offset behind closing marks and spaces that follow a name."""
    while end < len(text) and (text[end] in _CLOSING or text[end] == " "):
        end += 1
    return end


def after_bracket(text: str, end: int, longest: int = 60) -> int:
    """The offset behind a bracket that begins at `end`, or `end` if none does."""
    if end < len(text) and text[end] in "（(":
        close = min(
            (place for mark in "）)" if (place := text.find(mark, end, end + longest)) >= 0),
            default=-1,
        )
        if close >= 0:
            return close + 1
    return end


def before_bracket(text: str, start: int, end: int) -> int:
    """The offset in [start, end) where a bracket begins, without the space before it, or `end`."""
    place = min((place for mark in "（(" if (place := text.find(mark, start, end)) > start), default=end)
    return start + len(text[start:place].rstrip()) if place < end else end


@dataclass(frozen=True)
class Cues:
    """The folded data, and automata over all words that are looked for."""

    context: Context
    names: Names
    aliases: Aliases
    roles: tuple[tuple[str, tuple[tuple[str, str, float], ...], tuple[Suffix, ...]], ...]
    automaton: ahocorasick_rs.AhoCorasick
    endings: Mapping[str, Suffix]
    tails: tuple[tuple[str, Suffix], ...]
    transliteration: frozenset[str]
    roles_of_people: frozenset[str]
    suffixes: Mapping[str, Suffix]

    def suffix_of(self, name: str) -> str:
        """The longest telling suffix of a name, or nothing."""
        first = max(0, len(name) - self.longest_suffix)
        return next((name[i:] for i in range(first, len(name)) if name[i:] in self.suffixes), "")

    @cached_property
    def longest_suffix(self) -> int:
        """The length of the longest telling suffix."""
        return max(map(len, self.suffixes), default=0)

    def scan(self, folded: str) -> Scan:
        """Every cue word of a folded text."""
        before: dict[int, dict[str, float]] = {}
        after: dict[int, dict[str, float]] = {}
        suffixes: list[tuple[int, int, Suffix]] = []
        named: dict[int, int] = {}
        opens: dict[int, set[int]] = {}
        closes: dict[int, set[int]] = {}
        roles = self.roles
        for number, start, end in self.automaton.find_matches_as_indexes(folded, overlapping=True):
            _, parts, ends = roles[number]
            for side, type_, weight in parts:
                if side == "opens":
                    opens.setdefault(end, set()).add(int(weight))
                    continue
                if side == "closes":
                    closes.setdefault(start, set()).add(int(weight))
                    continue
                if side == "after":
                    votes = after.setdefault(start, {})
                elif side == "before":
                    votes = before.setdefault(end, {})
                else:
                    named[end] = min(start, named.get(end, start))
                    continue
                if votes.get(type_, 0.0) < weight:
                    votes[type_] = weight
            suffixes.extend((start, end, suffix) for suffix in ends)
        return Scan(
            before, after, tuple(suffixes), named, opens, closes, {end: suffix.type for _, end, suffix in suffixes}
        )


def _folded(data: Any) -> Any:
    """The data with every string in Simplified form."""
    if isinstance(data, str):
        return fold(data)
    if isinstance(data, list):
        return [_folded(item) for item in data]
    if isinstance(data, dict):
        return {key: _folded(value) for key, value in data.items()}
    return data


def _validated(model: type[_Data], path: Path) -> _Data:
    try:
        return model.model_validate(_folded(read_yaml(path)))
    except ValidationError as error:
        raise explain(path, error) from error


@cache
def load(schemas: Path | None = None) -> Cues:
    """The cues of `schemas` (default: the shipped ones); raises SchemaError."""
    where = schemas or folder("schemas")
    context = _validated(Context, where / "cues.yaml")
    # 大學圖書館: what ends a name says nothing in front of another ending.
    context = context.model_copy(
        update={"generic": context.generic | {word for suffix in context.suffixes for word in suffix.words}}
    )
    names = _validated(Names, where / "names.yaml")
    roles: dict[str, tuple[list[tuple[str, str, float]], list[Suffix]]] = {}
    for side, table in (("before", context.before), ("after", context.after)):
        for type_, graded in table.items():
            for words, weight in ((graded.weak, WEAK), (graded.fair, FAIR), (graded.strong, STRONG)):
                for word in words:
                    roles.setdefault(word, ([], []))[0].append((side, type_, weight))
    for number, around in enumerate(context.around):
        for word in sorted(around.before):
            roles.setdefault(word, ([], []))[0].append(("opens", around.type, float(number)))
        for word in around.after:
            roles.setdefault(word, ([], []))[0].append(("closes", around.type, float(number)))
    for word in context.naming:
        roles.setdefault(word, ([], []))[0].append(("naming", "", 0.0))
    for suffix in context.suffixes:
        for word in suffix.words:
            roles.setdefault(word, ([], []))[1].append(suffix)
    if "" in roles:
        raise SchemaError(f"{where / 'cues.yaml'}: an empty word matches everywhere; delete it")
    table_ = tuple((word, tuple(parts), tuple(ends)) for word, (parts, ends) in roles.items())
    return Cues(
        context,
        names,
        _validated(Aliases, where / "aliases.yaml"),
        table_,
        ahocorasick_rs.AhoCorasick([word for word, _, _ in table_]),
        {word: suffix for suffix in names.latin_endings for word in suffix.words},
        tuple((word, suffix) for suffix in names.latin_tails for word in suffix.words),
        frozenset(names.transliteration),
        frozenset(context.before["Person"].strong),
        {word: suffix for suffix in context.suffixes for word in suffix.words},
    )
