"""When an account returns to the public pool: rules of conditions over what is known of it, and the day they come true.

A condition on days comes true on a day and stays true while nothing happens; a condition on a value is true or not. So
a rule answers with a date, not with yes or no: warnings before the day and the day itself come from one calculation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DAY_KINDS: Final = ("contact", "trade", "owned")
"""Days without contact, days without trade, days with the present owner."""

VALUE_KINDS: Final = ("lifecycle", "abc", "region", "industry")
"""The value is one of those named; regions and industries are prefixes: everything below them counts."""

PREFIXED: Final = frozenset({"region", "industry"})
LONGEST_DAYS: Final = 3650
ONE_DAY: Final = timedelta(days=1)
LONGEST_REST: Final = 60
"""No calendar rests longer; one that says so is wrong, and accounts are not held for ever."""

Works = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an owned account: since when it has its owner, its last contact and trade (None: never), and
    its coded values by kind."""

    owned_on: date
    contacted_on: date | None
    traded_on: date | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: `days` for a kind of `DAY_KINDS`, `values` for one of `VALUE_KINDS`."""

    kind: str
    days: int = 0
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind in DAY_KINDS:
            if not 1 <= self.days <= LONGEST_DAYS:
                raise ValueError(f"days of {self.kind} must be from 1 to {LONGEST_DAYS}")
        elif self.kind in VALUE_KINDS:
            if not self.values:
                raise ValueError(f"{self.kind} names no value")
        else:
            raise ValueError(f"{self.kind} is no kind of condition")

    def since(self, facts: Facts) -> date:
        """The day a condition on days counts from: the last contact or trade, but never before the owner had it, so
        that a new owner starts anew."""
        last = {"contact": facts.contacted_on, "trade": facts.traded_on}.get(self.kind)
        return max(facts.owned_on, last) if last is not None else facts.owned_on

    def true_on(self, facts: Facts) -> date | None:
        """The first day the condition is true: `date.min` for a value that fits, None for one that does not."""
        if self.kind in DAY_KINDS:
            return self.since(facts) + timedelta(days=self.days)
        known = facts.values.get(self.kind, "")
        fits = (
            known.startswith(self.values) and bool(known) if self.kind in PREFIXED else known in self.values
        )
        return date.min if fits else None


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions joined by `all` or `any` of them."""

    joined: str
    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        if self.joined not in ("all", "any"):
            raise ValueError(f"conditions are joined by all or any, not by {self.joined}")
        if not any(each.kind in DAY_KINDS for each in self.conditions):
            raise ValueError("a rule needs a condition on days: nothing returns the moment it is owned")
        if self.joined == "any" and any(each.kind in VALUE_KINDS for each in self.conditions):
            raise ValueError("a value alone returns nothing: join it with a condition on days by all")

    def true_on(self, facts: Facts) -> date | None:
        """The first day the rule applies while nothing happens; None for never."""
        days = [each.true_on(facts) for each in self.conditions]
        if self.joined == "all":
            return None if None in days else max(day for day in days if day is not None)
        return min((day for day in days if day is not None), default=None)

    def met_on(self, facts: Facts, on: date) -> tuple[Condition, ...]:
        """The conditions that are true on a day: why the rule applies."""
        return tuple(
            each for each in self.conditions for day in [each.true_on(facts)] if day is not None and day <= on
        )


def next_working(day: date, works: Works) -> date:
    """The day itself if it is worked, else the first worked one after it."""
    for _rest in range(LONGEST_REST):
        if works(day):
            return day
        day += ONE_DAY
    return day


@dataclass(frozen=True, slots=True)
class Told:
    """What the owner was told so far: first on `first_on`, last of all on `last_on`, of a return on `due_on`."""

    first_on: date | None = None
    last_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What tonight brings: the day of return, whether the owner is told for the first or the last time, whether the
    account returns now."""

    due_on: date
    first: bool = False
    last: bool = False
    returns: bool = False


def horizon(on: date, *, days: int, works: Works) -> date:
    """The latest return that is told of tonight: nobody hears of it later than `days` before because of days off."""
    return next_working(on + ONE_DAY, works) + timedelta(days=days - 1)


def step(true_on: date, *, on: date, told: Told, grace: int, works: Works) -> Step:
    """What is done on the night of `on` about an account whose rule comes true on `true_on`.

    The owner is told at least `grace` days before (1 or more), however long the rule has been true, and again on the
    last working day before the return. On days off nothing is told and nothing returns.
    """
    today = next_working(on, works)
    planned = next_working(max(true_on, (told.first_on or today) + timedelta(days=grace)), works)
    last_on = None if told.due_on is not None and planned > told.due_on else told.last_on
    tomorrow = next_working(today + ONE_DAY, works)
    due = max(planned, tomorrow) if last_on is None or last_on >= on else planned
    if today != on:
        return Step(due)
    if last_on is not None and last_on < on and due <= on:
        return Step(due, returns=True)
    return Step(due, first=told.first_on is None, last=last_on is None and tomorrow >= due)
