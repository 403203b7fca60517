from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import articles, pipeline
from kg.errors import ArticleError, KgError, NotFoundError, SchemaError
from kg.model import Document, Entity, Mention, Record, Statement
from kg.pipeline import Report, extract, ingest
from kg.store import GraphStore, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Titles:
    """The smallest extractor: an article is about its title; some titles make it fail."""

    fingerprint: str = "titles-1"
    read: list[str] = field(default_factory=list)

    def extract(self, document: Document) -> Record:
        title = document.metadata.title
        self.read.append(document.metadata.id)
        match title:
            case "bug":
                raise KeyError(title)
            case "refused":
                raise ArticleError(document.metadata.id, "is refused")
            case "schema":
                raise SchemaError("x.yaml: is wrong")
            case "die":
                os._exit(3)
            case "slow":
                time.sleep(60)
        at = document.text.index(title)
        mention = Mention(at, at + len(title), title)
        entity = Entity(f"publication/{title}", "Publication", title, None, (title,), known=False, mentions=(mention,))
        return Record(document.metadata, (entity,), (), ())


def write(folder: Path, name: str, title: str, **fields: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    extra = "".join(f"{key}: {value}\n" for key, value in fields.items())
    path.write_text(f"---\ntitle: {title}\n{extra}---\n\n內文。\n", "utf-8")
    return path


def run(store: GraphStore, root: Path, *paths: Path, extractor: Titles | None = None, drafts: bool = False) -> Report:
    found = articles.find(paths or (root,), root)
    return ingest(found, extractor or Titles(), store, root=root, drafts=drafts)


def counts(report: Report) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed, len(report.failed)


def titles(store: GraphStore) -> dict[str, str]:
    return {record.document.id: record.document.title for record in store.records()}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    write(root, "a.md", "甲")
    write(root, "posts/b.md", "乙")
    return root


@pytest.fixture
def store(tmp_path: Path) -> GraphStore:
    return open_store(str(tmp_path / "graph"), create=True)


@pytest.fixture(autouse=True)
def _closed(store: GraphStore) -> Iterator[None]:
    yield
    store.close()


def test_ingesting_again_reads_nothing_and_changes_nothing(site: Path, store: GraphStore) -> None:
    assert counts(run(store, site)) == (2, 0, 0, 0, 0)
    before = store.graph()
    again = Titles()
    assert counts(run(store, site, extractor=again)) == (0, 0, 2, 0, 0)
    assert again.read == []
    assert store.graph() == before


def test_a_changed_article_replaces_its_contribution(site: Path, store: GraphStore) -> None:
    run(store, site)
    write(site, "a.md", "丙")
    assert counts(run(store, site)) == (0, 1, 1, 0, 0)
    assert sorted(store.graph().nodes) == ["publication/丙", "publication/乙"]


def test_another_fingerprint_reads_all_again_and_the_same_records_are_no_change(site: Path, store: GraphStore) -> None:
    run(store, site)
    newer = Titles("titles-2")
    assert counts(run(store, site, extractor=newer)) == (0, 0, 2, 0, 0)
    assert newer.read == ["a.md", "posts/b.md"]
    assert counts(run(store, site, extractor=Titles("titles-2"))) == (0, 0, 2, 0, 0)


def test_vanished_articles_are_forgotten_only_below_what_is_ingested(site: Path, store: GraphStore) -> None:
    run(store, site)
    (site / "a.md").unlink()
    (site / "posts/b.md").unlink()
    write(site, "posts/c.md", "丙")
    assert counts(run(store, site, site / "posts")) == (1, 0, 0, 1, 0)
    assert titles(store) == {"a.md": "甲", "posts/c.md": "丙"}
    assert counts(run(store, site)) == (0, 0, 1, 1, 0)


def test_an_emptied_folder_forgets_all_its_articles(site: Path, store: GraphStore) -> None:
    run(store, site)
    (site / "posts/b.md").unlink()
    assert counts(run(store, site, site / "posts")) == (0, 0, 0, 1, 0)
    with pytest.raises(NotFoundError, match="posts/: there are no articles"):
        run(store, site, site / "posts")


def test_articles_from_outside_the_root_vanish_with_their_own_folder(
    tmp_path: Path, site: Path, store: GraphStore
) -> None:
    outside = tmp_path / "elsewhere"
    write(outside, "posts/x.md", "外")
    write(outside, "posts/y.md", "他")
    single = write(tmp_path / "third", "posts.md", "單")
    run(store, site, site, outside, single)
    assert counts(run(store, site)) == (0, 0, 2, 0, 0)
    assert len(titles(store)) == 5
    (outside / "posts/x.md").unlink()
    assert counts(run(store, site, outside)) == (0, 0, 1, 1, 0)
    assert sorted(titles(store)) == ["a.md", "posts.md", "posts/b.md", "posts/y.md"]


def test_drafts_come_and_go_with_the_option(site: Path, store: GraphStore) -> None:
    write(site, "a.md", "甲", draft="true")
    report = run(store, site)
    assert (report.added, report.drafts) == (1, 1)
    assert counts(run(store, site, drafts=True)) == (1, 0, 1, 0, 0)
    again = Titles()
    assert counts(run(store, site, drafts=True, extractor=again)) == (0, 0, 2, 0, 0)
    assert again.read == []
    report = run(store, site)
    assert (report.removed, report.drafts, report.unchanged) == (1, 1, 1)
    assert list(titles(store)) == ["posts/b.md"]


def test_an_article_that_becomes_a_draft_is_retracted(site: Path, store: GraphStore) -> None:
    run(store, site)
    write(site, "a.md", "甲", draft="true")
    assert counts(run(store, site)) == (0, 0, 1, 1, 0)


@pytest.mark.parametrize(
    ("title", "problem"),
    [("bug", r"the extraction failed \(KeyError: 'bug'\); report this"), ("refused", "is refused")],
)
def test_a_failing_article_keeps_what_was_stored_and_the_others_are_stored(
    site: Path, store: GraphStore, title: str, problem: str
) -> None:
    run(store, site)
    write(site, "a.md", title)
    write(site, "z.md", "新")
    write(site, "fresh.md", title)
    report = run(store, site)
    assert counts(report) == (1, 0, 1, 0, 2)
    assert [error.path for error in report.failed] == ["a.md", "fresh.md"]
    assert report.kept == ("a.md",)
    with pytest.raises(ArticleError, match=problem):
        raise report.failed[0]
    assert titles(store) == {"a.md": "甲", "posts/b.md": "乙", "z.md": "新"}
    assert counts(run(store, site)) == (0, 0, 2, 0, 2)


@dataclass(frozen=True)
class Dangling(Titles):
    """Writes a statement of somebody who is not among the entities."""

    def extract(self, document: Document) -> Record:
        record = super().extract(document)
        return replace(record, statements=(Statement("person/nobody", "話", 0, 1, ()),))


def test_a_record_that_no_graph_can_hold_is_an_error_of_its_article(site: Path, store: GraphStore) -> None:
    report = run(store, site, extractor=Dangling())
    assert [error.path for error in report.failed] == ["a.md", "posts/b.md"]
    assert "person/nobody" in str(report.failed[0])


def test_a_wrong_schema_stops_everything(site: Path, store: GraphStore) -> None:
    write(site, "b.md", "schema")
    with pytest.raises(SchemaError, match=r"x\.yaml"):
        run(store, site)


def test_batches_before_a_failure_stay(tmp_path: Path, store: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH", 3)
    root = tmp_path / "many"
    for number in range(7):
        write(root, f"{number}.md", "題" if number < 6 else "schema")
    with pytest.raises(SchemaError):
        run(store, root)
    assert len(titles(store)) == 6
    write(root, "6.md", "題")
    resumed = Titles()
    assert counts(run(store, root, extractor=resumed)) == (1, 0, 6, 0, 0)
    assert resumed.read == ["6.md"]


def test_progress_counts_what_is_read(site: Path, store: GraphStore) -> None:
    told: list[tuple[int, int]] = []
    found = articles.find((site,), site)
    ingest(found, Titles(), store, root=site, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_processes_change_nothing_but_the_time(tmp_path: Path) -> None:
    for number in range(12):
        write(tmp_path, f"{number:02}.md", ["bug", "refused"][number % 2] if number in (3, 8) else f"題{number}")
    files = articles.find((tmp_path,), tmp_path).files
    alone, together = (list(extract(files, Titles(), jobs=jobs)) for jobs in (1, 3))
    assert [(o.id, o.record, str(o.error)) for o in alone] == [(o.id, o.record, str(o.error)) for o in together]
    assert sum(o.error is not None for o in together) == 2


def test_a_process_that_dies_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "die")
    write(tmp_path, "b.md", "die")
    with pytest.raises(KgError, match="--jobs 1"):
        list(extract(articles.find((tmp_path,), tmp_path).files, Titles(), jobs=2))


def test_errors_of_the_schemas_cross_processes(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "schema")
    write(tmp_path, "b.md", "乙")
    with pytest.raises(SchemaError):
        list(extract(articles.find((tmp_path,), tmp_path).files, Titles(), jobs=2))


PARALLEL = dedent("""
    import sys
    from pathlib import Path
    from MODULE import Titles
    from kg import articles, pipeline

    if __name__ == "__main__":
        root = Path(sys.argv[1])
        for outcome in pipeline.extract(articles.find((root,), root).files, Titles(), jobs=2):
            print(outcome.id, flush=True)
""")


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    root = tmp_path / "site"
    write(root, "a.md", "甲")
    write(root, "b.md", "slow")
    write(root, "c.md", "slow")
    script = tmp_path / "parallel.py"
    script.write_text(PARALLEL.replace("MODULE", __name__), "utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, str(script), str(root)], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"a.md\n"
        parent.send_signal(signal.SIGKILL)
        # The output ends when the last process that inherited it has ended.
        assert parent.communicate(timeout=10)[0] == b""


def test_ctrl_c_lets_a_batch_end_first(site: Path, store: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = store.apply

    def interrupted(*arguments: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return apply(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "apply", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(store, site)
    assert len(titles(store)) == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


names = st.sampled_from(["a.md", "b.md", "posts/a.md", "posts/c.md"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), names, st.sampled_from(["甲", "乙", "bug"])),
        st.tuples(st.just("draft"), names, st.just("丁")),
        st.tuples(st.just("delete"), names, st.just("")),
        st.tuples(st.just("ingest"), st.sampled_from([".", "posts"]), st.sampled_from(["", "drafts"])),
    ),
    max_size=8,
)


@given(steps=steps)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_ends_as_a_clean_rebuild(tmp_path: Path, steps: list[tuple[str, str, str]]) -> None:
    shutil.rmtree(tmp_path / "history", ignore_errors=True)
    root = tmp_path / "history/site"
    (root / "posts").mkdir(parents=True)
    with (
        open_store(str(tmp_path / "history/old"), create=True) as old,
        open_store(str(tmp_path / "history/new"), create=True) as new,
    ):
        for action, name, word in steps:
            if action == "write":
                write(root, name, word)
            elif action == "draft":
                write(root, name, word, draft="true")
            elif action == "delete":
                (root / name).unlink(missing_ok=True)
            else:
                with suppress(NotFoundError):
                    run(old, root, root / name, drafts=bool(word))
        # What fails keeps its earlier record, which a rebuild cannot know.
        for path in sorted(root.rglob("*.md")):
            if "bug" in path.read_text("utf-8"):
                path.unlink()
        for each in (old, new):
            with suppress(NotFoundError):
                run(each, root)
        assert old.graph() == new.graph()
        assert old.states() == new.states()
