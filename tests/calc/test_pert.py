"""PERT against the textbook and Monte Carlo against published values, closed forms and numpy's own sampler."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.scheduling.errors import CannotScheduleAmount, CannotScheduleCycle
from panshi.calc.scheduling.model import Estimate, LinkKind
from panshi.calc.scheduling.pert import duration_variance, expected_duration, pert
from panshi.calc.scheduling.risk import Distribution, quantile_tables, simulate
from panshi.calc.scheduling.uncertain import Tie, UncertainNetwork

A, B, C, D, E, F, G, H = range(8)
MILWAUKEE = UncertainNetwork.of(
    [(1, 2, 3), (2, 3, 4), (1, 2, 3), (2, 4, 6), (1, 4, 7), (1, 2, 9), (3, 4, 11), (1, 2, 3)],
    [[], [], [A], [A, B], [C], [C], [D, E], [F, G]],
)
"""Heizer & Render, Operations Management, "Milwaukee Paper", weeks."""


def test_milwaukee_paper_has_the_published_expectation_variance_and_chance() -> None:
    found = pert(MILWAUKEE)
    assert found.finish == pytest.approx(15)
    assert found.variance == pytest.approx(3.1111, abs=5e-5)
    assert found.probability(16) == pytest.approx(0.7146, abs=5e-5)
    assert found.critical_path == (A, C, E, G, H)
    assert found.slack == pytest.approx([0, 1, 0, 1, 0, 6, 0, 0], abs=1e-9)
    assert found.expected == pytest.approx([2, 3, 2, 4, 4, 3, 5, 2])


def test_simulation_of_milwaukee_paper_shows_how_optimistic_pert_is() -> None:
    found = simulate(MILWAUKEE, runs=200_000, seed=5)
    assert found.mean == pytest.approx(15.236, abs=0.015)
    assert found.probability(16) == pytest.approx(0.690, abs=0.004)
    assert found.probability(16) < pert(MILWAUKEE).probability(16)
    # H follows everything; A and B share the beginning between them.
    assert found.criticality[H] == 1
    assert found.criticality[A] + found.criticality[B] == pytest.approx(1, abs=1e-9)
    assert found.criticality[A] == pytest.approx(0.74, abs=0.01)
    assert found.cruciality.argmax() == G


@pytest.mark.parametrize("distribution", list(Distribution))
def test_equal_seeds_give_equal_results_and_other_seeds_others(distribution: Distribution) -> None:
    one, same, other = (simulate(MILWAUKEE, 3000, seed, distribution) for seed in (1, 1, 2))
    assert np.array_equal(one.finishes, same.finishes)
    assert np.array_equal(one.criticality, same.criticality)
    assert not np.array_equal(one.finishes, other.finishes)


def test_a_chain_has_the_sum_of_means_and_variances() -> None:
    chain = UncertainNetwork.of([(1, 3, 8), (2, 2.5, 6), (0, 4, 4)], [[], [0], [1]])
    beta = simulate(chain, 200_000, seed=3)
    # Beta-PERT: mean (o + 4m + p) / 6, variance (mean - o)(p - mean) / 7.
    means = [expected_duration(e) for e in chain.estimates]
    spread = [
        (m - e.optimistic) * (e.pessimistic - m) / 7 for m, e in zip(means, chain.estimates, strict=True)
    ]
    assert beta.mean == pytest.approx(sum(means), abs=0.01)
    assert beta.standard_deviation**2 == pytest.approx(sum(spread), rel=0.02)
    triangular = simulate(chain, 200_000, seed=3, distribution=Distribution.TRIANGULAR)
    points = [(e.optimistic, e.most_likely, e.pessimistic) for e in chain.estimates]
    assert triangular.mean == pytest.approx(sum(sum(p) / 3 for p in points), abs=0.01)
    squares = [(a * a + b * b + c * c - a * b - a * c - b * c) / 18 for a, b, c in points]
    assert triangular.standard_deviation**2 == pytest.approx(sum(squares), rel=0.02)
    assert (beta.criticality == 1).all()


@pytest.mark.parametrize("mode", [0.0, 0.1, 0.5, 0.83, 1.0])
def test_quantiles_agree_with_an_independent_beta_sampler(mode: float) -> None:
    table = quantile_tables(np.array([[10.0, 10 + 5 * mode, 15.0]]), Distribution.BETA_PERT)[0]
    drawn = 10 + 5 * np.random.default_rng(8).beta(1 + 4 * mode, 5 - 4 * mode, 400_000)
    chances = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
    assert np.interp(chances, np.linspace(0, 1, len(table)), table) == pytest.approx(
        np.quantile(drawn, chances), abs=0.015
    )
    assert (table[0], table[-1]) == pytest.approx((10, 15))


def test_links_of_every_kind_bind_as_in_the_critical_path_method() -> None:
    fixed = tuple(Estimate(d, d, d) for d in (4, 6, 5, 3))
    ties = (
        Tie(0, 1, LinkKind.SS, 2),
        Tie(1, 2, LinkKind.FF, 1),
        Tie(2, 3, LinkKind.SF, 9),
        Tie(0, 3, LinkKind.FS, -1),
    )
    found = pert(UncertainNetwork(fixed, ties))
    assert found.early_start == pytest.approx([0, 2, 4, 10])
    assert found.finish == pytest.approx(13)
    assert found.critical_path == (0, 1, 2, 3)


def test_the_wider_of_two_equal_paths_decides_the_variance() -> None:
    net = UncertainNetwork.of([(2, 4, 6), (1, 4, 7), (1, 1, 1)], [[], [], [0, 1]])
    found = pert(net)
    assert found.critical_path == (1, 2)
    assert found.variance == pytest.approx(duration_variance(net.estimates[1]))


def test_certain_durations_make_a_certain_finish() -> None:
    found = simulate(UncertainNetwork.of([(3, 3, 3), (2, 2, 2)], [[], [0]]), runs=10)
    assert found.mean == found.percentile(10) == found.percentile(90) == 5
    assert found.standard_deviation == 0
    assert (found.cruciality == 0).all()
    certain = pert(UncertainNetwork.of([(3, 3, 3)], [[]]))
    assert (certain.probability(2.9), certain.probability(3)) == (0, 1)


def test_nonsense_is_refused() -> None:
    with pytest.raises(CannotScheduleCycle):
        UncertainNetwork.of([(1, 1, 1), (1, 1, 1)], [[1], [0]])
    with pytest.raises(CannotScheduleAmount):
        simulate(MILWAUKEE, runs=0)
    with pytest.raises(CannotScheduleAmount):
        UncertainNetwork.of([(3, 2, 1)], [[]])


@given(st.lists(st.tuples(*[st.floats(0, 50)] * 3).map(sorted), min_size=1, max_size=6), st.integers(0, 99))
def test_no_run_leaves_the_range_of_the_estimates(rows: list[list[float]], seed: int) -> None:
    net = UncertainNetwork.of(
        [(a, b, c) for a, b, c in rows], [[i - 1] if i else [] for i in range(len(rows))]
    )
    found = simulate(net, runs=50, seed=seed)
    assert found.finishes[0] >= sum(row[0] for row in rows) - 1e-6
    assert found.finishes[-1] <= sum(row[2] for row in rows) + 1e-6
    assert ((found.criticality >= 0) & (found.criticality <= 1)).all()
    assert found.percentile(10) <= found.percentile(50) <= found.percentile(90)
