"""Writes of search: services put what can be found into the index in the transaction that changed it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from panshi.calc.bigrams import squash, tokens
from panshi.calc.pinyin import spell
from panshi.ground.base.bulk import insert_rows
from panshi.ground.search.kinds import entry_id, keys_of, sign_of
from panshi.ground.search.models import Entry

MOST_TOKENS = 4000
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Findable:
    """A record as it can be found: by `title` (also pinyin and initials), by its `keys` (codes, phones) as a whole,
    by any piece of `title`, `keys` and `texts`. `subtitle` is only shown."""

    kind: str
    record_id: int
    account_id: int | None
    title: str
    subtitle: str = ""
    keys: Sequence[str] = ()
    texts: Sequence[str] = ()


def put(
    *,
    kind: str,
    record_id: int,
    account_id: int | None,
    title: str,
    subtitle: str = "",
    keys: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> None:
    """Make one record findable, or find it by its new words."""
    put_many(records=[Findable(kind, record_id, account_id, title, subtitle, keys, texts)])


@transaction.atomic
def put_many(*, records: Iterable[Findable], new: bool = False) -> int:
    """Make many records findable in batches; answers how many. `new` ones were created just now: none to replace."""
    rows, count = iter(records), 0
    while batch := list(islice(rows, BATCH)):
        count += len(batch)
        if new:
            insert_rows(Entry, [_entry(record) for record in batch])
            continue
        Entry.objects.bulk_create(
            [_entry(record) for record in batch],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["account_id", "title", "subtitle", "head", "pinyin", "initials", "tokens"],
        )
    return count


@transaction.atomic
def remove(*, kind: str, record_ids: Iterable[int]) -> None:
    """Let records no longer be found."""
    Entry.objects.filter(pk__in=[entry_id(kind, record_id) for record_id in record_ids]).delete()


@transaction.atomic
def rebuild(*, kind: str, records: Iterable[Findable]) -> int:
    """Replace everything known of a kind; answers how many records can be found now."""
    keys = keys_of(kind)
    Entry.objects.filter(pk__gte=keys.start, pk__lt=keys.stop).delete()
    return put_many(records=records, new=True)


def _entry(record: Findable) -> Entry:
    """The row of one record."""
    head = squash(record.title)
    sound = spell(head)
    sign = sign_of(record.kind)
    words = tokens([record.title, *record.keys, *record.texts], keys=record.keys, spelt=record.title)
    return Entry(
        id=entry_id(record.kind, record.record_id),
        account_id=record.account_id,
        title=record.title[:200],
        subtitle=record.subtitle[:200],
        head=head[:60],
        pinyin=sound.pinyin[:60],
        initials=sound.initials[:60],
        tokens=[sign + word for word in words[:MOST_TOKENS]],
    )
