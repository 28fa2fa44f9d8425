"""Limited resources: schedules that keep every rule, the two generators against each other, laws, levelling."""

from __future__ import annotations

import tarfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.calc.scheduling.errors import CannotScheduleCycle
from panshi.calc.scheduling.evolution import Breeding, Evolution
from panshi.calc.scheduling.generation import justify, parallel_schedule, reversed_problem, serial_schedule
from panshi.calc.scheduling.goals import LeastChange, Makespan, WeightedLateness
from panshi.calc.scheduling.levelling import level_within_float, unevenness
from panshi.calc.scheduling.limited import resource_flows
from panshi.calc.scheduling.lockstep import Lockstep
from panshi.calc.scheduling.lower_bounds import makespan_bound
from panshi.calc.scheduling.priorities import Rule, priorities
from panshi.calc.scheduling.resources import CannotScheduleResources, Precedence, ResourceProblem

PSPLIB = Path(__file__).parents[1] / "data" / "psplib"


@cache
def psplib(name: str) -> ResourceProblem:
    """One PSPLIB instance, read here by hand so that no reader of ours can hide a fault."""
    folder = name.partition("_")[0][: 4 if name.startswith("j120") else 3]
    with tarfile.open(PSPLIB / f"{folder}.sm.tar.xz") as archive:
        member = next(m for m in archive if m.name.endswith(f"/{name}.sm"))
        content = archive.extractfile(member)
        assert content is not None
        lines = content.read().decode().splitlines()

    def below(heading: str, skip: int, count: int) -> list[list[int]]:
        at = next(k for k, line in enumerate(lines) if line.startswith(heading)) + skip
        return [[int(word) for word in line.split()] for line in lines[at : at + count]]

    jobs = next(int(line.split(":")[1]) for line in lines if line.startswith("jobs"))
    requests = below("REQUESTS", 3, jobs)
    return ResourceProblem.of(
        [row[2] for row in requests],
        [[j - 1 for j in row[3:]] for row in below("PRECEDENCE", 2, jobs)],
        [row[3:] for row in requests],
        below("RESOURCEAVAIL", 2, 1)[0],
    )


@st.composite
def problems(draw: st.DrawFn, reversible: bool = False, leads: bool = True) -> ResourceProblem:
    """Small problems with lags, leads, releases and holidays."""
    n, kinds = draw(st.integers(1, 8)), draw(st.integers(0, 3))
    durations = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    capacities = draw(st.lists(st.integers(1, 5), min_size=kinds, max_size=kinds))
    demands = [[draw(st.integers(0, capacity)) for capacity in capacities] for _ in range(n)]
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=10))
    links = tuple(
        Precedence(i, j, draw(st.integers(-4 if leads else 0, 9))) for i, j in sorted(set(pairs)) if i < j
    )
    profiles = {}
    releases = None
    if not reversible:
        releases = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)))
        profiles = {
            r: np.array(draw(st.lists(st.integers(0, capacity), max_size=12)), dtype=np.int64)
            for r, capacity in enumerate(capacities)
        }
    return ResourceProblem(
        np.array(durations),
        links,
        np.array(demands, dtype=np.int64).reshape(n, kinds),
        np.array(capacities, dtype=np.int64),
        releases,
        profiles,
    )


@given(problems(), st.integers(0, 2**32 - 1))
def test_every_scheme_keeps_every_rule_and_both_serial_generators_agree(
    problem: ResourceProblem, seed: int
) -> None:
    keys = np.random.default_rng(seed).normal(size=(4, problem.size))
    engine = Lockstep(problem)
    together = engine.decode(engine.lists(keys))
    for row, starts in zip(keys, together, strict=True):
        alone = serial_schedule(problem, row)
        assert problem.violations(alone) == []
        assert alone.tolist() == starts.tolist()
        assert problem.violations(parallel_schedule(problem, row)) == []
        assert (alone >= problem.earliest).all()


@given(problems(reversible=True), st.integers(0, 2**32 - 1))
def test_justification_never_lengthens_and_reversal_is_its_own_inverse(
    problem: ResourceProblem, seed: int
) -> None:
    starts = serial_schedule(problem, np.random.default_rng(seed).normal(size=problem.size))
    better = justify(problem, starts)
    assert problem.violations(better) == []
    assert problem.makespan(better) <= problem.makespan(starts)
    assert reversed_problem(reversed_problem(problem)).precedences == problem.precedences
    mirrored = problem.makespan(starts) - (starts + problem.durations)
    assert reversed_problem(problem).violations(mirrored) == []
    engine = Lockstep(problem, reverse=True)
    backwards = engine.decode(engine.lists(mirrored[None].astype(float)))[0].astype(np.int64)
    turned = problem.makespan(backwards) - (backwards + problem.durations)
    assert problem.violations(turned) == []


# With leads a flow may run against a link and close a circle; `limited` then keeps the dates instead of the links.
@given(problems(reversible=True, leads=False), st.integers(0, 2**32 - 1))
def test_bounds_hold_and_flows_protect_the_resources(problem: ResourceProblem, seed: int) -> None:
    starts = serial_schedule(problem, np.random.default_rng(seed).normal(size=problem.size))
    assert makespan_bound(problem) <= problem.makespan(starts)
    pairs = resource_flows(problem.durations, problem.demands, problem.capacities, starts)
    assert all(starts[i] + problem.durations[i] <= starts[j] for i, j in pairs)
    # With the flows as links the plain critical path is a schedule that needs no further care for resources.
    flows = tuple(Precedence(i, j, int(problem.durations[i])) for i, j in pairs)
    bound = ResourceProblem(
        problem.durations, problem.precedences + flows, problem.demands, problem.capacities
    )
    assert problem.violations(bound.earliest) == []
    assert (bound.earliest <= starts).all()


