"""Earned value and earned schedule: where a project stands in money and in time, and where it will end.

Definitions of ANSI/PMI 19-006-2019, "The Standard for Earned Value Management"; earned schedule after Lipke
(2003), "Schedule is Different", The Measurable News.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from .errors import CannotScheduleAmount

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class EarnedValue:
    """Planned, earned and actual value at the status date, and the budget at completion, in one currency.

    Ratios are None where their denominator is 0, and forecasts None where they would need such a ratio.
    """

    planned: Decimal
    earned: Decimal
    actual: Decimal
    budget: Decimal

    def __post_init__(self) -> None:
        if min(self.planned, self.earned, self.actual, self.budget) < 0:
            raise CannotScheduleAmount("planned, earned and actual value and budget must not be negative")
        if self.earned > self.budget:
            raise CannotScheduleAmount(f"earned value {self.earned} exceeds the budget {self.budget}")

    @property
    def schedule_variance(self) -> Decimal:
        """SV = EV - PV."""
        return self.earned - self.planned

    @property
    def cost_variance(self) -> Decimal:
        """CV = EV - AC."""
        return self.earned - self.actual

    @property
    def schedule_index(self) -> Decimal | None:
        """SPI = EV / PV."""
        return _ratio(self.earned, self.planned)

    @property
    def cost_index(self) -> Decimal | None:
        """CPI = EV / AC."""
        return _ratio(self.earned, self.actual)

    @property
    def remaining(self) -> Decimal:
        """Budgeted cost of the work that remains, BAC - EV."""
        return self.budget - self.earned

    @property
    def estimate_as_budgeted(self) -> Decimal:
        """EAC = AC + (BAC - EV): the variance so far was an exception."""
        return self.actual + self.remaining

    @property
    def estimate_at_cost_index(self) -> Decimal | None:
        """EAC = BAC / CPI = AC + (BAC - EV) / CPI: what happened so far goes on."""
        return self._estimate(self.cost_index)

    @property
    def estimate_at_both_indices(self) -> Decimal | None:
        """EAC = AC + (BAC - EV) / (CPI · SPI): the date must be held as well."""
        cost, time = self.cost_index, self.schedule_index
        return None if cost is None or time is None else self._estimate(cost * time)

    def estimate_bottom_up(self, to_complete: Decimal) -> Decimal:
        """EAC = AC + ETC, with a new estimate of the remaining work."""
        return self.actual + to_complete

    def to_complete(self, estimate: Decimal) -> Decimal:
        """ETC = EAC - AC."""
        return estimate - self.actual

    def variance_at_completion(self, estimate: Decimal) -> Decimal:
        """VAC = BAC - EAC."""
        return self.budget - estimate

    def to_complete_index(self, target: Decimal | None = None) -> Decimal | None:
        """TCPI = (BAC - EV) / (target - AC), the efficiency still needed; target is BAC or an accepted EAC.

        None when the money of the target is already spent.
        """
        money = (self.budget if target is None else target) - self.actual
        return _ratio(self.remaining, money) if money > 0 else None

    def _estimate(self, efficiency: Decimal | None) -> Decimal | None:
        extra = None if efficiency is None else _ratio(self.remaining, efficiency)
        return None if extra is None else self.actual + extra


@dataclass(frozen=True, kw_only=True)
class EarnedSchedule:
    """When the value earned by now should have been earned, all in periods from the start of the plan."""

    earned_time: Decimal
    actual_time: Decimal
    planned_duration: Decimal

    @property
    def schedule_variance(self) -> Decimal:
        """SV(t) = ES - AT, in periods."""
        return self.earned_time - self.actual_time

    @property
    def schedule_index(self) -> Decimal | None:
        """SPI(t) = ES / AT; unlike SPI it does not return to 1 when a late project ends."""
        return _ratio(self.earned_time, self.actual_time)

    @property
    def estimated_duration(self) -> Decimal | None:
        """IEAC(t) = PD / SPI(t): how long the project takes at the present pace."""
        pace = self.schedule_index
        return None if pace is None else _ratio(self.planned_duration, pace)

    @property
    def to_complete_index(self) -> Decimal | None:
        """TSPI = (PD - ES) / (PD - AT), the pace still needed; None when the planned time is over."""
        left = self.planned_duration - self.actual_time
        return _ratio(self.planned_duration - self.earned_time, left) if left > 0 else None


@dataclass(frozen=True)
class BudgetedActivity:
    """Budget of an activity spread evenly from `start` to `finish`, in periods."""

    start: Decimal
    finish: Decimal
    budget: Decimal


def planned_values(activities: Iterable[BudgetedActivity], periods: int) -> tuple[Decimal, ...]:
    """Cumulative planned value at the end of periods 1 … `periods`; a milestone counts when it is reached."""
    rows = tuple(activities)
    return tuple(sum((_planned(row, Decimal(at)) for row in rows), ZERO) for at in range(1, periods + 1))


def earned_schedule(planned: Sequence[Decimal], earned: Decimal, actual_time: Decimal) -> EarnedSchedule:
    """ES = N + (EV - PV_N) / (PV_{N+1} - PV_N), N being the last period whose planned value is earned.

    `planned` is the cumulative planned value at the end of periods 1, 2, … and must not fall.
    """
    if not planned or any(later < earlier for earlier, later in pairwise(planned)):
        raise CannotScheduleAmount("cumulative planned values must exist and must not fall")
    if not 0 <= earned <= planned[-1]:
        raise CannotScheduleAmount(f"earned value {earned} lies outside the plan (0 … {planned[-1]})")
    curve = (ZERO, *planned)
    duration = next(at for at, value in enumerate(curve) if value == curve[-1])
    if earned == curve[-1]:
        time = Decimal(duration)
    else:
        full = max(at for at, value in enumerate(curve) if value <= earned)
        time = full + (earned - curve[full]) / (curve[full + 1] - curve[full])
    return EarnedSchedule(earned_time=time, actual_time=actual_time, planned_duration=Decimal(duration))


def _planned(row: BudgetedActivity, at: Decimal) -> Decimal:
    if at >= row.finish:
        return row.budget
    if at <= row.start:
        return ZERO
    return row.budget * (at - row.start) / (row.finish - row.start)


def _ratio(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    return numerator / denominator if denominator else None
