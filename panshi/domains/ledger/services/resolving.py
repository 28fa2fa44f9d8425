"""What becomes of accounts that a batch names and nobody knows: matched, opened as new archives, or left out."""

import datetime as dt
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, Lifecycle
from panshi.domains.accounts.models.cleaning import (
    CannotSaveAccount,
    check_together,
    clean,
    clean_code,
    derive,
)
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.opening import open_accounts
from panshi.domains.ledger import events
from panshi.domains.ledger.models import Batch, BatchState, Decision, UnknownAccount
from panshi.domains.ledger.reports.matching import Known
from panshi.domains.ledger.services.batches import CannotChangeBatch, locked
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Job
from panshi.ground.work.services import enqueue

CREATE: Final = "ledger.create_accounts"
CHUNK: Final = 500


class CannotResolveAccount(Refused):
    """The account cannot be taken for the unknown one."""


@transaction.atomic
def match_unknown(
    *, unknown: UnknownAccount, account: Account, by: Viewer, at: dt.datetime
) -> UnknownAccount:
    """Say that an unknown account is one of ours."""
    row = _open_to_decision(unknown, by=by)
    if not Account.objects.visible_to(by).filter(pk=account.pk).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
    if account.merged_into_id is not None:
        raise CannotResolveAccount(_("此客户已并入其他客户，请选择合并后的客户。"), field="account")
    row.decision, row.account, row.problem = Decision.MATCHED, account, ""
    row.remembered = False
    row.save()
    _note(row.batch_id, Decision.MATCHED, 1, by=by, at=at)
    return row


@transaction.atomic
def reopen_unknown(*, unknown: UnknownAccount, by: Viewer, at: dt.datetime) -> UnknownAccount:
    """Take a decision back, also one remembered from earlier batches of the source; an opened account stays."""
    row = _open_to_decision(unknown, by=by)
    if row.remembered:
        UnknownAccount.objects.filter(
            batch__source=row.batch.source_id, code=row.code, uscc=row.uscc, name=row.name
        ).exclude(pk=row.pk).update(forgotten=True)
        row.remembered = False
    row.decision, row.account = Decision.OPEN, None
    row.save()
    return row


@transaction.atomic
def leave_out(*, batch: Batch, keys: Collection[int] | None = None, by: Viewer, at: dt.datetime) -> int:
    """Leave the lines of the named unknown accounts, or of all open ones, out of the import; how many."""
    _staged(batch.pk, by=by)
    chosen = UnknownAccount.objects.filter(batch_id=batch.pk).open()
    if keys is not None:
        chosen = chosen.filter(key__in=keys)
    count: int = chosen.update(decision=Decision.LEFT_OUT, account=None, problem="")
    _note(batch.pk, Decision.LEFT_OUT, count, by=by, at=at)
    return count


@transaction.atomic
def create_unknown(*, batch: Batch, keys: Collection[int] | None = None, by: Viewer, at: dt.datetime) -> int:
    """Open an archive for each named unknown account, or for all open ones; answers how many were opened.

    They belong to the unit of the source. One that cannot be opened stays open with the reason in `problem`. Among
    all, an account whose name one of ours bears already is left for a person to decide.
    """
    by.require("accounts.create")
    row = _staged(batch.pk, by=by)
    chosen = UnknownAccount.objects.filter(batch_id=row.pk).open().order_by("key")
    if keys is not None:
        chosen = chosen.filter(key__in=keys)
    opening = _Opening(row, alone=keys is not None, at=at, by=by)
    drafts = [(unknown, opening.draft(unknown)) for unknown in chosen]
    accounts = [account for _unknown, account in drafts if account is not None]
    open_accounts(accounts, reason=_("台账中有交易"), by=by, at=at)
    measure((account.pk for account in accounts), at=at)
    for unknown, account in drafts:
        if account is not None:
            unknown.decision, unknown.account, unknown.problem = Decision.CREATED, account, ""
    changed = [unknown for unknown, _account in drafts]
    UnknownAccount.objects.bulk_update(changed, ["decision", "account", "problem"], batch_size=CHUNK)
    _note(row.pk, Decision.CREATED, len(accounts), by=by, at=at)
    return len(accounts)


@transaction.atomic
def request_creation(*, batch: Batch, by: Viewer, at: dt.datetime) -> Job:
    """Let a job open archives for all open unknown accounts of a batch."""
    by.require("accounts.create")
    row = _staged(batch.pk, by=by)
    return enqueue(kind=CREATE, arguments={"batch_id": row.pk}, by=by, at=at)


class _Opening:
    """Drafts archives for unknown accounts, knowing what exists and what was drafted before."""

    def __init__(self, batch: Batch, *, alone: bool, at: dt.datetime, by: Viewer) -> None:
        self._known = Known.load()
        self._batch, self._alone, self._at, self._by = batch, alone, at, by
        self._on = timezone.localdate(at)

    def draft(self, unknown: UnknownAccount) -> Account | None:
        """The archive to open, or None with the problem written on the unknown account."""
        try:
            account = self._cleaned(unknown)
        except CannotSaveAccount as refusal:
            unknown.problem = refusal.message[:200]
            return None
        if not self._alone and self._known.names.get(account.name_key):
            unknown.problem = _("已有同名客户，请逐一处理。")
            return None
        if account.code in self._known.codes or (account.uscc and account.uscc in self._known.usccs):
            unknown.problem = _("客户编号或统一社会信用代码已被使用。")
            return None
        # Not saved yet and so without an id: a negative key keeps drafts apart from accounts.
        self._known.add(-unknown.key, account.code, account.uscc, account.name_key)
        return account

    def _cleaned(self, unknown: UnknownAccount) -> Account:
        values = clean(
            {"name": unknown.name or unknown.code or unknown.uscc, "uscc": unknown.uscc}, on=self._on
        )
        account = Account(
            **values,
            code=clean_code(unknown.code) if unknown.code else "",
            lifecycle=Lifecycle.ACTIVE,
            lifecycle_since_on=self._on,
            unit_id=self._batch.source.unit_id,
            created_at=self._at,
            updated_at=self._at,
            created_by_id=self._by.person_id,
        )
        check_together(account)
        derive(account)
        return account


def _open_to_decision(unknown: UnknownAccount, *, by: Viewer) -> UnknownAccount:
    _staged(unknown.batch_id, by=by)
    row: UnknownAccount = UnknownAccount.objects.select_for_update().get(pk=unknown.pk)
    return row


def _staged(batch_id: int, *, by: Viewer) -> Batch:
    row = locked(batch_id, by=by)
    if row.state != BatchState.STAGED:
        raise CannotChangeBatch(_("只有待确认的批次可以处理未识别的客户。"))
    return row


def _note(batch_id: int, decision: Decision, accounts: int, *, by: Viewer, at: dt.datetime) -> None:
    if accounts:
        record(
            events.ACCOUNTS_RESOLVED,
            at=at,
            by_id=by.person_id,
            subject_id=batch_id,
            decision=decision.value,
            accounts=accounts,
        )
