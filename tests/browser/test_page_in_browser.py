from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from kg import ontology
from kg.export.page import Page, write_page
from kg.graph import Support
from tests.small_graph import PAYLOAD, fact, graph_of, hostile, node, small

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def hash_of(page: Page) -> str:
    return str(page.evaluate("decodeURIComponent(location.hash)"))


def where(page: Page, name: str) -> dict[str, float]:
    """The place of an entity in pixels of the window."""
    return page.evaluate(
        """name => {
            const spot = Picture.snapshot().at(Data.data.entities.find(entity => entity.name === name));
            const box = document.getElementById("graph").getBoundingClientRect();
            return {x: box.x + spot.x, y: box.y + spot.y};
        }""",
        name,
    )


def title(page: Page) -> str:
    return page.get_by_test_id("panel-title").inner_text().strip()


def test_opens_without_a_request_or_a_complaint(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    assert page.get_by_test_id("status").inner_text() == "顯示 6／7 個實體、6／6 項事實"
    assert (
        page.locator("canvas").evaluate(
            "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        )
        > 50
    )
    visit.check(small_page)


def test_every_button_works_without_a_request_or_a_complaint(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#n=person/lin")
    for test_id in (
        "toggle-edge-labels",
        "toggle-table",
        "toggle-table",
        "toggle-theme",
        "toggle-lang",
        "fit",
        "ego-1",
        "ego-2",
        "ego-0",
        "copy-link",
    ):
        page.get_by_test_id(test_id).click()
    visit.check(small_page)


@pytest.mark.parametrize("query", ["水獺", "Otter", "otter-2"])
def test_search_finds_by_any_name_and_enter_selects(visit: Visit, small_page: Path, query: str) -> None:
    page = visit.open(small_page)
    page.keyboard.press("/")
    page.keyboard.type(query)
    assert page.get_by_test_id("search-results").get_by_role("option").first.inner_text().startswith("Otter-2")
    page.keyboard.press("Enter")
    assert title(page) == "Otter-2"
    assert hash_of(page) == "#n=model/otter"


def test_search_shows_the_alias_that_matched(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    page.get_by_test_id("search").fill("安")
    assert page.get_by_test_id("search-results").locator("mark").inner_text() == "安"
    assert "Wei Anker" in page.get_by_test_id("search-results").inner_text()
    page.get_by_test_id("search").fill("沒有這個")
    assert "沒有符合的實體" in page.get_by_test_id("search-results").inner_text()
    page.keyboard.press("Enter")
    assert hash_of(page) == ""


def test_a_click_on_an_entity_opens_it_with_its_evidence(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    spot = where(page, "蘆葦研究所")
    page.mouse.click(spot["x"], spot["y"])
    assert title(page) == "蘆葦研究所"
    assert hash_of(page) == "#n=organization/reed"
    assert page.get_by_test_id("fact").count() == 5
    panel = page.get_by_test_id("panel").inner_text()
    for text in ("創辦人", "轉述", "2020 – 2023", "院長", "可信度 90%", "又名 Reed Lab"):
        assert text in panel
    assert "2019 年，林若棠加入蘆葦研究所" in page.get_by_test_id("evidence").all_inner_texts()[1] + "".join(
        page.get_by_test_id("evidence").all_inner_texts()
    )
    assert page.evaluate("document.activeElement.id") == "panel-title"


def test_a_career_is_told_in_the_order_of_time(visit: Visit, tmp_path: Path) -> None:
    plain = small()
    facts = [
        fact("f1", "person/lin", "FOUNDED", "organization/tide", "2023-04", "創辦 Tideline"),
        replace(fact("f2", "person/lin", "WORKED_AT", "organization/reed", None, "加入研究所"), start="2019"),
        replace(fact("f3", "person/lin", "WORKED_AT", "organization/reed", None, "離開研究所"), end="2022"),
        replace(fact("f4", "person/lin", "LEADS", "model/otter", None, "據說由她帶領"), certainty="reported"),
    ]
    out = tmp_path / "page.html"
    write_page(graph_of([*plain.articles.values()], [*plain.nodes.values()], facts, []), ontology.load(), out)
    page = visit.open(out, "#n=person/lin")
    stations = [re.sub(r"\s+", " ", text) for text in page.get_by_test_id("career").locator("li").all_inner_texts()]
    assert stations == [
        "2019–2022 蘆葦研究所 任職於 · 院長",
        "2023 Tideline 創辦 · 院長",
        "— Otter-2 帶領 · 院長 · 轉述",
    ]
    page.get_by_test_id("career").get_by_role("button", name="創辦").click()
    assert title(page) == "林若棠 創辦 Tideline"
    visit.open(out, "#n=organization/reed")
    assert page.get_by_test_id("career").count() == 0


def test_every_article_that_tells_a_fact_is_shown(visit: Visit, tmp_path: Path) -> None:
    plain = small()
    support = [Support(name, i, i + 2, f"證據 {name}", "rule") for name in ("a.md", "b.md") for i in (0, 10)]
    facts = {"f4": replace(plain.facts["f4"], support=tuple(support))}
    write_page(replace(plain, facts=facts), ontology.load(), tmp_path / "page.html")
    page = visit.open(tmp_path / "page.html", "#e=f4")
    assert page.locator(".evidence:visible p").all_inner_texts() == ["證據 a.md", "證據 b.md"]
    assert "2 篇文章都提到" in page.get_by_test_id("fact").inner_text()
    page.locator(".fact summary").click()
    assert page.locator(".evidence:visible").count() == 4


def test_a_rumour_looks_different(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#n=person/lin")
    rumour, stated = page.locator(".fact.rumour"), page.locator(".fact:not(.rumour)")
    assert "文章轉述他人的說法" in rumour.inner_text()
    assert rumour.evaluate("fact => getComputedStyle(fact).borderLeftStyle") == "dashed"
    assert stated.first.evaluate("fact => getComputedStyle(fact).borderLeftStyle") == "none"
    page.get_by_test_id("toggle-table").click()
    assert page.locator("td .reported").all_inner_texts() == ["轉述"]


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        ("她加入研究所", "她加入研究所"),
        ("A-B, C & D", "A-B, C & D"),
        ("**她**[加入](https://x.example)`研究所`", "她加入研究所"),
        ("前一行，起頭的子句，\n中間，最後的子句。", "前一行，|最後的子句。"),
        ("| Foldwright | 90.2% | 187 |", "Foldwright|187"),
        ("第一個子句，" + "很長" * 60 + "，最後一個。", "第一個子句，|最後一個。"),
    ],
)
def test_links_open_articles_at_the_sentence(visit: Visit, small_page: Path, words: str, fragment: str) -> None:
    page = visit.open(small_page)
    ends = [quote(end, safe="!'()*~_.").replace("-", "%2D") for end in fragment.split("|")]
    for address, start in (("https://x.example/", "#"), ("https://x.example/#top", "")):
        found = page.evaluate("([address, words]) => Text.at(address, words)", [address, words])
        assert found == f"{address}{start}:~:text={','.join(ends)}"


def test_a_browser_finds_the_sentence(visit: Visit, small_page: Path, tmp_path: Path) -> None:
    words = "2019 年，林若棠加入蘆葦研究所 - 就在台南"
    article = tmp_path / "article.html"
    article.write_text(
        f"<!doctype html><meta charset=utf-8>{'<p>別的段落。' * 200}<p>{words}。" + "<p>尾聲。" * 200, "utf-8"
    )
    page = visit.open(small_page)
    address = page.evaluate("([address, words]) => Text.at(address, words)", [article.as_uri(), words])
    page.goto(address)
    page.wait_for_function("scrollY > 1000", timeout=5000)


def test_statements_lead_to_their_words_and_to_what_they_are_about(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#n=person/lin")
    statement = page.locator(".statement")
    assert quote("水獺從來不問為什麼。") in (statement.locator("a").get_attribute("href") or "")
    statement.get_by_role("button", name="Otter-2").click()
    assert "林若棠" in page.locator(".statement footer").inner_text()


def test_the_overview_tells_who_said_what(visit: Visit, tmp_path: Path) -> None:
    plain = small()
    quotes = {f"q{i}": replace(plain.quotes["q1"], id=f"q{i}", text=f"第 {i} 句。", start=i) for i in range(7)}
    write_page(replace(plain, quotes=quotes), ontology.load(), tmp_path / "page.html")
    page = visit.open(tmp_path / "page.html")
    statements = page.locator(".statement")
    assert statements.count() == 5
    assert "林若棠" in statements.first.inner_text()
    assert "文章 a" in statements.first.inner_text()
    page.get_by_role("button", name="再顯示 2 則").click()
    assert statements.count() == 7


def test_a_click_on_a_line_opens_the_fact(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    one, other = where(page, "蘆葦研究所"), where(page, "台南")
    page.mouse.click((one["x"] + other["x"]) / 2, (one["y"] + other["y"]) / 2)
    assert title(page) == "蘆葦研究所 所在地 台南"
    assert hash_of(page) == "#e=f5"


def test_parallel_facts_are_drawn_apart(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    bends = page.evaluate("Data.data.facts.filter(f => ['f1', 'f2'].includes(f.id)).map(f => f.bend)")
    assert abs(bends[0] - bends[1]) > 0.1


def test_escape_and_the_back_button_lead_back(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    page.evaluate("State.select(Data.data.entities[0])")
    page.evaluate("State.select(Data.data.entities[1])")
    second = title(page)
    page.go_back()
    assert title(page) != second
    page.keyboard.press("Escape")
    assert title(page) == "主要實體"
    assert hash_of(page) == ""


def test_arrow_keys_walk_to_a_neighbour(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#n=place/tainan")
    page.get_by_test_id("graph").focus()
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        if title(page) != "台南":
            break
    assert title(page) == "蘆葦研究所"
    assert page.evaluate("document.activeElement.id") == "graph"


@pytest.mark.parametrize(
    "fragment",
    ["#n=person/lin&d=1", "#e=f3", "#p=person/lin,organization/tide", "#y=2019-2023&u=0", "#t=Person,Organization"],
)
def test_a_link_brings_everything_back(visit: Visit, small_page: Path, fragment: str) -> None:
    page = visit.open(small_page, fragment)
    status, heading = page.get_by_test_id("status").inner_text(), title(page)
    page.evaluate("State.change({})")
    assert hash_of(page) == fragment
    page.goto("about:blank")
    visit.open(small_page)
    page.evaluate(f"location.hash = {fragment!r}")
    page.wait_for_timeout(50)
    assert (page.get_by_test_id("status").inner_text(), title(page)) == (status, heading)


def test_a_broken_link_shows_the_page(visit: Visit, small_page: Path) -> None:
    for fragment in ("#n=nobody", "#e=x&p=a,b&d=9&y=1-2&t=&lang=xx", "#%%%", "#n=%E0%A4%A", "#=&&="):
        page = visit.open(small_page, fragment)
        assert title(page) == "主要實體", fragment
    visit.check(small_page)


def test_types_and_years_filter(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    status = page.get_by_test_id("status")
    page.get_by_test_id("type-Person").uncheck()
    assert status.inner_text() == "顯示 4／7 個實體、3／6 項事實"
    page.get_by_test_id("type-Person").check()
    page.get_by_test_id("undated").uncheck()
    assert status.inner_text() == "顯示 5／7 個實體、4／6 項事實"
    page.get_by_test_id("year-min").fill("2024")
    assert status.inner_text() == "顯示 3／7 個實體、2／6 項事實"
    page.get_by_test_id("year-max").fill("2024")
    assert status.inner_text() == "顯示 2／7 個實體、1／6 項事實"


def test_a_span_of_years_counts_in_each_of_them(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#y=2021-2022&u=0")
    assert page.evaluate("Data.data.facts.filter(State.factShown).map(f => f.id)") == ["f3"]


def test_neighbourhoods(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#n=person/lin")
    page.get_by_test_id("ego-1").click()
    assert "顯示 2／7 個實體、2／6" in page.get_by_test_id("status").inner_text()
    page.get_by_test_id("ego-2").click()
    assert "顯示 5／7 個實體、5／6" in page.get_by_test_id("status").inner_text()
    page.get_by_test_id("ego-0").click()
    assert "顯示 6／7 個實體、6／6" in page.get_by_test_id("status").inner_text()


def test_an_entity_that_is_not_drawn_is_found_and_shown(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    page.get_by_test_id("search").fill("Dusk")
    page.keyboard.press("Enter")
    assert title(page) == "Dusk Prize"
    assert page.get_by_test_id("ego-1").get_attribute("aria-pressed") == "true"
    assert "沒有關於它的事實" in page.get_by_test_id("panel").inner_text()
    visit.check(small_page)


def test_paths_between_two_with_their_evidence(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    for end, name in (("path-from", "若棠"), ("path-to", "Tideline")):
        page.get_by_test_id(end).fill(name)
        page.keyboard.press("Enter")
    page.get_by_test_id("path-find").click()
    assert page.get_by_test_id("path-0").inner_text().endswith("林若棠 – 蘆葦研究所 – Otter-2 – Tideline")
    assert page.get_by_test_id("fact").count() == 4
    assert hash_of(page) == "#p=person/lin,organization/tide"
    page.get_by_test_id("type-Model").uncheck()
    assert "沒有路徑" in page.locator("#path-message").inner_text()


def test_a_page_begins_where_it_was_made_to_begin(visit: Visit, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    write_page(small(), ontology.load(), out, Page(start="p=person/lin,organization/tide"))
    page = visit.open(out)
    assert page.get_by_test_id("path-0").inner_text().endswith("林若棠 – 蘆葦研究所 – Otter-2 – Tideline")
    page.keyboard.press("Escape")
    assert title(page) == "主要實體"
    visit.open(out, "#n=person/lin")
    assert title(page) == "林若棠"


def test_theme_and_language_toggle(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    background = "getComputedStyle(document.querySelector('.stage')).backgroundColor"
    light = page.evaluate(background)
    page.get_by_test_id("toggle-theme").click()
    assert page.evaluate(background) != light
    page.get_by_test_id("toggle-lang").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.get_by_test_id("status").inner_text() == "6 of 7 entities, 6 of 6 facts shown"
    assert hash_of(page) == "#lang=en"
    page.get_by_test_id("toggle-lang").click()
    assert page.evaluate("document.documentElement.lang") == "zh-Hant"


def test_speaks_the_language_of_the_reader(browser: Browser, small_page: Path) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(small_page.as_uri())
    assert page.get_by_test_id("panel-title").inner_text() == "Main entities"
    context.close()


def test_the_list_holds_every_fact(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    page.get_by_test_id("toggle-table").click()
    assert page.get_by_test_id("table").locator("tbody tr").count() == 6
    assert "研究所推出 Otter-2" in page.get_by_test_id("table").inner_text()


def test_downloads(visit: Visit, small_page: Path, tmp_path: Path) -> None:
    page = visit.open(small_page)
    for test_id, name in (("export-png", "graph.png"), ("export-svg", "graph.svg")):
        with page.expect_download() as waiting:
            page.get_by_test_id(test_id).click()
        waiting.value.save_as(tmp_path / name)
    assert (tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "graph.png").stat().st_size > 5000
    texts = re.findall("<text[^>]*>([^<]*)</text>", (tmp_path / "graph.svg").read_text("utf-8"))
    assert {"蘆葦研究所", "Otter-2", "台南"} <= set(texts)
    visit.check(small_page)


def test_nothing_from_the_data_runs(visit: Visit, hostile_page: Path) -> None:
    page = visit.open(hostile_page)
    for index in range(7):
        page.evaluate(f"State.select(Data.data.entities[{index}], {index % 3})")
        page.wait_for_timeout(20)
    for index in range(6):
        page.evaluate(f"State.open(Data.data.facts[{index}])")
    page.get_by_test_id("toggle-edge-labels").click()
    page.get_by_test_id("toggle-table").click()
    page.get_by_test_id("search").fill("<img")
    page.wait_for_timeout(100)
    assert page.locator("img, svg[onload], iframe, object, embed").count() == 0
    assert page.locator("script").count() == 4
    links = page.eval_on_selector_all("a", "all => all.map(a => a.protocol)")
    assert set(links) <= {"http:", "https:"}
    assert PAYLOAD in page.locator("h1").first.inner_text()
    visit.check(hostile_page)


def test_a_hostile_address_does_nothing(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#n=javascript:alert(1)&e=<img src=x onerror=alert(1)>&lang=<svg onload=alert(1)>")
    assert page.locator("img").count() == 0
    visit.check(small_page)


@pytest.mark.parametrize("which", ["small", "hostile"])
def test_without_javascript_every_fact_is_listed(browser: Browser, request: pytest.FixtureRequest, which: str) -> None:
    path: Path = request.getfixturevalue(f"{which}_page")
    graph = {"small": small, "hostile": hostile}[which]()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda r: requests.append(r.url))
    page.goto(path.as_uri())
    assert page.locator(".fact").count() == len(graph.facts)
    assert page.locator(".fact blockquote").count() == sum(len(fact.support) for fact in graph.facts.values())
    assert page.locator("#app").is_hidden()
    assert page.locator("img").count() == 0
    assert {href.partition(":")[0] for href in page.locator("a").evaluate_all("all => all.map(a => a.href)")} <= {
        "http",
        "https",
    }
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.mark.parametrize("fragment", ["", "#n=organization/reed&d=1", "#lang=en&p=person/lin,organization/tide"])
def test_nothing_overflows(visit: Visit, hostile_page: Path, small_page: Path, fragment: str) -> None:
    for path in (small_page, hostile_page):
        page = visit.open(path, fragment)
        for _ in ("graph", "table"):
            for width in (390, 820, 821, 1100):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.name, width)
            page.get_by_test_id("toggle-table").click()


@pytest.mark.parametrize(
    "fragment", ["", "#n=organization/reed&d=1", "#n=person/lin", "#lang=en&p=person/lin,organization/tide"]
)
def test_is_accessible(visit: Visit, small_page: Path, fragment: str) -> None:
    page = visit.open(small_page, fragment)
    for theme in ("light", "dark"):
        for width in (1400, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page).response["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], (theme, width)
        page.get_by_test_id("toggle-theme").click()


def test_an_empty_graph_makes_a_page(visit: Visit, tmp_path: Path) -> None:
    write_page(graph_of([], [], [], []), ontology.load(), tmp_path / "empty.html", Page("空"))
    page = visit.open(tmp_path / "empty.html")
    assert page.get_by_test_id("status").inner_text() == "顯示 0／0 個實體、0／0 項事實"
    visit.check(tmp_path / "empty.html")


def test_a_large_graph_travels_compressed(visit: Visit, tmp_path: Path) -> None:
    plain = small()
    nodes = [node(f"person/{i}", "Person", f"人物 {i}") for i in range(3000)]
    facts = [
        fact(f"f{i:05}", f"person/{i * 7 % 3000}", "ADVISED", f"person/{i % 60}", None, "證據") for i in range(3000)
    ]
    out = tmp_path / "large.html"
    write_page(graph_of(list(plain.articles.values()), nodes, facts, []), ontology.load(), out, Page("大"))
    page = visit.open(out)
    assert re.match("顯示 250／3,000 個實體", page.get_by_test_id("status").inner_text())
    page.get_by_test_id("search").fill("人物 2999")
    page.keyboard.press("Enter")
    assert title(page) == "人物 2999"
    assert "已選取 人物 2999" in page.get_by_test_id("status").inner_text()
    visit.check(out)


def test_a_telephone_begins_with_fewer_and_lists_a_fact_in_two_lines(visit: Visit, tmp_path: Path) -> None:
    nodes = [node(f"person/{i}", "Person", f"人物 {i}") for i in range(400)]
    facts = [fact(f"f{i:05}", f"person/{i}", "ADVISED", f"person/{i % 40}", None, "證據") for i in range(40, 400)]
    out = tmp_path / "page.html"
    write_page(graph_of([*small().articles.values()], nodes, facts, []), ontology.load(), out)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open(out)
    assert re.match("顯示 80／400 個實體", page.get_by_test_id("status").inner_text())
    page.get_by_test_id("toggle-table").click()
    row = page.locator("#table tbody tr").first
    first, third, last = (row.locator("td").nth(i).bounding_box() or {} for i in (0, 2, 4))
    assert abs(first["y"] - third["y"]) < 10
    assert last["y"] >= first["y"] + first["height"] - 1


@pytest.mark.parametrize(("leaves", "drawn"), [(300, 300), (500, 399)])
def test_the_neighbours_of_a_selected_entity_are_drawn(visit: Visit, tmp_path: Path, leaves: int, drawn: int) -> None:
    nodes = [node("person/hub", "Person", "中心"), *(node(f"person/{i}", "Person", f"人物 {i}") for i in range(leaves))]
    facts = [fact(f"f{i:03}", f"person/{i}", "ADVISED", "person/hub", None, "證據") for i in range(leaves)]
    out = tmp_path / "hub.html"
    write_page(graph_of([*small().articles.values()], nodes, facts, []), ontology.load(), out)
    page = visit.open(out)
    page.evaluate("State.select(Data.data.entities.find(entity => entity.id === 'person/hub'))")
    assert page.get_by_test_id("fact").count() == leaves
    assert (
        f"顯示 {drawn + 1}／{leaves + 1} 個實體、{drawn}／{leaves} 項事實" in page.get_by_test_id("status").inner_text()
    )
    note = f"圖中畫出 {drawn}／{leaves} 個相鄰實體"
    assert (note in page.get_by_test_id("panel").inner_text()) == (drawn < leaves)
    page.keyboard.press("Escape")
    assert "顯示 250／" in page.get_by_test_id("status").inner_text()
    visit.check(out)


def test_both_ends_of_an_opened_fact_are_drawn(visit: Visit, tmp_path: Path) -> None:
    nodes = [node(f"person/{i:03}", "Person", f"人物 {i}") for i in range(600)]
    facts = [
        fact(f"f{i:03}", f"person/{2 * i:03}", "ADVISED", f"person/{2 * i + 1:03}", None, "證據") for i in range(300)
    ]
    write_page(graph_of([*small().articles.values()], nodes, facts, []), ontology.load(), tmp_path / "pairs.html")
    page = visit.open(tmp_path / "pairs.html", "#e=f299")
    assert "顯示 252／600 個實體、126／300 項事實" in page.get_by_test_id("status").inner_text()
    one, other = where(page, "人物 598"), where(page, "人物 599")
    assert abs(one["x"] - other["x"]) + abs(one["y"] - other["y"]) > 20


def test_a_list_is_read_from_its_caption_to_its_last_row(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page, "#n=organization/reed")
    page.get_by_test_id("toggle-table").click()
    for width in (390, 1400):
        page.set_viewport_size({"width": width, "height": 500})
        caption = page.locator("#table caption").bounding_box()
        table, status = page.get_by_test_id("table").bounding_box(), page.get_by_test_id("status").bounding_box()
        assert caption
        assert table
        assert status
        assert caption["width"] > 100
        assert caption["height"] < 60
        assert status["y"] >= table["y"] + table["height"] - 1


def test_the_list_goes_by_subject_and_time(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    page.get_by_test_id("toggle-table").click()
    subjects = page.locator("#table tbody tr td:first-child").all_inner_texts()
    assert len(set(subjects)) == sum(a != b for a, b in zip(subjects, ["", *subjects[:-1]], strict=True))
    times = page.locator("#table tbody tr td:nth-child(4)").all_inner_texts()
    reed = [time for subject, time in zip(subjects, times, strict=True) if subject == "蘆葦研究所"]
    assert reed == ["2024-05", ""]


@pytest.mark.parametrize(
    ("times", "shown"),
    [
        ((None, "2016-05", None), "–2016"),
        (("2014", None, None), "2014–"),
        (("2014", "2016-01-02", None), "2014–2016"),
        (("2016-01", "2016-12", None), "2016"),
        ((None, None, "2016-05"), "2016"),
        ((None, None, None), ""),
    ],
)
def test_the_picture_tells_beginnings_from_ends(
    visit: Visit, small_page: Path, times: tuple[str | None, ...], shown: str
) -> None:
    page = visit.open(small_page)
    assert page.evaluate("([start, end, date]) => Data.shortTime({start, end, date})", times) == shown


def test_the_title_speaks_the_language_unless_one_was_given(visit: Visit, small_page: Path, tmp_path: Path) -> None:
    write_page(small(), ontology.load(), tmp_path / "plain.html")
    for path, titles in (
        (tmp_path / "plain.html", ("知識圖譜", "Knowledge graph")),
        (small_page, ("小圖譜", "小圖譜")),
    ):
        page = visit.open(path)
        for expected in titles:
            assert (page.title(), page.locator("#app h1").inner_text()) == (expected, expected)
            page.get_by_test_id("toggle-lang").click()


def test_suggestions_end_with_a_complete_name(visit: Visit, small_page: Path) -> None:
    page = visit.open(small_page)
    field, offered = page.get_by_test_id("path-from"), page.locator("#path-from-results")
    field.fill("水獺")
    assert offered.is_visible()
    field.fill("水獺二號")
    assert offered.is_hidden()
    page.get_by_test_id("path-to").fill("Tide")
    page.keyboard.press("Enter")
    page.get_by_test_id("path-to").focus()
    assert page.locator("#path-to-results").is_hidden()
    page.get_by_test_id("path-find").click()
    assert hash_of(page) == "#p=model/otter,organization/tide"


def test_facts_read_as_sentences_in_the_language_spoken(visit: Visit, tmp_path: Path) -> None:
    plain = small()
    facts = [fact("f1", "person/lin", "COLLABORATED_WITH", "person/wei", None, "合作")]
    out = tmp_path / "page.html"
    write_page(graph_of([*plain.articles.values()], [*plain.nodes.values()], facts, []), ontology.load(), out)
    page = visit.open(out, "#e=f1")
    assert title(page) == "林若棠 與 Wei Anker 合作"
    assert re.sub(r"\s+", " ", page.locator(".fact .line").inner_text()) == "林若棠 與 Wei Anker 合作"
    assert "職務院長" in page.get_by_test_id("fact").inner_text()
    page.get_by_test_id("toggle-lang").click()
    assert title(page) == "林若棠 collaborated with Wei Anker"
    assert "role院長" in page.get_by_test_id("fact").inner_text()
