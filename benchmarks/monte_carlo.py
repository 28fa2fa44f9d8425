"""Monte Carlo: 10 000 runs of a network of 1 000 activities; the aim is 1.5 s.

`python -m benchmarks.monte_carlo` draws a random network in which every activity has its own estimate.
"""

import os
import time

import numpy as np

from panshi.calc.scheduling.risk import Distribution, simulate
from panshi.calc.scheduling.uncertain import UncertainNetwork

ACTIVITIES, RUNS, REPEATS = 1_000, 10_000, 5


def network(seed: int = 0) -> UncertainNetwork:
    """Up to three predecessors each, among the fifty activities before."""
    random = np.random.default_rng(seed)
    modes = random.uniform(5, 20, ACTIVITIES)
    lows, highs = modes * random.uniform(0.5, 0.9, ACTIVITIES), modes * random.uniform(1.2, 2, ACTIVITIES)
    before = [
        sorted(set(random.integers(max(0, j - 50), j, 3).tolist())) if j else [] for j in range(ACTIVITIES)
    ]
    return UncertainNetwork.of(list(zip(lows, modes, highs, strict=True)), before)


def main() -> None:
    plan = network()
    for distribution in Distribution:
        walls, cpus = [], []
        for repeat in range(REPEATS):
            began, cpu = time.perf_counter(), time.process_time()
            found = simulate(plan, RUNS, repeat, distribution)
            walls.append(time.perf_counter() - began)
            cpus.append(time.process_time() - cpu)
        print(
            f"{distribution}: {RUNS} runs of {ACTIVITIES} activities in {min(walls):.2f} … {max(walls):.2f} s "
            f"({min(cpus):.2f} s of processor); P80 {found.percentile(80):.1f}; load {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    main()
