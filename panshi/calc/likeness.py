"""How alike two account names are, beyond being written the same: the fuzzy half of the duplicate check 查重.

A name is taken apart into region and core (字号, trade and the rest); only names of one block are compared. The block
is the pinyin of the core's first two characters, so that homophones typed with an input method fall into one.
See docs/algorithms/duplicates.md.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from rapidfuzz.distance import Levenshtein

from panshi.calc.naming import matching_name
from panshi.calc.pinyin import pinyin
from panshi.calc.reference.divisions import stems

BLOCK_LENGTH: Final = 40
SAME_CORE: Final = 95
SAME_SOUND: Final = 92
CONTAINED: Final = 88
ALIKE: Final = 85
"""The least likeness that warns, in percent."""

_BRACKETED: Final = re.compile(r"\(([^()]{2,6})\)")
_PLACE_KINDS: Final = ("省", "市")
_WHOLE_COUNTRY: Final = frozenset({"中国", "china"})


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart: `region` is a division code or "", `core` the rest without legal form."""

    region: str
    core: str


@lru_cache(maxsize=131072)
def parts(name: str) -> NameParts:
    """Region and core of a name: 恒达（上海）机械有限公司 and 上海恒达机械有限公司 have the same."""
    region = ""
    for found in _BRACKETED.finditer(unicodedata.normalize("NFKC", name)) if _has_bracket(name) else ():
        place = _bare(found[1])
        if place in stems() or place in _WHOLE_COUNTRY:
            name = unicodedata.normalize("NFKC", name).replace(found[0], "", 1)
            region = stems().get(place, "")
            break
    core = matching_name(name)
    while start := _place_at_start(core):
        code, length = start
        region = code if len(_significant(code)) > len(_significant(region)) else region
        core = core[length:]
    return NameParts(region, core)


def block(name: str) -> str:
    """The block a name is compared in; names of one block share it exactly."""
    return pinyin(parts(name).core[:2])[:BLOCK_LENGTH]


def likeness(one: str, other: str) -> int:
    """How alike two names are in percent; 0 where they name different places or are less than `ALIKE`.

    Same core 95 · cores that sound the same 92 · one core (3 characters or more) beginning the other 88 · otherwise
    the normalised Levenshtein similarity of the cores, where 85 allows one wrong character in seven.
    """
    first, second = parts(one), parts(other)
    if _elsewhere(first.region, second.region):
        return 0
    a, b = first.core, second.core
    if a == b:
        return SAME_CORE
    if len(a) == len(b) and pinyin(a) == pinyin(b):
        return SAME_SOUND
    similarity = int(Levenshtein.normalized_similarity(a, b, score_cutoff=ALIKE / 100) * 100)
    short, long = sorted((a, b), key=len)
    if len(short) >= 3 and long.startswith(short):
        return max(CONTAINED, similarity)
    return similarity


def _has_bracket(name: str) -> bool:
    return "(" in name or "（" in name


def _bare(place: str) -> str:
    return place[:-1] if place.endswith(_PLACE_KINDS) and len(place) > 2 else place


@cache
def _longest_stem() -> int:
    return max(map(len, stems()))


def _place_at_start(core: str) -> tuple[str, int] | None:
    """The place a core begins with and how many characters it takes; at least two must remain."""
    for length in range(min(_longest_stem(), len(core) - 2), 1, -1):
        code = stems().get(core[:length])
        if code:
            kind = length < len(core) - 2 and core[length] in _PLACE_KINDS
            return code, length + (1 if kind else 0)
    return None


def _elsewhere(one: str, other: str) -> bool:
    """Whether two regions exclude each other; a province holds its cities, and no region excludes nothing."""
    if not one or not other:
        return False
    short, long = sorted((_significant(one), _significant(other)), key=len)
    return not long.startswith(short)


def _significant(code: str) -> str:
    """A division's code without the pairs of zeros at its end: 500000 → 50."""
    while code.endswith("00"):
        code = code[:-2]
    return code
