"""Whatever is wrong with one article: a clear message, the others are stored, nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.store import open_store
from tests.command import kg, start

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = "---\ntitle: 好文章\ndate: 2026-01-27\n---\n\nYi Tay 於 2019 年加入 Google Brain。\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "site"
    root.mkdir()
    (root / "good.md").write_text(GOOD, "utf-8")
    monkeypatch.chdir(root)
    return root


def stored(graph: object = ".kg") -> list[str]:
    with open_store(str(graph)) as store:
        return sorted(store.states())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"---\ntitle: x\n---\n\nabc\n\xff\xfe\n", "bad.md:6: is not UTF-8 at byte 22"),
        ("---\ntitle: [甲\n---\n\n內文\n".encode(), "bad.md:3: the front matter is broken"),
        ("---\ntitle: 甲\n\n內文\n".encode(), "bad.md:1: the front matter that --- opens is never closed"),
        ("---\n- 甲\n---\n\n內文\n".encode(), "bad.md:1: the front matter is not a list of `key: value`"),
        ("---\ndate: 昨天\n---\n\n內文\n".encode(), "bad.md:2: the date '昨天' cannot be read; write it as YYYY-MM-DD"),
        (b"", "bad.md: is empty"),
        (b"\n \n", "bad.md: is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "bad.md: is not text"),
    ],
)
def test_a_bad_article_is_named_with_its_cause_and_the_others_are_stored(site: Path, data: bytes, problem: str) -> None:
    (site / "bad.md").write_bytes(data)
    result = kg("ingest", ".")
    assert result.exit_code == 1
    assert problem in result.stderr
    assert "articles that could not be read: 1" in result.stderr
    assert "1 added" in result.stdout
    assert stored() == ["good.md"]


def test_a_huge_file_is_refused_without_reading_it(site: Path) -> None:
    with (site / "bad.md").open("wb") as file:
        file.truncate(50_000_000)
    result = kg("ingest", ".")
    assert (result.exit_code, stored()) == (1, ["good.md"])
    assert "bad.md: is 50 MB; articles have at most 10 MB" in result.stderr


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode(),
        "Yi Tay 於 2019 年加入 Google Brain。\n".encode(),
        "+++\ntitle = '甲'\n+++\n\n內文。\n".encode(),
        b'{"title": "x"}\n\nabc\n',
    ],
    ids=["BOM", "CRLF", "no front matter", "TOML", "JSON"],
)
def test_unusual_articles_are_stored_with_spans_that_fit_the_file(site: Path, data: bytes) -> None:
    (site / "odd.md").write_bytes(data)
    result = kg("ingest", ".")
    assert (result.exit_code, result.stderr) == (0, "")
    assert stored() == ["good.md", "odd.md"]
    text = data.decode("utf-8")
    record = json.loads(kg("extract", "odd.md").stdout)
    for entity in record["entities"]:
        for mention in entity["mentions"]:
            assert text[mention["start"] : mention["end"]] == mention["text"]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX modes")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named(site: Path) -> None:
    (site / "bad.md").write_text(GOOD, "utf-8")
    (site / "bad.md").chmod(0)
    result = kg("ingest", ".")
    assert (result.exit_code, stored()) == (1, ["good.md"])
    assert "bad.md: cannot be read: Permission denied" in result.stderr


def test_links_that_lead_nowhere_and_pipes_are_named(site: Path) -> None:
    (site / "gone.md").symlink_to("nothing.md")
    (site / "self.md").symlink_to("self.md")
    expected = ["gone.md", "self.md"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(site / "pipe.md")
        expected.append("pipe.md")
    result = kg("ingest", ".")
    assert (result.exit_code, stored()) == (1, ["good.md"])
    for name in expected:
        assert f"{name}: is a link that leads nowhere, or no regular file" in result.stderr


def test_a_folder_named_like_an_article_is_a_folder(site: Path) -> None:
    (site / "folder.md").mkdir()
    (site / "folder.md/inside.md").write_text(GOOD, "utf-8")
    assert kg("ingest", ".").exit_code == 0
    assert stored() == ["folder.md/inside.md", "good.md"]


def test_links_that_form_a_loop_are_walked_once(site: Path) -> None:
    (site / "posts").mkdir()
    (site / "posts/loop").symlink_to(site)
    (site / "posts/a.md").write_text(GOOD, "utf-8")
    assert kg("ingest", ".").exit_code == 0
    assert stored() == ["good.md", "posts/a.md"]


def test_a_folder_without_articles_makes_no_graph(site: Path) -> None:
    (site / "empty").mkdir()
    (site / "empty/_index.md").write_text(GOOD, "utf-8")
    for command in ("ingest", "extract"):
        result = kg(command, "empty")
        assert result.exit_code == 1
        assert "empty/: there are no articles here" in result.stderr
    assert not (site / ".kg").exists()


@pytest.mark.parametrize("command", ["ingest", "extract"])
def test_files_that_are_no_articles_are_refused_or_skipped(site: Path, command: str) -> None:
    (site / "hugo.toml").write_text("title = 'x'\n", "utf-8")
    (site / "_index.md").write_text(GOOD, "utf-8")
    refused = kg(command, "good.md", "hugo.toml")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("error: hugo.toml: is no article; give files that end in .md")
    alone = kg(command, "_index.md")
    assert alone.exit_code == 1
    assert "error: _index.md: there are no articles here" in alone.stderr
    assert not (site / ".kg").exists()
    skipped = kg(command, "_index.md", "good.md")
    assert skipped.exit_code == 0
    assert skipped.stderr == "left out: _index.md is the page of a section, no article\n"


def test_a_path_that_does_not_exist_makes_no_graph(site: Path) -> None:
    for command in ("ingest", "extract"):
        result = kg(command, "good.md", "missing")
        assert result.exit_code == 1
        assert "missing: there is no such file or folder" in result.stderr
        assert result.stdout == ""
    assert not (site / ".kg").exists()


def test_two_articles_with_one_title_are_two_articles(site: Path) -> None:
    (site / "twin.md").write_text(GOOD, "utf-8")
    assert kg("ingest", ".").exit_code == 0
    assert stored() == ["good.md", "twin.md"]
    assert json.loads(kg("stats", "--format", "json").stdout)["articles"] == 2


def test_an_article_that_turns_bad_keeps_its_earlier_version(site: Path) -> None:
    kg("ingest", ".")
    (site / "good.md").write_bytes(b"\xff")
    result = kg("ingest", ".")
    assert result.exit_code == 1
    assert (
        "good.md:1: is not UTF-8 at byte 0; save it as UTF-8 (its earlier version stays in the graph)" in result.stderr
    )
    assert stored() == ["good.md"]


def test_extract_names_bad_articles_after_the_records(site: Path) -> None:
    (site / "bad.md").write_bytes(b"\xff")
    result = kg("extract", ".")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["document"]["id"] == "good.md"
    assert "bad.md:1: is not UTF-8" in result.stderr


@pytest.mark.usefixtures("site")
def test_a_graph_that_another_process_has_open_is_named() -> None:
    kg("ingest", ".")
    with open_store(".kg"), start("stats") as other:
        _, errors = other.communicate(timeout=30)
    assert other.returncode == 1
    assert "another process has this graph open; wait for it to end" in errors
    assert "Traceback" not in errors


def test_a_graph_in_a_folder_of_other_things_is_refused(site: Path) -> None:
    result = kg("ingest", ".", "--graph", ".")
    assert result.exit_code == 1
    assert "a graph needs a folder of its own" in result.stderr
    assert [path.name for path in site.iterdir()] == ["good.md"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=64m", "none", place], check=False).returncode:
        pytest.skip("a small disk can only be mounted by root; what the store does is tested with limited files")
    yield place
    subprocess.run(["umount", place], check=True)  # noqa: S607 - where there is mount there is umount


def test_a_full_disk_keeps_what_is_stored(site: Path, small_disk: Path) -> None:
    graph = small_disk / "graph"
    assert kg("ingest", ".", "--graph", graph).exit_code == 0
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        file.write(b"\0" * shutil.disk_usage(small_disk).free)
    (site / "more.md").write_text(GOOD, "utf-8")
    result = kg("ingest", ".", "--graph", graph)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert stored(graph) == ["good.md"]
    filler.unlink()
    assert "1 added" in kg("ingest", ".", "--graph", graph).stdout
    assert stored(graph) == ["good.md", "more.md"]


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_ctrl_c_keeps_what_is_stored_and_the_next_run_goes_on(site: Path) -> None:
    for number in range(239):
        (site / f"{number:03}.md").write_text(GOOD + "輝達執行長黃仁勳在台北宣布與 OpenAI 合作。\n" * 8, "utf-8")
    ledger = site / ".kg/records.jsonl"
    with start("ingest", ".", "--jobs", "1", cwd=site) as process:
        while not ledger.exists() or not ledger.stat().st_size:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert errors == "Interrupted. What was stored so far is kept; run the same command again to go on from there.\n"
    before = len(stored())
    assert 100 <= before < 240
    assert f"{240 - before} added, 0 changed, {before} unchanged" in kg("ingest", ".").stdout


def test_where_an_article_failed_is_shown_on_request(site: Path) -> None:
    (site / "bad.md").write_bytes(b"\xff")
    assert "Traceback" not in kg("ingest", ".").stderr
    shown = kg("ingest", ".", "--debug").stderr
    assert "UnicodeDecodeError" in shown
    assert "kg/markdown.py" in shown.replace(os.sep, "/")
