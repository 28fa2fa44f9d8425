"""Integer time: textbook networks, every link type, circles by name, and laws of the critical path method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.errors import (
    CannotSchedule,
    CannotScheduleAmount,
    CannotScheduleCycle,
    CannotScheduleSelfLink,
)
from panshi.calc.scheduling.model import Activity, Link, LinkKind, Plan
from panshi.calc.scheduling.network import KINDS, NARROW, Network, critical_path


def plan(durations: dict[str, int], *links: Link) -> Plan:
    return Plan(activities=tuple(Activity(id=i, duration=d) for i, d in durations.items()), links=links)


def after(text: str) -> tuple[Link, ...]:
    """Finish-to-start links written like "C:A D:A,B"."""
    return tuple(Link(p, s) for s, ps in (word.split(":") for word in text.split()) for p in ps.split(","))


MILWAUKEE = plan(
    {"A": 2, "B": 3, "C": 2, "D": 4, "E": 4, "F": 3, "G": 5, "H": 2}, *after("C:A D:A,B E:C F:C G:D,E H:F,G")
)
"""Heizer & Render, Operations Management, "Milwaukee Paper": expected durations in weeks."""


def test_milwaukee_paper_takes_fifteen_weeks_with_the_published_dates_and_slack() -> None:
    found = {row.id: row for row in schedule(MILWAUKEE).rows()}
    assert {i: (r.early_start, r.early_finish, r.late_start, r.late_finish) for i, r in found.items()} == {
        "A": (0, 2, 0, 2),
        "B": (0, 3, 1, 4),
        "C": (2, 4, 2, 4),
        "D": (3, 7, 4, 8),
        "E": (4, 8, 4, 8),
        "F": (4, 7, 10, 13),
        "G": (8, 13, 8, 13),
        "H": (13, 15, 13, 15),
    }
    assert {i: r.total_float for i, r in found.items() if r.total_float} == {"B": 1, "D": 1, "F": 6}
    assert [i for i, r in found.items() if r.critical] == ["A", "C", "E", "G", "H"]
    assert {i: r.free_float for i, r in found.items() if r.free_float} == {"D": 1, "F": 6}


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [
        ("FS", 0, 5),
        ("FS", 2, 7),
        ("FS", -3, 2),
        ("SS", 0, 0),
        ("SS", 4, 4),
        ("FF", 0, 2),
        ("FF", 1, 3),
        ("SF", 6, 3),
    ],
)
def test_each_link_type_binds_its_own_ends(kind: str, lag: int, start: int) -> None:
    found = schedule(plan({"p": 5, "s": 3}, Link("p", "s", LinkKind(kind), lag)))
    assert found.dates("s").early_start == start


def test_a_lead_never_pulls_an_activity_before_the_start() -> None:
    assert schedule(plan({"p": 1, "s": 3}, Link("p", "s", lag=-9))).dates("s").early_start == 0


def test_an_end_that_is_too_early_gives_negative_float() -> None:
    found = critical_path(Network.of([2, 3], [0], [1]), finish=4)
    assert found.total_float.tolist() == [-1, -1]
    assert found.critical.all()


def test_summaries_pass_their_links_on_and_span_their_leaves() -> None:
    found = schedule(
        Plan(
            activities=(
                Activity(id="first", duration=2),
                Activity(id="phase"),
                Activity(id="a", duration=4, parent="phase"),
                Activity(id="b", duration=1, parent="phase"),
                Activity(id="last", duration=1),
            ),
            links=(Link("first", "phase"), Link("phase", "last")),
        )
    )
    assert (found.dates("phase").early_start, found.dates("phase").early_finish) == (2, 6)
    assert found.dates("b").early_start == 2
    assert found.dates("last").early_start == 6
    assert found.dates("b").total_float == 3


def test_every_circle_is_named_by_its_members_in_order() -> None:
    broken = plan(dict.fromkeys("abcdefg", 1), *after("b:a c:b a:c d:c e:d f:e e:f g:f"))
    with pytest.raises(CannotScheduleCycle) as caught:
        schedule(broken)
    circles = {frozenset(circle) for circle in caught.value.cycles}
    assert circles == {frozenset("abc"), frozenset("ef")}
    for circle in caught.value.cycles:
        links = {(link.predecessor, link.successor) for link in broken.links}
        assert all(pair in links for pair in zip(circle, (*circle[1:], circle[0]), strict=True))


def test_a_long_circle_is_found_without_recursion() -> None:
    count = 20_000
    with pytest.raises(CannotScheduleCycle) as caught:
        critical_path(Network.of(np.ones(count), np.arange(count), (np.arange(count) + 1) % count))
    assert len(caught.value.cycles[0]) == count


def test_a_link_to_itself_and_a_negative_duration_are_refused() -> None:
    with pytest.raises(CannotScheduleSelfLink, match="'a'"):
        Link("a", "a")
    with pytest.raises(CannotScheduleSelfLink):
        Network.of([1, 1], [1], [1])
    with pytest.raises(CannotScheduleAmount, match="negative duration"):
        Activity(id="a", duration=-1)
    with pytest.raises(CannotScheduleAmount):
        Network.of([1, -1], [0], [1])


def test_an_empty_network_has_no_length() -> None:
    assert critical_path(Network.of([], [], [])).makespan == 0
    assert issubclass(CannotScheduleCycle, CannotSchedule)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    count = draw(st.integers(1, 60))
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda ab: ab[0] != ab[1])
    pairs = draw(st.lists(pair, max_size=4 * NARROW))
    size = len(pairs)
    return Network.of(
        durations=draw(st.lists(st.integers(0, 20), min_size=count, max_size=count)),
        predecessors=[min(p) for p in pairs],
        successors=[max(p) for p in pairs],
        kinds=draw(st.lists(st.integers(0, len(KINDS) - 1), min_size=size, max_size=size)),
        lags=draw(st.lists(st.integers(-5, 9), min_size=size, max_size=size)),
    )


@given(networks())
def test_early_dates_are_the_smallest_that_keep_every_link(network: Network) -> None:
    start = critical_path(network).early_start
    bounds = start[network.predecessors] + network.weights
    assert (start[network.successors] >= bounds).all()
    tight = np.zeros(len(start), np.int64)
    np.maximum.at(tight, network.successors, bounds)
    assert (start == tight).all()


@given(networks())
def test_floats_are_ordered_and_never_negative_without_a_deadline(network: Network) -> None:
    found = critical_path(network)
    assert (found.early_start <= found.late_start).all()
    assert (found.free_float >= 0).all()
    assert (found.free_float <= found.total_float).all()
    assert found.critical.any()


@given(networks())
def test_the_backward_pass_is_the_forward_pass_of_the_mirrored_network(network: Network) -> None:
    found = critical_path(network)
    mirrored_kind = np.array([0, 2, 1, 3])[network.kinds]
    mirror = critical_path(
        Network.of(network.durations, network.successors, network.predecessors, mirrored_kind, network.lags)
    )
    assert mirror.makespan == found.makespan
    assert (found.makespan - mirror.early_finish == found.late_start).all()


@given(networks(), st.integers(0, 59), st.integers(1, 9))
def test_a_longer_duration_delays_the_end_by_no_more_than_it_grew(
    network: Network, which: int, more: int
) -> None:
    i = which % len(network.durations)
    longer = network.durations.copy()
    longer[i] += more
    before = critical_path(network)
    only_finish_start = (network.kinds == 0).all()
    after = critical_path(
        Network.of(longer, network.predecessors, network.successors, network.kinds, network.lags)
    )
    if only_finish_start:
        assert before.makespan <= after.makespan <= before.makespan + more
        if before.total_float[i] >= more:
            assert after.makespan == before.makespan
