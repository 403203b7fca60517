"""The labels and relationship types that statements may contain: those of the ontology, each checked to be a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import SchemaError, StoreError

if TYPE_CHECKING:
    from kg.graph import Fact, Node
    from kg.ontology import Ontology

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NODES = ("Article", "Entity", "Fact", "Evidence", "Statement", "Record", "GraphState")
_RELATIONS = ("SUBJECT", "OBJECT", "SUPPORTED_BY", "IN_ARTICLE", "MENTIONED_IN", "SAID_BY", "ABOUT")
_OWN = frozenset(_NODES + _RELATIONS)


class UnknownNameError(Exception):
    """What is stored uses a type that the ontology no longer has: no statement can name it, so all is written anew."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The types of entities, the label of each kind, and the types of relations."""

    types: frozenset[str]
    kinds: dict[str, str]
    predicates: frozenset[str]

    @classmethod
    def of(cls, ontology: Ontology) -> Vocabulary:
        """Return the ontology's names; raises SchemaError if one cannot be a label or clashes with another."""
        kinds = {name: kind.label for name, kind in ontology.organization_kinds.items()}
        names = [*ontology.entity_types, *sorted(set(kinds.values())), *ontology.relation_types]
        for name in names:
            if not _NAME.fullmatch(name):
                raise SchemaError(f"ontology.yaml: {name!r} cannot be a label: only A-Z, a-z, 0-9 and _ may be in it")
            if name in _OWN or names.count(name) > 1:
                raise SchemaError(f"ontology.yaml: the label {name!r} already means something else in the graph")
        return cls(frozenset(ontology.entity_types), kinds, frozenset(ontology.relation_types))

    def labels(self, node: Node) -> tuple[str, ...]:
        """Return the labels of an entity, the most general first; raises StoreError if the ontology lacks its type."""
        if node.type not in self.types:
            raise StoreError(f"{node.id}: the ontology has no entity type {node.type!r}; ingest with its schemas")
        if node.kind is None:
            return ("Entity", node.type)
        if node.kind not in self.kinds:
            raise StoreError(f"{node.id}: the ontology has no kind {node.kind!r}; ingest with its schemas")
        return ("Entity", node.type, self.kinds[node.kind])

    def predicate(self, fact: Fact) -> str:
        """Return the relationship type of a fact; raises StoreError if the ontology lacks it."""
        if fact.predicate not in self.predicates:
            raise StoreError(
                f"{fact.subject}: the ontology has no relation type {fact.predicate!r}; ingest with its schemas"
            )
        return fact.predicate

    def stored_predicate(self, fact: Fact) -> str:
        """Return the relationship type of a stored fact; raises UnknownNameError if the ontology lacks it now."""
        if fact.predicate not in self.predicates:
            raise UnknownNameError(fact.predicate)
        return fact.predicate
