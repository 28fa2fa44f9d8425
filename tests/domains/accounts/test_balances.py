"""Sales against receipts: recorded by day, imported and taken back; who fails the check; how often to be in contact."""

import datetime as dt
from decimal import Decimal

import pytest

from panshi.domains.accounts.models import Account, AccountBalance
from panshi.domains.accounts.reports.attention import attention_counts
from panshi.domains.accounts.reports.balances import BalanceRules, failing, late, unequal
from panshi.domains.accounts.reports.frequency import contact_by, contact_due
from panshi.domains.accounts.services.balances import BalanceFigures, CannotRecordBalances, record_balances
from panshi.domains.accounts.services.imports.undoing import undo_import
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from tests.factories.accounts import make_account
from tests.factories.imports import counts, imported, reasons
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(
        "石英轴承有限公司", code="K-1", owner=company.owner, unit=company.units.east_one, sales_12m=1_000_000
    )


def push(account: Account, by: Viewer, at: dt.datetime, on: dt.date = TODAY, **figures: int) -> None:
    given = {name: Decimal(value) for name, value in figures.items() if name != "overdue_days"}
    each = BalanceFigures(account.pk, overdue_days=figures.get("overdue_days", 0), **given)
    record_balances(figures=[each], as_of=on, source="财务", by=by, at=at)


def test_the_newest_day_counts(account: Account, company: Company, at: dt.datetime) -> None:
    by = company.viewer("operations")
    push(account, by, at, receipts=900_000)
    push(account, by, at, on=dt.date(2026, 10, 31), receipts=100_000)
    newest = AccountBalance.objects.newest().get()
    assert (newest.as_of, newest.sales, newest.gap) == (TODAY, 1_000_000, 100_000)
    push(account, by, at, receipts=950_000)
    assert AccountBalance.objects.newest().get().receipts == 950_000
    assert AccountBalance.objects.count() == 2
    assert Event.objects.filter(kind="accounts.balances_recorded").count() == 3


def test_what_is_refused_changes_nothing(account: Account, company: Company, at: dt.datetime) -> None:
    by = company.viewer("operations")
    with pytest.raises(CannotRecordBalances):
        push(account, by, at, on=TODAY + dt.timedelta(days=1), receipts=1)
    with pytest.raises(CannotRecordBalances):
        push(account, by, at, receipts=1, overdue=-1)
    twice = [BalanceFigures(account.pk, Decimal(1)), BalanceFigures(account.pk, Decimal(2))]
    with pytest.raises(CannotRecordBalances):
        record_balances(figures=twice, as_of=TODAY, source="财务", by=by, at=at)
    for other in ("owner", "supervisor", "teammate"):
        with pytest.raises(NotAllowed):
            push(account, company.viewer(other), at, receipts=1)
    assert not AccountBalance.objects.exists()


@pytest.mark.parametrize(
    ("sales", "receipts", "overdue", "days", "wrong"),
    [
        (1_000_000, 700_000, 0, 0, (False, False)),  # exactly the share
        (1_000_000, 699_999, 0, 0, (True, False)),
        (1_000_000, 1_300_001, 0, 0, (True, False)),
        (100_000, 10_000, 0, 0, (False, False)),  # too little money
        (0, 200_000, 0, 0, (True, False)),
        (-50_000, 100_000, 0, 0, (True, False)),
        (1_000_000, 1_000_000, 1, 0, (False, True)),
        (1_000_000, 1_000_000, 1, 30, (False, True)),
    ],
)
def test_the_rules_say_the_same_in_python_and_in_the_database(
    account: Account,
    company: Company,
    at: dt.datetime,
    sales: int,
    receipts: int,
    overdue: int,
    days: int,
    wrong: tuple[bool, bool],
) -> None:
    by, rules = company.viewer("operations"), BalanceRules.load()
    push(account, by, at, sales=sales, receipts=receipts, overdue=overdue, overdue_days=days)
    balance = AccountBalance.objects.get()
    assert (rules.unequal(balance), rules.late(balance)) == wrong
    rows = AccountBalance.objects.all()
    assert (rows.filter(unequal(rules)).exists(), rows.filter(late(rules)).exists()) == wrong
    assert failing(viewer=company.viewer("owner")).exists() is any(wrong)
    assert not failing(viewer=company.viewer("outsider")).exists()


