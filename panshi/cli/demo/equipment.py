"""The demo company's installed base and shares of wallet: machines of several brands at the largest accounts with
readings and dates that fall due, and what these accounts buy in the last two years."""

import datetime as dt
import random
from decimal import Decimal
from typing import Final

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import (
    WalletFacts,
    add_equipment,
    keep_wallet,
    read_hours,
    save_brand,
)
from panshi.domains.ledger.reports import year_sales
from panshi.ground.base.viewer import Viewer

ACCOUNTS: Final = 60
OURS: Final = "澜江"
COMPETITORS: Final = ("华骏重工", "北辰动力", "远帆传动")
MODELS: Final = ("ZLY-355 减速机", "GICL-8 联轴器", "YD-250 驱动电机", "CDZ-120 传动轴")
SITES: Final = ("一号车间", "二号车间", "原料堆场", "动力站", "包装线")
SOURCES: Final = ("采购部访谈", "年度招标公告", "设备科台账", "对方年报")


def load_equipment(*, seed: random.Random, on: dt.date, at: dt.datetime) -> None:
    """Machines and wallets at the accounts that buy most."""
    by = Viewer.system()
    save_brand(brand=None, name=OURS, ours=True, note="本公司品牌", by=by, at=at)
    largest = Account.objects.standing().order_by("-sales_12m", "pk")[:ACCOUNTS]
    for number, account in enumerate(largest):
        for place in range(seed.randint(1, 3)):
            _machine(account, f"{number:03d}{place}", seed=seed, on=on, by=by, at=at)
        if number % 2 == 0:
            _wallets(account, seed=seed, on=on, by=by, at=at)


def _machine(
    account: Account, number: str, *, seed: random.Random, on: dt.date, by: Viewer, at: dt.datetime
) -> None:
    since = on - dt.timedelta(days=seed.randint(400, 4200))
    machine = add_equipment(
        account=account,
        values={
            "brand": seed.choice((OURS, OURS, *COMPETITORS)),
            "model": seed.choice(MODELS),
            "serial": f"SN{since:%y}{number}",
            "site": seed.choice(SITES),
            "commissioned_on": since,
            "life_years": seed.choice((8, 10, 12)),
            "life_hours": 60_000,
            "warranty_on": since + dt.timedelta(days=seed.choice((730, 1095, 1825))),
        },
        by=by,
        at=at,
    )
    if seed.random() < 0.6:
        pace, last = seed.randint(6, 20), (on - since).days
        for back in (180, 10):
            read_on = on - dt.timedelta(days=back)
            read_hours(equipment=machine, hours=pace * (last - back), on=read_on, by=by, at=at)


def _wallets(account: Account, *, seed: random.Random, on: dt.date, by: Viewer, at: dt.datetime) -> None:
    for year in (on.year - 1, on.year):
        ledger = year_sales(account, year=year, viewer=by)
        if ledger <= 0:
            continue
        volume = (ledger / Decimal(seed.randint(25, 70)) * 100).quantize(Decimal(1000))
        shares = [(name, Decimal(seed.randint(4, 9))) for name in seed.sample(COMPETITORS, 2)]
        facts = WalletFacts(
            year=year, volume=volume, ledger=ledger, shares=shares, source=seed.choice(SOURCES)
        )
        keep_wallet(account=account, facts=facts, by=by, at=at)
