"""Asking the token index, once for each engine; both answer the first rows of one kind in key order."""

from django.db import connection
from django.db.models import F, QuerySet, Subquery
from django.db.models.functions import Coalesce

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

    So look through the first entries of the kind, where all that is common is found, and only then ask the index: what
    is left has few matches to fetch. The planner alone guesses, and guesses wrong wherever tokens go together; the
    function instead of the operator, and the sum instead of the key, keep it from the other index.
    """
    query = " <-> ".join(f"'{word}'" for word in phrase.words) + (":*" if phrase.prefix else "")
    keys = keys_of(kind)
    of_kind = Entry.objects.filter(pk__gte=keys.start, pk__lt=keys.stop)
    if not phrase.words[0].startswith("=", 1) or phrase.prefix:
        end = Coalesce(Subquery(of_kind.order_by("pk").values("pk")[WINDOW : WINDOW + 1]), keys.stop)
        walk = rows.extra(where=["ts_match_vq(search_entry.tokens, %s::tsquery)"], params=[query])
        near = list(walk.filter(pk__gte=keys.start, pk__lt=end).order_by("pk")[:count])
        if len(near) == count:
            return near
    indexed = rows.extra(where=["search_entry.tokens @@ %s::tsquery"], params=[query])
    return list(indexed.order_by(F("pk") + 0)[:count])
