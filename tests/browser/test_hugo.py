"""The example site of docs/hugo-site, built by the real Hugo and read in the real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.command import ROOT, kg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def hugo() -> str:
    program = shutil.which("hugo")
    if program is None:
        reason = "Hugo is not installed (Debian, Ubuntu: apt-get install hugo)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


def test_the_example_site_shows_the_graph_and_the_graph_leads_back(
    visit: Visit, site: str, tmp_path: Path, hugo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "docs" / "hugo-site", source, ignore=shutil.ignore_patterns(".kg", "public"))
    monkeypatch.chdir(source)
    assert kg("ingest", "content").exit_code == 0
    previewed = ("--preview", "--url", f"{site}/graph.html", "--description", "誰在哪裡做了什麼")
    assert kg("export", "html", "static/graph.html", "--embed", "--base-url", site, *previewed).exit_code == 0
    assert (source / "static" / "graph.png").read_bytes().startswith(b"\x89PNG")
    # The server of the fixture shows the folder around the source.
    command = [hugo, "--quiet", "--baseURL", f"{site}/", "--destination", str(tmp_path)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")

    page = visit.page
    page.goto(f"{site}/graph.html")
    image = page.locator("meta[property='og:image']").get_attribute("content")
    assert image == f"{site}/graph.png"
    assert page.request.get(image).ok
    page.goto(f"{site}/posts/lin-ruotang/")
    frame = page.frame_locator("iframe.graph")
    page.locator("iframe.graph").scroll_into_view_if_needed()
    frame.locator("html[data-ready]").wait_for(timeout=10_000)
    assert (page.locator("iframe.graph").bounding_box() or {})["height"] > 400
    frame.get_by_test_id("search").fill("Otter")
    frame.get_by_test_id("search").press("Enter")
    link = frame.get_by_test_id("evidence").get_by_role("link").first
    assert (link.get_attribute("href") or "").startswith(f"{site}/posts/chaoxian/#:~:text=")
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_load_state()
    assert opened.value.title() == "潮線科技的第一年"
    assert "語言模型 Otter-2" in opened.value.locator("article").inner_text()
    assert [line for line in visit.trouble if not line.startswith("popup")] == []
