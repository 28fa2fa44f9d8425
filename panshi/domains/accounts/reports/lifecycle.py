"""What events say of accounts' lifecycles: which are due to change, by which rule, with the figures in words.

Silence is counted up to the newest day the ledger holds, not up to today: a ledger nobody fed makes nobody dormant.
"""

import datetime as dt
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, Lifecycle, LifecycleProposal
from panshi.ground.base.models import NEVER
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value


class LifecycleStep(enum.Enum):
    """What a rule does."""

    WAKE = "wake"
    """Trade makes any account active."""
    SLEEP = "sleep"
    """An active account without trade becomes dormant."""
    GIVE_UP = "give_up"
    """A dormant account without trade for longer is proposed as lost."""


@dataclass(frozen=True, slots=True)
class LifecycleRules:
    """The settings in force, in days."""

    dormant_days: int
    lost_days: int
    hold_days: int

    @classmethod
    def load(cls) -> "LifecycleRules":
        """As they are set now."""
        names = ("dormant_days", "lost_days", "hold_days")
        return cls(*(int(value(f"lifecycle.{name}")) for name in names))


@dataclass(frozen=True, slots=True)
class DueChange:
    """One account a rule applies to; `to` is where it goes or is proposed to go."""

    account_id: int
    name: str
    owner: str
    step: LifecycleStep
    before: str
    to: str
    last_trade_on: dt.date | None
    reason: str


def ledger_until(on: dt.date) -> dt.date | None:
    """The newest day of trade the archive knows of, at most `on`; None while no account ever traded."""
    traded = Account.objects.filter(last_trade_on__gt=NEVER, last_trade_on__lte=on)
    newest: dt.date | None = traded.aggregate(newest=Max("last_trade_on"))["newest"]
    return newest


def due(step: LifecycleStep, rules: LifecycleRules, *, on: dt.date, until: dt.date) -> "QuerySet[Any]":
    """The accounts a rule applies to on a day, without an order."""
    free: QuerySet[Any] = Account.objects.standing().filter(lifecycle_held_until_on__lte=on)
    if step is LifecycleStep.WAKE:
        recent = until - dt.timedelta(days=rules.dormant_days)
        traded = free.filter(last_trade_on__gte=recent, last_trade_on__lte=on)
        won_back = Q(last_trade_on__gt=F("lifecycle_since_on"))
        return traded.exclude(lifecycle=Lifecycle.ACTIVE).filter(~Q(lifecycle=Lifecycle.LOST) | won_back)
    if step is LifecycleStep.SLEEP:
        return free.filter(_silent(until, rules.dormant_days), lifecycle=Lifecycle.ACTIVE)
    asked = LifecycleProposal.objects.open().values("account_id")
    dormant = free.filter(_silent(until, rules.lost_days), lifecycle=Lifecycle.DORMANT)
    return dormant.exclude(pk__in=asked)


def _silent(until: dt.date, days: int) -> Q:
    """No trade for more than so many days; where there never was any, since it stands where it stands."""
    limit = until - dt.timedelta(days=days)
    return Q(last_trade_on__gt=NEVER, last_trade_on__lt=limit) | Q(
        last_trade_on=NEVER, lifecycle_since_on__lt=limit
    )


COLUMNS = ("pk", "name", "owner__name", "lifecycle", "lifecycle_since_on", "last_trade_on")


def worded(
    step: LifecycleStep, rows: Iterable[tuple[Any, ...]], rules: LifecycleRules, *, until: dt.date
) -> Iterator[DueChange]:
    """Rows of `COLUMNS` with the reason in words and figures."""
    to = {
        LifecycleStep.WAKE: Lifecycle.ACTIVE,
        LifecycleStep.SLEEP: Lifecycle.DORMANT,
        LifecycleStep.GIVE_UP: Lifecycle.LOST,
    }[step]
    for pk, name, owner, before, since, traded in rows:
        last = traded if traded > NEVER else None
        reason = _reason(step, since, last, rules, until)
        yield DueChange(pk, name, owner or "", step, before, to.value, last, reason)


def _reason(
    step: LifecycleStep, since: dt.date, last: dt.date | None, rules: LifecycleRules, until: dt.date
) -> str:
    if step is LifecycleStep.WAKE:
        return _("台账记录 %(day)s 有交易") % {"day": last}
    days = rules.dormant_days if step is LifecycleStep.SLEEP else rules.lost_days
    if last is None:
        said = _("自 %(day)s 起一直没有交易，到 %(until)s 已 %(days)d 天（规则：%(limit)d 天）")
        return said % {"day": since, "until": until, "days": (until - since).days, "limit": days}
    said = _("最近一次交易在 %(day)s，到 %(until)s 已 %(days)d 天没有交易（规则：%(limit)d 天）")
    return said % {"day": last, "until": until, "days": (until - last).days, "limit": days}


@dataclass(frozen=True, slots=True)
class Tonight:
    """What the rules would do in the viewer's scope: counts by step, and the first accounts of each."""

    on: dt.date
    until: dt.date | None
    rules: LifecycleRules
    counts: dict[LifecycleStep, int]
    changes: tuple[DueChange, ...]


def tonight(*, on: dt.date, viewer: Viewer, shown: int = 30) -> Tonight:
    """The preview of the nightly run, inside the viewer's scope; two queries a rule."""
    rules, until = LifecycleRules.load(), ledger_until(on)
    if until is None:
        return Tonight(on, None, rules, dict.fromkeys(LifecycleStep, 0), ())
    counts, changes = {}, []
    for step in LifecycleStep:
        rows = due(step, rules, on=on, until=until).filter(
            pk__in=Account.objects.visible_to(viewer).order_by().values("pk")
        )
        counts[step] = rows.count()
        first = rows.order_by("pk").values_list(*COLUMNS)[:shown]
        changes += list(worded(step, first, rules, until=until))
    return Tonight(on, until, rules, counts, tuple(changes))
