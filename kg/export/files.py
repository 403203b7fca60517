"""Exports reach the disk whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from kg.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def make_folder(path: Path) -> None:
    """Make the folder unless it is there; raises ExportError, also where there is no folder to make it in."""
    _refuse_missing(path.parent, path)
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_whole(files: Mapping[Path, str | bytes]) -> None:
    """Write every content, texts as UTF-8, or none: all are staged beside their targets before the first is renamed.

    A symbolic link keeps pointing where it did; a pipe or device is written to directly. Lone surrogates, which UTF-8
    cannot hold, become “?”. Raises ExportError, also where there is no folder to write into.
    """
    staged: list[tuple[Path, Path]] = []
    path = None
    try:
        for path, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
            target = path.resolve()
            if target.exists() and not target.is_file() and not target.is_dir():
                with target.open("wb") as stream:
                    stream.write(data)
                continue
            if target.is_dir():
                raise ExportError(f"{path}: is a folder; name a file to write")
            _refuse_missing(target.parent, path)
            draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
            staged.append((draft, target))
            draft.write_bytes(data)
        for draft, target in staged:
            draft.replace(target)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        for draft, _ in staged:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _refuse_missing(folder: Path, path: Path) -> None:
    if not folder.exists():
        raise ExportError(f"{path}: there is no folder {folder}; make it, or name another place")
