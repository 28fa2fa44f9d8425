"""Shares of wallet: never more than the whole, ours from the ledger, nothing counted twice or beyond the scope."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from panshi.domains.accounts.models import Account, Wallet, WalletShare
from panshi.domains.accounts.reports import open_wallet, wallets_of
from panshi.domains.accounts.services import (
    CannotKeepWallet,
    WalletFacts,
    drop_wallet,
    keep_wallet,
    merge_brands,
    read_shares,
    record_own_sales,
)
from panshi.domains.ledger.models import AccountMonth
from panshi.domains.ledger.reports import sales_of, year_sales
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Stale
from tests.factories.accounts import make_account
from tests.factories.organisation import SYSTEM, Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("玄武岩", owner=company.owner, unit=company.units.east_one, team=(company.teammate,))


def keep(company: Company, account: Account, at: dt.datetime, **values: Any) -> Wallet:
    given: dict[str, Any] = {"year": 2026, "volume": Decimal(1000), **values}
    return keep_wallet(account=account, facts=WalletFacts(**given), by=company.viewer("owner"), at=at)


def test_everybodys_part_adds_up_to_the_whole(company: Company, account: Account, at: dt.datetime) -> None:
    keep(company, account, at, ledger=Decimal(250), shares=[("甲", Decimal(30)), ("乙", Decimal("12.5"))])
    (found,) = wallets_of(account, viewer=company.viewer("owner"))
    assert (found.ours, found.unknown, found.over) == (Decimal("25.0"), Decimal("32.5"), False)
    assert [(one.brand, one.amount) for one in found.slices] == [("甲", Decimal(300)), ("乙", Decimal(125))]
    assert (found.row.from_ledger, found.row.open, found.by) == (True, Decimal(750), company.owner.name)
    assert Event.objects.get(kind="accounts.wallet_kept").account_id == account.pk


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"volume": Decimal(0)}, "volume"),
        ({"year": 2028}, "year"),
        ({"year": 1900}, "year"),
        ({"own": Decimal(-1)}, "own"),
        ({"own": Decimal(1001)}, "own"),
        ({"ledger": Decimal(1001)}, "volume"),
        ({"own": Decimal(500), "shares": [("甲", Decimal("50.01"))]}, "shares"),
        ({"shares": [("甲", Decimal(60)), ("乙", Decimal(41))]}, "shares"),
        ({"shares": [("甲", Decimal(0))]}, "shares"),
        ({"shares": [("甲", Decimal("NaN"))]}, "shares"),
        ({"shares": [(" ", Decimal(1))]}, "shares"),
        ({"shares": [("甲 乙", Decimal(1)), ("甲乙", Decimal(1))]}, "shares"),
        ({"confidence": "sure"}, "confidence"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    company: Company, account: Account, at: dt.datetime, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(CannotKeepWallet) as refusal:
        keep(company, account, at, **values)
    assert field in refusal.value.errors
    assert not Wallet.objects.exists()
    assert not Event.objects.filter(kind="accounts.wallet_kept").exists()


def test_exactly_the_whole_is_allowed(company: Company, account: Account, at: dt.datetime) -> None:
    keep(company, account, at, own=Decimal(333), shares=[("甲", Decimal("66.7"))])
    assert wallets_of(account, viewer=company.viewer("owner"))[0].unknown == 0


def test_one_wallet_a_year_and_line(company: Company, account: Account, at: dt.datetime) -> None:
    first = keep(company, account, at)
    with pytest.raises(CannotKeepWallet):
        keep(company, account, at)
    facts = WalletFacts(year=2026, volume=Decimal(2000), shares=[("甲", Decimal(10))])
    by = company.viewer("owner")
    changed = keep_wallet(account=account, facts=facts, wallet=first, expected_version=1, by=by, at=at)
    assert (changed.version, changed.open) == (2, Decimal(2000))
    with pytest.raises(Stale):
        keep_wallet(account=account, facts=facts, wallet=first, expected_version=1, by=by, at=at)


@pytest.mark.parametrize("who", ["teammate", "colleague", "outsider", "general_manager"])
def test_who_may_not_change_the_account_keeps_no_wallet(
    company: Company, account: Account, at: dt.datetime, who: str
) -> None:
    wallet = keep(company, account, at)
    with pytest.raises(NotAllowed):
        keep_wallet(
            account=account, facts=WalletFacts(year=2025, volume=Decimal(1)), by=company.viewer(who), at=at
        )
    with pytest.raises(NotAllowed):
        drop_wallet(wallet=wallet, by=company.viewer(who), at=at)
    assert Wallet.objects.count() == 1


def test_figures_stay_inside_the_scope(company: Company, account: Account, at: dt.datetime) -> None:
    theirs = make_account("别家", owner=company.outsider, unit=company.units.south_one)
    facts = WalletFacts(year=2026, volume=Decimal(5000))
    keep_wallet(account=theirs, facts=facts, by=company.viewer("outsider"), at=at)
    keep(company, account, at)
    opens = {
        who: open_wallet(viewer=company.viewer(who)).open
        for who in ("owner", "outsider", "director", "general_manager", "teammate", "newcomer")
    }
    assert opens == {
        "owner": 1000, "outsider": 5000, "director": 1000, "general_manager": 6000, "teammate": 0, "newcomer": 0,
    }  # fmt: skip
    assert wallets_of(account, viewer=company.viewer("teammate")) == []


def test_only_the_newest_year_counts_and_nothing_twice(
    company: Company, account: Account, at: dt.datetime
) -> None:
    keep(company, account, at, year=2024, product_line="泵", volume=Decimal(100))
    keep(company, account, at, year=2025, product_line="泵", volume=Decimal(200))
    keep(company, account, at, year=2025, product_line="阀", volume=Decimal(50))
    by = company.viewer("owner")
    assert open_wallet(viewer=by).open == 250
    whole = keep(company, account, at, year=2025, volume=Decimal(700))
    assert open_wallet(viewer=by).open == 700
    drop_wallet(wallet=whole, by=by, at=at)
    assert open_wallet(viewer=by).open == 250


def test_wallets_follow_the_ledger_with_what_was_merged(
    company: Company, account: Account, at: dt.datetime
) -> None:
    gone = make_account("并入的", owner=company.owner, unit=company.units.east_one, merged_into=account)
    for owner, month, amount in ((account, 1, 300), (gone, 12, 900), (account, 6, 100)):
        AccountMonth.objects.create(
            account=owner,
            month=dt.date(2026, month, 1),
            currency="CNY",
            lines=1,
            amount=amount,
            cost=0,
            quantity=1,
        )
    by = company.viewer("owner")
    assert year_sales(account, year=2026, viewer=by) == 1300
    assert year_sales(account, year=2026, viewer=company.viewer("teammate")) == 0
    wallet = keep(company, account, at, ledger=Decimal(400), shares=[("甲", Decimal(60))])
    entered = keep(company, account, at, year=2025, own=Decimal(1))
    sales = sales_of({account.pk}, years={2025, 2026})
    assert record_own_sales(sales=sales, by=SYSTEM, at=at) == 1
    wallet.refresh_from_db()
    entered.refresh_from_db()
    assert (wallet.own, wallet.open, entered.own) == (Decimal(1300), Decimal(0), Decimal(1))
    assert wallets_of(account, viewer=by)[0].over


def test_competitors_merged_into_one_share_together(
    company: Company, account: Account, at: dt.datetime
) -> None:
    keep(company, account, at, shares=[("甲", Decimal(10)), ("甲公司", Decimal(15)), ("乙", Decimal(5))])
    brands = {share.brand.name: share.brand for share in WalletShare.objects.select_related("brand")}
    merge_brands(loser=brands["甲公司"], winner=brands["甲"], by=company.viewer("supervisor"), at=at)
    (found,) = wallets_of(account, viewer=company.viewer("owner"))
    assert [(one.brand, one.percent) for one in found.slices] == [("甲", 25), ("乙", 5)]


def test_shares_are_read_as_people_type_them() -> None:
    assert read_shares("甲 20\n\n乙：12.5%\n丙 公司 ： 3 ％") == [
        ("甲", Decimal(20)), ("乙", Decimal("12.5")), ("丙 公司", Decimal(3)),
    ]  # fmt: skip
    for text in ("甲", "甲 多", "20"):
        with pytest.raises(CannotKeepWallet):
            read_shares(text)
