"""How Chinese characters and phrases sound, without tones: pypinyin's tables, read in a compact form.

Importing pypinyin costs every web worker 57 MB; its two data files read like this take about 15, once something is
spelt. A test compares the two.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from sys import intern
from typing import Final

_CHARACTER: Final = re.compile(r'"(\d+)":\s*"([^",]+)')
_PHRASE: Final = re.compile(r'"([^"]+)":\s*\[\s*((?:\[[^\]]*\]\s*,?\s*)+)\]')
_FIRST: Final = re.compile(r'\[\s*"([^"]*)"')
_TONES: Final = str.maketrans(
    "āáǎàōóǒòēéěèīíǐìūúǔùüǖǘǚǜńňǹḿê", "aaaaooooeeeeiiiiuuuuvvvvvnnnme", "\u0300\u0301\u0304\u030c"
)


@cache
def characters() -> dict[str, str]:
    """Each character's commonest reading: 恒 → `heng`."""
    found = _CHARACTER.finditer(_text("pinyin_dict.json"))
    return {chr(int(match[1])): _plain(match[2]) for match in found}


@cache
def phrases() -> dict[str, tuple[str, ...]]:
    """Each known phrase's readings, empty where they are its characters' own: 重庆 → `chong`, `qing`; 机械 → ()."""
    return dict(_phrases())


def _phrases() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Phrase by phrase, so that the whole table is never held as parsed JSON."""
    single = characters()
    for match in _PHRASE.finditer(_text("phrases_dict.json")):
        sounds = tuple(_plain(sound) for sound in _FIRST.findall(match[2]))
        usual = tuple(single.get(sign, sign) for sign in match[1])
        yield match[1], () if sounds == usual else sounds


def _plain(sound: str) -> str:
    """A syllable without its tone; ü is written v, as people type it."""
    return intern(sound.translate(_TONES).lower())


def _text(name: str) -> str:
    """A data file of pypinyin. The package is only located: importing it would load its tables."""
    spec = find_spec("pypinyin")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations)), name).read_text("utf-8")
