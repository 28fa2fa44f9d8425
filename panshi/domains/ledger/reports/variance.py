"""Whose trade left its trailing mean in a closed period, from the table of months; the rule is in `calc.variance`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Min

from panshi.calc.periods import Period, add_months, month_of
from panshi.calc.variance import Variance, VarianceRule, judge
from panshi.domains.accounts.models import VarianceSpan
from panshi.domains.ledger.models import AccountMonth
from panshi.domains.ledger.reports.standing import merged_accounts
from panshi.ground.settings.reports import value

CURRENCY: Final = "CNY"
LENGTH: Final = {VarianceSpan.MONTH.value: 1, VarianceSpan.QUARTER.value: 3}
SLACK: Final = dt.timedelta(days=7)
"""A month may end with a week without deliveries; a ledger that ends earlier has not been fed for the whole of it."""


def rule_of(span: str) -> VarianceRule:
    """The company's rule for months or for quarters."""
    periods = int(
        value("ledger.variance_months" if span == VarianceSpan.MONTH else "ledger.variance_quarters")
    )
    return VarianceRule(
        periods=periods,
        least=int(value("ledger.variance_least")),
        share=Decimal(value("ledger.variance_share")) / 100,
        amount=Decimal(value("ledger.variance_amount")),
    )


def period_of(span: str, first: dt.date) -> Period:
    """The days of the period that begins on a day."""
    return Period(first, add_months(first, LENGTH[span]) - dt.timedelta(days=1))


def closed_period(span: str, *, on: dt.date, until: dt.date | None) -> dt.date | None:
    """The first day of the newest period that is closed on a day and that the ledger, fed until `until`, covers."""
    if until is None:
        return None
    last = month_of(on)
    if span == VarianceSpan.QUARTER:
        last = last.replace(month=(last.month - 1) // 3 * 3 + 1)
    first = add_months(last, -LENGTH[span])
    closes = last + dt.timedelta(days=int(value("ledger.variance_close_days")))
    if on < closes:
        first = add_months(first, -LENGTH[span])
    return first if until >= period_of(span, first).last - SLACK else None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One account's variance with the preceding periods that make its mean, oldest first."""

    account_id: int
    variance: Variance
    base: tuple[tuple[dt.date, Decimal], ...]


def deviations(
    *, span: str, first: dt.date, account_ids: Collection[int], rule: VarianceRule
) -> list[Deviation]:
    """What must be explained of a period among some accounts, with what was merged into them; three queries."""
    into = {pk: pk for pk in account_ids}
    into |= {old: new for old, new in merged_accounts().items() if new in into}
    began, sums = _began(into, span), _sums(into, span, first, rule)
    found = []
    for account_id in sorted(account_ids):
        start = began.get(account_id)
        if start is None or start >= first:
            continue
        periods = _between(max(start, add_months(first, -rule.periods * LENGTH[span])), first, span)
        mine = sums.get(account_id, {})
        base = tuple((period, mine.get(period, Decimal(0))) for period in periods)
        variance = judge(mine.get(first, Decimal(0)), [amount for _period, amount in base], rule)
        if variance is not None:
            found.append(Deviation(account_id, variance, base))
    return found


def _period_start(span: str, month: dt.date) -> dt.date:
    return month.replace(month=(month.month - 1) // LENGTH[span] * LENGTH[span] + 1)


def _between(start: dt.date, end: dt.date, span: str) -> Sequence[dt.date]:
    """The first days of the periods from `start` to before `end`."""
    found = []
    while start < end:
        found.append(start)
        start = add_months(start, LENGTH[span])
    return found


def _began(into: Mapping[int, int], span: str) -> dict[int, dt.date]:
    """The period in which each account first traded."""
    rows = AccountMonth.objects.filter(account_id__in=into, currency=CURRENCY)
    found: dict[int, dt.date] = {}
    for account_id, month in (
        rows.order_by().values("account_id").annotate(Min("month")).values_list("account_id", "month__min")
    ):
        winner, start = into[account_id], _period_start(span, month)
        found[winner] = min(start, found.get(winner, start))
    return found


def _sums(
    into: Mapping[int, int], span: str, first: dt.date, rule: VarianceRule
) -> Mapping[int, Mapping[dt.date, Decimal]]:
    """Account → first day of a period → net amount, as far back as the mean reaches."""
    rows = AccountMonth.objects.filter(
        account_id__in=into,
        currency=CURRENCY,
        month__gte=add_months(first, -rule.periods * LENGTH[span]),
        month__lte=period_of(span, first).last,
    )
    sums: dict[int, dict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for account_id, month, amount in rows.values_list("account_id", "month", "amount"):
        sums[into[account_id]][_period_start(span, month)] += amount
    return sums
