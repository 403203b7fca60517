from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg import lexicon, ontology
from kg.errors import SchemaError
from kg.lexicon import Entry, Lexicon, slug, stands_alone

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def schemas(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "schemas" / "lexicon"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder.parent


def found(known: Lexicon, folded: str) -> list[str]:
    return [folded[start:end] for start, end, _ in known.occurrences(folded)]


def test_shipped_lexicon_is_sound_and_of_known_types() -> None:
    shipped = lexicon.load(types=frozenset(ontology.load().entity_types))
    assert len(shipped.entries) >= 500
    assert shipped.get("OpenAI")[0][0].type == "Organization"
    kinds = set(ontology.load().organization_kinds)
    assert {entry.kind for entry in shipped.entries if entry.kind} <= kinds


def test_loading_twice_and_after_a_change(tmp_path: Path) -> None:
    folder = schemas(tmp_path, a="- {type: Person, name: 許芷嵐, aliases: [小許], weak: [許], gender: f}")
    first = lexicon.load(folder)
    assert lexicon.load(folder) == first
    schemas(tmp_path, a="- {type: Person, name: 魏承翰}")
    assert [entry.name for entry in lexicon.load(folder).entries] == ["魏承翰"]


def test_a_broken_cache_is_no_harm(tmp_path: Path) -> None:
    folder = schemas(tmp_path, a="- {type: Person, name: 許芷嵐}")
    first = lexicon.load(folder)
    for stored in (tmp_path / "cache").rglob("*.json"):
        stored.write_text('{"key": 1}', "utf-8")
    assert lexicon.load(folder) == first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {type: Person, name: A, colour: red}", "a.yaml: A: colour: "),
        ("- {name: A}", "a.yaml: A: type: "),
        ("type: Person", "a.yaml: must be a list"),
        ("- {type: [", "a.yaml:2: "),
        (
            "- {type: Person, name: A, aliases: [輝達]}\n- {type: Model, name: 辉达}",
            "a.yaml: 辉达: '辉达' is also a name of A",
        ),
        ("- {type: Model, name: A B}\n- {type: Model, name: A-B}", "a.yaml: A-B: has the id of A B"),
    ],
)
def test_errors_name_file_entry_and_problem(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        lexicon.load(schemas(tmp_path, a=text))
    assert message in str(caught.value)


def test_unknown_types_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="no such entity type: Planet"):
        lexicon.load(schemas(tmp_path, a="- {type: Planet, name: A}"), frozenset({"Person"}))


def test_a_weak_name_may_be_shared() -> None:
    model, person = Entry("Model", "Claude", weak=("Claude",)), Entry("Person", "Claude Shannon", weak=("Claude",))
    known = Lexicon.of([model, person])
    assert [(entry.type, weak) for entry, weak in known.get("Claude")] == [("Model", True), ("Person", True)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("GPT-4o 和 GPT-4，", ["GPT-4"]),
        ("用GPT-4做的", ["GPT-4"]),
        ("ChatGPT-4", []),
        ("GPT-4.1、GPT-4-mini", []),
        ("GPT-4.", ["GPT-4"]),
        ("Leander 用 Lean", ["Lean"]),
        ("Lean/GPT-4", ["Lean", "GPT-4"]),
        ("辉达与輝達", ["辉达"]),
    ],
)
def test_latin_names_stand_alone(text: str, names: list[str]) -> None:
    known = Lexicon.of([Entry("Model", "GPT-4"), Entry("Product", "Lean"), Entry("Organization", "輝達")])
    assert found(known, text) == names


def test_edges() -> None:
    assert stands_alone("用GPT-4做", 1, 6)
    assert not stands_alone("GPT-4o", 0, 5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Yi Tay", "yi-tay"),
        ("Google DeepMind", "google-deepmind"),
        ("GPT-4.1", "gpt-4-1"),
        ("鳴谷科技", "鳴谷科技"),
        ("鸣谷科技", "鳴谷科技"),
        ("台灣大學", "台灣大學"),
        ("臺灣大學", "台灣大學"),
        ("埃琳娜·马尔凯蒂", "埃琳娜-馬爾凱蒂"),
        ("Timothée Lacroix", "timothee-lacroix"),
        ("ＡＢＣ", "abc"),
        ("乾隆", "乾隆"),
        ("C++", "c"),
        ("++", "2b-2b"),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected
