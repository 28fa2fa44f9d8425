"""Resource-constrained scheduling on PSPLIB: gaps to the best known makespans, with their spread.

`python -m benchmarks.rcpsp j30 j60 j120` measures instance `_1` of every parameter set, 10 s and 2 workers each;
`--every 4` takes a sample. The load of the machine is printed, because a busy one finds less in the same time; there
`--processor` counts seconds of processor (seconds x workers) instead of the clock.
"""

import argparse
import csv
import os
import statistics
import tarfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.limited import limited_plan
from panshi.calc.scheduling.resources import ResourceProblem
from panshi.engines.optimise.optimiser import Ending, optimise
from panshi.engines.plans.psplib import read_psplib

DATA = Path(__file__).parents[1] / "tests" / "data" / "psplib"
SETS = {"j30": 48, "j60": 48, "j120": 60}
LONG = 3600.0


@dataclass(frozen=True)
class Measured:
    """One instance."""

    name: str
    best_known: int
    cost: int
    bound: int
    proven: bool
    seconds: float
    cpu: float
    schedules: int

    @property
    def gap(self) -> float:
        """Per cent above the best known makespan."""
        return 100 * (self.cost / self.best_known - 1)


def best_known() -> dict[str, int]:
    """Best known makespans by instance, from the Solutions Update of Ghent University."""
    with (DATA / "best_known.csv").open(encoding="utf-8") as file:
        return {
            row["instance"].removesuffix(".sm"): int(row["best_known_makespan"])
            for row in csv.DictReader(file)
        }


def problems(family: str, sets: Iterable[int]) -> dict[str, ResourceProblem]:
    """Instance `_1` of these parameter sets."""
    wanted = {f"{family}{k}_1" for k in sets}
    found = {}
    with tarfile.open(DATA / f"{family}.sm.tar.xz") as archive:
        for member in archive:
            name = Path(member.name).stem
            content = archive.extractfile(member) if name in wanted and member.isfile() else None
            if content is not None:
                found[name] = limited_plan(schedule(read_psplib(content.read()).plan)).problem
    return dict(sorted(found.items(), key=lambda item: int(item[0].removeprefix(family).partition("_")[0])))


def measure(name: str, problem: ResourceProblem, best: int, options: argparse.Namespace) -> Measured:
    began, cpu = time.monotonic(), time.process_time()
    budget = cpu + options.seconds * options.workers
    found = optimise(
        problem,
        seconds=LONG if options.processor else options.seconds,
        workers=options.workers,
        seed=options.seed,
        stop=(lambda: time.process_time() > budget) if options.processor else (lambda: False),
    )
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    assert not problem.violations(found.starts), name
    assert found.bound <= best, f"{name}: bound {found.bound} above the best known {best}"
    proven = found.ending is Ending.OPTIMAL
    return Measured(name, best, found.cost, found.bound, proven, seconds, cpu, found.schedules)


def report(family: str, rows: list[Measured]) -> None:
    gaps = sorted(row.gap for row in rows)
    deciles = statistics.quantiles(gaps, n=10, method="inclusive") if len(gaps) > 1 else gaps * 9
    unfinished = [row for row in rows if not row.proven]
    busy = "nothing left unproven"
    if unfinished:  # those solved at once say nothing about the load
        processors = sum(row.cpu for row in unfinished) / sum(row.seconds for row in unfinished)
        busy = f"{processors:.2f} processors kept busy"
    print(
        f"{family}: mean gap {statistics.fmean(gaps):.3f} %, median {statistics.median(gaps):.3f} %, "
        f"P90 {deciles[8]:.3f} %, worst {gaps[-1]:.3f} %, deviation {statistics.pstdev(gaps):.3f} %; "
        f"{sum(gap <= 0 for gap in gaps)} of {len(gaps)} equal the best known, "
        f"{sum(row.proven for row in rows)} proven; {busy}; load {os.getloadavg()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=list(SETS))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=lambda text: [int(k) for k in text.split(",")], help="parameter sets")
    parser.add_argument("--processor", action="store_true", help="limit processor time, not the clock")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    known = best_known()
    for family in options.families:
        rows = []
        for name, problem in problems(
            family, options.only or range(1, SETS[family] + 1, options.every)
        ).items():
            row = measure(name, problem, known[name], options)
            rows.append(row)
            if not options.quiet:
                print(
                    f"{row.name}: {row.cost} (best known {row.best_known}, bound {row.bound}), gap {row.gap:.2f} %, "
                    f"{row.seconds:.1f} s, {row.cpu:.1f} s of processor, {row.schedules} schedules",
                    flush=True,
                )
        report(family, rows)


if __name__ == "__main__":
    main()
