"""Measures `panshi abc` on the real ledger, interpreter start included, beside doing the same with csv and Decimal.

`python -m benchmarks.abc [--runs 7]`; the floor is a fresh interpreter that imports duckdb and ends.
"""

import argparse
import csv
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb

LEDGER = Path(__file__).parents[1] / "tests" / "data" / "ledger" / "online_retail_ii_2009_2010.parquet"


def median(runs: int, *command: str) -> float:
    """Seconds of a command, the median of several runs."""
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def by_hand(path: Path) -> float:
    """Seconds to sum the same lines with the standard library: what a careful script would do."""
    start = time.perf_counter()
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["Customer ID"]:
                totals[row["Customer ID"]] += Decimal(row["Quantity"]) * Decimal(row["Price"])
    assert sum(totals.values()) == Decimal("8348208.574")
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    program = (sys.executable, "-m", "panshi.cli.main", "abc")
    floor = median(runs, sys.executable, "-c", "import duckdb")
    print(f"floor: start and import duckdb{floor:>30.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "ledger.csv"
        duckdb.execute(f"COPY (FROM read_parquet('{LEDGER}')) TO '{text}' (HEADER)")
        gbk = Path(folder) / "gbk.csv"
        gbk.write_text(text.read_text(encoding="utf-8"), encoding="gb18030")
        for name, path in (("Parquet", LEDGER), ("CSV, UTF-8", text), ("CSV, GBK", gbk)):
            for form in ("--json", "--html"):
                words = (form,) if form == "--json" else (form, str(Path(folder) / "page.html"))
                took = median(runs, *program, str(path), *words)
                print(
                    f"panshi abc, 525 461 lines, {name:<12}{form:<8}{took:>13.2f} s = {took / floor:.1f} × floor"
                )
        print(f"csv and Decimal by hand, sums only{by_hand(text):>26.2f} s")


if __name__ == "__main__":
    main()
