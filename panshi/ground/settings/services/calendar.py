"""Writes of the official calendar: enter the State Council's notice of a year, or correct what was entered."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings import events
from panshi.ground.settings.models import CalendarDay, CalendarYear, DayKind
from panshi.ground.settings.once import forget_read
from panshi.ground.settings.reports.calendar import NoticeDay


class CannotEnterCalendar(Refused):
    """The days do not make a notice: outside the year, twice, a make-up day on a weekday, or no day off."""


@transaction.atomic
def enter_calendar(
    *,
    year: int,
    days: Sequence[NoticeDay],
    notice: str,
    expected_number: int,
    by: Viewer,
    at: dt.datetime,
) -> CalendarYear:
    """Take the days as the whole notice of a year, in place of what was shipped or entered before. `notice` names the
    paper (国办发明电〔2026〕… 号); `expected_number` counts the entries of the year that were seen."""
    by.require("settings.manage")
    _check(year, days, notice)
    row = CalendarYear.objects.select_for_update().filter(pk=year).first()
    if (row.number if row is not None else 0) != expected_number:
        raise Stale(
            _("这一年的安排刚被他人修改，请核对后再保存。"), theirs=row.number if row is not None else 0
        )
    before = _written(CalendarDay.objects.filter(year_id=year).order_by("on"))
    if row is None:
        row = CalendarYear(year=year, number=0)
    row.number, row.notice, row.at, row.by_id = row.number + 1, notice.strip()[:200], at, by.person_id
    row.save()
    CalendarDay.objects.filter(year=row).delete()
    stored = [CalendarDay(year=row, on=day.on, kind=day.kind, name=day.name) for day in days]
    CalendarDay.objects.bulk_create(stored)
    counts = Counter(day.kind for day in days)
    record(
        events.CALENDAR_ENTERED,
        at=at,
        by_id=by.person_id,
        subject_id=year,
        changes={
            "days": (before, _written(sorted(stored, key=lambda day: day.on))),
            "notice": ("", row.notice),
        },
        year=year,
        number=row.number,
        off=counts[DayKind.OFF],
        work=counts[DayKind.WORK],
    )
    forget_read()
    return row


def _check(year: int, days: Sequence[NoticeDay], notice: str) -> None:
    if not 2000 <= year <= 2100:
        raise CannotEnterCalendar(_("年份应在 2000 到 2100 之间。"), field="year")
    if not notice.strip():
        raise CannotEnterCalendar(_("请写明通知的名称或文号。"), field="notice")
    if outside := [day.on for day in days if day.on.year != year]:
        raise CannotEnterCalendar(
            _("%(day)s 不在 %(year)d 年。") % {"day": outside[0], "year": year}, field="days"
        )
    twice = [day for day, count in Counter(day.on for day in days).items() if count > 1]
    if twice:
        raise CannotEnterCalendar(_("%(day)s 出现了两次。") % {"day": min(twice)}, field="days")
    if weekday := [day.on for day in days if day.kind == DayKind.WORK and day.on.weekday() < 5]:
        raise CannotEnterCalendar(
            _("%(day)s 不是周末，本来就上班，不用写成调休。") % {"day": weekday[0]}, field="days"
        )
    if not any(day.kind == DayKind.OFF for day in days):
        raise CannotEnterCalendar(_("通知里至少有一天放假。"), field="days")


def _written(days: Iterable[CalendarDay]) -> str:
    """The days as text, for the event."""
    return "\n".join(f"{day.on} {day.kind} {day.name}".strip() for day in days)
