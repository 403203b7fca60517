from __future__ import annotations

import base64
import hashlib
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import ontology
from kg.errors import ExportError, SchemaError
from kg.export.appearance import read_messages, read_style
from kg.export.layout import box, place, radius
from kg.export.page import _SCRIPTS, Page, write_page
from kg.export.page_data import web_address
from kg.export.preview import write_preview
from kg.export.selection import select
from kg.export.untangle import crossings, untangle
from kg.resources import folder
from tests.small_graph import hostile, small

if TYPE_CHECKING:
    from pathlib import Path

VIZ = folder("viz")


def page_of(tmp_path: Path, **changes: object) -> str:
    graph = replace(small(), **changes)  # type: ignore[arg-type]
    write_page(graph, ontology.load(), tmp_path / "page.html", Page("標題"))
    return (tmp_path / "page.html").read_text("utf-8")


def test_the_same_graph_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kg import ontology; from kg.export.page import Page, write_page;"
        "from tests.small_graph import small; write_page(small(), ontology.load(), Path(sys.argv[1]), Page('標題'))"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path / "other.html"], check=True, env={"PYTHONHASHSEED": "1"})
    assert (tmp_path / "other.html").read_text("utf-8") == page_of(tmp_path)


def test_only_the_scripts_and_styles_of_the_policy_are_in_the_page(tmp_path: Path) -> None:
    for graph in (small(), hostile()):
        write_page(graph, ontology.load(), tmp_path / "page.html", Page("標題"))
        html = (tmp_path / "page.html").read_text("utf-8")
        policy = re.search('Content-Security-Policy" content="([^"]*)"', html)
        assert policy
        allowed = set(re.findall("sha256-([^&]*)&#39;", policy[1]))
        found = re.findall("<(?:script|style)>(.*?)</(?:script|style)>", html, re.DOTALL)
        assert {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found} == allowed
        assert len(found) == 3
        assert "default-src &#39;none&#39;" in policy[1]
        assert "connect-src &#39;none&#39;" in policy[1]
        assert "unsafe" not in policy[1]


def test_nothing_in_the_page_points_elsewhere(tmp_path: Path) -> None:
    html = page_of(tmp_path)
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=(?!\"data:)", html) == []
    assert "sourceMappingURL" not in html
    assert "@import" not in (VIZ / "page.css").read_text("utf-8")
    assert "url(" not in (VIZ / "page.css").read_text("utf-8")


def test_the_page_is_complete_html(tmp_path: Path) -> None:
    html = page_of(tmp_path)
    assert html.startswith('<!doctype html>\n<html lang="zh-Hant">')
    assert html.count("<title>標題</title>") == 1
    assert html.rstrip().endswith("</html>")


