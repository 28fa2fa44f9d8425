"""Random plans for laws and differential tests: every link type, lag, calendar, constraint and state of progress.

What our engine does differently from Microsoft Project on purpose is never drawn here; those cases have tests of
their own in `test_scheduling_differences`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

import numpy as np

from panshi.calc.scheduling.calendars import (
    ROUND_THE_CLOCK,
    Calendar,
    CalendarException,
    Shift,
    WorkWeek,
    standard_week,
)
from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.model import (
    Activity,
    Assignment,
    Constraint,
    ConstraintKind,
    Id,
    LagUnit,
    Link,
    LinkKind,
    Plan,
    Resource,
    ResourceKind,
)
from panshi.calc.scheduling.schedule import Schedule

START = datetime.fromisoformat("2025-01-06T08:00")
HOUR = 3600
TWO_SHIFTS: tuple[Shift, ...] = ((6 * 60, 14 * 60), (14 * 60, 22 * 60))
SPLIT: tuple[Shift, ...] = ((7 * 60 + 30, 11 * 60 + 30), (12 * 60 + 45, 16 * 60), (18 * 60, 19 * 60 + 15))


@dataclass(frozen=True)
class Mix:
    """How often each feature is drawn."""

    kinds: bool = True
    lags: float = 0.4
    constraints: float = 0.15
    alap: float = 0.0
    deadlines: float = 0.05
    progress: float = 0.0
    resources: float = 0.0
    summaries: float = 0.0
    summary_links: float = 0.0
    elapsed: float = 0.0
    links_per_activity: float = 1.5
    round_the_clock: bool = True


def calendars(draw: Random) -> tuple[Calendar, ...]:
    """A national calendar with holidays and make-up days, and several others."""
    holidays = tuple(_exceptions(draw))
    return (
        Calendar(id="national", week=standard_week(), exceptions=holidays),
        Calendar(id="six days", week=standard_week(((9 * 60, 12 * 60), (13 * 60, 18 * 60)), 6)),
        Calendar(id="two shifts", week=standard_week(TWO_SHIFTS, 7), exceptions=holidays[:2]),
        Calendar(id="split", week=standard_week(SPLIT, 4), work_weeks=(_summer_hours(),)),
        Calendar(id="machine", week=ROUND_THE_CLOCK),
    )


def _exceptions(draw: Random) -> list[CalendarException]:
    """Holidays, and working weekends before or after them, none overlapping another."""
    found = []
    day = START.date() + timedelta(days=draw.randint(1, 10))
    for _ in range(6):
        length = draw.randint(1, 8)
        found.append(CalendarException(day, day + timedelta(days=length - 1)))
        weekend = day + timedelta(days=length + (5 - (day + timedelta(days=length)).weekday()) % 7)
        found.append(
            CalendarException(weekend, weekend, ((8 * 60, 12 * 60), (13 * 60, 17 * 60)), "make-up day")
        )
        day = weekend + timedelta(days=draw.randint(2, 20))
    return found


def _summer_hours() -> WorkWeek:
    return WorkWeek(date(2025, 2, 1), date(2025, 3, 14), standard_week(((6 * 60, 13 * 60),), 5))


def random_plans(seed: int, count: int, size: int, mix: Mix) -> Iterator[Plan]:
    """Plans none of whose dates is a midnight in idle time, where Microsoft's engine and ours part on purpose."""
    draw = Random(seed)
    while count:
        plan = random_plan(draw, size, mix)
        if not touches_midnight(schedule(plan)):
            count -= 1
            yield plan


def touches_midnight(found: Schedule) -> bool:
    """Whether an activity begins or ends at 0:00."""
    dates = np.concatenate((found.early_start, found.early_finish, found.late_start, found.late_finish))
    return bool((dates % 86_400 == 0).any())


def random_plan(draw: Random, size: int, mix: Mix) -> Plan:
    """A plan of about `size` leaves without circles."""
    known = calendars(draw)
    names = [c.id for c in known if mix.round_the_clock or c.id != "machine"]
    resources = tuple(
        Resource(id=f"r{i}", calendar=draw.choice([None, *names]), kind=draw.choice(list(ResourceKind)[:2]))
        for i in range(5)
    )
    parents = _summaries(draw, size, mix)
    summaries = tuple(Activity(id=s, name=s, parent=p) for s, p in parents.items())
    leaves = [_activity(draw, i, mix, names, list(parents)) for i in range(size)]
    filled = {a.parent for a in leaves}
    for name in reversed(list(parents)):
        if name in filled:
            filled.add(parents[name])
    summaries = tuple(s for s in summaries if s.id in filled)
    return Plan(
        activities=(*summaries, *leaves),
        links=_links(draw, leaves, {s.id: s.parent for s in summaries}, mix),
        calendars=known,
        resources=resources,
        assignments=tuple(_assignments(draw, leaves, resources, mix)),
        start=START + timedelta(hours=draw.choice([0, 0, 1, 4.5, 9, 39])),
        calendar="national",
    )


def _summaries(draw: Random, size: int, mix: Mix) -> dict[str, str | None]:
    parents: dict[str, str | None] = {}
    for i in range(int(size * mix.summaries / 5)):
        parents[f"s{i}"] = draw.choice([None, *parents]) if draw.random() < 0.5 else None
    return parents


