"""Critical path method on 100 000 activities and 300 000 links: seconds measured here, beside a plain baseline.

Three shapes, because depth decides the cost: links to anywhere (a dozen levels), within 1 000 and within 50
activities (ten thousand levels). The baseline is the textbook method in plain Python, without calendars, run in
the same process. Times are CPU seconds of this one thread, so that a busy machine does not blur them; elapsed
seconds stand beside. Run: python -m benchmarks.cpm [--repeat N]
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import date, datetime

import numpy as np

from panshi.calc.scheduling.calendars import (
    ROUND_THE_CLOCK,
    Calendar,
    CalendarException,
    standard_week,
)
from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.model import HOUR, Activity, Link, Plan
from panshi.calc.scheduling.network import KINDS, Network, critical_path

ACTIVITIES = 100_000
LINKS = 300_000
START = datetime.fromisoformat("2025-01-06T08:00")
REACHES = {"anywhere": ACTIVITIES, "within 1 000": 1_000, "within 50": 50}


def links(reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Random links from an earlier to a later activity at most `reach` apart."""
    draw = np.random.default_rng(2025)
    successors = draw.integers(1, ACTIVITIES, LINKS)
    return np.maximum(0, successors - 1 - draw.integers(0, reach, LINKS)), successors


def dated_plan(reach: int) -> Plan:
    """The same network with three calendars, four kinds of links and lags on a third of them."""
    draw = np.random.default_rng(7)
    predecessors, successors = links(reach)
    holidays = tuple(CalendarException(date(y, 10, 1), date(y, 10, 7)) for y in range(2025, 2035))
    calendars = (
        Calendar(id="national", week=standard_week(), exceptions=holidays),
        Calendar(id="six days", week=standard_week(days=6)),
        Calendar(id="machine", week=ROUND_THE_CLOCK),
    )
    hours = draw.integers(0, 20, ACTIVITIES)
    own = draw.choice([None, "six days", "machine"], ACTIVITIES, p=[0.6, 0.2, 0.2])
    kinds = np.where(draw.random(LINKS) < 0.7, 0, draw.integers(0, 4, LINKS))
    lags = np.where(draw.random(LINKS) < 0.3, draw.integers(-3, 4, LINKS), 0)
    return Plan(
        activities=tuple(
            Activity(id=i, duration=int(h) * HOUR, calendar=c)
            for i, (h, c) in enumerate(zip(hours, own, strict=True))
        ),
        links=tuple(
            Link(int(a), int(b), KINDS[k], int(lag) * HOUR)
            for a, b, k, lag in zip(predecessors, successors, kinds, lags, strict=True)
        ),
        calendars=calendars,
        calendar="national",
        start=START,
    )


def baseline(
    durations: list[int], predecessors: list[int], successors: list[int]
) -> tuple[list[int], list[int]]:
    """Total and free float as a textbook finds them: dictionaries, one activity at a time."""
    after, before, waiting = defaultdict(list), defaultdict(list), defaultdict(int)
    for a, b in zip(predecessors, successors, strict=True):
        after[a].append(b)
        before[b].append(a)
        waiting[b] += 1
    ready = deque(i for i in range(len(durations)) if not waiting[i])
    order, early, late = [], {}, {}
    while ready:
        i = ready.popleft()
        order.append(i)
        early[i] = max((early[p] + durations[p] for p in before[i]), default=0)
        for s in after[i]:
            waiting[s] -= 1
            if not waiting[s]:
                ready.append(s)
    end = max(early[i] + durations[i] for i in order)
    for i in reversed(order):
        late[i] = min((late[s] for s in after[i]), default=end) - durations[i]
    free = {i: min((early[s] for s in after[i]), default=end) - early[i] - durations[i] for i in order}
    numbers = range(len(durations))
    return [late[i] - early[i] for i in numbers], [free[i] for i in numbers]


def best(work: Callable[[], object], repeat: int) -> tuple[float, float]:
    """CPU and elapsed seconds of the fastest of several runs."""
    times = []
    for _ in range(repeat):
        gc.collect()
        start, cpu = time.perf_counter(), time.process_time()
        work()
        times.append((time.process_time() - cpu, time.perf_counter() - start))
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    print(
        f"{ACTIVITIES:,} activities, {LINKS:,} links, both passes and floats; CPU (elapsed) seconds, best of {repeat}"
    )
    print(
        f"{'links':>13} {'levels':>7} {'baseline':>14} {'integer time':>14} {'ratio':>6} {'calendars':>14} {'ratio':>6}"
    )
    for name, reach in REACHES.items():
        predecessors, successors = links(reach)
        durations = np.random.default_rng(3).integers(0, 20, ACTIVITIES)
        network = Network.of(durations, predecessors, successors)
        lists = durations.tolist(), predecessors.tolist(), successors.tolist()
        found = critical_path(network)
        assert (found.total_float.tolist(), found.free_float.tolist()) == baseline(*lists)
        plain = best(lambda lists=lists: baseline(*lists), repeat)
        integer = best(
            lambda p=predecessors, s=successors, d=durations: critical_path(Network.of(d, p, s)), repeat
        )
        plan = dated_plan(reach)
        dated = best(lambda plan=plan: schedule(plan), repeat)
        shown = [f"{cpu:.2f} ({elapsed:.2f})" for cpu, elapsed in (plain, integer, dated)]
        ratios = [f"{plain[0] / cpu:.1f}x" for cpu, _ in (integer, dated)]
        levels = int(network.topology.depth.max()) + 1
        print(
            f"{name:>13} {levels:>7,} {shown[0]:>14} {shown[1]:>14} {ratios[0]:>6} {shown[2]:>14} {ratios[1]:>6}",
            flush=True,
        )
    print(
        "Targets: 0.6 s in integer time, 1.5 s with calendars. The baseline knows no calendars, kinds or lags."
    )


if __name__ == "__main__":
    main()
