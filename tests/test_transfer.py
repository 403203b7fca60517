from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from kg import dump
from kg.errors import StoreError
from kg.store import Changes, GraphStore, open_store
from kg.store.transfer import mirror
from tests.command import kg
from tests.strategies import corpora
from tests.test_store import contract, empty, store, told, upserts

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import Record

__all__ = ["store"]


@given(here=corpora, there=corpora)
@contract
def test_afterwards_both_are_the_same_and_the_same_again_changes_nothing(
    store: GraphStore, tmp_path: Path, here: list[Record], there: list[Record]
) -> None:
    with open_store(str(tmp_path / "other"), create=True) as other:
        for source, target in ((store, other), (other, store)):
            empty(source).apply(upserts(here, "x+draft@y"), [])
            empty(target).apply(upserts(there), [])
            mirror(source, target, replace=True)
            assert dump.digest(target.graph()) == dump.digest(source.graph())
            assert list(target.records()) == list(source.records())
            assert target.states() == source.states()
            assert mirror(source, target) == Changes()


def test_another_graph_is_replaced_only_when_asked(store: GraphStore, tmp_path: Path) -> None:
    store.apply(upserts(told("a", "b")), [])
    with open_store(str(tmp_path / "other"), create=True) as other:
        with pytest.raises(StoreError, match="has 2 articles, and none of them is in this one, which has 0"):
            mirror(other, store)
        other.apply(upserts(told("c")), [])
        with pytest.raises(StoreError, match="--replace"):
            mirror(other, store)
        assert len(store.states()) == 2
        assert mirror(other, store, replace=True) == Changes(added=1, removed=2)
        other.apply(upserts(told("d")), ["c.md"])
        other.apply(upserts(told("c")), [])
        assert mirror(other, store) == Changes(added=1)
        other.apply([], ["c.md"])
        assert mirror(other, store) == Changes(removed=1)


def test_a_folder_to_another_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("Yi Tay 於 2019 年加入 Google Brain。\n", "utf-8")
    assert kg("ingest", "a.md").exit_code == 0
    assert kg("push", "copy").stdout == ".kg → copy: 1 added, 0 changed, 0 unchanged, 0 removed articles\n"
    assert kg("push", "copy").stdout == ".kg → copy: 0 added, 0 changed, 1 unchanged, 0 removed articles\n"
    assert kg("pull", "copy").stdout == "copy → .kg: 0 added, 0 changed, 1 unchanged, 0 removed articles\n"
    assert kg("verify", "a.md", "--graph", "copy").stdout.splitlines()[1:] == kg("verify").stdout.splitlines()[1:]
    # What was fetched is as if it had been read here.
    assert "0 added, 0 changed, 1 unchanged" in kg("ingest", "a.md", "--graph", "copy").stdout
    assert "is one graph" in kg("push", ".kg").stderr
    assert kg("pull", "nowhere").exit_code == 1


@pytest.mark.neo4j
def test_a_folder_to_a_server_and_back(neo4j_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("Yi Tay 於 2019 年加入 Google Brain。\n", "utf-8")
    assert kg("ingest", "a.md").exit_code == 0
    assert "1 added" in kg("push", neo4j_address).stdout
    assert "1 unchanged" in kg("push", neo4j_address).stdout
    assert "1 added" in kg("pull", neo4j_address, "--graph", "back").stdout
    assert "1 unchanged" in kg("pull", neo4j_address, "--graph", "back").stdout
    hashes = {
        kg("verify", "a.md", "--graph", graph).stdout.splitlines()[-2] for graph in (".kg", neo4j_address, "back")
    }
    assert len(hashes) == 1
