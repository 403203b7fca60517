"""Whether a corpus keeps its own rules: each annotation by itself, and the articles among each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg import frontmatter, markdown
from kg.corpus.copies import near_copies, sentences
from kg.corpus.folder import SPLITS, articles_of, read_splits, splits_of
from kg.errors import ArticleError, KgError, NotFoundError
from kg.fold import fold as to_one_script
from kg.gold import SUFFIX, annotation_of, article_of, read_annotation
from kg.language import language
from kg.score import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.corpus.folder import Splits
    from kg.gold import ForbiddenRelation, Gold, GoldRelation
    from kg.ontology import Ontology

# A quotation of fewer characters is no statement.
_QUOTE = 8
# What the front matter of every article says.
_FIELDS = ("title", "date", "synthetic")
_DESCRIPTION = ("genre", "script", "density", "invented")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a file: the kind (a key of the messages) and the words that fill the message in."""

    file: str
    kind: str
    words: Mapping[str, str] = field(default_factory=dict)
    warning: bool = False


_Fault = tuple[str, dict[str, str]]


def check(folder: Path, ontology: Ontology, schemas: Path | None = None) -> list[Finding]:
    """Return what breaks a rule in a corpus or its folder of articles, file by file, then across files.

    Raises NotFoundError if the folder holds neither articles nor annotations.
    """
    articles = articles_of(folder)
    names = sorted(
        {path.name.removesuffix(".md") for path in articles.glob("*.md")}
        | {path.name.removesuffix(SUFFIX) for path in articles.glob(f"*{SUFFIX}")}
    )
    if not names:
        raise NotFoundError(f"{articles}: no annotated articles here (files NAME.gold.json beside NAME.md)")
    findings: list[Finding] = []
    golds: dict[str, Gold] = {}
    copied: list[tuple[str, str]] = []
    for name in names:
        file, annotation = article_of(articles, name), annotation_of(articles, name)
        try:
            document = markdown.read(file, str(file), schemas) if file.is_file() else None
        except ArticleError as error:
            findings.append(_unreadable(str(file), error))
            document = None
        if document is not None:
            copied += ((str(file), sentence) for sentence in sentences(document))
            findings += (Finding(str(file), kind, words) for kind, words in _front_matter(document.text, str(file)))
        if not annotation.is_file():
            findings.append(Finding(str(file), "not_annotated", {"annotation": annotation.name}))
            continue
        try:
            gold = read_annotation(articles, name)
        except KgError as error:
            findings += (_unreadable(str(annotation), line) for line in str(error).split("\n"))
            continue
        golds[name] = gold
        if document is not None:
            findings += (
                Finding(str(annotation), kind, words) for kind, words in faults(gold, name, document.text, ontology)
            )
    findings += _copies(copied)
    splits = None
    try:
        splits = read_splits(folder)
    except KgError as error:
        findings += (_unreadable(str(splits_of(folder)), line) for line in str(error).split("\n"))
    else:
        findings += (Finding(str(splits_of(folder)), kind, words) for kind, words in _splits(splits, names))
    findings += _names(articles, golds, splits)
    return findings


def faults(gold: Gold, name: str, text: str, ontology: Ontology) -> Iterator[_Fault]:
    """Yield kind and words of every rule that an annotation of the article of this name and text breaks."""
    yield from _description(gold, name, text)
    yield from _entities(gold, text, ontology)
    yield from _relations(gold, text, ontology)
    yield from _statements(gold, text)
    yield from _references(gold, text)


def _front_matter(text: str, path: str) -> Iterator[_Fault]:
    data = frontmatter.parse(text, path).data
    for name in _FIELDS:
        if not data.get(name):
            yield "front_matter_lacks", {"field": name}


def _description(gold: Gold, name: str, text: str) -> Iterator[_Fault]:
    if gold.id != name:
        yield "other_id", {"id": gold.id}
    for key in _DESCRIPTION:
        if key not in gold.model_fields_set:
            yield "lacks_key", {"key": key}
    if gold.script and language(text) != f"zh-{gold.script}":
        yield "other_script", {"script": gold.script, "language": language(text)}


def _entities(gold: Gold, text: str, ontology: Ontology) -> Iterator[_Fault]:
    owners: dict[str, int] = {}
    for index, entity in enumerate(gold.entities):
        for type_ in entity.type:
            if type_ not in ontology.entity_types:
                yield "unknown_type", {"name": entity.name, "type": type_}
        if not entity.aliases:
            yield "no_alias", {"name": entity.name}
        for alias in entity.aliases:
            if alias not in text:
                yield "alias_not_in_text", {"name": entity.name, "alias": alias}
        if entity.name in text and entity.name not in entity.aliases:
            yield "name_not_among_aliases", {"name": entity.name}
        for surface in sorted({fold(surface) for surface in (entity.name, *entity.aliases)}):
            if owners.setdefault(surface, index) != index:
                other = gold.entities[owners[surface]].name
                yield "shared_surface", {"surface": surface, "name": other, "other": entity.name}


