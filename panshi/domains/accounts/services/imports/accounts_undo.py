"""Taking imported accounts back: new ones that nobody touched are removed, changed ones get their old values."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import (
    Account,
    ArchiveCount,
    FactVersion,
    FormerName,
    ImportBatch,
    ImportedRow,
    LifecycleRecord,
)
from panshi.domains.accounts.models.cleaning import derive
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.models.references import references
from panshi.domains.accounts.reports.imports.columns import import_fields
from panshi.domains.accounts.services.assigning import restore_owners
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.custom import restricted_names
from panshi.domains.accounts.services.facts_history import FactReason, drafted, keep_facts
from panshi.domains.accounts.services.finding import put_accounts
from panshi.domains.accounts.services.imports.values import (
    CHUNK,
    Stored,
    after_of,
    before_of,
    changed_since,
    custom_back,
    typed,
)
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft, text
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.models import File
from panshi.ground.search.models import Entry
from panshi.ground.search.services import remove
from panshi.ground.settings.fields import PREFIX
from panshi.ground.settings.models import CustomValue, RecordKind
from panshi.ground.settings.reports import custom_fields
from panshi.ground.settings.services import set_many_custom_values

FOLLOWING: Final = frozenset({(Entry, "account_id"), (CustomValue, "record_id")})
"""What goes with an account without a word: its entry in the search index, its custom values."""
OWNING: Final = ("owner_id", "unit_id")


def records(rows: Sequence[ImportedRow], *, lock: bool) -> dict[int, Account]:
    """The accounts of rows."""
    ids, found = sorted({row.record_id for row in rows}), dict[int, Account]()
    for start in range(0, len(ids), CHUNK):
        part = Account.objects.filter(pk__in=ids[start : start + CHUNK])
        found |= {row.pk: row for row in (part.select_for_update().order_by("pk") if lock else part)}
    return found


def judge(rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, lock: bool) -> Mapping[int, str]:
    """Which rows cannot be taken back, and why."""
    known = records(rows, lock=lock)
    reach = _reached(list(known), by)
    problems: dict[int, str] = {}
    labels = {field.name: str(field.label) for field in import_fields(by)}
    labels |= {"owner_id": _("负责人"), "unit_id": _("所属组织")}
    stored = Stored(RecordKind.ACCOUNT, rows, known, by=by)
    for row in rows:
        account = known.get(row.record_id)
        if account is None:
            problems[row.pk] = _("客户已不存在。")
        elif account.pk not in reach:
            problems[row.pk] = _("超出您的权限范围")
        elif account.merged_into_id is not None:
            problems[row.pk] = _("此客户已并入其他客户，不能再修改。")
        elif row.created and account.version != row.version:
            problems[row.pk] = _("导入后又修改过这家客户。")
        elif moved := [] if row.created else stored.moved(row):
            problems[row.pk] = changed_since(moved, labels)
    fresh = {row.record_id: row for row in rows if row.created and row.pk not in problems}
    for pk, why in _in_use(list(fresh), batch).items():
        problems[fresh[pk].pk] = why
    return problems


def _reached(ids: Sequence[int], by: Viewer) -> set[int]:
    if by.sees_all("accounts.edit"):
        return set(ids)
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        part = Account.objects.visible_to(by, "accounts.edit").filter(pk__in=ids[start : start + CHUNK])
        found |= set(part.values_list("pk", flat=True))
    return found


def _in_use(ids: Sequence[int], batch: ImportBatch) -> dict[int, str]:
    """New accounts that something has come to hang from since; a bounded number of queries for each table."""
    inside, found = set(ids), dict[int, str]()
    for reference in references():
        model, column = reference.model, reference.column
        if (model, column) in FOLLOWING:
            continue
        for start in range(0, len(ids), CHUNK):
            rows = model._base_manager.filter(**{f"{column}__in": ids[start : start + CHUNK]})
            rows = rows.exclude(_its_own(model, ids, batch))
            words = reference.rule.words or _("其他记录")
            for pk in rows.values_list(column, flat=True).distinct():
                found.setdefault(pk, (_("已有关联记录：%(what)s") % {"what": words})[:200])
    for start in range(0, len(ids), CHUNK):
        files = File.objects.filter(account_id__in=ids[start : start + CHUNK], voided_at=None)
        for owner in files.values_list("account_id", flat=True).distinct():
            found.setdefault(owner or 0, _("已有附件"))
    return _with_group(found, inside)


def _its_own(model: type[Model], ids: Sequence[int], batch: ImportBatch) -> Q:
    """Rows that the import itself wrote, or that say nothing."""
    if model is LifecycleRecord:
        return Q(at__lte=batch.finished_at)
    if model is FactVersion:
        return Q(batch_id=batch.pk)
    if model is ArchiveCount:  # what was there and is gone again leaves a zero
        return Q(count=0)
    if model is Account:  # a group that stands wholly inside the import goes with it
        return Q(pk__in=ids)
    return Q(pk__in=())


def _with_group(found: dict[int, str], inside: set[int]) -> dict[int, str]:
    """Whoever stands above an account that stays, stays too."""
    pairs = []
    ids = sorted(inside)
    for start in range(0, len(ids), CHUNK):
        rows = Account.objects.filter(pk__in=ids[start : start + CHUNK]).exclude(parent=None)
        pairs += list(rows.values_list("pk", "parent_id", "group_id"))
    grown = True
    while grown:
        grown = False
        for pk, parent, group in pairs:
            for above in {parent, group} & inside:
                if pk in found and above not in found:
                    found[above], grown = _("下级客户不能撤销"), True
    return found


def take_back(
    rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> Mapping[int, str]:
    """Undo rows that were judged, under the lock taken then; answers those that turned out to have to stay."""
    known = records(rows, lock=True)
    _remove([known[row.record_id] for row in rows if row.created], batch, by=by, at=at)
    changed = [row for row in rows if not row.created]
    kept = _give_back(changed, known, batch, by=by, at=at)
    _restore([row for row in changed if row.pk not in kept], known, batch, by=by, at=at)
    measure((row.record_id for row in changed), at=at)
    return kept


def _remove(accounts: Sequence[Account], batch: ImportBatch, *, by: Viewer, at: dt.datetime) -> None:
    """Take new accounts away with what opening them wrote; the events stay."""
    ids = [account.pk for account in accounts]
    fields = [spec.id for spec in custom_fields(RecordKind.ACCOUNT, viewer=by)]
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        LifecycleRecord.objects.filter(account_id__in=part).delete()
        FactVersion.objects.filter(account_id__in=part).delete()
        ArchiveCount.objects.filter(account_id__in=part).delete()
        CustomValue.objects.filter(field_id__in=fields, record_id__in=part).delete()
        remove(kind="account", record_ids=part)
        Account.objects.filter(pk__in=part).update(parent=None, group=None)
        Account.objects.filter(pk__in=part).delete()
    told = [
        draft(
            events.IMPORT_REMOVED,
            at=at,
            by_id=by.person_id,
            account_id=account.pk,
            subject_id=account.pk,
            code=account.code,
            batch_id=batch.pk,
        )
        for account in accounts
    ]
    insert_rows(Event, told)


def _give_back(
    rows: Sequence[ImportedRow],
    known: Mapping[int, Account],
    batch: ImportBatch,
    *,
    by: Viewer,
    at: dt.datetime,
) -> dict[int, str]:
    """Return accounts to the owners they had; answers the rows whose account may not change hands."""
    moved = {row.record_id: row for row in rows if "owner_id" in after_of(row)}
    if not moved:
        return {}
    place = {
        pk: (_key(texts["owner_id"]), _key(texts["unit_id"]))
        for pk, row in moved.items()
        for texts in [before_of(row)]
    }
    now = {pk: (known[pk].owner_id, known[pk].unit_id) for pk in moved}
    done = restore_owners(before=place, after=now, reason=_("撤销导入"), by=by, at=at)
    for move in done.moves:
        known[move.account_id].version += 1
    return {moved[pk].pk: why[:200] for pk, why in done.refused.items()}


def _key(text: str | None) -> int | None:
    return int(text) if text else None


def _restore(
    rows: Sequence[ImportedRow],
    known: Mapping[int, Account],
    batch: ImportBatch,
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Give changed accounts their old values, custom ones too, with events and versions of facts of their own."""
    specs = {spec.name: spec for spec in custom_fields(RecordKind.ACCOUNT, viewer=by)}
    why = FactReason(_("撤销导入 %(file)s") % {"file": batch.file_name})
    written, versions, told = [], [], list[tuple[Account, dict[str, tuple[Any, Any]]]]()
    custom = {}
    for row in rows:
        account, texts = known[row.record_id], before_of(row)
        own = [name for name in texts if not name.startswith(PREFIX) and name not in OWNING]
        changes: dict[str, tuple[Any, Any]] = {}
        for name in own:
            after = typed(Account, name, texts[name])
            changes[name] = (getattr(account, name), after)
            setattr(account, name, after)
        values = custom_back(row, specs)
        if not changes and not values:
            continue
        account.step(at=at)
        columns = [*own, "version", "updated_at"]
        if {"name", "phone"} & set(own):
            derive(account)
            columns += ["name_key", "name_block", "pinyin", "initials", "phone_key"]
        written.append((account.pk, {name: getattr(account, name) for name in columns}))
        versions += drafted(account.pk, changes, why, by=by, at=at, batch_id=batch.pk)
        if values:
            custom[account.pk] = values
        customs = {name: (after_of(row).get(name) or "", texts[name] or "") for name in values}
        told.append((account, changes | customs))
    update_rows(Account, written)
    set_many_custom_values(record_kind=RecordKind.ACCOUNT, values=custom, by=by)
    keep_facts(versions, on=timezone.localdate(at))
    _forget_names(told, batch, at=at)
    _tell(told, batch, by=by, at=at)
    put_accounts(account for account, _changes in told)


