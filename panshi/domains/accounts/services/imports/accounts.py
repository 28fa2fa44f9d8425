"""Customer rows as accounts: everything in a few large statements."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.naming import matching_name
from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, FormerName, ImportBatch, ImportedRow
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports.imports.checking import CheckedRow
from panshi.domains.accounts.reports.imports.reading import ACCOUNTS
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.assigning import write_moves
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.custom import restricted_names
from panshi.domains.accounts.services.facts_history import FactReason, drafted, keep_facts
from panshi.domains.accounts.services.finding import put_accounts
from panshi.domains.accounts.services.group import CannotPlaceInGroup, place_in_group
from panshi.domains.accounts.services.imports.accounts_undo import judge, take_back, titles
from panshi.domains.accounts.services.imports.kinds import Writing, line
from panshi.domains.accounts.services.imports.values import CHUNK, plain_changes
from panshi.domains.accounts.services.opening import open_accounts
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft, text
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.services import set_many_custom_values

DERIVED: Final = ("name_key", "name_block", "pinyin", "initials", "phone_key")


def apply(
    checked: Sequence[CheckedRow], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> list[ImportedRow]:
    """Open the new accounts, change the known ones, hand over those with another owner, and hang up the group."""
    new = [row for row in checked if row.outcome is Outcome.CREATE]
    known = [row for row in checked if row.outcome is Outcome.UPDATE]
    _create(new, batch, by=by, at=at)
    _update([row for row in known if row.told], batch, by=by, at=at)
    _hand_over([row for row in known if row.move is not None], batch, by=by, at=at)
    _place(new, by=by, at=at)
    if any(row.read.references.get("parent") for row in new):
        _follow(new)
    measure((row.account.pk for row in (*new, *known) if row.account is not None), at=at)
    lines = [_line(batch, row, created=True) for row in new]
    return lines + [_line(batch, row, created=False) for row in known]


def _follow(rows: Sequence[CheckedRow]) -> None:
    """Accounts that were hung under a parent stepped once more than their rows know."""
    keys = [row.account.pk for row in rows if row.account is not None]
    found: dict[int, int] = {}
    for start in range(0, len(keys), CHUNK):
        part = Account.objects.filter(pk__in=keys[start : start + CHUNK])
        found |= dict(part.values_list("pk", "version"))
    for row in rows:
        assert row.account is not None
        row.account.version = found[row.account.pk]


def _line(batch: ImportBatch, row: CheckedRow, *, created: bool) -> ImportedRow:
    """What one row did; changing hands is a step of its own."""
    account = row.account
    assert account is not None
    changes = plain_changes(row.told) if not created else {}
    if row.move is not None:
        for name, before, after in zip(("owner_id", "unit_id"), row.move.before, row.move.after, strict=True):
            changes |= plain_changes({name: (before, after)})
    version = account.version + (1 if row.move is not None else 0)
    return line(batch, row.read.number, account.pk, version=version, created=created, changes=changes)


def _hand_over(rows: Sequence[CheckedRow], batch: ImportBatch, *, by: Viewer, at: dt.datetime) -> None:
    """Give accounts to the owners the file names; the file is the reason."""
    moves = [replace(row.move, version=row.account.version) for row in rows if row.move and row.account]
    if moves:
        write_moves(moves, reason=_("导入文件 %(file)s") % {"file": batch.file_name}, by=by, at=at)


def _create(rows: Sequence[CheckedRow], batch: ImportBatch, *, by: Viewer, at: dt.datetime) -> None:
    """Open the new accounts and say beside their events why look-alikes were taken."""
    accounts = [row.account for row in rows if row.account is not None]
    known = [_known_ids(row) for row in rows]
    made = open_accounts(accounts, reason=_("导入"), duplicate_ids=known, batch_id=batch.pk, by=by, at=at)
    _keep_reasons([event for event, row in zip(made, rows, strict=True) if row.matches], batch)
    _keep_custom(rows, by=by)
    put_accounts(row.account for row in rows if row.account is not None and row.custom)


def _keep_custom(rows: Sequence[CheckedRow], *, by: Viewer) -> None:
    """Store the values of custom fields that the rows set."""
    values = {row.account.pk: row.custom for row in rows if row.account is not None and row.custom}
    set_many_custom_values(record_kind=RecordKind.ACCOUNT, values=values, by=by)


def _known_ids(row: CheckedRow) -> list[int]:
    return [match.account_id for match in row.matches if match.account_id > 0]


def _keep_reasons(made: Sequence[Event], batch: ImportBatch) -> None:
    """Why look-alikes were taken stands beside each event."""
    reason = batch.duplicate_reason
    insert_rows(
        Change, [Change(event=event, field="duplicate_reason", before="", after=reason) for event in made]
    )


def _update(rows: Sequence[CheckedRow], batch: ImportBatch, *, by: Viewer, at: dt.datetime) -> None:
    """Write what differs on known accounts, with former names, events and changes."""
    accounts = [row.account for row in rows if row.account is not None]
    for account in accounts:
        account.step(at=at)
    update_rows(Account, (_written(row) for row in rows))
    _keep_custom(rows, by=by)
    on = timezone.localdate(at)
    FormerName.objects.bulk_create(
        FormerName(account=row.account, name=before, name_key=matching_name(before)[:200], until_on=on)
        for row in rows
        if row.account is not None and "name" in row.changes
        for before in [row.changes["name"][0]]
        if matching_name(before)[:200] != row.account.name_key
    )
    hidden = restricted_names(RecordKind.ACCOUNT, by)
    planned = [(row, kind, fields) for row in rows for kind, fields in _kinds(row, hidden) if fields]
    made = [
        draft(
            kind,
            at=at,
            by_id=by.person_id,
            account_id=row.account.pk,
            subject_id=row.account.pk,
            fields=fields,
            version=row.account.version,
            **({"duplicate_ids": _known_ids(row), "batch_id": batch.pk} if kind is events.CHANGED else {}),
        )
        for row, kind, fields in planned
        if row.account is not None
    ]
    insert_rows(Event, made)
    insert_rows(
        Change,
        [
            Change(event=event, field=name, before=text(before), after=text(after))
            for event, (row, _kind, fields) in zip(made, planned, strict=True)
            for name in fields
            for before, after in [row.told[name]]
        ],
    )
    _keep_reasons([event for event, plan in zip(made, planned, strict=True) if plan[0].matches], batch)
    _keep_facts(rows, batch, on=on, by=by, at=at)
    put_accounts(accounts)


def _keep_facts(
    rows: Sequence[CheckedRow], batch: ImportBatch, *, on: dt.date, by: Viewer, at: dt.datetime
) -> None:
    """Versions of the facts that changed; the file is the reason."""
    why = FactReason(_("导入文件 %(file)s") % {"file": batch.file_name})
    versions = (
        version
        for row in rows
        if row.account is not None
        for version in drafted(row.account.pk, row.changes, why, by=by, at=at, batch_id=batch.pk)
    )
    keep_facts(versions, on=on)


def _written(row: CheckedRow) -> tuple[int, dict[str, object]]:
    """Key and columns of one changed account."""
    assert row.account is not None
    names = [*row.changes, "version", "updated_at"]
    if {"name", "phone"} & set(row.changes):
        names += DERIVED
    return row.account.pk, {name: getattr(row.account, name) for name in names}


def _kinds(row: CheckedRow, hidden: Collection[str]) -> list[tuple[EventKind, list[str]]]:
    """The events of one changed row: open fields, those behind `accounts.money`, and sensitive custom ones."""
    told = row.told
    return [
        (events.CHANGED, sorted(name for name in told if name not in MONEY_FIELDS and name not in hidden)),
        (events.MONEY_CHANGED, sorted(name for name in told if name in MONEY_FIELDS)),
        (events.RESTRICTED_CHANGED, sorted(name for name in told if name in hidden)),
    ]


def _place(rows: Sequence[CheckedRow], *, by: Viewer, at: dt.datetime) -> None:
    """Hang new accounts under the parents they name by code; what cannot hang stays alone and is told."""
    named = [row for row in rows if row.read.references.get("parent") and row.account is not None]
    codes = {str(row.read.references["parent"]) for row in named}
    parents = {account.code: account for account in Account.objects.visible_to(by).filter(code__in=codes)}
    for row in named:
        parent = parents.get(str(row.read.references["parent"]))
        assert row.account is not None
        if parent is None:
            row.problems.append(_("客户已新建，但没有找到上级客户"))
            continue
        try:
            with transaction.atomic():
                place_in_group(account=row.account, parent=parent, by=by, at=at)
        except (CannotPlaceInGroup, NotAllowed) as refusal:
            row.problems.append(_("客户已新建，但没有归入上级客户：%(why)s") % {"why": refusal.message})


WRITING: Final = Writing(name=ACCOUNTS.name, apply=apply, judge=judge, take_back=take_back, titles=titles)
