"""`python -m benchmarks` lists what can be measured; with names it measures those, one after the other.

What a benchmark needs is in its own docstring; `python -m benchmarks NAME --help` says its options.
"""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
NEEDS_DATABASE: Final = frozenset({"accounts", "api", "custom_fields", "ledger", "pages", "workflow"})
"""They fill the database that DATABASE_URL names, so they are never run unasked."""


@dataclass(frozen=True)
class Benchmark:
    """One module of this folder: its name and its docstring's first line."""

    name: str
    title: str


def benchmarks() -> list[Benchmark]:
    """Every module that can be run, by name."""
    found = []
    for path in sorted(HERE.glob("[a-z]*.py")):
        source = path.read_text(encoding="utf-8")
        if '__name__ == "__main__"' in source:
            words = ast.get_docstring(ast.parse(source)) or ""
            found.append(Benchmark(path.stem, words.partition("\n")[0]))
    return found


def listing(known: list[Benchmark]) -> str:
    """What there is, and how to run it."""
    width = max(len(one.name) for one in known)
    lines = [
        f"  {one.name:<{width}}  {'* ' if one.name in NEEDS_DATABASE else '  '}{one.title}" for one in known
    ]
    return "\n".join(
        (
            "python -m benchmarks NAME… [options]     see benchmarks/README.md for sizes and targets",
            "",
            *lines,
            "",
            "* wants a database: python -m benchmarks NAME --help",
        )
    )


def main() -> int:
    """List, or run the named ones with the words after their names; the first that fails ends it."""
    known, given = benchmarks(), sys.argv[1:]
    names = {one.name for one in known}
    end = next((place for place, word in enumerate(given) if word not in names), len(given))
    asked, options = given[:end], given[end:]
    if not asked:
        print(listing(known))
        return 2 if options else 0
    for name in asked:
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
