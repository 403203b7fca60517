from __future__ import annotations

import pytest
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


def names_of(text: str) -> list[set[str]]:
    return [set(entity.aliases) for entity in entities(text, *KNOWN)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("執行長林宗翰（Tsung-Han Lin，人稱「阿翰」）離開了。阿翰說，很難。", {"林宗翰", "Tsung-Han Lin", "阿翰"}),
        ("研究員陳怡君，英文名 Claire Chen，離開了。Claire 說，很難。", {"陳怡君", "Claire Chen", "Claire"}),
        ("工程師張偉哲綽號「小鋼炮」，小鋼炮離開了。", {"張偉哲", "小鋼炮"}),
        ("執行長黃柏勳離開了，同事都叫他烙鐵。烙鐵說，很難。", {"黃柏勳", "烙鐵"}),
        ("鹽白實驗室（Saltwhite Lab，下稱「鹽白」）發布模型。", {"鹽白實驗室", "Saltwhite Lab", "鹽白"}),
        ("鹽白實驗室，簡稱鹽白，發布模型。", {"鹽白實驗室", "鹽白"}),
        ("新創公司 Ferrule AI 在 2022 年改名 Barrow Labs。", {"Ferrule AI", "Barrow Labs"}),
        ("新創公司 Ferrule AI（現名 Barrow Labs）很小。", {"Ferrule AI", "Barrow Labs"}),
        ("綽號「小鋼炮」的張偉哲加入 DeepMind。小鋼炮說，很難。", {"張偉哲", "小鋼炮"}),
        ("執行長黃柏勳 Bo Huang 說，很難。", {"黃柏勳", "Bo Huang"}),
    ],
)
def test_what_the_text_declares_to_be_one_thing_is_one(text: str, names: set[str]) -> None:
    assert names in names_of(text)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("新創公司 Barrow Labs（前身為 Oldham Works）很小。", "Barrow Labs", "Oldham Works"),
        ("執行長黃柏勳離開了，同事都叫他回去。後來他真的回去。", "黃柏勳", "回去"),
        ("他離開 Ferrule AI 創辦的公司後來改名 Barrow Labs。", "Ferrule AI", "Barrow Labs"),
        ("DeepMind 的代號 Orion-7B 的模型很強。", "DeepMind", "Orion-7B"),
        ("新創公司 Ferrule AI，即 Barrow Labs 的子公司，很小。", "Ferrule AI", "Barrow Labs"),
    ],
)
def test_what_only_looks_like_a_declaration_is_none(text: str, one: str, other: str) -> None:
    assert not any({one, other} <= names for names in names_of(text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("執行長林宗翰離開了。林博士說，很難。", {"林宗翰", "林博士"}),
        ("執行長林宗翰離開了。宗翰說，很難。", {"林宗翰", "宗翰"}),
        ("執行長歐陽娜娜離開了。歐陽說，很難。歐陽教授說，不難。", {"歐陽娜娜", "歐陽", "歐陽教授"}),
        ("執行長林宗翰離開了。\n\n林：很難。", {"林宗翰", "林"}),
        ("她畢業於鹿港大學。鹿大很遠，她說。", {"鹿港大學", "鹿大"}),
        ("模型 Claude Opus 4.5 推出。Opus 4.5 很快。", {"Claude Opus 4.5", "Opus 4.5"}),
        ("他用 GPT-4。GPT 4 很強。gpt-4 便宜。", {"GPT-4", "GPT 4", "gpt-4"}),
    ],
)
def test_short_forms_and_spellings_belong_to_the_full_name(text: str, names: set[str]) -> None:
    assert names in names_of(text)


def test_two_people_with_one_family_name_are_kept_apart() -> None:
    found = names_of("執行長林宗翰與研究員林品妤離開了。林博士說，很難。")
    assert {"林宗翰"} in found
    assert {"林品妤"} in found


def test_versions_and_the_lab_of_a_model_are_kept_apart() -> None:
    found = names_of("模型 Raven-1 與模型 Raven-2 由新創公司 Raven Labs 開發。Raven 說，不賣。")
    assert {"Raven-1"} in found
    assert {"Raven-2"} in found
    assert {"Raven Labs", "Raven"} in found or {"Raven Labs"} in found


def test_a_family_is_not_the_person_it_is_named_after() -> None:
    found = names_of("名字取自工程師 Noam Brown。模型 Brown-3B 與模型 Brown-7B 很小。模型 Brown 很強。")
    assert not any({"Noam Brown", "Brown"} <= names for names in found)


def test_an_institute_is_not_the_company_it_is_named_after() -> None:
    found = names_of("新創公司 Kornspeicher 很小。後來成立了 Kornspeicher Research。")
    assert not any({"Kornspeicher", "Kornspeicher Research"} <= names for names in found)