def _relations(gold: Gold, text: str, ontology: Ontology) -> Iterator[_Fault]:
    types = {entity.name: entity.type for entity in gold.entities}
    told: set[tuple[str, str, str]] = set()
    for predicates in [relation.p for relation in gold.relations] + [trap.p for trap in gold.forbidden]:
        for predicate in predicates:
            if predicate not in ontology.relation_types:
                yield "unknown_predicate", {"predicate": predicate}
    for relation in gold.relations:
        words = {"subject": relation.s, "predicate": "/".join(relation.p), "object": relation.o}
        for predicate in relation.p:
            # The kind of an organization is not annotated, so types alone decide.
            if predicate in ontology.relation_types and not any(
                ontology.allows(subject, predicate, object_)
                for subject in types[relation.s]
                for object_ in types[relation.o]
            ):
                ends = {"subject_type": "/".join(types[relation.s]), "object_type": "/".join(types[relation.o])}
                yield "signature", {**words, "predicate": predicate, **ends}
        if not relation.evidence or relation.evidence not in text:
            yield "evidence_not_in_text", {**words, "evidence": relation.evidence}
        triples = _triples(relation, ontology)
        if triples & told:
            yield "relation_twice", words
        told |= triples
    for trap in gold.forbidden:
        if _triples(trap, ontology) & told:
            yield "relation_forbidden", {"subject": trap.s, "predicate": "/".join(trap.p), "object": trap.o}
    if not gold.forbidden:
        yield "no_traps", {}


def _triples(relation: GoldRelation | ForbiddenRelation, ontology: Ontology) -> set[tuple[str, str, str]]:
    """Return every fact that the relation accepts, symmetric ones in one direction."""
    facts = set()
    for predicate in relation.p:
        type_ = ontology.relation_types.get(predicate)
        first, second = sorted((relation.s, relation.o)) if type_ and type_.symmetric else (relation.s, relation.o)
        facts.add((first, predicate, second))
    return facts


def _statements(gold: Gold, text: str) -> Iterator[_Fault]:
    for statement in gold.statements:
        if statement.text not in text:
            yield "statement_not_in_text", {"text": statement.text}
        if len(statement.text) < _QUOTE:
            yield "statement_short", {"text": statement.text, "characters": str(_QUOTE)}
        for name in statement.about:
            aliases = next(entity.aliases for entity in gold.entities if entity.name == name)
            if not any(alias in statement.text for alias in aliases):
                yield "not_about", {"name": name, "text": statement.text}


def _references(gold: Gold, text: str) -> Iterator[_Fault]:
    if gold.relations and not gold.references:
        yield "no_references", {}
    told: set[tuple[str, str]] = set()
    for reference in gold.references:
        words = {"place": reference.place, "text": reference.text}
        if not reference.place or reference.place not in text:
            yield "reference_not_in_text", words
        elif text.count(reference.place) > 1:
            yield "reference_ambiguous", words
        # An empty text stands for a dropped subject where `in` begins.
        if reference.text and reference.place.count(reference.text) != 1:
            yield "reference_word", words
        if (reference.place, reference.text) in told:
            yield "reference_twice", words
        told.add((reference.place, reference.text))


def _copies(copied: list[tuple[str, str]]) -> Iterator[Finding]:
    for earlier, later in near_copies([sentence for _, sentence in copied]):
        (other, like), (file, sentence) = copied[earlier], copied[later]
        yield Finding(file, "near_copy", {"sentence": sentence, "other": other, "like": like})


def _splits(splits: Splits, names: list[str]) -> Iterator[_Fault]:
    for name in names:
        homes = splits.homes(name)
        if not homes:
            yield "in_no_split", {"name": name}
        elif len(homes) > 1:
            yield "in_two_splits", {"name": name, "splits": ", ".join(homes)}
    for name in sorted({name for split in SPLITS for name in splits.of(split)} - set(names)):
        yield "no_such_article", {"name": name}


def _names(articles: Path, golds: Mapping[str, Gold], splits: Splits | None) -> Iterator[Finding]:
    """Yield the invented names that two articles share: a problem across splits, a warning within one."""
    bearers: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for article, gold in golds.items():
        for entity in gold.entities:
            if entity.name in gold.invented:
                for surface in (entity.name, *entity.aliases):
                    bearers[to_one_script(fold(surface))].setdefault(article, surface)
    for bearer in bearers.values():
        first, *others = bearer
        for other in others:
            words = {"name": bearer[other], "other": str(annotation_of(articles, first)), "like": bearer[first]}
            apart = splits is not None and splits.homes(first) != splits.homes(other)
            yield Finding(str(annotation_of(articles, other)), "invented_twice", words, warning=not apart)


def _unreadable(file: str, problem: object) -> Finding:
    return Finding(file, "unreadable", {"problem": str(problem).removeprefix(f"{file}: ")})
