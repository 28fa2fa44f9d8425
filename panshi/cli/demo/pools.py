"""The demo company's public pools: one of the department and one of a team, with rules, limits and a night gone by."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone

from panshi.cli.demo.load import Staffing
from panshi.domains.accounts.models import AbcClass, Account, Lifecycle, Pool, PoolEntry
from panshi.domains.accounts.reports.pools.evaluation import Rulebook
from panshi.domains.accounts.services import open_matter
from panshi.domains.accounts.services.pools import (
    PoolSettings,
    claim_account,
    finish_night,
    open_pool,
    return_accounts,
    review_some,
    save_rule,
)
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import viewer_of

RETURNED: Final = 40
REASONS: Final = ("负责的行业调整，暂无精力跟进", "对方已关停产线，短期没有采购", "多次联系不上采购负责人")


def load_pools(*, staff: Staffing, seed: random.Random, at: dt.datetime) -> Pool:
    """Set the pools up, return some accounts, let two be claimed, and live through one night."""
    system = Viewer.system()
    pool = open_pool(
        settings=PoolSettings(
            name="大客户部公海",
            description="三个月没有联系的普通客户由全部门同事认领。",
            unit_ids=frozenset({staff.units["KA"].pk}),
            held_limit=30,
            daily_limit=5,
            cooling_days=30,
            contact_days=5,
            protected_days=30,
        ),
        reason="大客户部管理办法第 12 条",
        by=system,
        at=at - dt.timedelta(days=60),
    )
    rules: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
        ("普通客户久未联系", "all", [{"kind": "contact", "days": 180}, {"kind": "abc", "values": ["C", ""]}]),
        (
            "潜在客户没有进展",
            "all",
            [
                {"kind": "owned", "days": 365},
                {"kind": "lifecycle", "values": ["potential"]},
                {"kind": "contact", "days": 120},
            ],
        ),
    )
    for name, joined, conditions in rules:
        save_rule(
            pool=pool,
            name=name,
            joined=joined,
            conditions=conditions,
            reason="大客户部管理办法第 13 条",
            by=system,
            at=at,
        )
    _open_contract(system, at)
    _return_some(staff, seed, at)
    _claim_some(staff, at)
    _one_night(system, at)
    return pool


def _open_contract(by: Viewer, at: dt.datetime) -> None:
    """The largest account has a contract open."""
    largest = Account.objects.standing().exclude(owner=None).order_by("-sales_12m", "pk").first()
    if largest is not None:
        open_matter(account=largest, kind="contract", source="demo.contract", source_id=1, by=by, at=at)


def _return_some(staff: Staffing, seed: random.Random, at: dt.datetime) -> None:
    """Managers gave back what they did not get anywhere with, over the last weeks."""
    rows = Account.objects.standing().filter(is_key=False, abc_class__in=[AbcClass.C, AbcClass.NONE])
    open_ = rows.exclude(owner=None).exclude(lifecycle=Lifecycle.ACTIVE).order_by("-pk")
    found: Sequence[Account] = list(open_[: RETURNED * 3 : 3])
    for account in found:
        when = at - dt.timedelta(days=seed.randint(1, 40))
        by = Viewer(person_id=account.owner_id, is_system=True)
        return_accounts(account_ids=[account.pk], reason=seed.choice(REASONS), by=by, at=when)


def _claim_some(staff: Staffing, at: dt.datetime) -> None:
    """Two accounts found a new owner."""
    person = staff.managers["KA11"][0]
    lying = PoolEntry.objects.standing().exclude(from_person=person).select_related("account").order_by("pk")
    for entry in lying[:2]:
        by = viewer_of(person.pk, on=timezone.localdate(at))
        claim_account(account=entry.account, by=by, at=at)


def _one_night(by: Viewer, at: dt.datetime) -> None:
    """The run of this morning: owners are told what will return, the director what must be reassigned."""
    book, after, looked_at, on = Rulebook.load(), 0, 0, timezone.localdate(at)
    while True:
        done = review_some(book=book, after=after, on=on, by=by, at=at)
        looked_at += done.looked_at
        if done.last_id is None:
            break
        after = done.last_id
    finish_night(on=on, looked_at=looked_at, by=by, at=at)
