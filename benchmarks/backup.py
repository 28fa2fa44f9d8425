"""Measures a backup of what is configured and the proof that it can be restored, each as a process of its own.

`python -m benchmarks.backup [--rounds N]`: PANSHI_DATA (and DATABASE_URL) name an installation, for example one that
`panshi demo` filled, with its secrets. The backup goes to a folder that is removed afterwards; nothing else is written.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = 5.0
"""Seconds for a backup of the demo company of 2 000 accounts, from the start of the command to its end."""


def timed(*words: str) -> tuple[float, float]:
    """Run the `panshi` command; elapsed and processor seconds of it and of what it started."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", "from panshi.cli.main import main; raise SystemExit(main())", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Back up several times, then verify the last one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="how many backups (3)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="panshi-backup-") as name:
        path = Path(name) / "one.tar"
        found = [timed("backup", str(path)) for _round in range(rounds)]
        size = path.stat().st_size / 1e6
        proof = timed("restore", str(path), "--verify")
    took, computed = min(found)
    load = os.getloadavg()[0]
    print(
        f"backup            {took:6.1f} s (own {computed:.1f}) target {TARGET:.0f}  {size:.1f} MB, load {load:.1f}"
    )
    print(f"restore --verify  {proof[0]:6.1f} s (own {proof[1]:.1f})")


if __name__ == "__main__":
    main()
