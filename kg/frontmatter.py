"""Front matter of an article: YAML, TOML or JSON, with the place of every text in it."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from kg.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FENCED = re.compile(r"(---|\+\+\+)[ \t]*(?=\r?\n)")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_JSON_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\]:,]', re.DOTALL)
_TOML_TOKEN = re.compile(
    r"""\#[^\n]*
      | (?P<string>\"{3}(?:\\.|[^\\])*?\"{3} | '{3}.*?'{3} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
      | (?P<word>[\w.-]+)
      | [\[\]{}=,\n]""",
    re.DOTALL | re.VERBOSE,
)
_TOML_LINE = re.compile(r"at line (\d+)")
_TOML_LONG_QUOTES = ('"""', "'''")
_TOML_OPEN = re.compile(r"Unterminated string|Expected .'''")
_BLOCK_SCALAR_HEADER = re.compile(r"[|>][^\n]*\n")


@dataclass(frozen=True, slots=True)
class Value:
    """A text in the front matter: the keys that lead to it, its range without quotes, whether backslashes escape."""

    keys: tuple[str, ...]
    start: int
    end: int
    escaped: bool


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before the article's body; `end` is where the body begins."""

    data: dict[str, Any]
    values: tuple[Value, ...]
    end: int


def parse(text: str, path: str) -> FrontMatter:
    """The front matter of an article's text, empty if there is none; raises ArticleError with the line in the file."""
    start = 1 if text.startswith("\ufeff") else 0
    fence = _FENCED.match(text, start)
    if fence:
        return _fenced(text, path, fence)
    # `{{` opens a shortcode.
    if text.startswith("{", start) and not text.startswith("{{", start):
        return _json(text, path, start)
    return FrontMatter({}, (), start)


def _fenced(text: str, path: str, fence: re.Match[str]) -> FrontMatter:
    mark = fence[1]
    closing = re.compile(rf"^{re.escape(mark)}[ \t]*\r?$", re.MULTILINE).search(text, fence.end())
    if closing is None:
        raise ArticleError(path, f"the front matter that {mark} opens is never closed; add a line {mark} below it", 1)
    end = min(closing.end() + 1, len(text))
    inner = text[fence.end() : closing.start()]
    first_line = text.count("\n", 0, fence.end()) + 1
    parser = _yaml if mark == "---" else _toml
    data, values = parser(inner, path, first_line)
    _check_mapping(data, path)
    shift = fence.end()
    return FrontMatter(data, tuple(Value(v.keys, v.start + shift, v.end + shift, v.escaped) for v in values), end)


def _check_mapping(data: Any, path: str) -> None:
    if not isinstance(data, dict):
        raise ArticleError(path, "the front matter is not a list of `key: value`; correct or remove it", 1)


def _broken(path: str, what: str, line: int) -> ArticleError:
    return ArticleError(path, f"the front matter is broken: {what}; correct it", line)


def _yaml(inner: str, path: str, first_line: int) -> tuple[Any, list[Value]]:
    loader = _LOADER(inner)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, []
        # The nodes are walked first: construction flattens merge keys into them.
        scalars = list(_yaml_scalars(node, (), set()))
        values = list(_yaml_values(scalars, inner))
        try:
            return loader.construct_document(node), values
        except (ValueError, OverflowError, TypeError) as error:
            # Dates such as 2026-13-45, numbers too long to read.
            keys, line = _culprit(scalars, inner, loader)
            raise _broken(path, f"{'.'.join(keys)}: {error}" if keys else str(error), first_line + line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = _line(inner, mark) if mark else 0
        opening = _open_quote(inner, line)
        if opening is not None:
            raise _broken(path, "a quotation mark is opened here and not closed", first_line + opening) from error
        raise _broken(path, error.problem or "not valid YAML", first_line + line) from error
    except yaml.reader.ReaderError as error:
        line = first_line + inner.count("\n", 0, error.position if isinstance(error.position, int) else 0)
        raise _broken(path, str(error.reason), line) from error
    except RecursionError as error:
        raise _broken(path, str(error), first_line) from error
    finally:
        loader.dispose()


def _open_quote(inner: str, line: int) -> int | None:
    """The line of a quotation mark that is not closed, or by chance by one on the `line` of an error below it."""
    try:
        for token in yaml.scan(inner, _LOADER):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                opening, closing = _line(inner, token.start_mark), _line(inner, token.end_mark)
                if opening < closing == line:
                    return opening
    except yaml.MarkedYAMLError as error:
        if error.context_mark is not None and "quoted scalar" in (error.context or ""):
            return _line(inner, error.context_mark)
    return None


def _line(inner: str, mark: yaml.Mark) -> int:
    """The line of a place, from 0: the lines of an editor, which are fewer than those of YAML."""
    return inner.count("\n", 0, mark.index)


def _culprit(
    scalars: Iterable[tuple[tuple[str, ...], yaml.ScalarNode]], inner: str, loader: Any
) -> tuple[tuple[str, ...], int]:
    """The keys and the line, from 0, of the value that cannot be read."""
    for keys, node in scalars:
        construct = loader.yaml_constructors.get(node.tag)
        try:
            if construct is not None:
                construct(loader, node)
        except (ValueError, OverflowError, TypeError):
            return keys, _line(inner, node.start_mark)
    return (), 0


def _yaml_scalars(
    node: yaml.Node, keys: tuple[str, ...], seen: set[int]
) -> Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]:
    # An alias leads to a node that was read already, or into itself.
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield from _yaml_scalars(value, (*keys, str(key.value)), seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _yaml_scalars(item, keys, seen)
    elif isinstance(node, yaml.ScalarNode):
        yield keys, node


def _yaml_values(scalars: Iterable[tuple[tuple[str, ...], yaml.ScalarNode]], inner: str) -> Iterator[Value]:
    for keys, node in scalars:
        if node.tag != "tag:yaml.org,2002:str":
            continue
        start, end = node.start_mark.index, node.end_mark.index
        quoted = node.style in ("'", '"')
        if quoted:
            start, end = inner.index(node.style, start) + 1, end - 1
        elif node.style in ("|", ">") and (header := _BLOCK_SCALAR_HEADER.search(inner, start, end)):
            start = header.end()
        yield from _trimmed(keys, start, end, inner, escaped=node.style == '"')


def _trimmed(keys: tuple[str, ...], start: int, end: int, inner: str, *, escaped: bool) -> Iterator[Value]:
    value = inner[start:end]
    start += len(value) - len(value.lstrip())
    end = start + len(value.strip())
    if start < end:
        yield Value(keys, start, end, escaped)


def _toml(inner: str, path: str, first_line: int) -> tuple[Any, list[Value]]:
    normalised = inner.replace("\r\n", "\n")
    try:
        data = tomllib.loads(normalised)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_LINE.search(str(error))
        if place:
            line = first_line + int(place[1]) - 1
        else:  # at the end: a string that is open there was opened by the last mark that can span lines
            opening = max(map(normalised.rfind, _TOML_LONG_QUOTES)) if _TOML_OPEN.match(str(error)) else -1
            line = first_line + normalised.count("\n", 0, opening if opening >= 0 else len(normalised))
        raise _broken(path, str(error), line) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise _broken(path, str(error), first_line) from error
    return data, list(_toml_values(inner))


def _toml_values(inner: str) -> Iterator[Value]:
    """The strings of valid TOML; `tomllib` tells no places, so the tokens are walked beside it."""
    table: list[str] = []
    keys: list[str] = []
    words: list[str] = []
    inner_key: list[str] = []
    depth, in_value, in_header = 0, False, False
    for token in _TOML_TOKEN.finditer(inner):
        sign = token[0]
        if token["string"]:
            quotes = 3 if sign[:3] in ('"""', "'''") else 1
            words.append(sign[quotes:-quotes])
            is_key = re.match(r"\s*[=.]", inner[token.end() : token.end() + 10]) is not None
            if in_value and not is_key:
                start, end = token.start() + quotes, token.end() - quotes
                yield from _trimmed((*table, *keys, *inner_key), start, end, inner, escaped=sign[0] == '"')
        elif token["word"]:
            words.extend(part for part in sign.split(".") if part)
        elif sign == "=":
            if in_value:
                inner_key = words
            else:
                keys, in_value = words, True
            words = []
        elif sign == "\n":
            if depth == 0 or in_header:
                if in_header:
                    table = words
                depth, in_value, in_header, words, inner_key = 0, False, False, [], []
        elif sign in "[{":
            in_header = in_header or not in_value
            depth += 1
            words = []
        elif sign in "]}":
            depth -= 1
            inner_key = [] if sign == "}" else inner_key
        elif sign == ",":
            words = []


def _json(text: str, path: str, start: int) -> FrontMatter:
    try:
        data, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise _broken(path, error.msg, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise _broken(path, str(error), 1) from error
    _check_mapping(data, path)
    return FrontMatter(data, tuple(_json_values(text, start, end)), end)


def _json_values(text: str, start: int, end: int) -> Iterator[Value]:
    """The strings of valid JSON; `json` tells no places, so the tokens are walked beside it."""
    keys: list[str | None] = []
    name = ""
    for token in _JSON_TOKEN.finditer(text, start, end):
        sign = token[0]
        if sign[0] == '"':
            name = sign[1:-1]
            if not re.match(r"\s*:", text[token.end() : token.end() + 100]):
                path = tuple(key for key in keys if key is not None)
                yield from _trimmed(path, token.start() + 1, token.end() - 1, text, escaped=True)
        elif sign == ":":
            keys[-1] = name
        elif sign in "{[":
            keys.append(None)
        elif sign in "}]":
            keys.pop()
