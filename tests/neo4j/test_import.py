"""What `kg export neo4j-import` writes, imported by neo4j-admin, is the graph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import neo4j
import pytest

from kg import dump
from kg.errors import ExportError
from kg.export.neo4j_import import write_import
from kg.graph import build
from kg.store import ArticleState, Changes, open_store
from kg.store.vocabulary import Vocabulary
from kg.verify import verify
from tests import neo4j_server
from tests.command import kg
from tests.strategies import ONTOLOGY
from tests.test_store import searched, told, upserts

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import Record

VOCABULARY = Vocabulary.of(ONTOLOGY)
ODD = 'a "b" \'c\' `d`, e; f|g\n第二行\r\n\t\\ \\u0060 {x} $y \\n,""'


def odd() -> list[Record]:
    """Articles with what CSV likes to lose: quotation marks, line ends, empty texts, empty lists, no values."""
    first, second = told("a", "b")
    entity = replace(first.entities[0], name=ODD, aliases=(ODD, "", "  spaces  "))
    statement = replace(first.statements[0], text=ODD)
    relation = replace(first.relations[1], qualifiers=(("role", ODD), ("score", "")))
    return [
        replace(
            first,
            document=replace(first.document, title=ODD, tags=(), source_name=""),
            entities=(entity, *(replace(e, aliases=()) for e in first.entities[1:])),
            relations=(first.relations[0], relation),
            statements=(statement,),
        ),
        replace(second, document=replace(second.document, id="文章/é 1.md", path="文章/é 1.md")),
    ]


@pytest.mark.neo4j
@pytest.mark.slow
def test_an_imported_graph_is_the_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    neo4j_server.require()
    records = odd()
    states = {record.document.id: ArticleState(record.document.sha256, "x+draft@y") for record in records}
    write_import(records, states, VOCABULARY, tmp_path / "csv")
    server = neo4j_server.Server(tmp_path / "neo4j")
    server.import_csv(tmp_path / "csv")
    monkeypatch.setenv("KG_NEO4J_PASSWORD", neo4j_server.PASSWORD)
    with server:
        script = (tmp_path / "csv" / "schema.cypher").read_text("utf-8")
        with neo4j.GraphDatabase.driver(server.address, auth=("neo4j", neo4j_server.PASSWORD)) as driver:
            for statement in script.partition("\n")[2].split(";\n"):
                if statement:
                    driver.execute_query(statement, database_="neo4j")
        with open_store(server.address, create=True) as store:
            assert dump.digest(store.graph()) == dump.digest(build(records))
            assert list(store.records()) == sorted(records, key=lambda record: record.document.id)
            assert store.states() == states
            assert {p.kind for p in verify(store, ONTOLOGY, {}).problems} == set()
            assert len(searched(store, "Evidence", "創辦")) == 4
            # It goes on as any other graph does.
            assert store.apply(upserts(records, "x+draft@y"), []) == Changes()
            assert store.apply(upserts(told("c")), ["a.md"]) == Changes(added=1, removed=1)
            assert store.graph() == build([records[1], *told("c")])


def test_the_same_graph_gives_the_same_files(tmp_path: Path) -> None:
    records = odd()
    states = {record.document.id: ArticleState("", "x") for record in records}
    for name in ("one", "two"):
        write_import(records, states, VOCABULARY, tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"import.sh", "schema.cypher", "Entity-Person.csv", "Entity-FOUNDED-Entity.csv", "Record.csv"} <= set(files)
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in files)


def test_what_csv_cannot_hold_is_refused(tmp_path: Path) -> None:
    (record,) = told("a")
    states = {"a.md": ArticleState("", "x")}
    named = replace(record.relations[0], qualifiers=(("a:ID,b", "x"),))
    listed = replace(record.entities[0], aliases=("a\x1fb",))
    for broken in (replace(record, relations=(named,)), replace(record, entities=(listed, *record.entities[1:]))):
        with pytest.raises(ExportError, match="kg push"):
            write_import([broken], states, VOCABULARY, tmp_path / "csv")
    assert not (tmp_path / "csv").exists()


def test_the_command_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("Yi Tay 於 2019 年加入 Google Brain。\n", "utf-8")
    assert kg("ingest", "a.md").exit_code == 0
    result = kg("export", "neo4j-import", "csv")
    assert result.stdout.startswith("csv: 2 entities, 1 relations\nnext: stop the server, sh csv/import.sh")
    assert "WORKED_AT" in (tmp_path / "csv" / "import.sh").read_text("utf-8")
    assert kg("export", "neo4j-import", "csv", "--focus", "Yi Tay").exit_code == 2
