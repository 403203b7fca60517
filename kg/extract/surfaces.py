# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""What speaks for and against each surface of a document being a name of each type, and how likely it makes it.

A multinomial logistic regression over one row of features a surface; the rows pool all places of a surface.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from kg.extract import latin
from kg.extract.cues import outside
from kg.extract.draft import Draft, Proposal, standing
from kg.extract.listed import OF_A_PLACE
from kg.extract.script import HAN
from kg.extract.tagger import LEAST, Spans
from kg.extract.unit_features import has_long_surname
from kg.extract.units import Units
from kg.extract.weights import Floats, NameWeights

Places = Mapping[str, Sequence[tuple[int, int]]]
Row = dict[str, float]
_OPENING, _CLOSING = frozenset("「『“"), frozenset("」』”")
# From these probabilities on, a span of the tagger covers what is inside it, and a partner in a bracket tells its type.
_ASPECTS = frozenset("了过着")
_COVERS, _TELLS = 0.1, 0.2
_MOST_VOTES = 6.0
_LOOKED_AT = 30


def places_of(draft: Draft, units: Units, spans: Spans) -> Places:
    """Every surface that may be a name, with all places where it stands."""
    places: dict[str, set[tuple[int, int]]] = {p.surface: set(p.spans) for p in draft.proposals.values()}
    for span, votes in spans.items():
        if sum(votes.values()) >= LEAST:
            places.setdefault(draft.text[slice(*span)], set()).add(span)
    names = [surface for surface in places if len(surface) > 1 and surface.strip() == surface]
    for start, end in standing(draft.text, names):
        if end - start > 3 or not HAN.match(draft.text[start]) or (start in units.at and end in units.end_at):
            places[draft.text[start:end]].add((start, end))
    return {surface: sorted(found) for surface, found in places.items() if not _is_of_a_place(draft, surface)}


def rows(draft: Draft, units: Units, spans: Spans, places: Places, rules: Mapping[str, str]) -> dict[str, Row]:
    """The features of each surface; `rules` are the types that the rules decide on."""
    covering = _covering(spans, places, rules)
    listed = _listed(draft)
    likely: dict[str, dict[str, float]] = {}
    found: dict[str, Row] = {}
    for surface, where in places.items():
        row, likely[surface] = _tagged(where, spans)
        row |= _covered(where, covering)
        row[f"places {min(len(where), 3)}"] = 1.0
        row["log places"] = math.log(len(where))
        row["rules " + rules.get(surface, "none")] = 1.0
        if (proposal := draft.proposals.get(surface)) is not None:
            row |= _proposed(draft, proposal)
        row |= _formed(draft, units, surface, where[0])
        row |= _holding(where[0], listed)
        row |= _followed(draft, where)
        seen = where[:_LOOKED_AT]
        quoted = (draft.text[s - 1 : s] in _OPENING and draft.text[e : e + 1] in _CLOSING for s, e in seen)
        row["quoted"] = sum(quoted) / len(seen)
        found[surface] = row
    for one, other in draft.pairs:
        for mine, its, side in ((one, other, "outside"), (other, one, "inside")):
            if mine in found:
                found[mine] |= _partnered(its, side, rules, likely)
    return found


def probabilities(weights: NameWeights, found: Mapping[str, Row]) -> Floats:
    """A line for each surface: the probabilities of the classes of the weights."""
    columns = weights.columns
    table = np.zeros((len(found), len(columns)))
    for line, row in enumerate(found.values()):
        for feature, value in row.items():
            column = columns.get(feature)
            if column is not None:
                table[line, column] = value
    scores = table @ weights.surface + weights.bias
    expected = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    # Rounded so that the last bits of a processor's arithmetic decide nothing.
    rounded: Floats = np.round(expected / expected.sum(axis=1, keepdims=True), 6)
    return rounded


def _tagged(where: Sequence[tuple[int, int]], spans: Spans) -> tuple[Row, dict[str, float]]:
    """What the tagger says at all places, and the most it says by type."""
    most: dict[str, float] = {}
    summed: dict[str, float] = {}
    for span in where:
        for type_, p in spans.get(span, {}).items():
            most[type_] = max(most.get(type_, 0.0), p)
            summed[type_] = summed.get(type_, 0.0) + p
    row: Row = {}
    for type_, p in most.items():
        row["tagger peak " + type_] = _logit(p)
        row["tagger mean " + type_] = summed[type_] / len(where)
    if most:
        type_ = max(sorted(most), key=most.__getitem__)
        row["tagger best " + type_] = most[type_]
    row["tagger peak"] = min(sum(most.values()), 1.0)
    row["tagger mean"] = sum(summed.values()) / len(where)
    return row, most


def _logit(p: float) -> float:
    p = min(max(p, 0.003), 0.997)
    return math.log(p / (1 - p)) + 6


def _covering(spans: Spans, places: Places, rules: Mapping[str, str]) -> dict[int, list[tuple[int, int, float, float]]]:
    """By offset, what covers it from there or from before: (start, end, tagger's probability, 1 if a rule stands)."""
    totals = ((*span, sum(votes.values()), 0.0) for span, votes in spans.items())
    covers = [cover for cover in totals if cover[2] >= _COVERS]
    covers += [(start, end, 0.0, 1.0) for surface in rules for start, end in places.get(surface, ())]
    found: dict[int, list[tuple[int, int, float, float]]] = {}
    for cover in sorted(covers):
        for offset in range(cover[0], cover[1]):
            found.setdefault(offset, []).append(cover)
    return found


