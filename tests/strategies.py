"""Hypothesis strategies for the data of `kg.model`: well-formed, small, and with names that like to collide."""

from __future__ import annotations

from hypothesis import strategies as st

from kg import ontology
from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation, Statement

ONTOLOGY = ontology.load()

# Everything that UTF-8 can carry, with a liking for what has broken a store, a file format or a parser before.
_ODD = [
    "",
    "Yi Tay",
    "Yi·Tay",
    "鄭怡",
    "𠮷😀",
    "a\x00b",
    "\x01",
    "\x85 \n\r\t",
    "'\"`\\",
    "#12:0",
    "null",
    "${x}",
    "2026-01-01",
]
texts = st.sampled_from(_ODD)
any_text = st.text(st.characters(codec="utf-8"), max_size=8)
dates = st.sampled_from([None, "2019", "2019-02", "2026-01-27"])
article_ids = st.sampled_from([f"posts/{name}.md" for name in ("a", "b", "c", "d", "e e", "漢字")])


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, 40))
    return start, start + draw(st.integers(1, 5))


@st.composite
def metadata(draw: st.DrawFn, id_: str) -> Metadata:
    return Metadata(
        id=id_,
        path=id_,
        sha256=draw(st.sampled_from(["0" * 64, "f" * 64])),
        title=draw(any_text),
        date=draw(st.sampled_from([None, "2026-01-27"])),
        language="zh-Hant",
        source_url=None,
        source_name=draw(st.none() | texts),
        tags=tuple(draw(st.lists(texts, max_size=2))),
    )


@st.composite
def entities(draw: st.DrawFn) -> Entity:
    type_ = draw(st.sampled_from(["Person", "Organization", "Model"]))
    kinds = ONTOLOGY.entity_types[type_].kinds
    return Entity(
        id=f"{type_.lower()}/{draw(st.sampled_from('abcd'))}",
        type=type_,
        name=draw(texts),
        kind=draw(st.sampled_from([None, *kinds])),
        aliases=tuple(sorted(draw(st.sets(texts, max_size=2)))),
        known=draw(st.booleans()),
        mentions=tuple(Mention(n, n + 1, "x") for n in range(draw(st.integers(0, 3)))),
    )


@st.composite
def relations(draw: st.DrawFn, ids: list[str]) -> Relation:
    places = draw(st.lists(spans(), min_size=1, max_size=2, unique=True))
    return Relation(
        subject=draw(st.sampled_from(ids)),
        predicate=draw(st.sampled_from(["WORKED_AT", "FOUNDED", "USES"])),
        object=draw(st.sampled_from(ids)),
        start=draw(dates),
        end=None,
        date=draw(dates),
        qualifiers=tuple(sorted(draw(st.dictionaries(st.sampled_from(["role", "score", "factId"]), texts)).items())),
        certainty=draw(st.sampled_from(["stated", "reported"])),
        confidence=draw(st.integers(0, 100)) / 100,
        evidence=tuple(
            Evidence(start, end, draw(texts), draw(st.sampled_from(["join", "found"]))) for start, end in places
        ),
    )


@st.composite
def statements(draw: st.DrawFn, ids: list[str]) -> Statement:
    start, end = draw(spans())
    about = draw(st.sets(st.sampled_from(ids), max_size=2))
    return Statement(draw(st.sampled_from(ids)), draw(texts), start, end, tuple(sorted(about)))


@st.composite
def records(draw: st.DrawFn, id_: str | None = None) -> Record:
    """One article's record; a few entity ids are shared by all articles, which may disagree about their names."""
    found = draw(st.lists(entities(), max_size=3, unique_by=lambda entity: entity.id))
    ids = sorted(entity.id for entity in found)
    return Record(
        document=draw(metadata(id_ if id_ is not None else draw(article_ids))),
        entities=tuple(sorted(found, key=lambda entity: entity.id)),
        relations=tuple(draw(st.lists(relations(ids), max_size=3))) if ids else (),
        statements=tuple(draw(st.lists(statements(ids), max_size=2))) if ids else (),
    )


corpora = st.lists(records(), max_size=4, unique_by=lambda record: record.document.id)
