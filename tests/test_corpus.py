from __future__ import annotations

import copy
import json
import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg import markdown, ontology
from kg.cli.messages import texts
from kg.corpus.agreement import agree, as_record, to_json
from kg.corpus.check import check
from kg.corpus.copies import near_copies, sentences
from kg.corpus.folder import read_split, read_splits
from kg.corpus.stats import count
from kg.errors import ArticleError, NotFoundError, SchemaError
from kg.gold import Gold, article_text, read_gold
from tests.command import ROOT, kg

if TYPE_CHECKING:
    from collections.abc import Callable

ONTOLOGY = ontology.load()

REED = """---
title: 蘆葦研究所的春天
date: 2026-01-27
synthetic: true
---

沈若棠 2023 年創辦蘆葦研究所（Reed Lab）。她說：「我們想把小模型訓練到夠好用，Reed 才有意義。」
後來這家新創與 OpenAI 競爭，但沒有收購 Cohere。
"""
REED_GOLD: dict[str, Any] = {
    "id": "reed",
    "genre": "profile",
    "script": "Hant",
    "density": "medium",
    "invented": ["沈若棠", "蘆葦研究所"],
    "entities": [
        {"name": "沈若棠", "aliases": ["沈若棠"], "type": ["Person"]},
        {"name": "蘆葦研究所", "aliases": ["蘆葦研究所", "Reed Lab", "Reed"], "type": ["Organization"]},
        {"name": "OpenAI", "aliases": ["OpenAI"], "type": ["Organization"]},
        {"name": "Cohere", "aliases": ["Cohere"], "type": ["Organization"], "optional": True},
    ],
    "relations": [
        {
            "s": "沈若棠",
            "p": ["FOUNDED"],
            "o": "蘆葦研究所",
            "date": "2023",
            "evidence": "沈若棠 2023 年創辦蘆葦研究所",
        },
        {"s": "沈若棠", "p": ["WORKED_AT"], "o": "蘆葦研究所", "evidence": "創辦蘆葦研究所", "optional": True},
        {"s": "蘆葦研究所", "p": ["COMPETES_WITH"], "o": "OpenAI", "evidence": "這家新創與 OpenAI 競爭"},
    ],
    "forbidden": [{"s": "蘆葦研究所", "p": ["ACQUIRED"], "o": "Cohere", "why": "negated"}],
    "statements": [
        {"speaker": "沈若棠", "text": "我們想把小模型訓練到夠好用，Reed 才有意義。", "about": ["蘆葦研究所"]}
    ],
    "references": [
        {"in": "她說：", "text": "她", "entity": "沈若棠"},
        {"in": "但沒有收購", "text": "", "entity": "蘆葦研究所"},
    ],
}
MOSS = """+++
title = "苔原公司发布新模型"
date = 2026-02-03
synthetic = true
+++

苔原公司由贺知遥创立，总部在深圳。该公司去年推出霜降，并没有参加 Kaggle 比赛。
"""
MOSS_GOLD: dict[str, Any] = {
    "id": "moss",
    "genre": "launch",
    "script": "Hans",
    "density": "sparse",
    "invented": ["苔原公司", "贺知遥", "霜降"],
    "entities": [
        {"name": "苔原公司", "aliases": ["苔原公司"], "type": ["Organization"]},
        {"name": "贺知遥", "aliases": ["贺知遥"], "type": ["Person"]},
        {"name": "深圳", "aliases": ["深圳"], "type": ["Place"]},
        {"name": "霜降", "aliases": ["霜降"], "type": ["Model", "Product"]},
        {"name": "Kaggle", "aliases": ["Kaggle"], "type": ["Competition"]},
    ],
    "relations": [
        {"s": "贺知遥", "p": ["FOUNDED"], "o": "苔原公司", "evidence": "苔原公司由贺知遥创立"},
        {"s": "苔原公司", "p": ["LOCATED_IN"], "o": "深圳", "evidence": "总部在深圳"},
        {"s": "苔原公司", "p": ["DEVELOPED"], "o": "霜降", "date": "2025", "evidence": "该公司去年推出霜降"},
    ],
    "forbidden": [{"s": "苔原公司", "p": ["COMPETED_IN"], "o": "Kaggle", "why": "negated"}],
    "references": [{"in": "该公司去年", "text": "该公司", "entity": "苔原公司"}],
}
SPLITS = {"version": 1, "train": ["reed"], "dev": ["moss"], "test": []}

