"""The ledger: every stored record as text with its article's state, from which a graph can be rebuilt at any time.

As a file it is JSON Lines, sorted by article id, each line with the state first, so that states are read without
parsing records:

    {"id":"posts/a.md","sha256":"…","extractor":"…","record":{…}}
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import ArticleError, StoreError
from kg.record import dumps, loads
from kg.store.protocol import ArticleState, Changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.model import Record

_BEFORE_RECORD = ',"record":'


@dataclass(frozen=True, slots=True)
class Entry:
    """An article's state and its record as `record.dumps` wrote it."""

    state: ArticleState
    text: str


Ledger = dict[str, Entry]


def revise(ledger: Ledger, upserts: Sequence[tuple[Record, str]], removals: Sequence[str]) -> tuple[Ledger, Changes]:
    """Return the ledger after these changes, sorted, and how many articles they concern; raises ArticleError."""
    given = Counter([record.document.id for record, _ in upserts] + list(dict.fromkeys(removals)))
    twice = sorted(id_ for id_, times in given.items() if times > 1)
    if twice:
        raise ArticleError(twice[0], "is given twice in one change of the graph")
    removed = {id_ for id_ in removals if id_ in ledger}
    kept = {id_: entry for id_, entry in ledger.items() if id_ not in removed}
    added = changed = 0
    for record, extractor in upserts:
        id_ = record.document.id
        entry = Entry(ArticleState(record.document.sha256, extractor), dumps(record))
        if id_ not in kept:
            added += 1
        elif kept[id_].text != entry.text:
            changed += 1
        kept[id_] = entry
    return dict(sorted(kept.items())), Changes(added, changed, len(removed))


def parse(ledger: Ledger, place: str, known: dict[str, Record] | None = None) -> Iterator[Record]:
    """Yield the records, taking those in `known` (by text) as they are; raises StoreError that begins with `place`."""
    for id_, entry in ledger.items():
        record = known.get(entry.text) if known else None
        if record is None:
            try:
                record = loads(entry.text)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise StoreError(
                    f"{place}: the record of {id_} is damaged ({error!r}); delete its line and ingest the article again"
                ) from error
        yield record


def read(path: Path) -> Ledger:
    """Return the ledger of a file; raises StoreError, with the line if one is malformed."""
    ledger: Ledger = {}
    try:
        # Not splitlines(): the texts may hold characters that only Python takes for line ends.
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StoreError(f"{path}: is not UTF-8 (byte {error.start})") from error
    if lines.pop():
        raise StoreError(f"{path}: the last line is incomplete; delete it and ingest its article again")
    for number, line in enumerate(lines, 1):
        head, found, rest = line.partition(_BEFORE_RECORD)
        try:
            state = json.loads(head + "}")
            entry = Entry(ArticleState(state["sha256"], state["extractor"]), rest.removesuffix("}"))
            id_ = state["id"]
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"{path}:{number}: is not a stored record; delete the line and ingest its article again"
            ) from error
        if not found or not rest.endswith("}") or id_ in ledger:
            raise StoreError(f"{path}:{number}: is damaged or there twice; delete it and ingest its article again")
        ledger[id_] = entry
    return ledger


def write(path: Path, ledger: Ledger) -> None:
    """Write the ledger to a file and through to the disk; raises OSError."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for id_, entry in ledger.items():
            state = {"id": id_, "sha256": entry.state.sha256, "extractor": entry.state.extractor}
            head = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
            file.write(f"{head.removesuffix('}')}{_BEFORE_RECORD}{entry.text}}}\n")
        file.flush()
        os.fsync(file.fileno())


def digest(path: Path) -> str:
    """Return the SHA-256 of the file in hexadecimal; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
