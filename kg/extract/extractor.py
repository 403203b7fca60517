"""One article → its record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kg import __version__
from kg.model import Document, Record
from kg.resources import folder

_PACKAGE = Path(__file__).parent.parent
# Code that decides what an article yields: the extraction, and what reads articles and the lexicon.
_CODE = (
    "extract/*.py",
    "markdown.py",
    "frontmatter.py",
    "inline.py",
    "language.py",
    "lexicon.py",
    "ontology.py",
    "fold.py",
)


@dataclass(frozen=True, slots=True)
class Extractor:
    """Extracts by the rules of a schemas folder (default: the shipped one), which are loaded at the first article."""

    schemas: Path | None = None

    @property
    def fingerprint(self) -> str:
        """A digest of everything that decides what an article yields: version, code and schemas."""
        digest = hashlib.sha256(__version__.encode())
        code = sorted(path for pattern in _CODE for path in _PACKAGE.glob(pattern))
        for path in (*code, *sorted(self._folder().rglob("*.yaml"))):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def extract(self, document: Document) -> Record:
        """The article's record; the same document always gives the same one."""
        # Loading the chain takes longer than finding out that nothing has changed.
        from kg.extract import chain  # noqa: PLC0415

        return chain.extract(document, self._folder())

    def _folder(self) -> Path:
        return self.schemas or folder("schemas")
