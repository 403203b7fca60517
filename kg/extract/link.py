# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""Mentions → entities of the article: which names mean one thing; where two things may be meant, neither is taken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.cues import Cues
from kg.extract.draft import standing
from kg.extract.mentions import Candidate, Found
from kg.extract.naming import NamingReader, alike
from kg.extract.script import HAN
from kg.extract.segment import Segmented
from kg.extract.shortening import Shortener
from kg.lexicon import Entry, Lexicon, slug
from kg.model import Entity, Mention

# Tags of words that are no names: nouns, verbs, adjectives, adverbs and the like; unknown words and names have others.
_ORDINARY = frozenset({"n", "v", "vn", "vd", "a", "ad", "an", "d", "b", "m", "q", "r", "s", "t", "c", "p", "l", "i"})
_MEMBER = re.compile(r"(.+?)[ -]?\d[\w.]*$")
# What is often named after the lab that makes it, in full or in part.
_NAMED_AFTER = frozenset({"Model", "Product", "Method"})
_IN_FAMILIES = frozenset({"Model", "Product"})
_QUOTES = frozenset("「」『』“”")
_TURN = re.compile("^[ *_>-]*([\u3400-\u9fff]{1,4})[ *_]*[：:]", re.MULTILINE)

# A short name that is less likely a name than this has whatever type its full form has.
_UNSURE = 0.9


@dataclass(slots=True)
class _Cluster:
    """Surfaces of one thing with their spans."""

    type: str
    surfaces: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    entry: Entry | None = None
    probability: float = 0.0

    @property
    def first(self) -> int:
        return min(span[0] for spans in self.surfaces.values() for span in spans)


