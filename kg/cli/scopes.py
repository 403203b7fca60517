"""What part of the graph the options of a command ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import typer

from kg.cli.messages import say
from kg.cli.questions import named
from kg.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph
    from kg.model import Metadata
    from kg.ontology import Ontology

_YEARS = re.compile(r"(\d{4})|(\d{4})?-(\d{4})?")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the options say; all of it must hold, and the surroundings and ways are those inside of the rest."""

    focus: tuple[str, ...] = ()
    hops: int = 1
    articles: tuple[str, ...] = ()
    path: tuple[str, str] | None = None
    years: str | None = None
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a graph, what it may be called, and where its page begins (see `Page.start`)."""

    graph: Graph
    title: str | None
    start: str


def scoped(graph: Graph, scope: Scope, ontology: Ontology, schemas: Path | None) -> Part:
    """Return the part of the graph that is asked for; raises NotFoundError or BadParameter."""
    from kg import explore, scopes

    titles: list[str] = []
    begin = ""
    if scope.articles:
        chosen = [_article(graph, path) for path in scope.articles]
        titles += [article.title or article.path for article in chosen]
        graph = scopes.of_articles(graph, [article.id for article in chosen])
    if scope.years is not None:
        graph = scopes.of_years(graph, *_years(scope.years))
    if scope.types:
        graph = scopes.of_types(graph, {_type(ontology, name) for name in scope.types})
    if scope.focus:
        centers = [named(graph, name, schemas) for name in scope.focus]
        titles = [" · ".join(node.name for node in centers)]
        begin = f"n={quote(centers[0].id)}" if len(centers) == 1 else ""
        graph = explore.neighbourhood(graph, [node.id for node in centers], scope.hops)
    if scope.path:
        start, end = (named(graph, name, schemas) for name in scope.path)
        if start.id == end.id:
            raise NotFoundError(say("one_entity", start=scope.path[0], end=scope.path[1], name=start.name, id=start.id))
        graph = scopes.between(graph, start.id, end.id)
        if not graph.nodes:
            raise NotFoundError(say("no_route", start=start.name, end=end.name))
        titles = [f"{start.name} – {end.name}"]
        begin = f"p={quote(start.id)},{quote(end.id)}"
    return Part(graph, " · ".join(titles) or None, begin)


def _years(text: str) -> tuple[int | None, int | None]:
    found = _YEARS.fullmatch(text)
    if not found or text == "-":
        raise typer.BadParameter(say("bad_years", text=text))
    one, first, last = (int(year) if year else None for year in found.groups())
    if first and last and first > last:
        raise typer.BadParameter(say("bad_years", text=text))
    return (one, one) if one else (first, last)


def _type(ontology: Ontology, name: str) -> str:
    """The key of the type that has this key or label."""
    for key, entity_type in ontology.entity_types.items():
        if name.casefold() in {key.casefold(), entity_type.zh.casefold(), entity_type.en.casefold()}:
            return key
    raise typer.BadParameter(say("bad_type", name=name, types=", ".join(ontology.entity_types)))


def _article(graph: Graph, path: str) -> Metadata:
    """The article with this id, or the only one whose id ends so, or is the end of it."""
    wanted = path.replace("\\", "/").removeprefix("./")
    exact = graph.articles.get(wanted)
    if exact:
        return exact
    found = [
        article
        for id_, article in graph.articles.items()
        if f"/{id_}".endswith(f"/{wanted}") or f"/{wanted}".endswith(f"/{id_}")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = "".join(f"\n  {article.id}" for article in found[:10])
        raise NotFoundError(say("ambiguous_article", path=path) + names)
    raise NotFoundError(say("unknown_article", path=path))
