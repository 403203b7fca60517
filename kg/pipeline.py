"""From files to the graph, in order: find, compare with what is stored, read and extract, store in batches.

What the store keeps beside a record as its extractor is a mark, `FINGERPRINT[+draft][@ORIGIN]`: it also tells drafts
from other articles, and which folder outside the root an article came from (a hash of the folder's place).
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kg.errors import ArticleError, KgError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path
    from types import FrameType

    from kg.articles import Found
    from kg.model import Document, Record
    from kg.store.protocol import ArticleState, GraphStore

# So many articles are stored at once, or half as many as there are if that is more: a killed run loses no more than
# these, and storing, which costs a pass over the whole graph, takes a bounded share of the time.
BATCH = 100
# A further process pays off with so many articles: each takes about as long to start as fifty articles take to read.
_ARTICLES_PER_PROCESS = 60
_DRAFT, _ORIGIN = "+draft", "@"

Progress = Callable[[int, int], None]


class Extractor(Protocol):
    """Turns one article into its record, always the same one.

    It is cheap to make and to pickle; what it needs is loaded at the first `extract`. `fingerprint` is another one
    whenever an article might yield another record than before.
    """

    @property
    def fingerprint(self) -> str:
        """What tells this extractor from others; holds no "+" and no "@"."""
        ...

    def extract(self, document: Document) -> Record:
        """Return the article's record."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an article: a record, an error, or neither, if it is a draft that is left out."""

    id: str
    record: Record | None = None
    error: ArticleError | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """How many articles an ingest added, changed, found unchanged, removed and left out as drafts, and which failed.

    `kept` are the ids of failed articles whose earlier record stays in the graph.
    """

    added: int
    changed: int
    unchanged: int
    removed: int
    drafts: int
    failed: tuple[ArticleError, ...]
    kept: tuple[str, ...]
    seconds: float