class Linker:
    """Joins the surfaces of one document."""

    def __init__(self, segmented: Segmented, lexicon: Lexicon, cues: Cues) -> None:
        self.text = segmented.folded
        self.original = segmented.document.text
        self.words = segmented.word_at
        self.tokens = segmented.words
        self.tags = segmented.tags
        self.front = [block for block in segmented.document.blocks if block.kind == "front"]
        self.lexicon = lexicon
        self.cues = cues
        self.shortener = Shortener(self.text, lexicon, cues)
        self.standing: dict[str, list[tuple[int, int]]] = {}

    def link(self, found: Found) -> tuple[Entity, ...]:
        """The entities in order of first mention."""
        naming = NamingReader(self.text, found.candidates, self.cues)
        clusters, bearers = self._clusters(found)
        self._declared(found, naming, bearers)
        taken = bytearray(len(self.text) + 1)
        for candidate in found.candidates:
            taken[candidate.start : candidate.end] = b"\1" * (candidate.end - candidate.start)
        self._versions(bearers, taken)
        self._nicknames(naming, bearers, taken)
        self._retype(bearers)
        self._found_forms(bearers)
        self._short_forms(clusters, bearers, taken)
        self._turns(clusters, taken)
        return self._entities([cluster for cluster in clusters if cluster.surfaces])

    def _clusters(self, found: Found) -> tuple[list[_Cluster], dict[str, _Cluster]]:
        """One cluster for every known thing and for every other name, however it is spaced and capitalised."""
        by_surface: dict[str, _Cluster] = {}
        by_key: dict[tuple[str, str], _Cluster] = {}
        clusters: list[_Cluster] = []
        for candidate in found.candidates:
            cluster = by_surface.get(candidate.surface)
            if cluster is None:
                entry = self._entry(candidate)
                key = (
                    ("", entry.key)
                    if entry
                    else (candidate.type, self.shortener.key(candidate.surface, candidate.type))
                )
                cluster = by_key.get(key)
                if cluster is None:
                    cluster = by_key[key] = _Cluster(candidate.type, entry=entry)
                    clusters.append(cluster)
                by_surface[candidate.surface] = cluster
            cluster.surfaces.setdefault(candidate.surface, []).append((candidate.start, candidate.end))
            cluster.probability = max(cluster.probability, candidate.probability)
        return clusters, by_surface

    def _entry(self, candidate: Candidate) -> Entry | None:
        owners = [entry for entry, _ in self.lexicon.get(candidate.surface) if entry.type == candidate.type]
        return owners[0] if len(owners) == 1 else None

    def _declared(self, found: Found, naming: NamingReader, bearers: dict[str, _Cluster]) -> None:
        """Join what the text declares to be one thing."""
        declared = [(one, other, False) for one, other in found.pairs]
        declared += [(one.surface, other.surface, called) for one, other, called in naming.pairs()]
        for one, other, called in declared:
            first, second = bearers.get(one), bearers.get(other)
            if first is None or second is None or first is second:
                continue
            if first.entry and second.entry and not called:
                continue
            types = {first.type, second.type}
            # A declaration outweighs the guesses at the types, but 代號 Orion may follow the name of its maker.
            may_differ = (
                second.entry is None
                and "Place" not in types
                and (called or "Person" not in types)
                and not ("Organization" in types and types & _NAMED_AFTER)
            )
            if may_differ or alike(first.type, second.type):
                self._merge(first, second, bearers)

    @staticmethod
    def _merge(kept: _Cluster, gone: _Cluster, bearers: dict[str, _Cluster]) -> None:
        for surface, spans in gone.surfaces.items():
            kept.surfaces.setdefault(surface, []).extend(spans)
            bearers[surface] = kept
        kept.entry = kept.entry or gone.entry
        gone.surfaces = {}

    def _versions(self, bearers: dict[str, _Cluster], taken: bytearray) -> None:
        """Let a name with a number mean the same thing wherever it stands."""
        names = [
            surface
            for surface, cluster in bearers.items()
            if cluster.type in _IN_FAMILIES and any(char.isdigit() for char in surface)
        ]
        for start, end in standing(self.text, names):
            if not any(taken[start:end]):
                surface = self.text[start:end]
                self._place(bearers[surface], surface, [(start, end)], taken)

    def _nicknames(self, naming: NamingReader, bearers: dict[str, _Cluster], taken: bytearray) -> None:
        for named, start, end in naming.unseen():
            form = self.text[start:end]
            quoted = self.text[start - 1] in _QUOTES
            if form in bearers or any(taken[start:end]) or not (quoted or self._is_noun(start, end)):
                continue
            places = sorted({(start, end), *self._places(taken, standing(self.text, [form]))})
            self._place(bearers[named.surface], form, places, taken)
            bearers[form] = bearers[named.surface]

    def _retype(self, bearers: dict[str, _Cluster]) -> None:
        """Let the form of a full name and the type of its short form outweigh the guess at the full one."""
        for surface, cluster in list(bearers.items()):
            shape = self.shortener.shape(surface) if cluster.entry is None else None
            if shape is None or shape == cluster.type:
                continue
            forms = [*self.shortener.forms(surface, shape), *self.shortener.found_forms(surface, shape)]
            if any(form in bearers and bearers[form].type == shape and bearers[form].entry is None for form in forms):
                cluster.type = shape

    def _found_forms(self, bearers: dict[str, _Cluster]) -> None:
        """Join names that were found with the one fuller name that they shorten, the longest first."""
        full_names: dict[str, list[str]] = {}
        starting: dict[str, list[str]] = {}
        for surface, cluster in bearers.items():
            for form in self.shortener.found_forms(surface, cluster.type):
                full_names.setdefault(form, []).append(surface)
            # 工研院 and 工業技術研究院 share less than two characters at an edge.
            for key in {surface[:2], surface[-2:], surface[0]} if HAN.match(surface) else {surface[:2], surface[-2:]}:
                starting.setdefault(key, []).append(surface)
        for short in sorted(bearers, key=lambda surface: (-len(surface), surface)):
            cluster = bearers[short]
            edges = (short[:2], short[-2:], short[0])
            rivals = dict.fromkeys(name for edge in edges for name in starting.get(edge, ()))
            names = [*full_names.get(short, ())] + [
                name
                for name in rivals
                if bearers[name].type == cluster.type
                and len(name) > len(short)
                and self.shortener.shortens(short, name, cluster.type)
                and (cluster.type not in _IN_FAMILIES or self._has_one_member(short))
            ]
            owners = {
                id(owner): owner
                for owner in (bearers[name] for name in names)
                if owner is not cluster and owner.type == cluster.type
            }
            owner = self._established(list(owners.values()), cluster.first)
            if owner and cluster.entry is None:
                self._merge(owner, cluster, bearers)
            elif (
                owner
                and owner.entry is None
                and cluster.type != "Organization"
                and any(self.shortener.is_kind(short, name, cluster.type) for name in owner.surfaces)
            ):
                # Gemini is known, and Gemini 模型 is not.
                self._merge(cluster, owner, bearers)
        ends = self.cues.aliases.departments
        schools = [name for name in bearers if name.endswith(self.cues.aliases.school)]
        for name in sorted(name for name in bearers if name.endswith(ends)) if schools else ():
            for school in schools:
                one, part = bearers[school], bearers[name]
                if one is not part and part.entry is None and self.shortener.is_department(school, name):
                    self._merge(one, part, bearers)

    @staticmethod
    def _heads(bearers: Mapping[str, _Cluster]) -> frozenset[str]:
        """What several models are numbered after."""
        members = (_MEMBER.match(surface) for surface, cluster in bearers.items() if cluster.type in _IN_FAMILIES)
        heads = Counter(match[1] for match in members if match)
        return frozenset(head for head, number in heads.items() if number > 1)

    def _has_one_member(self, family: str) -> bool:
        """Whether the text knows only one numbered member of a family: 葉見-1."""
        return (
            len({match[1] for match in re.finditer(re.escape(family) + r"[ -]?(\d[\w.]*|[二三四五六])", self.text)}) < 2
        )

    def _short_forms(self, clusters: list[_Cluster], bearers: dict[str, _Cluster], taken: bytearray) -> None:
        """Give every short form to the one thing whose name it shortens; a form that two names share stays out."""
        owners: dict[str, list[_Cluster]] = {}
        for cluster in clusters:
            for form in dict.fromkeys(
                form for surface in cluster.surfaces for form in self.shortener.forms(surface, cluster.type)
            ):
                owners.setdefault(form, []).append(cluster)
        found: dict[str, list[tuple[int, int]]] = {}
        for start, end in standing(self.text, list(owners)):
            found.setdefault(self.text[start:end], []).append((start, end))
        heads = self._heads(bearers)
        for form in sorted(found, key=lambda f: (-len(f), f)):
            bearer = bearers.get(form)
            first = bearer.first if bearer else found[form][0][0]
            claimants = [
                cluster for cluster in owners[form] if cluster.surfaces and not self._is_part(form, cluster, first)
            ]
            if form in heads:
                # Bourdon-3B and Bourdon-7B: the family, and not Eugène Bourdon after whom it is named.
                claimants = [cluster for cluster in claimants if cluster.type != "Person"]
            others = [cluster for cluster in claimants if cluster.type not in _IN_FAMILIES]
            if len(others) < len(claimants) and (others or not self._has_one_member(form)):
                # 拆圍 is the lab 拆圍智能 rather than its model 拆圍-7B.
                claimants = others
            if bearer is not None:
                full = self._established([cluster for cluster in claimants if cluster is not bearer], bearer.first)
                if full and bearer not in claimants and self._may_absorb(full, bearer):
                    self._merge(full, bearer, bearers)
                elif full is None and bearer.entry is None and self._is_shared(form, bearer, claimants):
                    bearer.surfaces = {}
                continue
            places = self._places(taken, found[form])
            # The stem of an organization may be any word; other short forms of two characters are rather that word.
            if any(cluster.type != "Organization" for cluster in claimants) or form.endswith(
                self.cues.aliases.short_school
            ):
                places = [place for place in places if not self._is_word(*place)]
            owner = self._established(claimants, places[0][0]) if places else None
            if owner is not None and not self._is_only_quoted(places):
                self._place(owner, form, places, taken)

    def _turns(self, clusters: list[_Cluster], taken: bytearray) -> None:
        """Give the labels of turns to the one person whose family or given name they are: 瞿：."""
        owners: dict[str, dict[int, _Cluster]] = {}
        for cluster in clusters:
            if cluster.type == "Person":
                for surface in cluster.surfaces:
                    for form in self.shortener.found_forms(surface, "Person"):
                        owners.setdefault(form, {})[id(cluster)] = cluster
        for match in _TURN.finditer(self.text):
            claimants = owners.get(match[1], {})
            if len(claimants) == 1 and not any(taken[match.start(1) : match.end(1)]):
                self._place(next(iter(claimants.values())), match[1], [match.span(1)], taken)

    @staticmethod
    def _place(cluster: _Cluster, form: str, places: Sequence[tuple[int, int]], taken: bytearray) -> None:
        cluster.surfaces.setdefault(form, []).extend(places)
        for start, end in places:
            taken[start:end] = b"\1" * (end - start)

    def _is_part(self, form: str, cluster: _Cluster, first: int) -> bool:
        """Whether a name is that of a part of what the article named before: Kestrel, and Kestrel Research."""
        words = self.cues.aliases.parts
        return first < cluster.first and any(f"{form} {word}" in cluster.surfaces for word in words)

    @staticmethod
    def _established(claimants: Sequence[_Cluster], place: int) -> _Cluster | None:
        """Whose short form it is: the only claimant's, or the one's who alone was known where it is used first."""
        if len(claimants) < 2:
            return claimants[0] if claimants else None
        earlier = [cluster for cluster in claimants if cluster.first < place]
        return earlier[0] if len(earlier) == 1 else None

    @staticmethod
    def _is_shared(form: str, bearer: _Cluster, claimants: Sequence[_Cluster]) -> bool:
        """Whether a name that was found is nothing but the short form of several people: neither is meant for sure."""
        people = [cluster for cluster in claimants if cluster is not bearer and cluster.type == "Person"]
        return len(people) > 1 and bearer.type == "Person" and set(bearer.surfaces) == {form}

    @staticmethod
    def _may_absorb(full: _Cluster, short: _Cluster) -> bool:
        if short.entry is not None:
            return False
        # A short name tells less of its type than a full one: the guess at it is the weaker one.
        return full.type in (short.type, "Person") or (
            full.type == "Organization" and (short.type not in _NAMED_AFTER or short.probability < _UNSURE)
        )

    def _is_only_quoted(self, places: Sequence[tuple[int, int]]) -> bool:
        """Whether a form only stands in quotation marks, as the name of another thing would: the lab's app 「竹馬」."""
        return all(
            self.text[start - 1 : start] in _QUOTES and self.text[end : end + 1] in _QUOTES for start, end in places
        )

    def _is_noun(self, start: int, end: int) -> bool:
        """Whether nothing in [start, end) tells of doing something."""
        inside = (self.words.get(place) for place in range(start, end))
        return not any(self.tags[index][0] in "vdpruc" for index in inside if index is not None)

    def _is_word(self, start: int, end: int) -> bool:
        """Whether a form of two characters is an ordinary word here: 小聲, 阿姐, 長大."""
        index = self.words.get(start)
        if index is None or end - start != 2 or self.tokens[index] != self.text[start:end]:
            return False
        return self.tags[index][:2] in _ORDINARY

    def _places(self, taken: bytearray, found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where a form stands by itself and no name covers it."""
        return [(start, end) for start, end in found if not any(taken[start:end]) and self._fits(start, end)]

    def _fits(self, start: int, end: int) -> bool:
        if not HAN.match(self.text[start]):
            return True
        return (start in self.words or end - start > 2) and (
            end in self.words or end == len(self.text) or end - start > 2
        )

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
