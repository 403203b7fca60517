"""What `kg neo4j kit` writes, used in the real Neo4j Browser that ships for the server."""

from __future__ import annotations

import base64
import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.export.browser_kit import title_of, write_kit
from kg.resources import folder
from kg.store import open_store
from tests import neo4j_server
from tests.command import kg
from tests.question_graph import records
from tests.strategies import ONTOLOGY
from tests.test_store import upserts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

QUERIES = sorted((folder("viz") / "neo4j/queries").rglob("*.cypher"))
# As a person would, with a mouse; a browser without hands has to make up the event.
DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  const target = document.querySelector('.filedrop');
  for (const kind of ['dragenter', 'dragover', 'drop'])
    target.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}));
}"""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kit") / "kit"
    write_kit(ONTOLOGY, folder("viz"), out)
    return out


def test_the_kit_is_whole_and_the_same_every_time(kit: Path, tmp_path: Path) -> None:
    assert kg("neo4j", "kit", tmp_path / "kit").exit_code == 0
    files = {path.relative_to(kit): path.read_bytes() for path in kit.rglob("*") if path.is_file()}
    again = {
        path.relative_to(tmp_path / "kit"): path.read_bytes() for path in tmp_path.rglob("kit/**/*") if path.is_file()
    }
    assert files == again
    guide = (kit / "guide.md").read_text("utf-8")
    style = (kit / "style.grass").read_text("utf-8")
    archive = zipfile.ZipFile(io.BytesIO(files[Path("queries.zip")]))
    for path in QUERIES:
        text = path.read_text("utf-8")
        chinese, dot, english = title_of(text).partition(" · ")
        assert chinese
        assert dot
        assert english.isascii()
        assert title_of(text) in guide
        assert any(name.endswith(path.name) and archive.read(name).decode() == text for name in archive.namelist())
    assert len(archive.namelist()) == len(QUERIES)
    for name in ONTOLOGY.entity_types:
        assert f"node.{name} {{" in style


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[neo4j_server.Server]:
    """A server with the graph of the questions, and the Browser that ships for it."""
    neo4j_server.require()
    with (
        neo4j_server.Server(tmp_path_factory.mktemp("server") / "neo4j") as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("KG_NEO4J_PASSWORD", neo4j_server.PASSWORD)
        with open_store(running.address, create=True) as store:
            store.apply(upserts(records()), [])
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, server: neo4j_server.Server, kit: Path) -> Iterator[Page]:
    """The Browser, logged in, with our style and queries."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(30_000)
    # It would load analytics from elsewhere.
    local = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    page.route("**/*", lambda route: route.continue_() if route.request.url.startswith(local) else route.abort())
    page.goto(server.browser)
    page.get_by_test_id("username").fill("neo4j")
    page.get_by_test_id("password").fill(neo4j_server.PASSWORD)
    page.get_by_test_id("connect").click()
    page.get_by_text("You are connected as user").wait_for()
    for name in ("style.grass", "queries.zip"):
        page.evaluate(DROP, [name, base64.b64encode((kit / name).read_bytes()).decode()])
    page.get_by_text("node.Person").first.wait_for()
    yield page
    page.close()


def run(page: Page, query: str) -> Locator:
    """Run a query in the editor and return its frame, the newest one, once it has an answer."""
    # The Browser keeps so many frames and drops the oldest.
    page.evaluate("document.querySelectorAll('[data-testid=frame]').forEach((one) => one.setAttribute('data-old', ''))")
    page.get_by_test_id("activeEditor").click()
    page.keyboard.insert_text(query)
    page.keyboard.press("Control+Enter")
    frame = page.locator("[data-testid=frame]:not([data-old])").first
    frame.get_by_test_id("cypherFrameSidebarCode").wait_for()
    return frame


@pytest.mark.browser
@pytest.mark.neo4j
@pytest.mark.slow
def test_the_style_colours_and_names_what_is_shown(page: Page) -> None:
    frame = run(page, _query("who-founded-what"))
    frame.get_by_text("林若棠").wait_for()
    fills = frame.locator("circle.b-outline, circle.outline").evaluate_all(
        "all => all.map((one) => one.getAttribute('fill'))"
    )
    assert "#2a66c8" in fills  # people
    assert "#a8620b" in fills  # organizations
    place = os.environ.get("KG_TEST_SCREENSHOTS")
    if place:
        page.wait_for_timeout(3000)  # until the nodes have found their places
        frame.screenshot(path=Path(place) / "neo4j-browser.png")


@pytest.mark.browser
@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_every_saved_query_runs(page: Page, query: Path) -> None:
    frame = run(page, query.read_text("utf-8"))
    assert frame.get_by_test_id("cypherFrameErrorMessage").count() == 0
    shown = frame.inner_text()
    assert "no changes, no records" not in shown
    assert (
        title_of(query.read_text("utf-8")).partition(" ")[0] in page.get_by_test_id("frameCommand").first.inner_text()
    )


@pytest.mark.browser
@pytest.mark.neo4j
@pytest.mark.slow
def test_the_saved_queries_are_there_in_their_folders(page: Page) -> None:
    page.get_by_test_id("navigationFavorites").click()
    for title in ("人物 People", "模型 Models", "可信度 Trust", "關聯 Connections", "文章 Articles"):
        page.get_by_test_id(f"savedScriptsFolder-{title}").wait_for()
    page.get_by_test_id("expandFolder-人物 People").click()
    page.get_by_text("誰創辦了什麼 · Who founded what").first.wait_for()


def _query(name: str) -> str:
    return next(path for path in QUERIES if path.stem == name).read_text("utf-8")