Files = dict[str, Any]


@pytest.fixture
def files() -> Files:
    """The parts of a small corpus that keeps all rules, by path; JSON and YAML as data."""
    return copy.deepcopy(
        {
            "articles/reed.md": REED,
            "articles/reed.gold.json": REED_GOLD,
            "articles/moss.md": MOSS,
            "articles/moss.gold.json": MOSS_GOLD,
            "splits.yaml": SPLITS,
        }
    )


def write(folder: Path, files: Files) -> Path:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # JSON is YAML as well.
        file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8")
    return folder


def found(folder: Path) -> list[tuple[str, str]]:
    return [(Path(finding.file).name, finding.kind) for finding in check(folder, ONTOLOGY)]


def test_a_corpus_that_keeps_its_rules_has_no_findings(tmp_path: Path, files: Files) -> None:
    write(tmp_path, files)
    assert found(tmp_path) == []
    assert found(tmp_path / "articles") == []
    result = kg("corpus", "check", tmp_path)
    assert (result.exit_code, result.stdout) == (0, "articles: 2, problems: 0, warnings: 0\n")


def edit(*path: str | int, to: Any = None) -> Callable[[dict[str, Any]], None]:
    """A change of one place in an annotation; without a value the place is removed."""

    def change(gold: Any) -> None:
        for step in path[:-1]:
            gold = gold[step]
        if to is None:
            del gold[path[-1]]
        elif path[-1] == "+":
            gold.append(to)
        else:
            gold[path[-1]] = to

    return change


FOUNDED = REED_GOLD["relations"][0]
RIVALS = REED_GOLD["relations"][2]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (edit("id", to="weed"), "other_id"),
        (edit("genre"), "lacks_key"),
        (edit("script"), "lacks_key"),
        (edit("density"), "lacks_key"),
        (edit("invented"), "lacks_key"),
        (edit("genre", to="sonnet"), "unreadable"),
        (edit("script", to="Hans"), "other_script"),
        (edit("entities", 0, "colour", to="red"), "unreadable"),
        (edit("entities", 2, "type", to=["Organization", "Firm"]), "unknown_type"),
        (edit("entities", 2, "aliases", to=[]), "no_alias name_not_among_aliases"),
        (edit("entities", 2, "aliases", to=["OpenAI", "OpenAi"]), "alias_not_in_text"),
        (edit("entities", 1, "aliases", to=["Reed Lab", "Reed"]), "name_not_among_aliases"),
        (edit("entities", 2, "aliases", to=["OpenAI", "Reed"]), "shared_surface"),
        (edit("entities", "+", to=REED_GOLD["entities"][2]), "shared_surface"),
        (edit("relations", 0, "p", to=["FOUNDED", "FUNDED"]), "unknown_predicate"),
        (edit("forbidden", 0, "p", to=["BOUGHT"]), "unknown_predicate"),
        (edit("relations", 0, "p", to=["FOUNDED", "STUDIED_IN"]), "unknown_predicate"),
        (edit("relations", 0, "p", to=["FOUNDED", "ACQUIRED"]), "signature"),
        (edit("relations", 0, "evidence", to="創立蘆葦研究所"), "evidence_not_in_text"),
        (edit("relations", 0, "evidence", to=""), "evidence_not_in_text"),
        (edit("relations", 0, "date", to="2023年"), "unreadable"),
        (edit("relations", 0, "o", to="Reed"), "unreadable"),
        (edit("relations", "+", to={**FOUNDED, "date": "2024", "optional": True}), "relation_twice"),
        (edit("relations", "+", to={**FOUNDED, "p": ["FOUNDED", "INVESTED_IN"]}), "relation_twice"),
        (edit("relations", "+", to={**RIVALS, "s": "OpenAI", "o": "蘆葦研究所"}), "relation_twice"),
        (edit("forbidden", 0, to={"s": "沈若棠", "p": ["LEADS", "FOUNDED"], "o": "蘆葦研究所"}), "relation_forbidden"),
        (edit("forbidden", 0, to={"s": "OpenAI", "p": ["COMPETES_WITH"], "o": "蘆葦研究所"}), "relation_forbidden"),
        (edit("forbidden", to=[]), "no_traps"),
        (edit("statements", 0, "text", to="我們想把大模型訓練到夠好用，Reed 才有意義。"), "statement_not_in_text"),
        (edit("statements", 0, to={"speaker": "沈若棠", "text": "夠好用"}), "statement_short"),
        (edit("statements", 0, "about", to=["OpenAI"]), "not_about"),
        (edit("statements", 0, "about", to=["Reed"]), "unreadable"),
        (edit("statements", 0, "speaker", to="誰"), "unreadable"),
        (edit("references", to=[]), "no_references"),
        (edit("references", 0, "in", to="他說："), "reference_not_in_text reference_word"),
        (edit("references", 0, to={"in": "蘆葦研究所", "text": "", "entity": "沈若棠"}), "reference_ambiguous"),
        (edit("references", 0, "text", to="他"), "reference_word"),
        (edit("references", 0, to={"in": "2023 年", "text": "2", "entity": "沈若棠"}), "reference_word"),
        (edit("references", "+", to={"in": "她說：", "text": "她", "entity": "OpenAI"}), "reference_twice"),
        (edit("references", 0, "entity", to=["沈若棠", "誰"]), "unreadable"),
        (edit("invented", "+", to="誰"), "unreadable"),
    ],
)
def test_every_broken_rule_of_an_annotation_is_told(
    tmp_path: Path, files: Files, change: Callable[[dict[str, Any]], None], expected: str
) -> None:
    change(files["articles/reed.gold.json"])
    assert found(write(tmp_path, files)) == [("reed.gold.json", kind) for kind in expected.split()]