@given(problems(), st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_levelling_keeps_the_end_and_never_makes_the_use_less_even(
    problem: ResourceProblem, seed: int
) -> None:
    starts = serial_schedule(problem, np.random.default_rng(seed).normal(size=problem.size))
    levelled = level_within_float(problem, starts)
    assert problem.violations(levelled) == []
    assert problem.makespan(levelled) <= problem.makespan(starts)
    assert unevenness(problem, levelled) <= unevenness(problem, starts) + 1e-9


def test_levelling_moves_a_free_activity_out_of_the_crowd() -> None:
    """A (4 periods) and C (2) in a row, B (2) beside them: B belongs beside C, where less is going on."""
    problem = ResourceProblem.of([4, 2, 2], [[2], [], []], [[3], [2], [1]], [9])
    starts = level_within_float(problem, np.array([0, 0, 4]))
    assert starts.tolist() == [0, 4, 4]
    assert problem.usage(starts).tolist() == [[3, 3, 3, 3, 3, 3]]


def test_priority_rules_order_a_small_network_by_hand() -> None:
    """0 -> 1 -> 3 and 0 -> 2: durations 2, 3, 1, 4; the critical path 0-1-3 takes 9."""
    problem = ResourceProblem.of([2, 3, 1, 4], [[1, 2], [3], [], []], [[1], [2], [1], [1]], [2])
    expected = {
        Rule.LST: [0, 2, 8, 5],
        Rule.LFT: [2, 5, 9, 9],
        Rule.MSLK: [0, 0, 6, 0],
        Rule.MTS: [-3, -1, 0, 0],
        Rule.GRPW: [-6, -7, -1, -4],
        Rule.GRPW_ALL: [-10, -7, -1, -4],
        Rule.SPT: [2, 3, 1, 4],
        Rule.GRD: [-1, -3, -0.5, -2],
    }
    assert {rule: priorities(problem, rule).tolist() for rule in Rule} == expected


@pytest.mark.parametrize(("name", "best"), [("j301_1", 43), ("j605_1", 76), ("j1205_1", 92)])
def test_the_genetic_search_comes_near_the_best_known_makespans(name: str, best: int) -> None:
    problem = psplib(name)
    search = Evolution(problem, Makespan(), seed=1, breeding=Breeding(population=48))
    first = search.cost
    for _ in range(25):
        search.advance()
    assert problem.violations(search.best) == []
    assert problem.makespan(search.best) == search.cost
    assert best <= search.cost <= min(first, 1.05 * best)
    assert search.schedules == 48 * 26


def test_equal_seeds_breed_equal_schedules_and_a_better_guest_is_adopted() -> None:
    problem = psplib("j301_2")
    one, two = (Evolution(problem, Makespan(), seed=4, breeding=Breeding(population=16)) for _ in range(2))
    for search in (one, two):
        search.advance()
    assert one.best.tolist() == two.best.tolist()
    guest = Evolution(problem, Makespan(), seed=9, breeding=Breeding(population=64))
    for _ in range(20):
        guest.advance()
    one.adopt(guest.best)
    assert one.cost == min(two.cost, guest.cost)
    one.advance()
    assert one.cost <= guest.cost


def test_goals_price_schedules() -> None:
    starts, durations = np.array([[0, 4, 2], [1, 1, 1]]), np.array([2, 2, 2])
    assert Makespan().cost(starts, durations).tolist() == [6, 3]
    late = WeightedLateness(due=np.array([1, 6, 9]), weights=np.array([3, 1, 5]))
    assert late.cost(starts, durations).tolist() == [3, 6]
    change = LeastChange(present=np.array([0, 3, 3]), weights=np.array([1, 2, 4]))
    assert change.cost(starts, durations).tolist() == [6, 13]


def test_impossible_problems_say_who_is_to_blame() -> None:
    def problem(**more: object) -> ResourceProblem:
        given_ = {"successors": [[1], []], "demands": [[2], [1]], "capacities": [2], **more}
        return ResourceProblem.of([3, 1], **given_, names=["挖沟", "敷缆"], resource_names=["班组"])  # type: ignore[arg-type]

    with pytest.raises(CannotScheduleResources, match="挖沟 needs 2 of 班组, which has only 1"):
        problem(capacities=[1])
    with pytest.raises(CannotScheduleResources, match="which has no capacity"):
        problem(capacities=[0])
    with pytest.raises(CannotScheduleResources, match="must not be negative"):
        problem(demands=[[-1], [0]])
    with pytest.raises(CannotScheduleCycle, match="挖沟"):
        problem(successors=[[1], [0]])
    assert problem().violations(np.array([0, 1])) == ["敷缆 starts before 挖沟 allows"]
    assert problem(successors=[[], []]).violations(np.array([0, 2])) == [
        "班组 is over its capacity in period 2"
    ]
