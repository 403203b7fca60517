from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.articles import find, root_for
from kg.errors import ArticleError, NotFoundError


def make(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("字", "utf-8")


def ids(paths: list[Path], root: Path) -> list[str]:
    return [name for _, name in find(paths, root).files]


def test_articles_below_a_folder(tmp_path: Path) -> None:
    make(
        tmp_path,
        *(
            "b.md",
            "a/index.md",
            "a/_index.md",
            "a/x.txt",
            "C.MD",
            ".git/x.md",
            ".kg/x.md",
            "node_modules/x.md",
            "a/._b.md",
        ),
    )
    found = find([tmp_path], tmp_path)
    assert [name for _, name in found.files] == ["C.MD", "a/index.md", "b.md"]
    assert all(file == tmp_path / name for file, name in found.files)
    assert (found.folders, found.outside) == (("",), ())


def test_ids_do_not_depend_on_the_way_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "content/posts/a.md", "content/b.md")
    expected = ["content/b.md", "content/posts/a.md"]
    assert ids([tmp_path / "content"], tmp_path) == expected
    assert ids([tmp_path / "content/posts", tmp_path / "content", tmp_path / "content/b.md"], tmp_path) == expected
    monkeypatch.chdir(tmp_path / "content")
    assert ids([Path()], Path("..")) == expected
    assert ids([Path("../content/./posts/../b.md")], tmp_path) == ["content/b.md"]
    assert find([Path("posts"), Path()], tmp_path).folders == ("content/", "content/posts/")


def test_outside_the_root_ids_are_relative_to_the_argument(tmp_path: Path) -> None:
    make(tmp_path, "in/a.md", "out/p/b.md", "out/c.md", "other/c.md", "other/_index.md")
    found = find([tmp_path / "out", tmp_path / "in"], tmp_path / "in")
    assert [name for _, name in found.files] == ["a.md", "c.md", "p/b.md"]
    assert (found.folders, found.outside) == (("",), (tmp_path / "out",))
    assert ids([tmp_path / "out/p/b.md"], tmp_path / "in") == ["b.md"]
    with pytest.raises(ArticleError, match=r"^c\.md: .*out.*other.*--root"):
        find([tmp_path / "out", tmp_path / "other"], tmp_path / "in")


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        find([tmp_path, tmp_path / "nowhere"], tmp_path)


def test_a_file_that_is_no_markdown_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "hugo.toml", "a.md")
    with pytest.raises(ArticleError, match=r"hugo\.toml: is no article; give files that end in \.md"):
        find([tmp_path / "a.md", tmp_path / "hugo.toml"], tmp_path)


def test_the_page_of_a_section_is_skipped_and_named(tmp_path: Path) -> None:
    make(tmp_path, "_index.md", "a.md", "B.MD")
    found = find([tmp_path / name for name in ("_index.md", "a.md", "B.MD")], tmp_path)
    assert [name for _, name in found.files] == ["B.MD", "a.md"]
    assert found.skipped == (tmp_path / "_index.md",)


def test_a_folder_without_articles_is_empty(tmp_path: Path) -> None:
    assert find([tmp_path], tmp_path).files == ()


def test_links_are_followed_once(tmp_path: Path) -> None:
    make(tmp_path, "site/posts/a.md", "elsewhere/b.md")
    (tmp_path / "site/again").symlink_to(tmp_path / "site/posts")
    (tmp_path / "site/posts/loop").symlink_to(tmp_path / "site")
    (tmp_path / "site/more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "site/self").symlink_to("self")
    (tmp_path / "site/gone.md").symlink_to("nowhere")
    assert ids([tmp_path / "site"], tmp_path) == ["site/gone.md", "site/more/b.md", "site/posts/a.md"]
    (tmp_path / "link").symlink_to(tmp_path / "site")
    assert ids([tmp_path / "site/posts/a.md"], tmp_path / "link") == ["posts/a.md"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "shut/b.md")
    (tmp_path / "shut").chmod(0)
    try:
        with pytest.raises(ArticleError, match="shut: the folder cannot be listed"):
            find([tmp_path], tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)


def test_the_root(tmp_path: Path) -> None:
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    assert root_for(None, inner) == inner
    (tmp_path / ".kg").mkdir()
    assert root_for(None, inner) == tmp_path
    (tmp_path / "a/.kg").mkdir()
    assert root_for(None, inner) == tmp_path / "a"
    assert root_for(inner, tmp_path) == inner
    with pytest.raises(NotFoundError, match="--root"):
        root_for(tmp_path / "none", tmp_path)


@given(names=st.sets(st.sampled_from(["a", "b", "c/d", "c/e/f", "g/h"]), min_size=1), data=st.data())
def test_any_order_of_paths_finds_the_same(
    tmp_path_factory: pytest.TempPathFactory, names: set[str], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("order")
    make(root, *(f"{name}.md" for name in names))
    paths = data.draw(st.permutations([root, *(root / f"{name}.md" for name in sorted(names))]))
    assert ids(paths, root) == sorted(f"{name}.md" for name in names)
