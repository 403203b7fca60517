"""The closed-class words and quantities of the grammar, read from `schemas/` and compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.extract.view import BREAKS, ROLE
from kg.fold import fold
from kg.ontology import explain, read_yaml

_Part = TypeVar("_Part", bound="_Strict")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pronoun(_Strict):
    """Words that stand for something named before; what is learned of references is learned for each `sort`."""

    words: tuple[str, ...]
    types: tuple[str, ...]
    gender: str | None = None
    sort: str = "person"


class Description(_Strict):
    """Head nouns that, after a determiner, stand for something named before."""

    heads: tuple[str, ...]
    types: tuple[str, ...]
    kinds: tuple[str | None, ...] = ()
    sort: str = "thing"


class _Discourse(_Strict):
    pronouns: tuple[Pronoun, ...]
    not_after: tuple[str, ...]
    not_before: tuple[str, ...]
    determiners: tuple[str, ...]
    measures: tuple[str, ...]
    descriptions: tuple[Description, ...]
    bare: tuple[str, ...]
    joiners: tuple[str, ...]
    companions: tuple[str, ...]
    companion_verbs: tuple[str, ...]
    comitatives: tuple[str, ...]
    list_tail: tuple[str, ...]
    presenting: tuple[str, ...]
    founding: tuple[str, ...]
    together: tuple[str, ...]
    copulas: tuple[str, ...]
    affiliations: tuple[str, ...]
    gender_cues: dict[str, tuple[str, ...]]
    prepositions: tuple[str, ...]
    adverbials: tuple[str, ...]


class _Quantities(_Strict):
    role_prefixes: tuple[str, ...]
    roles: tuple[str, ...]
    not_roles: tuple[str, ...]
    amount: str
    score: str
    rank: str
    degrees: tuple[str, ...]
    ages: str


class _Modality(_Strict):
    negated_before: tuple[str, ...]
    not_negated: tuple[str, ...]
    unreal_before: tuple[str, ...]
    planned_before: tuple[str, ...]
    planned_exceptions: tuple[str, ...]
    questioned: tuple[str, ...]
    failed_after: tuple[str, ...]
    likened_before: tuple[str, ...]
    corrected: tuple[str, ...]
    reported: tuple[str, ...]


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of the words on folded text, longest first."""
    return "|".join(re.escape(word) for word in sorted({fold(w) for w in words}, key=lambda w: (-len(w), w)))


@dataclass(frozen=True, slots=True)
class Grammar:
    """Compiled closed classes; every pattern runs on folded text."""

    pronoun: re.Pattern[str]
    pronouns: dict[str, Pronoun]
    described: re.Pattern[str]
    bare: re.Pattern[str]
    heads: dict[str, Description]
    joint: re.Pattern[str]
    companion: re.Pattern[str]
    list_tail: re.Pattern[str]
    presenting: re.Pattern[str]
    together: re.Pattern[str]
    gender: re.Pattern[str]
    founding: re.Pattern[str]
    affiliated: re.Pattern[str]
    oblique: re.Pattern[str]
    governed: re.Pattern[str]
    adverbial: re.Pattern[str]
    role: re.Pattern[str]
    amount: re.Pattern[str]
    score: re.Pattern[str]
    rank: re.Pattern[str]
    degree: re.Pattern[str]
    age: re.Pattern[str]
    negated: re.Pattern[str]
    unreal: re.Pattern[str]
    planned: re.Pattern[str]
    questioned: re.Pattern[str]
    failed: re.Pattern[str]
    likened: re.Pattern[str]
    corrected: re.Pattern[str]
    reported: re.Pattern[str]


def _read(path: Path, part: type[_Part]) -> _Part:
    try:
        return part.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error


def _unless(words: Iterable[str], exceptions: Iterable[str]) -> re.Pattern[str]:
    """Matches one of the words where it is not a part of one of the exceptions (group 1 is set on a real match)."""
    return re.compile(f"(?:{any_of(exceptions)})|({any_of(words)})")


