"""How well records agree with gold annotations: entities, relations, times and statements, counted over all articles.

Gold items marked optional are neutral: finding them is neither rewarded nor punished, nor is missing them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg import coreference
from kg.coreference import Joining

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.gold import ForbiddenRelation, Gold, GoldEntity, GoldRelation, GoldStatement
    from kg.model import Entity, Record, Relation

# A quotation may be cut shorter or longer than the annotated one, within these limits (in letters and digits).
_QUOTE_LETTERS = 8
_QUOTE_OVERLAP = 0.5
_YEAR_DIGITS = 4
_TIMES = ("start", "end", "date")
# F1, its parts and all rates are given to so many decimals.
_DECIMALS = 4


@dataclass(slots=True)
class Tally:
    """Right, superfluous and missed items."""

    right: int = 0
    superfluous: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right, 0 if nothing was found."""
        return _share(self.right, self.right + self.superfluous)

    @property
    def recall(self) -> float:
        """The share of what should be found that was, 0 if there is nothing to find."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        precision, recall = self.precision, self.recall
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.right += other.right
        self.superfluous += other.superfluous
        self.missed += other.missed


@dataclass(slots=True)
class Hits:
    """So many hits of so many chances."""

    hits: int = 0
    of: int = 0

    @property
    def rate(self) -> float | None:
        """The share of hits, None if there was no chance."""
        return _share(self.hits, self.of) if self.of else None

    def add(self, other: Hits) -> None:
        """Add other hits to these."""
        self.hits += other.hits
        self.of += other.of


@dataclass(frozen=True, slots=True)
class Miss:
    """One disagreement: its kind (a key of the messages, such as `missed_entity`) and the words that describe it."""

    article: str
    kind: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Score:
    """All measures; `entity` and `relation` ask for the right type or predicate, the `_any` ones do not."""

    articles: int = 0
    entity: Tally = field(default_factory=Tally)
    entity_any: Tally = field(default_factory=Tally)
    relation: Tally = field(default_factory=Tally)
    relation_any: Tally = field(default_factory=Tally)
    statement: Tally = field(default_factory=Tally)
    mention_text: Hits = field(default_factory=Hits)
    forbidden: Hits = field(default_factory=Hits)
    time: Hits = field(default_factory=Hits)
    joining: Joining = field(default_factory=Joining)
    per_type: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    per_predicate: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    misses: list[Miss] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add another score's counts and misses to this one."""
        self.articles += other.articles
        self.misses += other.misses
        for name in ("entity", "entity_any", "relation", "relation_any", "statement"):
            getattr(self, name).add(getattr(other, name))
        for name in ("mention_text", "forbidden", "time"):
            getattr(self, name).add(getattr(other, name))
        self.joining.add(other.joining)
        for name in ("per_type", "per_predicate"):
            for key, tally in getattr(other, name).items():
                getattr(self, name)[key].add(tally)


def total(scores: Iterable[Score]) -> Score:
    """Return the score over all articles of these scores, every item counting the same."""
    whole = Score()
    for score in scores:
        whole.add(score)
    return whole


def to_json(score: Score) -> dict[str, Any]:
    """Return the measures as JSON data, rates rounded to four decimals; misses are left out."""

    def tally(counts: Tally) -> dict[str, float]:
        return {
            "p": round(counts.precision, _DECIMALS),
            "r": round(counts.recall, _DECIMALS),
            "f1": round(counts.f1, _DECIMALS),
            "tp": counts.right,
            "fp": counts.superfluous,
            "fn": counts.missed,
        }

    time = score.time.rate
    return {
        "articles": score.articles,
        "entity": tally(score.entity),
        "entity_any": tally(score.entity_any),
        "mention_text": round(score.mention_text.rate or 0.0, _DECIMALS),
        "relation": tally(score.relation),
        "relation_any": tally(score.relation_any),
        "forbidden": f"{score.forbidden.hits}/{score.forbidden.of}",
        "time": None if time is None else round(time, _DECIMALS),
        "statement": tally(score.statement),
        "joining": coreference.to_json(score.joining),
        "per_type": {key: tally(counts) for key, counts in sorted(score.per_type.items())},
        "per_predicate": {key: tally(counts) for key, counts in sorted(score.per_predicate.items())},
    }


def score_article(gold: Gold, record: Record | None, text: str, symmetric: frozenset[str]) -> Score:
    """Compare one record with its article's annotation; None stands for a record without anything.

    `text` is the article's file, `symmetric` the predicates whose direction does not matter.
    """
    return _Comparison(gold, record, text, symmetric).score


