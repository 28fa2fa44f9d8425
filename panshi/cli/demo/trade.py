"""Three years of invented trade with the traits real ledgers have.

A Pareto tail between accounts, seasons with the Spring Festival dip, accounts that grow, decline, start late or leave,
returns as negative lines. Vectorised; the same seed and last month give the same lines.
"""

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

MONTHS: Final = 36
SEASON: Final = np.array([0.86, 0.55, 1.12, 1.15, 1.12, 1.04, 0.93, 0.92, 1.10, 1.08, 1.14, 1.10])
HEADINGS: Final = (
    "单据号", "行号", "日期", "客户编号", "客户名称", "产品编码", "产品线", "区域", "部门",
    "数量", "单位", "金额", "成本", "币种",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Product:
    """An article of the demo company: list price in yuan and the share of it that is cost."""

    code: str
    line: str
    unit: str
    price: float
    cost_share: float
    weight: float


def catalogue() -> tuple[Product, ...]:
    """The articles: gear units dear and rare, spare parts cheap and frequent."""
    lines = (
        ("减速机", "JSJ", "台", 14_800, 0.66, 20, 14), ("联轴器", "LZQ", "套", 2_600, 0.60, 18, 10),
        ("传动轴", "CDZ", "件", 4_700, 0.63, 12, 8), ("驱动电机", "DJ", "台", 7_900, 0.72, 14, 10),
        ("控制系统", "KZ", "套", 16_500, 0.55, 8, 6), ("备件", "BJ", "件", 460, 0.48, 22, 30),
        ("维保服务", "WB", "次", 3_800, 0.40, 6, 4),
    )  # fmt: skip
    return tuple(
        Product(
            f"{prefix}-{100 + 10 * number}",
            name,
            unit,
            price * (0.5 + number / count * 1.4),
            cost,
            weight / count,
        )
        for name, prefix, unit, price, cost, weight, count in lines
        for number in range(count)
    )


@dataclass(frozen=True, slots=True)
class Buyer:
    """An account as the ledger names it."""

    code: str
    name: str
    region: str
    unit: str


@dataclass(frozen=True, slots=True)
class Habits:
    """How each buyer trades: mean lines a month, size factor, yearly trend, first and last month (0 … MONTHS)."""

    lines: NDArray[np.float64]
    size: NDArray[np.float64]
    trend: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def habits(count: int, *, lines: int, seed: int) -> Habits:
    """Draw habits so that about `lines` lines come out over all months.

    Among the first hundred buyers by size two left some months ago, so that churn can be seen.
    """
    random = np.random.default_rng(seed)
    weight = np.sort(random.lognormal(0, 1.5, count))[::-1]
    frequency = weight**0.85
    trend = np.clip(random.normal(0.04, 0.22, count), -0.55, 0.7)
    first = np.where(random.random(count) < 0.16, random.integers(4, MONTHS - 2, count), 0)
    last = np.where(random.random(count) < 0.05, random.integers(MONTHS // 2, MONTHS - 2, count), MONTHS)
    first[:40], last[:40] = 0, MONTHS
    last[[11, 27]] = MONTHS - 6, MONTHS - 8
    active = np.maximum(last - first, 1) / MONTHS
    frequency *= lines / MONTHS / float((frequency * active).sum())
    return Habits(frequency, np.clip(weight**0.3, 0.4, 4.0), trend, first, last)


def months_until(last: dt.date) -> list[dt.date]:
    """The first days of the `MONTHS` months that end with the month of `last`."""
    index = last.year * 12 + last.month - 1
    return [dt.date(month // 12, month % 12 + 1, 1) for month in range(index - MONTHS + 1, index + 1)]


def write_ledger(path: Path, buyers: Sequence[Buyer], *, last_month: dt.date, lines: int, seed: int) -> int:
    """Write the ledger as the company's ERP would export it; returns the number of lines."""
    random = np.random.default_rng(seed)
    habit = habits(len(buyers), lines=lines, seed=seed + 1)
    products = catalogue()
    odds = np.array([product.weight for product in products])
    written = document = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number, month in enumerate(months_until(last_month)):
            alive = (habit.first <= number) & (number < habit.last)
            pace = habit.lines * SEASON[month.month - 1] * (1 + habit.trend) ** (number / 12) * alive
            for who, count in enumerate(random.poisson(pace)):
                if count == 0:
                    continue
                rows, document = _orders(
                    buyers[who], int(count), month, document, float(habit.size[who]), products, odds, random
                )
                writer.writerows(rows)
                written += len(rows)
    return written


def _orders(
    buyer: Buyer,
    count: int,
    month: dt.date,
    document: int,
    size: float,
    products: tuple[Product, ...],
    odds: NDArray[np.float64],
    random: np.random.Generator,
) -> tuple[list[tuple[object, ...]], int]:
    """One buyer's lines of one month, four to a document; about one line in sixty comes back."""
    chosen = random.choice(len(products), size=count, p=odds / odds.sum())
    quantity = 1 + random.poisson(1.2 * size, count)
    discount = random.uniform(0.86, 1.02, count)
    days = np.sort(random.integers(1, 29, count))
    returned = random.random(count) < 1 / 60
    rows: list[tuple[object, ...]] = []
    for line in range(count):
        if line % 4 == 0:
            document += 1
        product = products[int(chosen[line])]
        amount = round(product.price * float(discount[line]) * int(quantity[line]), 2)
        cost = round(product.price * product.cost_share * int(quantity[line]), 2)
        sign = -1 if returned[line] else 1
        day = month.replace(day=int(days[line - line % 4]))
        prefix = "TH" if sign < 0 else "SO"
        rows.append((
            f"{prefix}{month:%Y%m}-{document:06d}", line % 4 + 1, day.isoformat(), buyer.code, buyer.name, product.code,
            product.line, buyer.region, buyer.unit, sign * int(quantity[line]), product.unit,
            f"{sign * amount:.2f}", f"{sign * cost:.2f}", "CNY",
        ))  # fmt: skip
    return rows, document
