# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""The forms in which a name comes back: surnames, given names, titles, stems, initials, contractions, families."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import ahocorasick_rs

from kg.extract.cues import Aliases, Cues
from kg.extract.script import HAN, INTERPUNCTS
from kg.lexicon import Lexicon

_INTERPUNCT = re.compile(f"[{INTERPUNCTS}]")
_INITIALS = re.compile(r"[A-Z]{2,8}$")
# Of a family with one member the member: its first version, or its one size. A second version has a first.
_ONE_MEMBER = re.compile(r"[ -]?(?:1|一[号代]|第一代|\d+(?:\.\d+)?[BMK])$")
_NUMBERS = frozenset("一二三四五六七八九十第")
# A lab of a company is another thing, its team or the company as such is not.
_SAME_KINDS = frozenset({"company", "team"})
_DIGITS = "一二三四五六七八九"
_GENERATION = re.compile(f"第?([{_DIGITS}])[代号]$")
_STEMMED = frozenset({"Organization", "Show", "Competition", "Benchmark", "Award"})


@lru_cache(maxsize=4)
def _titles(words: Aliases) -> tuple[tuple[str, ...], ahocorasick_rs.AhoCorasick]:
    titles = (*words.titles, *words.short_titles)
    return titles, ahocorasick_rs.AhoCorasick(titles)


def _present(words: Aliases, text: str) -> frozenset[str]:
    """The titles that stand anywhere in a text."""
    titles, automaton = _titles(words)
    return frozenset(titles[number] for number, _, _ in automaton.find_matches_as_indexes(text, overlapping=True))