@lru_cache(maxsize=4)
def load(schemas: Path) -> Grammar:
    """The grammar of a schemas folder; raises SchemaError."""
    discourse = _read(schemas / "discourse.yaml", _Discourse)
    quantities = _read(schemas / "quantities.yaml", _Quantities)
    modality = _read(schemas / "modality.yaml", _Modality)
    heads = {fold(head): d for d in discourse.descriptions for head in d.heads}
    measure = any_of(discourse.measures)
    role = f"(?:(?:{any_of(quantities.role_prefixes)})(?:兼)?)*(?:{any_of(quantities.roles)})"
    joiner = any_of(discourse.joiners)
    fellow = f"(?:(?:{any_of(discourse.companions)}|{role})的?)?"
    return Grammar(
        pronoun=re.compile(
            f"(?<![{''.join(map(fold, discourse.not_after))}])"
            f"(?:{any_of(w for p in discourse.pronouns for w in p.words)})"
            f"(?!{any_of(discourse.not_before)})"
        ),
        pronouns={fold(word): p for p in discourse.pronouns for word in p.words},
        described=re.compile(
            f"(?:{any_of(discourse.determiners)})(?:[一二两三四五幾几]?(?:{measure}))?"
            f"(?:[\\u4e00-\\u9fffA-Za-z0-9 ]{{0,10}}?)(?P<head>{any_of(heads)})"
            f"(?!{any_of(heads)})(?![\\u4e00-\\u9fff]?[们])"
        ),
        bare=re.compile(f"(?P<head>{any_of(discourse.bare)})"),
        heads=heads,
        joint=re.compile(f"\\s*(?:[，,]?\\s*(?:{joiner})|,)\\s*{fellow}\\s*"),
        companion=re.compile(
            f"(?:(?:{any_of(discourse.companion_verbs)})|(?:{any_of(discourse.comitatives)})){fellow}$"
        ),
        list_tail=re.compile(f"\\s*(?:{any_of(discourse.list_tail)})"),
        presenting=re.compile(f"(?:{any_of(discourse.presenting)})[了过着]?[^{re.escape(BREAKS)}]{{0,14}}$"),
        together=re.compile(any_of(discourse.together)),
        affiliated=re.compile(
            f"[^{re.escape(BREAKS)}]{{0,8}}?(?:{any_of(discourse.affiliations)}|{ROLE}(?:$|[{re.escape(BREAKS)}]))"
        ),
        gender=re.compile(
            f"(?:(?P<f>{any_of(discourse.gender_cues['f'])})|(?P<m>{any_of(discourse.gender_cues['m'])}))$"
        ),
        founding=re.compile(f"(?:{any_of(discourse.founding)})[了过]?[^{re.escape(BREAKS)}]{{0,14}}$"),
        oblique=re.compile(f"(?:{any_of([*discourse.prepositions, *discourse.copulas])})[了过着]?$"),
        governed=re.compile(f"(?:{any_of(discourse.prepositions)})[了过着]?$"),
        adverbial=re.compile(any_of(discourse.adverbials)),
        role=re.compile(f"(?:{any_of(quantities.not_roles)})|({role})"),
        amount=re.compile(fold(quantities.amount)),
        score=re.compile(fold(quantities.score)),
        rank=re.compile(fold(quantities.rank)),
        degree=re.compile(any_of(quantities.degrees)),
        age=re.compile(fold(quantities.ages)),
        negated=_unless(modality.negated_before, modality.not_negated),
        unreal=re.compile(any_of(modality.unreal_before)),
        planned=_unless(modality.planned_before, modality.planned_exceptions),
        questioned=re.compile(any_of(modality.questioned)),
        failed=re.compile(any_of(modality.failed_after)),
        likened=re.compile(any_of(modality.likened_before)),
        corrected=re.compile(any_of(modality.corrected)),
        reported=re.compile(any_of(modality.reported)),
    )
