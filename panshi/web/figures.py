"""How figures, money and times are written on a page: thousands separators, units, and dates as 2026-11-21.

Plain functions over values; `panshi.web.jinja` offers them to templates as filters of the same names.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

NONE: Final = Markup("–")
MoneyUnit = Literal["yuan", "wan"]
Number = int | float | Decimal


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def number(value: Number | None, places: int = 0) -> str:
    """A figure with thousands separators, rounded half up to `places`; a dash when there is none."""
    if value is None:
        return NONE
    return f"{_decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def percent(value: Number | None, places: int = 1) -> str:
    """A share (0.082) as 8.2 %."""
    return NONE if value is None else f"{number(_decimal(value) * 100, places)} %"


def change(value: Number | None, places: int = 1) -> Markup:
    """A relative change (0.082) with its direction as a sign and a word, coloured by meaning."""
    if value is None:
        return NONE
    text = percent(abs(_decimal(value)), places)
    if value > 0:
        return Markup(
            '<span class="good nowrap"><span aria-hidden="true">▲</span><span class="unseen">{}</span> {}</span>'
        ).format(_("上升"), text)
    if value < 0:
        return Markup(
            '<span class="bad nowrap"><span aria-hidden="true">▼</span><span class="unseen">{}</span> {}</span>'
        ).format(_("下降"), text)
    return Markup("<span>{}</span>").format(text)


def money(value: Number | None, unit: MoneyUnit = "wan", places: int | None = None) -> Markup:
    """An amount in 元 (2 places) or 万元 (1 place); the exact one stays in the element for the unit switch."""
    if value is None:
        return NONE
    exact = _decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    shown = number(exact / 10000, 1 if places is None else places) if unit == "wan" else number(exact, 2)
    return Markup('<data class="money" value="{}">{}</data>').format(exact, shown)


def day(value: dt.date | dt.datetime | None) -> Markup:
    """A date as 2026-11-21."""
    if value is None:
        return NONE
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    return Markup('<time datetime="{0}">{0}</time>').format(value.isoformat())


def moment(value: dt.datetime | None) -> Markup:
    """A point in time as 2026-11-21 16:20 in local time."""
    if value is None:
        return NONE
    local = timezone.localtime(value)
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), f"{local:%Y-%m-%d %H:%M}")


def ago(value: dt.date | dt.datetime | None, at: dt.datetime) -> Markup:
    """A time relative to `at` (3 天前, 明天), with the absolute one on hover."""
    if value is None:
        return NONE
    local_now = timezone.localtime(at)
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value)
        words = _minutes(int((local_now - local).total_seconds() // 60)) or distance(
            (local_now.date() - local.date()).days
        )
        absolute, machine = f"{local:%Y-%m-%d %H:%M}", local.isoformat()
    else:
        words = distance((local_now.date() - value).days)
        absolute = machine = value.isoformat()
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, absolute, words)


def _minutes(past: int) -> str:
    """Words for less than an hour ago, "" when it is longer or lies ahead."""
    if not 0 <= past < 60:
        return ""
    if past < 1:
        return _("刚刚")
    return ngettext("%(minutes)s 分钟前", "%(minutes)s 分钟前", past) % {"minutes": past}


def distance(past: int) -> str:
    """Words for a distance in days: 3 天前, 明天."""
    named = {0: _("今天"), 1: _("昨天"), -1: _("明天"), -2: _("后天")}
    if past in named:
        return named[past]
    if abs(past) < 60:
        return (_("%(days)s 天前") if past > 0 else _("%(days)s 天后")) % {"days": abs(past)}
    months = round(abs(past) / 30.44)
    if months < 24:
        return (_("%(months)s 个月前") if past > 0 else _("%(months)s 个月后")) % {"months": months}
    return (_("%(years)s 年前") if past > 0 else _("%(years)s 年后")) % {"years": round(abs(past) / 365.25)}


def size(value: int | None) -> str:
    """Bytes as KB, MB or GB (1024)."""
    if value is None:
        return NONE
    amount = float(value)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"
