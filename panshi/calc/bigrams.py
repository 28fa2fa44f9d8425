"""Tokens behind the search box: pairs of neighbouring characters, so that any piece of a Chinese name is found.

Pure and the same for both databases. Every token is a pair, a single character at the end of a text, or marked by its
first sign: `=` a whole code or number, `~` a spelling from one of its syllables on, `|` a gap no phrase crosses.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from panshi.calc.pinyin import syllables

GAP: Final = "|"
LONGEST_SPELLING: Final = 16
LONGEST_KEY: Final = 60


def squash(text: str) -> str:
    """What counts when searching: letters, digits and characters, in one width and lower case, nothing between."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def tokens(texts: Iterable[str], *, keys: Iterable[str] = (), spelt: str = "") -> list[str]:
    """All tokens of a record in order: pairs of each text, its keys as a whole, the spellings of `spelt`."""
    found: list[str] = []
    for text in texts:
        plain = squash(text)
        if plain:
            found += [plain[at : at + 2] for at in range(len(plain))]
            found.append(GAP)
    found += [f"={squash(key)[:LONGEST_KEY]}" for key in keys if squash(key)]
    return found + spellings(squash(spelt))


def spellings(plain: str) -> list[str]:
    """Pinyin and initials from each Chinese character of a squashed text on: 恒达 → ~hengda ~da ~hd ~d."""
    sounds = syllables(plain)
    if len(sounds) != len(plain):
        return []
    starts = [at for at, sign in enumerate(plain) if not sign.isascii()]
    first = [sound[:1] for sound in sounds]
    full = [f"~{''.join(sounds[at : at + LONGEST_SPELLING])[:LONGEST_SPELLING]}" for at in starts]
    return full + [f"~{''.join(first[at : at + LONGEST_SPELLING])}" for at in starts]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must follow each other; with `prefix` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False


def phrase(plain: str) -> Phrase:
    """The phrase that finds a squashed piece of text anywhere; a single character finds every pair it begins."""
    if len(plain) == 1:
        return Phrase((plain,), prefix=True)
    return Phrase(tuple(plain[at : at + 2] for at in range(len(plain) - 1)))


def key_phrase(plain: str, *, prefix: bool = False) -> Phrase:
    """The phrase that finds a code or number as a whole, or by its beginning."""
    return Phrase((f"={plain[:LONGEST_KEY]}",), prefix=prefix)


def sound_phrase(plain: str) -> Phrase:
    """The phrase for letters typed as pinyin or initials of any part of a name."""
    return Phrase((f"~{plain[:LONGEST_SPELLING]}",), prefix=True)