def _covered(where: Sequence[tuple[int, int]], covering: Mapping[int, Sequence[tuple[int, int, float, float]]]) -> Row:
    """How far longer names cover the places, by the tagger and by the rules."""
    tagged = ruled = 0.0
    for start, end in where:
        longer = [(p, r) for s, e, p, r in covering.get(start, ()) if e >= end and (s, e) != (start, end)]
        tagged += max((p for p, _ in longer), default=0.0)
        ruled += max((r for _, r in longer), default=0.0)
    return {"inside tagged": tagged / len(where), "inside ruled": ruled / len(where)}


def _proposed(draft: Draft, proposal: Proposal) -> Row:
    """What the rules' votes and the lexicon say."""
    row: Row = {"votes " + type_: min(weight, _MOST_VOTES) / 2 for type_, weight in proposal.votes.items()}
    type_, weight = proposal.best()
    if type_:
        row["most votes " + type_] = 1.0
        row["votes"] = min(weight, _MOST_VOTES) / 2
    if proposal.fixed:
        row["listed"] = row["listed " + proposal.fixed] = 1.0
    elif "lexicon" in proposal.sources:
        row |= {"lexicon " + entry.type: 1.0 for entry, _ in draft.lexicon.get(proposal.surface)}
    if proposal.only:
        row["only"] = 1.0
        if len(proposal.only) < 3:
            row |= {"only " + type_: 1.0 for type_ in proposal.only}
    return row


def _formed(draft: Draft, units: Units, surface: str, place: tuple[int, int]) -> Row:
    """What a surface looks like."""
    if HAN.search(surface):
        return _formed_chinese(draft, units, surface, place)
    if not surface.strip():
        return {}
    names, words = draft.cues.names, surface.split()
    row = {f"latin words {min(4, len(words))}": 1.0}
    row |= {"latin form " + type_: weight for type_, weight in latin.shape(surface, draft.cues).items()}
    if surface in names.latin_common:
        row["ordinary latin word"] = 1.0
    if len(surface) <= 4 and surface.isupper():
        row["abbreviation"] = 1.0
    if any(word in names.english for word in words):
        row["english word"] = 1.0
    return row


def _formed_chinese(draft: Draft, units: Units, surface: str, place: tuple[int, int]) -> Row:
    names, context, size = draft.cues.names, draft.cues.context, len(surface)
    row = {f"chinese length {min(size, 7)}": 1.0}
    if suffix := draft.cues.suffix_of(surface):
        telling = draft.cues.suffixes[suffix]
        row[f"suffix {telling.type} {telling.sure:d}"] = 1.0
    tests = {
        "nothing but suffix": suffix != "" and suffix == surface,
        "generic word": surface in context.generic,
        "function word": surface in context.barriers,
        f"surname {min(size, 5)}": surface[0] in names.surnames,
        f"long surname {min(size, 5)}": has_long_surname(surface, draft.cues),
        f"transliteration {min(size, 5)}": all(c in names.transliteration for c in surface),
        "dictionary word": draft.structure.knows(surface),
        "mixed scripts": not HAN.match(surface[0]) or not HAN.match(surface[-1]),
    }
    row |= {feature: 1.0 for feature, holds in tests.items() if holds}
    indices = units.indices(*place)
    if indices is None:
        row["cuts a word"] = 1.0
        return row
    words = [units.keys[index][0] for index in range(indices[0], indices[1] + 1)]
    row["unknown words"] = sum(len(word) for word in words if not draft.structure.knows(word)) / size
    if any(word in context.barriers for word in words):
        row["holds function word"] = 1.0
    return row


def _followed(draft: Draft, where: Sequence[tuple[int, int]]) -> Row:
    """Whether an aspect particle stands behind, which makes a verb of a word: 「屠殺」了對手."""
    after = [_behind(draft.text, end) for _, end in where[:_LOOKED_AT]]
    return {"aspect behind": sum(char != "" and char in _ASPECTS for char in after) / len(after)}


def _is_of_a_place(draft: Draft, surface: str) -> bool:
    """Whether a surface is the language, people or food of a place: 新加坡語."""
    if surface[-1:] not in OF_A_PLACE:
        return False
    proposal = draft.proposals.get(surface)
    owners = draft.lexicon.get(surface[:-1])
    return not (proposal and proposal.fixed) and any(entry.type == "Place" and not weak for entry, weak in owners)


def _behind(text: str, end: int) -> str:
    place = outside(text, end)
    return text[place : place + 1]


def _listed(draft: Draft) -> Mapping[str, Mapping[int, list[tuple[int, int, str]]]]:
    """Where the lexicon settles a name, by where it begins and by where it ends."""
    found: dict[str, dict[int, list[tuple[int, int, str]]]] = {"first": {}, "last": {}}
    for proposal in draft.proposals.values():
        if proposal.fixed:
            for start, end in proposal.spans:
                found["first"].setdefault(start, []).append((start, end, proposal.fixed))
                found["last"].setdefault(end, []).append((start, end, proposal.fixed))
    return found


def _holding(place: tuple[int, int], listed: Mapping[str, Mapping[int, list[tuple[int, int, str]]]]) -> Row:
    """The types of settled names that a longer surface begins or ends with."""
    start, end = place
    row = {f"first part {type_}": 1.0 for _, stop, type_ in listed["first"].get(start, ()) if stop < end}
    return row | {f"last part {type_}": 1.0 for begin, _, type_ in listed["last"].get(end, ()) if begin > start}


def _partnered(its: str, side: str, rules: Mapping[str, str], likely: Mapping[str, Mapping[str, float]]) -> Row:
    """What the other form in a bracket says."""
    row: Row = {f"bracket {side}": 1.0}
    if its in rules:
        row["partner ruled " + rules[its]] = 1.0
    most = likely.get(its) or {}
    type_ = max(sorted(most), key=most.__getitem__, default="")
    if type_ and most[type_] > _TELLS:
        row["partner tagged " + type_] = 1.0
    return row
