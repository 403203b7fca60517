from __future__ import annotations

import pickle
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.errors import ArticleError
from kg.markdown import read

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import Document

PIECES = [
    "---\n",
    "+++\n",
    "title: 標題\n",
    'title = "標題"\n',
    '{"title": "標題"}\n',
    'tags: [a, \'b\', "c\\"d"]\n',
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "\t",
    "```\n",
    "~~~",
    "`",
    "``",
    "**",
    "*",
    "_",
    "~~",
    "==",
    "|",
    "| a | b |\n|---|:-:|\n| c | d |\n",
    "\\",
    "\\|",
    "[",
    "]",
    "](http://x.y/z)",
    "![",
    "[^1]",
    "[^1]: 註\n",
    "[a]: /u\n",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    '{{< x caption="圖" >}}',
    "{{% y",
    "%}}",
    "$",
    "$$",
    "https://example.org/a_b",
    "&amp;",
    "&nbsp;",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u2028",
    "\u3000",
    "字",
    "漢字「引」。",
    "Yi Tay",
    "🙂",
    "===\n",
    "\ufdd0",
    "\ufeff",
]
MARKDOWN = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)


def article(tmp_path: Path, text: str, name: str = "a.md") -> Document:
    file = tmp_path / name
    file.write_bytes(text.encode())
    return read(file, name)


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(b.kind, " ".join(document.masked[b.start : b.end].split())) for b in document.blocks]


def prose(document: Document) -> str:
    return " ".join(document.masked.split())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("markdown") / "a.md"


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=MARKDOWN)
@example("> - | a | b |\n>   |---|---|\n>   | `c\\|d` | e |")
@example("---\na: &x [*x]\n---\n字")
@example("---\ndate: 2026-13-45\n---\n字")
@example("+++\nx=" + "[" * 5000 + "\n+++\n")
@example("[" * 3000 + "](" * 3000)
@example("{" * 3000)
@example("<!-----\n[^1]: 註\n")
def test_whatever_is_written_the_masked_text_lies_on_the_text(file: Path, text: str) -> None:
    file.write_bytes(text.encode())
    try:
        document = read(file, "a.md")
    except ArticleError:
        return
    assert document.text == text
    assert len(document.masked) == len(text)
    for ours, theirs in zip(document.masked, text, strict=True):
        assert ours == theirs or (ours == " " and theirs not in "\r\n")
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(text)
        shown = document.masked[block.start : block.end]
        assert shown.strip(" \n\t|") == shown
        end = block.end


def test_front_matter_in_yaml(tmp_path: Path) -> None:
    document = article(
        tmp_path,
        '---\ntitle: "他說：\\"好\\""\ndate: 2026-01-27T23:30:00+08:00\ntags: [\'甲\', 乙丙]\ncategories: [丁]\n'
        "summary: >\n  第一行\n  第二行\nauthor: {name: 葛芊嵐, email: x@y.z}\nsource_url: https://e.org\n"
        "source_name: 電台\nparams:\n  guests: [來賓]\ndraft: true\n---\n內文\n",
    )
    meta = document.metadata
    assert (meta.title, meta.date, meta.tags) == ('他說："好"', "2026-01-27", ("甲", "乙丙"))
    assert (meta.source_url, meta.source_name) == ("https://e.org", "電台")
    assert document.draft
    assert blocks(document) == [
        ("front", '他說： "好 "'),
        ("front", "甲"),
        ("front", "乙丙"),
        ("front", "第一行 第二行"),
        ("front", "葛芊嵐"),
        ("front", "電台"),
        ("front", "來賓"),
        ("paragraph", "內文"),
    ]
    assert [b.field for b in document.blocks] == [
        "title",
        "tags",
        "tags",
        "summary",
        "author",
        "source_name",
        "guests",
        None,
    ]
    assert "丁" not in document.masked


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_in_toml(tmp_path: Path, end: str) -> None:
    text = (
        '+++\ntitle = "標 # 題"\ndate = 2025-11-20T08:00:00+08:00\nother = "不要"\n'
        'tags = [\n  "甲", # "註"\n  \'乙\',\n]\n[params]\nauthor = {name = "丙", url = "丁"}\n+++\n內文\n'
    )
    document = article(tmp_path, text.replace("\n", end))
    assert (document.metadata.title, document.metadata.date) == ("標 # 題", "2025-11-20")
    assert [text for _, text in blocks(document)] == ["標 # 題", "甲", "乙", "丙", "內文"]
    assert not document.draft


