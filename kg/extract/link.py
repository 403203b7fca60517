# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Mentions → entities of the article: which names mean one thing; where two things may be meant, neither is taken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg.extract.cues import Cues
from kg.extract.draft import standing
from kg.extract.mentions import Candidate, Found
from kg.extract.script import HAN, INTERPUNCTS
from kg.extract.segment import Segmented
from kg.lexicon import Entry, Lexicon, slug
from kg.model import Entity, Mention

_INTERPUNCT = re.compile(f"[{INTERPUNCTS}]")
_INITIALS = re.compile(r"[A-Z]{2,8}$")


@dataclass(slots=True)
class _Cluster:
    """Surfaces of one thing with their spans."""

    type: str
    surfaces: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    entry: Entry | None = None

    @property
    def first(self) -> int:
        return min(span[0] for spans in self.surfaces.values() for span in spans)


class Linker:
    """Joins the surfaces of one document."""

    def __init__(self, segmented: Segmented, lexicon: Lexicon, cues: Cues) -> None:
        self.text = segmented.folded
        self.original = segmented.document.text
        self.words = segmented.word_at
        self.front = [block for block in segmented.document.blocks if block.kind == "front"]
        self.lexicon = lexicon
        self.cues = cues
        self.standing: dict[str, list[tuple[int, int]]] = {}

    def link(self, found: Found) -> tuple[Entity, ...]:
        """The entities in order of first mention."""
        clusters = self._clusters(found)
        self._short_forms(clusters, found.candidates)
        return self._entities([cluster for cluster in clusters if cluster.surfaces])

    def _clusters(self, found: Found) -> list[_Cluster]:
        by_surface: dict[str, _Cluster] = {}
        by_entry: dict[str, _Cluster] = {}
        clusters: list[_Cluster] = []
        for candidate in found.candidates:
            cluster = by_surface.get(candidate.surface)
            if cluster is None:
                entry = self._entry(candidate)
                cluster = by_entry.get(entry.key) if entry else None
                if cluster is None:
                    cluster = _Cluster(candidate.type, entry=entry)
                    clusters.append(cluster)
                    if entry:
                        by_entry[entry.key] = cluster
                by_surface[candidate.surface] = cluster
            cluster.surfaces.setdefault(candidate.surface, []).append((candidate.start, candidate.end))
        for one, other in found.pairs:
            first, second = by_surface.get(one), by_surface.get(other)
            if first and second and first is not second:
                self._merge(first, second, by_surface)
        return clusters

    def _entry(self, candidate: Candidate) -> Entry | None:
        owners = [entry for entry, _ in self.lexicon.get(candidate.surface) if entry.type == candidate.type]
        return owners[0] if len(owners) == 1 else None

    @staticmethod
    def _merge(kept: _Cluster, gone: _Cluster, by_surface: dict[str, _Cluster]) -> None:
        for surface, spans in gone.surfaces.items():
            kept.surfaces.setdefault(surface, []).extend(spans)
        for surface, cluster in by_surface.items():
            if cluster is gone:
                by_surface[surface] = kept
        kept.entry = kept.entry or gone.entry
        gone.surfaces = {}

    def _short_forms(self, clusters: list[_Cluster], candidates: Sequence[Candidate]) -> None:
        """Give every short form to the one thing whose name it shortens; a form that two names share stays out."""
        owners: dict[str, list[_Cluster]] = {}
        for cluster in clusters:
            for form in dict.fromkeys(
                form for surface in cluster.surfaces for form in self._shortened(surface, cluster)
            ):
                owners.setdefault(form, []).append(cluster)
        self.standing = {}
        for start, end in standing(self.text, list(owners)):
            self.standing.setdefault(self.text[start:end], []).append((start, end))
        taken = bytearray(len(self.text) + 1)
        for candidate in candidates:
            taken[candidate.start : candidate.end] = b"\1" * (candidate.end - candidate.start)
        bearers = {surface: cluster for cluster in clusters for surface in cluster.surfaces}
        for form in sorted(owners, key=lambda f: (-len(f), f)):
            claimants = [cluster for cluster in owners[form] if cluster.surfaces]
            bearer = bearers.get(form)
            if bearer is not None and bearer.surfaces:
                others = self._established([cluster for cluster in claimants if cluster is not bearer], bearer.first)
                if others and bearer not in claimants and self._may_absorb(others, bearer):
                    self._merge(others, bearer, bearers)
                continue
            places = self._places(form, taken)
            owner = self._established(claimants, places[0][0]) if places else None
            if owner is not None:
                owner.surfaces.setdefault(form, []).extend(places)
                for start, end in places:
                    taken[start:end] = b"\1" * (end - start)

    @staticmethod
    def _established(claimants: Sequence[_Cluster], place: int) -> _Cluster | None:
        """Whose short form it is: the only claimant's, or the one's who alone was known where it is used first."""
        if len(claimants) < 2:
            return claimants[0] if claimants else None
        earlier = [cluster for cluster in claimants if cluster.first < place]
        return earlier[0] if len(earlier) == 1 else None

    @staticmethod
    def _may_absorb(full: _Cluster, short: _Cluster) -> bool:
        return short.entry is None and full.type == short.type

    def _places(self, form: str, taken: bytearray) -> list[tuple[int, int]]:
        """Where a form stands by itself and no name covers it."""
        return [
            (start, end)
            for start, end in self.standing.get(form, ())
            if not any(taken[start:end]) and self._fits(start, end)
        ]

    def _fits(self, start: int, end: int) -> bool:
        if not HAN.match(self.text[start]):
            return True
        return (start in self.words or end - start > 2) and (
            end in self.words or end == len(self.text) or end - start > 2
        )

    def _shortened(self, surface: str, cluster: _Cluster) -> Iterable[str]:
        """The short forms in which this name may come back."""
        if cluster.type == "Person":
            yield from self._parts_of_person(surface)
        elif cluster.type == "Organization":
            yield from self._stems(surface)
        elif cluster.type in ("Model", "Product"):
            words = surface.split()
            if len(words) == 2 and HAN.match(words[0]) and any(c.isdigit() for c in words[1]):
                yield words[1]
        elif cluster.type in ("Show", "Competition", "Benchmark", "Award"):
            yield from self._stems(surface)

    def _parts_of_person(self, surface: str) -> Iterable[str]:
        if _INTERPUNCT.search(surface):
            parts = [part for part in _INTERPUNCT.split(surface) if len(part) > 1]
            yield from (part for part in (parts[:1] + parts[-1:]))
        elif not HAN.search(surface):
            words = surface.split()
            if len(words) > 1:
                yield words[-1]
                yield words[0]
                if len(words) > 2 and words[-2].islower():
                    yield " ".join(words[-2:])

    def _stems(self, surface: str) -> Iterable[str]:
        if HAN.search(surface):
            best = self.cues.suffix_of(surface)
            stem = surface[: -len(best)].rstrip() if best else ""
            if len(stem) >= 2 and stem not in self.cues.context.generic and self._is_unlisted(stem):
                yield stem
        else:
            words = surface.split()
            if len(words) > 1 and not any(char.isdigit() for char in surface):
                yield " ".join(words[:-1])
            initials = "".join(word[0] for word in words if word[0].isupper())
            if len(words) > 2 and _INITIALS.match(initials):
                yield initials

    def _is_unlisted(self, stem: str) -> bool:
        owners = self.lexicon.get(stem)
        return not owners

    def _entities(self, clusters: list[_Cluster]) -> tuple[Entity, ...]:
        clusters.sort(key=lambda cluster: cluster.first)
        ids: Counter[str] = Counter()
        entities = []
        for cluster in clusters:
            name = cluster.entry.name if cluster.entry else self._main(cluster)
            key = cluster.entry.key if cluster.entry else f"{cluster.type.lower()}/{slug(name)}"
            ids[key] += 1
            if ids[key] > 1:
                key = f"{key}-{ids[key]}"
            spans = sorted({span for spans in cluster.surfaces.values() for span in spans})
            mentions = tuple(Mention(start, end, self.original[start:end]) for start, end in spans)
            entities.append(
                Entity(
                    id=key,
                    type=cluster.type,
                    name=name,
                    kind=(cluster.entry.kind if cluster.entry else None) or self._kind(cluster),
                    aliases=tuple(sorted({mention.text for mention in mentions})),
                    known=cluster.entry is not None,
                    mentions=mentions,
                )
            )
        return tuple(entities)

    def _main(self, cluster: _Cluster) -> str:
        """The fullest form of the script that the article uses for it first, as it is written there."""
        spans = sorted(span for spans in cluster.surfaces.values() for span in spans)
        body = [span for span in spans if not self._in_front(span[0])] or spans
        han = bool(HAN.search(self.text[slice(*body[0])]))
        same = [span for span in body if bool(HAN.search(self.text[slice(*span)])) == han]
        start, end = max(same, key=lambda span: (span[1] - span[0], -span[0]))
        return self.original[start:end]

    def _in_front(self, offset: int) -> bool:
        return any(block.start <= offset < block.end for block in self.front)

    def _kind(self, cluster: _Cluster) -> str | None:
        if cluster.type != "Organization":
            return None
        for surface in sorted(cluster.surfaces, key=len, reverse=True):
            suffix = self.cues.suffixes.get(self.cues.suffix_of(surface))
            if suffix and suffix.kind:
                return suffix.kind
            ending = self.cues.endings.get(surface.split()[-1])
            if ending and ending.type == "Organization":
                return ending.kind
        return None