def test_the_data_hold_everything_once(tmp_path: Path) -> None:
    html = page_of(tmp_path)
    data = json.loads(re.search('id="data">(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]
    assert [entity["id"] for entity in data["entities"]] == list(small().nodes)
    assert [fact["id"] for fact in data["facts"]] == list(small().facts)
    assert [fact["subject"] for fact in data["facts"]].count(0) == 0
    assert data["statements"][0]["text"] == "水獺從來不問為什麼。"
    assert [article.get("url") for article in data["articles"]] == ["https://example.org/a", None]


def test_a_passage_that_two_rules_read_is_shown_once(tmp_path: Path) -> None:
    fact = small().facts["f4"]
    twice = replace(fact, support=(*fact.support, replace(fact.support[0], rule="other")))
    html = page_of(tmp_path, facts={"f4": twice})
    data = json.loads(re.search('id="data">(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]
    assert [len(fact["evidence"]) for fact in data["facts"]] == [1]
    assert html.count("研究所推出 Otter-2 <cite>") == 1


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("content/posts/Yi Tay/index.md", "https://blog.example/zh/posts/yi-tay/"),
        ("posts/20260127-鄭.md", "https://blog.example/zh/posts/20260127-%E9%84%AD/"),
        ("content/index.md", "https://blog.example/zh/"),
        ("my-index.md", "https://blog.example/zh/my-index/"),
    ],
)
def test_articles_without_an_address_are_linked_below_that_of_the_site(tmp_path: Path, path: str, address: str) -> None:
    articles = small().articles
    graph = replace(small(), articles={**articles, "b.md": replace(articles["b.md"], source_url=None, path=path)})
    write_page(graph, ontology.load(), tmp_path / "page.html", Page(base_url="https://blog.example/zh/"))
    html = (tmp_path / "page.html").read_text("utf-8")
    data = json.loads(re.search('id="data">(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]
    assert [article["url"] for article in data["articles"]] == ["https://example.org/a", address]


def test_no_closing_tag_leaves_the_data(tmp_path: Path) -> None:
    write_page(hostile(), ontology.load(), tmp_path / "page.html", Page("</script>"))
    html = (tmp_path / "page.html").read_text("utf-8")
    for data in re.findall('<script type="application/json" id="[a-z]+">(.*?)</script>', html, re.DOTALL):
        assert "<" not in data
        json.loads(data)
    for name in _SCRIPTS:
        assert "</script" not in (VIZ / "js" / name).read_text("utf-8")


def test_scripts_never_build_markup_from_text() -> None:
    for path in (VIZ / "js").iterdir():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", path.read_text("utf-8")
        )


def test_every_script_file_is_in_the_page() -> None:
    assert sorted(_SCRIPTS) == sorted(path.name for path in (VIZ / "js").iterdir())


def test_a_page_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is a folder"):
        write_page(small(), ontology.load(), tmp_path, Page("標題"))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b#c", True),
        ("http://例子.tw/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https:", False),
        ("http://[", False),
        ("a b", False),
        ("", False),
        (None, False),
        (" javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: bool) -> None:  # noqa: FBT001  # a table
    assert web_address(url) == (url if link else None)


class TestSelection:
    def test_a_small_graph_is_drawn_whole(self) -> None:
        assert select([(0, 1), (3, 1)], [1, 1, 9, 1], 10) == [0, 1, 3]

    def test_what_connects_two_hubs_comes_before_what_hangs_on_one(self) -> None:
        # 0 and 1 are hubs with ten leaves of their own each, which have a second fact among themselves; 2 is with both.
        leaves = [(hub, 3 + 10 * hub + i) for hub in (0, 1) for i in range(10)]
        pairs = [(3 + i, 13 + i) for i in range(0, 10, 2)]
        assert 2 in select([*leaves, *pairs, (2, 0), (2, 1)], [0] * 23, 4)

    @given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=90), st.integers(1, 30))
    def test_as_many_as_there_is_room_for(self, facts: list[tuple[int, int]], limit: int) -> None:
        drawn = select(facts, [1] * 41, limit)
        told = {end for pair in facts for end in pair}
        assert drawn == sorted(set(drawn))
        assert set(drawn) <= told
        assert len(drawn) == min(limit, len(told))
        assert drawn == select(facts[::-1], [1] * 41, limit)

    def test_nobody_stands_alone_where_others_could_stand_together(self) -> None:
        stars = [(hub, 10 + 20 * hub + i) for hub in range(10) for i in range(10 + hub)]
        drawn = set(select(stars, [0] * 220, 12))
        assert all(any({one, other} <= drawn for one, other in stars if key in {one, other}) for key in drawn)


class TestLinkPreviews:
    def page(self, tmp_path: Path, page: Page) -> str:
        write_page(small(), ontology.load(), tmp_path / "page.html", page)
        return (tmp_path / "page.html").read_text("utf-8")

    def test_title_and_description_are_said(self, tmp_path: Path) -> None:
        html = self.page(tmp_path, Page('「小」"圖', "<b>說明</b>"))
        assert '<meta property="og:title" content="「小」&#34;圖">' in html
        assert '<meta property="og:description" content="&lt;b&gt;說明&lt;/b&gt;">' in html
        assert '<p id="description">&lt;b&gt;說明&lt;/b&gt;</p>' in html
        assert "og:url" not in html
        assert "og:image" not in html

    def test_the_picture_is_found_from_where_the_page_will_be(self, tmp_path: Path) -> None:
        html = self.page(tmp_path, Page(url="https://blog.example/g/page.html", image="頁.png"))
        assert '<meta property="og:url" content="https://blog.example/g/page.html">' in html
        assert '<meta property="og:image" content="https://blog.example/g/%E9%A0%81.png">' in html
        assert '<meta property="og:image" content="page.png">' in self.page(tmp_path, Page(image="page.png"))


class TestPreview:
    def test_without_a_browser_it_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ExportError, match="needs Chromium or Chrome"):
            write_preview(tmp_path / "page.html", tmp_path / "page.png")

    def test_a_browser_that_fails_is_an_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "chromium").write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
        (tmp_path / "chromium").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
        with pytest.raises(ExportError, match="took no picture: broken"):
            write_preview(tmp_path / "page.html", tmp_path / "page.png")
        assert not (tmp_path / "page.png").exists()


