"""What an account's page shows at a glance: its facts, its history in classes and lifecycle, and what is wrong."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import AbcRecord, Account, FormerName, LifecycleRecord
from panshi.domains.accounts.models.account import AbcClass, Lifecycle
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.ground.base.models import NEVER
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.settings.fields import plain_number
from panshi.ground.settings.reports import value


def open_account(account_id: int, *, viewer: Viewer) -> Account | None:
    """The account with owner, unit, parent and group, or None where the viewer may not see it; one query."""
    found: Account | None = (
        Account.objects.visible_to(viewer)
        .filter(pk=account_id)
        .select_related("owner", "unit", "parent", "group", "merged_into")
        .first()
    )
    return found


def visible_fields(account: Account, *, viewer: Viewer) -> frozenset[str]:
    """The names of money fields the viewer may read of this account; one query, none for who may not at all."""
    if not viewer.may("accounts.money"):
        return frozenset()
    reached = viewer.sees_all("accounts.money") or (
        Account.objects.visible_to(viewer, "accounts.money").filter(pk=account.pk).exists()
    )
    return frozenset(MONEY_FIELDS) if reached else frozenset()


@dataclass(frozen=True, slots=True)
class Concern:
    """What is wrong with an account: its code, and `value`, the sentence that says it."""

    code: str
    value: str


def concerns(account: Account, *, on: dt.date, viewer: Viewer) -> tuple[Concern, ...]:
    """What is wrong with an account on a day, most urgent first, by the company's own thresholds; one query a request
    for the settings. Sales only for who may see the ledger."""
    silent_days, no_trade_days = value("accounts.silent_days"), value("lifecycle.no_trade_days")
    share = value("accounts.fall_share")
    ledger = viewer.may("ledger.view")
    falling = account.sales_prior_12m > 0 and account.sales_12m * 100 <= account.sales_prior_12m * (
        100 - share
    )
    active = account.lifecycle == Lifecycle.ACTIVE
    silent = NEVER < account.last_contact_on < on - dt.timedelta(days=silent_days)
    no_trade = NEVER < account.last_trade_on < on - dt.timedelta(days=no_trade_days)
    told = (
        ("overdue_contact", account.next_contact_on < on, _("约定的联系已过期")),
        ("never_contacted", account.last_contact_on == NEVER, _("还没有任何接触记录")),
        ("silent", silent, _("超过 %(days)d 天没有接触") % {"days": silent_days}),
        (
            "sales_fall",
            ledger and falling,
            _("近 12 个月销售比前 12 个月下降 %(share)s%% 以上") % {"share": plain_number(share)},
        ),
        (
            "no_trade",
            ledger and active and no_trade,
            _("合作中，但超过 %(days)d 天没有交易") % {"days": no_trade_days},
        ),
        ("unowned", account.owner_id is None, _("没有负责人")),
        ("no_uscc", not account.uscc, _("缺少统一社会信用代码")),
    )
    return tuple(Concern(code, sentence) for code, true, sentence in told if true)


@dataclass(frozen=True, slots=True)
class LifecycleStep:
    """One change of lifecycle, in words."""

    on: dt.date
    before: str
    after: str
    by: str
    reason: str


def lifecycle_history(account: Account, *, viewer: Viewer) -> list[LifecycleStep]:
    """How the account came to where it stands, newest first; two queries."""
    rows = list(LifecycleRecord.objects.visible_to(viewer).filter(account=account).order_by("-at", "-pk"))
    names = dict(Person.objects.filter(pk__in={row.by_id for row in rows}).values_list("pk", "name"))
    labels = dict(Lifecycle.choices)
    return [
        LifecycleStep(
            row.on,
            str(labels.get(row.before, "")),
            str(labels[row.after]),
            names.get(row.by_id, ""),
            row.reason,
        )
        for row in rows
    ]


def class_history(account: Account, *, viewer: Viewer, limit: int = 24) -> list[AbcRecord]:
    """The account's ABC classes, newest first; one query, nothing for who may not see analyses."""
    rows: QuerySet[Any] = AbcRecord.objects.visible_to(viewer).filter(account=account)
    return list(rows.order_by("-period_to_on")[:limit])


def former_names(account: Account, *, viewer: Viewer) -> list[FormerName]:
    """Names the account bore before, newest first; one query."""
    return list(FormerName.objects.visible_to(viewer).filter(account=account).order_by("-until_on", "-pk"))


@dataclass(frozen=True, slots=True)
class ClassMove:
    """An account that moved class in the newest analysis."""

    account_id: int
    name: str
    before: str
    after: str
    total: Any

    @property
    def risen(self) -> bool:
        """Whether it moved up: A above B above C above none."""
        order = {AbcClass.A.value: 0, AbcClass.B.value: 1, AbcClass.C.value: 2, AbcClass.NONE.value: 3}
        return order[self.after] < order[self.before]


def class_moves(*, viewer: Viewer, owner_id: int | None = None, limit: int = 20) -> list[ClassMove]:
    """Accounts whose class changed in the newest recorded period, largest first; two queries. For the workbench."""
    visible: QuerySet[Any] = AbcRecord.objects.visible_to(viewer)
    newest = AbcRecord.objects.order_by("-period_to_on").values_list("period_to_on", flat=True).first()
    if newest is None:
        return []
    rows = visible.filter(period_to_on=newest).exclude(before_class="", abc_class="")
    if owner_id is not None:
        rows = rows.filter(account__owner_id=owner_id)
    moved = [
        ClassMove(*values)
        for letter in AbcClass.values
        for values in rows.filter(abc_class=letter)
        .exclude(before_class=letter)
        .order_by("-total", "pk")
        .values_list("account_id", "account__name", "before_class", "abc_class", "total")[:limit]
    ]
    return sorted(moved, key=lambda move: -move.total)[:limit]