def ingest(
    found: Found,
    extractor: Extractor,
    store: GraphStore,
    *,
    root: Path,
    schemas: Path | None = None,
    drafts: bool = False,
    jobs: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Make the store hold the found articles as they are now, and forget those that have vanished from their folders.

    Articles with the hash and mark that are stored are not read again. Articles that cannot be read or extracted are
    in the report, and keep what was stored of them. `jobs` is the number of processes (None: as it pays off);
    `progress` is told how many of how many articles have been read. Raises NotFoundError if there is no article, and
    StoreError; batches stored before then stay.
    """
    began = time.monotonic()
    states = store.states()
    marks = _Marks(extractor.fingerprint, found, root)
    vanished = sorted(id_ for id_, state in states.items() if marks.vanished(id_, state))
    if not found.files and not vanished:
        raise no_articles(found)
    stale = [(file, id_) for file, id_ in found.files if not marks.current(file, id_, states.get(id_), drafts=drafts)]
    tally = _Batches(store, states, marks)
    with closing(extract(stale, extractor, schemas=schemas, drafts=drafts, jobs=jobs)) as outcomes:
        for done, outcome in enumerate(outcomes, 1):
            tally.take(outcome)
            progress(done, len(stale))
    tally.finish(vanished)
    return Report(
        added=tally.added,
        changed=tally.changed,
        unchanged=len(found.files) - len(stale) + tally.stored - tally.added - tally.changed,
        removed=tally.removed,
        drafts=tally.drafts,
        failed=tuple(tally.failed),
        kept=tuple(error.path for error in tally.failed if error.path in states),
        seconds=time.monotonic() - began,
    )


def extract(
    files: Sequence[tuple[Path, str]],
    extractor: Extractor,
    *,
    schemas: Path | None = None,
    drafts: bool = False,
    jobs: int | None = None,
) -> Generator[Outcome]:
    """Yield the outcome of every file, paired with its article's id, in the order given; raises SchemaError."""
    read = _Reader(extractor, schemas, drafts)
    processes = min(jobs if jobs is not None else _worthwhile(len(files)), len(files))
    if processes <= 1:
        yield from map(read, files)
        return
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start_worker, (read,))
    try:
        yield from pool.map(_read_in_worker, files)
    except BrokenProcessPool as error:
        raise KgError(
            "a process that was reading articles was ended from outside or ran out of memory; "
            "run the same command with --jobs 1"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def no_articles(found: Found) -> NotFoundError:
    """Return the error for paths at which there is no article."""
    places = ", ".join([*(folder or "." for folder in found.folders), *map(str, (*found.outside, *found.skipped))])
    return NotFoundError(f"{places}: there are no articles here (files that end in .md, but not _index.md)")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads and extracts one file; all errors but those of the schemas become part of the outcome."""

    extractor: Extractor
    schemas: Path | None
    drafts: bool

    def __call__(self, task: tuple[Path, str]) -> Outcome:
        from kg import graph, markdown  # noqa: PLC0415 - a run in which nothing has changed does without them

        file, id_ = task
        try:
            _refuse_special(file, id_)
            document = markdown.read(file, id_, self.schemas)
            if document.draft and not self.drafts:
                return Outcome(id_, draft=True)
            record = self.extractor.extract(document)
            graph.build([record])  # a record that no graph can hold is found out here, where it concerns one article
        except ArticleError as error:
            return Outcome(id_, error=error)
        except KgError:
            raise
        except Exception as error:  # noqa: BLE001 - one article must not keep the others from being stored
            failure = ArticleError(
                id_, f"the extraction failed ({type(error).__name__}: {error}); report this with the article"
            )
            failure.__cause__ = error
            return Outcome(id_, error=failure)
        return Outcome(id_, record, draft=document.draft)


class _Marks:
    """What is kept beside the records of found articles, and what it says later."""

    def __init__(self, fingerprint: str, found: Found, root: Path) -> None:
        self.fingerprint = fingerprint
        self.origins = {id_: _origin(file, id_, root) for file, id_ in found.files}
        self.folders = found.folders
        self.outside = {_place_hash(folder) for folder in found.outside}

    def of(self, id_: str, *, draft: bool) -> str:
        """Return the mark of an article that is stored now."""
        origin = self.origins[id_]
        return self.fingerprint + (_DRAFT if draft else "") + (_ORIGIN + origin if origin else "")

    def current(self, file: Path, id_: str, state: ArticleState | None, *, drafts: bool) -> bool:
        """Whether what is stored of an article is what reading it again would yield."""
        if state is None:
            return False
        marks = [self.of(id_, draft=False)] + ([self.of(id_, draft=True)] if drafts else [])
        return state.extractor in marks and _digest(file) == state.sha256

    def vanished(self, id_: str, state: ArticleState) -> bool:
        """Whether a stored article was in one of the found folders and is there no more."""
        if id_ in self.origins:
            return False
        origin = state.extractor.partition(_ORIGIN)[2]
        return origin in self.outside if origin else id_.startswith(self.folders)


class _Batches:
    """Stores outcomes, so many at once, and counts what becomes of them."""

    def __init__(self, store: GraphStore, states: dict[str, ArticleState], marks: _Marks) -> None:
        self.store = store
        self.states = states
        self.marks = marks
        self.added = self.changed = self.removed = self.stored = self.drafts = 0
        self.failed: list[ArticleError] = []
        self.upserts: list[tuple[Record, str]] = []
        self.removals: list[str] = []

    def take(self, outcome: Outcome) -> None:
        """Count an outcome and store it, at once or with later ones."""
        if outcome.error is not None:
            self.failed.append(outcome.error)
        elif outcome.record is not None:
            self.upserts.append((outcome.record, self.marks.of(outcome.id, draft=outcome.draft)))
        else:
            self.drafts += 1
            if outcome.id in self.states:
                self.removals.append(outcome.id)
        if len(self.upserts) >= max(BATCH, (len(self.states) + self.stored) // 2):
            self._apply()

    def finish(self, vanished: list[str]) -> None:
        """Store what is left, and forget what has vanished; last, so that a moved article is never missing."""
        self.removals += vanished
        if self.upserts or self.removals:
            self._apply()

    def _apply(self) -> None:
        with _undisturbed():
            changes = self.store.apply(self.upserts, self.removals)
        self.added += changes.added
        self.changed += changes.changed
        self.removed += changes.removed
        self.stored += len(self.upserts)
        self.upserts, self.removals = [], []


def _origin(file: Path, id_: str, root: Path) -> str:
    """Return "" for an article below the root, else what tells the folder that its id is relative to."""
    base = file.parents[id_.count("/")]
    return "" if base == root or base / id_ != file else _place_hash(base)


def _place_hash(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _digest(file: Path) -> str | None:
    """Return the file's SHA-256, or None if it cannot be read; why not is said when it is read as an article."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _refuse_special(file: Path, id_: str) -> None:
    """Raise ArticleError for what is no regular file: reading a pipe or a device may never end."""
    try:
        regular = file.is_file()
    except OSError as error:
        raise ArticleError(
            id_, f"cannot be read: {error.strerror or error}; check that it is there and readable"
        ) from error
    if not regular:
        raise ArticleError(id_, "is a link that leads nowhere, or no regular file; mend it or remove it")


def _worthwhile(articles: int) -> int:
    """Return how many processes read so many articles soonest."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, articles // _ARTICLES_PER_PROCESS))


# A worker's reader: made once for each process, because loading the extractor takes longer than most articles.
_worker: list[_Reader] = []


def _start_worker(read: _Reader) -> None:
    _worker.append(read)
    # Ctrl-C reaches every process of a terminal; it is for the parent to decide what to finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent has been killed; otherwise it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read_in_worker(task: tuple[Path, str]) -> Outcome:
    return _worker[0](task)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off a Ctrl-C until the block has ended, so that what it stores is stored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        raise KeyboardInterrupt
