"""Asking the token index, once for each engine; both answer the first rows in key order."""

from django.db import connection
from django.db.models import QuerySet

from panshi.calc.bigrams import Phrase
from panshi.ground.search.models import Entry


def first_matching(rows: "QuerySet[Entry]", phrase: Phrase, count: int) -> list[Entry]:
    """The first `count` of the rows that hold the phrase, by key."""
    if connection.vendor == "postgresql":
        return _by_tsvector(rows, phrase, count)
    return _by_fts5(rows, phrase, count)


def _by_fts5(rows: "QuerySet[Entry]", phrase: Phrase, count: int) -> list[Entry]:
    """SQLite walks the token's list of keys in order, so that it stops as soon as enough is found."""
    match = f'"{" ".join(phrase.words)}"' + (" *" if phrase.prefix else "")
    matching = rows.extra(
        tables=["search_tokens"],
        where=["search_tokens MATCH %s", "search_tokens.rowid = search_entry.id"],
        params=[match],
        order_by=["search_tokens.rowid"],
    )
    return list(matching[:count])


def _by_tsvector(rows: "QuerySet[Entry]", phrase: Phrase, count: int) -> list[Entry]:
    query = " <-> ".join(f"'{word}'" for word in phrase.words) + (":*" if phrase.prefix else "")
    return list(rows.extra(where=["search_entry.tokens @@ %s::tsquery"], params=[query]).order_by("pk")[:count])
