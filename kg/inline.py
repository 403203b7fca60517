"""Markdown inside a block: which characters are prose, and which are markup, addresses or code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Stands in for what is no prose whatever surrounds it, so that block parsing sees a word there and not a gap.
FILLER = "\ufdd0"

_HAN = "\u3400-\u9fff"
# Bounds, and no opener inside its like: unclosed ones must not cost a scan of the whole article each.
_TOKEN = re.compile(
    rf"""
      (?P<filler>{FILLER}+)
    | (?P<math>\$\$[^$]{{1,2000}}\$\$
        | \$(?![\s$])[^$\n{_HAN}]{{0,200}}(?<![\s$\\])\$(?![\w$])
        | \\\((?:(?!\\\))[^{_HAN}]){{1,400}}\\\)
        | \\\[(?:(?!\\\])[^{_HAN}]){{1,400}}\\\])
    | (?P<escape>\\[!-/:-@\[-`{{-~\n])
    | (?P<code>(?<!`)(?P<ticks>`+)(?!`)(?:(?!(?P=ticks)).|(?<=`)`){{1,2000}}?(?<!`)(?P=ticks)(?!`))
    | (?P<html><!--(?:(?!<!--).)*?-->
        | <(?P<element>ELEMENTS)\b[^<>]{{0,2000}}>(?:(?!<(?P=element)\b).)*?</(?P=element)\s*>
        | </?[A-Za-z](?:[^<>"']|"[^"<]{{0,2000}}"|'[^'<]{{0,2000}}'){{0,2000}}>
        | <[!?][^<>]{{1,2000}}>)
    | (?P<url>(?:https?://|ftp://|www\.)[\w./?\#&=%~@:+,;!*$'-]*[\w/\#&=%~@+-])
    | (?P<note>\[\^[^\]\s]{{1,100}}\])
    | (?P<box>^[ ]{{0,3}}\[(?:[ xX]|![A-Z]+)\](?=\s|$))
    | (?P<tail>\]\([ ]{{0,3}}(?:<[^<>\n]{{0,2000}}>|(?:[^\s()]|\([^\s()]{{0,500}}\)){{0,2000}})
        (?:\s+(?:"[^"]{{0,500}}"|'[^']{{0,500}}'|\([^()]{{0,500}}\)))?\s{{0,3}}\)
        | \]\[[^\[\]\n]{{0,500}}\])
    | (?P<open>!?\[)
    | (?P<close>\])
    | (?P<mark>\*+|_+|~+|=+)
    | (?P<attributes>\{{[.\#][^{{}}\n]{{1,200}}\}}(?=\s*$))
    | (?P<entity>&(?:[A-Za-z]{{2,20}}|\#[0-9]{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}});)
    """,
    re.DOTALL | re.VERBOSE,
)
_NOT_NEWLINE = re.compile(r"[^\n\r]")
_DOUBLE_ONLY = "~="
_VISIBLE_ENTITIES = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"}


def blank(text: str) -> str:
    """Spaces in place of everything but line ends."""
    return _NOT_NEWLINE.sub(" ", text)


class Masker:
    """Masks inline Markdown; `code_elements` are the HTML elements whose content is no prose."""

    def __init__(self, code_elements: tuple[str, ...]) -> None:
        elements = "|".join(map(re.escape, code_elements))
        self._token = re.compile(_TOKEN.pattern.replace("ELEMENTS", elements), _TOKEN.flags | re.IGNORECASE)

    def mask(self, text: str, labels: frozenset[str] = frozenset()) -> str:
        """An equally long copy with markup blanked; `labels` are the link labels that the article defines."""
        marks = _Marks(text)
        brackets: list[tuple[int, int]] = []
        for token in self._token.finditer(text):
            start, end = token.span()
            match token.lastgroup:
                case "escape":
                    marks.drop(start, start + 1)
                case "open":
                    brackets.append((start, end))
                case "close":
                    if brackets and " ".join(text[brackets[-1][1] : start].split()).upper() in labels:
                        marks.drop(*brackets[-1])
                        marks.drop(start, end)
                    brackets = brackets[:-1]
                case "tail":
                    if brackets:
                        marks.drop(*brackets.pop())
                        marks.drop(start, end)
                case "mark":
                    marks.emphasis(start, end)
                case "entity":
                    marks.drop(start + (token[0].lower() in _VISIBLE_ENTITIES), end)
                case _:
                    marks.drop(start, end)
        return marks.masked()


@dataclass(slots=True)
class _Marks:
    """The ranges to blank, with the emphasis marks that still wait for their partner."""

    text: str
    dropped: list[tuple[int, int]] = field(default_factory=list)
    waiting: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def drop(self, start: int, end: int) -> None:
        self.dropped.append((start, end))

    def emphasis(self, start: int, end: int) -> None:
        """Pair a run of marks with earlier ones; unlike CommonMark also beside Chinese punctuation, as meant."""
        sign = self.text[start]
        if sign in _DOUBLE_ONLY and end - start != 2:  # noqa: PLR2004 - these marks come in twos only
            return
        before = self.text[start - 1 : start] or " "
        after = self.text[end : end + 1] or " "
        openers = self.waiting.setdefault(sign, [])
        inside_word = sign == "_" and before.isalnum() and before.isascii() and after.isalnum() and after.isascii()
        if inside_word:
            return
        while start < end and openers and not before.isspace():
            opener_start, opener_end = openers.pop()
            length = min(end - start, opener_end - opener_start)
            self.drop(opener_end - length, opener_end)
            self.drop(start, start + length)
            start += length
            if opener_end - opener_start > length:
                openers.append((opener_start, opener_end - length))
        if start < end and not after.isspace():
            openers.append((start, end))

    def masked(self) -> str:
        parts: list[str] = []
        position = 0
        for start, end in sorted(self.dropped):
            if end <= position:
                continue
            parts.append(self.text[position : max(start, position)])
            parts.append(blank(self.text[max(start, position) : end]))
            position = end
        parts.append(self.text[position:])
        return "".join(parts)
