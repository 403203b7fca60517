from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.lexicon import Entry
from tests.small_documents import entities

KNOWN = (
    Entry("Organization", "DeepMind", kind="lab", aliases=("Google DeepMind",)),
    Entry("Person", "Noam Brown"),
    Entry("Person", "德米斯·哈薩比斯", aliases=("哈薩比斯", "Demis Hassabis"), id="person/demis-hassabis"),
)
PIECES = ["Noam Brown", "Brown", "Daniel Gross", "Gross", "執行長", "創辦人", "鳴谷科技", "鳴谷", "（EchoVale）"]
PIECES += ["EchoVale", "埃琳娜·马尔凯蒂", "埃琳娜", "马尔凯蒂", "马尔科·马尔凯蒂", "（下稱「鳴谷」）", "說", "，", "。"]
PIECES += [" 與 ", "公司", "哈薩比斯"]
texts = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


def groups(text: str) -> dict[str, set[str]]:
    return {entity.name: set(entity.aliases) for entity in entities(text, *KNOWN)}


def test_brackets_give_other_names() -> None:
    found = groups("執行長魏承翰（Brian Wei）創辦霽川半導體（JiChuan Semiconductor，下稱「霽川」），霽川很小。")
    assert found["魏承翰"] == {"魏承翰", "Brian Wei"}
    assert found["霽川半導體"] == {"霽川半導體", "JiChuan Semiconductor", "霽川"}


def test_a_bracket_with_something_else_gives_none() -> None:
    found = groups("執行長魏承翰（台大博士）加入 DeepMind（倫敦），研究員 Anika Rao（2023）沒有來。")
    assert found["魏承翰"] == {"魏承翰"}
    assert found["DeepMind"] == {"DeepMind"}
    assert found["Anika Rao"] == {"Anika Rao"}


def test_short_forms_of_organizations() -> None:
    assert groups("鳴谷科技很小。鳴谷發布模型，大家都用鳴谷。")["鳴谷科技"] == {"鳴谷科技", "鳴谷"}
    assert groups("他們創立了 Lanterna AI。Lanterna 很小。")["Lanterna AI"] == {"Lanterna AI", "Lanterna"}


def test_surnames_and_given_names() -> None:
    assert groups("Noam Brown 來了。Brown 說，不是。")["Noam Brown"] == {"Noam Brown", "Brown"}
    assert groups("埃琳娜·马尔凯蒂来了。埃琳娜说，不是。")["埃琳娜·马尔凯蒂"] == {"埃琳娜·马尔凯蒂", "埃琳娜"}


def test_two_bearers_of_a_name_are_not_guessed_between() -> None:
    text = "創辦人 Daniel Gross 與創辦人 Daniel Levy 離開。Daniel 沒有回來。"
    assert all("Daniel" not in aliases for aliases in groups(text).values())


def test_a_short_form_stays_with_the_one_it_was_established_for() -> None:
    text = "埃琳娜·马尔凯蒂创办了它。马尔凯蒂说，很难。后来弟弟马尔科·马尔凯蒂也来了。"
    assert groups(text)["埃琳娜·马尔凯蒂"] == {"埃琳娜·马尔凯蒂", "马尔凯蒂"}


def test_numbered_short_form_of_a_product() -> None:
    assert groups("公司的晶片叫做 拾光 S1。S1 量產，S1 很快。")["拾光 S1"] == {"拾光 S1", "S1"}


def test_the_lexicon_gives_name_id_and_kind() -> None:
    entity = entities("他加入 Google DeepMind。", *KNOWN)[0]
    assert (entity.id, entity.name, entity.kind, entity.known) == ("organization/deepmind", "DeepMind", "lab", True)
    assert entity.aliases == ("Google DeepMind",)
    assert entities("哈薩比斯說", *KNOWN)[0].id == "person/demis-hassabis"


def test_an_unlisted_entity_is_named_as_the_article_names_it() -> None:
    entity = entities("旧桥资本（Ponte Vecchio Capital）领投。")[0]
    assert (entity.id, entity.name, entity.kind) == ("organization/舊橋資本", "旧桥资本", "investor")
    assert not entity.known


@given(texts)
def test_spans_are_the_text_and_ids_are_unique(text: str) -> None:
    found = entities(text, *KNOWN)
    assert len({entity.id for entity in found}) == len(found)
    places: set[int] = set()
    for entity in found:
        assert entity.aliases == tuple(sorted({mention.text for mention in entity.mentions}))
        assert list(entity.mentions) == sorted(entity.mentions)
        for mention in entity.mentions:
            assert text[mention.start : mention.end] == mention.text
            assert places.isdisjoint(range(mention.start, mention.end))
            places.update(range(mention.start, mention.end))
