"""What the demo company's customers paid and owe, and the changes of trade their managers had to explain."""

import datetime as dt
import random
from decimal import Decimal
from typing import Final

from panshi.calc.periods import month_of
from panshi.domains.accounts.models import Account, VarianceCause, VarianceNote, VarianceState
from panshi.domains.accounts.services.balances import BalanceFigures, record_balances
from panshi.domains.accounts.services.variance import answer_variance
from panshi.ground.base.viewer import Viewer

OWING: Final = 400
"""So many accounts stand in the report of finance: those that buy most."""
CENT: Final = Decimal("0.01")
ANSWERS: Final = (
    (VarianceCause.DEMAND, "客户二期产线已验收，集中采购结束，恢复平时水平。", "下月初与设备部核对备件计划。"),
    (VarianceCause.COMPETITOR, "竞争对手降价约 8%，客户分出一半订单。", "已报主管，准备以交期和现场服务谈框架价。"),
    (VarianceCause.PROJECT, "改造项目按计划分两批交货，第一批本期全部开票。", "第二批下季度交货，届时金额会再升。"),
    (VarianceCause.TIMING, "发货在月末，验收单次月才到，开票顺延。", ""),
)  # fmt: skip


def load_balances(*, seed: random.Random, on: dt.date, at: dt.datetime) -> None:
    """The report of receivables of the last month end: most paid nearly all, some owe much, a few are overdue."""
    buyers = Account.objects.standing().filter(sales_12m__gt=0).order_by("-sales_12m", "pk")
    figures = []
    for account_id, sales in buyers.values_list("pk", "sales_12m")[:OWING]:
        paid = Decimal(seed.randint(40, 75) if seed.random() < 0.15 else seed.randint(88, 104)) / 100
        receipts = (sales * paid).quantize(CENT)
        gap = max(sales - receipts, Decimal(0))
        late = gap > 0 and seed.random() < 0.3
        overdue = (gap * Decimal(seed.randint(20, 80)) / 100).quantize(CENT) if late else Decimal(0)
        days = seed.choice((12, 25, 38, 64, 95, 150)) if late else 0
        figures.append(BalanceFigures(account_id, receipts, overdue, days))
    as_of = month_of(on) - dt.timedelta(days=1)
    record_balances(figures=figures, as_of=as_of, source="财务应收月报", by=Viewer.system(), at=at)


def answer_some(*, on: dt.date, at: dt.datetime) -> None:
    """Two of three managers have explained what changed; the other notes wait."""
    waiting = VarianceNote.objects.filter(state=VarianceState.OPEN).exclude(account__owner=None)
    for number, note in enumerate(waiting.select_related("account").order_by("pk")):
        if number % 3 == 2:
            continue
        cause, answer, measures = ANSWERS[number % len(ANSWERS)]
        answer_variance(
            note=note,
            values={"cause": cause, "answer": answer, "measures": measures},
            next_on=on + dt.timedelta(days=30),
            expected_version=note.version,
            by=Viewer(person_id=note.account.owner_id, is_system=True),
            at=at,
        )
