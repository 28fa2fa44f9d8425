"""Facts pushed down: ABC classes by period, sales, touches and the next contact, each from its source."""

import datetime as dt
from decimal import Decimal

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import AbcRecord, Account, Touch
from panshi.domains.accounts.reports import class_moves
from panshi.domains.accounts.services import AbcResult, SalesFigures
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.refusals import NotAllowed
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

MAY, JUNE = dt.date(2026, 5, 31), dt.date(2026, 6, 30)


@pytest.fixture
def pair(company: Company) -> tuple[Account, Account]:
    where = {"owner": company.owner, "unit": company.units.east_one}
    return make_account("甲", **where), make_account("乙", **where)


def record(company: Company, at: dt.datetime, to: dt.date, *classes: tuple[Account, str]) -> int:
    results = [
        AbcResult(account.pk, letter, rank, Decimal(100 - rank), Decimal("0.5"), Decimal("0.5"))
        for rank, (account, letter) in enumerate(classes, start=1)
    ]
    return services.record_abc(
        results=results,
        analysis_id=7,
        period_from_on=to.replace(month=1, day=1),
        period_to_on=to,
        by=company.viewer("operations"),
        at=at,
    )


def classes() -> dict[str, str]:
    return dict(Account.objects.values_list("name", "abc_class"))


def test_the_newest_period_is_what_accounts_show(
    company: Company, pair: tuple[Account, Account], at: dt.datetime
) -> None:
    one, two = pair
    assert record(company, at, MAY, (one, "A"), (two, "B")) == 2
    assert record(company, at, JUNE, (one, "B"), (two, "B")) == 1
    assert classes() == {"甲": "B", "乙": "B"}
    assert AbcRecord.objects.get(account=one, period_to_on=JUNE).before_class == "A"
    assert record(company, at, MAY, (one, "C"), (two, "A")) == 0
    assert classes() == {"甲": "B", "乙": "B"}
    (move,) = class_moves(viewer=company.viewer("owner"))
    assert (move.name, move.before, move.after, move.risen) == ("甲", "A", "B", False)


def test_running_a_period_again_replaces_it(
    company: Company, pair: tuple[Account, Account], at: dt.datetime
) -> None:
    one, two = pair
    record(company, at, MAY, (one, "A"), (two, "B"))
    assert record(company, at, MAY, (one, "A")) == 1
    assert classes() == {"甲": "A", "乙": ""}
    assert list(AbcRecord.objects.values_list("account__name", "abc_class")) == [("甲", "A")]
    moved = Event.objects.filter(kind="accounts.abc_recorded", account_id=two.pk)
    assert [event.payload.count('"after":""') for event in moved.order_by("pk")] == [0, 1]


def test_sales_are_written_where_they_differ(
    company: Company, pair: tuple[Account, Account], at: dt.datetime
) -> None:
    one, two = pair
    by = company.viewer("operations")
    day = dt.date(2026, 11, 1)

    def push(*figures: SalesFigures, complete: bool = True) -> int:
        return services.record_sales(
            figures=figures, source="ledger:3", as_of=day, complete=complete, by=by, at=at
        )

    assert (
        push(
            SalesFigures(one.pk, Decimal("12.50"), Decimal(3), day),
            SalesFigures(two.pk, Decimal(1), Decimal(0), None),
        )
        == 2
    )
    assert push(SalesFigures(one.pk, Decimal("12.50"), Decimal(3), day), complete=False) == 0
    assert push(SalesFigures(one.pk, Decimal("12.50"), Decimal(3), day)) == 1
    known = {
        name: tuple(rest)
        for name, *rest in Account.objects.values_list(
            "name", "sales_12m", "sales_prior_12m", "last_trade_on"
        )
    }
    assert known == {"甲": (Decimal("12.50"), Decimal(3), day), "乙": (Decimal(0), Decimal(0), NEVER)}


@pytest.mark.parametrize("who", ["owner", "supervisor", "compliance", "administrator"])
def test_only_the_entitled_push_company_figures(company: Company, at: dt.datetime, who: str) -> None:
    by = company.viewer(who)
    with pytest.raises(NotAllowed):
        services.record_abc(results=[], analysis_id=1, period_from_on=MAY, period_to_on=JUNE, by=by, at=at)
    with pytest.raises(NotAllowed):
        services.record_sales(figures=[], source="x", as_of=MAY, by=by, at=at)


def test_the_last_contact_is_the_newest_touch_not_voided(
    company: Company, pair: tuple[Account, Account], at: dt.datetime
) -> None:
    one, _two = pair
    by = company.viewer("owner")

    def last() -> dt.date:
        return Account.objects.values_list("last_contact_on", flat=True).get(pk=one.pk)

    for number, day in enumerate((JUNE, MAY), start=1):
        services.record_touch(
            account=one, on=day, kind="visit", source="visits", source_id=number, by=by, at=at
        )
    assert last() == JUNE
    services.void_touch(source="visits", source_id=1, by=by, at=at)
    assert last() == MAY
    services.void_touch(source="visits", source_id=1, by=by, at=at)
    services.record_touch(account=one, on=JUNE, kind="visit", source="visits", source_id=1, by=by, at=at)
    assert (last(), Touch.objects.count()) == (JUNE, 2)
    services.void_touch(source="visits", source_id=1, by=by, at=at)
    services.void_touch(source="visits", source_id=2, by=by, at=at)
    assert last() == NEVER


def test_strangers_touch_nothing(company: Company, pair: tuple[Account, Account], at: dt.datetime) -> None:
    one, _two = pair
    by = company.viewer("outsider")
    with pytest.raises(NotAllowed):
        services.record_touch(account=one, on=MAY, kind="visit", source="visits", source_id=1, by=by, at=at)
    with pytest.raises(NotAllowed):
        services.plan_contact(account=one, on=JUNE, note="x", by=by, at=at)
    one.refresh_from_db()
    assert (one.last_contact_on, one.next_contact_on, Touch.objects.count()) == (NEVER, NOT_PLANNED, 0)
