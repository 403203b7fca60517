from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kg import ontology
from kg.errors import NotFoundError, SchemaError
from kg.gold import ForbiddenRelation, Gold, GoldRelation, article_of, read_gold
from kg.model import Entity, Evidence, Mention, Metadata, Record, Relation, Statement
from kg.record import dumps
from kg.score import Score, Tally, fold, score_article, to_json, total

SHARED = Path(__file__).parents[2] / "shared"
SYMMETRIC = frozenset(name for name, type_ in ontology.load().relation_types.items() if type_.symmetric)
TYPES = tuple(ontology.load().entity_types)
PREDICATES = tuple(ontology.load().relation_types)

TEXT = "Yi Tay 2019 年加入 Google Brain，後來共同創辦 Reka。他說：「我們只是想把模型訓練好。」新加坡。"
GOLD = {
    "id": "a",
    "entities": [
        {"name": "Yi Tay", "aliases": ["Yi Tay"], "type": ["Person"]},
        {"name": "Google Brain", "aliases": ["Google Brain"], "type": ["Organization"]},
        {"name": "Reka", "aliases": ["Reka"], "type": ["Organization", "Product"]},
        {"name": "新加坡", "aliases": ["新加坡"], "type": ["Place"], "optional": True},
    ],
    "relations": [
        {"s": "Yi Tay", "p": ["WORKED_AT"], "o": "Google Brain", "start": "2019", "evidence": "加入 Google Brain"},
        {"s": "Yi Tay", "p": ["FOUNDED", "LEADS"], "o": "Reka", "evidence": "創辦 Reka"},
        {"s": "Reka", "p": ["COMPETES_WITH"], "o": "Google Brain", "evidence": "", "optional": True},
    ],
    "forbidden": [{"s": "Yi Tay", "p": ["WORKED_AT"], "o": "Reka", "why": "founder only"}],
    "statements": [{"speaker": "Yi Tay", "text": "我們只是想把模型訓練好。"}],
}


def entity(id_: str, type_: str, *surfaces: str) -> Entity:
    mentions = tuple(
        Mention(start, start + len(surface), surface) for surface in surfaces if (start := TEXT.find(surface)) >= 0
    )
    return Entity(id_, type_, surfaces[0], None, tuple(sorted(surfaces)), known=False, mentions=mentions)


def relation(subject: str, predicate: str, object_: str, **fields: str) -> Relation:
    plain = {"start": None, "end": None, "date": None, "qualifiers": (), "certainty": "stated", "confidence": 1.0}
    return Relation(subject, predicate, object_, evidence=(Evidence(0, 1, "Y", "test"),), **{**plain, **fields})  # type: ignore[arg-type]


def record(
    entities: tuple[Entity, ...], relations: tuple[Relation, ...] = (), statements: tuple[Statement, ...] = ()
) -> Record:
    metadata = Metadata("a.md", "a.md", "0", "a", None, "zh-Hant", None, None, ())
    return Record(metadata, entities, relations, statements)


TAY = entity("p/tay", "Person", "Yi Tay")
BRAIN = entity("o/brain", "Organization", "Google Brain")
REKA = entity("o/reka", "Organization", "Reka")
QUOTE = "我們只是想把模型訓練好。"
PERFECT = record(
    (TAY, BRAIN, REKA),
    (relation("p/tay", "WORKED_AT", "o/brain", start="2019"), relation("p/tay", "LEADS", "o/reka")),
    (Statement("p/tay", QUOTE, TEXT.find(QUOTE), TEXT.find(QUOTE) + len(QUOTE), ()),),
)


def compare(found: Record | None) -> Score:
    return score_article(Gold.model_validate(GOLD), found, TEXT, SYMMETRIC)


def kinds(found: Record | None) -> list[str]:
    return [miss.kind for miss in compare(found).misses]


def test_a_perfect_record_has_every_measure_at_its_best() -> None:
    score = compare(PERFECT)
    assert score.misses == []
    figures = to_json(score)
    assert [figures[name]["f1"] for name in ("entity", "entity_any", "relation", "relation_any", "statement")] == [
        1
    ] * 5
    assert (figures["mention_text"], figures["time"], figures["forbidden"]) == (1.0, 1.0, "0/1")


def test_no_record_misses_all_that_is_required() -> None:
    assert kinds(None) == ["no_record", *["missed_entity"] * 3, *["missed_relation"] * 2, "missed_statement"]


