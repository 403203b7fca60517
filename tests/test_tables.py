from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings

from kg.errors import ExportError
from kg.export.files import write_whole
from kg.export.tables import write_csv, write_graphml, write_json
from kg.graph import build
from tests.small_graph import fact, graph_of, hostile, small
from tests.strategies import corpora

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model import Record

# The folder is made once for all examples; every example overwrites the files of the one before.
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@same_folder
@given(corpora)
def test_json_holds_every_value_exactly(tmp_path: Path, records: list[Record]) -> None:
    graph = build(records)
    write_json(graph, tmp_path / "graph.json")
    data = json.loads((tmp_path / "graph.json").read_bytes())
    assert [e["name"] for e in data["entities"]] == [n.name for n in graph.nodes.values()]
    assert [tuple(e["aliases"]) for e in data["entities"]] == [n.aliases for n in graph.nodes.values()]
    assert [dict(f["qualifiers"]) for f in data["facts"]] == [dict(f.qualifiers) for f in graph.facts.values()]
    assert [[v["quote"] for v in f["evidence"]] for f in data["facts"]] == [
        [s.quote for s in f.support] for f in graph.facts.values()
    ]
    assert [s["text"] for s in data["statements"]] == [q.text for q in graph.quotes.values()]
    assert [a["id"] for a in data["articles"]] == list(graph.articles)


@same_folder
@given(corpora)
def test_csv_holds_every_value_exactly(tmp_path: Path, records: list[Record]) -> None:
    graph = build(records)
    write_csv(graph, tmp_path)
    assert [r["name"] for r in rows(tmp_path / "entities.csv")] == [n.name for n in graph.nodes.values()]
    assert [json.loads(r["aliases"]) for r in rows(tmp_path / "entities.csv")] == [
        list(n.aliases) for n in graph.nodes.values()
    ]
    facts = rows(tmp_path / "facts.csv")
    assert [json.loads(r["qualifiers"]) for r in facts] == [dict(f.qualifiers) for f in graph.facts.values()]
    assert [(r["subject"], r["predicate"], r["object"]) for r in facts] == [
        (f.subject, f.predicate, f.object) for f in graph.facts.values()
    ]
    assert [float(r["confidence"]) for r in facts] == [f.confidence for f in graph.facts.values()]
    assert [r["text"] for r in rows(tmp_path / "statements.csv")] == [q.text for q in graph.quotes.values()]
    articles = rows(tmp_path / "articles.csv")
    assert [(r["id"], r["title"], r["date"] or None) for r in articles] == [
        (a.id, a.title, a.date) for a in graph.articles.values()
    ]
    assert [json.loads(r["tags"]) for r in articles] == [list(a.tags) for a in graph.articles.values()]


def test_spreadsheets_see_that_csv_is_utf8(tmp_path: Path) -> None:
    write_csv(small(), tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbfid,")


@same_folder
@given(corpora)
def test_graphml_is_read_back_by_networkx(tmp_path: Path, records: list[Record]) -> None:
    graph = build(records)
    write_graphml(graph, tmp_path / "graph.graphml")
    network = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True, edge_key_type=str)
    assert sorted(network) == sorted(graph.nodes)
    assert all(data["label"] == data["name"] for _, data in network.nodes(data=True))
    assert sorted(key for _, _, key in network.edges(keys=True)) == sorted(graph.facts)
    for _, _, key, data in network.edges(keys=True, data=True):
        assert data["predicate"] == data["label"] == graph.facts[key].predicate
        assert data["confidence"] == graph.facts[key].confidence
        assert data.get("date") == graph.facts[key].date


def test_graphml_leaves_out_only_what_xml_cannot_hold(tmp_path: Path) -> None:
    graph = small()
    graph.nodes["person/lin"] = replace(graph.nodes["person/lin"], name="\x00林\x0b若\x1f棠\ufffe𠮷\ud800<&>")
    write_graphml(graph, tmp_path / "g.graphml")
    network = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True, edge_key_type=str)
    assert network.nodes["person/lin"]["name"] == "林若棠𠮷<&>"


def test_the_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        write_json(small(), tmp_path / run / "g.json")
        write_graphml(small(), tmp_path / run / "g.graphml")
        write_csv(small(), tmp_path / run)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["articles.csv", "entities.csv", "facts.csv", "g.graphml", "g.json", "statements.csv"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_formula_stays_what_it_is(tmp_path: Path) -> None:
    plain = small()
    formula = replace(
        fact("f9", "person/lin", "USES", "model/otter", None, "=HYPERLINK(1)"), qualifiers=(("role", "=1+1"),)
    )
    write_csv(graph_of(list(plain.articles.values()), list(plain.nodes.values()), [formula], []), tmp_path)
    (row,) = rows(tmp_path / "facts.csv")
    assert json.loads(row["evidence"])[0]["quote"] == "=HYPERLINK(1)"
    assert json.loads(row["qualifiers"]) == {"role": "=1+1"}


def test_hostile_text_survives_every_format(tmp_path: Path) -> None:
    graph = hostile()
    write_json(graph, tmp_path / "g.json")
    write_csv(graph, tmp_path)
    write_graphml(graph, tmp_path / "g.graphml")
    assert sorted(nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True, edge_key_type=str)) == sorted(
        graph.nodes
    )
    assert [r["name"] for r in rows(tmp_path / "entities.csv")] == [n.name for n in graph.nodes.values()]


def test_a_lone_surrogate_does_not_stop_an_export(tmp_path: Path) -> None:
    plain = small()
    plain.nodes["person/lin"] = replace(plain.nodes["person/lin"], name="\ud800")
    write_json(plain, tmp_path / "g.json")
    assert json.loads((tmp_path / "g.json").read_bytes())["entities"][4]["name"] == "?"


class TestWriteWhole:
    def test_leaves_nothing_else(self, tmp_path: Path) -> None:
        write_whole({tmp_path / "a.txt": "漢字"})
        assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
        assert (tmp_path / "a.txt").read_text("utf-8") == "漢字"

    def test_makes_no_folders(self, tmp_path: Path) -> None:
        with pytest.raises(ExportError, match=r"there is no folder .*new/deep; make it"):
            write_whole({tmp_path / "new" / "deep" / "a.txt": "漢字"})
        with pytest.raises(ExportError, match=r"there is no folder .*new; make it"):
            write_csv(small(), tmp_path / "new" / "tables")
        assert list(tmp_path.iterdir()) == []

    def test_all_or_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("before")
        (tmp_path / "b").mkdir()
        with pytest.raises(ExportError, match="b: is a folder"):
            write_whole({tmp_path / "a": "after", tmp_path / "b": "x"})
        assert (tmp_path / "a").read_text() == "before"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]

    def test_names_the_cause(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(ExportError, match=r"cannot be written") as caught:
            write_whole({tmp_path / "file" / "a": "x"})
        assert isinstance(caught.value.__cause__, OSError)

    def test_a_full_disk_keeps_what_was_there(self, tmp_path: Path) -> None:
        if not os.path.exists("/dev/full"):  # noqa: PTH110  # a device, not a file
            pytest.skip("this system has no /dev/full")
        (tmp_path / "link").symlink_to("/dev/full")
        with pytest.raises(ExportError, match="No space left"):
            write_whole({tmp_path / "link": "x" * 100_000})

    def test_a_link_keeps_pointing(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_text("before")
        (tmp_path / "link").symlink_to(tmp_path / "real")
        write_whole({tmp_path / "link": "after"})
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real").read_text() == "after"
