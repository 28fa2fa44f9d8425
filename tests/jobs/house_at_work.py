"""A house of its own for tests that kill work processes: run as `python house_at_work.py prepare|ask|work|tell …`.

The job draws one number from a series of its own in the transaction that ends it: a series that stands anywhere but
at 2 in the end was drawn from twice, or never.
"""

# ruff: noqa: E402, T201 - a program: Django is set up before its models are imported, and it prints

import datetime as dt
import json
import os
import sys
import time
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
django.setup()

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from panshi.ground.audit.guards import remove_refusals
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Seal, Unsealed
from panshi.ground.audit.services import record
from panshi.ground.audit.verifying import verify
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import Numbering
from panshi.ground.settings.services import draw_numbers
from panshi.ground.work import progress as leases
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.models import Due, Job
from panshi.ground.work.process import WorkProcess
from panshi.ground.work.progress import Progress
from panshi.ground.work.services import enqueue

DRAWN = EventKind("tests.drawn", ("name",))
EVERY_DAY = Schedule(dt.time(0, 0))


@job("tests.draw", title="tests")
def draw(progress: Progress, *, name: str, seconds: float) -> None:
    """Take some time, then draw once."""
    print(name, flush=True)
    progress.total(10)
    for _ in range(10):
        time.sleep(seconds / 10)
        progress.advance()
    with progress.commit():
        draw_numbers(series=name, prefix="")
        record(DRAWN, at=timezone.now(), by_id=None, name=name)
        time.sleep(seconds / 10)


@job("tests.clock", title="tests", schedule=EVERY_DAY)
def tick(progress: Progress, *, due_on: str) -> None:
    """Draw once a due moment."""
    with progress.commit():
        draw_numbers(series=f"clock {due_on}", prefix="")


def ask(count: str, seconds: str) -> None:
    """Ask for `count` jobs of `seconds` each."""
    for number in range(int(count)):
        enqueue(
            kind="tests.draw",
            arguments={"name": f"job {number}", "seconds": float(seconds)},
            by=Viewer.system(),
            at=timezone.now(),
        )


def tell() -> None:
    """Print how things stand."""
    state: dict[str, Any] = {
        "states": sorted(Job.objects.filter(kind="tests.draw").values_list("state", flat=True)),
        "attempts": sum(Job.objects.values_list("attempts", flat=True)),
        "series": dict(Numbering.objects.values_list("series", "next_number")),
        "clock": Job.objects.filter(kind="tests.clock").count(),
        "sealed": Seal.objects.count(),
        "unsealed": Unsealed.objects.count(),
        "findings": len(verify(os.environ["PANSHI_AUDIT_KEY"]).findings),
    }
    print(json.dumps(state))


def settle(seconds: str) -> None:
    """Wait until everything asked for is done and sealed, then print how things stand."""
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end and (Job.objects.open().exists() or Unsealed.objects.exists()):
        time.sleep(0.2)
    tell()


def fall_due() -> None:
    """Let the scheduled job have been due last yesterday, so that it is due now."""
    yesterday = EVERY_DAY.last_due(timezone.localtime()) - dt.timedelta(days=1)
    Due.objects.create(kind="tests.clock", at=yesterday)


def settle_clock(seconds: str) -> None:
    """Wait for the scheduled job, and as long again for a second one that must not come."""
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end and not Job.objects.filter(kind="tests.clock", state="done").exists():
        time.sleep(0.2)
    time.sleep(3)
    tell()


def empty() -> None:
    """Forget everything that was done."""
    remove_refusals(connection)
    call_command("flush", interactive=False, verbosity=0)


def work() -> None:
    """Be a work process whose leases are short."""
    leases.LEASE = type(leases.LEASE)(seconds=4)
    WorkProcess(threads=2).run()


if __name__ == "__main__":
    prepare = partial(call_command, "migrate", verbosity=0)
    acts = [empty, ask, tell, settle, fall_due, settle_clock, work]
    {"prepare": prepare, **{act.__name__: act for act in acts}}[sys.argv[1]](*sys.argv[2:])
