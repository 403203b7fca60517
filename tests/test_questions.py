"""What people ask, verbatim the same of every store; what they are answered differently is in docs/cypher.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kg.errors import QueryError
from kg.resources import folder
from kg.store import open_store
from tests.question_graph import records
from tests.test_store import upserts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store import GraphStore

ROOT = Path(__file__).parents[1]
CASES = yaml.safe_load((ROOT / "tests/cases/queries.yaml").read_text("utf-8"))
QUESTIONS = {case["query"]: case["answer"] for case in CASES["questions"]}
SAVED = sorted((folder("viz") / "neo4j/queries").rglob("*.cypher"))


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    with open_store(str(tmp_path_factory.mktemp("questions") / "graph"), create=True) as store:
        store.apply(upserts(records()), [])
        yield store


@pytest.fixture
def both(embedded: GraphStore, neo4j_address: str) -> Iterator[tuple[GraphStore, GraphStore]]:
    with open_store(neo4j_address, create=True) as store:
        store.apply(upserts(records()), [])
        yield embedded, store


def ask(store: GraphStore, query: str) -> list[Any]:
    """The rows, in an order of their own where the query leaves it open, without what only the store knows."""
    rows = json.loads(json.dumps(store.query(query, {}).rows))
    last = query.rpartition("RETURN")[2]
    plain = [_plain(row) for row in rows]
    return plain if "ORDER BY" in last else sorted(plain, key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        # Stores weigh words differently; the order by weight is the same.
        return "a number" if isinstance(value, float) and value not in (0.5, 0.9) else value
    if "labels" in value:
        return [sorted(value["labels"]), value["properties"]["id"]]
    if "properties" in value:
        return [value["type"], value["properties"]]
    return {key: _plain(item) for key, item in value.items()}


def test_there_are_enough_questions() -> None:
    assert len(QUESTIONS) + len(SAVED) >= 60


@pytest.mark.parametrize("query", QUESTIONS)
def test_the_embedded_graph_answers(embedded: GraphStore, query: str) -> None:
    assert ask(embedded, query) == _plain(QUESTIONS[query])


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_the_embedded_graph_answers_what_is_saved(embedded: GraphStore, path: Path) -> None:
    assert ask(embedded, path.read_text("utf-8"))


@pytest.mark.neo4j
def test_neo4j_answers_the_same(both: tuple[GraphStore, GraphStore]) -> None:
    one, other = both
    for query, answer in QUESTIONS.items():
        assert ask(other, query) == _plain(answer), query
    for path in SAVED:
        query = path.read_text("utf-8")
        assert ask(other, query) == ask(one, query), path


@pytest.mark.neo4j
def test_where_the_stores_differ_is_documented(both: tuple[GraphStore, GraphStore]) -> None:
    documented = (ROOT / "docs/cypher.md").read_text("utf-8")
    for case in CASES["differences"]:
        query = case["query"]
        for store, name in zip(both, ("embedded", "neo4j"), strict=True):
            if case[name] is None:
                with pytest.raises(QueryError):
                    store.query(query, {})
            else:
                assert json.loads(json.dumps(store.query(query, {}).rows)) == case[name], (name, query)
        if "instead" in case:
            assert ask(both[0], case["instead"]) == ask(both[1], case["instead"])
            assert case["instead"].partition(" RETURN")[0] in documented.replace("\\|", "|")
        assert query.partition(" RETURN")[0] in documented.replace("\\|", "|")
