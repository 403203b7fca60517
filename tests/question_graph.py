"""Invented articles that answer the questions of `tests/cases/queries.yaml`: every relation, rumours, quotations."""

from __future__ import annotations

from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation, Statement

_TYPES = {
    "lin": ("Person", None, ("林若棠", "若棠", "Lin Ruotang")),
    "wei": ("Person", None, ("Wei Anker", "安克")),
    "su": ("Person", None, ("蘇敏", "苏敏")),
    "okoro": ("Person", None, ("Ada Okoro",)),
    "reed": ("Organization", "lab", ("蘆葦研究所", "Reed Lab")),
    "tide": ("Organization", "company", ("Tideline", "潮線科技")),
    "harbor": ("Organization", "university", ("港灣大學",)),
    "dune": ("Organization", "investor", ("Dune Capital",)),
    "otter1": ("Model", None, ("Otter-1",)),
    "otter2": ("Model", None, ("Otter-2", "水獺二號")),
    "heron": ("Model", None, ("Heron",)),
    "drift": ("Method", None, ("漂流注意力", "Drift Attention")),
    "maze": ("Benchmark", None, ("MazeBench",)),
    "regatta": ("Competition", None, ("盲盒賽", "Blind Regatta")),
    "kelp": ("Product", None, ("Kelp Studio",)),
    "paper": ("Publication", None, ("Attention Drifts",)),
    "show": ("Show", None, ("夜航廣播",)),
    "dusk": ("Award", None, ("Dusk Prize", "暮光獎")),
    "tainan": ("Place", None, ("台南",)),
}
_IDS = {key: f"{type_.lower()}/{key}" for key, (type_, _, _) in _TYPES.items()}

# Article: title, date, source; relations as subject, predicate, object, start, end, date, qualifiers, certainty, quote.
_ARTICLES: dict[str, tuple[str, str | None, list[tuple[object, ...]], list[tuple[str, str, tuple[str, ...]]]]] = {
    "posts/lin.md": (
        "林若棠的十年",
        "2026-01-27",
        [
            ("lin", "STUDIED_AT", "harbor", "2010", "2014", None, {"degree": "博士"}, "stated", "在港灣大學拿到博士"),
            ("lin", "WORKED_AT", "reed", "2015", "2019", None, {"role": "研究員"}, "stated", "2015 年進了蘆葦研究所"),
            ("lin", "WORKED_AT", "tide", "2019", None, None, {"role": "執行長"}, "stated", "之後一直是潮線的執行長"),
            ("lin", "FOUNDED", "tide", None, None, "2019", {}, "stated", "2019 年與安克共同創辦潮線科技"),
            ("wei", "FOUNDED", "tide", None, None, "2019", {}, "stated", "2019 年與安克共同創辦潮線科技"),
            ("lin", "COLLABORATED_WITH", "wei", None, None, "2018", {}, "stated", "2018 年起與安克合作"),
            ("su", "ADVISED", "lin", None, None, "2012", {}, "stated", "指導教授是蘇敏"),
            ("lin", "RECEIVED", "dusk", None, None, "2024-11", {}, "stated", "2024 年 11 月獲頒暮光獎"),
        ],
        [("lin", "我們需要更大的模型，也需要更小的會議室。", ("otter2",)), ("su", "她從來不問為什麼。", ("lin",))],
    ),
    "posts/tideline.md": (
        "潮線科技推出 Otter-2",
        "2026-02-03",
        [
            ("tide", "DEVELOPED", "otter2", None, None, "2026-02", {}, "stated", "潮線推出水獺二號"),
            ("tide", "DEVELOPED", "otter1", None, None, "2024", {}, "stated", "2024 年的 Otter-1"),
            ("otter2", "REPLACED", "otter1", None, None, "2026-02", {}, "stated", "取代 Otter-1"),
            ("otter2", "BASED_ON", "drift", None, None, None, {}, "stated", "以漂流注意力為基礎"),
            ("otter2", "EVALUATED_ON", "maze", None, None, None, {"score": "81.5"}, "stated", "MazeBench 得 81.5 分"),
            ("otter1", "EVALUATED_ON", "maze", None, None, None, {"score": "70.2"}, "stated", "前代 70.2 分"),
            ("heron", "EVALUATED_ON", "maze", None, None, None, {"score": "79"}, "stated", "Heron 是 79 分"),
            ("otter2", "OUTPERFORMED", "heron", None, None, None, {}, "stated", "勝過 Heron"),
            ("tide", "LOCATED_IN", "tainan", None, None, None, {}, "stated", "設在台南"),
            (
                "dune",
                "INVESTED_IN",
                "tide",
                None,
                None,
                "2025",
                {"amount": "2000 萬美元"},
                "stated",
                "投了 2000 萬美元",
            ),
            ("lin", "FOUNDED", "tide", None, None, "2019", {}, "stated", "林若棠 2019 年創辦的潮線"),
        ],
        [("wei", "水獺二號會自己找路。", ("otter2", "maze"))],
    ),
    "posts/rumours.md": (
        "據說",
        "2026-03-01",
        [
            ("dune", "ACQUIRED", "reed", None, None, "2026", {}, "reported", "據說沙丘要買下蘆葦"),
            ("okoro", "LEADS", "heron", None, None, None, {}, "reported", "聽說 Heron 由 Ada Okoro 帶領"),
            ("okoro", "WORKED_AT", "reed", "2020", None, None, {"role": "所長"}, "stated", "2020 年起任所長"),
            ("reed", "DEVELOPED", "heron", None, None, "2025", {}, "stated", "蘆葦在 2025 年做出 Heron"),
            ("reed", "PART_OF", "harbor", None, None, None, {}, "stated", "隸屬港灣大學"),
            ("tide", "COMPETES_WITH", "reed", None, None, None, {}, "stated", "與蘆葦競爭"),
            ("okoro", "STUDIED_AT", "harbor", "2005", "2009", None, {"degree": "碩士"}, "stated", "港灣大學碩士"),
        ],
        [("okoro", "Heron 不需要介紹。", ("heron",))],
    ),
    "posts/night.md": (
        "夜航廣播第七集",
        None,
        [
            ("su", "HOSTS", "show", None, None, None, {}, "stated", "蘇敏主持的夜航廣播"),
            ("lin", "APPEARED_ON", "show", None, None, "2026-01", {}, "stated", "林若棠上了夜航廣播"),
            ("wei", "APPEARED_ON", "show", None, None, "2026-01", {}, "stated", "安克也來了"),
            ("lin", "AUTHORED", "paper", None, None, "2018", {}, "stated", "寫了 Attention Drifts"),
            ("lin", "DEVELOPED", "drift", None, None, "2018", {}, "stated", "提出漂流注意力"),
            ("kelp", "USES", "otter2", None, None, None, {}, "stated", "Kelp Studio 用的是水獺二號"),
            ("otter2", "COMPETED_IN", "regatta", None, None, "2026-02", {"rank": "1"}, "stated", "盲盒賽第一名"),
            ("heron", "COMPETED_IN", "regatta", None, None, "2026-02", {"rank": "3"}, "stated", "Heron 第三"),
        ],
        [],
    ),
}


