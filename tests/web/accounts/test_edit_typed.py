"""The card's sections as people type them: amounts, numbers and days are text until the archive reads them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from panshi.domains.accounts.models import Account
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company: Company) -> Account:
    made: Account = make_account(owner=company.owner, unit=company.units.east_two)
    return made


def save(company: Company, account: Account, section: str, **typed: str) -> int:
    browser = Client()
    browser.force_login(company.owner)
    account.refresh_from_db()
    address = reverse("accounts:edit", args=[account.pk, section])
    version = {"expected_version": str(account.version), "fact_reason": "工商登记"}
    return browser.post(address, typed | version).status_code


def test_the_company_is_saved_as_it_is_typed(company: Company, account: Account) -> None:
    said = save(
        company, account, "company",
        registered_capital="500万", founded_on="2009-03-01", employees="1,200人", annual_revenue="￥3,000,000.50",
    )  # fmt: skip
    assert said in {204, 302}
    account.refresh_from_db()
    assert account.registered_capital == Decimal("5000000.00")
    assert account.founded_on == dt.date(2009, 3, 1)
    assert account.employees == 1200
    assert account.annual_revenue == Decimal("3000000.50")
    assert save(company, account, "company", founded_on="2009-03-01", employees="1300") in {204, 302}


@pytest.mark.parametrize(
    ("section", "typed"),
    [
        ("company", {"registered_capital": "abc"}),
        ("company", {"annual_revenue": "1.2.3"}),
        ("company", {"employees": "12.5"}),
        ("company", {"employees": "很多"}),
        ("company", {"founded_on": "2026-02-30"}),
        ("company", {"founded_on": "\x00"}),
        ("procurement", {"procurement_budget": "2026-02-30"}),
        ("procurement", {"procurement_budget": "9" * 70}),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field(
    company: Company, account: Account, section: str, typed: dict[str, str]
) -> None:
    before = Account.objects.values().get(pk=account.pk)
    assert save(company, account, section, **typed) == 422
    assert Account.objects.values().get(pk=account.pk) == before
