# ruff: noqa: PLR2004 - lengths of names are counted in characters
"""What the surroundings of a name say about its type: cue words, definitions, owners, tables, neighbours."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

from kg.extract.cues import FAIR, STRONG, WEAK, before_bracket, inward
from kg.extract.draft import Draft, Proposal, best
from kg.extract.script import HAN

FRAME = 1.6
COLUMN = "column"
# What a neighbour must have to tell something, and to tell much.
_TELLING, _SURE = 1.5, 2.5
_TIER_MOST = defaultdict(lambda: 2.0, {STRONG: 6.0, FRAME: 3.2, FAIR: 1.5, WEAK: 0.75})
_OWNED: Mapping[str, Mapping[str, float]] = {
    "Organization": {"Model": 1.1, "Product": 0.8},
}
_COPULA = re.compile(
    "[」』》〉”]*\\s*(?:[，,—]*\\s*(?:则|就|也|原)?(?:是|为|乃)(?!什么|不是)|(?:，|,|——|（|\\()\\s*(?:这|那|一|即)[家个款种间支套位名座所项份](?![、，]))"
)
_CLAUSE_STOP = re.compile("[，。；！？,;!?\n（(）)、「《]")
_DEFINITION = 36
_BREAKS = "，。；！？、\n,;"
_JOINED = re.compile(r"[」』》〉”]*\s*(?:、|和|与|及|以及|跟|&|，|,)\s*[「『《〈“]*")


def tables(draft: Draft) -> None:
    """Let the headers of columns vote for the names in their cells."""
    headers: dict[int, list[tuple[int, int]]] = {}
    columns = draft.cues.context.columns
    for block in draft.segmented.document.blocks:
        if block.kind != "row" or block.table is None:
            continue
        cells = _cells(draft.text, block.start, block.end)
        header = headers.get(block.table)
        if header is None:
            headers[block.table] = cells
            if any(draft.text[slice(*cell)] in columns.get("Model", ()) for cell in cells):
                # Beside a column of models, other titles that are names are what the models are measured on.
                for start, _ in cells[1:]:
                    if named := draft.starting(start):
                        named.sources.setdefault(COLUMN)
                        named.vote("Benchmark", STRONG)
            continue
        for (start, end), title in zip(cells, header, strict=False):
            for type_, names in columns.items():
                if draft.text[slice(*title)] in names and (found := _cell(draft, start, end, type_)):
                    found.sources.setdefault(COLUMN)
                    found.vote(type_, STRONG)


def _cell(draft: Draft, start: int, end: int, type_: str) -> Proposal | None:
    """The name that a cell of a column of names begins with, or is."""
    found = draft.starting(start)
    if found is not None:
        return found
    stop = before_bracket(draft.text, start, end)
    name = draft.text[start:stop]
    ordinary = HAN.match(name) and type_ in ("Model", "Product") and draft.structure.is_ordinary(start, stop)
    if 2 <= len(name) <= 8 and name.isalnum() and not name.isascii() and not ordinary:
        return draft.propose(start, stop, "cell", everywhere=True)
    return None


def surroundings(draft: Draft) -> None:
    """Let the words around every place of a surface vote; many weak ones never make a strong one."""
    types = {end: proposal.best()[0] for proposal in draft.proposals.values() for _, end in proposal.spans}
    for proposal in draft.proposals.values():
        if proposal.fixed:
            continue
        tally: dict[tuple[str, float], float] = {}
        for start, end in sorted(proposal.spans):
            votes, naming = draft.scan.left(draft.text, start)
            sides = [votes, draft.scan.right(draft.text, end), _definition(draft, end)]
            if naming is not None and "title" not in proposal.sources:
                sides.append(_named_thing(draft, naming, end))
                proposal.sources.setdefault("naming")
            frames = sorted(draft.scan.around(draft.text, start, end))
            sides.extend({draft.cues.context.around[number].type: FRAME} for number in frames)
            sides.append(_owned(draft, start, types))
            for side in sides:
                for type_, weight in side.items():
                    if type_ == "Place" and not proposal.votes.get("Place"):
                        continue
                    tally[type_, weight] = tally.get((type_, weight), 0.0) + weight
        for (type_, weight), total in tally.items():
            proposal.vote(type_, min(total, _TIER_MOST[weight]))


def _owned(draft: Draft, start: int, types: Mapping[int, str]) -> Mapping[str, float]:
    """What the owner before 的 says: Meta 的 X is a model or product, 波士頓的 X an organization."""
    start = inward(draft.text, start)
    if draft.text[start - 1 : start] != "的":
        return {}
    start -= 1
    while start and draft.text[start - 1] in " 」』》":
        start -= 1
    owner = types.get(start, "")
    return {"Organization": 1.2, "Place": 0.6} if owner == "Place" else _OWNED.get(owner, {})


def _definition(draft: Draft, end: int) -> Mapping[str, float]:
    """What a clause says the name is: X 是…推出的工業檢測模型, X，一家做影像的新創."""
    match = _COPULA.match(draft.text, end)
    if match is None:
        return {}
    stop = _CLAUSE_STOP.search(draft.text, match.end(), match.end() + _DEFINITION)
    return draft.scan.kind(stop.start()) if stop else {}


def _named_thing(draft: Draft, naming: int, end: int) -> Mapping[str, float]:
    """What is named: 模型叫「X」, 一個叫 X 的小工具."""
    text = draft.text
    while naming and text[naming - 1] in " 就则被也都便才的名字，,":
        naming -= 1
    votes = dict(draft.scan.head(naming))
    after = end
    while after < len(text) and text[after] in '」』》〉”" ':
        after += 1
    if text[after : after + 1] == "的":
        for place in range(after + 2, after + 9):
            if place > len(text) or text[place - 1] in _BREAKS:
                break
            for type_, weight in draft.scan.head(place).items():
                votes.setdefault(type_, weight)
            if votes:
                break
    return votes or {"Product": 0.75, "Model": 0.5, "Organization": 0.25}


def lists(draft: Draft) -> None:
    """Names in one list are of one type: each gets something of its neighbours' best."""
    spans = sorted(draft.starts.items())
    extra: dict[str, dict[str, float]] = defaultdict(dict)
    for (start, end), (begin, stop) in pairwise(spans):
        if begin < end or begin - end > 6 or not _JOINED.fullmatch(draft.text, end, begin):
            continue
        first, second = draft.proposals.get(draft.text[start:end]), draft.proposals.get(draft.text[begin:stop])
        if first is None or second is None:
            continue
        for one, other in ((first, second), (second, first)):
            type_, weight = best(one.votes)
            if type_ and weight >= _TELLING and not other.fixed:
                votes = extra[other.surface]
                votes[type_] = max(votes.get(type_, 0.0), 1.5 if weight >= _SURE else 0.8)
    for surface, votes in extra.items():
        for type_, weight in votes.items():
            draft.proposals[surface].vote(type_, weight)


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The trimmed cells of a table row."""
    cells = []
    for match in re.finditer(r"[^|]+", text[start:end]):
        inner = match[0].strip(" *_")
        begin = start + match.start() + (len(match[0]) - len(match[0].lstrip(" *_")))
        if inner:
            cells.append((begin, begin + len(inner)))
    return cells
