from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests import neo4j_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def neo4j_server_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Bolt address of a Neo4j that tests may empty: KG_TEST_NEO4J if set, else a server of our own."""
    given = os.environ.get("KG_TEST_NEO4J")
    if given:
        yield given
        return
    neo4j_server.require()
    home: Path = tmp_path_factory.mktemp("server") / "neo4j"
    with neo4j_server.Server(home) as server:
        yield server.address


@pytest.fixture
def neo4j_address(neo4j_server_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty database; the environment holds its password."""
    import neo4j  # noqa: PLC0415 - only where there is a server

    password = os.environ.get("KG_TEST_NEO4J_PASSWORD", neo4j_server.PASSWORD)
    monkeypatch.setenv("KG_NEO4J_PASSWORD", password)
    with neo4j.GraphDatabase.driver(neo4j_server_address, auth=("neo4j", password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n", database_="neo4j")
    return neo4j_server_address
