"""Entities, routes and whole graphs as a person reads them on a terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kg.cli.messages import language, say
from kg.cli.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from kg.explore import Route
    from kg.graph import Fact, Graph, Node, Quote
    from kg.ontology import Ontology

# So many entities of the most mentioned are named by the statistics.
_TOP = 10


def entity_card(graph: Graph, node: Node, ontology: Ontology) -> Iterator[RenderableType]:
    """Yield an entity's names, type, facts with years and evidence, and statements."""
    title = Text(visible(node.name), "bold")
    title.append(f"  {type_label(ontology, node.type)}", "cyan")
    if node.kind:
        title.append(f" · {_kind_label(ontology, node.kind)}", "cyan")
    title.append(f"  {visible(node.id)}", "dim")
    yield title
    others = [alias for alias in node.aliases if alias != node.name]
    if others:
        yield Text(say("also_called", names=visible(say("comma").join(others))))
    yield Text(say("mentioned", times=node.mention_count, articles=len(node.mentions)), "dim")
    facts = facts_of(graph, node, ontology)
    if facts:
        yield Text()
        yield Text(say("facts"), "bold")
        for fact in facts:
            yield from _fact(graph, fact, node.id, ontology)
    quotes = _quotes_of(graph, node)
    if quotes:
        yield Text()
        yield Text(say("statements"), "bold")
        for quote in quotes:
            yield from _quote(graph, quote)


def facts_of(graph: Graph, node: Node, ontology: Ontology) -> list[Fact]:
    """Return the facts of an entity: by predicate in the ontology's order, outgoing first, then by time."""
    order = {name: index for index, name in enumerate(ontology.relation_types)}

    def key(fact: Fact) -> tuple[int, bool, str, str]:
        return (
            order.get(fact.predicate, len(order)),
            fact.subject != node.id,
            fact.start or fact.date or fact.end or "",
            fact.id,
        )

    return sorted((fact for fact in graph.facts.values() if node.id in (fact.subject, fact.object)), key=key)


def route_text(graph: Graph, route: Route, ontology: Ontology) -> Iterator[RenderableType]:
    """Yield a way between two entities, hop by hop with its evidence."""
    line = Text()
    for index, id_ in enumerate(route.nodes):
        line.append(" — " if index else "", "dim")
        line.append(visible(graph.nodes[id_].name), "bold")
    yield line
    for facts in route.hops:
        for fact in facts:
            yield from _fact(graph, fact, fact.subject, ontology, name_both=True)


def statistics(graph: Graph, ontology: Ontology, place: str) -> Iterator[RenderableType]:
    """Yield how many articles, entities, facts and statements a graph holds, of which kinds."""
    yield Text(
        say(
            "statistics",
            articles=len(graph.articles),
            entities=len(graph.nodes),
            facts=len(graph.facts),
            statements=len(graph.quotes),
            graph=place,
        )
    )
    figures = count(graph)
    for title, counts, label in (
        ("entity_type", figures["entities"]["by_type"], type_label),
        ("relation_type", figures["facts"]["by_predicate"], predicate_label),
    ):
        if counts:
            table = _counts(say(title))
            for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
                table.add_row(name, other_label(label(ontology, name), name), str(number))
            yield table
    if figures["most_mentioned"]:
        table = _counts(say("most_mentioned"))
        for entry in figures["most_mentioned"]:
            table.add_row(
                visible(entry["name"]), Text(type_label(ontology, entry["type"]), "dim"), str(entry["mentions"])
            )
        yield table


def count(graph: Graph) -> dict[str, Any]:
    """Return the statistics as JSON data."""
    top = sorted(graph.nodes.values(), key=lambda node: (-node.mention_count, node.id))[:_TOP]
    return {
        "articles": len(graph.articles),
        "entities": {"count": len(graph.nodes), "by_type": _tally(node.type for node in graph.nodes.values())},
        "facts": {"count": len(graph.facts), "by_predicate": _tally(fact.predicate for fact in graph.facts.values())},
        "statements": len(graph.quotes),
        "most_mentioned": [
            {"id": node.id, "type": node.type, "name": node.name, "mentions": node.mention_count} for node in top
        ],
    }


