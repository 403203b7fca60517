"""A real headless Chromium for the tests of the exported page."""

from __future__ import annotations

import os
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from kg import ontology
from kg.export.page import Page, write_page
from tests.small_graph import PAYLOAD, hostile, small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        reason = f"no browser: none of {', '.join(names)} is installed (Debian, Ubuntu: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def small_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("page") / "small.html"
    write_page(small(), ontology.load(), out, Page("小圖譜"))
    return out


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("page") / "hostile.html"
    write_page(hostile(), ontology.load(), out, Page(next(iter(hostile().nodes.values())).name, PAYLOAD))
    return out


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class Visit:
    """An open page, and everything it did that it should not do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.trouble: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("popup", lambda popup: self.trouble.append(f"popup: {popup.url}"))
        page.on(
            "console",
            lambda message: message.type in {"error", "warning"} and self.trouble.append(f"console: {message.text}"),
        )
        page.add_init_script(
            "window.violations = []; document.addEventListener('securitypolicyviolation',"
            " event => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`))"
        )

    def _dialog(self, dialog: object) -> None:
        self.trouble.append("dialog")
        dialog.dismiss()  # type: ignore[attr-defined]

    def open(self, path: Path, fragment: str = "") -> Page:
        self.page.goto(path.as_uri() + fragment)
        self.page.wait_for_selector("html[data-ready]", timeout=10_000)
        self.page.wait_for_timeout(50)
        return self.page

    def check(self, path: Path) -> None:
        """Fail if the page asked for anything else, was stopped by its policy, or complained."""
        others = [
            url
            for url in self.requests
            if url.partition("#")[0] != path.as_uri() and not url.startswith(("data:", "blob:"))
        ]
        assert others == []
        assert self.page.evaluate("window.violations") == []
        assert self.trouble == []


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": 1400, "height": 900}, locale="zh-TW", accept_downloads=True, reduced_motion="reduce"
    )
    yield Visit(context.new_page())
    context.close()
