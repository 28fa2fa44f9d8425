"""What becomes of each row of a file of receipts and overdue payments: whose it is, as of which day, which amounts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.calc.money import read_amount
from panshi.calc.periods import read_day
from panshi.calc.reading import Unreadable
from panshi.domains.accounts.models import AccountBalance, ImportMode
from panshi.domains.accounts.reports.imports.kinds import ImportField, Reading
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome, Rules
from panshi.domains.accounts.reports.imports.which import (
    ACCOUNT_HEADINGS,
    Whose,
    account_fields,
    read_texts,
)
from panshi.engines.sheets.reading import SheetRow
from panshi.ground.base.viewer import Viewer

AMOUNTS: Final = ("receipts", "overdue", "sales")
CHUNK: Final = 2000
MOST: Final = Decimal("1e15")
MOST_DAYS: Final = 36_500
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **ACCOUNT_HEADINGS,
    "receipts": ("近12个月收款", "收款", "收款金额", "回款", "回款金额", "receipts", "received", "paid"),
    "overdue": ("逾期货款", "逾期金额", "逾期", "逾期应收", "overdue", "overdueamount"),
    "overdue_days": ("最长逾期天数", "逾期天数", "overduedays", "dayslate"),
    "sales": ("近12个月销售", "销售", "销售额", "销售金额", "sales"),
    "as_of": ("截止日期", "日期", "截至日期", "asof", "date"),
}


@dataclass(slots=True)
class CheckedBalance(Checked):
    """One row of the file: `values` as read, `as_of` the day it speaks of, `known` the balance of that day."""

    account_id: int | None = None
    as_of: dt.date | None = None
    known: AccountBalance | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def record_id(self) -> int | None:
        """The balance of that day, if there is one."""
        return self.known.pk if self.known is not None else None

    @property
    def bearer_id(self) -> int | None:
        """Whose it is."""
        return self.account_id


def fields(viewer: Viewer) -> list[ImportField]:
    """The columns a file of balances may have."""
    return [
        *account_fields(),
        ImportField("receipts", gettext_lazy("近 12 个月收款"), note=gettext_lazy("必填，元")),
        ImportField("overdue", gettext_lazy("逾期货款"), note=gettext_lazy("元；没有逾期填 0 或留空")),
        ImportField("overdue_days", gettext_lazy("最长逾期天数")),
        ImportField("sales", gettext_lazy("近 12 个月销售"), note=gettext_lazy("不填则取交易台账的销售")),
        ImportField("as_of", gettext_lazy("截止日期"), note=gettext_lazy("不填则为今天")),
    ]


def _demand(mapping: Mapping[str, int], mode: str) -> str:
    if not set(ACCOUNT_HEADINGS) & set(mapping):
        return _("需要“客户编号”、“统一社会信用代码”或“客户名称”一列，说明是哪家客户。")
    if "receipts" not in mapping:
        return _("需要“近 12 个月收款”一列。")
    return ""


def check(rows: Sequence[SheetRow], mapping: Mapping[str, int], rules: Rules) -> list[CheckedBalance]:
    """Decide every row; a bounded number of queries for any number of rows."""
    checked = [CheckedBalance(read_texts(row.number, row.cells, mapping, clear="", fixed=())) for row in rows]
    labels = {one.name: str(one.label) for one in fields(rules.by)}
    whose = Whose([row.read for row in checked], by=rules.by, permission="ledger.import")
    seen: dict[tuple[int, dt.date], int] = {}
    for row in checked:
        row.account_id = whose.settle(row)
        _read(row, labels, on=rules.on)
        if row.problems:
            row.outcome = Outcome.REJECT
        elif row.account_id is not None and row.as_of is not None:
            first = seen.setdefault((row.account_id, row.as_of), row.read.number)
            if first != row.read.number:
                row.reject(_("与第 %(row)d 行是同一家客户的同一天") % {"row": first})
    _meet(checked, rules)
    return checked


def _read(row: CheckedBalance, labels: Mapping[str, str], *, on: dt.date) -> None:
    texts = {name: str(text) for name, text in row.read.values.items() if text}

    def problem(name: str, why: str) -> None:
        row.problems.append(f"{labels[name]}：{why}")

    for name in AMOUNTS:
        try:
            amount = read_amount(texts[name]) if name in texts else None
        except Unreadable:
            problem(name, _("看不懂金额“%(text)s”") % {"text": texts[name][:40]})
            continue
        if amount is not None and (abs(amount) >= MOST or (name == "overdue" and amount < 0)):
            problem(name, _("金额超出范围"))
        elif amount is not None:
            row.values[name] = amount.quantize(Decimal("0.01"))
    if "receipts" not in texts:
        problem("receipts", _("没有填写"))
    days = texts.get("overdue_days", "0")
    if days.isascii() and days.isdecimal() and int(days) <= MOST_DAYS:
        row.values["overdue_days"] = int(days)
    else:
        problem("overdue_days", _("请填写整数天数"))
    try:
        row.as_of = read_day(texts["as_of"]) if "as_of" in texts else on
    except Unreadable:
        problem("as_of", _("看不懂日期“%(text)s”") % {"text": texts["as_of"][:40]})
        return
    if row.as_of > on:
        problem("as_of", _("截止日期不能在今天之后。"))


def _meet(checked: Sequence[CheckedBalance], rules: Rules) -> None:
    """Rows for a day that was recorded before correct it."""
    rows = [row for row in checked if row.outcome is not Outcome.REJECT]
    ids = sorted({row.account_id for row in rows if row.account_id is not None})
    known: dict[tuple[int, dt.date], AccountBalance] = {}
    for start in range(0, len(ids), CHUNK):
        for one in AccountBalance.objects.filter(account_id__in=ids[start : start + CHUNK]):
            known[one.account_id, one.as_of] = one
    for row in rows:
        assert row.account_id is not None
        assert row.as_of is not None
        row.known = known.get((row.account_id, row.as_of))
        if row.known is None:
            if rules.mode == ImportMode.UPDATE:
                row.reject(_("这一天还没有记录，本次只更新"))
            continue
        if rules.mode == ImportMode.CREATE:
            row.reject(_("这一天已有记录，本次只新建"))
            continue
        held = row.known
        given = {"overdue": Decimal(0), **row.values}
        row.changes = {
            name: (getattr(held, name), after)
            for name, after in given.items()
            if getattr(held, name) != after
        }
        row.outcome = Outcome.UPDATE if row.changes else Outcome.UNCHANGED


BALANCES: Final = Reading(
    name="balances",
    label=gettext_lazy("收款与逾期"),
    hint=gettext_lazy("按客户编号、信用代码或名称识别；同一家客户同一天的记录会更正，其余新增。"),
    permissions=("accounts.import", "ledger.import"),
    headings=HEADINGS,
    fields=fields,
    demand=_demand,
    check=check,
)
