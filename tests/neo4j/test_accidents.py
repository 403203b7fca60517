"""What can go wrong with a Neo4j server, and that it loses nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from kg.errors import NotFoundError, StoreError
from kg.graph import build
from kg.store import Changes, open_store
from tests import neo4j_server
from tests.test_store import told, upserts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LETTERS = "abcdefghijklmnopqrst"


@pytest.mark.parametrize("address", ["bolt://127.0.0.1:{port}", "neo4j://127.0.0.1:{port}"])
def test_a_server_that_is_not_there_is_named_with_the_cause(address: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = address.format(port=unused.getsockname()[1])
        with pytest.raises(StoreError) as caught:
            open_store(address, create=True)
    assert str(caught.value).startswith(f"{address}: cannot be reached")


@pytest.mark.parametrize("address", ["http://localhost:7474", "blot://localhost", "bolt://", "bolt://localhost:x"])
def test_an_address_of_something_else_is_refused(address: str) -> None:
    with pytest.raises(StoreError):
        open_store(address)


def test_no_password_is_taken_from_an_address_or_shown() -> None:
    with pytest.raises(StoreError, match="KG_NEO4J_PASSWORD") as caught:
        open_store("bolt://neo4j:hunter2@localhost:7687")
    assert "hunter2" not in str(caught.value)


@pytest.mark.neo4j
def test_a_wrong_password_is_not_shown(neo4j_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_NEO4J_PASSWORD", "hunter2hunter2")
    with pytest.raises(StoreError, match="refuses the user or password") as caught:
        open_store(neo4j_address)
    assert "hunter2" not in str(caught.value)


@pytest.mark.neo4j
def test_a_missing_graph_is_made_only_when_asked(neo4j_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFoundError, match="kg ingest"):
        open_store(neo4j_address)
    with open_store(neo4j_address, create=True) as store:
        store.apply(upserts(told("a")), [])
    with open_store(neo4j_address) as store:
        assert store.graph() == build(told("a"))
    monkeypatch.setenv("KG_NEO4J_DATABASE", "nowhere")
    with pytest.raises(StoreError, match="nowhere"):
        open_store(neo4j_address, create=True)


@pytest.mark.neo4j
def test_a_graph_of_another_shape_is_written_anew_when_articles_come(neo4j_address: str) -> None:
    with open_store(neo4j_address, create=True) as store:
        store.apply(upserts(told("a")), [])
        store.query("MATCH (n) REMOVE n.search, n.shape", {}, write=True)
    with open_store(neo4j_address) as store:
        assert store.graph() == build(told("a"))
    with open_store(neo4j_address, create=True) as store:
        assert store.apply(upserts(told("a")), []) == Changes()
        assert store.query("MATCH (n:Entity) WHERE n.search IS NULL RETURN count(n)", {}).rows == ((0,),)
        assert store.graph() == build(told("a"))


@pytest.mark.neo4j
def test_writers_at_the_same_time_come_one_after_the_other(neo4j_address: str) -> None:
    def write(letter: str) -> None:
        with open_store(neo4j_address, create=True) as store:
            store.apply(upserts(told(letter)), [])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, LETTERS[:8]))
    with open_store(neo4j_address) as store:
        assert store.graph() == build(told(*LETTERS[:8]))


@pytest.fixture
def own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[neo4j_server.Server]:
    """A server that a test may kill."""
    neo4j_server.require()
    monkeypatch.setenv("KG_NEO4J_PASSWORD", neo4j_server.PASSWORD)
    with neo4j_server.Server(tmp_path / "neo4j") as server:
        yield server


@pytest.mark.neo4j
@pytest.mark.slow
def test_no_kill_of_the_server_loses_or_tears_anything(own_server: neo4j_server.Server) -> None:
    # Every turn changes every article, so a torn write would mix turns.
    code = """
import sys
from kg.store import open_store
from tests.test_store import told, upserts
with open_store(sys.argv[1], create=True) as store:
    for turn in range(int(sys.argv[2]), 1000):
        store.apply(upserts(told(*sys.argv[3], confidence=turn / 1000)), [])
        print(turn, flush=True)
"""
    turn = 0
    for delay in (0.05, 0.3):
        command = [sys.executable, "-c", code, own_server.address, str(turn + 1), LETTERS]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stdout is not None
        done = [child.stdout.readline()]
        time.sleep(delay)
        own_server.kill()
        rest, errors = child.communicate(timeout=120)
        assert "StoreError" in errors
        done += rest.split()
        own_server.start()
        with open_store(own_server.address) as store:
            stored = list(store.records())
            assert store.graph() == build(stored)
        turns = {round(record.relations[0].confidence * 1000) for record in stored}
        assert turns <= {int(done[-1]), int(done[-1]) + 1}
        assert len(turns) == 1
        (turn,) = turns
