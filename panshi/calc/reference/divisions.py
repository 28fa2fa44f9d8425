"""Administrative divisions of China, GB/T 2260: provinces, prefectures, and what a province governs directly.

`divisions.json` is data published by the Ministry of Civil Affairs, taken from the package `china-division` 2.7
(WTFPL).
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from panshi.calc.pinyin import pinyin

PROVINCE_STEMS: Final = {
    "150000": "内蒙古",
    "450000": "广西",
    "540000": "西藏",
    "640000": "宁夏",
    "650000": "新疆",
    "810000": "香港",
    "820000": "澳门",
}
_SUFFIXES: Final = ("特别行政区", "自治区", "自治州", "地区", "省", "市", "盟")
_PEOPLES: Final = (
    *(
        "蒙古族",
        "蒙古",
        "回族",
        "藏族",
        "维吾尔",
        "苗族",
        "彝族",
        "壮族",
        "布依族",
        "朝鲜族",
        "侗族",
        "哈尼族",
        "傣族",
    ),
    *("黎族", "傈僳族", "白族", "景颇族", "柯尔克孜", "土家族", "哈萨克", "羌族", "满族"),
)


@cache
def divisions() -> Mapping[str, str]:
    """Six-digit code → official name, in the order of the standard."""
    text = files("panshi.calc.reference").joinpath("divisions.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def province_of(code: str) -> str:
    """The code of the province a division lies in."""
    return f"{code[:2]}0000"


def label(code: str, *, english: bool = False) -> str:
    """A division as people write it: `江苏 苏州市`; a province alone by its stem. An unknown code is itself."""
    name = divisions().get(code)
    if name is None:
        return code
    province = province_of(code)
    if english:
        own = _english(code)
        return own if code == province else f"{own}, {_english(province)}"
    return stem(code) if code == province else f"{stem(province)} {name}"


def stem(code: str) -> str:
    """The name without its kind: 江苏省 → 江苏, 苏州市 → 苏州, 延边朝鲜族自治州 → 延边."""
    if code in PROVINCE_STEMS:
        return PROVINCE_STEMS[code]
    name = divisions()[code]
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            name = name.removesuffix(suffix)
            break
    return _without_peoples(name) if divisions()[code].endswith("自治州") else name


@cache
def stems() -> Mapping[str, str]:
    """Stem → code of every province and prefecture (districts share their names too often to name a place)."""
    return {stem(code): code for code in reversed(list(divisions())) if code.endswith("00")}


def find(text: str) -> str:
    """The code of a division written as code, name or stem (`江苏`, `苏州市`, `江苏省苏州市`); "" if none."""
    plain = "".join(text.split())
    if plain in divisions():
        return plain
    return _names().get(plain, "")


@cache
def _names() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, name in divisions().items():
        province = province_of(code)
        own = {name, stem(code)}
        found.update(
            {f"{before}{each}": code for before in (divisions()[province], stem(province)) for each in own}
        )
        if code.endswith("00"):
            found.update({each: code for each in own if each not in found})
    return (
        found
        | {name: code for code, name in divisions().items() if code.endswith("0000")}
        | {stem(code): code for code in divisions() if code.endswith("0000")}
    )


def _without_peoples(name: str) -> str:
    """延边朝鲜族 → 延边, as long as two characters remain."""
    shortened = True
    while shortened:
        shortened = False
        for people in _PEOPLES:
            if name.endswith(people) and len(name) - len(people) >= 2:
                name, shortened = name.removesuffix(people), True
    return name


@cache
def _own_english() -> Mapping[str, str]:
    """English names that are not the pinyin of the Chinese one, and those whose characters have two readings."""
    text = files("panshi.calc.reference").joinpath("division_names.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def _english(code: str) -> str:
    if code in _own_english():
        return _own_english()[code]
    own = stem(code)
    for kind, word in (("自治县", " County"), ("区", " District"), ("县", " County")):
        if own.endswith(kind) and len(own) > len(kind) + 1:
            return pinyin(_without_peoples(own.removesuffix(kind))).capitalize() + word
    return pinyin(own).capitalize()
