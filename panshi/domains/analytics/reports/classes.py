"""What the decision table of key account classes says of accounts, and with which figures it was asked.

Trade is read once for all accounts from one version of the ledger; the accounts follow portion by portion. Nothing is
written here: `accounts` turns findings into proposals.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from panshi.calc.periods import Period, add_months, month_of
from panshi.domains.accounts.models import Account, ClassMembership, KeyClass, OwnershipType
from panshi.domains.accounts.reports.classes import ClassFinding
from panshi.domains.analytics.reports.class_settings import words_of
from panshi.domains.ledger.reports import head_version, ledger_folder, merged_accounts
from panshi.engines.analytics import ledger
from panshi.engines.analytics.failures import StoreUnavailable
from panshi.engines.analytics.values import Measure, Scope
from panshi.ground.base.refusals import Refused
from panshi.ground.rules.reports import CannotDecide, Decision, decide_many
from panshi.ground.rules.reports.deciding import holding

TABLE: Final = "account_classes"
MONTHS: Final = 12
PLACES: Final = Decimal("0.01")
COMPANY_CURRENCY: Final = "CNY"
CLASSES: Final[Mapping[str, str]] = {
    "重要客户": KeyClass.IMPORTANT.value,
    "高值客户": KeyClass.HIGH_VALUE.value,
    "集团客户": KeyClass.GROUP.value,
    "战略客户": KeyClass.STRATEGIC.value,
}
"""The table's words for the classes; they are its contract and are never translated."""
OWNERSHIP: Final[Mapping[str, str]] = {
    OwnershipType.UNKNOWN.value: "未填",
    OwnershipType.STATE.value: "国有企业",
    OwnershipType.PRIVATE.value: "民营企业",
    OwnershipType.FOREIGN.value: "外资企业",
    OwnershipType.GOVERNMENT.value: "政府机关",
    OwnershipType.INSTITUTION.value: "事业单位",
}
"""Likewise its words for the kinds of owners."""


class CannotReadTrade(Refused):
    """The store of the ledger cannot be read; nothing is proposed on half the figures."""


@dataclass(frozen=True, slots=True)
class Trade:
    """Twelve full months before a day: tonnes and sales of every account that traded; `version` None: no ledger yet."""

    period: Period
    version: int | None
    tonnes: Mapping[int, Decimal] = field(default_factory=dict)
    sales: Mapping[int, Decimal] = field(default_factory=dict)
    product_lines: tuple[str, ...] = ()

    @property
    def unknown(self) -> frozenset[str]:
        """Classes nothing can be said about without trade."""
        return frozenset({KeyClass.HIGH_VALUE.value}) if self.version is None else frozenset()

    @property
    def source(self) -> str:
        """Where the figures come from, in words."""
        said = {
            "first": f"{self.period.first:%Y-%m}",
            "last": f"{self.period.last:%Y-%m}",
            "version": self.version if self.version is not None else "-",
        }
        words = _("台账 %(first)s 至 %(last)s（第 %(version)s 版）") % said
        if self.product_lines:
            words += _("，产品线 %(lines)s") % {"lines": _("、").join(self.product_lines)}
        return words


def trade_before(on: dt.date) -> Trade:
    """The trade the table is asked with. Raises `CannotReadTrade`."""
    last = month_of(on)
    period = Period(add_months(last, -MONTHS), last - dt.timedelta(days=1))
    version, lines = head_version(), words_of("accounts.class_product_lines")
    if version is None:
        return Trade(period, None, product_lines=lines)
    scope = Scope(period, currency=COMPANY_CURRENCY, product_lines=lines)
    weighed = Scope(period, product_lines=lines, units=words_of("accounts.class_tonne_units"))
    try:
        files = ledger.store(ledger_folder()).files(version)
        with ledger.questions(files, merged_accounts()) as questions:
            sales = questions.totals(scope, Measure.REVENUE)
            tonnes = questions.totals(weighed, Measure.QUANTITY)
    except StoreUnavailable as error:
        raise CannotReadTrade(_("台账存储无法读取：%(reason)s") % {"reason": error}) from error
    return Trade(
        period,
        version,
        {each.account_id: each.total for each in tonnes},
        {each.account_id: each.total for each in sales},
        lines,
    )


