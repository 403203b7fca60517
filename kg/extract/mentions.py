# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Mentions: which of the proposals of a document stand, and of which type they are.

Every surface has collected votes by type over the whole document, from the lexicon, from its form and from the words
around it; surfaces that a bracket declares to be one thing share their votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.extract import aliases, forms, listed, votes
from kg.extract.cues import Cues
from kg.extract.draft import Draft, best, standing
from kg.extract.segment import Segmented, Segmenter
from kg.lexicon import Lexicon

THRESHOLD = 1.5
_MOST = 6.0


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


def find_mentions(segmented: Segmented, segmenter: Segmenter, lexicon: Lexicon, cues: Cues) -> Found:
    """All names in a document, each place at most once, typed by votes of the whole document."""
    draft = Draft(segmented, segmenter, lexicon, cues)
    # In this order: the surer a form, the earlier; later ones leave alone what is proposed already.
    listed.listed(draft)
    listed.latin_names(draft)
    forms.titles(draft)
    forms.quoted(draft)
    forms.suffixed(draft)
    forms.versioned(draft)
    forms.transliterated(draft)
    forms.chinese_people(draft)
    forms.fields(draft)
    forms.places(draft)
    forms.beside_cues(draft)
    forms.framed(draft)
    aliases.brackets(draft)
    votes.tables(draft)
    votes.surroundings(draft)
    votes.lists(draft)
    types = _decide(draft)
    _members(draft, types)
    return Found(_placed(draft, types), tuple(draft.pairs))


def _decide(draft: Draft) -> dict[str, str]:
    """The type of every surface that stands."""
    groups = _groups(draft.proposals, [*draft.pairs, *_kin(draft)])
    types: dict[str, str] = {}
    for members in groups:
        votes: dict[str, float] = {}
        fixed = None
        for surface in members:
            proposal = draft.proposals[surface]
            fixed = fixed or proposal.fixed
            for type_, weight in proposal.votes.items():
                votes[type_] = votes.get(type_, 0.0) + min(weight, _MOST)
        type_, weight = best(votes)
        if fixed:
            type_, weight = fixed, listed.LISTED
        sources = {source for surface in members for source in draft.proposals[surface].sources}
        if len(members) > 1:
            weight += 0.7
        elif _is_plain(draft, members[0]):
            weight -= 0.5
        elif "latin" in sources and len(draft.proposals[members[0]].spans) > 1 and len(members[0]) > 3:
            weight += 0.75
        if "suffix" in sources and any(len(draft.proposals[surface].spans) > 1 for surface in members):
            weight += 0.3
        if "title" in sources:
            weight += 0.5
        if "named" in sources or ("naming" in sources and "latin" in sources):
            weight += 0.8
        if type_ and weight >= THRESHOLD:
            for surface in members:
                types[surface] = type_
    return types


def _kin(draft: Draft) -> list[tuple[str, str]]:
    """Full and short Latin names that decide on their type together: Noam Brown and Brown, Kestrel Labs and Kestrel."""
    found: dict[str, list[str]] = {}
    for surface, proposal in draft.proposals.items():
        words = surface.split()
        if proposal.fixed or len(words) < 2 or not surface.replace(" ", "").isalpha():
            continue
        for type_, short in (("Person", words[-1]), ("Organization", " ".join(words[:-1]))):
            other = draft.proposals.get(short)
            if other is None or other.fixed:
                continue
            together = {t: proposal.votes.get(t, 0.0) + other.votes.get(t, 0.0) for t in proposal.votes | other.votes}
            if best(together)[0] == type_:
                found.setdefault(short, []).append(surface)
    return [(surfaces[0], short) for short, surfaces in found.items() if len(surfaces) == 1]


def _members(draft: Draft, types: dict[str, str]) -> None:
    """The numbered members of a family: 籮筐 1.5 where 籮筐 is a model."""
    for start, end, number in draft.structure.numbered():
        type_ = types.get(draft.text[start:end])
        if type_ in ("Model", "Product"):
            stop = draft.text.find(number, end) + len(number)
            types[draft.text[start:stop]] = type_
            draft.propose(start, stop, "member", {type_: 2.0})


def _is_plain(draft: Draft, surface: str) -> bool:
    """Whether the form of a surface alone makes no name of it."""
    return surface in draft.cues.names.latin_common or (surface.isascii() and surface.isupper() and len(surface) <= 4)


def _placed(draft: Draft, types: Mapping[str, str]) -> tuple[Candidate, ...]:
    """All occurrences of the surfaces that stand, the longest first where they overlap."""
    places = {span for surface in types for span in draft.proposals[surface].spans}
    places.update(standing(draft.text, [surface for surface in types if draft.proposals[surface].everywhere]))
    taken = bytearray(len(draft.text) + 1)
    result = []
    for start, end in sorted(places, key=lambda span: (span[0] - span[1], span[0])):
        if any(taken[start:end]):
            continue
        taken[start:end] = b"\1" * (end - start)
        surface = draft.text[start:end]
        proposal = draft.proposals[surface]
        weight = min(proposal.votes.get(types[surface], 0.0), _MOST)
        result.append(Candidate(start, end, surface, types[surface], next(iter(proposal.sources)), weight))
    return tuple(sorted(result))


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
