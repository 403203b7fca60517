"""What the page knows about the graph, as JSON data: entities, facts and articles refer to each other by position."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from kg.graph import Graph

if TYPE_CHECKING:
    from kg.export.appearance import Style
    from kg.ontology import Ontology

# What Hugo leaves out of the address of an article: its content folder, and the name or ending of the file.
_NOT_ADDRESS = re.compile(r"^content/|(?:^|(?<=/))index\.md$|\.md$", re.IGNORECASE)


def web_address(url: str | None) -> str | None:
    """The address if it is an absolute http or https one, else None: no other may become a link."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def with_addresses(graph: Graph, base_url: str) -> Graph:
    """The graph with an address below `base_url` for each article without one: where Hugo puts it by default."""

    def address(path: str) -> str:
        place = re.sub(r"\s+", "-", _NOT_ADDRESS.sub("", path).strip("/").lower())
        return f"{base_url.rstrip('/')}/{quote(place)}{'/' if place else ''}"

    articles = {
        id_: article if web_address(article.source_url) else replace(article, source_url=address(article.path))
        for id_, article in graph.articles.items()
    }
    return replace(graph, articles=articles)


def page_data(graph: Graph, ontology: Ontology, style: Style) -> dict[str, Any]:
    """All of the graph, with the labels and looks of the types; absent values are left out."""
    article = {id_: index for index, id_ in enumerate(graph.articles)}
    entity = {id_: index for index, id_ in enumerate(graph.nodes)}
    return {
        "articles": [
            _present(id=a.id, title=a.title or a.path, date=a.date, url=web_address(a.source_url), source=a.source_name)
            for a in graph.articles.values()
        ],
        "entities": [
            _present(
                id=n.id,
                type=n.type,
                kind=n.kind,
                name=n.name,
                aliases=[alias for alias in n.aliases if alias != n.name],
                mentions=[[article[id_], count] for id_, count in n.mentions],
            )
            for n in graph.nodes.values()
        ],
        "facts": [
            _present(
                id=f.id,
                subject=entity[f.subject],
                predicate=f.predicate,
                object=entity[f.object],
                start=f.start,
                end=f.end,
                date=f.date,
                qualifiers=[list(pair) for pair in f.qualifiers],
                reported=f.certainty == "reported",
                confidence=round(f.confidence * 100),
                evidence=[[article[s.article], s.quote] for s in f.passages],
            )
            for f in graph.facts.values()
        ],
        "statements": [
            _present(
                speaker=entity[q.speaker],
                text=q.text,
                article=article[q.article],
                about=[entity[id_] for id_ in q.about if id_ in entity],
            )
            for q in graph.quotes.values()
        ],
        "career": list(style.career),
        "types": _types(graph, ontology, style),
        "kinds": {key: {"zh": kind.zh, "en": kind.en} for key, kind in ontology.organization_kinds.items()},
        "qualifiers": {key: {"zh": name.zh, "en": name.en} for key, name in ontology.qualifiers.items()},
        # A list, for the order in which the panel shows them.
        "predicates": [
            {
                "key": key,
                "zh": relation.zh,
                "en": relation.en,
                "inverse_zh": relation.inverse_zh,
                "inverse_en": relation.inverse_en,
                "symmetric": relation.symmetric,
            }
            for key, relation in ontology.relation_types.items()
        ],
    }


def _types(graph: Graph, ontology: Ontology, style: Style) -> list[dict[str, str]]:
    """The types in the ontology's order, then those that it no longer has."""
    known = list(ontology.entity_types)
    keys = known + sorted({node.type for node in graph.nodes.values()} - set(known))
    types = []
    for key in keys:
        label = ontology.entity_types.get(key)
        look = style.look(key)
        types.append(
            {
                "key": key,
                "zh": label.zh if label else key,
                "en": label.en if label else key,
                "path": style.shapes[look.shape],
                "light": look.light,
                "dark": look.dark,
            }
        )
    return types


def _present(**values: Any) -> dict[str, Any]:
    # Compared one by one: 0 equals False, and is a position like any other.
    return {key: value for key, value in values.items() if value is not None and value is not False and value != []}
