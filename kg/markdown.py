"""An article's file as a Document: metadata, masked text and blocks."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, ValidationError

from kg import frontmatter
from kg.errors import ArticleError
from kg.inline import FILLER, Masker, blank
from kg.language import language
from kg.model import Block, BlockKind, Document, Metadata
from kg.ontology import explain, read_yaml
from kg.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token

MAX_BYTES = 10_000_000
# CommonMark's line ends; others such as U+2028 are ordinary characters to it.
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|$)")
_ISO_DATE = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_SHORTCODE = re.compile(r"\{\{(?:<(?:(?!\{\{).){0,2000}?>|%(?:(?!\{\{).){0,2000}?%)\}\}", re.DOTALL)
_FOOTNOTE = re.compile(r"^(?P<margin>[ ]{0,3}(?:>[ ]?)*)(?P<label>\[\^[^\]\s]{1,100}\]:)(?=[ \t])", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[^\"\\/']|(?=[\"\\/']))")


class _Conventions(BaseModel):
    """`schemas/article.yaml`: how sites write their articles."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    prose_fields: tuple[str, ...]
    name_fields: tuple[str, ...]
    parameter_fields: tuple[str, ...]
    language_fields: tuple[str, ...]
    visible_attributes: tuple[str, ...]
    code_shortcodes: tuple[str, ...]
    code_elements: tuple[str, ...]
    date_formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Everything that is the same for all articles."""

    conventions: _Conventions
    blocks: MarkdownIt
    masker: Masker
    code_shortcode: re.Pattern[str]
    attribute: re.Pattern[str]


@cache
def _reader(schemas: Path | None) -> _Reader:
    path = (schemas or folder("schemas")) / "article.yaml"
    try:
        conventions = _Conventions.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error
    # Only blocks are parsed: inline tokens carry no offsets.
    blocks = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    blocks.core.ruler.enableOnly(["normalize", "block"])
    names = "|".join(map(re.escape, conventions.code_shortcodes))
    attributes = "|".join(map(re.escape, conventions.visible_attributes))
    return _Reader(
        conventions,
        blocks,
        Masker(conventions.code_elements),
        re.compile(
            rf"\{{\{{[<%]\s*(?P<name>{names})\b(?:(?!\{{\{{[<%]\s*(?P=name)\b).)*?\{{\{{[<%]\s*/\s*(?P=name)\s*[>%]\}}\}}",
            re.DOTALL,
        ),
        re.compile(rf"\b(?:{attributes})\s*=\s*(?:\"(?P<double>[^\"]*)\"|`(?P<raw>[^`]*)`)"),
    )


def read(file: Path, path: str, schemas: Path | None = None) -> Document:
    """Read the article in `file`, named `path`; `schemas` replaces the shipped folder.

    Raises ArticleError for a file that is no article, and SchemaError.
    """
    data = _bytes(file, path)
    text = _decode(data, path)
    reader = _reader(schemas)
    front = frontmatter.parse(text, path)
    body = _Body(text, front.end, reader)
    body.read()
    masked = body.masked
    fields = list(_front_blocks(front, reader.conventions))
    for block, escaped in fields:
        value = text[block.start : block.end]
        masked[block.start : block.end] = _ESCAPE.sub(lambda m: " " * len(m[0]), value) if escaped else value
    prose = "".join(masked)
    blocks = (*(block for block, _ in fields), *body.blocks)
    sha256 = hashlib.sha256(data).hexdigest()
    return Document(
        metadata=_metadata(front, reader.conventions, path, sha256=sha256, text=text, masked=prose, blocks=blocks),
        text=text,
        masked=prose,
        blocks=blocks,
        draft=front.data.get("draft") in (True, "true"),
    )


def _bytes(file: Path, path: str) -> bytes:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise ArticleError(path, f"is {size / 1e6:.0f} MB; articles have at most 10 MB, split it or leave it out")
        data = file.read_bytes()
    except OSError as error:
        raise ArticleError(
            path, f"cannot be read: {error.strerror or error}; check that it is there and readable"
        ) from error
    if not data.strip():
        raise ArticleError(path, "is empty; write something into it or delete it")
    if b"\0" in data:
        raise ArticleError(path, "is not text (it holds NUL bytes); remove it or rename it, only articles end in .md")
    return data


def _decode(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ArticleError(path, f"is not UTF-8 at byte {error.start}; save it as UTF-8", line) from error


def _front_blocks(front: frontmatter.FrontMatter, conventions: _Conventions) -> Iterator[tuple[Block, bool]]:
    for value in front.values:
        keys = [key.lower() for key in value.keys]
        if keys and keys[0] in conventions.parameter_fields:
            keys = keys[1:]
        if keys and keys[-1] in conventions.name_fields and len(keys) > 1:
            keys = keys[:-1]
        if len(keys) == 1 and keys[0] in conventions.prose_fields:
            yield Block("front", value.start, value.end, field=keys[0]), value.escaped


@dataclass(slots=True)
class _Body:
    """Reads the blocks below the front matter; all is blank until a block shows that it is prose."""

    text: str
    start: int
    reader: _Reader
    masked: list[str] = field(init=False)
    blocks: list[Block] = field(init=False, default_factory=list)
    lines: list[tuple[int, str]] = field(init=False, default_factory=list)
    labels: frozenset[str] = field(init=False, default=frozenset())

    def read(self) -> None:
        self.masked = list(blank(self.text))
        source = self._simplified()
        position = self.start
        for line in _LINE.findall(source):
            self.lines.append((position, line.rstrip("\r\n")))
            position += len(line)
        environment: dict[str, Any] = {}
        tokens = self.reader.blocks.parse(source, environment)
        self.labels = frozenset(environment.get("references", {}))
        self._walk(tokens)

    def _simplified(self) -> str:
        """The body, as long as before, with shortcodes filled in and footnotes made list items."""

        def fill(match: re.Match[str]) -> str:
            return re.sub(r"[^\r\n]", FILLER, match[0])

        def shortcode(match: re.Match[str]) -> str:
            filled = list(fill(match))
            for attribute in self.reader.attribute.finditer(match[0]):
                group = "double" if attribute["double"] is not None else "raw"
                filled[attribute.start(group) : attribute.end(group)] = attribute[group]
            return "".join(filled)

        def footnote(match: re.Match[str]) -> str:
            # As an item its indented paragraphs belong to it; the filler tells it from a real one.
            return f"{match['margin']}- {FILLER * (len(match['label']) - 2)}"

        body = self.text[self.start :]
        body = self.reader.code_shortcode.sub(fill, body)
        body = _SHORTCODE.sub(shortcode, body)
        return _FOOTNOTE.sub(footnote, body)

    def _walk(self, tokens: Sequence[Token]) -> None:
        containers: list[BlockKind] = []
        tables = -1
        for index, token in enumerate(tokens):
            match token.type:
                case "list_item_open":
                    containers.append("item")
                case "blockquote_open":
                    containers.append("quote")
                case "list_item_close" | "blockquote_close":
                    containers.pop()
                case "table_open":
                    tables += 1
                case "tr_open":
                    self._row(tokens, index, tables)
                case "html_block":
                    self._html(token)
                case "inline":
                    opener = tokens[index - 1]
                    if opener.type == "heading_open":
                        self._prose(token, "heading", int(opener.tag[1:]))
                    elif opener.type == "paragraph_open":
                        kind = containers[-1] if containers else "paragraph"
                        self._prose(token, kind, containers.count("item") if kind == "item" else 0)

    def _prose(self, token: Token, kind: BlockKind, level: int) -> None:
        segments = list(self._segments(token))
        content = "\n".join(text for _, text in segments)
        if kind == "item" and content.startswith(FILLER * 2):
            kind, level = "paragraph", 0
        masked = self.reader.masker.mask(content, self.labels)
        self._write(segments, masked)
        self._add(kind, segments, masked, level=level)

    def _segments(self, token: Token) -> Iterator[tuple[int, str]]:
        """The lines of a block's content without the marks of its containers, each with its offset."""
        first, last = token.map or (0, 0)
        lines = iter(self.lines[first:last])
        for content in token.content.split("\n"):
            wanted = content.strip()
            if not wanted:
                continue
            for start, line in lines:
                # A heading may be followed by closing marks, everything else ends its line.
                at = line.rfind(wanted)
                if at >= 0:
                    yield start + at, wanted
                    break

    def _write(self, segments: Sequence[tuple[int, str]], masked: str) -> None:
        position = 0
        for start, text in segments:
            shown = masked[position : position + len(text)]
            written = self.text[start : start + len(text)]
            # A mark that stands for a footnote's label is nothing that the file says.
            self.masked[start : start + len(text)] = [a if a == b else " " for a, b in zip(shown, written, strict=True)]
            position += len(text) + 1

    def _add(
        self,
        kind: BlockKind,
        segments: Sequence[tuple[int, str]],
        masked: str,
        *,
        level: int = 0,
        table: int | None = None,
    ) -> None:
        if not masked.strip(" \n\t|"):
            return
        first = len(masked) - len(masked.lstrip(" \n\t|"))
        last = len(masked.rstrip(" \n\t|")) - 1
        starts = []
        position = 0
        for _, text in segments:
            starts.append(position)
            position += len(text) + 1

        def offset(place: int) -> int:
            index = bisect_right(starts, place) - 1
            return segments[index][0] + place - starts[index]

        self.blocks.append(Block(kind, offset(first), offset(last) + 1, level=level, table=table))

    def _row(self, tokens: Sequence[Token], index: int, table: int) -> None:
        line_map = tokens[index].map
        if line_map is None:
            return
        start, line = self.lines[line_map[0]]
        # What stands before the first pipe or cell belongs to the row's containers.
        cells = [token.content for token in _row_cells(tokens, index) if token.content]
        first_cell = line.find(cells[0].split("|")[0].rstrip("\\")) if cells else 0
        pipe = line.find("|")
        begin = max(0, min(place for place in (first_cell, pipe) if place >= 0)) if max(first_cell, pipe) >= 0 else 0
        segment = (start + begin, line[begin:])
        masked = self.reader.masker.mask(segment[1], self.labels)
        self._write([segment], masked)
        self._add("row", [segment], masked, table=table)

    def _html(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        if first == last:
            return
        segments = self.lines[first:last]
        masked = self.reader.masker.mask("\n".join(line for _, line in segments), self.labels)
        self._write(segments, masked)


def _row_cells(tokens: Sequence[Token], index: int) -> Iterator[Token]:
    for place in range(index, len(tokens)):
        if tokens[place].type == "tr_close":
            return
        if tokens[place].type == "inline":
            yield tokens[place]


def _metadata(
    front: frontmatter.FrontMatter,
    conventions: _Conventions,
    path: str,
    *,
    sha256: str,
    text: str,
    masked: str,
    blocks: Sequence[Block],
) -> Metadata:
    data = front.data

    def plain(key: str) -> str | None:
        value = data.get(key)
        return str(value).strip() or None if isinstance(value, str | int | float) else None

    lines = (text.count("\n", 0, value.start) + 1 for value in front.values if value.keys == ("date",))
    named = (plain(key) for key in conventions.language_fields)
    tags = data.get("tags") or ()
    return Metadata(
        id=path,
        path=path,
        sha256=sha256,
        title=plain("title") or _heading(masked, blocks) or _stem(path),
        date=_date(data.get("date"), conventions, path, next(lines, None)),
        language=next((name for name in named if name), None) or language(masked),
        source_url=plain("source_url"),
        source_name=plain("source_name"),
        tags=tuple(str(tag) for tag in (tags if isinstance(tags, list | tuple) else [tags])),
    )


def _heading(masked: str, blocks: Sequence[Block]) -> str | None:
    heading = next((block for block in blocks if block.kind == "heading"), None)
    return " ".join(masked[heading.start : heading.end].split()) if heading else None


def _stem(path: str) -> str:
    *folders, name = path.split("/")
    stem = name.removesuffix(".md")
    return folders[-1] if stem == "index" and folders else stem


def _date(value: Any, conventions: _Conventions, path: str, line: int | None) -> str | None:
    """The date in ISO form; raises ArticleError with the line where it is written, if that is known."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    written = str(value).strip()
    try:
        if iso := _ISO_DATE.match(written):
            return dt.date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
    except ValueError:
        pass
    for form in conventions.date_formats:
        try:
            return dt.datetime.strptime(written, form).date().isoformat()  # noqa: DTZ007 - only the day counts
        except ValueError:
            continue
    raise ArticleError(path, f"the date {written!r} cannot be read; write it as YYYY-MM-DD", line)
