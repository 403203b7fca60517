# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Names that the lexicon lists, and Latin names beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.extract import latin
from kg.extract.draft import Draft
from kg.extract.script import HAN
from kg.lexicon import Entry

LISTED = 4.0
# A weak name is as good as a proposal from its form, a plain word among the weak ones less.
_WEAK, _SPECIAL, _PLAIN, _PRESENT = 2.0, 1.0, 0.5, 3.0
OF_A_PLACE = ("语", "文", "籍", "裔", "菜", "话", "人")
_VERSION = re.compile(r"v?\d")
_SHORT = 3
_YEAR = re.compile(r"(?:19|20)\d\d")


def listed(draft: Draft) -> None:
    """Propose the names of the lexicon: full ones are settled, weak and optional ones need a word beside them."""
    for start, end, name in draft.lexicon.occurrences(draft.text):
        bearers = draft.lexicon.get(name)
        han = bool(HAN.match(name))
        if han and not _cuts_well(draft, start, end):
            continue
        if han and bearers[0][0].type == "Place" and draft.text[end : end + 1] in OF_A_PLACE:
            continue
        proposal = draft.propose(start, end, "lexicon")
        if proposal.votes:
            continue
        for entry, weak in bearers:
            if entry.optional:
                proposal.votes.setdefault(entry.type, 0.0)
            elif not weak:
                proposal.fixed = entry.type
                proposal.vote(entry.type, LISTED)
            else:
                weight = max(_weight(draft, start, end, entry), proposal.votes.get(entry.type, 0.0))
                proposal.votes[entry.type] = weight
        # Ordinary words and abbreviations are that entity or nothing.
        if not proposal.fixed and (han or len(name) < _SHORT or any(entry.optional for entry, _ in bearers)):
            proposal.only = frozenset(entry.type for entry, _ in bearers)
    _full_names(draft)


def _weight(draft: Draft, start: int, end: int, entry: Entry) -> float:
    """What a weak name says by itself: little if it is an ordinary word."""
    name = draft.text[start:end]
    if not HAN.match(name):
        return _PLAIN if name in draft.cues.names.latin_common or name.islower() else _WEAK
    if any(
        suffix.sure and suffix.type == entry.type and name.endswith(suffix.words)
        for suffix in draft.cues.context.suffixes
    ):
        return _WEAK
    index = draft.segmented.word_at.get(start)
    whole = index is not None and len(draft.segmented.words[index]) == end - start
    special = whole and index is not None and draft.segmented.tags[index] in ("nt", "nz", "ns", "j")
    return _SPECIAL if special else _PLAIN


def _full_names(draft: Draft) -> None:
    """A weak name counts where the same entity is also there under a full one; a person's never counts without."""
    present = {
        entry.key
        for name, proposal in draft.proposals.items()
        if proposal.fixed
        for entry, weak in draft.lexicon.get(name)
        if not weak
    }
    for name, proposal in draft.proposals.items():
        if proposal.fixed:
            continue
        for entry, _ in draft.lexicon.get(name):
            if entry.key in present:
                proposal.votes[entry.type] = _PRESENT
            elif entry.type == "Person" and entry.name != name and " " not in name:
                proposal.votes[entry.type] = 0.0


def _cuts_well(draft: Draft, start: int, end: int) -> bool:
    """Whether a Chinese name in the text does not begin or end inside another word."""
    words = draft.segmented.word_at
    if start in words and (end in words or end == len(draft.text)):
        return True
    return end - start > 3 or not HAN.match(draft.text[end - 1])


def latin_names(draft: Draft) -> None:
    """Propose the Latin runs that the lexicon does not cover."""
    shapes: dict[str, dict[str, float]] = {}
    for start, end in latin.runs(draft.text, draft.cues):
        for begin, stop in _unlisted_parts(draft, start, end):
            name = draft.text[begin:stop]
            if name not in shapes:
                votes = latin.shape(name, draft.cues)
                shapes[name] = votes
            draft.propose(begin, stop, "latin", shapes[name])


def _unlisted_parts(draft: Draft, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What of a run is left beside the names that the lexicon knows: GPT-6 Pro as a whole, Chirp of Google Chirp."""
    known = draft.starts.get(start)
    if known == end:
        return
    if known is None or known > end:
        yield start, end
        return
    tail = draft.text[known:end].split()
    first = draft.proposals[draft.text[start:known]]
    type_ = first.fixed or max(first.votes, key=lambda t: first.votes[t], default="")
    continues = all(word in draft.cues.names.version_words or _VERSION.match(word) for word in tail)
    if continues and type_ not in ("Model", "Product") and not _YEAR.fullmatch(tail[0]):
        return
    if continues or any(word in draft.cues.endings for word in tail):
        proposal = draft.propose(start, end, "version" if continues else "latin")
        if continues and type_ in ("Model", "Product"):
            proposal.fixed = type_
            proposal.vote(type_, LISTED)
        else:
            for vote, weight in latin.shape(draft.text[start:end], draft.cues).items():
                proposal.vote(vote, weight)
        return
    while known < end and draft.text[known] == " ":
        known += 1
    if known < end and known not in draft.starts and draft.text[known].isalpha():
        yield known, end
