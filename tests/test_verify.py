from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from kg import dump
from kg.graph import build
from kg.model import Record
from kg.store import GraphStore
from kg.verify import verify
from tests.command import ROOT, kg
from tests.strategies import ONTOLOGY, corpora
from tests.test_store import contract, empty, store, told, upserts

__all__ = ["store"]

TEXT = "Yi Tay 於 2023 年共同創辦 Reka，離開 Google。他說：「我們需要更大的模型」"


def located(name: str, folder: Path) -> Record:
    """A record of `told` whose spans are those of a file in the folder."""
    (record,) = told(name)
    data = TEXT.encode()
    (folder / f"{name}.md").write_bytes(data)

    def span(words: str) -> dict[str, object]:
        return {"start": TEXT.index(words), "end": TEXT.index(words) + len(words), "text": words}

    return replace(
        record,
        document=replace(record.document, sha256=hashlib.sha256(data).hexdigest()),
        entities=tuple(
            replace(entity, mentions=tuple(replace(m, **span(entity.name)) for m in entity.mentions[:1]))
            for entity in record.entities
        ),
        relations=tuple(
            replace(relation, evidence=tuple(replace(e, **span(e.text)) for e in relation.evidence))
            for relation in record.relations
        ),
        statements=tuple(replace(statement, **span(statement.text)) for statement in record.statements),
    )


def found(store: GraphStore, folder: Path) -> list[tuple[str, str]]:
    report = verify(store, ONTOLOGY, {id_: folder / id_ for id_ in store.states()})
    return sorted({(problem.kind, problem.place) for problem in report.problems})


def test_a_true_graph_has_no_problems(store: GraphStore, tmp_path: Path) -> None:
    store.apply(upserts([located("a", tmp_path), located("b", tmp_path)]), [])
    assert found(store, tmp_path) == []


@given(corpus=corpora)
@contract
def test_whatever_was_stored_the_stores_own_nodes_are_in_order(store: GraphStore, corpus: list[Record]) -> None:
    empty(store).apply(upserts(corpus), [])
    kinds = {problem.kind for problem in verify(store, ONTOLOGY, {}).problems}
    # The invented records may name what is never mentioned, and relate anything to anything.
    assert kinds <= {"unmentioned", "wrong_types"}


def test_words_that_do_not_stand_in_the_article_are_found(store: GraphStore, tmp_path: Path) -> None:
    record = located("a", tmp_path)
    entity = replace(record.entities[0], mentions=(replace(record.entities[0].mentions[0], start=0, end=6),))
    store.apply(upserts([replace(record, entities=(entity, *record.entities[1:]))]), [])
    assert found(store, tmp_path) == [("wrong_text", "a.md:0-6")]


def test_changed_and_vanished_articles_are_told_but_no_problem(store: GraphStore, tmp_path: Path) -> None:
    store.apply(upserts([located("a", tmp_path), located("b", tmp_path)]), [])
    (tmp_path / "a.md").write_text("other")
    (tmp_path / "b.md").unlink()
    report = verify(store, ONTOLOGY, {id_: tmp_path / id_ for id_ in store.states()})
    assert (report.problems, report.changed, report.gone) == ([], ["a.md"], ["b.md"])


def test_facts_without_evidence_and_wrong_types_are_found(store: GraphStore, tmp_path: Path) -> None:
    record = located("a", tmp_path)
    first, second = record.relations
    turned = replace(second, subject=second.object, object=second.subject)
    store.apply(upserts([replace(record, relations=(replace(first, evidence=()), turned))]), [])
    assert [kind for kind, _ in found(store, tmp_path)] == ["no_evidence", "wrong_types"]


