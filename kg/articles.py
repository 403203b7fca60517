"""Which files are articles, and what each is called: one article has one id, whichever folder it is read by."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ArticleError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STATE_FOLDER = ".kg"
_SUFFIX = ".md"
_SECTION_PAGE = "_index.md"
_FOREIGN_FOLDERS = frozenset({"node_modules"})


@dataclass(frozen=True, slots=True)
class Found:
    """The articles below some paths.

    `files` pairs each file with its id, sorted by id. Whatever was known before and is not among them is gone if its id
    begins with one of `folders` ("" is the root itself) or, for folders outside the root, if its file lay below one of
    `outside` (absolute). `skipped` are the section pages among the paths.
    """

    files: tuple[tuple[Path, str], ...]
    folders: tuple[str, ...]
    outside: tuple[Path, ...]
    skipped: tuple[Path, ...] = ()


def root_for(explicit: Path | None, start: Path) -> Path:
    """Choose the folder that ids are relative to: `explicit`, else the nearest one around `start` with `.kg/`, else it.

    Raises NotFoundError if `explicit` is no folder.
    """
    if explicit is not None:
        if not explicit.is_dir():
            raise NotFoundError(f"{explicit}: the root is not a folder; give --root one that exists")
        return _absolute(explicit)
    start = _absolute(start)
    return next((folder for folder in (start, *start.parents) if (folder / STATE_FOLDER).is_dir()), start)


def find(paths: Sequence[Path], root: Path) -> Found:
    """Find the articles that `paths` are or hold; raises NotFoundError for a path that does not exist.

    Raises ArticleError for a file that is no Markdown, where two files would have one id, or a folder cannot be listed.
    """
    root = _absolute(root)
    files: dict[str, Path] = {}
    folders: set[str] = set()
    outside: set[Path] = set()
    skipped: set[Path] = set()
    for path in paths:
        given = _absolute(path)
        prefix = _below(given, root)
        if given.is_dir():
            if prefix is None:
                outside.add(given)
            else:
                folders.add("" if prefix == "." else f"{prefix}/")
            for file in _walk(given):
                name = _below(file, root) if prefix is not None else None
                _add(files, name or file.relative_to(given).as_posix(), file)
        elif given.exists() or given.is_symlink():
            if given.name == _SECTION_PAGE:
                skipped.add(path)
                continue
            if given.suffix.lower() != _SUFFIX:
                raise ArticleError(str(path), "is no article; give files that end in .md, or folders that hold some")
            _add(files, prefix or given.name, given)
        else:
            raise NotFoundError(f"{path}: there is no such file or folder; check the spelling and the current folder")
    return Found(
        files=tuple((file, name) for name, file in sorted(files.items())),
        folders=tuple(sorted(folders)),
        outside=tuple(sorted(outside)),
        skipped=tuple(sorted(skipped)),
    )


def _absolute(path: Path) -> Path:
    # Links are kept: what the user sees as content/ is content/ in the ids, wherever it leads.
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`, Path.resolve follows links


def _below(path: Path, root: Path) -> str | None:
    """The path relative to the root, or None if it is not below it."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    # One of them may have been reached through a link.
    real, real_root = path.parent.resolve() / path.name, root.resolve()
    return real.relative_to(real_root).as_posix() if real.is_relative_to(real_root) else None


def _add(files: dict[str, Path], name: str, file: Path) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise ArticleError(ascii(name), "its file name is not UTF-8; rename it") from error
    other = files.setdefault(name, file)
    if other != file:
        raise ArticleError(name, f"is the name of two files, {other} and {file}; set --root to a folder around both")


def _walk(top: Path) -> Iterator[Path]:
    """The articles below a folder; links are followed after everything else, and no real folder is read twice."""
    seen: set[Path] = set()
    waiting = deque([top])
    while waiting:
        start = waiting.popleft()
        for folder, names, files in os.walk(start, onerror=_refuse):
            here = Path(folder)
            real = here.resolve()
            if real in seen:
                names.clear()
                continue
            seen.add(real)
            names[:] = sorted(name for name in names if not name.startswith(".") and name not in _FOREIGN_FOLDERS)
            waiting.extend(here / name for name in names if (here / name).is_symlink())
            for name in sorted(files):
                if name.lower().endswith(_SUFFIX) and not name.startswith(".") and name != _SECTION_PAGE:
                    yield here / name


def _refuse(error: OSError) -> None:
    # Going on without the folder would look as if its articles had been deleted.
    raise ArticleError(
        str(error.filename), f"the folder cannot be listed: {error.strerror}; make it readable"
    ) from error
