"""Versioned facts: changed with a reason, shown as a history, and known as they stood on any day."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, FactVersion
from panshi.domains.accounts.reports import fact_history, facts_on
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

Change = Callable[..., Account]
DAY = dt.date


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(
        "恒达机械有限公司", owner=company.owner, unit=company.units.east_one, registered_capital=5_000_000
    )


@pytest.fixture
def change(company: Company, account: Account, at: dt.datetime) -> Change:
    def update(reason: str = "", on: dt.date | None = None, **values: Any) -> Account:
        version = Account.objects.values_list("version", flat=True).get(pk=account.pk)
        return services.update_account(
            account=account,
            values=values,
            expected_version=version,
            fact_reason=reason,
            fact_on=on,
            by=company.viewer("owner"),
            at=at,
        )

    return update


def told(account: Account, company: Company, who: str = "owner", field: str = "") -> list[tuple[str, ...]]:
    found = fact_history(account, viewer=company.viewer(who), field=field)
    return [(one.field, one.before, one.after, str(one.on), one.reason) for one in found]


def known(account: Account, company: Company, on: dt.date, who: str = "owner") -> dict[str, str]:
    return {fact.field: fact.value for fact in facts_on(account, on, viewer=company.viewer(who))}


def test_filling_an_empty_fact_needs_no_reason_and_changing_it_does(
    company: Company, account: Account, change: Change
) -> None:
    change(payment_terms="月结 30 天", size="small")
    with pytest.raises(services.CannotChangeFact) as refusal:
        change(payment_terms="月结 60 天", website="a.cn")
    assert list(refusal.value.errors) == ["fact_reason"]
    assert "付款条件" in refusal.value.message
    account.refresh_from_db()
    assert (account.payment_terms, account.website, account.version) == ("月结 30 天", "", 2)
    change("续签年度协议", payment_terms="月结 60 天")
    assert told(account, company)[0] == (
        *("payment_terms", "月结 30 天", "月结 60 天"),
        *("2026-11-21", "续签年度协议"),
    )
    assert [row[0] for row in told(account, company)] == ["payment_terms", "size", "payment_terms"]


def test_other_fields_and_corrections_of_a_name_ask_for_nothing(account: Account, change: Change) -> None:
    change(website="a.cn", phone="02112345678")
    change(website="b.cn")
    change(name="恒达机械（有限公司）")
    assert [row.field for row in FactVersion.objects.all()] == ["name"]


def test_a_first_value_counts_from_the_beginning_and_a_later_one_may_reach_back(
    company: Company, account: Account, change: Change
) -> None:
    change(payment_terms="月结 30 天")
    change("续签", DAY(2026, 3, 1), payment_terms="月结 60 天")
    terms = [
        known(account, company, day)["payment_terms"]
        for day in (DAY(2025, 1, 1), DAY(2026, 3, 1), DAY(2026, 11, 21))
    ]
    assert terms == ["月结 30 天", "月结 60 天", "月结 60 天"]
    change("取消账期", payment_terms="")
    change(payment_terms="款到发货")
    assert [row[3] for row in told(account, company)] == ["2026-11-21", "2026-11-21", "2026-03-01", "None"]


def test_clearing_what_was_known_needs_a_reason(account: Account, change: Change) -> None:
    with pytest.raises(services.CannotChangeFact):
        change(registered_capital=None)
    change("减资注销", registered_capital=None)
    assert FactVersion.objects.get().after == ""


def test_what_was_true_on_any_day(company: Company, account: Account, change: Change) -> None:
    change("增资", DAY(2026, 3, 1), registered_capital=8_000_000)
    change("再次增资", DAY(2026, 9, 1), registered_capital=9_000_000)
    capital = [
        known(account, company, day)["registered_capital"]
        for day in (DAY(2026, 2, 28), DAY(2026, 3, 1), DAY(2026, 8, 31), DAY(2026, 9, 1), DAY(2030, 1, 1))
    ]
    assert capital == ["5000000.00", "8000000.00", "8000000.00", "9000000.00", "9000000.00"]
    assert known(account, company, DAY(2020, 1, 1))["name"] == "恒达机械有限公司"


def test_a_day_that_contradicts_the_record_is_refused(account: Account, change: Change) -> None:
    change("增资", DAY(2026, 9, 1), registered_capital=8_000_000)
    for wrong in (DAY(2026, 11, 22), DAY(2026, 8, 31)):
        with pytest.raises(services.CannotChangeFact) as refusal:
            change("更正", wrong, registered_capital=9_000_000)
        assert list(refusal.value.errors) == ["fact_on"]
    assert FactVersion.objects.count() == 1


def test_codes_are_told_by_their_labels(company: Company, account: Account, change: Change) -> None:
    change(size="small")
    change("年报", size="medium")
    assert told(account, company)[0][:3] == ("size", "小型", "中型")


def test_bank_details_are_told_to_those_who_may_see_them(
    company: Company, account: Account, change: Change
) -> None:
    services.add_member(
        account=account,
        person=company.teammate,
        role="sales_support",
        by=company.viewer("director"),
        at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    )
    change(bank_account="6222 0000", address="张江路 1 号")
    change("换行", bank_account="6222 9999")
    assert [row[0] for row in told(account, company, "teammate")] == ["address"]
    assert told(account, company, "teammate", field="bank_account") == []
    assert "bank_account" not in known(account, company, DAY(2026, 11, 21), "teammate")
    assert known(account, company, DAY(2026, 11, 21))["bank_account"] == "6222 9999"
    assert told(account, company, "outsider") == []
