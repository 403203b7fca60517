# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Names that show themselves by their form or place: titles, quoted terms, suffixes, versions, people, places."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.extract import latin
from kg.extract.cues import STRONG, before_bracket
from kg.extract.draft import Draft
from kg.extract.listed import OF_A_PLACE

_ITALIC_TITLE = re.compile(r"(?<![*\w])[*_]([A-Z][^*_\n]{10,150})[*_](?![*\w])")
_AROUND_TITLE = 14
_LONGEST_TERM = 12
_LONGEST_FIELD = 40
_TERMS = frozenset(
    {"Organization", "Model", "Competition", "Benchmark", "Method", "Product", "Publication", "Show", "Award"}
)
_PERSONAL = frozenset({"Person", "Place"})
_TITLED = frozenset({"Publication", "Show", "Organization", "Product", "Competition"})


def titles(draft: Draft) -> None:
    """Propose what stands between title marks, and long italic Latin titles."""
    for start, end in draft.structure.titles():
        around = draft.text[max(0, start - 1 - _AROUND_TITLE) : start - 1] + " " + draft.text[end + 1 : end + 9]
        proposal = draft.propose(start, end, "title", {"Publication": 1.2}, everywhere=True)
        if proposal.fixed is None:
            proposal.only = _TITLED
        for type_, words in draft.cues.context.titles.items():
            if any(word in around for word in words):
                proposal.vote(type_, 1.3)
    original = draft.segmented.document.text
    for match in _ITALIC_TITLE.finditer(original):
        if latin.is_prose(match[1]) or len(match[1].split()) > 4:
            draft.propose(match.start(1), match.end(1), "title", {"Publication": 2.5})


def quoted(draft: Draft) -> None:
    """Propose short quoted terms that a verb of naming, a kind of thing or an owner introduces."""
    for start, end, named in draft.structure.quoted():
        inside = draft.text[start:end]
        if "的" in inside or end - start > _LONGEST_TERM or (inside.isascii() and inside.islower()):
            continue
        if named:
            proposal = draft.propose(start, end, "named", everywhere=True)
        elif _is_named_kind(draft, start) and (
            _stands_bare(draft, inside, start) or not draft.structure.is_ordinary(start, end)
        ):
            proposal = draft.propose(start, end, "quoted", everywhere=end - start > 1)
        else:
            continue
        if not proposal.fixed and not proposal.only:
            proposal.only = _TERMS


def _stands_bare(draft: Draft, term: str, near: int) -> bool:
    """Whether a quoted term also stands without quotation marks."""
    count = draft.segmented.count
    return count(term, near) > sum(count(f"{marks[0]}{term}{marks[1]}", near) for marks in ("「」", "『』", "“”"))


def _is_named_kind(draft: Draft, start: int) -> bool:
    """Whether a word for a kind of thing stands before a quoted term, or its owner."""
    return any(
        weight >= STRONG and type_ != "Person" for type_, weight in draft.scan.left(draft.text, start)[0].items()
    ) or (draft.text[start - 2 : start - 1] == "的" and draft.ends.get(start - 2) is not None)


def suffixed(draft: Draft) -> None:
    """Propose Han names with a telling suffix; they can be of its type only."""
    for found in draft.structure.suffixed():
        if found.suffix.kind == "team" and any(found.start < place < found.stem for place in draft.ends):
            continue
        proposal = draft.propose(found.start, found.end, "suffix", {found.suffix.type: found.weight}, everywhere=True)
        if proposal.fixed is None and "title" not in proposal.sources:
            proposal.only = frozenset({found.suffix.type})


def versioned(draft: Draft) -> None:
    """Propose Han names with a version, and words that several numbers follow: 籮筐 1, 籮筐 1.5."""
    for start, end in draft.structure.versioned():
        joined = draft.text[start:end].find("-") > 0
        draft.propose(start, end, "version", {"Model": 1.6 if joined else 1.2, "Product": 0.4}, everywhere=True)

    families: dict[str, set[str]] = {}
    for start, end, number in draft.structure.numbered():
        families.setdefault(draft.text[start:end], set()).add(number)
    for name in sorted(name for name, numbers in families.items() if len(numbers) > 1):
        start = draft.text.find(name)
        draft.propose(start, start + len(name), "family", {"Model": 1.6, "Product": 0.8}, everywhere=True)


def transliterated(draft: Draft) -> None:
    """Propose names with interpuncts."""
    for start, end in draft.people.transliterated():
        draft.propose(start, end, "interpunct", {"Person": 3.0}, everywhere=True)


