"""How far two annotations of the same articles agree: what one requires, the other should have, and the reverse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg import markdown
from kg.corpus.folder import articles_of
from kg.errors import ArticleError, NotFoundError
from kg.gold import article_of, read_gold
from kg.model import Entity, Evidence, Mention, Record, Relation, Statement
from kg.score import score_article, total

if TYPE_CHECKING:
    from pathlib import Path

    from kg.gold import Gold
    from kg.model import Document
    from kg.ontology import Ontology
    from kg.score import Hits, Miss, Score, Tally

_QUALIFIERS = ("role", "degree", "result", "rank", "score", "amount")
_RULE = "annotation"
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """The second annotation scored as an answer to the first, and the first as an answer to the second."""

    second: Score
    first: Score


def agree(first: Path, second: Path, ontology: Ontology, schemas: Path | None = None) -> Agreement:
    """Compare two corpora, or folders of articles, over the articles that both annotate.

    An answer holds all that its annotator has, optional or not; so an item that one requires and the other calls
    optional is no disagreement. Raises NotFoundError if they share no article, ArticleError if the texts differ.
    """
    folders = articles_of(first), articles_of(second)
    golds = read_gold(folders[0]), read_gold(folders[1])
    names = [name for name in golds[0] if name in golds[1]]
    if not names:
        raise NotFoundError(f"{second}: annotates no article that {first} annotates")
    symmetric = frozenset(name for name, type_ in ontology.relation_types.items() if type_.symmetric)
    scores: tuple[list[Score], list[Score]] = ([], [])
    for name in names:
        files = article_of(folders[0], name), article_of(folders[1], name)
        documents = [markdown.read(file, file.name, schemas) for file in files]
        text = documents[0].text
        if documents[1].text != text:
            raise ArticleError(str(files[1]), f"is not the text of {files[0]}; annotate the same file in both folders")
        for one, other in ((0, 1), (1, 0)):
            answer = as_record(golds[other][name], documents[other])
            scores[one].append(score_article(golds[one][name], answer, text, symmetric))
    return Agreement(total(scores[0]), total(scores[1]))


def to_json(agreement: Agreement) -> dict[str, Any]:
    """Return the figures as JSON data: of each measure, type and predicate what both require, share and agree on."""
    second, first = agreement.second, agreement.first
    measures = ("entity", "entity_any", "relation", "relation_any", "statement")
    return {
        "articles": second.articles,
        **{name: _both(getattr(second, name), getattr(first, name)) for name in measures},
        "time": [_rate(second.time), _rate(first.time)],
        "forbidden": [f"{score.forbidden.hits}/{score.forbidden.of}" for score in (second, first)],
        "per_type": {
            key: _both(second.per_type[key], first.per_type[key])
            for key in sorted(second.per_type.keys() | first.per_type.keys())
        },
        "per_predicate": {
            key: _both(second.per_predicate[key], first.per_predicate[key])
            for key in sorted(second.per_predicate.keys() | first.per_predicate.keys())
        },
    }


def differences(score: Score) -> list[Miss]:
    """Return what the answer lacks or contradicts; what it has beyond, the reverse comparison tells as lacking."""
    return [miss for miss in score.misses if not miss.kind.startswith("spurious")]


def as_record(gold: Gold, document: Document) -> Record:
    """Return the annotation as a record of its article, everything under its first type and predicate.

    Mentions are found by the surface forms, the longest first, and Latin ones only as whole words.
    """
    ids = {entity.name: f"{entity.type[0].lower()}/{entity.name}" for entity in gold.entities}
    mentions = _mentions(gold, document.text)
    entities = tuple(
        Entity(
            id=ids[entity.name],
            type=entity.type[0],
            name=entity.name,
            kind=None,
            aliases=tuple(sorted(entity.aliases)),
            known=False,
            mentions=tuple(mentions[entity.name]),
        )
        for entity in gold.entities
    )
    relations = []
    for relation in gold.relations:
        start = document.text.find(relation.evidence)
        evidence = Evidence(start, start + len(relation.evidence), relation.evidence, _RULE)
        qualifiers = ((name, getattr(relation, name)) for name in _QUALIFIERS)
        relations.append(
            Relation(
                subject=ids[relation.s],
                predicate=relation.p[0],
                object=ids[relation.o],
                start=relation.start,
                end=relation.end,
                date=relation.date,
                qualifiers=tuple(sorted((name, value) for name, value in qualifiers if value)),
                certainty=relation.certainty or "stated",
                confidence=1.0,
                evidence=(evidence,),
            )
        )
    statements = []
    for quote in gold.statements:
        start = document.text.find(quote.text)
        about = tuple(sorted(ids[name] for name in quote.about))
        statements.append(Statement(ids[quote.speaker], quote.text, start, start + len(quote.text), about))
    return Record(document.metadata, entities, tuple(relations), tuple(statements))


def _mentions(gold: Gold, text: str) -> dict[str, list[Mention]]:
    owners: dict[str, str] = {}
    for entity in gold.entities:
        for alias in entity.aliases:
            owners.setdefault(alias, entity.name)
    found: dict[str, list[Mention]] = {entity.name: [] for entity in gold.entities}
    if owners:
        forms = sorted(owners, key=lambda form: (-len(form), form))
        for match in re.finditer("|".join(map(_whole, forms)), text):
            found[owners[match[0]]].append(Mention(match.start(), match.end(), match[0]))
    return found


def _whole(form: str) -> str:
    before = "(?<![A-Za-z0-9])" if form[0].isascii() and form[0].isalnum() else ""
    after = "(?![A-Za-z0-9])" if form[-1].isascii() and form[-1].isalnum() else ""
    return f"{before}{re.escape(form)}{after}"


def _both(second: Tally, first: Tally) -> dict[str, float]:
    """Return how many items each side requires, which share of them the other has, and the harmonic mean of these."""
    shares = second.recall, first.recall
    return {
        "required_first": second.right + second.missed,
        "required_second": first.right + first.missed,
        "found_by_second": round(shares[0], _DECIMALS),
        "found_by_first": round(shares[1], _DECIMALS),
        "f1": round(2 * shares[0] * shares[1] / sum(shares), _DECIMALS) if sum(shares) else 0.0,
    }


def _rate(hits: Hits) -> float | None:
    return None if hits.rate is None else round(hits.rate, _DECIMALS)