def table_version(on: dt.date) -> int:
    """The version of the table that holds on a day. Raises `CannotDecide`."""
    number, _table = holding(TABLE, on=on)
    return number


def account_count() -> int:
    """How many accounts there are to ask about."""
    count: int = Account.objects.standing().count()
    return count


def account_keys(after: int, most: int) -> list[int]:
    """The next accounts in the order of their keys."""
    rows = Account.objects.standing().filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def findings(keys: Sequence[int], *, trade: Trade, on: dt.date) -> list[ClassFinding]:
    """What the table says of these accounts; a fixed number of queries."""
    rows = list(
        Account.objects.filter(pk__in=list(keys))
        .order_by("pk")
        .values_list("pk", "ownership_type", "industry", "group_id")
    )
    sizes = _group_sizes({group or pk for pk, _kind, _industry, group in rows})
    strategic = set(
        ClassMembership.objects.standing()
        .filter(account_id__in=list(keys), key_class=KeyClass.STRATEGIC)
        .values_list("account_id", flat=True)
    )
    asked = [
        _values(row, trade, size=sizes.get(row[3] or row[0], 1), is_strategic=row[0] in strategic)
        for row in rows
    ]
    answers = decide_many(TABLE, many=asked, on=on)
    return [
        _finding(row[0], given, answer, trade)
        for row, given, answer in zip(rows, asked, answers, strict=True)
    ]


def _group_sizes(roots: set[int]) -> dict[int, int]:
    counted = (
        Account.objects.standing()
        .filter(group_id__in=roots)
        .order_by()
        .annotate(root=Coalesce("group_id", "pk"))
        .values_list("root")
        .annotate(size=Count("pk"))
    )
    return dict(counted)


def _values(
    row: tuple[int, str, str, int | None], trade: Trade, *, size: int, is_strategic: bool
) -> dict[str, Any]:
    """The inputs of the table; without a ledger the figures of trade are unknown, not zero."""
    pk, kind, industry, _group = row
    known = trade.version is not None
    return {
        "ownership_type": OWNERSHIP.get(kind, "未填"),
        "industry_section": industry[:1] or None,
        "monthly_tonnes": (trade.tonnes.get(pk, Decimal(0)) / MONTHS).quantize(PLACES) if known else None,
        "yearly_sales": trade.sales.get(pk, Decimal(0)).quantize(PLACES) if known else None,
        "group_size": size,
        "is_strategic": is_strategic,
    }


def _finding(
    pk: int, given: Mapping[str, Any], answer: Decision | CannotDecide, trade: Trade
) -> ClassFinding:
    if isinstance(answer, CannotDecide):
        return ClassFinding(pk, {}, refused=answer.message)
    figures = {"table": TABLE, "version": answer.version, "figures": list(_figures(given, trade))}
    classes: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for outputs, match in zip(answer.outputs, answer.matches, strict=True):
        name = CLASSES.get(str(outputs.get("account_class") or ""))
        if name is None:
            continue
        said, known = str(outputs.get("reason") or match), classes.get(name)
        rows = [*(known[1]["matched"] if known else ()), str(match)]
        reason = known[0] if known else said
        classes[name] = (reason, {**figures, "matched": rows})
    return ClassFinding(pk, classes, {**figures, "matched": []})


def _figures(given: Mapping[str, Any], trade: Trade) -> Iterator[tuple[str, str, str, str]]:
    """Every figure with where it comes from, in words and as the code of the place, as it is kept with the proposal."""
    archive = _("客户档案")
    nothing = _("未知")
    yield _("单位性质"), given["ownership_type"], archive, "archive"
    yield _("行业门类"), given["industry_section"] or nothing, archive, "archive"
    for name, label in (("monthly_tonnes", _("月用量（吨）")), ("yearly_sales", _("年销售额（元）"))):
        figure = given[name]
        yield label, nothing if figure is None else str(figure), trade.source, "trade"
    yield _("集团成员数"), str(given["group_size"]), _("集团关系"), "group"
    yield _("评定为战略"), _("是") if given["is_strategic"] else _("否"), _("审批通过的战略评定"), "classes"
