"""Asking the token index, once for each engine; both answer the first rows of one kind in key order."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Subquery
from django.db.models.functions import Coalesce

from panshi.calc.bigrams import Phrase
from panshi.ground.search.kinds import keys_of, sign_of
from panshi.ground.search.models import Entry

WINDOW = 2000
"""Entries of a kind that are looked through in key order before the index is asked for every match."""

FEW_IDS = 500
"""Visible accounts that every question to the database can name."""

MOST_IDS = 8000
"""Visible accounts that are read once and kept at hand; more are left to a subquery in every question."""

SIEVE = 600
"""Entries that are sifted here before the database is given all visible accounts by name."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which entries may be found: `rows` are narrowed by the database, `seen` (if any) by us.

    Deciding what a person may see takes PostgreSQL several milliseconds, and one search asks up to ten questions. Where
    it is a few thousand accounts they are read once, and what a question finds is sifted.
    """

    rows: "QuerySet[Entry]"
    seen: frozenset[int] | None = None

    @classmethod
    def of(cls, accounts: "QuerySet[Any] | None") -> "Reach":
        """The entries that hang from given accounts; None for all there are."""
        rows: QuerySet[Entry] = Entry.objects.defer("tokens", "head", "pinyin", "initials")
        if accounts is None:
            return cls(rows)
        keys = accounts.order_by().values_list("pk", flat=True)
        if connection.vendor == "postgresql":
            ids = frozenset(keys[: MOST_IDS + 1])
            if len(ids) <= FEW_IDS:
                return cls(_named(rows, ids))
            if len(ids) <= MOST_IDS:
                return cls(rows, ids)
        return cls(rows.filter(account_id__in=keys))

    def first(self, rows: "QuerySet[Entry]", count: int) -> list[Entry]:
        """The first `count` visible ones of ordered rows."""
        if self.seen is None:
            return list(rows[:count])
        found = list(rows[:SIEVE])
        visible = self.sifted(found)
        if len(visible) >= count or len(found) < SIEVE:
            return visible[:count]
        return list(_named(rows, self.seen)[:count])

    def sifted(self, found: list[Entry]) -> list[Entry]:
        """The visible ones."""
        return [entry for entry in found if self.seen is None or entry.account_id in self.seen]


def _named(rows: "QuerySet[Entry]", ids: Collection[int]) -> "QuerySet[Entry]":
    """The rows of accounts named one by one, in one parameter."""
    return rows.extra(where=["search_entry.account_id = ANY(%s::bigint[])"], params=[sorted(ids)])


def first_matching(reach: Reach, kind: str, phrase: Phrase, count: int) -> list[Entry]:
    """The first `count` entries of a kind that hold the phrase, by key."""
    sign = sign_of(kind)
    signed = Phrase(tuple(sign + word for word in phrase.words), phrase.prefix)
    if connection.vendor == "postgresql":
        return _by_tsvector(reach, kind, signed, count)
    return _by_fts5(reach, signed, count)


def _by_fts5(reach: Reach, phrase: Phrase, count: int) -> list[Entry]:
    """SQLite walks a token's list of keys in order and stops as soon as enough is found."""
    match = f'"{" ".join(phrase.words)}"' + (" *" if phrase.prefix else "")
    matching = reach.rows.extra(
        tables=["search_tokens"],
        where=["search_tokens MATCH %s", "search_tokens.rowid = search_entry.id"],
        params=[match],
        order_by=["search_tokens.rowid"],
    )
    return reach.first(matching, count)


def _by_tsvector(reach: Reach, kind: str, phrase: Phrase, count: int) -> list[Entry]:
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
        walk = reach.rows.extra(where=["ts_match_vq(search_entry.tokens, %s::tsquery)"], params=[query])
        walk = walk.filter(pk__gte=keys.start, pk__lt=end).order_by("pk")
        near = reach.sifted(list(walk[: count if reach.seen is None else WINDOW]))
        if len(near) >= count:
            return near[:count]
    indexed = reach.rows.extra(where=["search_entry.tokens @@ %s::tsquery"], params=[query])
    return reach.first(indexed.order_by(F("pk") + 0), count)
