"""One form for Traditional and Simplified text: an equally long copy on which everything is matched."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC

# Characters that the conversion leaves as they are in some surroundings (位於倫敦, 跟著).
_LEFT = str.maketrans("著於", "着于")


@cache
def _converter(direction: str) -> OpenCC:
    return OpenCC(direction)


def fold(text: str) -> str:
    """The text in Simplified form, character for character; offsets in it are offsets in the text."""
    folded = str(_converter("t2s").convert(text)).translate(_LEFT)
    if len(folded) != len(text):
        raise AssertionError(
            "the conversion changed the length of the text; OpenCC's dictionaries are not the tested ones"
        )
    return folded


def in_both_scripts(text: str) -> str:
    """The text, and on further lines its Simplified and Traditional forms where they differ, to be searched in."""
    if text.isascii():
        return text
    forms = (text, fold(text), str(_converter("s2t").convert(text)))
    return "\n".join(dict.fromkeys(forms))
