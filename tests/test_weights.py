from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.training import Example

from kg import resources
from kg.corpus.folder import read_split
from kg.errors import SchemaError
from kg.extract import weights
from kg.train import files, lessons
from tests.command import kg

SCHEMAS = resources.folder("schemas")
CORPUS = Path(__file__).parent.parent / "corpus"
TAUGHT = 5


def test_the_shipped_weights_belong_to_the_train_part_as_it_is() -> None:
    origin = weights.read(SCHEMAS).origin
    articles = lessons.read(CORPUS / "articles", read_split(CORPUS, "train"), SCHEMAS)
    assert origin.split == "train"
    assert origin.articles == len(articles)
    assert origin.digest == lessons.digest(articles), "the corpus has changed: run `kg train corpus`"


@pytest.mark.slow
def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    schemas = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, schemas)
    articles = lessons.read(CORPUS / "articles", read_split(CORPUS, "train"), SCHEMAS)[:TAUGHT]
    seen = []
    for _ in range(2):
        paths = files.write(articles, schemas, "train", lambda _done, _total: None)
        seen.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in paths])
    assert seen[0] == seen[1]
    file = weights.read(schemas)
    assert file.origin.articles == TAUGHT
    assert file.origin.digest == lessons.digest(articles)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data | {"bias": data["bias"][1:]}, "do not fit"),
        (lambda data: data | {"state": {"w=x": [99, 1]}}, "do not fit"),
        (lambda data: data | {"labels": 3}, "labels"),
        (lambda _data: [], "file"),
    ],
)
def test_weights_that_do_not_fit_are_an_error_of_the_schemas(
    change: Callable[[Any], Any], message: str, tmp_path: Path
) -> None:
    path = weights.path_of(tmp_path)
    path.parent.mkdir()
    path.write_text(json.dumps(change(json.loads(weights.path_of(SCHEMAS).read_text("utf-8")))), "utf-8")
    with pytest.raises(SchemaError, match=message):
        weights.read(tmp_path)


def test_missing_and_broken_weights_say_so(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="cannot be read"):
        weights.read(tmp_path)
    path = weights.path_of(tmp_path)
    path.parent.mkdir()
    path.write_text("{", "utf-8")
    with pytest.raises(SchemaError, match="not JSON"):
        weights.read(tmp_path)


def test_explain_says_what_proposed_a_name_and_what_decided(tmp_path: Path) -> None:
    article = tmp_path / "a.md"
    article.write_text(
        "---\ntitle: 訪談\ndate: 2026-01-01\n---\n\nYi Tay 在 Google 工作。研究員魏承翰也來了。\n", "utf-8"
    )
    done = kg("extract", str(article), "--explain", "--format", "jsonl")
    (line,) = done.stdout.splitlines()
    mentions = {mention["text"]: mention for mention in json.loads(line)["mentions"]}
    text = article.read_text("utf-8")
    assert all(text[m["start"] : m["end"]] == name for name, m in mentions.items())
    assert mentions["Google"]["settled"]
    assert "lexicon" in mentions["Google"]["sources"]
    assert not mentions["魏承翰"]["settled"]
    assert mentions["魏承翰"]["type"] == mentions["魏承翰"]["rules"] == "Person"
    assert mentions["魏承翰"]["features"]
    (relation,) = [r for r in json.loads(line)["relations"] if r["subject"] == "Yi Tay"]
    assert (relation["predicate"], relation["object"]) == ("WORKED_AT", "Google")
    assert (relation["subject_by"], relation["object_by"]) == ("name", "name")
    assert text[relation["start"] : relation["end"]] == relation["sentence"]
    table = kg("extract", str(article), "--explain", "--format", "table").stdout
    assert re.search(r"a\.md:6: 魏承翰  Person [01]\.\d\d", table)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that knows 沙沙沙 for a product, and nothing else."""
    nlp = spacy.blank("zh")
    nlp.add_pipe("ner").add_label("PRODUCT")
    texts = ["我喜欢沙沙沙的声音。", "沙沙沙很好。", "他买了沙沙沙。", "大家都用沙沙沙。"]
    examples = [
        Example.from_dict(nlp.make_doc(text), {"entities": [(text.index("沙"), text.index("沙") + 3, "PRODUCT")]})
        for text in texts
    ]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(30):
        nlp.update(examples, sgd=optimizer)
    folder = tmp_path_factory.mktemp("pipeline") / "tiny"
    nlp.to_disk(folder)
    return folder


def test_names_of_a_spacy_pipeline_are_weighed_as_well(pipeline: Path, tmp_path: Path) -> None:
    article = tmp_path / "a.md"
    article.write_text("---\ntitle: 訪談\ndate: 2026-01-01\n---\n\n大家都用沙沙沙。\n", "utf-8")

    def explained(*options: str) -> dict[str, list[str]]:
        done = kg("extract", str(article), "--explain", "--format", "jsonl", *options)
        return {m["text"]: m["sources"] for m in json.loads(done.stdout)["mentions"]}

    assert "recognizer" not in explained().get("沙沙沙", [])
    assert "recognizer" in explained("--model", str(pipeline))["沙沙沙"]


def test_a_pipeline_that_is_not_there_or_finds_no_names(tmp_path: Path) -> None:
    article = tmp_path / "a.md"
    article.write_text("---\ntitle: 訪談\ndate: 2026-01-01\n---\n\n測試。\n", "utf-8")
    done = kg("extract", str(article), "--model", "zh_nowhere")
    assert done.exit_code == 1
    assert "zh_nowhere" in done.stderr
    empty = tmp_path / "empty"
    spacy.blank("zh").to_disk(empty)
    done = kg("extract", str(article), "--model", str(empty))
    assert done.exit_code == 1
    assert "ner" in done.stderr
