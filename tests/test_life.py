"""Whatever happens to the files, and whatever is ingested on the way: the graph is that of a clean rebuild."""

from __future__ import annotations

import shutil
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import articles, dump, pipeline
from kg.errors import NotFoundError
from kg.graph import build
from kg.model import Document, Entity, Evidence, Mention, Record, Relation, Statement
from kg.store import open_store
from kg.verify import verify
from tests.strategies import ONTOLOGY
from tests.test_store import empty, store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kg.store import GraphStore

__all__ = ["store"]

NAMES = ("a.md", "posts/b.md", "posts/c/index.md", "posts/d d.md", "頁/漢字.md")
WORDS = ("林若棠", "蘆葦", "Otter", "安克", "潮線")


class Words:
    """An extractor that needs no language: every word is somebody, each worked with the next, the last one speaks."""

    fingerprint = "words-1"

    def extract(self, document: Document) -> Record:
        text = document.text
        people = [
            Entity(f"person/{word}", "Person", word, None, (word,), known=False, mentions=_mentions(text, word))
            for word in sorted(WORDS)
            if word in text
        ]
        relations = [
            Relation(
                *(one.id, "COLLABORATED_WITH", other.id, None, None, "2019", (), "stated", 0.9),
                (Evidence(0, len(text), text, "words"),),
            )
            for one, other in pairwise(people)
        ]
        spoken = [Statement(people[-1].id, text[:3], 0, 3, (people[0].id,))] if people else []
        return Record(document.metadata, tuple(people), tuple(relations), tuple(spoken))


def _mentions(text: str, word: str) -> tuple[Mention, ...]:
    starts = [i for i in range(len(text)) if text.startswith(word, i)]
    return tuple(Mention(i, i + len(word), word) for i in starts)


names = st.sampled_from(NAMES)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
steps = st.one_of(
    st.tuples(st.just("write"), names, texts),
    st.tuples(st.just("draft"), names, texts),
    st.tuples(st.just("rename"), names, names),
    st.tuples(st.just("delete"), names),
    st.tuples(st.just("move"), st.just("posts"), st.just("old")),
    st.tuples(st.just("ingest"), st.sampled_from(["", "posts", "頁", *NAMES])),
)


def happen(store: GraphStore, root: Path, step: Sequence[str]) -> None:
    match step:
        case "write", name, text:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"---\ntitle: {name}\n---\n\n{text}\n", "utf-8")
        case "draft", name, text:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(f"---\ntitle: {name}\ndraft: true\n---\n\n{text}\n", "utf-8")
        case "rename", name, other if (root / name).exists():
            (root / other).parent.mkdir(parents=True, exist_ok=True)
            (root / name).rename(root / other)
        case "delete", name:
            (root / name).unlink(missing_ok=True)
        case "move", name, other if (root / name).exists():
            shutil.rmtree(root / other, ignore_errors=True)
            (root / name).rename(root / other)
        case "ingest", name:
            with suppress(NotFoundError):  # there is nothing there, and nothing was
                pipeline.ingest(articles.find([root / name], root), Words(), store, root=root)


@given(history=st.lists(steps, max_size=12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_life_of_the_files_ends_in_what_a_clean_rebuild_has(
    store: GraphStore, tmp_path: Path, history: list[tuple[str, ...]]
) -> None:
    root = tmp_path / "site"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    empty(store)
    for step in (*history, ("ingest", "")):
        happen(store, root, step)
    found = articles.find([root], root)
    outcomes = pipeline.extract(found.files, Words())
    rebuilt = build(outcome.record for outcome in outcomes if outcome.record is not None)
    assert dump.digest(store.graph()) == dump.digest(rebuilt)
    report = verify(store, ONTOLOGY, {id_: root / id_ for id_ in store.states()})
    assert (report.problems, report.changed, report.gone) == ([], [], [])
    before = store.states()
    happen(store, root, ("ingest", ""))
    assert store.states() == before


def test_the_order_in_which_articles_came_does_not_matter(store: GraphStore, tmp_path: Path) -> None:
    for name, text in zip(NAMES, ("林若棠 蘆葦", "蘆葦 Otter", "安克", "潮線 林若棠", "Otter"), strict=True):
        happen(store, tmp_path, ("write", name, text))
    for name in reversed(NAMES):
        happen(store, tmp_path, ("ingest", name))
    with open_store(str(tmp_path / "at-once"), create=True) as other:
        happen(other, tmp_path, ("ingest", ""))
        assert dump.digest(store.graph()) == dump.digest(other.graph())
        assert store.states() == other.states()
