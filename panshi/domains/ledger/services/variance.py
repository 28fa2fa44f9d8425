"""Preparing variance notes: what left its mean, with the product lines that moved it. Writing them is the archive's."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.utils import timezone

from panshi.calc.periods import Period
from panshi.calc.variance import VarianceRule
from panshi.domains.accounts.services.variance import MovedLine, VarianceFigures
from panshi.domains.ledger.reports.standing import head_version, ledger_folder, merged_accounts
from panshi.domains.ledger.reports.variance import CURRENCY, Deviation, deviations, period_of
from panshi.engines.analytics import ledger
from panshi.engines.analytics.values import Scope
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.services import enqueue

VARIANCE: Final = "ledger.variance"
MOST_LINES: Final = 5
CENT: Final = Decimal("0.01")


def ask_for_variances(*, by: Viewer, at: dt.datetime) -> None:
    """Let a job look for variances of the ledger as it stands after this transaction."""
    enqueue(kind=VARIANCE, arguments={"due_on": timezone.localdate(at).isoformat()}, by=by, at=at)


def prepare_variances(
    *,
    span: str,
    first: dt.date,
    account_ids: Collection[int],
    known: Mapping[int, tuple[Decimal, Decimal]],
    rule: VarianceRule,
) -> list[VarianceFigures]:
    """The figures of every note the period needs among some accounts. `known` holds the actual and mean of notes there
    are: where they are the same, the store is not asked again and `moved` is None."""
    found = deviations(span=span, first=first, account_ids=account_ids, rule=rule)
    fresh = [
        each for each in found if known.get(each.account_id) != (each.variance.actual, each.variance.mean)
    ]
    moved = _moved(fresh, period_of(span, first))
    return [
        VarianceFigures(
            account_id=each.account_id,
            actual=each.variance.actual,
            mean=each.variance.mean,
            share=each.variance.share,
            base=each.base,
            moved=moved.get(each.account_id),
        )
        for each in found
    ]


def _moved(fresh: Sequence[Deviation], period: Period) -> dict[int, tuple[MovedLine, ...]]:
    """The product lines of each account that moved most, against their own mean over the same periods."""
    version = head_version()
    if not fresh:
        return {}
    if version is None:
        return {each.account_id: () for each in fresh}
    accounts = frozenset(each.account_id for each in fresh)
    starts = {each.base[0][0] for each in fresh}
    with ledger.questions(ledger.store(ledger_folder()).files(version), merged_accounts()) as questions:
        now = questions.by_product_line(Scope(period=period, currency=CURRENCY, accounts=accounts))
        before = {
            begin: questions.by_product_line(
                Scope(
                    period=Period(begin, period.first - dt.timedelta(days=1)),
                    currency=CURRENCY,
                    accounts=frozenset(each.account_id for each in fresh if each.base[0][0] == begin),
                )
            )
            for begin in sorted(starts)
        }
    return {each.account_id: _most(each, now, before[each.base[0][0]]) for each in fresh}


def _most(
    each: Deviation, now: Mapping[int, Mapping[str, Decimal]], before: Mapping[int, Mapping[str, Decimal]]
) -> tuple[MovedLine, ...]:
    mine, earlier = now.get(each.account_id, {}), before.get(each.account_id, {})
    lines = []
    for name in {*mine, *earlier}:
        actual = mine.get(name, Decimal(0)).quantize(CENT)
        mean = (earlier.get(name, Decimal(0)) / len(each.base)).quantize(CENT)
        if actual != mean:
            lines.append(MovedLine(name, actual, mean))
    lines.sort(key=lambda line: (-abs(line.actual - line.mean), line.name))
    return tuple(lines[:MOST_LINES])
