"""How alike two account names are, beyond being written the same: the fuzzy half of the duplicate check 查重.

A name is taken apart into region and core (字号, trade and the rest); only names of one block are compared. The block
is the pinyin of the core's first two characters, so that homophones typed with an input method fall into one.
See docs/algorithms/duplicates.md.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final, NamedTuple

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


class NameParts(NamedTuple):
    """A name taken apart: `place` the leading digits of its division ("31", "3205") or "", `core` the rest."""

    place: str
    core: str


def parts(name: str, key: str = "") -> NameParts:
    """Place and core of a name: 恒达（上海）机械有限公司 and 上海恒达机械有限公司 have the same.

    `key` is its `matching_name` where that is known already.
    """
    if not _has_bracket(name):
        return parts_of_key(key or matching_name(name))
    folded = unicodedata.normalize("NFKC", name)
    for found in _BRACKETED.finditer(folded):
        bracketed = _bare(found[1])
        if bracketed in stems() or bracketed in _WHOLE_COUNTRY:
            rest = parts_of_key(matching_name(folded.replace(found[0], "", 1)))
            return NameParts(rest.place or _significant(stems().get(bracketed, "")), rest.core)
    return parts_of_key(key or matching_name(name))


@lru_cache(maxsize=262144)
def parts_of_key(key: str) -> NameParts:
    """Place and core of a key made by `matching_name` from a name without brackets."""
    place, core = "", key
    while start := _place_at_start(core):
        code, length = start
        place = max(place, _significant(code), key=len)
        core = core[length:]
    return NameParts(place, core)


def block(name: str, key: str = "") -> str:
    """The block a name is compared in; names of one block share it exactly. `key` as in `parts`."""
    return pinyin(parts(name, key).core[:2])[:BLOCK_LENGTH]


def likeness(one: str, other: str) -> int:
    """How alike two names are in percent, see `alike`."""
    return alike(parts(one), parts(other))


def alike(one: NameParts, other: NameParts) -> int:
    """How alike two names are in percent; 0 where they name different places or are less than `ALIKE`.

    Same core 95 · cores that sound the same 92 · one core (3 characters or more) beginning the other 88 · otherwise
    the normalised Levenshtein similarity of the cores, where 85 allows one wrong character in seven.
    """
    if (
        one.place
        and other.place
        and not (one.place.startswith(other.place) or other.place.startswith(one.place))
    ):
        return 0
    a, b = one.core, other.core
    if a == b:
        return SAME_CORE
    if len(a) == len(b) and pinyin(a) == pinyin(b):
        return SAME_SOUND
    similarity = int(Levenshtein.normalized_similarity(a, b, score_cutoff=ALIKE / 100) * 100)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) >= 3 and long.startswith(short):
        return max(CONTAINED, similarity)
    return similarity


def _has_bracket(name: str) -> bool:
    return "(" in name or "（" in name


def _bare(place: str) -> str:
    return place[:-1] if place.endswith(_PLACE_KINDS) and len(place) > 2 else place


@cache
def _places() -> dict[str, list[tuple[str, str]]]:
    """First two characters → the places (stem, code) that begin so, longest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for stem, code in sorted(stems().items(), key=lambda place: -len(place[0])):
        found.setdefault(stem[:2], []).append((stem, code))
    return found


def _place_at_start(core: str) -> tuple[str, int] | None:
    """The place a core begins with and how many characters it takes; at least two must remain."""
    for stem, code in _places().get(core[:2], ()):
        length = len(stem)
        if core.startswith(stem) and length <= len(core) - 2:
            kind = length < len(core) - 2 and core[length] in _PLACE_KINDS
            return code, length + (1 if kind else 0)
    return None


def _significant(code: str) -> str:
    """A division's code without the pairs of zeros at its end: 500000 → 50."""
    while code.endswith("00"):
        code = code[:-2]
    return code