@pytest.mark.parametrize(
    ("damage", "kinds"),
    [
        ("MATCH (f:Fact) DETACH DELETE f", {"missing", "wrong_projection"}),
        ("MATCH (e:Evidence) DETACH DELETE e", {"different", "no_evidence"}),
        ("MATCH (p:Person) SET p.name = 'X'", {"different"}),
        ("MATCH (a)-[r:FOUNDED]->(b) CREATE (a)-[s:FOUNDED]->(b) SET s = properties(r)", {"wrong_projection"}),
        ("MATCH (a:Person)-[r:FOUNDED]->() DELETE r", {"wrong_projection"}),
        ("MATCH (f:Fact)-[r:SUBJECT]->(n) CREATE (f)-[:SUBJECT]->(n)", {"wrong_count"}),
        ("CREATE (:Entity:Person {id: 'x', type: 'Person', name: 'x', aliases: [], known: false})", {"superfluous"}),
    ],
)
def test_damage_is_found_and_repaired(store: GraphStore, tmp_path: Path, damage: str, kinds: set[str]) -> None:
    record = located("a", tmp_path)
    store.apply(upserts([record]), [])
    store.query(damage, {}, write=True)
    assert kinds <= {kind for kind, _ in found(store, tmp_path)}
    store.rebuild()
    assert found(store, tmp_path) == []
    assert store.graph() == build([record])


def test_what_a_user_added_is_no_problem(store: GraphStore, tmp_path: Path) -> None:
    store.apply(upserts([located("a", tmp_path)]), [])
    store.query("MATCH (p:Person) SET p.note = 'x' CREATE (p)-[:KNOWS]->(:Friend {name: 'me'})", {}, write=True)
    assert found(store, tmp_path) == []


@given(corpus=corpora)
@contract
def test_the_hash_is_that_of_the_graph_in_every_store(store: GraphStore, corpus: list[Record]) -> None:
    empty(store).apply(upserts(corpus), [])
    assert dump.digest(store.graph()) == dump.digest(build(reversed(corpus)))


def test_two_graphs_that_differ_have_two_hashes() -> None:
    one, other = build(told("a")), build(told("a", confidence=0.8))
    assert dump.digest(one) != dump.digest(other)
    assert all(line.endswith("\n") and line.isascii() for line in dump.lines(one))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "posts").mkdir()
    for name in "ab":
        (tmp_path / f"posts/{name}.md").write_text(f"Yi Tay 於 2019 年加入 Google Brain。這是第 {name} 篇。\n", "utf-8")
    assert kg("ingest", "posts").exit_code == 0
    return tmp_path


@pytest.mark.usefixtures("site")
def test_the_command_prints_the_hash_and_that_all_is_well() -> None:
    result = kg("verify", "posts", "--dump", "dump.jsonl")
    assert result.exit_code == 0, result.stdout
    digest = hashlib.sha256(Path("dump.jsonl").read_bytes()).hexdigest()
    assert result.stdout.splitlines()[-2:] == [f"hash: {digest}", "everything holds"]
    assert json.loads(kg("verify", "--format", "json").stdout) == {
        "hash": digest,
        "problems": [],
        "changed": [],
        "gone": [],
    }


def test_the_command_tells_what_a_rebuild_from_the_files_would_change(site: Path) -> None:
    (site / "posts/a.md").unlink()
    (site / "posts/b.md").write_text("Dani Yogatama 於 2019 年加入 Google Brain。\n", "utf-8")
    (site / "posts/c.md").write_text("今天天氣很好。\n", "utf-8")
    assert kg("verify").exit_code == 0
    result = kg("verify", "posts", "--lang", "zh")
    assert result.exit_code == 1
    assert "圖譜裡沒有，重新建立後卻有" in result.stdout
    assert "person/yi-tay" in result.stdout
    assert kg("ingest", "posts").exit_code == 0
    assert kg("verify", "posts").exit_code == 0


@pytest.mark.usefixtures("site")
def test_the_command_repairs() -> None:
    assert kg("query", "MATCH (n:Fact) DETACH DELETE n", "--write").exit_code == 0
    broken = kg("verify")
    assert broken.exit_code == 1
    assert "missing in the graph, but in a clean rebuild: 1" in broken.stdout
    assert kg("verify", "--repair").exit_code == 0
    assert kg("verify").exit_code == 0


def test_a_graph_of_the_wider_setting_is_compared_in_that_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "corpus" / "articles" / "a01-yi-tay-reka.md", tmp_path / "a.md")
    monkeypatch.chdir(tmp_path)
    assert kg("ingest", ".", "--recall").exit_code == 0
    assert kg("verify", ".", "--recall").exit_code == 0
    assert kg("verify", ".").exit_code == 1
