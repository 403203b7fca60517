"""What people put into Neo4j Browser: our colours as a GRASS style, saved queries, a guide."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from kg.export.appearance import read_style
from kg.export.files import make_folder, write_whole
from kg.ontology import explain, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.ontology import Ontology

# Nodes that are no entities, in the colours of ink and paper; the text of each that tells what it is.
_OTHERS = {"Article": ("#3d4757", "title"), "Fact": ("#8a93a3", "predicate"), "Evidence": ("#c4cad4", "quote")}
_OTHERS["Statement"] = ("#e8d9a8", "text")
_LARGE, _SMALL = 65, 40
# Below this brightness, of 255, white is easier to read than ink.
_BRIGHT = 150
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_NODE = """\
node{selector} {{
  diameter: {size}px;
  color: {color};
  border-color: {border};
  border-width: 2px;
  text-color-internal: {text};
  font-size: 10px;{caption}
}}
"""
_RELATIONSHIP = """\
relationship {
  color: #a5abb6;
  shaft-width: 1px;
  font-size: 8px;
  padding: 3px;
  text-color-external: #3d4757;
  text-color-internal: #ffffff;
  caption: "<type>";
}
"""


class _Kit(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    folders: dict[str, str]
    guide: str


def write_kit(ontology: Ontology, viz: Path, out: Path) -> None:
    """Write `style.grass`, `queries/FOLDER/*.cypher`, the same as `queries.zip`, and `guide.md` into the folder `out`.

    `viz` is the folder of looks. Raises ExportError and SchemaError.
    """
    kit = _read(viz / "neo4j" / "kit.yaml")
    files: dict[Path, str | bytes] = {out / "style.grass": "".join(_style(ontology, viz))}
    told = []
    packed = {}
    make_folder(out)
    make_folder(out / "queries")
    for name, title in kit.folders.items():
        make_folder(out / "queries" / title)
        told.append(f"- {title}")
        for source in sorted((viz / "neo4j" / "queries" / name).glob("*.cypher")):
            text = source.read_text("utf-8")
            files[out / "queries" / title / source.name] = text
            packed[f"{title}/{source.name}"] = text
            told.append(f"  - `{source.name}`: {title_of(text)}")
    files[out / "queries.zip"] = _zip(packed)
    files[out / "guide.md"] = kit.guide.format(queries="\n".join(told))
    write_whole(files)


def title_of(query: str) -> str:
    """Return the title of a saved query, which its first line is."""
    return query.partition("\n")[0].removeprefix("// ")


def _zip(texts: dict[str, str]) -> bytes:
    """Return an archive of these files that is the same for the same texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), text)
    return stream.getvalue()


def _read(path: Path) -> _Kit:
    try:
        return _Kit.model_validate(read_yaml(path))
    except ValidationError as error:
        raise explain(path, error) from error


def _style(ontology: Ontology, viz: Path) -> Iterator[str]:
    style = read_style(viz)
    yield _node("", _SMALL, "#a5abb6")
    for name in ontology.entity_types:
        yield _node(f".{name}", _LARGE, style.look(name).light, "name")
    for name, (color, caption) in _OTHERS.items():
        yield _node(f".{name}", _SMALL, color, caption)
    yield _RELATIONSHIP


def _node(selector: str, size: int, color: str, caption: str | None = None) -> str:
    return _NODE.format(
        selector=selector,
        size=size,
        color=color,
        border=_darker(color),
        text="#ffffff" if _is_dark(color) else "#1c2430",
        caption=f'\n  caption: "{{{caption}}}";' if caption else "",
    )


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _darker(color: str) -> str:
    return "#" + "".join(f"{channel * 3 // 4:02x}" for channel in _channels(color))


def _is_dark(color: str) -> bool:
    red, green, blue = _channels(color)
    return (red * 299 + green * 587 + blue * 114) / 1000 < _BRIGHT
