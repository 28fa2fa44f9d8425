"""Asking the token index, once for each engine; both answer the first rows of one kind in key order."""

from django.db import connection
from django.db.models import F, QuerySet

from panshi.calc.bigrams import Phrase
from panshi.ground.search.kinds import keys_of, sign_of
from panshi.ground.search.models import Entry

WINDOW = 2000
"""Entries of a kind that are looked through in key order before the index is asked for every match."""


def first_matching(rows: "QuerySet[Entry]", kind: str, phrase: Phrase, count: int) -> list[Entry]:
    """The first `count` of the rows of a kind that hold the phrase, by key."""
    sign = sign_of(kind)
    signed = Phrase(tuple(sign + word for word in phrase.words), phrase.prefix)
    if connection.vendor == "postgresql":
        return _by_tsvector(rows, kind, signed, count)
    return _by_fts5(rows, signed, count)


def _by_fts5(rows: "QuerySet[Entry]", phrase: Phrase, count: int) -> list[Entry]:
    """SQLite walks a token's list of keys in order and stops as soon as enough is found."""
    match = f'"{" ".join(phrase.words)}"' + (" *" if phrase.prefix else "")
    matching = rows.extra(
        tables=["search_tokens"],
        where=["search_tokens MATCH %s", "search_tokens.rowid = search_entry.id"],
        params=[match],
        order_by=["search_tokens.rowid"],
    )
    return list(matching[:count])


def _by_tsvector(rows: "QuerySet[Entry]", kind: str, phrase: Phrase, count: int) -> list[Entry]:
    """PostgreSQL's GIN knows all matches or none, not the first ones: fetching 75 000 to keep 20 takes 60 ms.

    What is common is found among the first entries of its kind; what is not has few matches to fetch. Left to itself the
    planner guesses, and guesses wrong wherever tokens go together.
    """
    query = " <-> ".join(f"'{word}'" for word in phrase.words) + (":*" if phrase.prefix else "")
    matching = rows.extra(where=["search_entry.tokens @@ %s::tsquery"], params=[query])
    keys = keys_of(kind)
    of_kind = Entry.objects.filter(pk__gte=keys.start, pk__lt=keys.stop).order_by("pk")
    end = of_kind.values_list("pk", flat=True)[WINDOW : WINDOW + 1].first()
    near = list(matching.filter(pk__gte=keys.start, pk__lt=end or keys.stop).order_by("pk")[:count])
    if len(near) == count or end is None:
        return near
    return list(matching.order_by(F("pk") + 0)[:count])
