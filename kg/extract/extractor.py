"""One article → its record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import __version__
from kg.model import Document, Record
from kg.resources import folder

if TYPE_CHECKING:
    from kg.extract.explain import Explanation

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
_DATA = (".yaml", ".json", ".data")


@dataclass(frozen=True, slots=True)
class Extractor:
    """Extracts by the rules of a schemas folder (default: the shipped one), which are loaded at the first article.

    `model` names a spaCy pipeline whose `ner` proposes further names; `wide` takes relations that are less sure too.
    """

    schemas: Path | None = None
    model: str | None = None
    wide: bool = False

    @property
    def fingerprint(self) -> str:
        """A digest of everything that decides what an article yields: version, code and schemas."""
        digest = hashlib.sha256(__version__.encode())
        code = sorted(path for pattern in _CODE for path in _PACKAGE.glob(pattern))
        for path in (*code, *sorted(path for path in self._folder().rglob("*") if path.suffix in _DATA)):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        digest.update(str(self.wide).encode())
        if self.model is not None:
            from kg.extract import recognizer  # noqa: PLC0415 - few have one

            digest.update(recognizer.identity(self.model).encode())
        return digest.hexdigest()[:16]

    def extract(self, document: Document) -> Record:
        """The article's record; the same document always gives the same one."""
        # Loading the chain takes longer than finding out that nothing has changed.
        from kg.extract import chain  # noqa: PLC0415

        return chain.extract(document, chain.load(self._folder(), self.model, wide=self.wide))

    def explain(self, document: Document) -> Explanation:
        """Why the article yields what it yields."""
        from kg.extract import chain, explain  # noqa: PLC0415 - as above

        return explain.explain(document, chain.load(self._folder(), self.model, wide=self.wide))

    def _folder(self) -> Path:
        return self.schemas or folder("schemas")