def test_a_file_is_imported_corrected_and_taken_back(
    account: Account, company: Company, at: dt.datetime
) -> None:
    by = company.viewer("operations")
    make_account("玄武石材有限公司", code="K-2", sales_12m=500_000)
    first = imported(
        '客户编号,收款,逾期货款,截止日期\nK-1,60万,5万,2026-10-31\nK-2,"400,000",,2026-10-31\nK-9,1,1,\nK-1,x,,\n',
        by=by,
        at=at,
        kind="balances",
    )
    assert counts(first) == (2, 0, 0, 2)
    assert set(reasons(first)) == {4, 5}
    known = AccountBalance.objects.get(account=account)
    assert (known.receipts, known.overdue, known.gap) == (600_000, 50_000, 400_000)
    again = imported(
        "客户编号,收款,逾期货款\nK-1,70万,0\n", by=by, at=at + dt.timedelta(minutes=1), kind="balances"
    )
    assert counts(again) == (1, 0, 0, 0)
    assert AccountBalance.objects.newest().get(account=account).receipts == 700_000
    corrected = imported(
        "客户编号,收款,逾期货款,截止日期\nK-1,65万,5万,2026-10-31\nK-2,40万,0,2026-10-31\n",
        by=by,
        at=at + dt.timedelta(minutes=2),
        kind="balances",
    )
    assert counts(corrected) == (0, 1, 1, 0)
    undo_import(batch_id=again.pk, by=by, at=at + dt.timedelta(minutes=3))
    newest = AccountBalance.objects.newest().get(account=account)
    assert (newest.as_of, newest.receipts) == (dt.date(2026, 10, 31), 650_000)


def test_contact_by_class(company: Company) -> None:
    def made(days: int | None, **more: object) -> Account:
        last = NEVER if days is None else TODAY - dt.timedelta(days=days)
        return make_account(owner=company.owner, unit=company.units.east_one, last_contact_on=last, **more)

    late_ones = [
        made(8, abc_class="A"),
        made(15, abc_class="B"),
        made(31, abc_class="C"),
        made(8, abc_class="C", is_key=True),
        made(None, abc_class="B"),
    ]
    for days, abc_class in ((7, "A"), (14, "B"), (30, "C"), (400, "")):
        made(days, abc_class=abc_class)
    made(400, abc_class="A", lifecycle="lost")
    make_account(unit=company.units.east_one, abc_class="A")  # nobody's
    found = Account.objects.filter(contact_by(TODAY))
    assert set(found.values_list("pk", flat=True)) == {each.pk for each in late_ones}
    kind = {"abc_class": "B", "is_key": False, "lifecycle": "active"}
    assert contact_due(last_contact_on=TODAY, **kind) == TODAY + dt.timedelta(days=14)  # type: ignore[arg-type]
    assert contact_due(last_contact_on=TODAY, **{**kind, "lifecycle": "lost"}) is None  # type: ignore[arg-type]


def test_the_workbench_counts_what_is_mine(account: Account, company: Company, at: dt.datetime) -> None:
    push(account, company.viewer("operations"), at, receipts=0)
    mine = attention_counts(viewer=company.viewer("owner"), on=TODAY)
    assert (mine["balance"], mine["incomplete"], mine["variance"]) == (1, 1, 0)
    theirs = attention_counts(viewer=company.viewer("director"), on=TODAY)
    assert (theirs["balance"], theirs["incomplete"]) == (0, 0)
    assert attention_counts(viewer=company.viewer("teammate"), on=TODAY)["balance"] == 0
