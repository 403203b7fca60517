"""Whatever names, titles, file names, queries and schemas hold is stored as it is, and nothing of it is executed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kg.errors import KgError, SchemaError, StoreError
from kg.graph import build
from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation, Statement
from kg.ontology import load
from kg.resources import folder
from kg.store.vocabulary import Vocabulary
from tests.command import kg
from tests.strategies import ONTOLOGY
from tests.test_store import column, searched, store, told, upserts

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store import GraphStore

__all__ = ["store"]

EVIL = [
    "x'}) DETACH DELETE (n) //",
    'x"}) MATCH (n) DETACH DELETE n //',
    "`) MATCH (m) DETACH DELETE m //",
    "``",
    "\\u0060) MATCH (m) DETACH DELETE m //",
    "\\u0027}) MATCH (m) DETACH DELETE m //",
    "\\",
    "\\'",
    "$rows",
    "${jndi:ldap://localhost/x}",
    "'; DROP DATABASE neo4j; --",
    "/* */ // RETURN 1",
    "#12:0",
    "(#1:0)-[#2:0]->(#3:0)",
    "null",
    "\u2028\u2029\u0085\u200b\ufeff",
    "名\r\n字\t\x00\x01",
    "LOAD CSV FROM 'file:///etc/passwd' AS line",
    '[[["}}}{%{{',
]


def evil_record(words: str, number: int) -> Record:
    """An article in which every text is these words."""
    ids = (f"person/{words}", f"organization/{words}")
    mention = (Mention(0, len(words), words),)
    return Record(
        Metadata(
            f"{words}/{number}.md", f"{words}/{number}.md", "0" * 64, words, None, words, words, words, (words, words)
        ),
        (
            Entity(ids[1], "Organization", words, "lab", (words,), known=False, mentions=mention),
            Entity(ids[0], "Person", words, None, (words, f"{words} 二"), known=True, mentions=mention),
        ),
        (
            Relation(
                *(ids[0], "WORKED_AT", ids[1], words, words, words, (("role", words), (words, words)), "stated", 0.9),
                (Evidence(0, len(words), words, words),),
            ),
        ),
        (Statement(ids[0], words, 0, len(words), (ids[1],)),),
    )


def plain(record: Record) -> Record:
    """The same without a qualifier of that name: keys of properties may not hold everything in every store."""
    relations = tuple(replace(r, qualifiers=tuple(q for q in r.qualifiers if q[0] == "role")) for r in record.relations)
    return replace(record, relations=relations)


def test_texts_are_stored_as_they_are(store: GraphStore) -> None:
    records = [*told("a"), *(plain(evil_record(words, n)) for n, words in enumerate(EVIL))]
    store.apply(upserts(records, EVIL[0]), [])
    assert store.graph() == build(records)
    assert list(store.records()) == sorted(records, key=lambda record: record.document.id)
    for words in EVIL:
        assert set(column(store, "MATCH (n:Person {name: $name}) RETURN n.name", name=words)) == {words}
    changed = [replace(record, document=replace(record.document, title="x")) for record in records]
    store.apply(upserts(changed), [])
    assert store.graph() == build(changed)
    store.apply([], [record.document.id for record in changed if record.document.id != "a.md"])
    assert store.graph() == build([record for record in changed if record.document.id == "a.md"])


@pytest.mark.parametrize("words", EVIL)
def test_names_of_qualifiers_execute_nothing(store: GraphStore, words: str) -> None:
    store.apply(upserts(told("a")), [])
    record = evil_record(words, 0)
    try:
        store.apply(upserts([record]), [])
    except StoreError:
        kept = told("a")  # refused, and nothing of it stored
    else:
        kept = [*told("a"), record]
    assert store.graph() == build(kept)


def test_searching_for_them_executes_nothing(store: GraphStore) -> None:
    store.apply(upserts(told("a")), [])
    before = store.graph()
    for words in EVIL:
        with suppress(KgError):  # no words that a full-text query may have
            searched(store, "Entity", words)
    assert store.graph() == before


@pytest.mark.parametrize(
    "name", ["A`) DETACH DELETE (n", "A B", "A:B", "A'", 'A"', "A\\u0060", "A$x", "名", "", "A~B", "Fact", "1A", "A-B"]
)
def test_a_schema_file_cannot_smuggle_in_a_label_or_type(name: str) -> None:
    person, kind = ONTOLOGY.entity_types["Person"], ONTOLOGY.organization_kinds["lab"]
    relation = ONTOLOGY.relation_types["FOUNDED"]
    for update in (
        {"entity_types": {**ONTOLOGY.entity_types, name: person}},
        {"organization_kinds": {**ONTOLOGY.organization_kinds, "lab": kind.model_copy(update={"label": name})}},
        {"relation_types": {**ONTOLOGY.relation_types, name: relation}},
    ):
        with pytest.raises(SchemaError):
            Vocabulary.of(ONTOLOGY.model_copy(update=update))


def test_a_schema_file_with_an_evil_type_is_refused_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert kg("schema", "copy", "mine").exit_code == 0
    path = tmp_path / "mine/ontology.yaml"
    path.write_text(path.read_text("utf-8").replace("label: Lab}", 'label: "Lab`) DETACH DELETE (n"}'), "utf-8")
    assert load(tmp_path / "mine").organization_kinds["lab"].label != "Lab"
    (tmp_path / "a.md").write_text("Yi Tay 於 2019 年加入 Google Brain。\n", "utf-8")
    result = kg("ingest", "a.md", "--schemas", "mine")
    assert result.exit_code == 1
    assert "cannot be a label" in result.stderr
    assert folder("schemas") != tmp_path / "mine"


def test_file_names_are_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = [
        "x'}) DETACH DELETE (n) -- .md",
        '"`\\u0060 $(touch owned) `touch owned`.md',
        "; touch owned;.md",
        "{x} %s.md",
    ]
    for name in names:
        (tmp_path / name).write_text("Yi Tay 於 2019 年加入 Google Brain。\n", "utf-8")
    assert kg("ingest", ".").exit_code == 0
    asked = kg("query", "MATCH (a:Article) RETURN a.id ORDER BY a.id", "--format", "json")
    assert all(
        repr(name) in repr(asked.stdout) or name in asked.stdout.replace('\\"', '"').replace("\\\\", "\\")
        for name in names
    )
    assert kg("verify", ".").exit_code == 0
    assert not (tmp_path / "owned").exists()