def chinese_people(draft: Draft) -> None:
    """Propose names of people by the words they are, by roles before and verbs behind them."""
    for start, end, weight in draft.people.by_words():
        if start not in draft.starts and end not in draft.ends:
            proposal = draft.propose(start, end, "word", everywhere=True)
            if not proposal.fixed and proposal.only is None:
                proposal.only = _PERSONAL
            proposal.votes["Person"] = min(proposal.votes.get("Person", 0.0) + weight, 3.0)
    draft.people.likely = {surface for surface, proposal in draft.proposals.items() if "word" in proposal.sources}
    for place, votes in draft.scan.before.items():
        weight = votes.get("Person", 0.0)
        if not weight:
            continue
        start = place
        while draft.text[start : start + 1] == " ":
            start += 1
        if start in draft.starts and draft.text[start : draft.starts[start]] in draft.proposals:
            continue
        stop = draft.people.at(start, sure=weight > 1)
        if stop is None:
            continue
        follows = draft.scan.right(draft.text, stop).get("Person", 0.0)
        if weight > 1 or follows > 1:
            draft.propose(start, stop, "role", {"Person": 2.0}, everywhere=True)
    for place, votes in draft.scan.after.items():
        if votes.get("Person", 0.0) > 1 and place not in draft.ends:
            begin = draft.people.before(place, sure=False)
            if begin is not None and begin not in draft.starts:
                draft.propose(begin, place, "verb", {"Person": 1.5}, everywhere=True)


def places(draft: Draft) -> None:
    """Places of the general dictionary, and other words where only a place can stand."""
    for start, end, weight in draft.structure.place_words():
        surface = draft.text[start:end]
        proposal = draft.proposals.get(surface)
        strong = draft.scan.left(draft.text, start)[0].get("Place", 0.0) >= STRONG
        if draft.text[end : end + 1] in OF_A_PLACE:
            continue
        if surface in draft.cues.context.barriers or (not weight and not strong):
            continue
        if start in draft.starts and not strong and not (proposal and "Place" in proposal.votes):
            continue
        found = draft.propose(start, end, "place", {"Place": weight or 0.1}, everywhere=weight > 0)
        if len(found.sources) == 1:
            found.only = frozenset({"Place"})


def beside_cues(draft: Draft) -> None:
    """Words of no dictionary right beside a strong cue; once is not enough."""
    known_ends = frozenset(draft.ends)
    found: dict[str, list[tuple[int, int]]] = {}
    for place, votes in draft.scan.before.items():
        if _is_strong(votes) and place not in draft.starts and place not in known_ends:
            end = draft.structure.right_edge(place, draft.starts)
            if end is not None:
                found.setdefault(draft.text[place:end], []).append((place, end))
    for place, votes in draft.scan.after.items():
        if _is_strong(votes) and place not in draft.ends:
            start = draft.structure.unlisted_before(place)
            if start is not None:
                found.setdefault(draft.text[start:place], []).append((start, place))
    for surface, spans in found.items():
        if any(char in draft.cues.names.not_given for char in surface):
            continue
        both = any(
            _is_strong(draft.scan.left(draft.text, start)[0]) and _is_strong(draft.scan.right(draft.text, end))
            for start, end in spans
        )
        if both or len(spans) > 1 or draft.segmented.count(surface, spans[0][0]) > 2:
            for start, end in spans:
                draft.propose(start, end, "beside", everywhere=True)


def framed(draft: Draft) -> None:
    """Han words that nobody lists between two words that only embrace names."""
    for start, end in draft.structure.framed(draft.scan.opens, draft.scan.closes):
        if start not in draft.starts and end not in draft.ends:
            draft.propose(start, end, "framed", everywhere=True)


def _is_strong(votes: Mapping[str, float]) -> bool:
    return votes.get("Organization", 0.0) >= STRONG or votes.get("Model", 0.0) >= STRONG


def fields(draft: Draft) -> None:
    """Propose the values of front-matter fields that hold names."""
    named = draft.cues.context.fields
    for block in draft.segmented.document.blocks:
        if block.kind != "front":
            continue
        for type_, names in named.items():
            if block.field in names and block.end - block.start <= _LONGEST_FIELD:
                end = before_bracket(draft.text, block.start, block.end)
                if draft.text[block.start : end] in draft.cues.roles_of_people:
                    continue
                draft.propose(block.start, end, "field", {type_: 1.5}, everywhere=True)
