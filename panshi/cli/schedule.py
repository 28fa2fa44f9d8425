"""`panshi schedule FILE`: critical path, levelling and risk of a project plan, without server or database.

This module holds the arguments and the order of work; `schedule_report` writes JSON and text, `gantt` the page.
"""

import argparse
import math
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.calc.scheduling.axis import WorkAxis
from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.drivers import Drivers
from panshi.calc.scheduling.errors import CannotSchedule
from panshi.calc.scheduling.limited import limited_plan
from panshi.calc.scheduling.lower_bounds import makespan_bound
from panshi.calc.scheduling.model import Plan
from panshi.calc.scheduling.plan_risk import has_estimates, uncertain_plan
from panshi.calc.scheduling.risk import simulate
from panshi.calc.scheduling.schedule import Schedule
from panshi.cli.schedule_answer import Answer, Levelling, Risk

BAD_INPUT = 2
INTERRUPTED = 130
MOST_WORKERS = 256
MOST_RUNS = 10_000_000
"""A finish of eight bytes for each run: more would only fill the memory."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="PSPLIB (.sm), Microsoft Project XML, or our table (.csv, .xlsx)",
    )
    levelling = parser.add_argument_group("resources")
    levelling.add_argument("--level", action="store_true", help="respect the limits of the resources")
    levelling.add_argument(
        "--seconds", type=_seconds, default=10.0, metavar="N", help="time for levelling (10)"
    )
    levelling.add_argument(
        "--workers", type=_count(MOST_WORKERS), default=2, metavar="N", help="threads for levelling (2)"
    )
    risk = parser.add_argument_group("risk")
    risk.add_argument(
        "--monte-carlo",
        type=_count(MOST_RUNS),
        metavar="N",
        help="simulate N runs of the three-point estimates",
    )
    risk.add_argument("--seed", type=_seed, default=0, metavar="N", help="start of the random numbers (0)")
    form = parser.add_argument_group("output").add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument(
        "--html", type=Path, metavar="OUT", help="write a self-contained page with a Gantt chart"
    )


def run(arguments: argparse.Namespace) -> int:
    """Schedule the plan and write the result; 2 when the file or the plan makes no sense."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `panshi schedule … | head` ends quietly
    try:
        answer = _answer(arguments)
        _write(arguments, answer)
    except CannotSchedule as error:
        return _refuse(f"{arguments.file}: {error}")
    except OSError as error:
        return _refuse(f"{error.filename or 'standard output'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print("panshi schedule: interrupted, nothing was written", file=sys.stderr)
        return INTERRUPTED
    return 0


def _answer(arguments: argparse.Namespace) -> Answer:
    plan = _read(arguments.file)
    free = schedule(plan)
    axis = WorkAxis.of(free)
    for conflict in Drivers(free).conflicts():
        what = "deadline" if conflict.kind is None else f"constraint {conflict.kind}"
        chain = " -> ".join(map(str, conflict.chain))
        _note(f"{what} of {conflict.activity!r} on {conflict.on} cannot hold because of {chain}")
    return Answer(
        title=plan.name or arguments.file.stem,
        axis=axis,
        levelling=_level(free, arguments) if arguments.level else None,
        risk=_simulate(axis, arguments.monte_carlo, arguments.seed) if arguments.monte_carlo else None,
    )


def _read(path: Path) -> Plan:
    """The plan in a file; what its reader did not understand goes to standard error."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    if path.suffix.lower() == ".sm" or b"PRECEDENCE RELATIONS" in beginning:
        from panshi.engines.plans.psplib import read_psplib

        return read_psplib(path).plan
    if path.suffix.lower() == ".xml" or beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        from panshi.engines.plans.mspdi import read_mspdi

        found = read_mspdi(path)
        for note in found.notes:
            _note(note)
        if found.unread:
            _note("not read: " + ", ".join(f"{name} ({times})" for name, times in found.unread.items()))
        return found.plan
    from panshi.engines.plans.table import read_table

    table = read_table(path)
    if table.unread:
        _note("columns not read: " + ", ".join(table.unread))
    return table.plan


def _level(free: Schedule, arguments: argparse.Namespace) -> Levelling:
    from panshi.engines.optimise.optimiser import Ending, optimise

    limited = limited_plan(free)
    with _stoppable() as stop:
        outcome = optimise(
            limited.problem,
            seconds=arguments.seconds,
            workers=arguments.workers,
            seed=arguments.seed,
            stop=stop,
        )
    if outcome.ending is Ending.CANCELLED:
        _note(f"stopped after {outcome.seconds:.1f} s; this is the best schedule found until then")
    levelled = limited.levelled(outcome.starts)
    if limited.is_exact:
        return Levelling(levelled, outcome.bound, outcome.ending)
    # On several calendars only bounds that use the plan's own critical path are certain.
    certain = limited.axis.amount(free.end)
    if limited.is_one_calendar:
        certain = max(
            certain, makespan_bound(limited.problem) * limited.period, outcome.bound * limited.period
        )
    return Levelling(levelled, min(certain, limited.axis.amount(levelled.end)), outcome.ending)


def _simulate(axis: WorkAxis, runs: int, seed: int) -> Risk:
    if not has_estimates(axis):
        _note("no activity has a three-point estimate, so every run is the same")
    return Risk(simulate(uncertain_plan(axis), runs, seed), runs, seed)


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """While inside, the first Ctrl-C only asks to stop; the second one interrupts."""
    asked = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _write(arguments: argparse.Namespace, answer: Answer) -> None:
    from panshi.cli import schedule_report

    if arguments.json:
        print(schedule_report.as_json(answer), flush=True)
    elif arguments.html:
        from panshi.cli.gantt import page

        _replace(arguments.html, page(answer))
        print(f"{arguments.html}: {len(answer.plan.activities)} activities, finish {answer.makespan}")
    else:
        print(schedule_report.as_text(answer), flush=True)


def _replace(target: Path, text: str) -> None:
    """Write beside `target` and move into place, so that a failure leaves what was there before."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            part = Path(folder) / target.name
            part.write_text(text, encoding="utf-8")
            os.replace(part, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error


def _note(message: str) -> None:
    print(f"panshi schedule: {message}", file=sys.stderr)


def _refuse(message: str) -> int:
    _note(message)
    return BAD_INPUT


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None
    if not (seconds > 0 and math.isfinite(seconds)):
        raise argparse.ArgumentTypeError(f"{text} must be more than 0")
    return seconds


def _count(most: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        number = _seed(text)
        if not 1 <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} must be between 1 and {most}")
        return number

    return count


def _seed(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} must not be negative")
    return number
