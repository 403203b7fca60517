"""The graph as one HTML file that asks the network for nothing and runs no script from the data.

pyvis holds the drawn part and renders it through the template of `viz/`; everything else travels as JSON.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pyvis.network import Network

from kg.export.appearance import Theme, read_messages, read_style
from kg.export.files import write_whole
from kg.export.layout import place, radius
from kg.export.page_data import page_data, web_address, with_addresses
from kg.export.selection import select

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kg.export.appearance import Style
    from kg.graph import Fact, Graph
    from kg.ontology import Ontology

# Above so many characters the page's data travel compressed.
_COMPRESS_ABOVE = 400_000

_ROWS = ("articles", "entities", "facts", "statements")

# Above so many facts the list for readers without JavaScript is brief.
_BRIEF_ABOVE = 5_000

# Joined in this order into one script.
_SCRIPTS = (
    "text.js",
    "data.js",
    "state.js",
    "routes.js",
    "labels.js",
    "arrange.js",
    "picture.js",
    "chooser.js",
    "filters.js",
    "career.js",
    "panel.js",
    "table.js",
    "download.js",
    "main.js",
)

_NETWORK_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "interaction": {"hover": True, "multiselect": False, "selectConnectedEdges": False, "zoomSpeed": 0.6},
    "nodes": {"shape": "custom", "chosen": False, "borderWidth": 0},
    "edges": {"chosen": False, "hoverWidth": 0, "selectionWidth": 0, "arrowStrikethrough": False},
}


class _PageNetwork(Network):  # type: ignore[misc]  # pyvis ships no types
    """pyvis's network with our template in place of its own: autoescaped, complete, and without its CDN links."""

    def __init__(self, folders: Sequence[Path], context: dict[str, Any]) -> None:
        super().__init__(directed=True)
        self.templateEnv = Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined)
        self.templateEnv.policies["json.dumps_kwargs"] = {
            "ensure_ascii": False,
            "separators": (",", ":"),
            "sort_keys": True,
        }
        self.templateEnv.globals.update(context)
        self.path = "page.html.j2"
        self.options = _NETWORK_OPTIONS


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is to be: without a `title` it has one in both languages.

    `base_url` is where articles without an address of their own are linked below; `url` and `image` (a file beside the
    page) are for link previews; `embed` leaves out what an iframe has no room for; `start` is what the address says
    after “#” when it says nothing; `theme` is a folder whose files stand in for those of `viz/`.
    """

    title: str | None = None
    description: str | None = None
    base_url: str | None = None
    url: str | None = None
    image: str | None = None
    embed: bool = False
    start: str = ""
    theme: Path | None = None


_PLAIN_PAGE = Page()


def write_page(graph: Graph, ontology: Ontology, out: Path, page: Page = _PLAIN_PAGE) -> None:
    """Write the page; the same arguments give the same bytes.

    Raises ExportError, or SchemaError for a file of the theme or of `viz/`.
    """
    if page.base_url is not None:
        graph = with_addresses(graph, page.base_url)
    theme = Theme(page.theme)
    style = read_style(theme.file("style.yaml").parent)
    messages = read_messages(theme.file("messages.yaml").parent)
    data = page_data(graph, ontology, style)
    data["messages"] = {key: message.model_dump(exclude_none=True) for key, message in messages.items()}
    data["start"] = page.start
    css = _lines(theme.file("page.css").read_text("utf-8"))
    library = _library()
    script = '"use strict";\n' + "".join(_lines(theme.file(f"js/{name}").read_text("utf-8")) for name in _SCRIPTS)
    network = _PageNetwork(
        theme.folders,
        {
            "title": page.title,
            "description": page.description,
            "embed": page.embed,
            "url": page.url,
            "image": urljoin(page.url, quote(page.image)) if page.url and page.image else page.image,
            # So long a list for readers without JavaScript that it tells every fact in a line, without its evidence.
            "brief": len(graph.facts) > _BRIEF_ABOVE,
            "graph": graph,
            "messages": messages,
            "label": lambda key, language: _label(ontology, key, language),
            "facts_of": _by_subject(graph),
            "web_address": web_address,
            "policy": _policy(styles=[css], scripts=[library, script]),
            "css": Markup(css),  # noqa: S704  # our own file
            "library": Markup(library),  # noqa: S704  # vis-network as pyvis ships it
            "script": Markup(script),  # noqa: S704  # our own files
            "data": _pack(data),
        },
    )
    _draw(network, graph, style)
    write_whole({out: network.generate_html() + "\n"})


def _draw(network: Network, graph: Graph, style: Style) -> None:
    """Give the network the entities of the first picture, and all facts between them."""
    nodes = list(graph.nodes.values())
    order = {id_: index for index, id_ in enumerate(graph.nodes)}
    ends = [(order[fact.subject], order[fact.object]) for fact in graph.facts.values()]
    degree = Counter(end for pair in ends for end in set(pair))
    drawn = select(ends, [node.mention_count for node in nodes], style.drawn)
    inside = set(drawn)
    facts = [(index, pair) for index, pair in enumerate(ends) if inside.issuperset(pair)]
    narrow = set(select([pair for _, pair in facts], [node.mention_count for node in nodes], style.drawn_narrow))
    points = place({i: nodes[i].name for i in drawn}, [pair for _, pair in facts])
    for i in drawn:
        x, y = points[i]
        network.add_node(
            i, label=nodes[i].name, group=nodes[i].type, size=radius(degree[i]), x=x, y=y, narrow=i in narrow
        )
    for index, (subject, object_) in facts:
        network.add_edge(subject, object_, id=index)


def _by_subject(graph: Graph) -> dict[str, list[Fact]]:
    facts: dict[str, list[Fact]] = {}
    for fact in sorted(graph.facts.values(), key=lambda f: (f.predicate, f.date or f.start or f.end or "", f.id)):
        facts.setdefault(fact.subject, []).append(fact)
    return facts


def _label(ontology: Ontology, key: str, language: str) -> str:
    """The label of a type or predicate in zh or en; a key that the ontology does not have stands for itself."""
    named = ontology.entity_types.get(key) or ontology.relation_types.get(key)
    return str(getattr(named, language)) if named else key


def _pack(data: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if len(text) <= _COMPRESS_ABOVE:
        return data
    # By columns, because like beside like compresses better (by a fifth).
    columns = {key: _columns(value) if key in _ROWS else value for key, value in data.items()}
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packed = gzip.compress(text.encode("utf-8", "replace"), compresslevel=9, mtime=0)
    return {"gzip": base64.b64encode(packed).decode("ascii")}


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {key: [row.get(key) for row in rows] for key in sorted({key for row in rows for key in row})}


@cache
def _library() -> str:
    source = files("pyvis") / "lib" / "vis-9.1.2" / "vis-network.min.js"
    text = _lines(source.read_text("utf-8"))
    # Developer tools would ask the network for the source map.
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("//# sourceMappingURL"))


def _lines(text: str) -> str:
    # An HTML parser reads CR LF as LF, and the hashes of the policy are taken of what it reads.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _policy(styles: list[str], scripts: list[str]) -> str:
    """A content security policy under which only these very styles and scripts run, and nothing is fetched."""

    def hashes(texts: list[str]) -> str:
        return " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
            for text in texts
        )

    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {hashes(scripts)}",
            f"style-src {hashes(styles)}",
            "img-src data:",
            "font-src data:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
