"""Reads of search: what one box finds, in an order that is the same on both databases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from panshi.calc.bigrams import Phrase, key_phrase, phrase, sound_phrase, squash
from panshi.ground.search.kinds import NUMBERS, keys_of
from panshi.ground.search.matching import Reach, first_matching
from panshi.ground.search.models import Entry

LONGEST_QUESTION = 60
LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found."""

    kind: str
    record_id: int
    account_id: int | None
    title: str
    subtitle: str


def find(
    text: str, *, accounts: "QuerySet[Any] | None", kinds: Sequence[str] = tuple(NUMBERS), limit: int = 20
) -> list[Hit]:
    """The first `limit` records that `text` finds among those of `accounts` (None: all) and of the given kinds.

    Order: an exact code or phone; the beginning of a code, name, pinyin or initials; then a piece of any text, or the
    spelling of any part of a name, by kind and key. Once a whole code or phone is found no pieces are looked for.
    Nothing is ranked by an engine: engines differ, and ranking 100 000 hits costs 27 ms.
    """
    plain, asked = squash(text)[:LONGEST_QUESTION], [kind for kind in NUMBERS if kind in kinds]
    if not plain or not asked:
        return []
    reach = Reach.of(accounts)
    found: dict[int, Entry] = {}
    for ask in _questions(plain, asked, found):
        if len(found) >= limit:
            break
        rest = replace(reach, rows=reach.rows.exclude(pk__in=list(found))) if found else reach
        for entry in ask(rest, limit - len(found)):
            found[entry.pk] = entry
    return [Hit(e.kind, e.record_id, e.account_id, e.title, e.subtitle) for e in found.values()]


Ask = Callable[[Reach, int], list[Entry]]


def _questions(plain: str, kinds: Sequence[str], found: Mapping[int, Entry]) -> Iterator[Ask]:
    """What to ask, one after the other until enough is found."""
    latin = plain.isascii()
    whole = False
    if latin and any(map(str.isdigit, plain)):
        yield from (_matching(kind, key_phrase(plain)) for kind in kinds)
        whole = bool(found)
        yield from (_matching(kind, key_phrase(plain, prefix=True)) for kind in kinds)
    yield from (_beginning(kinds, column, plain) for column in _COLUMNS[latin])
    if whole:
        return
    yield from (_matching(kind, phrase(plain)) for kind in kinds)
    if latin:
        yield from (_matching(kind, sound_phrase(plain)) for kind in kinds)


_COLUMNS = {True: ("head", "pinyin", "initials"), False: ("head",)}


def _matching(kind: str, phrase: Phrase) -> Ask:
    """Entries that hold a phrase, by key."""
    return lambda reach, count: first_matching(reach, kind, phrase, count)


def _beginning(kinds: Sequence[str], column: str, plain: str) -> Ask:
    """Entries whose title begins so, in the order of that column (which is its index)."""
    inside = Q(**{f"{column}__gte": plain, f"{column}__lt": plain + LAST_SIGN})
    if len(kinds) < len(NUMBERS):
        inside &= Q.create(
            [Q(pk__gte=keys_of(k).start, pk__lt=keys_of(k).stop) for k in kinds], connector=Q.OR
        )
    return lambda reach, count: reach.first(reach.rows.filter(inside).order_by(column, "pk"), count)