def test_types_of_either_reading_may_stand(tmp_path: Path, files: Files) -> None:
    # 霜降 is a model or a product: what only one of them allows is accepted.
    files["articles/moss.gold.json"]["forbidden"] = [{"s": "霜降", "p": ["WORKED_AT"], "o": "苔原公司"}]
    files["articles/moss.gold.json"]["relations"] += [
        {"s": "霜降", "p": ["COMPETED_IN"], "o": "Kaggle", "evidence": "参加 Kaggle 比赛"}
    ]
    assert found(write(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("articles/reed.md", REED.replace("date", "day"), [("reed.md", "front_matter_lacks")]),
        ("articles/reed.md", REED.replace("synthetic: true\n", ""), [("reed.md", "front_matter_lacks")]),
        ("articles/reed.md", REED.replace("title: ", "title "), [("reed.md", "unreadable")]),
        ("articles/reed.gold.json", "{", [("reed.gold.json", "unreadable")]),
        ("articles/reed.gold.json", None, [("reed.md", "not_annotated")]),
        ("articles/reed.md", None, [("reed.gold.json", "unreadable")]),
        ("splits.yaml", None, [("splits.yaml", "unreadable")]),
        ("splits.yaml", {**SPLITS, "version": 2}, [("splits.yaml", "unreadable")]),
        ("splits.yaml", {**SPLITS, "final": []}, [("splits.yaml", "unreadable")]),
        ("splits.yaml", {**SPLITS, "dev": []}, [("splits.yaml", "in_no_split")]),
        ("splits.yaml", {**SPLITS, "test": ["moss"]}, [("splits.yaml", "in_two_splits")]),
        ("splits.yaml", {**SPLITS, "dev": ["moss", "moss"]}, [("splits.yaml", "in_two_splits")]),
        ("splits.yaml", {**SPLITS, "test": ["fern"]}, [("splits.yaml", "no_such_article")]),
    ],
)
def test_every_broken_rule_of_the_files_is_told(
    tmp_path: Path, files: Files, path: str, content: Any, expected: list[tuple[str, str]]
) -> None:
    if content is None:
        del files[path]
    else:
        files[path] = content
    assert found(write(tmp_path, files)) == expected


