"""Pinyin of Chinese names: full spelling for sorting, initials for typing. Pure; backed by pypinyin's tables."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=65536)
def pinyin(text: str) -> str:
    """The spelling without tones in lower case, syllables joined: 恒岳 → `hengyue`. Other text stays as it is."""
    return "".join(lazy_pinyin(text, style=Style.NORMAL)).lower()


@lru_cache(maxsize=65536)
def initials(text: str) -> str:
    """First letters in lower case: 恒岳重工 → `hyzg`. Latin letters and digits stand for themselves."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, strict=False)).lower()
