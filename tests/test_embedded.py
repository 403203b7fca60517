"""What belongs to the graph in a folder alone: its layout, its lock, and that no accident loses a record."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from kg.errors import NotFoundError, QueryError, StoreError, StoreLockedError
from kg.graph import build
from kg.store import Changes, embedded, ledger, open_store
from tests.test_store import told, upserts

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A graph of two articles, closed."""
    place = tmp_path / "graph"
    with open_store(str(place), create=True) as store:
        store.apply(upserts(told("a", "b")), [])
    return place


def holds(folder: Path, *names: str) -> bool:
    with open_store(str(folder)) as store:
        return list(store.records()) == told(*names) and store.graph() == build(told(*names))


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_a_graph_lasts_and_hides_from_version_control(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "graph", "lock", "records.jsonl"]
    assert (folder / ".gitignore").read_text() == "*\n"
    assert holds(folder, "a", "b")


def test_a_missing_graph_is_made_only_when_asked(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "graph"
    with pytest.raises(NotFoundError, match="kg ingest"):
        open_store(str(place))
    assert not place.parent.exists()
    with open_store(str(place), create=True) as store:
        assert store.states() == {}
    with open_store(str(place)) as store:
        assert store.apply([], []) == Changes()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "article.md").write_text("words")
    with pytest.raises(StoreError, match=r"article\.md"):
        open_store(str(tmp_path), create=True)
    with pytest.raises(StoreError, match="not a folder"):
        open_store(str(tmp_path / "article.md"), create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["article.md"]


def test_a_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file"):
        open_store(str(tmp_path / "file" / "graph"), create=True)


def test_one_process_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
        import sys
        from kg.store import open_store
        with open_store(sys.argv[1]):
            print("open", flush=True)
            sys.stdin.read()
    """
    other = subprocess.Popen(
        [sys.executable, "-c", dedent(code), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        monkeypatch.setattr(embedded, "_LOCK_SECONDS", 0.1)
        with pytest.raises(StoreLockedError, match="another process"):
            open_store(str(folder))
    assert holds(folder, "a", "b")


def test_another_program_on_the_database_is_noticed(folder: Path) -> None:
    code = """
        import os, sys
        os.environ["ARCADEDB_LOG_CONSOLE"] = "0"
        import arcadedb
        database = arcadedb.open_database(sys.argv[1])
        print("open", flush=True)
        sys.stdin.read()
    """
    other = subprocess.Popen(
        [sys.executable, "-c", dedent(code), str(folder / "graph")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreLockedError, match="another program"):
            open_store(str(folder))
    assert holds(folder, "a", "b")


@pytest.mark.parametrize("name", ["schema.json", "dictionary*", "Entity_0.*", "*"])
def test_a_broken_database_is_rebuilt(folder: Path, name: str) -> None:
    for path in (folder / "graph").glob(name):
        path.write_bytes(b"broken")
    assert holds(folder, "a", "b")


def test_a_lost_database_is_rebuilt(folder: Path) -> None:
    shutil.rmtree(folder / "graph")
    assert holds(folder, "a", "b")


def test_a_graph_of_another_shape_is_rebuilt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(str(folder)) as store:
        store.query("MATCH (n:Fact) DETACH DELETE n", {}, write=True)
    assert not holds(folder, "a", "b")
    monkeypatch.setattr("kg.store.statements.SHAPE", 99)
    assert holds(folder, "a", "b")


def test_an_edited_ledger_is_believed(folder: Path) -> None:
    path = folder / "records.jsonl"
    path.write_text(path.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    assert holds(folder, "a")


def test_a_crash_before_the_database_was_written_changes_nothing(folder: Path) -> None:
    following, _ = ledger.revise(ledger.read(folder / "records.jsonl"), upserts(told("c")), [])
    ledger.write(folder / "records.jsonl.new", following)
    assert holds(folder, "a", "b")
    assert not (folder / "records.jsonl.new").exists()


def test_a_crash_after_the_database_was_written_is_made_up_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(str(folder)) as store:
        monkeypatch.setattr(embedded.EmbeddedStore, "_replace_ledger", lambda _: None)
        store.apply(upserts(told("c")), [])
        monkeypatch.undo()
    assert holds(folder, "a", "b", "c")
    assert not (folder / "records.jsonl.new").exists()


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        (lambda text: text[:-20], "incomplete"),
        (lambda text: text + "{}\n", r"records\.jsonl:3"),
        (lambda text: text + text, r"records\.jsonl:3"),
        (lambda text: text.replace('"extractor"', '"other"'), r"records\.jsonl:1"),
        (lambda text: text.replace('"predicate"', '"verb"'), r"records\.jsonl: .*a\.md"),
    ],
)
def test_a_damaged_ledger_is_not_read_silently(folder: Path, damage: object, place: str) -> None:
    path = folder / "records.jsonl"
    assert callable(damage)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    with pytest.raises(StoreError, match=place):
        open_store(str(folder))


@pytest.mark.parametrize("limit", [2_000, 20_000])
def test_a_full_disk_changes_nothing(folder: Path, limit: int) -> None:
    # No file may grow beyond a limit, which is what a full disk looks like to a writer.
    code = """
        import resource, signal, sys
        from kg.errors import StoreError
        from kg.store import open_store
        from tests.test_store import told, upserts
        with open_store(sys.argv[1]) as store:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = int(sys.argv[2])
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                store.apply(upserts(told(*"cdefgh")), [])
            except StoreError as error:
                print("StoreError", error)
    """
    pytest.importorskip("resource")
    child = python(code, folder, limit)
    output, errors = child.communicate(timeout=60)
    assert output.startswith("StoreError"), errors
    assert holds(folder, "a", "b")


def test_a_platform_without_the_engine_is_told_of_neo4j(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arcadedb", None)
    with pytest.raises(StoreError, match="bolt://"):
        open_store(str(tmp_path / "graph"), create=True)


@pytest.mark.slow
def test_no_kill_loses_or_tears_anything(tmp_path: Path) -> None:
    place = tmp_path / "graph"
    # Every turn changes every article, so a torn write would mix turns.
    code = """
        import sys
        from kg.store import open_store
        from tests.test_store import told, upserts
        with open_store(sys.argv[1], create=True) as store:
            for turn in range(int(sys.argv[2]), 1000):
                kind = "lab" if turn % 2 else "team"
                store.apply(upserts(told(*"abcdefghijklmnopqrst", kind=kind, confidence=turn / 1000)), [])
                print(turn, flush=True)
    """
    turn = 0
    for delay in (0.0, 0.003, 0.011, 0.017, 0.029, 0.041, 0.05):
        child = python(code, place, turn + 1)
        assert child.stdout is not None
        done = [child.stdout.readline()]
        time.sleep(delay)
        child.kill()
        rest, _ = child.communicate()
        done += rest.split()
        with open_store(str(place)) as store:
            stored = list(store.records())
            assert store.graph() == build(stored)
        turns = {round(record.relations[0].confidence * 1000) for record in stored}
        assert len(stored) == 20
        assert turns <= {int(done[-1]), int(done[-1]) + 1}
        assert len(turns) == 1
        (turn,) = turns


@pytest.mark.parametrize(
    ("query", "place", "what"),
    [
        ("MATCH (n:Person RETURN n", "line 1, column 17", "'RETURN'"),
        ("MATCH (p:Person)-[r:WORKED_AT->(o) RETURN p", "line 1, column 30", "'-'"),
        ("SELECT * FROM Person", "line 1, column 1", "'SELECT'"),
        ("MATCH (n:Person\nWHERE n.name = 1 RETURN n", "line 2, column 18", "'RETURN'"),
    ],
)
def test_a_wrong_query_is_told_what_and_where(folder: Path, query: str, place: str, what: str) -> None:
    with open_store(str(folder)) as store, pytest.raises(QueryError) as raised:
        store.query(query, {})
    assert str(raised.value).startswith(f"syntax error in {place}: ")
    assert what in str(raised.value)
