from __future__ import annotations

from kg.coreference import Pairs, compare
from kg.gold import Gold
from kg.model import Entity, Mention, Metadata, Record
from kg.score import fold, score_article, to_json

GOLD = Gold.model_validate(
    {
        "id": "a",
        "entities": [
            {"name": "林宗翰", "aliases": ["林宗翰", "Tsung-Han Lin", "阿翰"], "type": ["Person"]},
            {"name": "林品妤", "aliases": ["林品妤", "品妤"], "type": ["Person"]},
            {"name": "台北", "aliases": ["台北", "Taipei"], "type": ["Place"], "optional": True},
            {"name": "臺灣", "aliases": ["臺灣"], "type": ["Place"], "optional": True},
        ],
        "relations": [],
    }
)


def record(*entities: tuple[str, ...]) -> Record:
    """A record of entities with these mentions."""
    made = []
    for number, surfaces in enumerate(entities):
        mentions = tuple(Mention(0, len(surface), surface) for surface in surfaces)
        aliases = tuple(sorted(set(surfaces)))
        made.append(Entity(f"e/{number}", "Person", surfaces[0], None, aliases, known=False, mentions=mentions))
    return Record(Metadata("a.md", "a.md", "0", "a", None, "zh-Hant", None, None, ()), tuple(made), (), ())


def test_pairs_of_names_are_counted_among_those_found_and_among_those_written() -> None:
    joined = compare(GOLD, record(("林宗翰", "Tsung-Han Lin"), ("林品妤", "品妤")), fold)
    assert joined.counts.surfaces == Pairs(right=2, joined=2, due=2)
    assert joined.counts.written == Pairs(right=2, joined=2, due=4)
    assert joined.wrong == joined.missed == ()


def test_what_is_kept_apart_and_what_is_joined_by_mistake_is_told() -> None:
    joined = compare(GOLD, record(("林宗翰", "品妤"), ("阿翰",), ("林品妤",)), fold)
    assert joined.counts.surfaces == Pairs(right=0, joined=1, due=2)
    assert joined.wrong == (("品妤", "林宗翰"),)
    assert joined.missed == (("品妤", "林品妤"), ("林宗翰", "阿翰"))


def test_spelling_makes_no_other_name_and_unlisted_names_do_not_count() -> None:
    joined = compare(GOLD, record(("Tsung-Han Lin", "TSUNG HAN LIN", "小翰")), fold)
    assert joined.counts.surfaces == Pairs()
    assert joined.counts.mentions == Pairs(right=1, joined=1, due=1)


def test_mentions_are_counted_two_by_two() -> None:
    joined = compare(GOLD, record(("林宗翰", "林宗翰", "林品妤"), ("阿翰",)), fold)
    assert joined.counts.mentions == Pairs(right=1, joined=3, due=3)


def test_optional_things_are_neutral_among_themselves() -> None:
    joined = compare(
        GOLD,
        record(
            ("台北", "Taipei", "臺灣"),
        ),
        fold,
    )
    assert joined.counts.surfaces == joined.counts.mentions == Pairs()
    assert compare(GOLD, record(("台北", "林品妤")), fold).counts.surfaces == Pairs(joined=1)


def test_scores_have_the_figures_and_the_mistakes() -> None:
    score = score_article(GOLD, record(("林宗翰", "阿翰", "品妤"), ("林品妤",)), "林宗翰", frozenset())
    assert to_json(score)["joining"]["surfaces"] == {"p": 0.3333, "r": 0.5, "right": 1, "joined": 3, "due": 2}
    assert [miss.words for miss in score.misses if miss.kind == "parted_names"] == [("品妤", "林品妤")]
    nothing = to_json(score_article(GOLD, None, "", frozenset()))["joining"]
    assert nothing["surfaces"] == {"p": None, "r": None, "right": 0, "joined": 0, "due": 0}
    assert nothing["written"]["r"] == 0.0
