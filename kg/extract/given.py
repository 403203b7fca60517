"""An article's annotated entities as if they had been found: what the reading is worth apart from the names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kg.extract.cues import Cues
from kg.gold import Gold
from kg.model import Document, Entity, Mention

_LATIN = re.compile(r"[A-Za-z0-9]")


def given_entities(document: Document, gold: Gold, cues: Cues) -> tuple[Entity, ...]:
    """The annotated entities with every place where one of their surface forms stands; the longest form wins."""
    found: list[tuple[int, int, int]] = []
    for number, annotated in enumerate(gold.entities):
        for surface in sorted({annotated.name, *annotated.aliases}):
            found.extend((start, end, number) for start, end in _standing(document.masked, surface))
    taken = bytearray(len(document.masked))
    mentions: dict[int, list[Mention]] = {}
    for start, end, number in sorted(found, key=lambda place: (place[0] - place[1], place)):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            mentions.setdefault(number, []).append(Mention(start, end, document.text[start:end]))
    entities = []
    for number, places in sorted(mentions.items()):
        annotated = gold.entities[number]
        entity = Entity(
            id=f"{annotated.type[0].lower()}/{number}",
            type=annotated.type[0],
            name=annotated.name,
            kind=None,
            aliases=tuple(sorted({annotated.name, *annotated.aliases})),
            known=False,
            mentions=tuple(sorted(places)),
        )
        entities.append(replace(entity, kind=_kind(entity, cues)))
    return tuple(entities)


def _standing(text: str, surface: str) -> Iterator[tuple[int, int]]:
    """Every place of a surface form that is not a part of a longer Latin word or number."""
    start = text.find(surface)
    while start >= 0:
        end = start + len(surface)
        inside_before = _LATIN.match(surface) and start and _LATIN.match(text[start - 1])
        inside_after = _LATIN.match(surface[-1]) and _LATIN.match(text[end : end + 1])
        if not inside_before and not inside_after:
            yield start, end
        start = text.find(surface, start + 1)


def _kind(entity: Entity, cues: Cues) -> str | None:
    if entity.type != "Organization":
        return None
    for surface in sorted(entity.aliases, key=lambda s: (-len(s), s)):
        suffix = cues.suffixes.get(cues.suffix_of(surface))
        if suffix and suffix.kind:
            return suffix.kind
        ending = cues.endings.get(surface.split()[-1])
        if ending and ending.type == "Organization":
            return ending.kind
    return None
