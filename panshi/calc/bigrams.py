"""Tokens behind the search box: short runs of neighbouring characters, so that any piece of a name is found.

Pure and the same for both databases. A token is a pair of characters (three where all are ASCII: pairs of digits are
too common to tell numbers apart), shorter only at the end of a text; or it is marked by its first sign: `=` a whole
code or number, `~` a spelling from one of its syllables on, `|` a gap that no phrase crosses.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from panshi.calc.pinyin import syllables

GAP: Final = "|"
LONGEST_SPELLING: Final = 16
MOST_STARTS: Final = 8
"""Spellings start at each of so many characters; what follows in a long name is its legal form."""
LONGEST_KEY: Final = 60


def squash(text: str) -> str:
    """What counts when searching: letters, digits and characters, in one width and lower case, nothing between."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def tokens(texts: Iterable[str], *, keys: Iterable[str] = (), spelt: str = "") -> list[str]:
    """All tokens of a record in order: the runs of each text, its keys as a whole, the spellings of `spelt`."""
    found: list[str] = []
    for text in texts:
        plain = squash(text)
        if plain:
            found += [_run(plain, at) for at in range(len(plain))]
            found.append(GAP)
    found += [f"={plain[:LONGEST_KEY]}" for key in keys if (plain := squash(key))]
    return found + spellings(squash(spelt))


def _run(plain: str, at: int) -> str:
    """The token that starts at a place of a squashed text."""
    run = plain[at : at + 3]
    return run if run.isascii() else run[:2]


def spellings(plain: str) -> list[str]:
    """Pinyin and initials from each of the first Chinese characters of a squashed text on: 恒达 → ~hengda ~da ~hd
    ~d."""
    sounds = syllables(plain[: MOST_STARTS + LONGEST_SPELLING])
    first = "".join([sound[:1] for sound in sounds])
    found: list[str] = []
    for at, sign in enumerate(plain[:MOST_STARTS]):
        if not sign.isascii():
            found.append(f"~{''.join(sounds[at : at + LONGEST_SPELLING])[:LONGEST_SPELLING]}")
            found.append(f"~{first[at : at + LONGEST_SPELLING]}")
    return found


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must follow each other; with `prefix` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False


def phrase(plain: str) -> Phrase:
    """The phrase that finds a squashed piece of text anywhere; where it ends inside a token the token may go on."""
    words: list[str] = []
    at = 0
    while not words or at - 1 + len(words[-1]) < len(plain):
        words.append(_run(plain, at))
        at += 1
    whole = 3 if words[-1].isascii() else 2
    return Phrase(tuple(words), prefix=len(words[-1]) < whole)


def key_phrase(plain: str, *, prefix: bool = False) -> Phrase:
    """The phrase that finds a code or number as a whole, or by its beginning."""
    return Phrase((f"={plain[:LONGEST_KEY]}",), prefix=prefix)


def sound_phrase(plain: str) -> Phrase:
    """The phrase for letters typed as pinyin or initials of any part of a name."""
    return Phrase((f"~{plain[:LONGEST_SPELLING]}",), prefix=True)
