"""The lexicon: known entities with their names, read from `schemas/lexicon/*.yaml` and checked against itself."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import ahocorasick_rs
import platformdirs
from opencc import OpenCC
from pydantic import ConfigDict, TypeAdapter, ValidationError

from kg import fold as fold_module
from kg.errors import SchemaError
from kg.fold import fold
from kg.ontology import read_yaml
from kg.resources import folder

# By folded name: the entries that bear it, by index, each with whether the name is weak.
Owners = dict[str, tuple[tuple[int, bool], ...]]
_FORMAT = 1
_NOT_NAME = re.compile(r"[^\w]+|_+")
_LATIN = re.compile(r"[A-Za-z0-9À-ɏ]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A known entity: `weak` names mean it only where the context says so; `by` names who made it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    type: str
    name: str
    kind: str | None = None
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    id: str | None = None
    gender: str | None = None
    by: str | None = None
    optional: bool = False

    @property
    def key(self) -> str:
        """The id of the entity."""
        return self.id or f"{self.type.lower()}/{slug(self.name)}"


@dataclass(frozen=True)
class Lexicon:
    """All entries, and who bears which folded name: `owners` maps it to (entry index, weak) pairs."""

    entries: tuple[Entry, ...]
    owners: Owners

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Lexicon:
        """A lexicon of these entries; raises SchemaError if two of them claim one name."""
        listed = tuple(entries)
        owners, problems = _owners(listed, [Path("lexicon")] * len(listed))
        if problems:
            raise SchemaError("\n".join(problems))
        return cls(listed, owners)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every folded name once, in the order of the automaton."""
        return tuple(self.owners)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded names that a segmenter should keep whole: not Latin, and nobody's weak name."""
        return tuple(
            name for name, bearers in self.owners.items() if not name.isascii() and not any(weak for _, weak in bearers)
        )

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self.names)

    def occurrences(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Every place where a name stands as a name of its own, overlapping ones included, as (start, end, name)."""
        names = self.names
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if stands_alone(folded, start, end):
                yield start, end, names[number]

    def get(self, folded: str) -> tuple[tuple[Entry, bool], ...]:
        """The entries that bear a folded name, each with whether the name is weak."""
        return tuple((self.entries[index], weak) for index, weak in self.owners.get(folded, ()))


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a Latin edge of [start, end) is the edge of a Latin or number run; Han characters are always edges."""
    if start and _LATIN.match(text[start]):
        before = text[start - 1]
        if before.isalnum() and _LATIN.match(before):
            return False
        if before in "-_." and start > 1 and _LATIN.match(text[start - 2]):
            return False
    if end < len(text) and _LATIN.match(text[end - 1]):
        after = text[end]
        if _LATIN.match(after):
            return False
        if after in "-_./" and end + 1 < len(text) and _LATIN.match(text[end + 1]):
            return after == "/"
    return True


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


@lru_cache(maxsize=1 << 16)
@lru_cache(maxsize=1 << 16)
def slug(text: str) -> str:
    """The name as part of an id: Latin in lower case with hyphens, Chinese as it is in Traditional form."""
    text = unicodedata.normalize("NFKC", text)
    if fold(text) == text:
        # Traditional text must not be converted: the same character may stand for itself there.
        text = str(_converter().convert(text))
    text = text.replace("臺", "台").casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain)
    return _NOT_NAME.sub("-", plain).strip("-") or "-".join(f"{ord(c):x}" for c in text)


def load(schemas: Path | None = None, types: frozenset[str] | None = None) -> Lexicon:
    """The lexicon of `schemas` (default: the shipped one); with `types`, others are errors; raises SchemaError."""
    files = sorted(((schemas or folder("schemas")) / "lexicon").glob("*.yaml"))
    digest = hashlib.sha256(Path(fold_module.__file__ or "").read_bytes())
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    stored = platformdirs.user_cache_path("kg") / "lexicon.json"
    found = _cached(stored, digest.hexdigest())
    if found is None:
        found = _read(files)
        _store(stored, digest.hexdigest(), *found)
    lexicon = Lexicon(*found)
    if types is not None:
        unknown = sorted({entry.type for entry in lexicon.entries} - types)
        if unknown:
            raise SchemaError(f"{files[0].parent}: no such entity type: {', '.join(unknown)}")
    return lexicon


