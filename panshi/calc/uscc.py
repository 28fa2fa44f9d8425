"""The unified social credit code 统一社会信用代码 (GB 32100-2015): 18 characters, the last one a check character.

python-stdnum checks codes whose first eight places are digits; the standard also allows letters as registering
authority (such as N for rural collectives), which are checked here with the same weights.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final

from stdnum.cn import uscc as standard
from stdnum.exceptions import ValidationError

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and capital letters without I, O, S, V, Z."""

_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_SHAPE: Final = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")


class Fault(StrEnum):
    """What is wrong with a code."""

    LENGTH = "length"
    SHAPE = "shape"
    CHECK = "check"


def compact(text: str) -> str:
    """The code as stored: half width, capitals, no spaces or hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def fault(code: str) -> Fault | None:
    """What is wrong with a compact code, None when it is valid."""
    if len(code) != 18:
        return Fault.LENGTH
    if not _SHAPE.fullmatch(code):
        return Fault.SHAPE
    try:
        standard.validate(code)
    except ValidationError:
        return None if not code[:2].isdigit() and code[-1] == check_character(code) else Fault.CHECK
    return None


def check_character(code: str) -> str:
    """The 18th character: C18 = 31 - Σ Ci·3^(i-1) mod 31, read from the alphabet (31 stands for 0)."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(code, _WEIGHTS, strict=False))
    return ALPHABET[-total % 31]