def test_problems_are_told_line_by_line_in_either_language_or_as_json(tmp_path: Path, files: Files) -> None:
    files["articles/reed.gold.json"]["entities"][2]["type"] = ["Firm"]
    files["articles/moss.gold.json"]["entities"][0]["type"] = []
    files["articles/moss.gold.json"]["colour"] = "red"
    del files["splits.yaml"]
    folder = write(tmp_path, files)
    result = kg("corpus", "check", folder)
    assert result.exit_code == 1
    reed, moss, splits = (
        folder / path for path in ("articles/reed.gold.json", "articles/moss.gold.json", "splits.yaml")
    )
    lines = result.stdout.splitlines()
    assert [line for line in lines if not line.startswith(f"{moss}: ")] == [
        f"{reed}: OpenAI: there is no type Firm",
        f"{reed}: 蘆葦研究所 COMPETES_WITH OpenAI: does not hold from Organization to Firm",
        f"{splits}: there is no such file; it lists the articles of train, dev and test",
        "articles: 2, problems: 5, warnings: 0",
    ]
    assert lines[1] == f"{moss}: colour: Extra inputs are not permitted"
    chinese = kg("corpus", "check", folder, "--lang", "zh").stdout
    assert f"{reed}: OpenAI：沒有 Firm 這個類型\n" in chinese
    assert f"{splits}: 沒有這個檔案；它列出 train、dev、test 各有哪些文章\n文章 2 篇，問題 5 個，警告 0 個\n" in chinese
    result = kg("corpus", "check", folder, "--format", "json")
    assert result.exit_code == 1
    assert {
        "file": str(reed),
        "kind": "unknown_type",
        "warning": False,
        "name": "OpenAI",
        "type": "Firm",
    } in json.loads(result.stdout)


def test_every_kind_of_finding_has_a_message_with_its_words(tmp_path: Path, files: Files) -> None:
    source = (ROOT / "kg/corpus/check.py").read_text("utf-8")
    kinds = {*re.findall(r'yield "(\w+)"', source), *re.findall(r'Finding\([^,]+, "(\w+)"', source)}
    assert len(kinds) > 25
    assert kinds <= set(texts())
    files["articles/reed.gold.json"]["references"][0]["in"] = "{她}說"
    assert "{她}說" in kg("corpus", "check", write(tmp_path, files)).stdout


def test_a_folder_without_articles_is_an_error(tmp_path: Path) -> None:
    result = kg("corpus", "check", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{tmp_path}: no annotated articles here" in result.stderr
    assert kg("corpus", "check", tmp_path / "nowhere").exit_code == 2


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        ("後來那家新創與 OpenAI 競爭，但沒有收購 Cohere。", ["near_copy"]),
        ("后来这家新创与 OpenAI 竞争，但没有收购 Cohere！", ["near_copy"]),
        ("後來這家新創與 OpenAI 和解，於是就收購了 Mistral。", []),
        ("但沒有收購 Cohere。", []),
    ],
)
def test_near_copies_of_sentences_are_told_in_whichever_script(
    tmp_path: Path, files: Files, addition: str, expected: list[str]
) -> None:
    inside = {**files, "articles/reed.md": f"{REED}\n- {addition}\n"}
    assert [kind for name, kind in found(write(tmp_path / "inside", inside)) if name == "reed.md"] == expected
    across = {**files, "articles/moss.md": f"{MOSS}\n> {addition}\n"}
    assert [kind for _, kind in found(write(tmp_path / "across", across)) if kind == "near_copy"] == expected


