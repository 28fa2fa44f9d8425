"""Numbers of records, drawn from a series, and how they look."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings import events
from panshi.ground.settings.catalogue.series import SERIES
from panshi.ground.settings.models import Numbering

WIDEST = 12


@transaction.atomic(savepoint=False)
def draw_numbers(*, series: str, prefix: str, count: int = 1) -> list[str]:
    """Take the next `count` numbers of a series, created with `prefix` on first use; a row lock keeps them unique."""
    held = Numbering.objects.select_for_update().order_by("pk").filter(pk=series)
    row = held.first()
    if row is None:
        Numbering.objects.get_or_create(series=series, defaults={"prefix": prefix})
        row = held.get()
    first = row.next_number
    row.next_number += count
    row.save(update_fields=["next_number"])
    return [f"{row.prefix}{number:0{row.width}d}" for number in range(first, first + count)]


class CannotChangeNumbering(Refused):
    """The format makes no number, or would go back to numbers that were drawn already."""


@transaction.atomic
def change_numbering(
    *, series: str, prefix: str, width: int, next_number: int, reason: str, by: Viewer, at: dt.datetime
) -> Numbering:
    """Let new records be numbered differently; numbers already given stay. The next number only goes up while the
    prefix stays the same."""
    by.require("settings.manage")
    if series not in SERIES:
        raise CannotChangeNumbering(_("没有这个编号。"))
    Numbering.objects.get_or_create(series=series, defaults={"prefix": SERIES[series][1]})
    row: Numbering = Numbering.objects.select_for_update().get(pk=series)
    plain = prefix.strip()
    _check(row, plain, width, next_number, reason)
    changes = {
        name: (getattr(row, name), value)
        for name, value in (("prefix", plain), ("width", width), ("next_number", next_number))
        if getattr(row, name) != value
    }
    if not changes:
        raise CannotChangeNumbering(_("与现在的格式相同，没有修改。"))
    row.prefix, row.width, row.next_number = plain, width, next_number
    row.save()
    record(
        events.NUMBERING_CHANGED, at=at, by_id=by.person_id,
        changes={f"{series}.{name}": pair for name, pair in changes.items()} | {"reason": ("", reason.strip()[:200])},
        series=series,
    )  # fmt: skip
    return row


def _check(row: Numbering, prefix: str, width: int, next_number: int, reason: str) -> None:
    errors = {}
    if len(prefix) > 12 or not prefix.isprintable() or any(map(str.isspace, prefix)):
        errors["prefix"] = _("前缀最多 12 个字符，不含空格。")
    if not 1 <= width <= WIDEST:
        errors["width"] = _("位数应在 1 到 %(most)d 之间。") % {"most": WIDEST}
    if not 1 <= next_number < 10**15:
        errors["next_number"] = _("下一个号应是正整数。")
    elif prefix == row.prefix and next_number < row.next_number:
        errors["next_number"] = _("前缀不变时，下一个号不能小于 %(number)d：之前的号可能已经用过。") % {
            "number": row.next_number
        }
    if not reason.strip():
        errors["reason"] = _("请写明修改的理由。")
    if errors:
        raise CannotChangeNumbering(next(iter(errors.values())), errors=errors)
