"""The page in somebody else's page, and the picture that stands for it in link previews."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from kg import ontology
from kg.export.page import Page, write_page
from kg.export.preview import write_preview
from tests.small_graph import small

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator

    from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def framed(
    visit: Visit, site: str, tmp_path: Path, attributes: str, size: str = "width:700px;height:480px"
) -> FrameLocator:
    write_page(small(), ontology.load(), tmp_path / "graph.html", Page("小圖譜", "說明", embed=True))
    (tmp_path / "post.html").write_text(
        "<!doctype html><title>文章</title><link rel=icon href=data:,>"
        f'<iframe title="圖" {attributes} style="{size};border:0"></iframe>',
        "utf-8",
    )
    visit.page.goto(f"{site}/post.html")
    frame = visit.page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for(timeout=10_000)
    return frame


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
def test_works_in_a_frame(visit: Visit, site: str, tmp_path: Path, sandbox: str) -> None:
    frame = framed(visit, site, tmp_path, f'src="graph.html#n=person/lin" {sandbox}')
    assert frame.get_by_test_id("panel-title").inner_text() == "林若棠"
    frame.get_by_test_id("search").fill("水獺")
    frame.get_by_test_id("search").press("Enter")
    assert frame.get_by_test_id("panel-title").inner_text() == "Otter-2"
    for test_id in ("toggle-table", "toggle-table", "toggle-theme", "toggle-lang", "ego-1", "copy-link"):
        frame.get_by_test_id(test_id).click()
    frame.get_by_test_id("panel-title").press("Escape")
    assert frame.get_by_test_id("panel").is_hidden()
    assert visit.trouble == []


def test_works_where_it_has_no_address(visit: Visit, site: str, tmp_path: Path) -> None:
    framed(visit, site, tmp_path, 'src="graph.html"')
    html = (tmp_path / "graph.html").read_text("utf-8")
    visit.page.evaluate(
        "html => Object.assign(document.querySelector('iframe'), {sandbox: 'allow-scripts', srcdoc: html})",
        html,
    )
    frame = visit.page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for(timeout=10_000)
    frame.get_by_test_id("search").fill("水獺")
    frame.get_by_test_id("search").press("Enter")
    assert frame.get_by_test_id("panel-title").inner_text() == "Otter-2"
    assert visit.trouble == []


def test_the_picture_has_the_room_until_something_is_chosen(visit: Visit, site: str, tmp_path: Path) -> None:
    frame = framed(visit, site, tmp_path, 'src="graph.html"')
    whole = frame.get_by_test_id("graph").bounding_box()
    assert whole
    assert whole["width"] >= 690
    assert whole["height"] >= 420
    assert frame.get_by_test_id("export-png").is_hidden()
    frame.get_by_test_id("search").fill("水獺")
    frame.get_by_test_id("search").press("Enter")
    panel = frame.get_by_test_id("panel").bounding_box()
    assert panel
    assert panel["height"] > 150
    assert (frame.locator("#open-full").get_attribute("href") or "").endswith("/graph.html#n=model/otter")


@pytest.mark.parametrize("fragment", ["", "#n=organization/reed"])
def test_is_accessible_and_fits_at_any_size(visit: Visit, tmp_path: Path, fragment: str) -> None:
    write_page(small(), ontology.load(), tmp_path / "graph.html", Page("小圖譜", "說明", embed=True))
    page = visit.open(tmp_path / "graph.html", fragment)
    for width, height in ((900, 520), (700, 420), (340, 420)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], width


def test_a_preview_is_taken_of_title_and_picture(visit: Visit, small_page: Path, tmp_path: Path) -> None:
    write_preview(small_page, tmp_path / "small.png")
    data = (tmp_path / "small.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
    assert len(data) > 10_000
    page = visit.open(small_page, "#view=preview")
    assert page.locator("h1").last.is_visible()
    for hidden in ("search", "panel", "toggle-theme", "fit", "status"):
        assert page.get_by_test_id(hidden).is_hidden()
