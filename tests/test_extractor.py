"""What must hold of every record, whatever the article says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import markdown, ontology, record
from kg.extract.extractor import Extractor
from kg.model import Record

ROOT = Path(__file__).parent.parent
ARTICLES = sorted((ROOT / "corpus" / "articles").glob("*.md"))
ONTOLOGY = ontology.load()
EXTRACTOR = Extractor()
# Pieces that the grammar reacts to, in any order: what comes out need not make sense, only hold together.
PIECES = (
    "林可欣", "OpenAI", "GPT-4", "微光科技", "（Glimmer AI）", "他", "她", "兩人", "這家公司", "該團隊", "它",
    "2019 年", "隔年", "去年三月", "加入", "創辦", "離開", "被", "由", "收購", "發布", "以", "為基礎", "在", "拿下",
    "金牌", "第三名", "83%", "MMLU", "上", "，", "。", "：", "「", "」", "『", "』", "“", "”", "說",
    "沒有", "如果", "計畫", "執行長", "創辦人", "與", "、", "的", "\n\n", "## ", "- ",
    "| a | b |\n|---|---|\n", "**", "`", "[", "](https://example.org)", "《", "》", "\r\n",
    "𠮷", "👩‍💻", "é", " ", "\u3000", "1,200 萬美元",
)  # fmt: skip


def hold_together(text: str, found: Record) -> None:
    """The contract of a record: exact spans, known ends, allowed signatures, ordered and unique things."""
    entities = {entity.id: entity for entity in found.entities}
    assert len(entities) == len(found.entities)
    for entity in found.entities:
        assert entity.mentions
        assert list(entity.mentions) == sorted(entity.mentions)
        assert list(entity.aliases) == sorted(entity.aliases)
        assert all(text[m.start : m.end] == m.text for m in entity.mentions)
        assert entity.type in ONTOLOGY.entity_types
        assert (entity.kind is None) or entity.type == "Organization"
    spans = sorted((m.start, m.end) for entity in found.entities for m in entity.mentions)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert len({(r.subject, r.predicate, r.object) for r in found.relations}) == len(found.relations)
    for relation in found.relations:
        one, other = entities[relation.subject], entities[relation.object]
        assert one.id != other.id
        assert ONTOLOGY.allows(one.type, relation.predicate, other.type)
        assert 0 < relation.confidence <= 1
        assert relation.evidence
        assert all(text[e.start : e.end] == e.text and e.text for e in relation.evidence)
        assert {key for key, _ in relation.qualifiers} <= set(ONTOLOGY.relation_types[relation.predicate].qualifiers)
    for statement in found.statements:
        assert text[statement.start : statement.end] == statement.text
        assert statement.speaker in entities
        assert set(statement.about) <= set(entities)
    assert record.loads(record.dumps(found)) == found
    assert len(record.dumps(found).splitlines()) == 1


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_records_of_real_articles_hold_together(path: Path) -> None:
    document = markdown.read(path, path.name)
    found = EXTRACTOR.extract(document)
    assert found.entities
    hold_together(document.text, found)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_records_of_anything_hold_together(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    path.write_bytes(f"---\ntitle: 一篇\ndate: 2025-06-01\n---\n\n文：{text}\n".encode())
    document = markdown.read(path, path.name)
    found = EXTRACTOR.extract(document)
    hold_together(document.text, found)
    assert EXTRACTOR.extract(document) == found


def test_the_order_of_articles_does_not_matter() -> None:
    documents = [markdown.read(path, path.name) for path in ARTICLES[:4]]
    forth = [record.dumps(EXTRACTOR.extract(document)) for document in documents]
    back = [record.dumps(EXTRACTOR.extract(document)) for document in reversed(documents)]
    assert forth == back[::-1]


def test_the_fingerprint_follows_the_schemas(tmp_path: Path) -> None:
    from shutil import copytree  # noqa: PLC0415 - only here

    from kg.resources import folder  # noqa: PLC0415

    copy = tmp_path / "schemas"
    copytree(folder("schemas"), copy)
    before = Extractor(copy).fingerprint
    assert before == Extractor(copy).fingerprint
    with (copy / "discourse.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert Extractor(copy).fingerprint != before
