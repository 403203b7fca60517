"""The language of a text, as far as extraction needs to know it."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Enough characters to decide on; long articles need not be converted twice for it.
_SAMPLE = 20_000


@cache
def _converter(direction: str) -> OpenCC:
    return OpenCC(direction)


def _changed(text: str, direction: str) -> int:
    return sum(a != b for a, b in zip(text, _converter(direction).convert(text), strict=False))


def language(text: str) -> str:
    """`zh-Hant` or `zh-Hans` by the characters that only one script has, `zh` if there are none, `en` without Han."""
    han = "".join(_HAN.findall(text)[:_SAMPLE])
    if not han:
        return "en"
    traditional, simplified = _changed(han, "t2s"), _changed(han, "s2t")
    if traditional == simplified:
        return "zh"
    return "zh-Hant" if traditional > simplified else "zh-Hans"
