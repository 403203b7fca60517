"""What a whole document tells of each entity: how often and where it is named, and whether 她 or 他 goes with it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from kg.extract.grammar import Grammar
from kg.extract.referents import Known, step
from kg.model import Block, Entity

_NEAR = 60
_CUE = 8
_GENDERED = re.compile("[她他](?![们])")


def know(folded: str, blocks: Sequence[Block], entities: Sequence[Entity], grammar: Grammar) -> dict[str, Known]:
    """What is known of every entity, by id."""
    titles = [b for b in blocks if b.kind == "front" and b.field in ("title", "description")]
    authors = [b for b in blocks if b.kind == "front" and b.field in ("author", "authors")]
    genders = _genders(folded, entities, grammar)
    most: dict[str, int] = {}
    for entity in entities:
        most[entity.type] = max(most.get(entity.type, 0), len(entity.mentions))
    main: set[str] = set()
    found: dict[str, Known] = {}
    for entity in entities:
        top = len(entity.mentions) == most[entity.type] and entity.type not in main
        if top:
            main.add(entity.type)
        found[entity.id] = Known(
            type=entity.type,
            kind=entity.kind,
            share=step(len(entity.mentions)),
            main=top,
            title=_stands_in(titles, entity),
            author=_stands_in(authors, entity),
            gender=genders.get(entity.id, 0.0),
            starts=tuple(m.start for m in entity.mentions),
            names=tuple(alias.casefold() for alias in entity.aliases),
        )
    return found


def _stands_in(blocks: Sequence[Block], entity: Entity) -> bool:
    return any(block.start <= m.start < block.end for block in blocks for m in entity.mentions)


def _genders(folded: str, entities: Sequence[Entity], grammar: Grammar) -> dict[str, float]:
    """How much speaks for a woman (above zero) or a man: words before the name, and pronouns right behind it."""
    people = sorted((m.start, m.end, e.id) for e in entities if e.type == "Person" for m in e.mentions)
    starts = [start for start, _, _ in people]
    women: Counter[str] = Counter()
    men: Counter[str] = Counter()
    for match in _GENDERED.finditer(folded):
        k = bisect_left(starts, match.start()) - 1
        if k < 0 or match.start() - people[k][1] >= _NEAR:
            continue
        rival = k and people[k - 1][2] != people[k][2] and match.start() - people[k - 1][1] < _NEAR
        if not rival:
            (women if match[0] == "她" else men)[people[k][2]] += 1
    # Only where an article speaks of 她 too does 他 tell a man.
    told = "她" in folded
    cued: dict[str, float] = {}
    for start, _, who in people:
        cue = grammar.gender.search(folded, max(0, start - _CUE), start)
        if cue:
            cued[who] = cued.get(who, 0.0) + (1.0 if cue.lastgroup == "f" else -1.0)
    result = {}
    for _, _, who in people:
        f, m = women[who], men[who] if told else 0
        result[who] = max(-1.0, min(1.0, cued.get(who, 0.0))) + 1.5 * (f - m) / (f + m + 1)
    return result
