"""Taking accounts out of a pool: a person claims 认领, a leader assigns 分配.

Whoever receives is locked first, then the accounts in the order of their keys: limits hold however many claims come at
once, and of two people who claim one account the second is told who has it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, Claim, ClaimKind, Pool, PoolEntry, PoolUnit
from panshi.domains.accounts.reports.pools.allowances import Allowance, allowances, cooling_until
from panshi.domains.accounts.reports.staff import CannotAssignOwner, Staff
from panshi.domains.accounts.services.locking import require_reach
from panshi.domains.accounts.services.pools.shelf import Outcome, Taker, take_out
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import names_of
from panshi.ground.notices.services import notify

MOST_AT_ONCE = 5000


class CannotClaim(Refused):
    """The account is gone already, a limit is reached, or it is too early for who owned it before."""


@transaction.atomic
def claim_account(*, account: Account, by: Viewer, at: dt.datetime) -> Claim:
    """Take one account for oneself. Raises `CannotClaim` with the reason."""
    by.require("accounts.claim")
    desk = _Desk(by.person_id, [account.pk], kind=ClaimKind.CLAIMED, by=by, at=at)
    return desk.take(account.pk)


@transaction.atomic
def claim_accounts(*, account_ids: Iterable[int], by: Viewer, at: dt.datetime) -> list[Outcome]:
    """Take several for oneself, in the order given, until a limit is reached; each says what became of it."""
    by.require("accounts.claim")
    ids = list(dict.fromkeys(account_ids))[:MOST_AT_ONCE]
    return _Desk(by.person_id, ids, kind=ClaimKind.CLAIMED, by=by, at=at).take_all(ids)


@transaction.atomic
def assign_account(
    *, account: Account, person: Person, reason: str = "", by: Viewer, at: dt.datetime
) -> Claim:
    """Give one account of the pool to a person of one's own. Raises `CannotClaim`, `CannotAssignOwner`."""
    by.require("accounts.assign")
    desk = _Desk(person.pk, [account.pk], kind=ClaimKind.ASSIGNED, reason=reason, by=by, at=at)
    claim = desk.take(account.pk)
    notify(events.OWNER_GIVEN, to=[person.pk], at=at, by_id=by.person_id, account_id=account.pk)
    return claim


@transaction.atomic
def assign_accounts(
    *, account_ids: Iterable[int], person: Person, reason: str = "", by: Viewer, at: dt.datetime
) -> list[Outcome]:
    """Give several accounts of the pool to a person; the person is told once."""
    by.require("accounts.assign")
    ids = list(dict.fromkeys(account_ids))[:MOST_AT_ONCE]
    desk = _Desk(person.pk, ids, kind=ClaimKind.ASSIGNED, reason=reason, by=by, at=at)
    outcomes = desk.take_all(ids)
    given = [each.account_id for each in outcomes if each.done]
    if len(given) == 1:
        notify(events.OWNER_GIVEN, to=[person.pk], at=at, by_id=by.person_id, account_id=given[0])
    elif given:
        notify(events.OWNER_GIVEN_MANY, to=[person.pk], at=at, by_id=by.person_id, count=len(given))
    return outcomes


@transaction.atomic
def foresee_taking(
    *, account_ids: Iterable[int], person: Person | None = None, by: Viewer, at: dt.datetime
) -> list[Outcome]:
    """What claiming these (or assigning them to `person`) would do to each; nothing is written."""
    by.require("accounts.claim" if person is None else "accounts.assign")
    ids = list(dict.fromkeys(account_ids))[:MOST_AT_ONCE]
    taker, kind = (by.person_id, ClaimKind.CLAIMED) if person is None else (person.pk, ClaimKind.ASSIGNED)
    return _Desk(taker, ids, kind=kind, by=by, at=at).foresee(ids)