def matched_entities(gold: Gold, record: Record, text: str, symmetric: frozenset[str]) -> dict[str, str | None]:
    """Return the name of the annotated entity that each entity of a record stands for, by entity id."""
    return _Comparison(gold, record, text, symmetric).matched


def fold(surface: str) -> str:
    """Return the letters and digits of a surface form, without differences of case and width."""
    folded = unicodedata.normalize("NFKC", surface).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")


class _Comparison:
    """One article under comparison: `score` is filled part by part."""

    def __init__(self, gold: Gold, record: Record | None, text: str, symmetric: frozenset[str]) -> None:
        self.gold = gold
        self.symmetric = symmetric
        self.score = Score(articles=1)
        if record is None:
            self._miss("no_record")
        entities = record.entities if record else ()
        self.names = {entity.id: entity.name for entity in entities}
        self._check_mentions(entities, text)
        self.matched = self._match(entities)
        self._entities(entities)
        self._relations(record.relations if record else ())
        self._statements(record)
        self._joining(record)

    def _miss(self, kind: str, *words: str) -> None:
        self.score.misses.append(Miss(self.gold.id, kind, words))

    def _joining(self, record: Record | None) -> None:
        joined = coreference.compare(self.gold, record, fold)
        self.score.joining.add(joined.counts)
        for pair in joined.wrong:
            self._miss("joined_names", *pair)
        for pair in joined.missed:
            self._miss("parted_names", *pair)

    def _check_mentions(self, entities: Sequence[Entity], text: str) -> None:
        for entity in entities:
            for mention in entity.mentions:
                right = text[mention.start : mention.end] == mention.text
                self.score.mention_text.add(Hits(right, 1))
                if not right:
                    self._miss("bad_offset", f"{mention.start}-{mention.end}", mention.text)

    def _match(self, entities: Sequence[Entity]) -> dict[str, str | None]:
        """Return the gold entity whose surface forms most of an entity's mentions and names are, by entity id."""
        owners: dict[str, str] = {}
        for gold in self.gold.entities:
            for surface in (gold.name, *gold.aliases):
                owners.setdefault(fold(surface), gold.name)
        matched: dict[str, str | None] = {}
        for entity in entities:
            surfaces = [mention.text for mention in entity.mentions] + [entity.name, *entity.aliases]
            votes = Counter(owner for owner in (owners.get(fold(surface)) for surface in surfaces) if owner)
            # Of equally many votes the first cast one decides.
            matched[entity.id] = votes.most_common(1)[0][0] if votes else None
        return matched

    def _entities(self, entities: Sequence[Entity]) -> None:
        golds = {gold.name: gold for gold in self.gold.entities}
        found: dict[str, str] = {}
        for entity in entities:
            name = self.matched[entity.id]
            if name is None:
                self._superfluous_entity(entity)
                self._miss("spurious_entity", entity.type, entity.name)
            elif name in found:
                # One thing taken for two: every further one is wrong.
                if not golds[name].optional:
                    self._superfluous_entity(entity)
                self._miss("split_entity", entity.type, entity.name, found[name])
            else:
                found[name] = entity.name
                if not golds[name].optional:
                    self._found_entity(entity, golds[name])
        for gold in self.gold.entities:
            if gold.name not in found and not gold.optional:
                self.score.entity.missed += 1
                self.score.entity_any.missed += 1
                self.score.per_type[gold.type[0]].missed += 1
                self._miss("missed_entity", gold.type[0], gold.name)

    def _superfluous_entity(self, entity: Entity) -> None:
        self.score.entity.superfluous += 1
        self.score.entity_any.superfluous += 1
        self.score.per_type[entity.type].superfluous += 1

    def _found_entity(self, entity: Entity, gold: GoldEntity) -> None:
        self.score.entity_any.right += 1
        if entity.type in gold.type:
            self.score.entity.right += 1
            self.score.per_type[gold.type[0]].right += 1
            return
        # The thing is there once too often as one type and lacking as the other.
        self.score.entity.superfluous += 1
        self.score.entity.missed += 1
        self.score.per_type[entity.type].superfluous += 1
        self.score.per_type[gold.type[0]].missed += 1
        self._miss("wrong_type", entity.name, entity.type, "/".join(gold.type))

    def _relations(self, relations: Sequence[Relation]) -> None:
        golds = self.gold.relations
        used: set[int] = set()
        used_any: set[int] = set()
        told: set[tuple[str, str, str]] = set()
        for relation in relations:
            subject, object_ = self.matched.get(relation.subject), self.matched.get(relation.object)
            if not subject or not object_:
                self._spurious(relation, subject, object_)
                self.score.relation_any.superfluous += 1
                continue
            predicate = relation.predicate
            ends = tuple(sorted((subject, object_))) if predicate in self.symmetric else (subject, object_)
            triple = (ends[0], predicate, ends[1])
            if triple in told:
                continue  # the same fact with other times or evidence
            told.add(triple)
            for wrong in self.gold.forbidden:
                if self._is(wrong, *triple):
                    self.score.forbidden.hits += 1
                    self._miss("forbidden", subject, predicate, object_, wrong.why)
            hits = [index for index, gold in enumerate(golds) if self._is(gold, *triple)]
            fresh = next((index for index in hits if index not in used), None)
            if fresh is not None:
                used.add(fresh)
                self._found_relation(relation, golds[fresh])
            elif not hits:
                self._spurious(relation, subject, object_)
            between = [index for index, gold in enumerate(golds) if {gold.s, gold.o} == {subject, object_}]
            fresh = next((index for index in between if index not in used_any), None)
            if fresh is not None:
                used_any.add(fresh)
                self.score.relation_any.right += not golds[fresh].optional
            elif not between:
                self.score.relation_any.superfluous += 1
        self.score.forbidden.of += len(self.gold.forbidden)
        for index, gold in enumerate(golds):
            if gold.optional:
                continue
            self.score.relation_any.missed += index not in used_any
            if index not in used:
                self.score.relation.missed += 1
                self.score.per_predicate[gold.p[0]].missed += 1
                self._miss("missed_relation", gold.s, gold.p[0], gold.o, gold.evidence)

    def _is(self, gold: GoldRelation | ForbiddenRelation, subject: str, predicate: str, object_: str) -> bool:
        if predicate not in gold.p:
            return False
        ends = (gold.s, gold.o)
        return ends == (subject, object_) or (predicate in self.symmetric and ends == (object_, subject))

    def _spurious(self, relation: Relation, subject: str | None, object_: str | None) -> None:
        self.score.relation.superfluous += 1
        self.score.per_predicate[relation.predicate].superfluous += 1
        ends = (
            name or f"?{self.names.get(id_, id_)}"
            for name, id_ in ((subject, relation.subject), (object_, relation.object))
        )
        first, second = ends
        self._miss("spurious_relation", first, relation.predicate, second)

    def _found_relation(self, relation: Relation, gold: GoldRelation) -> None:
        if not gold.optional:
            self.score.relation.right += 1
            self.score.per_predicate[gold.p[0]].right += 1
        for name in _TIMES:
            wanted = getattr(gold, name)
            if not wanted:
                continue
            given = next(_times(relation, name), None)
            right = _agree(wanted, given)
            self.score.time.add(Hits(right, 1))
            if not right:
                self._miss("wrong_time", gold.s, relation.predicate, gold.o, name, wanted, given or "–")

    def _statements(self, record: Record | None) -> None:
        quotes: dict[str, GoldStatement] = {fold(statement.text): statement for statement in self.gold.statements}
        heard: set[str] = set()
        for statement in record.statements if record else ():
            key = next((key for key in quotes if _same_quote(key, fold(statement.text))), None)
            if key is None:
                self.score.statement.superfluous += 1
                self._miss("spurious_statement", statement.text)
                continue
            again = key in heard
            heard.add(key)
            if again or quotes[key].optional:
                continue
            if self.matched.get(statement.speaker) == quotes[key].speaker:
                self.score.statement.right += 1
            else:
                self.score.statement.superfluous += 1
                self.score.statement.missed += 1
                self._miss("wrong_speaker", statement.text, quotes[key].speaker)
        for key, quote in quotes.items():
            if key not in heard and not quote.optional:
                self.score.statement.missed += 1
                self._miss("missed_statement", quote.text)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _times(relation: Relation, name: str) -> Iterator[str]:
    """Yield what a relation may mean by this time, the most direct first."""
    yield from filter(None, (getattr(relation, name), dict(relation.qualifiers).get(name), relation.date))
    if name != "end" and relation.start:
        yield relation.start


def _agree(wanted: str, given: str | None) -> bool:
    """Whether one time is the other or a part of it: a year agrees with each of its days."""
    if given is None or len(given) < _YEAR_DIGITS:
        return False
    return given.startswith(wanted) or wanted.startswith(given)


def _same_quote(gold: str, found: str) -> bool:
    if gold == found:
        return True
    shorter, longer = sorted((len(gold), len(found)))
    overlap = len(gold) >= _QUOTE_LETTERS and shorter >= _QUOTE_OVERLAP * longer
    return overlap and (gold in found or found in gold)