def test_front_matter_in_json(tmp_path: Path) -> None:
    document = article(
        tmp_path, '{"title": "標題", "tags": ["甲", "乙"], "x": {"title": "否"}, "date": "2025/1/2"}\n\n內文'
    )
    assert (document.metadata.title, document.metadata.date) == ("標題", "2025-01-02")
    assert [text for _, text in blocks(document)] == ["標題", "甲", "乙", "內文"]


def test_without_front_matter_the_first_heading_is_the_title(tmp_path: Path) -> None:
    assert article(tmp_path, "前言\n\n## [甲](http://x) **乙**\n").metadata.title == "甲 乙"
    assert article(tmp_path, "只有內文", "folder.md").metadata.title == "folder"
    file = tmp_path / "b.md"
    file.write_text("內文", "utf-8")
    assert read(file, "posts/leaf/index.md").metadata.title == "leaf"


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026-01-27", "2026-01-27"),
        ("'2026/1/2'", "2026-01-02"),
        ("2026.3.4", "2026-03-04"),
        ("2025年3月5日", "2025-03-05"),
        ("''", None),
        ("Mar 5, 2024", "2024-03-05"),
        ("2026-01-27 10:00:00", "2026-01-27"),
    ],
)
def test_dates(tmp_path: Path, written: str, date: str | None) -> None:
    assert article(tmp_path, f"---\ndate: {written}\n---\n字").metadata.date == date


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("這個團隊說明了模型", "zh-Hant"),
        ("这个团队说明了模型", "zh-Hans"),
        ("中文", "zh"),
        ("Hello", "en"),
        ("---\nlang: ja\n---\n這個", "ja"),
        ("台灣的後台與裡面的人", "zh-Hant"),
    ],
)
def test_language(tmp_path: Path, text: str, language: str) -> None:
    assert article(tmp_path, text).metadata.language == language


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**周以安：** 你好", "周以安： 你好"),
        ("他說**「好」**了", "他說 「好」 了"),
        ("snake_case_name 與 A* 演算法", "snake_case_name 與 A* 演算法"),
        ("3 * 4 * 5", "3 * 4 * 5"),
        ("==重點== ~~刪去~~ 10~20", "重點 刪去 10~20"),
        ('[文*字*](https://e.org/a_(b) "標題") 後', "文 字 後"),
        ("![圖](/a.png) 後", "圖 後"),
        ("[甲][x] 與 [x] 與 [y]\n\n[x]: https://e.org", "甲 與 x 與 [y]"),
        ("看 https://e.org/a?b=c_d。後", "看 。後"),
        ("看 <https://e.org> 後", "看 後"),
        ("用 `code` 與 ``a`b`` 後", "用 與 後"),
        ("註[^1]記\n\n[^1]: 註文\n\n    續文", "註 記 註文 續文"),
        ("[^a]: 甲\n[^b]: 乙", "甲 乙"),
        ('甲 <b class="x">乙</b> <!-- 丙 --> 丁', "甲 乙 丁"),
        ("甲 <script>乙()</script> 丁", "甲 丁"),
        ('{{< youtube id="甲" >}} 乙 {{% note %}}丙{{% /note %}}', "乙 丙"),
        ('{{< figure src="甲.png" caption="圖說" alt="否" >}}', "圖說"),
        ("{{< highlight python >}}\n碼\n\n碼\n{{< /highlight >}}\n\n文", "文"),
        ("價格 $5 到 $10，又 $x^2$ 與 $$y$$", "價格 $5 到 $10，又 與"),
        ("R\\&D \\*不斜\\*", "R &D *不斜 *"),
        ("A &amp; B&nbsp;C", "A & B C"),
        ("# 標題 {#id}\n\n標\n===", "標題 標"),
        ("- [x] 做完\n+ 加", "做完 加"),
        ("```py\n碼\n```\n\n    縮排碼\n\n文", "文"),
        ("> [!NOTE]\n> 引文", "引文"),
        ("行尾\\\n下行", "行尾 下行"),
        ("\ufeff文", "文"),
        ("<div>\n文\n</div>\n\n<style>\n樣\n</style>", "文"),
    ],
)
def test_only_prose_is_seen(tmp_path: Path, text: str, shown: str) -> None:
    assert prose(article(tmp_path, text)) == shown


