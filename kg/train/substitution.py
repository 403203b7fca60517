"""Articles with the names of others: the same sentences teach more where each is also there with other names.

Mention replacement after Dai and Adel, An Analysis of Simple Data Augmentation for Named Entity Recognition (2020),
with every mention of an entity replaced alike.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kg import markdown
from kg.errors import ArticleError
from kg.extract.script import HAN
from kg.fold import fold
from kg.gold import GoldEntity
from kg.train.lessons import Article, gold_spans

_TRIED = 60


class Substitution:
    """The names of annotated articles, by type and fold: an article borrows from its own fold only.

    So what is trained without a fold has not seen its names.
    """

    def __init__(self, articles: Sequence[Article], schemas: Path) -> None:
        self.schemas = schemas
        self._donors: dict[tuple[int, str], list[tuple[str, list[str]]]] = defaultdict(list)
        for article in articles:
            for entity in article.gold.entities:
                if not entity.optional:
                    key = article.fold, entity.type[0]
                    self._donors[key].append((article.name, _ordered(entity)))

    def of(self, article: Article, number: int) -> Article | None:
        """The article with other names, another one for each number; nothing if they break its front matter."""
        chance = random.Random(f"{article.name}/{number}")  # noqa: S311 - nothing secret, and the same every time
        renamed: dict[str, str] = {}
        entities = []
        taken: set[str] = set()
        for entity in article.gold.entities:
            names = self._names(article, entity, taken, chance)
            taken.update(names.values())
            for old, new in names.items():
                renamed.setdefault(fold(old), new)
            entities.append(entity.model_copy(update=_update(entity, names)) if names else entity)
        gold = article.gold.model_copy(update={"entities": tuple(entities)})
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "article.md")
            file.write_bytes("".join(_rewritten(article, renamed)).encode())
            try:
                return Article(article.name, markdown.read(file, f"{article.name}.md", self.schemas), gold)
            except ArticleError:
                return None

    def _names(self, article: Article, entity: GoldEntity, taken: set[str], chance: random.Random) -> Mapping[str, str]:
        """Names of another entity of the type for those of this one, script by script; nothing if none has enough."""
        donors = [names for home, names in self._donors[article.fold, entity.type[0]] if home != article.name]
        chance.shuffle(donors)
        for names in donors[:_TRIED]:
            waiting: dict[str, list[str]] = defaultdict(list)
            for name in names:
                waiting[_script(name)].append(name)
            found = {}
            for name in _ordered(entity):
                if not waiting[_script(name)]:
                    break
                found[name] = waiting[_script(name)].pop(0)
            else:
                if not taken & set(found.values()):
                    return found
        return {}


def _update(entity: GoldEntity, names: Mapping[str, str]) -> dict[str, object]:
    aliases = tuple(names[name] for name in _ordered(entity))
    return {"name": names.get(entity.name, aliases[0]), "aliases": aliases}


def _rewritten(article: Article, renamed: Mapping[str, str]) -> Iterator[str]:
    text = article.document.text
    folded = fold(text)
    position = 0
    for start, end in sorted(span for span, _ in gold_spans(folded, article.gold)):
        new = renamed.get(folded[start:end])
        if new is not None:
            yield text[position:start]
            yield new
            position = end
    yield text[position:]


def _ordered(entity: GoldEntity) -> list[str]:
    """The names of an entity, by script, the longest first."""
    return sorted(dict.fromkeys(entity.aliases), key=lambda name: (_script(name), -len(name), name))


def _script(name: str) -> str:
    han, latin = bool(HAN.search(name)), any(char.isascii() and char.isalpha() for char in name)
    return "both" if han and latin else "han" if han else "latin"