def records() -> list[Record]:
    """The record of every article."""
    return [_record(id_, *parts) for id_, parts in _ARTICLES.items()]


def _record(
    id_: str,
    title: str,
    date: str | None,
    facts: list[tuple[object, ...]],
    quotes: list[tuple[str, str, tuple[str, ...]]],
) -> Record:
    names = {str(fact[i]) for fact in facts for i in (0, 2)} | {n for s, _, about in quotes for n in (s, *about)}
    url = f"https://blog.example/{id_.removesuffix('.md')}/"
    return Record(
        Metadata(id_, id_, "0" * 64, title, date, "zh-Hant", url, None, ("AI",)),
        tuple(
            Entity(_IDS[key], type_, called[0], kind, tuple(sorted(called)), key == "lin", _mentions(key, facts))
            for key, (type_, kind, called) in sorted(_TYPES.items(), key=lambda item: _IDS[item[0]])
            if key in names
        ),
        tuple(_relation(number, *fact) for number, fact in enumerate(facts)),  # type: ignore[arg-type]
        tuple(
            Statement(
                _IDS[speaker], text, 500 + 50 * n, 500 + 50 * n + len(text), tuple(sorted(_IDS[a] for a in about))
            )
            for n, (speaker, text, about) in enumerate(quotes)
        ),
    )


def _mentions(key: str, facts: list[tuple[object, ...]]) -> tuple[Mention, ...]:
    times = sum(key in fact[:3] for fact in facts) or 1
    return tuple(Mention(n, n + 1, "x") for n in range(times))


def _relation(
    number: int,
    subject: str,
    predicate: str,
    object_: str,
    start: str | None,
    end: str | None,
    date: str | None,
    qualifiers: dict[str, str],
    certainty: str,
    quote: str,
) -> Relation:
    evidence = (Evidence(20 * number, 20 * number + len(quote), quote, predicate.lower()),)
    confidence = 0.5 if certainty == "reported" else 0.9
    return Relation(
        *(_IDS[subject], predicate, _IDS[object_], start, end, date),
        tuple(sorted(qualifiers.items())),
        certainty,  # type: ignore[arg-type]
        confidence,
        evidence,
    )
