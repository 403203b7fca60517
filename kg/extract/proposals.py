"""The rules: what of a document may be a name, what votes for which type, and what stands by votes alone.

Every surface collects votes by type over the whole document, from the lexicon, from its form and from the words around
it; surfaces that a bracket declares to be one thing share their votes.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.extract import aliases, forms, listed, votes
from kg.extract.cues import Cues
from kg.extract.draft import Draft, Proposal, best
from kg.extract.segment import Segmented, Segmenter
from kg.extract.tagger import LEAST, Spans
from kg.lexicon import Lexicon

_THRESHOLD = 1.5
_MOST = 6.0
# A span that the tagger finds so likely may be the head of a bracket, an owner, a neighbour.
_LIKELY = 0.3
_TAGGED = "tagger"


def propose(segmented: Segmented, segmenter: Segmenter, lexicon: Lexicon, cues: Cues) -> Draft:
    """What the lexicon lists and what shows itself by its form."""
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
    return draft


def weigh(draft: Draft, spans: Spans) -> None:
    """Add what the tagger finds to the proposals, pair names by brackets, and let the surroundings vote."""
    totals = [(start, end, sum(votes.values())) for (start, end), votes in sorted(spans.items())]
    for start, end, likely in totals:
        if likely >= _LIKELY:
            draft.propose(start, end, _TAGGED)
    aliases.brackets(draft)
    votes.tables(draft)
    for start, end, likely in totals:
        if LEAST <= likely < _LIKELY:
            proposal = draft.proposals.setdefault(draft.text[start:end], Proposal(draft.text[start:end]))
            proposal.spans.add((start, end))
            proposal.sources.setdefault(_TAGGED)
    votes.surroundings(draft)
    votes.lists(draft)


def verdicts(draft: Draft) -> dict[str, str]:
    """The type of every surface that stands by votes, without those that only the tagger proposes."""
    types: dict[str, str] = {}
    for members in groups(draft.proposals, together(draft)):
        type_, weight = _tallied(draft, members)
        if type_ and weight >= _THRESHOLD:
            types |= dict.fromkeys(members, type_)
    return {surface: type_ for surface, type_ in types.items() if list(draft.proposals[surface].sources) != [_TAGGED]}


def _tallied(draft: Draft, members: list[str]) -> tuple[str, float]:
    """The best type of a group of surfaces and the votes for it."""
    first = draft.proposals[members[0]]
    tally: dict[str, float] = {}
    fixed = None
    for surface in members:
        proposal = draft.proposals[surface]
        fixed = fixed or proposal.fixed
        for type_, weight in proposal.votes.items():
            tally[type_] = tally.get(type_, 0.0) + min(weight, _MOST)
    type_, weight = (fixed, listed.LISTED) if fixed else best(tally)
    sources = {source for surface in members for source in draft.proposals[surface].sources}
    if len(members) > 1:
        weight += 0.7
    elif _is_plain(draft, members[0]):
        weight -= 0.5
    elif "latin" in sources and len(first.spans) > 1 and len(members[0]) > 3:  # noqa: PLR2004 - longer than initials
        weight += 0.75
    if "suffix" in sources and any(len(draft.proposals[surface].spans) > 1 for surface in members):
        weight += 0.3
    if "title" in sources:
        weight += 0.5
    if "named" in sources or ("naming" in sources and "latin" in sources):
        weight += 0.8
    return type_, weight


def _is_plain(draft: Draft, surface: str) -> bool:
    """Whether the form of a surface alone makes no name of it."""
    abbreviation = surface.isascii() and surface.isupper() and len(surface) <= 4  # noqa: PLR2004 - LLM, RLHF
    return surface in draft.cues.names.latin_common or abbreviation


def together(draft: Draft) -> list[tuple[str, str]]:
    """Pairs of surfaces that decide on their type together: X（Y）, Noam Brown and Brown, Kestrel Labs and Kestrel."""
    found: dict[str, list[str]] = {}
    for surface, proposal in draft.proposals.items():
        words = surface.split()
        if proposal.fixed or len(words) < 2 or not surface.replace(" ", "").isalpha():  # noqa: PLR2004 - full and short
            continue
        for type_, short in (("Person", words[-1]), ("Organization", " ".join(words[:-1]))):
            other = draft.proposals.get(short)
            if other is None or other.fixed:
                continue
            both = {t: proposal.votes.get(t, 0.0) + other.votes.get(t, 0.0) for t in proposal.votes | other.votes}
            if best(both)[0] == type_:
                found.setdefault(short, []).append(surface)
    return [*draft.pairs, *((surfaces[0], short) for short, surfaces in found.items() if len(surfaces) == 1)]


def groups(surfaces: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The surfaces in groups that pairs connect, all in the given order."""
    leader = {surface: surface for surface in surfaces}

    def find(surface: str) -> str:
        while leader[surface] != surface:
            surface = leader[surface]
        return surface

    for one, other in pairs:
        if one in leader and other in leader:
            leader[find(other)] = find(one)
    found: dict[str, list[str]] = {}
    for surface in leader:
        found.setdefault(find(surface), []).append(surface)
    return list(found.values())
