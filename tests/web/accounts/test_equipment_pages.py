"""Pages of the installed base, brands and shares of wallet: what they show, keep apart, and send back to the field."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from panshi.domains.accounts.models import Account, Brand, Equipment, Wallet
from panshi.domains.accounts.services import (
    WalletFacts,
    add_equipment,
    change_equipment,
    keep_wallet,
    read_hours,
    save_brand,
)
from panshi.domains.ledger.models import AccountMonth
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

SignedIn = Callable[[Person], Client]


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("玄武岩", owner=company.owner, unit=company.units.east_one)


@pytest.fixture
def machine(company: Company, account: Account, at: dt.datetime) -> Equipment:
    values = {"brand": "西门", "model": "S-200", "serial": "A1", "warranty_on": "2026-12-20"}
    return add_equipment(account=account, values=values, by=company.viewer("owner"), at=at)


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_machine_is_noted_from_the_tab(company: Company, signed_in: SignedIn, account: Account) -> None:
    browser = signed_in(company.owner)
    assert "登记第一台" in page(browser, f"/accounts/equipment/of/{account.pk}/")
    body = {"brand": "西门", "model": "S-200", "quantity": "2", "state": "in_use", "expected_version": "0"}
    answer = browser.post(f"/accounts/{account.pk}/equipment/new/", body)
    assert (answer.status_code, Equipment.objects.get().quantity) == (302, 2)
    refused = browser.post(f"/accounts/{account.pk}/equipment/new/", body | {"serial": "A1"})
    assert refused.status_code == 422
    assert "几台请分开登记" in refused.content.decode()


def test_our_share_stands_on_the_tab(
    company: Company, signed_in: SignedIn, account: Account, machine: Equipment, at: dt.datetime
) -> None:
    save_brand(brand=None, name="磐牌", ours=True, by=company.viewer("owner"), at=at)
    values = {"brand": "磐牌", "model": "P", "quantity": 3}
    add_equipment(account=account, values=values, by=company.viewer("owner"), at=at)
    assert "其中本公司 3 台，占 75.0" in page(
        signed_in(company.owner), f"/accounts/equipment/of/{account.pk}/"
    )


def test_the_second_writer_sees_both_versions(
    company: Company, signed_in: SignedIn, machine: Equipment, at: dt.datetime
) -> None:
    browser = signed_in(company.owner)
    found = re.search(r'name="opened" value="([^"]+)"', page(browser, f"/accounts/equipment/{machine.pk}/"))
    assert found is not None
    by = company.viewer("owner")
    change_equipment(equipment=machine, values={"site": "一号车间"}, expected_version=1, by=by, at=at)
    body: dict[str, Any] = {
        "brand": "西门", "model": "S-200", "serial": "A1", "quantity": "1", "state": "in_use", "site": "二号车间",
        "warranty_on": "2026-12-20", "expected_version": "1", "opened": found[1],
    }  # fmt: skip
    answer = browser.post(f"/accounts/equipment/{machine.pk}/", body)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "一号车间" in text
    assert "二号车间" in text
    assert Equipment.objects.get().site == "一号车间"


def test_hours_retire_and_back(company: Company, signed_in: SignedIn, machine: Equipment) -> None:
    browser = signed_in(company.owner)
    at = f"/accounts/equipment/{machine.pk}/"
    assert browser.post(f"{at}hours/", {"hours": "1200", "on": "2026-11-01"}).status_code == 302
    assert browser.post(f"{at}retire/", {"on": "2026-11-30", "reason": "旧"}).status_code == 422
    assert browser.post(f"{at}retire/", {"on": "2026-11-20", "reason": "旧"}).status_code == 302
    assert "2026-11-20" in page(browser, at)
    assert browser.post(f"{at}return/").status_code == 302
    machine.refresh_from_db()
    assert (machine.hours, machine.state) == (1200, "in_use")


def test_the_list_tells_what_falls_due(
    company: Company, signed_in: SignedIn, account: Account, machine: Equipment, at: dt.datetime
) -> None:
    values = {"brand": "西门", "model": "L-900", "warranty_on": "2028-12-20"}
    add_equipment(account=account, values=values, by=company.viewer("owner"), at=at)
    browser = signed_in(company.owner)
    due = page(browser, "/accounts/equipment/?due=365")
    assert "S-200" in due
    assert "L-900" not in due
    assert "L-900" in page(browser, "/accounts/equipment/?view=all")
    csv = b"".join(browser.get("/accounts/equipment/export/?format=csv&due=365").streaming_content)  # type: ignore[attr-defined]
    assert "S-200" in csv.decode()


def test_brands_are_merged_by_who_may(
    company: Company, signed_in: SignedIn, account: Account, machine: Equipment, at: dt.datetime
) -> None:
    values = {"brand": "西门公司", "model": "X"}
    twice = add_equipment(account=account, values=values, by=company.viewer("owner"), at=at).brand
    kept = Brand.objects.get(name="西门")
    body = {"into": str(kept.pk)}
    assert signed_in(company.owner).post(f"/accounts/brands/{twice.pk}/merge/", body).status_code == 403
    assert signed_in(company.supervisor).post(f"/accounts/brands/{twice.pk}/merge/", body).status_code == 302
    assert "西门公司" not in page(signed_in(company.supervisor), "/accounts/brands/")
    assert Equipment.objects.filter(brand=kept).count() == 2


def test_a_wallet_takes_our_part_from_the_ledger(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    AccountMonth.objects.create(
        account=account,
        month=dt.date(2026, 3, 1),
        currency="CNY",
        lines=1,
        amount=250_000,
        cost=0,
        quantity=1,
    )
    browser = signed_in(company.owner)
    body = {"year": "2026", "volume": "1000000", "shares": "西门 30\n东方 12.5%", "confidence": "high"}
    assert browser.post(f"/accounts/{account.pk}/wallet/new/", body).status_code == 302
    wallet = Wallet.objects.get()
    assert (wallet.own, wallet.open, wallet.from_ledger) == (250_000, 750_000, True)
    text = page(browser, f"/accounts/wallets/of/{account.pk}/")
    for words in ("25.0%", "西门 30.0%", "东方 12.5%", "32.5%", f"/accounts/{account.pk}/trade/"):
        assert words in text
    assert 'value="750000.00"' in page(browser, "/accounts/wallets/head/")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"shares": "西门"}, "看不懂"),
        ({"shares": "西门 60\n东方 41"}, "超过 100%"),
        ({"own": "1000001"}, "不能多于全年采购额"),
        ({"volume": "-5"}, "大于 0"),
        ({"year": "2040"}, "年度应在"),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(
    company: Company, signed_in: SignedIn, account: Account, body: dict[str, str], words: str
) -> None:
    given = {"year": "2026", "volume": "1000000", "shares": "西门 30", "confidence": "high"} | body
    answer = signed_in(company.owner).post(f"/accounts/{account.pk}/wallet/new/", given)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert not Wallet.objects.exists()


def test_a_wallet_is_dropped_after_asking(
    company: Company, signed_in: SignedIn, account: Account, at: dt.datetime
) -> None:
    facts = WalletFacts(year=2026, volume=Decimal(1000))
    wallet = keep_wallet(account=account, facts=facts, by=company.viewer("owner"), at=at)
    browser = signed_in(company.owner)
    assert "不能撤销" in page(browser, f"/accounts/wallets/{wallet.pk}/drop/")
    assert browser.post(f"/accounts/wallets/{wallet.pk}/drop/").status_code == 302
    assert not Wallet.objects.exists()


def test_the_timeline_names_the_machine_and_tells_readings_of_a_day_once(
    company: Company, signed_in: SignedIn, account: Account, machine: Equipment, at: dt.datetime
) -> None:
    by, moved = company.viewer("owner"), machine
    for hours in (100, 200, 300):
        moved = read_hours(equipment=moved, hours=hours, on=at.date(), by=by, at=at)
    history = page(signed_in(company.owner), f"/accounts/{account.pk}/history/")
    assert "修改在用设备（3 次）" in history
    assert "西门 S-200 A1" in history
    assert history.count("登记在用设备") == 1
