"""Typed words as a condition on somebody else's rows: which records of a kind hold them, as a subquery.

Both engines answer from the same tokens as the search box; a list that is narrowed brings its own gate and order.
"""

from django.db import connection
from django.db.models.expressions import RawSQL

from panshi.calc.bigrams import Phrase, key_phrase, phrase, sound_phrase, squash
from panshi.ground.search.kinds import keys_of, sign_of

LONGEST_WORDS = 60


def records_holding(text: str, *, kind: str) -> "RawSQL | tuple[()]":
    """The keys of all records of a kind in which `text` is found anywhere; none when nothing findable was typed."""
    plain = squash(text)[:LONGEST_WORDS]
    if not plain:
        return ()
    phrases = [phrase(plain), key_phrase(plain, prefix=plain.isascii())]
    if plain.isascii():
        phrases.append(sound_phrase(plain))
    sign = sign_of(kind)
    signed = [Phrase(tuple(sign + word for word in each.words), each.prefix) for each in phrases]
    first = keys_of(kind).start
    if connection.vendor == "postgresql":
        query = " | ".join(f"({_tsquery(each)})" for each in signed)
        return RawSQL("SELECT id - %s FROM search_entry WHERE tokens @@ %s::tsquery", (first, query))
    query = " OR ".join(_fts5(each) for each in signed)
    return RawSQL("SELECT rowid - %s FROM search_tokens WHERE search_tokens MATCH %s", (first, query))


def _tsquery(each: Phrase) -> str:
    return " <-> ".join(f"'{word}'" for word in each.words) + (":*" if each.prefix else "")


def _fts5(each: Phrase) -> str:
    return f'"{" ".join(each.words)}"' + (" *" if each.prefix else "")