def test_optional_items_are_neutral() -> None:
    place = entity("l/sg", "Person", "新加坡")  # even its type does not count
    rival = relation("o/brain", "COMPETES_WITH", "o/reka")
    more = replace(PERFECT, entities=(*PERFECT.entities, place), relations=(*PERFECT.relations, rival))
    assert to_json(compare(more)) == to_json(compare(PERFECT))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (replace(PERFECT, entities=(*PERFECT.entities, entity("x", "Person", "加入"))), ["spurious_entity"]),
        (replace(PERFECT, entities=(*PERFECT.entities, replace(REKA, id="o/again"))), ["split_entity"]),
        (replace(PERFECT, entities=(TAY, BRAIN, replace(REKA, type="Model"))), ["wrong_type"]),
        (
            replace(PERFECT, entities=(*PERFECT.entities[:2], replace(REKA, mentions=(Mention(0, 2, "xx"),)))),
            ["bad_offset"],
        ),
        (
            replace(PERFECT, relations=(*PERFECT.relations, relation("p/tay", "WORKED_AT", "o/reka"))),
            ["forbidden", "spurious_relation"],
        ),
        (
            replace(PERFECT, relations=(*PERFECT.relations, relation("o/brain", "WORKED_AT", "p/tay"))),
            ["spurious_relation"],
        ),
        (
            replace(PERFECT, relations=(relation("p/tay", "WORKED_AT", "o/brain", start="2018"), PERFECT.relations[1])),
            ["wrong_time"],
        ),
        (replace(PERFECT, statements=(replace(PERFECT.statements[0], speaker="o/reka"),)), ["wrong_speaker"]),
        (
            replace(PERFECT, statements=(*PERFECT.statements, Statement("p/tay", "從來沒有人說過的話", 0, 9, ()))),
            ["spurious_statement"],
        ),
    ],
)
def test_every_kind_of_mistake_is_told(found: Record, expected: list[str]) -> None:
    assert kinds(found) == expected


def test_a_fact_told_twice_counts_once() -> None:
    twice = replace(PERFECT, relations=(*PERFECT.relations, PERFECT.relations[0]))
    assert to_json(compare(twice)) == to_json(compare(PERFECT))


def test_a_day_agrees_with_its_year_and_a_date_stands_in_for_a_start() -> None:
    day = relation("p/tay", "WORKED_AT", "o/brain", date="2019-03-01")
    assert compare(replace(PERFECT, relations=(day,))).time.rate == 1.0


def test_a_quotation_may_be_cut_but_not_by_half() -> None:
    def cut(length: int) -> Score:
        return compare(replace(PERFECT, statements=(replace(PERFECT.statements[0], text=QUOTE[:length]),)))

    assert cut(8).statement == Tally(right=1)
    assert cut(4).statement == Tally(superfluous=1, missed=1)


def test_totals_count_items_and_not_articles() -> None:
    whole = total([compare(PERFECT), compare(None)])
    assert whole.articles == 2
    assert whole.entity == Tally(right=3, missed=3)
    assert whole.per_predicate["FOUNDED"] == Tally(right=1, missed=1)
    assert whole.forbidden.of == 2


def test_nothing_at_all_divides_by_nothing() -> None:
    assert to_json(total([]))["entity"] == {"p": 0.0, "r": 0.0, "f1": 0.0, "tp": 0, "fp": 0, "fn": 0}


def test_folding_ignores_case_width_and_punctuation() -> None:
    assert fold("ＧＰＴ-４ o！") == fold("gpt4O")


def write_gold(folder: Path, data: object) -> None:
    (folder / "a.md").write_text(TEXT, "utf-8")
    (folder / "a.gold.json").write_text(json.dumps(data), "utf-8")


def test_gold_is_read_with_its_article_beside_it(tmp_path: Path) -> None:
    write_gold(tmp_path, GOLD)
    assert read_gold(tmp_path)["a"].relations[0].start == "2019"
    assert article_of(tmp_path, "a").read_text("utf-8") == TEXT


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"entites": []}, r"a\.gold\.json: entites: Extra inputs"),
        ({"statements": [{"speaker": "nobody", "text": "x"}]}, "not the name of one of its entities: nobody"),
        ({"entities": [{"name": "x", "aliases": [], "type": []}]}, r"a\.gold\.json: entities\.0\.type"),
    ],
)
def test_malformed_gold_names_file_and_field(tmp_path: Path, change: dict[str, object], told: str) -> None:
    write_gold(tmp_path, {**GOLD, **change})
    with pytest.raises(SchemaError, match=told):
        read_gold(tmp_path)


