"""A small graph about invented people, and one whose every field tries to break out of the page."""

from __future__ import annotations

from dataclasses import replace

from kg.graph import Fact, Graph, Node, Quote, Support
from kg.model import Metadata

PAYLOAD = "\"'></script></noscript></title></style><img src=x onerror=alert(1)><svg/onload=alert(2)>{{7*7}}${alert(3)}"


def article(name: str, **values: str | None) -> Metadata:
    plain = Metadata(f"{name}.md", f"{name}.md", "0" * 64, f"文章 {name}", "2026-01-27", "zh-Hant", None, None, ())
    return replace(plain, **values)  # type: ignore[arg-type]


def node(id_: str, type_: str, *names: str) -> Node:
    return Node(id_, type_, None, names[0], tuple(sorted(names)), known=False, mentions=(("a.md", 2), ("b.md", 1)))


def fact(id_: str, subject: str, predicate: str, object_: str, date: str | None, *quotes: str) -> Fact:
    support = tuple(Support("a.md", 10 * i, 10 * i + len(quote), quote, "rule") for i, quote in enumerate(quotes))
    return Fact(id_, subject, predicate, object_, None, None, date, (("role", "院長"),), "stated", 0.9, support)


def graph_of(articles: list[Metadata], nodes: list[Node], facts: list[Fact], quotes: list[Quote]) -> Graph:
    return Graph(
        *({item.id: item for item in sorted(items, key=lambda i: i.id)} for items in (articles, nodes, facts, quotes))  # type: ignore[attr-defined]
    )


def small() -> Graph:
    """Seven entities: six in one piece, two facts between the same two, one entity without facts."""
    return graph_of(
        [article("a", source_url="https://example.org/a"), article("b", source_url="javascript:alert(9)")],
        [
            node("person/lin", "Person", "林若棠", "若棠", "Lin Ruotang"),
            node("person/wei", "Person", "Wei Anker", "安克"),
            node("organization/reed", "Organization", "蘆葦研究所", "Reed Lab"),
            node("organization/tide", "Organization", "Tideline"),
            node("model/otter", "Model", "Otter-2", "水獺二號"),
            node("place/tainan", "Place", "台南"),
            node("award/dusk", "Award", "Dusk Prize"),
        ],
        [
            fact(
                "f1",
                "person/lin",
                "WORKED_AT",
                "organization/reed",
                "2019",
                "2019 年，林若棠加入蘆葦研究所",
                "若棠進了 Reed Lab",
            ),
            replace(
                fact("f2", "person/lin", "FOUNDED", "organization/reed", None, "蘆葦研究所是她一手創辦的"),
                certainty="reported",
            ),
            replace(
                fact("f3", "person/wei", "WORKED_AT", "organization/reed", None, "安克待到 2023"),
                start="2020",
                end="2023",
            ),
            fact("f4", "organization/reed", "DEVELOPED", "model/otter", "2024-05", "研究所推出 Otter-2"),
            fact("f5", "organization/reed", "LOCATED_IN", "place/tainan", None, "設在台南"),
            fact("f6", "organization/tide", "USES", "model/otter", "2025", "Tideline 用的是水獺二號"),
        ],
        [Quote("q1", "person/lin", "水獺從來不問為什麼。", 5, 15, "a.md", ("model/otter",))],
    )


def hostile() -> Graph:
    """Markup and script in every text, and addresses that would run script as links."""
    evil = f"壞 {PAYLOAD}"
    plain = small()
    return graph_of(
        [
            replace(
                plain.articles["a.md"],
                title=evil,
                source_url="javascript:alert(5)",
                source_name=evil,
                path=evil,
                tags=(evil,),
            ),
            replace(plain.articles["b.md"], title=evil, source_url="data:text/html,<script>alert(6)</script>"),
        ],
        [
            replace(
                item, id=f"{item.id}{PAYLOAD}", name=f"{item.name}{PAYLOAD}", aliases=(*item.aliases, evil), kind=evil
            )
            for item in plain.nodes.values()
        ],
        [
            replace(
                item,
                id=f"{item.id}{PAYLOAD}",
                subject=f"{item.subject}{PAYLOAD}",
                object=f"{item.object}{PAYLOAD}",
                predicate=PAYLOAD if item.id == "f6" else item.predicate,
                qualifiers=((PAYLOAD, PAYLOAD), ("role", PAYLOAD)),
                support=tuple(replace(s, quote=evil, rule=evil) for s in item.support),
            )
            for item in plain.facts.values()
        ],
        [
            replace(
                item,
                id=f"{item.id}{PAYLOAD}",
                speaker=f"{item.speaker}{PAYLOAD}",
                text=evil,
                about=tuple(f"{id_}{PAYLOAD}" for id_ in item.about),
            )
            for item in plain.quotes.values()
        ],
    )