def _forget_names(
    told: Sequence[tuple[Account, Mapping[str, tuple[Any, Any]]]], batch: ImportBatch, *, at: dt.datetime
) -> None:
    """A name the import made a former one is the present one again."""
    assert batch.finished_at is not None
    on = timezone.localdate(batch.finished_at)
    back = Q(pk__in=())
    renamed = [account for account, changes in told if "name" in changes]
    for start in range(0, len(renamed), 200):
        for account in renamed[start : start + 200]:
            back |= Q(account=account, name=account.name, until_on=on)
        FormerName.objects.filter(back).delete()
        back = Q(pk__in=())


def _tell(
    told: Sequence[tuple[Account, Mapping[str, tuple[Any, Any]]]],
    batch: ImportBatch,
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """The events of the values given back: open fields, those behind `accounts.money`, sensitive custom ones."""
    hidden = restricted_names(RecordKind.ACCOUNT, by)
    planned = []
    for account, changes in told:
        groups = {
            events.CHANGED: [name for name in changes if name not in MONEY_FIELDS and name not in hidden],
            events.MONEY_CHANGED: [name for name in changes if name in MONEY_FIELDS],
            events.RESTRICTED_CHANGED: [name for name in changes if name in hidden],
        }
        planned += [(account, changes, kind, sorted(names)) for kind, names in groups.items() if names]
    made = [
        draft(
            kind,
            at=at,
            by_id=by.person_id,
            account_id=account.pk,
            subject_id=account.pk,
            fields=names,
            version=account.version,
            **({"batch_id": batch.pk} if kind is events.CHANGED else {}),
        )
        for account, _changes, kind, names in planned
    ]
    insert_rows(Event, made)
    lines = [
        Change(event=event, field=name, before=text(changes[name][0]), after=text(changes[name][1]))
        for event, (_account, changes, _kind, names) in zip(made, planned, strict=True)
        for name in names
    ]
    insert_rows(Change, lines)


def titles(ids: Collection[int]) -> Mapping[int, str]:
    """Accounts by code and name."""
    rows = Account.objects.filter(pk__in=ids).values_list("pk", "code", "name")
    return {pk: f"{code} {name}" for pk, code, name in rows}