class _Desk:
    """One person taking accounts: everything is read once, under the locks, and counted on from there."""

    def __init__(
        self,
        person_id: int | None,
        account_ids: Sequence[int],
        *,
        kind: str,
        reason: str = "",
        by: Viewer,
        at: dt.datetime,
    ) -> None:
        if person_id is None:
            raise NotAllowed(_("您没有此项操作的权限。"))
        self.kind, self.reason, self.by, self.at = kind, reason.strip()[:200], by, at
        self.on = timezone.localdate(at)
        self.person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
        rows = Account.objects.select_for_update().filter(pk__in=account_ids).order_by("pk")
        self.accounts: dict[int, Account] = {row.pk: row for row in rows}
        seen = PoolEntry.objects.visible_to(by).filter(account__in=account_ids)
        self.seen = set(seen.values_list("account_id", flat=True))
        standing = PoolEntry.objects.standing().filter(account__in=account_ids).select_related("pool")
        self.entries: dict[int, PoolEntry] = {entry.account_id: entry for entry in standing}
        pools: dict[int, Pool] = {entry.pool_id: entry.pool for entry in self.entries.values()}
        self.allowed = allowances(self.person.pk, list(pools.values()), on=self.on)
        self.cooling = cooling_until(account_ids, person_id=self.person.pk)
        self.staff = Staff.load(on=self.on, person_id=self.person.pk)
        self.served = _served(self.staff, pools)
        self.owners = names_of(account.owner_id for account in self.accounts.values())

    def take_all(self, account_ids: Iterable[int]) -> list[Outcome]:
        """Take each that can be taken and say of the others why not."""
        outcomes = []
        for pk in account_ids:
            name = self.accounts[pk].name if pk in self.accounts and pk in self.seen else ""
            unit = self.accounts[pk].unit_id if pk in self.accounts else None
            try:
                claim = self.take(pk)
            except Refused as refusal:
                outcomes.append(Outcome(pk, name, False, refusal.message))
            else:
                kept = {"claim": claim.pk, "unit": unit, "version": self.accounts[pk].version}
                outcomes.append(Outcome(pk, name, True, kept=kept))
        return outcomes

    def foresee(self, account_ids: Iterable[int]) -> list[Outcome]:
        """The same without writing: limits are counted as if each were taken."""
        outcomes = []
        for pk in account_ids:
            name = self.accounts[pk].name if pk in self.accounts and pk in self.seen else ""
            try:
                account, entry = self._ready(pk)
                self._unit(entry.pool_id)
            except Refused as refusal:
                outcomes.append(Outcome(pk, name, False, refusal.message))
            else:
                self._count(entry)
                outcomes.append(Outcome(pk, account.name, True))
        return outcomes

    def take(self, account_id: int) -> Claim:
        """Take one, or refuse before anything is written."""
        account, entry = self._ready(account_id)
        taker = Taker(self.person.pk, self._unit(entry.pool_id), self.kind, self.reason)
        with transaction.atomic():
            claim = take_out(account, entry=entry, pool=entry.pool, taker=taker, by=self.by, at=self.at)
            if self.kind == ClaimKind.ASSIGNED:
                require_reach(account.pk, by=self.by, permission="accounts.assign")
        del self.entries[account_id]
        self.owners[self.person.pk] = self.person.name
        self._count(entry)
        return claim

    def _ready(self, account_id: int) -> tuple[Account, PoolEntry]:
        """The account and its stay if it may be taken."""
        account, entry = self.accounts.get(account_id), self.entries.get(account_id)
        if account is None or account_id not in self.seen:
            raise NotAllowed(_("这家客户不在您可以认领的公海中。"))
        if entry is None or account.merged_into_id is not None:
            raise CannotClaim(self._gone(account))
        self._check(account, self.allowed[entry.pool_id])
        return account, entry

    def _count(self, entry: PoolEntry) -> None:
        """One more is held, and counts for the day if it was claimed."""
        allowed = self.allowed[entry.pool_id]
        today = allowed.today + (self.kind == ClaimKind.CLAIMED)
        self.allowed[entry.pool_id] = replace(allowed, held=allowed.held + 1, today=today)

    def _gone(self, account: Account) -> str:
        owner = self.owners.get(account.owner_id or 0)
        if owner:
            return _("这家客户已由 %(name)s 负责。") % {"name": owner}
        return _("这家客户已不在公海中。")

    def _check(self, account: Account, allowed: Allowance) -> None:
        """Limits and cooling time. A leader who assigns is bound by what a person may hold, not by the day."""
        if not allowed.pool.active:
            raise CannotClaim(_("公海“%(pool)s”已停用。") % {"pool": allowed.pool.name})
        if allowed.left_held == 0:
            raise CannotClaim(
                _(
                    "%(name)s 在公海“%(pool)s”最多持有 %(limit)d 家，已持有 %(held)d 家；可退回一些，或申请放宽。"
                )
                % {
                    "name": self.person.name,
                    "pool": allowed.pool.name,
                    "limit": allowed.held_limit,
                    "held": allowed.held,
                }
            )
        if self.kind != ClaimKind.CLAIMED:
            return
        if allowed.left_today == 0:
            raise CannotClaim(
                _("公海“%(pool)s”每人每天最多认领 %(limit)d 家，今天已用完，请明天再来。")
                % {"pool": allowed.pool.name, "limit": allowed.daily_limit}
            )
        free_on = self.cooling.get(account.pk)
        if free_on is not None and free_on > self.on:
            raise CannotClaim(
                _("这家客户原由您负责，%(day)s 起您才能重新认领。") % {"day": free_on.isoformat()}
            )

    def _unit(self, pool_id: int) -> int:
        """The unit the account belongs to from now on: one of the person's that the pool serves, else their first."""
        held = self.staff.units.get(self.person.pk) or []
        near = next((unit for unit in held if unit in self.served[pool_id]), None)
        try:
            return self.staff.settle(self.person.pk, near)[1]
        except CannotAssignOwner as refusal:
            raise CannotClaim(refusal.message, field="person") from refusal


def _served(staff: Staff, pools: Iterable[int]) -> dict[int, frozenset[int]]:
    """The units whose people each pool serves."""
    served: dict[int, frozenset[int]] = {pk: frozenset() for pk in pools}
    for pool_id, unit_id in PoolUnit.objects.filter(pool__in=list(served)).values_list("pool_id", "unit_id"):
        served[pool_id] |= staff.tree.below(unit_id)
    return served
