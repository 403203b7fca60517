"""One form for Traditional and Simplified text: an equally long copy on which everything is matched."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """The text in Simplified form, character for character; offsets in it are offsets in the text."""
    # 著 as a particle is 着 in Simplified text and stays 著 in converted text.
    folded = str(_converter().convert(text)).replace("著", "着")
    if len(folded) != len(text):
        raise AssertionError(
            "the conversion changed the length of the text; OpenCC's dictionaries are not the tested ones"
        )
    return folded
