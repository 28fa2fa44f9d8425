"""Industries by GB/T 4754-2017: 20 sections (`C`) and their 97 divisions (`C34`).

The names are the standard's; the English ones and the everyday words of `industry_words.json` are ours.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def industries() -> Mapping[str, tuple[str, str]]:
    """Code → name in Chinese and in English, sections before their divisions."""
    text = files("panshi.calc.reference").joinpath("industries.json").read_text(encoding="utf-8")
    found: dict[str, list[str]] = json.loads(text)
    return {code: (names[0], names[1]) for code, names in found.items()}


def label(code: str, *, english: bool = False) -> str:
    """The name of an industry; unknown codes stand for themselves."""
    names = industries().get(code)
    return names[1 if english else 0] if names else code


def divisions_of(section: str) -> list[str]:
    """The codes of a section's divisions."""
    return [code for code in industries() if len(code) == 3 and code[0] == section]


def find(text: str) -> str:
    """The code of an industry written as code (`C34`, `34`), by its name in either language, or by an everyday word
    (机械, 物流); "" if none."""
    return _names().get(text.strip().casefold(), "")


@cache
def _names() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, (chinese, english) in industries().items():
        for name in (code, code[1:], chinese, chinese.removesuffix("业"), english):
            if name:
                found.setdefault(name.casefold(), code)
    text = files("panshi.calc.reference").joinpath("industry_words.json").read_text(encoding="utf-8")
    words: dict[str, list[str]] = json.loads(text)
    for code, everyday in words.items():
        for word in everyday:
            found.setdefault(word, code)
    return found