def test_blocks_of_every_kind(tmp_path: Path) -> None:
    document = article(
        tmp_path,
        "# 一\n\n段落\n軟換行\n\n- 外\n  - 內\n\n    內二\n- 次\n\n> 引一\n> 續行\n>\n> 引二\n\n1. > 深引\n\n"
        "| 甲 | `碼` |\n| --- | --- |\n| 乙\\|丙 | 丁 |\n\n> | 戊 | 己 |\n> |---|---|\n\n"
        "<div>不成塊</div>\n\n```\n碼\n```\n\n[^1]: 註\n",
    )
    assert [(b.kind, b.level, b.table) for b in document.blocks] == [
        ("heading", 1, None),
        ("paragraph", 0, None),
        ("item", 1, None),
        ("item", 2, None),
        ("item", 2, None),
        ("item", 1, None),
        ("quote", 0, None),
        ("quote", 0, None),
        ("quote", 0, None),
        ("row", 0, 0),
        ("row", 0, 0),
        ("row", 0, 1),
        ("paragraph", 0, None),
    ]
    assert [text for _, text in blocks(document)] == [
        "一",
        "段落 軟換行",
        "外",
        "內",
        "內二",
        "次",
        "引一 續行",
        "引二",
        "深引",
        "甲",
        "乙 |丙 | 丁",
        "戊 | 己",
        "註",
    ]


@pytest.mark.parametrize(
    ("data", "problem", "line"),
    [
        (b"", "empty", None),
        (b" \n\t\n", "empty", None),
        (b"ab\0c", "NUL", None),
        ("好\n好".encode() + b"\xff", "byte 7", 2),
        (b"x" * 10_000_001, "10 MB", None),
        (b"---\ntitle: a\n", "never closed", 1),
        (b"---\na: 1\nb: [1\nc: 2\n---\n", "broken", 4),
        (b"---\na: 1\n\tb: 2\n---\n", "broken", 3),
        (b"---\na: \x07\n---\n", "broken", 2),
        (b"---\na: !x 1\n---\n", "broken", 2),
        (b"+++\na = 1\nb = \n+++\n", "broken", 3),
        (b'{"a": 1,\n "b" 2}\n', "broken", 2),
        (b"---\njust words\n---\n", "key: value", 1),
        (b"---\ndate: soon\n---\nx", "'soon'", 2),
        (b"---\r\na: 1\r\ndate: soon\r\n---\r\nx", "'soon'", 3),
        (b"+++\na = 1\ndate = 'soon'\n+++\nx", "'soon'", 3),
        (b"---\na: 1\ndate: 2024-13-45\n---\nx", "date: month must be in 1..12", 3),
        (b"---\na: 2024-01-02\nb:\n  - c\n  - d: 2024-02-30\n---\nx", "b.d: day is out of range", 5),
        (b"+++\na = 1\ndate = 2024-13-45\n+++\nx", "broken", 3),
        (b'---\na: 1\nb: "x\nc: 2\n---\nx', "a quotation mark is opened here", 3),
        (b'---\na: 1\nb: "x\nc: 2\nd: "y"\n---\nx', "a quotation mark is opened here", 3),
        (b"---\na: 1\nb: 'it's\nc: 2\n---\nx", "did not find expected key", 3),
        (b'---\na: "x\n  y"\nb: "y" z\n---\nx', "did not find expected key", 4),
        (b'+++\na = 1\nb = """x\nc = 2\n+++\nx', "Unterminated string", 3),
        (b"+++\na = 1\nb = '''x\nc = 2\n+++\nx", "Expected", 3),
    ],
)
def test_bad_files_are_named_with_the_place(tmp_path: Path, data: bytes, problem: str, line: int | None) -> None:
    file = tmp_path / "bad.md"
    file.write_bytes(data)
    with pytest.raises(ArticleError) as caught:
        read(file, "posts/bad.md")
    assert problem in str(caught.value)
    assert str(caught.value).startswith("posts/bad.md:" if line is None else f"posts/bad.md:{line}:")
    assert caught.value.line == line
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own bytes


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match=r"a\.md: cannot be read"):
        read(tmp_path / "none.md", "a.md")


def test_line_ends_and_bom_stay(tmp_path: Path) -> None:
    text = "\ufeff---\r\ntitle: 甲\r\n---\r\n\r\n段落\r\n續\r\n"
    document = article(tmp_path, text)
    assert document.text == text
    assert blocks(document) == [("front", "甲"), ("paragraph", "段落 續")]
    assert document.masked[0] == " "


def test_a_megabyte_of_prose_is_quick(tmp_path: Path) -> None:
    paragraph = "Yi Tay 在 **Google Brain** 工作，[連結](https://example.org/x) 與「引文」，2019 年加入。" * 4 + "\n\n"
    text = paragraph * (1_000_000 // len(paragraph))
    start = time.process_time()
    article(tmp_path, text)
    assert time.process_time() - start < 2
