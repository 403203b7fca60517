"""Mentions: what may be a name, what its surroundings say about it, and which of them stand.

Every surface collects votes by type over the whole document, from the lexicon, from its form and from the words
around it; surfaces that a bracket declares to be one thing share their votes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.extract import latin
from kg.extract.cues import FAIR, STRONG, WEAK, Cues, Scan, inward
from kg.extract.people import INTERPUNCTS, NameReader
from kg.extract.segment import Segmented, Segmenter
from kg.extract.structure import StructureReader
from kg.lexicon import Lexicon, stands_alone

THRESHOLD = 1.5
_MOST = 6.0
_LISTED = 4.0
_JOINED = re.compile(r"[」』》〉”]*\s*(?:、|和|与|及|以及|跟|&|，|,)\s*[「『《〈“]*")
_HAN = re.compile("[\u3400-\u9fff々]")
_LATIN_NAME = re.compile(r"[A-Za-zÀ-ɏ0-9][A-Za-zÀ-ɏ0-9 '’&+.:/_-]*$")
_ITALIC_TITLE = re.compile(r"(?<![*\w])[*_]([A-Z][^*_\n]{10,150})[*_](?![*\w])")
_AROUND_TITLE = 14
FRAME = 1.6
_TIER_MOST = defaultdict(lambda: 2.0, {STRONG: 6.0, FRAME: 3.2, FAIR: 1.5, WEAK: 0.75})
_OWNED: Mapping[str, Mapping[str, float]] = {
    "Organization": {"Model": 1.1, "Product": 0.8},
}
_COPULA = re.compile(
    "[」』》〉”]*\\s*(?:[，,—]*\\s*(?:则|就|也|原)?(?:是|为|乃)(?!什么|不是)|(?:，|,|——|（|\\()\\s*(?:这|那|一|即)[家个款种间支套位名座所项份](?![、，]))"
)
_CLAUSE_STOP = re.compile("[，。；！？,;!?\n（(）)、「《]")
_DEFINITION = 36
_OF_A_PLACE = ("语", "文", "籍", "裔", "菜", "话")
_LONGEST_TERM = 12
_TERMS = frozenset({"Organization", "Model", "Competition", "Benchmark", "Method", "Product", "Publication", "Show", "Award"})
_TITLED = frozenset({"Publication", "Show", "Organization", "Product", "Competition"})
_VERSION = re.compile(r"v?\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BREAKS = "，。；！？、\n,;"


@dataclass(slots=True)
class Proposal:
    """A surface (folded) that may be a name: where it stands and what speaks for which type."""

    surface: str
    spans: set[tuple[int, int]] = field(default_factory=set)
    votes: dict[str, float] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    fixed: str | None = None
    only: frozenset[str] | None = None
    everywhere: bool = False

    def vote(self, type_: str, weight: float) -> None:
        """Add to what speaks for a type, if the form allows it."""
        if self.only is not None and type_ not in self.only:
            return
        self.votes[type_] = self.votes.get(type_, 0.0) + weight


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """An occurrence of a name with the type decided for its surface; `source` names what proposed it first."""

    start: int
    end: int
    surface: str
    type: str
    source: str
    weight: float


@dataclass(frozen=True, slots=True)
class Found:
    """The mentions in order of place, without overlaps, and pairs of surfaces that a bracket declares to be one."""

    candidates: tuple[Candidate, ...]
    pairs: tuple[tuple[str, str], ...]


class MentionFinder:
    """Collects and decides the mentions of one document."""

    def __init__(self, segmented: Segmented, segmenter: Segmenter, lexicon: Lexicon, cues: Cues) -> None:
        self.segmented = segmented
        self.text = segmented.folded
        self.lexicon = lexicon
        self.cues = cues
        self.scan: Scan = cues.scan(self.text)
        self.structure = StructureReader(segmented, segmenter, cues, self.scan)
        self.people = NameReader(segmented, segmenter, cues)
        self.people.cues_after = frozenset(
            place for place, votes in self.scan.after.items() if votes.get("Person", 0.0) > 1
        )
        self.proposals: dict[str, Proposal] = {}
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.pairs: dict[tuple[str, str], None] = {}
        self.families: frozenset[str] = frozenset()

    def find(self) -> Found:
        """The mentions of the document."""
        self._listed()
        self._latin()
        self._titles()
        self._quoted()
        self._suffixed()
        self._versioned()
        self._transliterated()
        self._chinese_people()
        self._fields()
        self._places()
        self._beside_cues()
        self._brackets()
        self._tables()
        self._surroundings()
        self._lists()
        types = self._decide()
        self._members(types)
        return Found(tuple(self._placed(types)), tuple(self.pairs))

    def propose(
        self, start: int, end: int, source: str, votes: Mapping[str, float] | None = None, *, everywhere: bool = False
    ) -> Proposal:
        """Note that [start, end) may be a name; votes count once per surface and source."""
        surface = self.text[start:end]
        proposal = self.proposals.get(surface)
        if proposal is None:
            proposal = self.proposals[surface] = Proposal(surface)
        proposal.spans.add((start, end))
        proposal.everywhere |= everywhere
        if source not in proposal.sources:
            proposal.sources[source] = None
            for type_, weight in (votes or {}).items():
                proposal.vote(type_, weight)
        self.starts[start] = max(end, self.starts.get(start, end))
        self.ends[end] = min(start, self.ends.get(end, start))
        return proposal

    def _listed(self) -> None:
        for start, end, name in self.lexicon.occurrences(self.text):
            if _HAN.match(name) and (not self._cuts_well(start, end) or self.text[end : end + 1] in _OF_A_PLACE):
                if self.lexicon.get(name)[0][0].type == "Place" or not self._cuts_well(start, end):
                    continue
            proposal = self.propose(start, end, "lexicon")
            if proposal.votes:
                continue
            for entry, weak in self.lexicon.get(name):
                if entry.optional:
                    proposal.votes.setdefault(entry.type, 0.0)
                    proposal.only = (proposal.only or frozenset()) | {entry.type}
                elif not weak:
                    proposal.fixed = entry.type
                    proposal.vote(entry.type, _LISTED)
                else:
                    if _HAN.match(name) or len(name) < 3:  # noqa: PLR2004
                        proposal.only = (proposal.only or frozenset()) | {entry.type}
                    plain = _HAN.match(name) or name in self.cues.names.latin_common or name.islower()
                    proposal.votes[entry.type] = max(0.5 if plain else 2.0, proposal.votes.get(entry.type, 0.0))
        self._full_names()

    def _full_names(self) -> None:
        """A weak name counts where the same entity is also there under a full one; a person's never counts without."""
        present = {
            entry.key
            for name, proposal in self.proposals.items()
            if proposal.fixed
            for entry, weak in self.lexicon.get(name)
            if not weak
        }
        for name, proposal in self.proposals.items():
            if proposal.fixed:
                continue
            for entry, _ in self.lexicon.get(name):
                if entry.key in present:
                    proposal.votes[entry.type] = 3.0
                elif entry.type == "Person" and entry.name != name and " " not in name:
                    proposal.votes[entry.type] = 0.0

    def _cuts_well(self, start: int, end: int) -> bool:
        """Whether a Chinese name in the text does not begin or end inside another word."""
        words = self.segmented.word_at
        if start in words and (end in words or end == len(self.text)):
            return True
        return end - start > 3 or not _HAN.match(self.text[end - 1])  # noqa: PLR2004

    def _latin(self) -> None:
        shapes: dict[str, dict[str, float]] = {}
        for start, end in latin.runs(self.text, self.cues):
            for begin, stop in self._unlisted_parts(start, end):
                name = self.text[begin:stop]
                if name not in shapes:
                    votes = latin.shape(name, self.cues)
                    shapes[name] = votes
                self.propose(begin, stop, "latin", shapes[name])

    def _unlisted_parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What of a run is left beside the names that the lexicon knows: GPT-6 Pro as a whole, Chirp of Google Chirp."""
        known = self.starts.get(start)
        if known == end:
            return
        if known is None or known > end:
            yield start, end
            return
        tail = self.text[known:end].split()
        first = self.proposals[self.text[start:known]]
        type_ = first.fixed or max(first.votes, key=lambda t: first.votes[t], default="")
        continues = all(word in self.cues.names.version_words or _VERSION.match(word) for word in tail)
        if continues and type_ not in ("Model", "Product") and not _YEAR.fullmatch(tail[0]):
            return
        if continues or tail[-1] in self.cues.endings:
            proposal = self.propose(start, end, "version" if continues else "latin")
            if continues and type_ in ("Model", "Product"):
                proposal.fixed = type_
                proposal.vote(type_, _LISTED)
            else:
                for vote, weight in latin.shape(self.text[start:end], self.cues).items():
                    proposal.vote(vote, weight)
            return
        while known < end and self.text[known] == " ":
            known += 1
        if known < end and known not in self.starts and self.text[known].isalpha():
            yield known, end

    def _titles(self) -> None:
        for start, end in self.structure.titles():
            around = self.text[max(0, start - 1 - _AROUND_TITLE) : start - 1] + " " + self.text[end + 1 : end + 9]
            proposal = self.propose(start, end, "title", {"Publication": 1.2}, everywhere=True)
            if proposal.fixed is None:
                proposal.only = _TITLED
            for type_, words in self.cues.cues.titles.items():
                if any(word in around for word in words):
                    proposal.vote(type_, 1.3)
        original = self.segmented.document.text
        for match in _ITALIC_TITLE.finditer(original):
            if latin.is_prose(match[1]) or len(match[1].split()) > 4:  # noqa: PLR2004
                self.propose(match.start(1), match.end(1), "title", {"Publication": 2.5})

    def _quoted(self) -> None:
        for start, end, named in self.structure.quoted():
            inside = self.text[start:end]
            if "的" in inside or end - start > _LONGEST_TERM or (inside.isascii() and inside.islower()):
                continue
            if named:
                proposal = self.propose(start, end, "named", everywhere=True)
            elif self._is_named_kind(start) and (
                self._stands_bare(inside) or not self.structure.is_ordinary(start, end)
            ):
                proposal = self.propose(start, end, "quoted", everywhere=end - start > 1)
            else:
                continue
            if not proposal.fixed and not proposal.only:
                proposal.only = _TERMS

    def _stands_bare(self, term: str) -> bool:
        """Whether a quoted term also stands without quotation marks."""
        return self.text.count(term) > sum(
            self.text.count(f"{opening}{term}{closing}") for opening, closing in ("「」", "『』", "“”")
        )

    def _is_named_kind(self, start: int) -> bool:
        """Whether a word for a kind of thing stands before a quoted term, or its owner."""
        return any(
            weight >= STRONG and type_ != "Person" for type_, weight in self.scan.left(self.text, start)[0].items()
        ) or (self.text[start - 2 : start - 1] == "的" and self.ends.get(start - 2) is not None)

    def _suffixed(self) -> None:
        for found in self.structure.suffixed():
            if found.suffix.kind == "team" and any(
                found.start < place < found.stem for place in self.ends
            ):
                continue
            proposal = self.propose(
                found.start, found.end, "suffix", {found.suffix.type: found.weight}, everywhere=True
            )
            if proposal.fixed is None and "title" not in proposal.sources:
                proposal.only = frozenset({found.suffix.type})

    def _versioned(self) -> None:
        for start, end in self.structure.versioned():
            joined = self.text[start:end].find("-") > 0
            self.propose(start, end, "version", {"Model": 1.6 if joined else 1.2, "Product": 0.4}, everywhere=True)

        families: dict[str, set[str]] = {}
        for start, end, number in self.structure.numbered():
            families.setdefault(self.text[start:end], set()).add(number)
        self.families = frozenset(name for name, numbers in families.items() if len(numbers) > 1)
        for name in sorted(self.families):
            start = self.text.find(name)
            self.propose(start, start + len(name), "family", {"Model": 1.6, "Product": 0.8}, everywhere=True)

    def _transliterated(self) -> None:
        for start, end in self.people.transliterated():
            self.propose(start, end, "interpunct", {"Person": 3.0}, everywhere=True)

    def _chinese_people(self) -> None:
        for start, end, weight in self.people.by_words():
            if start not in self.starts and end not in self.ends:
                proposal = self.propose(start, end, "word", everywhere=True)
                proposal.votes["Person"] = min(proposal.votes.get("Person", 0.0) + weight, 3.0)
        self.people.likely = {surface for surface, proposal in self.proposals.items() if "word" in proposal.sources}
        for place, votes in self.scan.before.items():
            weight = votes.get("Person", 0.0)
            if not weight:
                continue
            start = place
            while self.text[start : start + 1] == " ":
                start += 1
            if start in self.starts and self.text[start : self.starts[start]] in self.proposals:
                continue
            end = self.people.at(start, sure=weight > 1)
            if end is None:
                continue
            follows = self.scan.right(self.text, end).get("Person", 0.0)
            if weight > 1 or follows > 1:
                self.propose(start, end, "role", {"Person": 2.0}, everywhere=True)
        for place, votes in self.scan.after.items():
            if votes.get("Person", 0.0) > 1 and place not in self.ends:
                begin = self.people.before(place, sure=False)
                if begin is not None and begin not in self.starts:
                    self.propose(begin, place, "verb", {"Person": 1.5}, everywhere=True)

    def _places(self) -> None:
        """Places of the general dictionary, and other words where only a place can stand."""
        for start, end, weight in self.structure.place_words():
            surface = self.text[start:end]
            proposal = self.proposals.get(surface)
            strong = self.scan.left(self.text, start)[0].get("Place", 0.0) >= STRONG
            if surface in self.cues.cues.barriers or (not weight and not strong):
                continue
            if start in self.starts and not strong and not (proposal and "Place" in proposal.votes):
                continue
            self.propose(start, end, "place", {"Place": weight or 0.1}, everywhere=weight > 0)

    def _beside_cues(self) -> None:
        """Words of no dictionary right beside a strong cue; once is not enough."""
        known_ends = frozenset(self.ends)
        found: dict[str, list[tuple[int, int]]] = {}
        for place, votes in self.scan.before.items():
            if self._is_strong(votes) and place not in self.starts and place not in known_ends:
                end = self.structure.right_edge(place, self.starts)
                if end is not None:
                    found.setdefault(self.text[place:end], []).append((place, end))
        for place, votes in self.scan.after.items():
            if self._is_strong(votes) and place not in self.ends:
                start = self.structure.unlisted_before(place)
                if start is not None:
                    found.setdefault(self.text[start:place], []).append((start, place))
        for surface, spans in found.items():
            if any(char in self.cues.names.not_given for char in surface):
                continue
            both = any(
                self._is_strong(self.scan.left(self.text, start)[0])
                and self._is_strong(self.scan.right(self.text, end))
                for start, end in spans
            )
            if both or len(spans) > 1 or self.text.count(surface) > 2:  # noqa: PLR2004
                for start, end in spans:
                    self.propose(start, end, "beside", everywhere=True)

    @staticmethod
    def _is_strong(votes: Mapping[str, float]) -> bool:
        return votes.get("Organization", 0.0) >= STRONG or votes.get("Model", 0.0) >= STRONG

    def _fields(self) -> None:
        fields = self.cues.cues.fields
        for block in self.segmented.document.blocks:
            if block.kind != "front":
                continue
            for type_, names in fields.items():
                if block.field in names and block.end - block.start <= 40:  # noqa: PLR2004
                    end = self._before_bracket(block.start, block.end)
                    if self.text[block.start : end] in self.cues.roles_of_people:
                        continue
                    self.propose(block.start, end, "field", {type_: 1.5}, everywhere=True)

    def _before_bracket(self, start: int, end: int) -> int:
        for mark in " (（":
            place = self.text.find(mark, start, end)
            if place > start and (mark != " " or self.text[place + 1 : place + 2] in "(（"):
                return place
        return end

    def _brackets(self) -> None:
        for end, start, stop in self.structure.brackets():
            while end and self.text[end - 1] in "」』》〉”’":
                end -= 1
            head = self.ends.get(end)
            for begin, close, led in self._parts(start, stop):
                inside = self.text[begin:close]
                if not led and not self._may_be_alias(inside):
                    continue
                first = head
                if first is None:
                    first = self._unproposed_head(end, inside)
                if first is None:
                    continue
                surface = self.text[first:end]
                if surface == inside or not self._is_pair(surface, inside):
                    continue
                self.propose(begin, close, "bracket", everywhere=True)
                self.propose(first, end, "bracketed", everywhere=True)
                self.pairs[surface, inside] = None
                break

    def _unproposed_head(self, end: int, inside: str) -> int | None:
        if not _HAN.match(self.text[end - 1]) or not _LATIN_NAME.match(inside):
            return None
        shape = latin.shape(inside, self.cues)
        start = end
        if shape.get("Person", 0.0) > 1 or (
            shape.get("Person") and self.text[end - 2 : end - 1] in self.cues.transliteration
        ):
            while start and self.text[start - 1] in self.cues.transliteration and end - start < 7:  # noqa: PLR2004
                start -= 1
            words = self.segmented.word_at
            while start < end - 2 and (
                start not in words or self.segmented.words[words[start]] in self.cues.cues.barriers
            ):
                start += 1
            if end - start >= 2:  # noqa: PLR2004
                return start
        start = end
        while start not in self.segmented.word_at or start == end:
            start -= 1
        start = self.structure.left_edge(start)
        for place in range(start + 1, end - 1):
            if self.scan.before.get(place, {}) and place in self.segmented.word_at:
                start = place
        return start if 2 <= end - start <= 12 else None  # noqa: PLR2004

    def _parts(self, start: int, stop: int) -> Iterator[tuple[int, int, bool]]:
        """The parts of a bracket's inside without what introduces them, each with whether something did."""
        for match in re.finditer("[^，,；;、]+", self.text[start:stop]):
            begin, close = start + match.start(), start + match.end()
            led = True
            while led:
                while begin < close and self.text[begin] in ' 「『“"：:*':
                    begin += 1
                lead = next(
                    (word for word in self.cues.cues.bracket_lead if self.text.startswith(word, begin, close)), ""
                )
                led = bool(lead)
                begin += len(lead)
            led = any(self.text[start + match.start() : begin].find(word) >= 0 for word in self.cues.cues.bracket_lead)
            while begin < close and self.text[close - 1] in ' 」』”"*':
                close -= 1
            if begin < close:
                yield begin, close, led

    def _may_be_alias(self, inside: str) -> bool:
        if inside in self.proposals and not inside.isdigit():
            return True
        return bool(_LATIN_NAME.match(inside)) and any(c.isalpha() for c in inside) and not inside[0].isdigit()

    def _is_pair(self, first: str, second: str) -> bool:
        """Whether two names may be one thing: in two scripts, or one the initials or a part of the other."""
        one, two = self.proposals.get(first), self.proposals.get(second)
        if two and two.fixed:
            mine = {entry.key for entry, _ in self.lexicon.get(first)}
            if mine & {entry.key for entry, _ in self.lexicon.get(second)}:
                return True
            best = one and (one.fixed or _best(one.votes)[0])
            if (one and one.fixed) or (best and best != two.fixed) or two.fixed == "Place":
                return False
        crossed = bool(_HAN.search(first)) != bool(_HAN.search(second))
        initials = "".join(word[0] for word in first.split() if word[0].isupper())
        return (
            crossed
            or second in first
            or second.replace(".", "") in (initials, initials + "I")
            or bool(_HAN.search(first) and _HAN.search(second))
        )

    def _tables(self) -> None:
        headers: dict[int, list[tuple[int, int]]] = {}
        document = self.segmented.document
        for block in document.blocks:
            if block.kind != "row" or block.table is None:
                continue
            cells = _cells(self.text, block.start, block.end)
            header = headers.get(block.table)
            if header is None:
                headers[block.table] = cells
                models = any(self.text[slice(*cell)] in self.cues.cues.columns.get("Model", ()) for cell in cells)
                if models:
                    for start, _ in cells[1:]:
                        if start in self.starts:
                            self.proposals[self.text[start : self.starts[start]]].vote("Benchmark", 2.0)
                continue
            for (start, end), title in zip(cells, header, strict=False):
                words = self.text[slice(*title)]
                for type_, names in self.cues.cues.columns.items():
                    if words in names and start < end:
                        found = self._cell(start, end, type_)
                        if found is not None:
                            found.vote(type_, 2.0)

    def _cell(self, start: int, end: int, type_: str) -> Proposal | None:
        """The name that a cell of a column of names begins with, or is."""
        stop = self.starts.get(start)
        if stop is not None and self.text[start:stop] in self.proposals:
            return self.proposals[self.text[start:stop]]
        stop = self._before_bracket(start, end)
        name = self.text[start:stop]
        ordinary = _HAN.match(name) and type_ in ("Model", "Product") and self.structure.is_ordinary(start, stop)
        if 2 <= len(name) <= 8 and name.isalnum() and not name.isascii() and not ordinary:  # noqa: PLR2004
            return self.propose(start, stop, "cell", everywhere=True)
        return None

    def _surroundings(self) -> None:
        """Let the words around every place of a surface vote; many weak ones never make a strong one."""
        types = {
            end: proposal.fixed or _best(proposal.votes)[0]
            for proposal in self.proposals.values()
            for _, end in proposal.spans
        }
        for proposal in self.proposals.values():
            if proposal.fixed:
                continue
            tally: dict[tuple[str, float], float] = {}
            for start, end in sorted(proposal.spans):
                votes, naming = self.scan.left(self.text, start)
                sides = [votes, self.scan.right(self.text, end), self._definition(end)]
                if naming is not None:
                    sides.append(self._named_thing(naming, end))
                    proposal.sources.setdefault("naming")
                for number in self.scan.around(self.text, start, end):
                    sides.append({self.cues.cues.around[number].type: FRAME})
                sides.append(self._owned(start, types))
                for side in sides:
                    for type_, weight in side.items():
                        if type_ == "Place" and not proposal.votes.get("Place"):
                            continue
                        tally[type_, weight] = tally.get((type_, weight), 0.0) + weight
            for (type_, weight), total in tally.items():
                proposal.vote(type_, min(total, _TIER_MOST[weight]))

    def _owned(self, start: int, types: Mapping[int, str]) -> Mapping[str, float]:
        """What the owner before 的 says: Meta 的 X is a model or product, 波士頓的 X an organization."""
        start = inward(self.text, start)
        if self.text[start - 1 : start] != "的":
            return {}
        start -= 1
        while start and self.text[start - 1] in " 」』》":
            start -= 1
        owner = types.get(start, "")
        return {"Organization": 1.2, "Place": 0.6} if owner == "Place" else _OWNED.get(owner, {})

    def _definition(self, end: int) -> Mapping[str, float]:
        """What a clause says the name is: X 是…推出的工業檢測模型, X，一家做影像的新創."""
        match = _COPULA.match(self.text, end)
        if match is None:
            return {}
        stop = _CLAUSE_STOP.search(self.text, match.end(), match.end() + _DEFINITION)
        return self.scan.head(stop.start()) if stop else {}

    def _named_thing(self, naming: int, end: int) -> Mapping[str, float]:
        """What is named: 模型叫「X」, 一個叫 X 的小工具."""
        text = self.text
        while naming and text[naming - 1] in " 就则被也都便才的名字，,":
            naming -= 1
        votes = dict(self.scan.head(naming))
        after = end
        while after < len(text) and text[after] in '」』》〉”" ':
            after += 1
        if text[after : after + 1] == "的":
            for place in range(after + 2, after + 9):
                if place > len(text) or text[place - 1] in _BREAKS:
                    break
                for type_, weight in self.scan.head(place).items():
                    votes.setdefault(type_, weight)
                if votes:
                    break
        return votes or {"Product": 0.75, "Model": 0.5, "Organization": 0.25}

    def _lists(self) -> None:
        """Names in one list are of one type: each gets something of its neighbours' best."""
        spans = sorted({(start, end) for start, end in self.starts.items()})
        extra: dict[str, dict[str, float]] = defaultdict(dict)
        for (start, end), (begin, stop) in zip(spans, spans[1:], strict=False):
            if begin < end or begin - end > 6 or not _JOINED.fullmatch(self.text, end, begin):  # noqa: PLR2004
                continue
            first, second = self.proposals.get(self.text[start:end]), self.proposals.get(self.text[begin:stop])
            if first is None or second is None:
                continue
            for one, other in ((first, second), (second, first)):
                type_, weight = _best(one.votes)
                if type_ and weight >= THRESHOLD and not other.fixed:
                    votes = extra[other.surface]
                    votes[type_] = max(votes.get(type_, 0.0), 1.5 if weight >= 2.5 else 0.8)  # noqa: PLR2004
        for surface, votes in extra.items():
            for type_, weight in votes.items():
                self.proposals[surface].vote(type_, weight)

    def _decide(self) -> dict[str, str]:
        """The type of every surface that stands."""
        groups = _groups(self.proposals, self.pairs)
        types: dict[str, str] = {}
        for members in groups:
            votes: dict[str, float] = {}
            fixed = None
            for surface in members:
                proposal = self.proposals[surface]
                fixed = fixed or proposal.fixed
                for type_, weight in proposal.votes.items():
                    votes[type_] = votes.get(type_, 0.0) + min(weight, _MOST)
            type_, weight = _best(votes)
            if fixed:
                type_, weight = fixed, _LISTED
            sources = {source for surface in members for source in self.proposals[surface].sources}
            if len(members) > 1:
                weight += 0.7
            elif self._is_plain(members[0]):
                weight -= 0.5
            elif "latin" in sources and len(self.proposals[members[0]].spans) > 1 and len(members[0]) > 3:  # noqa: PLR2004
                weight += 0.75
            if "title" in sources:
                weight += 0.5
            if "named" in sources or ("naming" in sources and "latin" in sources):
                weight += 0.8
            if type_ and weight >= THRESHOLD:
                for surface in members:
                    types[surface] = type_
        return types

    def _members(self, types: dict[str, str]) -> None:
        """The numbered members of a family: 籮筐 1.5 where 籮筐 is a model."""
        for start, end, number in self.structure.numbered():
            type_ = types.get(self.text[start:end])
            if type_ in ("Model", "Product"):
                stop = self.text.find(number, end) + len(number)
                types[self.text[start:stop]] = type_
                self.propose(start, stop, "member", {type_: 2.0})

    def _is_plain(self, surface: str) -> bool:
        """Whether the form of a surface alone makes no name of it."""
        return surface in self.cues.names.latin_common or (
            surface.isascii() and surface.isupper() and len(surface) <= 4
        )  # noqa: PLR2004

    def _placed(self, types: Mapping[str, str]) -> Iterator[Candidate]:
        """All occurrences of the surfaces that stand, the longest first where they overlap."""
        places: dict[tuple[int, int], str] = {}
        for surface in types:
            proposal = self.proposals[surface]
            for span in proposal.spans:
                places[span] = surface
            if proposal.everywhere:
                for span in self._occurrences(surface):
                    places[span] = surface
        taken = bytearray(len(self.text) + 1)
        result = []
        for (start, end), surface in sorted(places.items(), key=lambda item: (item[0][0] - item[0][1], item[0][0])):
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            proposal = self.proposals[surface]
            weight = min(proposal.votes.get(types[surface], 0.0), _MOST)
            result.append(Candidate(start, end, surface, types[surface], next(iter(proposal.sources)), weight))
        return iter(sorted(result))

    def _occurrences(self, surface: str) -> Iterator[tuple[int, int]]:
        position = self.text.find(surface)
        while position >= 0:
            end = position + len(surface)
            if stands_alone(self.text, position, end):
                yield position, end
            position = self.text.find(surface, end)