def entity_json(graph: Graph, node: Node, ontology: Ontology) -> dict[str, Any]:
    """Return an entity with its facts and statements as JSON data, as `kg export json` writes them."""
    return {
        "entity": {**asdict(node), "mentions": dict(node.mentions)},
        "facts": [fact_json(fact) for fact in facts_of(graph, node, ontology)],
        "statements": [asdict(quote) for quote in _quotes_of(graph, node)],
    }


def fact_json(fact: Fact) -> dict[str, Any]:
    """Return a fact as JSON data."""
    data = asdict(fact)
    data["qualifiers"] = dict(fact.qualifiers)
    data["evidence"] = data.pop("support")
    return data


def type_label(ontology: Ontology, name: str) -> str:
    """Return what a type of entity is called; one that the ontology does not have stands for itself."""
    type_ = ontology.entity_types.get(name)
    return str(getattr(type_, language())) if type_ else name


def predicate_label(ontology: Ontology, name: str, *, inverse: bool = False) -> str:
    """Return how a predicate reads from its subject, or from its object."""
    type_ = ontology.relation_types.get(name)
    if type_ is None:
        return name if not inverse else f"← {name}"
    return str(getattr(type_, f"inverse_{language()}" if inverse else language()))


def other_label(label: str, key: str) -> str:
    """Return the label of a type beside its key: "" if it says the same words."""
    return "" if label.casefold() == key.replace("_", " ").casefold() else label


def when(start: str | None, end: str | None, date: str | None) -> str:
    """Return the times of a fact in few characters, "" if there are none."""
    if start or end:
        return f"{start or ''}–{end or ''}"
    return date or ""


def _fact(
    graph: Graph, fact: Fact, seen_from: str, ontology: Ontology, *, name_both: bool = False
) -> Iterator[RenderableType]:
    inverse = fact.subject != seen_from
    other = fact.subject if inverse else fact.object
    line = Text()
    if name_both:
        line.append(f"{visible(graph.nodes[seen_from].name)} ")
    before, _, after = predicate_label(ontology, fact.predicate, inverse=inverse).partition("…")
    line.append(before, "green")
    line.append(f" {visible(graph.nodes[other].name)}")
    if after:
        line.append(f" {after}", "green")
    times = when(fact.start, fact.end, fact.date)
    if times:
        line.append(f"  {times}", "yellow")
    for key, value in fact.qualifiers:
        line.append(f"  {_qualifier_label(ontology, key)}{say('colon')}{visible(value)}", "dim")
    if fact.certainty == "reported":
        line.append(f"  {say('reported')}", "magenta")
    yield Padding(line, (0, 0, 0, 2), expand=False)
    for support in fact.passages:
        yield _quotation(support.quote, say("source", article=visible(support.article)))


def _quote(graph: Graph, quote: Quote) -> Iterator[RenderableType]:
    source = say("source", article=visible(quote.article))
    about = say("comma").join(graph.nodes[id_].name for id_ in quote.about if id_ in graph.nodes)
    yield _quotation(quote.text, source + (say("about", names=visible(about)) if about else ""), indent=2)


def _quotation(words: str, source: str, indent: int = 4) -> RenderableType:
    text = Text(say("quoted", words=visible(" ".join(words.split()))), "italic")
    text.append(f"  {source}", "dim not italic")
    return Padding(text, (0, 0, 0, indent), expand=False)


def _quotes_of(graph: Graph, node: Node) -> Sequence[Quote]:
    return sorted(
        (quote for quote in graph.quotes.values() if quote.speaker == node.id),
        key=lambda quote: (quote.article, quote.start, quote.id),
    )


def _kind_label(ontology: Ontology, name: str) -> str:
    kind = ontology.organization_kinds.get(name)
    return str(getattr(kind, language())) if kind else name


def _qualifier_label(ontology: Ontology, key: str) -> str:
    label = ontology.qualifiers.get(key)
    return str(getattr(label, language())) if label else visible(key)


def _counts(title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=None, padding=(0, 2))
    table.add_column()
    table.add_column()
    table.add_column(justify="right")
    return table


def _tally(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