def test_gold_that_is_no_json_or_has_no_article_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no annotated articles"):
        read_gold(tmp_path)
    (tmp_path / "a.gold.json").write_text("{", "utf-8")
    with pytest.raises(SchemaError, match="is not JSON"):
        read_gold(tmp_path)
    write_gold(tmp_path, GOLD)
    (tmp_path / "a.md").unlink()
    with pytest.raises(NotFoundError, match=r"a\.md: there is no such file"):
        read_gold(tmp_path)


def disturbed(gold: Gold, text: str, chance: random.Random) -> Record:
    """A record as the gold would have it, with every kind of mistake sprinkled in."""

    def rarely() -> bool:
        return chance.random() < 0.15

    entities = []
    for number, wanted in enumerate(gold.entities):
        if rarely():
            continue
        surfaces = [*wanted.aliases] or [wanted.name]
        if rarely():
            surfaces += chance.choice(gold.entities).aliases
        mentions = [
            Mention(at, at + len(surface), "?" if rarely() else surface)
            for surface in surfaces
            if (at := text.find(surface)) >= 0
        ]
        type_ = chance.choice(TYPES) if rarely() else wanted.type[0]
        name = chance.choice(["無此名稱", "無此名稱二"]) if rarely() else wanted.name
        aliases = tuple(sorted({mention.text for mention in mentions}))
        entities.append(Entity(f"e/{number}", type_, name, None, aliases, known=False, mentions=tuple(mentions)))
        if rarely():
            entities.append(replace(entities[-1], id=f"e/{number}b"))
    ids: dict[str, str] = {}
    for number, wanted in enumerate(gold.entities):
        ids[wanted.name] = f"e/{number}"
    relations = []
    tellable: list[GoldRelation | ForbiddenRelation] = [*gold.relations, *gold.forbidden]
    for told in tellable:
        if rarely() or (isinstance(told, ForbiddenRelation) and chance.random() < 0.5):
            continue
        ends = [ids[told.s], ids[told.o]]
        if rarely():
            chance.shuffle(ends)
        if rarely():
            ends[1] = chance.choice(list(ids.values()))
        times = {
            name: chance.choice([getattr(told, name, None), "2019", "2019-05", None, getattr(told, name, None)])
            for name in ("start", "end", "date")
        }
        qualifiers = (("date", "2020"),) if rarely() else ()
        predicate = chance.choice(PREDICATES) if rarely() else chance.choice(told.p)
        relations.append(relation(ends[0], predicate, ends[1], qualifiers=qualifiers, **times))  # type: ignore[arg-type]
        if rarely():
            relations.append(replace(relations[-1], start="2001"))
    chance.shuffle(relations)
    statements = []
    for quote in gold.statements:
        if rarely():
            continue
        speaker = chance.choice(list(ids.values())) if rarely() else ids[quote.speaker]
        words = quote.text[: chance.randint(1, len(quote.text))] if rarely() else quote.text
        statements.append(Statement(speaker, words, 0, 1, ()))
        if rarely():
            statements.append(Statement(speaker, "完全是編造出來的一句話", 0, 1, ()))
            statements.append(statements[0])
    metadata = Metadata(f"{gold.id}.md", f"x/{gold.id}.md", "0", "", None, "zh-Hant", None, None, ())
    return Record(metadata, tuple(entities), tuple(relations), tuple(statements))


@pytest.mark.skipif(not (SHARED / "eval/score.py").is_file(), reason="the reference scorer is not beside this checkout")
@pytest.mark.parametrize("seed", range(5))
def test_figures_are_those_of_the_reference_scorer(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - only to vary the records, the same way every time
    folder = SHARED / "gold"
    golds = read_gold(folder)
    found = {
        name: disturbed(gold, article_of(folder, name).read_text("utf-8"), chance)
        for name, gold in golds.items()
        if chance.random() < 0.9
    }
    lines = tmp_path / "records.jsonl"
    lines.write_text("".join(dumps(item) + "\n" for item in found.values()), "utf-8")
    arguments = [sys.executable, str(SHARED / "eval/score.py"), "score", str(folder), str(lines)]
    reference = subprocess.run(arguments, capture_output=True, encoding="utf-8", check=True).stdout
    ours = total(
        score_article(gold, found.get(name), article_of(folder, name).read_text("utf-8"), SYMMETRIC)
        for name, gold in golds.items()
    )
    wanted = json.loads(reference.splitlines()[-1])
    assert {name: figure for name, figure in to_json(ours).items() if name in wanted} == wanted