def _best(votes: Mapping[str, float]) -> tuple[str, float]:
    type_ = max(sorted(votes), key=lambda name: votes[name], default="")
    return type_, votes.get(type_, 0.0)


def _groups(surfaces: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The surfaces in groups that pairs connect, all in the given order."""
    leader = {surface: surface for surface in surfaces}

    def find(surface: str) -> str:
        while leader[surface] != surface:
            surface = leader[surface]
        return surface

    for one, other in pairs:
        leader[find(other)] = find(one)
    groups: dict[str, list[str]] = {}
    for surface in leader:
        groups.setdefault(find(surface), []).append(surface)
    return list(groups.values())


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The trimmed cells of a table row."""
    cells = []
    for match in re.finditer(r"[^|]+", text[start:end]):
        inner = match[0].strip(" *_")
        begin = start + match.start() + (len(match[0]) - len(match[0].lstrip(" *_")))
        if inner:
            cells.append((begin, begin + len(inner)))
    return cells


def find_mentions(segmented: Segmented, segmenter: Segmenter, lexicon: Lexicon, cues: Cues) -> Found:
    """All names in a document, each place at most once, typed by votes of the whole document."""
    return MentionFinder(segmented, segmenter, lexicon, cues).find()


__all__ = ["INTERPUNCTS", "Candidate", "Found", "find_mentions"]
