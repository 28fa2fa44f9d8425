"""Does an account's trade in a period leave its trailing mean? The arithmetic behind variance notes 异动说明.

Mean = sum of the preceding full periods ÷ their number; a period without trade counts as 0, periods before the first
trade do not count. See docs/algorithms/variance.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
SHARE: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class VarianceRule:
    """When a deviation is worth a word: more than `share` of the mean (0.3 = 30 %) and at least `amount`.

    `periods` preceding periods make the mean; an account needs `least` of them since its first trade.
    """

    periods: int
    least: int
    share: Decimal
    amount: Decimal

    def __post_init__(self) -> None:
        if self.periods < 1 or self.least < 1 or self.share < 0 or self.amount < 0:
            raise ValueError("a variance rule needs positive periods and no negative bounds")


@dataclass(frozen=True, slots=True)
class Variance:
    """A period against its mean, in money; `share` is deviation ÷ mean, None where the mean is not positive."""

    actual: Decimal
    mean: Decimal
    deviation: Decimal
    share: Decimal | None
    periods: int


def judge(actual: Decimal, before: Sequence[Decimal], rule: VarianceRule) -> Variance | None:
    """The variance of a period if it must be explained, else None.

    `before` holds the preceding periods since the first trade, oldest first, without gaps (no trade is 0); only the
    last `rule.periods` of them count. Amounts are net: returns are negative. Where the mean is not positive (returns
    only, or nothing for long) there is no share, and the amount alone decides.
    """
    counted = before[-rule.periods :]
    if len(counted) < min(rule.least, rule.periods):
        return None
    mean = sum(counted, Decimal(0)) / len(counted)
    deviation = actual - mean
    if not deviation or abs(deviation) < rule.amount:
        return None
    if mean > 0 and abs(deviation) <= rule.share * mean:
        return None
    share = (deviation / mean).quantize(SHARE, ROUND_HALF_UP) if mean > 0 else None
    rounded_mean, rounded = mean.quantize(CENT, ROUND_HALF_UP), actual.quantize(CENT, ROUND_HALF_UP)
    return Variance(rounded, rounded_mean, rounded - rounded_mean, share, len(counted))
