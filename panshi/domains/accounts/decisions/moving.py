"""Re-pointing everything that refers to the losing account of a merge, and writing down what was done.

Works for models of rooms not built yet: `models.references` finds their keys, they state their rules.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import models
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Replace

from panshi.domains.accounts.models import Account, Merge, MergedKind, MergedRows
from panshi.domains.accounts.models.merging import packed
from panshi.domains.accounts.models.references import Reference, movable
from panshi.ground.base.merging import AT, MergeRule
from panshi.ground.search.models import Entry

CHUNK: Final = 5000


def move_rows(merge: Merge, *, winner_name: str, at: dt.datetime) -> int:
    """Let every row follow from loser to winner as its model's rule says; answers how many did."""
    return sum(_move(merge, one, winner_name, at) for one in movable())


def note_rows(merge: Merge, kind: MergedKind, table: str, column: str, rows: Sequence[Any]) -> None:
    """Write down rows in portions."""
    MergedRows.objects.bulk_create(
        MergedRows(
            merge=merge,
            kind=kind,
            table=table,
            column=column,
            count=len(portion),
            rows=json.dumps(portion, ensure_ascii=False),
        )
        for portion in _portions(rows)
    )


def change_rows(merge: Merge, rows: "QuerySet[Any]", columns: dict[str, Any], *, column: str) -> None:
    """Set columns of rows and write down what they were before."""
    model = rows.model
    found = list(rows.order_by("pk").values_list("pk", *columns))
    if not found:
        return
    after = {name: packed(value) for name, value in columns.items()}
    note = [
        [pk, {name: packed(value) for name, value in zip(columns, before, strict=True)}, after]
        for pk, *before in found
    ]
    note_rows(merge, MergedKind.CHANGED, model._meta.label, column, note)
    for portion in _portions([pk for pk, *_before in found]):
        model._base_manager.filter(pk__in=portion).update(**columns)


def _move(merge: Merge, one: Reference, winner_name: str, at: dt.datetime) -> int:
    """Re-point the rows of one key."""
    loser, winner = merge.loser_id, merge.winner_id
    staying: list[Any] = []
    if one.rule.changes:
        where = one.rule.where
        rows = one.colliding(loser, winner) if where is None else one.rows_of(loser).filter(where)
        columns = {name: at if value is AT else value for name, value in one.rule.changes.items()}
        change_rows(merge, rows, columns, column=one.column)
    if one.rule.rule is MergeRule.KEEP_WINNERS:
        staying = list(one.colliding(loser, winner).order_by("pk").values_list("pk", flat=True))
        note_rows(merge, MergedKind.SET_ASIDE, one.table, one.column, staying)
    moving = one.rows_of(loser)
    if staying:
        moving = moving.exclude(pk__in=staying)
    keys = list(moving.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return 0
    note_rows(merge, MergedKind.MOVED, one.table, one.column, keys)
    if one.model is Entry:
        _say_winner(merge, moving, winner_name)
    moving.update(**{one.column: winner})
    return 0 if one.model is Entry else len(keys)


def _say_winner(merge: Merge, entries: "QuerySet[Entry]", winner_name: str) -> None:
    """What is found of the loser's records says under it whose it is: the winner's from now on."""
    before = merge.loser_name
    if before == winner_name:
        return
    saying = list(entries.filter(subtitle__contains=before).values_list("pk", "subtitle"))
    most = Entry._meta.get_field("subtitle").max_length or 0
    note = [
        [pk, {"subtitle": packed(old)}, {"subtitle": packed(new)}]
        for pk, old in saying
        for new in [old.replace(before, winner_name)]
        if len(new) <= most
    ]
    note_rows(merge, MergedKind.CHANGED, Entry._meta.label, "account_id", note)
    for portion in _portions([pk for pk, *_values in note]):
        Entry.objects.filter(pk__in=portion).update(
            subtitle=Replace(
                F("subtitle"), Value(before), Value(winner_name), output_field=models.CharField()
            )
        )


def _portions(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def create_row(merge: Merge, row: models.Model) -> None:
    """Insert a row that exists because of the merge; undoing removes it."""
    row.save(force_insert=True)
    note_rows(merge, MergedKind.CREATED, row._meta.label, "account_id", [row.pk])


def end_stays(merge: Merge, *, at: dt.datetime, by_id: int | None) -> None:
    """The winner leaves its pool because it takes over the loser's owner."""
    entries = Account._meta.get_field("pool_entries").related_model
    assert isinstance(entries, type)
    rows = entries._base_manager.filter(account_id=merge.winner_id, left_at=None)
    change_rows(merge, rows, {"left_at": at, "taken_by_id": by_id}, column="account_id")
