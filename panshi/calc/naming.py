"""Account names as they are compared: what two spellings of one organisation have in common.

Names only ever warn or propose; identity is the code. Apply `matching_name` once per distinct name and join on it.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# Longest first. 集团 stays: the group and its subsidiary are different entities and deserve different keys.
LEGAL_FORMS: Final = tuple(
    sorted(
        (
            *(
                "有限责任公司",
                "股份有限公司",
                "有限公司",
                "股份公司",
                "责任有限公司",
                "特殊普通合伙",
                "普通合伙",
                "有限合伙",
            ),
            *(
                "公司",
                "合伙企业",
                "个人独资企业",
                "limited",
                "ltd",
                "coltd",
                "corporation",
                "corp",
                "incorporated",
                "inc",
            ),
            *("llc", "gmbh", "plc", "co", "company"),
        ),
        key=len,
        reverse=True,
    )
)
_CHINESE_FORMS: Final = tuple(form for form in LEGAL_FORMS if not form.isascii())
_LATIN_FORMS: Final = frozenset(form for form in LEGAL_FORMS if form.isascii())
_WORDS: Final = re.compile(r"[^\w]+|_+")


def matching_name(name: str) -> str:
    """The key under which two spellings of a name meet; empty only for a name without letters and digits.

    Ignores width, case, brackets (not what stands in them: a branch differs from its head office), whitespace,
    punctuation and the legal form at the end. Idempotent: the key of a key is the key itself.
    """
    while (key := _reduced(name)) != name:
        name = key
    return name


def matching_names(names: Iterable[str]) -> dict[str, str]:
    """The key of each distinct name: the small table to join a large one with."""
    return {name: matching_name(name) for name in set(names)}


def _reduced(name: str) -> str:
    """One pass; dropping a mark can let neighbours combine, which is why it is repeated until nothing changes."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    words = [word for word in _WORDS.split(folded) if word]
    return _without_chinese_form("".join(_without_latin_forms(words)))


def _without_latin_forms(words: list[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _LATIN_FORMS:
        kept.pop()
    return kept


def _without_chinese_form(name: str) -> str:
    while name.endswith(_CHINESE_FORMS):
        form = next(each for each in _CHINESE_FORMS if name.endswith(each))
        if name == form:
            break
        name = name.removesuffix(form)
    return name
