"""A few rounds of every accident of `tests/accidents.py`; by hand there are 50 of each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests import accidents, neo4j_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[neo4j_server.Server]:
    """A server that a test may kill."""
    neo4j_server.require()
    with neo4j_server.Server(tmp_path_factory.mktemp("server") / "neo4j") as running:
        yield running


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and limits")
@pytest.mark.parametrize("kind", [kind for kind in accidents.KINDS if not accidents.needs_server(kind)])
def test_accidents_of_the_embedded_graph(kind: str) -> None:
    accidents.run(kind, rounds=2, seed=3, server=None)


@pytest.mark.slow
@pytest.mark.neo4j
@pytest.mark.parametrize("kind", [kind for kind in accidents.KINDS if accidents.needs_server(kind)])
def test_accidents_of_a_server(kind: str, server: neo4j_server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_NEO4J_PASSWORD", neo4j_server.PASSWORD)
    accidents.run(kind, rounds=1 if kind == "server-killed" else 2, seed=3, server=server)
