"""The ontology: the types of entity and relation, read from `schemas/ontology.yaml` and checked against itself."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import SchemaError
from kg.resources import folder


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityType(_Strict):
    """A type of entity with its labels in both languages."""

    zh: str
    en: str
    description: str
    kinds: tuple[str, ...] = ()


class OrganizationKind(_Strict):
    """A kind of organization; `label` is its second node label in the graph."""

    zh: str
    en: str
    label: str


class Qualifier(_Strict):
    """What a qualifier of a relation is called."""

    zh: str
    en: str


class RelationType(_Strict):
    """A predicate: labels read from subject to object, and `inverse_` ones from object to subject.

    Where a label has “…”, the other entity stands there in a sentence, else behind it.
    `alike` says that both ends are things of one sort, which decides between candidates for a dropped subject.
    """

    zh: str
    en: str
    inverse_zh: str
    inverse_en: str
    subject: tuple[str, ...]
    object: tuple[str, ...]
    object_kinds: tuple[str, ...] = ()
    symmetric: bool = False
    alike: bool = False
    qualifiers: tuple[str, ...]


class Ontology(_Strict):
    """All types; `allows` tells whether a triple of types may stand."""

    version: int
    entity_types: dict[str, EntityType]
    organization_kinds: dict[str, OrganizationKind]
    qualifiers: dict[str, Qualifier] = {}
    relation_types: dict[str, RelationType]

    @cached_property
    def signatures(self) -> frozenset[tuple[str, str, str]]:
        """Every allowed (subject type, predicate, object type)."""
        return frozenset(
            (s, name, o)
            for name, relation in self.relation_types.items()
            for s in relation.subject
            for o in relation.object
        )

    def allows(self, subject: str, predicate: str, object_: str) -> bool:
        """Whether the predicate may hold from a subject of this type to an object of that type."""
        return (subject, predicate, object_) in self.signatures


def read_yaml(path: Path) -> Any:
    """The file's YAML data; raises SchemaError with the file and line on a syntax error or an unreadable file."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders, the first in C
    except OSError as error:
        raise SchemaError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SchemaError(f"{path}: is not UTF-8 (byte {error.start})") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise SchemaError(f"{place}: {getattr(error, 'problem', None) or 'not valid YAML'}") from error


def explain(path: Path, error: ValidationError, prefix: str = "") -> SchemaError:
    """A SchemaError with one `file: field: what is wrong` line for every problem that pydantic found."""
    lines = [
        f"{path}: {prefix}{'.'.join(str(part) for part in problem['loc']) or 'file'}: {problem['msg']}"
        for problem in error.errors()
    ]
    return SchemaError("\n".join(lines))


def load(schemas: Path | None = None) -> Ontology:
    """The ontology of `schemas` (a folder; default: the shipped one); raises SchemaError."""
    path = (schemas or folder("schemas")) / "ontology.yaml"
    try:
        ontology = Ontology.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error
    problems = []
    for name, relation in ontology.relation_types.items():
        for end in ("subject", "object"):
            unknown = sorted(set(getattr(relation, end)) - set(ontology.entity_types))
            if unknown:
                problems.append(f"{path}: relation_types.{name}.{end}: no such entity type: {', '.join(unknown)}")
        if relation.symmetric and set(relation.subject) != set(relation.object):
            problems.append(f"{path}: relation_types.{name}: a symmetric relation needs equal subject and object types")
        if not set(relation.object_kinds) <= set(ontology.organization_kinds):
            problems.append(f"{path}: relation_types.{name}.object_kinds: no such kind of organization")
    if set(ontology.entity_types) & set(ontology.relation_types):
        problems.append(f"{path}: an entity type and a relation type have the same name")
    if problems:
        raise SchemaError("\n".join(problems))
    return ontology