def test_a_long_list_without_javascript_tells_every_fact_briefly(tmp_path: Path) -> None:
    plain = small()
    facts = {
        f"f{i:05}": replace(
            plain.facts["f4"], id=f"f{i:05}", date=str(1000 + i % 1000), support=plain.facts["f4"].support
        )
        for i in range(5001)
    }
    html = page_of(tmp_path, facts=facts)
    listed = html[html.index("<noscript>") : html.index("</noscript>")]
    assert listed.count("<dd>") == len(facts)
    assert "研究所推出" not in listed
    assert "不列出處" in listed


class TestUntangle:
    def test_two_lines_that_cross_do_so_no_longer(self) -> None:
        square = np.array([[0.0, 0.0], [9.0, 9.0], [0.0, 10.0], [10.0, 0.0]])
        lines = [(0, 1), (2, 3), (0, 2)]
        ends = np.array(lines)
        assert crossings(square, ends, np.arange(3)) == 1
        apart = untangle(square, lines)
        assert crossings(apart, ends, np.arange(3)) == 0
        assert sorted(map(tuple, apart)) == sorted(map(tuple, square))
        assert (apart == untangle(square, [(other, one) for one, other in reversed(lines)])).all()

    def test_a_thicket_is_left_as_it_is(self) -> None:
        places = np.array([[i % 8, i // 8] for i in range(64)], dtype=float)
        lines = list(combinations(range(64), 2))
        assert (untangle(places, lines) == places).all()

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
    @settings(max_examples=30, deadline=None)
    def test_it_never_makes_more(self, lines: list[tuple[int, int]]) -> None:
        places = np.array([[i * 7 % 10, i * i % 11] for i in range(10)], dtype=float)
        ends = np.array(sorted({(min(pair), max(pair)) for pair in lines if pair[0] != pair[1]}), dtype=int).reshape(
            -1, 2
        )
        some = np.arange(len(ends))

        def cost(points: np.ndarray) -> float:
            length = np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1)
            unit = np.linalg.norm(places[ends[:, 0]] - places[ends[:, 1]], axis=1).mean() if len(ends) else 1
            return float(crossings(points, ends, some) + length.sum() / unit)

        assert cost(untangle(places, lines)) <= cost(places) + 1e-6


class TestAppearance:
    def test_every_type_has_a_look_of_its_own(self) -> None:
        style = read_style(VIZ)
        assert set(style.entity_types) == set(ontology.load().entity_types)
        looks = list(style.entity_types.values())
        assert (
            len({look.shape for look in looks})
            == len({look.light for look in looks})
            == len({look.dark for look in looks})
            == len(looks)
        )

    def test_colours_stand_out_from_the_page(self) -> None:
        css = (VIZ / "page.css").read_text("utf-8")
        light, dark = re.findall("--canvas: (#[0-9a-f]{6})", css)
        for look in read_style(VIZ).entity_types.values():
            assert contrast(look.light, light) >= 3
            assert contrast(look.dark, dark) >= 3

    def test_text_is_readable(self) -> None:
        css = (VIZ / "page.css").read_text("utf-8")
        for theme in re.findall(r"\{([^}]*--paper: #[^}]*)\}", css):
            colour = dict(re.findall("--([a-z-]+): (#[0-9a-f]{6})", theme))
            for text in ("ink", "soft", "accent"):
                for ground in ("paper", "canvas", "raised", "sunk"):
                    assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)

    def test_scripts_and_template_use_exactly_the_messages_there_are(self) -> None:
        messages = read_messages(VIZ)
        source = "".join(path.read_text("utf-8") for path in [*(VIZ / "js").iterdir(), VIZ / "page.html.j2"])
        used = set(re.findall(r"""(?:\bt\(|data-(?:text|label|placeholder)=|messages)\[?"([a-z0-9-]+)""", source))
        assert used <= set(messages)
        for key in messages:
            stem = key.split("-")[0]
            assert f'"{key}"' in source or f"messages.{key}" in source or f"`{stem}-$" in source or key in used, key

    @pytest.mark.parametrize(
        ("name", "text", "problem"),
        [
            ("style.yaml", "version: 1\n", "drawn: Field required"),
            ("messages.yaml", "version: 1\nmessages: {a: {zh: x}}\n", "messages.a.en: Field required"),
            ("messages.yaml", "version: [\n", "messages.yaml:2"),
        ],
    )
    def test_a_wrong_file_is_named(self, tmp_path: Path, name: str, text: str, problem: str) -> None:
        (tmp_path / name).write_text(text)
        with pytest.raises(SchemaError, match=re.escape(problem)):
            (read_style if name == "style.yaml" else read_messages)(tmp_path)

    def test_a_shape_must_exist(self, tmp_path: Path) -> None:
        text = (VIZ / "style.yaml").read_text("utf-8").replace("shape: circle,   light", "shape: blob, light")
        (tmp_path / "style.yaml").write_text(text, "utf-8")
        with pytest.raises(SchemaError, match="Person: no such shape: blob"):
            read_style(tmp_path)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


class TestLayout:
    names = st.text(st.sampled_from("aW 漢字.－"), min_size=1, max_size=30)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(names, max_size=25), st.data())
    def test_no_two_names_overlap(self, labels: list[str], data: st.DataObject) -> None:
        keys = dict(enumerate(labels))
        end = st.integers(0, max(len(labels) - 1, 0))
        pairs = data.draw(st.lists(st.tuples(end, end), max_size=40 if labels else 0))
        at = place(keys, pairs)
        assert set(at) == set(keys)
        degree = {key: sum(pair.count(key) for pair in pairs) for key in keys}
        boxes = {key: box(keys[key], radius(degree[key])) for key in keys}
        for a, b in combinations(keys, 2):
            apart = [abs(at[a][axis] - at[b][axis]) - boxes[a][axis] - boxes[b][axis] for axis in (0, 1)]
            assert max(apart) > -3, (a, b)

    def test_chinese_names_need_more_room(self) -> None:
        assert box("漢字漢字", 5)[0] > box("abcd", 5)[0]

    def test_neighbours_stand_closer_than_strangers(self) -> None:
        ring = [(i, (i + 1) % 30) for i in range(30)]
        at = place({i: str(i) for i in range(30)}, ring)
        near = [math.dist(at[a], at[b]) for a, b in ring]
        far = [math.dist(at[i], at[(i + 15) % 30]) for i in range(30)]
        assert sum(near) * 2 < sum(far)
