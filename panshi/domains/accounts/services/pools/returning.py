"""Giving accounts back: an owner returns 退回 what they do not work on, a leader what nobody does.

What a rule could never return nobody returns by hand either: key accounts and accounts with open matters are
reassigned by the director. Contacts, history and unit stay; owner, team and planned contact end.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, EntryKind, OpenMatter, Pool
from panshi.domains.accounts.reports.pools.allowances import pools_near
from panshi.domains.accounts.services.pools.shelf import Outcome, Shelved, shelve
from panshi.domains.accounts.services.pools.undoing import standing_before
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import UnitTree
from panshi.ground.notices.services import notify

MOST_AT_ONCE = 5000


class CannotReturn(Refused):
    """The account may not go into a pool, or there is none for it, or nobody said why."""


@transaction.atomic
def return_account(
    *, account: Account, reason: str, pool: Pool | None = None, by: Viewer, at: dt.datetime
) -> Pool:
    """Put one account into the pool of its unit, or into another near it; answers which. Raises `CannotReturn`."""
    desk = _Desk([account.pk], reason, pool, by=by, at=at)
    row = desk.checked(account.pk)
    desk.put([row])
    return desk.pools[row.pool_id]


@transaction.atomic
def return_accounts(
    *, account_ids: Iterable[int], reason: str, pool: Pool | None = None, by: Viewer, at: dt.datetime
) -> list[Outcome]:
    """Put several into the pools of their units; each says what became of it."""
    ids = list(dict.fromkeys(account_ids))[:MOST_AT_ONCE]
    desk = _Desk(ids, reason, pool, by=by, at=at)
    rows, outcomes = desk.sorted(ids)
    kept = standing_before([row.account for row in rows])
    desk.put(rows)
    return [replace(each, kept=kept[each.account_id]) if each.done else each for each in outcomes]


@transaction.atomic
def foresee_returning(
    *, account_ids: Iterable[int], reason: str, by: Viewer, at: dt.datetime
) -> list[Outcome]:
    """What returning these would do to each; nothing is written."""
    ids = list(dict.fromkeys(account_ids))[:MOST_AT_ONCE]
    return _Desk(ids, reason, None, by=by, at=at).sorted(ids)[1]


class _Desk:
    """Accounts on their way back, locked, with what decides whether they may go."""

    def __init__(
        self, account_ids: list[int], reason: str, pool: Pool | None, *, by: Viewer, at: dt.datetime
    ) -> None:
        if not reason.strip():
            raise CannotReturn(_("请说明退回的理由。"), field="reason")
        self.reason, self.pool, self.by, self.at = reason.strip()[:200], pool, by, at
        self.on = timezone.localdate(at)
        rows = Account.objects.select_for_update().filter(pk__in=account_ids).order_by("pk")
        self.accounts: dict[int, Account] = {row.pk: row for row in rows}
        self.seen = self._reached("accounts.view", account_ids)
        self.led = self._reached("accounts.assign", account_ids)
        matters = OpenMatter.objects.standing().filter(account__in=account_ids)
        self.open = set(matters.values_list("account_id", flat=True))
        self.tree = UnitTree.load()
        self.near: dict[int | None, list[Pool]] = {}
        self.pools: dict[int, Pool] = {}

    def _reached(self, permission: str, account_ids: list[int]) -> set[int]:
        rows = Account.objects.visible_to(self.by, permission).filter(pk__in=account_ids)
        return set(rows.values_list("pk", flat=True))

    def sorted(self, account_ids: Iterable[int]) -> tuple[list[Shelved], list[Outcome]]:
        """Those that may go, and of each what becomes of it."""
        rows, outcomes = [], []
        for pk in account_ids:
            name = self.accounts[pk].name if pk in self.seen else ""
            try:
                rows.append(self.checked(pk))
            except Refused as refusal:
                outcomes.append(Outcome(pk, name, False, refusal.message))
            else:
                outcomes.append(Outcome(pk, name, True))
        return rows, outcomes

    def checked(self, account_id: int) -> Shelved:
        """The account ready to go, or the refusal."""
        account = self.accounts.get(account_id)
        if account is None or account_id not in self.seen:
            raise NotAllowed(_("您没有此项操作的权限。"))
        own = account.owner_id is not None and account.owner_id == self.by.person_id
        if not own and account_id not in self.led:
            raise NotAllowed(_("只有负责人和上级可以把客户退回公海。"))
        self._check(account, own=own)
        pool = self._pool(account)
        self.pools[pool.pk] = pool
        kind = EntryKind.RETURNED if account.owner_id is not None else EntryKind.PLACED
        return Shelved(account, pool.pk, kind, self.reason)

    def _check(self, account: Account, *, own: bool) -> None:
        if account.merged_into_id is not None:
            raise CannotReturn(_("此客户已并入其他客户，不能再修改。"))
        if account.pool_id is not None:
            raise CannotReturn(_("这家客户已在公海中。"))
        if account.is_key:
            raise CannotReturn(_("重点客户不进公海，请由大客户部经理重新指派负责人。"))
        if account.pk in self.open:
            raise CannotReturn(_("这家客户还有未结事项，不进公海，请由大客户部经理重新指派负责人。"))
        if not own and account.owner_id is not None and account.protected_until_on >= self.on:
            raise CannotReturn(
                _("这家客户在 %(day)s 前受保护，只有负责人自己可以退回。")
                % {"day": account.protected_until_on.isoformat()}
            )

    def _pool(self, account: Account) -> Pool:
        near = self.near.get(account.unit_id)
        if near is None:
            near = self.near[account.unit_id] = pools_near(account.unit_id, tree=self.tree)
        if not near:
            raise CannotReturn(_("没有为这家客户所属组织设置公海。"))
        if self.pool is None:
            return near[0]
        if self.pool not in near:
            raise CannotReturn(
                _("这家客户的所属组织不使用公海“%(pool)s”。") % {"pool": self.pool.name}, field="pool"
            )
        return self.pool

    def put(self, rows: list[Shelved]) -> None:
        """Put them in and tell the owners who did not do it themselves."""
        told = [(row.account.owner_id, row.account.pk) for row in rows]
        shelve(rows, by=self.by, at=self.at)
        for owner_id, account_id in told:
            if owner_id is not None and owner_id != self.by.person_id:
                notify(
                    events.POOL_TAKEN_BACK,
                    to=[owner_id],
                    at=self.at,
                    by_id=self.by.person_id,
                    account_id=account_id,
                    reason=self.reason,
                )
