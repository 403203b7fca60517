"""How quick and how large the exported page is, beside stock pyvis with the same graph: `python -m tests.measure_page`.

Prints a Markdown table. Needs Chromium.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import sync_playwright
from pyvis.network import Network

from kg import ontology
from kg.export.page import write_page
from kg.graph import Fact, Graph, Support, short_hash
from tests.browser.conftest import ARGUMENTS
from tests.small_graph import article, graph_of, node

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_PATIENCE = 90_000
_TYPES = ("Person", "Organization", "Model", "Method", "Product", "Place")
_WORDS = "林王陳張水木火土金石研究所模型訓練推出加入創辦離開評測論文開放資料語音影像晶片城市學生老師公司團隊產品方法"


def graph(entities: int) -> Graph:
    """A graph with twice as many facts as entities, a few of them hubs; the same every time."""
    chance = random.Random(entities)  # noqa: S311  # no secret
    nodes = [
        node(f"{i}", _TYPES[i % len(_TYPES)], "".join(chance.choices(_WORDS, k=chance.randint(2, 5))) + f" {i}")
        for i in range(entities)
    ]
    facts = []
    for i in range(2 * entities):
        one, other = (min(int(entities * chance.random() ** 2.2), entities - 1) for _ in range(2))
        quote = "".join(chance.choices(_WORDS, k=chance.randint(18, 40)))
        support = (Support("a.md", 40 * i, 40 * i + len(quote), quote, "frame"),)
        year = str(chance.randint(1995, 2026)) if chance.random() < 0.6 else None
        facts.append(Fact(short_hash(i), f"{one}", "USES", f"{other}", None, None, year, (), "stated", 0.8, support))
    return graph_of([article("a", source_url="https://example.org/a"), article("b")], nodes, facts, [])


def stock(whole: Graph, out: Path) -> None:
    """The graph as pyvis writes it by itself."""
    network = Network(directed=True, cdn_resources="in_line")
    for item in whole.nodes.values():
        network.add_node(item.id, label=item.name, group=item.type)
    for fact in whole.facts.values():
        network.add_edge(fact.subject, fact.object, title=fact.support[0].quote)
    out.write_text(network.generate_html(), "utf-8")


# A picture is there when the canvas is no longer of one colour; frames are counted while the mouse drags it.
_DRAWN = """() => {
    const canvas = document.querySelector("canvas");
    if (!canvas || !canvas.width) return false;
    const loading = document.getElementById("loadingBar");
    if (loading && loading.style.display !== "none" && loading.style.opacity !== "0") return false;
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return new Set(pixels.filter((_, i) => i % 7 === 0)).size > 3;
}"""
_FRAMES = """() => { window.frames_ = []; let last = performance.now();
    const step = now => { frames_.push(now - last); last = now; requestAnimationFrame(step); };
    requestAnimationFrame(step); }"""


def visit(page: Page, path: Path) -> dict[str, Any]:
    """First picture in seconds, median and slow frame while dragging in milliseconds, memory of scripts in MB."""
    began = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    try:
        page.wait_for_function(_DRAWN, timeout=_PATIENCE, polling=50)
    except TookTooLong:
        return {"first": None}
    first = time.perf_counter() - began
    page.evaluate(_FRAMES)
    box = page.locator("canvas").bounding_box() or {"x": 0, "y": 0, "width": 100, "height": 100}
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    for i in range(60):
        page.mouse.move(box["x"] + 30 + 5 * i, box["y"] + 30 + 2 * i)
    page.mouse.up()
    frames = sorted(page.evaluate("frames_.slice(1)"))
    memory = page.context.new_cdp_session(page)
    memory.send("Performance.enable")
    metrics = {item["name"]: item["value"] for item in memory.send("Performance.getMetrics")["metrics"]}
    return {
        "first": first,
        "frame": median(frames),
        "slow": frames[int(len(frames) * 0.95)],
        "memory": metrics["JSHeapUsedSize"] / 1e6,
    }


def row(browser: Browser, name: str, path: Path, seconds: float) -> str:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.route("http*://**", lambda route: route.abort())
    seen = visit(page, path)
    page.close()
    size = path.stat().st_size / 1e6
    if seen["first"] is None:
        return f"| {name} | {seconds:.1f} s | {size:.2f} MB | none in {_PATIENCE // 1000} s | | |"
    drag = f"{seen['frame']:.0f} / {seen['slow']:.0f} ms"
    return f"| {name} | {seconds:.1f} s | {size:.2f} MB | {seen['first']:.2f} s | {drag} | {seen['memory']:.0f} MB |"


def main() -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    types = ontology.load()
    print("| entities, facts | export | file | first picture | frame while dragging, median / 95 % | script memory |")
    print("|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        for entities in map(int, sys.argv[1:] or ("200", "2000", "20000")):
            whole = graph(entities)
            for name, write in (("kg", lambda g, out: write_page(g, types, out)), ("stock pyvis", stock)):
                out = Path(folder) / "page.html"
                began = time.perf_counter()
                write(whole, out)
                seconds = time.perf_counter() - began
                print(row(browser, f"{name}: {entities:,}, {2 * entities:,}", out, seconds), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