def _activity(draw: Random, i: int, mix: Mix, calendars: list[int | str], parents: list[str]) -> Activity:
    milestone = draw.random() < 0.1
    minutes = (
        0 if milestone else draw.choice([0, 15, 30, 60, 90, 240, 480, 480, 960, 2400, draw.randint(1, 3000)])
    )
    constraint = Constraint()
    chance = draw.random()
    if chance < mix.alap:
        constraint = Constraint(ConstraintKind.ALAP)
    elif chance < mix.alap + mix.constraints:
        constraint = Constraint(draw.choice(list(ConstraintKind)[2:]), _moment(draw))
    started = finished = remaining = None
    if draw.random() < mix.progress:
        started = _moment(draw, 0, 20)
        if draw.random() < 0.5 and not mix.summary_links:
            finished = started + timedelta(minutes=15 * draw.randint(0, 300))
        else:
            remaining = draw.randint(0, minutes) * 60
    return Activity(
        id=i,
        name=str(i),
        duration=minutes * 60,
        milestone=milestone,
        parent=draw.choice([None, *parents]) if parents else None,
        calendar=draw.choice(calendars) if draw.random() < 0.4 else None,
        constraint=constraint,
        deadline=_moment(draw) if draw.random() < mix.deadlines else None,
        actual_start=started,
        actual_finish=finished,
        remaining=remaining,
        fixed_duration=draw.random() < 0.2,
        ignore_resource_calendars=draw.random() < 0.1,
        elapsed=draw.random() < mix.elapsed,
    )


def _moment(draw: Random, first: int = 0, last: int = 60) -> datetime:
    day = START.date() + timedelta(days=draw.randint(first, last))
    hour = draw.choice([7, 8, 9, 12, 12.5, 13, 17, 18, 20.25, draw.randint(1, 95) / 4])
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)


def _links(draw: Random, leaves: list[Activity], parents: dict[Id, Id | None], mix: Mix) -> tuple[Link, ...]:
    """Links that run forward in a random order of the leaves, between leaves and between whole summaries."""
    order = [a.id for a in leaves]
    draw.shuffle(order)
    if mix.summary_links:
        blocks = {a.id: _top(a.parent, parents) for a in leaves}
        rank = {block: draw.random() for block in dict.fromkeys(blocks.values())}
        order.sort(key=lambda i: rank[blocks[i]] if blocks[i] is not None else draw.random())
    found: dict[tuple[Id, Id], Link] = {}
    for _ in range(int(len(order) * mix.links_per_activity)):
        a, b = sorted(draw.sample(range(len(order)), 2))
        if draw.random() < 0.7:
            b = min(a + draw.randint(1, 6), len(order) - 1)
        if a != b:
            found[order[a], order[b]] = _link(draw, order[a], order[b], mix)
    reach = _reach(leaves, parents, {leaf: k for k, leaf in enumerate(order)})
    for _ in range(int(len(leaves) * mix.summary_links)):
        one, two = draw.choice(list(parents)), draw.choice([*parents, *order])
        for a, b in ((one, two), (two, one)):
            if reach[a][1] < reach[b][0]:
                found[a, b] = _link(draw, a, b, mix)
    clocked = {leaf.id for leaf in leaves if leaf.elapsed}
    return tuple(
        replace(link, lag=0)
        if link.kind in (LinkKind.FF, LinkKind.SF) and clocked & {*_names(link)}
        else link
        for link in found.values()
    )


def _names(link: Link) -> tuple[Id, Id]:
    """An elapsed duration and a lag in one step could pass a midnight no date shows."""
    return link.predecessor, link.successor


def _top(node: Id | None, parents: dict[Id, Id | None]) -> Id | None:
    while node is not None and parents[node] is not None:
        node = parents[node]
    return node


def _reach(
    leaves: list[Activity], parents: dict[Id, Id | None], at: dict[Id, int]
) -> dict[Id, tuple[int, int]]:
    """First and last position of everything below each activity."""
    reach = {leaf: (k, k) for leaf, k in at.items()}
    for leaf in leaves:
        above = leaf.parent
        while above is not None:
            low, high = reach.get(above, (len(at), -1))
            reach[above] = (min(low, at[leaf.id]), max(high, at[leaf.id]))
            above = parents[above]
    return reach


def _link(draw: Random, a: Id, b: Id, mix: Mix) -> Link:
    kind = draw.choice(list(LinkKind)) if mix.kinds and draw.random() < 0.5 else LinkKind.FS
    if draw.random() >= mix.lags:
        return Link(a, b, kind)
    lag = draw.choice([15, 60, 240, 480, 1440, draw.randint(1, 2000)]) * 60 * draw.choice([1, 1, -1])
    return Link(a, b, kind, lag, draw.choice([LagUnit.WORKING, LagUnit.WORKING, LagUnit.ELAPSED]))


def _assignments(
    draw: Random, leaves: list[Activity], resources: tuple[Resource, ...], mix: Mix
) -> list[Assignment]:
    """Resources on some activities; work in even minutes, so that half units leave whole minutes."""
    found = []
    for activity in leaves:
        if draw.random() >= mix.resources or activity.elapsed:
            continue
        for resource in draw.sample(resources, draw.randint(1, 3)):
            units = draw.choice([1, 1, 0.5, 2])
            minutes = draw.randint(1, 200) * 2
            plain = activity.actual_start is None and draw.random() < 0.5
            found.append(
                Assignment(
                    activity=activity.id,
                    resource=resource.id,
                    units=units,
                    work=None if plain else minutes * 60,
                    remaining_work=None if plain else draw.randint(0, minutes // 2) * 120,
                )
            )
    return found
