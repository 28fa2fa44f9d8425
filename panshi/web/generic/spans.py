"""Days said in words that move with the clock: this month, last quarter, the last 30 days."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from panshi.web.generic.filters import Unclear

Bounds = tuple[dt.date | None, dt.date | None]
Said = tuple[str, dt.date | None, dt.date | None]
MOST_DAYS: Final = 36_500


def _days(on: dt.date, offset: int) -> Bounds:
    day = on + dt.timedelta(days=offset)
    return day, day


def _weeks(on: dt.date, offset: int) -> Bounds:
    monday = on + dt.timedelta(days=7 * offset - on.weekday())
    return monday, monday + dt.timedelta(days=6)


def _month(year: int, month: int) -> dt.date:
    """The first day of a month counted on from January, also beyond December or before January."""
    return dt.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _months(on: dt.date, offset: int, *, size: int = 1) -> Bounds:
    """Whole months (size 1), quarters (3) or years (12), counted from the present one."""
    first = on.month - (on.month - 1) % size + size * offset
    return _month(on.year, first), _month(on.year, first + size) - dt.timedelta(days=1)


def _quarters(on: dt.date, offset: int) -> Bounds:
    return _months(on, offset, size=3)


def _years(on: dt.date, offset: int) -> Bounds:
    return _months(on, offset, size=12)


_NAMED: Final[dict[str, tuple[Promise, Callable[[dt.date, int], Bounds], int]]] = {
    "today": (gettext_lazy("今天"), _days, 0),
    "yesterday": (gettext_lazy("昨天"), _days, -1),
    "tomorrow": (gettext_lazy("明天"), _days, 1),
    "week": (gettext_lazy("本周"), _weeks, 0),
    "last-week": (gettext_lazy("上周"), _weeks, -1),
    "next-week": (gettext_lazy("下周"), _weeks, 1),
    "month": (gettext_lazy("本月"), _months, 0),
    "last-month": (gettext_lazy("上月"), _months, -1),
    "next-month": (gettext_lazy("下月"), _months, 1),
    "quarter": (gettext_lazy("本季度"), _quarters, 0),
    "last-quarter": (gettext_lazy("上季度"), _quarters, -1),
    "next-quarter": (gettext_lazy("下季度"), _quarters, 1),
    "year": (gettext_lazy("今年"), _years, 0),
    "last-year": (gettext_lazy("去年"), _years, -1),
}


def named_spans() -> list[tuple[str, str]]:
    """Every named span as code and words, for a form."""
    return [(code, str(label)) for code, (label, _bounds, _offset) in _NAMED.items()]


def named_span(code: str, on: dt.date) -> Said:
    """A span by its code as it stands on a day: its words, first and last day."""
    if code not in _NAMED:
        raise Unclear(code)
    label, bounds, offset = _NAMED[code]
    return _("在%(days)s") % {"days": label}, *bounds(on, offset)


def some_days(operator: str) -> Callable[[str, dt.date], Said]:
    """Spans of a number of days: `last` and `next` include today, `ago` is everything more than so many days back."""

    def said(text: str, on: dt.date) -> Said:
        if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 0 < int(text) <= MOST_DAYS):
            raise Unclear(text)
        count = int(text)
        try:
            if operator == "last":
                words = ngettext("在近 %(count)s 天内", "在近 %(count)s 天内", count)
                return words % {"count": count}, on - dt.timedelta(days=count - 1), on
            if operator == "next":
                words = ngettext("在未来 %(count)s 天内", "在未来 %(count)s 天内", count)
                return words % {"count": count}, on, on + dt.timedelta(days=count - 1)
            words = ngettext("在 %(count)s 天以前", "在 %(count)s 天以前", count)
            return words % {"count": count}, None, on - dt.timedelta(days=count + 1)
        except OverflowError as error:
            raise Unclear(text) from error

    return said
