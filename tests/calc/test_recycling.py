"""Recycling: the day a rule comes true, and that nobody loses an account unannounced or on a day off."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.recycling import Condition, Facts, Rule, Told, horizon, next_working, step

FRIDAY = date(2026, 11, 20)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def facts(owned: date, contacted: date | None = None, traded: date | None = None, **values: str) -> Facts:
    return Facts(owned, contacted, traded, {"lifecycle": "potential", **values})


def test_days_count_from_the_last_contact_but_not_from_before_the_owner() -> None:
    silent = Condition("contact", 30)
    assert silent.true_on(facts(date(2026, 1, 1), date(2026, 3, 1))) == date(2026, 3, 31)
    assert silent.true_on(facts(date(2026, 6, 1), date(2026, 3, 1))) == date(2026, 7, 1)
    assert silent.true_on(facts(date(2026, 6, 1))) == date(2026, 7, 1)
    assert Condition("owned", 10).true_on(facts(date(2026, 6, 1), date(2026, 6, 5))) == date(2026, 6, 11)


def test_all_waits_for_the_last_condition_and_any_for_the_first() -> None:
    conditions = (Condition("contact", 30), Condition("trade", 90))
    known = facts(date(2026, 1, 1), date(2026, 5, 1), date(2026, 2, 1))
    assert Rule("all", conditions).true_on(known) == date(2026, 5, 31)
    assert Rule("any", conditions).true_on(known) == date(2026, 5, 2)
    assert Rule("any", conditions).met_on(known, date(2026, 5, 3)) == (Condition("trade", 90),)


def test_a_value_that_does_not_fit_keeps_the_account() -> None:
    rule = Rule("all", (Condition("contact", 30), Condition("abc", values=("C", ""))))
    assert rule.true_on(facts(date(2026, 1, 1), abc="A")) is None
    assert rule.true_on(facts(date(2026, 1, 1), abc="")) == date(2026, 1, 31)
    below = Rule("all", (Condition("contact", 30), Condition("region", values=("42",))))
    assert below.true_on(facts(date(2026, 1, 1), region="420100")) == date(2026, 1, 31)
    assert below.true_on(facts(date(2026, 1, 1), region="310000")) is None
    assert below.true_on(facts(date(2026, 1, 1))) is None


@pytest.mark.parametrize(
    ("joined", "conditions"),
    [
        ("all", (Condition("abc", values=("C",)),)),
        ("any", (Condition("contact", 30), Condition("abc", values=("C",)))),
        ("some", (Condition("contact", 30),)),
        ("all", ()),
    ],
)
def test_rules_that_would_return_everything_at_once_do_not_exist(
    joined: str, conditions: tuple[Condition, ...]
) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Rule(joined, conditions)


@pytest.mark.parametrize(
    ("kind", "days", "values"), [("contact", 0, ()), ("contact", 9999, ()), ("abc", 0, ()), ("mood", 3, ())]
)
def test_conditions_without_meaning_do_not_exist(kind: str, days: int, values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Condition(kind, days, values)


def test_told_before_the_weekend_rather_than_late() -> None:
    assert horizon(FRIDAY, days=7, works=weekdays) == FRIDAY + timedelta(days=9)
    assert horizon(FRIDAY - timedelta(days=1), days=7, works=weekdays) == FRIDAY + timedelta(days=6)


def test_a_new_rule_gives_a_week_to_everybody() -> None:
    first = step(date(2020, 1, 1), on=FRIDAY, told=Told(), grace=7, works=weekdays)
    assert first.first
    assert not first.returns
    assert not first.last
    assert first.due_on == FRIDAY + timedelta(days=7)


def nights(true_on: date, start: date, grace: int, skipped: frozenset[int]) -> tuple[list[date], date]:
    """Live through the nights until it returns; answers the days of telling and of the return."""
    told, days, on = Told(), [], start
    for number in range(120):
        on = start + timedelta(days=number)
        if number in skipped or true_on > horizon(on, days=max(7, grace), works=weekdays):
            continue
        once = step(true_on, on=on, told=told, grace=grace, works=weekdays)
        if once.returns:
            return days, on
        days += [on] if once.first or once.last else []
        told = Told(on if once.first else told.first_on, on if once.last else told.last_on, once.due_on)
        again = step(true_on, on=on, told=told, grace=grace, works=weekdays)
        assert not any((again.first, again.last, again.returns)), "a night run twice tells twice"
    raise AssertionError("never returned")


@given(
    ahead=st.integers(-200, 40),
    offset=st.integers(0, 13),
    grace=st.sampled_from([1, 7]),
    skipped=st.frozensets(st.integers(0, 60), max_size=20),
)
def test_nothing_returns_unannounced(ahead: int, offset: int, grace: int, skipped: frozenset[int]) -> None:
    """Whatever nights are missed: told on working days only, the grace before, the last time before the day."""
    start = FRIDAY + timedelta(days=offset)
    true_on = start + timedelta(days=ahead)
    days, returned = nights(true_on, start, grace, skipped)
    assert all(weekdays(day) for day in (*days, returned))
    assert days
    assert returned >= max(true_on, days[0] + timedelta(days=grace))
    assert days[-1] < returned
    if not skipped:
        assert returned == next_working(max(true_on, days[0] + timedelta(days=grace)), weekdays)