def _cached(stored: Path, digest: str) -> tuple[tuple[Entry, ...], Owners] | None:
    """What was stored for exactly these files; parsing the YAML takes ten times as long."""
    try:
        data: Any = json.loads(stored.read_bytes())
        if data["key"] != [_FORMAT, digest]:
            return None
        entries = tuple(Entry(t, n, k, tuple(a), tuple(w), *rest) for t, n, k, a, w, *rest in data["entries"])
        return entries, {name: tuple(map(tuple, who)) for name, who in data["owners"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _store(stored: Path, digest: str, entries: tuple[Entry, ...], owners: Owners) -> None:
    data = {"key": [_FORMAT, digest], "entries": [astuple(entry) for entry in entries], "owners": owners}
    # Without a writable cache everything works, a little later. Another process may write at the same time.
    with suppress(OSError):
        stored.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=stored.parent, delete=False) as file:
            json.dump(data, file, ensure_ascii=False)
        Path(file.name).replace(stored)


_ENTRIES = TypeAdapter(tuple[Entry, ...])


def _read(files: list[Path]) -> tuple[tuple[Entry, ...], Owners]:
    entries: list[Entry] = []
    problems: list[str] = []
    places: list[Path] = []
    for path in files:
        data = read_yaml(path)
        if not isinstance(data, list):
            problems.append(f"{path}: must be a list of entries")
            continue
        try:
            entries.extend(_ENTRIES.validate_python(data))
            places.extend([path] * (len(entries) - len(places)))
        except ValidationError as error:
            for problem in error.errors():
                index, *field = problem["loc"]
                entry = data[index] if isinstance(index, int) else data
                name = entry.get("name", index) if isinstance(entry, dict) else index
                problems.append(f"{path}: {name}: {'.'.join(map(str, field)) or 'entry'}: {problem['msg']}")
    owners, contradictions = _owners(entries, places)
    problems.extend(contradictions)
    if problems:
        raise SchemaError("\n".join(problems))
    return tuple(entries), owners


def _owners(entries: Sequence[Entry], places: Sequence[Path]) -> tuple[Owners, list[str]]:
    named = [(name, index, weak) for index, entry in enumerate(entries) for name, weak in _names(entry)]
    # All names in one piece: the converter is called once.
    folded = fold("".join(f"{name}\n" for name, _, _ in named)).split("\n")[:-1]
    collected: dict[str, dict[int, bool]] = {}
    problems: list[str] = []
    for name, (written, index, weak) in zip(folded, named, strict=True):
        bearers = collected.setdefault(name, {})
        if index in bearers:
            continue
        rival = next((other for other, is_weak in bearers.items() if not is_weak), None)
        if not weak and rival is not None:
            problems.append(
                f"{places[index]}: {entries[index].name}: {written!r} is also a name of {entries[rival].name}; "
                "make it weak for one of them"
            )
            continue
        bearers[index] = weak
    keys: dict[str, str] = {}
    for index, entry in enumerate(entries):
        if entry.key in keys:
            problems.append(f"{places[index]}: {entry.name}: has the id of {keys[entry.key]}; give it another `id`")
        keys[entry.key] = entry.name
    return {name: tuple(bearers.items()) for name, bearers in collected.items()}, problems


def _names(entry: Entry) -> Iterator[tuple[str, bool]]:
    weak = set(entry.weak)
    for name in dict.fromkeys((entry.name, *entry.aliases, *entry.weak)):
        yield name, name in weak
