from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main
import yaml

from kg import __version__
from kg import errors as kg_errors
from kg.cli import app
from kg.cli.messages import in_chinese, texts
from kg.cli.questions import named
from kg.errors import NotFoundError
from kg.graph import Graph
from kg.resources import folder
from tests.command import ROOT, kg, start
from tests.small_graph import fact, graph_of, node, small

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLE = """---
title: 林若棠與蘆葦研究所
date: 2026-01-27
---

Yi Tay 於 2019 年加入 Google Brain。他在 2023 年共同創辦 Reka AI，與 Dani Yogatama 合作。

Dani Yogatama 表示：「我們要從零開始訓練自己的大型語言模型。」
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    (root / "posts").mkdir()
    (root / "posts/a.md").write_text(ARTICLE, "utf-8")
    result = kg("ingest", root / "posts", "--root", root, "--graph", root / ".kg")
    assert result.exit_code == 0, result.stderr
    return root


@pytest.fixture
def inside(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(site)
    return site


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command or typer.main.get_command(app)
    for name, below in getattr(command, "commands", {}).items():
        if hasattr(below, "commands"):
            yield from commands(below, (*path, name))
        else:
            yield (*path, name), below


COMMANDS = dict(commands())
CHINESE = re.compile("[\u4e00-\u9fff]{2}")


def test_the_commands_are_those_that_are_documented() -> None:
    assert sorted(" ".join(path) for path in COMMANDS) == [
        "corpus agree",
        "corpus check",
        "corpus stats",
        "export",
        "extract",
        "ingest",
        "neo4j kit",
        "path",
        "pull",
        "push",
        "query",
        "schema check",
        "schema copy",
        "schema show",
        "score",
        "show",
        "stats",
        "theme",
        "train",
        "verify",
    ]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_in_both_languages_and_an_example(path: tuple[str, ...]) -> None:
    english, chinese, *_ = COMMANDS[path].help.splitlines()
    assert english.endswith(".")
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese)
    shown = kg(*path, "--help").stdout
    assert f"kg {' '.join(path)}" in shown.partition("Examples 範例")[2]
    for example in re.findall(r"^  (kg .*)", COMMANDS[path].help, re.MULTILINE):
        assert example.replace(r"\[", "[") in shown
    for parameter in COMMANDS[path].params:
        if parameter.name != "help":
            words = parameter.help
            assert words, f"{parameter.name} has no help"
            assert CHINESE.search(words), words
            assert re.match("[A-Z]", words), words


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("readme", ["README.md", "README.zh-TW.md"])
def test_every_command_is_in_the_readme(path: tuple[str, ...], readme: str) -> None:
    assert f"kg {' '.join(path)}" in (ROOT / readme).read_text("utf-8")


@pytest.mark.parametrize("readme", ["README.md", "README.zh-TW.md"])
def test_the_readme_names_no_option_that_does_not_exist(readme: str) -> None:
    options = {option for command in COMMANDS.values() for parameter in command.params for option in parameter.opts}
    named = re.findall(r"(?<![\w-])--[a-z][a-z-]*", (ROOT / readme).read_text("utf-8"))
    assert named
    assert set(named) <= options | {"--help", "--lang", "--debug", "--version"}


def test_the_global_help_names_every_command() -> None:
    result = kg("--help")
    assert result.exit_code == 0
    for path in COMMANDS:
        assert path[0] in result.stdout
    assert CHINESE.search(result.stdout)


def test_the_version_is_told() -> None:
    assert kg("--version").stdout == f"kg {__version__}\n"


def test_help_and_version_import_nothing_heavy() -> None:
    code = "import sys, kg.cli; print(*sorted(sys.modules))"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    heavy = {
        "spacy",
        "jieba",
        "pydantic",
        "arcadedb",
        "neo4j",
        "networkx",
        "pyvis",
        "yaml",
        "rich",
        "markdown_it",
        "opencc",
    }
    assert heavy.isdisjoint(modules)


def test_every_text_is_there_in_both_languages_with_the_same_placeholders() -> None:
    data = yaml.safe_load((folder("viz") / "cli.yaml").read_text("utf-8"))
    assert set(data) == {"version", "messages", "problems"}
    placeholder = re.compile(r"\{(\w*)")
    for text in (*data["messages"].values(), *data["problems"]):
        assert set(text) == {"zh", "en"}
        assert set(placeholder.findall(text["zh"])) == set(placeholder.findall(text["en"])), text


def test_every_text_is_used_and_every_used_text_exists() -> None:
    sources = "".join(path.read_text("utf-8") for path in sorted((ROOT / "kg").rglob("*.py")))
    used = set(re.findall(r'say\(\s*"(\w+)"', sources))
    assert used <= set(texts())
    # Kinds of misses, columns and problems are put together where they are said.
    mentioned = set(re.findall(r'"(\w+)"', sources))
    unused = {key for key in texts() if not {key, re.sub("^(column|broken)_", "", key)} & mentioned}
    assert not unused


def raised() -> Iterator[tuple[str, str]]:
    """What every error says that is raised with a text of its own, with X for what differs, and where."""
    errors = {name for name, kind in vars(kg_errors).items() if isinstance(kind, type)} - {"SchemaError"}
    for path in sorted((ROOT / "kg").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in errors):
                continue
            match call.args[call.func.id == "ArticleError" :]:
                case [ast.Constant(value=str(text)), *_]:
                    yield text, path.name
                case [ast.JoinedStr(values=parts), *_]:
                    yield (
                        "".join(
                            str(getattr(part, "value", "")) if isinstance(part, ast.Constant) else "X" for part in parts
                        ),
                        path.name,
                    )


def test_every_error_speaks_chinese() -> None:
    messages = list(raised())
    assert len(messages) > 40
    unspoken = [
        (text, where) for text, where in messages if text not in ("X: X", "X") and not CHINESE.search(in_chinese(text))
    ]
    assert not unspoken


def test_errors_keep_places_and_values_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_chinese("posts/a.md:3: is not UTF-8 at byte 7; save it as UTF-8") == (
        "posts/a.md:3: 第 7 個位元組不是 UTF-8；請存成 UTF-8"
    )
    assert in_chinese("a.md: cannot be read: Permission denied; check that it is there and readable") == (
        "a.md: 無法讀取：沒有權限；請確認檔案存在且可以讀取"
    )
    assert in_chinese("a: exists already; name a folder that does not\nsomething else") == (
        "a: 已經存在；請指定尚不存在的資料夾\nsomething else"
    )
    monkeypatch.chdir(tmp_path)
    assert kg("stats", "--lang", "zh").stderr == "錯誤：.kg: 這裡沒有圖譜；請以 `kg ingest PATH… --graph .kg` 建立\n"


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({}, (), "entities"),
        ({}, ("--lang", "zh"), "實體"),
        ({"KG_LANG": "zh"}, (), "實體"),
        ({"KG_LANG": "zh"}, ("--lang", "en"), "entities"),
        ({"KG_LANG": "", "LC_ALL": "zh_TW.UTF-8"}, (), "實體"),
        ({"KG_LANG": "", "LC_ALL": "", "LANG": "zh_TW.UTF-8"}, (), "實體"),
        ({"KG_LANG": "", "LC_ALL": "C.UTF-8", "LANG": "zh_TW.UTF-8"}, (), "entities"),
        ({"KG_LANG": "", "LC_ALL": "de_DE.UTF-8"}, (), "entities"),
    ],
)
@pytest.mark.usefixtures("inside")
def test_the_language_is_the_asked_the_set_or_the_locales(
    environment: dict[str, str], arguments: tuple[str, ...], expected: str
) -> None:
    assert expected in kg("stats", *arguments, **environment).stdout
    assert expected in kg(*arguments, "stats", **environment).stdout


def test_global_options_after_two_dashes_are_names() -> None:
    result = kg("show", "--graph", "/nowhere", "--", "--debug")
    assert isinstance(result.exception, SystemExit)
    assert "/nowhere: no graph here" in result.stderr


@pytest.mark.usefixtures("inside")
def test_show_tells_facts_with_years_evidence_and_statements() -> None:
    shown = kg("show", "Yi Tay").stdout
    assert shown.startswith("Yi Tay  Person  person/yi-tay\n")
    assert "worked at Google Brain  2019–" in shown
    assert "“Yi Tay 於 2019 年加入 Google Brain”  posts/a.md" in shown
    spoken = kg("show", "dani yogatama", "--lang", "zh").stdout
    assert "引言" in spoken
    assert "「我們要從零開始訓練自己的大型語言模型。」" in spoken


@pytest.mark.usefixtures("inside")
def test_no_line_is_filled_up_with_spaces_for_a_program() -> None:
    for arguments in (("show", "Yi Tay"), ("stats",), ("query", "MATCH (n:Entity) RETURN n.name, n.id")):
        shown = kg(*arguments).stdout
        assert len(shown.splitlines()) > 3
        assert not re.search(r" $", shown, re.MULTILINE)


@pytest.mark.usefixtures("inside")
def test_show_speaks_json_to_programs() -> None:
    data = json.loads(kg("show", "person/yi-tay", "--format", "json").stdout)
    assert data["entity"]["name"] == "Yi Tay"
    assert {"WORKED_AT", "FOUNDED"} <= {fact["predicate"] for fact in data["facts"]}
    assert all(fact["evidence"] for fact in data["facts"])


@pytest.mark.usefixtures("inside")
def test_a_name_that_nobody_bears_offers_similar_ones() -> None:
    result = kg("show", "Yi Tai")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert (
        result.stderr
        == "error: nothing in the graph is called 'Yi Tai'; similar names:\n  person/yi-tay  Yi Tay  (1)\n"
    )


def test_an_ambiguous_name_lists_its_bearers() -> None:
    twins = [node("person/lin", "Person", "林若棠", "若棠"), node("person/lin-2", "Person", "若棠", "林若棠")]
    graph = Graph(nodes={twin.id: twin for twin in twins})
    with pytest.raises(NotFoundError, match=r"by its id:\n  person/lin  林若棠  \(3\)\n  person/lin-2  若棠  \(3\)"):
        named(graph, "若棠")
    assert named(graph, "person/lin-2").id == "person/lin-2"


@pytest.mark.usefixtures("inside")
def test_path_tells_every_hop_with_its_evidence() -> None:
    shown = kg("path", "Google Brain", "Reka AI").stdout
    assert shown.startswith("Google Brain — Yi Tay — Reka AI\n")
    assert "\n  Yi Tay worked at Google Brain  2019–" in shown
    assert "“Yi Tay 於 2019 年加入 Google Brain”" in shown
    routes = json.loads(kg("path", "Google Brain", "Reka AI", "--limit", "1", "--format", "json").stdout)
    assert len(routes) == 1
    assert routes[0]["nodes"][1] == "person/yi-tay"
    assert len(routes[0]["hops"]) == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_where_no_path_leads_is_an_error_in_every_form(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("Yi Tay 在 2019 年加入 Google Brain。\n\n我在週末試用了 Midjourney。\n", "utf-8")
    assert kg("ingest", "a.md").exit_code == 0
    empty = "[]\n" if form == "json" else ""
    nothing = kg("path", "Yi Tay", "Midjourney", "--format", form)
    assert (nothing.exit_code, nothing.stdout) == (1, empty)
    assert nothing.stderr == "error: nothing connects Yi Tay and Midjourney\n"
    same = kg("path", "Yi Tay", "yi tay", "--format", form)
    assert (same.exit_code, same.stdout) == (1, empty)
    assert same.stderr == "error: 'Yi Tay' and 'yi tay' are one entity: Yi Tay (person/yi-tay)\n"


def test_facts_read_as_sentences_in_the_language_spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    facts = [
        replace(fact("f1", "person/lin", "COLLABORATED_WITH", "person/wei", None, "合作"), qualifiers=()),
        replace(fact("f2", "person/lin", "WORKED_AT", "organization/reed", None, "上班"), certainty="reported"),
    ]
    graph = graph_of([*small().articles.values()], [*small().nodes.values()], facts, [])
    monkeypatch.setattr("kg.cli.questions._read", lambda *_: graph)
    chinese = kg("show", "林若棠", "--lang", "zh").stdout
    assert "  與 Wei Anker 合作\n" in chinese
    assert "  任職於 蘆葦研究所  職務：院長  （轉述）\n" in chinese
    english = kg("show", "林若棠", "--lang", "en").stdout
    assert "  collaborated with Wei Anker\n" in english
    assert "  worked at 蘆葦研究所  role: 院長  (reported)\n" in english
    assert "林若棠 與 Wei Anker 合作\n" in kg("path", "林若棠", "安克", "--lang", "zh").stdout


@pytest.mark.usefixtures("inside")
def test_statistics_name_each_type_once() -> None:
    english, chinese = kg("stats", "--lang", "en").stdout, kg("stats", "--lang", "zh").stdout
    for key, label in (("Person", "人物"), ("WORKED_AT", "任職於")):
        assert re.search(rf"^ *{key} +{label} +\d+ *$", chinese, re.MULTILINE)
        assert re.search(rf"^ *{key} +\d+ *$", english, re.MULTILINE)


@pytest.mark.usefixtures("inside")
def test_stats_count_by_type() -> None:
    data = json.loads(kg("stats", "--format", "json").stdout)
    assert data["articles"] == 1
    assert data["entities"]["by_type"]["Person"] == 3
    assert sum(data["facts"]["by_predicate"].values()) == data["facts"]["count"]
    shown = kg("stats").stdout
    assert f"1 articles, {data['entities']['count']} entities" in shown
    assert "graph: .kg" in shown


@pytest.mark.usefixtures("inside")
def test_query_takes_values_as_parameters_only() -> None:
    cypher = "MATCH (p:Person {name: $name}) RETURN p.name AS name, $limit AS number, $list AS list"
    arguments = ("--param", "name=Yi Tay", "--param", "limit=3", "--param", 'list=["甲", null]')
    assert json.loads(kg("query", cypher, *arguments, "--format", "json").stdout) == [
        {"name": "Yi Tay", "number": 3, "list": ["甲", None]}
    ]
    table = csv.reader(io.StringIO(kg("query", cypher, *arguments, "--format", "csv").stdout, newline=""))
    assert list(table) == [["name", "number", "list"], ["Yi Tay", "3", '["甲", null]']]
    shown = kg("query", cypher, *arguments).stdout
    assert re.search(r"Yi Tay +3 +甲,", shown)
    assert "rows: 1" in shown


@pytest.mark.usefixtures("inside")
def test_query_shows_nodes_relationships_and_paths() -> None:
    shown = kg("query", "MATCH p = (a:Person)-[r:WORKED_AT]->(b) RETURN p, a, r").stdout
    assert re.search(r"\(:[\w:]*Person[\w:]* Yi Tay\) -\[:WORKED_AT\]-> \(:[\w:]+ Google Brain\)", shown)
    assert "[:WORKED_AT]" in shown


@pytest.mark.usefixtures("inside")
def test_query_writes_only_when_allowed_and_reads_no_files() -> None:
    refused = kg("query", "CREATE (n:Note {id: 'x'})")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "run it with --write" in refused.stderr
    assert kg("query", "CREATE (n:Note {id: 'x'})", "--write").exit_code == 0
    assert "LOAD CSV is refused" in kg("query", "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l").stderr


def test_what_a_query_wrote_is_gone_when_the_graph_is_rebuilt(site: Path, tmp_path: Path) -> None:
    graph = shutil.copytree(site / ".kg", tmp_path / "copy")
    before = kg("stats", "--graph", graph, "--format", "json").stdout
    assert kg("query", "MATCH (n:Entity) DETACH DELETE n", "--write", "--graph", graph).exit_code == 0
    assert kg("stats", "--graph", graph, "--format", "json").stdout != before
    shutil.rmtree(graph / "graph")
    assert kg("stats", "--graph", graph, "--format", "json").stdout == before


@pytest.mark.usefixtures("inside")
def test_usage_errors_end_with_two() -> None:
    for arguments in (
        ("query",),
        ("query", "RETURN 1", "--param", "x"),
        ("nonsense",),
        ("ingest",),
        ("export", "pdf", "x"),
    ):
        result = kg(*arguments)
        assert result.exit_code == 2, arguments
        assert result.stdout == ""
        assert result.stderr


def test_commands_without_a_graph_say_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ("query", "RETURN 1"),
        ("show", "x"),
        ("path", "x", "y"),
        ("stats",),
        ("export", "json", "x.json"),
    ):
        result = kg(*arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "error: .kg: no graph here; make one with `kg ingest PATH… --graph .kg`\n"
    assert list(tmp_path.iterdir()) == []


def test_the_graph_is_found_from_below(inside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(inside / "posts")
    assert json.loads(kg("stats", "--format", "json").stdout)["articles"] == 1
    assert "0 added, 0 changed, 1 unchanged" in kg("ingest", ".").stdout


@pytest.mark.parametrize("form", ["html", "json", "graphml", "csv"])
@pytest.mark.usefixtures("inside")
def test_export_writes_the_whole_or_a_part(tmp_path: Path, form: str) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    assert kg("export", form, whole).exit_code == 0
    result = kg("export", form, part, "--focus", "Yi Tay", "--hops", "1")
    assert result.exit_code == 0
    assert str(part) in result.stdout
    if form == "json":
        kept = {entity["id"] for entity in json.loads(part.read_text("utf-8"))["entities"]}
        assert "person/yi-tay" in kept
        assert kept < {entity["id"] for entity in json.loads(whole.read_text("utf-8"))["entities"]}
    assert kg("export", form, tmp_path / "x", "--focus", "Nobody At All").exit_code == 1
    assert not (tmp_path / "x").exists()


@pytest.mark.usefixtures("inside")
def test_the_page_takes_a_title_and_the_address_of_the_site(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert kg("export", "html", page, "--title", "我的圖譜", "--base-url", "https://blog.example").exit_code == 0
    assert "<title>我的圖譜</title>" in page.read_text("utf-8")
    assert "https://blog.example/posts/a/" in page.read_text("utf-8")
    assert kg("export", "html", page, "--focus", "yi tay").exit_code == 0
    assert "<title>Yi Tay</title>" in page.read_text("utf-8")
    for arguments in (
        ("json", "--title", "x"),
        ("csv", "--base-url", "https://x.y"),
        ("html", "--base-url", "x.y"),
        ("html", "--url", "ftp://x.y"),
        ("json", "--embed"),
        ("graphml", "--preview"),
        ("html", "--years", "some"),
        ("html", "--years", "2020-2019"),
        ("html", "--type", "Nothing"),
    ):
        assert kg("export", arguments[0], tmp_path / "x", *arguments[1:]).exit_code == 2, arguments
    assert not (tmp_path / "x").exists()


@pytest.mark.usefixtures("inside")
def test_export_takes_one_article_a_path_years_and_types(tmp_path: Path) -> None:
    def exported(*arguments: str) -> dict[str, Any]:
        result = kg("export", "json", tmp_path / "part.json", *arguments)
        assert result.exit_code == 0, result.stderr
        return json.loads((tmp_path / "part.json").read_text("utf-8"))  # type: ignore[no-any-return]

    whole = exported()
    assert exported("--article", "posts/a.md") == exported("--article", "./a.md") == whole
    people = exported("--type", "人物", "--type", "organization")
    assert {entity["type"] for entity in people["entities"]} == {"Person", "Organization"}
    fact = next(fact for fact in people["facts"])
    path = exported("--path", fact["subject"], fact["object"])
    assert {fact["subject"], fact["object"]} <= {entity["id"] for entity in path["entities"]}
    dated = exported("--years", "1900-2100")
    assert dated["facts"] == [f for f in whole["facts"] if f["date"] or f["start"] or f["end"]]
    assert exported("--years", "1900")["facts"] == []
    for arguments, problem in (
        (("--article", "none.md"), "no article of the graph has this path"),
        (("--path", "Yi Tay", "Yi Tay"), "are one entity"),
        (("--years", "1900", "--focus", "Yi Tay"), "nothing in the graph is called"),
    ):
        result = kg("export", "json", tmp_path / "x", *arguments)
        assert (result.exit_code, problem in result.stderr) == (1, True), result.stderr


@pytest.mark.usefixtures("inside")
def test_a_theme_is_copied_changed_and_used(tmp_path: Path) -> None:
    theme, page = tmp_path / "theme", tmp_path / "page.html"
    assert kg("theme", theme).exit_code == 0
    assert kg("theme", theme).exit_code == 1
    kg("export", "html", page)
    plain = page.read_text("utf-8")
    kg("export", "html", page, "--theme", theme)
    assert page.read_text("utf-8") == plain
    css = theme / "page.css"
    css.write_text(css.read_text("utf-8") + ".mine { color: teal; }\n", "utf-8")
    (theme / "messages.yaml").unlink()
    assert kg("export", "html", page, "--theme", theme).exit_code == 0
    assert ".mine { color: teal; }" in page.read_text("utf-8")
    (tmp_path / "empty").mkdir()
    assert "holds no file of a theme" in kg("export", "html", page, "--theme", tmp_path / "empty").stderr


@pytest.mark.usefixtures("inside")
def test_extract_prints_records_or_a_table() -> None:
    lines = kg("extract", "posts").stdout.splitlines()
    assert [json.loads(line)["document"]["id"] for line in lines] == ["posts/a.md"]
    shown = kg("extract", "posts", "--format", "table", "--lang", "zh").stdout
    assert re.search(r"Yi Tay +WORKED_AT +Google Brain +2019–", shown)


def test_drafts_are_extracted_but_stored_only_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text(ARTICLE.replace("---\n", "---\ndraft: true\n", 1), "utf-8")
    assert len(kg("extract", "a.md").stdout.splitlines()) == 1
    assert "; 1 draft left out (--drafts takes it)" in kg("ingest", "a.md").stdout
    assert "1 added" in kg("ingest", "a.md", "--drafts").stdout


def gold(place: Path) -> Path:
    place.mkdir()
    (place / "a.md").write_text(ARTICLE, "utf-8")
    annotation = {
        "id": "a",
        "entities": [
            {"name": "Yi Tay", "aliases": ["Yi Tay"], "type": ["Person"]},
            {"name": "Nobody", "aliases": ["Nobody"], "type": ["Person"]},
        ],
        "relations": [],
    }
    (place / "a.gold.json").write_text(json.dumps(annotation), "utf-8")
    return place


def test_score_extracts_or_takes_records(tmp_path: Path) -> None:
    place = gold(tmp_path / "gold")
    result = kg("score", place, "--format", "json", "--verbose")
    figures = json.loads(result.stdout)
    assert figures["entity"]["tp"] == 1
    assert "a: missed entity: Person | Nobody" in result.stderr
    records = tmp_path / "records.jsonl"
    records.write_text(kg("extract", place, "--root", place).stdout, "utf-8")
    assert json.loads(kg("score", place, "--records", records, "--format", "json").stdout) == figures
    assert "Score over 1 articles" in kg("score", place).stdout
    records.write_text("{}\n", "utf-8")
    result = kg("score", place, "--records", records)
    assert result.exit_code == 1
    assert f"{records}:1: is not a record" in result.stderr


def test_schemas_are_copied_changed_checked_and_used(tmp_path: Path) -> None:
    copied = tmp_path / "schemas"
    assert "use it with --schemas" in kg("schema", "copy", copied).stdout
    assert kg("schema", "check", "--schemas", copied).exit_code == 0
    again = kg("schema", "copy", copied)
    assert (again.exit_code, again.stderr) == (1, f"error: {copied}: exists already; name a folder that does not\n")
    file = copied / "ontology.yaml"
    file.write_text(file.read_text("utf-8").replace("zh: 人物", "zh: 人仔"), "utf-8")
    assert "人仔" in kg("schema", "show", "--schemas", copied, "--lang", "zh").stdout
    assert json.loads(kg("schema", "show", "--format", "json").stdout)["entity_types"]["Person"]["zh"] == "人物"


@pytest.mark.parametrize("name", ["ontology.yaml", "article.yaml"])
def test_a_broken_schema_is_named_with_the_place(tmp_path: Path, name: str) -> None:
    copied = tmp_path / "schemas"
    kg("schema", "copy", copied)
    file = copied / name
    file.write_text(file.read_text("utf-8") + "colour: red\n", "utf-8")
    broken = kg("schema", "check", "--schemas", copied)
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert f"{file}: colour: Extra inputs are not permitted" in broken.stderr


def test_the_shipped_schemas_are_fine() -> None:
    assert kg("schema", "check").stdout == f"{folder('schemas')}: all files are fine\n"


def test_no_traceback_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("kg.ontology.load", fail)
    result = kg("schema", "show")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error inside kg: ZeroDivisionError: on purpose\n")
    assert isinstance(kg("--debug", "schema", "show").exception, ZeroDivisionError)


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX terminal")
def test_progress_is_shown_on_a_terminal_only(inside: Path) -> None:
    terminal, end = os.openpty()
    shown = []

    def watch() -> None:
        # A terminal that nobody reads soon takes no more, and the program would wait for ever.
        with suppress(OSError):
            while data := os.read(terminal, 100_000):
                shown.append(data)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with start("extract", "posts", cwd=inside, stderr=end) as process:
        assert process.stdout is not None
        assert process.stdout.read().startswith('{"version":1')
    os.close(end)
    watcher.join()
    assert b"reading articles" in b"".join(shown)
    os.close(terminal)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")
def test_a_reader_that_has_had_enough_is_no_error(inside: Path) -> None:
    with start("extract", *["posts/a.md"], cwd=inside) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.usefixtures("inside")
def test_output_that_cannot_be_written_is_an_error() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "kg", "stats"],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT), "KG_LANG": "en"},
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr == "error: [Errno 28] No space left on device\n"


def test_control_characters_of_articles_do_not_reach_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text(
        '---\ntitle: "甲"\n---\n\nYi Tay 於 2019 年\u202e加入\x1b]0;x\x07 Google Brain。\n', "utf-8"
    )
    kg("ingest", "a.md")
    for arguments in (
        ("show", "Yi Tay"),
        ("query", "RETURN 'a\x1b[2Jb' AS x"),
        ("extract", "a.md", "--format", "table"),
    ):
        shown = kg(*arguments).stdout
        assert shown
        assert not set(shown) & {"\x1b", "\x07", "\u202e"}


@pytest.mark.usefixtures("inside")
def test_programs_get_utf8_whatever_the_locale() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "kg", "stats", "--format", "json"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1"},
        check=True,
    )
    assert json.loads(result.stdout.decode("utf-8"))["articles"] == 1
