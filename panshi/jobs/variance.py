"""Variance notes by the clock: after every change of the ledger and each night, and a morning's reminders."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.calc.periods import add_months
from panshi.domains.accounts.models import Account, VarianceNote
from panshi.domains.accounts.reports.lifecycle import ledger_until
from panshi.domains.accounts.services.variance import ReviewedNotes, Reviewing, review_notes
from panshi.domains.accounts.services.variance_notices import remind, tell_asked
from panshi.domains.ledger.reports.standing import head_version
from panshi.domains.ledger.reports.variance import closed_period, rule_of
from panshi.domains.ledger.services.variance import VARIANCE, prepare_variances
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress

LOT: Final = 2000
LOOK_BACK: Final = 24
"""For how many months a corrected ledger still moves notes."""


@job(VARIANCE, title=_("检查交易异动"))
def check(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Raise what the newest closed periods need and bring earlier notes to the ledger's figures. Lot by lot, each in a
    transaction of its own; doing it again changes nothing."""
    on, done = dt.date.fromisoformat(due_on), ReviewedNotes()
    until = ledger_until(on)
    for span in value("ledger.variance_spans"):
        newest = closed_period(span, on=on, until=until)
        for first in _periods(span, newest, on):
            asked = Reviewing(span, first, f"ledger:{head_version() or 0}", raises=first == newest)
            for lot in _lots(asked):
                done += _review(asked, lot)
                progress.advance(len(lot))
    with progress.commit(asdict(done)) as result:
        result["told"] = tell_asked(by=Viewer.system(), at=timezone.now())
    return result


def _periods(span: str, newest: dt.date | None, on: dt.date) -> list[dt.date]:
    """The newest closed period, and earlier ones about which somebody was asked."""
    rows = VarianceNote.objects.filter(span=span, period_on__gte=add_months(on, -LOOK_BACK))
    known = set(rows.order_by().values_list("period_on", flat=True).distinct())
    return sorted(known | ({newest} if newest else set()))


def _lots(asked: Reviewing) -> Iterator[Sequence[int]]:
    """Standing accounts in the order of their keys: all of those the company watches where notes are raised, and
    always those that have a note."""
    noted = VarianceNote.objects.filter(span=asked.span, period_on=asked.period_on).values("account_id")
    which = Q(pk__in=noted)
    if asked.raises:
        all_of_them = value("ledger.variance_whom") == "all"
        which = Q() if all_of_them else which | Q(is_key=True) | Q(abc_class__in=["A", "B"])
    after = 0
    while True:
        rows = Account.objects.standing().filter(which, pk__gt=after).order_by("pk")
        lot = list(rows.values_list("pk", flat=True)[:LOT])
        if lot:
            yield lot
            after = lot[-1]
        if len(lot) < LOT:
            return


def _review(asked: Reviewing, lot: Sequence[int]) -> ReviewedNotes:
    rows = VarianceNote.objects.filter(span=asked.span, period_on=asked.period_on, account_id__in=lot)
    known = {pk: (actual, mean) for pk, actual, mean in rows.values_list("account_id", "actual", "mean")}
    found = prepare_variances(
        span=asked.span, first=asked.period_on, account_ids=lot, known=known, rule=rule_of(asked.span)
    )
    return review_notes(asked=asked, account_ids=lot, found=found, by=Viewer.system(), at=timezone.now())


@job("accounts.variance_remind", title=_("提醒异动说明"), schedule=Schedule(dt.time(8, 0)))
def remind_people(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Remind of what waits for an answer; tell supervisors of what is late."""
    with progress.commit({}) as result:
        reminded, late = remind(on=dt.date.fromisoformat(due_on), by=Viewer.system(), at=timezone.now())
        result |= {"reminded": reminded, "late": late}
    return result
