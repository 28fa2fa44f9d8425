"""Sets of values a cell stands for, exactly: intervals of numbers, money and days, and lists of texts.

Ordered values are counted in whole steps (a hundred-millionth, a fen, a day) and a set of them is a row of *cuts*
between inside and outside, in half steps: `2n` lies just before the value n, `2n + 1` just after it. Fen and days have
no values between neighbours, so there "after n" is "before n + 1" and adjoining ranges leave no gap.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeAlias

from panshi.engines.expressions.kinds import MOST_PLACES, Exact, Kind

LOW: Final = -(10**60)
HIGH: Final = 10**60
"""Cuts below and above every value."""

ORDERED: Final = frozenset({Kind.NUMBER, Kind.MONEY, Kind.DATE})
_STEP: Final = Decimal(1).scaleb(-MOST_PLACES)
_FEN: Final = Decimal("0.01")


def steps(value: Decimal | dt.date, kind: Kind) -> int:
    """A value counted in the steps of its kind; money is rounded to the fen, half away from nought."""
    if isinstance(value, dt.date):
        return value.toordinal()
    unit = _FEN if kind is Kind.MONEY else _STEP
    return int((value / unit).to_integral_value(ROUND_HALF_UP))


def value_at(count: int, kind: Kind) -> Decimal | dt.date:
    """The value of so many steps."""
    if kind is Kind.DATE:
        return dt.date.fromordinal(min(max(count, 1), dt.date.max.toordinal()))
    value = (Decimal(count) * (_FEN if kind is Kind.MONEY else _STEP)).normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def before(value: Decimal | dt.date, kind: Kind) -> int:
    """The cut just before a value."""
    return 2 * steps(value, kind)


def after(value: Decimal | dt.date, kind: Kind) -> int:
    """The cut just after a value; for fen and days it is the cut before the next."""
    return 2 * steps(value, kind) + (1 if kind is Kind.NUMBER else 2)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Values between pairs of cuts; `empty` says whether a missing value belongs too."""

    kind: Kind
    cuts: tuple[int, ...]
    empty: bool = False

    def holds(self, value: Exact) -> bool:
        """Whether the value belongs."""
        if value is None:
            return self.empty
        assert isinstance(value, Decimal | dt.date)
        return bisect_right(self.cuts, 2 * steps(value, self.kind)) % 2 == 1

    @property
    def is_void(self) -> bool:
        """Whether nothing belongs."""
        return not self.cuts and not self.empty

    def without(self) -> "Ordered":
        """Every present value that does not belong."""
        cuts = set(self.cuts) ^ {LOW, HIGH}
        return Ordered(self.kind, tuple(sorted(cuts)))

    def example(self) -> Exact:
        """A value that belongs, as round as there is one near the edge; None when only a missing value does."""
        if not self.cuts:
            return None
        low, high = self.cuts[0], self.cuts[1]
        if self.kind is Kind.DATE:
            today = dt.date(2026, 1, 1).toordinal()
            return value_at(low // 2 if low > LOW else high // 2 - 1 if high < HIGH else today, self.kind)
        if low == LOW and high == HIGH:
            return Decimal(0)
        for unit in (1, _FEN, _STEP):
            size = steps(Decimal(unit), self.kind)
            count = -(-low // (2 * size)) * size if low > LOW else (high - 1) // (2 * size) * size
            if size and low <= 2 * count < high:
                return value_at(count, self.kind)
        return None


@dataclass(frozen=True, slots=True)
class Members:
    """Listed texts or truths, or (negated) all others; `empty` as above."""

    kind: Kind
    values: frozenset[str | bool]
    negated: bool = False
    empty: bool = False

    def holds(self, value: Exact) -> bool:
        """Whether the value belongs."""
        if value is None:
            return self.empty
        return (value in self.values) is not self.negated

    @property
    def is_void(self) -> bool:
        """Whether nothing belongs."""
        return not self.values and not self.negated and not self.empty

    def without(self) -> "Members":
        """Every present value that does not belong."""
        return Members(self.kind, self.values, negated=not self.negated)


CellSet: TypeAlias = Ordered | Members


def everything(kind: Kind, *, empty: bool = True) -> CellSet:
    """What "any" stands for; `empty` = a missing value too."""
    if kind in ORDERED:
        return Ordered(kind, (LOW, HIGH), empty)
    return Members(kind, frozenset(), negated=True, empty=empty)


def union(kind: Kind, sets: Iterable[CellSet]) -> CellSet:
    """What belongs to at least one of the sets, all of one kind."""
    found = list(sets)
    empty = any(one.empty for one in found)
    if kind in ORDERED:
        return Ordered(kind, _sweep([one.cuts for one in found if isinstance(one, Ordered)], 1), empty)
    listed: frozenset[str | bool] = frozenset()
    barred: frozenset[str | bool] | None = None
    for one in found:
        assert isinstance(one, Members)
        if one.negated:
            barred = one.values if barred is None else barred & one.values
        else:
            listed |= one.values
    if barred is None:
        return Members(kind, listed, empty=empty)
    return Members(kind, barred - listed, negated=True, empty=empty)


def both(one: Ordered, two: Ordered) -> Ordered:
    """What belongs to both."""
    return Ordered(one.kind, _sweep([one.cuts, two.cuts], 2), one.empty and two.empty)


def _sweep(rows: list[tuple[int, ...]], least: int) -> tuple[int, ...]:
    """The cuts of what lies inside at least `least` of the sets."""
    marks = sorted((cut, 1 if place % 2 == 0 else -1) for cuts in rows for place, cut in enumerate(cuts))
    found: list[int] = []
    depth = 0
    for place, (cut, change) in enumerate(marks):
        depth += change
        if place + 1 < len(marks) and marks[place + 1][0] == cut:
            continue
        if (depth >= least) is not (len(found) % 2 == 1):
            found.append(cut)
    return tuple(found)
