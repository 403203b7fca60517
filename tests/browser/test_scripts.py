"""Unit tests of the page's script: its modules alone, with data made for the case, in an empty document."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from kg.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SCRIPTS = folder("viz") / "js"
TYPE = {"key": "Person", "zh": "人物", "en": "Person", "path": "M0 0Z", "light": "#000000", "dark": "#ffffff"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    page = context.new_page()
    page.set_content("<!doctype html><html><body></body></html>")
    yield page
    context.close()


def load(page: Page, *modules: str, names: str = "", facts: str = "", **fields: Any) -> None:
    """Load modules with a graph of entities A, B, … (`names`: “A=alias …”) and facts like “AB@2019-2021 BC”."""
    entities = []
    for name in names.split():
        first, *aliases = name.split("=")
        entities.append({"id": first, "type": "Person", "name": first, "aliases": aliases})
    index = {entity["id"]: i for i, entity in enumerate(entities)}
    listed = []
    for text in facts.split():
        ends, _, time = text.partition("@")
        start, _, end = time.partition("-")
        fact = {"id": text, "subject": index[ends[0]], "predicate": "KNOWS", "object": index[ends[1]]}
        listed.append(fact | ({"start": start} if start else {}) | ({"end": end} if end else {}))
    label = {"key": "KNOWS", "zh": "認識", "en": "knows", "inverse_zh": "認識", "inverse_en": "known by"}
    data = {
        "articles": [],
        "entities": entities,
        "facts": listed,
        "types": [TYPE],
        "predicates": [label],
        "career": ["KNOWS"],
        "messages": {"since": {"zh": "{year} 起", "en": "since {year}"}, "until": {"zh": "至 {year}", "en": "until"}},
        **fields,
    }
    for id_, content in (("data", data), ("network", {"nodes": [], "edges": []})):
        page.evaluate(
            "([id, text]) => document.body.append(Object.assign(document.createElement('script'),"
            " {type: 'application/json', id, textContent: text}))",
            [id_, json.dumps(content)],
        )
    sources = [(SCRIPTS / f"{name}.js").read_text("utf-8") for name in ("text", "data", "state", *modules)]
    page.add_script_tag(content="\n".join(sources))
    page.evaluate("Data.load().then(data => Text.load(data.messages))")


class TestSearch:
    def found(self, page: Page, query: str, limit: int = 9) -> Any:
        return page.evaluate(
            "([query, limit]) => Data.search(query, limit).best.map(({entity, name}) => [entity.id, name])",
            [query, limit],
        )

    def test_the_whole_name_comes_before_its_beginning_before_its_middle(self, page: Page) -> None:
        load(page, names="Alpaca Paca Pac-Man Pac")
        assert [name for name, _ in self.found(page, "pac")] == ["Pac", "Paca", "Pac-Man", "Alpaca"]

    def test_width_and_case_do_not_matter_and_the_alias_is_told(self, page: Page) -> None:
        load(page, names="Otter=水獺 GPT")
        assert self.found(page, "ＧＰｔ") == [["GPT", "GPT"]]
        assert self.found(page, "獺") == [["Otter", "水獺"]]

    def test_among_equals_the_one_with_more_facts_is_first(self, page: Page) -> None:
        load(page, names="A=x1 B=x2 C=x3", facts="BC BA")
        assert [name for name, _ in self.found(page, "x")] == ["B", "A", "C"]
        assert len(self.found(page, "x", 2)) == 2
        assert self.found(page, "  ") == []


class TestTimes:
    @pytest.mark.parametrize(
        ("fact", "years", "told"),
        [("AB@2019-2021", [2019, 2021], "2019 – 2021"), ("AB@2019", [2019, 2019], "2019 起"), ("AB", None, "")],
    )
    def test_a_fact_holds_in_its_years(self, page: Page, fact: str, years: list[int] | None, told: str) -> None:
        load(page, names="A B", facts=fact)
        assert page.evaluate("Data.data.facts[0].years") == years
        assert page.evaluate("Data.time(Data.data.facts[0])") == told

    def test_facts_between_the_same_two_bend_apart_also_the_other_way_round(self, page: Page) -> None:
        load(page, names="A B", facts="AB BA AB@2019")
        bends = page.evaluate("Data.data.facts.map(f => f.subject.id < f.object.id ? f.bend : -f.bend)")
        assert len({round(bend, 3) for bend in bends}) == 3
        assert abs(sum(bends)) < 1e-9


class TestRoutes:
    def routes(self, page: Page, start: str, end: str) -> list[str]:
        page.evaluate(
            "([from, to]) => { const by = id => Data.data.entities.find(e => e.id === id);"
            " Object.assign(State.state, {from: by(from), to: by(to)}); Routes.find(); }",
            [start, end],
        )
        return list(page.evaluate("Routes.routes.map(r => r.entities.map(e => e.id).join(''))"))

    def test_short_ones_first_and_through_others(self, page: Page) -> None:
        load(page, "routes", names="A B C D E", facts="AB BE AC CE AD DC")
        found = self.routes(page, "A", "E")
        assert set(found[:2]) == {"ABE", "ACE"}
        assert all(len(way) == len(set(way)) for way in found)

    def test_around_a_hub(self, page: Page) -> None:
        leaves = " ".join("abcdefghijklmnop")
        load(
            page,
            "routes",
            names=f"A H B X {leaves}",
            facts=" ".join(["AH HB AX XB", *(f"H{c}" for c in leaves.split())]),
        )
        assert self.routes(page, "A", "B")[0] == "AXB"

    def test_none_where_nothing_connects_or_filters_forbid(self, page: Page) -> None:
        load(page, "routes", names="A B C", facts="AB")
        assert self.routes(page, "A", "C") == []
        assert self.routes(page, "A", "A") == []
        page.evaluate("State.state.undated = false")
        assert self.routes(page, "A", "B") == []


class TestArrange:
    def test_neighbours_stand_apart_around_the_middle(self, page: Page) -> None:
        names = [f"N{i}" for i in range(40)]
        load(page, "arrange", names=" ".join(["M", *names]))
        points = page.evaluate(
            "() => { const [middle, ...ring] = Data.data.entities;"
            " return [...Arrange.around(middle, [ring], new Map(), 1.3).values()].map(({x, y}) => [x, y]); }"
        )
        assert points[0] == [0, 0]
        for i, (x, y) in enumerate(points):
            for u, v in points[:i]:
                assert abs(x - u) > 126 or abs(y - v) > 70

    def test_what_is_missing_finds_a_free_place_and_no_line_runs_through_another(self, page: Page) -> None:
        load(page, "arrange", names="A B C D E F G")
        turns = page.evaluate(
            "() => { const [a, b, ...rest] = Data.data.entities;"
            " const places = new Map([[a, {x: 0, y: 0}], [b, {x: 0, y: -200}]]);"
            " const all = Arrange.beside(places, [a, b, ...rest], rest);"
            " return [b, ...rest].map(e => Math.atan2(all.get(e).y, all.get(e).x)); }"
        )
        assert len(turns) == 6
        ordered = sorted(turns)
        assert all(second - first > 0.2 for first, second in pairwise(ordered))

    @pytest.mark.parametrize(("aspect", "along"), [(1.4, "x"), (0.5, "y")])
    def test_ways_lead_from_one_end_to_the_other(self, page: Page, aspect: float, along: str) -> None:
        load(page, "arrange", names="A B C D")
        places = page.evaluate(
            "([aspect, along]) => { const [a, b, c, d] = Data.data.entities;"
            " const places = Arrange.along([{entities: [a, b, d]}, {entities: [a, c, d]}], aspect);"
            " return [a, b, c, d].map(e => [places.get(e)[along], places.get(e)[along === 'x' ? 'y' : 'x']]); }",
            [aspect, along],
        )
        (a, _), (b, left), (c, right), (d, _) = places
        assert a < min(b, c) <= max(b, c) < d
        assert abs(left - right) > 100

    def test_names_go_where_no_line_comes_from(self, page: Page) -> None:
        load(page, "arrange", names="A B C", facts="AB CB")
        turns = page.evaluate(
            "() => { const [a, b, c] = Data.data.entities;"
            " const places = new Map([[a, {x: -100, y: 0}], [b, {x: 0, y: 0}], [c, {x: 100, y: 0}]]);"
            " const away = Arrange.outward(Data.data.facts, places);"
            " return [a, b, c].map(e => away.has(e) ? Math.round(Math.cos(away.get(e))) : null); }"
        )
        # The one in the middle has room above and below: below it is.
        assert turns == [-1, 0, 1]


class TestLabels:
    def arranged(self, page: Page, items: list[dict[str, Any]], **window: Any) -> list[dict[str, Any]]:
        load(page, "labels")
        return list(
            page.evaluate(
                "([items, window]) => Labels"
                ".arrange(document.createElement('canvas').getContext('2d'), items, 12, window)"
                ".map(({x, y, w, h, entity, lines}) => ({x, y, w, h, entity, lines: lines.map(line => line.text)}))",
                [items, {"width": 800, "height": 600, **window}],
            )
        )

    def test_no_name_stands_across_another_and_the_important_one_wins(self, page: Page) -> None:
        items = [{"entity": i, "x": 300 + i, "y": 300, "r": 4, "name": "重要的名稱"} for i in range(30)]
        boxes = self.arranged(page, items)
        assert boxes[0]["entity"] == 0
        assert 1 < len(boxes) < 30
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                apart = a["x"] >= b["x"] + b["w"] or b["x"] >= a["x"] + a["w"]
                assert apart or a["y"] >= b["y"] + b["h"] or b["y"] >= a["y"] + a["h"]

    def test_long_names_break_and_are_cut_at_the_end(self, page: Page) -> None:
        name = "一個長到三行也寫不下的名稱" * 4
        item = {"entity": 0, "x": 300, "y": 300, "r": 4, "name": name}
        two, three = (self.arranged(page, [item | {"most": most}])[0]["lines"] for most in (2, 3))
        assert (len(two), len(three)) == (2, 3)
        assert two[-1].endswith("…")
        assert name.startswith("".join(three).removesuffix("…"))

    def test_nothing_is_written_under_the_buttons_unless_it_must_be(self, page: Page) -> None:
        item = {"entity": 0, "x": 300, "y": 300, "r": 4, "name": "名稱"}
        buttons = [{"x": 200, "y": 200, "w": 200, "h": 200}]
        assert self.arranged(page, [item], reserved=buttons) == []
        assert len(self.arranged(page, [item | {"must": True}], reserved=buttons)) == 1


class TestState:
    def test_an_address_brings_back_what_it_says(self, page: Page) -> None:
        load(page, names="A B", facts="AB@2019-2021")
        for address in ("#n=A&d=2", "#e=AB@2019-2021", "#p=A,B", "#y=2019-2020&u=0"):
            page.evaluate("address => { location.hash = address; State.restore(); State.change({}); }", address)
            assert page.evaluate("decodeURIComponent(location.hash)") == address

    def test_years_of_a_span_count_where_they_overlap(self, page: Page) -> None:
        load(page, names="A B", facts="AB@2019-2021 AB@2023 AB")
        shown = "years => { State.state.years = years; return Data.data.facts.map(State.factShown); }"
        assert page.evaluate(shown, [2021, 2022]) == [True, False, True]
        assert page.evaluate(shown, [2022, 2024]) == [False, True, True]


class TestText:
    @pytest.mark.parametrize(
        ("words", "seen"),
        [
            ("Whisper**：OpenAI 在 _2022_ 年", "Whisper：OpenAI 在 2022 年"),
            ("- 她讀 [書](https://x.example/a_b)", "她讀 書"),
            ("snake_case 3 - 1 #1 a*b", "snake_case 3 - 1 #1 ab"),
            ("## 標題\n> 引文\n1. 其一", "標題\n引文\n其一"),
        ],
    )
    def test_words_are_shown_without_the_marks_of_markdown(self, page: Page, words: str, seen: str) -> None:
        load(page)
        assert page.evaluate("words => Text.plain(words)", words) == seen

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "x", None])
    def test_only_web_addresses_become_links(self, page: Page, address: str | None) -> None:
        load(page)
        assert page.evaluate("address => Text.link(address, 'x').tagName", address) == "SPAN"

    def test_what_comes_from_the_data_is_text(self, page: Page) -> None:
        load(page)
        assert page.evaluate("Text.el('p', {}, '<b>x</b>').innerHTML") == "&lt;b&gt;x&lt;/b&gt;"
