"""What a corpus holds, counted."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from kg.corpus.folder import SPLITS, articles_of, read_splits, splits_of
from kg.gold import article_text, read_gold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kg.gold import Gold
    from kg.ontology import Ontology

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_DECIMALS = 4


def count(folder: Path, ontology: Ontology) -> dict[str, Any]:
    """Return the figures of a corpus or its folder of articles as JSON data.

    An entity counts once an article, under its first type, and a relation under its first predicate. Characters are
    the Chinese ones of the whole file. Raises as `read_gold` does.
    """
    articles = articles_of(folder)
    golds = read_gold(articles)
    sizes = {name: len(_HAN.findall(article_text(articles, name))) for name in golds}
    entities = [(entity, entity.name in gold.invented) for gold in golds.values() for entity in gold.entities]
    relations = [relation for gold in golds.values() for relation in gold.relations]
    traps = [trap for gold in golds.values() for trap in gold.forbidden]
    invented = sum(own for _, own in entities)
    figures: dict[str, Any] = {
        "articles": len(golds),
        "characters": sum(sizes.values()),
        "entities": len(entities),
        "invented": invented,
        "invented_share": round(invented / len(entities), _DECIMALS) if entities else None,
        "required_relations": sum(not relation.optional for relation in relations),
        "optional_relations": sum(relation.optional for relation in relations),
        "forbidden_relations": len(traps),
        "statements": sum(len(gold.statements) for gold in golds.values()),
        "references": sum(len(gold.references) for gold in golds.values()),
        "by_type": _columns(
            ontology.entity_types,
            {
                "required": (entity.type[0] for entity, _ in entities if not entity.optional),
                "optional": (entity.type[0] for entity, _ in entities if entity.optional),
                "invented": (entity.type[0] for entity, own in entities if own),
            },
        ),
        "by_predicate": _columns(
            ontology.relation_types,
            {
                "required": (relation.p[0] for relation in relations if not relation.optional),
                "optional": (relation.p[0] for relation in relations if relation.optional),
                "forbidden": (trap.p[0] for trap in traps),
            },
        ),
    }
    for key in ("genre", "script", "density"):
        groups: dict[str, list[str]] = {}
        for name, gold in golds.items():
            groups.setdefault(getattr(gold, key) or "–", []).append(name)
        figures[f"by_{key}"] = {value: _group(groups[value], golds, sizes) for value in sorted(groups)}
    if splits_of(folder).is_file():
        splits = read_splits(folder)
        parts = {split: [name for name in golds if split in splits.homes(name)] for split in SPLITS}
        figures["by_split"] = {split: _group(names, golds, sizes) for split, names in parts.items()}
    return figures


def _columns(rows: Iterable[str], columns: Mapping[str, Iterable[str]]) -> dict[str, dict[str, int]]:
    counts = {title: Counter(column) for title, column in columns.items()}
    return {row: {title: counts[title][row] for title in columns} for row in rows}


def _group(names: list[str], golds: Mapping[str, Gold], sizes: Mapping[str, int]) -> dict[str, int]:
    return {
        "articles": len(names),
        "characters": sum(sizes[name] for name in names),
        "entities": sum(len(golds[name].entities) for name in names),
        "required_relations": sum(not relation.optional for name in names for relation in golds[name].relations),
    }
