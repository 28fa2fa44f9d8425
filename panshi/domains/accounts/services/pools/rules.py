"""Recycle rules: data that reads as a sentence; a change is kept as the sentence before and after.

A new or changed rule returns nobody's account at once: whoever it reaches is told a week before (`calc.recycling`).
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from panshi.calc.recycling import LONGEST_DAYS, Rule
from panshi.calc.reference.divisions import divisions
from panshi.calc.reference.industries import industries
from panshi.domains.accounts.models import AbcClass, Lifecycle, Pool, PoolRule
from panshi.domains.accounts.reports.pools.words import read_rule, rule_of, sentence, stored
from panshi.domains.accounts.services.pools.settings import keep_changes
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer

MOST_RULES: Final = 20
MOST_CONDITIONS: Final = 12
MOST_VALUES: Final = 60


class CannotSaveRule(Refused):
    """The rule means nothing, would return everything at once, or nobody said why."""


@transaction.atomic
def save_rule(
    *,
    pool: Pool,
    rule_id: int | None = None,
    name: str,
    joined: str,
    conditions: Sequence[Mapping[str, Any]],
    active: bool = True,
    reason: str,
    by: Viewer,
    at: dt.datetime,
) -> PoolRule:
    """Add a rule to the pool, or change the one named."""
    by.require("pools.manage")
    record_ = Pool.objects.select_for_update().get(pk=pool.pk)
    known = PoolRule.objects.filter(pool=record_, pk=rule_id).first() if rule_id is not None else None
    if rule_id is not None and known is None:
        raise CannotSaveRule(_("这条规则已被删除。"))
    rule, title = checked_rule(joined, conditions), " ".join(name.split())
    if not title or len(title) > 60:
        raise CannotSaveRule(_("规则名称应为 1 到 60 个字。"), field="name")
    _require_reason(reason)
    before = _told(known) if known is not None else ""
    row = known or PoolRule(pool=record_, position=_next_place(record_))
    row.name, row.joined, row.conditions, row.active = title, rule.joined, stored(rule), active
    if _told(row) == before:
        return row
    row.save()
    record_.step(at=at)
    record_.save(update_fields=["version", "updated_at"])
    keep_changes(record_, [("rule", before, _told(row))], reason, by=by, at=at)
    return row


@transaction.atomic
def drop_rule(*, rule: PoolRule, reason: str, by: Viewer, at: dt.datetime) -> None:
    """Take a rule away; the history of the pool still tells it. Warnings it gave end with the next night."""
    by.require("pools.manage")
    pool = Pool.objects.select_for_update().get(pk=rule.pool_id)
    known = PoolRule.objects.filter(pk=rule.pk).first()
    if known is None:
        raise CannotSaveRule(_("这条规则已被删除。"))
    _require_reason(reason)
    said = _told(known)
    known.delete()
    pool.step(at=at)
    pool.save(update_fields=["version", "updated_at"])
    keep_changes(pool, [("rule", said, "")], reason, by=by, at=at)


def checked_rule(joined: str, conditions: Sequence[Mapping[str, Any]]) -> Rule:
    """The rule meant, or `CannotSaveRule` saying what is wrong with it."""
    if not conditions:
        raise CannotSaveRule(_("请至少设置一个条件。"), field="conditions")
    if len(conditions) > MOST_CONDITIONS:
        raise CannotSaveRule(
            _("一条规则最多 %(most)d 个条件。") % {"most": MOST_CONDITIONS}, field="conditions"
        )
    for each in conditions:
        _check_values(str(each.get("kind", "")), each)
    kinds = [each.get("kind") for each in conditions]
    if not {"contact", "trade", "owned"} & set(kinds):
        raise CannotSaveRule(
            _("规则需要一个按天数的条件（没有联系、没有交易或持有天数），否则客户一归属就会被收回。"),
            field="conditions",
        )
    try:
        return read_rule(joined, conditions)
    except (ValueError, TypeError, KeyError) as error:
        raise CannotSaveRule(
            _("按生命周期、分类、地区、行业的条件只能与天数条件同时满足（“全部满足”）。"), field="conditions"
        ) from error


def _check_values(kind: str, condition: Mapping[str, Any]) -> None:
    if kind in {"contact", "trade", "owned"}:
        days = condition.get("days")
        if not isinstance(days, int) or not 1 <= days <= LONGEST_DAYS:
            raise CannotSaveRule(_("天数应为 1 到 %(most)d。") % {"most": LONGEST_DAYS}, field="conditions")
        return
    values = condition.get("values") or ()
    if not values or len(values) > MOST_VALUES:
        raise CannotSaveRule(_("请为每个条件选择取值。"), field="conditions")
    if kind not in _KNOWN or not all(_KNOWN[kind](str(value)) for value in values):
        raise CannotSaveRule(_("没有这个选项。"), field="conditions")


_KNOWN: Final[Mapping[str, Callable[[str], bool]]] = {
    "lifecycle": lambda value: value in Lifecycle.values,
    "abc": lambda value: value in AbcClass.values,
    "region": lambda value: value.isdecimal() and value.ljust(6, "0") in divisions(),
    "industry": lambda value: value in industries(),
}


def _next_place(pool: Pool) -> int:
    rows = PoolRule.objects.filter(pool=pool)
    if rows.count() >= MOST_RULES:
        raise CannotSaveRule(_("一个公海最多 %(most)d 条规则。") % {"most": MOST_RULES})
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise CannotSaveRule(_("请说明设置的理由。"), field="reason")


def _told(row: PoolRule) -> str:
    """The rule as history keeps it."""
    said = _("%(name)s：%(sentence)s") % {"name": row.name, "sentence": sentence(rule_of(row))}
    return said if row.active else _("（停用）%(rule)s") % {"rule": said}