class Shortener:
    """Knows the short forms of the names of one text by their type; all names are folded."""

    def __init__(self, text: str, lexicon: Lexicon, cues: Cues) -> None:
        self.lexicon = lexicon
        self.cues = cues
        self.words = cues.aliases
        # Few texts have any of the many titles.
        present = _present(self.words, text)
        self.titles = tuple(title for title in self.words.titles if title in present)
        self.short_titles = tuple(title for title in self.words.short_titles if title in present)

    def forms(self, name: str, type_: str) -> Iterator[str]:
        """The short forms that are worth looking for in the text even where nobody saw a name."""
        if type_ == "Person":
            yield from self._parts_of_person(name)
        elif type_ == "Organization":
            yield from self._stems(name)
            yield from self._contractions(name)
        elif type_ in _STEMMED and not HAN.search(name):
            yield from self._stems(name)
        elif type_ in ("Model", "Product"):
            if (member := _ONE_MEMBER.search(name)) and member.start() > 1 and self.is_unlisted(name[: member.start()]):
                yield name[: member.start()]
            words = name.split()
            if len(words) == 2 and HAN.match(words[0]) and words[1].isalnum() and not words[1].isnumeric():
                yield words[1]

    def shape(self, name: str) -> str | None:
        """The type that the form of a name alone tells, if it tells one."""
        if _INTERPUNCT.search(name) and HAN.match(name):
            return "Person"
        if HAN.search(name):
            suffix = self.cues.suffixes.get(self.cues.suffix_of(name))
            return "Organization" if suffix and suffix.sure and suffix.type == "Organization" else None
        words = name.split()
        if len(words) < 2:
            return None
        ending = self.cues.endings.get(words[-1])
        if ending and ending.type == "Organization":
            return "Organization"
        return "Person" if words[0] in self.cues.names.given_names else None

    def found_forms(self, name: str, type_: str) -> Iterator[str]:
        """The short forms that mean this name where they were seen as names of its type."""
        if type_ == "Person":
            if HAN.search(name) and not _INTERPUNCT.search(name):
                family = self.family(name)
                yield name[:family]
                if len(name) - family > 1:
                    yield name[family:]
                if not self.is_titled(name):
                    yield from (before + name[:family] for before in self.words.before_family)
                    yield from (name[:family] + title for title in self.short_titles)
                    yield from (before + name[-1] for before in self.words.before_given)
            elif not HAN.search(name):
                words = name.split()
                if len(words) > 1:
                    # Without what is in the middle, with an initial, the family name first.
                    yield f"{words[0]} {words[-1]}"
                    yield f"{words[0][0]}. {words[-1]}"
                    yield f"{words[-1]} {words[0]}"
            return
        if type_ in _STEMMED and HAN.search(name):
            yield from self._stems(name)
        words = name.split()
        initials = "".join(word[0] for word in re.split("[ -]", name) if word[:1].isupper())
        if len(words) > 1 and _INITIALS.match(initials):
            yield initials
        if type_ == "Publication" and (colon := re.search("[:：]|——", name)):
            yield name[: colon.start()].strip()

    def shortens(self, short: str, name: str, type_: str) -> bool:
        """Whether two names that were seen as names of one type may be a short and a full form of one thing."""
        if type_ == "Person":
            return self._shortens_person(short, name)
        if self.is_kind(short, name, type_):
            return True
        if type_ in ("Model", "Product"):
            return self._is_family(short, name) or self._is_owned(short, name)
        if type_ not in _STEMMED or not HAN.search(name) or len(short) < 2:
            return False
        if name.startswith(short):
            if short.endswith(self.words.school):
                return name.endswith(self.words.departments)
            return len(name) - len(short) > 1 and bool(HAN.search(short)) and self.is_unlisted(short)
        if name.endswith(short):
            rest = name[: -len(short)]
            owned = rest in self.words.owned_by or any(entry.type == "Place" for entry, _ in self.lexicon.get(rest))
            return owned or (len(short) > 3 and self.is_unlisted(short))
        return self._is_contracted(short, name) and self.is_unlisted(short)

    @staticmethod
    def _is_contracted(short: str, name: str) -> bool:
        """Whether a Han name is made of characters of another in their order, from its first to its last word."""
        if len(name) - len(short) < 2 or short[0] != name[0] or short[-1] not in name[-3:] or len(short) < 3:
            return False
        rest = iter(name)
        return all(char in rest for char in short)

    def is_department(self, school: str, name: str) -> bool:
        """Whether a name is that of a part of a school, which stands for the school: 國立中央大學資工系."""
        if not school.endswith(self.words.school) or not name.endswith(self.words.departments):
            return False
        owner = next(
            (owner for owner in self.words.owned_by if not name.startswith(school) and name.startswith(owner)), ""
        )
        return name.startswith(school, len(owner))

    def is_kind(self, short: str, name: str, type_: str) -> bool:
        """Whether a name only adds to another what kind of thing it is: Gemini 模型, ImageNet 挑戰賽, 渡口模型."""
        tail = name[len(short) :].lstrip()
        if not name.startswith(short) or not 1 <= len(tail) <= 6 or len(short) < 2:
            return False
        if HAN.search(short):
            graded = self.cues.context.before.get(type_)
            return type_ not in _STEMMED and graded is not None and tail in graded.strong and tail[0] not in _NUMBERS
        if tail[0] in _NUMBERS or not all(HAN.match(char) for char in tail):
            return False
        suffix = self.cues.suffixes.get(self.cues.suffix_of(tail))
        return type_ != "Organization" or (suffix is not None and suffix.kind in _SAME_KINDS)

    def is_titled(self, name: str) -> bool:
        """Whether a name ends in a title, so that no given name is in it."""
        return name.endswith(self.words.titles)

    def is_unlisted(self, name: str) -> bool:
        """Whether no known thing bears the name."""
        return not self.lexicon.get(name)

    @staticmethod
    def key(name: str, type_: str) -> str:
        """What is left of a name without its spelling: case, width, accents, spaces, hyphens, 二代 for 2."""
        plain = "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())
        if type_ in ("Model", "Product") and (version := _GENERATION.search(plain)) and version.start() > 1:
            return plain[: version.start()] + str(_DIGITS.index(version[1]) + 1)
        return plain or name

    def family(self, name: str) -> int:
        """How many characters of a Chinese or Japanese name are the family name."""
        names = self.cues.names
        for length in (3, 2):
            if len(name) > length and name[:length] in names.double_surnames | names.japanese_surnames:
                return length
        return 1

    def _shortens_person(self, short: str, name: str) -> bool:
        if not HAN.search(name) or _INTERPUNCT.search(name) or not HAN.search(short):
            return False
        # A family name that no list has: 與田 and 與田澄江.
        return len(name) > 3 and 2 <= len(short) < len(name) and name.startswith(short)

    def _is_family(self, short: str, name: str) -> bool:
        return name.startswith(short) and self.is_unlisted(short) and bool(_ONE_MEMBER.match(name, len(short)))

    def _is_owned(self, short: str, name: str) -> bool:
        """Whether a name is another with its family or its maker in front: Claude Opus 4.5, OpenAI Whisper."""
        owner = name.removesuffix(short)
        if owner == name or not owner.endswith(" ") or not HAN.sub("", short):
            return False
        numbered = any(char.isdigit() for char in short) and any(char.isalpha() for char in short)
        return numbered or any(entry.type == "Organization" for entry, _ in self.lexicon.get(owner.rstrip()))

    def _parts_of_person(self, name: str) -> Iterator[str]:
        if _INTERPUNCT.search(name):
            parts = [part for part in _INTERPUNCT.split(name) if len(part) > 1]
            yield from parts[:1] + parts[-1:]
        elif not HAN.search(name):
            words = name.split()
            if len(words) > 1:
                yield words[-1]
                yield words[0]
                if len(words) > 2 and words[-2].islower():
                    yield " ".join(words[-2:])
        elif 2 <= len(name) <= 5 and HAN.match(name):
            yield from self._familiar(name)

    def _familiar(self, name: str) -> Iterator[str]:
        """林教授, 老林, 阿宏, 象哥."""
        words, names = self.words, self.cues.names
        length = self.family(name)
        family, given = name[:length], name[length:]
        if not given or self.is_titled(name):
            return
        yield from (family + title for title in self.titles)
        if length > 1:
            yield family
        if len(given) > 1 and length + len(given) > 2:
            yield given
        if length > 1 or (family in names.surnames and family not in names.doubtful_surnames):
            yield from (family + title for title in self.short_titles)
            yield from (before + family for before in words.before_family)
        yield from (before + given[-1] for before in words.before_given)
        for char in dict.fromkeys((*given, given)):
            yield from (char + after for after in words.after_given if after != char)

    def _stems(self, name: str) -> Iterator[str]:
        legal = next((form for form in self.words.legal_forms if name.endswith(form) and len(name) > len(form) + 1), "")
        if legal:
            name = name[: -len(legal)].rstrip(" ,")
            yield name
        if HAN.search(name):
            suffix = self.cues.suffix_of(name)
            stem = name[: -len(suffix)].rstrip() if suffix else ""
            if (
                len(stem) >= 2
                and not suffix.endswith(self.words.school)
                and stem not in self.cues.context.generic
                and self.is_unlisted(stem)
            ):
                yield stem
        else:
            words = name.split()
            if len(words) > 1 and not any(char.isdigit() for char in name):
                yield " ".join(words[:-1])
            initials = "".join(word[0] for word in words if word[0].isupper())
            if len(words) > 2 and _INITIALS.match(initials):
                yield initials

    def _contractions(self, name: str) -> Iterator[str]:
        """政治大學 is 政大, and its 法律系 政大法律系."""
        stem, school, part = name.partition(self.words.school)
        if not school or not HAN.match(name):
            return
        for owner in self.words.owned_by:
            stem = stem.removeprefix(owner)
        for place in (0, 2):
            if len(stem) > place + 1:
                short = stem[place] + self.words.short_school
                yield short
                if part:
                    yield short + part