def test_code_and_short_sentences_are_not_compared(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    code = "```sh\npip install one two three four five six seven eight nine ten\n```"
    file.write_text(f"同一句短話。Some Long Name。\n\n{code}\n\n一句說得夠長、可以拿來比的話！", "utf-8")
    assert list(sentences(markdown.read(file, "a.md"))) == ["一句說得夠長、可以拿來比的話！"]


@given(st.lists(st.text("甲乙丙", min_size=1, max_size=14), max_size=8))
def test_near_copies_are_all_pairs_that_share_enough(texts_: list[str]) -> None:
    def grams(text: str) -> set[str]:
        return {text[at : at + 5] for at in range(max(1, len(text) - 4))}

    alike = [
        (one, other)
        for one, other in combinations(range(len(texts_)), 2)
        if 5 * len(grams(texts_[one]) & grams(texts_[other])) >= 3 * len(grams(texts_[one]) | grams(texts_[other]))
    ]
    assert sorted(near_copies(texts_)) == alike


def test_invented_names_may_not_cross_splits(tmp_path: Path, files: Files) -> None:
    moss = files["articles/moss.gold.json"]
    files["articles/moss.md"] += "\n2023 年的芦苇研究所是前车之鉴。\n"
    moss["entities"].append({"name": "芦苇研究所", "aliases": ["芦苇研究所"], "type": ["Organization"]})
    # Only an invented name gives an answer away; a known one may be anywhere.
    assert found(write(tmp_path / "known", files)) == []
    moss["invented"].append("芦苇研究所")
    folder = write(tmp_path / "across", files)
    assert found(folder) == [("reed.gold.json", "invented_twice")]
    result = kg("corpus", "check", folder)
    assert result.exit_code == 1
    moss_file = folder / "articles/moss.gold.json"
    assert f"reed.gold.json: the invented name 蘆葦研究所 is in {moss_file} as well (芦苇研究所)" in result.stdout
    files["splits.yaml"] = {"version": 1, "train": ["reed", "moss"], "dev": [], "test": []}
    result = kg("corpus", "check", write(tmp_path / "within", files))
    assert result.exit_code == 0
    assert "reed.gold.json: warning: the invented name 蘆葦研究所" in result.stdout
    assert result.stdout.endswith("articles: 2, problems: 0, warnings: 1\n")


def test_stats_count_by_everything(tmp_path: Path, files: Files) -> None:
    folder = write(tmp_path, files)
    figures = count(folder, ONTOLOGY)
    totals = {key: value for key, value in figures.items() if not key.startswith("by_")}
    assert totals == {
        "articles": 2,
        "characters": len(re.findall("[\u4e00-\u9fff]", REED + MOSS)),
        "entities": 9,
        "invented": 5,
        "invented_share": 0.5556,
        "required_relations": 5,
        "optional_relations": 1,
        "forbidden_relations": 2,
        "statements": 1,
        "references": 3,
    }
    assert list(figures["by_type"]) == list(ONTOLOGY.entity_types)
    assert figures["by_type"]["Organization"] == {"required": 3, "optional": 1, "invented": 2}
    assert figures["by_type"]["Model"] == {"required": 1, "optional": 0, "invented": 1}
    assert list(figures["by_predicate"]) == list(ONTOLOGY.relation_types)
    assert figures["by_predicate"]["FOUNDED"] == {"required": 2, "optional": 0, "forbidden": 0}
    assert figures["by_predicate"]["WORKED_AT"] == {"required": 0, "optional": 1, "forbidden": 0}
    assert figures["by_predicate"]["ACQUIRED"] == {"required": 0, "optional": 0, "forbidden": 1}
    reed = {
        "articles": 1,
        "characters": len(re.findall("[\u4e00-\u9fff]", REED)),
        "entities": 4,
        "required_relations": 2,
    }
    assert figures["by_genre"]["profile"] == figures["by_script"]["Hant"] == figures["by_density"]["medium"] == reed
    assert figures["by_split"]["train"] == reed
    assert figures["by_split"]["test"]["articles"] == 0
    assert count(folder / "articles", ONTOLOGY) == figures


def test_stats_are_printed_in_either_language_and_as_json(tmp_path: Path, files: Files) -> None:
    folder = write(tmp_path, files)
    shown = kg("corpus", "stats", folder).stdout
    assert "(56% of them invented), 5 required relations, 1 optional, 2 forbidden, 1 statements, 3 references" in shown
    assert re.search(r"^FOUNDED +2 +0 +0$", shown, re.MULTILINE)
    assert re.search(r"^FOUNDED +創辦 +2 +0 +0$", kg("corpus", "stats", folder, "--lang", "zh").stdout, re.MULTILINE)
    assert json.loads(kg("corpus", "stats", folder, "--format", "json").stdout) == count(folder, ONTOLOGY)
    (folder / "splits.yaml").unlink()
    assert "by_split" not in count(folder, ONTOLOGY)


def test_the_folder_of_the_corpus_is_the_default(tmp_path: Path, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "corpus", files)
    monkeypatch.chdir(tmp_path)
    assert kg("corpus", "check").stdout == "articles: 2, problems: 0, warnings: 0\n"
    assert kg("corpus", "stats").stdout.startswith("2 articles")


def test_a_part_is_scored_like_a_folder_of_its_own(tmp_path: Path, files: Files) -> None:
    folder = write(tmp_path / "corpus", files)
    alone = write(tmp_path / "alone", {path: content for path, content in files.items() if "moss" in path})

    def scored(*arguments: object) -> Any:
        return json.loads(kg("score", *arguments, "--format", "json").stdout)

    assert scored(folder, "--split", "dev") == scored(alone / "articles")
    assert scored(folder / "articles", "--split", "dev") == scored(alone / "articles")
    assert scored(folder) == scored(folder / "articles")
    assert scored(folder)["articles"] == 2
    result = kg("score", folder, "--split", "test")
    assert (result.exit_code, result.stderr) == (1, f"error: {folder}/splits.yaml: lists no articles under test\n")
    result = kg("score", alone, "--split", "dev")
    assert result.exit_code == 1
    assert f"{alone}/splits.yaml: there is no such file" in result.stderr
    assert kg("score", folder, "--split", "final").exit_code == 2


def test_a_split_is_read_by_itself(tmp_path: Path, files: Files) -> None:
    files["articles/moss.gold.json"] = "{"
    folder = write(tmp_path, files)
    assert list(read_split(folder, "train")) == ["reed"]
    with pytest.raises(SchemaError, match="is not JSON"):
        read_split(folder, None)


class TestAgreement:
    @staticmethod
    def compare(folder: Path, files: Files, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        first = write(folder / "first", files)
        other = copy.deepcopy(files)
        change(other["articles/reed.gold.json"])
        figures = to_json(agree(first, write(folder / "second", other), ONTOLOGY))
        swapped = to_json(agree(folder / "second", first, ONTOLOGY))
        # It does not matter who is called the first.
        assert [figures[key]["f1"] for key in ("entity", "relation", "statement")] == [
            swapped[key]["f1"] for key in ("entity", "relation", "statement")
        ]
        assert figures["relation"]["found_by_second"] == swapped["relation"]["found_by_first"]
        return figures

    def test_an_annotation_agrees_with_itself(self, tmp_path: Path, files: Files) -> None:
        figures = self.compare(tmp_path, files, lambda _: None)
        assert figures["articles"] == 2
        for key in ("entity", "entity_any", "relation", "relation_any", "statement"):
            assert figures[key]["f1"] == 1, key
        assert figures["relation"]["required_first"] == figures["relation"]["required_second"] == 5
        assert figures["time"] == [1.0, 1.0]
        assert figures["forbidden"] == ["0/2", "0/2"]

    def test_what_one_lacks_is_told_for_its_predicate(self, tmp_path: Path, files: Files) -> None:
        figures = self.compare(tmp_path, files, edit("relations", 2))
        assert figures["per_predicate"]["COMPETES_WITH"] == {
            "required_first": 1,
            "required_second": 0,
            "found_by_second": 0.0,
            "found_by_first": 0.0,
            "f1": 0.0,
        }
        assert figures["relation"] == {
            "required_first": 5,
            "required_second": 4,
            "found_by_second": 0.8,
            "found_by_first": 1.0,
            "f1": 0.8889,
        }
        shown = kg("corpus", "agree", tmp_path / "first", tmp_path / "second", "--verbose")
        assert f"{tmp_path}/second/reed: missed relation: 蘆葦研究所 | COMPETES_WITH | OpenAI" in shown.stderr
        assert len(shown.stderr.splitlines()) == 1
        assert re.search(r"^relation +5 +0\.800 +4 +1\.000 +0\.889$", shown.stdout, re.MULTILINE)
        assert re.search(r"2 篇文章的一致程度", kg("corpus", "agree", *[tmp_path / "first"] * 2, "--lang", "zh").stdout)

    @pytest.mark.parametrize(
        "change",
        [
            edit("relations", 2, "optional", to=True),
            edit("relations", 1, "optional"),
            edit("relations", 1),
            edit("entities", 2, "optional", to=True),
            edit("entities", 0, "name", to="Shen Ruotang"),
            edit("entities", 1, "type", to=["Organization", "Product"]),
            edit("relations", 0, "p", to=["FOUNDED", "INVESTED_IN"]),
            edit("relations", 2, to={**RIVALS, "s": "OpenAI", "o": "蘆葦研究所"}),
        ],
    )
    def test_what_one_calls_optional_or_says_in_another_way_is_no_disagreement(
        self, tmp_path: Path, files: Files, change: Callable[[dict[str, Any]], None]
    ) -> None:
        def renamed(gold: dict[str, Any]) -> None:
            change(gold)
            name = gold["entities"][0]["name"]
            text = json.dumps({key: gold[key] for key in gold if key != "entities"}, ensure_ascii=False)
            gold.update(json.loads(text.replace('"沈若棠"', f'"{name}"')))

        figures = self.compare(tmp_path, files, renamed)
        assert [figures[key]["f1"] for key in ("entity", "relation", "statement")] == [1, 1, 1]

    def test_other_types_and_times_are_disagreements(self, tmp_path: Path, files: Files) -> None:
        def change(gold: dict[str, Any]) -> None:
            gold["entities"][2]["type"] = ["Product"]
            gold["relations"][0]["date"] = "2022"

        figures = self.compare(tmp_path, files, change)
        assert (figures["entity"]["f1"], figures["entity_any"]["f1"]) == (0.875, 1)
        assert figures["per_type"]["Product"]["found_by_first"] == 0
        assert figures["time"] == [0.5, 0.5]

    def test_what_one_tells_and_the_other_forbids_is_counted(self, tmp_path: Path, files: Files) -> None:
        bought = {"s": "蘆葦研究所", "p": ["ACQUIRED"], "o": "Cohere", "evidence": "收購 Cohere"}
        assert self.compare(tmp_path, files, edit("relations", "+", to=bought))["forbidden"] == ["1/2", "0/2"]

    def test_only_articles_that_both_annotate_count(self, tmp_path: Path, files: Files) -> None:
        first = write(tmp_path / "first", files)
        second = {path: content for path, content in files.items() if "reed" in path}
        assert to_json(agree(first, write(tmp_path / "second", second), ONTOLOGY))["articles"] == 1
        third = {path.replace("reed", "weed"): content for path, content in second.items()}
        with pytest.raises(NotFoundError, match="annotates no article"):
            agree(first, write(tmp_path / "third", third), ONTOLOGY)
        second["articles/reed.md"] += "\n多一句。\n"
        with pytest.raises(ArticleError, match=r"second/articles/reed\.md: is not the text of"):
            agree(first, write(tmp_path / "second", second), ONTOLOGY)

    def test_an_annotation_becomes_a_record_of_exact_spans(self, tmp_path: Path, files: Files) -> None:
        folder = write(tmp_path, files) / "articles"
        document = markdown.read(folder / "reed.md", "reed.md")
        record = as_record(Gold.model_validate(REED_GOLD), document)
        mentions = [mention for entity in record.entities for mention in entity.mentions]
        spans = [*mentions, *record.statements, *(evidence for r in record.relations for evidence in r.evidence)]
        assert all(document.text[span.start : span.end] == span.text for span in spans)
        # The longest form at its place, and no place twice.
        assert [mention.text for mention in record.entities[1].mentions] == [
            "蘆葦研究所",
            "蘆葦研究所",
            "Reed Lab",
            "Reed",
        ]
        places = sorted((mention.start, mention.end) for mention in mentions)
        assert all(end <= start for (_, end), (start, _) in pairwise(places))
        assert record.relations[0].date == "2023"

    def test_latin_names_are_whole_words(self, tmp_path: Path, files: Files) -> None:
        folder = write(tmp_path, {**files, "articles/reed.md": REED + "\nReeds 與 MyReed 不算，Reed說的算。\n"})
        document = markdown.read(folder / "articles/reed.md", "reed.md")
        record = as_record(Gold.model_validate(REED_GOLD), document)
        assert sum(mention.text == "Reed" for mention in record.entities[1].mentions) == 2


def test_the_splits_of_this_corpus_keep_clear_of_one_another() -> None:
    splits = read_splits(ROOT / "corpus")
    names = [*splits.train, *splits.dev, *splits.test]
    assert len(names) == len(set(names))
    assert yaml.safe_load((ROOT / "corpus/splits.yaml").read_text("utf-8"))["train"] == sorted(splits.train)
    # The first batches were read while the extractor was built.
    assert not [name for name in (*splits.dev, *splits.test) if name[0] in "abc"]


def test_the_example_of_the_data_card_is_well_formed() -> None:
    card = (ROOT / "corpus/README.md").read_text("utf-8")
    example = re.search(r"```json\n(.*?)```", card, re.DOTALL)
    text = re.search(r"reads 「(.*)」:", card)
    assert example
    assert text
    gold = Gold.model_validate(json.loads(example[1]))
    strings = [alias for entity in gold.entities for alias in entity.aliases]
    strings += [relation.evidence for relation in gold.relations]
    strings += [reference.place for reference in gold.references] + [statement.text for statement in gold.statements]
    assert [string for string in strings if text[1].count(string) != 1] == []


def test_articles_are_read_with_their_line_ends(tmp_path: Path, files: Files) -> None:
    folder = write(tmp_path, files) / "articles"
    (folder / "reed.md").write_bytes(REED.replace("\n", "\r\n").encode())
    assert "\r\n" in article_text(folder, "reed")
    assert found(tmp_path) == []
    assert list(read_gold(folder)) == ["moss", "reed"]
